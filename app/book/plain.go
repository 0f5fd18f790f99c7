package book

import (
	"errors"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
)

// Plain is the leading values of a customer as an import compares them: sealed
// ones opened where the role reveals them. Hidden names fields that have a
// value which cannot be read here. It is for comparing and for exports; the
// caller keeps it nowhere in the clear.
type Plain struct {
	Fields map[string]string
	Hidden []string
	// Flags are quality codes by field.
	Flags map[string]string
	// Sources are the rows of files that stand in it.
	Sources []Source
	Deleted bool
}

// Plain reads the leading values of a customer. ok is false where there is none
// that the member sees.
func (b *Book) Plain(doc canon.DocID) (out Plain, ok bool, err error) {
	p, err := b.open(doc)
	switch {
	case errors.Is(err, repo.ErrNoDocument), errors.Is(err, ErrDenied):
		return out, false, nil
	case err != nil:
		return out, false, err
	}
	out = Plain{Flags: map[string]string{}, Deleted: p.deleted()}
	out.Fields, out.Hidden = p.plain()
	for field, text := range out.Fields {
		if flag := b.flag(field, text); flag != "" {
			out.Flags[field] = flag
		}
	}
	for _, r := range p.provenance() {
		out.Sources = append(out.Sources, r.source())
	}
	return out, true, nil
}

// plain are the leading values that are not empty; hidden are fields with a
// value that cannot be read here.
func (p *page) plain() (fields map[string]string, hidden []string) {
	fields = map[string]string{}
	for f := range p.b.fields() {
		all := p.v.All(key(f.ID))
		if len(all) == 0 {
			continue
		}
		stored, text := all[len(all)-1].Value, ""
		switch {
		case f.Sealed:
			err := p.s.Policy().May(p.m.ID, charter.ActionReveal, key(f.ID), p.row)
			if err != nil {
				hidden = append(hidden, f.ID)
				continue
			}
			if text, _, err = p.unseal(f, stored); err != nil {
				hidden = append(hidden, f.ID)
				continue
			}
		case !stored.IsNull():
			text = stored.Str()
		}
		if text != "" {
			fields[f.ID] = text
		}
	}
	return fields, hidden
}
