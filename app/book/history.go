package book

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
)

// Act is one change of a customer as the past shows it.
type Act struct {
	repo.Entry
	By     Named
	Source *Source
	Fields []FieldChange
	// Concurrent is true when a value of it stood beside another one, written
	// apart.
	Concurrent bool
	// Hidden counts values of sections that the member may not read.
	Hidden int
	// Binned: it put the customer into the recycle bin; Unbinned: out of it.
	Binned, Unbinned bool
}

// FieldChange is one field that an act wrote or decided.
type FieldChange struct {
	Field  string
	Sealed bool
	// Before is what the author saw, the leading value last; of a decision for the
	// leading value the others.
	Before []Value
	After  Value
	// Beside are the values that stand beside After again since a decision was
	// taken back.
	Beside []Value
	// Source is the row that it was imported from.
	Source *Source
}

// History lists what happened to a customer, oldest first; field narrows it to
// one field. Sealed values are masked.
func (b *Book) History(doc canon.DocID, field string) ([]Act, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	entries, err := b.Repo.History(doc)
	if err != nil {
		return nil, err
	}
	prov := p.provenance()
	var acts []Act
	written := map[string]int{} // how many entries set a key so far
	for _, e := range entries {
		a := Act{Entry: e, By: b.Person(e.Device)}
		a.Source = rowOf(prov, func(r *record) bool { return r.change == e.Hash })
		for _, k := range e.Keys {
			fc, shown := p.fieldChange(k)
			if k.Key == "s:tombstone" {
				a.Binned = k.New.Value.Bool()
				a.Unbinned = !a.Binned
			}
			switch {
			case shown && (field == "" || fc.Field == field):
				fc.Source = sourceIn(prov, e.Hash, fc.Field)
				a.Fields = append(a.Fields, fc)
			case !shown && strings.HasPrefix(k.Key, "f:"):
				a.Hidden++
			}
			a.Concurrent = a.Concurrent || len(k.Old) > 1 || (written[k.Key] > 0 && len(k.Old) == 0)
			written[k.Key]++
		}
		if field == "" || len(a.Fields) > 0 {
			acts = append(acts, a)
		}
	}
	return acts, nil
}

func (p *page) fieldChange(k repo.KeyChange) (FieldChange, bool) {
	id, decided := strings.CutPrefix(k.Key, "c:")
	if !decided {
		var ok bool
		if id, ok = fieldID(k.Key); !ok {
			return FieldChange{}, false
		}
	}
	f, _, err := p.field(id)
	if err != nil || p.s.Policy().Sees(p.m.ID, f.Section) == charter.LevelNone {
		return FieldChange{}, false
	}
	if decided {
		return p.decidedChange(f, k)
	}
	fc := FieldChange{Field: id, Sealed: f.Sealed, Before: p.shown(f, k.Old)}
	fc.After = p.shown(f, []change.Entry{k.New})[0]
	fc.Beside = p.shown(f, p.unlike(f, p.takenBack(id, k.New.ID), k.New))
	return fc, true
}

// decidedChange is a decision for the leading value (PO6), or that it was taken
// back: then the values stand beside each other again.
func (p *page) decidedChange(f schema.Field, k repo.KeyChange) (FieldChange, bool) {
	named, ok := gate.DecodeSettled(k.New.Value.Bytes())
	back := k.New.Value.IsNull() && len(k.Old) > 0
	if back {
		named, ok = gate.DecodeSettled(k.Old[len(k.Old)-1].Value.Bytes())
	}
	var sides []change.Entry
	for _, w := range p.v.Past(key(f.ID)) {
		if slices.Contains(named, w.ID) {
			sides = append(sides, w.Entry)
		}
	}
	if !ok || len(sides) == 0 {
		return FieldChange{}, false
	}
	lead := sides[len(sides)-1]
	others := sides[:len(sides)-1]
	if len(sides) == 1 {
		others = p.takenBack(f.ID, lead.ID)
	}
	others = p.unlike(f, others, lead)
	fc := FieldChange{Field: f.ID, Sealed: f.Sealed, Before: p.shown(f, others), After: p.shown(f, []change.Entry{lead})[0]}
	if back {
		fc.Before, fc.Beside = []Value{fc.After}, fc.Before
	}
	return fc, true
}

