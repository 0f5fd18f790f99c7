package sheet

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

const (
	maxRow    = 1 << 20
	maxColumn = 1 << 14
	maxMerges = 200_000
	maxCell   = 1 << 20 // bytes of one cell
)

type merge struct{ row, col, lastRow, lastCol int }

// reference of a cell: B12 -> 12, 1. Rows count from 1, columns from 0.
func cellRef(ref []byte) (row, col int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		col = col*26 + int(ref[i]-'A') + 1
	}
	row, err := strconv.Atoi(string(ref[i:]))
	if i == 0 || err != nil || row < 1 || row > maxRow || col > maxColumn {
		return 0, 0, false
	}
	return row, col - 1, true
}

// merges finds the merged cells, which stand behind the rows they concern, by
// going through the part once for their tags alone.
func (b *workbook) merges(part string) ([]merge, error) {
	r, err := b.open(part)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	x := newScanner(decoded(r))
	var out []merge
	for {
		before, ok := x.seek("mergeCell ")
		if !ok {
			break
		}
		if before != '<' && before != ':' {
			continue
		}
		z := x.until(">", 0)
		if z < 0 {
			break
		}
		x.attrs = x.buf[x.pos : x.pos+z]
		from, to, both := bytes.Cut(x.attr("ref"), []byte(":"))
		r1, c1, ok1 := cellRef(from)
		r2, c2, ok2 := cellRef(to)
		if both && ok1 && ok2 && r2 >= r1 && c2 >= c1 {
			if len(out) >= maxMerges {
				return nil, refuse(ReasonDamaged)
			}
			out = append(out, merge{r1, c1, r2, c2})
		}
	}
	slices.SortFunc(out, func(a, b merge) int { return a.row - b.row })
	return out, x.err
}

// sheetReader reads the rows of one worksheet.
type sheetReader struct {
	b       *workbook
	emit    func(Row) error
	merges  []merge
	active  []held
	hidden  [MaxColumns]bool
	row     Row
	number  int
	inRow   bool
	cell    Cell
	col     int
	style   int
	kind    string // attribute t
	text    []byte
	inCell  bool
	inValue bool // <v> or <t>
	phon    bool
	touched int // rows since the last beat
}

type held struct {
	merge
	cell Cell
}

// readRows hands over the rows of a sheet that are not blank, in order.
func (b *workbook) readRows(sheet int, emit func(Row) error) (*sheetReader, error) {
	if sheet < 0 || sheet >= len(b.sheets) || b.parts[b.sheets[sheet].part] == nil {
		return nil, refuse(ReasonNoSuchSheet)
	}
	part := b.sheets[sheet].part
	m, err := b.merges(part)
	if err != nil {
		return nil, err
	}
	s := &sheetReader{b: b, emit: emit, merges: m}
	if err := b.scan(part, s.token); err != nil {
		return s, s.at(err)
	}
	return s, s.at(s.endRow())
}

func (s *sheetReader) at(err error) error {
	//nolint:errorlint // made by refuse, one level deep
	if e, ok := err.(*Error); ok && e.Row == 0 {
		e.Row = s.number
	}
	return err
}

func (s *sheetReader) token(x *xmlScanner) error {
	switch x.kind {
	case tokenStart:
		return s.start(x)
	case tokenText:
		if s.inValue && !s.phon {
			if len(s.text)+len(x.text) > maxCell {
				return refuse(ReasonDamaged)
			}
			if x.cdata {
				s.text = append(s.text, x.text...)
			} else {
				s.text = append(s.text, unescape(x.text)...)
			}
		}
	case tokenEnd:
		switch {
		case x.is("v"), x.is("t"):
			s.inValue = false
		case x.is("rPh"):
			s.phon = false
		case x.is("c"):
			return s.endCell()
		case x.is("row"):
			return s.endRow()
		}
	case tokenEOF:
	}
	return nil
}

