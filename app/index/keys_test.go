package index_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tongce/app/index"
	"tongce/crdt/canon"

	"github.com/google/go-cmp/cmp"
)

// TestKeysAndBatchesEqualTheirModel puts, replaces and drops customers that
// share keys and imports, through growth and through opening the file again.
func TestKeysAndBatchesEqualTheirModel(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 3))
	dir := t.TempDir()
	x := open(t, dir)
	type told struct{ keys, batches []string }
	model := map[canon.DocID]told{}
	some := func(of string, n int) []string {
		var out []string
		for range rng.IntN(5) {
			out = append(out, fmt.Sprint(of, rng.IntN(n)))
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	for step := range 25 {
		puts, drops, seen := []index.Customer{}, []canon.DocID{}, map[canon.DocID]bool{}
		for range 200 {
			id := docID(rng.IntN(1500))
			if seen[id] {
				continue
			}
			seen[id] = true
			if rng.IntN(4) == 0 {
				drops = append(drops, id)
				delete(model, id)
				continue
			}
			m := told{some("key", 200), some("batch", 4)}
			c := index.Customer{ID: id, Values: map[string]index.Value{"name": {Text: "客户"}}, Batches: m.batches}
			for _, k := range m.keys {
				c.Keys = append(c.Keys, x.KeyOf(index.ByName, k))
			}
			puts, model[id] = append(puts, c), m
		}
		if err := x.Apply(t.Context(), uint64(step), puts, drops); err != nil {
			t.Fatal(err)
		}
		if step%5 == 4 {
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			x = open(t, dir)
		}
		for n := range 200 {
			k := fmt.Sprint("key", n)
			var want []canon.DocID
			for id, m := range model {
				if slices.Contains(m.keys, k) {
					want = append(want, id)
				}
			}
			if diff := cmp.Diff(sorted(want), sorted(x.Lookup(x.KeyOf(index.ByName, k)))); diff != "" {
				t.Fatalf("step %d, %s (-want +got): %s", step, k, diff)
			}
		}
		for n := range 4 {
			b, want := fmt.Sprint("batch", n), 0
			for _, m := range model {
				if slices.Contains(m.batches, b) {
					want++
				}
			}
			page, err := x.List(index.Query{Batch: b})
			if err != nil || page.Total != want {
				t.Fatalf("step %d, %s: got %d, %v, want %d", step, b, page.Total, err, want)
			}
			for _, listed := range x.Batches() {
				if listed.ID == b && listed.Rows != want {
					t.Fatalf("step %d, list of imports, %s: got %d, want %d", step, b, listed.Rows, want)
				}
			}
		}
	}
}

func sorted(ids []canon.DocID) []canon.DocID {
	slices.SortFunc(ids, func(a, b canon.DocID) int { return slices.Compare(a[:], b[:]) })
	return ids
}

// TestSettledCustomersAreOnlyNoLongerPending says so of some, in memory and in
// the file, and changes nothing else of them.
func TestSettledCustomersAreOnlyNoLongerPending(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := open(t, dir)
	var puts []index.Customer
	for n := range 40 {
		c := customer(x, n, fmt.Sprintf("客户%02d", n), map[string]string{"mobile": fmt.Sprintf("138129056%02d", n), "remark": "一\x00二"})
		c.Pending, c.Deleted = true, n%3 == 0
		puts = append(puts, c)
	}
	if err := x.Apply(t.Context(), 1, puts, nil); err != nil {
		t.Fatal(err)
	}
	check := func(when string, from int) {
		t.Helper()
		for n, want := range puts {
			want.Pending = n >= from
			want.Keys = nil
			got, ok := x.Customer(want.ID)
			if diff := cmp.Diff(want, got); !ok || diff != "" {
				t.Errorf("%s, %d (-want +got): %s", when, n, diff)
			}
			if len(x.Lookup(x.KeyOf(index.ByPhone, fmt.Sprintf("138129056%02d", n)))) == 0 && !want.Deleted {
				t.Errorf("%s, %d is not found by its number", when, n)
			}
		}
	}
	check("at first", 0)
	var settled []canon.DocID
	for n := range 20 {
		settled = append(settled, docID(n))
	}
	if err := x.Apply(t.Context(), 2, nil, nil, append(settled, docID(999))...); err != nil {
		t.Fatal(err)
	}
	check("settled", 20)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	x = open(t, dir)
	check("opened again", 20)
	if x.Applied() != 2 || x.Len() != 40 {
		t.Errorf("got %d of sequence %d, want 40 of 2", x.Len(), x.Applied())
	}
}
