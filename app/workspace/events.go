package workspace

import (
	"sync"
	"time"

	"tongce/crdt/canon"
)

// Event says that something is other than before. It holds no values, and one
// that is lost does no harm: whoever shows something reads it again.
type Event struct {
	// Revision rises with every event.
	Revision uint64
	// Docs are the customers that changed; All is set instead when there are
	// more than MaxEventDocs.
	Docs []canon.DocID
	All  bool
	// Charter: members, roles, fields or relays changed. Sync: the status of
	// the exchange did. Import: an import went on or ended. Indexing: the index
	// is being made anew, Done of Total.
	Charter, Sync, Import, Indexing bool
	Done, Total                     int
}

// MaxEventDocs is how many customers an event names one by one.
const MaxEventDocs = 500

// eventEvery is the shortest time between two events: about 10 a second.
const eventEvery = 100 * time.Millisecond

// hub gathers what happens and tells it to everyone who listens, at most ten
// times a second.
type hub struct {
	mu      sync.Mutex
	next    Event
	docs    map[canon.DocID]bool
	pending bool
	to      map[int]func(Event)
	ids     int
	rev     uint64
	closed  bool

	wake chan struct{}
	stop chan struct{}
	done sync.WaitGroup
}

func newHub() *hub {
	h := &hub{
		docs: map[canon.DocID]bool{}, to: map[int]func(Event){},
		wake: make(chan struct{}, 1), stop: make(chan struct{}),
	}
	h.done.Go(h.run)
	return h
}

// note adds something to the next event.
func (h *hub) note(fn func(*Event), docs ...canon.DocID) {
	h.mu.Lock()
	for _, d := range docs {
		if len(h.docs) <= MaxEventDocs {
			h.docs[d] = true
		}
	}
	if fn != nil {
		fn(&h.next)
	}
	h.pending = true
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func (h *hub) run() {
	timer := time.NewTimer(0)
	<-timer.C
	for {
		select {
		case <-h.stop:
			return
		case <-h.wake:
		}
		h.tell()
		timer.Reset(eventEvery)
		select {
		case <-h.stop:
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

func (h *hub) tell() {
	h.mu.Lock()
	if !h.pending {
		h.mu.Unlock()
		return
	}
	e := h.next
	h.rev++
	e.Revision = h.rev
	if e.All = len(h.docs) > MaxEventDocs; !e.All {
		for d := range h.docs {
			e.Docs = append(e.Docs, d)
		}
	}
	h.next, h.docs, h.pending = Event{}, map[canon.DocID]bool{}, false
	to := make([]func(Event), 0, len(h.to))
	for _, fn := range h.to {
		to = append(to, fn)
	}
	h.mu.Unlock()
	for _, fn := range to {
		fn(e)
	}
}

func (h *hub) close() {
	h.mu.Lock()
	closed := h.closed
	h.closed = true
	h.mu.Unlock()
	if !closed {
		close(h.stop)
	}
	h.done.Wait()
}

// Events calls fn, from a goroutine of the workspace, at most ten times a
// second while something happens. fn must not block and must not close the
// workspace. The function returned ends it.
func (w *Workspace) Events(fn func(Event)) (cancel func()) {
	h := w.events
	h.mu.Lock()
	defer h.mu.Unlock()
	id := h.ids
	h.ids++
	h.to[id] = fn
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.to, id)
	}
}
