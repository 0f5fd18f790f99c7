package change

import (
	"bytes"
	"maps"
	"slices"
	"sync/atomic"

	"tongce/crdt/canon"
)

// State is what checking a document's changes needs to know of it (GA21): the
// graph of changes, and per key the values with who replaced them. It is
// derived from the changes alone. Methods may be called from several
// goroutines only while none of them calls Add.
type State struct {
	nodes  []node // in the order of Add: dependencies stand before dependents
	byHash map[canon.Hash]int32
	actors []actorLog
	byID   map[canon.ActorID]int32
	heads  []int32
	keys   map[string]*register
	sorted atomic.Pointer[[]string] // the names of keys, once somebody asked
	texts  map[OpID]*text
	size   int   // bytes of all chunks
	ops    int   // operations of all changes
	base   *base // nil where nothing is folded; the first node then has seen all that was
}

// node is one change in the graph.
type node struct {
	hash    canon.Hash
	deps    []int32
	actor   int32
	seq     uint64
	start   uint64
	ops     int
	time    int64
	message string
}

func (n *node) maxOp() uint64 { return n.start + uint64(n.ops) - 1 }

// actorLog has the changes of one actor by their sequence number.
type actorLog struct {
	id      canon.ActorID
	folded  int // changes before these
	changes []int32
}

func (a *actorLog) count() int { return a.folded + len(a.changes) }

// text is one shared text.
type text struct {
	made  int32 // the change that made it
	bytes int   // of all live elements
	elems map[OpID]*register
}

// Entry is one live value of a key.
type Entry struct {
	ID    OpID
	Value Value
}

// Info is what State remembers of a change.
type Info struct {
	Hash    canon.Hash
	Actor   canon.ActorID
	Seq     uint64
	StartOp uint64
	NumOps  int
	Time    int64
	Message string
}

// NewState is the state of a document without changes.
func NewState() *State {
	return &State{
		byHash: map[canon.Hash]int32{},
		byID:   map[canon.ActorID]int32{},
		keys:   map[string]*register{},
		texts:  map[OpID]*text{},
	}
}

// Live are the live values of a root key in the order of OpID.Less, so that
// the last one is the winner: now (at nil) or as seen from the given changes.
// An unknown hash is `missing_deps`.
func (s *State) Live(key string, at []canon.Hash) ([]Entry, error) {
	v, err := s.viewAt(at)
	if err != nil {
		return nil, err
	}
	r := s.keys[key]
	if r == nil {
		return nil, nil
	}
	slots := r.liveAt(v)
	entries := make([]Entry, len(slots))
	for i := range slots {
		entries[i] = Entry{ID: slots[i].id, Value: *slots[i].val}
	}
	return entries, nil
}

// Write is a value that a key has or once had.
type Write struct {
	Entry
	// At is the place of the change that wrote it among Infos.
	At int
	// Old are the values that it replaced.
	Old []OpID
}

// Past are the values that a root key ever had, live or not, in the order of
// OpID.Less. A value that was replaced within its own change is not among them.
func (s *State) Past(key string) []Write {
	r := s.keys[key]
	if r == nil {
		return nil
	}
	all := make([]Write, 0, len(r.live)+len(r.past))
	for _, slots := range [][]slot{r.past, r.live} {
		for i := range slots {
			all = append(all, Write{Entry: Entry{ID: slots[i].id, Value: *slots[i].val}, At: int(slots[i].node)})
		}
	}
	slices.SortFunc(all, func(a, b Write) int { return a.ID.Compare(b.ID) })
	if len(r.past) == 0 {
		return all
	}
	by := make(map[int32]int, len(all)) // a change leaves one value of a key
	for i := range all {
		by[int32(all[i].At)] = i
	}
	for i := range r.past {
		for _, n := range r.past[i].gone {
			if w, there := by[n]; there {
				all[w].Old = append(all[w].Old, r.past[i].id)
			}
		}
	}
	return all
}

// Keys are all root keys ever written, sorted. They must not be changed.
func (s *State) Keys() []string {
	if keys := s.sorted.Load(); keys != nil {
		return *keys
	}
	keys := slices.Sorted(maps.Keys(s.keys))
	s.sorted.Store(&keys)
	return keys
}

// Heads are the changes that no other depends on, sorted.
func (s *State) Heads() []canon.Hash {
	heads := make([]canon.Hash, len(s.heads))
	for i, n := range s.heads {
		heads[i] = s.nodes[n].hash
	}
	slices.SortFunc(heads, compareHash)
	return heads
}

// Has tells whether the change is in the document.
func (s *State) Has(h canon.Hash) bool {
	_, ok := s.byHash[h]
	return ok
}

// Sees tells whether the change h is among those that the changes at and their
// dependencies are made of. Hashes that are not in the document see nothing.
func (s *State) Sees(at []canon.Hash, h canon.Hash) bool {
	i, ok := s.byHash[h]
	if !ok {
		return false
	}
	v, err := s.viewAt(at)
	return err == nil && v.has(i)
}

