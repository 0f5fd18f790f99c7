package relay

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// creates are n envelopes that each make one document.
func creates(s *gatetest.Scene, message string, n int) []wire.Envelope {
	s.TB.Helper()
	out := make([]wire.Envelope, n)
	for i := range out {
		doc := canon.DocID(s.W.Random16())
		out[i] = s.Envelope(s.Buyer, doc, s.Create(s.Buyer, message, str("f:name", fmt.Sprintf("客户%d", i)),
			str("f:city", "上海"), str("f:industry", "机械"), str("s:owner", s.Buyer.Member.String())))
	}
	return out
}

// A reader that stops after any batch and comes again with its cursor ends with
// the same as one that never stopped, while documents are packed meanwhile.
//
//nolint:tparallel // the readers share one room, one after the other
func TestResumeAnywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	s := w.scene
	writer := w.connect(s.Founder)
	all := append(s.History[:len(s.History):len(s.History)], creates(s, "edit", 700)...)
	writer.mustPush(all...)
	for stop := range 4 {
		t.Run(fmt.Sprint(stop), func(t *testing.T) {
			b := newBook()
			reader := w.connect(s.Buyer)
			reader.pull(b, stop)
			for i := range 20 { // Customer is packed behind the reader
				e := edit(s, fmt.Sprint(stop, i))
				all = append(all, e)
				w.connect(s.Sales).mustPush(e)
			}
			if stop%2 == 1 {
				w.restart()
			}
			w.connect(s.Service).pull(b, 0)
			w.wantIDs(b, all)
		})
	}
	if got := w.room.Stats(); got.Void != 0 {
		t.Errorf("%d void records", got.Void)
	}
}

// Two processes on one stream forward and answer alike, whichever wrote, and
// packs of one do not hide anything from the readers of the other.
func TestGA2_TwoRooms(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 41)
	s := w.scene
	two := w.second()
	w.connect(s.Founder).mustPush(s.History...)
	live := w.dialIn(two, s.Service)
	if !live.shake() {
		t.Fatal(live.failed)
	}
	b := newBook()
	if f, ok := live.ask(&wire.Pull{Credit: 1 << 40}).(*wire.Batch); ok {
		live.take(b, f)
	}
	other := w.dialIn(two, s.Buyer)
	other.shake()
	all := s.History
	for i := range 60 {
		e := edit(s, fmt.Sprint(i))
		all = append(all, e)
		to := w.connect(s.Sales)
		if i%3 == 0 {
			to = other
		}
		to.mustPush(e)
		if i%2 == 0 { // the same again at the other process
			if got := other.push(e)[0].Code; got != wire.CodeDuplicate {
				t.Fatalf("edit %d at the other process: %s, want duplicate", i, got)
			}
		}
		if i%20 == 19 {
			w.stepIn(two)
		}
	}
	for _, f := range live.drain() {
		if batch, ok := f.(*wire.Batch); ok {
			live.take(b, batch)
		}
	}
	w.wantIDs(b, all)
	if w.room.Stats().Packs == 0 && two.Stats().Packs == 0 {
		t.Error("nothing was packed")
	}
}

// A record that one process appended, unaware of the revocation that another
// had appended before it, is void at both and forwarded by neither.
func TestGA2_VoidByOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 42)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	kept := s.History
	two := w.second()
	founder := w.dialIn(two, s.Founder)
	founder.shake()
	e := edit(s, "behind the revocation")
	s.W.Revoke(s.Sales, e.Body.N-1, charter.ReasonLeft)
	all := encoded(t, s.W.Log.All())
	buyer := w.connect(s.Buyer)
	buyer.id += 2
	frame := buyer.encode(&wire.Push{Envelopes: [][]byte{e.Encode()}})
	// Between judging and appending in the first room, the second one appends.
	w.room.stream = &between{Stream: w.stream, first: func() {
		if got := founder.code(&wire.Append{Record: all[len(all)-1]}); got != "ok" {
			t.Errorf("append: %s", got)
		}
	}}
	buyer.link.send(frame)
	a, _ := buyer.answer()
	if got := a.(*wire.Pushed).Results[0].Code; got != wire.CodeDenied {
		t.Errorf("answer %s, want denied", got)
	}
	if got := w.room.Stats().Void; got != 1 {
		t.Fatalf("%d void records, want 1", got)
	}
	w.stepIn(two)
	if got := two.Stats().Void; got != 1 {
		t.Errorf("%d void records at the other process, want 1", got)
	}
	w.wantIDs(w.whole(s.Service), kept)
	w.restart() // judged again from the stream
	w.wantIDs(w.whole(s.Service), kept)
	if err := w.room.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.restart() // believed from the mark
	w.wantIDs(w.whole(s.Service), kept)
}

