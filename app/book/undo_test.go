package book_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/repo"
)

// office is a company in which several import the same customers.
type office struct {
	t              *testing.T
	li, chen, boss *desk
	docs           []canon.DocID
	gone           []string // imports known to be undone
	sync           func()
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w, li, chen := two(t)
	boss := newDesk(t, w, w.Founder)
	for _, d := range []*desk{li, chen} {
		learn(t, w, d.Repo)
	}
	var line relay
	return &office{t: t, li: li, chen: chen, boss: boss, sync: func() { line.exchange(t, w, li, chen, boss) }}
}

// made has an import of its own make three customers, whose level is 普通.
func (o *office) made(by *desk) {
	for _, r := range runImport(o.t, by, 1, rows(3)) {
		o.docs = append(o.docs, r.Doc)
	}
	o.sync()
}

// typed makes one customer by hand, whose level is 一般.
func (o *office) typed(by *desk) {
	doc, _, err := by.Create(o.t.Context(), []book.Set{{Field: "name", Text: "甲有限公司"}, {Field: "level", Text: "一般"}})
	if err != nil {
		o.t.Fatal(err)
	}
	o.docs = append(o.docs, doc)
	o.sync()
}

// over imports a level for every customer, and with it a number for the first.
func (o *office) over(by *desk, batch byte, levels ...string) {
	var update []book.Row
	for i, level := range levels {
		row := book.Row{Doc: o.docs[i], Sets: []book.RowSet{{Field: "level", Text: level}}, Sources: []book.RowSource{{File: fmt.Sprintf("%d.csv", batch), Row: uint64(i)}}}
		if i == 0 {
			row.Sets = append(row.Sets, book.RowSet{Field: "mobile", Text: fmt.Sprintf("1391111000%d", batch)})
		}
		update = append(update, row)
	}
	for _, r := range runImport(o.t, by, batch, update) {
		if r.Err != nil {
			o.t.Fatal(r.Err)
		}
	}
	o.sync()
}

// undo undoes a batch and says what became of each customer; the plan must say
// the same.
func (o *office) undo(by *desk, batch byte, force ...canon.DocID) string {
	o.t.Helper()
	what := book.Undoing{Batch: [16]byte{batch}, Force: map[canon.DocID]bool{}, Undone: o.gone}
	for _, doc := range force {
		what.Force[doc] = true
	}
	say := func(r book.UndoRow) string {
		return strings.TrimSpace(fmt.Sprintf("%s %s%s %s", r.Kind, r.Why, r.By.Name, strings.Join(r.KeptFields, " ")))
	}
	var planned, done []string
	for _, doc := range o.docs {
		r, err := by.PlanUndo(doc, what)
		if err != nil {
			o.t.Fatal(err)
		}
		planned = append(planned, say(r))
	}
	err := by.Undo(o.t.Context(), what, o.docs, func(r book.UndoRow, err error) {
		if err != nil {
			o.t.Error(err)
		}
		done = append(done, say(r))
	})
	if err != nil || !slices.Equal(planned, done) {
		o.t.Fatalf("planned %v, did %v, %v", planned, done, err)
	}
	return strings.Join(done, " | ")
}

