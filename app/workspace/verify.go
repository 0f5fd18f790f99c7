package workspace

import (
	"context"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/repo"
)

// ProblemIndex is the kind of a problem of the index: it will be made anew.
const ProblemIndex = "index"

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
	return problems, nil
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
