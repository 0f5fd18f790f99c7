package main

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
)

// TestMain lets the test binary be tongce-relay.
func TestMain(m *testing.M) {
	if os.Getenv("TONGCE_RELAY_MAIN") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	c := exec.CommandContext(t.Context(), os.Args[0], args...)
	c.Env = append(os.Environ(), "TONGCE_RELAY_MAIN=1")
	return c
}

var line = regexp.MustCompile(`^127\.0\.0\.1:([0-9]+)#[0-9a-f]{64}$`)

func TestServeUntilSigterm(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	c := command(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	var logs bytes.Buffer
	c.Stderr = &logs
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	first, err := bufio.NewReader(out).ReadString('\n')
	first = strings.TrimSpace(first)
	if m := line.FindStringSubmatch(first); err != nil || m == nil || m[1] == "0" {
		t.Fatalf("first line %q, %v", first, err)
	}
	key, err := command(t, "key", "--data", dir, "--listen", "127.0.0.1:7").Output()
	if _, r, _ := strings.Cut(first, "#"); err != nil || string(key) != "127.0.0.1:7#"+r+"\n" {
		t.Errorf("key prints %q, %v", key, err)
	}
	if err := command(t, "stats", "--data", dir).Run(); err == nil {
		t.Error("stats read the directory of a running relay")
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v\n%s", err, &logs)
	}
	stats, err := command(t, "stats", "--data", dir).Output()
	if err != nil || !bytes.Contains(stats, []byte(`"state":"empty"`)) {
		t.Errorf("stats: %s, %v", stats, err)
	}
	checked, err := command(t, "verify", "--data", dir).Output()
	if err != nil || !bytes.Contains(checked, []byte("0 problems")) {
		t.Errorf("verify: %s, %v", checked, err)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"serve"}, {"fly", "--data", "x"}, {"serve", "--data", t.TempDir(), "--metrics", "0.0.0.0:1", "--listen", "127.0.0.1:0"}} {
		c := command(t, args...)
		if err := c.Run(); c.ProcessState.ExitCode() != 2 {
			t.Errorf("%q: %v, want exit code 2", args, err)
		}
	}
	if err := command(t, "stats", "--data", filepath.Join(t.TempDir(), "none")).Run(); err == nil {
		t.Error("stats of a directory that is not there")
	}
}

