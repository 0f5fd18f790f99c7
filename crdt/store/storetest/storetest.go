// Package storetest is the suite that every store.Store passes.
package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/store"
)

// Run tests the promises of store.Store. open gives an empty store; reopen
// closes s and opens the same bytes again.
func Run(t *testing.T, open func(t *testing.T) store.Store, reopen func(t *testing.T, s store.Store) store.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, store.Store){
		"ReadsWhatWasPut":         readsWhatWasPut,
		"FailedUpdateLeavesOld":   failedUpdateLeavesOld,
		"ScansInOrder":            scansInOrder,
		"SeesOwnWrites":           seesOwnWrites,
		"ViewStandsStill":         viewStandsStill,
		"ViewOnlyReads":           viewOnlyReads,
		"TooBigIsSaid":            tooBigIsSaid,
		"CopiesSlices":            copiesSlices,
		"OneUpdateAfterAnother":   oneUpdateAfterAnother,
		"ClosedIsSaid":            closedIsSaid,
		"LikeAMap":                likeAMap,
		"NestedScanIsRefused":     nestedScanIsRefused,
		"EmptyValueIsNotNotFound": emptyValue,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
	t.Run("SurvivesReopening", func(t *testing.T) {
		t.Parallel()
		s := open(t)
		set(t, s, store.Synced, "k", "v")
		set(t, s, store.Lazy, "lazy", "w")
		s = reopen(t, s)
		if got := dump(t, s, ""); !cmp.Equal(got, []string{"k=v", "lazy=w"}) {
			t.Errorf("after reopening: got %v, want both keys", got)
		}
	})
}

