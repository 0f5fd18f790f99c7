package workspace

import (
	"context"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
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
