package peer_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/peer"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// hello opens a connection and takes the first frame.
func (s *site) hello() uint64 {
	s.t.Helper()
	s.step(peer.Closed{})
	s.sent, s.closed = nil, ""
	s.step(peer.Opened{Exporter: make([]byte, 32), Relay: s.w.RelayKey()})
	id, _ := took[*wire.Hello](s)
	return id
}

// TestWI7_NoProof: a relay that speaks another version, or denies, is left
// before anything is signed or sent.
func TestWI7_NoProof(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		frame wire.Frame
		code  wire.Code
		state peer.State
	}{
		{&wire.Challenge{Version: wire.Version + 1}, wire.CodeUnsupportedVersion, peer.StateOffline},
		{&wire.Failed{Code: wire.CodeDenied}, wire.CodeDenied, peer.StateDenied},
	} {
		w := chartertest.New(t, 50)
		s := newSite(t, w, w.Founder)
		s.create("甲")
		s.say(s.hello(), x.frame)
		st := s.status()
		if s.closed != x.code || st.Code != x.code || st.State != x.state || len(s.sent) != 0 || s.peer.Live() {
			t.Errorf("%s: closed %q, status %s %s, sent %v", x.code, s.closed, st.State, st.Code, s.frames())
		}
		s.after(time.Minute)
		if len(s.sent) != 0 {
			t.Errorf("%s: afterwards it sent %v", x.code, s.frames())
		}
	}
}

// TestWI18_OffersItsCharter: a relay without a charter is given the whole of it
// before the proof, and its receipt is kept.
func TestWI18_OffersItsCharter(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 51)
	s := newSite(t, w, w.Founder)
	id := s.hello()
	s.say(id, &wire.Statements{})
	got, f := took[*wire.Records](s)
	if diff := cmp.Diff(s.records(), f.Records); diff != "" || got != id || f.More {
		t.Errorf("offered under %d, more %v (-want +got):\n%s", got, f.More, diff)
	}
	s.say(id, &wire.Challenge{Version: wire.Version, Time: s.now.UnixMilli()})
	took[*wire.Proof](s)
	s.say(id, &wire.Statements{}) // too late
	s.say(id, &wire.Challenge{Version: wire.Version})
	if len(s.sent) != 0 {
		t.Errorf("after the proof it sent %v", s.frames())
	}
	s.say(id, s.ready())
	if !s.peer.Live() || !sends[*wire.Pull](s) {
		t.Errorf("live %v, sent %v", s.peer.Live(), s.frames())
	}
}

// TestWI11_ClockDifference: it is told and changes nothing.
func TestWI11_ClockDifference(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 52)
	s := newSite(t, w, w.Founder)
	id := s.hello()
	s.say(id, &wire.Challenge{Version: wire.Version, Time: s.now.Add(7 * time.Minute).UnixMilli()})
	s.say(id, s.ready())
	if got := s.status().Skew; got != -7*time.Minute || !sends[*wire.Pull](s) {
		t.Errorf("skew %v, sent %v", got, s.frames())
	}
}

// TestWI4_SilentRelay: a question without an answer ends a connection on which
// nothing at all is heard for a minute, and no other.
func TestWI4_SilentRelay(t *testing.T) {
	t.Parallel()
	for _, talks := range []bool{true, false} {
		s := synced(t, 53)
		s.create("甲")
		s.step(peer.Wrote{})
		for range 5 {
			s.after(15 * time.Second)
			if talks {
				s.say(0, &wire.Salts{})
			}
		}
		if got := s.closed == wire.CodeRetry; got == talks {
			t.Errorf("the relay talks %v: closed %q", talks, s.closed)
		}
		if s.outbox() != 1 || s.repo.Blocked() != 0 {
			t.Errorf("%d envelopes wait, %d refused", s.outbox(), s.repo.Blocked())
		}
	}
}

// TestWI3_AnswersByTheAsker: a frame of the relay that breaks a rule is answered
// where it asks, and passed over where it answers.
func TestWI3_AnswersByTheAsker(t *testing.T) {
	t.Parallel()
	s := synced(t, 54)
	for _, id := range []uint64{7, 6} {
		b := canon.MustMarshal([]any{"no such frame", id, map[uint64]int{}})
		s.step(peer.Received{Data: b})
		if got := sends[*wire.Failed](s); got != (id == 6) || s.closed != "" {
			t.Errorf("id %d: answered %v, closed %q", id, got, s.closed)
		}
	}
	if id, f := took[*wire.Failed](s); id != 6 || f.Code != wire.CodeUnsupportedVersion {
		t.Errorf("answer %d: %s", id, f.Code)
	}
}

