package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// due are envelopes that make three documents and take each over the number of
// loose records.
func due(w *world) []wire.Envelope {
	s := w.scene
	var list []wire.Envelope
	for n := range 3 {
		doc := gate.NewDoc(s.W.Random16())
		list = append(list, s.Accept(s.Founder, doc, s.Create(s.Founder, "create", str("f:name", fmt.Sprint("客户", n)))))
		for i := range looseLimit {
			list = append(list, s.Accept(s.Founder, doc, s.Edit(s.Founder, doc, "edit", str("f:remark", fmt.Sprint("值", i)))))
		}
	}
	return list
}

// TestPK2_PacksWhileBusy: a room that answers in every step packs all the same,
// as much as comes in, and goes on to what else can wait.
func TestPK2_PacksWhileBusy(t *testing.T) {
	t.Parallel()
	w, _ := durable(t, 130)
	d := w.connect(w.scene.Founder)
	id := d.link.(*roomLink).id
	d.mustPush(w.scene.History...)
	busy := func(list ...wire.Envelope) {
		t.Helper()
		outs, err := w.room.Step(t.Context(), w.now, In{Conn: id, Kind: Received, Data: pushFrame(t, d, list...)})
		if err != nil || len(outs) == 0 {
			t.Fatalf("%d messages, %v", len(outs), err)
		}
	}
	before := w.room.Stats().Packs
	busy(due(w)...)
	if got := w.room.Stats().Packs - before; got != 3 {
		t.Errorf("%d of 3 documents are packed after a step with answers", got)
	}
	w.room.index.fresh = markEvery
	busy(due(w)...)
	if got := w.room.Stats().Packs - before; got != 6 || w.room.index.fresh >= markEvery {
		t.Errorf("%d of 6 documents are packed, %d entries are not marked", got, w.room.index.fresh)
	}
}

// TestPK2_CutAmongSeveral: the power fails at any moment while several documents
// are packed together: nothing is gone and nothing is there twice.
func TestPK2_CutAmongSeveral(t *testing.T) {
	t.Parallel()
	points := 0
	for cut := 1; ; cut++ {
		w, s := durable(t, 131)
		d := w.connect(w.scene.Founder)
		id := d.link.(*roomLink).id
		d.mustPush(w.scene.History...)
		list := due(w)
		s.cut = cut
		_, err := w.room.Step(t.Context(), w.now, In{Conn: id, Kind: Received, Data: pushFrame(t, d, list...)})
		cutIt, packs := s.dead, w.room.Stats().Packs
		if cutIt != errors.Is(err, errPower) {
			t.Fatalf("cut %d: %v", cut, err)
		}
		s.cut, s.dead = 0, false
		s.Rewind(s.synced)
		w.open(s)
		again := w.connect(w.scene.Founder)
		for _, r := range again.push(list...) {
			if r.Code != wire.CodeAccepted && r.Code != wire.CodeDuplicate {
				t.Fatalf("cut %d: %s", cut, r.Code)
			}
		}
		w.wantIDs(w.whole(w.scene.Buyer), w.scene.History)
		if !cutIt {
			if packs < 3 {
				t.Errorf("%d packs, want at least 3", packs)
			}
			break
		}
		points++
	}
	if points < 5 { // append, sync, and the removal of each of three
		t.Errorf("only %d moments", points)
	}
}

// refusing is a stream that takes nothing in the place of one subject.
type refusing struct {
	*simStream
	subject string
	tried   []string
}

func (s *refusing) Replace(ctx context.Context, entries ...stream.Entry) ([]stream.Result, error) {
	for _, e := range entries {
		s.tried = append(s.tried, e.Subject)
		if e.Subject == s.subject {
			return nil, errPower
		}
	}
	return s.simStream.Replace(ctx, entries...)
}

// TestER1_EraseTriedAgain: an erasure goes no further than what the stream takes of
// it, and the next step tries it again; so it is with what an earlier room's erasure
// left behind.
func TestER1_EraseTriedAgain(t *testing.T) {
	t.Parallel()
	w, sim := durable(t, 132)
	s := &refusing{simStream: sim}
	w.open(s)
	scene, d := w.scene, w.connect(w.scene.Founder)
	d.mustPush(scene.History...)
	doc := scene.Customer.ID()
	d.ask(&wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: scene.Salt(doc)}}})
	scene.W.Must(&charter.EraseContent{Docs: []canon.DocID{doc}, Reason: charter.EraseRequest}, scene.Manager, scene.Founder)
	list := encoded(t, scene.W.Log.All())
	ask := In{Conn: d.link.(*roomLink).id, Kind: Received, Data: d.encode(&wire.Append{Record: list[len(list)-1]})}
	refused := func(ins ...In) {
		t.Helper()
		for _, s.subject = range []string{saltSubject(doc), docSubject(doc)} {
			s.tried = nil
			if _, err := w.room.Step(t.Context(), w.now, ins...); !errors.Is(err, errPower) {
				t.Fatalf("%s refused: %v", s.subject, err)
			}
			if got := slices.Index(s.tried, s.subject); got != len(s.tried)-1 {
				t.Errorf("%s refused, and then tried: %v", s.subject, s.tried[got+1:])
			}
			ins = nil
		}
		s.subject = ""
	}
	entries := func() (n int) {
		t.Helper()
		for _, subject := range []string{saltSubject(doc), docSubject(doc)} {
			if err := s.Read(t.Context(), subject, 0, func(stream.Stored) error { n++; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	refused(ask)
	s.hold = true
	w.step()
	s.hold = false
	if got := entries(); got <= 2 {
		t.Fatalf("%d entries of the erased customer are left, want more than its two ends", got)
	}
	w.open(s)
	refused()
	w.step()
	if got := entries(); got != 2 || w.room.Busy() {
		t.Errorf("%d entries of the erased customer, want 2; busy %v", got, w.room.Busy())
	}
}
