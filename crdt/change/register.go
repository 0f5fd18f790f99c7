package change

import (
	"slices"

	"tongce/crdt/canon"
)

// slot is one value that a change left behind.
type slot struct {
	id   OpID
	node int32
	size int32   // bytes, of elements of texts
	val  *Value  // of keys; never changed
	gone []int32 // the changes that replaced it
}

// register has all values of one key, or of one element of a text. A value
// that was replaced within its own change was never seen by anyone and is not
// kept.
type register struct {
	made int32  // of elements: the change that inserted it
	live []slot // not replaced by any change, in the order of OpID.Less
	past []slot // replaced, in the same order
}

func (r *register) clone() *register {
	c := &register{made: r.made, live: slices.Clone(r.live), past: slices.Clone(r.past)}
	for i := range c.past {
		c.past[i].gone = slices.Clone(c.past[i].gone)
	}
	return c
}

func (r *register) weight() int {
	n := registerWeight + slotWeight*(len(r.live)+len(r.past))
	for _, slots := range [][]slot{r.live, r.past} {
		for i := range slots {
			if v := slots[i].val; v != nil {
				n += valueWeight + len(v.str)
			}
		}
	}
	return n
}

func compareSlot(s slot, id OpID) int { return s.id.Compare(id) }

// liveAt are the values that count as seen from v, in the order of OpID.Less.
// The result must not be changed.
func (r *register) liveAt(v view) []slot {
	if v.all {
		return r.live
	}
	var out []slot
	for i := range r.live {
		if v.has(r.live[i].node) {
			out = append(out, r.live[i])
		}
	}
	for i := range r.past {
		if p := &r.past[i]; v.has(p.node) && !slices.ContainsFunc(p.gone, v.has) {
			out = append(out, *p)
		}
	}
	slices.SortFunc(out, func(a, b slot) int { return a.id.Compare(b.id) })
	return out
}

// isLive is the live value with the given id, or nil.
func (r *register) isLive(id OpID) *slot {
	if i, found := slices.BinarySearchFunc(r.live, id, compareSlot); found {
		return &r.live[i]
	}
	return nil
}

// liveSize is how many bytes those of the ids have that are live now.
func (r *register) liveSize(ids []OpID) int {
	n := 0
	for _, id := range ids {
		if sl := r.isLive(id); sl != nil {
			n += int(sl.size)
		}
	}
	return n
}

func (r *register) add(sl slot) {
	i, _ := slices.BinarySearchFunc(r.live, sl.id, compareSlot)
	r.live = slices.Insert(r.live, i, sl)
}

// replace notes that the change replaced the value. It returns by how many
// bytes the live values shrank.
func (r *register) replace(id OpID, by int32) int {
	if i, found := slices.BinarySearchFunc(r.live, id, compareSlot); found {
		sl := r.live[i]
		r.live = slices.Delete(r.live, i, i+1)
		if sl.node != by {
			sl.gone = append(sl.gone, by)
			j, _ := slices.BinarySearchFunc(r.past, id, compareSlot)
			r.past = slices.Insert(r.past, j, sl)
		}
		return int(sl.size)
	}
	if i, found := slices.BinarySearchFunc(r.past, id, compareSlot); found {
		r.past[i].gone = append(r.past[i].gone, by)
	}
	return 0
}

// view is the set of changes that some changes and all they depend on make.
type view struct {
	all  bool
	seen []bool // by node; shorter means not seen
}

func (v view) has(n int32) bool { return v.all || int(n) < len(v.seen) && v.seen[n] }

func (s *State) viewAt(at []canon.Hash) (view, error) {
	if at == nil {
		return view{all: true}, nil
	}
	nodes := make([]int32, len(at))
	for i, h := range at {
		n, ok := s.byHash[h]
		if !ok {
			return view{}, violation(CodeMissingDeps, "GA10: unknown change")
		}
		nodes[i] = n
	}
	return s.viewOf(nodes), nil
}

// viewOf walks the graph once; the limit on changes of a document bounds it.
func (s *State) viewOf(at []int32) view {
	if !slices.ContainsFunc(s.heads, func(h int32) bool { return !slices.Contains(at, h) }) {
		return view{all: true}
	}
	top := int32(-1)
	for _, n := range at {
		top = max(top, n)
	}
	v := view{seen: make([]bool, top+1)}
	for _, n := range at {
		v.seen[n] = true
	}
	for n := top; n >= 0; n-- {
		if v.seen[n] {
			for _, d := range s.nodes[n].deps {
				v.seen[d] = true
			}
		}
	}
	return v
}
