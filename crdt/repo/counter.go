package repo

import (
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Sent tells whether the envelope number n with this id, which the relay has
// accepted from this device, is one that this store has sent (EN5). A number
// above all that were used here, or one that waits here with another content,
// shows that this store is an older copy or a twin. n 0 stands for none.
func (r *Repo) Sent(n uint64, id canon.Hash) (bool, error) {
	r.write.Lock()
	defer r.write.Unlock()
	if n == 0 {
		return true, nil
	}
	switch {
	case n > r.mark.N:
		return false, nil
	case n == r.mark.LastN:
		return id == r.mark.LastID, nil
	}
	known := true
	err := r.st.View(func(tx store.Tx) error {
		b, err := store.GetOr(tx, store.OutboxKey(n))
		if err != nil || b == nil {
			return err
		}
		o, err := parseOut(b)
		if err != nil {
			return err
		}
		var p pending
		if ok, err := get(tx, store.PendingKey(o.doc, n), &p); err != nil || !ok {
			return err
		}
		e, err := wire.ParseEnvelope(p.Envelope)
		if err != nil {
			return err
		}
		known = e.ID(r.cfg.Workspace) == id
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("envelope %d: %w", n, err)
	}
	return known, nil
}

// Lost tells whether an own envelope has a place in another log than this one,
// or a number above the highest that the relay knows of this device: then the
// relay lacks what it once accepted (HE1).
func (r *Repo) Lost(log wire.LogID, highest uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n, a := range r.acked {
		if a.log != log || n > highest {
			return true
		}
	}
	return false
}
