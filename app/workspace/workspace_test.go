package workspace_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
	"tongce/crdt/store"
)

func deps(ring keychain.Ring) workspace.Deps {
	return workspace.Deps{
		Now: time.Now, Rand: rand.Reader, KeyRing: ring, Log: slog.New(slog.DiscardHandler), Program: "test",
		Cost: keychain.Cost{Time: 3, MemoryKiB: 64 << 10, Threads: 1}, // the cheapest that the file allows
	}
}

func spec(dir string) workspace.CreateSpec {
	return workspace.CreateSpec{Dir: dir, Company: "恒锐精密机械有限公司", Member: "李强", Department: "销售部", Device: "李强的电脑"}
}

func create(tb testing.TB, d workspace.Deps, s workspace.CreateSpec) *workspace.Workspace {
	tb.Helper()
	w, kit, err := workspace.Create(tb.Context(), d, s)
	if err != nil {
		tb.Fatal(err)
	}
	kit.Close()
	tb.Cleanup(func() { _ = w.Close() })
	return w
}

func customer(t *testing.T, w *workspace.Workspace, sets ...book.Set) index.Customer {
	t.Helper()
	doc, _, err := w.Book.Create(t.Context(), sets)
	if err != nil {
		t.Fatal(err)
	}
	c, ok := w.Index.Customer(doc)
	if !ok {
		t.Fatal("a customer that was written is not in the index")
	}
	return c
}

func TestCreateWriteReopen(t *testing.T) {
	t.Parallel()
	ring := &ringtest.Memory{}
	dir := filepath.Join(t.TempDir(), "a", "book")
	w := create(t, deps(ring), spec(dir))
	c := customer(t, w, book.Set{Field: "name", Text: "苏州锦成机电有限公司"}, book.Set{Field: "mobile", Text: "138 1290 5678"}, book.Set{Field: "level", Text: "重点"})
	if got := c.Values["mobile"].Text; got != "138****5678" {
		t.Errorf("mobile in the index: got %q, want the mask", got)
	}
	for name, q := range map[string]index.Query{
		"last four": {Filters: []index.Filter{{Op: index.OpLast4, Values: []string{"5678"}}}, Limit: 10},
		"whole":     {Text: "13812905678", Limit: 10},
		"is":        {Filters: []index.Filter{{Field: "mobile", Op: index.OpIs, Values: []string{"13812905678"}}}, Limit: 10},
		"pinyin":    {Text: "jincheng", Limit: 10},
	} {
		page, err := w.Index.List(q)
		if err != nil || page.Total != 1 {
			t.Errorf("%s: got %d, %v, want 1", name, page.Total, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("data directory: got %v, %v, want 0700", info.Mode(), err)
	}
	again, err := workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	got, ok := again.Index.Customer(c.ID)
	if !ok || got.Values["name"].Text != "苏州锦成机电有限公司" {
		t.Errorf("after reopening: got %v, %v", got, ok)
	}
	if problems, err := again.Verify(t.Context(), nil); err != nil || len(problems) > 0 {
		t.Errorf("verify: got %v, %v", problems, err)
	}
}

func TestEveryWriteIsInTheIndexWhenItReturns(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	c := customer(t, w, book.Set{Field: "name", Text: "甲公司"})
	for i, want := range []string{"乙公司", "丙公司", "丁公司"} {
		if _, err := w.Book.Set(t.Context(), c.ID, book.Set{Field: "name", Text: want}); err != nil {
			t.Fatal(err)
		}
		if got, _ := w.Index.Customer(c.ID); got.Values["name"].Text != want {
			t.Errorf("write %d: got %q, want %q", i, got.Values["name"].Text, want)
		}
	}
	if _, err := w.Book.Delete(t.Context(), c.ID); err != nil {
		t.Fatal(err)
	}
	if got, _ := w.Index.Customer(c.ID); !got.Deleted {
		t.Error("deleted customer: not deleted in the index")
	}
}

func TestSecondStartIsLocked(t *testing.T) {
	t.Parallel()
	ring := &ringtest.Memory{}
	w := create(t, deps(ring), spec(filepath.Join(t.TempDir(), "b")))
	_, err := workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: w.Dir()})
	var locked *store.LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() {
		t.Errorf("second start: got %v, want locked by this process", err)
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	pass := []byte("正确的密码短语一二三四")
	dir := filepath.Join(t.TempDir(), "b")
	s := spec(dir)
	s.Passphrase = slices.Clone(pass)
	none := deps(nil)
	w, kit, err := workspace.Create(t.Context(), none, s)
	if err != nil {
		t.Fatal(err)
	}
	defer kit.Close()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		spec workspace.OpenSpec
		want error
	}{
		"wrong passphrase": {workspace.OpenSpec{Dir: dir, Passphrase: []byte("错误的密码短语一二三四")}, keychain.ErrWrongSecret},
		"nothing":          {workspace.OpenSpec{Dir: dir}, keychain.ErrNoProtection},
		"another place":    {workspace.OpenSpec{Dir: t.TempDir(), Passphrase: pass}, workspace.ErrNoWorkspace},
	} {
		if _, err := workspace.Open(t.Context(), none, c.spec); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	for name, c := range map[string]workspace.OpenSpec{
		"passphrase": {Dir: dir, Passphrase: pass}, "kit": {Dir: dir, Kit: kit},
	} {
		w, err := workspace.Open(t.Context(), none, c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestCreateWithoutProtectionLeavesNothing(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	_, _, err := workspace.Create(t.Context(), deps(nil), spec(filepath.Join(parent, "b")))
	if !errors.Is(err, keychain.ErrNoProtection) {
		t.Errorf("got %v, want ErrNoProtection", err)
	}
	for name, ring := range map[string]keychain.Ring{
		"lies": ringtest.Lying(), "truncates": ringtest.Truncating(20), "locked": ringtest.Failing(keychain.ErrKeyringLocked),
	} {
		if _, _, err := workspace.Create(t.Context(), deps(ring), spec(filepath.Join(parent, name))); err == nil {
			t.Errorf("keyring that %s: no error", name)
		}
	}
	if entries, _ := os.ReadDir(parent); len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestExistingDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	if _, _, err := workspace.Create(t.Context(), deps(&ringtest.Memory{}), spec(w.Dir())); !errors.Is(err, workspace.ErrExists) {
		t.Errorf("got %v, want ErrExists", err)
	}
}

func TestDamagedIndexIsSetAsideAndMadeAnew(t *testing.T) {
	t.Parallel()
	ring := &ringtest.Memory{}
	w := create(t, deps(ring), spec(filepath.Join(t.TempDir(), "b")))
	c := customer(t, w, book.Set{Field: "name", Text: "甲公司"})
	dir := w.Dir()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "index", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("index files: %v, %v", files, err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("this is no index, whatever it was before"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again, err := workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if again.SetAside() == "" {
		t.Error("no word of what was set aside")
	} else if _, err := os.Stat(again.SetAside()); err != nil {
		t.Errorf("set aside: %v", err)
	}
	if err := again.WaitIndexed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, ok := again.Index.Customer(c.ID); !ok || got.Values["name"].Text != "甲公司" {
		t.Errorf("after making it anew: got %v, %v", got, ok)
	}
}

func TestEventsAreGathered(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	events := make(chan workspace.Event, 100)
	defer w.Events(func(e workspace.Event) { events <- e })()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c := customer(t, w, book.Set{Field: "name", Text: "甲公司"})
	for {
		select {
		case e := <-events:
			if slices.Contains(e.Docs, c.ID) {
				return
			}
		case <-ctx.Done():
			t.Fatal("no event named the new customer")
		}
	}
}
