// Package link keeps a device connected to its relay: it dials, checks the
// relay's key, drives the peer, and tells how things stand.
package link

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

// The errors that callers tell apart. What the relay refuses is a
// *peer.RefusedError.
var (
	// ErrRelayIdentity means that another key answered: this is not the
	// company's relay, and there is no way to go on (WI6).
	ErrRelayIdentity = errors.New("this is not the company's relay")
	// ErrNoRelay means that no relay is known yet.
	ErrNoRelay = errors.New("no relay is known")
	// ErrOffline means that no relay could be reached in time.
	ErrOffline = errors.New("the relay cannot be reached")
	// ErrRunning means that the link is in use already.
	ErrRunning = errors.New("the link is running")
	// ErrAddress means a relay address that is not HOST:PORT or HOST:PORT#KEY.
	ErrAddress = errors.New("not a relay address")
)

// DialFunc opens a TCP connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Config says where the relay is and who listens.
type Config struct {
	// Addresses are tried in order; Pins are the relay keys of the charter, of
	// which the relay must prove one. Both are asked before each dialling.
	Addresses func() []string
	Pins      func() []canon.RelayKey
	Now       func() time.Time
	Dial      DialFunc     // nil dials TCP
	Log       *slog.Logger // nil for none; it takes codes and counts only
	Rand      io.Reader    // for jitter; nil is crypto/rand
	// Heard, when set, hears of documents and statements that arrived, after
	// they are on disk; Docs is empty when many changed. It is called on the
	// link's goroutine and returns quickly.
	Heard func(Heard)
	// Watch, when set, hears each new status, on the link's goroutine.
	Watch func(peer.Status)
}

// Heard is what arrived.
type Heard struct {
	Docs    []canon.DocID
	Charter bool
}

// Summary is what Once did.
type Summary struct {
	Sent, Received, Pending, Rejected int
	Took                              time.Duration
}

// Link drives a Peer. Run or Once own the peer while they run; Status, Nudge and
// Close may be called from anywhere.
type Link struct {
	peer  *peer.Peer
	cfg   Config
	nudge chan struct{}
	once  bool // Once runs; only its goroutine reads it

	mu     sync.Mutex
	status peer.Status
	busy   bool
	cancel context.CancelFunc
	done   chan struct{}
	closed bool
}

// New returns a link that is not connected.
func New(p *peer.Peer, cfg Config) *Link {
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: dialLimit, KeepAlive: pingEvery}).DialContext
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	return &Link{peer: p, cfg: cfg, nudge: make(chan struct{}, 1), status: peer.Status{State: peer.StateOffline}}
}

// Status is how things stand.
func (l *Link) Status() peer.Status {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.status
}

// Nudge says that an edit was written, or that it is worth dialling at once,
// which is done once a second at most. It never waits.
func (l *Link) Nudge() {
	select {
	case l.nudge <- struct{}{}:
	default:
	}
}

// Close ends Run and Once and waits for them.
func (l *Link) Close() error {
	l.mu.Lock()
	l.closed = true
	cancel, done := l.cancel, l.done
	l.mu.Unlock()
	if cancel != nil {
		cancel()
		<-done
	}
	return nil
}

// enter takes the peer for one Run or Once; leave gives it back.
func (l *Link) enter(ctx context.Context) (_ context.Context, leave func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.busy || l.closed {
		return nil, nil, ErrRunning
	}
	ctx, l.cancel = context.WithCancel(ctx)
	done := make(chan struct{})
	l.busy, l.done = true, done
	return ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.cancel()
		l.busy = false
		close(done)
	}, nil
}

// Waiting between attempts grows from the first to the last, each with up to a
// half more by chance, so that devices do not come back all at once.
const (
	firstWait = time.Second
	lastWait  = time.Minute
)

