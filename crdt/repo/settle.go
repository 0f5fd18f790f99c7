package repo

import (
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// settling is one transaction of Settle.
type settling struct {
	r     *Repo
	log   wire.LogID
	cur   cursorValue // up to where the log's order is known
	moves bool        // and the cursor goes there with this transaction
	m     marks

	out     map[uint64]outEntry // what waits in the outbox, of the answers
	acks    map[uint64]ack      // have a place now
	entered []canon.DocID       // are records now
	refused []canon.DocID       // wait for a rebase
	top     *wire.Envelope      // the accepted one with the highest number
}

func (s *settling) run(answers []Answer) error {
	durability := store.Lazy // a lost "accepted" is asked for again
	for _, a := range answers {
		if Refusing(a.Result.Code) {
			durability = store.Synced
		}
	}
	err := s.r.update(WriteSettle, durability, func(tx store.Tx) error {
		s.m, s.acks, s.entered, s.refused, s.top = s.r.mark, map[uint64]ack{}, nil, nil, nil
		if err := s.look(tx, answers); err != nil {
			return fmt.Errorf("outbox: %w", err)
		}
		for _, a := range answers {
			if err := s.take(tx, a); err != nil {
				return fmt.Errorf("envelope %d: %w", a.N, err)
			}
		}
		if s.top != nil {
			s.m.accepts(s.top.Body.N, s.top.ID(s.r.cfg.Workspace), s.r.mark.Incarnation) // its number is of this store
		}
		if s.moves {
			if err := put(tx, store.CursorKey(cursorName), s.cur); err != nil {
				return err
			}
		}
		if s.m.LastN == s.r.mark.LastN && s.m.Feed == s.r.mark.Feed {
			return nil
		}
		return s.m.put(tx)
	})
	if errors.Is(err, store.ErrTooBig) && len(answers) > 1 {
		half := len(answers) / 2
		moves := s.moves
		s.moves = false
		if err := s.run(answers[:half]); err != nil {
			return err
		}
		s.moves = moves
		return s.run(answers[half:])
	}
	if err != nil {
		return err
	}
	s.publish()
	return nil
}

// publish makes readers see what was stored.
func (s *settling) publish() {
	r := s.r
	r.mark = s.m
	r.mu.Lock()
	defer r.mu.Unlock()
	r.docs.epoch++
	for _, id := range s.entered {
		r.docs.drop(id)
		r.tally.add(id, -1, -1)
	}
	for n, a := range s.acks {
		r.docs.drop(a.doc)
		r.tally.add(a.doc, 0, -1)
		r.acked[n] = a
	}
	for _, id := range s.refused {
		r.docs.drop(id)
		r.blocked[id] = struct{}{}
	}
}

// look reads which of the answered envelopes still wait, in one pass: they were
// sent in the order in which the outbox has them.
func (s *settling) look(tx store.Tx, answers []Answer) error {
	s.out = make(map[uint64]outEntry, len(answers))
	if len(answers) == 0 {
		return nil
	}
	asked := make(map[uint64]bool, len(answers))
	first, last := answers[0].N, answers[0].N
	for _, a := range answers {
		asked[a.N] = true
		first, last = min(first, a.N), max(last, a.N)
	}
	return tx.Scan(store.Outbox(), store.OutboxKey(first), func(k, v []byte) error {
		n, err := store.Number(k)
		if err != nil {
			return err
		}
		if n > last {
			return store.ErrStop
		}
		if !asked[n] {
			return nil
		}
		o, err := parseOut(v)
		if err == nil && o.state == waiting {
			s.out[n] = o
		}
		return err
	})
}

// take writes one answer, if it means anything.
func (s *settling) take(tx store.Tx, a Answer) error {
	good := a.Result.Code == wire.CodeAccepted || a.Result.Code == wire.CodeDuplicate
	if !good && !Refusing(a.Result.Code) {
		return nil
	}
	o, ok := s.out[a.N]
	if !ok {
		return nil // settled before
	}
	delete(s.out, a.N)
	if good && a.Sent != nil {
		if done, err := s.takeSent(tx, a, o.doc); done || err != nil {
			return err
		}
	}
	var p pending
	found, err := get(tx, store.PendingKey(o.doc, a.N), &p)
	if err != nil || !found {
		return errors.Join(err, store.ErrCorrupt)
	}
	if !good {
		o.state = refused
		p.State, p.Code, p.Keys = refused, a.Result.Code, orNone(a.Result.Keys)
		s.refused = append(s.refused, o.doc)
		return errors.Join(put(tx, store.PendingKey(o.doc, a.N), p), tx.Put(store.OutboxKey(a.N), o.bytes()))
	}
	e, err := wire.ParseEnvelope(p.Envelope)
	if err != nil {
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	rec := a.record(e)
	if done, err := s.enter(tx, &rec); done || err != nil {
		return err
	}
	s.accepted(&rec.Envelope)
	o.state, o.log, o.seq = placed, s.log, rec.Seq
	p.State, p.Log, p.Seq, p.Time, p.C = placed, s.log, rec.Seq, rec.Time, rec.C
	s.acks[a.N] = ack{doc: o.doc, log: s.log, seq: rec.Seq}
	return errors.Join(put(tx, store.PendingKey(o.doc, a.N), p), tx.Put(store.OutboxKey(a.N), o.bytes()))
}

// takeSent is take for an accepted envelope that is still in memory and becomes
// a record at once; done tells whether it does.
func (s *settling) takeSent(tx store.Tx, a Answer, doc canon.DocID) (done bool, err error) {
	e, err := wire.ParseEnvelope(a.Sent)
	if err != nil || e.Body.N != a.N || e.Body.Doc != doc {
		return false, nil //nolint:nilerr // it is not what the outbox gave: the store has that
	}
	rec := a.record(e)
	return s.enter(tx, &rec)
}

func (a Answer) record(e wire.Envelope) wire.LogRecord {
	return wire.LogRecord{Seq: a.Result.Seq, Time: a.Result.Time, C: a.Result.C, Envelope: e}
}

func (s *settling) accepted(e *wire.Envelope) {
	if e.Body.N > s.m.LastN && (s.top == nil || e.Body.N > s.top.Body.N) {
		s.top = e
	}
}

// enter makes an own envelope a record of its document, the first one, where
// that is known to be right.
func (s *settling) enter(tx store.Tx, rec *wire.LogRecord) (done bool, err error) {
	if known, err := s.known(tx, rec); err != nil || !known {
		return false, err
	}
	s.accepted(&rec.Envelope)
	b := &rec.Envelope.Body
	s.entered = append(s.entered, b.Doc)
	return true, errors.Join(
		tx.Put(store.RecordKey(b.Doc, 0), rec.Encode()), tx.Delete(store.PendingKey(b.Doc, b.N)),
		tx.Delete(store.OutboxKey(b.N)), s.m.settles(tx, b.Doc))
}

// known tells whether the verdict on an own envelope at its place is the one
// that was given when it was written, so that it need not be asked for again
// (docs/adr/0064). The gate is a pure function of the charter, the document and
// the envelope (GA3), so that holds for one that creates its document where the
// cursor has passed its place and nothing else of the document is here, if the
// charter there says nothing else on what the gate reads, and the device was not
// cut nor the customer erased since. All else is entered by Accept's way.
func (s *settling) known(tx store.Tx, rec *wire.LogRecord) (bool, error) {
	r, b := s.r, &rec.Envelope.Body
	if b.Kind != wire.KindCreate || b.Device != r.dev || s.cur.Cursor.Log != s.log || rec.Seq > s.cur.Cursor.Seq || r.isBlocked(b.Doc) {
		return false, nil
	}
	if n, counted := r.pendingOf(b.Doc); !counted || n != 1 || !r.sameRules(b, rec.C) {
		return false, nil
	}
	for _, key := range [][]byte{store.RecordKey(b.Doc, 0), store.PackKey(b.Doc, 0)} {
		if there, err := store.Has(tx, key); err != nil || there {
			return false, err
		}
	}
	return true, nil
}

// alike remembers the last answer of sameRules: in 100,000 envelopes it is the
// same.
type alike struct {
	chain    *Chain
	named, c uint64
	same     bool
}

// sameRules tells whether charter seq c says of an own envelope what the charter
// said that it names.
func (r *Repo) sameRules(b *wire.EnvelopeBody, c uint64) bool {
	ch := r.Charter()
	if r.alike.chain != ch || r.alike.named != b.CharterSeq || r.alike.c != c {
		named, okN := ch.At(b.CharterSeq)
		at, okC := ch.At(c)
		dev, okD := ch.State().Device(r.dev)
		same := okN && okC && okD && dev.Active && b.CharterSeq <= c && named.Head().Hash == b.CharterHash && named.Alike(at, r.dev)
		r.alike = alike{chain: ch, named: b.CharterSeq, c: c, same: same}
	}
	if !r.alike.same || ch.State().Erased(b.Doc) {
		return false
	}
	named, _ := ch.At(b.CharterSeq)
	at, _ := ch.At(c)
	k, of := named.DocKind(b.Doc)
	k2, of2 := at.DocKind(b.Doc)
	return k == k2 && of == of2
}
