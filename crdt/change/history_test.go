//go:build cgo

package change_test

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// envCount is how often a test runs, 0 or unset meaning fallback.
func envCount(name string, fallback int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil && n > 0 {
		return n
	}
	return fallback
}

// TestGA10_EveryChangeOfTheCorePasses is the property that GA10 demands, with
// GA8 and GA11: whatever the real core writes is decoded, encoded again to the
// same bytes, accepted by State in any causal order, and State's values are
// the core's.
func TestGA10_EveryChangeOfTheCorePasses(t *testing.T) {
	t.Parallel()
	histories := envCount("TONGCE_HISTORIES", 300)
	changes, conflicts, merges := 0, 0, 0
	for seed := range uint64(histories) {
		h := newHistory(t, seed, 2+int(seed%3))
		h.run(30)
		full := h.all()
		inOrder := enterAll(t, seed, h.changes)
		other := enterAll(t, seed, h.shuffled())
		compareWithCore(t, seed, h, full, inOrder)
		compareStates(t, seed, inOrder, other)
		compareCache(t, seed, inOrder)
		changes += len(h.changes)
		for _, c := range h.changes {
			if len(c.Deps) > 1 {
				merges++
			}
		}
		for _, k := range inOrder.Keys() {
			if live, _ := inOrder.Live(k, nil); len(live) > 1 {
				conflicts++
			}
		}
	}
	t.Logf("histories %d, changes %d, with several dependencies %d, conflicts at the end %d", histories, changes, merges, conflicts)
	if conflicts == 0 || merges == 0 {
		t.Error("the histories have no conflicts or no merges")
	}
}

func enterAll(t *testing.T, seed uint64, changes []*change.Change) *change.State {
	t.Helper()
	s := change.NewState()
	for i, c := range changes {
		if err := s.Enter(c); err != nil {
			t.Fatalf("seed %d change %d: %v", seed, i, err)
		}
	}
	return s
}

func compareWithCore(t *testing.T, seed uint64, h *history, d *coreDevice, s *change.State) {
	t.Helper()
	keys, err := d.doc.RootMap().Keys()
	check(t, err)
	slices.Sort(keys)
	if diff := cmp.Diff(keys, s.Keys()); diff != "" {
		t.Fatalf("seed %d keys (-core +state):\n%s", seed, diff)
	}
	var heads []canon.Hash
	for _, hash := range d.doc.Heads() {
		heads = append(heads, canon.Hash(hash))
	}
	slices.SortFunc(heads, func(a, b canon.Hash) int { return bytes.Compare(a[:], b[:]) })
	if diff := cmp.Diff(heads, s.Heads()); diff != "" {
		t.Fatalf("seed %d heads (-core +state):\n%s", seed, diff)
	}
	for _, key := range keys {
		live, err := s.Live(key, nil)
		check(t, err)
		v, err := d.doc.RootMap().Get(key)
		check(t, err)
		winner := live[len(live)-1]
		if got := winner.Value; got != coreValue(t, v) {
			t.Fatalf("seed %d key %s: %v, core %v", seed, key, got, coreValue(t, v))
		}
		if v, err := d.doc.RootMap().Get(key); err == nil && strings.HasPrefix(key, "n:") {
			text, err := v.Text().Get()
			check(t, err)
			if got := change.TextBytes(s, winner.ID); got != len(text) {
				t.Fatalf("seed %d text of %d bytes, core %d", seed, got, len(text))
			}
		}
	}
	// A new value replaces all live ones, so the core's next change names them.
	want := map[string][]change.OpID{}
	for _, key := range keys {
		if strings.HasPrefix(key, "n:") {
			continue
		}
		check(t, d.doc.RootMap().Set(key, "probe "+key))
		live, err := s.Live(key, nil)
		check(t, err)
		for _, e := range live {
			want[key] = append(want[key], e.ID)
		}
	}
	probe := h.commit(d, "edit")
	got := map[string][]change.OpID{}
	for i := range probe.Ops {
		got[probe.Ops[i].Key] = probe.Ops[i].Pred
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("seed %d live values (-state +core):\n%s", seed, diff)
	}
	h.changes, h.chunks = h.changes[:len(h.changes)-1], h.chunks[:len(h.chunks)-1]
}

// compareStates demands that two orders of the same changes lead to the same
// values now, and as seen from every change.
func compareStates(t *testing.T, seed uint64, a, b *change.State) {
	t.Helper()
	for _, hash := range append([]canon.Hash{{}}, a.Hashes()...) {
		at := []canon.Hash{hash}
		if hash == (canon.Hash{}) {
			at = nil
		}
		for _, key := range a.Keys() {
			va, err := a.Live(key, at)
			check(t, err)
			vb, err := b.Live(key, at)
			check(t, err)
			if !slices.Equal(va, vb) {
				t.Fatalf("seed %d key %s as seen from %s: %v and %v", seed, key, hash, va, vb)
			}
		}
	}
}

