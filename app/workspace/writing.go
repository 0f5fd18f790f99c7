package workspace

import (
	"context"
	"errors"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// Book is book.Book whose writes are in the index when they return.
type Book struct {
	*book.Book
	w *Workspace
}

// wrote brings a customer into the index after a write of its own, tells the
// listeners and the link. The write itself is on disk: an index that cannot be
// written now catches up later, so its error is logged and not returned.
func (b *Book) wrote(ctx context.Context, doc canon.DocID, h canon.Hash, err error) (canon.Hash, error) {
	if err == nil {
		b.w.wrote(context.WithoutCancel(ctx), doc)
	}
	return h, err
}

// Create is book.Book's.
func (b *Book) Create(ctx context.Context, sets []book.Set) (canon.DocID, canon.Hash, error) {
	doc, h, err := b.Book.Create(ctx, sets)
	h, err = b.wrote(ctx, doc, h, err)
	return doc, h, err
}

// Set is book.Book's.
func (b *Book) Set(ctx context.Context, doc canon.DocID, typed ...book.Set) (canon.Hash, error) {
	h, err := b.Book.Set(ctx, doc, typed...)
	return b.wrote(ctx, doc, h, err)
}

// Delete is book.Book's.
func (b *Book) Delete(ctx context.Context, doc canon.DocID) (canon.Hash, error) {
	h, err := b.Book.Delete(ctx, doc)
	return b.wrote(ctx, doc, h, err)
}

// Undelete is book.Book's.
func (b *Book) Undelete(ctx context.Context, doc canon.DocID) (canon.Hash, error) {
	h, err := b.Book.Undelete(ctx, doc)
	return b.wrote(ctx, doc, h, err)
}

// Restore is book.Book's.
func (b *Book) Restore(ctx context.Context, doc canon.DocID, at canon.Hash, fields ...string) (canon.Hash, error) {
	h, err := b.Book.Restore(ctx, doc, at, fields...)
	return b.wrote(ctx, doc, h, err)
}

// UndoChange is book.Book's.
func (b *Book) UndoChange(ctx context.Context, doc canon.DocID, which canon.Hash, fields ...string) (canon.Hash, error) {
	h, err := b.Book.UndoChange(ctx, doc, which, fields...)
	return b.wrote(ctx, doc, h, err)
}

// Resolve is book.Book's.
func (b *Book) Resolve(ctx context.Context, doc canon.DocID, field string, op change.OpID) (canon.Hash, error) {
	h, err := b.Book.Resolve(ctx, doc, field, op)
	return b.wrote(ctx, doc, h, err)
}

// ResolveText is book.Book's.
func (b *Book) ResolveText(ctx context.Context, doc canon.DocID, field, text string) (canon.Hash, error) {
	h, err := b.Book.ResolveText(ctx, doc, field, text)
	return b.wrote(ctx, doc, h, err)
}

// Undecide is book.Book's.
func (b *Book) Undecide(ctx context.Context, doc canon.DocID, field string) (canon.Hash, error) {
	h, err := b.Book.Undecide(ctx, doc, field)
	return b.wrote(ctx, doc, h, err)
}

// Undo is book.Book's.
func (b *Book) Undo(ctx context.Context, u book.Undoing, docs []canon.DocID, result func(book.UndoRow, error)) error {
	err := b.Book.Undo(ctx, u, docs, result)
	return errors.Join(err, b.w.wroteMany(context.WithoutCancel(ctx)))
}

// Redo is book.Book's.
func (b *Book) Redo(ctx context.Context, batch [16]byte, docs []canon.DocID, result func(canon.DocID, error)) error {
	err := b.Book.Redo(ctx, batch, docs, result)
	return errors.Join(err, b.w.wroteMany(context.WithoutCancel(ctx)))
}

func (w *Workspace) wrote(ctx context.Context, doc canon.DocID) {
	if err := w.follow.one(ctx, doc); err != nil {
		w.deps.Log.Warn("a written customer is not in the index yet", "doc", doc.String(), "err", err)
	}
	w.nudge()
}

// wroteMany is wrote for all that a batch touched.
func (w *Workspace) wroteMany(ctx context.Context) error {
	err := w.follow.catchUp(ctx)
	w.nudge()
	return err
}
