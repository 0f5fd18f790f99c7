package relay

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// bareScene is a workspace that has not met its relay.
func bareScene(t *testing.T, seed uint64) *gatetest.Scene {
	t.Helper()
	w := chartertest.Bare(t, seed)
	return &gatetest.Scene{TB: t, W: w, Founder: w.Founder}
}

func mustRecord(t *testing.T, r charter.Record, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	return encoded(t, []charter.Record{r})[0]
}

func TestWI18_FirstContact(t *testing.T) {
	t.Parallel()
	s := bareScene(t, 20)
	w := bareWorld(t, s)
	d := w.dial(s.Founder)
	if d.shake() || d.failed != wire.CodeRelayIdentity {
		t.Fatalf("charter that does not name the relay: %q, want relay_identity", d.failed)
	}
	named, err := charter.NewRelay(s.W.State(), []charter.Relay{{Key: s.W.RelayKey(), Addresses: []string{"relay:8443"}}}, nil, s.W.Now, s.Founder)
	d = w.dial(s.Founder)
	d.chain = append(d.chain, mustRecord(t, named, err))
	if d.prove(func([]byte) []byte { return make([]byte, 64) }) {
		t.Fatal("bad proof passed")
	}
	if got := w.room.Stats(); got.LastSeq != 1 || w.memory != (Memory{}) {
		t.Fatalf("a bad proof left log %d, memory %v", got.LastSeq, w.memory)
	}
	d = w.dial(s.Founder)
	d.chain = append(d.chain, mustRecord(t, named, err))
	if !d.shake() {
		t.Fatalf("first contact: %s", d.failed)
	}
	sent, ok := d.other[0].(*wire.Records)
	if !ok || len(sent.Records) != 1 {
		t.Fatalf("the receipted record did not come: %v", d.other)
	}
	rec, err := charter.DecodeRecord(sent.Records[0])
	if err != nil || rec.Receipt == nil {
		t.Fatalf("record without receipt: %v", err)
	}
	if err := s.W.Log.Append(rec); err != nil {
		t.Errorf("the receipted record does not hold: %v", err)
	}
	if want := (Memory{Workspace: s.W.ID, Head: s.W.State().Head()}); w.memory != want {
		t.Errorf("remembered %v, want %v", w.memory, want)
	}
	if d.ready.State != wire.StateNormal || d.ready.Charter.Seq != 1 {
		t.Errorf("ready %+v", d.ready)
	}
	w.restart()
	w.connect(s.Founder)
}

func TestWI18_NoOtherWorkspace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 21)
	other := chartertest.New(t, 21) // the same keys, another genesis
	w.stream.Wipe([16]byte{9})
	w.restart()
	d := w.dial(other.Founder)
	d.w, d.chain = other.ID, encoded(t, other.Log.All())
	if d.shake() || d.failed != wire.CodeDenied {
		t.Errorf("another workspace: %q, want denied", d.failed)
	}
}

// AT13: two processes, two administrators, one place. One gets it each round.
func TestAT13_TwoStatementsOnOneHead(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 22)
	s := w.scene
	s.W.Promote(s.Buyer, charter.RoleFounder)
	all := encoded(t, s.W.Log.All())
	if got := w.connect(s.Founder).code(&wire.Append{Record: all[len(all)-1]}); got != "ok" {
		t.Fatal(got)
	}
	rooms := []*Room{w.room, w.second()}
	people := []*dev{w.connect(s.Founder), w.dialIn(rooms[1], s.Buyer)}
	if !people[1].shake() {
		t.Fatal(people[1].failed)
	}
	for round := range 200 {
		w.now = w.now.Add(time.Second)
		state := w.room.state()
		var got []wire.Code
		for i := range 2 {
			p := people[(i+round)%2]
			dep := charter.Department{ID: fmt.Sprintf("d%d_%d", round, i), Name: "部门"}
			r, err := charter.NewDepartment(state, dep, state.Time(), p.signer)
			a := p.ask(&wire.Append{Record: mustRecord(t, r, err)})
			switch f := a.(type) {
			case *wire.OK:
				got = append(got, "ok")
			case *wire.Failed:
				got = append(got, f.Code)
				if len(f.Records) != 1 {
					t.Fatalf("round %d: charter_moved with %d records, want the one before", round, len(f.Records))
				}
			}
		}
		if len(got) != 2 || got[0] != "ok" || got[1] != wire.CodeCharterMoved {
			t.Fatalf("round %d: %v, want one ok and one charter_moved", round, got)
		}
		w.step()
		w.stepIn(rooms[1])
		if a, b := w.room.head(), rooms[1].head(); a != b {
			t.Fatalf("round %d: heads differ", round)
		}
	}
}

func TestTR3_SameRecordAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 23)
	s := w.scene
	d := w.connect(s.Founder)
	r, err := charter.NewDepartment(s.W.State(), charter.Department{ID: "new", Name: "新"}, s.W.Now, s.Founder)
	b := mustRecord(t, r, err)
	first := d.ask(&wire.Append{Record: b}).(*wire.OK)
	w.now = w.now.Add(time.Hour)
	again := d.ask(&wire.Append{Record: b}).(*wire.OK)
	if string(first.Records[0]) != string(again.Records[0]) {
		t.Error("the same statement got a second receipt")
	}
	if w.memory.Head != w.room.state().Head() {
		t.Error("receipt left before relay.key knew it")
	}
}