// TestStartThatFails: what happened and what to do, in both languages, and
// nothing is made or changed.
func TestStartThatFails(t *testing.T) {
	t.Parallel()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	taken, free := ln.Addr().String(), "127.0.0.1:0"
	used := filepath.Join(t.TempDir(), "used")
	if err := command(t, "key", "--data", used).Run(); err != nil {
		t.Fatal(err)
	}
	locked, half, file := filepath.Join(t.TempDir(), "locked"), filepath.Join(t.TempDir(), "half"), filepath.Join(t.TempDir(), "file")
	for _, dir := range []string{locked, half} {
		if err := errors.Join(os.CopyFS(dir, os.DirFS(used)), os.WriteFile(filepath.Join(dir, "lock"), nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	lock := flock.New(filepath.Join(locked, "lock"))
	if ok, err := lock.TryLock(); !ok || err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	for name, content := range map[string]string{filepath.Join(half, "relay.key"): "half", file: "a file"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, x := range map[string]struct {
		dir, listen string
		code        int
		zh, en      string
		metrics     string
	}{
		"address in use": {filepath.Join(t.TempDir(), "a"), taken, 1, "已被占用", "is in use", ""},
		"no address":     {filepath.Join(t.TempDir(), "b"), "8443", 2, "地址:端口", "ADDRESS:PORT", ""},
		"port":           {filepath.Join(t.TempDir(), "c"), "127.0.0.1:99999", 2, "地址:端口", "ADDRESS:PORT", ""},
		"not one's own":  {filepath.Join(t.TempDir(), "d"), "203.0.113.9:1", 1, "不是这台电脑的地址", "no address of this computer", ""},
		"second relay":   {locked, free, 1, "另一个中继", "another relay", ""},
		"damaged key":    {half, free, 1, "relay.key 坏了", "relay.key in the folder", ""},
		"no folder":      {file, free, 1, "不是文件夹", "is no folder", ""},
		"metrics in use": {filepath.Join(t.TempDir(), "e"), free, 1, "--metrics 换一个端口", "another port with --metrics", taken},
		"metrics of all": {filepath.Join(t.TempDir(), "f"), free, 2, "只能是这台电脑自己用的地址", "this computer alone", "0.0.0.0:99"},
		"metrics port":   {filepath.Join(t.TempDir(), "g"), free, 2, "127.0.0.1:9100", "127.0.0.1:9100", "127.0.0.1"},
	} {
		before := names(x.dir)
		for locale, want := range map[string]string{"zh_CN.UTF-8": x.zh, "en_US.UTF-8": x.en} {
			c := command(t, "serve", "--data", x.dir, "--listen", x.listen, "--metrics", x.metrics)
			c.Env = append(c.Env, "LC_ALL="+locale)
			said, _ := c.CombinedOutput()
			if c.ProcessState.ExitCode() != x.code || !strings.Contains(string(said), want) || strings.Count(string(said), "\n") != 1 {
				t.Errorf("%s, %s: exit %d: %s", name, locale, c.ProcessState.ExitCode(), said)
			}
		}
		if after := names(x.dir); !slices.Equal(before, after) {
			t.Errorf("%s: %v, was %v", name, after, before)
		}
		if _, err := os.Stat(x.dir); err == nil && before == nil && x.dir != file {
			t.Errorf("%s: made the folder", name)
		}
	}
}

// names are the files of a directory.
func names(dir string) (out []string) {
	list, _ := os.ReadDir(dir)
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

// TestNoRelayThere: what reads a relay makes none, and says that there is none.
func TestNoRelayThere(t *testing.T) {
	t.Parallel()
	file, empty := filepath.Join(t.TempDir(), "file"), t.TempDir()
	if err := os.WriteFile(file, []byte("a file"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(t.TempDir(), "none"), empty, file} {
		for _, verb := range []string{"stats", "verify"} {
			for locale, want := range map[string]string{"zh_CN.UTF-8": "里没有中继", "en_US.UTF-8": "no relay in"} {
				c := command(t, verb, "--data", dir)
				c.Env = append(c.Env, "LC_ALL="+locale)
				said, _ := c.CombinedOutput()
				if c.ProcessState.ExitCode() != 1 || !strings.Contains(string(said), want) || strings.Count(string(said), "\n") != 1 {
					t.Errorf("%s of %s, %s: exit %d: %s", verb, filepath.Base(dir), locale, c.ProcessState.ExitCode(), said)
				}
			}
		}
	}
	if left := names(empty); len(left) > 0 {
		t.Errorf("made %v", left)
	}
	if _, err := os.Stat(filepath.Join(filepath.Dir(file), "none")); err == nil {
		t.Error("made a directory")
	}
}

// TestGA22_Closure: the relay's program holds no C, none of the desktop, no
// keyring and no document core.
func TestGA22_Closure(t *testing.T) {
	t.Parallel()
	c := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{.ImportPath}} {{len .CgoFiles}}", ".")
	c.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, l := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		path, cgo, _ := strings.Cut(l, " ")
		found++
		for _, bad := range []string{"automerge", "keyring", "badger", "sqlite", "wails", "excelize"} {
			if strings.Contains(path, bad) {
				t.Errorf("relay reaches %s", path)
			}
		}
		if cgo != "0" || path == "runtime/cgo" || path == "tongce/crdt" || strings.HasPrefix(path, "tongce/app") ||
			strings.HasPrefix(path, "tongce/crdt/store") || strings.HasPrefix(path, "tongce/crdt/repo") {
			t.Errorf("relay reaches %s (%s cgo files)", path, cgo)
		}
	}
	if found < 50 {
		t.Errorf("only %d packages listed", found)
	}
}
