//go:build cgo

package relay

import (
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/crdttest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

func newCore(actor canon.ActorID) (gatetest.Core, error) { return crdttest.New(actor) }

func codes(t *testing.T, f wire.Frame) []wire.Code {
	t.Helper()
	pushed, ok := f.(*wire.Pushed)
	if !ok {
		t.Fatalf("answered by %#v", f)
	}
	out := make([]wire.Code, len(pushed.Results))
	for i, r := range pushed.Results {
		out[i] = r.Code
	}
	return out
}

// pause lets a room forget who was too quick (GA18).
func (w *world) pause() { w.now = w.now.Add(time.Second) }

func TestAT58_MutantsPushed(t *testing.T) {
	t.Parallel()
	gatetest.Attack(t, gate.Whole, newCore, func(t *testing.T, s *gatetest.Scene) gatetest.Door {
		t.Helper()
		w := bareWorld(t, s)
		d := w.connect(s.Founder)
		return func(list []wire.Envelope) []wire.Code {
			w.pause()
			f := &wire.Push{}
			for i := range list {
				f.Envelopes = append(f.Envelopes, list[i].Encode())
			}
			return codes(t, d.ask(f))
		}
	})
}

// TestAT58_MutantsUploaded: the same in the packs that a device brings to a
// relay whose stream is new (HE4), by another member than their authors'.
func TestAT58_MutantsUploaded(t *testing.T) {
	t.Parallel()
	gatetest.Attack(t, gate.Whole, newCore, func(t *testing.T, s *gatetest.Scene) gatetest.Door {
		t.Helper()
		w := bareWorld(t, s)
		w.connect(s.Founder)
		before := w.whole(s.Founder)
		w.wipe(2)
		if code := w.connect(s.Founder).confirm(); code != "ok" {
			t.Fatalf("confirm: %s", code)
		}
		d := w.connect(s.Manager)
		d.resume(before)
		return func(list []wire.Envelope) []wire.Code {
			w.pause()
			f := &wire.Packs{}
			for _, e := range list {
				packs, err := wire.MakePacks([]wire.LogRecord{{Seq: 1, Time: 1, C: e.Body.CharterSeq, Envelope: e}})
				if err != nil {
					t.Fatal(err)
				}
				f.Packs = append(f.Packs, packs...)
			}
			return codes(t, d.ask(f))
		}
	})
}