func (o *office) redo(by *desk, batch byte) string {
	o.t.Helper()
	n := 0
	err := by.Redo(o.t.Context(), [16]byte{batch}, o.docs, func(_ canon.DocID, err error) {
		if err == nil {
			n++
		} else if !errors.Is(err, repo.ErrNothing) {
			o.t.Error(err)
		}
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return fmt.Sprint(n)
}

// levels are those of all customers, at the first with the number.
func (o *office) levels() string {
	o.t.Helper()
	var out []string
	for i, doc := range o.docs {
		c, err := o.li.Get(doc)
		if err != nil {
			o.t.Fatal(err)
		}
		level := c.Field("level").Lead().Text
		if i == 0 {
			number, err := o.li.Reveal(doc, "mobile")
			if err != nil {
				o.t.Fatal(err)
			}
			level += " " + strings.Join(number["mobile"], "|")
		}
		if c.Deleted {
			level = "gone"
		}
		out = append(out, level)
	}
	return strings.Join(out, ", ")
}

func (o *office) set(by *desk, n int, level string) {
	o.t.Helper()
	set(o.t, by, o.docs[n], "level", level)
}

// step is an act of a person and what comes of it.
type step struct{ what, want string }

func (o *office) run(steps []step) {
	o.t.Helper()
	for i, s := range steps {
		var verb string
		var n int
		_, _ = fmt.Sscan(s.what, &verb, &n)
		var got string
		switch verb {
		case "undo":
			got = o.undo(o.li, byte(n))
		case "boss":
			got = o.undo(o.boss, byte(n))
		case "redo":
			got = o.redo(o.li, byte(n))
		case "see":
			got = o.levels()
		}
		o.sync()
		if got != s.want {
			o.t.Errorf("step %d, %s: got %q, want %q", i, s.what, got, s.want)
		}
	}
}

// IU5: what another batch wrote keeps nothing once it is undone.
func TestIU5_TwoImportsAreUndoneInEitherOrder(t *testing.T) {
	t.Parallel()
	const (
		fresh = "普通 13800000000, 普通, 普通"
		later = "重点 13911110002, 重点, 普通"
	)
	for name, steps := range map[string][]step{
		"first the later": {
			{"see", later},
			{"undo 2", "restored | restored | untouched"},
			{"see", fresh},
			{"undo 1", "removed | removed | removed"},
			{"redo 1", "3"},
			{"see", fresh},
			{"redo 2", "2"},
			{"see", later},
			{"undo 1", "kept edited李强 | kept edited李强 | removed"},
			{"undo 2", "restored | restored | untouched"},
			{"undo 1", "removed | removed | untouched"},
		},
		"first the earlier": {
			{"undo 1", "kept edited李强 | kept edited李强 | removed"},
			{"undo 2", "restored | restored | untouched"},
			{"undo 1", "removed | removed | untouched"},
			{"redo 2", "2"},
			{"redo 1", "3"},
			{"see", later},
		},
		"again after bringing back": {
			{"undo 2", "restored | restored | untouched"},
			{"redo 2", "2"},
			{"redo 2", "0"},
			{"see", later},
			{"undo 2", "restored | restored | untouched"},
			{"see", fresh},
			{"undo 2", "untouched | untouched | untouched"},
			{"undo 1", "removed | removed | removed"},
			{"undo 1", "untouched | untouched | untouched"},
			{"redo 1", "3"},
			{"redo 1", "0"},
			{"see", fresh},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.made(o.li)
			o.over(o.li, 2, "重点", "重点", "普通")
			o.run(steps)
		})
	}
}

// The same of two imports that both changed what a person typed.
func TestIU5_TwoUpdatesOfOneValue(t *testing.T) {
	t.Parallel()
	const typed, first, second = "一般 ", "普通 13911110001", "重点 13911110002"
	for name, steps := range map[string][]step{
		"first the earlier": {
			{"undo 1", "kept edited李强 level mobile"},
			{"see", second},
			{"undo 2", "restored"},
			{"see", first},
			{"undo 1", "restored"},
			{"see", typed},
			{"redo 1", "1"},
			{"see", first},
			{"redo 2", "1"},
			{"see", second},
		},
		"first the later": {
			{"undo 2", "restored"},
			{"undo 1", "restored"},
			{"see", typed},
			{"redo 2", "1"},
			{"see", second},
			{"redo 1", "0"},
			{"undo 2", "restored"},
			{"see", typed},
			{"redo 1", "1"},
			{"see", first},
		},
		"a third above": {
			{"undo 2", "restored"},
			{"three", ""},
			{"undo 1", "kept edited李强 level mobile"},
			{"undo 3", "restored"},
			{"undo 1", "restored"},
			{"see", typed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.typed(o.li)
			o.over(o.li, 1, "普通")
			o.over(o.li, 2, "重点")
			for len(steps) > 0 {
				i := slices.IndexFunc(steps, func(s step) bool { return s.what == "three" })
				if i < 0 {
					o.run(steps)
					break
				}
				o.run(steps[:i])
				o.over(o.li, 3, "战略")
				steps = steps[i+1:]
			}
		})
	}
}

// Of a later import that was undone, what a person wrote above, below or beside
// it still keeps a customer.
func TestIU5_WhatPersonsWroteIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(*office)
		want string
	}{
		"above": {func(o *office) {
			o.over(o.li, 2, "重点")
			o.undo(o.li, 2)
			o.sync()
			o.set(o.chen, 0, "一般")
		}, "kept edited陈静 | removed | removed"},
		"below": {func(o *office) {
			o.set(o.chen, 0, "一般")
			o.sync()
			o.over(o.li, 2, "重点")
			o.undo(o.li, 2)
		}, "kept edited陈静 | removed | removed"},
		"between, and back": {func(o *office) {
			o.over(o.li, 2, "重点")
			o.set(o.chen, 0, "一般")
			o.set(o.chen, 0, "重点")
			o.sync()
			o.undo(o.li, 2)
		}, "kept edited陈静 | removed | removed"},
		"to what it was": {func(o *office) {
			o.over(o.li, 2, "重点")
			o.set(o.chen, 0, "普通")
			o.sync()
			o.undo(o.li, 2)
		}, "kept edited陈静 | removed | removed"},
		"beside": {func(o *office) {
			o.set(o.chen, 0, "一般")
			o.over(o.li, 2, "重点")
			o.undo(o.li, 2)
		}, "kept edited陈静 | removed | removed"},
		"beside the undo": {func(o *office) {
			o.over(o.li, 2, "重点")
			o.set(o.chen, 0, "一般")
			o.undo(o.li, 2)
		}, "kept edited陈静 | removed | removed"},
		"under a forced undo": {func(o *office) {
			o.over(o.li, 2, "重点")
			o.set(o.chen, 0, "一般")
			o.sync()
			if got := o.undo(o.li, 2, o.docs[0]); got != "restored | untouched | untouched" {
				o.t.Errorf("forced: got %s", got)
			}
			if got := o.undo(o.li, 2); got != "untouched | untouched | untouched" {
				o.t.Errorf("again: got %s", got)
			}
		}, "kept edited李强 | removed | removed"},
		"nothing": {func(o *office) {
			o.over(o.chen, 2, "重点")
			o.undo(o.chen, 2)
			o.sync()
		}, "removed | removed | removed"},
		"nothing, undone at two desks": {func(o *office) {
			o.over(o.chen, 2, "重点", "重点")
			o.undo(o.chen, 2)
			o.undo(o.li, 2)
			o.sync()
		}, "removed | removed | removed"},
		"only in a file that is known to be undone": {func(o *office) {
			o.over(o.chen, 2, "重点", "普通")
			o.undo(o.chen, 2)
			o.gone = []string{canon.Text16([16]byte{2})}
			o.sync()
		}, "removed | removed | removed"},
		"only in another's file": {func(o *office) {
			o.over(o.chen, 2, "重点", "普通")
			o.undo(o.chen, 2)
			o.sync()
		}, "removed | kept edited陈静 | removed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.made(o.li)
			c.do(o)
			o.sync()
			o.run([]step{{"boss 1", c.want}})
		})
	}
}

