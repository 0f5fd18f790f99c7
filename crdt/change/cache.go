package change

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"maps"
	"slices"

	"tongce/crdt/canon"
)

// cacheVersion stands first in a cached state. Another number means another
// program wrote it, and the state is built anew from the changes.
const cacheVersion = 1

const crcLen = 4

// MarshalBinary writes the state for a cache. States that took in the same
// changes in the same order have the same bytes. A folded state is not written.
func (s *State) MarshalBinary() ([]byte, error) {
	if s.Folded() {
		return nil, errors.New("cache of a folded state")
	}
	w := cacheWriter{s: s, b: make([]byte, 0, 128+len(s.nodes)*64+len(s.keys)*48)}
	w.b = append(w.b, cacheVersion)
	w.num(s.size)
	w.num(len(s.actors))
	for i := range s.actors {
		w.b = append(w.b, s.actors[i].id[:]...)
	}
	w.num(len(s.nodes))
	for i := range s.nodes {
		w.node(int32(i))
	}
	w.num(len(s.keys))
	for _, key := range slices.Sorted(maps.Keys(s.keys)) {
		w.b = appendLen(w.b, key)
		w.register(s.keys[key])
	}
	w.num(len(s.texts))
	for _, id := range slices.SortedFunc(maps.Keys(s.texts), OpID.Compare) {
		t := s.texts[id]
		w.id(id)
		w.num(int(t.made))
		w.num(len(t.elems))
		for _, e := range slices.SortedFunc(maps.Keys(t.elems), OpID.Compare) {
			w.id(e)
			w.num(int(t.elems[e].made))
			w.register(t.elems[e])
		}
	}
	return binary.BigEndian.AppendUint32(w.b, crc32.ChecksumIEEE(w.b)), nil
}

type cacheWriter struct {
	s *State
	b []byte
}

func (w *cacheWriter) num(n int) { w.b = appendUint(w.b, uint64(n)) }

func (w *cacheWriter) id(id OpID) {
	w.b = appendUint(w.b, id.Ctr)
	w.num(int(w.s.byID[id.Actor]))
}

func (w *cacheWriter) node(i int32) {
	n := &w.s.nodes[i]
	w.b = append(w.b, n.hash[:]...)
	w.num(len(n.deps))
	for _, d := range n.deps {
		w.num(int(i - d))
	}
	w.num(int(n.actor))
	w.b = appendUint(w.b, n.start)
	w.num(n.ops)
	w.b = appendInt(w.b, n.time)
	w.b = appendLen(w.b, n.message)
}

func (w *cacheWriter) register(r *register) {
	for _, slots := range [2][]slot{r.live, r.past} {
		w.num(len(slots))
		for i := range slots {
			sl := &slots[i]
			w.id(sl.id)
			w.num(int(sl.node))
			w.value(sl)
			w.num(len(sl.gone))
			for _, g := range sl.gone {
				w.num(int(g))
			}
		}
	}
}

// value writes kind, number and text of a key's value, or the size of an
// element's.
func (w *cacheWriter) value(sl *slot) {
	if sl.val == nil {
		w.num(int(sl.size))
		return
	}
	w.b = append(w.b, byte(sl.val.Kind))
	switch sl.val.Kind {
	case KindString, KindBytes:
		w.b = appendLen(w.b, sl.val.str)
	default:
		w.b = appendUint(w.b, sl.val.num)
	}
}

// UnmarshalState reads what MarshalBinary wrote. Anything else is `corrupt`;
// the caller then builds the state anew from the changes, which decide.
func UnmarshalState(b []byte) (*State, error) {
	n := len(b) - crcLen
	if n < 1 || b[0] != cacheVersion || crc32.ChecksumIEEE(b[:n]) != binary.BigEndian.Uint32(b[n:]) {
		return nil, corrupt("cached state")
	}
	r := cacheReader{reader: reader{b: b[1:n]}, text: string(b[:n]), s: NewState()}
	r.s.size = r.index(MaxDocBytes + 1)
	r.s.actors = make([]actorLog, r.count(len(canon.ActorID{})))
	for i := range r.s.actors {
		copy(r.s.actors[i].id[:], r.take(uint64(len(canon.ActorID{}))))
		r.s.byID[r.s.actors[i].id] = int32(i)
	}
	r.nodes()
	r.keys()
	r.texts()
	if r.bad || len(r.b) != 0 {
		return nil, corrupt("cached state")
	}
	return r.s, nil
}

