package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/app/sheet"
	"tongce/app/workspace"
)

// startRelay runs a real tongce-relay and gives HOST:PORT#R.
func startRelay(t *testing.T, options ...string) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "tongce-relay")
	build := exec.Command("go", "build", "-o", bin, "tongce/relay/cmd/tongce-relay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build relay: %v\n%s", err, out)
	}
	cmd := exec.Command(bin, append([]string{"serve", "--data", filepath.Join(t.TempDir(), "relay"), "--listen", "127.0.0.1:0"}, options...)...)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if strings.Contains(lines.Text(), "#") {
			go func() { // until the process ends
				for lines.Scan() {
				}
			}()
			return strings.TrimSpace(lines.Text())
		}
	}
	t.Fatal("the relay said nothing")
	return ""
}

func TestTwoDepartmentsAndARelay(t *testing.T) {
	t.Parallel()
	address := startRelay(t)
	a, b := newDesk(t), newDesk(t)
	made := must[initReply](a, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--relay", address)
	if !strings.HasSuffix(address, "#"+made.Relay) {
		t.Errorf("relay: got %q of %q", made.Relay, address)
	}
	file := csv(t, "销售部.csv", 50)
	first := must[imported](a, "import", file)
	if s := must[syncReply](a, "sync", "--once"); s.Sent != 50 || s.Pending != 0 || s.Rejected != 0 {
		t.Errorf("sync of A: got %+v", s)
	}
	link := must[inviteReply](a, "invite", "--role", "colleague", "--department", "客服部").Link
	joined := must[joinReply](b, "join", "--member", "陈静", link)
	if joined.Workspace != made.Workspace || joined.Device == made.Device {
		t.Errorf("join: got %+v", joined)
	}
	if got := newDesk(t).fails(3, "join", "--member", "王五", link); got != "denied" {
		t.Errorf("second use of an invite: got %s", got)
	}
	must[syncReply](b, "sync", "--once")
	l := must[listReply](b, "list", "--where", "mobile=13900000007")
	if l.Total != 1 {
		t.Fatalf("B looks a number up that A imported: got %+v", l)
	}
	id := l.Customers[0].ID
	if h := must[struct{ Entries []entryReply }](b, "history", id, "mobile"); h.Entries[0].Source == nil ||
		h.Entries[0].Source.File != "销售部.csv" || h.Entries[0].Source.Row != 9 || h.Entries[0].Member != "李强" {
		t.Errorf("source on the desktop that did not import: got %+v", h.Entries)
	}

	// The importer may undo, the colleague may not (no delete).
	if got := b.fails(3, "import", "--undo", first.Batch); got != "denied" {
		t.Errorf("undo without the right: got %s", got)
	}

	// Both edit offline: different fields merge, other values of one field are a
	// conflict, equal ones are not (DO18).
	must[cardReply](a, "set", id, "level=重点", "mobile=13811112222", "city=苏州", "address=东路1号")
	must[cardReply](b, "set", id, "remark=客服备注", "mobile=13833334444", "city=苏州", "address=西路2号")
	must[syncReply](a, "sync", "--once")
	must[syncReply](b, "sync", "--once")
	if s := must[syncReply](a, "sync", "--once"); s.Conflicts != 2 {
		t.Errorf("conflicts at A: got %d, want 2", s.Conflicts)
	}
	if all := must[struct{ Conflicts []conflictReply }](a, "conflicts"); len(all.Conflicts) != 2 {
		t.Errorf("conflicts listed at A: got %+v, want 2", all.Conflicts)
	}
	if left := must[struct{ Conflicts []conflictReply }](b, "resolve", id, "address", "东路1号"); len(left.Conflicts) != 1 {
		t.Errorf("one of two decided: got %+v", left.Conflicts)
	}
	if h := must[struct{ Entries []entryReply }](b, "history", id, "address").Entries; h[len(h)-1].Cause != "resolve" ||
		h[len(h)-1].Member != "陈静" || h[len(h)-1].Value != "东路1号" || h[len(h)-1].Before != "西路2号" {
		t.Errorf("the decision in the history: got %+v", h)
	}
	for name, d := range map[string]*desk{"A": a, "B": b} {
		c := must[cardReply](d, "show", id)
		if c.Fields["level"] != "重点" || c.Fields["remark"] != "客服备注" || len(c.Conflicts["mobile"]) != 2 || c.Conflicts["city"] != nil {
			t.Fatalf("%s: got %+v", name, c)
		}
		by := map[string]string{}
		for _, v := range c.Conflicts["mobile"] {
			by[v.Value] = v.Member + " " + v.Department
			if v.At == "" || v.Device == "" {
				t.Errorf("%s: a side without time or device: %+v", name, v)
			}
		}
		if want := map[string]string{"13811112222": "李强 销售部", "13833334444": "陈静 客服部"}; !cmp.Equal(by, want) {
			t.Errorf("%s: %s", name, cmp.Diff(want, by))
		}
	}
	// B decides for A's value; A sees it.
	if left := must[struct{ Conflicts []conflictReply }](b, "resolve", id, "mobile", "138 1111 2222"); len(left.Conflicts) != 0 {
		t.Errorf("left after resolve: %+v", left)
	}
	must[syncReply](b, "sync", "--once")
	must[syncReply](a, "sync", "--once")
	if c := must[cardReply](a, "show", id); c.Fields["mobile"] != "13811112222" || len(c.Conflicts) != 0 {
		t.Errorf("A after B decided: got %+v", c)
	}
	if d := cmp.Diff(exported(t, a), exported(t, b)); d != "" {
		t.Errorf("the exports differ: %s", d)
	}
	// The file again plans nothing new, on either desk, though nothing of a
	// customer is as it was; undo counts exactly.
	must[cardReply](b, "set", id, "name=改名集团股份有限公司", "mobile=13855556666", "contact=", "email=", "uscc=")
	must[syncReply](b, "sync", "--once")
	must[syncReply](a, "sync", "--once")
	for name, d := range map[string]*desk{"A": a, "B": b} {
		if again := must[imported](d, "import", "--plan", file); again.New != 0 || again.Updated != 1 || again.Same != 49 {
			t.Errorf("%s: the file again: got %+v", name, again)
		}
	}
	undone := must[undoReply](a, "import", "--undo", first.Batch)
	if undone.Removed != 49 || undone.Kept != 1 || undone.Rows[0].ID != id {
		t.Errorf("undo after others edited: got %+v", undone)
	}
}

func exported(t *testing.T, d *desk) []sheet.OutCustomer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "out.json")
	must[map[string]int](d, "export", "--format", "json", "--out", path)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var v struct{ Customers []sheet.OutCustomer }
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v.Customers
}

