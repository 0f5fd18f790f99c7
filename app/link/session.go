package link

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/peer"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

const (
	tickEvery = time.Second
	// inputLimit is how many messages wait for the peer; the transport holds
	// the others back.
	inputLimit = 16
	// inputBytes is from which size on messages are taken in before others: what
	// they brought is told before the next, so that the index keeps up with it.
	inputBytes = 256 << 10
	// statusEvery is how often a status goes out while much happens.
	statusEvery = 100 * time.Millisecond
	// heardDocs is up to how many documents are named one by one.
	heardDocs = 512
)

// storeError is a failure of the device's own store.
type storeError struct{ err error }

func (e *storeError) Error() string { return "the store failed: " + e.err.Error() }

func (e *storeError) Unwrap() error { return e.err }

func stateOf(err error) peer.Status {
	if errors.Is(err, store.ErrDiskFull) {
		return peer.Status{State: peer.StateDiskFull}
	}
	return peer.Status{State: peer.StateOffline}
}

// session is one connection from dialling to its end. whole tells, after each
// step, whether to end it. live tells whether the handshake was done.
func (l *Link) session(ctx context.Context, whole func() bool) (live bool, err error) {
	s, err := openAny(ctx, l.cfg.Dial, l.cfg.Addresses(), l.cfg.Pins())
	if err != nil {
		l.failed(err)
		return false, err
	}
	ctx, cancel := context.WithCancel(ctx)
	r := &run{link: l, socket: s, whole: whole, in: make(chan []byte, inputLimit), wake: make(chan struct{}, 1)}
	var tasks sync.WaitGroup
	tasks.Go(func() { defer cancel(); r.read(ctx) })
	tasks.Go(func() { defer cancel(); r.write(ctx) })
	tasks.Go(func() { defer cancel(); r.ping(ctx) })
	err = r.drive(ctx)
	cancel()
	_ = s.ws.CloseNow()
	tasks.Wait()
	if _, stepErr := l.peer.Step(context.WithoutCancel(ctx), l.cfg.Now(), peer.Closed{}); stepErr != nil {
		err = errors.Join(err, &storeError{err: stepErr})
	}
	l.show()
	return r.live, err
}

// failed says why there is no connection.
func (l *Link) failed(err error) {
	s := l.Status()
	s.State, s.Code = peer.StateOffline, "" // what a relay said before says nothing of one that is away
	switch {
	case errors.Is(err, ErrRelayIdentity):
		s.State, s.Code = peer.StateIdentity, wire.CodeRelayIdentity
	case errors.Is(err, ErrNoRelay):
		s.State = peer.StateNoRelay
	}
	if now, err := l.peer.Status(); err == nil {
		s.Pending, s.Rejected = now.Pending, now.Rejected
		if now.State == peer.StateFork || now.State == peer.StateRevoked {
			s.State = now.State
		}
	}
	l.publish(s)
}

// show publishes the peer's status.
func (l *Link) show() {
	if s, err := l.peer.Status(); err == nil {
		l.publish(s)
	}
}

// run is a connection while it lasts.
type run struct {
	link   *Link
	socket *socket
	whole  func() bool
	in     chan []byte
	wake   chan struct{}
	live   bool
	shown  time.Time

	mu    sync.Mutex
	queue [][]byte
}

// drive is the one goroutine that has the peer.
func (r *run) drive(ctx context.Context) error {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	events := []peer.Event{peer.Opened{Exporter: r.socket.exporter, Relay: r.socket.relay}}
	for {
		over, err := r.step(ctx, events)
		if err != nil || over {
			return err
		}
		select {
		case b := <-r.in:
			events = r.more(append(events[:0], peer.Received{Data: b}), inputBytes)
		case <-r.link.nudge:
			events = append(events[:0], peer.Wrote{})
		case <-tick.C:
			events = append(events[:0], peer.Tick{})
		case <-ctx.Done():
			// What the relay said before it closed still counts.
			_, err := r.step(context.WithoutCancel(ctx), r.more(events[:0], math.MaxInt))
			if err == nil {
				err = r.why()
			}
			return err
		}
	}
}

// more takes what waits, without waiting, up to about so many bytes.
func (r *run) more(events []peer.Event, most int) []peer.Event {
	size := 0
	for _, e := range events {
		if got, ok := e.(peer.Received); ok {
			size += len(got.Data)
		}
	}
	for len(events) < inputLimit && size < most {
		select {
		case b := <-r.in:
			events, size = append(events, peer.Received{Data: b}), size+len(b)
		default:
			return events
		}
	}
	return events
}

// why is the reason for the end of a connection.
func (r *run) why() error {
	s, err := r.link.peer.Status()
	switch {
	case err != nil:
		return &storeError{err: err}
	case s.Code != "" && s.Code != wire.CodeDeviceForked:
		return &peer.RefusedError{Code: s.Code}
	case s.State == peer.StateHealing:
		return &peer.RefusedError{Code: wire.CodeHealing}
	}
	return ErrOffline
}

// step hands events to the peer and does what it says.
func (r *run) step(ctx context.Context, events []peer.Event) (over bool, err error) {
	l := r.link
	effects, err := l.peer.Step(ctx, l.cfg.Now(), events...)
	if err != nil {
		if ctx.Err() != nil {
			return true, fmt.Errorf("interrupted: %w", ctx.Err())
		}
		return true, &storeError{err: err}
	}
	closing := false
	for _, e := range effects {
		switch e := e.(type) {
		case peer.Send:
			r.put(e.Data)
		case peer.Close:
			closing = true
		case peer.Changed:
			r.heard(Heard{Docs: e.Docs})
		case peer.Charter:
			r.heard(Heard{Charter: true})
		}
	}
	r.live = r.live || l.peer.Live()
	quiet := l.peer.Quiet()
	if now := l.cfg.Now(); quiet || closing || now.Sub(r.shown) >= statusEvery {
		r.shown = now
		l.show()
	}
	if closing {
		return true, r.why()
	}
	if quiet && r.whole() {
		return true, nil
	}
	if !quiet && l.once {
		if err := l.peer.Stuck(); err != nil {
			return true, err //nolint:wrapcheck // the peer says why
		}
	}
	if quiet && l.once { // the last questions are asked at once, not with the next tick
		return r.step(ctx, []peer.Event{peer.Tick{}})
	}
	return false, nil
}

func (r *run) heard(h Heard) {
	if len(h.Docs) > heardDocs {
		h.Docs = nil
	}
	if r.link.cfg.Heard != nil {
		r.link.cfg.Heard(h)
	}
}

func (r *run) put(b []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.queue = append(r.queue, b)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

func (r *run) next() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := r.queue
	r.queue = nil
	return list
}

func (r *run) read(ctx context.Context) {
	for {
		kind, b, err := r.socket.ws.Read(ctx)
		if err != nil || kind != websocket.MessageBinary {
			return
		}
		select {
		case r.in <- b:
		case <-ctx.Done():
			return
		}
	}
}

func (r *run) write(ctx context.Context) {
	for {
		for _, b := range r.next() {
			limited, cancel := context.WithTimeout(ctx, deadAfter)
			err := r.socket.ws.Write(limited, websocket.MessageBinary, b)
			cancel()
			if err != nil {
				return
			}
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
			return
		}
	}
}

// ping ends a connection that no longer answers (WI4).
func (r *run) ping(ctx context.Context) {
	t := time.NewTicker(pingEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
		case <-ctx.Done():
			return
		}
		limited, cancel := context.WithTimeout(ctx, deadAfter-pingEvery)
		err := r.socket.ws.Ping(limited)
		cancel()
		if err != nil {
			return
		}
	}
}
