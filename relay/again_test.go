package relay

import (
	"fmt"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/wire"
)

// TestGA18_ReadingAgainCosts: a device cannot make the relay read a long document
// again and again, by edits that follow nothing or by duplicates of long ago.
func TestGA18_ReadingAgainCosts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	sales := w.connect(s.Sales)
	id := s.Customer.ID()
	var first []wire.Envelope
	for i := range 200 {
		w.now = w.now.Add(time.Second)
		e := edit(s, fmt.Sprint(i))
		first = append(first, e)
		sales.mustPush(e)
	}
	all := s.Customer.State().Changes()
	read := func(what string, times int, push func() []wire.PushResult, want wire.Code) {
		t.Helper()
		from := w.room.again
		for i, r := range push() {
			if r.Code != want {
				t.Fatalf("%s: answer %d is %s, want %s", what, i, r.Code, want)
			}
		}
		if got := w.room.again - from; got > times*all {
			t.Errorf("%s: %d records read again of a document of %d", what, got, all)
		}
	}
	read("duplicates of long ago in one frame", 1, func() []wire.PushResult { return sales.push(first[:64]...) }, wire.CodeDuplicate)

	founder := w.connect(s.Founder)
	old := s.Customer.State().Hashes()[5]
	one := changetest.EditAt(t, s.Customer.State(), []canon.Hash{old}, s.Actor(s.Founder), "edit", str("f:remark", "old"))
	made := byte(0)
	unknown := func(n int) []wire.Envelope {
		var out []wire.Envelope
		for range n {
			made++
			c := changetest.Forge(t, one, func(c *change.Change) { c.Deps = []canon.Hash{{1, made}} })
			out = append(out, s.Envelope(s.Founder, id, c))
		}
		return out
	}
	read("edits that follow nothing, in one frame", 1, func() []wire.PushResult { return founder.push(unknown(64)...) }, wire.CodeMissingDeps)

	// Where something comes between, it is read each time, until the allowance is
	// used up; it comes back with time.
	w.room.limits.Burst, w.room.limits.Rate = 50, 10
	w.room.rates = map[canon.DeviceID]*bucket{}
	waits := uint64(0)
	for range 10 {
		w.room.cache.last = nil
		if r := founder.push(unknown(1)...)[0]; r.Code == wire.CodeRate {
			waits = r.Retry
			break
		}
	}
	if waits == 0 {
		t.Fatal("ten times a document of", all, "changes was read for an allowance of 50")
	}
	if c := (&candidate{carrier: s.Founder.Device(), upload: true}); w.room.owes(c) {
		t.Error("who brings what another log had must wait")
	} else if w.room.charge(c, w.room.again-1000); c.paid != 0 {
		t.Error("who brings what another log had pays")
	}
	w.now = w.now.Add(time.Duration(waits) * time.Millisecond)
	founder.mustPush(s.Envelope(s.Founder, id, one))
}

// TestGA2_RivalOfAnOldEdit: an edit that follows what is folded was judged on a
// document that is not the cached one; when another process writes before it is
// appended, what that wrote is not forgotten.
func TestGA2_RivalOfAnOldEdit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 91)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	id := s.Customer.ID()
	old := s.Customer.State().Heads()
	sales := w.connect(s.Sales)
	for i := range 40 {
		sales.mustPush(edit(s, fmt.Sprint(i)))
	}
	mine := s.Envelope(s.Manager, id,
		changetest.EditAt(t, s.Customer.State(), old, s.Actor(s.Manager), "edit", str("f:remark", "old")))
	rival := s.Envelope(s.Founder, id, s.Edit(s.Founder, s.Customer, "edit", str("f:remark", "rival")))
	other := w.second()
	a, b := w.connect(s.Manager), w.dialIn(other, s.Founder)
	if !b.shake() {
		t.Fatal("the second process does not take a device")
	}
	w.room.stream = &between{Stream: w.stream, first: func() {
		if got := b.push(rival)[0].Code; got != wire.CodeAccepted {
			t.Errorf("rival: %s", got)
		}
	}}
	if got := a.push(mine)[0].Code; got != wire.CodeAccepted {
		t.Fatalf("old edit: %s", got)
	}
	cached, err := w.room.document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := w.room.wholeDocument(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := cached.doc.State().Changes(), whole.doc.State().Changes(); got != want || want != s.Customer.State().Changes()+2 {
		t.Errorf("%d changes in the cache, %d in the log, want %d", got, want, s.Customer.State().Changes()+2)
	}
}
