package repo

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// readPart is how many documents ReadAll has in memory at once.
const readPart = 256

// ReadAll calls fn with every document here, one after another and in no
// particular order, until fn returns an error. It reads the store in its own
// order and on all processors: much quicker than Read of each. Documents that
// change meanwhile are shown as they were at some moment after the call; the
// feed names them.
func (r *Repo) ReadAll(ctx context.Context, fn func(*View) error) error {
	a := &reading{r: r, ch: r.Charter(), fn: fn}
	err := r.st.View(func(tx store.Tx) error {
		var err error
		if a.plain, err = plainDocs(tx); err != nil {
			return err
		}
		for f, prefix := range store.DocumentFamilies() {
			err := tx.Scan(prefix, nil, func(k, v []byte) error {
				id, err := store.DocOf(k)
				if err != nil {
					return err
				}
				if !a.plain[id] {
					return nil
				}
				i, err := store.Number(k)
				if err != nil {
					return err
				}
				return a.add(ctx, id, stored{family: f, key: slices.Clone(k), line: line{i: i, pack: f == 1, b: slices.Clone(v)}})
			})
			if err != nil {
				return err
			}
		}
		return a.flush(ctx)
	})
	if err != nil {
		return fmt.Errorf("read all documents: %w", err)
	}
	for id, plain := range a.plain {
		if plain {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := a.slowly(id); err != nil {
			return err
		}
	}
	return nil
}

// plainDocs are all documents; true: all that is stored of one lies together in
// one family and it has no cache.
func plainDocs(tx store.Tx) (map[canon.DocID]bool, error) {
	family := map[canon.DocID]int{}
	mixed := map[canon.DocID]bool{}
	for f, prefix := range store.DocumentFamilies() {
		err := tx.Keys(prefix, nil, func(k []byte) error {
			id, err := store.DocOf(k)
			if g, ok := family[id]; ok && g != f {
				mixed[id] = true
			}
			family[id] = f
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	err := tx.Keys(store.Snapshots(), nil, func(k []byte) error {
		id, err := store.DocOf(k)
		mixed[id] = true
		return err
	})
	out := make(map[canon.DocID]bool, len(family))
	for id := range family {
		out[id] = !mixed[id]
	}
	return out, err
}

type stored struct {
	family int
	key    []byte
	line   line
}

// reading is one ReadAll.
type reading struct {
	r     *Repo
	ch    *Chain
	fn    func(*View) error
	plain map[canon.DocID]bool
	ids   []canon.DocID
	parts [][]stored
}

func (a *reading) add(ctx context.Context, id canon.DocID, s stored) error {
	if n := len(a.ids); n == 0 || a.ids[n-1] != id {
		if n == readPart {
			if err := a.flush(ctx); err != nil {
				return err
			}
		}
		a.ids, a.parts = append(a.ids, id), append(a.parts, nil)
	}
	last := len(a.parts) - 1
	a.parts[last] = append(a.parts[last], s)
	return nil
}

// flush builds the documents of a part and shows them. One with anything wrong
// is read again in the usual way, which sets aside what is bad.
func (a *reading) flush(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	docs := make([]*document, len(a.ids))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, id := range a.ids {
		g.Go(func() error {
			l := &loaded{document: emptyDocument(id)}
			for _, s := range a.parts[i] {
				if s.family == len(store.DocumentFamilies())-1 {
					l.addPending(s.key, s.line.i, s.line.b)
				} else if err := l.enter(a.ch, s.line); err != nil {
					return fmt.Errorf("read %s: %w", id, err)
				}
			}
			l.rework(a.ch)
			if len(l.bad) == 0 && !l.stuck {
				docs[i] = l.document
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, d := range docs {
		if d == nil {
			a.plain[a.ids[i]] = false
			continue
		}
		if !d.exists() {
			continue
		}
		if err := a.fn(&View{d: d}); err != nil {
			return err
		}
	}
	a.ids, a.parts = nil, nil
	return nil
}

func (a *reading) slowly(id canon.DocID) error {
	d, err := a.r.doc(id)
	if err != nil {
		return fmt.Errorf("read %s: %w", id, err)
	}
	if !d.exists() {
		return nil
	}
	return a.fn(&View{d: d})
}
