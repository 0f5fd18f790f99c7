package charter_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

var update = flag.Bool("update", false, "make the stored chain anew")

const golden = "testdata/chain.bin" // LP(record)... with every kind; the last is of an unknown rules number

// everyKind makes a chain with every kind but rules, and a rules statement that
// this program must stop at.
func everyKind(t *testing.T) ([]charter.Record, charter.Record) {
	t.Helper()
	w := chartertest.New(t, 100)
	m := w.Join(chartertest.RoleManager, chartertest.Sales, "王芳")
	fin := w.Accept(w.Invite(chartertest.RoleFinance, chartertest.Finance, ""), "李丽")
	w.Must(&charter.DepartmentContent{ID: "west", Name: "西区", Parent: chartertest.Sales}, w.Founder)
	w.Must(&charter.RoleContent{ID: "boss", Name: "老板", Abilities: charter.AbilityNumbers(charter.Assign)}, w.Founder)
	w.Must(&charter.SectionContent{ID: "extra", Name: "其他", Department: chartertest.Company}, w.Founder)
	field := charter.FieldContent{ID: "note", Section: "extra", Type: "text", Mask: seal.MaskNone}
	w.Must(&field, w.Founder)
	w.Promote(m, chartertest.RoleAdmin)
	w.Grant(fin, seal.Full, "finance")
	w.Must(w.Rotation(w.Founder, "finance"), w.Founder)
	w.Promote(m, chartertest.RoleManager)
	w.Must(&charter.HandoverContent{ID: w.Random16(), From: fin.Member, To: m.Member, Count: 2}, m)
	w.Must(&charter.EraseContent{Docs: []canon.DocID{w.Random16()}, Reason: charter.EraseRequest}, m, fin)
	w.Must(&charter.RevokeContent{
		Devices: []charter.Cut{{Device: fin.Device(), N: 12}}, Reason: charter.ReasonStolen,
		Rotate: w.Rotation(w.Founder, "finance", fin.Device()),
	}, w.Founder)
	kit := w.NewDevice(w.Founder.Member, "恢复套件")
	w.MustRecord(charter.NewKit(w.State(), kit.Keys, w.Ring(w.Founder), w.Now, w.Founder))
	stop := w.Receipt(w.Sign(w.State(), &charter.RulesContent{Number: 2}, w.Founder), w.Now+1)
	return w.Log.All(), stop
}

