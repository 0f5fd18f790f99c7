package crdt_test

import (
	"errors"
	"testing"

	"github.com/automerge/automerge-go"

	"tongce/crdt"
	"tongce/crdt/change"
)

// GA11: what no document of ours holds is an error when it is read, and no
// reason to crash; the key is never overwritten by accident.
func TestGA11_ForeignKindsAreRefusedWhenRead(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]any{
		"map": map[string]any{"a": "b"}, "list": []any{"a"}, "float": 1.5, "counter": automerge.NewCounter(1),
	} {
		stock := automerge.New()
		if err := stock.RootMap().Set("f:x", value); err != nil {
			t.Fatal(err)
		}
		if _, err := stock.Commit("foreign"); err != nil {
			t.Fatal(err)
		}
		saved := stock.Save()
		if _, err := crdt.Dump(saved); !errors.Is(err, crdt.ErrUnsupported) {
			t.Errorf("%s: dump: got %v", name, err)
		}
		d := load(t, saved, 1)
		if _, err := d.Values(); !errors.Is(err, crdt.ErrUnsupported) {
			t.Errorf("%s: values: got %v", name, err)
		}
		if _, err := d.All("f:x"); !errors.Is(err, crdt.ErrUnsupported) {
			t.Errorf("%s: all: got %v", name, err)
		}
		if _, err := d.Text("f:x"); !errors.Is(err, crdt.ErrUnsupported) {
			t.Errorf("%s: text: got %v", name, err)
		}
		over := crdt.Edit{Sets: []crdt.Set{{Key: "f:x", Value: change.String("x")}}}
		if _, err := d.Commit(over); !errors.Is(err, crdt.ErrUnsupported) {
			t.Errorf("%s: commit: got %v", name, err)
		}
		put(t, d, "f:y", "别的") // still usable
	}
}
