package wire_test

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// frames is one well-filled frame of every type.
func frames(tb testing.TB) []wire.Frame {
	tb.Helper()
	head := wire.HeadOf(charter.Head{Seq: 5, Hash: hash(1)})
	cursor := wire.Cursor{Log: wire.LogID(doc(2)), Seq: 44, Doc: doc(3), ID: hash(4)}
	sig := chunk(64, 9)
	rec := wire.LogRecord{Seq: 44, Time: 5, C: 5, Envelope: envelope(tb, newSigner(1), simpleBody())}
	batch, err := wire.NewBatch([][]byte{rec.Encode()}, cursor, true)
	if err != nil {
		tb.Fatal(err)
	}
	// How deflate packs is not part of the format, so the golden batch is a
	// stored block.
	plain := canon.AppendLP(nil, rec.Encode())
	batch.Deflated = append([]byte{1, byte(len(plain)), byte(len(plain) >> 8), ^byte(len(plain)), ^byte(len(plain) >> 8)}, plain...)
	return []wire.Frame{
		&wire.Hello{Versions: []uint64{1, 2}, Workspace: workspace, Device: newSigner(1).id, Nonce: hash(6), Program: "0.1.0"},
		&wire.Challenge{Version: 1, Nonce: hash(7), Time: 1_700_000_000_000},
		&wire.Proof{Signature: sig},
		&wire.Ready{
			Log: wire.LogID(doc(2)), Last: 44, Charter: head, Counter: wire.Counter{N: 7, ID: hash(8)},
			Limits: wire.DefaultLimits(), State: wire.StateNormal,
		},
		&wire.Resume{Charter: head, Cursor: cursor},
		&wire.Statements{From: 6},
		&wire.Records{Records: [][]byte{{1, 2}, {3}}, More: true},
		&wire.Append{Record: []byte{1, 2, 3}},
		&wire.Pull{Cursor: cursor, Credit: 1 << 20},
		batch,
		&wire.Packs{Packs: [][]byte{{1}, {2, 3}}},
		&wire.Push{Envelopes: [][]byte{rec.Envelope.Encode()}},
		&wire.Pushed{Results: []wire.PushResult{
			{Code: wire.CodeAccepted, Seq: 45, Time: 6, C: 5},
			{Code: wire.CodeFieldDenied, Keys: []string{"f:name"}},
			{Code: wire.CodeRate, Retry: 250},
		}},
		&wire.Salts{Salts: []wire.Salt{{Doc: doc(1), Salt: hash(2)}}, Ask: []canon.DocID{doc(9)}},
		&wire.Summary{Docs: []wire.DocSummary{{Doc: doc(1), Hash: hash(1)}, {Doc: doc(2), Hash: hash(2)}}},
		&wire.Want{Ranges: []uint16{0, 17, 4095}},
		&wire.Report{Refused: []wire.Refused{{ID: hash(3), Code: wire.CodeCorrupt}}},
		&wire.Verdict{Kind: wire.VerdictHeal, Log: wire.LogID(doc(2)), Head: head, Signature: sig},
		&wire.OK{Records: [][]byte{{9}}},
		&wire.Failed{Code: wire.CodeCharterMoved, Records: [][]byte{{9}, {8}}},
	}
}

func TestWI1_FramesRoundTrip(t *testing.T) {
	t.Parallel()
	all := frames(t)
	if len(all) != len(wire.Frames()) {
		t.Fatalf("%d frames here, %d known", len(all), len(wire.Frames()))
	}
	for i, f := range all {
		t.Run(f.FrameName(), func(t *testing.T) {
			t.Parallel()
			if name := wire.Frames()[i].FrameName(); name != f.FrameName() {
				t.Fatalf("%s in the list at the place of %s", name, f.FrameName())
			}
			b, err := wire.EncodeFrame(wire.Message{ID: 77, Frame: f})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "frame-"+f.FrameName(), b)
			m, err := wire.DecodeFrame(b)
			if err != nil {
				t.Fatal(err)
			}
			if m.ID != 77 {
				t.Errorf("id %d", m.ID)
			}
			if diff := cmp.Diff(f, m.Frame, cmp.AllowUnexported(), cmp.FilterPath(func(p cmp.Path) bool {
				return p.Last().String() == "._"
			}, cmp.Ignore())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			strict(t, b, func(b []byte) ([]byte, error) {
				m, err := wire.DecodeFrame(b)
				if err != nil {
					return nil, err
				}
				return wire.EncodeFrame(m)
			})
		})
	}
}

