package change_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

var (
	alice = changetest.Actor(0xa1, 1)
	bob   = changetest.Actor(0xb0, 1)
	carol = changetest.Actor(0xca, 1)
)

func wantViolation(t *testing.T, err error, code change.Code, rule string) {
	t.Helper()
	var v *change.Violation
	if !errors.As(err, &v) || v.Code != code || !strings.Contains(v.Rule, rule) {
		t.Errorf("got %v, want %s (%s)", err, code, rule)
	}
}

// twoHeads is a document with a conflict: alice made it, bob and alice then
// wrote f:name without knowing of each other.
func twoHeads(t *testing.T) *changetest.Doc {
	t.Helper()
	d := changetest.NewDoc(t, alice, "create", changetest.Str("f:name", "a"), changetest.Str("f:city", "b"))
	at := d.Heads()
	one := changetest.EditAt(t, d.State, at, alice, "edit", changetest.Str("f:name", "c"))
	two := changetest.EditAt(t, d.State, at, bob, "edit", changetest.Str("f:name", "d"))
	d.Enter(t, one)
	d.Enter(t, two)
	return d
}

func TestGA10_ForgedChangesAreRefused(t *testing.T) {
	t.Parallel()
	d := twoHeads(t)
	root := d.Hashes()[0]
	good := changetest.Edit(t, d.State, alice, "edit", changetest.Str("f:name", "x"), changetest.Str("f:name", "y"))
	if err := d.Check(good); err != nil {
		t.Fatalf("the honest change: %v", err)
	}
	cases := []struct {
		name string
		code change.Code
		rule string
		edit func(*change.Change)
	}{
		{"seq too high", change.CodeBadChange, "seq", func(c *change.Change) { c.Seq++ }},
		{"seq used", change.CodeBadChange, "seq", func(c *change.Change) { c.Seq-- }},
		{"startOp 50", change.CodeBadChange, "startOp", func(c *change.Change) { c.StartOp = 50 }},
		{"startOp 2^20", change.CodeBadChange, "startOp", func(c *change.Change) { c.StartOp = 1 << 20 }},
		{"startOp 2^32-2", change.CodeBadChange, "", func(c *change.Change) { c.StartOp = 1<<32 - 2 }},
		{"startOp 2^40", change.CodeBadChange, "", func(c *change.Change) { c.StartOp = 1 << 40 }},
		{"startOp one lower", change.CodeBadChange, "", func(c *change.Change) { c.StartOp-- }},
		{"unknown dependency", change.CodeMissingDeps, "GA10", func(c *change.Change) { c.Deps = []canon.Hash{{1}} }},
		{"older dependency, same startOp", change.CodeBadChange, "startOp", func(c *change.Change) { c.Deps = []canon.Hash{root} }},
		{"no dependencies", change.CodeDocExists, "GA9", func(c *change.Change) { c.Deps = nil }},
		{"pred lacks one", change.CodeBadChange, "pred", func(c *change.Change) { c.Ops[0].Pred = c.Ops[0].Pred[:1] }},
		{"no pred", change.CodeBadChange, "pred", func(c *change.Change) { c.Ops[0].Pred = nil }},
		{"pred replaced before", change.CodeBadChange, "pred", func(c *change.Change) {
			c.Ops[0].Pred = []change.OpID{{Ctr: 2, Actor: alice}}
		}},
		{"pred of another key", change.CodeBadChange, "pred", func(c *change.Change) { c.Ops[0].Key = "f:city" }},
		{"pred of a new key", change.CodeBadChange, "pred", func(c *change.Change) { c.Ops[0].Key = "f:new" }},
		{"second set skips the first", change.CodeBadChange, "written twice", func(c *change.Change) { c.Ops[1].Pred = c.Ops[0].Pred }},
		{"pred of a stranger", change.CodeBadChange, "pred", func(c *change.Change) {
			c.Ops[0].Pred = []change.OpID{c.Ops[0].Pred[0], {Ctr: c.Ops[0].Pred[1].Ctr, Actor: carol}}
		}},
		{"pred in another order", change.CodeCorrupt, "order", func(c *change.Change) {
			c.Ops[0].Pred = []change.OpID{c.Ops[0].Pred[1], c.Ops[0].Pred[0]}
		}},
		{"pred of a later operation", change.CodeBadChange, "later", func(c *change.Change) {
			c.Ops[0].Pred = []change.OpID{c.Ops[0].Pred[0], c.ID(1)}
		}},
		{"another actor starts at 2", change.CodeBadChange, "seq", func(c *change.Change) { c.Actor = carol }},
	}
	for _, tc := range cases {
		forged := changetest.Forge(t, good, tc.edit)
		decoded, err := change.Decode(changetest.Chunk(t, forged))
		if err == nil {
			err = d.Check(decoded)
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantViolation(t, err, tc.code, tc.rule)
		})
	}
}

