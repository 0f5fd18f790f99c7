package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
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
