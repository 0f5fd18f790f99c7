package main

import (
	"context"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// softLimit is how much memory the process has before it collects earlier than
	// Go would: what the log's server holds is let go when it is collected, and
	// until then it holds all of the log that was touched (docs/adr/0096).
	softLimit = 256 << 20
	// collecting is the share of the processors that may go into that. Above it
	// the limit is too low for what is in use.
	collecting = 0.1
	lookEvery  = 10 * time.Second
)

// memoryLimit raises Go's soft memory limit for as long as keeping it costs too much.
type memoryLimit struct {
	limit       int64
	gc, elapsed float64 // seconds of processor up to the last look
}

// boundMemory keeps the limit until ctx ends. Whoever sets GOMEMLIMIT decides
// instead.
func boundMemory(ctx context.Context) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	m := newMemoryLimit(softLimit)
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.look()
		case <-ctx.Done():
			return
		}
	}
}

func newMemoryLimit(limit int64) *memoryLimit {
	m := &memoryLimit{limit: limit}
	m.gc, m.elapsed = collected()
	debug.SetMemoryLimit(limit)
	return m
}

// look raises the limit by a quarter when collecting cost too much since the
// last look.
func (m *memoryLimit) look() {
	gc, elapsed := collected()
	if gc-m.gc > collecting*(elapsed-m.elapsed) {
		m.limit += m.limit / 4
		debug.SetMemoryLimit(m.limit)
	}
	m.gc, m.elapsed = gc, elapsed
}

// collected is what collecting took so far, without what was done for want of
// other work, and all that there was, in seconds of processor.
func collected() (gc, elapsed float64) {
	s := []metrics.Sample{
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
		{Name: "/cpu/classes/total:cpu-seconds"},
	}
	metrics.Read(s)
	return s[0].Value.Float64() - s[1].Value.Float64(), s[2].Value.Float64()
}
