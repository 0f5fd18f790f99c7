package book

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

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
	// By edited it last, for Kept; Field is one of the fields it was in.
	By    Named
	Field string
	// Fields are set back, for Restored; Kept fields of the same customer were
	// edited since.
	Fields, KeptFields []string
	// MayForce: it is kept, and the member may set it back all the same.
	MayForce bool
}

// PlanUndo says what undoing a batch would do with one customer. force sets it
// back although it was edited since.
func (b *Book) PlanUndo(doc canon.DocID, batch [16]byte, force bool) (UndoRow, error) {
	p, err := b.open(doc)
	if err != nil {
		return UndoRow{}, err
	}
	entries, err := b.Repo.History(doc)
	if err != nil {
		return UndoRow{}, err
	}
	row, _ := p.planUndo(entries, canon.Text16(batch), force)
	return row, nil
}

// planUndo also gives what to write.
func (p *page) planUndo(entries []repo.Entry, batch string, force bool) (UndoRow, []repoSet) {
	row := UndoRow{Doc: p.doc, Kind: Untouched}
	first := slices.IndexFunc(entries, func(e repo.Entry) bool { return e.Kind == "import" && e.Cause == batch })
	if first < 0 {
		return row, nil
	}
	row.Source = rowOf(p.provenance(), func(r *record) bool { return r.Batch == batch })
	if first == 0 {
		return p.planRemove(row, entries, batch, force)
	}
	return p.planRestore(row, entries, batch, force)
}

// planRemove is for a customer that the batch made.
func (p *page) planRemove(row UndoRow, entries []repo.Entry, batch string, force bool) (UndoRow, []repoSet) {
	if p.deleted() {
		return row, nil
	}
	others := false // members beside the importer wrote in it
	for _, e := range entries[1:] {
		others = others || e.Member != entries[0].Member
		if ofBatch(e, batch) || e.Member == entries[0].Member && bare(&e) {
			continue
		}
		row.Kind, row.Why, row.By = Kept, KeptEdited, p.b.Person(e.Device)
		row.Field = firstField(e)
	}
	own := entries[0].Member == p.m.ID && !others
	mayDelete := p.s.Policy().May(p.m.ID, charter.ActionDelete, "", p.row) == nil
	mayUndo := own && p.s.Policy().May(p.m.ID, charter.ActionUndo, "s:tombstone", p.row) == nil
	may := mayDelete || mayUndo
	switch {
	case row.Kind == Kept && !force:
		row.MayForce = may
		return row, nil
	case !may:
		row.Kind, row.Why, row.By = Kept, KeptDenied, Named{}
		return row, nil
	}
	row.Kind, row.Why = Removed, ""
	return row, []repoSet{sets("s:tombstone", change.Bool(true))}
}

