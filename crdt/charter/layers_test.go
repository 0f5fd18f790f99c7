package charter

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLayers_LikeAMapAndNeverChanged sets random keys and compares every version
// with a copied map, after all were made.
func TestLayers_LikeAMapAndNeverChanged(t *testing.T) {
	t.Parallel()
	const seed = 7
	r := rand.New(rand.NewPCG(seed, seed))
	var l layers[int, int]
	var versions []layers[int, int]
	var want []map[int]int
	now := map[int]int{}
	for i := range 600 {
		top := map[int]int{}
		for range 1 + r.IntN(4) {
			top[r.IntN(200)] = i
		}
		for k, v := range top {
			now[k] = v
		}
		l = l.setAll(top)
		kept := map[int]int{}
		for k, v := range now {
			kept[k] = v
		}
		versions, want = append(versions, l), append(want, kept)
		if len(l.stack) > 10 {
			t.Fatalf("seed %d: %d layers for %d keys", seed, len(l.stack), len(now))
		}
	}
	for i, v := range versions {
		if diff := cmp.Diff(v.all(), want[i]); diff != "" {
			t.Fatalf("seed %d: version %d (-got +want)\n%s", seed, i, diff)
		}
		for k := range 200 {
			got, ok := v.get(k)
			if w, has := want[i][k]; ok != has || got != w {
				t.Fatalf("seed %d: version %d key %d is %d %v, want %d %v", seed, i, k, got, ok, w, has)
			}
		}
	}
}
