package book

import (
	"context"
	"slices"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
)

type repoSet = crdt.Set

// settlement is the decision for the leading value: it names every value that
// stands there, equal ones too, so that a value written apart later opens the
// field again.
func settlement(now FieldValues) change.Value {
	return change.Bytes(gate.EncodeSettled(now.live))
}

// Side is one of several values of a field, with its past.
type Side struct {
	Value
	By     Named
	Origin repo.Origin
	Source *Source
	// Before is what the author saw; of a sealed field its mask.
	Before []Value
	// Along are the other keys that the same change set.
	Along []string
}

// Conflict is a field with several values. The leading one is the last; no rule
// made it lead, and it is not the newest.
type Conflict struct {
	Doc    canon.DocID
	Field  string
	Sealed bool
	Sides  []Side
}

// Conflict reads the values of one field with their authors.
func (b *Book) Conflict(doc canon.DocID, field string) (*Conflict, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	f, _, err := p.field(field)
	if err != nil {
		return nil, err
	}
	now, ok := p.values(f)
	if !ok {
		return nil, ErrDenied
	}
	origins, err := b.Repo.Origins(p.v, ops(now.Values)...)
	if err != nil {
		return nil, err
	}
	entries, err := b.Repo.History(doc)
	if err != nil {
		return nil, err
	}
	prov := p.provenance()
	c := &Conflict{Doc: doc, Field: field, Sealed: f.Sealed}
	for _, v := range now.Values {
		o := origins[v.Op]
		side := Side{Value: v, Origin: o, By: b.Person(v.Op.Actor.Device()), Source: sourceIn(prov, o.Hash, field)}
		i := slices.IndexFunc(entries, func(e repo.Entry) bool { return e.Hash == o.Hash })
		if i >= 0 {
			for _, k := range entries[i].Keys {
				if k.Key != key(field) {
					side.Along = append(side.Along, k.Key)
					continue
				}
				for _, old := range k.Old {
					was := Value{Op: old.ID, State: Shown}
					p.show(f, old.Value, &was)
					side.Before = append(side.Before, was)
				}
			}
		}
		c.Sides = append(c.Sides, side)
	}
	return c, nil
}

// Resolve settles a field with several values by one of them: the leading one
// is confirmed by a decision of its own (PO6), another is written anew.
// ErrNoValue: op is not one of the values that stand (any more).
func (b *Book) Resolve(ctx context.Context, doc canon.DocID, field string, op change.OpID) (canon.Hash, error) {
	return b.change(ctx, doc, "resolve", func(p *page, e *repo.Edit) error {
		f, cf, err := p.field(field)
		if err != nil {
			return err
		}
		now, _ := p.values(f)
		i := slices.IndexFunc(now.Values, func(v Value) bool { return v.Op == op })
		switch {
		case i < 0:
			return ErrNoValue
		case now.Others() == 0:
			return nil
		case i == len(now.Values)-1:
			e.Sets = append(e.Sets, sets("c:"+field, settlement(now)))
			return nil
		}
		stored := p.stored(f, op)
		if !f.Sealed {
			e.Sets = append(e.Sets, sets(key(field), stored))
			return nil
		}
		text, _, err := p.unseal(f, stored)
		if err != nil {
			return err
		}
		salt, err := p.secret()
		if err != nil {
			return err
		}
		v, err := b.encode(p.s, f, cf, doc, salt, text) // sealed anew: the key may have risen (KY6)
		if err != nil {
			return err
		}
		e.Sets = append(e.Sets, sets(key(field), v))
		return nil
	})
}

// ResolveText settles a field with another value.
func (b *Book) ResolveText(ctx context.Context, doc canon.DocID, field, text string) (canon.Hash, error) {
	return b.change(ctx, doc, "resolve", func(p *page, e *repo.Edit) error {
		return p.write(e, field, b.Schema.Typed(field, text).Value)
	})
}

// Undecide takes a decision for the leading value back: all values stand beside
// each other again. Where another was written, UndoChange does (DO19).
func (b *Book) Undecide(ctx context.Context, doc canon.DocID, field string) (canon.Hash, error) {
	return b.change(ctx, doc, "resolve", func(p *page, e *repo.Edit) error {
		if v, ok := p.v.Get("c:" + field); ok && !v.IsNull() {
			e.Sets = append(e.Sets, sets("c:"+field, change.Null()))
		}
		return nil
	})
}
