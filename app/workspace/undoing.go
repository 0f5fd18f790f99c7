package workspace

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// Undone is what undoing an import does or did: a row for each customer that
// something of it stands in.
type Undone struct {
	Removed, Restored, Kept int
	Rows                    []book.UndoRow
	// Denied: nothing can be undone, because the member may not.
	Denied bool
}

func (u *Undone) add(r book.UndoRow) {
	switch r.Kind {
	case book.Removed:
		u.Removed++
	case book.Restored:
		u.Restored++
	case book.Kept:
		u.Kept++
	default:
		return
	}
	u.Rows = append(u.Rows, r)
}

func (u *Undone) finish() {
	denied := 0
	for _, r := range u.Rows {
		if r.Kind == book.Kept && r.Why == book.KeptDenied {
			denied++
		}
	}
	u.Denied = denied > 0 && denied == len(u.Rows)
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
// customers that are set back although somebody edited them since.
func (i *Import) PlanUndo(ctx context.Context, batch [16]byte, force map[canon.DocID]bool) (Undone, error) {
	docs, err := i.touched(ctx, batch)
	if err != nil {
		return Undone{}, fmt.Errorf("plan undo: %w", err)
	}
	rows := make([]book.UndoRow, len(docs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for n, doc := range docs {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			var err error
			rows[n], err = i.w.Book.PlanUndo(doc, batch, force[doc])
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
	u.finish()
	return u, nil
}

// Undo takes a batch back. It can be cancelled and called again. progress may
// be nil.
func (i *Import) Undo(ctx context.Context, batch [16]byte, force map[canon.DocID]bool, progress func(done, total int)) (Undone, error) {
	docs, err := i.touched(ctx, batch)
	if err != nil {
		return Undone{}, fmt.Errorf("undo import: %w", err)
	}
	var u Undone
	var failed error
	done := 0
	err = i.w.Book.Undo(ctx, batch, docs, force, func(r book.UndoRow, err error) {
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
	u.finish()
	if u.Removed+u.Restored > 0 {
		err = i.remark(ctx, batch, PhaseUndone)
	}
	return u, err
}

// Redo takes the undo of a batch back, and tells in how many customers.
func (i *Import) Redo(ctx context.Context, batch [16]byte) (int, error) {
	docs, err := i.touched(ctx, batch)
	if err != nil {
		return 0, fmt.Errorf("redo import: %w", err)
	}
	n := 0
	err = i.w.Book.Redo(ctx, batch, docs, func(_ canon.DocID, err error) {
		if err == nil {
			n++
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
