package repo_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// answered pushes the outbox, moves the cursor behind what was accepted, as a
// relay does that sends nobody what he sent, and gives the answers back.
func (w *world) answered(d *device, judge func(repo.Outgoing) wire.PushResult) []repo.Answer {
	w.t.Helper()
	out, err := d.Outbox(0, 100)
	if err != nil {
		w.t.Fatal(err)
	}
	var answers []repo.Answer
	next := wire.Cursor{Log: w.id}
	for _, o := range out {
		a := repo.Answer{N: o.N, Sent: o.Envelope, Result: judge(o)}
		answers = append(answers, a)
		next.Seq, next.Doc, next.ID = a.Result.Seq, o.Doc, o.ID
	}
	if _, err := d.Accept(w.t.Context(), nil, next); err != nil {
		w.t.Fatal(err)
	}
	return answers
}

func firstRecord(t *testing.T, d *device, id canon.DocID) (b []byte) {
	t.Helper()
	err := d.st.View(func(tx store.Tx) (err error) { b, err = store.GetOr(tx, store.RecordKey(id, 0)); return err })
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestGA3_SettledAtOnce: an own new customer becomes the record that every other
// device has of it, in the transaction that settles it, also after statements
// that say nothing about its author's rights.
func TestGA3_SettledAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 60)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	var ids []canon.DocID
	for i := range 3 {
		if i == 1 {
			w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "y")
			w.charter(a)
		}
		ids = append(ids, w.create(a, set("f:name", "甲")))
	}
	w.edit(a, ids[2], set("f:name", "乙")) // waits behind its creation
	answers := w.answered(a, func(o repo.Outgoing) wire.PushResult { return w.judge(o.Envelope) })
	before := a.FeedEnd()
	if err := a.Settle(t.Context(), w.id, answers...); err != nil {
		t.Fatal(err)
	}
	w.counted(a)
	feed, err := a.Feed(before, 10)
	if err != nil || len(feed) != 3 {
		t.Fatalf("feed %v, %v", feed, err)
	}
	for _, f := range feed {
		if !f.Settled {
			t.Errorf("%s is not only settled", f.Doc)
		}
	}
	if err := a.Settle(t.Context(), w.id, answers...); err != nil || a.FeedEnd() != before+3 {
		t.Errorf("the same answers again: feed %d, %v", a.FeedEnd()-before, err)
	}
	w.mustSync(b)
	for _, id := range ids {
		if diff := cmp.Diff(firstRecord(t, a, id), firstRecord(t, b, id)); diff != "" {
			t.Errorf("the record differs: %s", diff)
		}
	}
	a.reopen(w)
	if diff := cmp.Diff(a.dump(t), b.dump(t)); diff != "" {
		t.Errorf("A and B differ: %s", diff)
	}
}

// TestGA3_SettledAsStored: an answer that comes with another envelope than the
// outbox has enters what the outbox has.
func TestGA3_SettledAsStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 64)
	a := w.device(w.w.Founder)
	w.charter(a)
	ids := []canon.DocID{w.create(a, set("f:name", "甲")), w.create(a, set("f:name", "乙"))}
	answers := w.answered(a, func(o repo.Outgoing) wire.PushResult { return w.judge(o.Envelope) })
	answers[0].Sent, answers[1].Sent = answers[1].Sent, []byte("no envelope")
	if err := a.Settle(t.Context(), w.id, answers...); err != nil {
		t.Fatal(err)
	}
	w.counted(a)
	for i, id := range ids {
		if diff := cmp.Diff(w.log[i].Encode(), firstRecord(t, a, id)); diff != "" {
			t.Errorf("record %d differs: %s", i, diff)
		}
	}
}

// TestGA3_SettledIsJudged: a relay that says "accepted" at a place where the
// author may not write any more gets nothing in.
func TestGA3_SettledIsJudged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 61)
	author := w.w.Join(charter.RoleColleague, chartertest.Sales, "x")
	a := w.device(author)
	id := w.create(a, set("f:name", "甲"))
	w.w.Promote(author, chartertest.RoleService)
	w.charter(a)
	answers := w.answered(a, func(repo.Outgoing) wire.PushResult {
		return wire.PushResult{Code: wire.CodeAccepted, Seq: 1, Time: 1, C: w.w.State().Head().Seq}
	})
	if err := a.Settle(t.Context(), w.id, answers...); err != nil {
		t.Fatal(err)
	}
	w.counted(a)
	if firstRecord(t, a, id) != nil || a.Blocked() != 1 {
		t.Errorf("entered without a right; %d blocked", a.Blocked())
	}
}

// TestSE0_SaltWithItsDocument: a salt that comes with its document is there with
// it, as one entry of the feed, and only where it fits.
func TestSE0_SaltWithItsDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 62)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	good, bad, without := w.create(a, set("f:name", "甲")), w.create(a, set("f:name", "乙")), w.create(a, set("f:name", "丙"))
	if err := w.push(a); err != nil {
		t.Fatal(err)
	}
	var items []wire.Item
	for i := range w.log {
		items = append(items, wire.Item{Record: &w.log[i]})
	}
	last := w.log[len(w.log)-1]
	next := wire.Cursor{Log: w.id, Seq: last.Seq, Doc: last.Envelope.Body.Doc, ID: last.Envelope.ID(w.w.ID)}
	salts := []wire.Salt{{Doc: good, Salt: saltFor(good)}, {Doc: bad, Salt: [32]byte{9}}, {Doc: w.newDoc()}}
	res, err := b.Accept(t.Context(), items, next, salts...)
	clear(salts) // what the document knows is its own
	if err != nil || !cmp.Equal(res.Salted, []canon.DocID{good}) || b.FeedEnd() != 3 {
		t.Fatalf("accept: %+v, feed %d, %v", res, b.FeedEnd(), err)
	}
	for id, want := range map[canon.DocID]bool{good: true, bad: false, without: false} {
		if salt, ok, err := b.Salt(id); ok != want || err != nil || ok && salt != saltFor(id) {
			t.Errorf("salt of %s: %v, %v", id, ok, err)
		}
	}
	if n, err := b.AddSalts(wire.Salt{Doc: bad, Salt: saltFor(bad)}, wire.Salt{Doc: good, Salt: saltFor(good)}); n != 1 || err != nil {
		t.Errorf("later: %d, %v", n, err)
	}
}

// TestGA3_PlaceBeforeItsCharter: an answer that stands on statements which are
// not here yet waits for them; it is no refusal.
func TestGA3_PlaceBeforeItsCharter(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 63)
	a := w.device(w.w.Founder)
	id := w.create(a, set("f:name", "甲"))
	w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "y")
	answers := w.answered(a, func(o repo.Outgoing) wire.PushResult { return w.judge(o.Envelope) })
	if err := a.Settle(t.Context(), w.id, answers...); err != nil {
		t.Fatal(err)
	}
	if a.Blocked() != 0 || firstRecord(t, a, id) != nil {
		t.Fatalf("%d blocked, before the statements are here", a.Blocked())
	}
	w.charter(a)
	if err := a.Settle(t.Context(), w.id); err != nil {
		t.Fatal(err)
	}
	if v, _ := a.Read(id); a.Blocked() != 0 || v.Pending() != 0 || firstRecord(t, a, id) == nil {
		t.Errorf("%d blocked, %d pending after the statements", a.Blocked(), v.Pending())
	}
}
