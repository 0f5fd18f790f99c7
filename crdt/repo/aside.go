package repo

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Problem is something that was set aside or does not verify. It holds no value.
type Problem struct {
	Doc  canon.DocID
	Code wire.Code
	Rule string
	Kind string     // record, pack, pending, statement, document
	ID   canon.Hash // of the envelope, where it could be read
	Time int64      // when it was set aside, seconds
}

// put keeps the thing under the hash of its bytes: the same thing twice is one.
func (q aside) put(tx store.Tx, now int64) error {
	q.Time = now
	return put(tx, store.QuarantineKey(q.Doc, sha256.Sum256(q.Bytes)), q)
}

func (r *Repo) setAside(p WritePoint, q aside) error {
	return r.update(p, store.Synced, func(tx store.Tx) error { return q.put(tx, r.cfg.Now().Unix()) })
}

// putAside moves the bad lines of a document to quarantine. The caches go with
// them: they may have been made of the same bytes.
func (r *Repo) putAside(l *loaded) error {
	now := r.cfg.Now().Unix()
	defer r.uncount()
	return r.update(WriteAside, store.Synced, func(tx store.Tx) error {
		for _, b := range l.bad {
			if err := b.q.put(tx, now); err != nil {
				return err
			}
			if b.key == nil {
				continue
			}
			if err := tx.Delete(b.key); err != nil {
				return err
			}
			if b.q.Kind == asidePending {
				n, err := store.Number(b.key)
				if err != nil {
					return err
				}
				if err := tx.Delete(store.OutboxKey(n)); err != nil {
					return err
				}
			}
		}
		if len(l.bad) == 0 {
			return nil
		}
		return dropCaches(tx, l.id)
	})
}

// Quarantined lists what was set aside: for admins what the relay accepted
// though the charter forbids it (GA4), and what did not read (PK5).
func (r *Repo) Quarantined() ([]Problem, error) {
	var out []Problem
	err := r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.Quarantine(), nil, func(_, v []byte) error {
			var q aside
			if err := canon.Unmarshal(v, &q); err != nil {
				return errors.Join(store.ErrCorrupt, err)
			}
			out = append(out, Problem{Doc: q.Doc, Code: q.Code, Rule: q.Rule, Kind: q.Kind, ID: q.ID, Time: q.Time})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read quarantine: %w", err)
	}
	return out, nil
}

// eraseDoc removes everything of an erased customer (ER1): records, packs,
// pending envelopes, outbox, caches, salt, tray and quarantine. The feed entry
// takes it out of the index.
func (r *Repo) eraseDoc(id canon.DocID) error {
	m := r.mark
	var ns []uint64
	err := r.update(WriteErase, store.Synced, func(tx store.Tx) error {
		keys, err := docKeys(tx, id)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, k := range keys {
			if err := tx.Delete(k); err != nil {
				return err
			}
		}
		err = tx.Scan(store.Outbox(), nil, func(k, v []byte) error {
			if o, err := parseOut(v); err != nil || o.doc != id {
				return err
			}
			n, err := store.Number(k)
			ns = append(ns, n)
			return errors.Join(err, tx.Delete(k))
		})
		if err != nil {
			return err
		}
		err = tx.Scan(store.Tray(), nil, func(k, v []byte) error {
			var it trayItem
			if err := canon.Unmarshal(v, &it); err != nil || it.Doc != id {
				return err
			}
			return tx.Delete(k)
		})
		if err != nil {
			return err
		}
		return errors.Join(m.feed(tx, id), m.put(tx))
	})
	if err != nil {
		return err
	}
	r.mark = m
	r.forget(id)
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.blocked, id)
	delete(r.proven, id)
	r.tally = tally{}
	for _, n := range ns {
		delete(r.acked, n)
	}
	return nil
}

// docKeys are all keys of one document that are ordered by it.
func docKeys(tx store.Tx, id canon.DocID) ([][]byte, error) {
	var keys [][]byte
	for _, prefix := range [][]byte{store.RecordsOf(id), store.PacksOf(id), store.PendingOf(id), store.QuarantineOf(id)} {
		err := tx.Scan(prefix, nil, func(k, _ []byte) error {
			keys = append(keys, append([]byte(nil), k...))
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	for _, k := range [][]byte{store.SnapshotKey(id), store.GateKey(id), store.SaltKey(id)} {
		if ok, err := store.Has(tx, k); err != nil {
			return nil, err
		} else if ok {
			keys = append(keys, k)
		}
	}
	return keys, nil
}
