package gate_test

import (
	"encoding/hex"
	"os/exec"
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/gate"
)

// TestPO6_ByteForms holds the values of c: and p: that other programs must write.
func TestPO6_ByteForms(t *testing.T) {
	t.Parallel()
	flag := "as_typed"
	for name, tc := range map[string]struct {
		got  []byte
		want string
	}{
		"settled": {
			gate.EncodeSettled([]change.OpID{{Ctr: 300, Actor: canon.ActorID{2}}, {Ctr: 7, Actor: canon.ActorID{1}}}),
			"82" + "8207" + "5001000000000000000000000000000000" + "8219012c" + "5002000000000000000000000000000000",
		},
		"provenance": {
			gate.EncodeProvenance(gate.Provenance{
				Batch: "b1", File: "a.csv", Sheet: "", Row: 12, Fields: []gate.ProvenanceField{{ID: "name"}, {ID: "city", Flag: &flag}},
			}),
			"85" + "626231" + "65612e637376" + "60" + "0c" + "82" + "82646e616d65f6" + "826463697479" + "6861735f7479706564",
		},
	} {
		if got := hex.EncodeToString(tc.got); got != tc.want {
			t.Errorf("%s: got %s, want %s", name, got, tc.want)
		}
	}
}

// TestGA22_NoCore looks at everything that the gate is built of.
func TestGA22_NoCore(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "tongce/crdt/gate").Output()
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range strings.FieldsSeq(string(out)) {
		if strings.Contains(pkg, "automerge") || pkg == "tongce/crdt" || pkg == "runtime/cgo" {
			t.Errorf("the gate is built of %s", pkg)
		}
	}
}
