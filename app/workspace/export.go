package workspace

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/quality"
	"tongce/app/schema"
	"tongce/app/sheet"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
)

// Format is a kind of file that customers are written to.
type Format string

// The formats. JSON is that of the accuracy kit, with an id per customer.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
	JSON Format = "json"
)

// ExportSpec says what to export.
type ExportSpec struct {
	Format Format
	// Path is written whole or not at all.
	Path string
	// Query picks the customers; its offset and limit do not count.
	Query index.Query
	// Fields are the columns; none means all.
	Fields []string
	// Language of the headers: zh or en.
	Language string
}

// Export writes customers to a file and tells how many. Sealed values go in
// where the member may read them, else the cell stays empty. book.ErrDenied:
// the role may not export.
func (w *Workspace) Export(ctx context.Context, spec ExportSpec) (n int, err error) {
	err = sheet.WriteFile(spec.Path, func(out io.Writer) error {
		n, err = w.ExportTo(ctx, out, spec)
		return err
	})
	if err != nil {
		return 0, err
	}
	return n, nil
}

// ExportTo is Export to a writer; the path does not count. What was written
// before an error is not a whole file.
func (w *Workspace) ExportTo(ctx context.Context, dst io.Writer, spec ExportSpec) (int, error) {
	if !w.Book.Can(charter.Export) {
		return 0, fmt.Errorf("export: %w", book.ErrDenied)
	}
	if err := w.follow.catchUp(ctx); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	ids, err := w.Index.IDs(spec.Query)
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	n := 0
	if err := w.export(ctx, dst, spec, w.plains(ctx, ids, &n)); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return n, nil
}

func (w *Workspace) export(ctx context.Context, dst io.Writer, spec ExportSpec, all iter.Seq2[out, error]) error {
	switch spec.Format {
	case JSON:
		mappings, err := w.Import.mappings()
		if err != nil {
			return err
		}
		return sheet.WriteJSON(ctx, dst, outCustomers(all), mappings)
	case CSV:
		fields, columns := w.columns(spec)
		return sheet.WriteCSV(ctx, dst, columns, lines(all, fields))
	case XLSX:
		fields, columns := w.columns(spec)
		return sheet.WriteXLSX(ctx, dst, w.Charter().Name(), columns, lines(all, fields))
	}
	return fmt.Errorf("format %q: %w", spec.Format, ErrName)
}

// out is one customer on its way out.
type out struct {
	id canon.DocID
	book.Plain
}

// plains reads customers on all processors, in order, a part at a time. n
// counts what was handed over.
func (w *Workspace) plains(ctx context.Context, ids []canon.DocID, n *int) iter.Seq2[out, error] {
	return func(yield func(out, error) bool) {
		for part := range slices.Chunk(ids, 512) {
			read := make([]out, len(part))
			there := make([]bool, len(part))
			g, gctx := errgroup.WithContext(ctx)
			g.SetLimit(runtime.GOMAXPROCS(0))
			for i, id := range part {
				g.Go(func() (err error) {
					if gctx.Err() != nil {
						return gctx.Err()
					}
					read[i].id = id
					read[i].Plain, there[i], err = w.Book.Plain(id)
					return err
				})
			}
			if err := g.Wait(); err != nil {
				yield(out{}, err)
				return
			}
			for i := range read {
				if !there[i] {
					continue
				}
				*n++
				if !yield(read[i], nil) {
					return
				}
			}
		}
	}
}

func (w *Workspace) columns(spec ExportSpec) ([]string, []sheet.OutColumn) {
	var fields []string
	var columns []sheet.OutColumn
	for _, f := range w.Schema.Fields() {
		if f.Type == schema.TypeLong || f.Type == schema.TypeEntries {
			continue
		}
		if len(spec.Fields) > 0 && !slices.Contains(spec.Fields, f.ID) {
			continue
		}
		title := f.NameZH
		if spec.Language == schema.English {
			title = f.NameEN
		}
		fields = append(fields, f.ID)
		columns = append(columns, sheet.OutColumn{Title: title, Kind: sheet.OutKindOf(f.Type)})
	}
	return fields, columns
}

func lines(all iter.Seq2[out, error], fields []string) sheet.Lines {
	return func(yield func([]string, error) bool) {
		for o, err := range all {
			if err != nil {
				yield(nil, err)
				return
			}
			line := make([]string, len(fields))
			for i, f := range fields {
				line[i] = o.Fields[f]
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

func outCustomers(all iter.Seq2[out, error]) iter.Seq2[sheet.OutCustomer, error] {
	return func(yield func(sheet.OutCustomer, error) bool) {
		for o, err := range all {
			if err != nil {
				yield(sheet.OutCustomer{}, err)
				return
			}
			c := sheet.OutCustomer{ID: o.id.String(), Fields: o.Fields, Sources: []sheet.OutSource{}, Flags: []sheet.OutFlag{}}
			for _, field := range []string{"mobile", "phone", "email"} {
				if all := quality.Split(o.Fields[field]); len(all) > 1 {
					c.Fields = maps.Clone(c.Fields)
					c.Fields[field] = all[0]
					if c.Also == nil {
						c.Also = map[string][]string{}
					}
					c.Also[field] = all[1:]
				}
			}
			for _, s := range o.Sources {
				source := sheet.OutSource{File: s.File, Sheet: s.Sheet, Row: int(s.Row)}
				if !slices.Contains(c.Sources, source) {
					c.Sources = append(c.Sources, source)
				}
			}
			for field, code := range o.Flags {
				c.Flags = append(c.Flags, sheet.OutFlag{Field: field, Code: code})
			}
			// Equal books give equal files, whoever exports.
			slices.SortFunc(c.Sources, func(a, b sheet.OutSource) int {
				return cmp.Or(strings.Compare(a.File, b.File), strings.Compare(a.Sheet, b.Sheet), cmp.Compare(a.Row, b.Row))
			})
			slices.SortFunc(c.Flags, func(a, b sheet.OutFlag) int { return strings.Compare(a.Field, b.Field) })
			if !yield(c, nil) {
				return
			}
		}
	}
}

// mappings are how the sheets of this device's imports were understood, the
// newest for each.
func (i *Import) mappings() ([]sheet.OutMapping, error) {
	past, err := i.own()
	if err != nil {
		return nil, err
	}
	out := []sheet.OutMapping{}
	seen := map[[2]string]bool{}
	for _, p := range past {
		j := &Job{i: i, w: i.w, batch: p.Batch}
		if err := j.load(); err != nil {
			return nil, err
		}
		for _, s := range j.rec.Sheets {
			file := j.rec.Files[s.File].Name
			if at := [2]string{file, s.Mapping.Sheet.Name}; s.Chosen && !seen[at] {
				seen[at] = true
				out = append(out, sheet.OutMappingOf(file, s.Mapping))
			}
		}
	}
	return out, nil
}