// between is a stream that lets something happen before its first append.
type between struct {
	stream.Stream
	first func()
}

func (b *between) Append(ctx context.Context, entries ...stream.Entry) ([]stream.Result, error) {
	if f := b.first; f != nil {
		b.first = nil
		f()
	}
	return b.Stream.Append(ctx, entries...)
}

func TestAT74_RateAndSlow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 43)
	s := w.scene
	w.limits = wire.Limits{Rate: 10, Burst: 50, BatchRate: 100}
	w.restart()
	d := w.connect(s.Buyer)
	list := creates(s, "edit", 64)
	got := d.push(list...)
	ok := 0
	for i, r := range got {
		if r.Code == wire.CodeAccepted {
			if ok++; i != ok-1 {
				t.Fatalf("envelope %d accepted behind a refused one", i)
			}
		} else if r.Code != wire.CodeRate || r.Retry == 0 || r.Retry > 1000 {
			t.Fatalf("envelope %d: %+v", i, r)
		}
	}
	if ok != 50 {
		t.Errorf("%d accepted at once, want the burst of 50", ok)
	}
	w.now = w.now.Add(time.Second)
	ok = 0
	for _, r := range d.push(list[50:]...) {
		if r.Code == wire.CodeAccepted {
			ok++
		}
	}
	if ok != 10 {
		t.Errorf("%d accepted after a second, want 10", ok)
	}
	if got := w.connect(s.Founder).push(s.History[0])[0].Code; got != wire.CodeAccepted {
		t.Errorf("another device: %s", got)
	}
	bulk := 0
	for _, r := range d.push(creates(s, "import:b1", 64)...) {
		if r.Code == wire.CodeAccepted {
			bulk++
		}
	}
	if bulk != 64 {
		t.Errorf("%d of 64 import envelopes accepted, want all (GA18)", bulk)
	}
}

// A reader that does not read is cut when its queue is full, and resumes.
func TestWI4_Slow(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 44)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	reader := w.connect(s.Service)
	id := reader.link.(*roomLink).id
	b := newBook()
	reader.take(b, reader.ask(&wire.Pull{Credit: 1 << 40}).(*wire.Batch))
	w.full[id] = true
	writer := w.connect(s.Sales)
	pushed := s.History
	noise := make([]byte, 12<<10)
	for i := 0; w.closed[id] == "" && i < 2000; i++ {
		puts := []changetest.Put{str("f:name", "甲")}
		for range 4 {
			_, _ = s.W.Rand().Read(noise)
			puts = append(puts, put(s.EntryKey(s.Founder, "service"), change.Bytes(canon.MustMarshal(bytes.Clone(noise)))))
		}
		e := s.Envelope(s.Founder, canon.DocID(s.W.Random16()), s.Create(s.Founder, "edit", puts...))
		pushed = append(pushed, e)
		writer.mustPush(e)
	}
	if got := w.closed[id]; got != wire.CodeSlow {
		t.Fatalf("reader closed with %q, want slow", got)
	}
	queued := 0
	for _, m := range w.boxes[id] {
		queued += len(m)
	}
	if queued > wire.MaxQueue+1024 {
		t.Errorf("%d bytes were queued, at most %d", queued, wire.MaxQueue)
	}
	w.connect(s.Service).pull(b, 0)
	w.wantIDs(b, pushed)
}

