package repo_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// TestAT65_RoleNarrowedDuringAHundredEdits: what the role still allows is in,
// the rest is in the tray with its code and its value, and three devices show
// one book.
func TestAT65_RoleNarrowedDuringAHundredEdits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 65)
	f := w.device(w.w.Founder)
	s := w.device(w.w.Join(charter.RoleColleague, chartertest.Sales, "王伟"))
	third := w.device(w.w.Join(chartertest.RoleService, chartertest.Service, "赵敏"))
	w.charter(f)
	var docs []canon.DocID
	for i := range 25 {
		docs = append(docs, w.create(f, set("f:name", fmt.Sprint("客户", i))))
	}
	w.mustSync(f, s, third)
	edits := map[string]bool{}
	for i := range 100 {
		doc := docs[i%len(docs)]
		text := fmt.Sprintf("第%d次", i)
		switch i % 2 {
		case 0: // business, which will be out of reach
			w.edit(s, doc, set("f:level", text))
			edits[doc.String()+" f:level "+text] = false
		default:
			w.edit(s, doc, set("f:remark", text))
			edits[doc.String()+" f:remark "+text] = false
		}
	}
	w.w.Promote(s.d, chartertest.RoleMarketing) // reads business, writes base
	w.mustSync(s, f, third)
	if n, err := s.OutboxLen(); n != 0 || err != nil || s.Blocked() != 0 {
		t.Errorf("%d in the outbox, %d blocked: %v", n, s.Blocked(), err)
	}
	list, err := s.NotAccepted()
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range list {
		if u.Key != "f:level" || u.Code != wire.CodeFieldDenied || u.Time == 0 {
			t.Errorf("item %+v", u)
		}
		edits[u.Doc.String()+" "+u.Key+" "+u.Value.Str()] = true
	}
	for _, d := range []*device{f, third} {
		if diff := cmp.Diff(s.dump(t), d.dump(t)); diff != "" {
			t.Errorf("the books differ: %s", diff)
		}
	}
	for _, doc := range docs {
		history, err := f.History(doc)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range history {
			for _, k := range h.Keys {
				edits[doc.String()+" "+k.Key+" "+k.New.Value.Str()] = true
			}
		}
	}
	lost := 0
	for e, found := range edits {
		if !found && strings.Contains(e, "第") {
			lost++
		}
	}
	if lost > 0 || len(list) != 50 {
		t.Errorf("%d of 100 edits are neither in the book nor in the tray of %d", lost, len(list))
	}
}

// TestAT59_OpenedThreeTimes: a chunk that would end the core's process, planted
// in the own store under a right checksum, keeps nobody from starting: its
// document goes without it, the others work.
func TestAT59_OpenedThreeTimes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 59)
	d := w.device(w.w.Founder)
	id, other := w.create(d, set("f:name", "甲")), w.create(d, set("f:name", "乙"))
	w.mustSync(d)
	plantStartOp(t, w, d, id)
	for round := range 3 {
		d.reopen(w)
		if got := d.value(t, id, "f:name"); got != "甲" {
			t.Errorf("its document: %q", got)
		}
		w.edit(d, other, set("f:remark", fmt.Sprint("还能改", round)))
		if p := problems(t, d); len(p) != 1 || p[0].Doc != id || p[0].Code != wire.CodeBadChange {
			t.Errorf("set aside: %+v", p)
		}
	}
	w.mustSync(d)
}

// plantStartOp puts an edit into the store whose numbers make the core abort at
// the next edit.
func plantStartOp(t *testing.T, w *world, d *device, id canon.DocID) {
	t.Helper()
	c := changetest.Forge(t, changetest.Edit(t, w.docs[id].State(), d.d.Device().Actor(canon.Incarnation{7}), "edit", changetest.Str("f:remark", "x")),
		func(c *change.Change) { c.StartOp = 1<<32 - 2 })
	head := w.w.State().Head()
	e, err := wire.SignEnvelope(w.w.ID, d.d, wire.EnvelopeBody{
		Doc: id, Device: d.d.Device(), N: 999, CharterSeq: head.Seq, CharterHash: head.Hash, Chunks: [][]byte{changetest.Chunk(t, c)},
	})
	if err != nil {
		t.Fatal(err)
	}
	rec := wire.LogRecord{Seq: 500, Time: 1, C: head.Seq, Envelope: e}
	if err := d.st.Update(store.Synced, func(tx store.Tx) error { return tx.Put(store.RecordKey(id, 500), rec.Encode()) }); err != nil {
		t.Fatal(err)
	}
}

// TestRB5_TheListStays: what was not accepted stays on the list over a start, over
// everything else that comes, and over another log; it goes with its customer
// alone (ER1).
func TestRB5_TheListStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 66)
	f := w.device(w.w.Founder)
	m := w.w.Join(chartertest.RoleManager, chartertest.Sales, "second signer")
	s := w.device(w.w.Join(charter.RoleColleague, chartertest.Sales, "王伟"))
	w.charter(f)
	kept, erased := w.create(f, set("f:name", "甲")), w.create(f, set("f:name", "乙"))
	w.mustSync(f, s)
	for _, doc := range []canon.DocID{kept, erased} {
		w.edit(s, doc, set("f:level", "不再许可"))
	}
	w.w.Promote(s.d, chartertest.RoleMarketing)
	w.mustSync(s, f)
	list := func() (docs []canon.DocID) {
		t.Helper()
		all, err := s.NotAccepted()
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range all {
			if u.Value.Str() != "不再许可" || u.Code != wire.CodeFieldDenied {
				t.Errorf("item %+v", u)
			}
			docs = append(docs, u.Doc)
		}
		return docs
	}
	want := 2
	for _, step := range []func(){
		func() {},
		func() { s.reopen(w) },
		func() { w.edit(f, kept, set("f:level", "重点")); w.mustSync(f, s) },
		func() { w.w.Promote(s.d, charter.RoleColleague); w.mustSync(f, s); s.reopen(w) },
		func() {
			w.w.Must(&charter.EraseContent{Docs: []canon.DocID{erased}, Reason: charter.EraseRequest}, w.w.Founder, m)
			w.charter(s)
			want = 1
		},
		func() { s.reopen(w) },
	} {
		step()
		if got := list(); len(got) != want || want == 1 && got[0] != kept {
			t.Fatalf("on the list: %v, want %d", got, want)
		}
	}
}
