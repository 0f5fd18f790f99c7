package app

import (
	"slices"
	"sync"
	"time"
)

// The events. They say that something changed, never what: the window asks
// again, so one that comes late, twice or not at all does no harm.
const (
	EventCustomers = "customers:changed"
	EventConflicts = "conflicts:changed"
	EventRejected  = "rejected:changed"
	EventSync      = "sync:status"
	EventStart     = "start:changed"
	EventImport    = "import:progress"
)

// Event is what an event carries.
type Event struct {
	// Revision rises with every event.
	Revision int64 `json:"revision"`
	// IDs are the customers concerned; none for many or all.
	IDs []string `json:"ids,omitempty"`
	// Job is the import concerned.
	Job string `json:"job,omitempty"`
}

const (
	eventGap = 100 * time.Millisecond
	eventIDs = 200 // more are told as all
)

// emitter gathers events and sends each kind about ten times a second at most.
// It owns one goroutine.
type emitter struct {
	host Host
	wake chan struct{}
	done chan struct{}
	gone chan struct{}

	mu       sync.Mutex
	revision int64
	order    []eventKey
	waiting  map[eventKey]map[string]struct{} // nil value: all customers
	closed   bool
}

type eventKey struct{ name, job string }

func newEmitter(host Host) *emitter {
	e := &emitter{
		host: host, wake: make(chan struct{}, 1), done: make(chan struct{}), gone: make(chan struct{}),
		waiting: map[eventKey]map[string]struct{}{},
	}
	go e.run()
	return e
}

// Happened notes an event. Without ids it concerns everything of its kind. It
// never blocks.
func (e *emitter) Happened(name string, ids ...string) { e.note(eventKey{name: name}, ids) }

// Progress notes that an import went on.
func (e *emitter) Progress(job string) { e.note(eventKey{EventImport, job}, nil) }

// Revision is the number of the newest event.
func (e *emitter) Revision() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.revision
}

func (e *emitter) note(key eventKey, ids []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return
	}
	e.revision++
	set, there := e.waiting[key]
	switch {
	case !there && len(ids) > 0:
		set = make(map[string]struct{}, len(ids))
		e.order = append(e.order, key)
	case !there:
		e.order = append(e.order, key)
	case len(ids) == 0:
		set = nil
	}
	if set != nil {
		for _, id := range ids {
			set[id] = struct{}{}
		}
		if len(set) > eventIDs {
			set = nil
		}
	}
	e.waiting[key] = set
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

func (e *emitter) run() {
	defer close(e.gone)
	for {
		select {
		case <-e.done:
			return
		case <-e.wake:
		}
		e.flush()
		gap := time.NewTimer(eventGap)
		select {
		case <-e.done:
			gap.Stop()
			return
		case <-gap.C:
		}
	}
}

func (e *emitter) flush() {
	type ready struct {
		name  string
		event Event
	}
	e.mu.Lock()
	out := make([]ready, 0, len(e.order))
	for _, key := range e.order {
		event := Event{Revision: e.revision, Job: key.job}
		for id := range e.waiting[key] {
			event.IDs = append(event.IDs, id)
		}
		slices.Sort(event.IDs)
		out = append(out, ready{key.name, event})
	}
	e.order = e.order[:0]
	clear(e.waiting)
	e.mu.Unlock()
	for _, r := range out {
		e.host.Emit(r.name, r.event)
	}
}

// Close ends the goroutine and waits for it. What was noted and not sent yet
// is dropped: nobody is left to hear it.
func (e *emitter) Close() {
	e.mu.Lock()
	closed := e.closed
	e.closed = true
	e.mu.Unlock()
	if !closed {
		close(e.done)
	}
	<-e.gone
}
