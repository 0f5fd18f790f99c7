package sheet

import (
	"bytes"
	"io"
	"strings"
)

// csvReader reads records as people and programs write them: quotes around
// cells, doubled inside them, line breaks within, and stray quotes that mean
// nothing. A quote that never ends is taken as a character.
type csvReader struct {
	src    io.Reader
	sep    byte
	beat   func()
	buf    []byte
	pos    int
	eof    bool
	err    error
	loads  int
	record []string
}

const (
	maxRecord  = 2 << 20   // bytes of one
	maxRecords = 3_000_000 // three times what a spreadsheet holds
)

func (c *csvReader) load() bool {
	if c.eof {
		return false
	}
	if c.pos > 0 {
		c.buf = append(c.buf[:0], c.buf[c.pos:]...)
		c.pos = 0
	}
	n := len(c.buf)
	c.buf = append(c.buf, make([]byte, max(64<<10, n))...)
	m, err := io.ReadFull(c.src, c.buf[n:])
	c.buf = c.buf[:n+m]
	if err != nil {
		c.eof = true
		if err != io.EOF && err != io.ErrUnexpectedEOF {
			c.err = err
		}
	}
	if c.loads++; c.loads%32 == 0 {
		c.beat()
	}
	return m > 0
}

// next gives a record, or nil at the end. The slice is good until the next call.
func (c *csvReader) next() ([]string, error) {
	if c.pos >= len(c.buf) && !c.load() {
		return nil, c.err
	}
	for {
		n, whole, err := c.parse(c.buf[c.pos:], true)
		if err != nil {
			return nil, err
		}
		if !whole {
			if len(c.buf)-c.pos <= maxRecord && c.load() {
				continue
			}
			// The quote is never closed, or the line never ends.
			if n, whole, err = c.parse(c.buf[c.pos:], false); err != nil {
				return nil, err
			}
			if !whole && len(c.buf)-c.pos > maxRecord {
				return nil, refuse(ReasonLongRow)
			}
		}
		c.pos += n
		return c.record, c.err
	}
}

// parse takes one record off b. whole is false when its end is not in b (then
// all of b was taken).
func (c *csvReader) parse(b []byte, quotes bool) (n int, whole bool, err error) {
	c.record = c.record[:0]
	for i := 0; ; {
		if len(c.record) > MaxColumns {
			return 0, false, refuse(ReasonTooWide)
		}
		var cell string
		var ok bool
		start := i
		if quotes && i < len(b) && b[i] == '"' {
			if cell, i, ok = c.quoted(b, i+1); !ok {
				return len(b), false, nil
			}
		}
		z := c.stop(b[i:])
		if z < 0 {
			if !c.eof {
				return len(b), false, nil
			}
			z = len(b) - i
		}
		if start == i {
			cell = string(b[i : i+z])
		} else {
			cell += string(b[i : i+z])
		}
		c.record = append(c.record, cell)
		i += z
		switch {
		case i >= len(b):
			return i, true, nil
		case b[i] == c.sep:
			i++
		case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
			return i + 2, true, nil
		case b[i] == '\r' && i+1 == len(b) && !c.eof && quotes:
			return len(b), false, nil
		default:
			return i + 1, true, nil
		}
	}
}

func (c *csvReader) stop(b []byte) int {
	for i, x := range b {
		if x == c.sep || x == '\n' || x == '\r' {
			return i
		}
	}
	return -1
}

func (c *csvReader) quoted(b []byte, i int) (string, int, bool) {
	var out strings.Builder
	for {
		z := bytes.IndexByte(b[i:], '"')
		if z < 0 {
			return "", i, false
		}
		out.Write(b[i : i+z])
		i += z + 1
		if i >= len(b) {
			return out.String(), i, c.eof
		}
		if b[i] != '"' {
			return out.String(), i, true
		}
		out.WriteByte('"')
		i++
	}
}

// textTable is a CSV file in memory, as bytes of its own encoding.
type textTable struct {
	data     []byte
	encoding string
	skip     int
	sep      byte
	beat     func()
}

func openText(data []byte, beat func()) (*textTable, error) {
	if blank(string(data[:min(len(data), 4096)])) && blank(string(data)) {
		return nil, refuse(ReasonEmpty)
	}
	t := &textTable{data: data, beat: beat}
	var err error
	if t.encoding, t.skip, err = detectEncoding(data, beat); err != nil {
		return nil, err
	}
	head := make([]byte, 128<<10)
	n, _ := io.ReadFull(asUTF8(data, t.encoding, t.skip), head)
	t.sep = separator(string(head[:n]))
	return t, nil
}

func (t *textTable) readRows(emit func(Row) error) error {
	c := csvReader{src: asUTF8(t.data, t.encoding, t.skip), sep: t.sep, beat: t.beat}
	row := Row{}
	for n := 1; ; n++ {
		rec, err := c.next()
		if err != nil {
			//nolint:errorlint // made by refuse, one level deep
			if e, ok := err.(*Error); ok {
				e.Row = n
			}
			return err
		}
		if rec == nil {
			return nil
		}
		if n > maxRecords {
			return &Error{Reason: ReasonTooBig, Row: n}
		}
		if n == 1 && len(rec) <= 2 && strings.HasPrefix(rec[0], "sep=") {
			continue
		}
		row = Row{Number: n, Cells: row.Cells[:0]}
		for i, s := range rec {
			if blank(s) {
				continue
			}
			if len(s) > 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' {
				s = s[2 : len(s)-1] // ="00123" keeps its zeros that way
			}
			if s[0] == '\'' && formulaLike(s[1:]) {
				s = s[1:] // a spreadsheet is told so that it is text; WriteCSV does
			}
			if i >= MaxColumns {
				return &Error{Reason: ReasonTooWide, Row: n}
			}
			s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
			row.put(i, Cell{Text: s, Kind: CellText})
		}
		if len(row.Cells) == 0 {
			continue
		}
		if err := emit(row); err != nil {
			return err
		}
	}
}
