package change

import (
	"maps"
	"slices"

	"tongce/crdt/canon"
)

// base is what a state knows of changes that were folded. It is never changed.
type base struct {
	creator Info
	changes int
}

// Fold is the state without the oldest changes, as far as no change that follows
// one of the others can tell: without those before a change that has seen all of
// them and that all later ones have seen. At least keep changes stay, and where
// less than half would go it is s itself. Of the changes that went there are no
// Info, no Past and no Live as seen from them, and a change that follows one of
// them is `missing_deps`: only the whole state can check it.
func (s *State) Fold(keep int) *State {
	keep = max(keep, 1)
	if len(s.nodes) < 2*keep {
		return s
	}
	w := s.waist(len(s.nodes) - keep)
	if 2*int(w) < len(s.nodes) {
		return s
	}
	creator, _ := s.Creator()
	f := folding{by: w}
	c := &State{
		nodes: slices.Clone(s.nodes[w:]), byHash: make(map[canon.Hash]int32, len(s.nodes)-int(w)),
		actors: slices.Clone(s.actors), byID: maps.Clone(s.byID), heads: f.all(s.heads),
		keys:  make(map[string]*register, len(s.keys)),
		texts: make(map[OpID]*text, len(s.texts)),
		size:  s.size, ops: s.ops,
		base: &base{creator: creator, changes: s.folded() + int(w)},
	}
	for i := range c.nodes {
		c.nodes[i].deps = f.all(c.nodes[i].deps)
		c.byHash[c.nodes[i].hash] = int32(i)
	}
	c.nodes[0].deps = nil
	for i := range c.actors {
		a := &c.actors[i]
		gone, _ := slices.BinarySearch(a.changes, w)
		a.folded, a.changes = a.folded+gone, f.all(a.changes[gone:])
	}
	for k, r := range s.keys {
		c.keys[k] = f.register(r)
	}
	for id, t := range s.texts {
		folded := &text{made: f.one(t.made), bytes: t.bytes, elems: make(map[OpID]*register, len(t.elems))}
		for e, r := range t.elems {
			folded.elems[e] = f.register(r)
		}
		c.texts[id] = folded
	}
	return c
}

// Folded tells whether some changes were folded.
func (s *State) Folded() bool { return s.base != nil }

func (s *State) folded() int {
	if s.base == nil {
		return 0
	}
	return s.base.changes
}

// waist is the last change, not above top, that has seen all before it and that
// all behind it have seen; 0 without one.
func (s *State) waist(top int) int32 {
	// seenBy is for each change the first that depends on it. A change has seen
	// all before it when none of those is first seen behind it.
	seenBy := make([]int32, len(s.nodes))
	// from is for each change the lowest of what those behind it depend on, where
	// each counts with its highest: one at or above w has seen w when all between
	// them have.
	from := make([]int32, len(s.nodes))
	lowest := int32(len(s.nodes))
	for i := int32(len(s.nodes)) - 1; i >= 0; i-- {
		from[i] = lowest
		if deps := s.nodes[i].deps; len(deps) > 0 {
			lowest = min(lowest, slices.Max(deps))
		}
		if seenBy[i] == 0 {
			seenBy[i] = int32(len(s.nodes))
		}
		for _, d := range s.nodes[i].deps {
			seenBy[d] = i
		}
	}
	found, last := int32(0), int32(0)
	for w := range int32(top) + 1 {
		if last <= w && from[w] >= w {
			found = w
		}
		last = max(last, seenBy[w])
	}
	return found
}

// folding renumbers changes: those before the one numbered by become that one,
// which is the first.
type folding struct{ by int32 }

func (f folding) one(n int32) int32 { return max(0, n-f.by) }

func (f folding) all(nodes []int32) []int32 {
	out := make([]int32, 0, len(nodes))
	for _, n := range nodes {
		if n = f.one(n); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// register is r without the values that nobody sees any more.
func (f folding) register(r *register) *register {
	c := &register{made: f.one(r.made), live: slices.Clone(r.live)}
	for i := range c.live {
		c.live[i].node = f.one(c.live[i].node)
	}
	for _, sl := range r.past {
		if !slices.ContainsFunc(sl.gone, func(n int32) bool { return n <= f.by }) {
			sl.node, sl.gone = f.one(sl.node), f.all(sl.gone)
			c.past = append(c.past, sl)
		}
	}
	return c
}

// last is the actor's newest change; of folded ones the first that is left
// stands for all.
func (a *actorLog) last() int32 {
	if len(a.changes) == 0 {
		return 0
	}
	return a.changes[len(a.changes)-1]
}

// first is the actor's oldest change, likewise.
func (a *actorLog) first() int32 {
	if a.folded > 0 {
		return 0
	}
	return a.changes[0]
}
