package repo

import (
	"bytes"
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// formatVersion is the layout of docs/spec/storage.md that this program writes.
const formatVersion = 1

// marks is x/repo: the counters of a device, written in the transactions that
// use them.
type marks struct {
	Version     uint64            `cbor:"1,keyasint"`
	Workspace   canon.WorkspaceID `cbor:"2,keyasint"`
	Device      canon.DeviceID    `cbor:"3,keyasint"`
	N           uint64            `cbor:"4,keyasint"` // highest envelope number used (EN3)
	Incarnation canon.Incarnation `cbor:"5,keyasint"`
	Install     []byte            `cbor:"6,keyasint"`
	Feed        uint64            `cbor:"7,keyasint"`  // last feed entry
	FeedFrom    uint64            `cbor:"8,keyasint"`  // entries up to here were trimmed
	Tray        uint64            `cbor:"9,keyasint"`  // last tray item
	Erased      uint64            `cbor:"10,keyasint"` // charter seq up to which erasures are carried out
	Copied      bool              `cbor:"11,keyasint"` // EN5 found a copy; a person is to be told
	Forked      uint64            `cbor:"12,keyasint"` // pending envelopes up to this n are to be rebased (EN5)
	LastN       uint64            `cbor:"13,keyasint"` // highest own n that the log accepted, as far as is known here
	LastID      canon.Hash        `cbor:"14,keyasint"` // and the envelope's id (EN5)
}

// accepts notes that the log has the own envelope n. Where that is not of this
// store, it is an older copy (EN5): it goes on under the incarnation next, as after
// Fork. The original may have made more that nobody has brought yet.
func (m *marks) accepts(n uint64, id canon.Hash, next canon.Incarnation) {
	if n > m.N {
		m.Copied = true
		m.branch(n, next)
	}
	if n > m.LastN {
		m.LastN, m.LastID = n, id
	}
}

func (m *marks) put(tx store.Tx) error {
	return tx.Put(store.MarkKey("repo"), canon.MustMarshal(m))
}

// openMarks reads the marks, or makes them in an empty store.
func (r *Repo) openMarks() error {
	var b []byte
	err := r.st.View(func(tx store.Tx) (err error) {
		b, err = store.GetOr(tx, store.MarkKey("repo"))
		return err
	})
	if err != nil {
		return err
	}
	if b == nil {
		m := marks{Version: formatVersion, Workspace: r.cfg.Workspace, Device: r.dev, Install: orEmpty(r.cfg.Install)}
		if m.Incarnation, err = r.drawIncarnation(); err != nil {
			return err
		}
		return r.saveMarks(WriteOpen, m)
	}
	var v struct {
		Version uint64 `cbor:"1,keyasint"`
	}
	m := marks{}
	if err := canon.Unmarshal(b, &m); err != nil {
		if looseVersion(b, &v.Version) && v.Version > formatVersion {
			return ErrVersion
		}
		return fmt.Errorf("marks: %w", errors.Join(store.ErrCorrupt, err))
	}
	switch {
	case m.Version > formatVersion:
		return ErrVersion
	case m.Workspace != r.cfg.Workspace || m.Device != r.dev:
		return ErrWorkspace
	case len(r.cfg.Install) > 0 && !bytes.Equal(m.Install, r.cfg.Install):
		// ID5: this is a copy, or a store from before the mark. A copy never
		// goes on under the incarnation of its original. Whether both are in use
		// the relay tells (EN5).
		m.Install = r.cfg.Install
		if m.Incarnation, err = r.drawIncarnation(); err != nil {
			return err
		}
		return r.saveMarks(WriteOpen, m)
	}
	r.mark = m
	return nil
}

// looseVersion finds the version number of marks that a newer program wrote:
// the map's first pair is 1: version, whatever follows.
func looseVersion(b []byte, v *uint64) bool {
	if len(b) < 3 || b[0]>>5 != 5 || b[1] != 1 || b[2] > 23 {
		return false
	}
	*v = uint64(b[2])
	return true
}

func (r *Repo) saveMarks(p WritePoint, m marks) error {
	if err := r.update(p, store.Synced, m.put); err != nil {
		return err
	}
	r.mark = m
	return nil
}

// Copied tells whether this store was found to be a copy of another
// installation (EN5), until ClearCopied.
func (r *Repo) Copied() bool {
	r.write.Lock()
	defer r.write.Unlock()
	return r.mark.Copied
}

// ClearCopied is called once the person was told.
func (r *Repo) ClearCopied() error {
	r.write.Lock()
	defer r.write.Unlock()
	m := r.mark
	m.Copied = false
	return r.saveMarks(WriteOpen, m)
}

func orEmpty(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