func (s *sheetReader) start(x *xmlScanner) error {
	switch string(x.name) {
	case "col":
		s.column(x)
	case "row":
		if err := s.endRow(); err != nil {
			return err
		}
		n := s.number + 1
		if r := x.attr("r"); r != nil {
			v, err := strconv.Atoi(string(r))
			if err != nil || v <= s.number || v > maxRow {
				return refuse(ReasonDamaged)
			}
			n = v
		}
		if n > maxRow {
			return refuse(ReasonDamaged)
		}
		s.number, s.inRow, s.col = n, true, -1
		h := x.attr("hidden")
		s.row = Row{Number: n, Hidden: string(h) == "1" || string(h) == "true", Cells: s.row.Cells[:0]}
		if x.alone {
			return s.endRow()
		}
	case "c":
		if !s.inRow {
			return nil
		}
		s.col++
		if r := x.attr("r"); r != nil {
			_, col, ok := cellRef(r)
			if !ok || col < s.col {
				return refuse(ReasonDamaged)
			}
			s.col = col
		}
		s.cell, s.kind, s.style, s.text = Cell{}, string(x.attr("t")), -1, s.text[:0]
		if v := x.attr("s"); v != nil {
			s.style, _ = strconv.Atoi(string(v))
		}
		s.inCell, s.inValue, s.phon = !x.alone, false, false
	case "v", "t":
		s.inValue = s.inCell && !x.alone
	case "f":
		s.cell.Formula = s.inCell
	case "rPh":
		s.phon = s.inCell && !x.alone
	}
	return nil
}

func (s *sheetReader) column(x *xmlScanner) {
	if h := string(x.attr("hidden")); h != "1" && h != "true" {
		return
	}
	from, err1 := strconv.Atoi(string(x.attr("min")))
	to, err2 := strconv.Atoi(string(x.attr("max")))
	if err1 != nil || err2 != nil {
		return
	}
	for c := max(from, 1); c <= min(to, MaxColumns); c++ {
		s.hidden[c-1] = true
	}
}

func (s *sheetReader) endCell() error {
	if !s.inCell {
		return nil
	}
	s.inCell, s.inValue = false, false
	c, text := s.cell, string(s.text)
	switch s.kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(text))
		if text != "" {
			var ok bool
			if text, ok = s.b.strings.get(i); err != nil || !ok {
				return refuse(ReasonDamaged)
			}
		}
		c.Text, c.Kind = text, CellText
	case "str", "inlineStr":
		c.Text, c.Kind = text, CellText
	case "b":
		c.Text, c.Kind = "FALSE", CellBool
		if strings.TrimSpace(text) == "1" || strings.EqualFold(text, "true") {
			c.Text = "TRUE"
		}
	case "e":
		return nil
	case "d":
		c.Text, c.Kind = strings.TrimSuffix(strings.Replace(text, "T", " ", 1), " 00:00:00"), CellDate
	default:
		f := numFormat{}
		if s.style >= 0 && s.style < len(s.b.formats) {
			f = s.b.formats[s.style]
		}
		if text != "" {
			formula := c.Formula
			c = number(text, f, s.b.date1904)
			c.Formula = formula
		}
	}
	if blank(c.Text) {
		return nil
	}
	c.Text = strings.ReplaceAll(c.Text, "\x00", "")
	if s.col >= MaxColumns {
		return refuse(ReasonTooWide)
	}
	s.row.put(s.col, c)
	return nil
}

func (r *Row) put(col int, c Cell) {
	for len(r.Cells) <= col {
		r.Cells = append(r.Cells, Cell{})
	}
	r.Cells[col] = c
}

func blank(s string) bool { return strings.Trim(s, " \t\r\n\u3000\u00a0\u200b\ufeff\x00") == "" }

// endRow brings values of merged cells down into the row and hands it over.
func (s *sheetReader) endRow() error {
	if s.touched++; s.touched >= 2000 {
		s.touched = 0
		s.b.beat()
	}
	if !s.inRow {
		return nil
	}
	s.inRow = false
	n := s.number
	s.active = slices.DeleteFunc(s.active, func(h held) bool { return h.lastRow < n })
	for _, h := range s.active {
		if h.row < n && h.col < MaxColumns && (h.col >= len(s.row.Cells) || s.row.Cells[h.col].Kind == CellEmpty) {
			c := h.cell
			c.Filled = true
			s.row.put(h.col, c)
		}
	}
	for len(s.merges) > 0 && s.merges[0].row <= n {
		m := s.merges[0]
		s.merges = s.merges[1:]
		if m.row != n || m.col >= len(s.row.Cells) || s.row.Cells[m.col].Kind == CellEmpty {
			continue
		}
		c := &s.row.Cells[m.col]
		c.Span = m.lastCol - m.col + 1
		if m.lastRow > n && len(s.active) < 2*MaxColumns {
			s.active = append(s.active, held{m, *c})
		}
	}
	only := true // a row of nothing but filled cells is blank
	for _, c := range s.row.Cells {
		only = only && (c.Kind == CellEmpty || c.Filled)
	}
	if only {
		return nil
	}
	return s.emit(s.row)
}
