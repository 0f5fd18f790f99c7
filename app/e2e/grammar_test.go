package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// wantKeys fails unless an object has all of the keys, and others only of more:
// what a command says beyond the table of its grammar.
func wantKeys(t *testing.T, what string, v map[string]any, keys, more string) {
	t.Helper()
	for _, k := range strings.Fields(keys) {
		if _, ok := v[k]; !ok {
			t.Errorf("%s: no %q in %v", what, k, v)
		}
	}
	for k := range v {
		if !slices.Contains(strings.Fields(keys+" "+more), k) {
			t.Errorf("%s: the table knows no %q", what, k)
		}
	}
}

func (d *desk) object(t *testing.T, args ...string) (v map[string]any) {
	t.Helper()
	d.ok(t, &v, args...)
	return v
}

func first(t *testing.T, list any) map[string]any {
	t.Helper()
	all, ok := list.([]any)
	if !ok || len(all) == 0 {
		t.Fatalf("not a list with something in it: %v", list)
	}
	v, ok := all[0].(map[string]any)
	if !ok {
		t.Fatalf("not an object: %v", all[0])
	}
	return v
}

const (
	sideKeys  = "value member member_id department device at"
	entryKeys = "field value before member member_id department device at cause source"
	countKeys = "batch new updated same merged review wrong"
)

func TestGrammarKeysOfEveryCommand(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	a, b := newDesk(t), newDesk(t)
	v := a.object(t, "init", "--name", "锦成机电", "--member", "吴迪", "--department", "销售部", "--relay", r.address)
	wantKeys(t, "init", v, "workspace device kit", "relay")
	v = a.object(t, "invite", "--role", "colleague", "--department", "客服部", "--member", "陈静")
	wantKeys(t, "invite", v, "link", "until")
	v = b.object(t, "join", "--member", "陈静", v["link"].(string))
	wantKeys(t, "join", v, "workspace device", "")
	v = a.object(t, "new", "name=苏州锦成机电有限公司", "mobile=13812905678", "level=重点")
	wantKeys(t, "new", v, "id fields conflicts hash", "flags")
	id, _ := v["id"].(string)
	if hash, _ := v["hash"].(string); !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(hash) {
		t.Errorf("new: hash %v", v["hash"])
	}
	a.sync(t)
	b.sync(t)
	v = a.object(t, "set", id, "level=普通", "mobile=13900001111")
	wantKeys(t, "set", v, "id fields conflicts hash", "flags")
	b.set(t, id, "level=一般")
	wantKeys(t, "sync", a.object(t, "sync", "--once", "--timeout", "30s"), "sent received pending rejected conflicts seconds", "")
	b.sync(t)
	a.sync(t)
	v = a.object(t, "show", id)
	wantKeys(t, "show", v, "id fields conflicts", "flags")
	if got := v["fields"].(map[string]any)["mobile"]; got != "13900001111" {
		t.Errorf("show reveals the mobile number to who may read it: got %v", got)
	}
	sides := v["conflicts"].(map[string]any)["level"]
	wantKeys(t, "show: conflicts", first(t, sides), sideKeys, "")
	if at, err := time.Parse(time.RFC3339, first(t, sides)["at"].(string)); err != nil || at.IsZero() {
		t.Errorf("at: %v", err)
	}
	v = a.object(t, "history", id, "level")
	wantKeys(t, "history", v, "entries", "")
	wantKeys(t, "history: entries", first(t, v["entries"]), entryKeys, "")
	v = a.object(t, "conflicts")
	wantKeys(t, "conflicts", v, "conflicts", "")
	one := first(t, v["conflicts"])
	wantKeys(t, "conflicts: one", one, "id field values", "")
	wantKeys(t, "conflicts: values", first(t, one["values"]), sideKeys, "")
	wantKeys(t, "resolve", a.object(t, "resolve", id, "level", "一般"), "conflicts", "")
	v = a.object(t, "list", "--where", "level=一般", "--sort", "name", "--limit", "5", "--offset", "0")
	wantKeys(t, "list", v, "total customers", "")
	wantKeys(t, "list: customers", first(t, v["customers"]), "id fields", "conflicts flags")
	wantKeys(t, "search", a.object(t, "search", "锦成"), "total customers", "")
	wantKeys(t, "status", a.object(t, "status"), "sent received pending rejected conflicts seconds", "")
	wantKeys(t, "verify", a.object(t, "verify"), "problems", "")
	for _, format := range []string{"xlsx", "csv", "json"} {
		out := filepath.Join(t.TempDir(), "out."+format)
		v := a.object(t, "export", "--format", format, "--out", out)
		wantKeys(t, "export", v, "customers", "")
		if n, _ := v["customers"].(float64); n != 1 {
			t.Errorf("export %s: got %v customers, want 1", format, v["customers"])
		}
	}
	sheet := writeCSV(t, "名单.csv", "客户名称,手机", "杭州恒远科技有限公司,13712345678")
	wantKeys(t, "import --plan", a.object(t, "import", "--plan", sheet), countKeys, "")
	v = a.object(t, "import", sheet, "--map", "手机=mobile")
	wantKeys(t, "import", v, countKeys, "")
	wantKeys(t, "import --undo", a.object(t, "import", "--undo", v["batch"].(string)), "batch removed restored kept", "rows "+countKeys)
}

