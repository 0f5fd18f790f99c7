package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// TestMemoryLimit: a limit below what is in use is raised until the process no
// longer does little but collect, and stays when there is little to do. It sets the
// limit of its process, so no other test runs beside it.
func TestMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(math.MaxInt64)
	held := make([]*[64]*int, 1<<17) // 64 MiB with pointers
	for i := range held {
		held[i] = new([64]*int)
	}
	m := newMemoryLimit(32 << 20)
	for range 100 {
		var all sync.WaitGroup
		for n := range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for end := time.Now().Add(100 * time.Millisecond); time.Now().Before(end); {
					held[n] = new([64]*int)
				}
			})
		}
		all.Wait()
		runtime.GC() // the figures are those of the last collection
		if m.look(); m.limit > 64<<20 {
			break
		}
	}
	raised := m.limit
	if raised <= 64<<20 {
		t.Fatalf("with 64 MiB in use the limit is %d MiB", raised>>20)
	}
	runtime.KeepAlive(held)
	held = nil
	runtime.GC()
	m.look()
	raised = max(raised, m.limit)
	for range 2 {
		time.Sleep(time.Second)
		runtime.GC()
		m.look()
	}
	m.atLeast(raised / 2)
	if got := debug.SetMemoryLimit(-1); got != raised {
		t.Errorf("the limit went on from %d to %d MiB", raised>>20, got>>20)
	}
	m.atLeast(2 * raised)
	if got := debug.SetMemoryLimit(-1); got != 2*raised {
		t.Errorf("for more documents the limit is %d and not %d MiB", got>>20, 2*raised>>20)
	}
}