func TestWI3_UnknownFramesKeepTheirID(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"find", "blocks", "heads", "held", "withdraw", "announce", "blob", "here", "", "hello2"} {
		b := canon.MustMarshal([]any{name, uint64(31), map[int]int{}})
		_, err := wire.DecodeFrame(b)
		var fe *wire.FrameError
		if !errors.As(err, &fe) || !fe.HasID || fe.ID != 31 || fe.Code != wire.CodeUnsupportedVersion {
			t.Errorf("%q: got %v", name, err)
		}
	}
	for name, b := range map[string][]byte{
		"empty":        {},
		"no array":     canon.MustMarshal("hello"),
		"two elements": canon.MustMarshal([]any{"hello", 1}),
		"negative id":  canon.MustMarshal([]any{"hello", -1, map[int]int{}}),
		"trailing":     append(canon.MustMarshal([]any{"ok", 1, map[int]any{1: nil}}), 0),
	} {
		_, err := wire.DecodeFrame(b)
		var fe *wire.FrameError
		if !errors.As(err, &fe) || fe.HasID || fe.Code != wire.CodeMalformed {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := wire.DecodeFrame(canon.MustMarshal([]any{"verdict", 8, wire.Verdict{Kind: "fuse", Signature: make([]byte, 64)}}))
	if fe := new(wire.FrameError); !errors.As(err, &fe) || fe.ID != 8 || fe.Code != wire.CodeUnsupportedVersion {
		t.Errorf("verdict of a later kind: got %v", err)
	}
}

func TestFrameRules(t *testing.T) {
	t.Parallel()
	zero := wire.Cursor{Log: wire.LogID(doc(1))}
	for _, tc := range []struct {
		name string
		f    wire.Frame
		want wire.Code
	}{
		{"no versions", &wire.Hello{}, wire.CodeMalformed},
		{"versions fall", &wire.Hello{Versions: []uint64{2, 1}}, wire.CodeMalformed},
		{"long program", &wire.Hello{Versions: []uint64{1}, Program: string(make([]byte, 65))}, wire.CodeMalformed},
		{"time", &wire.Challenge{Time: -1}, wire.CodeMalformed},
		{"signature", &wire.Proof{Signature: make([]byte, 63)}, wire.CodeMalformed},
		{"state", &wire.Ready{State: "good"}, wire.CodeMalformed},
		{"cursor", &wire.Pull{Cursor: wire.Cursor{Doc: doc(1)}}, wire.CodeMalformed},
		{"65 envelopes", &wire.Push{Envelopes: make([][]byte, 65)}, wire.CodeTooLarge},
		{"no envelope", &wire.Push{}, wire.CodeMalformed},
		{"no pack", &wire.Packs{}, wire.CodeMalformed},
		{"batch over the limit", &wire.Batch{Inflated: wire.MaxInflated + 1, Next: zero}, wire.CodeTooLarge},
		{"accepted nowhere", &wire.Pushed{Results: []wire.PushResult{{Code: wire.CodeAccepted}}}, wire.CodeMalformed},
		{"refused somewhere", &wire.Pushed{Results: []wire.PushResult{{Code: wire.CodeDenied, Seq: 1}}}, wire.CodeMalformed},
		{"code", &wire.Failed{Code: "Denied"}, wire.CodeMalformed},
		{"no code", &wire.Failed{}, wire.CodeMalformed},
		{"good code as error", &wire.Failed{Code: wire.CodeAccepted}, wire.CodeMalformed},
		{"long key", &wire.Failed{Code: "denied", Keys: []string{string(make([]byte, 129))}}, wire.CodeMalformed},
		{"ranges", &wire.Summary{Ranges: make([]canon.Hash, 4095)}, wire.CodeMalformed},
		{"docs fall", &wire.Summary{Docs: []wire.DocSummary{{Doc: doc(2)}, {Doc: doc(1)}}}, wire.CodeMalformed},
		{"range 4096", &wire.Want{Ranges: []uint16{4096}}, wire.CodeMalformed},
		{"same range", &wire.Want{Ranges: []uint16{1, 1}}, wire.CodeMalformed},
		{"ranges and docs", &wire.Want{Ranges: []uint16{1}, Docs: []canon.DocID{doc(1)}}, wire.CodeMalformed},
	} {
		if _, err := wire.EncodeFrame(wire.Message{ID: 1, Frame: tc.f}); err == nil {
			t.Errorf("%s: encoded", tc.name)
		}
		b := canon.MustMarshal([]any{tc.f.FrameName(), 3, tc.f})
		_, err := wire.DecodeFrame(b)
		if fe := new(wire.FrameError); !errors.As(err, &fe) || fe.Code != tc.want || fe.ID != 3 {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
	}
	if _, err := wire.EncodeFrame(wire.Message{ID: 1, Frame: &wire.Pull{Cursor: zero}}); err != nil {
		t.Errorf("cursor before the first record: %v", err)
	}
}

func TestAT70_MessageOverTheLimit(t *testing.T) {
	t.Parallel()
	_, err := wire.DecodeFrame(make([]byte, wire.MaxMessage+1))
	if fe := new(wire.FrameError); !errors.As(err, &fe) || fe.Code != wire.CodeTooLarge || fe.HasID {
		t.Errorf("got %v", err)
	}
	if _, err := wire.EncodeFrame(wire.Message{Frame: &wire.Append{Record: make([]byte, wire.MaxMessage)}}); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("encode: got %v", err)
	}
}

func deflated(t *testing.T, b []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWI2_Batch(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	items := make([][]byte, 300)
	for i := range items {
		items[i] = chunk(r.IntN(900), byte(i))
	}
	b, err := wire.NewBatch(items, wire.Cursor{}, false)
	if err != nil {
		t.Fatal(err)
	}
	got, err := b.Items()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(items, got, cmp.Comparer(bytes.Equal)); diff != "" {
		t.Error(diff)
	}
	if _, err := wire.NewBatch([][]byte{make([]byte, wire.MaxInflated-3)}, wire.Cursor{}, false); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("over the limit: got %v", err)
	}
	plain := canon.AppendLP(nil, []byte("abc"))
	for name, b := range map[string]wire.Batch{
		"more than stated":  {Inflated: 6, Deflated: deflated(t, plain)},
		"less than stated":  {Inflated: 8, Deflated: deflated(t, plain)},
		"bytes behind":      {Inflated: 7, Deflated: append(deflated(t, plain), 0)},
		"cut":               {Inflated: 7, Deflated: deflated(t, plain)[:3]},
		"no deflate":        {Inflated: 7, Deflated: []byte{0xff, 0xff}},
		"prefix beyond":     {Inflated: 4, Deflated: deflated(t, []byte{0, 0, 0, 1})},
		"prefix cut":        {Inflated: 3, Deflated: deflated(t, []byte{0, 0, 0})},
		"nothing at all":    {Inflated: 0, Deflated: nil},
		"stated over limit": {Inflated: 1 << 40, Deflated: deflated(t, plain)},
	} {
		if _, err := b.Items(); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestAT70_DeflateBomb(t *testing.T) { // alone: it measures memory
	bomb := deflated(t, make([]byte, 24<<20))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for _, stated := range []uint64{10, wire.MaxInflated, wire.MaxInflated + 1, 24 << 20, 1 << 63} {
		if _, err := (&wire.Batch{Inflated: stated, Deflated: bomb}).Items(); err == nil {
			t.Errorf("bomb stated as %d was taken", stated)
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 10<<20 {
		t.Errorf("%d bytes allocated for a bomb of %d", n, len(bomb))
	}
}

func TestWI7_HelloSigned(t *testing.T) {
	t.Parallel()
	var r canon.RelayKey
	exporter := make([]byte, wire.ExporterLength)
	base := wire.HelloSigned(workspace, newSigner(1).id, r, []byte("a"), []byte("b"), exporter)
	if want := 32 + 12 + 32 + 32 + 32; len(base) != want {
		t.Fatalf("%d bytes, want %d", len(base), want)
	}
	golden(t, "hello-signed", base)
	other := slices.Clone(exporter)
	other[0]++
	for name, b := range map[string][]byte{
		"exporter": wire.HelloSigned(workspace, newSigner(1).id, r, []byte("a"), []byte("b"), other),
		"hello":    wire.HelloSigned(workspace, newSigner(1).id, r, []byte("c"), []byte("b"), exporter),
		"relay":    wire.HelloSigned(workspace, newSigner(1).id, canon.RelayKey{1}, []byte("a"), []byte("b"), exporter),
		"device":   wire.HelloSigned(workspace, newSigner(2).id, r, []byte("a"), []byte("b"), exporter),
	} {
		if bytes.Equal(b, base) {
			t.Errorf("%s is not in the signed bytes", name)
		}
	}
	golden(t, "heal-signed", wire.HealSigned(workspace, wire.LogID(doc(2)), wire.Head{Seq: 5, Hash: hash(1)}))
}

func TestHE4_Summary(t *testing.T) {
	t.Parallel()
	a, b := hash(1), hash(2)
	if wire.SummarizeDoc([]canon.Hash{a, b}) != wire.SummarizeDoc([]canon.Hash{b, a}) {
		t.Error("order matters")
	}
	if wire.SummarizeDoc([]canon.Hash{a}) == wire.SummarizeDoc([]canon.Hash{b}) {
		t.Error("content does not matter")
	}
	docs := []wire.DocSummary{{Doc: canon.DocID{0xff, 0xff}, Hash: a}, {Doc: canon.DocID{0, 0x10}, Hash: b}, {Doc: canon.DocID{0, 0x1f}, Hash: b}}
	ranges := wire.SummarizeRanges(slices.Clone(docs))
	slices.Reverse(docs)
	if diff := cmp.Diff(ranges, wire.SummarizeRanges(docs)); diff != "" {
		t.Error("order of documents matters")
	}
	var used []string
	for i, h := range ranges {
		if h != (canon.Hash{}) {
			used = append(used, fmt.Sprint(i))
		}
	}
	if diff := cmp.Diff([]string{"1", "4095"}, used); diff != "" {
		t.Error(diff)
	}
	if _, err := wire.EncodeFrame(wire.Message{Frame: &wire.Summary{Ranges: ranges}}); err != nil {
		t.Error(err)
	}
}

func TestLimitsOnlyFall(t *testing.T) {
	t.Parallel()
	d := wire.DefaultLimits()
	if got := d.Lowered(wire.Limits{}); got != d {
		t.Error("zero lowers")
	}
	got := d.Lowered(wire.Limits{Push: 10, Chunk: 1 << 40, Workspace: 1 << 50})
	if got.Push != 10 || got.Chunk != d.Chunk || got.Workspace != 1<<50 {
		t.Errorf("got %+v", got)
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	seen := map[wire.Code]bool{}
	for _, c := range wire.Codes() {
		if seen[c] {
			t.Errorf("%s twice", c)
		}
		seen[c] = true
		f := wire.Frame(&wire.Pushed{Results: []wire.PushResult{{Code: c}}})
		if c == wire.CodeAccepted || c == wire.CodeDuplicate {
			f = &wire.Pushed{Results: []wire.PushResult{{Code: c, Seq: 1}}}
		}
		if _, err := wire.EncodeFrame(wire.Message{Frame: f}); err != nil {
			t.Errorf("%s cannot be answered: %v", c, err)
		}
	}
}

func FuzzDecodeFrame(f *testing.F) {
	for _, fr := range frames(f) {
		b, err := wire.EncodeFrame(wire.Message{ID: 5, Frame: fr})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := wire.DecodeFrame(b)
		if err != nil {
			if fe := new(wire.FrameError); !errors.As(err, &fe) {
				t.Fatalf("error of another type: %v", err)
			}
			return
		}
		again, err := wire.EncodeFrame(m)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("not re-encoded alike: %v", err)
		}
		if batch, ok := m.Frame.(*wire.Batch); ok {
			items, err := batch.Items()
			for _, it := range items {
				_, _ = wire.ParseItem(it)
			}
			_ = err
		}
	})
}

func FuzzParseEnvelope(f *testing.F) {
	f.Add(envelope(f, newSigner(1), simpleBody()).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := wire.ParseEnvelope(b)
		if err == nil && !bytes.Equal(e.Encode(), b) {
			t.Fatal("not re-encoded alike")
		}
	})
}

func FuzzReadPack(f *testing.F) {
	for seed := range uint64(5) {
		packs, err := wire.MakePacks(randomRecords(rand.New(rand.NewPCG(seed, 1)), 5, 60))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packs[0])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := wire.ReadPack(b)
		if err != nil {
			return
		}
		again, err := wire.MakePacks(p.Records)
		if err != nil || len(again) != 1 || !bytes.Equal(again[0], b) {
			t.Fatalf("not packed alike: %v", err)
		}
	})
}

func BenchmarkParseEnvelope(b *testing.B) {
	e := envelope(b, newSigner(1), simpleBody()).Encode()
	for b.Loop() {
		if _, err := wire.ParseEnvelope(e); err != nil {
			b.Fatal(err)
		}
	}
}
