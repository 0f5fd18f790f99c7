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
	// forDocument is added for each document: what is known of it all the time, and
	// as much to spare.
	forDocument = 1536
	// collecting is how much of the process's own time may go into that. Above it
	// the limit is too low for what is in use.
	collecting = 0.25
	// atRest is how much of the time may go into it anyway: a process with nothing
	// to do does little but collect now and then.
	atRest    = 0.05
	lookEvery = 5 * time.Second
)

// memoryLimit raises Go's soft memory limit whenever keeping it costs too much. It
// does not fall again.
type memoryLimit struct {
	limit   int64
	gc, all float64 // seconds of processor up to the last look
	at      time.Time
}

// boundMemory keeps the limit until ctx ends. Whoever sets GOMEMLIMIT decides
// instead.
func boundMemory(ctx context.Context, documents func() int) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	m := newMemoryLimit(softLimit + int64(documents())*forDocument)
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.atLeast(softLimit + int64(documents())*forDocument)
			m.look()
		case <-ctx.Done():
			return
		}
	}
}

func newMemoryLimit(limit int64) *memoryLimit {
	m := &memoryLimit{limit: limit, at: time.Now()}
	m.gc, m.all = collected()
	debug.SetMemoryLimit(limit)
	return m
}

// atLeast raises the limit to what is in use all the time.
func (m *memoryLimit) atLeast(limit int64) {
	if limit > m.limit {
		m.limit = limit
		debug.SetMemoryLimit(limit)
	}
}

// look raises the limit by a quarter when collecting cost too much since the
// last look.
func (m *memoryLimit) look() {
	gc, all := collected()
	now := time.Now()
	if gc-m.gc > max(collecting*(all-m.all), atRest*now.Sub(m.at).Seconds()) {
		m.atLeast(m.limit + m.limit/4)
	}
	m.gc, m.all, m.at = gc, all, now
}

// collected is what collecting took so far, without what was done for want of
// other work, and with it all that the process did, in seconds of processor. Time
// for which another process had the processor counts alike in both.
func collected() (gc, all float64) {
	s := []metrics.Sample{
		{Name: "/cpu/classes/gc/total:cpu-seconds"},
		{Name: "/cpu/classes/gc/mark/idle:cpu-seconds"},
		{Name: "/cpu/classes/user:cpu-seconds"},
	}
	metrics.Read(s)
	gc = s[0].Value.Float64() - s[1].Value.Float64()
	return gc, gc + s[2].Value.Float64()
}
