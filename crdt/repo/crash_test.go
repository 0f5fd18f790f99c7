package repo_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// stateOf is everything in a store that an operation may change, in words; the
// caches and the loading note may differ without harm.
func stateOf(t *testing.T, s store.Store) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := s.View(func(tx store.Tx) error {
		return tx.Scan(nil, nil, func(k, v []byte) error {
			if k[0] != 's' && k[0] != 'g' && string(k) != "x/loading" {
				out[fmt.Sprintf("%x", k)] = fmt.Sprintf("%x", v)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRB6_AT72_KillAtEveryWrite runs each operation again and again, killed one
// write point later each time, with and without the lazy updates. What is found
// afterwards is whole: the device opens, verifies, and after syncing shows the
// book that it would have shown without the kill.
func TestRB6_AT72_KillAtEveryWrite(t *testing.T) {
	t.Parallel()
	ops := map[string]func(w *world, d *device, id canon.DocID) error{
		"create": func(w *world, d *device, _ canon.DocID) error {
			id := canon.DocID{1, 2, 3}
			_, err := d.Create(w.t.Context(), id, saltFor(id), creating(set("f:name", "new")))
			return err
		},
		"edit": func(w *world, d *device, id canon.DocID) error {
			_, err := d.Edit(w.t.Context(), id, repo.Always(edit(set("f:remark", "edited"))))
			return err
		},
		"batch": func(w *world, d *device, id canon.DocID) error {
			return d.Batch(w.t.Context(), nil, func(b *repo.Batch) error {
				for i := range 5 {
					id := canon.DocID{2, byte(i)}
					if err := b.Create(id, saltFor(id), creating(set("f:name", "new"))); err != nil {
						return err
					}
				}
				if err := b.Flush(); err != nil {
					return err
				}
				return b.Edit(id, repo.Always(edit(set("f:remark", "batch"))))
			})
		},
		"accept": func(w *world, d *device, _ canon.DocID) error { _, err := w.pull(d); return err },
		"settle": func(w *world, d *device, _ canon.DocID) error { return w.push(d) },
		"rebase": func(w *world, d *device, _ canon.DocID) error {
			w.refuse = func(e *wire.Envelope) *wire.PushResult {
				if e.Body.N > 6 { // made anew
					return nil
				}
				return &wire.PushResult{Code: wire.CodeFieldDenied}
			}
			if err := w.push(d); err != nil {
				return err
			}
			_, err := d.Rebase(w.t.Context())
			return err
		},
		"fork":    func(_ *world, d *device, _ canon.DocID) error { return d.Fork(100) },
		"sync":    func(w *world, d *device, _ canon.DocID) error { return w.sync(d) },
		"charter": func(w *world, d *device, _ canon.DocID) error { w.grow(); return w.tryCharter(d) },
	}
	for name, op := range ops {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			kills := 0
			for n := 1; ; n++ {
				done := false
				for _, keepLazy := range []bool{true, false} {
					done = killAt(t, name, op, n, keepLazy)
				}
				if done {
					break
				}
				kills++
			}
			t.Logf("%d write points", kills)
			if kills < 2 {
				t.Error("the operation was never killed")
			}
		})
	}
}

// grow adds a statement to the charter.
func (w *world) grow() {
	id := fmt.Sprintf("d%d", w.w.Log.Len())
	w.w.Must(&charter.DepartmentContent{ID: id, Name: id}, w.w.Founder)
}

// killAt runs op on a device with one accepted document, three pending edits and
// something to pull, killed at write point n. It tells whether op outlived n.
func killAt(t *testing.T, name string, op func(*world, *device, canon.DocID) error, n int, keepLazy bool) bool {
	t.Helper()
	w := newWorld(t, 40)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	b := w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	id, other := canon.DocID{7, 7}, canon.DocID{8, 8}
	for _, doc := range []canon.DocID{id, other} {
		if _, err := a.Create(t.Context(), doc, saltFor(doc), creating(set("f:name", "甲"))); err != nil {
			t.Fatal(err)
		}
	}
	w.mustSync(a, b)
	w.edit(a, id, set("f:remark", "mine"))
	w.edit(a, id, set("f:city", "mine"))
	w.edit(a, other, set("f:city", "mine"))
	w.edit(b, id, set("f:industry", "theirs"))
	w.mustSync(b)
	before := stateOf(t, st)
	st.CrashAt(n)
	err := op(w, a, id)
	if !st.Crashed() {
		if err != nil {
			t.Fatalf("%s without a kill: %v", name, err)
		}
		return true
	}
	if !errors.Is(err, memstore.ErrCrashed) {
		t.Fatalf("%s killed at %d: got %v", name, n, err)
	}
	a.st = st.Reopen(keepLazy)
	if n == 1 && !cmp.Equal(before, stateOf(t, a.st)) {
		t.Errorf("%s killed before its first write left something", name)
	}
	a.reopen(w)
	if p, err := a.Verify(t.Context(), nil); err != nil || len(p) != 0 {
		t.Fatalf("%s killed at %d: verify: %v, %v", name, n, p, err)
	}
	w.mustSync(a, b)
	where := fmt.Sprintf("%s killed at %d, lazy kept %v", name, n, keepLazy)
	if diff := cmp.Diff(a.dump(t), b.dump(t)); diff != "" {
		t.Errorf("%s: A and B differ: %s", where, diff)
	}
	want := map[string]string{"f:city": "mine", "f:industry": "theirs", "f:name": "甲"}
	if name != "edit" && name != "batch" {
		want["f:remark"] = "mine"
	}
	for k, v := range want {
		if got := a.value(t, id, k); got != v {
			t.Errorf("%s: %s is %q, want %q", where, k, got, v)
		}
	}
	if got := a.value(t, id, "f:remark"); got != "mine" && got != "edited" && got != "batch" {
		t.Errorf("%s: remark is %q", where, got)
	}
	if k := tray(t, a); len(k) != 0 {
		t.Errorf("%s: %d things on the list", where, len(k))
	}
	if x, _ := a.OutboxLen(); x != 0 {
		t.Errorf("%s: %d envelopes stay in the outbox", where, x)
	}
	return false
}

// TestST_AnnouncedIsOnDisk: what Create and Edit returned is there after a power
// failure, lazy updates lost.
func TestST_AnnouncedIsOnDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 41)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	id := w.create(a, set("f:name", "甲"))
	for i := range 100 { // beyond a snapshot
		w.edit(a, id, set("f:remark", fmt.Sprint(i)))
	}
	a.st = st.Reopen(false)
	a.reopen(w)
	if got := a.value(t, id, "f:remark"); got != "99" {
		t.Errorf("got %q", got)
	}
	if v, _ := a.Read(id); v.Pending() != 101 {
		t.Errorf("%d pending, want 101", v.Pending())
	}
}
