package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestImportWithoutARecognisedColumn: rows that go nowhere are told, not lost
// without a word; naming a column by its letter brings them in.
func TestImportWithoutARecognisedColumn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	file := filepath.Join(t.TempDir(), "resellers.csv")
	text := strings.Repeat("1|637|AW00000001|Value Added Reseller|A Bike Store|2|S|5|2011|Road\n2|635|AW00000002|Specialty Bike Shop|Progressive Sports|10|A|5|2012|Mountain\n", 20)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"import", file}, {"import", "--plan", file}} {
		if got := d.fails(1, args...); got != "not_found" {
			t.Errorf("%v: got %s, want not_found", args[:2], got)
		}
	}
	if _, errs, _ := d.run("import", file); !strings.Contains(errs, "40 行") || !strings.Contains(errs, "--map") {
		t.Errorf("message: got %q, want the rows and --map", errs)
	}
	if l := must[listReply](d, "list"); l.Total != 0 {
		t.Errorf("an import without columns wrote %d customers", l.Total)
	}
	if got := must[imported](d, "import", file, "--map", "E=name"); got.New == 0 {
		t.Errorf("with a column named by its letter: got %+v", got)
	}
}
