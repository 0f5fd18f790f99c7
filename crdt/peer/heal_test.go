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
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// stocked is a synced device with one accepted document, one record deep in the log.
func stocked(t *testing.T, seed uint64) (*site, canon.DocID) {
	t.Helper()
	s := synced(t, seed)
	doc := s.create("甲")
	s.step(peer.Wrote{})
	recs := s.settle(wire.CodeAccepted)
	s.batch(s.pull, false, recs...)
	if s.outbox() != 0 || s.cursor().Seq != 1 {
		t.Fatalf("%d envelopes wait, cursor at %d", s.outbox(), s.cursor().Seq)
	}
	return s, doc
}

// HE1 and invariant 7: each reason leads to a comparison, nothing is pulled or
// pushed before, and nothing is removed.
func TestHE1_ReasonsToCompare(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*wire.Ready){
		"another log":              func(r *wire.Ready) { r.Log = wire.LogID{9} },
		"the log ends before":      func(r *wire.Ready) { r.Last = 0 },
		"an accepted one is gone":  nil,
		"the place is another one": nil,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, doc := stocked(t, 20)
			switch name {
			case "an accepted one is gone":
				s.edit(doc, "一")
				s.step(peer.Wrote{})
				s.settle(wire.CodeAccepted) // it has a place that the cursor has not passed
				s.meet(s.readyAt(1))
			case "the place is another one":
				s.meet(s.readyAt(1))
				id, _ := took[*wire.Pull](s)
				s.say(id, &wire.Failed{Code: wire.CodeHealing})
			default:
				r := s.readyAt(1)
				change(r)
				s.meet(r)
			}
			if !sends[*wire.Summary](s) || sends[*wire.Pull](s) {
				t.Fatalf("the device sent %v", s.frames())
			}
			s.bringAll(t)
			if s.value(doc, "f:name") != "甲" {
				t.Error("the document is gone")
			}
			if !sends[*wire.Pull](s) {
				t.Errorf("after the comparison it sent %v", s.frames())
			}
		})
	}
}

// readyAt is the relay's answer when its log ends at seq 1 and the device's
// highest envelope is its first.
func (s *site) readyAt(last uint64) *wire.Ready {
	r := s.ready()
	r.Last = last
	r.Counter = s.first
	return r
}

// bringAll is a relay that lacks every document: it takes packs, or pushes where
// its stream was never lost.
func (s *site) bringAll(t *testing.T) {
	t.Helper()
	id, f := took[*wire.Summary](s)
	want := &wire.Want{}
	for i, h := range f.Ranges {
		if h != (canon.Hash{}) {
			want.Ranges = append(want.Ranges, uint16(i))
		}
	}
	s.say(id, want)
	id, f = took[*wire.Summary](s)
	want = &wire.Want{}
	for _, d := range f.Docs {
		want.Docs = append(want.Docs, d.Doc)
	}
	if len(want.Docs) == 0 {
		t.Fatal("no document named")
	}
	s.say(id, want)
	id, packs := took[*wire.Packs](s)
	s.say(id, &wire.Failed{Code: wire.CodeDenied}) // not a stream that was lost: by push (EN4)
	id, pushed := took[*wire.Push](s)
	n := 0
	for _, b := range packs.Packs {
		p, err := wire.ReadPack(b)
		if err != nil {
			t.Fatal(err)
		}
		n += len(p.Records)
	}
	if n != len(pushed.Envelopes) {
		t.Fatalf("%d records in packs, %d by push", n, len(pushed.Envelopes))
	}
	out := &wire.Pushed{}
	for range pushed.Envelopes {
		out.Results = append(out.Results, wire.PushResult{Code: wire.CodeRowDenied}) // HE4: it starts no rebase
	}
	s.say(id, out)
	if s.repo.Blocked() != 0 {
		t.Error("what another log accepted is made anew")
	}
}

// EN5: the relay has seen what this store never sent.
func TestEN5_OlderCopy(t *testing.T) {
	t.Parallel()
	s, doc := stocked(t, 21)
	s.edit(doc, "一")
	before := s.envelopes()
	r := s.readyAt(1)
	r.Counter = wire.Counter{N: 40, ID: canon.Hash{1}}
	s.meet(r)
	if st := s.status(); st.Code != wire.CodeDeviceForked {
		t.Errorf("status %+v", st)
	}
	id, _ := took[*wire.Pull](s)
	s.batch(id, false)
	for sends[*wire.Pull](s) { // RB2: once more before it is made anew
		id, _ = took[*wire.Pull](s)
		s.batch(id, false)
	}
	_, f := took[*wire.Push](s)
	e, err := wire.ParseEnvelope(f.Envelopes[0])
	if err != nil || e.Body.N <= 40 || cmp.Equal(f.Envelopes, before) {
		t.Errorf("n %d, %v; want above 40", e.Body.N, err)
	}
}

