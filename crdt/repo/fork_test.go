package repo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// EN5: at another log nobody can tell an older copy from the original. It goes
// on under other numbers and a new incarnation, once for each log, and a
// document that the original made is not made a second time.
func TestEN5_AnotherLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 171)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	old := w.create(a, set("f:name", "甲"))
	w.mustSync(a)
	made := w.create(a, set("f:name", "乙"))
	first, err := a.Outbox(0, 10)
	if err != nil || len(first) != 1 {
		t.Fatalf("%d envelopes, %v", len(first), err)
	}
	w.edit(a, old, set("f:city", "一"))
	before, err := a.Outbox(0, 10)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it is known
		if err := a.NewLog(wire.LogID{2}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if a.Copied() {
		t.Error("the person is told of a copy")
	}
	if _, err := a.Rebase(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, err := a.Outbox(0, 10)
	if err != nil || len(out) != 2 {
		t.Fatalf("%d envelopes, %v", len(out), err)
	}
	if out[0].Doc != made || !cmp.Equal(out[0], first[0]) {
		t.Error("what makes a document was made anew")
	}
	if out[1].Doc != old || out[1].N <= before[1].N+4000 || out[1].N > before[1].N+5000 || cmp.Equal(out[1].Envelope, before[1].Envelope) {
		t.Errorf("the edit goes out as %d, was %d", out[1].N, before[1].N)
	}
	w.mustSync(a)
	if a.value(t, old, "f:city") != "一" || a.value(t, made, "f:name") != "乙" {
		t.Error("an edit is gone")
	}
}
