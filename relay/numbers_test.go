package relay

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"tongce/crdt/canon"
)

// TestGA17_NumbersInAnyOrder: spans say what a set would.
func TestGA17_NumbersInAnyOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 0))
		u, want, top := &counters{}, map[uint64]canon.Hash{}, uint64(0)
		for i := range 400 {
			n, id := 1+r.Uint64N(300), canon.Hash{byte(i), byte(i >> 8)}
			_, known := want[n]
			if u.add(n, id) == known {
				t.Fatalf("seed %d: add %d says %v", seed, n, !known)
			}
			if !known {
				want[n], top = id, max(top, n)
			}
			if u.highest() != top || u.top != want[top] {
				t.Fatalf("seed %d: highest %d, want %d", seed, u.highest(), top)
			}
		}
		for n := range uint64(305) {
			if _, known := want[n]; u.has(n) != known {
				t.Errorf("seed %d: has %d says %v", seed, n, !known)
			}
		}
		for i, s := range u.spans {
			if s.from > s.to || i > 0 && u.spans[i-1].to+1 >= s.from {
				t.Errorf("seed %d: span %d is %v", seed, i, s)
			}
		}
	}
	var none *counters
	if none.has(1) || none.highest() != 0 {
		t.Error("a device without numbers has some")
	}
}

func TestRecentKeepsTheNewest(t *testing.T) {
	t.Parallel()
	c := newRecent[int, string](3)
	for i := range 10 {
		c.put(i, "")
		c.put(i, fmt.Sprint(i)) // again is no new one
	}
	if len(c.at) != 3 || c.at[7] != "7" || c.at[8] != "8" || c.at[9] != "9" {
		t.Errorf("has %v", c.at)
	}
}
