package link_test

import (
	"errors"
	"testing"
	"time"

	"tongce/app/link"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

// refusal is what Once of a station ends with, long before its timeout.
func (s *station) refusal() (wire.Code, error) {
	s.tb.Helper()
	began := time.Now()
	_, err := s.link.Once(s.tb.Context(), 2*time.Minute)
	if took := time.Since(began); took > time.Minute {
		s.tb.Errorf("%v after %v", err, took)
	}
	if refused, ok := errors.AsType[*peer.RefusedError](err); ok {
		return refused.Code, err
	}
	return "", err
}

// TestOnceEndsWhenRefused: what waiting does not change is said at once, by its
// code, and is not taken for a relay that is away.
func TestOnceEndsWhenRefused(t *testing.T) {
	t.Parallel()
	h := serve(t, t.TempDir(), "127.0.0.1:0")
	defer h.close(t)
	w, a := company(t, h)
	b := colleague(t, w, invite(w, a))
	b.once()
	records, err := a.repo.Statements(0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	stranger := newStation(t, w.ID, w.NewDevice(w.Random16(), "C"), records)
	for range 10 { // as often as an address may be denied in a minute (WI13)
		if code, err := stranger.refusal(); code != wire.CodeDenied || errors.Is(err, link.ErrOffline) {
			t.Fatalf("not a member: %v", err)
		}
	}
	var busy *peer.RefusedError
	for range 100 { // the relay counts when the connection has ended
		if _, err = stranger.link.Once(t.Context(), 100*time.Millisecond); errors.As(err, &busy) && busy.Code == wire.CodeRate {
			break
		}
	}
	if busy == nil || busy.Code != wire.CodeRate || !errors.Is(err, link.ErrOffline) {
		t.Errorf("denied too often: %v", err)
	}
}

// TestLV3_OnceOfARevokedDevice: it learns its end, and what it wrote stays.
func TestLV3_OnceOfARevokedDevice(t *testing.T) {
	t.Parallel()
	h := serve(t, t.TempDir(), "127.0.0.1:0")
	defer h.close(t)
	w, a := company(t, h)
	b := colleague(t, w, invite(w, a))
	b.once()
	a.once()
	a.sign(func(s *charter.State) (charter.Record, error) {
		c := &charter.RevokeContent{Devices: []charter.Cut{{Device: b.d.Device()}}, Reason: charter.ReasonLeft}
		return charter.NewStatement(s, c, time.Now().Unix(), a.d)
	})
	a.once()
	b.create(1)
	for range 2 { // when it learns it, and later
		if _, err := b.refusal(); !errors.Is(err, peer.ErrRevoked) || errors.Is(err, link.ErrOffline) {
			t.Errorf("revoked: %v", err)
		}
	}
	if n, err := b.repo.OutboxLen(); n != 1 || err != nil || b.link.Status().State != peer.StateRevoked {
		t.Errorf("%d envelopes wait, state %s, %v", n, b.link.Status().State, err)
	}
}

// TestGA18_OnceAtAFullRelay: what it has no room for waits, and is said.
func TestGA18_OnceAtAFullRelay(t *testing.T) {
	t.Parallel()
	h := limited(t, t.TempDir(), "127.0.0.1:0", wire.Limits{Workspace: 4 << 10})
	defer h.close(t)
	_, a := company(t, h)
	a.create(100)
	code, err := a.refusal()
	if code != wire.CodeQuota || errors.Is(err, link.ErrOffline) {
		t.Errorf("a full relay: %v", err)
	}
	if s := a.link.Status(); s.Pending == 0 || s.Rejected != 0 {
		t.Errorf("%d wait, %d refused", s.Pending, s.Rejected)
	}
}
