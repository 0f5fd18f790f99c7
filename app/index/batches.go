package index

import "tongce/crdt/canon"

// Batch is an import that customers of the index come from.
type Batch struct {
	ID string
	// Rows is how many customers it touched, Deleted how many of them lie in the
	// recycle bin.
	Rows, Deleted int
	// One is any of them, from the bin where there are such.
	One canon.DocID
}

// Batches lists all imports, in no order.
func (x *Index) Batches() []Batch {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil
	}
	binned := x.table.inBin(true)
	out := make([]Batch, 0, len(x.table.batches))
	for id, rows := range x.table.batches {
		b := Batch{ID: id, Rows: len(rows)}
		for row := range rows {
			in := binned(row)
			if in {
				b.Deleted++
			}
			if in || b.One == (canon.DocID{}) {
				b.One = x.table.ids[row]
			}
		}
		if b.Rows > 0 {
			out = append(out, b)
		}
	}
	return out
}
