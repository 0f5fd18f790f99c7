package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"sync"
	"testing"
	"time"
)

// TestMemoryLimit: a limit below what is in use is raised until collecting is
// cheap again, and then stays. It sets the limit of its process, so no other test
// runs beside it.
func TestMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(math.MaxInt64)
	held := make([]*[64]*int, 1<<17) // 64 MiB with pointers
	for i := range held {
		held[i] = new([64]*int)
	}
	m := newMemoryLimit(32 << 20)
	work := func() {
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
		m.look()
	}
	for range 100 {
		if work(); m.limit > 64<<20 {
			break
		}
	}
	if m.limit <= 64<<20 {
		t.Fatalf("with 64 MiB in use the limit is %d MiB", m.limit>>20)
	}
	for range 30 {
		work()
	}
	if m.limit > 512<<20 {
		t.Errorf("the limit went on to %d MiB", m.limit>>20)
	}
	if got := debug.SetMemoryLimit(-1); got != m.limit {
		t.Errorf("the limit is %d and not %d", got, m.limit)
	}
	runtime.KeepAlive(held)
}
