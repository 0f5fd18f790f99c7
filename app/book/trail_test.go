package book_test

import (
	"testing"

	"tongce/app/book"
	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/repo"
)

// edit is an edit of one key by hand, of a form that no page of this version
// writes.
func edit(t *testing.T, d *desk, doc canon.DocID, e repo.Edit) {
	t.Helper()
	e.Message = "edit"
	if _, err := d.Repo.Edit(t.Context(), doc, repo.Always(e)); err != nil {
		t.Fatal(err)
	}
}

// IU1: who keeps a customer is said with the field, whatever was done in it: a
// decision, letters of a shared text, a row of a repeating field.
func TestIU1_WhoKeepsAndInWhichField(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do        func(*office)
		by, field string
	}{
		"a value": {func(o *office) { o.set(o.chen, 0, "一般") }, "陈静", "level"},
		"a decision": {func(o *office) {
			o.set(o.chen, 0, "一般")
			o.set(o.li, 0, "重点")
			o.sync()
			sides, err := o.chen.Conflict(o.docs[0], "level")
			if err == nil {
				_, err = o.chen.Resolve(o.t.Context(), o.docs[0], "level", sides.Sides[1].Op)
			}
			if err != nil {
				o.t.Fatal(err)
			}
		}, "陈静", "level"},
		"a row of a repeating field": {func(o *office) {
			edit(o.t, o.chen, o.docs[0], repo.Edit{Sets: []crdt.Set{{Key: "r:address:" + canon.Text16([16]byte{1}), Value: change.String("二厂")}}})
		}, "陈静", "address"},
		"letters": {func(o *office) {
			edit(o.t, o.chen, o.docs[0], repo.Edit{Texts: []crdt.Splice{{Key: "n:memo", Insert: "好"}}})
		}, "陈静", "memo"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.made(o.li)
			c.do(o)
			o.sync()
			got, err := o.boss.PlanUndo(o.docs[0], book.Undoing{Batch: [16]byte{1}})
			if err != nil || got.Kind != book.Kept || got.Why != book.KeptEdited || got.By.Name != c.by || got.Field != c.field {
				t.Errorf("got %s by %q in %q, %v", got.Kind, got.By.Name, got.Field, err)
			}
		})
	}
}

// IU5: what was set back by force over several values is not what one of them
// stood on, in whatever order they came: a person's value lies under it.
func TestIU5_ForcedOverSeveralValues(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"person", "file"} {
		t.Run(first, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.made(o.li)
			number := func(d *desk) { // its next operations have the higher numbers
				o.over(d, 3, "战略")
				o.undo(d, 3)
			}
			if first == "person" {
				number(o.li)
			}
			o.set(o.chen, 0, "一般")
			runImport(t, o.li, 2, []book.Row{{
				Doc: o.docs[0], Sets: []book.RowSet{{Field: "level", Text: "重点"}}, Sources: []book.RowSource{{File: "2.csv", Row: 1}},
			}})
			o.sync()
			if got := o.undo(o.li, 2, o.docs[0]); got != "restored | untouched | untouched" {
				t.Errorf("forced: got %s", got)
			}
			o.sync()
			o.run([]step{{"boss 1", "kept edited李强 | removed | removed"}})
		})
	}
}

// IU5: a batch that wrote before and after a person (a continued import) takes
// back what it wrote last, and by force all that it wrote.
func TestIU5_BeforeAndAfterAPerson(t *testing.T) {
	t.Parallel()
	part := func(o *office, level string, row uint64) {
		runImport(o.t, o.li, 2, []book.Row{{
			Doc: o.docs[0], Sets: []book.RowSet{{Field: "level", Text: level}}, Sources: []book.RowSource{{File: "2.csv", Row: row}},
		}})
		o.sync()
	}
	for name, c := range map[string]struct {
		above      string
		undo, left string
	}{
		"nothing above": {"", "restored", "一般 "},
		"forced":        {"说不准", "restored", "普通 "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.typed(o.li)
			o.set(o.li, 0, "普通")
			o.sync()
			part(o, "重点", 1)
			o.set(o.chen, 0, "一般")
			o.sync()
			part(o, "战略", 2)
			var force []canon.DocID
			if c.above != "" {
				o.set(o.chen, 0, c.above)
				o.sync()
				force = o.docs
			}
			if got := o.undo(o.li, 2, force...); got != c.undo {
				t.Errorf("got %s, want %s", got, c.undo)
			}
			o.sync()
			if got := o.levels(); got != c.left {
				t.Errorf("left %s, want %s", got, c.left)
			}
		})
	}
}
