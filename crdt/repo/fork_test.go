package repo_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

func hashes(t *testing.T, envelope []byte) []canon.Hash {
	t.Helper()
	e, err := wire.ParseEnvelope(envelope)
	if err != nil {
		t.Fatal(err)
	}
	return e.Body.Hashes()
}

// newLog is the first contact with a relay that lost its log.
func (w *world) newLog(ds ...*device) {
	w.t.Helper()
	for _, d := range ds {
		if err := d.NewLog(w.id, 0); err != nil {
			w.t.Fatal(err)
		}
	}
}

// EN5: at another log nobody can tell an older copy from the original. It goes
// on under other numbers and a new incarnation, once for each log. What makes a
// document is signed anew, with the changes that it has.
func TestEN5_AnotherLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 171)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	old := w.create(a, set("f:name", "甲"))
	w.mustSync(a)
	made := w.create(a, set("f:name", "乙"))
	w.edit(a, old, set("f:city", "一"))
	w.edit(a, made, set("f:city", "二"))
	before, err := a.Outbox(0, 10)
	if err != nil || len(before) != 3 {
		t.Fatalf("%d envelopes, %v", len(before), err)
	}
	for range 2 { // the second time it is known
		if err := a.NewLog(wire.LogID{2}, 0); err != nil {
			t.Fatal(err)
		}
	}
	if a.Copied() {
		t.Error("the person is told of a copy")
	}
	if _, err := a.Rebase(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.reopen(w)
	out, err := a.Outbox(0, 10)
	if err != nil || len(out) != 3 {
		t.Fatalf("%d envelopes, %v", len(out), err)
	}
	news := false
	for _, o := range out {
		if o.N <= before[2].N+4096 || o.N > before[2].N+4096+16384+3 {
			t.Errorf("an envelope goes out as %d, had %d to %d", o.N, before[0].N, before[2].N)
		}
		same := slices.ContainsFunc(before, func(b repo.Outgoing) bool {
			return cmp.Equal(hashes(t, b.Envelope), hashes(t, o.Envelope))
		})
		first := o.Doc == made && !news
		news = news || first
		if same != first || (o.Salt != nil) != first {
			t.Errorf("envelope %d: the change is the old one: %v, makes the document: %v, salt %v", o.N, same, first, o.Salt != nil)
		}
	}
	w.mustSync(a)
	if a.value(t, old, "f:city") != "一" || a.value(t, made, "f:name") != "乙" || a.value(t, made, "f:city") != "二" {
		t.Error("an edit is gone")
	}
}

// TestGA17_CreatesOfAnOlderCopy: what an older copy made under numbers that its
// original had used too does not keep out what others bring of the original.
func TestGA17_CreatesOfAnOlderCopy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 172)
	st := memstore.New()
	a, g := w.open(st, w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	shared := w.create(a, set("f:name", "甲"))
	w.mustSync(a, g)
	copied := w.open(st.Clone(), w.w.Founder)
	w.edit(a, shared, set("f:city", "of the original"))
	theirs := w.create(a, set("f:name", "of the original"))
	w.mustSync(a, g)
	mine := w.create(copied, set("f:name", "of the copy"))
	more := w.create(copied, set("f:name", "of the copy too"))

	w.wipe()
	w.newLog(copied, g)
	if codes := w.bring(copied, shared); !slices.Equal(codes, []wire.Code{wire.CodeAccepted}) {
		t.Fatalf("the copy brings: %q", codes)
	}
	w.mustSync(copied)
	if codes := w.bring(g, shared); !slices.Equal(codes, []wire.Code{wire.CodeDuplicate, wire.CodeAccepted}) {
		t.Errorf("the other brings the shared one: %q", codes)
	}
	if codes := w.bring(g, theirs); !slices.Equal(codes, []wire.Code{wire.CodeAccepted}) {
		t.Errorf("the other brings the original's: %q", codes)
	}
	w.mustSync(copied, g)
	if diff := cmp.Diff(g.dump(t), copied.dump(t)); diff != "" {
		t.Errorf("the books differ: %s", diff)
	}
	for id, name := range map[canon.DocID]string{mine: "of the copy", more: "of the copy too", theirs: "of the original"} {
		if got := g.value(t, id, "f:name"); got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
}

// TestGA17_TwoCopiesJumpApart: copies of one store that meet different logs, or
// one log twice, do not go on under the same numbers.
func TestGA17_TwoCopiesJumpApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 175)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	w.create(a, set("f:name", "甲"))
	w.mustSync(a)
	used := map[uint64]bool{}
	for i := range 8 {
		d := w.open(st.Clone(), w.w.Founder)
		if i%2 == 0 {
			w.wipe()
			w.newLog(d)
		} else if err := d.Fork(1); err != nil {
			t.Fatal(err)
		}
		w.create(d, set("f:name", "乙"))
		out, err := d.Outbox(0, 10)
		if err != nil || len(out) != 1 || used[out[0].N] || out[0].N > 1+wire.MaxGap {
			t.Fatalf("copy %d: %d envelopes, the last as %d, %v", i, len(out), out[len(out)-1].N, err)
		}
		used[out[0].N] = true
	}
}

