package sheet

import (
	"encoding/binary"
	"errors"
	"io"
)

// What the child says: a kind, four bytes of length, the payload. The parent
// trusts nothing of it; lengths are checked against maxFrame.
const (
	frameRows     = 'r' // encoded rows
	frameReport   = 'i' // JSON of Report
	frameProgress = 'p' // empty: something was read
	frameError    = 'e' // JSON of Error
	frameEnd      = 'z' // all said
)

const maxFrame = 64 << 20

var errFrame = errors.New("sheet: broken frame")

func writeFrame(w io.Writer, kind byte, payload []byte) error {
	var h [5]byte
	h[0] = kind
	binary.LittleEndian.PutUint32(h[1:], uint32(len(payload)))
	if _, err := w.Write(h[:]); err != nil {
		return err
	}
	_, err := w.Write(payload)
	return err
}

func readFrame(r io.Reader, buf []byte) (byte, []byte, error) {
	var h [5]byte
	if _, err := io.ReadFull(r, h[:]); err != nil {
		return 0, buf, err
	}
	n := binary.LittleEndian.Uint32(h[1:])
	if n > maxFrame {
		return 0, buf, errFrame
	}
	if cap(buf) < int(n) {
		buf = make([]byte, n)
	}
	buf = buf[:n]
	_, err := io.ReadFull(r, buf)
	return h[0], buf, err
}

const (
	bitFilled  = 1 << 4
	bitFormula = 1 << 5
	bitSpan    = 1 << 6
)

func appendRow(b []byte, r Row) []byte {
	b = binary.AppendUvarint(b, uint64(r.Number))
	hidden := byte(0)
	if r.Hidden {
		hidden = 1
	}
	b = append(b, hidden)
	b = binary.AppendUvarint(b, uint64(len(r.Cells)))
	for _, c := range r.Cells {
		k := byte(c.Kind)
		if c.Filled {
			k |= bitFilled
		}
		if c.Formula {
			k |= bitFormula
		}
		if c.Span > 1 {
			k |= bitSpan
		}
		b = append(b, k)
		if c.Span > 1 {
			b = binary.AppendUvarint(b, uint64(c.Span))
		}
		if c.Kind != CellEmpty {
			b = binary.AppendUvarint(b, uint64(len(c.Text)))
			b = append(b, c.Text...)
		}
	}
	return b
}

type rowDecoder struct {
	b   []byte
	bad bool
}

func (d *rowDecoder) uint(limit uint64) int {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > limit {
		d.bad, d.b = true, nil
		return 0
	}
	d.b = d.b[n:]
	return int(v)
}

func (d *rowDecoder) byte() byte {
	if len(d.b) == 0 {
		d.bad = true
		return 0
	}
	c := d.b[0]
	d.b = d.b[1:]
	return c
}

func (d *rowDecoder) text() string {
	n := d.uint(uint64(len(d.b)))
	if n > len(d.b) {
		d.bad = true
		return ""
	}
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func decodeRows(b []byte) ([]Row, error) {
	d := rowDecoder{b: b}
	var rows []Row
	for len(d.b) > 0 {
		r := Row{Number: d.uint(1 << 40), Hidden: d.byte() == 1}
		r.Cells = make([]Cell, d.uint(MaxColumns))
		for i := range r.Cells {
			k := d.byte()
			c := Cell{Kind: CellKind(k & 15), Filled: k&bitFilled != 0, Formula: k&bitFormula != 0}
			if k&bitSpan != 0 {
				c.Span = d.uint(1 << 20)
			}
			if c.Kind != CellEmpty {
				c.Text = d.text()
			}
			r.Cells[i] = c
		}
		if d.bad {
			return nil, errFrame
		}
		rows = append(rows, r)
	}
	if d.bad {
		return nil, errFrame
	}
	return rows, nil
}
