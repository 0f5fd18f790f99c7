package sheet

import (
	"cmp"
	"slices"
)

// maxLayers bounds how many values of one field a group leaves in the history of
// its customer, and maxNoted how many of its rows that give nothing are noted:
// what a file says of one customer has to go into one document, and its notes
// into one change of 64 KiB. maxDisplaced bounds the bytes of those values: they
// are written in one transaction.
const (
	maxLayers    = 50
	maxNoted     = 100
	maxDisplaced = 128 << 10
)

// layers are what a group writes, one change after the other: first what each
// field says first, then what takes its place, and so on to what stays. So the
// value of a row that another row of the file displaces stands in the history,
// with the row that it came from (IM14). Without such a value there is one layer.
func (e *Entry) layers(rows []*PlanRow, strict bool) [][]PlanCell {
	out := [][]PlanCell{e.Cells}
	if len(rows) < 2 {
		return out
	}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b *PlanRow) int { return cmp.Compare(a.Age, b.Age) })
	room := maxDisplaced
	for i, last := range e.Cells {
		said := newest(displaced(rows, last, strict), &room)
		if len(said) == 0 {
			continue
		}
		if !last.Changed { // it stands in the book, and is put back
			last.Value, last.Changed = last.Old, true
		}
		for len(out) <= len(said) {
			out = append(out, nil)
		}
		out[0] = slices.Clone(out[0])
		out[0][i] = said[0]
		for n, c := range append(said[1:], last) {
			out[n+1] = append(out[n+1], c)
		}
	}
	return out
}

// newest are the last of the values for which there is room left.
func newest(said []PlanCell, room *int) []PlanCell {
	for n := len(said) - 1; n >= 0; n-- {
		if *room -= len(said[n].Value); *room < 0 {
			return said[n+1:]
		}
	}
	return said
}

// displaced are the values that rows say and that do not stay, the newest last.
// Rows that the customer knows have said them before, and what only says less
// than what the book has is no value of its own.
func displaced(rows []*PlanRow, last PlanCell, strict bool) []PlanCell {
	stays := last.Value
	if !last.Changed {
		stays = last.Old
		if stays == "" || last.weak(stays) {
			return nil
		}
	}
	var out []PlanCell
	for _, r := range rows {
		c := r.Cell(last.Field)
		if c == nil || c.Value == "" || r.Known || strict && c.Status == StatusWrong && !c.Kept {
			continue
		}
		covered := func(by string) bool { return c.Value == by || several(c.Field) && within(c.Value, by) }
		if covered(stays) || slices.ContainsFunc(out, func(o PlanCell) bool { return covered(o.Value) }) {
			continue
		}
		said := *c
		said.Changed = true
		out = append(out, said)
	}
	return out[max(0, len(out)-maxLayers):]
}
