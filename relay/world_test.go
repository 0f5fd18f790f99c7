package relay

import (
	"context"
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// world is a room on a stream in memory with what its connections were sent.
type world struct {
	tb     testing.TB
	scene  *gatetest.Scene
	stream *stream.Memory
	memory Memory
	limits wire.Limits
	room   *Room
	now    time.Time
	next   ConnID
	boxes  map[ConnID][][]byte
	closed map[ConnID]wire.Code
	full   map[ConnID]bool // its messages are never written
}

// newWorld is a workspace whose room has met its founder.
func newWorld(tb testing.TB, seed uint64) *world {
	tb.Helper()
	w := bareWorld(tb, gatetest.New(tb, seed))
	w.connect(w.scene.Founder)
	return w
}

func bareWorld(tb testing.TB, scene *gatetest.Scene) *world {
	tb.Helper()
	w := &world{
		tb: tb, scene: scene, stream: stream.NewMemory(stream.LogID{1}), now: time.Unix(scene.W.Now+10, 0),
		boxes: map[ConnID][][]byte{}, closed: map[ConnID]wire.Code{}, full: map[ConnID]bool{},
	}
	w.restart()
	return w
}

// restart opens the room anew, as after a crash: nothing is written before.
func (w *world) restart() {
	w.tb.Helper()
	w.room = w.second()
	clear(w.boxes)
}

// second opens another room on the same stream.
func (w *world) second() *Room {
	w.tb.Helper()
	r, err := OpenRoom(context.Background(), w.stream, RoomConfig{
		Key: w.scene.W.Relay, Memory: w.memory, Random: rand.Reader, Limits: w.limits, CacheBytes: 16 << 10, CacheChanges: 2, Places: 16,
		Remember: func(m Memory) error { w.memory = m; return nil },
	})
	if err != nil {
		w.tb.Fatalf("open room: %v", err)
	}
	return r
}

func (w *world) step(ins ...In) {
	w.tb.Helper()
	w.stepIn(w.room, ins...)
}

func (w *world) stepIn(r *Room, ins ...In) {
	w.tb.Helper()
	for {
		outs, err := r.Step(context.Background(), w.now, ins...)
		if err != nil {
			w.tb.Fatalf("step: %v", err)
		}
		ins = ins[:0:0]
		for _, o := range outs {
			switch {
			case o.Close:
				w.closed[o.Conn] = o.Code
			case o.Data != nil:
				w.boxes[o.Conn] = append(w.boxes[o.Conn], o.Data)
				if !w.full[o.Conn] {
					ins = append(ins, In{Conn: o.Conn, Kind: Wrote, N: len(o.Data)})
				}
			}
		}
		if len(ins) == 0 && !r.Busy() {
			return
		}
	}
}

// link carries messages of a device to a room or a server.
type link interface {
	send(b []byte)
	// recv is the next message, or false and the code of closing.
	recv() ([]byte, wire.Code, bool)
	exporter() []byte
}

type roomLink struct {
	w    *world
	room *Room
	id   ConnID
}

func (l *roomLink) send(b []byte) {
	l.w.tb.Helper()
	l.w.stepIn(l.room, In{Conn: l.id, Kind: Received, Data: b})
}

func (l *roomLink) recv() ([]byte, wire.Code, bool) {
	box := l.w.boxes[l.id]
	if len(box) == 0 {
		return nil, l.w.closed[l.id], false
	}
	l.w.boxes[l.id] = box[1:]
	return box[0], "", true
}

func (l *roomLink) exporter() []byte { return []byte{byte(l.id), 31: 1} }

// dev is a device's end of a connection.
type dev struct {
	tb     testing.TB
	link   link
	signer canon.Signer
	w      canon.WorkspaceID
	relay  canon.RelayKey
	chain  [][]byte // offered at first contact
	id     uint64
	ready  *wire.Ready
	failed wire.Code
	other  []wire.Frame // what came unasked
}

func (w *world) dial(s canon.Signer) *dev { w.tb.Helper(); return w.dialIn(w.room, s) }

func (w *world) dialIn(r *Room, s canon.Signer) *dev {
	w.tb.Helper()
	w.next++
	l := &roomLink{w: w, room: r, id: w.next}
	w.stepIn(r, In{Conn: l.id, Kind: Opened, Data: l.exporter()})
	return &dev{tb: w.tb, link: l, signer: s, w: w.scene.W.ID, relay: w.scene.W.RelayKey(), chain: encoded(w.tb, w.scene.W.Log.All())}
}

// connect dials and expects to be let in.
func (w *world) connect(s canon.Signer) *dev {
	w.tb.Helper()
	d := w.dial(s)
	if !d.shake() {
		w.tb.Fatalf("handshake: %s", d.failed)
	}
	return d
}

func encoded(tb testing.TB, list []charter.Record) [][]byte {
	tb.Helper()
	out := make([][]byte, len(list))
	for i, r := range list {
		b, err := charter.EncodeRecord(r)
		if err != nil {
			tb.Fatal(err)
		}
		out[i] = b
	}
	return out
}

func (d *dev) encode(f wire.Frame) []byte {
	d.tb.Helper()
	b, err := wire.EncodeFrame(wire.Message{ID: d.id, Frame: f})
	if err != nil {
		d.tb.Fatalf("encode: %v", err)
	}
	return b
}

// answer waits for the frame with the present id. nil: the connection closed.
func (d *dev) answer() (wire.Frame, []byte) {
	d.tb.Helper()
	for {
		b, code, ok := d.link.recv()
		if !ok {
			d.failed = code
			return nil, nil
		}
		m, err := wire.DecodeFrame(b)
		if err != nil {
			d.tb.Fatalf("relay sent what does not decode: %v", err)
		}
		if m.ID == d.id {
			return m.Frame, b
		}
		d.other = append(d.other, m.Frame)
	}
}

// ask sends a frame and returns its answer.
func (d *dev) ask(f wire.Frame) wire.Frame {
	d.tb.Helper()
	d.id += 2
	d.link.send(d.encode(f))
	a, _ := d.answer()
	return a
}

// shake does the handshake, bringing the charter when asked (WI18).
func (d *dev) shake() bool {
	d.tb.Helper()
	return d.prove(func(signed []byte) []byte {
		sig, err := d.signer.Sign(canon.DomainHello, signed)
		if err != nil {
			d.tb.Fatal(err)
		}
		return sig
	})
}

func (d *dev) prove(sign func([]byte) []byte) bool {
	d.tb.Helper()
	d.id = 1
	hello := d.encode(&wire.Hello{Versions: []uint64{1}, Workspace: d.w, Device: d.signer.Device(), Program: "test"})
	d.link.send(hello)
	a, raw := d.answer()
	if _, ok := a.(*wire.Statements); ok {
		half := (len(d.chain) + 1) / 2
		d.link.send(d.encode(&wire.Records{Records: d.chain[:half], More: true}))
		d.link.send(d.encode(&wire.Records{Records: d.chain[half:]}))
		a, raw = d.answer()
	}
	if !d.isFrame(a, &wire.Challenge{}) {
		return false
	}
	d.link.send(d.encode(&wire.Proof{Signature: sign(wire.HelloSigned(d.w, d.signer.Device(), d.relay, hello, raw, d.link.exporter()))}))
	a, _ = d.answer()
	if !d.isFrame(a, &wire.Ready{}) {
		return false
	}
	d.ready = a.(*wire.Ready)
	return true
}

func (d *dev) isFrame(a, want wire.Frame) bool {
	if f, ok := a.(*wire.Failed); ok {
		d.failed = f.Code
		return false
	}
	return a != nil && a.FrameName() == want.FrameName()
}

// code is the code of an answer that failed, "ok" for any other.
func (d *dev) code(f wire.Frame) wire.Code {
	d.tb.Helper()
	switch a := d.ask(f).(type) {
	case *wire.Failed:
		return a.Code
	case nil:
		return "closed"
	}
	return "ok"
}

func (d *dev) push(list ...wire.Envelope) []wire.PushResult {
	d.tb.Helper()
	var out []wire.PushResult
	for part := range slices.Chunk(list, wire.MaxPush) {
		f := &wire.Push{}
		for _, e := range part {
			f.Envelopes = append(f.Envelopes, e.Encode())
		}
		switch a := d.ask(f).(type) {
		case *wire.Pushed:
			out = append(out, a.Results...)
		case *wire.Failed:
			return []wire.PushResult{{Code: a.Code}}
		default:
			d.tb.Fatalf("push answered by %v", a)
		}
	}
	return out
}

func (d *dev) mustPush(list ...wire.Envelope) []wire.PushResult {
	d.tb.Helper()
	got := d.push(list...)
	for i, p := range got {
		if p.Code != wire.CodeAccepted {
			d.tb.Fatalf("envelope %d of %d: %s %v", i, len(list), p.Code, p.Keys)
		}
	}
	return got
}

// book is what a device has: record ids in the order of their arrival, salts.
type book struct {
	records map[canon.Hash]wire.LogRecord
	order   []canon.Hash
	salts   map[canon.DocID][32]byte
	cursor  wire.Cursor
	packs   int
	last    uint64 // highest c seen on a loose record
}

func newBook() *book {
	return &book{records: map[canon.Hash]wire.LogRecord{}, salts: map[canon.DocID][32]byte{}}
}

// pull reads up to n batches (all when n is 0), a little at a time.
func (d *dev) pull(b *book, n int) {
	d.tb.Helper()
	for i := 0; n == 0 || i < n; i++ {
		f, ok := d.ask(&wire.Pull{Cursor: b.cursor, Credit: 1}).(*wire.Batch)
		if !ok {
			d.tb.Fatalf("pull failed: %s", d.failed)
		}
		d.take(b, f)
		for _, o := range d.drain() {
			if s, ok := o.(*wire.Salts); ok {
				for _, x := range s.Salts {
					b.salts[x.Doc] = x.Salt
				}
			}
		}
		if !f.More {
			return
		}
	}
}

func (d *dev) drain() []wire.Frame {
	list := d.other
	d.other = nil
	if l, ok := d.link.(*roomLink); ok {
		for _, b := range l.w.boxes[l.id] {
			if m, err := wire.DecodeFrame(b); err == nil {
				list = append(list, m.Frame)
			}
		}
		l.w.boxes[l.id] = nil
	}
	return list
}

func (d *dev) take(b *book, f *wire.Batch) {
	d.tb.Helper()
	items, err := f.Items()
	if err != nil {
		d.tb.Fatal(err)
	}
	for _, raw := range items {
		it, err := wire.ParseItem(raw)
		if err != nil {
			d.tb.Fatal(err)
		}
		var list []wire.LogRecord
		if it.Record != nil {
			if it.Record.C < b.last {
				d.tb.Errorf("GA3: c fell from %d to %d", b.last, it.Record.C)
			}
			b.last = it.Record.C
			list = []wire.LogRecord{*it.Record}
		} else {
			p, err := wire.ReadPack(it.Pack)
			if err != nil {
				d.tb.Fatal(err)
			}
			b.packs++
			list = p.Records
		}
		for _, r := range list {
			id := r.Envelope.ID(d.w)
			if _, ok := b.records[id]; !ok {
				b.order = append(b.order, id)
			}
			b.records[id] = r
		}
	}
	b.cursor = f.Next
}

// whole is everything that a fresh device reads.
func (w *world) whole(s canon.Signer) *book {
	w.tb.Helper()
	b := newBook()
	w.connect(s).pull(b, 0)
	return b
}

func (w *world) wantIDs(b *book, want []wire.Envelope) {
	w.tb.Helper()
	for i, e := range want {
		if _, ok := b.records[e.ID(w.scene.W.ID)]; !ok {
			w.tb.Errorf("envelope %d of %d is missing", i, len(want))
		}
	}
	if len(b.records) != len(want) {
		w.tb.Errorf("%d records, want %d", len(b.records), len(want))
	}
}
