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
	t, binned, by := x.table, x.table.inBin(true), map[string]*Batch{}
	lists := map[ref][]*Batch{0: nil} // rows share few lists of imports
	for i, live := range t.live {
		row := uint32(i)
		if !live {
			continue
		}
		list, known := lists[t.batches[row]]
		if !known {
			for _, id := range t.batchesOf(row) {
				if by[id] == nil {
					by[id] = &Batch{ID: id}
				}
				list = append(list, by[id])
			}
			lists[t.batches[row]] = list
		}
		in := binned(row)
		for _, b := range list {
			b.Rows++
			if in {
				b.Deleted++
			}
			if in || b.One == (canon.DocID{}) {
				b.One = t.ids[row]
			}
		}
	}
	out := make([]Batch, 0, len(by))
	for _, b := range by {
		out = append(out, *b)
	}
	return out
}
