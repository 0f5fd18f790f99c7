package badgerstore_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongce/crdt/store/badgerstore"
)

// TestNoTailIsCutAway: Badger cuts its newest log at the first entry that it
// cannot read. What stood behind is set aside before, once, and a log that ends
// well is not.
func TestNoTailIsCutAway(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	for i := range 40 {
		put(t, s, fmt.Sprintf("key%04d", i), strings.Repeat(string(rune('a'+i%26)), 9<<10))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	aside := filepath.Join(dir, "aside")
	again := open(t, dir) // ends well
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	if list, err := os.ReadDir(aside); len(list) > 0 || err == nil {
		t.Fatalf("set aside of a sound store: %v, %v", list, err)
	}
	logs, err := filepath.Glob(filepath.Join(dir, "db", "*.vlog"))
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(logs)
	var damaged []byte
	for _, path := range slices.Backward(logs) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) < 100_000 { // Badger begins a new one on each start
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		b[10_000] ^= 1
		damaged = b
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		break
	}
	for range 2 {
		if s, err := badgerstore.Open(options(dir)); err == nil {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	list, err := os.ReadDir(aside)
	if err != nil || len(list) != 1 {
		t.Fatalf("set aside: %v, %v", list, err)
	}
	kept, err := os.ReadFile(filepath.Join(aside, list[0].Name()))
	if err != nil || !bytes.Equal(kept, bytes.TrimRight(damaged, "\x00")) {
		t.Errorf("%d bytes were kept of %d, %v", len(kept), len(damaged), err)
	}
}
