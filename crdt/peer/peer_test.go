package peer_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

// Invariant 1: nothing is pulled or pushed before both charters are one.
func TestWI10_CharterBeforeData(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 1)
	s := newSite(t, w, w.Founder)
	s.create("甲")
	w.Must(&charter.DepartmentContent{ID: "later", Name: "新部门", Parent: chartertest.Company}, w.Founder)
	s.meet(s.ready())
	if diff := cmp.Diff([]string{"statements"}, s.frames()); diff != "" {
		t.Errorf("with a shorter charter the device sent (-want +got):\n%s", diff)
	}
	id, f := took[*wire.Statements](s)
	s.say(id, &wire.Records{Records: s.records()[f.From:]})
	if diff := cmp.Diff([]string{"pull", "push", "salts"}, sorted(s.frames())); diff != "" {
		t.Errorf("with the whole charter the device sent (-want +got):\n%s", diff)
	}
}

// HE3: a relay that lost statements gets them before anything else.
func TestHE3_RelayBehindGetsStatements(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 2)
	short := wire.HeadOf(w.State().Head())
	w.Must(&charter.DepartmentContent{ID: "later", Name: "新部门", Parent: chartertest.Company}, w.Founder)
	s := newSite(t, w, w.Founder)
	s.create("甲")
	r := s.ready()
	r.Charter = short
	s.meet(r)
	if diff := cmp.Diff([]string{"append"}, s.frames()); diff != "" {
		t.Errorf("to a relay that is behind the device sent (-want +got):\n%s", diff)
	}
	id, f := took[*wire.Append](s)
	s.say(id, &wire.OK{Records: [][]byte{f.Record}})
	if !sends[*wire.Pull](s) || !sends[*wire.Push](s) {
		t.Errorf("then it sent %v", s.frames())
	}
}

// Invariant 2: a new process asks again, with the very same envelopes, and an
// answer may come twice.
func TestEN7_AskedAgainAfterACrash(t *testing.T) {
	t.Parallel()
	s := synced(t, 3)
	s.create("甲")
	s.step(peer.Wrote{})
	_, first := took[*wire.Push](s)
	s.open() // the process died before the answer
	s.meet(s.ready())
	pull, _ := took[*wire.Pull](s)
	id, again := took[*wire.Push](s)
	if diff := cmp.Diff(first.Envelopes, again.Envelopes); diff != "" {
		t.Errorf("sent otherwise after a crash:\n%s", diff)
	}
	rec := s.record(again.Envelopes[0])
	answer := &wire.Pushed{Results: []wire.PushResult{{Code: wire.CodeDuplicate, Seq: rec.Seq, Time: rec.Time, C: rec.C}}}
	for range 2 {
		s.say(id, answer)
		if n := s.outbox(); n != 0 {
			t.Errorf("%d envelopes wait after the answer", n)
		}
	}
	s.batch(pull, false, rec)
	if n := s.outbox(); n != 0 || s.cursor().Seq != rec.Seq {
		t.Errorf("%d envelopes wait, cursor at %d", n, s.cursor().Seq)
	}
}

