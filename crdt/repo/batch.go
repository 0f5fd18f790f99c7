package repo

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// batchSize is how many documents are written in one transaction of a batch.
const batchSize = 256

// Result is what became of one document of a batch.
type Result struct {
	Doc  canon.DocID
	Hash canon.Hash
	Err  error // as of Create and Edit; nothing was written of it
}

// Batch writes many documents, in parts of one synced transaction each. It is
// used by one goroutine.
type Batch struct {
	r      *Repo
	ctx    context.Context //nolint:containedctx // lives as long as the call of Repo.Batch
	result func(Result)
	items  []item
	in     map[canon.DocID]bool
	also   []func(store.Tx) error
}

// Batch calls fn and writes what it adds, part by part, then the rest. Each
// part is whole on disk or absent. result hears of each document after its part
// is on disk, in the order it was added; a document that is refused does not
// stop the others. An error of fn, of the store or of ctx ends the batch; the
// parts before it stay.
func (r *Repo) Batch(ctx context.Context, result func(Result), fn func(*Batch) error) error {
	b := &Batch{r: r, ctx: ctx, result: result, in: map[canon.DocID]bool{}}
	if err := fn(b); err != nil {
		return err
	}
	return b.Flush()
}

// Create adds what Repo.Create does, and then edits of what it made, in the same
// transaction: all of them or none.
func (b *Batch) Create(doc canon.DocID, salt [32]byte, e Edit, then ...EditFunc) error {
	return b.add(item{doc: doc, salt: &salt, edits: append([]EditFunc{Always(e)}, then...)})
}

// Edit adds what Repo.Edit does, edit after edit: all of them or none. The
// functions are called when the part is written.
func (b *Batch) Edit(doc canon.DocID, edits ...EditFunc) error {
	return b.add(item{doc: doc, edits: edits})
}

// Also runs fn in the transaction of the present part: for the progress of an
// import, which is then never ahead of its documents nor behind them. fn may
// put keys of store.ImportOf only.
func (b *Batch) Also(fn func(store.Tx) error) { b.also = append(b.also, fn) }

func (b *Batch) add(it item) error {
	if b.in[it.doc] || len(b.items) == batchSize {
		if err := b.Flush(); err != nil {
			return err
		}
	}
	b.in[it.doc] = true
	b.items = append(b.items, it)
	return nil
}

// Flush writes the present part.
func (b *Batch) Flush() error {
	if err := b.ctx.Err(); err != nil {
		return err
	}
	items, also := b.items, b.also
	b.items, b.also = nil, nil
	clear(b.in)
	if len(items) == 0 && len(also) == 0 {
		return nil
	}
	results, err := b.r.writePart(items, also)
	if err != nil {
		return fmt.Errorf("batch: %w", err)
	}
	if b.result != nil {
		for _, res := range results {
			b.result(res)
		}
	}
	return nil
}

// writePart prepares the documents on all processors and stores them at once,
// or in halves when that is too much for a transaction.
func (r *Repo) writePart(items []item, also []func(store.Tx) error) ([]Result, error) {
	r.write.Lock()
	defer r.write.Unlock()
	return r.writeItems(items, also)
}

func (r *Repo) writeItems(items []item, also []func(store.Tx) error) ([]Result, error) {
	results, ws := make([]Result, len(items)), make([]*written, len(items))
	docs := make([]*document, len(items))
	numbers, n := make([]uint64, len(items)), r.mark.N+1
	for i, it := range items {
		numbers[i], n = n, n+uint64(len(it.edits))
		results[i].Doc = it.doc
		docs[i], results[i].Err = r.target(it)
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, it := range items {
		if results[i].Err != nil {
			continue
		}
		prepare := func() error {
			ws[i], results[i].Err = r.compose(docs[i], it, numbers[i])
			return nil
		}
		if it.salt != nil {
			g.Go(prepare)
			continue
		}
		// An edit may note its document for loading, which is a write.
		if err := errors.Join(g.Wait(), prepare()); err != nil {
			return nil, err
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	good := make([]*written, 0, len(items))
	for i, w := range ws {
		if w != nil {
			defer w.close()
			results[i].Hash = w.hash
			good = append(good, w)
		}
	}
	err := r.commit(WriteBatch, good, also)
	if errors.Is(err, store.ErrTooBig) && len(items) > 1 {
		half := len(items) / 2
		first, err := r.writeItems(items[:half], nil)
		if err != nil {
			return nil, err
		}
		rest, err := r.writeItems(items[half:], also)
		return append(first, rest...), err
	}
	return results, err
}

// target is the document that an item is for.
func (r *Repo) target(it item) (*document, error) {
	if r.Charter().State() == nil {
		return nil, ErrNoCharter
	}
	if it.salt == nil {
		d, err := r.own(it.doc)
		if err == nil && !d.exists() {
			err = ErrNoDocument
		}
		return d, err
	}
	there, err := r.any(it.doc)
	if err == nil && there {
		err = ErrExists
	}
	return emptyDocument(it.doc), err
}

// any tells whether the store has anything of a document, without reading it: a
// first record or pack, or the salt that every own document begins with.
func (r *Repo) any(id canon.DocID) (there bool, err error) {
	if d, _ := r.cached(id); d != nil {
		return true, nil
	}
	err = r.st.View(func(tx store.Tx) error {
		for _, key := range [][]byte{store.SaltKey(id), store.RecordKey(id, 0), store.PackKey(id, 0)} {
			if there, err = store.Has(tx, key); there || err != nil {
				return err
			}
		}
		return nil
	})
	return there, err
}
