package workspace

import (
	"context"

	"tongce/app/sheet"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/store"
)

// Leftovers is how many imports have rows in the store that nobody needs.
func Leftovers(w *Workspace) (int, error) {
	all, err := w.Import.leftovers()
	return len(all), err
}

// Administer makes any statement, as the methods that make some do.
func Administer(ctx context.Context, w *Workspace, create func(*charter.State, canon.Signer) (charter.Record, error)) error {
	_, err := w.administer(ctx, func(s *charter.State) (charter.Record, error) { return create(s, w.keys) })
	return err
}

// KeptFiles is how many values hold parts of files that drafts keep.
func KeptFiles(ctx context.Context, w *Workspace) (n int, err error) {
	err = w.Import.eachBatch(func(_ store.Tx, batch [16]byte) error {
		return planStore{st: w.store, batch: batch, part: partFiles}.Scan(ctx, nil, func(_, _ []byte) error {
			n++
			return nil
		})
	})
	return n, err
}

// KeepOnly keeps a file of an import and saves nothing of that.
func KeepOnly(ctx context.Context, j *Job, content []byte) error {
	_, err := j.keep(ctx, 0, sheet.Source{Bytes: content}, &FileInfo{})
	return err
}