// TestGA17_OwnEnvelopesOfAnother: an older copy that is brought some of what its
// original made goes on well above it and under another incarnation, for the rest
// may still come.
func TestGA17_OwnEnvelopesOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 177)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	id, other := w.create(a, set("f:name", "甲")), w.create(a, set("f:name", "乙"))
	w.mustSync(a)
	copied := w.open(st.Clone(), w.w.Founder)
	w.edit(copied, other, set("f:city", "零")) // waits
	w.edit(a, id, set("f:city", "一"))
	w.edit(a, id, set("f:city", "二"))
	w.mustSync(a)
	w.edit(a, other, set("f:city", "三"))
	sent := func(r *device) (e wire.Envelope) {
		t.Helper()
		out, err := r.Outbox(0, 10)
		if err != nil || len(out) != 1 || out[0].Doc != other {
			t.Fatalf("%d envelopes, %v", len(out), err)
		}
		if e, err = wire.ParseEnvelope(out[0].Envelope); err != nil {
			t.Fatal(err)
		}
		return e
	}
	theirs := sent(a)
	if _, err := w.pull(copied); err != nil {
		t.Fatal(err)
	}
	if res, err := copied.Rebase(t.Context()); err != nil || res.Kept != 1 {
		t.Fatalf("what waited: %+v, %v", res, err)
	}
	ours := sent(copied)
	if ours.Body.N < theirs.Body.N+4000 {
		t.Errorf("the first as %d, the original's as %d", ours.Body.N, theirs.Body.N)
	}
	by := func(e wire.Envelope) canon.ActorID {
		t.Helper()
		c, err := change.Decode(e.Body.Chunks[0])
		if err != nil {
			t.Fatal(err)
		}
		return c.Actor
	}
	if by(ours) == by(theirs) || !copied.Copied() {
		t.Errorf("two edits of one place under one incarnation, told %v", copied.Copied())
	}
}

