//go:build cgo

package relay

import (
	"fmt"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/store/memstore"
)

// desk is a real device: its documents and its end of the protocol.
type desk struct {
	w    *world
	repo *repo.Repo
	peer *peer.Peer
	id   ConnID
}

func (w *world) desk(d *chartertest.Device) *desk {
	w.tb.Helper()
	r, err := repo.Open(memstore.New(), repo.Config{
		Workspace: w.scene.W.ID, Signer: d, Now: func() time.Time { return w.now },
	})
	if err != nil {
		w.tb.Fatal(err)
	}
	if _, err := r.AddStatements(encoded(w.tb, w.scene.W.Log.All())...); err != nil {
		w.tb.Fatal(err)
	}
	return &desk{w: w, repo: r, peer: peer.New(peer.Config{Repo: r, Signer: d})}
}

// dial opens a connection; run carries messages until all are quiet.
func (k *desk) dial() {
	k.w.tb.Helper()
	k.w.next++
	k.id = k.w.next
	exporter := make([]byte, 32)
	k.w.step(In{Conn: k.id, Kind: Opened, Data: exporter})
	k.step(peer.Opened{Exporter: exporter, Relay: k.w.scene.W.RelayKey()})
}

func (k *desk) step(events ...peer.Event) {
	k.w.tb.Helper()
	effects, err := k.peer.Step(k.w.tb.Context(), k.w.now, events...)
	if err != nil {
		k.w.tb.Fatalf("peer: %v", err)
	}
	for _, e := range effects {
		switch x := e.(type) {
		case peer.Send:
			k.w.step(In{Conn: k.id, Kind: Received, Data: x.Data})
		case peer.Close:
			k.w.step(In{Conn: k.id, Kind: Closed})
		}
	}
}

func (k *desk) wrote() { k.w.tb.Helper(); k.step(peer.Wrote{}) }

func (k *desk) closed() { k.w.tb.Helper(); k.step(peer.Closed{}) }

func (w *world) run(desks ...*desk) {
	w.tb.Helper()
	for range 200 {
		quiet := true
		for _, k := range desks {
			if box := w.boxes[k.id]; len(box) > 0 {
				w.boxes[k.id], quiet = box[1:], false
				k.step(peer.Received{Data: box[0]})
			}
		}
		if quiet {
			return
		}
	}
}

// The real peer and the room understand each other: create, edit, live, wipe,
// heal. The simulation does the rest.
func TestPeerMeetsRoom(t *testing.T) {
	t.Parallel()
	w := bareWorld(t, gatetest.New(t, 95))
	s := w.scene
	a, b := w.desk(s.Founder), w.desk(s.Buyer)
	a.dial()
	w.run(a, b)
	b.dial()
	w.run(a, b)
	docs := make([]canon.DocID, 3)
	for i := range docs {
		docs[i] = s.W.Random16()
		_, err := a.repo.Create(t.Context(), docs[i], [32]byte{byte(i)}, crdt.Edit{
			Message: "edit", Time: w.now.Unix(), NewTexts: []string{"n:memo"},
			Sets: []crdt.Set{{Key: "f:name", Value: change.String(fmt.Sprint("客户", i))}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	a.step(peer.Wrote{})
	w.run(a, b)
	same := func(when string) {
		t.Helper()
		for _, d := range docs {
			va, err := a.repo.Read(d)
			if err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			vb, err := b.repo.Read(d)
			if err != nil {
				t.Fatalf("%s: the other desktop: %v; relay %+v", when, err, w.room.Stats())
			}
			if fmt.Sprint(va.Values()) != fmt.Sprint(vb.Values()) {
				t.Errorf("%s: books differ", when)
			}
		}
		if n, err := a.repo.OutboxLen(); err != nil || n != 0 {
			t.Errorf("%s: %d envelopes wait, %v", when, n, err)
		}
		if got := w.room.Stats().Salts; got != len(docs) {
			t.Errorf("%s: %d salts at the relay, want %d", when, got, len(docs))
		}
	}
	same("live")
	w.stream.Wipe([16]byte{8})
	w.restart()
	for range 3 { // b meets a relay that heals, a confirms, b comes again
		for _, k := range []*desk{b, a} {
			k.step(peer.Closed{})
			k.dial()
			w.run(a, b)
			w.now = w.now.Add(3 * time.Second)
		}
	}
	for range 2 { // salts are asked for a while after their documents
		w.now = w.now.Add(3 * time.Second)
		w.step()
		w.run(a, b)
	}
	if got := w.room.Stats(); got.State != "normal" || got.Documents != len(docs) {
		t.Errorf("after healing: %s with %d documents", got.State, got.Documents)
	}
	same("healed")
}

// TestHE2_StatementAndVerdict: an administrator's device that has a statement to
// add when it meets a relay that heals adds it and ends the healing all the same.
func TestHE2_StatementAndVerdict(t *testing.T) {
	t.Parallel()
	w := bareWorld(t, gatetest.New(t, 96))
	s := w.scene
	a := w.desk(s.Founder)
	a.dial()
	w.run(a)
	s.W.Must(&charter.EraseContent{Docs: []canon.DocID{s.Customer.ID()}, Reason: charter.EraseRequest}, s.Manager, s.Founder)
	all := encoded(t, s.W.Log.All())
	if err := a.repo.KeepSigned(all[len(all)-1]); err != nil {
		t.Fatal(err)
	}
	w.stream.Wipe([16]byte{8})
	w.restart()
	a.step(peer.Closed{})
	a.dial()
	w.run(a)
	if state, at := w.room.Stats().State, w.room.head().Seq; state != "normal" || at != uint64(len(all)-1) {
		t.Errorf("the relay is %s with the charter at %d of %d", state, at, len(all)-1)
	}
}

// TestSE0_SaltsAreBroughtWithTheirDocuments: who brings a relay what it lost brings
// the salts on the same connection, and need not stay to be asked.
func TestSE0_SaltsAreBroughtWithTheirDocuments(t *testing.T) {
	t.Parallel()
	w := bareWorld(t, gatetest.New(t, 97))
	a := w.desk(w.scene.Founder)
	a.dial()
	w.run(a)
	const docs = 3
	for i := range docs {
		_, err := a.repo.Create(t.Context(), w.scene.W.Random16(), [32]byte{byte(i)}, crdt.Edit{
			Message: "edit", Time: w.now.Unix(), NewTexts: []string{"n:memo"},
			Sets: []crdt.Set{{Key: "f:name", Value: change.String(fmt.Sprint("客户", i))}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	a.wrote()
	w.run(a)
	w.stream.Wipe([16]byte{8})
	w.restart()
	a.closed()
	a.dial()
	w.run(a)
	if got := w.room.Stats(); got.Documents != docs || got.Salts != docs {
		t.Errorf("the relay has %d documents and %d salts, want %d", got.Documents, got.Salts, docs)
	}
}