type cacheReader struct {
	reader
	text string // the input again, to cut strings out of without copying
	s    *State
}

// index reads a number below n.
func (r *cacheReader) index(n int) int {
	v := r.uint()
	if v >= uint64(n) {
		r.fail()
		return 0
	}
	return int(v)
}

func (r *cacheReader) nodeIndex() int32 { return int32(r.index(len(r.s.nodes))) }

func (r *cacheReader) str() string {
	n := r.uint()
	from := len(r.text) - len(r.b)
	return r.text[from : from+len(r.take(n))]
}

func (r *cacheReader) id() OpID {
	id := OpID{Ctr: r.uint()}
	if i := r.index(len(r.s.actors)); !r.bad {
		id.Actor = r.s.actors[i].id
	}
	return id
}

func (r *cacheReader) nodes() {
	s := r.s
	s.nodes = make([]node, r.count(len(canon.Hash{})))
	s.byHash = make(map[canon.Hash]int32, len(s.nodes))
	hasNext := make([]bool, len(s.nodes))
	for i := range s.nodes {
		n := &s.nodes[i]
		copy(n.hash[:], r.take(uint64(len(n.hash))))
		n.deps = make([]int32, r.count(1))
		for j := range n.deps {
			back := r.index(i + 1)
			if back == 0 {
				r.fail()
				return
			}
			n.deps[j] = int32(i - back)
			hasNext[i-back] = true
		}
		actor := r.index(len(s.actors))
		n.start, n.ops, n.time, n.message = r.uint(), r.index(MaxOps+1), r.int(), r.str()
		if r.bad {
			return
		}
		n.actor = int32(actor)
		s.actors[actor].changes = append(s.actors[actor].changes, int32(i))
		n.seq = uint64(len(s.actors[actor].changes))
		s.byHash[n.hash] = int32(i)
		s.ops += n.ops
	}
	for i := range s.actors {
		if len(s.actors[i].changes) == 0 {
			r.fail()
		}
	}
	for i, has := range hasNext {
		if !has {
			s.heads = append(s.heads, int32(i))
		}
	}
}

func (r *cacheReader) keys() {
	n := r.count(1)
	r.s.keys = make(map[string]*register, n)
	slab := make([]register, n)
	for i := range slab {
		key := r.str()
		r.register(&slab[i], true)
		r.s.keys[key] = &slab[i]
	}
}

func (r *cacheReader) texts() {
	for range r.count(1) {
		id := r.id()
		t := &text{made: r.nodeIndex()}
		n := r.count(1)
		t.elems = make(map[OpID]*register, n)
		slab := make([]register, n)
		for i := range slab {
			e := r.id()
			slab[i].made = r.nodeIndex()
			r.register(&slab[i], false)
			t.elems[e] = &slab[i]
			for j := range slab[i].live {
				t.bytes += int(slab[i].live[j].size)
			}
		}
		r.s.texts[id] = t
	}
}

func (r *cacheReader) register(reg *register, isKey bool) {
	for _, dst := range [2]*[]slot{&reg.live, &reg.past} {
		n := r.count(1)
		if n == 0 {
			continue
		}
		slots := make([]slot, n)
		for i := range slots {
			sl := &slots[i]
			sl.id, sl.node = r.id(), r.nodeIndex()
			if isKey {
				sl.val = r.value()
			} else {
				sl.size = int32(r.index(MaxText))
			}
			if n := r.count(1); n > 0 {
				sl.gone = make([]int32, n)
				for j := range sl.gone {
					sl.gone[j] = r.nodeIndex()
				}
			}
		}
		*dst = slots
	}
}

func (r *cacheReader) value() *Value {
	kind := r.take(1)
	if r.bad {
		return &Value{}
	}
	v := Value{Kind: Kind(kind[0])}
	switch {
	case v.Kind == KindString || v.Kind == KindBytes:
		v.str = r.str()
	case v.Kind > KindText:
		r.fail()
	default:
		v.num = r.uint()
	}
	return &v
}
