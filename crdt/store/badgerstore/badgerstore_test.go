package badgerstore_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
	"tongce/crdt/store/storetest"
)

// childDir makes a test process the child that TestKill kills.
const childDir = "TONGCE_STORE_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

func options(dir string) badgerstore.Options {
	return badgerstore.Options{Dir: dir, Key: [32]byte{1, 2, 3}, Now: func() time.Time { return time.Unix(1_700_000_000, 0) }, Reserve: 1}
}

func open(t *testing.T, dir string) *badgerstore.Store {
	t.Helper()
	s, err := badgerstore.Open(options(dir))
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

type reopenable struct {
	*badgerstore.Store
	dir string
}

func TestContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t,
		func(t *testing.T) store.Store {
			t.Helper()
			dir := t.TempDir()
			return reopenable{open(t, dir), dir}
		},
		func(t *testing.T, s store.Store) store.Store {
			t.Helper()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, s.(reopenable).dir)
		})
}

func put(t *testing.T, s store.Store, k, v string) {
	t.Helper()
	if err := s.Update(store.Synced, func(tx store.Tx) error { return tx.Put([]byte(k), []byte(v)) }); err != nil {
		t.Fatalf("put: %v", err)
	}
}

func TestSecondOpenerIsToldByWhom(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	_, err := badgerstore.Open(options(dir))
	var locked *store.LockedError
	if !errors.As(err, &locked) || !errors.Is(err, store.ErrLocked) {
		t.Fatalf("got %v, want a LockedError", err)
	}
	if locked.PID != os.Getpid() || locked.Since.Unix() != 1_700_000_000 {
		t.Errorf("got process %d since %v, want %d since 1700000000", locked.PID, locked.Since, os.Getpid())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestWrongKeyChangesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "k", "v")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	o := options(dir)
	o.Key[31]++
	if _, err := badgerstore.Open(o); !errors.Is(err, store.ErrWrongKey) {
		t.Errorf("got %v, want ErrWrongKey", err)
	}
	after := contents(t, dir)
	for name, b := range before {
		if !bytes.Equal(after[name], b) {
			t.Errorf("%s changed", name)
		}
	}
	s = open(t, dir)
	err := s.View(func(tx store.Tx) error { _, err := tx.Get([]byte("k")); return err })
	if err != nil {
		t.Errorf("with the right key again: %v", err)
	}
}

