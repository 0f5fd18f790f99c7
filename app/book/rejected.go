package book

import (
	"fmt"

	"tongce/crdt/change"
	"tongce/crdt/repo"
)

// Rejected is an edit of ours that the book did not take, as its author reads
// it. Sealed values are masked; RejectedText opens one for copying.
type Rejected struct {
	repo.Unaccepted
	Field  string
	Sealed bool
	Before Value
	Wrote  Value
}

// Rejected lists what was not accepted, oldest first (RB5).
func (b *Book) Rejected() ([]Rejected, error) {
	items, err := b.Repo.NotAccepted()
	if err != nil {
		return nil, err
	}
	out := make([]Rejected, len(items))
	for i, it := range items {
		r := Rejected{Unaccepted: it, Before: Value{State: Unreadable}, Wrote: Value{State: Unreadable}}
		if id, ok := fieldID(it.Key); ok {
			r.Field = id
			if f, ok := b.Schema.Field(id); ok {
				r.Sealed = f.Sealed
				p := &page{b: b, doc: it.Doc}
				p.show(f, it.Base, &r.Before)
				p.show(f, it.Value, &r.Wrote)
			}
		}
		out[i] = r
	}
	return out, nil
}

// RejectedText is the text of one item, opened, for the clipboard.
func (b *Book) RejectedText(id uint64) (string, error) {
	items, err := b.Repo.NotAccepted()
	if err != nil {
		return "", err
	}
	for _, it := range items {
		if it.ID != id {
			continue
		}
		field, ok := fieldID(it.Key)
		f, known := b.Schema.Field(field)
		switch {
		case it.Value.IsNull():
			return "", nil
		case it.Value.Kind == change.KindString:
			return it.Value.Str(), nil
		case !ok || !known:
			return "", ErrField
		}
		p := &page{b: b, doc: it.Doc}
		text, _, err := p.unseal(f, it.Value)
		return text, err
	}
	return "", fmt.Errorf("item %d: %w", id, ErrNoValue)
}

// Discard removes an item of the list, after the person was asked.
func (b *Book) Discard(ids ...uint64) error { return b.Repo.Discard(ids...) }