// EN5: the original's envelope comes to an older copy by the log. That is told as
// long as the program runs, on further connections too, and not ever after.
func TestEN5_OlderCopyThatIsBroughtMore(t *testing.T) {
	t.Parallel()
	s, doc := stocked(t, 37)
	copied := *s
	copied.st = s.st.(*memstore.Store).Clone()
	copied.open()
	s.edit(doc, "一")
	s.step(peer.Wrote{})
	copied.meet(copied.readyAt(1))
	if st := copied.status(); st.Code != "" {
		t.Errorf("before: %+v", st)
	}
	id, _ := took[*wire.Pull](&copied)
	copied.batch(id, false, s.settle(wire.CodeAccepted)...)
	for _, when := range []string{"at once", "on the next connection"} {
		if st := copied.status(); st.Code != wire.CodeDeviceForked {
			t.Errorf("%s: %+v", when, st)
		}
		copied.meet(copied.readyAt(2))
	}
	copied.open()
	copied.meet(copied.readyAt(2))
	if st := copied.status(); st.Code != "" {
		t.Errorf("when the program was started again: %+v", st)
	}
}

// HE2: an administrator's device confirms by itself, another waits.
func TestHE2_WhoConfirms(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 22)
	plain := w.Join(charter.RoleColleague, chartertest.Sales, "李")
	for _, admin := range []bool{true, false} {
		d := plain
		if admin {
			d = w.Founder
		}
		s := newSite(t, w, d)
		r := s.ready()
		r.State = wire.StateHealing
		s.meet(r)
		if got := sends[*wire.Verdict](s); got != admin {
			t.Errorf("admin %v: verdict %v", admin, got)
		}
		if sends[*wire.Pull](s) || sends[*wire.Push](s) || s.status().State != peer.StateHealing {
			t.Errorf("admin %v: sent %v, %s", admin, s.frames(), s.status().State)
		}
	}
}

// TR5 and invariant 8: a charter that contradicts the own one ends the exchange,
// and the statement that proves it is kept.
func TestTR5_AT16_ForkIsKept(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func(*wire.Ready){
		"at the same place": func(*wire.Ready) {},
		"and it is longer":  func(r *wire.Ready) { r.Charter.Seq++ },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := chartertest.New(t, 23)
			s := newSite(t, w, w.Founder)
			mine, theirs := s.split()
			s.know(mine)
			s.create("甲")
			r := s.ready()
			r.Charter = theirs.head
			where(r)
			s.meet(r)
			if sends[*wire.Push](s) || sends[*wire.Pull](s) {
				t.Fatalf("the device sent %v", s.frames())
			}
			for sends[*wire.Statements](s) {
				id, f := took[*wire.Statements](s)
				s.say(id, &wire.Records{Records: theirs.records[min(f.From, uint64(len(theirs.records))):]})
			}
			st := s.status()
			if r.Charter == theirs.head && (st.State != peer.StateFork || s.closed != wire.CodeCharterFork) {
				t.Fatalf("%s, closed %q", st.State, s.closed)
			}
			problems, err := s.repo.Quarantined()
			if err != nil || r.Charter == theirs.head && !slices.ContainsFunc(problems, func(p repoProblem) bool { return p.Kind == "statement" }) {
				t.Errorf("kept: %v, %v", problems, err)
			}
			if s.outbox() != 1 || sends[*wire.Push](s) {
				t.Error("the book does not go on by itself")
			}
		})
	}
}

// TR3 and TR6: an own statement whose place was taken is answered with what took
// it, and the device is free again.
func TestTR3_CharterMoved(t *testing.T) {
	t.Parallel()
	s := synced(t, 24)
	own, err := charter.NewStatement(s.w.State(),
		&charter.DepartmentContent{ID: "mine", Name: "我的", Parent: chartertest.Company}, s.now.Unix(), s.w.Founder)
	if err != nil {
		t.Fatal(err)
	}
	b, err := charter.EncodeRecord(own)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.repo.KeepSigned(b); err != nil {
		t.Fatal(err)
	}
	from := len(s.records())
	s.w.Must(&charter.DepartmentContent{ID: "other", Name: "别的", Parent: chartertest.Company}, s.w.Founder)
	s.step(peer.Wrote{})
	id, f := took[*wire.Append](s)
	if !slices.Equal(f.Record, b) {
		t.Error("another statement was sent than was kept")
	}
	s.say(id, &wire.Failed{Code: wire.CodeCharterMoved, Records: s.records()[from:]})
	left, err := s.repo.Signed()
	if err != nil || left != nil || s.status().Statement != "" {
		t.Errorf("still signed %d bytes, %v, %q", len(left), err, s.status().Statement)
	}
	if s.repo.Charter().Len() != uint64(from)+1 {
		t.Error("the statement that took the place was not kept")
	}
}