// While others are under way, an answer waits for the batch that moves the cursor
// past its place, and is written with it; a crash before costs nothing.
func TestEN7_AnswerIsWrittenWithItsPlace(t *testing.T) {
	t.Parallel()
	for _, dies := range []bool{false, true} {
		s := synced(t, 9)
		pull := s.pull
		first := s.create("甲")
		s.step(peer.Wrote{})
		s.create("乙")
		s.step(peer.Wrote{})
		recs := s.settle(wire.CodeAccepted)
		if n := s.outbox(); n != 2 {
			t.Fatalf("%d envelopes wait behind the first answer", n)
		}
		if dies {
			s.open()
			s.meet(s.ready())
			if _, f := took[*wire.Push](s); len(f.Envelopes) != 2 {
				t.Errorf("%d envelopes sent again", len(f.Envelopes))
			}
			continue
		}
		e := recs[0].Envelope
		f, err := wire.NewBatch(nil, wire.Cursor{Log: s.log, Seq: recs[0].Seq, Doc: first, ID: e.ID(s.w.ID)}, false)
		if err != nil {
			t.Fatal(err)
		}
		s.say(pull, f)
		if n := s.outbox(); n != 1 || s.cursor().Seq != recs[0].Seq {
			t.Errorf("%d envelopes wait, cursor at %d", n, s.cursor().Seq)
		}
		feed, err := s.repo.Feed(0, 10)
		if err != nil || len(feed) != 3 || !feed[2].Settled || feed[2].Doc != first {
			t.Errorf("feed %+v, %v", feed, err)
		}
		s.settle(wire.CodeAccepted) // nothing behind it is under way
		if n := s.outbox(); n != 0 {
			t.Errorf("%d envelopes wait at the end", n)
		}
	}
}

// Invariant 3: an own envelope that comes back settles itself, and is nothing
// that was received.
func TestEN7_OwnEnvelopeComesBack(t *testing.T) {
	t.Parallel()
	s := synced(t, 10)
	pull := s.pull
	other := newSite(t, s.w, s.w.Join(charter.RoleColleague, chartertest.Sales, "李"))
	s.know(s.records())
	other.create("乙")
	s.create("甲")
	own, foreign := s.record(s.envelopes()[0]), s.record(other.envelopes()[0])
	s.batch(pull, false, own)
	if got := s.status().Received; got != 0 || s.outbox() != 0 {
		t.Errorf("%d received, %d wait", got, s.outbox())
	}
	s.batch(pull, false, foreign)
	s.batch(pull, false, foreign) // a batch may come twice
	if got := s.status().Received; got != 1 {
		t.Errorf("%d received, want the colleague's one", got)
	}
}

// Invariant 3: an answer belongs to the connection that it was asked on.
func TestEN7_AnswerOfAnotherConnection(t *testing.T) {
	t.Parallel()
	s := synced(t, 4)
	s.create("甲")
	s.step(peer.Wrote{})
	id, _ := took[*wire.Push](s)
	s.meet(s.ready())
	s.create("乙") // another envelope takes another id
	s.step(peer.Wrote{})
	if now, _ := took[*wire.Push](s); now == id {
		t.Skip("the same id by chance")
	}
	s.say(id, &wire.Pushed{Results: []wire.PushResult{{Code: wire.CodeBadKey}}})
	if got := s.repo.Blocked(); got != 0 {
		t.Errorf("%d documents refused by an answer to another connection", got)
	}
}

// Invariant 3: what comes back in the log needs no answer; a relay that misses
// its salt asks for it, in whichever life of the program.
func TestSE0_RelayAsksForASalt(t *testing.T) {
	t.Parallel()
	s := synced(t, 5)
	doc := s.create("甲")
	s.step(peer.Wrote{})
	id, f := took[*wire.Push](s)
	rec := s.record(f.Envelopes[0])
	_ = id // neither the push nor the salts are answered
	s.open()
	s.meet(s.ready())
	pull, _ := took[*wire.Pull](s)
	s.batch(pull, false, rec)
	if n := s.outbox(); n != 0 {
		t.Fatalf("%d envelopes wait after they came back", n)
	}
	s.sent = nil
	other := canon.DocID(s.w.Random16())
	s.say(2, &wire.Salts{Ask: []canon.DocID{other, doc}})
	got, answer := took[*wire.Salts](s)
	want := []wire.Salt{{Doc: doc, Salt: salt(doc)}}
	if diff := cmp.Diff(want, answer.Salts); diff != "" || got != 2 {
		t.Errorf("answer %d (-want +got):\n%s", got, diff)
	}
}

