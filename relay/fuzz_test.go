package relay

import (
	"bytes"
	"context"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// WI3: damaged frames, in every phase of a connection, end at most their own
// connection; what is in the book stays as it is.
func TestWI3_DamagedFrames(t *testing.T) {
	t.Parallel()
	const seed = 80
	rounds := 800
	if os.Getenv("TONGCE_LONG") != "" {
		rounds = 20_000
	}
	random := mathrand.New(mathrand.NewPCG(seed, 0))
	w := newWorld(t, seed)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	b := w.whole(s.Founder)
	packs, err := wire.MakePacks([]wire.LogRecord{b.records[b.order[0]]})
	if err != nil {
		t.Fatal(err)
	}
	frames := []wire.Frame{
		&wire.Hello{Versions: []uint64{1}, Workspace: s.W.ID, Device: s.Buyer.Device()},
		&wire.Records{Records: encoded(t, s.W.Log.All())[:3]}, &wire.Proof{Signature: make([]byte, 64)},
		&wire.Statements{From: 2}, &wire.Append{Record: encoded(t, s.W.Log.All())[4]},
		&wire.Pull{Cursor: b.cursor, Credit: 1000}, &wire.Push{Envelopes: [][]byte{s.History[0].Encode(), s.History[5].Encode()}},
		&wire.Packs{Packs: packs}, &wire.Salts{Ask: []canon.DocID{s.Customer.ID()}},
		&wire.Summary{Ranges: make([]canon.Hash, wire.SummaryRanges)}, &wire.Want{Ranges: []uint16{1, 2}},
		&wire.Report{Refused: []wire.Refused{{Code: wire.CodeDenied}}}, &wire.Resume{Cursor: b.cursor},
		&wire.Verdict{Kind: wire.VerdictHeal, Signature: make([]byte, 64)}, &wire.OK{},
	}
	before := w.room.Stats().LastSeq
	var d *dev
	for i := range rounds {
		if d == nil || w.closed[d.link.(*roomLink).id] != "" {
			if d = w.dial(s.Buyer); i%3 > 0 && !d.shake() {
				t.Fatalf("seed %d round %d: %s", seed, i, d.failed)
			}
		}
		raw := d.encode(frames[random.IntN(len(frames))])
		for range random.IntN(4) {
			switch at := random.IntN(len(raw)); random.IntN(3) {
			case 0:
				raw[at] ^= byte(1 + random.IntN(255))
			case 1:
				raw = raw[:at+1]
			default:
				raw = append(raw[:at:at], append([]byte{byte(random.Uint32())}, raw[at:]...)...)
			}
		}
		d.link.send(raw)
	}
	if got := w.room.Stats().LastSeq; got != before {
		t.Errorf("seed %d: %d entries were written", seed, got-before)
	}
	w.wantIDs(w.whole(s.Service), s.History)
}

func TestGA18_Quota(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 81)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	w.limits = wire.Limits{Workspace: w.room.Stats().Bytes + 10}
	w.restart()
	d := w.connect(s.Sales)
	if got := d.push(edit(s, "too much"))[0].Code; got != wire.CodeQuota {
		t.Errorf("over the quota: %s, want quota", got)
	}
	if got := d.push(s.History[0])[0].Code; got != wire.CodeDuplicate {
		t.Errorf("known envelope: %s, want duplicate", got)
	}
}