// planRestore is for a customer that the batch updated.
func (p *page) planRestore(row UndoRow, entries []repo.Entry, batch string, force bool) (UndoRow, []repoSet) {
	before := map[string]change.Value{} // what stood before the batch's first write
	last := map[string]change.OpID{}    // what the batch wrote last
	for _, e := range entries {
		if e.Kind != "import" || e.Cause != batch {
			continue
		}
		for _, k := range e.Keys {
			if _, ok := fieldID(k.Key); !ok {
				continue
			}
			if _, seen := before[k.Key]; !seen {
				before[k.Key] = winner(k.Old)
			}
			last[k.Key] = k.New.ID
		}
	}
	e := repo.Edit{}
	for _, k := range sortedKeys(before) {
		field, _ := fieldID(k)
		now := p.v.All(k)
		if !force && (len(now) != 1 || now[0].ID != last[k]) {
			if undone := len(now) == 1 && writtenByUndo(entries, now[0].ID, batch); !undone {
				row.KeptFields = append(row.KeptFields, field)
				row.By, row.Field = p.b.Person(now[len(now)-1].ID.Actor.Device()), field
			}
			continue
		}
		if p.s.Policy().May(p.m.ID, charter.ActionWrite, k, p.row) != nil {
			row.Kind, row.Why = Kept, KeptDenied
			return row, nil
		}
		if err := p.rewrite(&e, field, before[k]); err != nil {
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

func writtenByUndo(entries []repo.Entry, op change.OpID, batch string) bool {
	for _, e := range entries {
		if e.Kind != "undo" || e.Cause != batch {
			continue
		}
		for _, k := range e.Keys {
			if k.New.ID == op {
				return true
			}
		}
	}
	return false
}

func ofBatch(e repo.Entry, batch string) bool {
	return (e.Kind == "import" && e.Cause == batch) || (e.Kind == "undo" && e.Cause == batch)
}

// bare tells that an act did nothing but note that rows of a file stand in the
// customer. Another member's counts: the customer is in their file.
func bare(e *repo.Entry) bool {
	return e.Texts == 0 && !slices.ContainsFunc(e.Keys, func(k repo.KeyChange) bool { return !strings.HasPrefix(k.Key, "p:") })
}

func firstField(e repo.Entry) string {
	for _, k := range e.Keys {
		if id, ok := fieldID(k.Key); ok {
			return id
		}
	}
	return ""
}

func sortedKeys(m map[string]change.Value) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// Undo undoes a batch in the given customers, in transactions of many. What
// somebody edited since is left as it is, unless force names it. It can be
// stopped between two transactions and called again: what is undone already
// counts as untouched. result hears of each customer in order.
func (b *Book) Undo(ctx context.Context, batch [16]byte, docs []canon.DocID, force map[canon.DocID]bool, result func(UndoRow, error)) error {
	id := canon.Text16(batch)
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
			entries, err := b.Repo.History(doc)
			if err != nil {
				return fmt.Errorf("undo in %s: %w", doc, err)
			}
			planned := &UndoRow{Doc: doc}
			rows = append(rows, planned)
			err = w.Edit(doc, func(v *repo.View) (repo.Edit, error) {
				p, err := b.pageOf(v)
				if err != nil {
					return repo.Edit{}, err
				}
				e := repo.Edit{Message: "undo:" + id}
				*planned, e.Sets = p.planUndo(entries, id, force[doc])
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

// Redo takes the last undo of a batch back in the given customers, as far as
// what it wrote still stands. Its changes say undo:<batch> too: that is what
// lets a member without delete take back what he put into the bin (PO6).
func (b *Book) Redo(ctx context.Context, batch [16]byte, docs []canon.DocID, result func(canon.DocID, error)) error {
	id := canon.Text16(batch)
	return b.Repo.Batch(ctx, func(r repo.Result) { result(r.Doc, r.Err) }, func(w *repo.Batch) error {
		for _, doc := range docs {
			entries, err := b.Repo.History(doc)
			if err != nil {
				return fmt.Errorf("redo in %s: %w", doc, err)
			}
			err = w.Edit(doc, func(v *repo.View) (repo.Edit, error) {
				p, err := b.pageOf(v)
				if err != nil {
					return repo.Edit{}, err
				}
				e := repo.Edit{Message: "undo:" + id}
				err = p.redo(&e, entries, id)
				return e, err
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *page) redo(e *repo.Edit, entries []repo.Entry, batch string) error {
	for _, en := range slices.Backward(entries) {
		if en.Kind != "undo" || en.Cause != batch {
			continue
		}
		for _, k := range en.Keys {
			if !p.stands(k) {
				continue
			}
			if field, ok := fieldID(k.Key); ok {
				if err := p.rewrite(e, field, winner(k.Old)); err != nil {
					return err
				}
			} else if k.Key == "s:tombstone" {
				e.Sets = append(e.Sets, sets(k.Key, change.Bool(false)))
			}
		}
		break
	}
	if len(e.Sets) == 0 {
		return repo.ErrNothing
	}
	return nil
}