// A salt that was lost with a connection is asked for on the next one.
func TestSE0_MissingSaltIsAskedForOnEachConnection(t *testing.T) {
	t.Parallel()
	a := synced(t, 6)
	b := newSite(t, a.w, a.w.Join(charter.RoleColleague, chartertest.Sales, "李"))
	a.know(a.records())
	doc := a.create("甲")
	rec := b.record(a.envelopes()[0])
	for round := range 3 {
		b.meet(b.ready())
		id, _ := took[*wire.Pull](b)
		if round == 0 {
			b.batch(id, false, rec)
		} else {
			b.batch(id, false)
		}
		b.after(8 * time.Second)
		ask, f := took[*wire.Salts](b)
		if diff := cmp.Diff([]canon.DocID{doc}, f.Ask); diff != "" {
			t.Fatalf("connection %d asked for (-want +got):\n%s", round, diff)
		}
		if round == 2 {
			b.say(ask, &wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: salt(doc)}}})
		} else {
			b.say(ask, &wire.Salts{}) // the relay has none yet
		}
	}
	if got, ok, err := b.repo.Salt(doc); !ok || err != nil || got != salt(doc) {
		t.Errorf("salt %v, %v", ok, err)
	}
	b.meet(b.ready())
	b.after(8 * time.Second)
	if sends[*wire.Salts](b) {
		t.Error("asked for a salt that is there")
	}
}

// Invariant 4: what stands on an envelope that was not decided is not refused
// for it.
func TestEN7_RefusedBehindUndecided(t *testing.T) {
	t.Parallel()
	s := synced(t, 7)
	doc := s.create("甲")
	s.edit(doc, "一")
	s.step(peer.Wrote{})
	id, _ := took[*wire.Push](s)
	s.say(id, &wire.Pushed{Results: []wire.PushResult{{Code: wire.CodeRate, Retry: 1000}, {Code: wire.CodeMissingDeps}}})
	if s.repo.Blocked() != 0 || s.outbox() != 2 {
		t.Fatalf("%d documents refused, %d envelopes wait", s.repo.Blocked(), s.outbox())
	}
	s.after(2 * time.Second)
	if recs := s.settle(wire.CodeAccepted); len(recs) != 2 || s.outbox() != 0 {
		t.Errorf("%d envelopes sent again, %d wait", len(recs), s.outbox())
	}
}

// Invariant 5: refused edits are made anew only on all that the relay had.
func TestRB2_PulledBeforeRebase(t *testing.T) {
	t.Parallel()
	a := synced(t, 8)
	b := newSite(t, a.w, a.w.Join(charter.RoleColleague, chartertest.Sales, "李"))
	a.know(a.records())
	doc := a.create("甲")
	rec := b.record(a.envelopes()[0])
	b.meet(b.ready())
	id, _ := took[*wire.Pull](b)
	b.batch(id, false, rec)
	b.edit(doc, "乙的话")
	b.step(peer.Wrote{})
	before := b.envelopes()
	b.settle(wire.CodeRowDenied)
	if b.repo.Blocked() != 1 {
		t.Fatal("not refused")
	}
	id, _ = took[*wire.Pull](b)
	a.edit(doc, "甲的话")
	b.batch(id, true, b.record(a.envelopes()[1]))
	if b.repo.Blocked() != 1 {
		t.Fatal("made anew before the log's end")
	}
	b.batch(id, false)
	if b.repo.Blocked() != 0 || b.value(doc, "f:remark") != "乙的话" {
		t.Errorf("after the end: %d refused, %q", b.repo.Blocked(), b.value(doc, "f:remark"))
	}
	if _, f := took[*wire.Push](b); cmp.Equal(f.Envelopes, before) {
		t.Error("the refused envelope was sent again")
	}
}

