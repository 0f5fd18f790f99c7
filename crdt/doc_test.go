package crdt_test

import (
	"bytes"
	"errors"
	"testing"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
)

func allKinds() map[string]change.Value {
	return map[string]change.Value{
		"f:string":    change.String("张三有限公司 𠮷🙂"),
		"f:empty":     change.String(""),
		"f:bytes":     change.Bytes([]byte{0, 1, 255}),
		"f:no_bytes":  change.Bytes(nil),
		"f:int":       change.Int(-1 << 63),
		"f:uint":      change.Uint(1<<64 - 1),
		"f:null":      change.Null(),
		"f:timestamp": change.Timestamp(-1),
		"t:yes":       change.Bool(true),
		"t:no":        change.Bool(false),
	}
}

func TestEveryKindOfValueComesBack(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	want := allKinds()
	e := crdt.Edit{}
	for k, v := range want {
		e.Sets = append(e.Sets, crdt.Set{Key: k, Value: v})
	}
	chunk := commit(t, d, e)

	applied := newDoc(t, 2)
	apply(t, applied, chunk)
	for name, doc := range map[string]*crdt.Doc{
		"written": d, "loaded": load(t, save(t, d), 2), "loaded from chunk": load(t, chunk, 2), "applied": applied,
	} {
		got, err := doc.Values()
		if delta := diff(got, want); err != nil || delta != "" {
			t.Errorf("%s: %v (-got +want)\n%s", name, err, delta)
		}
	}
	s, err := crdt.Dump(save(t, d))
	if delta := diff(s, snapshot(t, d)); err != nil || delta != "" {
		t.Errorf("dump: %v (-got +want)\n%s", err, delta)
	}
	if delta := diff(s.Values, want); delta != "" {
		t.Errorf("dump (-got +want)\n%s", delta)
	}
}

func TestGA8_CommittedChunkPassesTheDecoder(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	first := commit(t, d, customer()) // over 256 bytes: the core deflates it
	second := commit(t, d, crdt.Edit{Message: "import:b1", Time: 0x7fff_ffff, Sets: []crdt.Set{{Key: "f:x", Value: change.Null()}}})
	a, err := change.Decode(first)
	if err != nil {
		t.Fatal(err)
	}
	b, err := change.Decode(second)
	if err != nil {
		t.Fatal(err)
	}
	if a.Actor != actor(1) || a.Seq != 1 || len(a.Ops) != 26 || a.Ops[0].Action != change.MakeText || b.Seq != 2 {
		t.Errorf("got actor %s, seq %d and %d, %d ops", a.Actor, a.Seq, b.Seq, len(a.Ops))
	}
	if b.Time != 0x7fff_ffff || b.Message != "import:b1" {
		t.Errorf("got time %d, message %q, want seconds as given", b.Time, b.Message)
	}
	if got, want := d.Heads(), []canon.Hash{b.Hash}; diff(got, want) != "" {
		t.Errorf("got heads %v, want %v", got, want)
	}
	chunks, err := d.Changes()
	if delta := diff(chunks, [][]byte{first, second}); err != nil || delta != "" {
		t.Errorf("changes: %v (-got +want)\n%s", err, delta)
	}
	if chunks, err = d.Changes(a.Hash); err != nil || diff(chunks, [][]byte{second}) != "" {
		t.Errorf("changes since the first: got %d, %v", len(chunks), err)
	}
	if _, err = d.Changes(canon.Hash{1}); !errors.Is(err, crdt.ErrUnknownHeads) {
		t.Errorf("changes since an unknown one: got %v", err)
	}
}

// Three devices write one key from one base; every device sees the same,
// whatever the order of arrival.
func TestConflictOfThreeDevices(t *testing.T) {
	t.Parallel()
	base := commit(t, newDoc(t, 0), customer())
	chunks := make([][]byte, 3)
	var want []crdt.Item
	for i, name := range []string{"甲", "乙", "丙"} {
		d := newDoc(t, i+1)
		apply(t, d, base)
		chunks[i] = put(t, d, "f:field_01", name)
		want = append(want, crdt.Item{ID: change.OpID{Ctr: 27, Actor: actor(i + 1)}, Value: change.String(name)})
	}
	var first crdt.Snapshot
	for n, order := range [][3]int{{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}} {
		d := newDoc(t, 9)
		apply(t, d, base)
		for _, i := range order {
			apply(t, d, chunks[i])
		}
		all, err := d.All("f:field_01")
		if delta := diff(all, want); err != nil || delta != "" {
			t.Fatalf("order %v: %v (-got +want)\n%s", order, err, delta)
		}
		s := snapshot(t, d)
		if n == 0 {
			first = s
		}
		if delta := diff(s, first); delta != "" {
			t.Errorf("order %v (-got +first)\n%s", order, delta)
		}
		conflicts, err := d.Conflicts()
		if delta := diff(conflicts, map[string][]crdt.Item{"f:field_01": want}); err != nil || delta != "" {
			t.Errorf("order %v: %v (-got +want)\n%s", order, err, delta)
		}
		if got := s.Values["f:field_01"].Str(); got != "丙" || len(s.Heads) != 3 {
			t.Errorf("got winner %q and %d heads, want the highest op id and 3", got, len(s.Heads))
		}
		put(t, d, "f:field_01", "丙") // the winner once more settles it in this core
		if conflicts, err = d.Conflicts(); err != nil || len(conflicts) != 0 {
			t.Errorf("after resolving: got %d conflicts, %v", len(conflicts), err)
		}
	}
}

