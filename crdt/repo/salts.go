package repo

import (
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// ErrSalt means a salt that does not fit the commitment of its document (SE0).
var ErrSalt = errors.New("the salt does not fit")

func saltOf(tx store.Tx, doc canon.DocID) (*[32]byte, error) {
	b, err := store.GetOr(tx, store.SaltKey(doc))
	if err != nil || b == nil {
		return nil, err
	}
	if len(b) != 32 {
		return nil, store.ErrCorrupt
	}
	s := [32]byte(b)
	return &s, nil
}

// Salt is the salt of a document; ok is false while it has not arrived (SE0).
func (r *Repo) Salt(doc canon.DocID) (salt [32]byte, ok bool, err error) {
	if d, _ := r.cached(doc); d != nil && d.salt != nil {
		return *d.salt, true, nil
	}
	err = r.st.View(func(tx store.Tx) error {
		s, err := saltOf(tx, doc)
		if s != nil {
			salt, ok = *s, true
		}
		return err
	})
	if err != nil {
		return salt, false, fmt.Errorf("read salt of %s: %w", doc, err)
	}
	return salt, ok, nil
}

// AddSalts keeps the salts of documents that are here and lack one. It returns
// how many were new. One that does not fit its document's commitment is refused
// and named by ErrSalt after the others are kept; salts of unknown documents are
// passed over.
func (r *Repo) AddSalts(salts ...wire.Salt) (int, error) {
	r.write.Lock()
	defer r.write.Unlock()
	added := 0
	var wrong error
	for len(salts) > 0 {
		part := salts[:min(len(salts), 500)]
		salts = salts[len(part):]
		fitting, err := r.fitting(part)
		if errors.Is(err, ErrSalt) {
			wrong = errors.Join(wrong, err)
		} else if err != nil {
			return added, fmt.Errorf("add salts: %w", err)
		}
		if len(fitting) == 0 {
			continue
		}
		m := r.mark
		err = r.update(WriteSalt, store.Lazy, func(tx store.Tx) error {
			m = r.mark
			for _, s := range fitting {
				if err := tx.Put(store.SaltKey(s.Doc), s.Salt[:]); err != nil {
					return err
				}
				if err := m.feed(tx, s.Doc); err != nil { // its values can be read now
					return err
				}
			}
			return m.put(tx)
		})
		if err != nil {
			return added, err
		}
		r.mark = m
		added += len(fitting)
	}
	return added, wrong
}

// Holds tells whether anything of a document is here, without reading it.
func (r *Repo) Holds(doc canon.DocID) (bool, error) {
	there, err := r.any(doc)
	if err != nil {
		return false, fmt.Errorf("look for %s: %w", doc, err)
	}
	return there, nil
}

// fitting are the salts that are missing and fit; ErrSalt names the others. It
// only reads: looking for a document's first record is slow in a transaction
// that has written. Called with the write lock held, so that the answer stays.
func (r *Repo) fitting(salts []wire.Salt) (out []wire.Salt, err error) {
	var wrong error
	err = r.st.View(func(tx store.Tx) error {
		seen := map[canon.DocID]bool{}
		for _, s := range salts {
			ok, err := r.fits(tx, s)
			if errors.Is(err, ErrSalt) {
				wrong = errors.Join(wrong, fmt.Errorf("salt of %s: %w", s.Doc, err))
				continue
			}
			if err != nil {
				return err
			}
			if ok && !seen[s.Doc] {
				seen[s.Doc] = true
				out = append(out, s)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, wrong
}

func (r *Repo) fits(tx store.Tx, s wire.Salt) (bool, error) {
	have, err := saltOf(tx, s.Doc)
	if err != nil || have != nil {
		return false, err
	}
	want, err := commitment(tx, s.Doc)
	if err != nil || want == nil {
		return false, err
	}
	if seal.Commitment(r.cfg.Workspace, s.Doc, s.Salt) != *want {
		return false, ErrSalt
	}
	return true, nil
}

// commitment is that of the envelope that created the document, nil where the
// document is not here.
func commitment(tx store.Tx, doc canon.DocID) (*canon.Hash, error) {
	// It is the first record, unless that was set aside and came again.
	if b, err := tx.Get(store.RecordKey(doc, 0)); err == nil {
		if rec, err := wire.ParseLogRecord(b); err == nil && rec.Envelope.Body.Kind == wire.KindCreate {
			return rec.Envelope.Body.Commitment, nil
		}
	}
	all, err := lines(tx, doc, 0)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		recs, err := l.records()
		if err != nil {
			return nil, nil //nolint:nilerr,nilnil // load names what does not read; without it there is nothing to compare
		}
		for i := range recs {
			if recs[i].Envelope.Body.Kind == wire.KindCreate {
				return recs[i].Envelope.Body.Commitment, nil
			}
		}
	}
	return nil, nil //nolint:nilnil // a document of own pending envelopes has its salt
}

// MissingSalts are the documents whose salt has not arrived, for the frame
// `salts`, sorted. It reads the names of all documents and salts.
func (r *Repo) MissingSalts() ([]canon.DocID, error) {
	lacking := map[canon.DocID]struct{}{}
	err := r.st.View(func(tx store.Tx) error {
		if err := addDocuments(tx, lacking); err != nil {
			return err
		}
		return tx.Keys(store.Salts(), nil, func(k []byte) error {
			id, err := store.DocOf(k)
			delete(lacking, id)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("find salts: %w", err)
	}
	return sortedIDs(lacking), nil
}
