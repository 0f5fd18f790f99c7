package relay

import (
	"crypto/rand"
	"fmt"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkCreates10k pushes 10,000 new customers through a room on a real
// stream, then reads them as a fresh device, then opens the room again.
func BenchmarkCreates10k(b *testing.B) {
	const n = 10_000
	for b.Loop() {
		b.StopTimer()
		scene := gatetest.New(b, 90)
		list := creates(scene, "import:b1", n)
		frames := make([][]byte, 0, n/wire.MaxPush+1)
		for part := range slices.Chunk(list, wire.MaxPush) {
			f := &wire.Push{}
			for _, e := range part {
				f.Envelopes = append(f.Envelopes, e.Encode())
			}
			raw, err := wire.EncodeFrame(wire.Message{ID: 99, Frame: f})
			if err != nil {
				b.Fatal(err)
			}
			frames = append(frames, raw)
		}
		dir := filepath.Join(b.TempDir(), "log")
		node, err := stream.OpenEmbedded(b.Context(), dir, stream.Options{Random: rand.Reader})
		if err != nil {
			b.Fatal(err)
		}
		w := bareWorld(b, scene)
		cfg := RoomConfig{Key: scene.W.Relay, Random: rand.Reader, Limits: wire.Limits{}}
		if w.room, err = OpenRoom(b.Context(), node, cfg); err != nil {
			b.Fatal(err)
		}
		d := w.connect(scene.Buyer)
		id := d.link.(*roomLink).id
		b.StartTimer()
		start, used := time.Now(), cpu()
		for part := range slices.Chunk(frames, 4) { // four frames are on their way at once
			ins := make([]In, len(part))
			for i, f := range part {
				ins[i] = In{Conn: id, Kind: Received, Data: f}
			}
			w.step(ins...)
			w.now = w.now.Add(60 * time.Millisecond) // below the rate of GA18
		}
		b.ReportMetric(time.Since(start).Seconds(), "push-s")
		b.ReportMetric((cpu() - used).Seconds(), "push-cpu-s")
		if got := w.room.Stats().Accepted; got != n {
			b.Fatalf("%d of %d accepted: %v", got, n, w.room.Stats().Refusals)
		}
		start, used = time.Now(), cpu()
		reader := w.connect(scene.Service)
		rid := reader.link.(*roomLink).id
		reader.id = 7
		w.step(In{Conn: rid, Kind: Received, Data: reader.encode(&wire.Pull{Credit: 1 << 40})})
		bytes := 0
		for _, m := range w.boxes[rid] {
			bytes += len(m)
		}
		b.ReportMetric(time.Since(start).Seconds(), "pull-s")
		b.ReportMetric((cpu() - used).Seconds(), "pull-cpu-s")
		b.ReportMetric(float64(bytes)/n, "pull-B/doc")
		if err := w.room.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		start = time.Now()
		if _, err = OpenRoom(b.Context(), node, cfg); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(start).Seconds(), "open-s")
		if err := node.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFanOut is one edit from its push to a live reader, over TLS on
// loopback, with idle readers beside it.
func BenchmarkFanOut(b *testing.B) {
	for _, readers := range []int{1, 3} {
		b.Run(fmt.Sprint(readers), func(b *testing.B) {
			s := newSite(b, gatetest.New(b, 91))
			writer := s.connect(s.scene.Founder)
			writer.mustPush(s.scene.History...)
			var live *dev
			for _, who := range []canon.Signer{s.scene.Service, s.scene.Buyer, s.scene.Manager}[:readers] {
				live = s.connect(who)
				live.ask(&wire.Pull{Credit: 1 << 40})
			}
			var took []time.Duration
			for b.Loop() {
				e := edit(s.scene, fmt.Sprint(len(took)))
				start := time.Now()
				writer.id += 2
				writer.link.send(writer.encode(&wire.Push{Envelopes: [][]byte{e.Encode()}}))
				if f, _ := live.answer(); f.FrameName() != "batch" {
					b.Fatalf("reader got %s", f.FrameName())
				}
				took = append(took, time.Since(start))
				if _, raw := writer.answer(); raw == nil {
					b.Fatal("no answer")
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// BenchmarkRoom300 is what one step costs a room with 300 live connections:
// with one edit in it, and with 20 of different documents.
func BenchmarkRoom300(b *testing.B) {
	const readers = 300
	scene := gatetest.New(b, 92)
	var people []canon.Signer
	for i := range readers {
		people = append(people, scene.W.Join(charter.RoleColleague, chartertest.Sales, fmt.Sprintf("同事%d", i)))
	}
	w := bareWorld(b, scene)
	writer := w.connect(scene.Founder)
	writer.mustPush(scene.History...)
	for _, p := range people {
		w.connect(p).ask(&wire.Pull{Credit: 1 << 40})
	}
	for _, edits := range []int{1, 20} {
		b.Run(fmt.Sprint(edits), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w.now = w.now.Add(time.Second)
				list := creates(scene, "edit", edits)
				f := &wire.Push{}
				for _, e := range list {
					f.Envelopes = append(f.Envelopes, e.Encode())
				}
				clear(w.boxes)
				writer.id += 2
				in := In{Conn: writer.link.(*roomLink).id, Kind: Received, Data: writer.encode(f)}
				b.StartTimer()
				outs, err := w.room.Step(b.Context(), w.now, in)
				b.StopTimer()
				if err != nil || len(outs) < readers {
					b.Fatalf("%d messages, %v", len(outs), err)
				}
				var wrote []In
				for _, o := range outs {
					wrote = append(wrote, In{Conn: o.Conn, Kind: Wrote, N: len(o.Data)})
				}
				w.step(wrote...)
				b.StartTimer()
			}
		})
	}
}
