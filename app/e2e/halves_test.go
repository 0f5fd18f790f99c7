package e2e

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Half of any file of the data directory: what can be read is read whole, what
// cannot is said, and the file stays as it is.
func TestHalfFiles(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.found(t, "")
	d.imports(t, manyRows(t, 100))
	all := filesBelow(t, d.dir)
	refused := 0
	for _, name := range slices.Sorted(maps.Keys(all)) {
		used := len(bytes.TrimRight(all[name], "\x00"))
		if used < 2 || filepath.Base(name) == "lock" || filepath.Base(name) == "room" {
			continue
		}
		in := *d
		in.dir = copyBook(t, d.dir)
		path := filepath.Join(in.dir, name)
		if err := os.WriteFile(path, all[name][:used/2], 0o600); err != nil {
			t.Fatal(err)
		}
		r := in.run(t, "list", "--limit", "1")
		if r.code == 0 {
			if v := in.list(t); v.Total != 100 {
				t.Errorf("half of %s is read as a book of %d customers", name, v.Total)
			}
			t.Logf("half of %s: read all the same", name)
			continue
		}
		refused++
		code, message := r.failure(t)
		t.Logf("half of %s: %s", name, code)
		if code != "corrupt" && code != "wrong_secret" || !chinese(message) {
			t.Errorf("half of %s: %v", name, r)
		}
		if !kept(t, in.dir, path, all[name][:used/2]) {
			t.Errorf("half of %s: what was left of it is gone", name)
		}
		// With the whole file back the book is as it was.
		if err := os.WriteFile(path, all[name], 0o600); err != nil {
			t.Fatal(err)
		}
		if v := in.list(t); v.Total != 100 {
			t.Errorf("%s put back: %d customers", name, v.Total)
		}
	}
	if refused == 0 {
		t.Error("no file was needed")
	}
}

// A founding or a joining that is killed leaves a book, or a place where the
// same command founds or joins.
func TestKillDuringInitAndJoin(t *testing.T) {
	t.Parallel()
	r := seeded(t)
	relay := newRelay(t)
	a := newDesk(t)
	began := time.Now()
	a.found(t, relay.address)
	wait := time.Since(began)
	made, again := 0, 0
	settle := func(what string, d *desk, args ...string) {
		t.Helper()
		out := d.run(t, args...)
		if out.code == 0 {
			again++
		} else if code, _ := out.failure(t); out.code != 1 || code != "conflict" {
			t.Errorf("%s again: %v", what, out)
			return
		} else {
			made++
		}
		d.whole(t, 0)
		d.create(t, "name=甲公司")
		d.whole(t, 1)
	}
	for range rounds() {
		d := newDesk(t)
		args := []string{"init", "--name", "锦成机电", "--member", "吴迪", "--department", "销售部"}
		d.killed(t, time.Duration(r.Int64N(int64(wait))), args...)
		settle("init", d, args...)
	}
	for i := range rounds() {
		d := newDesk(t)
		link := a.invite(t, "客服部", "陈静")
		args := []string{"join", "--member", "陈静", link}
		d.killed(t, time.Duration(r.Int64N(int64(wait))), args...)
		settle("join", d, args...)
		d.sync(t)
		if got := d.list(t).Total; got != i+1 {
			t.Errorf("after joining: %d customers, want %d", got, i+1)
		}
	}
	a.sync(t)
	a.whole(t, rounds())
	relay.verify(t)
	t.Logf("%d began anew, %d were made already", again, made)
}

// refuses starts a relay that must not start, and gives what it says.
func (r *relayProcess) refuses(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), r.program, "serve", "--data", r.dir, "--listen", "127.0.0.1:0")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(30*time.Second, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	if err := cmd.Wait(); err == nil || cmd.ProcessState.ExitCode() != 1 {
		t.Errorf("a relay that must not start: %v\n%s", err, &errs)
	}
	return errs.String()
}

