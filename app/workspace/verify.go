package workspace

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

const (
	// ProblemIndex is the kind of a problem of the index: it will be made anew.
	ProblemIndex = "index"
	// ProblemImport is the kind of a problem of what this device noted of an
	// import; Doc is its batch then. The customers know of it all the same.
	ProblemImport = "import"
)

func (w *Workspace) verify(ctx context.Context, progress func(done, all int)) ([]repo.Problem, error) {
	if err := w.follow.catchUp(ctx); err != nil {
		return nil, err
	}
	problems, err := w.repo.Verify(ctx, progress)
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	seen := 0
	err = w.repo.Documents(func(doc canon.DocID) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		want, err := w.indexed(doc)
		if err != nil {
			return err
		}
		got, there := w.Index.Customer(doc)
		if want != nil {
			seen++
		}
		if there != (want != nil) || (there && !sameValues(got.Values, want.Values)) {
			problems = append(problems, repo.Problem{Doc: doc, Kind: ProblemIndex, Time: w.deps.Now().Unix()})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if n := w.Index.Len(); n != seen {
		problems = append(problems, repo.Problem{Kind: ProblemIndex, Time: w.deps.Now().Unix()})
	}
	notes, err := w.verifyImports()
	if err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	return append(problems, notes...), nil
}

// verifyImports looks at what this device noted of each import: its record, and
// how far it was written.
func (w *Workspace) verifyImports() (problems []repo.Problem, err error) {
	err = w.Import.eachBatch(func(tx store.Tx, batch [16]byte) error {
		b, err := store.GetOr(tx, store.ImportKey(batch, "job"))
		if err == nil {
			_, err = store.GetOr(tx, store.ImportKey(batch, "mark"))
		}
		bad := b != nil && json.Unmarshal(b, new(record)) != nil
		if err != nil && !errors.Is(err, store.ErrCorrupt) {
			return err
		}
		if err != nil || bad {
			problems = append(problems, repo.Problem{
				Doc: canon.DocID(batch), Code: wire.CodeCorrupt, Rule: "ST5", Kind: ProblemImport, Time: w.deps.Now().Unix(),
			})
		}
		return nil
	})
	return problems, err
}

func sameValues[V comparable](a, b map[string]V) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// Reindex makes the index anew from the documents.
func (w *Workspace) Reindex(ctx context.Context) error {
	w.follow.running.Lock()
	defer w.follow.running.Unlock()
	return w.follow.rebuild(ctx)
}
