package gate_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
)

// TestPO6_ProvenanceAsCanon: what is read of p: is what the general decoder
// reads, damaged or not.
func TestPO6_ProvenanceAsCanon(t *testing.T) {
	t.Parallel()
	flag := "as_typed"
	p := gate.Provenance{Batch: "b1", File: "客户.xlsx", Sheet: "表1", Row: 300}
	for _, id := range []string{"name", "uscc", "city", "province", "district", "address"} {
		p.Fields = append(p.Fields, gate.ProvenanceField{ID: id}, gate.ProvenanceField{ID: id + "_2", Flag: &flag})
	}
	b := gate.EncodeProvenance(p)
	r := rand.New(rand.NewPCG(1, 1))
	taken := 0
	for n := range 20_000 {
		m := bytes.Clone(b)
		if n > 0 {
			m[r.IntN(len(m))] = byte(r.Uint32())
		}
		if n%5 == 1 {
			m = m[:r.IntN(len(m))]
		}
		var want gate.Provenance
		err := canon.Unmarshal(m, &want)
		got, ok := gate.DecodeProvenance(m)
		switch {
		case ok && (err != nil || !reflect.DeepEqual(got, want)):
			t.Fatalf("%x: read as %+v, the general decoder says %+v, %v", m, got, want, err)
		case !ok && n == 0:
			t.Fatal("its own form is refused")
		case ok:
			taken++
		}
	}
	if taken < 100 {
		t.Errorf("only %d damaged ones were taken: nothing was tried", taken)
	}
}

func BenchmarkDecodeProvenance(b *testing.B) {
	p := gate.Provenance{Batch: "0123456789abcdef012345", File: "客户.xlsx", Sheet: "表1", Row: 300}
	for _, id := range []string{"name", "uscc", "city", "province", "district", "address", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j"} {
		p.Fields = append(p.Fields, gate.ProvenanceField{ID: id})
	}
	raw := gate.EncodeProvenance(p)
	b.ReportAllocs()
	for b.Loop() {
		if _, ok := gate.DecodeProvenance(raw); !ok {
			b.Fatal()
		}
	}
}