func set(t *testing.T, s store.Store, d store.Durability, kv ...string) {
	t.Helper()
	err := s.Update(d, func(tx store.Tx) error {
		for i := 0; i < len(kv); i += 2 {
			if err := tx.Put([]byte(kv[i]), []byte(kv[i+1])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("update: %v", err)
	}
}

func dump(t *testing.T, s store.Store, prefix string) []string {
	t.Helper()
	var out []string
	err := s.View(func(tx store.Tx) error {
		return tx.Scan([]byte(prefix), nil, func(k, v []byte) error {
			out = append(out, string(k)+"="+string(v))
			return nil
		})
	})
	if err != nil {
		t.Fatalf("scan: %v", err)
	}
	return out
}

func readsWhatWasPut(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Synced, "a", "1", "b", strings.Repeat("x", 5000))
	err := s.View(func(tx store.Tx) error {
		for k, want := range map[string]string{"a": "1", "b": strings.Repeat("x", 5000)} {
			got, err := tx.Get([]byte(k))
			if err != nil || string(got) != want {
				t.Errorf("Get(%q): got %d bytes, %v", k, len(got), err)
			}
		}
		if _, err := tx.Get([]byte("c")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Get of an absent key: got %v, want ErrNotFound", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func failedUpdateLeavesOld(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Synced, "a", "old")
	boom := errors.New("boom")
	err := s.Update(store.Synced, func(tx store.Tx) error {
		if err := errors.Join(tx.Put([]byte("a"), []byte("new")), tx.Put([]byte("b"), nil), tx.Delete([]byte("a"))); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Errorf("got %v, want the error of fn", err)
	}
	if got := dump(t, s, ""); !cmp.Equal(got, []string{"a=old"}) {
		t.Errorf("got %v, want the old state", got)
	}
}

func scansInOrder(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Lazy, "p/\x00\x02", "2", "p/\x00\x01", "1", "p/\x01", "3", "q/", "4", "p", "5", "o/z", "6")
	if got, want := dump(t, s, "p/"), []string{"p/\x00\x01=1", "p/\x00\x02=2", "p/\x01=3"}; !cmp.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	err := s.View(func(tx store.Tx) error {
		var got, keys []string
		err := tx.Scan([]byte("p/"), []byte("p/\x00\x02"), func(k, _ []byte) error {
			got = append(got, string(k))
			return store.ErrStop
		})
		if err := tx.Keys([]byte("p/"), []byte("p/\x00\x02"), func(k []byte) error { keys = append(keys, string(k)); return nil }); err != nil {
			return err
		}
		if want := []string{"p/\x00\x02", "p/\x01"}; !cmp.Equal(keys, want) {
			t.Errorf("keys from the second: got %q, want %q", keys, want)
		}
		if want := []string{"p/\x00\x02"}; !cmp.Equal(got, want) {
			t.Errorf("from the second, stopped: got %q, want %q", got, want)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func seesOwnWrites(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Lazy, "a", "1", "b", "2")
	err := s.Update(store.Lazy, func(tx store.Tx) error {
		if err := errors.Join(tx.Put([]byte("c"), []byte("3")), tx.Delete([]byte("a")), tx.Put([]byte("b"), []byte("4"))); err != nil {
			return err
		}
		var got []string
		err := tx.Scan(nil, nil, func(k, v []byte) error {
			got = append(got, string(k)+string(v))
			return tx.Put(append([]byte("z"), k...), v) // writing while scanning
		})
		if want := []string{"b4", "c3"}; !cmp.Equal(got[:min(2, len(got))], want) {
			t.Errorf("scan in the update: got %q, want it to begin with %q", got, want)
		}
		if _, err := tx.Get([]byte("a")); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("deleted key: got %v", err)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func viewStandsStill(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Lazy, "a", "1")
	err := s.View(func(tx store.Tx) error {
		set(t, s, store.Synced, "a", "2")
		got, err := tx.Get([]byte("a"))
		if string(got) != "1" {
			t.Errorf("got %q, want the value when the view began", got)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func viewOnlyReads(t *testing.T, s store.Store) {
	t.Helper()
	err := s.View(func(tx store.Tx) error {
		if err := tx.Put([]byte("a"), nil); !errors.Is(err, store.ErrReadOnly) {
			t.Errorf("Put: got %v", err)
		}
		return tx.Delete([]byte("a"))
	})
	if !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("Delete: got %v", err)
	}
}

func tooBigIsSaid(t *testing.T, s store.Store) {
	t.Helper()
	err := s.Update(store.Synced, func(tx store.Tx) error {
		for i := range 200_000 {
			if err := tx.Put(fmt.Appendf(nil, "key%09d", i), make([]byte, 100)); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, store.ErrTooBig) {
		t.Fatalf("20 MB of small values: got %v, want ErrTooBig", err)
	}
	if got := dump(t, s, ""); len(got) != 0 {
		t.Errorf("%d keys were written", len(got))
	}
	set(t, s, store.Synced, "a", strings.Repeat("x", 4<<20)) // one large value is no trouble
}

func copiesSlices(t *testing.T, s store.Store) {
	t.Helper()
	k, v := []byte("key"), []byte("value")
	err := s.Update(store.Lazy, func(tx store.Tx) error {
		err := tx.Put(k, v)
		clear(k)
		clear(v)
		return err
	})
	if got := dump(t, s, ""); err != nil || !cmp.Equal(got, []string{"key=value"}) {
		t.Errorf("got %q, %v", got, err)
	}
}

func oneUpdateAfterAnother(t *testing.T, s store.Store) {
	t.Helper()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 25 {
				err := s.Update(store.Synced, func(tx store.Tx) error {
					n, err := store.GetOr(tx, []byte("n"))
					if err != nil {
						return err
					}
					return tx.Put([]byte("n"), append(n, 'x'))
				})
				if err != nil {
					t.Errorf("update: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if got := dump(t, s, ""); !cmp.Equal(got, []string{"n=" + strings.Repeat("x", 200)}) {
		t.Errorf("200 updates that read and write: an update was lost")
	}
}

func closedIsSaid(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	nothing := func(store.Tx) error { return nil }
	if err := s.View(nothing); !errors.Is(err, store.ErrClosed) {
		t.Errorf("View: got %v", err)
	}
	if err := s.Update(store.Lazy, nothing); !errors.Is(err, store.ErrClosed) {
		t.Errorf("Update: got %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("second Close: got %v", err)
	}
}

func nestedScanIsRefused(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Lazy, "a", "1")
	err := s.Update(store.Lazy, func(tx store.Tx) error {
		return tx.Scan(nil, nil, func(_, _ []byte) error {
			return tx.Scan(nil, nil, func(_, _ []byte) error { return nil })
		})
	})
	if err == nil {
		t.Error("a scan inside a scan of an update was allowed")
	}
}

func emptyValue(t *testing.T, s store.Store) {
	t.Helper()
	set(t, s, store.Lazy, "a", "")
	err := s.View(func(tx store.Tx) error {
		if ok, err := store.Has(tx, []byte("a")); !ok || err != nil {
			t.Errorf("got %v, %v, want the key there", ok, err)
		}
		k, err := store.FirstKey(tx, nil, nil)
		if string(k) != "a" {
			t.Errorf("FirstKey: got %q", k)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// likeAMap compares 2,000 random operations with a plain map.
func likeAMap(t *testing.T, s store.Store) {
	t.Helper()
	const seed = 7
	rng := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a seeded test
	model := map[string]string{}
	for range 200 {
		err := s.Update(store.Durability(rng.IntN(2)), func(tx store.Tx) error {
			for range 10 {
				k := fmt.Sprintf("%c/%02d", 'a'+rune(rng.IntN(3)), rng.IntN(40))
				if rng.IntN(3) == 0 {
					delete(model, k)
					if err := tx.Delete([]byte(k)); err != nil {
						return err
					}
					continue
				}
				v := strings.Repeat("v", rng.IntN(3000))
				model[k] = v
				if err := tx.Put([]byte(k), []byte(v)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		prefix := string(bytes.Repeat([]byte{byte('a' + rng.IntN(3))}, rng.IntN(2)))
		var want []string
		for k, v := range model {
			if strings.HasPrefix(k, prefix) {
				want = append(want, k+"="+v)
			}
		}
		slices.Sort(want)
		if got := dump(t, s, prefix); !slices.Equal(got, want) {
			t.Fatalf("seed %d: %d keys under %q, want %d", seed, len(got), prefix, len(want))
		}
	}
}
