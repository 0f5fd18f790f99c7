package book_test

import (
	"slices"
	"testing"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// TestDO19_ADecisionForAnotherValueIsTakenBack: both values stand again, each by
// who wrote it and at every desk, and can be decided as before: for either, for a
// third, and the taking back can be taken back too.
func TestDO19_ADecisionForAnotherValueIsTakenBack(t *testing.T) {
	t.Parallel()
	for _, field := range []string{"level", "mobile"} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			texts := map[string][]string{"level": {"重点", "一般"}, "mobile": {"13812905678", "13812908765"}}[field]
			w, li, chen := two(t)
			var line relay
			exchange := func(d ...*desk) { line.exchange(t, w, d...) }
			doc := apart(t, field, texts, exchange, li, chen)
			before := sidesOf(t, li, doc, field)
			must := func(h canon.Hash, err error) canon.Hash {
				t.Helper()
				if err != nil {
					t.Fatal(err)
				}
				exchange(li, chen)
				return h
			}
			stand := func(when string, want int) {
				t.Helper()
				for _, d := range []*desk{li, chen} {
					c, err := d.Get(doc)
					if err != nil || c.Field(field).Others() != want {
						t.Fatalf("%s: %d values beside the leading one, %v, want %d", when, c.Field(field).Others(), err, want)
					}
					if got := sidesOf(t, d, doc, field); want == 1 && !slices.Equal(got, before) {
						t.Errorf("%s: got sides %v, want %v", when, got, before)
					}
				}
			}
			resolve := func(d *desk, side int) canon.Hash {
				t.Helper()
				c, err := d.Conflict(doc, field)
				if err != nil {
					t.Fatal(err)
				}
				return must(d.Resolve(t.Context(), doc, field, c.Sides[side].Op))
			}
			for range 2 { // taken back, decided the same way again, taken back again
				made := resolve(chen, 0)
				stand("decided for the other", 0)
				if got, err := li.Decisions(doc); err != nil || len(got) != 1 || got[0].Used.Name != before[0].by {
					t.Errorf("decisions: got %+v, %v, want one for the value of %s", got, err, before[0].by)
				}
				back := must(li.UndoChange(t.Context(), doc, made))
				stand("taken back", 1)
				acts, err := chen.History(doc, field)
				if err != nil {
					t.Fatal(err)
				}
				if f := acts[len(acts)-1].Fields[0]; f.After.Text != before[1].text || len(f.Beside) != 1 || f.Beside[0].Text != before[0].text {
					t.Errorf("history of taking it back: got %+v", f)
				}
				again := must(li.UndoChange(t.Context(), doc, back))
				stand("the taking back taken back", 0)
				must(li.UndoChange(t.Context(), doc, again))
				stand("and again", 1)
			}
			resolve(li, 1)
			stand("decided for the leading one", 0)
			if got, err := chen.Decisions(doc); err != nil || len(got) != 1 || !got[0].Confirmed || got[0].Used.Name != before[1].by {
				t.Errorf("decisions: got %+v, %v", got, err)
			}
			must(chen.Undecide(t.Context(), doc, field))
			stand("that taken back", 1)
			made := must(chen.ResolveText(t.Context(), doc, field, map[string]string{"level": "普通", "mobile": "13912905678"}[field]))
			stand("decided for a third", 0)
			must(chen.UndoChange(t.Context(), doc, made))
			stand("that taken back too", 1)
			must(li.Set(t.Context(), doc, book.Set{Field: field, Text: texts[0]}))
			stand("edited", 0)
		})
	}
}

type sideOf struct {
	by, text string
	op       change.OpID
}

func sidesOf(t *testing.T, d *desk, doc canon.DocID, field string) (out []sideOf) {
	t.Helper()
	c, err := d.Conflict(doc, field)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.Sides {
		out = append(out, sideOf{by: s.By.Name, text: s.Text, op: s.Op})
	}
	return out
}
