//go:build cgo

package relay

import (
	"fmt"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

// revoke has the founder revoke a device through the room.
func (w *world) revoke(d *chartertest.Device, cut uint64, why charter.Reason) {
	w.tb.Helper()
	w.scene.W.Revoke(d, cut, why)
	w.bringLast()
}

// bringLast has the founder append the newest statement.
func (w *world) bringLast() {
	w.tb.Helper()
	all := encoded(w.tb, w.scene.W.Log.All())
	if got := w.connect(w.scene.Founder).code(&wire.Append{Record: all[len(all)-1]}); got != "ok" {
		w.tb.Fatalf("append: %s", got)
	}
}

func packed(t *testing.T, e wire.Envelope) *wire.Packs {
	t.Helper()
	packs, err := wire.MakePacks([]wire.LogRecord{{Seq: 1, Time: 1, C: e.Body.CharterSeq, Envelope: e}})
	if err != nil {
		t.Fatal(err)
	}
	return &wire.Packs{Packs: packs}
}

// TestAT76_HE4_NothingIsJudgedBeforeTheHead: a revoked device comes first to a
// relay that lost its stream, with the charter of before, and brings what it
// wrote above its cut. The relay has no head to judge it by (HE4), so it takes
// nothing; after an administrator confirmed, the cut holds (LV1).
func TestAT76_HE4_NothingIsJudgedBeforeTheHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 80)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	before := w.whole(s.Founder)
	at := s.Head().Seq
	above := edit(s, "above the cut")
	w.revoke(s.Sales, above.Body.N-1, charter.ReasonLeft)
	w.wipe(2)
	thief := w.dial(s.Sales)
	thief.chain = thief.chain[:at+1]
	if !thief.shake() {
		t.Fatal(thief.failed)
	}
	thief.resume(before)
	if got := thief.upload(before); len(got) != 0 {
		t.Errorf("%d documents were asked for before the head was confirmed", len(got))
	}
	if got := thief.code(packed(t, above)); got != wire.CodeHealing {
		t.Errorf("packs before the head was confirmed: %s, want healing", got)
	}
	founder := w.connect(s.Founder)
	if got := founder.confirm(); got != "ok" {
		t.Fatal(got)
	}
	founder.resume(before)
	founder.upload(before)
	buyer := w.connect(s.Buyer)
	buyer.resume(before)
	buyer.upload(before)
	if got := buyer.ask(packed(t, above)).(*wire.Pushed).Results[0].Code; got != wire.CodeDenied {
		t.Errorf("brought by another: %s, want denied", got)
	}
	w.wantIDs(w.whole(s.Service), s.History[:len(s.History)-1])
	w.restart()
	w.wantIDs(w.whole(s.Service), s.History[:len(s.History)-1])
}

// TestWI7_AT36_RevokedIsToldNothing: of what came after its revocation a device
// learns not even which documents there are.
func TestWI7_AT36_RevokedIsToldNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 81)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	before := w.whole(s.Founder)
	w.wipe(6) // a relay that takes packs from others
	admin := w.connect(s.Founder)
	admin.confirm()
	admin.resume(before)
	admin.upload(before)
	doc := s.Customer.ID()
	w.connect(s.Founder).code(&wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: s.Salt(doc)}}})
	d := w.connect(s.Leaver)
	all := make([]uint16, wire.SummaryRanges)
	for i := range all {
		all[i] = uint16(i)
	}
	for name, f := range map[string]wire.Frame{
		"pull": &wire.Pull{Credit: 1 << 20}, "want": &wire.Want{Ranges: all},
		"summary of ranges":    &wire.Summary{Ranges: wire.SummarizeRanges([]wire.DocSummary{{Doc: doc}})},
		"summary of documents": &wire.Summary{Docs: []wire.DocSummary{{Doc: doc}}},
		"salts":                &wire.Salts{Ask: []canon.DocID{doc}}, "packs": packed(t, s.History[0]),
		"report": &wire.Report{}, "verdict": &wire.Verdict{Kind: wire.VerdictHeal, Signature: make([]byte, 64)},
		"append": &wire.Append{Record: encoded(t, s.W.Log.All())[0]},
	} {
		if got := d.code(f); got != wire.CodeDenied {
			t.Errorf("%s: %s, want denied", name, got)
		}
	}
}

