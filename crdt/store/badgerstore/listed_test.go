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
					if bad, ok := errors.AsType[*store.DamagedError](err); filepath.Ext(base) == ".sst" && (!ok || bad.File != "db/"+base) {
						t.Errorf("got %v, want the file named", err)
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

// TestDiedBetween: what a process leaves that dies while files are made, while
// it closes, and while tables are written anew. Nothing of it is damage.
func TestDiedBetween(t *testing.T) { //nolint:tparallel // the parts share one directory
	t.Parallel()
	dir, image := t.TempDir(), map[string][]byte{}
	want := map[string]string{}
	var closed map[string][]byte
	for round := range 2 {
		s := open(t, dir)
		for i := range 300 { // the last ones have their values in a log
			k, v := fmt.Sprintf("key%d-%04d", round, i), strings.Repeat("x", 200+40*i)
			put(t, s, k, v)
			want[k] = v
		}
		image = contents(t, dir) // as kill -9 leaves it now
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		closed = contents(t, dir)
	}
	db, owner := filepath.Join(dir, "db"), filepath.Join(dir, "owner")
	var table []byte
	for name, b := range closed {
		if filepath.Ext(name) == ".sst" {
			table = b
		}
	}
	if table == nil || image[owner] == nil || closed[owner] != nil {
		t.Fatalf("table of %d bytes, owner %q while open, %q when closed", len(table), image[owner], closed[owner])
	}
	for what, c := range map[string]struct {
		files map[string][]byte
		more  map[string][]byte
		want  error
	}{
		"as it ran":                  {files: image},
		"a memory log without size":  {files: image, more: map[string][]byte{"00099.mem": {}}},
		"a value log without size":   {files: image, more: map[string][]byte{"000099.vlog": {}}},
		"a value log being removed":  {files: image, more: map[string][]byte{"000000.vlog": {}}},
		"a memory log being removed": {files: image, more: map[string][]byte{"00000.mem": {}}},
		"an older value log emptied": {files: image, more: map[string][]byte{"000001.vlog": {}}, want: store.ErrCorrupt},
		"a table not listed yet":     {files: image, more: map[string][]byte{"000099.sst": table}},
		"while closing":              {files: closed, more: map[string][]byte{"000099.sst": table, "../owner": image[owner]}},
		"closed, and then a log":     {files: closed, more: map[string][]byte{"000099.vlog": {}}, want: store.ErrCorrupt},
		"closed, and then a table":   {files: closed, more: map[string][]byte{"000099.sst": table}, want: store.ErrCorrupt},
	} {
		t.Run(what, func(t *testing.T) {
			restore(t, dir, c.files)
			for name, b := range c.more {
				if err := os.WriteFile(filepath.Join(db, name), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // an opening that is refused changes nothing of what the next one sees
				got, err := readValues(dir)
				if !errors.Is(err, c.want) || c.want == nil && !maps.Equal(got, want) {
					t.Errorf("read %d values, %v; want %d, %v", len(got), err, len(want), c.want)
				}
			}
		})
	}
}

// TestOpeningThatFails: Badger fails in the middle of opening, and what it made
// until then is not damage to the next opening, as nothing is that a process
// left which died.
func TestOpeningThatFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := open(t, dir)
	put(t, s, "key", "value")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	db, owner := filepath.Join(dir, "db"), filepath.Join(dir, "owner")
	foreign := filepath.Join(db, "000098.vlog") // of a key that is in no registry
	if err := os.WriteFile(foreign, bytes.Repeat([]byte{7}, 20), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := readValues(dir); err == nil {
		t.Fatalf("read %v", got)
	}
	if made, err := filepath.Glob(filepath.Join(db, "*.mem")); err != nil || len(made) == 0 {
		t.Fatalf("nothing was made before it failed: %v", err)
	}
	if _, err := os.Stat(owner); err != nil {
		t.Errorf("the next opening is not told: %v", err)
	}
	if err := errors.Join(os.Remove(foreign), os.WriteFile(filepath.Join(db, "000099.vlog"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if got, err := readValues(dir); err != nil || got["key"] != "value" {
		t.Errorf("read %v, %v", got, err)
	}
	if _, err := os.Stat(owner); err == nil {
		t.Error("closed, and the next opening is told that it was not")
	}
}
