package repo_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// customer is a document of 20 fields as an import makes it; sealed fields are
// left out, sealing is not the repo's work.
func customer(i int) repo.Edit {
	e := repo.Edit{Message: "import:b1", NewTexts: []string{"n:memo"}}
	for _, k := range []string{"name", "uscc", "industry", "province", "city", "district", "address", "source", "founded", "remark"} {
		e.Sets = append(e.Sets, set("f:"+k, fmt.Sprintf("%s的值%06d", k, i)))
	}
	for _, k := range []string{"level", "contract_no", "contract_end", "contract_amount", "stage", "next_contact"} {
		e.Sets = append(e.Sets, set("f:"+k, fmt.Sprintf("%s%06d", k, i)))
	}
	return e
}

func docNumber(i int) canon.DocID {
	return canon.DocID{byte(i * 7), byte(i >> 8), byte(i), byte(i >> 16), 1}
}

// many is how many documents the rates are measured with; TONGCE_LONG=n, or 1
// for 100,000.
func many() int {
	n, err := strconv.Atoi(os.Getenv("TONGCE_LONG"))
	switch {
	case err != nil:
		return 2_000
	case n == 1:
		return 100_000
	}
	return n
}

func fill(tb testing.TB, d *device, n int) time.Duration {
	tb.Helper()
	start := time.Now()
	done := 0
	err := d.Batch(tb.Context(), func(r repo.Result) {
		if r.Err != nil {
			tb.Fatalf("document %s: %v", r.Doc, r.Err)
		}
		done++
	}, func(b *repo.Batch) error {
		for i := range n {
			if err := b.Create(docNumber(i), saltFor(docNumber(i)), customer(i)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || done != n {
		tb.Fatalf("batch: %d of %d, %v", done, n, err)
	}
	return time.Since(start)
}

// TestRates prints how many documents a second are created, accepted and read,
// and how long opening takes; it fails only on wrong results, because the machine
// is shared.
func TestRates(t *testing.T) {
	w := newWorld(t, 80)
	n := many()
	a := w.open(badger(t, t.TempDir()), w.w.Founder)
	b := w.open(badger(t, t.TempDir()), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	t.Cleanup(func() { _, _ = a.st.Close(), b.st.Close() })
	w.charter(a)
	took := fill(t, a, n)
	t.Logf("create in batches: %d documents of 17 keys in %v: %.0f/s", n, took, float64(n)/took.Seconds())
	if err := w.push(a); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	for from := 0; from < len(w.log); from += 1000 {
		var items []wire.Item
		part := w.log[from:min(from+1000, len(w.log))]
		for i := range part {
			items = append(items, wire.Item{Record: &part[i]})
		}
		last := part[len(part)-1]
		next := wire.Cursor{Log: w.id, Seq: last.Seq, Doc: last.Envelope.Body.Doc, ID: last.Envelope.ID(w.w.ID)}
		if res, err := b.Accept(t.Context(), items, next); err != nil || res.Records != len(items) {
			t.Fatalf("accept: %+v, %v", res, err)
		}
	}
	took = time.Since(start)
	t.Logf("accept: %d records, signatures and all, in %v: %.0f/s", n, took, float64(n)/took.Seconds())
	start = time.Now()
	keys := 0
	err := b.Documents(func(id canon.DocID) error {
		v, err := b.Read(id)
		if err == nil {
			keys += len(v.Values())
		}
		return err
	})
	took = time.Since(start)
	if err != nil || keys != 17*n {
		t.Errorf("read all: %d keys, %v", keys, err)
	}
	t.Logf("read all: %d documents in %v: %.0f/s", n, took, float64(n)/took.Seconds())
	for name, d := range map[string]*device{"accepted": b, "pending": a} {
		start, keys = time.Now(), 0
		err = d.ReadAll(t.Context(), func(v *repo.View) error { keys += len(v.Values()); return nil })
		took = time.Since(start)
		if err != nil || keys != 17*n {
			t.Errorf("read all at once: %d keys, %v", keys, err)
		}
		t.Logf("read all at once, %s: %d documents in %v: %.0f/s", name, n, took, float64(n)/took.Seconds())
	}
	start = time.Now()
	b.reopen(w)
	t.Logf("open: %v", time.Since(start))
}

// TestEditLatency prints how long one saved field takes, in fresh documents and
// in one with 1,000 edits.
func TestEditLatency(t *testing.T) {
	w := newWorld(t, 81)
	st := badger(t, t.TempDir())
	t.Cleanup(func() { _ = st.Close() })
	a := w.open(st, w.w.Founder)
	const docs = 200
	fill(t, a, docs)
	var took []time.Duration
	one := func(id canon.DocID, i int) {
		start := time.Now()
		w.edit(a, id, set("f:remark", fmt.Sprintf("edit %d", i)))
		took = append(took, time.Since(start))
	}
	report := func(what string) {
		slices.Sort(took)
		t.Logf("%s: p50 %v, p95 %v, max %v (%d)", what, took[len(took)/2], took[len(took)*95/100], took[len(took)-1], len(took))
		if took[len(took)/2] > 50*time.Millisecond {
			t.Errorf("%s: the median is over 50 ms", what)
		}
		took = nil
	}
	for i := range docs {
		one(docNumber(i), i)
	}
	report("one field of a fresh document")
	n := 300
	if os.Getenv("TONGCE_LONG") != "" {
		n = 1000
	}
	for i := range n {
		one(docNumber(3), i)
	}
	report(fmt.Sprintf("%d edits of one document", n))
	for i := range 100 {
		one(docNumber(3), n+i)
	}
	report("the 100 after that")
	a.reopen(w)
	start := time.Now()
	v, err := a.Read(docNumber(3))
	if err != nil {
		t.Fatal(err)
	}
	_, changes, _ := v.Size()
	t.Logf("reading a document of %d changes after a start: %v", changes, time.Since(start))
	if h, err := a.History(docNumber(3)); err != nil || len(h) != n+102 {
		t.Errorf("history: %d entries, %v", len(h), err)
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, open func() store.Store) {
		t.Helper()
		w := newWorld(t, 82)
		a := w.open(open(), w.w.Founder)
		var got []repo.Result
		mark := store.ImportKey([16]byte{1}, "done")
		err := a.Batch(t.Context(), func(r repo.Result) { got = append(got, r) }, func(b *repo.Batch) error {
			for i := range 600 {
				e := customer(i)
				if i == 300 {
					e.Sets = append(e.Sets, set("z:unknown", "x")) // refused
				}
				if err := b.Create(docNumber(i), saltFor(docNumber(i)), e); err != nil {
					return err
				}
				b.Also(func(tx store.Tx) error { return tx.Put(mark, fmt.Append(nil, i+1)) })
			}
			// An edit of a document in the same batch, twice.
			for i := range 2 {
				err := b.Edit(docNumber(5), func(v *repo.View) (repo.Edit, error) {
					old, _ := v.Get("f:remark")
					return repo.Edit{Message: "import:b1", Sets: []crdt.Set{set("f:remark", old.Str()+fmt.Sprint(i))}}, nil
				})
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil || len(got) != 602 {
			t.Fatalf("%d results, %v", len(got), err)
		}
		for i, r := range got {
			if (r.Err != nil) != (i == 300) {
				t.Errorf("result %d: %v", i, r.Err)
			}
		}
		if v := a.value(t, docNumber(5), "f:remark"); v != "remark的值00000501" {
			t.Errorf("remark: %q", v)
		}
		var done []byte
		if err := a.st.View(func(tx store.Tx) (err error) { done, err = tx.Get(mark); return err }); err != nil || string(done) != "600" {
			t.Errorf("progress: %q, %v", done, err)
		}
		if n, _ := a.OutboxLen(); n != 601 {
			t.Errorf("%d in the outbox, want 601", n)
		}
		a.reopen(w)
		w.mustSync(a)
		if n, _ := a.OutboxLen(); n != 0 || len(w.docs) != 599 {
			t.Errorf("%d in the outbox, %d at the relay", n, len(w.docs))
		}
	})
}
