package relay

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

func TestEN4_PushPull(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	s := w.scene
	results := w.connect(s.Sales).mustPush(s.History...) // EN4: the carrier need not be the author
	for i := 1; i < len(results); i++ {
		if results[i].Seq <= results[i-1].Seq && s.History[i].Body.Doc == s.History[i-1].Body.Doc {
			t.Errorf("envelope %d of one document at %d, behind the next at %d", i, results[i-1].Seq, results[i].Seq)
		}
	}
	w.wantIDs(w.whole(s.Buyer), s.History)
	w.restart() // crash: the same from the stream alone
	w.wantIDs(w.whole(s.Service), s.History)
	if got := w.room.Stats(); got.Void != 0 || got.Documents != 3 {
		t.Errorf("%d void and %d documents, want 0 and 3", got.Void, got.Documents)
	}
}

// GA5 to GA16 at the push door: each case is refused with its code, nothing of
// it enters the stream, and what is allowed goes on.
//
//nolint:tparallel // the cases share one room, one after the other
func TestGatePush(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	for _, c := range gatetest.Cases() {
		t.Run(c.Name, func(t *testing.T) {
			before := w.room.Stats().LastSeq
			raw := c.Build(s).Encode()
			got := w.connect(s.Buyer).ask(&wire.Push{Envelopes: [][]byte{raw}})
			want := &wire.Pushed{Results: []wire.PushResult{{Code: c.Code}}}
			opts := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Keys" }, cmp.Ignore())
			if diff := cmp.Diff(want, got, opts); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if after := w.room.Stats().LastSeq; after != before {
				t.Errorf("%d entries of a refused envelope", after-before)
			}
		})
	}
	w.connect(s.Sales).mustPush(edit(s, "after all that"))
}

func edit(s *gatetest.Scene, value string) wire.Envelope {
	s.TB.Helper()
	return s.Accept(s.Sales, s.Customer, s.Edit(s.Sales, s.Customer, "edit", str("f:remark", value)))
}

func TestEN3_GA17_Numbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	s := w.scene
	d := w.connect(s.Sales)
	d.mustPush(s.History...)
	body := func(n uint64) wire.Envelope {
		b := s.Body(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", str("f:remark", "x")))
		b.N = n
		return s.Sign(s.Sales, b)
	}
	highest := w.room.index.used[s.Sales.Device()].highest()
	other := body(highest)
	tests := []struct {
		name string
		e    wire.Envelope
		want wire.Code
	}{
		{"known id", s.History[0], wire.CodeDuplicate},
		{"number of another envelope", other, wire.CodeCounterUsed},
		{"too far", body(highest + wire.MaxGap + 1), wire.CodeCounterUsed},
		{"gap", body(highest + wire.MaxGap), wire.CodeAccepted},
	}
	for _, test := range tests {
		if got := d.push(test.e)[0]; got.Code != test.want {
			t.Errorf("%s: %s, want %s", test.name, got.Code, test.want)
		}
	}
	// The leaver's cut is 1, and nothing of the leaver was accepted: below the
	// cut is open to the gate, but not to an inactive device.
	late := s.Body(s.Leaver, s.Customer.ID(), s.Edit(s.Leaver, s.Customer, "edit", str("f:remark", "late")))
	late.N = 1
	if got := d.push(s.Sign(s.Leaver, late))[0].Code; got != wire.CodeDenied {
		t.Errorf("unused number below the cut: %s, want denied", got)
	}
}

func TestAT69_SameEnvelopeThrice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	e := edit(s, "once")
	before := w.room.Stats().LastSeq
	sales, buyer := w.connect(s.Sales), w.connect(s.Buyer)
	sales.id += 2
	buyer.id += 2
	// In one step, twice in one frame and by two carriers.
	raw := e.Encode()
	w.step(In{Conn: sales.link.(*roomLink).id, Kind: Received, Data: sales.encode(&wire.Push{Envelopes: [][]byte{raw, raw}})},
		In{Conn: buyer.link.(*roomLink).id, Kind: Received, Data: buyer.encode(&wire.Push{Envelopes: [][]byte{raw}})})
	a, _ := sales.answer()
	b, _ := buyer.answer()
	var got []wire.Code
	for _, r := range append(a.(*wire.Pushed).Results, b.(*wire.Pushed).Results...) {
		if got = append(got, r.Code); r.Seq != before+1 {
			t.Errorf("answer names seq %d, want %d", r.Seq, before+1)
		}
	}
	if diff := cmp.Diff([]wire.Code{wire.CodeAccepted, wire.CodeDuplicate, wire.CodeDuplicate}, got); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	w.restart() // the answer was lost
	if got := w.connect(s.Sales).push(e)[0]; got.Code != wire.CodeDuplicate || got.Seq != before+1 || got.Time == 0 {
		t.Errorf("resent after a restart: %+v", got)
	}
	if got := w.room.Stats().LastSeq; got != before+1 {
		t.Errorf("%d log records, want 1", got-before)
	}
}