// Info tells about one change.
func (s *State) Info(h canon.Hash) (Info, bool) {
	i, ok := s.byHash[h]
	if !ok {
		return Info{}, false
	}
	return s.info(i), true
}

// Writer tells which change made the operation.
func (s *State) Writer(id OpID) (Info, bool) {
	a, ok := s.byID[id.Actor]
	if !ok {
		return Info{}, false
	}
	// The operations of one actor rise from change to change.
	changes := s.actors[a].changes
	i, found := slices.BinarySearchFunc(changes, id.Ctr, func(n int32, ctr uint64) int {
		switch nd := &s.nodes[n]; {
		case nd.maxOp() < ctr:
			return -1
		case nd.start > ctr:
			return 1
		}
		return 0
	})
	if !found {
		return Info{}, false
	}
	return s.info(changes[i]), true
}

// Infos are all changes in the order in which they were added.
func (s *State) Infos() []Info {
	infos := make([]Info, len(s.nodes))
	for i := range s.nodes {
		infos[i] = s.info(int32(i))
	}
	return infos
}

// Creator tells about the change without dependencies that made the document;
// false while there is no change.
func (s *State) Creator() (Info, bool) {
	switch {
	case s.base != nil:
		return s.base.creator, true
	case len(s.nodes) == 0:
		return Info{}, false
	}
	return s.info(0), true
}

func (s *State) info(i int32) Info {
	n := &s.nodes[i]
	return Info{
		Hash: n.hash, Actor: s.actors[n.actor].id, Seq: n.seq, StartOp: n.start,
		NumOps: n.ops, Time: n.time, Message: n.message,
	}
}

// AuthorsAt are the devices that wrote anything seen from the given changes
// (nil: now), sorted. An unknown hash is `missing_deps`.
func (s *State) AuthorsAt(at []canon.Hash) ([]canon.DeviceID, error) {
	v, err := s.viewAt(at)
	if err != nil {
		return nil, err
	}
	var devices []canon.DeviceID
	for i := range s.actors {
		// The first change of an actor is before all others of that actor.
		if v.has(s.actors[i].first()) {
			devices = append(devices, s.actors[i].id.Device())
		}
	}
	slices.SortFunc(devices, func(a, b canon.DeviceID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(devices), nil
}

// NextSeq is the sequence number that the actor's next change must have.
func (s *State) NextSeq(a canon.ActorID) uint64 {
	i, ok := s.byID[a]
	if !ok {
		return 1
	}
	return uint64(s.actors[i].count()) + 1
}

// MaxOp is the highest operation counter, 0 without changes.
func (s *State) MaxOp() uint64 {
	top := uint64(0)
	for _, h := range s.heads {
		top = max(top, s.nodes[h].maxOp())
	}
	return top
}

// Changes is how many changes the document has.
func (s *State) Changes() int { return s.folded() + len(s.nodes) }

// Hashes are all changes in the order in which they were added.
func (s *State) Hashes() []canon.Hash {
	hashes := make([]canon.Hash, len(s.nodes))
	for i := range s.nodes {
		hashes[i] = s.nodes[i].hash
	}
	return hashes
}

// Size is how many bytes the document's chunks have.
func (s *State) Size() int { return s.size }

// What the parts of a state take in memory, in bytes: with the maps that lead to
// them, and their share of what a growing slice or map has to spare.
const (
	stateWeight    = 1 << 10
	nodeWeight     = 192
	actorWeight    = 80
	registerWeight = 104
	slotWeight     = 80
	valueWeight    = 64
)

// Weight is about how many bytes the state takes in memory.
func (s *State) Weight() int {
	n := stateWeight + nodeWeight*len(s.nodes) + actorWeight*len(s.actors)
	for _, r := range s.keys {
		n += r.weight()
	}
	for _, t := range s.texts {
		n += registerWeight
		for _, r := range t.elems {
			n += r.weight()
		}
	}
	return n
}

// Clone is an independent copy, to try changes on.
func (s *State) Clone() *State {
	c := &State{
		nodes: slices.Clone(s.nodes), byHash: maps.Clone(s.byHash),
		actors: slices.Clone(s.actors), byID: maps.Clone(s.byID), heads: slices.Clone(s.heads),
		keys:  make(map[string]*register, len(s.keys)),
		texts: make(map[OpID]*text, len(s.texts)),
		size:  s.size, ops: s.ops, base: s.base,
	}
	for i := range c.actors {
		c.actors[i].changes = slices.Clone(c.actors[i].changes)
	}
	for k, r := range s.keys {
		c.keys[k] = r.clone()
	}
	for id, t := range s.texts {
		copied := &text{made: t.made, bytes: t.bytes, elems: make(map[OpID]*register, len(t.elems))}
		for e, r := range t.elems {
			copied.elems[e] = r.clone()
		}
		c.texts[id] = copied
	}
	return c
}
