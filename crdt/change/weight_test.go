package change_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

// TestWeight: what a state says that it weighs is about what it takes. It is the
// only test of its package that must not run beside others.
func TestWeight(t *testing.T) {
	actor := changetest.Actor(1, 1)
	fields := func(n, size int) (puts []changetest.Put) {
		for i := range n {
			puts = append(puts, changetest.Str(fmt.Sprintf("f:%d", i), strings.Repeat("x", size)))
		}
		return puts
	}
	edited := changetest.NewDoc(t, actor, "create", fields(20, 12)...)
	for i := range 40 {
		edited.Edit(t, actor, "edit", fields(1+i%3, 20)...)
	}
	authors := changetest.NewDoc(t, actor, "create", fields(3, 12)...)
	for i := range 250 {
		authors.Edit(t, changetest.Actor(2, byte(i)), "edit", fields(1, 20)...)
	}
	text := changetest.NewDoc(t, actor, "create")
	for range 4 {
		text.Enter(t, changetest.Type(t, text.State, actor, "edit", "n:memo", strings.Repeat("字", 400)))
	}
	for name, d := range map[string]*changetest.Doc{
		"one field":     changetest.NewDoc(t, actor, "create", fields(1, 12)...),
		"imported":      changetest.NewDoc(t, actor, "create", fields(20, 12)...),
		"large values":  changetest.NewDoc(t, actor, "create", fields(4, 10_000)...),
		"edited":        edited,
		"edited folded": {State: edited.Fold(16)},
		"many authors":  {State: authors.Fold(16)},
		"a text":        text,
	} {
		t.Run(name, func(t *testing.T) {
			const copies = 200
			made := make([]*change.State, copies)
			before := inUse()
			for i := range made {
				made[i] = copied(t, d)
			}
			took := float64(inUse()-before) / copies
			if said := float64(made[0].Weight()); said < 0.6*took || said > 1.7*took {
				t.Errorf("weighs %.0f, takes %.0f bytes", said, took)
			}
			runtime.KeepAlive(made)
		})
	}
}

// copied is the document as it is after its changes came one by one.
func copied(t *testing.T, d *changetest.Doc) *change.State {
	t.Helper()
	if d.Folded() {
		return d.Clone()
	}
	s := change.NewState()
	for _, b := range d.Chunks {
		c, err := change.Decode(b)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Enter(c); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
