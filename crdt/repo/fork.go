package repo

import (
	"bytes"
	"encoding/binary"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// The numbers jump by leapLeast and up to leapSpan more, as the incarnation draws
// it: an original of this store may have used those in between, copies of it may
// have jumped before, and others may still bring what they made (docs/adr/0074).
const (
	leapLeast = 4096
	leapSpan  = 16384
)

// leap goes on well above n and what was used here.
func (m *marks) leap(n uint64) {
	m.N = max(m.N, n) + leapLeast + uint64(binary.BigEndian.Uint16(m.Incarnation[:]))%leapSpan
}

// branch goes on under another incarnation, well above n and what was used here;
// what waits is to be made anew.
func (m *marks) branch(n uint64, next canon.Incarnation) {
	m.Forked, m.Incarnation = max(m.Forked, m.N), next
	m.leap(n)
}

// Fork is EN5: the relay has seen envelopes of this device that this store has
// not sent. A new incarnation begins, numbers go on well above the relay's, and
// every own edit that has no place in the log waits for Rebase.
func (r *Repo) Fork(relayN uint64) error {
	r.write.Lock()
	defer r.write.Unlock()
	m := r.mark
	m.Copied = true
	return r.fork(m, relayN, nil)
}

// NewLog is for a relay with another log than the cursor's: it cannot know any
// more what EN5 asks it. In case this store is an older copy, it goes on as after
// Fork, once for each log; nobody is told.
func (r *Repo) NewLog(log wire.LogID, relayN uint64) error {
	r.write.Lock()
	defer r.write.Unlock()
	var known []byte
	err := r.st.View(func(tx store.Tx) (err error) {
		known, err = store.GetOr(tx, store.MarkKey("log"))
		return err
	})
	if err != nil || bytes.Equal(known, log[:]) {
		return err
	}
	return r.fork(r.mark, relayN, &log)
}

func (r *Repo) fork(m marks, relayN uint64, log *wire.LogID) error {
	next, err := r.drawIncarnation()
	if err != nil {
		return err
	}
	m.branch(relayN, next)
	err = r.update(WriteFork, store.Synced, func(tx store.Tx) error {
		if log != nil {
			if err := tx.Put(store.MarkKey("log"), log[:]); err != nil {
				return err
			}
		}
		return m.put(tx)
	})
	if err != nil {
		return err
	}
	r.mark = m
	return r.openOutbox()
}
