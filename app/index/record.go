package index

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"

	"tongce/app/quality"
	"tongce/crdt/canon"
)

// errRecord means that a row of the file is not in the form below.
var errRecord = errors.New("index row is damaged")

// record is one customer in the form of the file and of the memory: the
// searchable text and the sort key are worked out once, when it is written.
//
//	data = flags byte | created, changed varint | sort key | search text |
//	       n fields: text, others, flag | n batches | n keys (8 bytes each)
//
// Texts are a length and their bytes; numbers are unsigned varints.
type record struct {
	id   canon.DocID
	data []byte
}

const (
	flagPerson = 1 << iota
	flagDeleted
	flagPending
)

func encode(c *Customer, fields []Field) record {
	b := make([]byte, 0, 512)
	b = append(b, bit(c.Person, flagPerson)|bit(c.Deleted, flagDeleted)|bit(c.Pending, flagPending))
	b = binary.AppendUvarint(b, uint64(max(c.Created, 0)))
	b = binary.AppendUvarint(b, uint64(max(c.Changed, 0)))
	full, initials, sortKey := quality.Pinyin(c.Values["name"].Text)
	b = appendText(b, sortKey)
	b = appendText(b, searchText(c, full, initials))
	for _, f := range fields {
		v := c.Values[f.ID]
		b = appendText(b, v.Text)
		b = binary.AppendUvarint(b, uint64(v.Others))
		b = appendText(b, v.Flag)
	}
	b = binary.AppendUvarint(b, uint64(len(c.Batches)))
	for _, batch := range c.Batches {
		b = appendText(b, batch)
	}
	keys := slices.Clone(c.Keys)
	slices.SortFunc(keys, func(a, b Key) int { return slices.Compare(a[:], b[:]) })
	keys = slices.Compact(keys)
	b = binary.AppendUvarint(b, uint64(len(keys)))
	for _, k := range keys {
		b = append(b, k[:]...)
	}
	return record{id: c.ID, data: b}
}

func bit(on bool, flag byte) byte {
	if on {
		return flag
	}
	return 0
}

// searchText is what a substring search runs over. A line break separates the
// parts, so that no match spans two of them.
func searchText(c *Customer, full, initials string) string {
	parts := []string{c.Values["name"].Text, full, initials}
	parts = append(parts, c.Values["uscc"].Text, c.Values["contract_no"].Text, c.Search)
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return fold(strings.Join(parts, "\n"))
}

// fold makes text and query alike: ASCII in lower case, full-width ASCII in
// half width, and no blanks other than the line breaks between parts.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '\t' || r == '\u3000' || r == '\u00a0':
			return -1
		case r >= 0xFF01 && r <= 0xFF5E:
			r -= 0xFEE0
		}
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

// folds is fold for text that mostly needs none: a scan over a hundred thousand
// values must not copy each.
func folds(b []byte) []byte {
	for i, c := range b {
		wide := c == 0xE3 || c == 0xEF || c == 0xC2 // U+3000, U+FF01-FF5E and U+00A0 begin with these
		if c == ' ' || c == '\t' || (c >= 'A' && c <= 'Z') || (wide && fold(string(b[i:])) != string(b[i:])) {
			return []byte(fold(string(b)))
		}
	}
	return b
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// reader takes a record's parts off the front; the first damage sticks.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() uint64 {
	n, size := binary.Uvarint(r.b)
	if size <= 0 {
		r.bad, r.b = true, nil
		return 0
	}
	r.b = r.b[size:]
	return n
}

func (r *reader) bytes(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.bad, r.b = true, nil
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) text() []byte { return r.bytes(r.number()) }

// count reads how many parts follow, none of them shorter than size.
func (r *reader) count(size int) int {
	n := r.number()
	if n > uint64(len(r.b)/size) {
		r.bad, r.b = true, nil
		return 0
	}
	return int(n)
}
