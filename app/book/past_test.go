package book_test

import (
	"errors"
	"slices"
	"testing"

	"tongce/app/book"
	"tongce/crdt/charter/chartertest"
)

// A sealed value of which the mask shows nothing is not like an empty one.
func TestAMaskThatShowsNothing(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	doc, _, err := li.Create(t.Context(), []book.Set{
		{Field: "name", Text: "锦成机电有限公司"}, {Field: "mobile", Text: "1381290567"}, {Field: "bank", Text: "招商银行"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{"mobile": "****", "bank": "****", "email": ""} {
		if got := lead(t, li, doc, field).Text; got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
}

// Two numbers with one mask differ, and the past one can be seen by who may see
// today's.
func TestThePastOfSealedValues(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	var line relay
	doc, first, err := li.Create(t.Context(), []book.Set{
		{Field: "name", Text: "锦成机电有限公司"}, {Field: "mobile", Text: "13812905678"}, {Field: "email", Text: "a@example.com"}, {Field: "city", Text: "宁波"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := li.Set(t.Context(), doc, book.Set{Field: "mobile", Text: "13800005678"}, book.Set{Field: "remark", Text: "新"}); err != nil {
		t.Fatal(err)
	}
	audit := newDesk(t, w, w.Join(chartertest.RoleAuditor, chartertest.Company, "审计员"))
	for _, d := range []*desk{li, chen, audit} {
		learn(t, w, d.Repo)
	}
	line.exchange(t, w, li, chen, audit)
	got, err := chen.Differs(doc, first)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"remark", "mobile"}; !slices.Equal(got, want) {
		t.Errorf("differs: got %v, want %v", got, want)
	}
	was, err := chen.RevealAt(doc, first, "mobile", "email", "remark")
	if err != nil || was["mobile"] != "13812905678" || was["email"] != "a@example.com" || was["remark"] != "" {
		t.Errorf("revealed as it was: got %v, %v", was, err)
	}
	if _, err := audit.RevealAt(doc, first, "mobile"); !errors.Is(err, book.ErrDenied) {
		t.Errorf("a role that sees masks only: got %v, want ErrDenied", err)
	}
}

// What was decided is read from the customers, so every desk lists it, and a
// decision that was taken back or overtaken is listed no more.
func TestPO6_DecisionsAreReadFromTheCustomer(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	var line relay
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "宁波海沃泵业有限公司"}, {Field: "mobile", Text: "13800000000"}})
	if err != nil {
		t.Fatal(err)
	}
	line.exchange(t, w, li, chen)
	for d, set := range map[*desk][]book.Set{
		li:   {{Field: "mobile", Text: "13812905678"}, {Field: "level", Text: "重点"}, {Field: "remark", Text: "李强写的"}},
		chen: {{Field: "mobile", Text: "13812908765"}, {Field: "level", Text: "一般"}, {Field: "remark", Text: "陈静写的"}},
	} {
		if _, err := d.Set(t.Context(), doc, set...); err != nil {
			t.Fatal(err)
		}
	}
	line.exchange(t, w, li, chen)
	if got, err := li.Decisions(doc); err != nil || len(got) != 0 {
		t.Errorf("before anybody decided: got %v, %v", got, err)
	}
	want := map[string]string{}
	for _, field := range []string{"mobile", "level"} { // the other value of one, the leading one of the other
		c, err := chen.Conflict(doc, field)
		if err != nil {
			t.Fatal(err)
		}
		side := c.Sides[len(want)]
		want[field] = side.By.Name
		if _, err := chen.Resolve(t.Context(), doc, field, side.Op); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chen.ResolveText(t.Context(), doc, "remark", "商量过的"); err != nil {
		t.Fatal(err)
	}
	want["remark"] = ""
	line.exchange(t, w, li, chen)
	got, err := li.Decisions(doc)
	if err != nil || len(got) != 3 {
		t.Fatalf("decisions at the other desk: got %v, %v", got, err)
	}
	for _, d := range got {
		if d.Used.Name != want[d.Field] || d.By.Name != "陈静" {
			t.Errorf("%s: used %q by %s, want %q by 陈静", d.Field, d.Used.Name, d.By.Name, want[d.Field])
		}
		if d.Confirmed {
			_, err = li.Undecide(t.Context(), doc, d.Field)
		} else {
			_, err = li.UndoChange(t.Context(), doc, d.Change)
		}
		if err != nil {
			t.Errorf("%s: take back: %v", d.Field, err)
		}
	}
	if got, err = li.Decisions(doc); err != nil || len(got) != 0 {
		t.Errorf("after all were taken back: got %v, %v", got, err)
	}
	line.exchange(t, w, li, chen)
	for name, d := range map[string]*desk{"李强": li, "陈静": chen} {
		c, err := d.Get(doc)
		if err != nil {
			t.Fatal(err)
		}
		for field := range want {
			if n := c.Field(field).Others(); n != 1 {
				t.Errorf("%s at %s: %d values beside the leading one, want the two that were decided between", field, name, n)
			}
		}
	}
}

// A decision is in the history, and so is taking it back: who, when, and which
// values it was between.
func TestPO6_DecisionsAreInTheHistory(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	var line relay
	doc := apart(t, "level", []string{"重点", "一般"}, func(d ...*desk) { line.exchange(t, w, d...) }, li, chen)
	c, err := chen.Conflict(doc, "level")
	if err != nil {
		t.Fatal(err)
	}
	other, leads := c.Sides[0].Text, c.Sides[1]
	decided, err := chen.Resolve(t.Context(), doc, "level", leads.Op)
	if err != nil {
		t.Fatal(err)
	}
	line.exchange(t, w, li, chen)
	text := func(values ...book.Value) (out []string) {
		for _, v := range values {
			out = append(out, v.Text)
		}
		return out
	}
	newest := func(field string) book.Act {
		acts, err := li.History(doc, field)
		if err != nil {
			t.Fatal(err)
		}
		return acts[len(acts)-1]
	}
	for _, field := range []string{"", "level"} {
		a := newest(field)
		if a.Kind != "resolve" || a.By.Name != "陈静" || len(a.Fields) != 1 || a.Fields[0].After.Text != leads.Text ||
			!slices.Equal(text(a.Fields[0].Before...), []string{other}) {
			t.Errorf("history of %q: got %+v", field, a)
		}
	}
	if _, err := li.UndoChange(t.Context(), doc, decided, "level"); err != nil {
		t.Fatal(err)
	}
	if c, err := li.Get(doc); err != nil || c.Field("level").Others() != 1 {
		t.Errorf("undone: the two values do not stand again, %v", err)
	}
	a := newest("level")
	if a.Kind != "undo" || a.By.Name != "李强" || a.Fields[0].After.Text != leads.Text || !slices.Equal(text(a.Fields[0].Beside...), []string{other}) {
		t.Errorf("taken back: got %+v", a)
	}
}

// Who deleted a customer is in the history, and who brought it back.
func TestTheBinIsInTheHistory(t *testing.T) {
	t.Parallel()
	w, _, _ := two(t)
	boss := newDesk(t, w, w.Founder)
	doc, _, err := boss.Create(t.Context(), []book.Set{{Field: "name", Text: "甲有限公司"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, act := range []func() error{
		func() error { _, err := boss.Delete(t.Context(), doc); return err },
		func() error { _, err := boss.Undelete(t.Context(), doc); return err },
	} {
		if err := act(); err != nil {
			t.Fatal(err)
		}
	}
	acts := history(t, boss, doc)
	if len(acts) != 3 || acts[0].Binned || acts[0].Unbinned || !acts[1].Binned || acts[1].Unbinned || acts[2].Binned || !acts[2].Unbinned {
		t.Errorf("got %+v", acts)
	}
}
