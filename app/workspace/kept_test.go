package workspace_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// TestAT10_KitOpensUnsentEdits: a device whose keyring is lost has 20 edits that
// no relay has seen. The recovery kit opens its store; all 20 are readable and
// still wait to be sent (KF4).
func TestAT10_KitOpensUnsentEdits(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "b")
	w, kit, err := workspace.Create(t.Context(), deps(&ringtest.Memory{}), spec(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer kit.Close()
	numbers := map[canon.DocID]string{}
	for i := range 20 {
		number := fmt.Sprintf("139%08d", i)
		c := customer(t, w, book.Set{Field: "name", Text: fmt.Sprintf("第%d家公司", i)}, book.Set{Field: "mobile", Text: number})
		numbers[c.ID] = number
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	lost := deps(&ringtest.Memory{}) // another keyring, with nothing in it
	if _, err := workspace.Open(t.Context(), lost, workspace.OpenSpec{Dir: dir}); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("without its entry: %v", err)
	}
	again, err := workspace.Open(t.Context(), lost, workspace.OpenSpec{Dir: dir, Kit: kit})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	for id, number := range numbers {
		got, err := again.Book.Reveal(id, "mobile")
		if err != nil || !slices.Equal(got["mobile"], []string{number}) {
			t.Errorf("%s: %q, %v", id, got, err)
		}
		if c, ok := again.Index.Customer(id); !ok || !c.Pending {
			t.Errorf("%s: in the list %v, waiting %v", id, ok, c.Pending)
		}
	}
}