// One compression serves all connections that are sent the same.
func TestFanOutCompressedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 45)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	var readers []*dev
	books := map[*dev]*book{}
	for _, d := range []canon.Signer{s.Founder, s.Service, s.Buyer} { // all rows
		r := w.connect(d)
		books[r] = newBook()
		r.take(books[r], r.ask(&wire.Pull{Credit: 1 << 40}).(*wire.Batch))
		readers = append(readers, r)
	}
	before := w.room.Stats().Compressed
	w.connect(s.Sales).mustPush(edit(s, "once for all"))
	if got := w.room.Stats().Compressed - before; got != 1 {
		t.Errorf("%d compressions for 3 readers, want 1", got)
	}
	for _, r := range readers {
		for _, f := range r.drain() {
			if batch, ok := f.(*wire.Batch); ok {
				r.take(books[r], batch)
			}
		}
		w.wantIDs(books[r], s.History)
	}
}

// PO4, PO8: a connection is sent only what its member sees.
func TestPO8_Views(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 46)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	personal := canon.PersonalDoc(s.W.ID, s.Buyer.Member)
	e := s.Envelope(s.Buyer, personal, changetest.Edit(t, change.NewState(), s.Actor(s.Buyer), "edit", str("x:ui:list:width", "3")))
	w.connect(s.Buyer).mustPush(e)
	for name, test := range map[string]struct {
		by   canon.Signer
		sees bool
	}{"own": {s.Buyer, true}, "founder": {s.Founder, false}, "service": {s.Service, false}} {
		if _, ok := w.whole(test.by).records[e.ID(s.W.ID)]; ok != test.sees {
			t.Errorf("%s is sent the personal document: %v, want %v", name, ok, test.sees)
		}
	}
	manager := w.whole(s.Manager) // rows of department sales
	for _, id := range manager.order {
		if doc := manager.records[id].Envelope.Body.Doc; doc == s.Crowded.ID() {
			t.Fatal("a row outside the department was sent")
		}
	}
	if len(manager.order) == 0 {
		t.Error("nothing was sent to the manager")
	}
}

// A failing stream acknowledges nothing.
func TestStreamFails(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 47)
	s := w.scene
	d := w.connect(s.Founder)
	if err := w.stream.Close(); err != nil {
		t.Fatal(err)
	}
	d.id += 2
	outs, err := w.room.Step(t.Context(), w.now, In{
		Conn: d.link.(*roomLink).id, Kind: Received, Data: d.encode(&wire.Push{Envelopes: [][]byte{s.History[0].Encode()}}),
	})
	if err == nil || len(outs) != 0 {
		t.Errorf("%d answers and %v, want none and an error", len(outs), err)
	}
	w.stream.Reopen()
	w.restart()
	w.connect(s.Founder).mustPush(s.History...)
}

func TestHE6_Verify(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 48)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	for i := range 20 {
		w.connect(s.Sales).mustPush(edit(s, fmt.Sprint(i)))
	}
	if problems, err := Verify(t.Context(), w.stream, w.memory); err != nil || len(problems) != 0 {
		t.Fatalf("good stream: %v, %v", problems, err)
	}
	// What a changed relay could put there: an envelope with a wrong signature,
	// and a salt that does not fit.
	forged := edit(s, "forged")
	forged.Signature = make([]byte, 64)
	entry := docEntry{Kind: entryEnvelope, Time: 1, Envelope: forged.Encode()}
	if _, err := w.stream.Append(t.Context(),
		stream.Entry{Subject: docSubject(s.Customer.ID()), Data: entry.encode(), Expect: stream.Any},
		stream.Entry{Subject: saltSubject(s.Pooled.ID()), Data: make([]byte, 32), Expect: 0},
	); err != nil {
		t.Fatal(err)
	}
	problems, err := Verify(t.Context(), w.stream, w.memory)
	if err != nil || len(problems) != 2 || problems[0].Code != wire.CodeBadSignature || problems[0].Doc != s.Customer.ID() || problems[1].Doc != s.Pooled.ID() {
		t.Errorf("problems %v, %v; want the forged record and the salt", problems, err)
	}
}
