package workspace

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/store"
)

// Undone is what undoing an import does or did: a row for each customer that
// something of it stands in.
type Undone struct {
	Removed, Restored, Kept int
	Rows                    []book.UndoRow
	// Denied: the member may not undo some of it, and so none of it: a batch
	// that is undone by half is neither there nor gone.
	Denied bool
}

// undoPlan is what undoing a batch would do, good while book and rights stay as
// they are: each page of a preview, and then the undo, need all of it.
type undoPlan struct {
	batch   [16]byte
	applied uint64
	rights  *charter.State
	undone  Undone
}

func (u *Undone) add(r book.UndoRow) {
	switch r.Kind {
	case book.Removed:
		u.Removed++
	case book.Restored:
		u.Restored++
	case book.Kept:
		u.Kept++
		u.Denied = u.Denied || r.Why == book.KeptDenied
	default:
		return
	}
	u.Rows = append(u.Rows, r)
}

// touched are the customers that something of a batch stands in. The batch may
// be of another device.
func (i *Import) touched(ctx context.Context, batch [16]byte) ([]canon.DocID, error) {
	if err := i.w.follow.catchUp(ctx); err != nil {
		return nil, err
	}
	var all []canon.DocID
	for _, deleted := range []bool{false, true} {
		ids, err := i.w.Index.IDs(index.Query{Batch: canon.Text16(batch), Deleted: deleted})
		if err != nil {
			return nil, err
		}
		all = append(all, ids...)
	}
	if len(all) == 0 {
		return nil, ErrNoBatch
	}
	return all, nil
}

// PlanUndo says what undoing a batch would do; nothing is written. force names
// customers that are set back although somebody edited them since. The rows are
// not the caller's to change.
func (i *Import) PlanUndo(ctx context.Context, batch [16]byte, force map[canon.DocID]bool) (Undone, error) {
	docs, err := i.touched(ctx, batch)
	if err != nil {
		return Undone{}, fmt.Errorf("plan undo: %w", err)
	}
	now := undoPlan{batch: batch, applied: i.w.Index.Applied(), rights: i.w.Charter()}
	i.mu.Lock()
	last := i.undo
	i.mu.Unlock()
	now.undone = last.undone
	if last.batch != now.batch || last.applied != now.applied || last.rights != now.rights {
		if now.undone, err = i.planUndo(ctx, i.undoing(batch, nil), docs); err != nil {
			return Undone{}, err
		}
		i.mu.Lock()
		i.undo = now
		i.mu.Unlock()
	}
	if len(force) == 0 {
		return now.undone, nil
	}
	forced, err := i.planUndo(ctx, i.undoing(batch, force), slices.Collect(maps.Keys(force)))
	if err != nil {
		return Undone{}, err
	}
	other := map[canon.DocID]book.UndoRow{}
	for _, r := range forced.Rows {
		other[r.Doc] = r
	}
	var u Undone
	for _, r := range now.undone.Rows {
		if f, there := other[r.Doc]; there {
			r = f
		}
		u.add(r)
	}
	return u, nil
}

func (i *Import) planUndo(ctx context.Context, what book.Undoing, docs []canon.DocID) (Undone, error) {
	rows := make([]book.UndoRow, len(docs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for n, doc := range docs {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var err error
			rows[n], err = i.w.Book.PlanUndo(doc, what)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return Undone{}, fmt.Errorf("plan undo: %w", err)
	}
	var u Undone
	for _, r := range rows {
		u.add(r)
	}
	return u, nil
}

// undoing is the undo of a batch with the other batches that were undone.
func (i *Import) undoing(batch [16]byte, force map[canon.DocID]bool) book.Undoing {
	u := book.Undoing{Batch: batch, Force: force}
	for _, b := range i.w.Index.Batches() {
		id, err := canon.ParseText16(b.ID)
		if err == nil && id != batch && i.wasUndone(id) {
			u.Undone = append(u.Undone, b.ID)
		}
	}
	return u
}

// tellers is how many customers of a batch, of its first, middle and last ones,
// are asked whether it was undone: one that it changed nothing in does not know.
const tellers = 20

// wasUndone tells whether a batch was undone, on whatever device: what it made
// lies in the recycle bin by that, what it changed is set back, and nothing is
// left that an undo would take back.
func (i *Import) wasUndone(batch [16]byte) bool {
	told := false
	for _, deleted := range []bool{false, true} {
		q := index.Query{Batch: canon.Text16(batch), Deleted: deleted, Limit: tellers}
		for _, part := range []int{0, 1, 2} {
			page, err := i.w.Index.List(q)
			if err != nil {
				return false
			}
			for _, c := range page.Customers {
				undone, stands, err := i.w.Book.Undone(c.ID, batch)
				if stands && err == nil {
					return false
				}
				told = told || undone && err == nil
			}
			q.Offset = max(q.Offset+tellers, (page.Total-tellers)*(part+1)/2)
			if q.Offset >= page.Total {
				break
			}
		}
	}
	return told
}

// Undo takes a batch back. A member who may not undo all of it undoes none:
// book.ErrDenied. It can be cancelled between two transactions and called again;
// what was undone by then is returned with the error. progress may be nil.
func (i *Import) Undo(ctx context.Context, batch [16]byte, force map[canon.DocID]bool, progress func(done, total int)) (Undone, error) {
	plan, err := i.PlanUndo(ctx, batch, force)
	if err != nil {
		return Undone{}, err
	}
	if plan.Denied {
		return plan, fmt.Errorf("undo import: %w", book.ErrDenied)
	}
	var docs []canon.DocID
	for _, r := range plan.Rows {
		docs = append(docs, r.Doc)
	}
	if progress != nil {
		progress(0, len(docs))
	}
	var u Undone
	var failed error
	done := 0
	err = i.w.Book.Undo(ctx, i.undoing(batch, force), docs, func(r book.UndoRow, err error) {
		if err != nil {
			failed = errors.Join(failed, err)
		} else {
			u.add(r)
		}
		if done++; done%256 == 0 && progress != nil {
			progress(done, len(docs))
		}
	})
	if err = errors.Join(err, failed); err != nil {
		return u, fmt.Errorf("undo import: %w", err)
	}
	if u.Removed+u.Restored > 0 {
		err = i.remark(ctx, batch, PhaseUndone)
	}
	return u, err
}

// Redo takes the undo of a batch back, and tells in how many customers. Like Undo
// it can be cancelled and called again. progress may be nil.
func (i *Import) Redo(ctx context.Context, batch [16]byte, progress func(done, total int)) (int, error) {
	docs, err := i.touched(ctx, batch)
	if err != nil {
		return 0, fmt.Errorf("redo import: %w", err)
	}
	if progress != nil {
		progress(0, len(docs))
	}
	n, done := 0, 0
	err = i.w.Book.Redo(ctx, batch, docs, func(_ canon.DocID, err error) {
		if err == nil {
			n++
		}
		if done++; done%256 == 0 && progress != nil {
			progress(done, len(docs))
		}
	})
	if err != nil {
		return n, fmt.Errorf("redo import: %w", err)
	}
	return n, i.remark(ctx, batch, PhaseDone)
}

// remark notes the phase of an import of this device.
func (i *Import) remark(ctx context.Context, batch [16]byte, p Phase) error {
	var there bool
	err := i.w.store.View(func(tx store.Tx) (err error) {
		there, err = store.Has(tx, store.ImportKey(batch, "job"))
		return err
	})
	if err != nil || !there {
		return err
	}
	j, err := i.Job(ctx, batch)
	if err != nil {
		return err
	}
	return j.save(func(r *record) { r.Phase = p })
}
