package index

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"

	"tongce/app/quality"
)

// The orders that are no field.
const (
	ByCreated = "created"
	ByChanged = "changed"
)

// order is the rows in one order, kept from query to query. Rows that changed
// since are taken out and merged in again, so a change costs one pass and not
// a sort.
type order struct {
	rows    []uint32
	changed map[uint32]struct{}
}

func (o *order) dirty(row uint32) { o.changed[row] = struct{}{} }

// sorted gives all living rows in the order of a field (empty values last), or
// of ByCreated or ByChanged.
func (t *table) sorted(by string, field int) []uint32 {
	o := t.orders[by]
	less := t.comparer(by, field)
	if o == nil {
		o = &order{changed: map[uint32]struct{}{}, rows: make([]uint32, 0, len(t.rows))}
		for row, live := range t.live {
			if live {
				o.rows = append(o.rows, uint32(row))
			}
		}
		slices.SortFunc(o.rows, less)
		t.orders[by] = o
		return o.rows
	}
	if len(o.changed) == 0 {
		return o.rows
	}
	kept := slices.DeleteFunc(o.rows, func(row uint32) bool { _, gone := o.changed[row]; return gone })
	fresh := make([]uint32, 0, len(o.changed))
	for row := range o.changed {
		if t.live[row] {
			fresh = append(fresh, row)
		}
	}
	slices.SortFunc(fresh, less)
	o.rows, o.changed = mergeRows(kept, fresh, less), map[uint32]struct{}{}
	return o.rows
}

// mergeRows puts the rows of b into a. There are few of them, so each looks for
// its place.
func mergeRows(a, b []uint32, less func(x, y uint32) int) []uint32 {
	out := make([]uint32, 0, len(a)+len(b))
	for _, row := range b {
		at, _ := slices.BinarySearchFunc(a, row, less)
		out, a = append(append(out, a[:at]...), row), a[at:]
	}
	return append(out, a...)
}

// comparer orders rows; equal ones by their name and then by their id, so that an
// order is total and pages never overlap.
func (t *table) comparer(by string, field int) func(a, b uint32) int {
	name := func(a, b uint32) int { return bytes.Compare(t.arena.get(t.sortKey[a]), t.arena.get(t.sortKey[b])) }
	first := func(uint32, uint32) int { return 0 }
	switch {
	case by == ByCreated:
		first = func(a, b uint32) int { return cmp.Compare(t.created[a], t.created[b]) }
	case by == ByChanged:
		first = func(a, b uint32) int { return cmp.Compare(t.changed[a], t.changed[b]) }
	case field < 0:
	case t.fields[field].ID == "name":
	default:
		first = t.fieldComparer(field)
	}
	return func(a, b uint32) int {
		if c := first(a, b); c != 0 {
			return c
		}
		if c := name(a, b); c != 0 {
			return c
		}
		return bytes.Compare(t.ids[a][:], t.ids[b][:])
	}
}

func (t *table) fieldComparer(field int) func(a, b uint32) int {
	column := t.cells[field]
	var compare func(a, b string) int
	switch t.fields[field].Kind {
	case Amount:
		compare = func(a, b string) int { return cmp.Compare(amount(a), amount(b)) }
	case Date:
		compare = strings.Compare
	case Text, Choice:
		keys := map[string]string{}
		key := func(s string) string {
			k, ok := keys[s]
			if !ok {
				_, _, k = quality.Pinyin(s)
				keys[s] = k
			}
			return k
		}
		compare = func(a, b string) int { return strings.Compare(key(a), key(b)) }
	}
	return func(a, b uint32) int {
		x, y := column[a], column[b]
		switch {
		case x == y:
			return 0
		case x == 0:
			return 1
		case y == 0:
			return -1
		}
		return compare(string(t.arena.get(x)), string(t.arena.get(y)))
	}
}

// amount is the number of a canonical amount; what is none counts as 0.
func amount(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f
}
