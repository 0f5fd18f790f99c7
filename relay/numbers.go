package relay

import (
	"slices"

	"tongce/crdt/canon"
)

// recentNumbers is how many of the newest accepted envelopes have their places in
// memory: a device that lost answers sends its newest ones again.
const recentNumbers = 32 << 10

// counters are the numbers that a device has used (GA17). A device counts up, so
// that a few spans say it all.
type counters struct {
	spans []span // ascending, with gaps between them
	top   canon.Hash
}

// span is from..to, both used.
type span struct{ from, to uint64 }

// find is the place of the first span that does not end before n.
func (u *counters) find(n uint64) int {
	i, _ := slices.BinarySearchFunc(u.spans, n, func(s span, n uint64) int {
		if s.to < n {
			return -1
		}
		return 1
	})
	return i
}

func (u *counters) has(n uint64) bool {
	if u == nil {
		return false
	}
	i := u.find(n)
	return i < len(u.spans) && u.spans[i].from <= n
}

// highest is the highest used number, 0 for none.
func (u *counters) highest() uint64 {
	if u == nil || len(u.spans) == 0 {
		return 0
	}
	return u.spans[len(u.spans)-1].to
}

// add notes that n is used by the envelope id. It tells whether that is new.
func (u *counters) add(n uint64, id canon.Hash) bool {
	if u.has(n) {
		return false
	}
	if len(u.spans) == 0 || n > u.highest() {
		u.top = id
	}
	i := u.find(n)
	before := i > 0 && u.spans[i-1].to+1 == n
	after := i < len(u.spans) && u.spans[i].from == n+1
	switch {
	case before && after:
		u.spans[i-1].to = u.spans[i].to
		u.spans = slices.Delete(u.spans, i, i+1)
	case before:
		u.spans[i-1].to = n
	case after:
		u.spans[i].from = n
	default:
		u.spans = slices.Insert(u.spans, i, span{n, n})
	}
	return true
}

// numbered names an envelope by who made it.
type numbered struct {
	device canon.DeviceID
	n      uint64
}

// placed is where an accepted envelope lies.
type placed struct {
	seq  uint64
	time int64
	c    uint64
	id   canon.Hash
}
