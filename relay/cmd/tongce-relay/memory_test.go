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

// TestMemoryLimitWeighs: what collecting costs falls with the room between the
// limit and what is in use.
func TestMemoryLimitWeighs(t *testing.T) {
	t.Parallel()
	const floor, inUse = 256, 100
	always := func(share float64) func(int) float64 { return func(int) float64 { return share } }
	bursts := func(every, long int, calm float64) func(int) float64 {
		return func(look int) float64 {
			if look%every < long {
				return 0.5
			}
			return calm
		}
	}
	for _, c := range []struct {
		name      string
		start     int64
		atFloor   func(look int) float64 // the share of collecting if the limit were the floor
		work      float64                // seconds of processor in each look
		used      int64                  // what the process takes without a limit; 0: all that it may
		looks     int
		low, high int64
	}{
		{name: "one burst", start: floor, atFloor: bursts(100, 3, 0.1), work: 4, looks: 100, low: floor, high: floor},
		{name: "a burst a minute", start: floor, atFloor: bursts(12, 2, 0.18), work: 4, looks: 10_000, low: floor, high: 320},
		{name: "dear at the floor", start: floor, atFloor: always(0.5), work: 4, looks: 1000, low: 400, high: 550},
		{name: "bearable at the floor", start: 4 * floor, atFloor: always(0.2), work: 4, looks: 1000, low: floor, high: 400},
		{name: "cheap", start: 4 * floor, atFloor: always(0.1), work: 4, looks: 1000, low: floor, high: floor},
		{name: "little to do but collecting", start: 4 * floor, atFloor: always(0.9), work: 0.01, looks: 1000, low: floor, high: floor},
		{name: "dear, but not for the limit", start: 2 * floor, atFloor: always(10), work: 4, used: floor, looks: 1000, low: 2 * floor, high: 2 * floor},
		{name: "nothing to do", start: floor, atFloor: always(0), work: 0, looks: 100, low: floor, high: floor},
	} {
		m := &memoryLimit{floor: floor, limit: c.start}
		for look := range c.looks {
			share := c.atFloor(look) * (floor - inUse) / float64(m.limit-inUse)
			used := m.limit
			if c.used > 0 {
				used = min(used, c.used)
			}
			m.weigh(share*c.work, c.work, lookEvery, used)
		}
		if m.limit < c.low || m.limit > c.high {
			t.Errorf("%s: the limit is %d, want %d to %d", c.name, m.limit, c.low, c.high)
		}
	}
}
