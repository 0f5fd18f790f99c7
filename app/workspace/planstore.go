package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongce/app/sheet"
	"tongce/crdt/store"
)

// planStore keeps a part of an import in the encrypted store, under
// i/<batch>/<part><key>: p are the rows of its plan, f the files of a draft. It
// writes lazily: rows that a power failure takes are read from the file again, and
// what is saved of the import later is not on disk before its files are.
type planStore struct {
	st    store.Store
	batch [16]byte
	part  string
}

const (
	partRows  = "p"
	partFiles = "f"
)

var _ sheet.PlanStore = planStore{}

// putPart is how many rows go into one transaction.
const putPart = 500

func (p planStore) key(k []byte) []byte { return store.ImportKey(p.batch, p.part+string(k)) }

// Put implements sheet.PlanStore.
func (p planStore) Put(ctx context.Context, records []sheet.Record) error {
	for len(records) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		n := min(len(records), putPart)
		for {
			err := p.put(records[:n])
			if errors.Is(err, store.ErrTooBig) && n > 1 {
				n /= 2
				continue
			}
			if err != nil {
				return fmt.Errorf("import plan: %w", err)
			}
			break
		}
		records = records[n:]
	}
	return nil
}

func (p planStore) put(records []sheet.Record) error {
	return p.st.Update(store.Lazy, func(tx store.Tx) error {
		for _, r := range records {
			var err error
			if r.Value == nil {
				err = tx.Delete(p.key(r.Key))
			} else {
				err = tx.Put(p.key(r.Key), r.Value)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Get implements sheet.PlanStore.
func (p planStore) Get(ctx context.Context, keys [][]byte) ([][]byte, error) {
	out := make([][]byte, len(keys))
	err := p.st.View(func(tx store.Tx) (err error) {
		for i, k := range keys {
			if out[i], err = store.GetOr(tx, p.key(k)); err != nil {
				return err
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("import plan: %w", err)
	}
	return out, nil
}

// Scan implements sheet.PlanStore. fn may use the store: the rows are read in
// parts and handed over outside of the transaction.
func (p planStore) Scan(ctx context.Context, prefix []byte, fn func(key, value []byte) error) error {
	skip := len(p.key(nil))
	type pair struct{ k, v []byte }
	var from []byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var part []pair
		err := p.st.View(func(tx store.Tx) error {
			return tx.Scan(p.key(prefix), from, func(k, v []byte) error {
				if len(part) == putPart {
					return store.ErrStop
				}
				part = append(part, pair{append([]byte(nil), k...), append([]byte(nil), v...)})
				return nil
			})
		})
		if err != nil {
			return fmt.Errorf("import plan: %w", err)
		}
		for _, x := range part {
			if err := fn(x.k[skip:], x.v); err != nil {
				return err
			}
		}
		if len(part) < putPart {
			return nil
		}
		from = append(part[len(part)-1].k, 0)
	}
}

// clear removes everything of the batch with the given beginning. Each part
// begins behind the one before: what was just deleted is slow to pass over.
func (p planStore) clear(ctx context.Context, part string) error {
	var from []byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		var keys [][]byte
		err := p.st.View(func(tx store.Tx) error {
			return tx.Keys(store.ImportKey(p.batch, part), from, func(k []byte) error {
				if len(keys) == 2*putPart {
					return store.ErrStop
				}
				keys = append(keys, append([]byte(nil), k...))
				return nil
			})
		})
		if err != nil || len(keys) == 0 {
			return err
		}
		from = append(slices.Clone(keys[len(keys)-1]), 0)
		err = p.st.Update(store.Lazy, func(tx store.Tx) error {
			for _, k := range keys {
				if err := tx.Delete(k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}