// TestGA10_ActorSeesItsOwnLastChange: two changes of one actor side by side
// would give one operation id to two values.
func TestGA10_ActorSeesItsOwnLastChange(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	at := d.Heads()
	d.Edit(t, alice, "edit", changetest.Str("f:name", "x"))
	aside := changetest.EditAt(t, d.State, at, alice, "edit", changetest.Str("f:city", "y"))
	wantViolation(t, d.Check(aside), change.CodeBadChange, "own last change")
}

func TestGA9_SecondRootAndEmptyDocument(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	wantViolation(t, d.Check(changetest.Create(t, bob, "create")), change.CodeDocExists, "GA9")
	edit := changetest.Edit(t, d.State, alice, "edit", changetest.Str("f:name", "x"))
	wantViolation(t, change.NewState().Check(edit), change.CodeMissingDeps, "GA10")
}

func TestGA11_ForbiddenOperations(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create", changetest.Str("f:name", "a"))
	memo := change.OpID{Ctr: 1, Actor: alice}
	set := changetest.Edit(t, d.State, alice, "edit", changetest.Str("f:name", "x"))
	text := changetest.Type(t, d.State, alice, "edit", "n:memo", "好的")
	cases := []struct {
		name string
		from *change.Change
		code change.Code
		edit func(*change.Op)
	}{
		{"delete of a key", set, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value = change.Delete, change.Null() }},
		{"map", set, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value = change.MakeMap, change.Null() }},
		{"list", set, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value = change.MakeList, change.Null() }},
		{"table", set, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value = change.MakeTable, change.Null() }},
		{"text later", set, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value, o.Key = change.MakeText, change.Null(), "n:other" }},
		{"increment", set, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value = change.Increment, change.Int(1) }},
		{"mark", set, change.CodeOpForbidden, func(o *change.Op) { o.Action = change.Mark }},
		{"counter", set, change.CodeOpForbidden, func(o *change.Op) { o.Value = change.Value{Kind: change.KindCounter} }},
		{"float", set, change.CodeOpForbidden, func(o *change.Op) { o.Value = change.Value{Kind: change.KindFloat} }},
		{"insertion into the root", set, change.CodeOpForbidden, func(o *change.Op) { o.Insert = true }},
		{"key in a text", set, change.CodeOpForbidden, func(o *change.Op) { o.Obj = memo }},
		{"value over the text", set, change.CodeOpForbidden, func(o *change.Op) { o.Key, o.Pred = "n:memo", []change.OpID{memo} }},
		{"element of the root", text, change.CodeOpForbidden, func(o *change.Op) { o.Obj = change.OpID{} }},
		{"text that is none", text, change.CodeOpForbidden, func(o *change.Op) { o.Obj = change.OpID{Ctr: 2, Actor: alice} }},
		{"text of nobody", text, change.CodeOpForbidden, func(o *change.Op) { o.Obj = change.OpID{Ctr: 1, Actor: bob} }},
		{"two code points", text, change.CodeOpForbidden, func(o *change.Op) { o.Value = change.String("ab") }},
		{"no code point", text, change.CodeOpForbidden, func(o *change.Op) { o.Value = change.String("") }},
		{"number in a text", text, change.CodeOpForbidden, func(o *change.Op) { o.Value = change.Int(1) }},
		{"object in a text", text, change.CodeOpForbidden, func(o *change.Op) { o.Action, o.Value = change.MakeText, change.Null() }},
		{"after an element of nobody", text, change.CodeBadChange, func(o *change.Op) { o.Elem = change.OpID{Ctr: 1, Actor: bob} }},
		{"after a value of a key", text, change.CodeBadChange, func(o *change.Op) { o.Elem = change.OpID{Ctr: 2, Actor: alice} }},
		{"deletes nothing", text, change.CodeBadChange, func(o *change.Op) { o.Action, o.Insert, o.Value = change.Delete, false, change.Null() }},
		{"insertion with pred", text, change.CodeBadChange, func(o *change.Op) { o.Pred = []change.OpID{memo} }},
	}
	for _, tc := range cases {
		forged := changetest.Forge(t, tc.from, func(c *change.Change) { tc.edit(&c.Ops[0]) })
		decoded, err := change.Decode(changetest.Chunk(t, forged))
		if err == nil {
			err = d.Check(decoded)
		}
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			wantViolation(t, err, tc.code, "GA1")
		})
	}
	empty := changetest.Chunk(t, &change.Change{Deps: set.Deps, Actor: alice, Seq: 2, StartOp: 3, Message: "edit"})
	_, err := change.Decode(empty)
	wantViolation(t, err, change.CodeOpForbidden, "without operations")
}

