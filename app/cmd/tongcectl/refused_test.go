package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
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

// TestInitWithARelayThatIsRefused: neither an address that cannot be one, nor a
// relay that proves another key, has another book already, or does not answer
// and so cannot be pinned, leaves anything behind (ADR 0086).
func TestInitWithARelayThatIsRefused(t *testing.T) {
	t.Parallel()
	real, taken := startRelay(t), startRelay(t)
	host, _, _ := strings.Cut(real, "#")
	other := newDesk(t)
	must[initReply](other, "init", "--name", "a", "--member", "b", "--department", "c", "--relay", taken)
	takenHost, _, _ := strings.Cut(taken, "#")
	d := newDesk(t)
	args := func(relay string) []string {
		return []string{"init", "--name", "a", "--member", "b", "--department", "c", "--relay", relay}
	}
	for _, x := range []struct {
		exit  int
		code  string
		relay string
	}{
		{2, "invalid", "nowhere"},
		{2, "invalid", ":4433"},
		{2, "invalid", "host:"},
		{2, "invalid", "host:99999"},
		{2, "invalid", "中继:4433"},
		{2, "invalid", host + "#"},
		{2, "invalid", host + "#abcd"},
		{2, "invalid", host + "#" + strings.Repeat("zz", 32)},
		{2, "invalid", host + "#" + strings.Repeat("00", 32)},
		{3, "denied", host + "#" + strings.Repeat("ab", 32)},
		{3, "denied", taken},
		{3, "denied", takenHost},
		{4, "offline", "127.0.0.1:1"},
	} {
		if got := d.fails(x.exit, args(x.relay)...); got != x.code {
			t.Errorf("%s: got %s, want %s", x.relay, got, x.code)
		}
		if out, _, _ := d.run(append(args(x.relay), "--json")...); out != "" {
			t.Errorf("%s: printed %q, want nothing", x.relay, out)
		}
		if left, err := os.ReadDir(filepath.Dir(d.dir)); err != nil || len(left) > 0 {
			t.Errorf("%s: left %v, %v", x.relay, left, err)
		}
		if left := d.deps.KeyRing.(*ringtest.Memory).Accounts(); len(left) > 0 {
			t.Errorf("%s: left %d entries in the keyring", x.relay, len(left))
		}
	}
	if made := must[initReply](d, args(real)...); !strings.HasSuffix(real, "#"+made.Relay) {
		t.Errorf("tried anew: got %+v", made)
	}
}

// TestNoTextAndNoName: what no document may hold is refused with a sentence,
// and a customer has a name.
func TestNoTextAndNoName(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	c := must[cardReply](d, "new", "name=甲公司")
	for _, args := range [][]string{
		{"new", "name=\xff\xfe"},
		{"set", c.ID, "remark=\xff"},
		{"resolve", c.ID, "name", "\xff"},
		{"new", "name= "},
		{"new", "city=杭州市"},
		{"new", "name=", "remark=好"},
	} {
		if got := d.fails(1, args...); got != "invalid" {
			t.Errorf("%q: got %s, want invalid", args, got)
		}
	}
	if l := must[listReply](d, "list"); l.Total != 1 {
		t.Errorf("what was refused wrote %d customers", l.Total-1)
	}
}

// TestNamesThatDoNotExist are wrong usage: exit 2, and the sentence names what
// was typed and neither a customer nor how the program is built.
func TestNamesThatDoNotExist(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	c := must[cardReply](d, "new", "name=甲公司")
	for _, args := range [][]string{
		{"set", c.ID, "nofield=1"},
		{"new", "nofield=1"},
		{"history", c.ID, "nofield"},
		{"resolve", c.ID, "nofield", "x"},
		{"list", "--where", "nofield=1"},
		{"list", "--sort", "nofield"},
	} {
		_, errs, code := d.run(args...)
		if code != 2 || strings.Contains(errs, c.ID) || strings.Contains(errs, "no such") || strings.Count(errs, "nofield") > 1 {
			t.Errorf("%v: exit %d, %s", args, code, errs)
		}
	}
	if k := kindOf(workspace.ErrRole); k.exit() != 2 || k.code() != "invalid" {
		t.Errorf("no such role: %s, exit %d", k.code(), k.exit())
	}
}

// TestUsageInOneLanguage: what is said beside the sentence has no language.
func TestUsageInOneLanguage(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, args := range [][]string{
		{"show"}, {"status", "x"}, {"set", "x", "name=a", "name=b"}, {"bench", "--only", "x"}, {"frobnicate"},
	} {
		_, errs, code := d.run(args...)
		line, _, _ := strings.Cut(errs, "\n")
		for _, word := range []string{"argument", "twice", "no such", "wrong usage"} {
			if code != 2 || strings.Contains(line, word) {
				t.Errorf("%v: exit %d, %s", args, code, line)
			}
		}
	}
}