// Imports are undone and brought back in any order; undoing until nothing is left
// to undo ends where it began, and as long as a person's value stands it is
// never touched.
func TestIU5_AnyOrder(t *testing.T) {
	t.Parallel()
	const fresh, edited = "普通 13800000000, 普通, 普通", "说不准 13800000000, 普通, 普通"
	levels := []string{"重点", "普通", "一般"}
	for seed := range uint64(40) {
		rng := rand.New(rand.NewPCG(seed, 1))
		o := newOffice(t)
		o.made(o.li)
		for batch := range byte(3) {
			o.over(o.li, batch+2, levels[rng.IntN(3)], levels[rng.IntN(3)], levels[rng.IntN(3)])
		}
		end, first, at := fresh, "removed | removed | removed", -1
		if seed%2 == 1 {
			end, first, at = edited, "kept edited陈静 | removed | removed", rng.IntN(12)
		}
		for n := range 12 {
			if n == at {
				o.sync()
				o.set(o.chen, 0, "说不准")
				o.sync()
			}
			if batch := byte(2 + rng.IntN(3)); rng.IntN(2) == 0 {
				o.undo(o.li, batch)
			} else {
				o.redo(o.li, batch)
			}
			if at >= 0 && n >= at && !strings.HasPrefix(o.levels(), "说不准") {
				t.Errorf("seed %d: step %d took a person's value away", seed, n)
			}
		}
		for range 3 {
			for _, batch := range rng.Perm(3) {
				o.undo(o.li, byte(batch+2))
			}
		}
		if got := o.levels(); got != end {
			t.Errorf("seed %d: got %s, want %s", seed, got, end)
		}
		if got := o.undo(o.li, 1); got != first {
			t.Errorf("seed %d: undo of the first: got %s, want %s", seed, got, first)
		}
	}
}

// Of two rows of one file the first may displace a value and the second bring it
// back (IM14): nothing of that is left once the file is undone.
func TestIU5_WhatAFileSaysTwice(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.made(o.li)
	row := func(level string, n uint64) book.Row {
		return book.Row{
			Doc: o.docs[0], Sets: []book.RowSet{{Field: "level", Text: level}, {Field: "remark", Text: "月结"}},
			Sources: []book.RowSource{{File: "2.csv", Row: n}},
		}
	}
	twice := row("重点", 1)
	twice.Then = []book.Row{row("普通", 2)}
	runImport(t, o.li, 2, []book.Row{twice})
	o.sync()
	o.run([]step{
		{"undo 1", "kept edited李强 | removed | removed"},
		{"undo 2", "restored | untouched | untouched"},
		{"undo 1", "removed | untouched | untouched"},
	})
}

// Who may not delete removes only what nobody else ever wrote in (PO6), and the
// rest of the batch all the same (ADR 0067).
func TestPO6_AnUndoneImportOfAnotherKeeps(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.made(o.li)
	o.over(o.chen, 2, "重点")
	o.undo(o.chen, 2)
	o.sync()
	o.run([]step{{"undo 1", "kept edited陈静 | removed | removed"}, {"boss 1", "removed | untouched | untouched"}})
}
