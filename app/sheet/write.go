package sheet

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"tongce/app/schema"
)

// OutKind says how the values of a column are stored in a workbook.
type OutKind uint8

// The kinds of columns.
const (
	OutText   OutKind = iota // as text: numbers keep their zeros and their length
	OutDate                  // 2006-01-02 becomes a day
	OutNumber                // 125000.00 becomes a number with two decimals
)

// OutColumn is a column of a file that is written.
type OutColumn struct {
	Title string
	Kind  OutKind
	Width int // in characters, 16 when 0
}

// OutKindOf says how a field is best stored.
func OutKindOf(t schema.Type) OutKind {
	switch t {
	case schema.TypeDate:
		return OutDate
	case schema.TypeAmount:
		return OutNumber
	default:
		return OutText
	}
}

// Lines are the rows to be written, in the order of the columns; an error of
// the sequence ends writing and is returned.
type Lines = iter.Seq2[[]string, error]

// WriteFile writes a file whole or not at all: to a name of its own in the same
// folder first, then on disk, then renamed. What fn returns is returned.
func WriteFile(path string, fn func(w io.Writer) error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".tongce-*.part")
	if err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	b := &outFile{Writer: bufio.NewWriterSize(f, 256<<10), dir: filepath.Dir(path)}
	if err := fn(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

// outFile is what WriteFile gives to be written to, and the folder it lies in.
type outFile struct {
	*bufio.Writer
	dir string
}

// WriteCSV writes UTF-8 with a mark and CRLF, as spreadsheets like it. A cell
// that a spreadsheet would take for a formula gets an apostrophe in front.
func WriteCSV(ctx context.Context, w io.Writer, columns []OutColumn, lines Lines) error {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.Title
	}
	if _, err := io.WriteString(w, "\uFEFF"); err != nil {
		return err
	}
	var b []byte
	line := func(cells []string) error {
		b = b[:0]
		for i, s := range cells {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCSV(b, s)
		}
		_, err := w.Write(append(b, '\r', '\n'))
		return err
	}
	if err := line(titles); err != nil {
		return err
	}
	for cells, err := range lines {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := line(cells); err != nil {
			return err
		}
	}
	return nil
}

// formulaLike tells whether a spreadsheet would take a text for a formula.
func formulaLike(s string) bool { return s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) }

func appendCSV(b []byte, s string) []byte {
	if formulaLike(s) {
		if _, err := strconv.ParseFloat(s, 64); err != nil || len(s) > 15 {
			s = "'" + s
		}
	}
	if !strings.ContainsAny(s, ",\"\r\n") && s == strings.TrimSpace(s) {
		return append(b, s...)
	}
	b = append(b, '"')
	b = append(b, strings.ReplaceAll(s, `"`, `""`)...)
	return append(b, '"')
}

// OutSource is a row that went into a customer.
type OutSource struct {
	File  string `json:"file"`
	Sheet string `json:"sheet"`
	Row   int    `json:"row"`
}

// OutFlag is a field that a person should look at.
type OutFlag struct {
	Field string `json:"field"`
	Code  string `json:"code"`
}

// OutCustomer is one customer of a JSON export.
type OutCustomer struct {
	ID     string            `json:"id"`
	Fields map[string]string `json:"fields"`
	// Also are further numbers and addresses of a field, behind its first.
	Also    map[string][]string `json:"also,omitempty"`
	Sources []OutSource         `json:"sources"`
	Flags   []OutFlag           `json:"flags"`
}

// OutMapping says how a sheet was understood.
type OutMapping struct {
	File      string            `json:"file"`
	Sheet     string            `json:"sheet"`
	HeaderRow int               `json:"headerRow"`
	Columns   map[string]string `json:"columns"`
}

// OutMappingOf describes a mapping for the export.
func OutMappingOf(file string, m *Mapping) OutMapping {
	o := OutMapping{File: file, Sheet: m.Sheet.Name, HeaderRow: m.Sheet.Header.To, Columns: map[string]string{}}
	for _, c := range m.Columns {
		if c.Key != "" {
			o.Columns[c.Letter()] = c.Key
		}
	}
	return o
}

// WriteJSON writes customers and mappings as one object.
func WriteJSON(ctx context.Context, w io.Writer, customers iter.Seq2[OutCustomer, error], mappings []OutMapping) error {
	if _, err := io.WriteString(w, `{"customers":[`); err != nil {
		return err
	}
	sep := "\n"
	for c, err := range customers {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if c.Sources == nil {
			c.Sources = []OutSource{}
		}
		if c.Flags == nil {
			c.Flags = []OutFlag{}
		}
		b, err := json.Marshal(c)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, sep+string(b)); err != nil {
			return err
		}
		sep = ",\n"
	}
	if mappings == nil {
		mappings = []OutMapping{}
	}
	b, err := json.Marshal(mappings)
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n],\"mapping\":"+string(b)+"}\n")
	return err
}

// Words are the texts of a list of rows that were not written.
type Words struct {
	Sheet, Row, Reason string
	// SheetName names a sheet of the import, Field a field, Problem what is
	// wrong with a cell. With says that the row belongs to one that is not written.
	SheetName func(sheet int) string
	Field     func(field string) string
	Problem   func(field, code string) string
	With      func(sheet, row int) string
	// Nobody says that nothing tells who the customer is.
	Nobody string
}

// WriteProblems writes a workbook of the rows that will not be written, each
// with its place, its reasons and its cells as they stood in the file, so that
// it can be put right and imported.
func WriteProblems(ctx context.Context, w io.Writer, p *Plan, words Words) error {
	fields := p.Fields()
	columns := []OutColumn{{Title: words.Sheet}, {Title: words.Row, Width: 8}, {Title: words.Reason, Width: 40}}
	for _, f := range fields {
		columns = append(columns, OutColumn{Title: words.Field(f)})
	}
	lines := func(yield func([]string, error) bool) {
		stop := fmt.Errorf("sheet: stopped")
		err := p.Wrong(ctx, func(r *PlanRow) error {
			line := []string{words.SheetName(r.Sheet), strconv.Itoa(r.Number), ""}
			var why []string
			for _, f := range fields {
				c := r.Cell(f)
				if c == nil {
					line = append(line, "")
					continue
				}
				if c.Status == StatusWrong && !c.Kept {
					why = append(why, words.Problem(f, c.Code))
				}
				line = append(line, c.Raw)
			}
			if len(why) == 0 {
				with, err := p.heldBy(ctx, r)
				if err != nil {
					return err
				}
				for _, x := range with {
					why = append(why, words.With(x.Sheet, x.Number))
				}
			}
			if len(why) == 0 {
				why = append(why, words.Nobody)
			}
			line[2] = strings.Join(why, "; ")
			if !yield(line, nil) {
				return stop
			}
			return nil
		})
		if err != nil && err != stop { //nolint:errorlint // of this function alone
			yield(nil, err)
		}
	}
	return WriteXLSX(ctx, w, words.Reason, columns, lines)
}
