package wire_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

var update = flag.Bool("update", false, "write the golden files anew")

// signer is a device made from a number.
type signer struct {
	key ed25519.PrivateKey
	id  canon.DeviceID
}

func newSigner(n byte) signer {
	seed := sha256.Sum256([]byte{n})
	key := ed25519.NewKeyFromSeed(seed[:])
	return signer{key: key, id: canon.NewDeviceID(key.Public().(ed25519.PublicKey), nil)}
}

func (s signer) Device() canon.DeviceID { return s.id }
func (s signer) public() []byte         { return s.key.Public().(ed25519.PublicKey) }
func (s signer) Sign(d canon.Domain, m []byte) ([]byte, error) {
	return canon.Sign(s.key, d, m), nil
}

func hash(n byte) (h canon.Hash) {
	for i := range h {
		h[i] = n + byte(i)
	}
	return h
}

func doc(n byte) (d canon.DocID) {
	for i := range d {
		d[i] = n + byte(i)
	}
	return d
}

var workspace = canon.WorkspaceID(hash(0x40))

// chunk is n bytes that look like a chunk to this package.
func chunk(n int, fill byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = fill + byte(i)
	}
	return b
}

func envelope(tb testing.TB, s signer, body wire.EnvelopeBody) wire.Envelope {
	tb.Helper()
	body.Device = s.id
	e, err := wire.SignEnvelope(workspace, s, body)
	if err != nil {
		tb.Fatal(err)
	}
	return e
}

