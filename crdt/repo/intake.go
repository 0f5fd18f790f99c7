package repo

import (
	"errors"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// taken is what one document becomes.
type taken struct {
	before, after *document
	puts          []wire.LogRecord // stored from before.next on
	packs         [][]byte         // instead of puts, in a new document
	fresh         int              // of the records, those whose changes were not pending here
	gone          []*ownEdit       // own envelopes that are accepted now
	bad           []aside
	touched       bool
	salt          *[32]byte
	foreign       bool // something came that was not an own envelope on its way
}

// place enters the own envelopes whose place in the log comes before seq: there
// the log's order is known, whether or not the relay sends them back.
func (t *taken) place(r *Repo, ch *Chain, log wire.LogID, seq uint64) {
	for len(t.after.pend) > 0 {
		o := t.after.pend[0]
		if o.p.State != placed || o.p.Log == log && o.p.Seq >= seq || o.p.C >= ch.Len() {
			return // its place, or the charter there, is not known yet
		}
		t.enter(r, ch, &wire.LogRecord{Seq: o.p.Seq, Time: o.p.Time, C: o.p.C, Envelope: *o.e}, "")
		if len(t.after.pend) > 0 && t.after.pend[0] == o {
			return // it did not pass; RB has it
		}
	}
}

// enter judges one record and keeps it, or names it as refused.
func (t *taken) enter(r *Repo, ch *Chain, rec *wire.LogRecord, code wire.Code) {
	d := t.after
	own := d.takePending(rec, r.dev)
	if len(rec.Envelope.Body.Chunks) > 0 && d.acc.Has(&rec.Envelope) {
		if own != nil {
			t.gone = append(t.gone, own)
		}
		return
	}
	refusal := &gate.Refusal{Code: code, Rule: "GA3: c decreases"}
	if code == "" {
		var j *gate.Judged
		if j, refusal = gate.JudgeUnordered(ch, rec.C, d.acc, &rec.Envelope); refusal == nil {
			d.acc.Enter(j)
			t.puts, t.foreign = append(t.puts, *rec), t.foreign || own == nil
			if own != nil {
				t.gone = append(t.gone, own)
			} else {
				t.fresh++
			}
			return
		}
	}
	if refusal.Code == wire.CodeErased {
		return // ER1: nothing of an erased customer is kept, not even here
	}
	if own != nil {
		if own.e.ID(ch.w) == rec.Envelope.ID(ch.w) { // RB: the edit stays, as one that was refused
			own.p.State, own.p.Code, own.p.Keys = refused, refusal.Code, orNone(refusal.Keys)
		}
		d.pend = append([]*ownEdit{own}, d.pend...)
	}
	t.bad = append(t.bad, aside{
		Doc: d.id, Code: refusal.Code, Rule: refusal.Rule, Kind: asideRecord,
		ID: rec.Envelope.ID(ch.w), Bytes: rec.Encode(),
	})
}

// commits tells whether a record that came creates the document with this salt
// (SE0).
func (t *taken) commits(w canon.WorkspaceID, salt [32]byte) bool {
	for i := range t.puts {
		if b := &t.puts[i].Envelope.Body; b.Kind == wire.KindCreate {
			return *b.Commitment == seal.Commitment(w, b.Doc, salt)
		}
	}
	return false
}

// takePending removes the own envelope with the changes of rec from the pending
// ones: rec itself, or the same signed under another number (docs/adr/0074).
func (d *document) takePending(rec *wire.LogRecord, dev canon.DeviceID) *ownEdit {
	if rec.Envelope.Body.Device != dev || len(d.pend) == 0 {
		return nil
	}
	hashes := rec.Envelope.Body.Hashes()
	for i, o := range d.pend {
		if slices.Equal(o.e.Body.Hashes(), hashes) {
			c := *o
			d.pend = append(d.pend[:i:i], d.pend[i+1:]...)
			return &c
		}
	}
	return nil
}

func (t *taken) put(tx store.Tx, m *marks, next canon.Incarnation, now int64) error {
	id := t.before.id
	for i := range t.puts {
		if b := &t.puts[i].Envelope.Body; b.Device == m.Device && b.N > m.LastN {
			m.accepts(b.N, t.puts[i].Envelope.ID(m.Workspace), next)
		}
	}
	if t.salt != nil {
		if err := tx.Put(store.SaltKey(id), t.salt[:]); err != nil {
			return err
		}
	}
	if t.packs != nil {
		i := uint64(0)
		for _, b := range t.packs {
			p, err := wire.ReadPack(b)
			if err != nil {
				return err
			}
			if err := tx.Put(store.PackKey(id, i), b); err != nil {
				return err
			}
			i += uint64(len(p.Records))
		}
	} else {
		for i := range t.puts {
			if err := tx.Put(store.RecordKey(id, t.before.next+uint64(i)), t.puts[i].Encode()); err != nil {
				return err
			}
		}
	}
	for _, o := range t.gone {
		if err := errors.Join(tx.Delete(store.PendingKey(id, o.n)), tx.Delete(store.OutboxKey(o.n))); err != nil {
			return err
		}
	}
	for _, o := range t.after.pend {
		if o.p.State == refused {
			err := errors.Join(
				put(tx, store.PendingKey(id, o.n), o.p), tx.Put(store.OutboxKey(o.n), outEntry{doc: id, state: refused}.bytes()))
			if err != nil {
				return err
			}
		}
	}
	for _, q := range t.bad {
		if err := q.put(tx, now); err != nil {
			return err
		}
	}
	if !t.touched {
		return nil
	}
	// The document was shown with its pending envelopes before.
	if !t.foreign && !t.before.stuck && len(t.after.pend)+len(t.bad) == 0 {
		return m.settles(tx, id)
	}
	return m.feed(tx, id)
}

func (d *document) hasRefused() bool {
	for _, o := range d.pend {
		if o.p.State == refused {
			return true
		}
	}
	return false
}

func orNone(keys []string) []string {
	if keys == nil {
		return []string{}
	}
	return keys
}