// TestLV3_Revoked: a device that learns its end reads the charter, and neither
// pulls nor pushes; what it wrote stays.
func TestLV3_Revoked(t *testing.T) {
	t.Parallel()
	for _, told := range []bool{true, false} {
		w := chartertest.New(t, 55)
		d := w.Join(charter.RoleColleague, chartertest.Sales, "李")
		s := newSite(t, w, d)
		s.create("甲")
		from := uint64(len(s.records()))
		w.Revoke(d, 0, charter.ReasonLeft)
		r := s.ready()
		if told {
			r.State = wire.StateRevoked
		}
		id := s.hello()
		s.say(id, &wire.Challenge{Version: wire.Version})
		s.say(id, r)
		id, f := took[*wire.Statements](s)
		if f.From != from {
			t.Errorf("statements from %d, want %d", f.From, from)
		}
		s.say(id, &wire.Records{Records: s.records()[from:]})
		s.step(peer.Wrote{})
		s.after(2 * time.Minute)
		if sends[*wire.Pull](s) || sends[*wire.Push](s) || s.status().State != peer.StateRevoked {
			t.Errorf("told %v: sent %v, state %s", told, s.frames(), s.status().State)
		}
		if s.outbox() != 1 {
			t.Errorf("%d envelopes wait, want 1", s.outbox())
		}
	}
}

// ids are the documents here.
func (s *site) ids() (out []canon.DocID) {
	s.t.Helper()
	if err := s.repo.Documents(func(id canon.DocID) error { out = append(out, id); return nil }); err != nil {
		s.t.Fatal(err)
	}
	return out
}

// TestHE2_ConfirmedByAnother: neither a refused confirmation nor waiting lets data
// go to a relay that heals.
func TestHE2_ConfirmedByAnother(t *testing.T) {
	t.Parallel()
	s, _ := stocked(t, 56)
	r := s.readyAt(0)
	r.State, r.Log = wire.StateHealing, wire.LogID{5}
	s.edit(s.ids()[0], "一")
	s.meet(r)
	id, f := took[*wire.Verdict](s)
	if f.Log != r.Log || f.Head != s.ready().Charter {
		t.Errorf("confirms %+v", f)
	}
	s.say(id, &wire.Failed{Code: wire.CodeHealing})
	id, _ = took[*wire.Summary](s)
	s.say(id, &wire.Want{})
	s.after(30 * time.Second)
	if sends[*wire.Pull](s) || sends[*wire.Push](s) || s.status().State != peer.StateHealing {
		t.Errorf("sent %v, state %s", s.frames(), s.status().State)
	}
}

// TestHE4_BusyRelay: a relay that has no time for what it is brought gets it
// again; nothing is pulled before, and nothing is refused.
func TestHE4_BusyRelay(t *testing.T) {
	t.Parallel()
	s, doc := stocked(t, 57)
	r := s.readyAt(0)
	r.Log, r.Counter = wire.LogID{6}, wire.Counter{}
	s.meet(r)
	id, f := took[*wire.Summary](s)
	want := &wire.Want{}
	for i, h := range f.Ranges {
		if h != (canon.Hash{}) {
			want.Ranges = append(want.Ranges, uint16(i))
		}
	}
	s.say(id, want)
	id, _ = took[*wire.Summary](s)
	s.say(id, &wire.Want{Docs: []canon.DocID{canon.DocID(s.w.Random16()), doc}}) // one is not here
	var first *wire.Packs
	for _, code := range []wire.Code{wire.CodeRate, wire.CodeRetry, wire.CodeHeld} {
		id, packs := took[*wire.Packs](s)
		if first == nil {
			first = packs
		}
		if diff := cmp.Diff(first, packs); diff != "" {
			t.Errorf("brought otherwise:\n%s", diff)
		}
		if _, salts := took[*wire.Salts](s); len(salts.Salts) != 1 || salts.Salts[0].Doc != doc {
			t.Errorf("salts %v, want that of what was brought", salts.Salts)
		}
		s.say(id, &wire.Pushed{Results: []wire.PushResult{{Code: code, Retry: 3000}}})
		if code == wire.CodeHeld {
			break
		}
		s.after(2 * time.Second)
		if len(s.sent) != 0 {
			t.Errorf("%s: sent %v at once", code, s.frames())
		}
		s.after(2 * time.Second)
	}
	if !sends[*wire.Pull](s) || s.repo.Blocked() != 0 || s.value(doc, "f:name") != "甲" {
		t.Errorf("sent %v, %d refused", s.frames(), s.repo.Blocked())
	}
}

