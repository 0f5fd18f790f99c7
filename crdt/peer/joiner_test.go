package peer_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

// joining is a joiner whose relay is the test.
type joining struct {
	t      *testing.T
	w      *chartertest.Workspace
	j      *peer.Joiner
	sent   []wire.Message
	signed []byte
}

func (x *joining) did(effects []peer.Effect, err error) {
	x.t.Helper()
	if err != nil {
		x.t.Fatal(err)
	}
	for _, e := range effects {
		switch e := e.(type) {
		case peer.Send:
			m, err := wire.DecodeFrame(e.Data)
			if err != nil {
				x.t.Fatal(err)
			}
			x.sent = append(x.sent, m)
		case peer.Signed:
			x.signed = e.Record
		}
	}
}

func (x *joining) say(id uint64, f wire.Frame) {
	x.t.Helper()
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: f})
	if err != nil {
		x.t.Fatal(err)
	}
	x.did(x.j.Step(x.time(), peer.Received{Data: b}))
}

func (x *joining) time() time.Time { return time.Unix(x.w.Now+50, 0) }

// last is the newest message.
func (x *joining) last() wire.Message { return x.sent[len(x.sent)-1] }

// join goes as far as the append.
func join(t *testing.T, w *chartertest.Workspace, secret *charter.InviteSecret, d *chartertest.Device, sent []byte) *joining {
	t.Helper()
	j, err := peer.NewJoiner(peer.JoinConfig{Invite: secret, Device: d, Keys: d.Keys, Sent: sent})
	if err != nil {
		t.Fatal(err)
	}
	x := &joining{t: t, w: w, j: j}
	x.did(j.Step(x.time(), peer.Opened{Exporter: make([]byte, 32), Relay: w.RelayKey()}))
	x.say(1, &wire.Challenge{Version: wire.Version})
	x.say(1, &wire.Ready{Log: wire.LogID{1}, Charter: wire.HeadOf(w.State().Head()), Limits: wire.DefaultLimits(), State: wire.StateNormal})
	s := &site{t: t, w: w}
	x.say(x.last().ID, &wire.Records{Records: s.records()})
	if i, ok := j.Invitation(); !ok || i.Company == "" {
		t.Fatalf("no invitation: %+v", i)
	}
	x.did(j.Accept(x.time(), "小王"))
	if _, ok := x.last().Frame.(*wire.Append); !ok {
		t.Fatalf("sent %s", x.last().Frame.FrameName())
	}
	return x
}

// TR3: a join that was cut off goes out again as it was signed, as long as its
// place is free; then it is made anew.
func TestTR3_JoinCutOff(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 40)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "")
	d := w.NewDevice(canon.MemberID(w.Random16()), "电脑")
	first := join(t, w, secret, d, nil)
	if first.signed == nil {
		t.Fatal("nothing was handed out to be kept")
	}
	again := join(t, w, secret, d, first.signed)
	f, _ := again.last().Frame.(*wire.Append)
	if diff := cmp.Diff(first.signed, f.Record); diff != "" {
		t.Error("another join was signed for the same place")
	}
	w.Must(&charter.DepartmentContent{ID: "other", Name: "别的", Parent: chartertest.Company}, w.Founder)
	moved := join(t, w, secret, d, first.signed)
	f, _ = moved.last().Frame.(*wire.Append)
	if cmp.Equal(first.signed, f.Record) || !cmp.Equal(moved.signed, f.Record) {
		t.Error("a join whose place was taken went out again, or was not kept")
	}
	rec, err := charter.DecodeRecord(f.Record)
	if err != nil {
		t.Fatal(err)
	}
	w.MustRecord(rec, nil)
	s := &site{t: t, w: w}
	all := s.records()
	moved.say(moved.last().ID, &wire.OK{Records: all[len(all)-1:]})
	if !moved.j.Done() {
		t.Error("not in")
	}
}
