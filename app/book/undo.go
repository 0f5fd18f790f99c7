package book

import (
	"context"
	"errors"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
)

// UndoKind is what undoing an import does with one customer.
type UndoKind string

// The kinds, and Untouched for a customer that nothing of the batch stands in.
const (
	Removed   UndoKind = "removed"  // made by the import: into the recycle bin
	Restored  UndoKind = "restored" // values set back to what was there before
	Kept      UndoKind = "kept"
	Untouched UndoKind = "untouched"
)

// Why a customer is kept.
const (
	KeptEdited = "edited" // somebody worked on it since
	KeptDenied = "denied" // the member may not undo it
)

// UndoRow is what undoing does with one customer.
type UndoRow struct {
	Doc    canon.DocID
	Kind   UndoKind
	Why    string
	Source *Source
	// By edited it last, for Kept, at At by the author's clock; Field is one of the
	// fields it was in, empty where it was in none.
	By    Named
	At    int64
	Field string
	// Fields are set back, for Restored; Kept fields of the same customer were
	// edited since.
	Fields, KeptFields []string
	// MayForce: it is kept, and the member may set it back all the same.
	MayForce bool
}

// Undoing says what is undone.
type Undoing struct {
	Batch [16]byte
	// Force names customers that are set back although they were edited since.
	Force map[canon.DocID]bool
	// Undone are other imports that were undone: that a customer is in their files
	// keeps it no more. In a customer itself only values tell of an undo.
	Undone []string
}

// PlanUndo says what undoing a batch would do with one customer.
func (b *Book) PlanUndo(doc canon.DocID, u Undoing) (UndoRow, error) {
	p, err := b.open(doc)
	if err != nil {
		return UndoRow{}, err
	}
	row, _ := p.planUndo(u)
	return row, nil
}

// planUndo also gives what to write.
func (p *page) planUndo(u Undoing) (UndoRow, []repoSet) {
	t, batch, force := p.trail(u.Undone...), canon.Text16(u.Batch), u.Force[p.doc]
	row := UndoRow{Doc: p.doc, Kind: Untouched}
	first := slices.IndexFunc(t.acts, func(a act) bool { return a.kind == kindImport && a.cause == batch })
	if first < 0 {
		return row, nil
	}
	row.Source = rowOf(p.provenance(), func(r *record) bool { return r.Batch == batch })
	if first == 0 {
		return t.planRemove(row, batch, force)
	}
	return t.planRestore(row, batch, force)
}

// planRemove is for a customer that the batch made.
func (t *trail) planRemove(row UndoRow, batch string, force bool) (UndoRow, []repoSet) {
	p := t.p
	if p.deleted() {
		return row, nil
	}
	importer := t.member(&t.acts[0])
	other := t.lastBeside(importer)
	own := importer == p.m.ID
	mayDelete := p.s.Policy().May(p.m.ID, charter.ActionDelete, "", p.row) == nil
	mayUndo := own && other == nil && p.s.Policy().May(p.m.ID, charter.ActionUndo, "s:tombstone", p.row) == nil
	may := mayDelete || mayUndo
	keeper, field := t.keeper(batch)
	if keeper == nil && own && !may {
		keeper = other // PO6: what others wrote stands in the way even where it was undone
	}
	switch {
	case keeper != nil && !force:
		row.Kind, row.Why, row.MayForce = Kept, KeptEdited, may
		row.By, row.At, row.Field = p.b.Person(keeper.Actor.Device()), keeper.Time, field
		return row, nil
	case !may:
		row.Kind, row.Why = Kept, KeptDenied
		return row, nil
	}
	row.Kind = Removed
	return row, []repoSet{sets("s:tombstone", change.Bool(true))}
}

// planRestore is for a customer that the batch updated.
func (t *trail) planRestore(row UndoRow, batch string, force bool) (UndoRow, []repoSet) {
	p := t.p
	e := repo.Edit{}
	for i := range t.keys {
		k := &t.keys[i]
		field, ok := fieldID(k.key)
		gave, over := k.given(batch)
		if !ok || gave == nil {
			continue
		}
		if over != nil && !force {
			row.KeptFields = append(row.KeptFields, field)
			row.By, row.At, row.Field = p.b.Person(over.ID.Actor.Device()), over.act.Time, field
			continue
		}
		if p.s.Policy().May(p.m.ID, charter.ActionWrite, k.key, p.row) != nil {
			row.Kind, row.Why = Kept, KeptDenied
			return row, nil
		}
		if err := p.rewrite(&e, field, k.before(gave, batch)); err != nil {
			row.KeptFields = append(row.KeptFields, field)
			continue
		}
		row.Fields = append(row.Fields, field)
	}
	switch {
	case len(e.Sets) > 0:
		row.Kind = Restored
	case len(row.KeptFields) > 0:
		row.Kind, row.Why, row.MayForce = Kept, KeptEdited, true
	}
	return row, e.Sets
}