// unlike are those of the values that do not say what another one does (DO18).
func (p *page) unlike(f schema.Field, all []change.Entry, other change.Entry) []change.Entry {
	return slices.DeleteFunc(all, func(e change.Entry) bool { return p.says(f, e.Value, other.Value) })
}

func (p *page) shown(f schema.Field, entries []change.Entry) []Value {
	out := make([]Value, len(entries))
	for i, e := range entries {
		out[i] = Value{Op: e.ID, State: Shown}
		p.show(f, e.Value, &out[i])
	}
	return out
}

// fieldID is the field that a key holds the value of.
func fieldID(k string) (string, bool) {
	if k == "s:stage" {
		return charter.FieldStage, true
	}
	return strings.CutPrefix(k, "f:")
}

// Restore writes what stood in the given fields right after a change, as a new
// change. Nothing else is touched.
func (b *Book) Restore(ctx context.Context, doc canon.DocID, at canon.Hash, fields ...string) (canon.Hash, error) {
	old, err := b.Repo.ReadAt(doc, []canon.Hash{at})
	if err != nil {
		return canon.Hash{}, err
	}
	return b.change(ctx, doc, "undo:"+hashID(at), func(p *page, e *repo.Edit) error {
		for _, field := range fields {
			var was change.Value
			if all := old.All(key(field)); len(all) > 0 {
				was = all[len(all)-1].Value
			}
			if err := p.rewrite(e, field, was); err != nil {
				return err
			}
		}
		return nil
	})
}

// UndoChange sets the fields that a change wrote back to what its author saw,
// where the value it wrote still stands. fields narrows it; none means all.
// repo.ErrNothing: nothing of it stands any more.
func (b *Book) UndoChange(ctx context.Context, doc canon.DocID, which canon.Hash, fields ...string) (canon.Hash, error) {
	entries, err := b.Repo.History(doc)
	if err != nil {
		return canon.Hash{}, err
	}
	i := slices.IndexFunc(entries, func(e repo.Entry) bool { return e.Hash == which })
	if i < 0 {
		return canon.Hash{}, fmt.Errorf("undo in %s: %w", doc, ErrNoValue)
	}
	return b.change(ctx, doc, "undo:"+hashID(which), func(p *page, e *repo.Edit) error {
		for _, k := range entries[i].Keys {
			id, ok := fieldID(k.Key)
			decided, confirmed := strings.CutPrefix(k.Key, "c:")
			if confirmed && !k.New.Value.IsNull() && p.stands(k) && (len(fields) == 0 || slices.Contains(fields, decided)) {
				e.Sets = append(e.Sets, sets(k.Key, change.Null()))
			}
			if k.Key == "s:tombstone" && len(fields) == 0 && p.stands(k) {
				e.Sets = append(e.Sets, sets(k.Key, change.Bool(!k.New.Value.Bool())))
			}
			if !ok || !p.stands(k) || (len(fields) > 0 && !slices.Contains(fields, id)) {
				continue
			}
			if err := p.rewrite(e, id, winner(k.Old)); err != nil {
				return err
			}
		}
		return nil
	})
}

// stands tells whether the value that an act wrote is the only one now.
func (p *page) stands(k repo.KeyChange) bool {
	now := p.v.All(k.Key)
	return len(now) == 1 && now[0].ID == k.New.ID
}

func winner(entries []change.Entry) change.Value {
	if len(entries) == 0 {
		return change.Null()
	}
	return entries[len(entries)-1].Value
}

// rewrite writes an old stored value of a field again.
func (p *page) rewrite(e *repo.Edit, field string, was change.Value) error {
	f, _, err := p.field(field)
	if err != nil {
		return err
	}
	if !f.Sealed {
		text := ""
		if !was.IsNull() {
			text = was.Str()
		}
		return p.write(e, field, text)
	}
	text, _, err := p.unseal(f, was)
	if err != nil {
		return err
	}
	return p.write(e, field, text)
}

// hashID is a hash as a message can carry it (EN6).
func hashID(h canon.Hash) string { return base64.RawURLEncoding.EncodeToString(h[:]) }
