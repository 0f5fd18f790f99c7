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
	// Sources are the cells that values were imported from.
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
	out = Plain{Fields: map[string]string{}, Flags: map[string]string{}, Deleted: p.deleted()}
	for _, f := range b.fields() {
		all := p.v.All(key(f.ID))
		if len(all) == 0 {
			continue
		}
		stored := all[len(all)-1].Value
		text := ""
		if !f.Sealed {
			if !stored.IsNull() {
				text = stored.Str()
			}
		} else {
			if p.s.Policy().May(p.m.ID, charter.ActionReveal, key(f.ID), p.row) == nil {
				text, _, err = p.unseal(f, stored)
			} else {
				err = ErrDenied
			}
			if err != nil {
				out.Hidden = append(out.Hidden, f.ID)
				continue
			}
		}
		if text == "" {
			continue
		}
		out.Fields[f.ID] = text
		if flag := b.flag(f.ID, text); flag != "" {
			out.Flags[f.ID] = flag
		}
	}
	for _, prov := range p.provenance() {
		out.Sources = append(out.Sources, Source{Batch: prov.Batch, File: prov.File, Sheet: prov.Sheet, Row: prov.Row})
	}
	return out, true, nil
}
