package book

import (
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
)

// Decision is a field with several values that somebody settled, while what was
// decided still stands.
type Decision struct {
	Field  string
	Change canon.Hash
	By     Named
	// Time is the author's clock, in seconds.
	Time int64
	// Used is whose value was taken; the zero Named when another was written.
	Used Named
	// Confirmed: the leading value was confirmed, and Undecide takes it back.
	// Otherwise a value was written, and UndoChange does. Either way the values
	// that were decided between stand beside each other again.
	Confirmed bool
}

const kindResolve = "resolve"

// Decisions lists what was decided in a customer, oldest first. A customer in
// which nobody decided costs one reading of it.
func (b *Book) Decisions(doc canon.DocID) ([]Decision, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	if !p.wasDecided() {
		return nil, nil
	}
	entries, err := b.Repo.History(doc)
	if err != nil {
		return nil, err
	}
	var out []Decision
	for _, e := range entries {
		if e.Kind != kindResolve {
			continue
		}
		for _, k := range e.Keys {
			if d, ok := p.decision(k); ok {
				d.Change, d.By, d.Time = e.Hash, b.Person(e.Device), e.Time
				out = append(out, d)
			}
		}
	}
	return out, nil
}

// wasDecided looks for a standing value that a decision wrote.
func (p *page) wasDecided() bool {
	for _, k := range p.v.Keys() {
		for _, e := range p.v.All(k) {
			if w, ok := p.v.Writer(e.ID); ok && w.Message == kindResolve {
				return true
			}
		}
	}
	return false
}

// standing are the values that stand in a field, the leading one last: the live
// ones or, again, those between which somebody had decided until that was taken
// back, before the live one that took it back (DO19).
func (p *page) standing(field string) (all []change.Entry, again bool) {
	all = p.v.All(key(field))
	if len(all) != 1 {
		return all, false
	}
	sides := p.takenBack(field, all[0].ID)
	if len(sides) == 0 {
		return all, false
	}
	return append(sides, all[0]), true
}

// takenBack are the values that a decision for another than the leading one had
// replaced, where op is what taking that decision back wrote in its place; else
// none.
func (p *page) takenBack(field string, op change.OpID) (sides []change.Entry) {
	const undo = "undo:"
	if w, ok := p.v.Writer(op); !ok || !strings.HasPrefix(w.Message, undo) {
		return nil // as nearly all: what follows looks at the whole past
	}
	past, infos := p.v.Past(key(field)), p.v.Infos()
	find := func(id change.OpID) int {
		return slices.IndexFunc(past, func(w change.Write) bool { return w.ID == id })
	}
	for {
		back := find(op)
		if back < 0 || len(past[back].Old) != 1 {
			return nil
		}
		made := find(past[back].Old[0])
		if made < 0 {
			return nil
		}
		taken, replaced := infos[past[made].At], past[made].Old
		switch {
		case infos[past[back].At].Message != undo+hashID(taken.Hash):
			return nil
		case len(replaced) == 1: // what stood before that may have taken another one back
			op = replaced[0]
			continue
		case taken.Message != kindResolve:
			return nil
		}
		for _, w := range past {
			if slices.Contains(replaced, w.ID) {
				sides = append(sides, w.Entry)
			}
		}
		return sides
	}
}

// decision reads one key that a decision wrote; ok is false where it stands no
// more or the member may not know of the field.
func (p *page) decision(k repo.KeyChange) (Decision, bool) {
	id, confirmed := strings.CutPrefix(k.Key, "c:")
	if !confirmed {
		var ok bool
		if id, ok = fieldID(k.Key); !ok {
			return Decision{}, false
		}
	}
	f, _, err := p.field(id)
	if err != nil || !p.stands(k) || p.s.Policy().Sees(p.m.ID, f.Section) == charter.LevelNone {
		return Decision{}, false
	}
	d := Decision{Field: id, Confirmed: confirmed}
	now, ok := p.values(f)
	if !ok {
		return Decision{}, false
	}
	if confirmed {
		d.Used = p.b.Person(now.Lead().Op.Actor.Device())
		return d, now.Settled // a value that came later opens it again
	}
	taken, between := p.holds(f, k.New.Value), k.Old
	if len(between) == 1 {
		between = append(p.takenBack(id, between[0].ID), between[0])
	}
	for _, old := range slices.Backward(between) {
		if taken != "" && p.holds(f, old.Value) == taken {
			d.Used = p.b.Person(old.ID.Actor.Device())
			break
		}
	}
	return d, true
}
