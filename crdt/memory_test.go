package crdt_test

import (
	"bytes"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"testing"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// resident is the memory of this process in bytes, that of C included.
func resident(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Skipf("no /proc/self/statm on %s", runtime.GOOS)
	}
	pages, err := strconv.Atoi(string(bytes.Fields(b)[1]))
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// Not parallel: it measures the whole process.
func TestNoMemoryIsLeftBehind(t *testing.T) {
	d := newDoc(t, 1)
	created := commit(t, d, customer())
	edited := put(t, d, "f:field_01", "甲")
	heads, saved := d.Heads(), save(t, d)
	cut := saved[:len(saved)-1]
	round := func() {
		if _, err := crdt.Dump(saved); err != nil {
			t.Fatal(err)
		}
		x, err := crdt.Load(saved, actor(2))
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		if _, err := x.Commit(crdt.Edit{Sets: []crdt.Set{{Key: "f:x", Value: change.Int(1)}}}); err != nil {
			t.Fatal(err)
		}
		// Every other way in and out, the failing ones too.
		_ = x.Apply(created, edited)
		_, _ = x.Values(heads...)
		_, _ = x.Values(canon.Hash{1})
		_, _ = x.All("f:x", heads...)
		_, _ = x.Text("n:memo")
		_, _ = x.Changes(heads...)
		_, _ = x.Commit(crdt.Edit{Sets: []crdt.Set{{Key: "", Value: change.Int(1)}}})
		_, _ = x.Save()
		_, _ = crdt.Load(cut, actor(2))
		_, _ = crdt.Dump(cut)
	}
	run := func(n int) int {
		for range n {
			round()
		}
		debug.FreeOSMemory()
		return resident(t)
	}
	n := 10_000
	if testing.Short() {
		n = 2_000
	}
	// What is left behind grows in each of the passes alike; what the allocators
	// keep for later grows by megabytes in one and not in the next. The middle
	// one tells the two apart.
	grown := make([]int, 5)
	before := run(1_000)
	for i := range grown {
		after := run(n)
		grown[i] = after - before
		t.Logf("%d rounds: %d KiB before, %d KiB after", n, before>>10, after>>10)
		before = after
	}
	slices.Sort(grown)
	// Of one small result left behind a round it would be over 1 MiB.
	if middle, limit := grown[len(grown)/2], max(512<<10, n*96); middle > limit {
		t.Errorf("grew by %d KiB in %d rounds, limit %d KiB", middle>>10, n, limit>>10)
	}
}

// Different documents are used from different goroutines and threads.
func TestDocumentsSideBySide(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	commit(t, d, customer())
	saved := save(t, d)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i := range 100 {
				x, err := crdt.Load(saved, actor(n+2))
				if err != nil {
					t.Error(err)
					return
				}
				_, err = x.Commit(crdt.Edit{Sets: []crdt.Set{{Key: "f:x", Value: change.Int(int64(i))}}})
				if s, dumpErr := x.Snapshot(); err != nil || dumpErr != nil || s.Values["f:x"].Int() != int64(i) {
					t.Errorf("got %v, %v", err, dumpErr)
				}
				runtime.Gosched()
				x.Close()
			}
		})
	}
	wg.Wait()
}
