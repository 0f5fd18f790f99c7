package repo

import (
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

var _ gate.Charter = (*Chain)(nil)

// Chain is the charter as this device knows it: the state after each statement.
// It never changes.
type Chain struct {
	w      canon.WorkspaceID
	states []*charter.State
}

// At is the state after statement seq; false where the chain does not reach it.
func (c *Chain) At(seq uint64) (*charter.State, bool) {
	if seq >= uint64(len(c.states)) {
		return nil, false
	}
	return c.states[seq], true
}

// State is the last state, nil before genesis.
func (c *Chain) State() *charter.State {
	if len(c.states) == 0 {
		return nil
	}
	return c.states[len(c.states)-1]
}

// Len is how many statements the chain has.
func (c *Chain) Len() uint64 { return uint64(len(c.states)) }

// apply is the chain with rec as statement seq: the next one, or the newest
// again with the receipt it lacked.
func (c *Chain) apply(rec charter.Record, seq uint64) (*Chain, error) {
	next := &Chain{w: c.w, states: append(c.states[:seq:seq], nil)}
	if seq == 0 {
		s, w, err := charter.Genesis(rec)
		if err != nil {
			return nil, err
		}
		if w != c.w {
			return nil, ErrWorkspace
		}
		next.states[0] = s
		return next, nil
	}
	s, err := c.states[seq-1].Apply(rec)
	if err != nil {
		return nil, err
	}
	next.states[seq] = s
	return next, nil
}

// Charter is the charter as of now.
func (r *Repo) Charter() *Chain {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chain
}

func (r *Repo) setChain(c *Chain) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.chain = c
}

// openCharter replays the stored statements. A record that does not verify ends
// the replay with an error: a charter is not repaired by leaving parts out.
func (r *Repo) openCharter() error {
	var raw [][]byte
	err := r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.CharterRecords(), nil, func(_, v []byte) error {
			raw = append(raw, append([]byte(nil), v...))
			return nil
		})
	})
	if err != nil {
		return err
	}
	chain := r.chain
	for i, b := range raw {
		rec, err := charter.DecodeRecord(b)
		if err == nil {
			chain, err = chain.apply(rec, uint64(i))
		}
		if err != nil && charter.CodeOf(err) != charter.CodeVersion { // else a newer program wrote it (EC4)
			err = errors.Join(store.ErrCorrupt, err)
		}
		if err != nil {
			return fmt.Errorf("charter record %d: %w", i, err)
		}
	}
	r.setChain(chain)
	return nil
}

// Statements are up to limit charter records from seq on, as they are stored.
func (r *Repo) Statements(from uint64, limit int) ([][]byte, error) {
	var out [][]byte
	err := r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.CharterRecords(), store.CharterKey(from), func(_, v []byte) error {
			if len(out) == limit {
				return store.ErrStop
			}
			out = append(out, append([]byte(nil), v...))
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read charter: %w", err)
	}
	return out, nil
}

// AddStatements judges encoded charter records in order and keeps the good ones
// (TR1), each on disk before the next. Records that are there already are
// skipped; one that only brings the receipt that the newest record lacked takes
// its place (WI18). It returns how many were new. ErrCharterFork: the record
// contradicts the own chain and is kept as evidence (TR5). Other errors are the
// charter's. Customers that the statements erase are gone when it returns (ER1).
func (r *Repo) AddStatements(records ...[]byte) (int, error) {
	r.write.Lock()
	defer r.write.Unlock()
	added := 0
	for _, b := range records {
		isNew, err := r.addStatement(b)
		if err != nil {
			return added, err
		}
		if isNew {
			added++
		}
	}
	if added > 0 {
		return added, r.finishErase()
	}
	return 0, nil
}

func (r *Repo) addStatement(b []byte) (bool, error) {
	rec, err := charter.DecodeRecord(b)
	if err != nil {
		return false, fmt.Errorf("charter record: %w", err)
	}
	chain := r.Charter()
	head, err := rec.Head(chain.w)
	if err != nil {
		return false, fmt.Errorf("charter record: %w", err)
	}
	if head.Seq > chain.Len() {
		return false, fmt.Errorf("charter record %d: %w", head.Seq, ErrCharterBehind)
	}
	have, ok := chain.At(head.Seq)
	if ok && have.Head().Hash != head.Hash {
		return false, r.keepFork(head, b, rec)
	}
	if ok && (rec.Receipt == nil || head.Seq+1 != chain.Len() || !have.AwaitsReceipt()) {
		return false, nil
	}
	next, err := chain.apply(rec, head.Seq)
	if err != nil {
		return false, fmt.Errorf("charter record %d: %w", head.Seq, err)
	}
	err = r.update(WriteCharter, store.Synced, func(tx store.Tx) error {
		if err := tx.Put(store.CharterKey(head.Seq), b); err != nil {
			return err
		}
		return clearSigned(tx, head.Seq)
	})
	if err != nil {
		return false, err
	}
	r.setChain(next)
	return true, nil
}