// TestGA17_ManyThatWait: with more waiting than a gap may be wide, creates keep
// their numbers; else the relay would find them too far ahead.
func TestGA17_ManyThatWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 176)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	w.create(a, set("f:name", "甲"))
	w.mustSync(a)
	id := w.create(a, set("f:name", "乙"))
	if err := a.Fork(wire.MaxGap); err != nil { // stands for many envelopes
		t.Fatal(err)
	}
	if _, err := a.Rebase(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.create(a, set("f:name", "丙"))
	before, err := a.Outbox(0, 10)
	if err != nil || len(before) != 2 || before[0].Doc != id {
		t.Fatalf("%d envelopes, %v", len(before), err)
	}
	w.wipe()
	w.newLog(a)
	if _, err := a.Rebase(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := a.Outbox(0, 10)
	if diff := cmp.Diff(before, after); diff != "" || err != nil {
		t.Errorf("%v, envelopes (-want +got):\n%s", err, diff)
	}
}

// TestEN5_SignedTwice: what makes a document was sent by the original and is
// signed anew by an older copy. Whichever comes first, the other is the same
// change and no second beginning; nothing is set aside or on the list.
func TestEN5_SignedTwice(t *testing.T) {
	t.Parallel()
	for _, order := range []string{"the copy's first", "the original's first", "the original's first, unseen"} {
		t.Run(order, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 173)
			st := memstore.New()
			a, g := w.open(st, w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
			w.create(a, set("f:name", "甲"))
			w.mustSync(a, g)
			id := w.newDoc()
			e := creating(set("f:name", "乙"))
			e.Texts = []crdt.Splice{{Key: "n:memo", Insert: "写了一段"}}
			if _, err := a.Create(t.Context(), id, saltFor(id), e); err != nil {
				t.Fatal(err)
			}
			copied := w.open(st.Clone(), w.w.Founder)
			w.mustSync(a, g)
			w.edit(g, id, set("f:city", "二"))
			w.mustSync(g)

			w.wipe()
			w.newLog(copied, g)
			want := []wire.Code{wire.CodeAccepted, wire.CodeAccepted}
			switch order {
			case "the copy's first":
				w.mustSync(copied)
				want[0] = wire.CodeDocExists
			case "the original's first, unseen":
				if _, err := copied.Rebase(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if codes := w.bring(g, id); !slices.Equal(codes, want) {
				t.Errorf("the other brings: %q, want %q", codes, want)
			}
			if order == "the original's first, unseen" {
				if err := w.push(copied); err != nil {
					t.Fatal(err)
				}
			}
			w.mustSync(copied, g)
			if diff := cmp.Diff(g.dump(t), copied.dump(t)); diff != "" {
				t.Errorf("the books differ: %s", diff)
			}
			for _, d := range []*device{copied, g} {
				problems, err := d.Verify(t.Context(), nil)
				if len(problems) != 0 || err != nil || len(tray(t, d)) != 0 {
					t.Errorf("problems %v, %v, list %v", problems, err, tray(t, d))
				}
				h, err := d.History(id)
				v, readErr := d.Read(id)
				if err != nil || readErr != nil || len(h) != 2 {
					t.Fatalf("history: %+v, %v, %v", h, err, readErr)
				}
				if text, err := d.Text(v, "n:memo"); text != "写了一段" || err != nil {
					t.Errorf("text: %q, %v", text, err)
				}
			}
		})
	}
}

// TestGA17_NumberOfACreateTaken: only the number is another, three times; then
// the values go to the list (RB4).
func TestGA17_NumberOfACreateTaken(t *testing.T) {
	t.Parallel()
	for _, times := range []int{1, 4} {
		w := newWorld(t, 174)
		a := w.device(w.w.Founder)
		id := w.create(a, set("f:name", "甲"))
		out, err := a.Outbox(0, 10)
		if err != nil || len(out) != 1 {
			t.Fatalf("%d envelopes, %v", len(out), err)
		}
		tried := 0
		w.refuse = func(e *wire.Envelope) *wire.PushResult {
			if tried++; !cmp.Equal(e.Body.Hashes(), hashes(t, out[0].Envelope)) {
				t.Errorf("try %d has another change", tried)
			}
			if tried > times {
				return nil
			}
			return &wire.PushResult{Code: wire.CodeCounterUsed}
		}
		w.mustSync(a)
		if times == 1 {
			if tried != 2 || a.value(t, id, "f:name") != "甲" || len(tray(t, a)) != 0 {
				t.Errorf("tried %d times, list %v", tried, tray(t, a))
			}
			continue
		}
		if k := tray(t, a); tried != 4 || len(k) != 1 || k[0].Code != wire.CodeCounterUsed || k[0].Value.Str() != "甲" {
			t.Errorf("tried %d times, list %+v", tried, k)
		}
	}
}
