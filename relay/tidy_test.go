package relay

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
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

// grown is a document of a creation and n edits.
func grown(w *world, n int) (canon.DocID, []wire.Envelope) {
	s := w.scene
	doc := gate.NewDoc(s.W.Random16())
	list := []wire.Envelope{s.Accept(s.Founder, doc, s.Create(s.Founder, "create", str("f:name", "客户")))}
	for i := range n {
		list = append(list, s.Accept(s.Founder, doc, s.Edit(s.Founder, doc, "edit", str("f:remark", fmt.Sprint("值", i)))))
	}
	return doc.ID(), list
}

// entriesOf are a document's entries in the stream: the records of each of its
// packs, and how many lie loose.
func entriesOf(t *testing.T, s stream.Stream, d canon.DocID) (packs []int, loose int) {
	t.Helper()
	err := s.Read(t.Context(), docSubject(d), 0, func(e stream.Stored) error {
		entry, err := parseDocEntry(e.Data)
		if err != nil || entry.Kind != entryPacks {
			loose++
			return err
		}
		records, err := entry.records(e.Seq, 0)
		packs = append(packs, len(records))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return packs, loose
}

// TestPK2_WorkGrowsWithTheLogarithm: a document that grows is not written anew for
// every few records: its packs are few, each larger than what follows it, and a
// record goes from one to the next a few times.
func TestPK2_WorkGrowsWithTheLogarithm(t *testing.T) {
	t.Parallel()
	const edits = 1000
	w, s := durable(t, 133)
	founder := w.connect(w.scene.Founder)
	d, list := grown(w, edits)
	written, before := 0, []int(nil)
	for i, e := range list {
		w.now = w.now.Add(time.Second) // GA18
		founder.mustPush(e)
		packs, loose := entriesOf(t, s, d)
		sum := loose
		for _, n := range packs {
			sum += n
		}
		if sum != i+1 || loose > looseLimit+1 || len(packs) > 6 {
			t.Fatalf("after %d records: packs of %v and %d loose", i+1, packs, loose)
		}
		if len(packs) > 0 && !slices.Equal(packs, before) {
			written += packs[len(packs)-1]
		}
		before = packs
	}
	if written > 10*edits {
		t.Errorf("%d records were written into packs for %d edits", written, edits)
	}
	if len(before) < 2 {
		t.Errorf("packs of %v, want several", before)
	}
	w.wantIDs(w.whole(w.scene.Buyer), list)
	w.open(s)
	w.wantIDs(w.whole(w.scene.Buyer), list)
	if problems, err := Verify(t.Context(), s, w.memory); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
}

// TestPK2_PacksOnDisk: what a room packs on JetStream is what the next one reads.
func TestPK2_PacksOnDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	open := func() *stream.Node {
		n, err := stream.OpenEmbedded(t.Context(), dir, stream.Options{Random: rand.Reader})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	w := bareWorld(t, gatetest.New(t, 135))
	node := open()
	w.open(node)
	founder := w.connect(w.scene.Founder)
	doc, list := grown(w, 300)
	for part := range slices.Chunk(list, 10) {
		w.now = w.now.Add(time.Second) // GA18
		founder.mustPush(part...)
	}
	packs, loose := entriesOf(t, node, doc)
	if len(packs) < 2 || loose > looseLimit {
		t.Errorf("packs of %v and %d loose, want several and few", packs, loose)
	}
	if err := node.Close(); err != nil {
		t.Fatal(err)
	}
	node = open()
	defer func() {
		if err := node.Close(); err != nil {
			t.Error(err)
		}
	}()
	if again, n := entriesOf(t, node, doc); !slices.Equal(again, packs) || n != loose {
		t.Errorf("packs of %v and %d loose are %v and %d after reopening", packs, loose, again, n)
	}
	w.open(node)
	w.wantIDs(w.whole(w.scene.Buyer), list)
	if problems, err := Verify(t.Context(), node, w.memory); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
}

// TestPK2_CutOnPacks: the power fails at any moment while records are packed that
// follow packs which stay: nothing is gone, nothing is there twice, and the check
// finds no fault with what is left.
func TestPK2_CutOnPacks(t *testing.T) {
	t.Parallel()
	const edits = 7*(looseLimit+1) + 2
	points := 0
	for cut := 1; ; cut++ {
		w, s := durable(t, 134)
		d := w.connect(w.scene.Founder)
		id := d.link.(*roomLink).id
		doc, list := grown(w, edits)
		early := list[:6*(looseLimit+1)]
		for part := range slices.Chunk(early, looseLimit+1) {
			d.mustPush(part...)
		}
		if packs, _ := entriesOf(t, s, doc); len(packs) != 2 {
			t.Fatalf("packs of %v, want one that stays and one that goes", packs)
		}
		s.cut = cut
		_, err := w.room.Step(t.Context(), w.now, In{Conn: id, Kind: Received, Data: pushFrame(t, d, list[len(early):]...)})
		cutIt := s.dead
		if cutIt != errors.Is(err, errPower) {
			t.Fatalf("cut %d: %v", cut, err)
		}
		s.cut, s.dead = 0, false
		s.Rewind(s.synced)
		w.open(s)
		if problems, err := Verify(t.Context(), s, w.memory); err != nil || len(problems) > 0 {
			t.Fatalf("cut %d: %v, %v", cut, problems, err)
		}
		again := w.connect(w.scene.Founder)
		for _, r := range again.push(list...) {
			if r.Code != wire.CodeAccepted && r.Code != wire.CodeDuplicate {
				t.Fatalf("cut %d: %s", cut, r.Code)
			}
		}
		w.wantIDs(w.whole(w.scene.Buyer), list)
		if packs, _ := entriesOf(t, s, doc); !cutIt && len(packs) < 2 {
			t.Errorf("packs of %v, want some that stayed", packs)
		}
		if !cutIt {
			break
		}
		points++
	}
	if points < 5 { // append, sync, and what is removed
		t.Errorf("only %d moments", points)
	}
}

// TestPK2_WhateverIsLeft: removing what packs replace ends anywhere, and a power cut
// takes back part of it. Whichever of it is there still is passed to nobody, and the
// check finds no fault.
func TestPK2_WhateverIsLeft(t *testing.T) {
	t.Parallel()
	for _, portions := range []int{0, 2, 6} { // the first packs, all in their place, some behind a base
		packed := func(hold bool) (*world, *simStream, canon.DocID, []wire.Envelope, []uint64) {
			w, s := durable(t, 136)
			d := w.connect(w.scene.Founder)
			doc, list := grown(w, (portions+1)*(looseLimit+1)-1)
			early := list[:portions*(looseLimit+1)]
			for part := range slices.Chunk(early, looseLimit+1) {
				d.mustPush(part...)
			}
			s.hold = hold
			d.mustPush(list[len(early):]...)
			s.hold = false
			var there []uint64
			if err := s.Read(t.Context(), docSubject(doc), 0, func(e stream.Stored) error { there = append(there, e.Seq); return nil }); err != nil {
				t.Fatal(err)
			}
			return w, s, doc, list, there
		}
		_, _, _, _, want := packed(false)
		_, _, _, _, all := packed(true)
		old := slices.DeleteFunc(slices.Clone(all), func(seq uint64) bool { return slices.Contains(want, seq) })
		if len(old) <= looseLimit {
			t.Fatalf("after %d portions %d of %d entries are replaced", portions, len(old), len(all))
		}
		for _, i := range []int{0, 1, len(old) / 2, len(old) - 1} {
			for _, gone := range [][]uint64{{old[i]}, slices.Delete(slices.Clone(old), i, i+1)} {
				w, s, doc, list, _ := packed(true)
				s.Forget(stream.Entry{Subject: docSubject(doc), Old: gone}, all[len(all)-1])
				w.open(s)
				if problems, err := Verify(t.Context(), s, w.memory); err != nil || len(problems) > 0 {
					t.Fatalf("after %d portions without %v: %v, %v", portions, gone, problems, err)
				}
				read, err := w.room.readItems(t.Context(), place{})
				if err != nil {
					t.Fatal(err)
				}
				var got []uint64
				for _, it := range read.items {
					got = append(got, it.seq)
				}
				if !slices.Equal(slices.Compact(got), want) {
					t.Errorf("after %d portions without %v: a reader is given %v, want %v", portions, gone, got, want)
				}
				w.wantIDs(w.whole(w.scene.Buyer), list)
			}
		}
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
	if problems, err := Verify(t.Context(), s, w.memory); err != nil || len(problems) > 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
}
