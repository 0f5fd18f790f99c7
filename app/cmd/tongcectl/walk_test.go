package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOddInputs calls commands as a script by somebody else might get them
// wrong: the exit code tells usage from failure, and stderr holds one object.
func TestOddInputs(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	c := must[cardReply](d, "new", "remark=a=b=c", "name=甲有限公司")
	if c.Fields["remark"] != "a=b=c" {
		t.Errorf("a value with =: got %+v", c.Fields)
	}
	file := csv(t, "客户.csv", 3)
	dir := t.TempDir()
	for name, x := range map[string]struct {
		want int
		code string
		args []string
	}{
		"no such field":       {2, "invalid", []string{"set", c.ID, "nofield=1"}},
		"no value":            {2, "invalid", []string{"set", c.ID, "remark"}},
		"no field":            {2, "invalid", []string{"set", c.ID, "=x"}},
		"field twice":         {2, "invalid", []string{"set", c.ID, "remark=1", "remark=2"}},
		"nothing to set":      {2, "invalid", []string{"set", c.ID}},
		"nobody":              {1, "not_found", []string{"set", strings.Repeat("a", 26), "remark=1"}},
		"no id":               {1, "not_found", []string{"show", "x"}},
		"no text":             {2, "invalid", []string{"search"}},
		"too many":            {2, "invalid", []string{"status", "x"}},
		"flag without value":  {2, "invalid", []string{"list", "--sort", "--limit", "1"}},
		"unknown flag":        {2, "invalid", []string{"list", "--frob"}},
		"limit":               {2, "invalid", []string{"list", "--limit", "x"}},
		"where":               {2, "invalid", []string{"list", "--where", "name"}},
		"where no field":      {2, "invalid", []string{"list", "--where", "nofield=1"}},
		"sort no field":       {2, "invalid", []string{"list", "--sort", "nofield"}},
		"unknown command":     {2, "invalid", []string{"frobnicate"}},
		"sync for ever":       {2, "invalid", []string{"sync"}},
		"timeout":             {2, "invalid", []string{"sync", "--once", "--timeout", "5"}},
		"no relay":            {1, "invalid", []string{"sync", "--once"}},
		"history of no field": {2, "invalid", []string{"history", c.ID, "nofield"}},
		"nothing to resolve":  {1, "not_found", []string{"resolve", c.ID, "name", "x"}},
		"no file":             {1, "not_found", []string{"import", filepath.Join(dir, "x.xlsx")}},
		"a folder":            {1, "invalid", []string{"import", dir}},
		"no such column":      {2, "invalid", []string{"import", file, "--map", "没有=name"}},
		"map to no field":     {2, "invalid", []string{"import", file, "--map", "手机=nofield"}},
		"no such sheet":       {1, "invalid", []string{"import", file, "--sheet", "x"}},
		"undo of nothing":     {1, "not_found", []string{"import", "--undo", "x"}},
		"undo and a file":     {2, "invalid", []string{"import", "--undo", "x", file}},
		"no format":           {2, "invalid", []string{"export", "--format", "pdf", "--out", filepath.Join(dir, "x")}},
		"another format":      {2, "invalid", []string{"export", "--format", "csv", "--out", filepath.Join(dir, "x.XLSX")}},
		"out is a folder":     {2, "invalid", []string{"export", "--format", "csv", "--out", dir}},
		"out in no folder":    {1, "not_found", []string{"export", "--format", "csv", "--out", filepath.Join(dir, "x", "y")}},
		"no such measure":     {2, "invalid", []string{"bench", "--only", "x"}},
		"no link":             {1, "invalid", []string{"join", "--member", "陈静", "tongce://join#AAAA"}},
	} {
		d := &desk{t: t, deps: d.deps, dir: d.dir, lang: d.lang}
		if name == "no link" {
			d.dir = filepath.Join(dir, "b")
		}
		if got := d.fails(x.want, x.args...); got != x.code {
			t.Errorf("%s: got %s, want %s", name, got, x.code)
		}
	}
	if l := must[listReply](d, "list"); l.Total != 1 {
		t.Errorf("what failed wrote: %+v", l)
	}
	if l := must[listReply](d, "list", "--limit", "0"); l.Total != 1 || len(l.Customers) != 0 {
		t.Errorf("no rows asked for: got %+v", l)
	}
	if out, _, code := d.run("import", "--help"); code != 0 || !strings.HasPrefix(out, "usage:") {
		t.Errorf("help of a command: exit %d, %s", code, out)
	}
}

// TestAFileThatCannotBeRead leaves the others of its import alone, and a plan
// that was dropped leaves nothing for the next one.
func TestAFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	good, bad := csv(t, "好.csv", 5), filepath.Join(t.TempDir(), "坏.csv")
	if err := os.WriteFile(bad, []byte("%PDF-1.7\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must[imported](d, "import", "--plan", good, "--map", "客户名称=remark")
	out, stderr, code := d.run("import", bad, good, "--json")
	var r importReply
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != 1 || r.New != 5 || !strings.Contains(stderr, "坏.csv") {
		t.Errorf("exit %d, %s%s", code, out, stderr)
	}
	if got := d.fails(1, "import", bad, bad); got != "invalid" {
		t.Errorf("nothing to read: got %s", got)
	}
	if l := must[listReply](d, "list"); l.Total != 5 {
		t.Errorf("got %d customers", l.Total)
	}
}
