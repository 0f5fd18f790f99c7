package repo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Outgoing is an own envelope to send.
type Outgoing struct {
	N        uint64
	Doc      canon.DocID
	ID       canon.Hash
	Envelope []byte
	// Salt is set for an envelope that creates its document: it is sent along
	// (frame `salts`).
	Salt *[32]byte
}

// Answer is what the relay said to envelope N. Sent is the envelope as Outbox
// gave it, where the caller still has it: then it is not read again.
type Answer struct {
	N      uint64
	Sent   []byte
	Result wire.PushResult
}

// openOutbox finds what waits, what has a place and what was refused.
func (r *Repo) openOutbox() error {
	acked, blocked, t := map[uint64]ack{}, map[canon.DocID]struct{}{}, newTally()
	err := r.eachOut(func(n uint64, o outEntry) {
		if o.state == placed {
			acked[n] = ack{doc: o.doc, log: o.log, seq: o.seq}
			t.add(o.doc, 1, 0)
			return
		}
		t.add(o.doc, 1, 1)
		if o.state == refused || n <= r.mark.Forked {
			blocked[o.doc] = struct{}{}
		}
	})
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally = t
	maps.Copy(r.acked, acked)
	maps.Copy(r.blocked, blocked)
	return nil
}

// eachOut calls fn for every entry of the outbox.
func (r *Repo) eachOut(fn func(n uint64, o outEntry)) error {
	return r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.Outbox(), nil, func(k, v []byte) error {
			n, err := store.Number(k)
			if err != nil {
				return err
			}
			o, err := parseOut(v)
			if err == nil {
				fn(n, o)
			}
			return err
		})
	})
}

// Outbox gives up to limit own envelopes with a number above after that wait for
// the relay, in order of their numbers (EN7). Documents that wait for a rebase
// are left out (RB2).
func (r *Repo) Outbox(after uint64, limit int) ([]Outgoing, error) {
	var out []Outgoing
	err := r.st.View(func(tx store.Tx) error {
		var found []outEntry
		var ns []uint64
		err := tx.Scan(store.Outbox(), store.OutboxKey(after+1), func(k, v []byte) error {
			if len(found) == limit {
				return store.ErrStop
			}
			n, err := store.Number(k)
			if err != nil {
				return err
			}
			o, err := parseOut(v)
			if err != nil || o.state != waiting || r.isBlocked(o.doc) {
				return err
			}
			found, ns = append(found, o), append(ns, n)
			return nil
		})
		if err != nil {
			return err
		}
		for i, o := range found {
			g, err := r.outgoing(tx, o.doc, ns[i])
			if err != nil {
				return fmt.Errorf("envelope %d of %s: %w", ns[i], o.doc, err)
			}
			out = append(out, g)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}

func (r *Repo) outgoing(tx store.Tx, doc canon.DocID, n uint64) (Outgoing, error) {
	var p pending
	if ok, err := get(tx, store.PendingKey(doc, n), &p); err != nil || !ok {
		return Outgoing{}, errors.Join(err, store.ErrCorrupt)
	}
	e, err := wire.ParseEnvelope(p.Envelope)
	if err != nil {
		return Outgoing{}, err
	}
	g := Outgoing{N: n, Doc: doc, ID: e.ID(r.cfg.Workspace), Envelope: p.Envelope}
	if e.Body.Kind == wire.KindCreate {
		g.Salt, err = saltOf(tx, doc)
	}
	return g, err
}

// OutboxLen is how many own envelopes the log has not accepted, those that wait
// for a rebase included.
func (r *Repo) OutboxLen() (int, error) {
	r.mu.Lock()
	n, known := r.tally.open, r.tally.known
	r.mu.Unlock()
	if known {
		return n, nil
	}
	r.write.Lock()
	defer r.write.Unlock()
	t := newTally()
	err := r.eachOut(func(_ uint64, o outEntry) {
		if o.state == placed {
			t.add(o.doc, 1, 0)
		} else {
			t.add(o.doc, 1, 1)
		}
	})
	if err != nil {
		return 0, fmt.Errorf("read outbox: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally = t
	return t.open, nil
}

func (r *Repo) isBlocked(id canon.DocID) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.blocked[id]
	return ok
}

// Refusing tells whether a code means that the envelope itself is refused, so
// that its edits go the way of RB. Other codes pass: the envelope is sent again.
func Refusing(c wire.Code) bool {
	return slices.Contains([]wire.Code{
		wire.CodeActorForeign, wire.CodeBadChange, wire.CodeBadKey, wire.CodeBadSignature, wire.CodeCorrupt,
		wire.CodeCounterUsed, wire.CodeDocExists, wire.CodeDocFull, wire.CodeErased, wire.CodeFieldDenied,
		wire.CodeMalformed, wire.CodeMissingDeps, wire.CodeOpForbidden, wire.CodeRowDenied, wire.CodeSealForbidden,
		wire.CodeSealRequired, wire.CodeSealStale, wire.CodeTooLarge, wire.CodeTooManyValues, wire.CodeValueTooLarge,
	}, c)
}

// Settle takes the relay's answers to own envelopes, under the log they were
// given in. Accepted and duplicate ones leave the outbox and are entered when
// the cursor comes to their place. Refused ones wait for Rebase, and with them
// everything of their document (RB2). An answer that comes twice, to an
// envelope that is settled, or that only asks for patience, changes nothing
// (EN7).
func (r *Repo) Settle(ctx context.Context, log wire.LogID, answers ...Answer) error {
	return r.settle(ctx, log, wire.Cursor{}, answers)
}

// SettleTo is Settle together with moving the cursor to next, where the relay
// said that nothing lies before it but what was taken and what is answered here.
func (r *Repo) SettleTo(ctx context.Context, next wire.Cursor, answers ...Answer) error {
	return r.settle(ctx, next.Log, next, answers)
}

func (r *Repo) settle(ctx context.Context, log wire.LogID, next wire.Cursor, answers []Answer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.write.Lock()
	defer r.write.Unlock()
	cur, err := r.cursor()
	if err != nil {
		return err
	}
	if next != (wire.Cursor{}) {
		if next.Log != cur.Cursor.Log {
			cur.C = 0 // another log begins with its own c
		}
		cur.Cursor = next
	}
	for first := true; len(answers) > 0 || first && next != (wire.Cursor{}); first = false {
		part := answers[:min(len(answers), batchSize)]
		answers = answers[len(part):]
		s := &settling{r: r, log: log, cur: cur, m: r.mark, moves: len(answers) == 0 && next != (wire.Cursor{})}
		if err := s.run(part); err != nil {
			return fmt.Errorf("settle: %w", err)
		}
	}
	return r.enterPlaced(ctx, log)
}

// enterPlaced enters own envelopes whose place the cursor has passed already.
func (r *Repo) enterPlaced(ctx context.Context, log wire.LogID) error {
	cur, err := r.cursor()
	if err != nil {
		return err
	}
	if cur.Cursor.Log != log {
		return nil
	}
	ins := r.withPlaced(nil, cur.Cursor)
	var res Accepted
	for len(ins) > 0 {
		part := ins[:min(len(ins), acceptPart)]
		ins = ins[len(part):]
		// The cursor is written as it is: it says how far places are known.
		if err := r.acceptPart(ctx, part, &cur.Cursor, &cur, &res); err != nil {
			return err
		}
	}
	return nil
}
