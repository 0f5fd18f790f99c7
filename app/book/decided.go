package book

import (
	"slices"
	"strings"

	"tongce/crdt/canon"
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
	// Otherwise a value was written, and UndoChange does.
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
	taken := p.holds(f, k.New.Value)
	for _, old := range slices.Backward(k.Old) {
		if taken != "" && p.holds(f, old.Value) == taken {
			d.Used = p.b.Person(old.ID.Actor.Device())
			break
		}
	}
	return d, true
}
