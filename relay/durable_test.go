//go:build cgo

package relay

import (
	"crypto/rand"
	"errors"
	"fmt"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// durable is a room on a stream that can lose what was not synced.
func durable(t *testing.T, seed uint64) (*world, *simStream) {
	t.Helper()
	w := bareWorld(t, gatetest.New(t, seed))
	s := &simStream{Memory: w.stream}
	w.open(s)
	w.connect(w.scene.Founder)
	return w, s
}

func (w *world) open(s stream.Stream) {
	w.tb.Helper()
	room, err := OpenRoom(w.tb.Context(), s, RoomConfig{
		Key: w.scene.W.Relay, Memory: w.memory, Random: rand.Reader, Workers: 1,
		Remember: func(m Memory) error { w.memory = m; return nil },
	})
	if err != nil {
		w.tb.Fatalf("open room: %v", err)
	}
	w.room = room
	clear(w.boxes)
}

func pushFrame(t *testing.T, d *dev, list ...wire.Envelope) []byte {
	t.Helper()
	f := &wire.Push{}
	for _, e := range list {
		f.Envelopes = append(f.Envelopes, e.Encode())
	}
	return d.encode(f)
}

// An answer that leaves speaks of what is on disk: one sync for a whole step,
// and none for a step that read nothing new.
func TestNothingLeavesBeforeItIsOnDisk(t *testing.T) {
	t.Parallel()
	w, s := durable(t, 120)
	d, other := w.connect(w.scene.Buyer), w.connect(w.scene.Service)
	id, oid := d.link.(*roomLink).id, other.link.(*roomLink).id
	list := creates(w.scene, "edit", 3)
	for cut, what := range map[int]string{1: "append", 2: "sync"} {
		s.cut = cut
		outs, err := w.room.Step(t.Context(), w.now, In{Conn: id, Kind: Received, Data: pushFrame(t, d, list[cut])})
		if !errors.Is(err, errPower) || outs != nil {
			t.Fatalf("cut at the %s: %d messages left, %v", what, len(outs), err)
		}
		s.Rewind(s.synced)
		s.dead = false
		w.open(s)
		d, other = w.connect(w.scene.Buyer), w.connect(w.scene.Service)
		id, oid = d.link.(*roomLink).id, other.link.(*roomLink).id
		if got := d.push(list[cut])[0].Code; got != wire.CodeAccepted {
			t.Errorf("after a cut at the %s: %s", what, got)
		}
	}
	syncs := s.syncs
	outs, err := w.room.Step(t.Context(), w.now,
		In{Conn: id, Kind: Received, Data: pushFrame(t, d, list[0])},
		In{Conn: oid, Kind: Received, Data: other.encode(&wire.Pull{Credit: 1 << 20})})
	if err != nil || len(outs) != 2 || s.syncs != syncs+1 {
		t.Errorf("%d messages, %d syncs, %v; want 2 and one", len(outs), s.syncs-syncs, err)
	}
	if _, err := w.room.Step(t.Context(), w.now, In{Conn: oid, Kind: Received, Data: other.encode(&wire.Pull{Credit: 1 << 20})}); err != nil {
		t.Fatal(err)
	}
	if s.syncs != syncs+1 {
		t.Error("synced again though nothing was written")
	}
}

// A process that was killed left in the file what it had not synced. The next
// one shows it to nobody before it is on disk.
func TestOpenedRoomSyncsWhatItFound(t *testing.T) {
	t.Parallel()
	w, s := durable(t, 121)
	d := w.connect(w.scene.Buyer)
	s.cut = 2 // the sync
	if _, err := w.room.Step(t.Context(), w.now, In{
		Conn: d.link.(*roomLink).id, Kind: Received, Data: pushFrame(t, d, creates(w.scene, "edit", 1)...),
	}); !errors.Is(err, errPower) {
		t.Fatal(err)
	}
	s.dead = false
	w.open(s)
	s.cut = 1
	w.next++
	if outs, err := w.room.Step(t.Context(), w.now, In{Conn: w.next, Kind: Opened, Data: make([]byte, 32)}); err != nil || len(outs) != 0 {
		t.Fatalf("%d messages, %v", len(outs), err)
	}
	hello := d.encode(&wire.Hello{Versions: []uint64{wire.Version}, Workspace: w.scene.W.ID, Device: w.scene.Buyer.Device()})
	if _, err := w.room.Step(t.Context(), w.now, In{Conn: w.next, Kind: Received, Data: hello}); !errors.Is(err, errPower) {
		t.Errorf("the first answer left without a sync: %v", err)
	}
}

// The power fails between the pack and the removal of what it replaces: nothing
// is there twice, nothing is gone, and an erased customer is gone in the end.
func TestPK2_CutBetweenPackAndRemoval(t *testing.T) {
	t.Parallel()
	w, s := durable(t, 122)
	d := w.connect(w.scene.Founder)
	for i := range looseLimit + 1 {
		edit(w.scene, fmt.Sprint("值", i))
	}
	list := w.scene.History
	s.hold = true // what replaces is written, what was replaced stays
	d.mustPush(list...)
	for w.room.Busy() {
		w.step()
	}
	if w.room.Stats().Packs == 0 {
		t.Fatal("no pack was made")
	}
	s.hold = false
	w.open(s)
	w.wantIDs(w.whole(w.scene.Buyer), list)
	if err := w.room.summarize(t.Context()); err != nil {
		t.Fatal(err)
	}
	doc := w.scene.Customer.ID()
	records, err := w.room.recordsOf(t.Context(), doc)
	if err != nil {
		t.Fatal(err)
	}
	var hashes []canon.Hash
	for i := range records {
		hashes = append(hashes, records[i].Envelope.Body.Hashes()...)
	}
	if w.room.index.docs[doc].sum != wire.SummarizeDoc(hashes) {
		t.Error("the summary counts what was replaced")
	}
	if problems, err := Verify(t.Context(), s, w.memory); err != nil || len(problems) != 0 {
		t.Errorf("verify: %v, %v", problems, err)
	}
}

// HE1: a disk that said it was synced and was not. The devices bring back what
// it lost, salts too, under the same log id.
func TestHE1_DiskThatLies(t *testing.T) {
	t.Parallel()
	w := bareWorld(t, gatetest.New(t, 123))
	a, b := w.desk(w.scene.Founder), w.desk(w.scene.Buyer)
	for _, k := range []*desk{a, b} {
		k.dial()
		w.run(a, b)
	}
	before, err := w.stream.Info(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var docs []canon.DocID
	for i := range 3 {
		doc := canon.DocID(w.scene.W.Random16())
		docs = append(docs, doc)
		_, err := a.repo.Create(t.Context(), doc, [32]byte{byte(i)}, crdt.Edit{
			Message: "create", NewTexts: []string{"n:memo"}, Sets: []crdt.Set{{Key: "f:name", Value: change.String("客户")}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	a.wrote()
	w.run(a, b)
	w.stream.Rewind(before.Last)
	w.restart()
	for range 4 {
		for _, k := range []*desk{a, b} {
			k.closed()
			k.dial()
			w.run(a, b)
		}
		for range 3 {
			w.now = w.now.Add(2 * time.Second)
			w.step()
			w.run(a, b)
		}
	}
	if got := w.room.Stats(); got.Documents != len(docs) || got.Salts != len(docs) {
		t.Errorf("the relay has %d documents and %d salts, want %d", got.Documents, got.Salts, len(docs))
	}
	for _, doc := range docs {
		for i, k := range []*desk{a, b} {
			if _, err := k.repo.Read(doc); err != nil {
				t.Errorf("device %d: %v", i, err)
			}
		}
	}
}
