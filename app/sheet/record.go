package sheet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// A row of a plan in its store: numbers are varints, texts their length and
// their bytes. A cell says by bits which of its texts are there at all; most
// have a field, a value and nothing else. An import writes and reads hundreds
// of thousands of these, so they have a form of their own.
const rowForm = 1

var errRow = errors.New("damaged row of a plan")

const (
	cellChanged = 1 << iota
	cellKept
	cellFixed
	cellAsRead   // Raw is Value
	cellElse     // Row is not the row's own
	cellExplains // it has a code, notes or a suggestion
	cellBefore   // it has an old value or further numbers
)

func rowKey(i int) []byte { return binary.BigEndian.AppendUint32([]byte{'r'}, uint32(i)) }

func record(r *PlanRow) Record {
	w := rowWriter{b: make([]byte, 0, 1024)}
	w.b = append(w.b, rowForm, byte(r.Kind), bit(r.Known, 1)|bit(r.All != nil, 2)|bit(len(r.Beside) > 0, 4))
	w.numbers(r.Index, r.Sheet, r.Number, r.Leader)
	w.texts(r.Into, r.IntoName, r.Why, r.Age)
	w.list(r.Review)
	if len(r.Beside) > 0 {
		w.numbers(len(r.Beside))
		w.numbers(r.Beside...)
	}
	w.cells(r.Index, r.Cells)
	if r.All != nil {
		w.cells(r.Index, r.All)
	}
	return Record{rowKey(r.Index), w.b}
}

func decodePlanRow(b []byte) (*PlanRow, error) {
	x := rowReader{s: string(b)} // one copy: the texts are parts of it
	r := &PlanRow{}
	if x.byte() != rowForm {
		return nil, fmt.Errorf("decode plan row: %w", errRow)
	}
	r.Kind = Kind(x.byte())
	flags := x.byte()
	r.Known = flags&1 != 0
	r.Index, r.Sheet, r.Number, r.Leader = x.number(), x.number(), x.number(), x.number()
	r.Into, r.IntoName, r.Why, r.Age = x.text(), x.text(), x.text(), x.text()
	r.Review = x.list()
	if flags&4 != 0 {
		r.Beside = x.rows()
	}
	r.Cells = x.cells(r.Index)
	if flags&2 != 0 {
		r.All = x.cells(r.Index)
	}
	if x.bad || x.s != "" || r.Kind > KindWrong {
		return nil, fmt.Errorf("decode plan row: %w", errRow)
	}
	return r, nil
}

func bit(on bool, b byte) byte {
	if on {
		return b
	}
	return 0
}

type rowWriter struct{ b []byte }

func (w *rowWriter) numbers(ns ...int) {
	for _, n := range ns {
		w.b = binary.AppendVarint(w.b, int64(n))
	}
}

func (w *rowWriter) texts(ss ...string) {
	for _, s := range ss {
		w.b = append(binary.AppendUvarint(w.b, uint64(len(s))), s...)
	}
}

func (w *rowWriter) list(ss []string) {
	w.b = binary.AppendUvarint(w.b, uint64(len(ss)))
	w.texts(ss...)
}

func (w *rowWriter) cells(own int, cells []PlanCell) {
	w.b = binary.AppendUvarint(w.b, uint64(len(cells)))
	for i := range cells {
		c := &cells[i]
		flags := bit(c.Changed, cellChanged) | bit(c.Kept, cellKept) | bit(c.Fixed, cellFixed) |
			bit(c.Raw == c.Value, cellAsRead) | bit(c.Row != own, cellElse) |
			bit(c.Code != "" || len(c.Notes) > 0 || c.Suggest != "", cellExplains) |
			bit(c.Old != "" || len(c.More) > 0, cellBefore)
		w.b = append(w.b, flags, byte(c.Status))
		w.numbers(c.Col)
		w.texts(c.Field, c.Value)
		if flags&cellAsRead == 0 {
			w.texts(c.Raw)
		}
		if flags&cellElse != 0 {
			w.numbers(c.Row)
		}
		if flags&cellExplains != 0 {
			w.texts(c.Code, c.Suggest)
			w.list(c.Notes)
		}
		if flags&cellBefore != 0 {
			w.texts(c.Old)
			w.list(c.More)
		}
	}
}

// rowReader takes parts off the front; the first damage sticks.
type rowReader struct {
	s   string
	bad bool
}

func (x *rowReader) fail() { x.s, x.bad = "", true }

func (x *rowReader) byte() (b byte) {
	if x.s == "" {
		x.fail()
		return 0
	}
	b, x.s = x.s[0], x.s[1:]
	return b
}

func (x *rowReader) uint() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		b := x.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	x.fail()
	return 0
}

func (x *rowReader) number() int {
	n := x.uint()
	return int(n>>1) ^ -int(n&1)
}

func (x *rowReader) text() (s string) {
	n := x.uint()
	if n > uint64(len(x.s)) {
		x.fail()
		return ""
	}
	s, x.s = x.s[:n], x.s[n:]
	return s
}

// count is of parts that take a byte each at least.
func (x *rowReader) count() int {
	n := x.uint()
	if n > uint64(len(x.s)) {
		x.fail()
		return 0
	}
	return int(n)
}

func (x *rowReader) list() []string {
	n := x.count()
	if n == 0 {
		return nil
	}
	out := make([]string, n)
	for i := range out {
		out[i] = x.text()
	}
	return out
}

func (x *rowReader) rows() []int {
	n := x.number()
	if n < 0 || n > maxReview {
		x.fail()
		return nil
	}
	out := make([]int, n)
	for i := range out {
		out[i] = x.number()
	}
	return out
}

func (x *rowReader) cells(own int) []PlanCell {
	out := make([]PlanCell, x.count())
	for i := range out {
		c := &out[i]
		flags := x.byte()
		c.Changed, c.Kept, c.Fixed = flags&cellChanged != 0, flags&cellKept != 0, flags&cellFixed != 0
		c.Status, c.Col = Status(x.byte()), x.number()
		c.Field, c.Value = x.text(), x.text()
		c.Raw, c.Row = c.Value, own
		if flags&cellAsRead == 0 {
			c.Raw = x.text()
		}
		if flags&cellElse != 0 {
			c.Row = x.number()
		}
		if flags&cellExplains != 0 {
			c.Code, c.Suggest, c.Notes = x.text(), x.text(), x.list()
		}
		if flags&cellBefore != 0 {
			c.Old, c.More = x.text(), x.list()
		}
		if c.Status > StatusWrong {
			x.fail()
		}
	}
	return out
}
