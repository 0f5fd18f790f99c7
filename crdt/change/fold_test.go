//go:build cgo

package change_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// TestGA21_FoldedChecksAlike checks after each change that a state which forgot
// what it could says of every change of the history what the whole one says,
// or that it does not know what it follows; and shows the same values.
func TestGA21_FoldedChecksAlike(t *testing.T) {
	t.Parallel()
	folds, forgot, refused := 0, 0, 0
	for seed := range uint64(envCount("TONGCE_HISTORIES", 300) / 5) {
		h := newHistory(t, seed+4_000_000, 1+int(seed%3))
		h.run(40)
		r := rand.New(rand.NewPCG(seed, 11))
		whole, folded := change.NewState(), change.NewState()
		for i, c := range h.changes {
			if change.CodeOf(folded.Check(c)) == change.CodeMissingDeps {
				forgot++
				folded = whole.Clone()
			}
			check(t, whole.Enter(c))
			check(t, folded.Enter(c))
			before := len(folded.Hashes())
			folded = folded.Fold(1 + r.IntN(3))
			if len(folded.Hashes()) < before {
				folds++
			}
			if r.IntN(4) == 0 {
				folded = folded.Clone()
			}
			for _, other := range h.changes {
				want, got := change.CodeOf(whole.Check(other)), change.CodeOf(folded.Check(other))
				if want != got && (!folded.Folded() || got != change.CodeMissingDeps) {
					t.Fatalf("seed %d change %d: %q, whole %q", seed, i, got, want)
				}
				if want != "" {
					refused++
				}
			}
			compareFolded(t, whole, folded)
		}
	}
	t.Logf("folded %d times, wanted the whole %d times, %d refusals compared", folds, forgot, refused)
	if folds == 0 || forgot == 0 || refused == 0 {
		t.Error("the histories say nothing")
	}
}

func compareFolded(t *testing.T, whole, folded *change.State) {
	t.Helper()
	type view struct {
		Heads   []canon.Hash
		Keys    []string
		Creator change.Info
		Changes int
		Size    int
		MaxOp   uint64
		Values  map[string][]change.Entry
		Authors [][]canon.DeviceID
		Next    []uint64
	}
	of := func(s *change.State) view {
		v := view{Heads: s.Heads(), Keys: s.Keys(), Changes: s.Changes(), Size: s.Size(), MaxOp: s.MaxOp(), Values: map[string][]change.Entry{}}
		v.Creator, _ = s.Creator()
		for _, h := range append(folded.Hashes(), canon.Hash{}) {
			var at []canon.Hash
			if h != (canon.Hash{}) {
				at = []canon.Hash{h}
			}
			for _, k := range whole.Keys() {
				live, err := s.Live(k, at)
				check(t, err)
				v.Values[k+h.String()] = slices.Clone(live)
			}
			authors, err := s.AuthorsAt(at)
			check(t, err)
			v.Authors = append(v.Authors, authors)
		}
		for _, in := range whole.Infos() {
			v.Next = append(v.Next, s.NextSeq(in.Actor))
		}
		return v
	}
	if diff := cmp.Diff(of(whole), of(folded), cmp.AllowUnexported(change.Value{})); diff != "" {
		t.Fatalf("folded differs (-whole +folded):\n%s", diff)
	}
}

// TestGA21_FoldOfAChain checks that of a long chain little is kept, however long
// it becomes, and that it can be checked on.
func TestGA21_FoldOfAChain(t *testing.T) {
	t.Parallel()
	h := newHistory(t, 7, 1)
	h.run(200)
	s := change.NewState().Fold(0)
	for _, c := range h.changes {
		check(t, s.Enter(c))
		s = s.Fold(8)
		if n := len(s.Hashes()); n > 16 {
			t.Fatalf("%d changes kept of %d", n, s.Changes())
		}
	}
	whole := enterAll(t, 7, h.changes)
	t.Logf("%d changes: %d bytes, folded %d", s.Changes(), whole.Weight(), s.Weight())
	if s.Weight()*2 > whole.Weight() {
		t.Errorf("folding leaves %d of %d bytes", s.Weight(), whole.Weight())
	}
	if _, err := s.MarshalBinary(); err == nil {
		t.Error("a folded state was written")
	}
	compareFolded(t, whole, s)
}
