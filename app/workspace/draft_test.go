package workspace_test

import (
	"path/filepath"
	"testing"
	"time"

	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
)

// TestFilesOfAKilledLookGo: a file that was kept and whose import was not saved
// before the end is removed by the next start; that of a draft stays.
func TestFilesOfAKilledLookGo(t *testing.T) {
	t.Parallel()
	ring := &ringtest.Memory{}
	w := create(t, deps(ring), spec(filepath.Join(t.TempDir(), "b")))
	draft := begin(t, w, csv(20))
	if err := draft.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := workspace.KeepOnly(t.Context(), begin(t, w, csv(20)), csv(20)); err != nil {
		t.Fatal(err)
	}
	if n, err := workspace.KeptFiles(t.Context(), w); err != nil || n != 2 {
		t.Fatalf("before: %d parts, %v, want 2", n, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w, err := workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: w.Dir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for n := 0; n != 1; time.Sleep(time.Millisecond) {
		if n, err = workspace.KeptFiles(t.Context(), w); err != nil || n == 0 || t.Context().Err() != nil {
			t.Fatalf("after opening: %d parts, %v, want that of the draft", n, err)
		}
	}
	again, err := w.Import.Job(t.Context(), draft.Batch())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Plan(t.Context(), nil); err != nil || again.Info().Counts.New != 20 {
		t.Errorf("the draft: %+v, %v", again.Info().Counts, err)
	}
}

// TestKeptFilesGo: a draft keeps its file until it is written or forgotten, and
// no longer.
func TestKeptFilesGo(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	defer w.Close()
	kept := func(some bool, when string) {
		t.Helper()
		if n, err := workspace.KeptFiles(t.Context(), w); err != nil || (n > 0) != some {
			t.Errorf("%s: %d parts of files are kept, %v", when, n, err)
		}
	}
	for _, write := range []bool{true, false} {
		j := begin(t, w, csv(300))
		kept(false, "opened")
		if err := j.Keep(t.Context()); err != nil {
			t.Fatal(err)
		}
		kept(true, "a draft")
		if err := j.Plan(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		kept(true, "checked")
		end := func() error { return w.Import.Forget(t.Context(), j.Batch()) }
		if write {
			end = func() error { _, err := j.Commit(t.Context(), nil); return err }
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		kept(false, "in the end")
	}
}
