// Package book is the use cases on customers: read a card, write values, see
// and settle two values, walk through the past, write an import and undo it.
//
// It brings typed text to its normal form (schema), seals what belongs to a
// sealed section (seal), asks the policy before it reads or writes, and leaves
// documents to repo. It does not list or search (index does) and reads no
// files (sheet does). Invariants:
//
//  1. What does not normalise is kept as typed and flagged, never refused.
//  2. Sealed plaintext leaves only through Reveal and Facts, and Facts is for
//     the index, which keeps keyed hashes and the masked form of it.
//  3. Clearing writes null; no key is ever deleted (PO7).
//  4. Whatever returns without an error is on disk.
package book

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
)

// The errors beside those of repo (ErrNoDocument, *gate.Refusal, ...).
var (
	// ErrDenied means that the member's role does not allow it.
	ErrDenied = errors.New("not allowed for this role")
	// ErrField means a field that the schema does not know or that holds no
	// single value.
	ErrField = errors.New("no such field")
	// ErrTooLong means a value over the limits of wire.md section 1.
	ErrTooLong = errors.New("value too long")
	// ErrNotHere means that key material for it has not arrived yet (SE0).
	ErrNotHere = errors.New("key material is not here yet")
	// ErrNoValue means that the value named is not one of those that stand.
	ErrNoValue = errors.New("no such value")
)

// Config is what a book works with. All are required.
type Config struct {
	Repo   *repo.Repo
	Schema *schema.Schema
	// Ring holds the section keys of this device; keys may be added to it.
	Ring *seal.Ring
	Rand io.Reader
	Now  func() time.Time
}

// Book is safe for use by several goroutines. It has nothing to close.
type Book struct{ Config }

// New makes a book.
func New(cfg Config) *Book { return &Book{cfg} }

// who is the member at this device and the charter's newest state.
func (b *Book) who() (charter.Member, *charter.State, error) {
	s := b.Repo.Charter().State()
	if s == nil {
		return charter.Member{}, nil, repo.ErrNoCharter
	}
	m, ok := s.MemberOf(b.Repo.Device())
	if !ok {
		return charter.Member{}, nil, ErrDenied
	}
	return m, s, nil
}

// open reads a document and checks that the member sees its row.
func (b *Book) open(doc canon.DocID) (*page, error) {
	v, err := b.Repo.Read(doc)
	if err != nil {
		return nil, err
	}
	return b.pageOf(v)
}

func (b *Book) pageOf(v *repo.View) (*page, error) {
	m, s, err := b.who()
	if err != nil {
		return nil, err
	}
	if kind, _ := s.DocKind(v.Doc()); kind != charter.DocCustomer {
		return nil, fmt.Errorf("open %s: %w", v.Doc(), repo.ErrNoDocument)
	}
	p := &page{b: b, doc: v.Doc(), v: v, m: m, s: s, row: v.Row(s)}
	if !s.Policy().SeesRow(m.ID, p.row) {
		return nil, fmt.Errorf("open %s: %w", v.Doc(), ErrDenied)
	}
	return p, nil
}

// page is one customer as one member sees it.
type page struct {
	b   *Book
	doc canon.DocID
	v   *repo.View
	m   charter.Member
	s   *charter.State
	row charter.Row

	salt     [32]byte
	salted   bool
	saltRead bool
	// exact, when set, gathers the plaintexts of sealed fields for Facts.
	exact map[string][]string
}

// key is the document key of a field's value.
func key(field string) string {
	if field == charter.FieldStage {
		return "s:stage"
	}
	return "f:" + field
}

// field gives a field that has a single value of its own, with what the
// charter says of it.
func (p *page) field(id string) (schema.Field, charter.Field, error) {
	return p.b.fieldOf(p.s, id)
}

func (b *Book) fieldOf(s *charter.State, id string) (schema.Field, charter.Field, error) {
	f, ok := b.Schema.Field(id)
	cf, known := s.Field(id)
	if !ok || !known || f.Type == schema.TypeLong || f.Type == schema.TypeEntries {
		return f, cf, fmt.Errorf("%q: %w", id, ErrField)
	}
	return f, cf, nil
}

// fields are the fields with single values, in the schema's order.
func (b *Book) fields() iter.Seq[schema.Field] {
	return func(yield func(schema.Field) bool) {
		for f := range b.Schema.All() {
			if f.Type != schema.TypeLong && f.Type != schema.TypeEntries && !yield(f) {
				return
			}
		}
	}
}

// saltOf is a customer's salt: the view's, which may be of a customer that is
// only being made, or the store's. v may be nil.
func (b *Book) saltOf(v *repo.View, doc canon.DocID) (salt [32]byte, ok bool, err error) {
	if v != nil {
		if salt, ok = v.Salt(); ok {
			return salt, true, nil
		}
	}
	return b.Repo.Salt(doc)
}

// secret is the customer's salt, read once.
func (p *page) secret() ([32]byte, error) {
	if !p.saltRead {
		salt, ok, err := p.b.saltOf(p.v, p.doc)
		if err != nil {
			return salt, err
		}
		p.salt, p.salted, p.saltRead = salt, ok, true
	}
	if !p.salted {
		return p.salt, ErrNotHere
	}
	return p.salt, nil
}