// TestHE1_MissingDependency: an envelope that stands on an accepted one is not
// refused before the documents were compared.
func TestHE1_MissingDependency(t *testing.T) {
	t.Parallel()
	s, doc := stocked(t, 58)
	s.edit(doc, "一")
	s.step(peer.Wrote{})
	s.settle(wire.CodeMissingDeps)
	if s.repo.Blocked() != 0 {
		t.Fatal("refused at once")
	}
	s.bringAll(t)
	s.after(2 * time.Second)
	s.settle(wire.CodeMissingDeps)
	if s.repo.Blocked() != 1 {
		t.Error("not refused after the comparison")
	}
}

// TestSE0_SaltBeforeItsDocument: a salt that came first is kept with the
// document that follows; one whose document never comes is dropped at a tick.
func TestSE0_SaltBeforeItsDocument(t *testing.T) {
	t.Parallel()
	a := synced(t, 59)
	b := newSite(t, a.w, a.w.Join(charter.RoleColleague, chartertest.Sales, "李"))
	a.know(a.records())
	doc := a.create("甲")
	rec := b.record(a.envelopes()[0])
	b.meet(b.ready())
	id, _ := took[*wire.Pull](b)
	b.batch(id, false)
	b.say(0, &wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: salt(doc)}, {Doc: canon.DocID{9}, Salt: [32]byte{1}}}})
	if _, ok, err := b.repo.Salt(doc); ok || err != nil {
		t.Fatalf("kept without its document: %v", err)
	}
	b.batch(id, false, rec)
	if got, ok, err := b.repo.Salt(doc); !ok || err != nil || got != salt(doc) {
		t.Errorf("salt %v, %v", ok, err)
	}
	b.after(10 * time.Second)
	if sends[*wire.Salts](b) {
		t.Error("asked for a salt that is there")
	}
}

// TestEN7_FrameRefused: a frame that is refused as a whole settles nothing and is
// sent again.
func TestEN7_FrameRefused(t *testing.T) {
	t.Parallel()
	for code, wait := range map[wire.Code]time.Duration{
		wire.CodeRetry: time.Second, wire.CodeRate: time.Second, wire.CodeHealing: 2 * time.Second, wire.CodeQuota: 31 * time.Second,
	} {
		s := synced(t, 60)
		s.create("甲")
		s.step(peer.Wrote{})
		id, first := took[*wire.Push](s)
		s.say(id, &wire.Failed{Code: code})
		if s.outbox() != 1 || s.repo.Blocked() != 0 || sends[*wire.Push](s) {
			t.Errorf("%s: %d wait, %d refused, sent %v", code, s.outbox(), s.repo.Blocked(), s.frames())
		}
		s.after(wait)
		if !sends[*wire.Push](s) {
			t.Fatalf("%s: not sent again after %v", code, wait)
		}
		if _, again := took[*wire.Push](s); !cmp.Equal(first, again) {
			t.Errorf("%s: another frame was sent", code)
		}
	}
}

// TestTR3_SentAgain: an own statement goes out again until it is answered, always
// the same.
func TestTR3_SentAgain(t *testing.T) {
	t.Parallel()
	s := synced(t, 61)
	rec, err := charter.NewStatement(s.w.State(),
		&charter.DepartmentContent{ID: "mine", Name: "我的", Parent: chartertest.Company}, s.now.Unix(), s.w.Founder)
	if err != nil {
		t.Fatal(err)
	}
	b, err := charter.EncodeRecord(rec)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.repo.KeepSigned(b); err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		s.after(11 * time.Second)
		id, f := took[*wire.Append](s)
		if !slices.Equal(f.Record, b) {
			t.Fatalf("round %d: another statement", round)
		}
		if round == 0 {
			s.say(id, &wire.Failed{Code: wire.CodeRetry})
			if got := s.status().Statement; got != wire.CodeRetry {
				t.Errorf("status %q", got)
			}
		}
	}
	s.w.MustRecord(rec, nil)
	all := s.records()
	s.say(0, &wire.Records{Records: all[len(all)-1:]})
	if left, err := s.repo.Signed(); left != nil || err != nil || s.repo.Charter().Len() != uint64(len(all)) {
		t.Errorf("still signed %d bytes, %v", len(left), err)
	}
}

