package repo

import (
	"context"
	"errors"
	"fmt"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Verify rechecks everything on this device: the files of the store, then of
// each document every record with its signature through the whole gate at its
// place, the salt against the commitment, and what the C core makes of it
// against the gate. It changes nothing but sets aside what load sets aside, and
// gives back what was set aside and passes now. An empty list means that all is
// well.
func (r *Repo) Verify(ctx context.Context, progress func(done, all int)) ([]Problem, error) {
	if s, ok := r.st.(interface{ Verify() error }); ok {
		if err := s.Verify(); err != nil {
			return []Problem{{Code: wire.CodeCorrupt, Rule: "store", Kind: "store"}}, nil //nolint:nilerr // it is the finding
		}
	}
	ids, err := r.documentIDs()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, err := r.doc(id); err != nil {
			return nil, fmt.Errorf("verify %s: %w", id, err)
		}
	}
	if err := r.giveBack(); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	out, err := r.Quarantined()
	if err != nil {
		return nil, err
	}
	if ids, err = r.documentIDs(); err != nil {
		return nil, err
	}
	for i, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p, err := r.verifyDoc(id)
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", id, err)
		}
		out = append(out, p...)
		if progress != nil {
			progress(i+1, len(ids))
		}
	}
	return out, nil
}

// verifyPending looks whether own envelopes that wait are as they were signed,
// and whether the salt fits what they make. Whether they still may enter is no
// matter of damage.
func (r *Repo) verifyPending(ch *Chain, d *document) ([]Problem, error) {
	var out []Problem
	for _, o := range d.pend {
		if refusal := gate.VerifySignature(ch, ch.Len()-1, o.e); refusal != nil {
			out = append(out, Problem{Doc: d.id, Code: wire.CodeCorrupt, Rule: refusal.Rule, Kind: asidePending})
		}
		want := o.e.Body.Commitment
		if want == nil {
			continue
		}
		salt, ok, err := r.Salt(d.id)
		if err != nil {
			return out, err
		}
		if ok && seal.Commitment(ch.w, d.id, salt) != *want {
			out = append(out, Problem{Doc: d.id, Code: wire.CodeCorrupt, Rule: "SE0", Kind: "salt"})
		}
	}
	return out, nil
}

func (r *Repo) verifyDoc(id canon.DocID) ([]Problem, error) {
	recs, err := r.accepted(id)
	if err != nil {
		return nil, err
	}
	ch := r.Charter()
	var out []Problem
	fresh := gate.NewDoc(id)
	for i := range recs {
		rec := &recs[i]
		if fresh.Has(&rec.Envelope) {
			continue
		}
		j, refusal := gate.JudgeUnordered(ch, rec.C, fresh, &rec.Envelope)
		if refusal != nil {
			out = append(out, Problem{
				Doc: id, Code: refusal.Code, Rule: refusal.Rule, Kind: asideRecord, ID: rec.Envelope.ID(ch.w),
			})
			continue
		}
		fresh.Enter(j)
		salt, ok, err := r.Salt(id)
		if err != nil {
			return nil, err
		}
		if want := rec.Envelope.Body.Commitment; want != nil && ok && seal.Commitment(ch.w, id, salt) != *want {
			out = append(out, Problem{Doc: id, Code: wire.CodeCorrupt, Rule: "SE0", Kind: "salt"})
		}
	}
	d, err := r.doc(id)
	if err != nil {
		return out, err
	}
	mine, err := r.verifyPending(ch, d)
	out = append(out, mine...)
	if err != nil || !d.exists() {
		return out, err
	}
	err = r.withCore(d, r.dev.Actor(canon.Incarnation{}), func(core *crdt.Doc) error {
		shown, err := core.Snapshot()
		if err != nil {
			return err
		}
		return sameAsGate(d.work.State(), shown)
	})
	if err != nil && !errors.Is(err, store.ErrClosed) {
		out = append(out, Problem{Doc: id, Code: wire.CodeCorrupt, Rule: "PK6", Kind: "document"})
	}
	return out, nil
}
