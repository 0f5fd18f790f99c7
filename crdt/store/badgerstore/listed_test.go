package badgerstore_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
)

// TestCutAndMissingFiles: half of a file, its first bytes, nothing of it, or no
// such file. Opening and reading give all that was written or say that it is
// damaged; no other file goes, and with the file put back all is there.
func TestCutAndMissingFiles(t *testing.T) { //nolint:tparallel // the parts damage one directory in turn
	t.Parallel()
	dir := t.TempDir()
	want := map[string]string{}
	for round := range 3 { // several tables and changes of their list
		s := open(t, dir)
		for i := range 300 {
			k, v := fmt.Sprintf("key%d-%04d", round, i), strings.Repeat("x", 200+40*i)
			put(t, s, k, v)
			want[k] = v
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	whole := contents(t, dir)
	refused := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(whole)) {
		b := whole[name]
		used := len(bytes.TrimRight(b, "\x00"))
		base := filepath.Base(name)
		if used == 0 || base == "lock" || base == "owner" || base == "room" {
			continue
		}
		for what, cut := range map[string][]byte{"half": b[:used/2], "all but the end": b[:used-1], "ten bytes": b[:min(10, used)], "empty": {}, "missing": nil} {
			t.Run(base+"/"+what, func(t *testing.T) {
				restore(t, dir, whole)
				if cut == nil {
					if err := os.Remove(name); err != nil {
						t.Fatal(err)
					}
				} else if err := os.WriteFile(name, cut, 0o600); err != nil {
					t.Fatal(err)
				}
				before := contents(t, dir)
				got, err := readValues(dir)
				switch {
				case err == nil && !maps.Equal(got, want):
					t.Errorf("read as a store of %d values, there were %d", len(got), len(want))
				case err != nil:
					refused[filepath.Ext(base)]++
					if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrWrongKey) {
						t.Errorf("got %v, want ErrCorrupt", err)
					}
					after := contents(t, dir)
					for file := range before {
						if _, there := after[file]; !there {
							t.Errorf("%s is gone", filepath.Base(file))
						}
					}
					if err := os.WriteFile(name, b, 0o600); err != nil {
						t.Fatal(err)
					}
					if got, err = readValues(dir); err != nil || !maps.Equal(got, want) {
						t.Errorf("with the file put back: %d values, %v", len(got), err)
					}
				}
			})
		}
	}
	if refused[".sst"] == 0 || refused[""] == 0 {
		t.Errorf("refused: %v", refused)
	}
	t.Logf("refused: %v", refused)
}

func restore(t *testing.T, dir string, whole map[string][]byte) {
	t.Helper()
	for name := range contents(t, dir) {
		if _, ok := whole[name]; !ok {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	for name, b := range whole {
		if err := os.WriteFile(name, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func readValues(dir string) (map[string]string, error) {
	s, err := badgerstore.Open(options(dir))
	if err != nil {
		return nil, err
	}
	got := map[string]string{}
	err = s.View(func(tx store.Tx) error {
		return tx.Scan(nil, nil, func(k, v []byte) error { got[string(k)] = string(v); return nil })
	})
	return got, errors.Join(err, s.Close())
}