// ER1: an erased customer is gone from the stream, and comes back by no way.
func TestER1_Erase(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 82)
	s := w.scene
	d := w.connect(s.Founder)
	d.mustPush(s.History...)
	doc := s.Customer.ID()
	d.ask(&wire.Salts{Salts: []wire.Salt{{Doc: doc, Salt: s.Salt(doc)}}})
	last := edit(s, "last")
	w.connect(s.Sales).mustPush(last)
	all := w.whole(s.Buyer)
	s.W.Must(&charter.EraseContent{Docs: []canon.DocID{doc}, Reason: charter.EraseRequest}, s.Manager, s.Founder)
	list := encoded(t, s.W.Log.All())
	if got := w.connect(s.Founder).code(&wire.Append{Record: list[len(list)-1]}); got != "ok" {
		t.Fatal(got)
	}
	gone := func(when string) {
		t.Helper()
		b := w.whole(s.Buyer)
		for _, id := range b.order {
			if b.records[id].Envelope.Body.Doc == doc {
				t.Fatalf("%s: a record of the erased customer was sent", when)
			}
		}
		if _, ok := b.salts[doc]; ok || len(b.order) == 0 {
			t.Errorf("%s: salt sent: %v; %d records", when, ok, len(b.order))
		}
		if got := w.connect(s.Sales).push(edit2(s, doc))[0].Code; got != wire.CodeErased {
			t.Errorf("%s: edit: %s, want erased", when, got)
		}
		if got := w.connect(s.Sales).push(last)[0].Code; got != wire.CodeErased {
			t.Errorf("%s: what was accepted before: %s, want erased", when, got)
		}
	}
	gone("after erasing")
	w.restart()
	gone("after a restart")
	w.wipe(7)
	founder := w.connect(s.Founder)
	founder.confirm()
	founder.resume(all)
	founder.upload(all)
	buyer := w.connect(s.Buyer)
	buyer.resume(all)
	buyer.upload(all)
	gone("after healing")
}

func edit2(s *gatetest.Scene, doc canon.DocID) wire.Envelope {
	s.TB.Helper()
	return s.Envelope(s.Sales, doc, s.Edit(s.Sales, s.Customer, "edit", str("f:remark", "x")))
}

// Entries that cannot be read are named, by the check too, and stop nothing: their
// document goes on and is packed around them, and they stay.
func TestDamagedEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 83)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	subject := docSubject(s.Customer.ID())
	damage := [][]byte{[]byte("p no pack"), {}}
	if _, err := w.stream.Append(t.Context(),
		stream.Entry{Subject: subject, Data: damage[0], Expect: stream.Any},
		stream.Entry{Subject: subject, Data: damage[1], Expect: stream.Any},
		stream.Entry{Subject: subjectDoc + "nobody", Data: []byte("e"), Expect: stream.Any}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		w.step()
		if got := w.room.Stats().Damaged; got != 3 {
			t.Errorf("%d damaged entries named, want 3", got)
		}
		before := w.room.Stats().Packs
		for i := range looseLimit + 1 {
			w.connect(s.Sales).mustPush(edit(s, fmt.Sprint("值", i)))
		}
		if got := w.room.Stats().Packs; got <= before {
			t.Error("the document with damaged entries is not packed")
		}
		w.wantIDs(w.whole(s.Service), s.History)
		if err := w.room.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if problems, err := Verify(t.Context(), w.stream, w.memory); err != nil || len(problems) != len(damage) {
			t.Errorf("verify: %v, %v; want a problem for each damaged entry", problems, err)
		}
		w.restart()
	}
	var left [][]byte
	if err := w.stream.Read(t.Context(), subject, 0, func(e stream.Stored) error {
		if _, err := parseDocEntry(e.Data); err != nil {
			left = append(left, e.Data)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(left, damage, bytes.Equal) {
		t.Errorf("%q is left of the damaged entries, want %q: nothing is deleted", left, damage)
	}
}

// spoilt is a stream whose medium gives other bytes of one subject.
type spoilt struct {
	stream.Stream
	subject string
}

// Read implements stream.Stream.
func (s spoilt) Read(ctx context.Context, subject string, after uint64, fn func(stream.Stored) error) error {
	return s.Stream.Read(ctx, subject, after, func(e stream.Stored) error {
		if e.Subject == s.subject {
			e.Data = []byte("spoilt")
		}
		return fn(e)
	})
}

// An old envelope of a document that the medium has lost meanwhile costs that
// document and no other.
func TestDuplicateOfADamagedDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 84)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	i := slices.IndexFunc(s.History, func(e wire.Envelope) bool { return e.Body.Doc == s.Crowded.ID() })
	w.room.index.recent = newRecent[numbered, placed](1)
	w.room.stream = spoilt{w.room.stream, docSubject(s.Crowded.ID())}
	got := w.connect(s.Sales).push(s.History[i], edit(s, "beside an old one"))
	if got[0].Code != wire.CodeCorrupt || got[1].Code != wire.CodeAccepted {
		t.Errorf("an old envelope of the damaged document: %s, of another one: %s", got[0].Code, got[1].Code)
	}
}