// TestRB6_StoreDies: a step whose store fails says so and sends nothing; the next
// process asks again.
func TestRB6_StoreDies(t *testing.T) {
	t.Parallel()
	s, doc := stocked(t, 62)
	s.edit(doc, "一")
	s.step(peer.Wrote{})
	id, f := took[*wire.Push](s)
	rec := s.record(f.Envelopes[0])
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: &wire.Pushed{
		Results: []wire.PushResult{{Code: wire.CodeAccepted, Seq: rec.Seq, Time: rec.Time, C: rec.C}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	mem, ok := s.st.(*memstore.Store)
	if !ok {
		t.Fatalf("store %T", s.st)
	}
	mem.CrashAt(1)
	effects, err := s.peer.Step(t.Context(), s.now, peer.Received{Data: b})
	if err == nil || len(effects) != 0 || !mem.Crashed() {
		t.Fatalf("%d effects, %v", len(effects), err)
	}
	var st store.Store = mem.Reopen(true)
	s.st = st
	s.open()
	s.meet(s.readyAt(2))
	if _, again := took[*wire.Push](s); !cmp.Equal(f, again) {
		t.Error("not asked again")
	}
	if s.value(doc, "f:remark") != "一" || s.status().Code != "" {
		t.Errorf("value %q, code %q", s.value(doc, "f:remark"), s.status().Code)
	}
}

// TestPK5_BrokenBatch: a batch that does not read ends the connection and moves
// no cursor.
func TestPK5_BrokenBatch(t *testing.T) {
	t.Parallel()
	s, _ := stocked(t, 63)
	before := s.cursor()
	f, err := wire.NewBatch([][]byte{{0xff}}, wire.Cursor{Log: s.log, Seq: 9}, false)
	if err != nil {
		t.Fatal(err)
	}
	s.say(s.pull, f)
	if s.closed != wire.CodeMalformed || s.cursor() != before {
		t.Errorf("closed %q, cursor %+v", s.closed, s.cursor())
	}
}

// TestIN6_JoinRefused: the joiner is told why, and when the invite was used.
func TestIN6_JoinRefused(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 64)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "")
	for _, f := range []*wire.Failed{
		{Code: wire.CodeInviteUsed, Keys: []string{"1750000000"}}, {Code: wire.CodeInviteClosed}, {Code: wire.CodeCharterMoved},
	} {
		x := join(t, w, secret, w.NewDevice(canon.MemberID(w.Random16()), "电脑"), nil)
		b, err := wire.EncodeFrame(wire.Message{ID: x.last().ID, Frame: f})
		if err != nil {
			t.Fatal(err)
		}
		_, err = x.j.Step(x.time(), peer.Received{Data: b})
		var refused *peer.RefusedError
		if !errors.As(err, &refused) || refused.Code != f.Code || (refused.UsedAt != "") != (len(f.Keys) == 1) || x.j.Done() {
			t.Errorf("%s: %v", f.Code, err)
		}
	}
}

// TestTR3_JoinMoved: other statements came first; with them the join is made
// anew, handed out to be kept, and sent.
func TestTR3_JoinMoved(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 65)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "")
	x := join(t, w, secret, w.NewDevice(canon.MemberID(w.Random16()), "电脑"), nil)
	first := x.signed
	from := len((&site{t: t, w: w}).records())
	w.Must(&charter.DepartmentContent{ID: "other", Name: "别的", Parent: chartertest.Company}, w.Founder)
	x.say(x.last().ID, &wire.Failed{Code: wire.CodeCharterMoved, Records: (&site{t: t, w: w}).records()[from:]})
	f, ok := x.last().Frame.(*wire.Append)
	if !ok || cmp.Equal(f.Record, first) || !cmp.Equal(f.Record, x.signed) {
		t.Fatalf("sent %s", x.last().Frame.FrameName())
	}
	rec, err := charter.DecodeRecord(f.Record)
	if err != nil {
		t.Fatal(err)
	}
	w.MustRecord(rec, nil)
	all := (&site{t: t, w: w}).records()
	x.say(x.last().ID, &wire.OK{Records: all[len(all)-1:]})
	if diff := cmp.Diff(all, x.j.Records()); diff != "" || !x.j.Done() {
		t.Errorf("done %v, records (-want +got):\n%s", x.j.Done(), diff)
	}
}

// TestWI18_JoinWhileHealing: nobody joins at a relay that lost its charter.
func TestWI18_JoinWhileHealing(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 66)
	d := w.NewDevice(canon.MemberID(w.Random16()), "电脑")
	j, err := peer.NewJoiner(peer.JoinConfig{Invite: w.Invite(charter.RoleColleague, chartertest.Sales, ""), Device: d, Keys: d.Keys})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(w.Now, 0)
	if _, err := j.Step(now, peer.Opened{Exporter: make([]byte, 32), Relay: w.RelayKey()}); err != nil {
		t.Fatal(err)
	}
	b, err := wire.EncodeFrame(wire.Message{ID: 1, Frame: &wire.Statements{}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = j.Step(now, peer.Received{Data: b})
	var refused *peer.RefusedError
	if !errors.As(err, &refused) || refused.Code != wire.CodeHealing {
		t.Errorf("got %v", err)
	}
	if _, ok := j.Invitation(); ok {
		t.Error("an invitation from nowhere")
	}
}
