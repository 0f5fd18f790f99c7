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
}