// keepFork keeps a statement that contradicts the chain, if it is a valid one
// (TR5). One that would not be valid there is only an error.
func (r *Repo) keepFork(head charter.Head, b []byte, rec charter.Record) error {
	chain := r.Charter()
	if _, err := chain.apply(rec, head.Seq); err != nil {
		return fmt.Errorf("charter record %d: %w", head.Seq, err)
	}
	err := r.setAside(WriteAside, aside{Doc: canon.DocID{}, Code: "charter_fork", Kind: asideStatement, Bytes: b})
	return errors.Join(fmt.Errorf("charter record %d: %w", head.Seq, ErrCharterFork), err)
}

// Forked tells whether an envelope lies in quarantine that names another charter
// than the own one: the relay that passed it shows others that charter (TR5,
// GA7). The evidence is what is remembered, so it outlives the program, and ends
// where the charter it names becomes the own one and the envelope passes.
func (r *Repo) Forked() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.forked
}

// openForked looks for the evidence of a fork.
func (r *Repo) openForked() error {
	found := false
	err := r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.Quarantine(), nil, func(_, v []byte) error {
			var q aside
			if err := canon.Unmarshal(v, &q); err == nil && q.forks() { // Quarantined names what does not read
				found = true
				return store.ErrStop
			}
			return nil
		})
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forked = found
	return err
}

// forks tells whether the relay passed this though it names another charter.
func (q aside) forks() bool { return q.Kind == asideRecord && q.Code == wire.CodeCharterFork }

// KeepSigned stores a statement that this device has signed, before it is sent
// (TR3). A second one for the same place is ErrStatementPending unless it is
// the same; after charter_moved the statement that took the place frees it.
func (r *Repo) KeepSigned(record []byte) error {
	rec, err := charter.DecodeRecord(record)
	if err != nil {
		return fmt.Errorf("keep statement: %w", err)
	}
	body, err := rec.Decode()
	if err != nil {
		return fmt.Errorf("keep statement: %w", err)
	}
	r.write.Lock()
	defer r.write.Unlock()
	if old, err := r.signed(); err != nil || old != nil {
		if err == nil && string(old) != string(record) {
			err = ErrStatementPending
		}
		return err
	}
	if body.Seq < r.Charter().Len() {
		return fmt.Errorf("keep statement %d: the place is taken: %w", body.Seq, ErrStatementPending)
	}
	return r.update(WriteStatement, store.Synced, func(tx store.Tx) error {
		return tx.Put(store.MarkKey("signed"), record)
	})
}

// Signed is the statement that KeepSigned stored and that has no place in the
// charter yet, or nil: it is sent again until an answer comes (TR3). It waits
// for a writer, so that whoever is told nil finds its place in Charter.
func (r *Repo) Signed() ([]byte, error) {
	r.write.Lock()
	defer r.write.Unlock()
	return r.signed()
}

func (r *Repo) signed() (record []byte, err error) {
	err = r.st.View(func(tx store.Tx) (err error) {
		record, err = store.GetOr(tx, store.MarkKey("signed"))
		return err
	})
	return record, err
}

// clearSigned frees the device to sign anew once statement seq is known.
func clearSigned(tx store.Tx, seq uint64) error {
	b, err := store.GetOr(tx, store.MarkKey("signed"))
	if err != nil || b == nil {
		return err
	}
	rec, err := charter.DecodeRecord(b)
	if err != nil {
		return fmt.Errorf("signed statement: %w", err)
	}
	body, err := rec.Decode()
	if err != nil {
		return fmt.Errorf("signed statement: %w", err)
	}
	if body.Seq > seq {
		return nil
	}
	return tx.Delete(store.MarkKey("signed"))
}

// finishErase carries out the erase statements that have not been yet (ER1): a
// customer goes with all that was stored of it, pending edits included.
func (r *Repo) finishErase() error {
	s := r.Charter().State()
	if s == nil || r.mark.Erased >= s.Head().Seq {
		return nil
	}
	for doc, seq := range s.ErasedDocs() {
		if seq <= r.mark.Erased {
			continue
		}
		if err := r.eraseDoc(doc); err != nil {
			return fmt.Errorf("erase %s: %w", doc, err)
		}
	}
	m := r.mark
	m.Erased = s.Head().Seq
	return r.saveMarks(WriteErase, m)
}