// TR6: a relay that names statements and does not deliver them is told of.
func TestTR6_AT17_Withheld(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 25)
	s := newSite(t, w, w.Founder)
	r := s.ready()
	r.Charter.Seq++
	r.Charter.Hash = canon.Hash{7}
	s.meet(r)
	id, _ := took[*wire.Statements](s)
	s.say(id, &wire.Records{})
	if s.status().Withheld {
		t.Error("said at once")
	}
	s.after(62 * time.Second)
	if !s.status().Withheld {
		t.Error("not said after a minute")
	}
	if sends[*wire.Pull](s) || sends[*wire.Push](s) {
		t.Errorf("the device sent %v", s.frames())
	}
	w.Must(&charter.DepartmentContent{ID: "late", Name: "迟到", Parent: chartertest.Company}, w.Founder)
	s.meet(s.ready())
	id, f := took[*wire.Statements](s)
	s.say(id, &wire.Records{Records: s.records()[f.From:]})
	if s.status().Withheld || !sends[*wire.Pull](s) {
		t.Errorf("delivered: withheld %v, sent %v", s.status().Withheld, s.frames())
	}
}

// GA4: what the relay passed and this device refuses is reported, and the rest
// of the batch is taken.
func TestGA4_ReportsAndGoesOn(t *testing.T) {
	t.Parallel()
	a := synced(t, 26)
	b := newSite(t, a.w, a.w.Join(charter.RoleColleague, chartertest.Sales, "李"))
	a.know(a.records())
	bad, good := a.create("坏"), a.create("好")
	list := a.envelopes()
	first := b.record(list[0])
	first.Envelope.Signature[0] ^= 1
	second := b.record(list[1])
	b.meet(b.ready())
	id, _ := took[*wire.Pull](b)
	b.batch(id, false, first, second)
	_, f := took[*wire.Report](b)
	if len(f.Refused) != 1 || f.Refused[0].Code != wire.CodeBadSignature {
		t.Errorf("reported %v", f.Refused)
	}
	if b.value(bad, "f:name") != "" || b.value(good, "f:name") != "好" || b.cursor().Seq != 2 {
		t.Errorf("%q, %q, cursor %d", b.value(bad, "f:name"), b.value(good, "f:name"), b.cursor().Seq)
	}
}

// WI3: what cannot be read costs an answer or the connection, never the peer.
func TestWI3_Unreadable(t *testing.T) {
	t.Parallel()
	s := synced(t, 27)
	s.step(peer.Received{Data: []byte{0xff, 0x00}})
	if s.closed == "" {
		t.Error("a message without an id did not end the connection")
	}
	s.meet(s.ready())
	if !sends[*wire.Pull](s) {
		t.Errorf("afterwards the device sent %v", s.frames())
	}
}

// HE4: what was not taken of a document is brought again when something comes for
// the document, for it may follow that, on a later connection too; not without end,
// and nothing else is.
func TestHE4_BroughtAgain(t *testing.T) {
	t.Parallel()
	s := synced(t, 29)
	doc := s.create("甲")
	s.create("乙")
	s.step(peer.Wrote{})
	recs := s.settle(wire.CodeAccepted)
	s.batch(s.pull, false, recs...)
	s.log = wire.LogID{9}
	r := s.readyAt(9)
	s.meet(r)
	s.bringAll(t)
	id, _ := took[*wire.Pull](s)
	s.batch(id, false, recs[1])
	s.meet(r)
	id, _ = took[*wire.Pull](s)
	s.batch(id, false)
	times := 0
	for range 10 {
		s.batch(id, false, recs[0])
		if !sends[*wire.Summary](s) {
			break
		}
		times++
		asked, f := took[*wire.Summary](s)
		if len(f.Docs) != 1 || f.Docs[0].Doc != doc {
			t.Fatalf("compares %v", f.Docs)
		}
		s.say(asked, &wire.Want{Docs: []canon.DocID{doc}})
		if sends[*wire.Packs](s) {
			asked, _ = took[*wire.Packs](s)
			s.say(asked, &wire.Failed{Code: wire.CodeDenied})
		}
		answer, pushed := took[*wire.Push](s)
		out := &wire.Pushed{}
		for _, b := range pushed.Envelopes {
			if e, err := wire.ParseEnvelope(b); err != nil || e.Body.Doc != doc {
				t.Fatalf("brought an envelope of %s, %v", e.Body.Doc, err)
			}
			out.Results = append(out.Results, wire.PushResult{Code: wire.CodeMissingDeps})
		}
		s.say(answer, out)
		id, _ = took[*wire.Pull](s)
	}
	if times != 3 {
		t.Errorf("brought %d times more, want 3", times)
	}
	if s.value(doc, "f:name") != "甲" || s.repo.Blocked() != 0 {
		t.Error("the document is another one")
	}
}
