package relay

import (
	"fmt"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// wipe loses the stream; relay.key stays.
func (w *world) wipe(id byte) {
	w.tb.Helper()
	w.stream.Wipe(stream.LogID{id})
	w.restart()
}

func (d *dev) confirm() wire.Code {
	d.tb.Helper()
	sig, err := d.signer.Sign(canon.DomainVerdict, wire.HealSigned(d.w, d.ready.Log, d.ready.Charter))
	if err != nil {
		d.tb.Fatal(err)
	}
	return d.code(&wire.Verdict{Kind: wire.VerdictHeal, Log: d.ready.Log, Head: d.ready.Charter, Signature: sig})
}

// resume tells the room that the device comes from another log (WI10).
func (d *dev) resume(b *book) {
	d.tb.Helper()
	d.link.send(d.encode(&wire.Resume{Charter: d.ready.Charter, Cursor: b.cursor}))
}

// upload sends what the book has and the room's summary lacks (HE4).
func (d *dev) upload(b *book) map[canon.DocID]wire.Code {
	d.tb.Helper()
	docs := map[canon.DocID][]wire.LogRecord{}
	var own []wire.DocSummary
	for _, id := range b.order {
		r := b.records[id]
		docs[r.Envelope.Body.Doc] = append(docs[r.Envelope.Body.Doc], r)
	}
	for doc, list := range docs {
		var hashes []canon.Hash
		for _, r := range list {
			hashes = append(hashes, r.Envelope.Body.Hashes()...)
		}
		own = append(own, wire.DocSummary{Doc: doc, Hash: wire.SummarizeDoc(hashes)})
	}
	want := d.ask(&wire.Summary{Ranges: wire.SummarizeRanges(own)}).(*wire.Want)
	differ := map[uint16]bool{}
	for _, n := range want.Ranges {
		differ[n] = true
	}
	var some []wire.DocSummary
	for _, x := range own {
		if differ[wire.SummaryRange(x.Doc)] {
			some = append(some, x)
		}
	}
	out := map[canon.DocID]wire.Code{}
	if len(some) == 0 {
		return out
	}
	for _, doc := range d.ask(&wire.Summary{Docs: some}).(*wire.Want).Docs {
		packs, err := wire.MakePacks(docs[doc])
		if err != nil {
			d.tb.Fatal(err)
		}
		for _, r := range d.ask(&wire.Packs{Packs: packs}).(*wire.Pushed).Results {
			out[doc] = r.Code
		}
	}
	return out
}

// AT76: who was revoked presents the charter of before; nothing is served until
// an administrator by the longer one has confirmed it.
func TestAT76_RevokedComesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	old := w.whole(s.Founder)
	w.wipe(2)

	dev, _ := s.W.State().Device(s.Leaver.Device())
	thief := w.dial(s.Leaver)
	thief.chain = thief.chain[:dev.Revoked] // up to the record before
	if !thief.shake() {
		t.Fatalf("old charter: %s", thief.failed)
	}
	if thief.ready.State != wire.StateHealing {
		t.Errorf("state %s, want healing", thief.ready.State)
	}
	for name, f := range map[string]wire.Frame{
		"pull": &wire.Pull{Credit: 1 << 20}, "push": &wire.Push{Envelopes: [][]byte{s.History[0].Encode()}},
	} {
		if got := thief.code(f); got != wire.CodeHealing {
			t.Errorf("%s: %s, want healing", name, got)
		}
	}
	thief.resume(old)
	if got := thief.confirm(); got != wire.CodeHealing {
		t.Errorf("thief confirms: %s, want healing", got)
	}
	founder := w.connect(s.Founder)
	if founder.ready.State != wire.StateHealing || founder.ready.Charter.Seq != s.Head().Seq {
		t.Errorf("founder is told %s at %d, want healing at the longer charter's %d", founder.ready.State, founder.ready.Charter.Seq, s.Head().Seq)
	}
	if got := w.connect(s.Sales).confirm(); got != wire.CodeHealing {
		t.Errorf("a member without admin confirms: %s, want healing", got)
	}
	if got := founder.confirm(); got != "ok" {
		t.Fatalf("founder confirms: %s", got)
	}
	if again := w.connect(s.Leaver); again.ready.State != wire.StateRevoked {
		t.Errorf("thief is %s afterwards, want revoked", again.ready.State)
	}
	w.restart()
	if again := w.connect(s.Founder); again.ready.State != wire.StateNormal {
		t.Errorf("after a restart: %s, want normal", again.ready.State)
	}
}

