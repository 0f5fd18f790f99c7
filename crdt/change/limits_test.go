package change_test

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

func TestGA15_LiveValuesOfAKey(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	at := d.Heads()
	for i := range change.MaxLive {
		c := changetest.EditAt(t, d.State, at, changetest.Actor(byte(i), 9), "edit", changetest.Str("f:a", "v"), changetest.Str("f:a", "w"))
		d.Enter(t, c)
	}
	over := changetest.EditAt(t, d.State, at, bob, "edit", changetest.Str("f:a", "v"))
	wantViolation(t, d.Check(over), change.CodeTooManyValues, "GA15")
	// Whoever has seen one of them may replace it, and all can be settled.
	first := d.Hashes()[1:2]
	d.Enter(t, changetest.EditAt(t, d.State, first, bob, "edit", changetest.Str("f:a", "v")))
	d.Edit(t, bob, "resolve", changetest.Str("f:a", "v"))
	if live, err := d.Live("f:a", nil); err != nil || len(live) != 1 {
		t.Errorf("got %d live values, %v; want 1", len(live), err)
	}
}

func TestGA15_KeysOfADocument(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	puts := func(from, n int) []changetest.Put {
		out := make([]changetest.Put, n)
		for i := range out {
			out[i] = changetest.Str(fmt.Sprintf("f:%04d", from+i), "v")
		}
		return out
	}
	for from := 0; from < change.MaxKeys-1; from += 500 {
		d.Edit(t, alice, "edit", puts(from, min(500, change.MaxKeys-1-from))...)
	}
	over := changetest.Edit(t, d.State, bob, "edit", changetest.Str("f:more", "v"))
	wantViolation(t, d.Check(over), change.CodeDocFull, "keys")
	d.Edit(t, bob, "edit", puts(0, 10)...)
}

func TestGA15_BytesOfADocument(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	value := strings.Repeat("v", change.MaxValue)
	put := changetest.Put{Key: "f:a"}
	for d.Size()+3*change.MaxValue+500 <= change.MaxDocBytes {
		put.Value = change.String(value)
		d.Edit(t, alice, "edit", put, put, put)
	}
	rest := change.MaxDocBytes - d.Size()
	over := changetest.Edit(t, d.State, bob, "edit", put, put, put)
	if over.Size() <= rest {
		t.Fatalf("%d bytes still fit into %d", over.Size(), rest)
	}
	wantViolation(t, d.Check(over), change.CodeDocFull, "bytes")
}

func TestGA15_ChangesAndOperationsOfADocument(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create", changetest.Str("f:a", "v"))
	many := d.Clone()
	for range change.MaxDocOps/change.MaxOps - 1 {
		check(t, many.Enter(unhashed(t, many, change.MaxOps)))
	}
	wantViolation(t, many.Check(unhashed(t, many, change.MaxOps)), change.CodeDocFull, "operations")
	// Values that were replaced within their own change are not kept.
	if b, err := many.MarshalBinary(); err != nil || len(b) > 100*many.Changes() {
		t.Errorf("a cache of %d bytes for %d changes, %v", len(b), many.Changes(), err)
	}
	for d.Changes() < change.MaxChanges {
		check(t, d.State.Enter(unhashed(t, d.State, 1)))
	}
	wantViolation(t, d.Check(unhashed(t, d.State, 1)), change.CodeDocFull, "changes")
}

// unhashed is alice's next change, writing one key n times, with an invented
// hash: 20,000 real ones take long.
func unhashed(t *testing.T, s *change.State, n int) *change.Change {
	t.Helper()
	live, err := s.Live("f:a", nil)
	check(t, err)
	c := &change.Change{
		Deps: s.Heads(), Actor: alice, Seq: s.NextSeq(alice), StartOp: s.MaxOp() + 1, Message: "edit",
		Ops: make([]change.Op, n),
	}
	binary.BigEndian.PutUint64(c.Hash[:], c.Seq)
	pred := live[0].ID
	for i := range c.Ops {
		c.Ops[i] = change.Op{Action: change.Set, Key: "f:a", Value: change.Bool(true), Pred: []change.OpID{pred}}
		pred = c.ID(i)
	}
	return c
}

