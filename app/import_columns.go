package app

import (
	"cmp"
	"slices"
	"strings"

	"tongce/app/schema"
	"tongce/app/sheet"
	"tongce/app/workspace"
)

// rawRows is the longest page of a sheet as the file has it.
const rawRows = 200

// Sheet gives rows of a sheet as the file has them.
func (s *Imports) Sheet(in SheetRequest) (out RawRowsReply, err error) {
	defer guard(s.app, "Imports.Sheet", &out, &err)()
	_, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	limit := in.Limit
	if limit <= 0 || limit > rawRows {
		limit = rawRows
	}
	all := j.Sheets()
	if in.Sheet < 0 || in.Sheet >= len(all) {
		return out, workspace.ErrNoSheet
	}
	rows, err := j.Raw(s.app.ctx, in.Sheet, max(in.Offset, 0)+1, limit)
	if err != nil {
		return out, err
	}
	info := all[in.Sheet].Mapping.Sheet
	width := 0
	for _, r := range rows {
		raw := RawRow{Row: r.Number, Kind: string(info.Kind(r)), Hidden: r.Hidden}
		for _, c := range r.Cells {
			raw.Cells = append(raw.Cells, c.Text)
		}
		width = max(width, len(r.Cells))
		out.Rows = append(out.Rows, raw)
	}
	for i := range width {
		out.Columns = append(out.Columns, sheet.ColumnInfo{Col: i}.Letter())
	}
	return out, nil
}

// ChooseSheet takes a sheet in or leaves it out, and says where its header is.
func (s *Imports) ChooseSheet(in SheetRequest) (out ImportView, err error) {
	defer guard(s.app, "Imports.ChooseSheet", &out, &err)()
	b, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	all := j.Sheets()
	if in.Sheet < 0 || in.Sheet >= len(all) {
		return out, workspace.ErrNoSheet
	}
	if h := (sheet.Header{From: in.HeaderFrom, To: in.HeaderTo}); h != all[in.Sheet].Mapping.Sheet.Header {
		if err := j.SetHeader(s.app.ctx, in.Sheet, h); err != nil {
			return out, err
		}
	}
	if err := j.Choose(in.Sheet, in.Chosen); err != nil {
		return out, err
	}
	return b.importView(j)
}

// Columns gives the columns of the chosen sheets and where they go. Columns
// that are the same in several sheets and go to the same place are one.
func (s *Imports) Columns(job string) (out ColumnsReply, err error) {
	defer guard(s.app, "Imports.Columns", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	return b.columnsReply(j), nil
}

func (s *session) columnsReply(j *workspace.Job) (out ColumnsReply) {
	type column struct{ same, key, part string }
	listed := map[column]int{}
	for n, state := range j.Sheets() {
		if !state.Chosen {
			continue
		}
		same := state.Mapping.Identities()
		for i, c := range state.Mapping.Columns {
			this := column{same: same[i], key: c.Key, part: c.Part}
			if at, ok := listed[this]; ok && this.same != "" {
				out.Columns[at].join(columnView(n, c))
				continue
			}
			listed[this] = len(out.Columns)
			out.Columns = append(out.Columns, columnView(n, c))
		}
	}
	for _, f := range s.Schema.Fields() {
		if f.Type != schema.TypeLong && f.Type != schema.TypeEntries && s.Book.MayWrite(f.ID) {
			out.Targets = append(out.Targets, f.ID)
		}
	}
	for _, c := range s.Schema.Columns() {
		if !slices.ContainsFunc(c.Feeds, func(f string) bool { return !s.Book.MayWrite(f) }) {
			out.Targets = append(out.Targets, c.Key)
		}
	}
	return out
}

func columnView(n int, c sheet.Column) ImportColumn {
	out := ImportColumn{
		Sheet: n, Sheets: []int{n}, Column: c.Letter(), Header: c.Header, Samples: c.Samples, Field: c.Key, Reason: c.Reason, Look: c.Look, Written: c.Written,
	}
	for _, o := range c.Options {
		out.Options = append(out.Options, ImportOption{Text: o.Text, Count: o.Count, Value: o.Value})
	}
	return out
}

// join adds the same column of another sheet.
func (c *ImportColumn) join(other ImportColumn) {
	c.Sheets, c.Look = append(c.Sheets, other.Sheets...), c.Look || other.Look
	for _, o := range other.Options {
		i := slices.IndexFunc(c.Options, func(known ImportOption) bool { return known.Text == o.Text })
		if i < 0 {
			c.Options = append(c.Options, o)
			continue
		}
		c.Options[i].Count += o.Count
	}
	slices.SortStableFunc(c.Options, func(a, b ImportOption) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text))
	})
	if c.Written == "" {
		c.Samples, c.Written = other.Samples, other.Written
	}
}

// column finds a column of a sheet by its letter.
func column(j *workspace.Job, n int, letter string) (int, error) {
	all := j.Sheets()
	if n < 0 || n >= len(all) {
		return 0, workspace.ErrNoSheet
	}
	for _, c := range all[n].Mapping.Columns {
		if c.Letter() == letter {
			return c.Col, nil
		}
	}
	return 0, sheet.ErrNoRow
}

// Map sends a column to a field, or leaves it out.
func (s *Imports) Map(in MapRequest) (out ColumnsReply, err error) {
	defer guard(s.app, "Imports.Map", &out, &err)()
	b, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	col, err := column(j, in.Sheet, in.Column)
	if err != nil {
		return out, err
	}
	if err := j.Send(in.Sheet, col, in.Field); err != nil {
		return out, err
	}
	return b.columnsReply(j), nil
}

// Option says what a spelling of a choice equals.
func (s *Imports) Option(in OptionRequest) (out ColumnsReply, err error) {
	defer guard(s.app, "Imports.Option", &out, &err)()
	b, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	col, err := column(j, in.Sheet, in.Column)
	if err != nil {
		return out, err
	}
	if err := j.Equal(in.Sheet, col, in.Text, in.Value); err != nil {
		return out, err
	}
	return b.columnsReply(j), nil
}
