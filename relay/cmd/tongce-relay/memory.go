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
	// dear is how much of the process's own time may go into collecting: above it
	// the limit is too low for what is in use. Below cheap it is higher than it
	// need be.
	dear  = 0.25
	cheap = 0.125
	// atRest is how much of the time may go into it anyway: a process with nothing
	// to do does little but collect now and then.
	atRest = 0.05
	// near is the part of the limit from which on it binds: below, collecting is
	// dear for other reasons than the limit.
	near = 0.875
	// inertia is over how many looks the share is averaged: a burst of work, or of
	// other processes, says nothing about the limit.
	inertia   = 6
	lookEvery = 5 * time.Second
)

// memoryLimit keeps Go's soft memory limit as low as keeping it costs little.
type memoryLimit struct {
	floor, limit int64
	gc, all      float64 // seconds of processor up to the last look
	at           time.Time
	share        float64 // of the time that went into collecting
}

// boundMemory keeps the limit until ctx ends. Whoever sets GOMEMLIMIT decides
// instead.
func boundMemory(ctx context.Context, documents func() int) {
	if os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	floor := func() int64 { return softLimit + int64(documents())*forDocument }
	m := newMemoryLimit(floor())
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			m.look(floor())
		case <-ctx.Done():
			return
		}
	}
}

func newMemoryLimit(floor int64) *memoryLimit {
	m := &memoryLimit{floor: floor, limit: floor, at: time.Now()}
	m.gc, m.all = collected()
	debug.SetMemoryLimit(floor)
	return m
}

// look sets the limit by what collecting cost since the last look.
func (m *memoryLimit) look(floor int64) {
	gc, all := collected()
	now := time.Now()
	m.floor = floor
	m.weigh(gc-m.gc, all-m.all, now.Sub(m.at), resident())
	m.gc, m.all, m.at = gc, all, now
	debug.SetMemoryLimit(m.limit)
}

// weigh raises the limit by a quarter when it binds and collecting has become
// dear, and lets it sink slowly to the floor while it is cheap. used is what the
// limit is compared with, in bytes.
func (m *memoryLimit) weigh(gc, all float64, elapsed time.Duration, used int64) {
	share := 0.0
	if gc > atRest*elapsed.Seconds() {
		share = gc / all
	}
	m.share += (share - m.share) / inertia
	switch {
	case m.share > dear && float64(used) > near*float64(m.limit):
		m.limit += m.limit / 4
		m.share = cheap // the higher limit is judged by itself
	case m.share < cheap:
		m.limit -= m.limit / 32
	}
	m.limit = max(m.limit, m.floor)
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

// resident is what Go compares with the limit: all that it has from the system,
// in bytes.
func resident() int64 {
	s := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64() - s[1].Value.Uint64())
}