// compareCache demands that a cached state is the state (GA21).
func compareCache(t *testing.T, seed uint64, s *change.State) {
	t.Helper()
	b, err := s.MarshalBinary()
	check(t, err)
	cached, err := change.UnmarshalState(b)
	check(t, err)
	for name, c := range map[string]*change.State{"cache": cached, "clone": s.Clone()} {
		again, err := c.MarshalBinary()
		check(t, err)
		if string(again) != string(b) {
			t.Fatalf("seed %d: %s differs", seed, name)
		}
		if diff := cmp.Diff(s.Heads(), c.Heads()); diff != "" {
			t.Fatalf("seed %d %s: heads %s", seed, name, diff)
		}
		compareStates(t, seed, s, c)
	}
}

// TestGA10_LiveAtOlderHeads compares State with the core at every change of
// some histories: what the core shows there is the winner State names.
func TestGA10_LiveAtOlderHeads(t *testing.T) {
	t.Parallel()
	for seed := range uint64(envCount("TONGCE_HISTORIES", 300) / 10) {
		h := newHistory(t, seed+1_000_000, 3)
		h.run(25)
		full := h.all()
		s := enterAll(t, seed, h.changes)
		for _, c := range h.changes {
			fork, err := full.doc.Fork([32]byte(c.Hash))
			check(t, err)
			for _, key := range s.Keys() {
				live, err := s.Live(key, []canon.Hash{c.Hash})
				check(t, err)
				v, err := fork.RootMap().Get(key)
				check(t, err)
				switch {
				case len(live) == 0 && v.IsVoid():
				case len(live) == 0 || v.IsVoid():
					t.Fatalf("seed %d key %s at %s: %d live, core void %v", seed, key, c.Hash, len(live), v.IsVoid())
				case live[len(live)-1].Value != coreValue(t, v):
					t.Fatalf("seed %d key %s at %s differs", seed, key, c.Hash)
				}
			}
		}
	}
}

// TestPastIsWhatAuthorsSaw compares what Past says a value replaced with what
// was live where its author wrote it, also from a state that was in the cache.
func TestPastIsWhatAuthorsSaw(t *testing.T) {
	t.Parallel()
	for seed := range uint64(envCount("TONGCE_HISTORIES", 300) / 10) {
		h := newHistory(t, seed+3_000_000, 3)
		h.run(25)
		b, err := enterAll(t, seed, h.changes).MarshalBinary()
		check(t, err)
		s, err := change.UnmarshalState(b)
		check(t, err)
		infos := s.Infos()
		for _, key := range s.Keys() {
			replaced := map[change.OpID]bool{}
			for _, w := range s.Past(key) {
				at := slices.IndexFunc(h.changes, func(c *change.Change) bool { return c.Hash == infos[w.At].Hash })
				if writer, ok := s.Writer(w.ID); !ok || writer.Hash != infos[w.At].Hash {
					t.Fatalf("seed %d key %s: %s is of another change", seed, key, w.ID)
				}
				var saw []change.OpID
				if deps := h.changes[at].Deps; len(deps) > 0 {
					live, err := s.Live(key, deps)
					check(t, err)
					for _, e := range live {
						saw = append(saw, e.ID)
					}
				}
				if !slices.Equal(w.Old, saw) {
					t.Fatalf("seed %d key %s: replaced %v, saw %v", seed, key, w.Old, saw)
				}
				for _, id := range w.Old {
					replaced[id] = true
				}
			}
			var live []change.Entry
			for _, w := range s.Past(key) {
				if !replaced[w.ID] {
					live = append(live, w.Entry)
				}
			}
			now, err := s.Live(key, nil)
			check(t, err)
			if !slices.Equal(live, now) {
				t.Fatalf("seed %d key %s: %v was never replaced, %v live", seed, key, live, now)
			}
		}
	}
}

// TestGA21_CacheIsReplay checks after each change that a state which went
// through the cache each time equals one that never did.
func TestGA21_CacheIsReplay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(envCount("TONGCE_HISTORIES", 300) / 5) {
		h := newHistory(t, seed+2_000_000, 3)
		h.run(30)
		replay, cached := change.NewState(), change.NewState()
		for i, c := range h.changes {
			check(t, replay.Enter(c))
			check(t, cached.Enter(c))
			b, err := cached.MarshalBinary()
			check(t, err)
			want, err := replay.MarshalBinary()
			check(t, err)
			if string(b) != string(want) {
				t.Fatalf("seed %d change %d: cache differs from replay", seed, i)
			}
			cached, err = change.UnmarshalState(b)
			check(t, err)
		}
	}
}
