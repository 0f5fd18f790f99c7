package index

import (
	"encoding/binary"
	"slices"
)

// keyIndex finds rows by their keys. Its chains are numbers in two slices, so
// that a million keys are no work for the garbage collector; the keys
// themselves stand in the arena, once, with their rows.
type keyIndex struct {
	slots []uint32  // by the low bits of a key: its chain's first link, counted from 1
	links []keyLink // of all chains; those given back make one of their own
	free  uint32
	used  int
}

type keyLink struct{ row, next uint32 }

// add enters a row under its keys, for which there is room.
func (x *keyIndex) add(row uint32, keys []byte) {
	for ; len(keys) >= len(Key{}); keys = keys[len(Key{}):] {
		at := &x.slots[x.slot(keys)]
		n := x.free
		if n == 0 {
			x.links = append(x.links, keyLink{})
			n = uint32(len(x.links))
		} else {
			x.free = x.links[n-1].next
		}
		x.links[n-1] = keyLink{row, *at}
		*at = n
		x.used++
	}
}

// room makes the table large enough for more keys; all enters the rows again.
func (x *keyIndex) room(more int, all func()) {
	if x.used+more <= len(x.slots) {
		return
	}
	size := max(2*len(x.slots), 1<<10)
	for size < x.used+more {
		size *= 2
	}
	*x = keyIndex{slots: make([]uint32, size), links: make([]keyLink, 0, x.used+more)}
	all()
}

// remove takes a row out from under its keys.
func (x *keyIndex) remove(row uint32, keys []byte) {
	for ; len(keys) >= len(Key{}); keys = keys[len(Key{}):] {
		for at := &x.slots[x.slot(keys)]; *at != 0; at = &x.links[*at-1].next {
			n := *at
			if x.links[n-1].row != row {
				continue
			}
			*at = x.links[n-1].next
			x.links[n-1] = keyLink{next: x.free}
			x.free = n
			x.used--
			break
		}
	}
}

// rows gives the rows that may have a key, once each and in order; others
// share their chains.
func (x *keyIndex) rows(k Key) (out []uint32) {
	if len(x.slots) == 0 {
		return nil
	}
	for n := x.slots[x.slot(k[:])]; n != 0; n = x.links[n-1].next {
		out = append(out, x.links[n-1].row)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// slot is where the chain of the first of some keys begins. A key is a keyed
// hash: all of its bits are as good as any.
func (x *keyIndex) slot(keys []byte) uint32 {
	return uint32(binary.BigEndian.Uint64(keys)) & uint32(len(x.slots)-1)
}

// hasKey looks for a key among the keys of a row.
func hasKey(keys []byte, k Key) bool {
	for ; len(keys) >= len(k); keys = keys[len(k):] {
		if Key(keys[:len(k)]) == k {
			return true
		}
	}
	return false
}
