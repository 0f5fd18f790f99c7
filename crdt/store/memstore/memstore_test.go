package memstore_test

import (
	"errors"
	"testing"

	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/store/storetest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t,
		func(*testing.T) store.Store { return memstore.New() },
		func(t *testing.T, s store.Store) store.Store {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return s.(*memstore.Store).Reopen(false)
		})
}

func put(s store.Store, d store.Durability, k string) error {
	return s.Update(d, func(tx store.Tx) error { return tx.Put([]byte(k), []byte(k)) })
}

func has(t *testing.T, s store.Store, k string) bool {
	t.Helper()
	var ok bool
	err := s.View(func(tx store.Tx) (err error) { ok, err = store.Has(tx, []byte(k)); return err })
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

func TestCrashAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		at              int
		keepLazy        bool
		first, lazy, ok bool // what is there afterwards
	}{
		{at: 3, first: true},
		{at: 4, first: true},
		{at: 4, keepLazy: true, first: true, lazy: true},
		{at: 5, first: true},
		{at: 5, keepLazy: true, first: true, lazy: true},
		{at: 6, first: true, lazy: true, ok: true}, // a synced update takes the lazy one along
	} {
		s := memstore.New()
		s.CrashAt(c.at)
		var errs []error
		for i, k := range []string{"first", "lazy", "ok"} {
			d := store.Synced
			if i == 1 {
				d = store.Lazy
			}
			errs = append(errs, put(s, d, k))
		}
		if !errors.Is(errs[2], memstore.ErrCrashed) || !s.Crashed() {
			t.Errorf("CrashAt(%d): got %v, want the last update to fail", c.at, errs)
		}
		r := s.Reopen(c.keepLazy)
		for k, want := range map[string]bool{"first": c.first, "lazy": c.lazy, "ok": c.ok} {
			if got := has(t, r, k); got != want {
				t.Errorf("CrashAt(%d), keepLazy %v: %q there: got %v, want %v", c.at, c.keepLazy, k, got, want)
			}
		}
	}
}

func TestCloneIsIndependent(t *testing.T) {
	t.Parallel()
	s := memstore.New()
	if err := put(s, store.Synced, "a"); err != nil {
		t.Fatal(err)
	}
	c := s.Clone()
	if err := errors.Join(put(s, store.Synced, "b"), put(c, store.Synced, "c")); err != nil {
		t.Fatal(err)
	}
	if has(t, s, "c") || has(t, c, "b") || !has(t, c, "a") {
		t.Error("the copy and the original see each other's writes")
	}
}