// TestGA17_InactiveIsDenied: for a device that is not active every unknown id is
// denied, also under a number that another envelope has, or far above all.
func TestGA17_InactiveIsDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 82)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	other := func(n uint64) wire.Envelope {
		b := s.Body(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", str("f:remark", "x")))
		b.N = n
		return s.Sign(s.Sales, b)
	}
	used, free, far := other(1), other(900), other(1+3*wire.MaxGap)
	w.revoke(s.Sales, 1<<40, charter.ReasonLeft)
	d := w.connect(s.Buyer)
	for name, e := range map[string]wire.Envelope{"used": used, "free": free, "far": far} {
		if got := d.push(e)[0].Code; got != wire.CodeDenied {
			t.Errorf("%s number: %s, want denied", name, got)
		}
	}
	if got := d.push(s.History[0])[0].Code; got != wire.CodeDuplicate {
		t.Errorf("known id: %s, want duplicate", got)
	}
}

// TestAT55_RevokedWithUnsentEdits: a device wrote 50 edits offline and is revoked
// meanwhile. When it comes back it learns that, keeps and shows everything it
// has, and reads nothing that came after (WI7, LV3). Nothing of it enters the
// book of the others.
func TestAT55_RevokedWithUnsentEdits(t *testing.T) {
	t.Parallel()
	for _, why := range []charter.Reason{charter.ReasonLeft, charter.ReasonStolen} {
		w := bareWorld(t, gatetest.New(t, 83))
		s := w.scene
		a, b := w.desk(s.Founder), w.desk(s.Buyer)
		a.dial()
		w.run(a, b)
		b.dial()
		w.run(a, b)
		doc := canon.DocID(s.W.Random16())
		a.create(doc, "甲公司")
		w.run(a, b)
		b.closed()
		for i := range 50 {
			b.edit(doc, fmt.Sprintf("第%d次", i))
		}
		cut := w.room.index.counter(s.Buyer.Device()).N
		s.W.Revoke(s.Buyer, cut, why)
		all := encoded(t, s.W.Log.All())
		if _, err := a.repo.AddStatements(all[len(all)-1]); err != nil {
			t.Fatal(err)
		}
		w.bringLast()
		a.closed()
		a.dial()
		w.run(a, b)
		later := canon.DocID(s.W.Random16())
		a.create(later, "后来的客户")
		w.run(a, b)
		b.dial()
		b.wrote()
		w.run(a, b)
		if st, err := b.peer.Status(); err != nil || st.State != peer.StateRevoked || st.Pending != 50 {
			t.Errorf("%d: status %+v, %v; want revoked with 50 pending", why, st, err)
		}
		if n, err := b.repo.OutboxLen(); n != 50 || err != nil {
			t.Errorf("%d: %d edits wait, %v", why, n, err)
		}
		if list, err := b.repo.NotAccepted(); len(list) != 0 || err != nil {
			t.Errorf("%d: %d edits were taken out, %v", why, len(list), err)
		}
		if got := b.remark(doc); got != "第49次" {
			t.Errorf("%d: the own book shows %q", why, got)
		}
		if _, err := b.repo.Read(later); err == nil {
			t.Errorf("%d: it reads what came after its revocation", why)
		}
		if got := a.remark(doc); got != "" {
			t.Errorf("%d: the others read %q of a revoked device", why, got)
		}
		if dev, _ := b.repo.Charter().State().Device(s.Buyer.Device()); dev.Active {
			t.Errorf("%d: it was not told", why)
		}
	}
}

