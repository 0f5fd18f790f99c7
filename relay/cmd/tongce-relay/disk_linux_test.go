package main

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// small is a disk of a megabyte with a directory on it for a relay, and the
// file that fills it.
func small(t *testing.T) (disk, dir, filler string) {
	t.Helper()
	disk = t.TempDir()
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small disk can be made by root only: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	return disk, filepath.Join(disk, "relay"), filepath.Join(disk, "filler")
}

func fill(t *testing.T, filler string) {
	t.Helper()
	if err := os.WriteFile(filler, make([]byte, 2<<20), 0o600); err == nil {
		t.Fatal("the disk is not full")
	}
}

// starts has a relay serve and stop.
func starts(t *testing.T, dir string) {
	t.Helper()
	c := command(t, "serve", "--data", dir, "--listen", "127.0.0.1:0")
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	first, err := bufio.NewReader(out).ReadString('\n')
	if !line.MatchString(strings.TrimSpace(first)) {
		t.Errorf("first line %q, %v", first, err)
	}
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := c.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// fails has a command fail at once, with a sentence in each language.
func fails(t *testing.T, dir, verb string, chinese, english []string) {
	t.Helper()
	for locale, want := range map[string][]string{"zh_CN.UTF-8": chinese, "en_US.UTF-8": english} {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // JetStream alone tells it after a minute
		c := command(t, verb, "--data", dir, "--listen", "127.0.0.1:0")
		c.Env = append(c.Env, "LC_ALL="+locale)
		stop := context.AfterFunc(ctx, func() { _ = c.Process.Kill() })
		said, _ := c.CombinedOutput()
		if err := ctx.Err(); err != nil || c.ProcessState.ExitCode() != 1 {
			t.Errorf("%s, %s: exit %d, %v: %s", verb, locale, c.ProcessState.ExitCode(), err, said)
		}
		stop()
		cancel()
		for _, w := range want {
			if !strings.Contains(string(said), w) {
				t.Errorf("%s, %s: %s, want %q", verb, locale, said, w)
			}
		}
	}
}

// TestFullDisk: a relay whose disk is full does not start, says so at once, and
// starts when there is room.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	_, dir, filler := small(t)
	fill(t, filler)
	for range 2 { // an empty folder, and one that a start has begun with
		fails(t, dir, "serve", []string{"满", "中继没有启动"}, []string{"full", "was not started"})
	}
	fails(t, dir, "key", []string{"满", "没有给出密钥"}, []string{"full", "No key"})
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	starts(t, dir)
}

// TestFullDiskOfARelay: the same of a relay that has served, whose key and log
// are read before anything is written, and of a disk that is read-only. What only
// looks at it does not speak of starting.
func TestFullDiskOfARelay(t *testing.T) {
	t.Parallel()
	disk, dir, filler := small(t)
	starts(t, dir)
	look := func(chinese, english string) {
		t.Helper()
		for _, verb := range []string{"stats", "verify"} {
			fails(t, dir, verb, []string{chinese, "没有看成"}, []string{english, "not looked at"})
		}
		fails(t, dir, "serve", []string{chinese, "中继没有启动"}, []string{english, "was not started"})
	}
	fill(t, filler)
	look("满", "full")
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	look("不允许写", "does not allow")
	if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	starts(t, dir)
}
