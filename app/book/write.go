package book

import (
	"context"
	"errors"
	"fmt"

	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
)

// Set is a field and the text typed for it; an empty text clears.
type Set struct{ Field, Text string }

// Create makes a customer. The owner is the member at this device and the
// department theirs, unless others were typed (DO9). What does not normalise is
// kept as typed and flagged.
func (b *Book) Create(ctx context.Context, sets []Set) (canon.DocID, canon.Hash, error) {
	m, s, err := b.who()
	if err != nil {
		return canon.DocID{}, canon.Hash{}, err
	}
	d, err := b.draft(s, sets)
	if err != nil {
		return canon.DocID{}, canon.Hash{}, err
	}
	d.edit.Message = "create"
	d.belong(s, b.assignee(s, m, d.typed("owner")))
	hash, err := b.Repo.Create(ctx, d.doc, d.salt, d.edit)
	if err != nil {
		return canon.DocID{}, canon.Hash{}, fmt.Errorf("new customer: %w", err)
	}
	return d.doc, hash, nil
}

// draft is a customer that is being made.
type draft struct {
	doc  canon.DocID
	salt [32]byte
	edit repo.Edit
}

func (d *draft) put(key string, v change.Value) {
	d.edit.Sets = append(d.edit.Sets, sets(key, v))
}

func sets(key string, v change.Value) repoSet { return repoSet{Key: key, Value: v} }

// draft draws the id and the salt and encodes what was typed. Fields that stay
// empty are not written.
func (b *Book) draft(s *charter.State, typed []Set) (*draft, error) {
	id, err := canon.RandomID(b.Rand)
	if err != nil {
		return nil, err
	}
	d := &draft{doc: id, edit: repo.Edit{NewTexts: []string{"n:memo"}}}
	if _, err := b.Rand.Read(d.salt[:]); err != nil {
		return nil, fmt.Errorf("draw salt: %w", err)
	}
	seen := map[string]bool{}
	for _, set := range typed {
		f, cf, err := b.fieldOf(s, set.Field)
		if err != nil {
			return nil, err
		}
		if seen[set.Field] {
			return nil, fmt.Errorf("%q twice: %w", set.Field, ErrField)
		}
		seen[set.Field] = true
		value := b.Schema.Typed(set.Field, set.Text).Value
		if value == "" {
			continue
		}
		v, err := b.encode(s, f, cf, d.doc, d.salt, value)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", set.Field, err)
		}
		d.put(key(set.Field), v)
	}
	return d, nil
}

// Set writes values of a customer as one change and gives its hash.
// repo.ErrNothing: everything stands there already. A value that equals the
// leading one while another stands beside it settles the two (PO6).
func (b *Book) Set(ctx context.Context, doc canon.DocID, typed ...Set) (canon.Hash, error) {
	return b.change(ctx, doc, "edit", func(p *page, e *repo.Edit) error {
		for _, set := range typed {
			text := b.Schema.Typed(set.Field, set.Text).Value
			before := len(e.Sets)
			if err := p.write(e, set.Field, text); err != nil {
				return err
			}
			if len(e.Sets) > before {
				p.assign(e, set.Field, text)
			}
		}
		return nil
	})
}

// change runs one edit of a customer; the page in fill is what the change will
// be made on.
func (b *Book) change(ctx context.Context, doc canon.DocID, message string, fill func(*page, *repo.Edit) error) (canon.Hash, error) {
	hash, err := b.Repo.Edit(ctx, doc, func(v *repo.View) (repo.Edit, error) {
		p, err := b.pageOf(v)
		if err != nil {
			return repo.Edit{}, err
		}
		e := repo.Edit{Message: message}
		if err := fill(p, &e); err != nil {
			return repo.Edit{}, err
		}
		if len(e.Sets) == 0 && len(e.Texts) == 0 {
			return repo.Edit{}, repo.ErrNothing
		}
		return e, nil
	})
	if err != nil {
		return canon.Hash{}, fmt.Errorf("change %s: %w", doc, err)
	}
	return hash, nil
}

// write adds a field's new canonical value to an edit, if it differs from what
// stands there.
func (p *page) write(e *repo.Edit, field, text string) error {
	f, cf, err := p.field(field)
	if err != nil {
		return err
	}
	now, known := p.values(f)
	if !known {
		return ErrDenied
	}
	same, err := p.equals(f, now, text)
	if err != nil {
		return fmt.Errorf("%q: %w", field, err)
	}
	if same {
		if now.Others() > 0 {
			e.Sets = append(e.Sets, sets("c:"+field, settlement(now)))
		}
		return nil
	}
	var salt [32]byte
	if f.Sealed {
		if salt, err = p.secret(); err != nil {
			return fmt.Errorf("%q: %w", field, err)
		}
	}
	v, err := p.b.encode(p.s, f, cf, p.v.Doc(), salt, text)
	if err != nil {
		return fmt.Errorf("%q: %w", field, err)
	}
	e.Sets = append(e.Sets, sets(key(field), v))
	return nil
}

// equals compares a text with the leading value. A sealed value that cannot be
// opened here equals nothing.
func (p *page) equals(f schema.Field, now FieldValues, text string) (bool, error) {
	all := p.v.All(key(f.ID))
	if len(all) == 0 || now.Lead().State == Empty {
		return text == "" && len(now.Values) <= 1, nil
	}
	stored := all[len(all)-1].Value
	if !f.Sealed {
		return stored.Str() == text, nil
	}
	plain, _, err := p.unseal(f, stored)
	if errors.Is(err, ErrNotHere) {
		return false, err
	}
	return err == nil && plain == text, nil
}

// Delete puts a customer into the recycle bin, Undelete takes it out again.
// Nothing of it is lost.
func (b *Book) Delete(ctx context.Context, doc canon.DocID) (canon.Hash, error) {
	return b.bin(ctx, doc, true)
}

// Undelete takes a customer out of the recycle bin.
func (b *Book) Undelete(ctx context.Context, doc canon.DocID) (canon.Hash, error) {
	return b.bin(ctx, doc, false)
}

func (b *Book) bin(ctx context.Context, doc canon.DocID, deleted bool) (canon.Hash, error) {
	return b.change(ctx, doc, "edit", func(p *page, e *repo.Edit) error {
		if p.s.Policy().May(p.m.ID, charter.ActionDelete, "", p.row) != nil {
			return ErrDenied
		}
		if p.deleted() != deleted || len(p.v.All("s:tombstone")) > 1 {
			e.Sets = append(e.Sets, sets("s:tombstone", change.Bool(deleted)))
		}
		return nil
	})
}

// MayWrite tells what the member at this device may do in a field's section.
func (b *Book) MayWrite(field string) bool {
	m, s, err := b.who()
	if err != nil {
		return false
	}
	f, _, err := b.fieldOf(s, field)
	return err == nil && s.Policy().Sees(m.ID, f.Section) >= charter.LevelWrite
}

// Can tells whether the member at this device has an ability.
func (b *Book) Can(a charter.Ability) bool {
	m, s, err := b.who()
	return err == nil && s.Policy().Can(m.ID, a)
}

// ops are the operations that wrote values.
func ops(values []Value) []change.OpID {
	out := make([]change.OpID, len(values))
	for i, v := range values {
		out[i] = v.Op
	}
	return out
}