// Run keeps the connection until ctx ends or Close is called; it returns nil
// then. An error means that the device's own store failed.
func (l *Link) Run(ctx context.Context) error {
	ctx, leave, err := l.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	wait := firstWait
	for ctx.Err() == nil {
		live, err := l.session(ctx, func() bool { return false })
		if live {
			wait = firstWait
		}
		var failed *storeError
		if errors.As(err, &failed) {
			l.publish(stateOf(failed))
			return err
		}
		if ctx.Err() != nil {
			break
		}
		if !errors.Is(err, ErrNoRelay) { // a book without a relay is nothing to report
			l.cfg.Log.Info("relay connection ended", "err", err)
		}
		l.rest(ctx, wait+l.jitter(wait/2))
		wait = min(2*wait, lastWait)
	}
	return nil
}

// Once connects, sends and receives until both sides have everything, and
// disconnects. ErrOffline, ErrNoRelay, ErrRelayIdentity, peer.ErrRevoked or a
// *peer.RefusedError say why that did not happen within timeout; what waiting
// does not change is said at once. With ErrOffline comes a *peer.RefusedError
// where the relay was there and put it off.
func (l *Link) Once(ctx context.Context, timeout time.Duration) (Summary, error) {
	ctx, leave, err := l.enter(ctx)
	if err != nil {
		return Summary{}, err
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	l.once = true
	defer func() { l.once = false }()
	start, before := l.cfg.Now(), l.Status()
	asked := false
	whole := func() bool {
		if !l.peer.Quiet() {
			return false
		}
		done := asked // once more after everything else: salts that are missing
		asked = true
		return done
	}
	wait := firstWait / 8
	var said *peer.RefusedError // why the relay did not go on, the last time
	for {
		_, err = l.session(ctx, whole)
		refused, ok := errors.AsType[*peer.RefusedError](err)
		if ok || ctx.Err() == nil {
			said = refused
		}
		if err == nil || ctx.Err() != nil || final(err) {
			break
		}
		l.rest(ctx, wait)
		wait = min(2*wait, lastWait)
	}
	if err != nil && ctx.Err() != nil && !final(err) {
		if said != nil { // and not that the last attempt was cut off
			err = said
		}
		err = fmt.Errorf("%w: %w", ErrOffline, err)
	}
	s := l.Status()
	return Summary{
		Sent: s.Sent - before.Sent, Received: s.Received - before.Received,
		Pending: s.Pending, Rejected: s.Rejected, Took: l.cfg.Now().Sub(start),
	}, err
}

// final tells whether another attempt would end no better.
func final(err error) bool {
	if refused, ok := errors.AsType[*peer.RefusedError](err); ok {
		return !passing(refused.Code)
	}
	_, failed := errors.AsType[*storeError](err)
	return failed || errors.Is(err, ErrNoRelay) || errors.Is(err, ErrRelayIdentity) || errors.Is(err, peer.ErrRevoked)
}

// passing tells whether a code goes away by itself.
func passing(c wire.Code) bool {
	return c == wire.CodeRetry || c == wire.CodeHealing || c == wire.CodeSlow || c == wire.CodeRate || c == wire.CodeReplaced
}

// rest waits, or until something is worth an attempt at once; never less than
// the first wait, however much is written or waited for meanwhile.
func (l *Link) rest(ctx context.Context, d time.Duration) {
	t, least := time.NewTimer(d), time.NewTimer(min(d, firstWait))
	defer t.Stop()
	defer least.Stop()
	select {
	case <-least.C:
	case <-ctx.Done():
		return
	}
	select {
	case <-t.C:
	case <-l.nudge:
	case <-ctx.Done():
	}
}

func (l *Link) jitter(most time.Duration) time.Duration {
	var b [8]byte
	if _, err := io.ReadFull(l.cfg.Rand, b[:]); err != nil || most <= 0 {
		return 0
	}
	return time.Duration(binary.BigEndian.Uint64(b[:]) % uint64(most))
}

func (l *Link) publish(s peer.Status) {
	l.mu.Lock()
	l.status = s
	l.mu.Unlock()
	if l.cfg.Watch != nil {
		l.cfg.Watch(s)
	}
}
