package repo

import (
	"bytes"

	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// newLogGap is how far the numbers jump at another log: an original of this
// store may have used those in between, and others may still bring them.
const newLogGap = 4096

// Fork is EN5: the relay has seen envelopes of this device that this store has
// not sent. A new incarnation begins, numbers go on above the relay's, and
// every own edit that has no place in the log waits for Rebase.
func (r *Repo) Fork(relayN uint64) error {
	r.write.Lock()
	defer r.write.Unlock()
	m := r.mark
	m.N = max(m.N, relayN)
	m.Copied = true
	return r.fork(m, nil)
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
	m := r.mark
	m.N = max(m.N, relayN) + newLogGap
	return r.fork(m, &log)
}

func (r *Repo) fork(m marks, log *wire.LogID) error {
	var err error
	if m.Incarnation, err = r.drawIncarnation(); err != nil {
		return err
	}
	m.Forked = max(m.Forked, r.mark.N)
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
