package book_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
)

// apart makes a customer, lets each desk set a field of it without hearing of
// the others, and syncs.
func apart(t *testing.T, field string, texts []string, line func(...*desk), desks ...*desk) canon.DocID {
	t.Helper()
	doc, _, err := desks[0].Create(t.Context(), []book.Set{{Field: "name", Text: "宁波海沃泵业有限公司"}, {Field: field, Text: "13800000000"}})
	if err != nil {
		t.Fatal(err)
	}
	line(desks...)
	for i, text := range texts {
		if _, err := desks[i].Set(t.Context(), doc, book.Set{Field: field, Text: text}); err != nil {
			t.Fatal(err)
		}
	}
	line(desks...)
	return doc
}

// Values that say the same count as one, sealed or open: two equal ones are no
// conflict, and beside a third there are two.
func TestDO18_EqualValuesAreOne(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"remark", "mobile"} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			w, li, chen := two(t)
			var line relay
			exchange := func(desks ...*desk) { line.exchange(t, w, desks...) }
			doc := apart(t, field, []string{"13812905678", "13812905678"}, exchange, li, chen)
			for _, d := range []*desk{li, chen} {
				c, err := d.Get(doc)
				if err != nil {
					t.Fatal(err)
				}
				v, err := d.Repo.Read(doc)
				if err != nil {
					t.Fatal(err)
				}
				live := v.All("f:" + field)
				if len(live) != 2 {
					t.Fatalf("live operations: got %d, want 2", len(live))
				}
				got := c.Field(field)
				if got.Others() != 0 || len(got.Values) != 1 || got.Settled || got.Lead().Op != live[1].ID {
					t.Errorf("equal values: got %+v, want the leading one", got)
				}
				card, err := d.Conflict(doc, field)
				if err != nil || len(card.Sides) != 1 || card.Sides[0].By.ID != d.Person(live[1].ID.Actor.Device()).ID {
					t.Errorf("card: got %+v, %v", card, err)
				}
				plain, err := d.Reveal(doc, field)
				if diff := cmp.Diff(plain, map[string][]string{field: {"13812905678"}}); diff != "" || err != nil {
					t.Errorf("reveal: %v %s", err, diff)
				}
				if _, err := d.Set(t.Context(), doc, book.Set{Field: field, Text: "13812905678"}); !errors.Is(err, repo.ErrNothing) {
					t.Errorf("set to what stands: got %v, want ErrNothing", err)
				}
			}
		})
	}
}

// Two equal values and another are a conflict of two; either is taken for all.
func TestDO18_EqualValuesBesideAnother(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"remark", "mobile"} {
		for _, taken := range []int{0, 1} {
			w, li, chen := two(t)
			wu := newDesk(t, w, w.Join(charter.RoleColleague, chartertest.Sales, "吴敏"))
			learn(t, w, li.Repo)
			learn(t, w, chen.Repo)
			var line relay
			exchange := func(desks ...*desk) { line.exchange(t, w, desks...) }
			doc := apart(t, field, []string{"13812905678", "13812908765", "13812905678"}, exchange, li, chen, wu)
			card, err := chen.Conflict(doc, field)
			if err != nil || len(card.Sides) != 2 {
				t.Fatalf("%s: got %+v, %v, want two sides", field, card, err)
			}
			plain, err := chen.Reveal(doc, field)
			if err != nil {
				t.Fatal(err)
			}
			sorted := slices.Sorted(slices.Values(plain[field]))
			if diff := cmp.Diff(sorted, []string{"13812905678", "13812908765"}); diff != "" {
				t.Errorf("%s: %s", field, diff)
			}
			if c, _ := li.Get(doc); c.Field(field).Others() != 1 {
				t.Errorf("%s: got %d others, want 1", field, c.Field(field).Others())
			}
			if _, err := chen.Resolve(t.Context(), doc, field, card.Sides[taken].Op); err != nil {
				t.Fatal(err)
			}
			line.exchange(t, w, li, chen, wu)
			for _, d := range []*desk{li, chen, wu} {
				c, err := d.Get(doc)
				if err != nil {
					t.Fatal(err)
				}
				opened, err := d.Reveal(doc, field)
				if err != nil {
					t.Fatal(err)
				}
				if got := opened[field]; c.Field(field).Others() != 0 || got[len(got)-1] != plain[field][taken] {
					t.Errorf("%s, side %d taken: got %v, %+v", field, taken, got, c.Field(field))
				}
			}
		}
	}
}

// Cleared here and cleared there is cleared (DO18); cleared beside a value is a
// conflict (PO7).
func TestDO18_PO7_ClearedTwice(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"remark", "mobile"} {
		for other, want := range map[string]int{"": 0, "13812905678": 1} {
			w, li, chen := two(t)
			var line relay
			doc := apart(t, field, []string{"", other}, func(desks ...*desk) { line.exchange(t, w, desks...) }, li, chen)
			c, err := li.Get(doc)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Field(field).Others(); got != want {
				t.Errorf("%s cleared beside %q: got %d others, want %d", field, other, got, want)
			}
			if _, err := li.Set(t.Context(), doc, book.Set{Field: field}); want == 0 && !errors.Is(err, repo.ErrNothing) {
				t.Errorf("%s cleared again: got %v, want ErrNothing", field, err)
			}
		}
	}
}