func TestGA15_TextOfADocument(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	memo := change.OpID{Ctr: 1, Actor: alice}
	for change.TextBytes(d.State, memo)+4*change.MaxOps <= change.MaxText {
		d.Enter(t, changetest.Type(t, d.State, alice, "edit", "n:memo", strings.Repeat("😀", change.MaxOps)))
	}
	over := changetest.Type(t, d.State, alice, "edit", "n:memo", strings.Repeat("😀", change.MaxOps))
	wantViolation(t, d.Check(over), change.CodeValueTooLarge, "text")
	rest := (change.MaxText - change.TextBytes(d.State, memo)) / len("😀")
	d.Enter(t, changetest.Type(t, d.State, alice, "edit", "n:memo", strings.Repeat("😀", rest)))
	if got := change.TextBytes(d.State, memo); got != change.MaxText {
		t.Fatalf("text of %d bytes, want it full", got)
	}
	over = changetest.Type(t, d.State, alice, "edit", "n:memo", "a")
	wantViolation(t, d.Check(over), change.CodeValueTooLarge, "text")
	// What does not grow is always allowed.
	same := changetest.Forge(t, over, func(c *change.Change) {
		e := change.OpID{Ctr: 2, Actor: alice}
		c.Ops = []change.Op{{Action: change.Set, Obj: memo, Elem: e, Value: change.String("😁"), Pred: []change.OpID{e}}}
	})
	check(t, d.Check(same))
	last := over.ID(0).Ctr - 1
	shorter := changetest.Forge(t, over, func(c *change.Change) {
		e := change.OpID{Ctr: last, Actor: alice}
		c.Ops = []change.Op{{Action: change.Delete, Obj: memo, Elem: e, Pred: []change.OpID{e}}}
	})
	before := change.TextBytes(d.State, memo)
	d.Enter(t, shorter)
	if got, want := change.TextBytes(d.State, memo), before-4; got != want {
		t.Errorf("text of %d bytes, want %d", got, want)
	}
}

func TestGA21_WhatStateRemembers(t *testing.T) {
	t.Parallel()
	d := twoHeads(t)
	root := d.Hashes()[0]
	if info, ok := d.Creator(); !ok || info.Hash != root || info.Actor != alice || info.Message != "create" || info.Time != changetest.Time {
		t.Errorf("creator %+v", info)
	}
	live, err := d.Live("f:name", nil)
	if err != nil || len(live) != 2 {
		t.Fatalf("%d live values, %v", len(live), err)
	}
	if live[0].Value != change.String("c") || live[1].Value != change.String("d") {
		t.Error("values not in the order of Less")
	}
	for i, actor := range []canon.ActorID{alice, bob} {
		info, ok := d.Writer(live[i].ID)
		if !ok || info.Actor != actor || info.Hash != d.Hashes()[i+1] || info.Message != "edit" {
			t.Errorf("writer of %s: %+v", live[i].ID, info)
		}
	}
	for _, id := range []change.OpID{{Ctr: 99, Actor: alice}, {Ctr: 1, Actor: carol}, {}} {
		if _, ok := d.Writer(id); ok {
			t.Errorf("a writer of %s", id)
		}
	}
	now, err := d.AuthorsAt(nil)
	check(t, err)
	then, err := d.AuthorsAt([]canon.Hash{d.Hashes()[1]})
	check(t, err)
	if diff := cmp.Diff([][]canon.DeviceID{{alice.Device(), bob.Device()}, {alice.Device()}}, [][]canon.DeviceID{now, then}); diff != "" {
		t.Errorf("authors (-want +got):\n%s", diff)
	}
	if d.Sees([]canon.Hash{d.Hashes()[1]}, d.Hashes()[2]) || !d.Sees([]canon.Hash{d.Hashes()[2]}, root) {
		t.Error("Sees is wrong")
	}
	if before, err := d.Live("f:name", []canon.Hash{}); err != nil || len(before) != 0 {
		t.Errorf("before the first change %d values, %v", len(before), err)
	}
	_, err = d.Live("f:name", []canon.Hash{{7}})
	wantViolation(t, err, change.CodeMissingDeps, "GA10")
	_, err = d.AuthorsAt([]canon.Hash{{7}})
	wantViolation(t, err, change.CodeMissingDeps, "GA10")
}

func TestGA21_CloneIsIndependent(t *testing.T) {
	t.Parallel()
	d := twoHeads(t)
	d.Enter(t, changetest.Type(t, d.State, alice, "edit", "n:memo", "甲乙"))
	before, err := d.MarshalBinary()
	check(t, err)
	c := d.Clone()
	check(t, c.Enter(changetest.Edit(t, c, bob, "edit", changetest.Str("f:name", "z"), changetest.Str("f:new", "z"))))
	check(t, c.Enter(changetest.Type(t, c, carol, "edit", "n:memo", "丙")))
	check(t, c.Enter(changetest.EditAt(t, c, d.Hashes()[:1], changetest.Actor(1, 1), "edit", changetest.Str("f:name", "q"))))
	after, err := d.MarshalBinary()
	check(t, err)
	if string(before) != string(after) {
		t.Error("changes of the clone show in the original")
	}
}

// TestGA21_DamagedCache: a damaged cache is refused, or at least harmless.
func TestGA21_DamagedCache(t *testing.T) {
	t.Parallel()
	d := twoHeads(t)
	d.Enter(t, changetest.Type(t, d.State, alice, "edit", "n:memo", "甲乙"))
	b, err := d.MarshalBinary()
	check(t, err)
	for i := range b {
		for _, bit := range []byte{1, 0x80} {
			damaged := append([]byte(nil), b...)
			damaged[i] ^= bit
			_, err := change.UnmarshalState(damaged)
			wantViolation(t, err, change.CodeCorrupt, "cached")
		}
		_, err := change.UnmarshalState(b[:i])
		wantViolation(t, err, change.CodeCorrupt, "cached")
	}
}

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