func TestGA11_ElementsAreSetAndDeleted(t *testing.T) {
	t.Parallel()
	d := changetest.NewDoc(t, alice, "create")
	memo := change.OpID{Ctr: 1, Actor: alice}
	typed := changetest.Type(t, d.State, alice, "edit", "n:memo", "甲乙")
	d.Enter(t, typed)
	base := changetest.Edit(t, d.State, bob, "edit", changetest.Str("f:name", "x"))
	with := func(ops ...change.Op) *change.Change {
		return changetest.Forge(t, base, func(c *change.Change) { c.Ops = ops })
	}
	e0, e1 := typed.ID(0), typed.ID(1)
	own := change.OpID{Ctr: base.StartOp, Actor: bob}
	set := change.Op{Action: change.Set, Obj: memo, Elem: e0, Value: change.String("丙"), Pred: []change.OpID{e0}}
	drop := change.Op{Action: change.Delete, Obj: memo, Elem: e0, Pred: []change.OpID{own}}
	for name, c := range map[string]*change.Change{
		"set and delete":      with(set, drop),
		"delete":              with(change.Op{Action: change.Delete, Obj: memo, Elem: e1, Pred: []change.OpID{e1}}),
		"insert after delete": with(set, drop, change.Op{Action: change.Set, Obj: memo, Elem: e0, Insert: true, Value: change.String("丁")}),
	} {
		if err := d.Clone().Enter(c); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	again := drop
	wantViolation(t, d.Check(with(set, drop, again)), change.CodeBadChange, "pred of an element changed twice")
	wrong := set
	wrong.Pred = []change.OpID{e1}
	wantViolation(t, d.Check(with(wrong)), change.CodeBadChange, "pred of an element")
	d.Enter(t, with(set, drop))
	late := changetest.Forge(t, changetest.Edit(t, d.State, alice, "edit", changetest.Str("f:name", "x")), func(c *change.Change) {
		c.Ops = []change.Op{{Action: change.Delete, Obj: memo, Elem: e0, Pred: []change.OpID{e0}}}
	})
	wantViolation(t, d.Check(late), change.CodeBadChange, "pred of an element")
}

func TestGA8_LimitsOfOneChange(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("k", n) }
	many := make([]changetest.Put, change.MaxOps+1)
	for i := range many {
		many[i] = changetest.Put{Key: "f:a", Value: change.Bool(i%2 == 0)}
	}
	big := make([]changetest.Put, 5)
	for i := range big {
		big[i] = changetest.Str(fmt.Sprintf("f:%d", i), long(15<<10))
	}
	cases := []struct {
		name string
		code change.Code
		puts []changetest.Put
	}{
		{"key 128", "", []changetest.Put{changetest.Str(long(128), "v")}},
		{"key 129", change.CodeValueTooLarge, []changetest.Put{changetest.Str(long(129), "v")}},
		{"value 16 KiB", "", []changetest.Put{changetest.Str("f:a", long(16<<10))}},
		{"value above 16 KiB", change.CodeValueTooLarge, []changetest.Put{changetest.Str("f:a", long(16<<10+1))}},
		{"sealed 17 KiB", "", []changetest.Put{{Key: "f:a", Value: change.Bytes(make([]byte, 17<<10))}}},
		{"sealed above 17 KiB", change.CodeValueTooLarge, []changetest.Put{{Key: "f:a", Value: change.Bytes(make([]byte, 17<<10+1))}}},
		{"2,000 operations", "", many[:change.MaxOps-1]},
		{"2,001 operations", change.CodeTooLarge, many[:change.MaxOps]},
		{"chunk above 64 KiB", change.CodeTooLarge, big},
	}
	for _, tc := range cases {
		_, err := change.Decode(changetest.Chunk(t, changetest.Create(t, alice, "create", tc.puts...)))
		if got := change.CodeOf(err); got != tc.code || (err == nil) != (tc.code == "") {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.code)
		}
	}
}

func TestEN6_WI11_MessageAndTime(t *testing.T) {
	t.Parallel()
	good := changetest.Create(t, alice, "create")
	for message, want := range map[string]bool{
		"edit": true, "create": true, "import:01hx": true, "undo:" + strings.Repeat("a", 43): true,
		"adopt:A_-9": true, "unmerge": true, "bulk:1": true, "resolve": true, "handover:x": true, "merge:x": true,
		"": false, "Edit": false, "edit:": false, "edit:a:b": false, "edit:甲": false, "edit: a": false,
		"undo:" + strings.Repeat("a", 44): false, "delete": false, strings.Repeat("a", 65): false,
	} {
		_, err := change.Decode(changetest.Chunk(t, changetest.Forge(t, good, func(c *change.Change) { c.Message = message })))
		if (err == nil) != want || err != nil && change.CodeOf(err) != change.CodeMalformed {
			t.Errorf("message %q: %v", message, err)
		}
	}
	for time, want := range map[int64]bool{0: true, change.MaxTime: true, -1: false, change.MaxTime + 1: false, 1<<63 - 1: false} {
		_, err := change.Decode(changetest.Chunk(t, changetest.Forge(t, good, func(c *change.Change) { c.Time = time })))
		if (err == nil) != want || err != nil && change.CodeOf(err) != change.CodeMalformed {
			t.Errorf("time %d: %v", time, err)
		}
	}
}
