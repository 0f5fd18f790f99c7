package e2e

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongce/app/keychain/ringtest"
)

// A real secret service that keeps only 40 characters of what it is given
// (KF2, AT7): nothing is made that depends on it, and a book that was made
// before it began to cut is as it was.
func TestAT7_KeyringThatCuts(t *testing.T) {
	t.Parallel()
	if built.ring == nil {
		t.Skip("no secret service can run here")
	}
	ring, err := ringtest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ring.Stop() })
	cut, err := ring.Cut(40)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cut.Stop() })

	// The front is a working service as long as nothing is long.
	fine, err := ring.Cut(1000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fine.Stop() })
	d := newDesk(t)
	d.pass, d.env = "", append(d.env, fine.Env()...)
	d.found(t, "")
	d.create(t, "name=甲公司")
	before := filesBelow(t, d.dir)

	bad := *d
	bad.env = append(bad.env[:len(bad.env):len(bad.env)], cut.Env()...)
	zh, en := bad.fails(t, 1, "corrupt", "list")
	if !strings.Contains(zh, "截短") || !strings.Contains(en, "cuts") {
		t.Errorf("the keyring is not named: %q, %q", zh, en)
	}
	for name, content := range before {
		if strings.HasPrefix(name, "keys.tc") && !bytes.Equal(filesBelow(t, d.dir)[name], content) {
			t.Errorf("%s changed", name)
		}
	}
	fresh := newDesk(t)
	fresh.pass, fresh.env = "", bad.env
	fresh.fails(t, 1, "corrupt", "init", "--name", "x", "--member", "x", "--department", "x")
	if _, err := os.Stat(fresh.dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something was made: %v", err)
	}
	d.whole(t, 1)
}

// filesBelow are the files of a folder with their content.
func filesBelow(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = b
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