// AT77: every device brings its part; the union is the book before, and what
// was refused then stays out.
func TestAT77_HE5_Heal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 31)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	for i := range 20 { // a pack and loose records behind it
		w.connect(s.Sales).mustPush(edit(s, string(rune('a'+i))))
	}
	before := w.whole(s.Buyer)
	if before.packs == 0 {
		t.Fatal("no pack was made")
	}
	var refused wire.Envelope
	for _, c := range gatetest.ByRule() {
		if c.Rule == "GA13" {
			refused = c.Build(s)
		}
	}
	if got := w.connect(s.Buyer).push(refused)[0].Code; got == wire.CodeAccepted {
		t.Fatal("forbidden envelope passed")
	}
	numbers := map[canon.DeviceID]wire.Counter{}
	for _, d := range []canon.Signer{s.Sales, s.Founder, s.Leaver} {
		numbers[d.Device()] = w.connect(d).ready.Counter
	}
	w.wipe(3)
	admin := w.connect(s.Founder)
	if got := admin.confirm(); got != "ok" {
		t.Fatal(got)
	}
	// Two devices with different parts: the second has everything.
	part := newBook()
	part.cursor = before.cursor
	for _, id := range before.order {
		if r := before.records[id]; r.Envelope.Body.Doc == s.Crowded.ID() {
			part.order, part.records[id] = append(part.order, id), r
		}
	}
	admin.resume(part)
	if got := admin.upload(part); len(got) != 1 || got[s.Crowded.ID()] != wire.CodeAccepted {
		t.Errorf("own records brought like a push: %v", got)
	}
	buyer := w.connect(s.Buyer)
	buyer.resume(before)
	for doc, code := range buyer.upload(before) {
		if doc == s.Crowded.ID() || code != wire.CodeAccepted {
			t.Errorf("document %s: %s", doc, code)
		}
	}
	w.wantIDs(w.whole(s.Service), s.History)
	w.restart()
	w.wantIDs(w.whole(s.Service), s.History)
	if got := buyer.upload(before); len(got) != 0 {
		t.Errorf("second upload sends %d documents, want none", len(got))
	}
	if got := w.connect(s.Buyer).push(s.History[0])[0].Code; got != wire.CodeDuplicate {
		t.Errorf("HE5: known envelope: %s, want duplicate", got)
	}
	for _, d := range []canon.Signer{s.Sales, s.Founder, s.Leaver} {
		if got := w.connect(d).ready.Counter; got != numbers[d.Device()] {
			t.Errorf("HE5: number of %s: got %d, want %d", d.Device(), got.N, numbers[d.Device()].N)
		}
	}
	w.connect(s.Sales).mustPush(edit(s, "goes on"))
}

// GA5 to GA16 at the door of uploads, each case in a pack that a member brings
// who has not written it: it is refused with its code. What only its author's
// member brings waits for another one (HE4).
//
//nolint:tparallel // the cases share one room, one after the other
func TestGateHealing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 32)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	before := w.whole(s.Buyer)
	w.wipe(4)
	admin := w.connect(s.Founder)
	admin.confirm()
	admin.resume(before)
	admin.upload(before)
	d := w.connect(s.Manager)
	d.resume(before)
	d.upload(before)
	w.wantIDs(w.whole(s.Service), s.History)
	tried := map[string]bool{}
	for _, c := range gatetest.Cases() {
		tried[c.Rule] = true
		t.Run(c.Name, func(t *testing.T) {
			before := w.room.Stats().LastSeq
			e := c.Build(s)
			want := c.Code
			if m, ok := s.W.State().MemberOf(e.Body.Device); !c.Unreadable && (!ok || m.ID == s.Manager.Member) {
				want = wire.CodeHeld // nobody else's that is known
			}
			b := gatetest.Pack(wire.LogRecord{Seq: 1, Time: 1, C: e.Body.CharterSeq, Envelope: e})
			if got := d.ask(&wire.Packs{Packs: [][]byte{b}}).(*wire.Pushed).Results[0].Code; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if after := w.room.Stats().LastSeq; after != before {
				t.Errorf("%d entries of a refused envelope", after-before)
			}
		})
	}
	for n := 5; n <= 16; n++ {
		if rule := fmt.Sprint("GA", n); !tried[rule] {
			t.Errorf("%s was not tried", rule)
		}
	}
	w.wantIDs(w.whole(s.Service), s.History)
}

// TestGA17_GapAfterALoss: in the stream that follows a lost one the numbers
// between may be missing, in this life of the process and in the next; one that
// is used stays so.
func TestGA17_GapAfterALoss(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 33)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	before := w.whole(s.Buyer)
	w.wipe(5)
	admin := w.connect(s.Founder)
	admin.confirm()
	admin.resume(before)
	admin.upload(before)
	d := w.connect(s.Manager)
	d.resume(before)
	d.upload(before)
	numbered := func(n uint64) wire.Envelope {
		b := s.Body(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", str("f:remark", "x")))
		b.N = n
		return s.Sign(s.Sales, b)
	}
	highest := w.room.index.used[s.Sales.Device()].highest()
	e := numbered(highest + 3*wire.MaxGap)
	if got := d.push(numbered(highest))[0].Code; got != wire.CodeCounterUsed {
		t.Errorf("a used number: %s", got)
	}
	if got := d.push(e)[0].Code; got != wire.CodeAccepted {
		t.Errorf("a number far ahead: %s", got)
	}
	w.restart()
	if got := w.connect(s.Manager).push(e)[0].Code; got != wire.CodeDuplicate {
		t.Errorf("after a restart: %s, want duplicate", got)
	}
}

