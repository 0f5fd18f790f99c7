package change_test

import (
	"fmt"
	"strings"
	"testing"

	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

// customer are the values of a customer with 25 fields.
func customer() []changetest.Put {
	puts := make([]changetest.Put, 24)
	for i := range puts {
		puts[i] = changetest.Str(fmt.Sprintf("f:field_%02d", i), fmt.Sprintf("上海某某贸易有限公司 %d", i))
	}
	return puts
}

func BenchmarkDecodeCreate25(b *testing.B) {
	chunk := changetest.Chunk(b, changetest.Create(b, alice, "create", customer()...))
	for b.Loop() {
		if _, err := change.Decode(chunk); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(chunk)), "chunk-bytes")
}

// BenchmarkCheckCreate25 is what a relay does with a new customer: decode,
// check, add.
func BenchmarkCheckCreate25(b *testing.B) {
	chunk := changetest.Chunk(b, changetest.Create(b, alice, "create", customer()...))
	for b.Loop() {
		c, err := change.Decode(chunk)
		if err != nil {
			b.Fatal(err)
		}
		if err := change.NewState().Enter(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckEdit(b *testing.B) {
	d := changetest.NewDoc(b, alice, "create", customer()...)
	chunk := changetest.Chunk(b, changetest.Edit(b, d.State, bob, "edit", changetest.Str("f:field_03", "新")))
	for b.Loop() {
		c, err := change.Decode(chunk)
		if err != nil {
			b.Fatal(err)
		}
		if err := d.Check(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheckOldDepsOf5000(b *testing.B) {
	d := changetest.NewDoc(b, alice, "create", customer()...)
	at := d.Heads()
	for range 5000 {
		d.Edit(b, alice, "edit", changetest.Str("f:field_03", "新"))
	}
	c := changetest.EditAt(b, d.State, at, bob, "edit", changetest.Str("f:field_03", "旧"))
	for b.Loop() {
		if err := d.Check(c); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshal25(b *testing.B) {
	d := changetest.NewDoc(b, alice, "create", customer()...)
	n := 0
	for b.Loop() {
		out, err := d.MarshalBinary()
		if err != nil {
			b.Fatal(err)
		}
		n = len(out)
	}
	b.ReportMetric(float64(n), "cache-bytes")
}

func BenchmarkUnmarshal25(b *testing.B) {
	out, err := changetest.NewDoc(b, alice, "create", customer()...).MarshalBinary()
	check(b, err)
	for b.Loop() {
		if _, err := change.UnmarshalState(out); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClone25(b *testing.B) {
	d := changetest.NewDoc(b, alice, "create", customer()...)
	for b.Loop() {
		_ = d.Clone()
	}
}

func BenchmarkReplay2000(b *testing.B) {
	d := changetest.NewDoc(b, alice, "create", customer()...)
	for range 2000 {
		d.Edit(b, alice, "edit", changetest.Str("f:field_03", "新"))
	}
	for b.Loop() {
		if _, err := change.Replay(d.Chunks); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkUnmarshalMemo2000(b *testing.B) {
	d := changetest.NewDoc(b, alice, "create", customer()...)
	d.Enter(b, changetest.Type(b, d.State, alice, "edit", "n:memo", strings.Repeat("字", 1999)))
	out, err := d.MarshalBinary()
	check(b, err)
	for b.Loop() {
		if _, err := change.UnmarshalState(out); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(out)), "cache-bytes")
}
