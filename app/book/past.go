package book

import (
	"bytes"

	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
)

// Differs names the fields whose leading value right after a change is another
// one than now. Sealed values are compared by what they hold, where the member
// may open them, and not by their masks.
func (b *Book) Differs(doc canon.DocID, at canon.Hash) ([]string, error) {
	then, now, err := b.thenAndNow(doc, at)
	if err != nil {
		return nil, err
	}
	var out []string
	for f := range b.fields() {
		was, is := then.leading(f.ID), now.leading(f.ID)
		if f.Sealed && bytes.Equal(was.Bytes(), is.Bytes()) {
			continue // one stored value on both sides, whoever may open it
		}
		if then.holds(f, was) != now.holds(f, is) {
			out = append(out, f.ID)
		}
	}
	return out, nil
}

// RevealAt opens the leading values of one customer as they stood right after a
// change. Rights are today's: ErrDenied where the role may only see masks.
func (b *Book) RevealAt(doc canon.DocID, at canon.Hash, fields ...string) (map[string]string, error) {
	then, _, err := b.thenAndNow(doc, at)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, id := range fields {
		f, _, err := then.field(id)
		if err != nil {
			return nil, err
		}
		if then.s.Policy().May(then.m.ID, charter.ActionReveal, key(id), then.row) != nil {
			return nil, ErrDenied
		}
		stored := then.leading(id)
		switch {
		case stored.IsNull():
		case !f.Sealed:
			out[id] = stored.Str()
		default:
			if out[id], _, err = then.unseal(f, stored); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// thenAndNow reads a customer at a change and today. The row that rights are
// asked of is today's on both sides.
func (b *Book) thenAndNow(doc canon.DocID, at canon.Hash) (then, now *page, err error) {
	if now, err = b.open(doc); err != nil {
		return nil, nil, err
	}
	v, err := b.Repo.ReadAt(doc, []canon.Hash{at})
	if err != nil {
		return nil, nil, err
	}
	if then, err = b.pageOf(v); err != nil {
		return nil, nil, err
	}
	then.row = now.row
	return then, now, nil
}

// leading is the stored leading value of a field; null where there is none.
func (p *page) leading(field string) change.Value { return winner(p.v.All(key(field))) }

// holds is what a stored value holds; nothing where it is empty or cannot be
// opened here. The caller keeps it nowhere.
func (p *page) holds(f schema.Field, stored change.Value) string {
	text, _ := p.reads(f, stored)
	return text
}

// reads is what a stored value holds; ok is false where it cannot be opened here.
func (p *page) reads(f schema.Field, stored change.Value) (text string, ok bool) {
	switch {
	case stored.IsNull():
		return "", true
	case !f.Sealed:
		return stored.Str(), true
	}
	text, _, err := p.unseal(f, stored)
	return text, err == nil
}

// says tells whether two stored values say the same (DO18); sealed ones that
// cannot be opened here only where they are stored alike.
func (p *page) says(f schema.Field, a, b change.Value) bool {
	one, ok := p.reads(f, a)
	other, both := p.reads(f, b)
	return a == b || ok && both && one == other
}