func TestReadsAtEarlierHeads(t *testing.T) {
	t.Parallel()
	d, other := newDoc(t, 1), newDoc(t, 2)
	e := customer()
	e.Texts = []crdt.Splice{{Key: "n:memo", Insert: "初次拜访"}}
	apply(t, other, commit(t, d, e))
	h1 := d.Heads()
	mine := commit(t, d, crdt.Edit{
		Sets:  []crdt.Set{{Key: "f:field_01", Value: change.String("甲")}},
		Texts: []crdt.Splice{{Key: "n:memo", Pos: 2, Delete: 2, Insert: "见面"}},
	})
	h2 := d.Heads()
	apply(t, d, put(t, other, "f:field_01", "乙"))
	both := d.Heads()
	put(t, d, "f:field_01", "丁")
	_ = mine

	for _, tc := range []struct {
		name string
		at   []canon.Hash
		want []string
		text string
	}{
		{"first", h1, []string{"第1项 杭州云栖精密机械有限公司"}, "初次拜访"},
		{"second", h2, []string{"甲"}, "初次见面"},
		{"two heads", both, []string{"甲", "乙"}, "初次见面"},
		{"now", nil, []string{"丁"}, "初次见面"},
	} {
		items, err := d.All("f:field_01", tc.at...)
		var got []string
		for _, it := range items {
			got = append(got, it.Value.Str())
		}
		if delta := diff(got, tc.want); err != nil || delta != "" {
			t.Errorf("%s: %v (-got +want)\n%s", tc.name, err, delta)
		}
		values, err := d.Values(tc.at...)
		if got := values["f:field_01"].Str(); err != nil || got != tc.want[len(tc.want)-1] || len(values) != 26 {
			t.Errorf("%s: got %q of %d values, %v", tc.name, got, len(values), err)
		}
		if got, err := d.Text("n:memo", tc.at...); err != nil || got != tc.text {
			t.Errorf("%s: got text %q, %v, want %q", tc.name, got, err, tc.text)
		}
	}
	if _, err := d.Values(canon.Hash{1}); !errors.Is(err, crdt.ErrUnknownHeads) {
		t.Errorf("values at unknown heads: got %v", err)
	}
	if _, err := d.Values(append(h1, canon.Hash{1})...); !errors.Is(err, crdt.ErrUnknownHeads) {
		t.Errorf("values at a known and an unknown head: got %v", err)
	}
	if items, err := d.All("f:absent"); err != nil || len(items) != 0 {
		t.Errorf("absent key: got %d items, %v", len(items), err)
	}
	if items, err := d.All(""); err != nil || len(items) != 0 {
		t.Errorf("empty key: got %d items, %v", len(items), err)
	}
	if _, err := d.Text("f:field_01"); !errors.Is(err, crdt.ErrUnsupported) {
		t.Errorf("text of a plain value: got %v", err)
	}
}

func TestUseAfterClose(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	chunk := put(t, d, "f:a", "甲")
	d.Close()
	d.Close()
	for name, call := range map[string]func() error{
		"apply":     func() error { return d.Apply(chunk) },
		"commit":    func() error { _, err := d.Commit(customer()); return err },
		"values":    func() error { _, err := d.Values(); return err },
		"all":       func() error { _, err := d.All("f:a"); return err },
		"conflicts": func() error { _, err := d.Conflicts(); return err },
		"text":      func() error { _, err := d.Text("n:memo"); return err },
		"snapshot":  func() error { _, err := d.Snapshot(); return err },
		"save":      func() error { _, err := d.Save(); return err },
		"changes":   func() error { _, err := d.Changes(); return err },
	} {
		if err := call(); !errors.Is(err, crdt.ErrClosed) {
			t.Errorf("%s: got %v, want ErrClosed", name, err)
		}
	}
	if h := d.Heads(); h != nil {
		t.Errorf("got heads %v of a closed document", h)
	}
}

func TestProve(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	commit(t, d, customer())
	old := save(t, d)
	put(t, d, "f:field_00", "新")
	want, saved := snapshot(t, d), save(t, d)
	if err := crdt.Prove(saved, want); err != nil {
		t.Errorf("got %v for an honest snapshot", err)
	}
	if err := crdt.Prove(old, want); !errors.Is(err, crdt.ErrNotProven) {
		t.Errorf("older snapshot: got %v", err)
	}
	if err := crdt.Prove(saved[:len(saved)-1], want); !errors.Is(err, crdt.ErrNotProven) {
		t.Errorf("cut snapshot: got %v", err)
	}
	if err := crdt.Prove(bytes.Clone(saved), crdt.Snapshot{Heads: want.Heads}); !errors.Is(err, crdt.ErrNotProven) {
		t.Errorf("same heads without values: got %v", err)
	}
}