// writeCSV writes a sheet of text.
func writeCSV(t *testing.T, name string, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\r\n")+"\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Each of these ends with the exit code and the wire code of the grammar.
func TestGrammarFailures(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	id := d.create(t, "name=甲公司").ID
	for _, c := range []struct {
		name string
		exit int
		code string
		args []string
	}{
		{"unknown command", 2, "invalid", []string{"frobnicate"}},
		{"unknown flag", 2, "invalid", []string{"list", "--frobnicate"}},
		{"missing argument", 2, "invalid", []string{"show"}},
		{"too many arguments", 2, "invalid", []string{"show", id, id}},
		{"set without a value", 2, "invalid", []string{"set", id, "name"}},
		{"limit is no number", 2, "invalid", []string{"list", "--limit", "many"}},
		{"format", 2, "invalid", []string{"export", "--format", "pdf", "--out", "x"}},
		{"export without out", 2, "invalid", []string{"export", "--format", "csv"}},
		{"sync without once", 2, "invalid", []string{"sync"}},
		{"relay's address", 2, "invalid", []string{"init", "--name", "x", "--member", "x", "--department", "x", "--relay", "nowhere"}},
		{"customer", 1, "not_found", []string{"show", "0000000000000000000000000g"}},
		{"no id", 1, "not_found", []string{"show", "nobody"}},
		{"batch", 1, "not_found", []string{"import", "--undo", "0000000000000000000000000g"}},
		{"file", 1, "not_found", []string{"import", "/nowhere/x.xlsx"}},
		{"field", 2, "invalid", []string{"set", id, "shoe_size=43"}},
		{"field of history", 2, "invalid", []string{"history", id, "shoe_size"}},
		{"nothing to resolve", 1, "not_found", []string{"resolve", id, "name", "甲公司"}},
		{"second init", 1, "conflict", []string{"init", "--name", "x", "--member", "x", "--department", "x"}},
		{"no relay yet", 1, "invalid", []string{"invite", "--role", "colleague", "--department", "客服部"}},
		{"sync without a relay", 1, "invalid", []string{"sync", "--once"}},
		{"out in no folder", 1, "not_found", []string{"export", "--format", "csv", "--out", "/nowhere/at/all/x.csv"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			in := *d
			in.dir = copyBook(t, d.dir) // two at once would be told `locked`
			in.fails(t, c.exit, c.code, c.args...)
		})
	}
	t.Run("no dir", func(t *testing.T) {
		t.Parallel()
		if r := d.plain(t, "list", "--json"); r.code != 2 {
			t.Error(r)
		} else if code, _ := r.failure(t); code != "invalid" {
			t.Error(r)
		}
	})
	t.Run("nothing at all", func(t *testing.T) {
		t.Parallel()
		if r := d.plain(t); r.code != 2 {
			t.Error(r)
		}
	})
	t.Run("no book", func(t *testing.T) {
		t.Parallel()
		empty := newDesk(t)
		empty.fails(t, 1, "not_found", "list")
		if _, err := os.Stat(empty.dir); !os.IsNotExist(err) {
			t.Errorf("looking for a book made one: %v", err)
		}
	})
}

// copyBook copies a data directory that no process has open.
func copyBook(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "book")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// What does not normalise is stored as typed and marked, never refused; an
// empty value clears.
func TestGrammarValuesAsTyped(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	v := d.create(t, "name=甲公司", "mobile=打不通", "email=WANG@GMIAL.COM", "remark=a=b", "uscc=123")
	for field, want := range map[string]string{"mobile": "打不通", "remark": "a=b", "uscc": "123", "name": "甲公司"} {
		if got := v.Fields[field]; got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
	for _, field := range []string{"mobile", "uscc"} {
		if v.Flags[field] == "" {
			t.Errorf("%s is not marked: %v", field, v.Flags)
		}
	}
	v = d.set(t, v.ID, "mobile=138 1290-5678", "remark=")
	if got, there := v.Fields["remark"]; there || got != "" {
		t.Errorf("an empty value clears: got %q", got)
	}
	if v.Fields["mobile"] != "13812905678" || v.Flags["mobile"] != "" {
		t.Errorf("mobile: got %q, marked %q", v.Fields["mobile"], v.Flags["mobile"])
	}
	if v = d.set(t, v.ID, "mobile=13812905678"); v.Hash != "" {
		t.Errorf("nothing changed: got the hash %q", v.Hash)
	}
	for _, e := range d.history(t, v.ID, "remark") {
		if e.Member != "吴迪" || e.Department != "销售部" || e.Device == "" || e.Cause == "" {
			t.Errorf("history: %+v", e)
		}
	}
}

// Words that are not --json are for people; they are no JSON.
func TestGrammarForPeople(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	d.create(t, "name=甲公司", "mobile=13812905678")
	args := []string{"list", "--dir", d.dir}
	if d.pass != "" {
		args = append(args, "--passphrase-file", d.pass)
	}
	r := d.plain(t, args...)
	if r.code != 0 || json.Valid(r.out) || !strings.Contains(string(r.out), "甲公司") || strings.Contains(string(r.out), "13812905678") {
		t.Error(r)
	}
	r = d.plain(t, append([]string{"show", "nobody"}, args[1:]...)...)
	if r.code != 1 || len(r.out) > 0 || !chinese(string(r.err)) {
		t.Error(r)
	}
}
