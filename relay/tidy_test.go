package relay

import (
	"errors"
	"fmt"
	"testing"

	"tongce/crdt/gate"
	"tongce/crdt/wire"
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