func simpleBody() wire.EnvelopeBody {
	return wire.EnvelopeBody{
		Doc: doc(1), N: 7, CharterSeq: 3, CharterHash: hash(9), Kind: wire.KindChange,
		Chunks: [][]byte{chunk(40, 1), chunk(50, 2)},
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".hex")
	if *update {
		if err := os.WriteFile(path, []byte(hex.EncodeToString(got)+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), hex.EncodeToString(got)+"\n"); diff != "" {
		t.Errorf("%s changed (-want +got):\n%s", name, diff)
	}
}

// strict asserts that parse takes b, and takes no shortened or lengthened form
// of it and no form with a bit changed unless it reads as other bytes that
// encode to themselves.
func strict(t *testing.T, b []byte, parse func([]byte) ([]byte, error)) {
	t.Helper()
	again, err := parse(b)
	if err != nil {
		t.Fatalf("own bytes refused: %v", err)
	}
	if !bytes.Equal(again, b) {
		t.Fatal("own bytes do not come back")
	}
	if _, err := parse(append(b[:len(b):len(b)], 0)); err == nil {
		t.Error("a byte too much was taken")
	}
	for i := range b {
		if _, err := parse(b[:i]); err == nil {
			t.Errorf("%d of %d bytes were taken", i, len(b))
		}
		m := append([]byte(nil), b...)
		m[i] ^= 1 << (i % 8)
		if again, err := parse(m); err == nil && !bytes.Equal(again, m) {
			t.Errorf("byte %d changed: taken, and read as something else", i)
		}
	}
}

func TestEN1_AT2_OneWorkspaceOneDocument(t *testing.T) {
	t.Parallel()
	s := newSigner(1)
	e := envelope(t, s, simpleBody())
	if !e.Verify(workspace, s.public()) {
		t.Fatal("own signature does not verify")
	}
	if e.Verify(canon.WorkspaceID(hash(0x41)), s.public()) {
		t.Error("AT2: verifies in another workspace")
	}
	if e.Verify(workspace, newSigner(2).public()) {
		t.Error("verifies under another key")
	}
	for name, change := range map[string]func(*wire.EnvelopeBody){
		"doc":          func(b *wire.EnvelopeBody) { b.Doc[0]++ },
		"device":       func(b *wire.EnvelopeBody) { b.Device[0]++ },
		"n":            func(b *wire.EnvelopeBody) { b.N++ },
		"charter seq":  func(b *wire.EnvelopeBody) { b.CharterSeq++ },
		"charter hash": func(b *wire.EnvelopeBody) { b.CharterHash[0]++ },
		"kind":         func(b *wire.EnvelopeBody) { b.Kind = wire.KindCreate },
		"commitment":   func(b *wire.EnvelopeBody) { b.Commitment = new(canon.Hash) },
		"chunk":        func(b *wire.EnvelopeBody) { b.Chunks = [][]byte{b.Chunks[0], chunk(50, 3)} },
		"chunk order":  func(b *wire.EnvelopeBody) { b.Chunks = [][]byte{b.Chunks[1], b.Chunks[0]} },
		"chunk gone":   func(b *wire.EnvelopeBody) { b.Chunks = b.Chunks[:1] },
	} {
		m := e
		change(&m.Body)
		if m.Verify(workspace, s.public()) {
			t.Errorf("%s changed: still verifies", name)
		}
		if m.ID(workspace) == e.ID(workspace) {
			t.Errorf("%s changed: same id", name)
		}
	}
}

func TestEN2_SignatureOverHashes(t *testing.T) {
	t.Parallel()
	s := newSigner(1)
	e := envelope(t, s, simpleBody())
	// The first 8 bytes of a chunk, magic and checksum, are not hashed; whether
	// they fit is GA8's to check.
	if got := wire.ChunkHash(e.Body.Chunks[0]); got != sha256.Sum256(e.Body.Chunks[0][8:]) {
		t.Errorf("hash %s", got)
	}
	m := e
	m.Signature = append([]byte(nil), e.Signature...)
	m.Signature[0] ^= 1
	if m.ID(workspace) != e.ID(workspace) {
		t.Error("the id depends on the signature")
	}
	if m.Verify(workspace, s.public()) {
		t.Error("changed signature verifies")
	}
}

func TestGA5_Envelope(t *testing.T) {
	t.Parallel()
	s := newSigner(1)
	e := envelope(t, s, simpleBody())
	golden(t, "envelope", e.Encode())
	golden(t, "envelope-id", func() []byte { h := e.ID(workspace); return h[:] }())
	strict(t, e.Encode(), func(b []byte) ([]byte, error) {
		e, err := wire.ParseEnvelope(b)
		if err != nil {
			return nil, err
		}
		return e.Encode(), nil
	})

	commitment := hash(5)
	big := func(n, size int) [][]byte {
		out := make([][]byte, n)
		for i := range out {
			out[i] = chunk(size, byte(i))
		}
		return out
	}
	for _, tc := range []struct {
		name   string
		change func(*wire.Envelope)
		want   wire.Code
	}{
		{"number 0", func(e *wire.Envelope) { e.Body.N = 0 }, wire.CodeMalformed},
		{"kind 2", func(e *wire.Envelope) { e.Body.Kind = 2 }, wire.CodeMalformed},
		{"create without commitment", func(e *wire.Envelope) { e.Body.Kind = wire.KindCreate }, wire.CodeMalformed},
		{"change with commitment", func(e *wire.Envelope) { e.Body.Commitment = &commitment }, wire.CodeMalformed},
		{"no chunk", func(e *wire.Envelope) { e.Body.Chunks = nil }, wire.CodeMalformed},
		{"short signature", func(e *wire.Envelope) { e.Signature = e.Signature[:63] }, wire.CodeMalformed},
		{"65 chunks", func(e *wire.Envelope) { e.Body.Chunks = big(65, 10) }, wire.CodeTooLarge},
		{"chunk of 64 KiB + 1", func(e *wire.Envelope) { e.Body.Chunks = big(1, 64<<10+1) }, wire.CodeTooLarge},
		{"256 KiB in all", func(e *wire.Envelope) { e.Body.Chunks = big(4, 64<<10) }, wire.CodeTooLarge},
	} {
		bad := e
		tc.change(&bad)
		_, err := wire.ParseEnvelope(bad.Encode())
		if err == nil || wire.CodeOf(err) != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.want)
		}
		if err := bad.Check(); err == nil || wire.CodeOf(err) != tc.want {
			t.Errorf("%s: Check got %v, want %s", tc.name, err, tc.want)
		}
		bad.Body.Device = s.id
		if tc.name != "short signature" {
			if _, err := wire.SignEnvelope(workspace, s, bad.Body); err == nil {
				t.Errorf("%s: signed", tc.name)
			}
		}
	}
	if _, err := wire.SignEnvelope(workspace, newSigner(2), e.Body); err == nil {
		t.Error("signed for another device")
	}
}

// randomRecords are n records of one document by up to 5 devices naming up to
// 4 heads, with chunks of up to size bytes.
func randomRecords(r *rand.Rand, n, size int) []wire.LogRecord {
	out := make([]wire.LogRecord, n)
	fill := rand.NewChaCha8([32]byte{byte(n), byte(size)})
	seq := uint64(0)
	for i := range out {
		seq += 1 + r.Uint64N(3)
		b := wire.EnvelopeBody{
			Doc: doc(3), N: r.Uint64N(1<<40) + 1, CharterSeq: r.Uint64N(4), Kind: wire.KindChange,
		}
		b.Device[0] = byte(r.IntN(5))
		b.CharterHash = hash(byte(b.CharterSeq))
		if r.IntN(4) == 0 {
			h := hash(byte(r.Uint32()))
			b.Kind, b.Commitment = wire.KindCreate, &h
		}
		for range 1 + r.IntN(3) {
			c := make([]byte, r.IntN(size))
			_, _ = fill.Read(c)
			b.Chunks = append(b.Chunks, c)
		}
		sig := make([]byte, 64)
		binary.BigEndian.PutUint64(sig, r.Uint64())
		out[i] = wire.LogRecord{Seq: seq, Time: r.Int64N(1 << 42), C: r.Uint64N(9), Envelope: wire.Envelope{Body: b, Signature: sig}}
	}
	return out
}

