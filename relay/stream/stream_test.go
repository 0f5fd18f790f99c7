package stream_test

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongce/relay/stream"
	"tongce/relay/stream/streamtest"
)

func TestMemory(t *testing.T) {
	t.Parallel()
	streamtest.Run(t, func(*testing.T) streamtest.Medium {
		m := stream.NewMemory(stream.LogID{1})
		return streamtest.Medium{
			Open: func(*testing.T) stream.Stream { m.Reopen(); return m },
			Wipe: func(*testing.T) { m.Wipe(stream.LogID{2}) },
		}
	})
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	streamtest.Run(t, func(t *testing.T) streamtest.Medium {
		t.Helper()
		dir := filepath.Join(t.TempDir(), "log")
		return streamtest.Medium{
			Open: func(t *testing.T) stream.Stream { t.Helper(); return open(t, dir) },
			Wipe: func(t *testing.T) {
				t.Helper()
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			},
		}
	})
}

func open(tb testing.TB, dir string) *stream.Node {
	tb.Helper()
	n, err := stream.OpenEmbedded(tb.Context(), dir, stream.Options{Random: rand.Reader})
	if err != nil {
		tb.Fatalf("open: %v", err)
	}
	return n
}

func TestMemoryRewind(t *testing.T) {
	t.Parallel()
	m := stream.NewMemory(stream.LogID{1})
	for range 3 {
		if _, err := m.Append(t.Context(), stream.Entry{Subject: "doc.a", Expect: stream.Any}); err != nil {
			t.Fatal(err)
		}
	}
	m.Rewind(3)
	i, err := m.Info(t.Context())
	if err != nil || i.Last != 3 || i.Log != (stream.LogID{1}) {
		t.Errorf("after Rewind: %v, %v; want last 3 under the same id", i, err)
	}
	r, err := m.Append(t.Context(), stream.Entry{Subject: "doc.a", Expect: 3})
	if err != nil || r[0].Err != nil || r[0].Seq != 4 {
		t.Errorf("append after Rewind: %v, %v", r, err)
	}
}

// An embedded stream whose process ended without Close has everything that
// was answered. The copy is taken while the server still runs.
func TestEmbeddedCopiedAlive(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "log")
	n := open(t, dir)
	defer n.Close()
	for i := range 100 {
		if _, err := n.Append(t.Context(), stream.Entry{Subject: "doc.a", Data: []byte{byte(i)}, Expect: stream.Any}); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	twin := filepath.Join(t.TempDir(), "log")
	if err := os.CopyFS(twin, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	m := open(t, twin)
	defer m.Close()
	got := 0
	if err := m.Read(t.Context(), "doc.a", 0, func(stream.Stored) error { got++; return nil }); err != nil {
		t.Fatal(err)
	}
	if got != 100 {
		t.Errorf("%d of 100 answered entries in the files", got)
	}
}

func BenchmarkAppend64(b *testing.B) {
	n := open(b, filepath.Join(b.TempDir(), "log"))
	defer n.Close()
	entries := make([]stream.Entry, 64)
	for i := range entries {
		entries[i] = stream.Entry{Subject: "doc." + rand.Text(), Data: make([]byte, 300), Expect: stream.Any}
	}
	var last uint64
	start := time.Now()
	for b.Loop() {
		r, err := n.Append(b.Context(), entries...)
		if err != nil {
			b.Fatal(err)
		}
		err = n.Read(b.Context(), "", r[0].Seq-1, func(e stream.Stored) error { last = e.Seq; return nil })
		if err != nil || last != r[63].Seq {
			b.Fatalf("read back to %d of %d: %v", last, r[63].Seq, err)
		}
	}
	b.ReportMetric(float64(64*b.N)/time.Since(start).Seconds(), "entries/s")
}
