package repo

import (
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Unaccepted is one value of ours that did not get into the book (RB3, RB5).
type Unaccepted struct {
	ID      uint64
	Doc     canon.DocID
	Key     string
	Value   change.Value // sealed as it was
	Base    change.Value // what was there when it was written
	Code    wire.Code
	Time    int64 // of the edit, seconds
	Message string
	Change  canon.Hash // the change that was refused
	At      int64      // when it came to the list, seconds
}

func (t trayItem) put(tx store.Tx, m *marks) error {
	m.Tray++
	return put(tx, store.TrayKey(m.Tray), t)
}

// NotAccepted lists what was not accepted, oldest first.
func (r *Repo) NotAccepted() ([]Unaccepted, error) {
	var out []Unaccepted
	err := r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.Tray(), nil, func(k, v []byte) error {
			id, err := store.Number(k)
			if err != nil {
				return err
			}
			var t trayItem
			if err := canon.Unmarshal(v, &t); err != nil {
				return errors.Join(store.ErrCorrupt, err)
			}
			out = append(out, Unaccepted{
				ID: id, Doc: t.Doc, Key: t.Key, Value: t.Value.value(), Base: t.Base.value(), Code: t.Code,
				Time: t.Time, Message: t.Message, Change: t.Change, At: t.At,
			})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read what was not accepted: %w", err)
	}
	return out, nil
}

// Discard removes items of the list. The person was asked before (RB5).
func (r *Repo) Discard(ids ...uint64) error {
	r.write.Lock()
	defer r.write.Unlock()
	return r.update(WriteTray, store.Synced, func(tx store.Tx) error {
		for _, id := range ids {
			if err := tx.Delete(store.TrayKey(id)); err != nil {
				return err
			}
		}
		return nil
	})
}
