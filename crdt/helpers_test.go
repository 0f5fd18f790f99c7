package crdt_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
)

const someTime = 1_700_000_000

func actor(n int) canon.ActorID {
	return canon.ActorID([]byte(fmt.Sprintf("device-%04d-life", n)))
}

func newDoc(tb testing.TB, n int) *crdt.Doc {
	tb.Helper()
	d, err := crdt.New(actor(n))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(d.Close)
	return d
}

func load(tb testing.TB, b []byte, n int) *crdt.Doc {
	tb.Helper()
	d, err := crdt.Load(b, actor(n))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(d.Close)
	return d
}

func commit(tb testing.TB, d *crdt.Doc, e crdt.Edit) []byte {
	tb.Helper()
	if e.Message == "" {
		e.Message = "edit"
	}
	if e.Time == 0 {
		e.Time = someTime
	}
	chunk, err := d.Commit(e)
	if err != nil {
		tb.Fatal(err)
	}
	return chunk
}

func put(tb testing.TB, d *crdt.Doc, key, value string) []byte {
	tb.Helper()
	return commit(tb, d, crdt.Edit{Sets: []crdt.Set{{Key: key, Value: change.String(value)}}})
}

func apply(tb testing.TB, d *crdt.Doc, chunks ...[]byte) {
	tb.Helper()
	if err := d.Apply(chunks...); err != nil {
		tb.Fatal(err)
	}
}

func save(tb testing.TB, d *crdt.Doc) []byte {
	tb.Helper()
	b, err := d.Save()
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func snapshot(tb testing.TB, d *crdt.Doc) crdt.Snapshot {
	tb.Helper()
	s, err := d.Snapshot()
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// customer is the creating edit of a customer with 25 fields.
func customer() crdt.Edit {
	e := crdt.Edit{Message: "create", Time: someTime, NewTexts: []string{"n:memo"}}
	for i := range 25 {
		e.Sets = append(e.Sets, crdt.Set{
			Key: fmt.Sprintf("f:field_%02d", i), Value: change.String(fmt.Sprintf("第%d项 杭州云栖精密机械有限公司", i)),
		})
	}
	return e
}

// diff compares; values of documents are comparable by ==.
func diff(got, want any) string {
	return cmp.Diff(got, want, cmpopts.EquateComparable(change.Value{}), cmpopts.EquateEmpty())
}
