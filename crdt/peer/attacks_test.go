package peer_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

// TestAT15_RelaySaysRefused: a relay answers that it refused a statement and
// keeps it. The device signs no second one for that place; on every connection
// it sends the same again (TR3).
func TestAT15_RelaySaysRefused(t *testing.T) {
	t.Parallel()
	s := synced(t, 60)
	sign := func(id string) []byte {
		r, err := charter.NewStatement(s.w.State(), &charter.DepartmentContent{ID: id, Name: "部门", Parent: chartertest.Company}, s.now.Unix(), s.w.Founder)
		if err != nil {
			t.Fatal(err)
		}
		b, err := charter.EncodeRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	first := sign("one")
	if err := s.repo.KeepSigned(first); err != nil {
		t.Fatal(err)
	}
	for _, code := range []wire.Code{wire.CodeDenied, wire.CodeMalformed, wire.CodeCharterMoved, wire.CodeQuota} {
		s.meet(s.ready())
		id, f := took[*wire.Append](s)
		if !bytes.Equal(f.Record, first) {
			t.Fatalf("before %s: another statement was sent than was kept", code)
		}
		s.say(id, &wire.Failed{Code: code}) // charter_moved without what moved it proves nothing
		if err := s.repo.KeepSigned(sign("two")); !errors.Is(err, repo.ErrStatementPending) {
			t.Errorf("after %s: a second statement for the same place: %v", code, err)
		}
		if got := s.status().Statement; got != code {
			t.Errorf("the person is told %q, want %q", got, code)
		}
	}
	s.open() // the program starts again
	s.meet(s.ready())
	if _, f := took[*wire.Append](s); !bytes.Equal(f.Record, first) {
		t.Error("after a start another statement was sent")
	}
}

// TestAT16_EnvelopeOfTheOtherBranch: a relay shows two people two charters, and
// each verifies. The first envelope that comes from one to the other names a
// head that is not on the own chain: the device stops exchanging, keeps the
// envelope as evidence, and works on (TR5, GA7).
func TestAT16_EnvelopeOfTheOtherBranch(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 61)
	k := w.Join(charter.RoleColleague, chartertest.Sales, "李")
	s, other := newSite(t, w, w.Founder), newSite(t, w, k)
	mine, theirs := s.split()
	s.know(mine)
	other.know(theirs.records)
	doc := other.create("他们的客户")
	envelope := other.record(other.envelopes()[0])
	s.meet(s.ready())
	id, _ := took[*wire.Pull](s)
	s.batch(id, false, envelope)
	st := s.status()
	if st.State != peer.StateFork || s.closed != wire.CodeCharterFork {
		t.Fatalf("state %s, closed %q", st.State, s.closed)
	}
	problems, err := s.repo.Quarantined()
	if err != nil || !slices.ContainsFunc(problems, func(p repoProblem) bool { return p.Doc == doc && p.Code == wire.CodeCharterFork }) {
		t.Errorf("kept as evidence: %v, %v", problems, err)
	}
	own := s.create("自己的客户")
	if s.value(own, "f:name") != "自己的客户" {
		t.Error("the book does not go on by itself")
	}
	// The relay takes up the next connection as if nothing were, before and after
	// the program starts again.
	for _, restarted := range []bool{false, true} {
		if restarted {
			s.open()
			if st := s.status(); st.State != peer.StateFork {
				t.Errorf("after a start, without a connection: state %s", st.State)
			}
		}
		id := s.hello()
		s.say(id, &wire.Challenge{Version: wire.Version, Time: s.now.UnixMilli()})
		id, _ = took[*wire.Proof](s)
		s.say(id, s.ready())
		if s.closed != wire.CodeCharterFork || s.status().State != peer.StateFork || sends[*wire.Push](s) || sends[*wire.Pull](s) {
			t.Errorf("restarted %v: closed %q, state %s, sent %v", restarted, s.closed, s.status().State, s.frames())
		}
		if s.outbox() != 1 {
			t.Errorf("restarted %v: %d envelopes wait, want 1", restarted, s.outbox())
		}
	}
}

// TestIN3_AT48_CharterOfAnotherCompany: behind the relay key of the link stands a
// relay that shows another company's charter, or this one's with a statement
// changed. The joiner believes neither, shows no invitation and signs nothing
// (IN3, ID1).
func TestIN3_AT48_CharterOfAnotherCompany(t *testing.T) {
	t.Parallel()
	w, other := chartertest.New(t, 62), chartertest.New(t, 63)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "")
	other.Invite(charter.RoleColleague, chartertest.Sales, "")
	changed := slices.Clone((&site{t: t, w: w}).records())
	changed[1] = bytes.Clone(changed[1])
	changed[1][len(changed[1])-1] ^= 1
	for name, records := range map[string][][]byte{
		"another company": (&site{t: t, w: other}).records(), "one byte changed": changed, "without the beginning": changed[2:], "nothing": nil,
	} {
		d := w.NewDevice(w.Random16(), "电脑")
		j, err := peer.NewJoiner(peer.JoinConfig{Invite: secret, Device: d, Keys: d.Keys})
		if err != nil {
			t.Fatal(err)
		}
		x := &joining{t: t, w: w, j: j}
		x.did(j.Step(x.time(), peer.Opened{Exporter: make([]byte, 32), Relay: w.RelayKey()}))
		x.say(1, &wire.Challenge{Version: wire.Version})
		x.say(1, &wire.Ready{Log: wire.LogID{1}, Charter: wire.HeadOf(w.State().Head()), Limits: wire.DefaultLimits(), State: wire.StateNormal})
		b, err := wire.EncodeFrame(wire.Message{ID: x.last().ID, Frame: &wire.Records{Records: records}})
		if err != nil {
			t.Fatal(err)
		}
		effects, err := j.Step(x.time(), peer.Received{Data: b})
		if err == nil || len(effects) > 0 {
			t.Errorf("%s: %v, %d effects; want an error and none", name, err, len(effects))
		}
		if i, ok := j.Invitation(); ok {
			t.Errorf("%s: shown %+v", name, i)
		}
		for _, m := range x.sent {
			switch m.Frame.(type) {
			case *wire.Hello, *wire.Proof, *wire.Statements:
			default:
				t.Errorf("%s: sent %s", name, m.Frame.FrameName())
			}
		}
		if x.signed != nil || j.Done() {
			t.Errorf("%s: a join was signed", name)
		}
	}
}