func TestPK1_PacksAreLossless(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 1))
		n, size := 1+r.IntN(40), 400
		if seed%25 == 0 {
			n, size = 80, 40<<10 // several packs
		}
		records := randomRecords(r, n, size)
		packs, err := wire.MakePacks(records)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		var got []wire.LogRecord
		for _, b := range packs {
			if len(b) > wire.MaxPack {
				t.Fatalf("seed %d: pack of %d bytes", seed, len(b))
			}
			p, err := wire.ReadPack(b)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			again, err := wire.MakePacks(p.Records)
			if err != nil || len(again) != 1 || !bytes.Equal(again[0], b) {
				t.Fatalf("seed %d: packing again gives other bytes (%v)", seed, err)
			}
			got = append(got, p.Records...)
		}
		if size > 400 && len(packs) < 2 {
			t.Fatalf("seed %d: one pack", seed)
		}
		if len(got) != len(records) {
			t.Fatalf("seed %d: %d of %d records", seed, len(got), len(records))
		}
		for i := range got {
			if !bytes.Equal(got[i].Encode(), records[i].Encode()) {
				t.Fatalf("seed %d: record %d is another", seed, i)
			}
		}
	}
}

func TestPK1_StrictPack(t *testing.T) {
	t.Parallel()
	s, other := newSigner(1), newSigner(2)
	create := simpleBody()
	h := hash(7)
	create.Kind, create.Commitment, create.N = wire.KindCreate, &h, 1
	second := simpleBody()
	second.CharterSeq, second.CharterHash = 4, hash(10)
	records := []wire.LogRecord{
		{Seq: 3, Time: 1000, C: 3, Envelope: envelope(t, s, create)},
		{Seq: 5, Time: 2000, C: 4, Envelope: envelope(t, other, simpleBody())},
		{Seq: 9, Time: 2000, C: 4, Envelope: envelope(t, s, second)},
	}
	packs, err := wire.MakePacks(records)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "pack", packs[0])
	strict(t, packs[0], func(b []byte) ([]byte, error) {
		p, err := wire.ReadPack(b)
		if err != nil {
			return nil, err
		}
		again, err := wire.MakePacks(p.Records)
		if err != nil {
			return nil, err
		}
		return again[0], nil
	})
	for i, r := range records {
		if !r.Envelope.Verify(workspace, []signer{s, other, s}[i].public()) {
			t.Errorf("record %d does not verify", i)
		}
	}

	for _, tc := range []struct {
		name string
		with []wire.LogRecord
	}{
		{"falling seq", []wire.LogRecord{records[1], records[0]}},
		{"same seq", []wire.LogRecord{records[0], records[0]}},
	} {
		if _, err := wire.MakePacks(tc.with); !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%s: got %v", tc.name, err)
		}
	}
	foreign := records[1]
	foreign.Envelope.Body.Doc = doc(99)
	if _, err := wire.MakePacks([]wire.LogRecord{records[0], foreign}); !errors.Is(err, wire.ErrMalformed) {
		t.Errorf("two documents: got %v", err)
	}
	if _, err := wire.ReadPack(make([]byte, wire.MaxPack+1)); !errors.Is(err, wire.ErrTooLarge) {
		t.Errorf("1 MiB + 1: got %v", err)
	}
}

func TestLogRecord(t *testing.T) {
	t.Parallel()
	r := wire.LogRecord{Seq: 12, Time: 1_700_000_000_000, C: 4, Envelope: envelope(t, newSigner(1), simpleBody())}
	golden(t, "record", r.Encode())
	strict(t, r.Encode(), func(b []byte) ([]byte, error) {
		r, err := wire.ParseLogRecord(b)
		if err != nil {
			return nil, err
		}
		return r.Encode(), nil
	})
	for _, it := range []wire.Item{{Record: &r}, {Pack: []byte{1, 2, 3}}} {
		got, err := wire.ParseItem(it.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fmt.Sprintf("%x", it.Encode()), fmt.Sprintf("%x", got.Encode())); diff != "" {
			t.Error(diff)
		}
		if (got.Record == nil) != (it.Record == nil) {
			t.Error("item of the other kind")
		}
	}
}