// HE1: what is missing under the same log id goes by push, and a cursor beyond
// the end or of another log is never answered with data.
func TestHE1_Cursor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 33)
	s := w.scene
	d := w.connect(s.Founder)
	d.mustPush(s.History...)
	b := newBook()
	d.pull(b, 0)
	good := b.cursor
	other := good
	other.Log[0] ^= 1
	beyond := good
	beyond.Seq += 100
	wrong := good
	wrong.ID[0] ^= 1
	for name, c := range map[string]wire.Cursor{"other log": other, "beyond the end": beyond, "another record": wrong} {
		if got := w.connect(s.Founder).code(&wire.Pull{Cursor: c, Credit: 1}); got != wire.CodeHealing {
			t.Errorf("%s: %s, want healing", name, got)
		}
	}
	packs, err := wire.MakePacks([]wire.LogRecord{b.records[b.order[0]]})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.connect(s.Founder).code(&wire.Packs{Packs: packs}); got != wire.CodeDenied {
		t.Errorf("packs under the same log: %s, want denied", got)
	}
	// A power cut takes the end of the log; the cursor no longer fits.
	w.stream.Rewind(good.Seq - 3)
	w.restart()
	d = w.connect(s.Buyer)
	if got := d.code(&wire.Pull{Cursor: good, Credit: 1}); got != wire.CodeHealing {
		t.Errorf("cursor beyond a cut log: %s, want healing", got)
	}
	d.push(s.History...)
	w.wantIDs(w.whole(s.Service), s.History)
}

func TestSE0_Salts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 34)
	s := w.scene
	reader := w.connect(s.Buyer)
	b := newBook()
	reader.pull(b, 0)
	d := w.connect(s.Founder)
	doc := s.Customer.ID()
	salt := s.Salt(doc)
	if got := d.code(&wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: salt}}}); got != wire.CodeMissingDeps {
		t.Errorf("salt of an unknown document: %s, want missing_deps", got)
	}
	d.mustPush(s.History...)
	if got := d.code(&wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: [32]byte{1}}}}); got != wire.CodeMalformed {
		t.Errorf("salt that does not fit: %s, want malformed", got)
	}
	if got := d.code(&wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: salt}}}); got != "ok" {
		t.Errorf("salt: %s", got)
	}
	if got := w.whole(s.Service).salts[doc]; got != salt {
		t.Error("a fresh device was not sent the salt")
	}
	asked := w.connect(s.Other).ask(&wire.Salts{Ask: []canon.DocID{doc, s.Pooled.ID()}}).(*wire.Salts)
	if len(asked.Salts) != 1 || asked.Salts[0].Salt != salt {
		t.Errorf("asked for two salts, of which one is there: %d came", len(asked.Salts))
	}
}

// HE2: a stream that lost the end of its charter receipts nothing until the
// record that relay.key names is back and an administrator stands behind it.
func TestHE2_EndOfCharterLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 35)
	s := w.scene
	before := w.room.Stats().LastSeq
	founder := w.connect(s.Founder)
	r, err := charter.NewDepartment(s.W.State(), charter.Department{ID: "new", Name: "新"}, s.W.Now, s.Founder)
	receipted := founder.ask(&wire.Append{Record: mustRecord(t, r, err)}).(*wire.OK).Records[0]
	w.stream.Rewind(before)
	w.restart()
	late := w.connect(s.Founder) // with the charter of before
	if late.ready.State != wire.StateHealing {
		t.Fatalf("state %s, want healing", late.ready.State)
	}
	other, err := charter.NewDepartment(s.W.State(), charter.Department{ID: "fork", Name: "叉"}, s.W.Now, s.Founder)
	if got := late.code(&wire.Append{Record: mustRecord(t, other, err)}); got != wire.CodeHealing {
		t.Errorf("statement in the lost place: %s, want healing", got)
	}
	if got := late.confirm(); got != wire.CodeHealing {
		t.Errorf("confirmed without the lost record: %s", got)
	}
	founder = w.dial(s.Founder)
	founder.chain = append(founder.chain, receipted)
	if !founder.shake() {
		t.Fatal(founder.failed)
	}
	if got := founder.confirm(); got != "ok" {
		t.Fatalf("confirm: %s", got)
	}
	w.restart()
	if got := w.connect(s.Founder).ready; got.State != wire.StateNormal || got.Charter.Seq != s.Head().Seq+1 {
		t.Errorf("afterwards %s at %d", got.State, got.Charter.Seq)
	}
}