func (k *desk) create(doc canon.DocID, name string) {
	k.w.tb.Helper()
	_, err := k.repo.Create(k.w.tb.Context(), doc, [32]byte{doc[0]}, crdt.Edit{
		Message: "create", Time: k.w.now.Unix(), NewTexts: []string{"n:memo"},
		Sets: []crdt.Set{{Key: "f:name", Value: change.String(name)}},
	})
	if err != nil {
		k.w.tb.Fatal(err)
	}
	k.wrote()
}

func (k *desk) edit(doc canon.DocID, remark string) {
	k.w.tb.Helper()
	_, err := k.repo.Edit(k.w.tb.Context(), doc, repo.Always(crdt.Edit{
		Message: "edit", Time: k.w.now.Unix(), Sets: []crdt.Set{{Key: "f:remark", Value: change.String(remark)}},
	}))
	if err != nil {
		k.w.tb.Fatal(err)
	}
}

func (k *desk) remark(doc canon.DocID) string {
	k.w.tb.Helper()
	v, err := k.repo.Read(doc)
	if err != nil {
		k.w.tb.Fatal(err)
	}
	x, _ := v.Get("f:remark")
	return x.Str()
}

// TestAT67_AnswersAreWhatReceiversDo: two processes on one stream; while one takes
// an edit, the other one appends a statement that takes the right to it away, or
// gives it back, before or behind the edit. What the author is answered is what
// every receiver does (GA2).
func TestAT67_AnswersAreWhatReceiversDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 84)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	two := w.second()
	reader := w.desk(s.Service)
	reader.dial()
	w.run(reader)
	doc, shown := s.Customer.ID(), ""
	accepted, refused := 0, 0
	for round := range 120 {
		text := fmt.Sprint("round ", round)
		e := s.Envelope(s.Buyer, doc, s.Edit(s.Buyer, s.Customer, "edit", str("f:remark", text)))
		role := chartertest.RoleAuditor
		if round%4 >= 2 {
			role = charter.RoleColleague
		}
		s.W.Promote(s.Buyer, role)
		all := encoded(t, s.W.Log.All())
		told := false
		tell := func() {
			if told {
				return
			}
			told = true
			founder := w.dialIn(two, s.Founder)
			if !founder.shake() {
				t.Fatal(founder.failed)
			}
			if got := founder.code(&wire.Append{Record: all[len(all)-1]}); got != "ok" {
				t.Fatalf("append: %s", got)
			}
		}
		buyer := w.connect(s.Buyer)
		if round%2 == 0 { // between judging and appending in the first process
			w.room.stream = &between{Stream: w.stream, first: tell}
		}
		got := buyer.push(e)[0]
		w.room.stream = w.stream
		tell()
		w.stepIn(two)
		w.now = w.now.Add(time.Second)
		w.step()
		w.run(reader)
		switch got.Code {
		case wire.CodeAccepted:
			accepted, shown = accepted+1, text
			j, why := gate.Judge(s.W.Log, got.C, s.Customer, &e)
			if why != nil {
				t.Fatalf("round %d: accepted, and refused by who judges it at its place: %v", round, why)
			}
			s.Customer.Enter(j)
		case wire.CodeRowDenied, wire.CodeFieldDenied:
			refused++
		default:
			t.Fatalf("round %d: %s", round, got.Code)
		}
		if now := reader.remark(doc); now != shown && shown != "" {
			t.Fatalf("round %d: answered %s, a receiver shows %q, want %q", round, got.Code, now, shown)
		}
	}
	if accepted < 20 || refused < 20 || w.room.Stats().Void == 0 {
		t.Errorf("%d accepted, %d refused, %d void: the race was not run", accepted, refused, w.room.Stats().Void)
	}
	if a, b := w.room.Stats(), two.Stats(); a.Reports != 0 || a.Void != b.Void {
		t.Errorf("%d reports of receivers; %d and %d void records", a.Reports, a.Void, b.Void)
	}
}