// Undo undoes a batch in the given customers, in transactions of many. What
// somebody edited since is left as it is, unless Force names it. It can be
// stopped between two transactions and called again: what is undone already
// counts as untouched. result hears of each customer in order.
func (b *Book) Undo(ctx context.Context, u Undoing, docs []canon.DocID, result func(UndoRow, error)) error {
	var rows []*UndoRow // added, not reported yet
	hear := func(r repo.Result) {
		row := rows[0]
		rows = rows[1:]
		if errors.Is(r.Err, repo.ErrNothing) {
			r.Err = nil
		}
		result(*row, r.Err)
	}
	return b.Repo.Batch(ctx, hear, func(w *repo.Batch) error {
		for _, doc := range docs {
			planned := &UndoRow{Doc: doc}
			rows = append(rows, planned)
			err := w.Edit(doc, func(v *repo.View) (repo.Edit, error) {
				p, err := b.pageOf(v)
				if err != nil {
					return repo.Edit{}, err
				}
				e := repo.Edit{Message: "undo:" + canon.Text16(u.Batch)}
				*planned, e.Sets = p.planUndo(u)
				if len(e.Sets) == 0 {
					return repo.Edit{}, repo.ErrNothing
				}
				return e, nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Redo takes the undo of a batch back in the given customers, as far as what it
// wrote still stands; where it is taken back already it does nothing. Its changes
// say undo:<batch> too: that is what lets a member without delete take back what
// he put into the bin (PO6).
func (b *Book) Redo(ctx context.Context, batch [16]byte, docs []canon.DocID, result func(canon.DocID, error)) error {
	id := canon.Text16(batch)
	return b.Repo.Batch(ctx, func(r repo.Result) { result(r.Doc, r.Err) }, func(w *repo.Batch) error {
		for _, doc := range docs {
			err := w.Edit(doc, func(v *repo.View) (repo.Edit, error) {
				p, err := b.pageOf(v)
				if err != nil {
					return repo.Edit{}, err
				}
				e := repo.Edit{Message: "undo:" + id}
				err = p.redo(&e, id)
				return e, err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *page) redo(e *repo.Edit, batch string) error {
	t := p.trail()
	for i := range t.keys {
		k := &t.keys[i]
		u := k.lastUndo(batch)
		if u == nil {
			continue
		}
		if field, ok := fieldID(k.key); ok {
			if err := p.rewrite(e, field, k.winner(u.Old)); err != nil {
				return err
			}
		} else if k.key == "s:tombstone" && u.Value.Bool() {
			e.Sets = append(e.Sets, sets(k.key, change.Bool(false)))
		}
	}
	if len(e.Sets) == 0 {
		return repo.ErrNothing
	}
	return nil
}

// Undone tells what a customer knows of the undo of a batch: whether it is as if
// the batch had never been, because what that made lies in the bin by its undo or
// nothing that it gave stands; and whether an undo would still take something
// back. Of a batch that changed nothing in it a customer knows neither.
func (b *Book) Undone(doc canon.DocID, batch [16]byte) (undone, stands bool, err error) {
	p, err := b.open(doc)
	if err != nil {
		return false, false, err
	}
	t, id := p.trail(), canon.Text16(batch)
	if t.acts[0].of(id) {
		keeper, _ := t.keeper(id)
		undone = slices.ContainsFunc(t.keys, func(k track) bool {
			u := k.lastUndo(id)
			return k.key == "s:tombstone" && u != nil && u.Value.Bool()
		})
		return undone, !p.deleted() && keeper == nil, nil
	}
	stands = slices.ContainsFunc(t.keys, func(k track) bool {
		gave, over := k.given(id)
		_, field := fieldID(k.key)
		return field && gave != nil && over == nil
	})
	return t.undone(id), stands, nil
}