func TestKillInTheMiddleOfAnImportAndResume(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deps.KeyRing = nil
	pass := filepath.Join(t.TempDir(), "pass")
	if err := os.WriteFile(pass, []byte("一二三四五六七八九十"), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := []string{"--passphrase-file", pass}
	run := func(args ...string) []string { return append(args, secret...) }
	must[initReply](d, run("init", "--name", "a", "--member", "b", "--department", "c")...)
	const rows = 5000
	file := csv(t, "many.csv", rows)
	killWhileWriting(t, rows, run("import", file, "--dir", d.dir)...)
	l := must[listReply](d, run("list", "--limit", "0")...)
	t.Logf("killed after %d of %d rows", l.Total, rows)
	if l.Total == 0 || l.Total == rows {
		t.Fatalf("killed with %d rows on disk: nothing to resume", l.Total)
	}
	got := must[imported](d, run("import", file)...)
	if got.New != rows || got.Wrong != 0 {
		t.Errorf("resumed import: got %+v, want %d new in one batch", got, rows)
	}
	if l := must[listReply](d, run("list", "--limit", "0")...); l.Total != rows {
		t.Errorf("customers after resuming: got %d, want %d", l.Total, rows)
	}
	if again := must[imported](d, run("import", file, "--plan")...); again.New != 0 || again.Same != rows {
		t.Errorf("the file again: got %+v", again)
	}
	if v := must[struct{ Problems []problemReply }](d, run("verify")...); len(v.Problems) != 0 {
		t.Errorf("verify: %+v", v.Problems)
	}
}

// killWhileWriting imports rows and kills the process when it says that a part of
// them is in the book: progress of writing counts those, that of the plan the
// header line too.
func killWhileWriting(t *testing.T, rows int, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := child(ctx, args...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Wait() }()
	for lines := bufio.NewScanner(said); lines.Scan(); {
		var done, total int
		if _, err := fmt.Sscanf(lines.Text(), "%d / %d", &done, &total); err == nil && total == rows && done > 0 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatal("the import ended before a part of it was written")
}

// TestProgressTwiceASecond: however often a step tells how far it is, it is said
// at once and then twice a second, and not at all beside JSON.
func TestProgressTwiceASecond(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_790_000_000, 0)
	var said strings.Builder
	p := &program{err: &said, deps: workspace.Deps{Now: func() time.Time { return now }}}
	tell := p.progress()
	for done := range 300 { // three seconds
		tell(done, 300)
		now = now.Add(10 * time.Millisecond)
	}
	if got, want := said.String(), "0 / 300\n50 / 300\n100 / 300\n150 / 300\n200 / 300\n250 / 300\n"; got != want {
		t.Errorf("said %q, want %q", got, want)
	}
	p.json = true
	if p.progress() != nil {
		t.Error("with --json: progress is told")
	}
}