func TestWI15_ClockBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 24)
	s := w.scene
	d := w.connect(s.Founder)
	w.now = time.Unix(w.room.state().Time()-5, 0)
	r, err := charter.NewDepartment(s.W.State(), charter.Department{ID: "new", Name: "新"}, s.W.Now, s.Founder)
	f, ok := d.ask(&wire.Append{Record: mustRecord(t, r, err)}).(*wire.Failed)
	if !ok || f.Code != wire.CodeRetry || f.Retry != 5000 {
		t.Errorf("answer %+v, want retry after 5000 ms", f)
	}
	if !w.room.Stats().ClockBehind {
		t.Error("health does not say that the clock is behind")
	}
}

// AT46: an invite is used once, whichever process the two meet.
func TestAT46_OneInviteTwoDevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 25)
	s := w.scene
	founder := w.connect(s.Founder)
	for round := range 20 {
		w.now = w.now.Add(time.Second)
		secret := w.invite(founder)
		signer, err := secret.Signer()
		if err != nil {
			t.Fatal(err)
		}
		two := w.second()
		a, b := w.connect(signer), w.dialIn(two, signer)
		if !b.shake() {
			t.Fatal(b.failed)
		}
		state := w.room.state()
		var joins [][]byte
		for range 2 {
			dv := s.W.NewDevice(canon.MemberID{}, "电脑")
			r, err := charter.NewJoin(state, charter.JoinSpec{Device: dv.Keys}, secret, state.Time(), dv)
			joins = append(joins, mustRecord(t, r, err))
		}
		if round%2 == 1 {
			a, b = b, a
		}
		if got := a.code(&wire.Append{Record: joins[0]}); got != "ok" {
			t.Fatalf("round %d: first join: %s", round, got)
		}
		f, ok := b.ask(&wire.Append{Record: joins[1]}).(*wire.Failed)
		used := strconv.FormatInt(w.now.Unix(), 10)
		if !ok || f.Code != wire.CodeInviteUsed || len(f.Keys) != 1 || f.Keys[0] != used {
			t.Fatalf("round %d: second join %+v, want invite_used at %s", round, f, used)
		}
		w.step()
		late := w.dial(signer)
		if late.shake() || late.failed != wire.CodeInviteUsed {
			t.Fatalf("round %d: used key shakes hands: %q, want invite_used", round, late.failed)
		}
	}
}

// invite appends an invite of a colleague through the relay.
func (w *world) invite(by *dev) *charter.InviteSecret {
	w.tb.Helper()
	before := w.scene.W.Log.Len()
	for _, b := range w.room.records[min(before, len(w.room.records)):] {
		rec, err := charter.DecodeRecord(b)
		if err == nil {
			err = w.scene.W.Log.Append(rec)
		}
		if err != nil {
			w.tb.Fatal(err)
		}
	}
	w.scene.W.Now = w.now.Unix() - 1
	secret := w.scene.W.Invite(charter.RoleColleague, chartertest.Sales, "新同事")
	all := encoded(w.tb, w.scene.W.Log.All())
	w.now = time.Unix(w.scene.W.Now+1, 0)
	if got := by.code(&wire.Append{Record: all[len(all)-1]}); got != "ok" {
		w.tb.Fatalf("invite: %s", got)
	}
	return secret
}

// AT47 and AT51: what an invite's key may not do, and when it may do nothing.
func TestWI8_AT47_AT51_InviteKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 26)
	s := w.scene
	founder := w.connect(s.Founder)
	secret := w.invite(founder)
	signer, err := secret.Signer()
	if err != nil {
		t.Fatal(err)
	}
	d := w.connect(signer)
	rec := d.ask(&wire.Statements{}).(*wire.Records)
	if len(rec.Records) != len(w.room.records) {
		t.Errorf("invite reads %d records of %d", len(rec.Records), len(w.room.records))
	}
	dep, err := charter.NewDepartment(w.room.state(), charter.Department{ID: "new", Name: "新"}, s.W.Now, s.Founder)
	for name, f := range map[string]wire.Frame{
		"pull": &wire.Pull{Credit: 1 << 20}, "push": &wire.Push{Envelopes: [][]byte{s.History[0].Encode()}},
		"salts": &wire.Salts{Ask: []canon.DocID{s.Customer.ID()}}, "summary": &wire.Summary{}, "want": &wire.Want{},
		"packs": &wire.Packs{Packs: [][]byte{{1}}}, "other statement": &wire.Append{Record: mustRecord(t, dep, err)},
		"report": &wire.Report{}, "verdict": &wire.Verdict{Kind: wire.VerdictHeal, Signature: make([]byte, 64)},
	} {
		if got := d.code(f); got != wire.CodeDenied {
			t.Errorf("%s: %s, want denied", name, got)
		}
	}
	// The joiner's clock says a year ago; the relay's decides.
	dv := s.W.NewDevice(canon.MemberID{}, "电脑")
	join, err := charter.NewJoin(w.room.state(), charter.JoinSpec{Device: dv.Keys}, secret, s.W.Now-365*86400, dv)
	w.now = w.now.Add(40 * 24 * time.Hour)
	if got := d.code(&wire.Append{Record: mustRecord(t, join, err)}); got != wire.CodeInviteClosed {
		t.Errorf("join after the end: %s, want invite_closed", got)
	}
	if late := w.dial(signer); late.shake() || late.failed != wire.CodeInviteClosed {
		t.Errorf("ended invite shakes hands: %q, want invite_closed", late.failed)
	}
}
