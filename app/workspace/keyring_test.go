package workspace_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
)

// TestARealSecretService creates, locks out and reopens a workspace with the
// keyring of a real desktop. It is not parallel: it sets the process's session.
func TestARealSecretService(t *testing.T) {
	session, err := ringtest.Start()
	if errors.Is(err, ringtest.ErrNoService) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Stop() }()
	if err := session.Use(); err != nil {
		t.Fatal(err)
	}
	d := deps(keychain.NewSystem(3 * time.Second))
	dir := filepath.Join(t.TempDir(), "b")
	w := create(t, d, spec(dir))
	c := customer(t, w, book.Set{Field: "name", Text: "甲公司"})
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := session.Lock(); err != nil {
		t.Fatal(err)
	}
	if _, err := workspace.Open(t.Context(), d, workspace.OpenSpec{Dir: dir}); !errors.Is(err, keychain.ErrKeyringLocked) {
		t.Errorf("locked keyring: got %v, want ErrKeyringLocked", err)
	}
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	again, err := workspace.Open(t.Context(), d, workspace.OpenSpec{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got, ok := again.Index.Customer(c.ID); !ok || got.Values["name"].Text != "甲公司" {
		t.Errorf("after unlocking: got %v, %v", got, ok)
	}
	if again.Repo().Copied() {
		t.Error("the same installation was taken for a copy (ID5)")
	}
}