// A relay whose key is damaged, missing, or in use by another one does not
// start and changes nothing; without its log it is healed by who has the book.
func TestDamagedRelay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.a.imports(t, manyRows(t, 50))
	o.sync(t)
	if said := o.relay.refuses(t); !strings.Contains(said, "另一个中继") && !strings.Contains(said, "another relay") {
		t.Errorf("a second relay on the directory: %q", said)
	}
	if !o.relay.stop() {
		t.Error("the relay did not end well")
	}
	path := filepath.Join(o.relay.dir, "relay.key")
	key, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(key)
	flipped[3] ^= 0x40
	for name, content := range map[string][]byte{"half": key[:len(key)/2], "empty": {}, "flipped": flipped, "missing": nil} {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if content != nil {
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		before := filesBelow(t, o.relay.dir)
		if said := o.relay.refuses(t); !strings.Contains(said, "key") {
			t.Errorf("%s key: %q", name, said)
		}
		after := filesBelow(t, o.relay.dir)
		for file, b := range before {
			if !bytes.Equal(after[file], b) {
				t.Errorf("%s key: %s changed", name, file)
			}
		}
		if content == nil {
			if _, there := after["relay.key"]; there {
				t.Error("another key was made in the place of one that is missing")
			}
		}
		if err := os.WriteFile(path, key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.relay.start(t)
	o.a.create(t, "name=甲公司")
	o.sync(t)
	o.equal(t)

	o.relay.kill()
	if err := os.RemoveAll(filepath.Join(o.relay.dir, "log")); err != nil {
		t.Fatal(err)
	}
	o.relay.start(t)
	o.b.set(t, o.b.find(t, "甲公司"), "remark=治好以后")
	o.sync(t) // A has admin and confirms (HE2)
	o.sync(t)
	o.equal(t)
	for _, d := range []*desk{o.a, o.b} {
		d.whole(t, 51)
	}
	c := newDesk(t)
	c.join(t, o.a.invite(t, "财务部", "赵敏"), "赵敏")
	c.sync(t)
	c.whole(t, 51)
	o.relay.verify(t)
}

// A relay whose disk is full takes nothing more and loses nothing; what the
// desktops wrote waits with them.
func TestFullDiskOfTheRelay(t *testing.T) {
	t.Parallel()
	disk := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=48m"); err != nil {
		t.Skipf("a small disk can be made by root only: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	r := &relayProcess{program: built.relay, dir: filepath.Join(disk, "relay"), listen: freePort(t)}
	r.start(t)
	t.Cleanup(r.kill)
	o := &office{relay: r, a: newDesk(t), b: newDesk(t)}
	o.a.found(t, r.address)
	o.b.join(t, o.a.invite(t, "客服部", "陈静"), "陈静")
	o.a.imports(t, manyRows(t, 20))
	o.sync(t)
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	o.a.imports(t, writeCSV(t, "二.csv", wideRows(600)...))
	out := o.a.run(t, "sync", "--once", "--timeout", "20s")
	if out.code == 0 {
		t.Logf("a full disk took it all: %v", out)
	} else if code, message := out.failure(t); !chinese(message) || code == "internal" {
		t.Errorf("the relay's disk is full: %v", out)
	} else {
		t.Logf("exit %d, %s: %s", out.code, code, message)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	r.kill() // whether or not it ended by itself
	r.start(t)
	o.sync(t)
	o.sync(t)
	o.equal(t)
	for _, d := range []*desk{o.a, o.b} {
		d.whole(t, 620)
	}
	r.verify(t)
}

// wideRows are rows that fill a disk.
func wideRows(n int) []string {
	lines := []string{"客户名称,手机,备注"}
	for i := range n {
		lines = append(lines, fmt.Sprintf("第%d家贸易有限公司,137%08d,%s", i+1, i+1, strings.Repeat("长", 800)))
	}
	return lines
}

// kept tells whether the bytes are where they were, but for zeros behind them,
// or were set aside.
func kept(t *testing.T, dir, path string, b []byte) bool {
	t.Helper()
	left := bytes.TrimRight(b, "\x00")
	for name, got := range filesBelow(t, dir) {
		if (filepath.Join(dir, name) == path || strings.Contains(name, "aside")) && bytes.Equal(bytes.TrimRight(got, "\x00"), left) {
			return true
		}
	}
	return false
}
