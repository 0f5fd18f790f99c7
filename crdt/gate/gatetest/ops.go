package gatetest

import (
	"strings"

	"tongce/crdt/change"
	"tongce/crdt/wire"
)

func opCases() []Case {
	// The first operation of an edit, as something that no document allows.
	op := func(name string, action change.Action, v change.Value) Case {
		return Case{
			Name: "GA11 " + name, Rule: "GA11", Code: wire.CodeOpForbidden,
			Build: forged(func(_ *Scene, c *change.Change) { c.Ops[0].Action, c.Ops[0].Value = action, v }),
		}
	}
	return []Case{
		op("nested map (AT62)", change.MakeMap, change.Null()),
		op("list (AT62)", change.MakeList, change.Null()),
		op("text under f:", change.MakeText, change.Null()),
		op("table", change.MakeTable, change.Null()),
		op("key deleted (AT62, AT64)", change.Delete, change.Null()),
		op("counter raised", change.Increment, change.Int(1)),
		op("counter (AT62)", change.Set, change.Value{Kind: change.KindCounter}),
		op("float (AT62)", change.Set, change.Value{Kind: change.KindFloat}),
		{
			Name: "GA11 new text after the first change", Rule: "GA11", Code: wire.CodeOpForbidden,
			Build: puts(sales, "edit", one("n:remark", change.Null())),
		},
		{
			Name: "GA11 value in place of a text", Rule: "GA11", Code: wire.CodeOpForbidden,
			Build: forged(func(_ *Scene, c *change.Change) { c.Ops[0].Key = "n:memo" }),
		},
		{
			Name: "GA5 key of 129 bytes (AT62)", Rule: "GA5", Code: wire.CodeValueTooLarge,
			Build: puts(sales, "edit", one("f:"+strings.Repeat("a", 127), change.String("x"))),
		},
		{
			Name: "GA5 value over 16 KiB", Rule: "GA5", Code: wire.CodeValueTooLarge,
			Build: puts(sales, "edit", one("f:remark", change.String(strings.Repeat("a", change.MaxValue+1)))),
		},
		{
			Name: "WI11 time below zero (AT71)", Rule: "WI11", Code: wire.CodeMalformed,
			Build: forged(func(_ *Scene, c *change.Change) { c.Time = -1 }),
		},
		{
			Name: "WI11 year 10000 (AT71)", Rule: "WI11", Code: wire.CodeMalformed,
			Build: forged(func(_ *Scene, c *change.Change) { c.Time = change.MaxTime + 1 }),
		},
		{
			Name: "EN6 message", Rule: "EN6", Code: wire.CodeMalformed,
			Build: forged(func(_ *Scene, c *change.Change) { c.Message = "hello" }),
		},
	}
}