func contents(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		all[p], err = os.ReadFile(p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNothingInPlainText(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 300 {
		put(t, s, fmt.Sprintf("f:findme%04d", i), strings.Repeat("杭州西湖贸易有限公司", 1+i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for name, b := range contents(t, dir) {
		if bytes.Contains(b, []byte("findme")) || bytes.Contains(b, []byte("西湖")) {
			t.Errorf("%s holds plain text", filepath.Base(name))
		}
	}
}

// TestDamagedFiles damages each kind of file in turn: opening or reading says
// ErrCorrupt (or still works), and no file goes away.
func TestDamagedFiles(t *testing.T) { //nolint:tparallel // the parts damage one directory in turn
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 400 {
		put(t, s, fmt.Sprintf("key%04d", i), strings.Repeat("x", 200+10*i))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	said := 0
	for name, b := range contents(t, dir) {
		if len(b) < 60 {
			continue
		}
		t.Run(filepath.Base(name), func(t *testing.T) {
			bad := bytes.Clone(b)
			for i := 24; i < min(len(bad), 4000); i += 7 {
				bad[i] ^= 0x55
			}
			if err := os.WriteFile(name, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			opened, err := badgerstore.Open(options(dir))
			if err == nil {
				err = opened.Close()
			}
			if err == nil && strings.HasSuffix(name, ".sst") {
				t.Error("a damaged table was opened: the next compaction would drop what it cannot read")
			}
			err = readAll(dir)
			if err == nil && (strings.HasSuffix(name, ".sst") || strings.HasSuffix(name, ".vlog")) {
				t.Error("damaged data was not noticed")
			}
			if err != nil {
				said++
				if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrWrongKey) {
					t.Errorf("got %v, want ErrCorrupt", err)
				}
			}
			if _, err := os.Stat(name); err != nil {
				t.Errorf("the damaged file is gone: %v", err)
			}
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		})
	}
	if said < 2 {
		t.Errorf("only %d damaged files were noticed", said)
	}
}

func readAll(dir string) error {
	s, err := badgerstore.Open(options(dir))
	if err != nil {
		return err
	}
	n := 0
	err = s.View(func(tx store.Tx) error {
		return tx.Scan(nil, nil, func(_, v []byte) error { n += len(v); return nil })
	})
	return errors.Join(err, s.Verify(), s.Close())
}

// TestDiskFull fills a small file system of its own under the store.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=120m"); err != nil {
		t.Skipf("a small file system needs root: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	o := options(dir)
	o.Reserve = 40 << 20
	s, err := badgerstore.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	put(t, s, "before", "kept")
	write := func(i int) error {
		return s.Update(store.Synced, func(tx store.Tx) error {
			return tx.Put(fmt.Appendf(nil, "k%05d", i), bytes.Repeat([]byte{byte(i), byte(i >> 3), 7}, 60_000))
		})
	}
	i := 0
	for ; i < 1000 && err == nil; i++ {
		err = write(i)
	}
	if !errors.Is(err, store.ErrDiskFull) {
		t.Fatalf("after %d writes: got %v, want ErrDiskFull", i, err)
	}
	// The rest is taken by someone else: still no write, and reading works.
	if err := os.WriteFile(filler, make([]byte, 100<<20), 0o600); err == nil {
		t.Error("the filler fitted; the disk was not full")
	}
	if err := write(i); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("on a full disk: got %v, want ErrDiskFull", err)
	}
	err = s.View(func(tx store.Tx) error { _, err := tx.Get([]byte("before")); return err })
	if err != nil {
		t.Errorf("reading on a full disk: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing on a full disk: %v", err)
	}
	if _, err := badgerstore.Open(o); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("opening on a full disk: got %v, want ErrDiskFull", err)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	o.Reserve = 1 << 20
	if s, err = badgerstore.Open(o); err != nil {
		t.Fatalf("with room again: %v", err)
	}
	put(t, s, "after", "works")
	for k := range i - 1 {
		err := s.View(func(tx store.Tx) error { _, err := tx.Get(fmt.Appendf(nil, "k%05d", k)); return err })
		if err != nil {
			t.Errorf("value %d: %v", k, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// child writes synced updates and says each number once it is on disk.
func child(dir string) int {
	s, err := badgerstore.Open(options(dir))
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	for i := 0; ; i++ {
		err := s.Update(store.Synced, func(tx store.Tx) error {
			for j := range 5 {
				if err := tx.Put(fmt.Appendf(nil, "%d/%08d", j, i), bytes.Repeat([]byte{byte(i)}, 100+300*j)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			fmt.Println("error", err)
			return 1
		}
		fmt.Println(i)
	}
}

// TestKill kills a writing process: what it said is there, and each update is
// whole or absent (RB6's ground).
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 4 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), childDir+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		last, lines := -1, bufio.NewScanner(out)
		for lines.Scan() {
			n, err := strconv.Atoi(lines.Text())
			if err != nil {
				t.Fatalf("child: %s", lines.Text())
			}
			if last = n; last == 40+17*round {
				_ = cmd.Process.Kill()
			}
		}
		_ = cmd.Wait() // killed: its status says so
		s, err := badgerstore.Open(options(dir))
		if err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		var counts [5]int
		err = s.View(func(tx store.Tx) error {
			for j := range counts {
				err := tx.Scan(fmt.Appendf(nil, "%d/", j), nil, func(_, _ []byte) error { counts[j]++; return nil })
				if err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for j := range counts {
			if counts[j] != counts[0] || counts[j] < last+1 {
				t.Errorf("kill %d: %d of key %d, %d of key 0, %d were announced", round, counts[j], j, counts[0], last+1)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
