package badgerstore_test

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"tongce/crdt/store"
)

// unwritten is how many kB of the store's logs only the memory has: of the
// mapped files in dir, what the system has not written back yet. A full log is
// synced and then cut behind its last entry; the system clears the rest of the
// page where the cut is, and may write that page once more whenever it likes.
func unwritten(t *testing.T, dir string) (kb int, in []string) {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	if err != nil {
		t.Skip("the system does not tell what it has written: ", err)
	}
	defer func() { _ = f.Close() }()
	ours, cleared := "", 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		if strings.Contains(line, "-") && !strings.Contains(line, "kB") { // a mapping begins
			ours, cleared = "", 0
			if at := strings.Index(line, dir); at >= 0 && (strings.HasSuffix(line, ".mem") || strings.HasSuffix(line, ".vlog")) {
				ours = filepath.Base(line[at:])
				if info, err := os.Stat(line[at:]); err == nil && info.Size()%int64(os.Getpagesize()) != 0 {
					cleared = os.Getpagesize() >> 10
				}
			}
		}
		var n int
		if _, err := fmt.Sscanf(line, "Shared_Dirty: %d kB", &n); err != nil {
			_, err = fmt.Sscanf(line, "Private_Dirty: %d kB", &n)
			if err != nil {
				continue
			}
		}
		if ours != "" && n > cleared {
			kb += n - cleared
			in = append(in, ours)
		}
	}
	return kb, in
}

// TestST2_SyncedIsOnDiskWithAllBefore: Badger goes over to another log when one
// is full, and what stands in the full one is on disk as well when a synced
// update returns.
func TestST2_SyncedIsOnDiskWithAllBefore(t *testing.T) { //nolint:paralleltest // other tests' stores would be written back meanwhile, not ours
	dir := t.TempDir()
	const tmpfs = 0x01021994
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil || fs.Type == tmpfs {
		t.Skip("on a file system in memory nothing is ever written back: ", err)
	}
	s := open(t, dir)
	write := func(d store.Durability, key string, sizes ...int) {
		t.Helper()
		err := s.Update(d, func(tx store.Tx) error {
			for n, size := range sizes {
				if err := tx.Put(fmt.Appendf(nil, "%s-%d", key, n), make([]byte, size)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 300 { // 18 MB of large values and 6 MB of small ones: each kind of log is changed
		write(store.Lazy, fmt.Sprintf("lazy%d", i), 20<<10, 20<<10, 20<<10, 5<<10, 5<<10, 5<<10)
		write(store.Synced, fmt.Sprintf("synced%d", i), 5<<10)
		if kb, in := unwritten(t, dir); kb > 0 {
			t.Fatalf("after %d rounds %d kB are in memory only: %v", i, kb, in)
		}
	}
}
