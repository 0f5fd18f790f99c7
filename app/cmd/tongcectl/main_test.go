package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/app/link"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

// asProgram makes the test binary be tongcectl, for tests that kill it.
const asProgram = "TONGCECTL_TEST_MAIN"

func TestMain(m *testing.M) {
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// desk is one data directory with its keyring.
type desk struct {
	t    *testing.T
	deps workspace.Deps
	dir  string
	lang string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	return &desk{t: t, dir: filepath.Join(t.TempDir(), "book"), lang: zh, deps: workspace.Deps{
		Now: time.Now, Rand: rand.Reader, KeyRing: &ringtest.Memory{}, Log: slog.New(slog.DiscardHandler), Program: "test",
		Cost: keychain.Cost{Time: 3, MemoryKiB: 64 << 10, Threads: 1},
	}}
}

// run runs one command and gives what it printed and its exit code.
func (d *desk) run(args ...string) (stdout, stderr string, code int) {
	d.t.Helper()
	var out, errs bytes.Buffer
	p := &program{out: &out, err: &errs, deps: d.deps, lang: d.lang}
	code = p.run(d.t.Context(), append(args[:1:1], append([]string{"--dir", d.dir}, args[1:]...)...))
	return out.String(), errs.String(), code
}

// must runs a command with --json that has to succeed.
func must[T any](d *desk, args ...string) T {
	d.t.Helper()
	out, errs, code := d.run(append(args, "--json")...)
	var v T
	if code != 0 {
		d.t.Fatalf("%s: exit %d: %s", args[0], code, errs)
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || strings.Count(out, "\n") != 1 {
		d.t.Fatalf("%s: not one object: %v: %q", args[0], err, out)
	}
	return v
}

// fails runs a command with --json that has to fail, and gives the code.
func (d *desk) fails(want int, args ...string) string {
	d.t.Helper()
	out, errs, code := d.run(append(args, "--json")...)
	if code != want {
		d.t.Errorf("%v: exit %d, want %d: %s%s", args, code, want, out, errs)
	}
	var v struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal([]byte(errs), &v); err != nil || v.Error.Message == "" {
		d.t.Errorf("%v: not an error object: %v: %q", args, err, errs)
	}
	return v.Error.Code
}

func (d *desk) init() initReply {
	d.t.Helper()
	return must[initReply](d, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--device", "李强的电脑")
}

type imported = importReply

// csv writes a sheet of n customers.
func csv(t *testing.T, name string, n int) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("客户名称,手机,邮箱,合同金额,备注\r\n")
	for i := range n {
		fmt.Fprintf(&b, "测试%06d机械有限公司,139%08d,a%d@example.com,%d,第 %d 行\r\n", i, i, i, 1000+i, i)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestEveryCommand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	made := d.init()
	if len(made.Workspace) != 64 || len(made.Device) != 24 || len(made.Kit) != 35 {
		t.Errorf("init: got %+v", made)
	}
	c := must[cardReply](d, "new", "name=苏州锦成机电有限公司", "mobile=138 1290 5678", "level=A", "uscc=9132")
	if c.Fields["mobile"] != "13812905678" || c.Fields["level"] != "重点" || c.Fields["uscc"] != "9132" || c.Flags["uscc"] == "" || c.Hash == nil || len(*c.Hash) != 64 {
		t.Errorf("new: got %+v", c)
	}
	set := must[cardReply](d, "set", c.ID, "remark=好", "mobile=")
	if set.Fields["remark"] != "好" || set.Fields["mobile"] != "" || *set.Hash == *c.Hash {
		t.Errorf("set: got %+v", set)
	}
	if kept := must[cardReply](d, "set", c.ID, "mobile=不详", "level=随便"); kept.Fields["mobile"] != "不详" || kept.Flags["mobile"] != "placeholder" ||
		kept.Fields["level"] != "随便" || kept.Flags["level"] == "" {
		t.Errorf("set of what does not normalise: got %+v", kept)
	}
	if l := must[listReply](d, "list", "--where", "mobile=不详"); l.Total != 1 {
		t.Errorf("list of it: got %+v", l)
	}
	must[cardReply](d, "set", c.ID, "mobile=", "level=A")
	if again := must[cardReply](d, "set", c.ID, "remark=好"); *again.Hash != "" {
		t.Errorf("set of what stands there: got hash %q, want none", *again.Hash)
	}
	if got := must[cardReply](d, "show", c.ID); got.Fields["remark"] != "好" || got.Hash != nil || got.Conflicts == nil {
		t.Errorf("show: got %+v", got)
	}
	history := must[struct{ Entries []entryReply }](d, "history", c.ID, "mobile")
	if len(history.Entries) != 4 || history.Entries[1].Before != "138****5678" || history.Entries[1].Member != "李强" ||
		history.Entries[1].Department != "销售部" || history.Entries[1].Device != "李强的电脑" || history.Entries[1].Cause != "edit" {
		t.Errorf("history: got %+v", history)
	}
	file := csv(t, "客户.csv", 20)
	if plan := must[imported](d, "import", file, "--plan"); plan.New != 20 {
		t.Errorf("import --plan: got %+v", plan)
	}
	if l := must[listReply](d, "list"); l.Total != 1 {
		t.Errorf("a plan wrote %d customers", l.Total-1)
	}
	first := must[imported](d, "import", file)
	if first.New != 20 || first.Updated+first.Same+first.Wrong != 0 || len(first.Batch) != 26 {
		t.Errorf("import: got %+v", first)
	}
	if again := must[imported](d, "import", file); again.Same != 20 || again.New != 0 {
		t.Errorf("import again: got %+v", again)
	}
	l := must[listReply](d, "list", "--where", "mobile=13900000007", "--limit", "5")
	if l.Total != 1 || len(l.Customers) != 1 || l.Customers[0].Fields["mobile"] != "139****0007" {
		t.Fatalf("list --where of a sealed field: got %+v", l)
	}
	if h := must[struct{ Entries []entryReply }](d, "history", l.Customers[0].ID, "name"); h.Entries[0].Source == nil ||
		*h.Entries[0].Source != (sourceReply{File: "客户.csv", Sheet: "", Row: 9}) || h.Entries[0].Cause != "import:"+first.Batch {
		t.Errorf("source of an imported value: got %+v", h.Entries[0])
	}
	if got := must[listReply](d, "list", "--sort", "-contract_amount", "--limit", "2", "--offset", "1"); got.Total != 21 || len(got.Customers) != 2 ||
		got.Customers[0].Fields["contract_amount"] != "1018.00" {
		t.Errorf("list --sort: got %+v", got)
	}
	if got := must[listReply](d, "search", "jinchengjidian"); got.Total != 1 || got.Customers[0].ID != c.ID {
		t.Errorf("search by pinyin: got %+v", got)
	}
	must[cardReply](d, "set", l.Customers[0].ID, "remark=改过")
	undone := must[undoReply](d, "import", "--undo", first.Batch)
	if undone.Removed != 19 || undone.Kept != 1 || len(undone.Rows) != 1 || undone.Rows[0].Why != "edited" || undone.Rows[0].Member != "李强" {
		t.Errorf("undo: got %+v", undone)
	}
	if undone.New+undone.Updated+undone.Same+undone.Merged+undone.Review+undone.Wrong != 0 {
		t.Errorf("undo: got %+v, want no counts of an import", undone)
	}
	if plan := must[imported](d, "import", file, "--plan"); plan.New != 19 || plan.New+plan.Updated+plan.Same != 20 {
		t.Errorf("plan after undo: got %+v, want exactly the removed ones as new", plan)
	}
	if got := must[struct{ Conflicts []conflictReply }](d, "conflicts"); got.Conflicts == nil || len(got.Conflicts) != 0 {
		t.Errorf("conflicts: got %+v", got)
	}
	for _, format := range []string{"xlsx", "csv", "json"} {
		out := filepath.Join(t.TempDir(), "out."+format)
		if got := must[map[string]int](d, "export", "--format", format, "--out", out); got["customers"] != 2 {
			t.Errorf("export %s: got %v, want 2", format, got)
		}
		if info, err := os.Stat(out); err != nil || info.Size() < 100 {
			t.Errorf("export %s: %v", format, err)
		}
	}
	if got := must[syncReply](d, "status"); got.Pending == 0 || got.Rejected != 0 {
		t.Errorf("status: got %+v", got)
	}
	if got := must[struct{ Problems []problemReply }](d, "verify"); got.Problems == nil || len(got.Problems) != 0 {
		t.Errorf("verify: got %+v", got)
	}
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if got := d.fails(1, "list"); got != "not_found" {
		t.Errorf("no workspace: got %s", got)
	}
	d.init()
	c := must[cardReply](d, "new", "name=甲公司")
	for _, x := range []struct {
		exit int
		code string
		args []string
	}{
		{2, "invalid", []string{"nonsense"}},
		{2, "invalid", []string{"list", "--nonsense", "x"}},
		{2, "invalid", []string{"list", "--limit", "x"}},
		{2, "invalid", []string{"list", "--limit"}},
		{2, "invalid", []string{"show"}},
		{2, "invalid", []string{"show", "a", "b"}},
		{2, "invalid", []string{"set", c.ID, "name"}},
		{2, "invalid", []string{"sync"}},
		{2, "invalid", []string{"export", "--format", "pdf", "--out", "x"}},
		{2, "invalid", []string{"import"}},
		{2, "invalid", []string{"init", "--name", "a", "--member", "b"}},
		{1, "conflict", []string{"init", "--name", "a", "--member", "b", "--department", "c"}},
		{1, "not_found", []string{"show", "x"}},
		{1, "not_found", []string{"show", "00000000000000000000000000"}},
		{1, "not_found", []string{"resolve", c.ID, "name", "乙公司"}},
		{1, "not_found", []string{"import", "--undo", "00000000000000000000000000"}},
		{2, "invalid", []string{"set", c.ID, "nonsense=1"}},
		{2, "invalid", []string{"list", "--sort", "mobile"}},
		{1, "not_found", []string{"import", filepath.Join(t.TempDir(), "none.xlsx")}},
		{1, "invalid", []string{"sync", "--once"}},
		{1, "invalid", []string{"invite", "--role", "colleague", "--department", "客服部"}},
		{1, "invalid", []string{"join", "--member", "x", "tongce://join#AAAA", "--dir", filepath.Join(t.TempDir(), "x")}},
	} {
		if x.args[0] == "join" {
			other := newDesk(t)
			if got := other.fails(x.exit, x.args[:4]...); got != x.code {
				t.Errorf("%v: got %s, want %s", x.args, got, x.code)
			}
			continue
		}
		if got := d.fails(x.exit, x.args...); got != x.code {
			t.Errorf("%v: got %s, want %s", x.args, got, x.code)
		}
	}
	// The relay is known by its key and does not answer: met later, and offline.
	e := newDesk(t)
	out, errs, code := e.run("init", "--name", "a", "--member", "b", "--department", "c", "--relay", "127.0.0.1:1#"+strings.Repeat("ab", 32), "--json")
	if code != 0 || !strings.Contains(out, strings.Repeat("ab", 32)) {
		t.Errorf("init: exit %d, %s", code, out)
	}
	if strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "还没有连上这个中继") {
		t.Errorf("a relay that was not met: said %q, want one line (ADR 0086)", errs)
	}
	if got := e.fails(4, "sync", "--once", "--timeout", "1s"); got != "offline" {
		t.Errorf("sync without relay: got %s", got)
	}
	if got := e.fails(2, "init", "--name", "a", "--member", "b", "--department", "c", "--relay", "nonsense"); got != "invalid" {
		t.Errorf("relay address: got %s", got)
	}
}

func TestPassphraseFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deps.KeyRing = nil
	if got := d.fails(1, "init", "--name", "a", "--member", "b", "--department", "c"); got != "wrong_secret" {
		t.Errorf("neither keyring nor passphrase: got %s", got)
	}
	pass, wrong := filepath.Join(t.TempDir(), "pass"), filepath.Join(t.TempDir(), "wrong")
	for path, text := range map[string]string{pass: "一二三四五六七八九十\n", wrong: "一二三四五六七八九九\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must[initReply](d, "init", "--name", "a", "--member", "b", "--department", "c", "--passphrase-file", pass)
	must[cardReply](d, "new", "name=甲公司", "--passphrase-file", pass)
	for want, args := range map[string][]string{
		"wrong_secret": {"list", "--passphrase-file", wrong}, "not_found": {"list", "--passphrase-file", pass + "x"},
	} {
		if got := d.fails(1, args...); got != want {
			t.Errorf("%v: got %s, want %s", args, got, want)
		}
	}
	if got := d.fails(1, "list"); got != "wrong_secret" {
		t.Errorf("without the file: got %s", got)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, []byte("\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][2]string{
		filepath.Dir(pass): {"invalid", "文件夹"}, empty: {"invalid", "空的"}, filepath.Join(t.TempDir(), "none"): {"not_found", "找不到"},
	} {
		_, errs, code := d.run("list", "--passphrase-file", file, "--json")
		if code != 1 || !strings.Contains(errs, `"`+want[0]+`"`) || !strings.Contains(errs, want[1]) {
			t.Errorf("%s: exit %d, want 1 and %s: %s", filepath.Base(file), code, want, errs)
		}
	}
}

func TestEveryKindHasBothMessages(t *testing.T) {
	t.Parallel()
	for k, m := range messages() {
		if m[zh] == "" || m[en] == "" {
			t.Errorf("%s: a message is missing", k)
		}
	}
	kinds := kinds()
	for _, k := range kinds {
		if _, ok := messages()[k.kind]; !ok && k.kind != kindQuiet {
			t.Errorf("%s (%v): no message", k.kind, k.err)
		}
		if k.kind != kindQuiet {
			if _, ok := messages()[kind(k.kind.code())]; !ok {
				t.Errorf("%s: code %s has no message", k.kind, k.kind.code())
			}
		}
	}
	for _, c := range wire.Codes() {
		for _, err := range []error{&peer.RefusedError{Code: c}, beginning(&peer.RefusedError{Code: c}, "relay_taken"), beginning(link.ErrOffline, "invite_unknown")} {
			k := kindOf(err)
			if _, ok := messages()[k]; !ok {
				t.Errorf("a relay's %s is %s, which has no message", c, k)
			}
		}
		if k := kindOf(beginning(&peer.RefusedError{Code: c}, "relay_taken")); (k == "relay_taken") != (c == wire.CodeDenied) {
			t.Errorf("a relay's %s is %s to who makes a book", c, k)
		}
	}
	for r, m := range reasons() {
		if m[zh] == "" || m[en] == "" {
			t.Errorf("%s: a sentence is missing", r)
		}
	}
}

func TestHumanTables(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	d.run("new", "name=甲公司", "level=重点")
	d.run("new", "name=Ypsilon Ltd", "level=普通")
	out, _, _ := d.run("list")
	at := -1
	for _, line := range strings.Split(strings.TrimSpace(out), "\n")[1:3] {
		i := max(strings.Index(line, "重点"), strings.Index(line, "普通"))
		if w := width(line[:i]); at >= 0 && w != at {
			t.Errorf("columns are not aligned: %d and %d in\n%s", at, w, out)
		} else {
			at = w
		}
	}
	d.lang = en
	if out, _, _ := d.run("list"); !strings.Contains(out, "total 2") || !strings.Contains(out, "Name") {
		t.Errorf("English: got %s", out)
	}
}

// child starts tongcectl as a process of its own.
func child(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}
