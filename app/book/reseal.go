package book

import (
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/repo"
)

// Reseal seals a stored value of a sealed field anew under the newest key of
// its section, for a rebase after the key rose (RB3, KY6).
func (b *Book) Reseal(doc canon.DocID, k string, sealed []byte) ([]byte, error) {
	s := b.Repo.Charter().State()
	if s == nil {
		return nil, repo.ErrNoCharter
	}
	id, ok := fieldID(k)
	if !ok {
		return nil, fmt.Errorf("seal anew: %w", ErrField)
	}
	f, cf, err := b.fieldOf(s, id)
	if err != nil {
		return nil, fmt.Errorf("seal anew: %w", err)
	}
	p := &page{b: b, doc: doc, s: s}
	text, _, err := p.unseal(f, change.Bytes(sealed))
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s anew: %w", id, doc, err)
	}
	salt, err := p.secret()
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s anew: %w", id, doc, err)
	}
	v, err := b.encode(s, f, cf, doc, salt, text)
	if err != nil {
		return nil, fmt.Errorf("seal %s of %s anew: %w", id, doc, err)
	}
	return v.Bytes(), nil
}
