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
// longer does little but collect, and sinks again when that is gone. It sets the
// limit of its process, so no other test runs beside it.
func TestMemoryLimit(t *testing.T) {
	defer debug.SetMemoryLimit(math.MaxInt64)
	const floor = 32 << 20
	held := make([]*[64]*int, 1<<17) // 64 MiB with pointers
	for i := range held {
		held[i] = new([64]*int)
	}
	m := newMemoryLimit(floor)
	for range 200 {
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
		if m.look(floor); m.limit > 64<<20 {
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
	m.look(floor) // what was done before this is not counted below
	m.share = 0
	for range 2 {
		time.Sleep(time.Second)
		runtime.GC()
		m.look(floor)
	}
	if got := debug.SetMemoryLimit(-1); got >= raised {
		t.Errorf("with little in use the limit went from %d to %d MiB", raised>>20, got>>20)
	}
	m.look(2 * raised)
	if got := debug.SetMemoryLimit(-1); got != 2*raised {
		t.Errorf("for more documents the limit is %d and not %d MiB", got>>20, 2*raised>>20)
	}
}

// TestMemoryLimitWeighs: each step is five seconds of one processor's time.
func TestMemoryLimitWeighs(t *testing.T) {
	t.Parallel()
	const floor = 1000
	for _, c := range []struct {
		name      string
		start     int64
		gc        []float64 // again and again
		all       float64
		looks     int
		low, high int64
	}{
		{name: "a burst", start: floor, gc: []float64{2}, all: 4, looks: 3, low: floor, high: floor},
		{name: "dear for long", start: floor, gc: []float64{2}, all: 4, looks: 12, low: 1500, high: 2500},
		{name: "a burst a minute", start: floor, gc: []float64{2, 2, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6}, all: 4, looks: 1000, low: floor, high: floor},
		{name: "bearable", start: 2 * floor, gc: []float64{0.8}, all: 4, looks: 100, low: 1500, high: 2 * floor},
		{name: "cheap", start: 2 * floor, gc: []float64{0.3}, all: 4, looks: 100, low: floor, high: floor},
		{name: "at rest", start: 2 * floor, gc: []float64{0.01}, all: 0.011, looks: 100, low: floor, high: floor},
		{name: "nothing done", start: floor, gc: []float64{0}, all: 0, looks: 10, low: floor, high: floor},
	} {
		m := &memoryLimit{floor: floor, limit: c.start}
		for n := range c.looks {
			m.weigh(c.gc[n%len(c.gc)], c.all, lookEvery)
		}
		if m.limit < c.low || m.limit > c.high {
			t.Errorf("%s: the limit is %d, want %d to %d", c.name, m.limit, c.low, c.high)
		}
	}
}
