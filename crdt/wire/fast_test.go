package wire_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// slowRecord and slowEnvelope are the same reading by the general decoder.
func slowRecord(b []byte) (r wire.LogRecord, err error) {
	if err = canon.Unmarshal(b, &r); err == nil {
		err = r.Envelope.Check()
	}
	return r, err
}

func slowEnvelope(b []byte) (e wire.Envelope, err error) {
	if err = canon.Unmarshal(b, &e); err == nil {
		err = e.Check()
	}
	return e, err
}

// TestFastForm: the way of envelopes and records through CBOR is the general
// one, for what is written and for what is read, damaged or not.
func TestFastForm(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 7))
	taken := 0
	for i, rec := range append(randomRecords(r, 25, 60), randomRecords(r, 10, 3)...) {
		if i%7 == 0 {
			rec.Seq, rec.Envelope.Body.N = r.Uint64(), r.Uint64()
		}
		b, e := rec.Encode(), rec.Envelope.Encode()
		if !bytes.Equal(b, canon.MustMarshal(rec)) || !bytes.Equal(e, canon.MustMarshal(rec.Envelope)) {
			t.Fatalf("record %d is written in another form", i)
		}
		for n := range 300 {
			m, me := bytes.Clone(b), bytes.Clone(e)
			if n > 0 {
				mutate(r, &m)
				mutate(r, &me)
			}
			got, err := wire.ParseLogRecord(m)
			want, wantErr := slowRecord(m)
			if (err == nil) != (wantErr == nil) && want.Seq != 0 && want.Time >= 0 {
				t.Fatalf("record %x: %v, the general decoder says %v", m, err, wantErr)
			}
			if err == nil {
				taken++
				if !reflect.DeepEqual(want, got) {
					t.Fatalf("record %x: %s", m, cmp.Diff(want, got))
				}
			}
			gotE, err := wire.ParseEnvelope(me)
			wantE, wantErr := slowEnvelope(me)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("envelope %x: %v, the general decoder says %v", me, err, wantErr)
			}
			if err == nil && !reflect.DeepEqual(wantE, gotE) {
				t.Fatalf("envelope %x: %s", me, cmp.Diff(wantE, gotE))
			}
		}
	}
	if taken < 1000 {
		t.Errorf("only %d damaged records were taken: nothing was tried", taken)
	}
}

// mutate changes a byte, mostly near the front, or the length.
func mutate(r *rand.Rand, b *[]byte) {
	at := r.IntN(len(*b))
	if r.IntN(2) == 0 {
		at = r.IntN(min(len(*b), 140))
	}
	switch r.IntN(8) {
	case 0:
		*b = (*b)[:at]
	case 1:
		*b = append((*b)[:at:at], append([]byte{byte(r.Uint32())}, (*b)[at:]...)...)
	case 2:
		(*b)[at] ^= 0x20
	default:
		(*b)[at] = byte(r.Uint32())
	}
}

func BenchmarkParseRecord(b *testing.B) {
	rec := randomRecords(rand.New(rand.NewPCG(1, 2)), 1, 3)[0]
	rec.Envelope.Body.Chunks = [][]byte{chunk(1500, 1)}
	raw := rec.Encode()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := wire.ParseLogRecord(raw); err != nil {
			b.Fatal(err)
		}
	}
}
