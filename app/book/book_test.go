package book_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/app/book"
	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// desk is one member's device with the real repo.
type desk struct {
	*book.Book
	device *chartertest.Device
}

func newDesk(t *testing.T, w *chartertest.Workspace, d *chartertest.Device) *desk {
	t.Helper()
	var now atomic.Int64
	now.Store(chartertest.Start + 1000)
	r, err := repo.Open(memstore.New(), repo.Config{
		Workspace: w.ID, Signer: d, Rand: w.Rand(), Now: func() time.Time { return time.Unix(now.Add(1), 0) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	learn(t, w, r)
	ring, broken := charter.OpenGrants(r.Charter().State(), d.Device(), d.Pair)
	if len(broken) > 0 {
		t.Fatalf("%d grants do not open", len(broken))
	}
	return &desk{device: d, Book: book.New(book.Config{Repo: r, Schema: schema.Default(), Ring: ring, Rand: w.Rand(), Now: time.Now})}
}

func learn(t *testing.T, w *chartertest.Workspace, r *repo.Repo) {
	t.Helper()
	var raw [][]byte
	for _, rec := range w.Log.All() {
		b, err := charter.EncodeRecord(rec)
		if err != nil {
			t.Fatal(err)
		}
		raw = append(raw, b)
	}
	have := uint64(0)
	if s := r.Charter().State(); s != nil {
		have = s.Head().Seq + 1
	}
	if _, err := r.AddStatements(raw[have:]...); err != nil {
		t.Fatal(err)
	}
}

// relay is the shortest relay there is: it takes each desk's outbox and gives
// it to all desks in one order.
type relay struct {
	log wire.LogID
	seq uint64
}

func (l *relay) exchange(t *testing.T, w *chartertest.Workspace, desks ...*desk) {
	t.Helper()
	head := w.Log.State().Head().Seq
	for _, from := range desks {
		out, err := from.Repo.Outbox(0, 100_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range out {
			l.seq++
			env, err := wire.ParseEnvelope(o.Envelope)
			if err != nil {
				t.Fatal(err)
			}
			rec := wire.LogRecord{Seq: l.seq, Time: int64(l.seq) * 1000, C: head, Envelope: env}
			salt, salted, err := from.Repo.Salt(env.Body.Doc)
			if err != nil {
				t.Fatal(err)
			}
			for _, to := range desks {
				got, err := to.Repo.Accept(t.Context(), []wire.Item{{Record: &rec}}, wire.Cursor{Log: l.log, Seq: l.seq, Doc: env.Body.Doc})
				if err != nil {
					t.Fatal(err)
				}
				if len(got.Refused) > 0 {
					t.Fatalf("refused: %+v", got.Refused)
				}
				if salted {
					if _, err := to.Repo.AddSalts(wire.Salt{Doc: env.Body.Doc, Salt: salt}); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
}

func two(t *testing.T) (*chartertest.Workspace, *desk, *desk) {
	t.Helper()
	w := chartertest.New(t, 1)
	li := w.Join(charter.RoleColleague, chartertest.Sales, "李强")
	chen := w.Join(charter.RoleColleague, chartertest.Service, "陈静")
	return w, newDesk(t, w, li), newDesk(t, w, chen)
}

func lead(t *testing.T, d *desk, doc canon.DocID, field string) book.Value {
	t.Helper()
	c, err := d.Get(doc)
	if err != nil {
		t.Fatal(err)
	}
	return c.Field(field).Lead()
}

func TestCreateNormalisesSealsAndNamesTheOwner(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	doc, _, err := li.Create(t.Context(), []book.Set{
		{Field: "name", Text: " 苏州恒锐精密机械(有限公司) "},
		{Field: "mobile", Text: "+86 138-1290-5678"},
		{Field: "contract_amount", Text: "48万"},
		{Field: "email", Text: ""},
		{Field: "uscc", Text: "91320505"},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := li.Get(doc)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := c.Field("contract_amount").Lead().Text, "480000.00"; got != want {
		t.Errorf("amount: got %q, want %q", got, want)
	}
	if got := c.Field("mobile").Lead(); got.State != book.Masked || got.Text != "138****5678" {
		t.Errorf("mobile: got %+v, want the mask", got)
	}
	if got := c.Field("uscc").Lead(); got.Text != "91320505" || got.Flag == "" {
		t.Errorf("a code that does not normalise: got %+v, want as typed and flagged", got)
	}
	if got := c.Field("email").Lead().State; got != book.Empty {
		t.Errorf("email: got %s", got)
	}
	if len(c.Owners) != 1 || c.Owners[0] != li.device.Member || !slices.Equal(c.Departments, []string{chartertest.Sales}) {
		t.Errorf("owner: got %v of %v", c.Owners, c.Departments)
	}
	plain, err := li.Reveal(doc, "mobile")
	if err != nil || !slices.Equal(plain["mobile"], []string{"13812905678"}) {
		t.Errorf("reveal: got %v, %v", plain, err)
	}
	facts, ok, err := li.Facts(doc)
	if err != nil || !ok || !slices.Equal(facts.Exact["mobile"], []string{"13812905678"}) || facts.Person {
		t.Errorf("facts: got %v, %v, person %v, %v", facts.Exact, ok, facts.Person, err)
	}
	// Nothing stored holds the number in the clear.
	v, err := li.Repo.Read(doc)
	if err != nil {
		t.Fatal(err)
	}
	for k, value := range v.Values() {
		if strings.Contains(string(value.Bytes())+value.Str(), "13812905678") {
			t.Errorf("%s holds the number", k)
		}
	}
}

func TestSetClearsWithNullAndKnowsNothingToDo(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "锦成机电有限公司"}, {Field: "mobile", Text: "13812905678"}, {Field: "remark", Text: "旧"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, same := range []book.Set{{Field: "name", Text: "锦成机电有限公司"}, {Field: "mobile", Text: "138 1290 5678"}, {Field: "email", Text: ""}} {
		if _, err := li.Set(t.Context(), doc, same); !errors.Is(err, repo.ErrNothing) {
			t.Errorf("%s set to what it is: got %v, want ErrNothing", same.Field, err)
		}
	}
	if _, err := li.Set(t.Context(), doc, book.Set{Field: "mobile"}, book.Set{Field: "remark"}); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"mobile", "remark"} {
		if got := lead(t, li, doc, field).State; got != book.Empty {
			t.Errorf("%s after clearing: got %s", field, got)
		}
	}
	if _, err := li.Set(t.Context(), doc, book.Set{Field: "nope", Text: "x"}); !errors.Is(err, book.ErrField) {
		t.Errorf("unknown field: got %v", err)
	}
	if _, err := li.Set(t.Context(), doc, book.Set{Field: "remark", Text: strings.Repeat("长", 6000)}); !errors.Is(err, book.ErrTooLong) {
		t.Errorf("18 KB of remark: got %v", err)
	}
}

// Two desks edit one customer apart: different fields merge, the same field
// has two values with their authors, and a decision settles it everywhere.
func TestPO6_TwoValuesAndTheirDecision(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	var line relay
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "宁波海沃泵业有限公司"}, {Field: "mobile", Text: "13800000000"}, {Field: "level", Text: "普通"}})
	if err != nil {
		t.Fatal(err)
	}
	line.exchange(t, w, li, chen)
	for _, e := range []struct {
		d   *desk
		set []book.Set
	}{
		{li, []book.Set{{Field: "mobile", Text: "13812905678"}, {Field: "level", Text: "重点"}, {Field: "remark", Text: "李强写的"}}},
		{chen, []book.Set{{Field: "mobile", Text: "13812908765"}, {Field: "level", Text: "一般"}, {Field: "city", Text: "宁波"}}},
	} {
		if _, err := e.d.Set(t.Context(), doc, e.set...); err != nil {
			t.Fatal(err)
		}
	}
	line.exchange(t, w, li, chen)
	a, err := li.Conflict(doc, "mobile")
	if err != nil {
		t.Fatal(err)
	}
	b, err := chen.Conflict(doc, "mobile")
	if err != nil {
		t.Fatal(err)
	}
	people := func(c *book.Conflict) (out []string) {
		for _, s := range c.Sides {
			out = append(out, fmt.Sprint(s.By.Name, s.By.Department, s.Text, s.Before[0].Text, s.Along))
		}
		return out
	}
	if diff := cmp.Diff(people(a), people(b)); diff != "" || len(a.Sides) != 2 {
		t.Errorf("the two desks' cards: %v and %s", people(a), diff)
	}
	if got := lead(t, li, doc, "city").Text + lead(t, chen, doc, "remark").Text; got != "宁波市李强写的" {
		t.Errorf("different fields: got %q", got)
	}
	// The leading mobile is confirmed, the other level is taken.
	if _, err := chen.Resolve(t.Context(), doc, "mobile", b.Sides[1].Op); err != nil {
		t.Fatal(err)
	}
	levels, err := li.Conflict(doc, "level")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := li.Resolve(t.Context(), doc, "level", levels.Sides[0].Op); err != nil {
		t.Fatal(err)
	}
	line.exchange(t, w, li, chen)
	for _, d := range []*desk{li, chen} {
		c, err := d.Get(doc)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Field("mobile"); got.Others() != 0 || !got.Settled || got.Lead().Op != b.Sides[1].Op {
			t.Errorf("mobile: got %+v", got)
		}
		if got := c.Field("level"); got.Others() != 0 || got.Lead().Text != levels.Sides[0].Text {
			t.Errorf("level: got %+v", got)
		}
	}
	if _, err := li.Undecide(t.Context(), doc, "mobile"); err != nil {
		t.Fatal(err)
	}
	if c, _ := li.Get(doc); c.Field("mobile").Others() != 1 {
		t.Error("taken back: the two values do not stand again")
	}
	if _, err := li.Resolve(t.Context(), doc, "level", levels.Sides[1].Op); !errors.Is(err, book.ErrNoValue) {
		t.Errorf("a value that stands no more: got %v", err)
	}
}

func TestHistoryRestoreAndUndoOfOneChange(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	doc, first, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "甲有限公司"}, {Field: "mobile", Text: "13800000000"}, {Field: "remark", Text: "一"}})
	if err != nil {
		t.Fatal(err)
	}
	second, err := li.Set(t.Context(), doc, book.Set{Field: "mobile", Text: "13812905678"}, book.Set{Field: "remark", Text: "二"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := li.Set(t.Context(), doc, book.Set{Field: "remark", Text: "三"}); err != nil {
		t.Fatal(err)
	}
	acts, err := li.History(doc, "")
	if err != nil || len(acts) != 3 {
		t.Fatalf("history: %d acts, %v", len(acts), err)
	}
	if got := acts[1].Fields; len(got) != 2 || got[0].Before[0].Text != "138****0000" || got[0].After.Text != "138****5678" || acts[1].By.Name != "李强" {
		t.Errorf("second act: %+v", acts[1])
	}
	old, err := li.At(doc, first)
	if err != nil || old.Field("remark").Lead().Text != "一" {
		t.Errorf("as it was: %v", err)
	}
	// Only the mobile of the second change still stands.
	if _, err := li.UndoChange(t.Context(), doc, second); err != nil {
		t.Fatal(err)
	}
	if got, err := li.Reveal(doc, "mobile", "remark"); err != nil || got["mobile"][0] != "13800000000" || got["remark"][0] != "三" {
		t.Errorf("after the undo: %v, %v", got, err)
	}
	if _, err := li.Restore(t.Context(), doc, second, "remark"); err != nil {
		t.Fatal(err)
	}
	if got := lead(t, li, doc, "remark").Text; got != "二" {
		t.Errorf("restored: got %q", got)
	}
	if _, err := li.UndoChange(t.Context(), doc, second, "mobile"); !errors.Is(err, repo.ErrNothing) {
		t.Errorf("undone twice: got %v", err)
	}
}

func TestDeleteNeedsTheAbility(t *testing.T) {
	t.Parallel()
	w, li, _ := two(t)
	boss := newDesk(t, w, w.Founder)
	var line relay
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "甲有限公司"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := li.Delete(t.Context(), doc); !errors.Is(err, book.ErrDenied) {
		t.Errorf("colleague: got %v", err)
	}
	line.exchange(t, w, li, boss)
	if _, err := boss.Delete(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
	line.exchange(t, w, boss, li)
	if c, err := li.Get(doc); err != nil || !c.Deleted {
		t.Errorf("after delete: %v", err)
	}
	if _, err := boss.Undelete(t.Context(), doc); err != nil {
		t.Fatal(err)
	}
	if c, err := boss.Get(doc); err != nil || c.Deleted {
		t.Errorf("after undelete: %v", err)
	}
}

// rows makes an import of n new customers.
func rows(n int) []book.Row {
	out := make([]book.Row, n)
	for i := range out {
		out[i] = book.Row{
			Sets: []book.RowSet{
				{Field: "name", Text: fmt.Sprintf("客户%04d有限公司", i)},
				{Field: "mobile", Text: fmt.Sprintf("138%08d", i)},
				{Field: "level", Text: "普通", Flag: "level_guess"},
			},
			Sources: []book.RowSource{{File: "客户表.xlsx", Sheet: "Sheet1", Row: uint64(i + 2)}},
		}
	}
	return out
}

func runImport(t *testing.T, d *desk, batch byte, rows []book.Row) []book.Outcome {
	t.Helper()
	i := 0
	var out []book.Outcome
	next := func() (book.Row, int, bool) {
		if i == len(rows) {
			return book.Row{}, 0, false
		}
		i++
		return rows[i-1], i - 1, true
	}
	if err := d.Import(t.Context(), [16]byte{batch}, next, nil, func(o book.Outcome) { out = append(out, o) }); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestImportUpdatesAndUndoes(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	var line relay
	var docs []canon.DocID
	for _, o := range runImport(t, li, 1, rows(6)) {
		if o.Err != nil || !o.Created || !o.Changed {
			t.Fatalf("outcome: %+v", o)
		}
		docs = append(docs, o.Doc)
	}
	src, err := li.Sources(docs[3])
	if want := (book.Source{Batch: canon.Text16([16]byte{1}), File: "客户表.xlsx", Sheet: "Sheet1", Row: 5, Flag: "level_guess"}); err != nil || src["level"] != want {
		t.Errorf("source: got %+v, %v", src["level"], err)
	}
	line.exchange(t, w, li, chen)
	if got, err := chen.Sources(docs[3]); err != nil || got["mobile"].Row != 5 {
		t.Errorf("source on the other desk: %+v, %v", got, err)
	}
	// A second import updates two fields of the first two and nothing of the third.
	update := []book.Row{}
	for i, level := range []string{"重点", "重点", "普通"} {
		update = append(update, book.Row{Doc: docs[i], Sets: []book.RowSet{{Field: "level", Text: level}, {Field: "remark", Text: ""}}, Sources: []book.RowSource{{File: "b.csv", Row: uint64(i)}}})
	}
	for i, o := range runImport(t, li, 2, update) {
		if o.Err != nil || o.Changed != (i < 2) {
			t.Errorf("update %d: %+v", i, o)
		}
	}
	line.exchange(t, w, li, chen)
	// 陈静 works on an updated one's level and on a new one.
	for _, i := range []int{0, 4} {
		if _, err := chen.Set(t.Context(), docs[i], book.Set{Field: "level", Text: "一般"}); err != nil {
			t.Fatal(err)
		}
	}
	line.exchange(t, w, li, chen)

	undo := func(d *desk, batch byte, force map[canon.DocID]bool) (kinds []string) {
		err := d.Undo(t.Context(), book.Undoing{Batch: [16]byte{batch}, Force: force}, docs, func(r book.UndoRow, err error) {
			if err != nil {
				t.Error(err)
			}
			kinds = append(kinds, fmt.Sprintf("%s%s %s", r.Kind, r.Why, r.By.Name))
		})
		if err != nil {
			t.Fatal(err)
		}
		return kinds
	}
	want := []string{"keptedited 陈静", "restored ", "untouched ", "untouched ", "untouched ", "untouched "}
	if diff := cmp.Diff(want, undo(li, 2, nil)); diff != "" {
		t.Errorf("undo of the update: %s", diff)
	}
	if got := lead(t, li, docs[1], "level").Text; got != "普通" {
		t.Errorf("restored level: got %q", got)
	}
	// 陈静 has no delete and did not import: she may not undo, and is told why.
	for _, doc := range docs[3:4] {
		row, err := chen.PlanUndo(doc, book.Undoing{Batch: [16]byte{1}})
		if err != nil || row.Why != book.KeptDenied {
			t.Errorf("another member's plan: %+v, %v", row, err)
		}
	}
	want = []string{"keptedited 陈静", "removed ", "removed ", "removed ", "keptedited 陈静", "removed "}
	if diff := cmp.Diff(want, undo(li, 1, nil)); diff != "" {
		t.Errorf("undo of the import: %s", diff)
	}
	line.exchange(t, w, li, chen)
	if c, err := chen.Get(docs[5]); err != nil || !c.Deleted {
		t.Errorf("removed on the other desk: %v", err)
	}
	if err := li.Redo(t.Context(), [16]byte{1}, docs, func(_ canon.DocID, err error) {
		if err != nil && !errors.Is(err, repo.ErrNothing) {
			t.Error(err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	if c, err := li.Get(docs[5]); err != nil || c.Deleted {
		t.Errorf("taken back: %v", err)
	}
}

func TestImportGoesOnAfterABadRowAndStopsWhenCancelled(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	bad := rows(3)
	bad[1].Sets = append(bad[1].Sets, book.RowSet{Field: "remark", Text: strings.Repeat("长", 6000)})
	got := map[int]error{}
	for _, o := range runImport(t, li, 1, bad) {
		got[o.Index] = o.Err
	}
	if got[0] != nil || got[2] != nil || !errors.Is(got[1], book.ErrTooLong) {
		t.Errorf("outcomes: %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	err := li.Import(ctx, [16]byte{2}, func() (book.Row, int, bool) { n++; return rows(1)[0], n, true }, nil, func(o book.Outcome) {
		if o.Index > 300 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: got %v", err)
	}
}

func TestNobodyWritesWhatTheRoleForbids(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 3)
	service := newDesk(t, w, w.Join(chartertest.RoleService, chartertest.Service, "陈静"))
	if _, _, err := service.Create(t.Context(), []book.Set{{Field: "name", Text: "甲有限公司"}}); err == nil {
		t.Error("a role that only reads made a customer")
	} else if refusal := (*gate.Refusal)(nil); !errors.As(err, &refusal) && !errors.Is(err, book.ErrDenied) {
		t.Errorf("got %v, want a refusal", err)
	}
	if err := service.Import(t.Context(), [16]byte{1}, nil, nil, nil); !errors.Is(err, book.ErrDenied) {
		t.Errorf("import: got %v", err)
	}
}

// TestPO6_EveryRowIsNoted: rows that change nothing, and several rows of one
// customer, are in the document all the same, and once.
func TestPO6_EveryRowIsNoted(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	var line relay
	at := func(row uint64) book.RowSource {
		return book.RowSource{File: "客服部.xlsx", Sheet: "一月", Row: row}
	}
	made := runImport(t, li, 1, []book.Row{{
		Sets:    []book.RowSet{{Field: "name", Text: "苏州锦成机电有限公司"}, {Field: "mobile", Text: "13812905678", From: 1}},
		Sources: []book.RowSource{at(2), at(3), at(4)},
	}})
	doc := made[0].Doc
	before, err := li.Get(doc)
	if err != nil {
		t.Fatal(err)
	}
	line.exchange(t, w, li, chen)
	for _, want := range []error{nil, repo.ErrNothing} { // the second finds every row noted
		n := len(history(t, chen, doc))
		got := runImport(t, chen, 2, []book.Row{{Doc: doc, Sources: []book.RowSource{at(3), {File: "销售部.xlsx", Sheet: "客户", Row: 9}}}})
		if got[0].Err != nil || got[0].Changed || !got[0].Bare {
			t.Errorf("a row that says nothing new: %+v", got[0])
		}
		if grown := len(history(t, chen, doc)) - n; (grown == 1) != (want == nil) {
			t.Errorf("%d changes for a row that says nothing new", grown)
		}
	}
	line.exchange(t, w, li, chen)
	plain, _, err := li.Plain(doc)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range plain.Sources {
		got = append(got, fmt.Sprint(s.File, " ", s.Sheet, " ", s.Row))
	}
	slices.Sort(got)
	if diff := cmp.Diff([]string{"客服部.xlsx 一月 2", "客服部.xlsx 一月 3", "客服部.xlsx 一月 4", "销售部.xlsx 客户 9"}, got); diff != "" {
		t.Error(diff)
	}
	acts, err := li.History(doc, "mobile")
	if err != nil || len(acts) != 1 || acts[0].Fields[0].Source == nil || acts[0].Fields[0].Source.Row != 3 {
		t.Errorf("history of a value: %+v, %v", acts, err)
	}
	if after, err := li.Get(doc); err != nil || after.Changed != before.Changed {
		t.Errorf("to stand in a file counts as a change: %+v, %v", after, err)
	}
	if row, err := li.PlanUndo(doc, book.Undoing{Batch: [16]byte{1}}); err != nil || row.Kind != book.Kept || row.By.Name != "陈静" {
		t.Errorf("undo of the import: got %+v, %v, want kept: it stands in another one's file", row, err)
	}
	past, err := chen.Imported(doc, "客服部.xlsx", "一月")
	if err != nil || len(past) != 1 || past[0].Before != nil || len(past[0].Rows) != 3 || past[0].After["mobile"] != "13812905678" {
		t.Errorf("past: got %+v, %v", past, err)
	}
}

func history(t *testing.T, d *desk, doc canon.DocID) []book.Act {
	t.Helper()
	acts, err := d.History(doc, "")
	if err != nil {
		t.Fatal(err)
	}
	return acts
}