// TestAT69_SameEnvelopeMuchLater: of an envelope whose place is not in memory any
// more its document tells, in records and in packs.
func TestAT69_SameEnvelopeMuchLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	sales := w.connect(s.Sales)
	first := edit(s, "first")
	accepted := sales.push(first)[0]
	again := func(what string) {
		t.Helper()
		if len(w.room.index.recent.at) > w.room.cfg.Places {
			t.Fatalf("%s: %d places are held", what, len(w.room.index.recent.at))
		}
		sales = w.connect(s.Sales)
		got := sales.push(first)[0]
		if want := (wire.PushResult{Code: wire.CodeDuplicate, Seq: accepted.Seq, Time: accepted.Time, C: accepted.C}); !cmp.Equal(want, got) {
			t.Errorf("%s: got %+v, want %+v", what, got, want)
		}
		other := s.Body(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", str("f:remark", "x")))
		other.N = first.Body.N
		if got := sales.push(s.Sign(s.Sales, other))[0].Code; got != wire.CodeCounterUsed {
			t.Errorf("%s: another envelope of that number: %s", what, got)
		}
	}
	w.room.index.recent = newRecent[numbered, placed](1)
	again("in a record")
	for i := range 3 * w.room.cfg.Places {
		sales.mustPush(edit(s, fmt.Sprint(i)))
	}
	if w.room.index.docs[s.Customer.ID()].packed() == 0 {
		t.Fatal("nothing was packed")
	}
	again("in a pack")
	w.restart()
	again("after a start")
}

func TestWI9_Ready(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	s := w.scene
	w.connect(s.Sales).mustPush(s.History...)
	var last wire.Envelope
	for _, e := range s.History {
		if e.Body.Device == s.Sales.Device() {
			last = e
		}
	}
	got := w.connect(s.Sales).ready
	want := &wire.Ready{
		Log: wire.LogID{1}, Last: w.room.Stats().LastSeq, Charter: wire.Head{Seq: s.Head().Seq, Hash: s.Head().Hash},
		Counter: wire.Counter{N: last.Body.N, ID: last.ID(s.W.ID)}, Limits: wire.DefaultLimits(), State: wire.StateNormal,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ready (-want +got):\n%s", diff)
	}
}

func TestWI7_Denied(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	s := w.scene
	other := gatetest.New(t, 7)
	for name, change := range map[string]func(*dev){
		"workspace": func(d *dev) { d.w = other.W.ID },
		"device":    func(d *dev) { d.signer = s.Stranger },
		"relay":     func(d *dev) { d.relay[0] ^= 1 },
	} {
		d := w.dial(s.Founder)
		change(d)
		if d.shake() || d.failed != wire.CodeDenied {
			t.Errorf("wrong %s: %q, want denied", name, d.failed)
		}
	}
	d := w.dial(s.Founder)
	if d.prove(func([]byte) []byte { return make([]byte, 64) }) || d.failed != wire.CodeDenied {
		t.Errorf("bad signature: %q, want denied", d.failed)
	}
}

// AT79: a proof of one connection is worth nothing on another.
func TestAT79_ProofReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	var proof []byte
	first := w.dial(w.scene.Founder)
	ok := first.prove(func(signed []byte) []byte {
		proof, _ = w.scene.Founder.Sign(canon.DomainHello, signed)
		return proof
	})
	if !ok {
		t.Fatal("first connection was refused")
	}
	second := w.dial(w.scene.Founder)
	if second.prove(func([]byte) []byte { return proof }) || second.failed != wire.CodeDenied {
		t.Errorf("replayed proof: %q, want denied", second.failed)
	}
}

func TestWI4_Replaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9)
	old := w.connect(w.scene.Sales)
	w.connect(w.scene.Sales)
	if got := w.closed[old.link.(*roomLink).id]; got != wire.CodeReplaced {
		t.Errorf("older connection closed with %q, want replaced", got)
	}
}

func TestWI7_Revoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	d := w.connect(s.Leaver)
	if d.ready.State != wire.StateRevoked {
		t.Errorf("state %s, want revoked", d.ready.State)
	}
	if got := d.code(&wire.Pull{Credit: 1}); got != wire.CodeDenied {
		t.Errorf("pull: %s, want denied", got)
	}
	dev, _ := s.W.State().Device(s.Leaver.Device())
	got := d.ask(&wire.Statements{From: 1}).(*wire.Records)
	if uint64(len(got.Records)) != dev.Revoked {
		t.Errorf("%d records from 1, want those up to the revocation at %d", len(got.Records), dev.Revoked)
	}
	if got := d.push(edit(s, "carried"))[0].Code; got != wire.CodeAccepted {
		t.Errorf("push of another's envelope: %s", got)
	}
	s.W.Revoke(s.Other, 0, charter.ReasonStolen)
	founder := w.connect(s.Founder)
	all := encoded(t, s.W.Log.All())
	if got := founder.code(&wire.Append{Record: all[len(all)-1]}); got != "ok" {
		t.Fatalf("append: %s", got)
	}
	stolen := w.connect(s.Other)
	if got := stolen.code(&wire.Push{Envelopes: [][]byte{edit(s, "x").Encode()}}); got != wire.CodeDenied {
		t.Errorf("stolen device pushes: %s, want denied", got)
	}
}

func TestWI3_BadFrames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 11)
	good := w.connect(w.scene.Sales)
	bad := w.connect(w.scene.Buyer)
	bad.link.send([]byte{0x83, 0x64, 'f', 'i', 'n', 'd', 0x03, 0xa0}) // a frame of a later version
	b, _, ok := bad.link.recv()
	m, err := wire.DecodeFrame(b)
	if !ok || err != nil {
		t.Fatalf("no answer: %v", err)
	}
	if f, is := m.Frame.(*wire.Failed); !is || f.Code != wire.CodeUnsupportedVersion || m.ID != 3 {
		t.Errorf("answer %+v", m)
	}
	bad.link.send([]byte("not a frame"))
	if got := w.closed[bad.link.(*roomLink).id]; got != wire.CodeMalformed {
		t.Errorf("closed with %q, want malformed", got)
	}
	good.mustPush(w.scene.History[0])
}
