// Package simnet is a network in virtual time whose every delay and fault comes
// from a seed. What happens on it happens in one goroutine, inside Run.
package simnet

import (
	"container/heap"
	"math/rand/v2"
	"time"
)

// Side is one end of a link: A dialled, B listens.
type Side int

// The sides.
const (
	A Side = iota
	B
)

// Handler takes what arrives at an end of a link.
type Handler interface {
	// Opened tells that the link is there.
	Opened(l *Link, s Side)
	// Received brings a message. The bytes are the handler's.
	Received(l *Link, s Side, data []byte)
	// Closed tells that the link is gone; it comes once, and last.
	Closed(l *Link, s Side)
}

// Faults are probabilities for each message of one direction.
type Faults struct {
	// Drop loses a message. Where Stream is set, the rest of the direction is
	// lost with it and the link ends, as a broken stream does.
	Drop float64
	// Duplicate delivers a message twice.
	Duplicate float64
	// Reorder lets later messages overtake one.
	Reorder float64
	// Cut ends the link; what is under way arrives or not.
	Cut float64
	// Stall loses a message and all behind it without a word: the link stays, and
	// ends after Dead, when its ends notice that nobody answers a ping (WI4).
	Stall  float64
	Stream bool
}

// Counts are the faults that happened.
type Counts struct{ Sent, Drop, Duplicate, Reorder, Cut, Stall int }

// Network is links and timers in virtual time.
type Network struct {
	// Faults of the directions from A and from B.
	Faults [2]Faults
	// Delay is the longest that a message takes.
	Delay time.Duration
	// Dead is how long a silent direction keeps its link.
	Dead time.Duration

	rng    *rand.Rand
	now    time.Time
	queue  events
	next   uint64
	counts Counts
}

// New returns a network at the given time. The same seed and the same calls give
// the same run.
func New(seed uint64, start time.Time) *Network {
	return &Network{rng: rand.New(rand.NewPCG(seed, 0x746f6e676365)), now: start, Delay: 20 * time.Millisecond, Dead: time.Minute} //nolint:gosec // a simulation needs a seed
}

// Now is the present virtual time.
func (n *Network) Now() time.Time { return n.now }

// Rand is the network's source of chance, for what a simulation draws itself.
func (n *Network) Rand() *rand.Rand { return n.rng }

// Counts are the faults so far.
func (n *Network) Counts() Counts { return n.counts }

// After calls fn when d has passed.
func (n *Network) After(d time.Duration, fn func()) { n.at(n.now.Add(d), fn) }

func (n *Network) at(t time.Time, fn func()) {
	n.next++
	heap.Push(&n.queue, event{at: t, seq: n.next, fn: fn})
}

// Run lets things happen until the given time, or until done says so; done is
// asked after each event and may be nil. It tells whether done said so.
func (n *Network) Run(until time.Time, done func() bool) bool {
	for n.queue.Len() > 0 && !n.queue[0].at.After(until) {
		e := heap.Pop(&n.queue).(event) //nolint:forcetypeassert // the queue holds nothing else
		n.now = e.at
		e.fn()
		if done != nil && done() {
			return true
		}
	}
	n.now = until
	return false
}

// Link is a connection between two handlers.
type Link struct {
	n       *Network
	ends    [2]Handler
	open    [2]bool
	broken  [2]bool // nothing more arrives from that side
	arrives [2]time.Time
	Name    uint64 // unlike that of any other link
}

// Link opens a connection; both ends hear of it after a delay.
func (n *Network) Link(a, b Handler) *Link {
	n.next++
	l := &Link{n: n, ends: [2]Handler{a, b}, open: [2]bool{true, true}, Name: n.next}
	n.at(n.now.Add(n.delay()), func() {
		for _, s := range []Side{B, A} {
			if l.open[s] {
				l.ends[s].Opened(l, s)
			}
		}
	})
	return l
}

func (n *Network) delay() time.Duration { return time.Duration(n.rng.Int64N(int64(n.Delay) + 1)) }

func (n *Network) chance(p float64) bool { return p > 0 && n.rng.Float64() < p }

// Send gives a message to the link from side s.
func (l *Link) Send(s Side, data []byte) {
	n, f := l.n, l.n.Faults[s]
	if !l.open[s] || l.broken[s] {
		return
	}
	n.counts.Sent++
	if n.chance(f.Drop) {
		n.counts.Drop++
		if f.Stream {
			l.broken[s] = true
			l.Cut()
		}
		return
	}
	if n.chance(f.Stall) {
		n.counts.Stall++
		l.broken[s] = true
		n.After(n.Dead, l.Cut)
		return
	}
	l.deliver(s, data, n.chance(f.Reorder))
	if n.chance(f.Duplicate) {
		n.counts.Duplicate++
		l.deliver(s, append([]byte(nil), data...), false)
	}
	if n.chance(f.Cut) {
		l.Cut()
	}
}

func (l *Link) deliver(s Side, data []byte, late bool) {
	n := l.n
	t := n.now.Add(n.delay())
	if late {
		n.counts.Reorder++
		t = t.Add(2 * n.Delay)
	} else {
		if t.Before(l.arrives[s]) {
			t = l.arrives[s]
		}
		l.arrives[s] = t
	}
	n.at(t, func() {
		if to := 1 - s; l.open[to] {
			l.ends[to].Received(l, to, data)
		}
	})
}

// Cut ends the link: each end hears of it at its own time.
func (l *Link) Cut() {
	n := l.n
	if l.open[A] && l.open[B] {
		n.counts.Cut++
	}
	for _, s := range []Side{A, B} {
		n.at(n.now.Add(n.delay()), func() { l.end(s) })
	}
}

// Close ends the link from side s after what s sent has arrived.
func (l *Link) Close(s Side) {
	n := l.n
	t := n.now.Add(n.delay())
	if t.Before(l.arrives[s]) {
		t = l.arrives[s]
	}
	l.broken[s] = true
	n.at(t, func() { l.end(1 - s) })
	n.at(t, func() { l.end(s) })
}

// Crash ends the link on side s at once and without a word to it, as when its
// process dies; the other end hears of it later.
func (l *Link) Crash(s Side) {
	l.open[s] = false
	l.n.at(l.n.now.Add(l.n.delay()), func() { l.end(1 - s) })
}

func (l *Link) end(s Side) {
	if !l.open[s] {
		return
	}
	l.open[s] = false
	l.ends[s].Closed(l, s)
}

type event struct {
	at  time.Time
	seq uint64
	fn  func()
}

type events []event

func (e *events) Len() int { return len(*e) }

func (e *events) Less(i, j int) bool {
	a, b := &(*e)[i], &(*e)[j]
	return a.at.Before(b.at) || a.at.Equal(b.at) && a.seq < b.seq
}

func (e *events) Swap(i, j int) { (*e)[i], (*e)[j] = (*e)[j], (*e)[i] }

func (e *events) Push(x any) { *e = append(*e, x.(event)) } //nolint:forcetypeassert // heap.Push is called with nothing else

func (e *events) Pop() any {
	old := *e
	x := old[len(old)-1]
	*e = old[:len(old)-1]
	return x
}