// Invariant 6 and GA3: a batch on unknown statements waits for them, and
// nothing overtakes it.
func TestGA3_BatchWaitsForStatements(t *testing.T) {
	t.Parallel()
	a := synced(t, 9)
	b := newSite(t, a.w, a.w.Join(charter.RoleColleague, chartertest.Sales, "李"))
	a.know(a.records())
	b.meet(b.ready())
	id, _ := took[*wire.Pull](b)
	b.batch(id, false)
	a.w.Must(&charter.DepartmentContent{ID: "later", Name: "新部门", Parent: chartertest.Company}, a.w.Founder)
	a.know(a.records())
	doc := a.create("甲")
	a.edit(doc, "一")
	list := a.envelopes()
	b.batch(id, false, b.record(list[0]))
	b.batch(id, false, b.record(list[1]))
	if b.value(doc, "f:name") != "" || b.cursor().Seq != 0 {
		t.Fatalf("applied without its statement: %q, cursor %d", b.value(doc, "f:name"), b.cursor().Seq)
	}
	ask, f := took[*wire.Statements](b)
	b.say(ask, &wire.Records{Records: b.records()[f.From:]})
	if got := b.value(doc, "f:remark"); got != "一" || b.cursor().Seq != 2 {
		t.Errorf("with its statement: %q, cursor %d", got, b.cursor().Seq)
	}
}

// The relay is full, or will not have one document: others go on.
func TestGA18_OneEnvelopeWaits(t *testing.T) {
	t.Parallel()
	for _, code := range []wire.Code{wire.CodeQuota, wire.CodeDenied} {
		s := synced(t, 10)
		s.create("甲")
		s.step(peer.Wrote{})
		s.settle(code)
		doc := s.create("乙")
		s.step(peer.Wrote{})
		if recs := s.settle(wire.CodeAccepted); len(recs) != 1 || recs[0].Envelope.Body.Doc != doc {
			t.Fatalf("%s: the other document was not sent alone", code)
		}
		if s.outbox() != 1 || s.peer.Quiet() {
			t.Errorf("%s: %d envelopes wait, quiet %v", code, s.outbox(), s.peer.Quiet())
		}
		s.after(10 * time.Second)
		if sends[*wire.Push](s) {
			t.Errorf("%s: sent again at once", code)
		}
		s.after(25 * time.Second)
		s.settle(wire.CodeAccepted)
		if s.outbox() != 0 {
			t.Errorf("%s: %d envelopes wait at the end", code, s.outbox())
		}
	}
}

// When nothing gets in, the relay is not asked for each document.
func TestGA18_FullRelayIsSpared(t *testing.T) {
	t.Parallel()
	s := synced(t, 11)
	for range 800 {
		s.create("客户")
	}
	s.step(peer.Wrote{})
	sent := 0
	for sends[*wire.Push](s) {
		sent++
		s.settle(wire.CodeQuota)
	}
	if sent > 9 {
		t.Errorf("%d frames of 13 to a relay that is full", sent)
	}
	for range 200 {
		s.after(time.Second)
		for sends[*wire.Push](s) {
			s.settle(wire.CodeAccepted)
		}
	}
	if s.outbox() != 0 {
		t.Errorf("%d envelopes never got in", s.outbox())
	}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// A relay that reads two pulls at once answers the newer one only.
func TestPullTakesThePlaceOfThePull(t *testing.T) {
	t.Parallel()
	s, doc := stocked(t, 31)
	s.edit(doc, "一")
	r := s.readyAt(1)
	r.Counter = wire.Counter{N: 40, ID: canon.Hash{1}} // a copy (EN5): something is to be made anew at once
	s.meet(r)
	id, _ := took[*wire.Pull](s)
	if !sends[*wire.Pull](s) {
		t.Fatal("one pull only: RB2 asks for another")
	}
	for sends[*wire.Pull](s) {
		id, _ = took[*wire.Pull](s)
	}
	s.batch(id, false)
	s.settle(wire.CodeAccepted)
	if !s.peer.Quiet() {
		t.Errorf("still waits: %v", s.frames())
	}
}
