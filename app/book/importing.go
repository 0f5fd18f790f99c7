package book

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
	"tongce/crdt/store"
)

// RowSet is one value that an import writes, in canonical form.
type RowSet struct {
	Field, Text string
	// Flag is a remark that travels with the value (PO6), or empty.
	Flag string
	// From is the index of the row of Row.Sources that it came from.
	From int
}

// RowSource names a row of a file.
type RowSource struct {
	File, Sheet string
	Row         uint64
	known       bool // nothing of it is new, and the document names it
}

// Row is what an import writes into one customer.
type Row struct {
	// Doc is the customer that is updated; the zero id makes a new one.
	Doc  canon.DocID
	Sets []RowSet
	// Sources are the rows that stand in the customer, also those that give no
	// value: what a file holds is known from the book (PO6).
	Sources []RowSource
	// Then are written after it in the same transaction, one change each: what
	// one row of a file says and another displaces stays in the history (IM14).
	// Their Doc does not count.
	Then []Row
}

// Outcome says what became of one row, after it is on disk.
type Outcome struct {
	Index   int
	Doc     canon.DocID
	Created bool
	// Changed is false when every value stood there already; Bare tells that there
	// was none to write.
	Changed, Bare bool
	Err           error
}

// Import writes rows in batches of one transaction each, as changes with the
// message import:<batch>. next gives the rows one by one and ok false at the
// end; mark, which may be nil, puts the progress (index of the last row) into the
// same transaction as its rows, so that a killed import goes on exactly where it
// stood. result hears of each row in order. An error of ctx ends it between two
// transactions.
func (b *Book) Import(ctx context.Context, batch [16]byte, next func() (Row, int, bool), mark func(store.Tx, int) error, result func(Outcome)) error {
	m, s, err := b.who()
	if err != nil {
		return err
	}
	if !s.Policy().Can(m.ID, charter.Import) {
		return ErrDenied
	}
	var waiting []*Outcome // added, not reported yet
	hear := func(r repo.Result) {
		o := waiting[0]
		waiting = waiting[1:]
		o.Doc = r.Doc
		o.Changed = o.Changed && r.Err == nil
		if r.Err != nil && !errors.Is(r.Err, repo.ErrNothing) {
			o.Err = r.Err
		}
		result(*o)
	}
	message := "import:" + canon.Text16(batch)
	err = b.Repo.Batch(ctx, hear, func(w *repo.Batch) error {
		for {
			row, index, ok := next()
			if !ok {
				return nil
			}
			o := &Outcome{Index: index, Doc: row.Doc, Created: row.Doc == canon.DocID{}, Bare: len(row.Sets)+len(row.Then) == 0}
			var own rowError
			waiting = append(waiting, o)
			err := b.addRow(w, message, row, m, s, &o.Changed)
			switch {
			case errors.As(err, &own): // this row only; nothing of it was added
				waiting = waiting[:len(waiting)-1]
				o.Err = own.error
				result(*o)
			case err != nil:
				return err
			}
			if mark != nil { // after the row, or it could be written a part too early
				w.Also(func(tx store.Tx) error { return mark(tx, index) })
			}
		}
	})
	return err
}

// rowError is an error of one row, which does not stop the others.
type rowError struct{ error }

// addRow adds a row to the batch.
func (b *Book) addRow(w *repo.Batch, message string, row Row, m charter.Member, s *charter.State, wrote *bool) error {
	update := func(row Row) repo.EditFunc {
		return func(v *repo.View) (repo.Edit, error) { return b.updateRow(v, message, row, wrote) }
	}
	var edits []repo.EditFunc
	for _, r := range row.Then {
		edits = append(edits, update(r))
	}
	if row.Doc != (canon.DocID{}) {
		return w.Edit(row.Doc, append([]repo.EditFunc{update(row)}, edits...)...)
	}
	*wrote = true
	d, err := b.draft(s, nil)
	if err != nil {
		return err
	}
	if err := b.fillRow(d, message, row, m, s); err != nil {
		return rowError{err}
	}
	return w.Create(d.doc, d.salt, d.edit, edits...)
}

func (b *Book) fillRow(d *draft, message string, row Row, m charter.Member, s *charter.State) error {
	d.edit.Message = message
	for _, set := range row.Sets {
		f, cf, err := b.fieldOf(s, set.Field)
		if err != nil {
			return err
		}
		v, err := b.encode(s, f, cf, d.doc, d.salt, set.Text)
		if err != nil {
			return fmt.Errorf("%q: %w", set.Field, err)
		}
		d.put(key(set.Field), v)
	}
	owner := b.assignee(s, m, d.typed(fieldOwner))
	d.put("s:owner", change.String(owner.ID.String()))
	d.put("s:department", change.String(owner.Department))
	return b.addProvenance(&d.edit, message, row, row.Sets)
}

// updateRow writes what differs, tells whether that is any value, and notes the
// rows that the customer does not know yet. An empty text never clears.
func (b *Book) updateRow(v *repo.View, message string, row Row, wrote *bool) (repo.Edit, error) {
	p, err := b.pageOf(v)
	if err != nil {
		return repo.Edit{}, err
	}
	e := repo.Edit{Message: message}
	var written []RowSet
	for _, set := range row.Sets {
		if set.Text == "" {
			continue
		}
		before := len(e.Sets)
		if err := p.write(&e, set.Field, set.Text); err != nil {
			return repo.Edit{}, err
		}
		switch {
		case len(e.Sets) > before && e.Sets[before].Key == key(set.Field):
			written = append(written, set)
		default:
			e.Sets = e.Sets[:before] // an import confirms nothing
		}
	}
	*wrote = *wrote || len(written) > 0
	known := p.provenance()
	row.Sources = slices.Clone(row.Sources)
	for i := range row.Sources {
		src := &row.Sources[i]
		gave := slices.ContainsFunc(written, func(s RowSet) bool { return s.From == i })
		src.known = !gave && slices.ContainsFunc(known, func(r record) bool {
			return r.File == src.File && r.Sheet == src.Sheet && r.Row == src.Row
		})
	}
	if err := b.addProvenance(&e, message, row, written); err != nil {
		return repo.Edit{}, err
	}
	if len(e.Sets) == 0 {
		return repo.Edit{}, repo.ErrNothing
	}
	return e, nil
}

// addProvenance names file, sheet and row of each value written, and of each
// row that gave none (PO6).
func (b *Book) addProvenance(e *repo.Edit, message string, row Row, written []RowSet) error {
	for i, src := range row.Sources {
		p := gate.Provenance{Batch: message[len("import:"):], File: src.File, Sheet: src.Sheet, Row: src.Row}
		for _, set := range written {
			if set.From != i {
				continue
			}
			f := gate.ProvenanceField{ID: set.Field}
			if set.Flag != "" {
				flag := set.Flag
				f.Flag = &flag
			}
			p.Fields = append(p.Fields, f)
		}
		if src.known {
			continue
		}
		id, err := canon.RandomID(b.Rand)
		if err != nil {
			return err
		}
		e.Sets = append(e.Sets, sets("p:"+canon.Text16(id), change.Bytes(gate.EncodeProvenance(p))))
	}
	return nil
}