func TestGoldenChain(t *testing.T) {
	t.Parallel()
	if *update {
		records, stop := everyKind(t)
		var out []byte
		for _, r := range append(records, stop) {
			b, err := charter.EncodeRecord(r)
			if err != nil {
				t.Fatal(err)
			}
			out = canon.AppendLP(out, b)
		}
		if err := os.MkdirAll(filepath.Dir(golden), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, out, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	records, stop := readChain(t)
	w := charter.GenesisID(records[0].Body)
	log, err := charter.NewLog(w, records)
	if err != nil {
		t.Fatalf("replay: %v", err)
	}
	seen := map[uint64]bool{}
	for _, r := range append(records, stop) {
		b, err := r.Decode()
		if err != nil {
			t.Fatal(err)
		}
		seen[b.Kind] = true
	}
	if len(seen) != 16 {
		t.Errorf("%d kinds in the chain, want 16", len(seen))
	}
	refused(t, log.Append(stop), charter.CodeVersion, "EC4")
	const want = "887f260705dc0e7576437ecf1738fd4d04779f3800274a356b99ffbc7bfe3f3d"
	if head, _ := log.Head(); head.Hash.String() != want {
		t.Errorf("head %d is %s, want %s", head.Seq, head.Hash, want)
	}
	// The keys are those of the seed: the founder opens every version.
	maker := chartertest.Bare(t, 100)
	ring, broken := charter.OpenGrants(log.State(), maker.Founder.Device(), maker.Founder.Pair)
	if len(broken) != 0 || !ring.Has("finance", 3, seal.Full) || !ring.Has("finance", 1, seal.Full) {
		t.Errorf("founder's keys: %d broken", len(broken))
	}
}

func readChain(tb testing.TB) (records []charter.Record, stop charter.Record) {
	tb.Helper()
	b, err := os.ReadFile(golden)
	if err != nil {
		tb.Fatal(err)
	}
	for len(b) > 0 {
		var one []byte
		if one, b, err = canon.ReadLP(b); err != nil {
			tb.Fatal(err)
		}
		r, err := charter.DecodeRecord(one)
		if err != nil {
			tb.Fatal(err)
		}
		again, err := charter.EncodeRecord(r)
		if err != nil || !bytes.Equal(again, one) {
			tb.Fatalf("record %d re-encodes differently: %v", len(records), err)
		}
		records = append(records, r)
	}
	return records[:len(records)-1], records[len(records)-1]
}

// TestEC2_FlippedBits flips every bit of some records: each is refused, or is
// only the receipt's absence of meaning, and nothing panics.
func TestEC2_FlippedBits(t *testing.T) {
	t.Parallel()
	records, _ := readChain(t)
	log, err := charter.NewLog(canon.WorkspaceID{}, records)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, seq := range []uint64{2, 3, 6, 13} {
		before, _ := log.At(seq - 1)
		r, _ := log.Record(seq)
		b, err := charter.EncodeRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(b)*8; i += 1 + len(b)/200 {
			bad := bytes.Clone(b)
			bad[i/8] ^= 1 << (i % 8)
			got, err := charter.DecodeRecord(bad)
			if err == nil {
				_, err = before.Apply(got)
			}
			if err == nil {
				t.Fatalf("statement %d: bit %d flipped and accepted", seq, i)
			}
			n++
		}
	}
	t.Logf("%d flipped bits refused", n)
}

func FuzzDecodeRecord(f *testing.F) {
	records, _ := readChain(f)
	log, err := charter.NewLog(canon.WorkspaceID{}, records)
	if err != nil {
		f.Fatal(err)
	}
	for _, r := range records {
		b, err := charter.EncodeRecord(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := charter.DecodeRecord(b)
		if err != nil {
			return
		}
		again, err := charter.EncodeRecord(r)
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("accepted %d bytes that re-encode differently (%v)", len(b), err)
		}
		_, _, _ = charter.Genesis(r)
		if h, err := r.Head(log.Workspace()); err == nil && h.Seq > 0 {
			if s, ok := log.At(h.Seq - 1); ok {
				_, _ = s.Apply(r)
			}
		}
	})
}

// chain makes n statements of the kinds that come daily.
func chain(tb testing.TB, n int) (*chartertest.Workspace, []charter.Record) {
	tb.Helper()
	w := chartertest.New(tb, 200)
	m := w.Join(chartertest.RoleManager, chartertest.Sales, "王芳")
	fin := w.Join(chartertest.RoleFinance, chartertest.Finance, "财")
	for i := w.Log.Len(); i < n; i++ {
		switch i % 4 {
		case 0:
			w.Must(&charter.DepartmentContent{ID: "west", Name: "西区" + string(rune('a'+i%26))}, w.Founder)
		case 1:
			w.Must(&charter.HandoverContent{ID: w.Random16(), From: fin.Member, To: m.Member}, m)
		case 2:
			w.Must(&charter.MemberContent{ID: m.Member, Name: "王芳", Department: chartertest.Sales, Role: chartertest.RoleManager}, w.Founder)
		default:
			w.Must(&charter.EraseContent{Docs: []canon.DocID{w.Random16()}, Reason: charter.EraseRequest}, m, fin)
		}
	}
	return w, w.Log.All()
}

// TestAT23_TenThousand replays 10,000 statements, once with one byte changed in
// number 5,000.
func TestAT23_TenThousand(t *testing.T) {
	t.Parallel()
	n := 600
	if os.Getenv("TONGCE_LONG") != "" {
		n = 10000
	}
	w, records := chain(t, n)
	start := time.Now()
	log, err := charter.NewLog(w.ID, records)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("replayed %d statements in %v", n, time.Since(start))
	for _, seq := range []uint64{0, 1, uint64(n / 2), uint64(n - 1)} {
		s, ok := log.At(seq)
		if h, _ := log.HashAt(seq); !ok || s.Head().Seq != seq || s.Head().Hash != h {
			t.Errorf("state at %d is wrong", seq)
		}
	}
	half := log.State().ErasedDocs()
	if mid, _ := log.At(uint64(n / 2)); len(mid.ErasedDocs())*2 > len(half)+4 {
		t.Errorf("%d erased in the middle, %d at the end", len(mid.ErasedDocs()), len(half))
	}
	records[n/2].Body = bytes.Clone(records[n/2].Body)
	records[n/2].Body[40] ^= 1
	s, err := charter.Replay(w.ID, records)
	if at, ok := err.(*charter.ReplayError); !ok || at.Seq != uint64(n/2) || s.Head().Seq != uint64(n/2-1) { //nolint:errorlint // Replay returns it bare
		t.Errorf("replay stopped with %v", err)
	}
}

func BenchmarkReplay10000(b *testing.B) {
	w, records := chain(b, 10000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := charter.NewLog(w.ID, records); err != nil {
			b.Fatal(err)
		}
	}
}
