// Package peer is the device's side of the sync protocol as a state machine: it
// is told what happened on a connection and says what to send. It opens no
// socket, reads no clock and starts no goroutine; whoever drives it does.
package peer

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

// ErrStopped means an event for a connection that was never opened or is gone.
var ErrStopped = errors.New("no connection")

// Config says for whom a Peer speaks.
type Config struct {
	Repo   *repo.Repo
	Signer canon.Signer
	// Program is the version that the relay is told.
	Program string
	// Name, when set, is called before the charter is offered to a relay that has
	// none, or none any more: a founder's device names the first relay in it then, and
	// not before (TR3).
	Name func(relay canon.RelayKey) error
	// Rand draws nonces; nil is crypto/rand.
	Rand io.Reader
}

// Peer is a device's end of the conversation with its relay. It is not safe
// for several goroutines.
//
// Invariants:
//
//  1. The order of work on a connection is fixed: charter, what it erases, then
//     data in both directions (WI10). Nothing is pulled or pushed before the
//     own charter has the relay's head, or the relay ours.
//  2. The peer keeps nothing that must survive it. What was done is what the
//     repo has on disk; after a crash at any point a new peer asks again, and
//     every question may be asked twice (EN7).
//  3. An own envelope is settled by the answer to a push on this connection, or
//     by coming back in the log. Salts are no part of that: the relay asks for
//     those it misses, and the peer, once on each connection, for those that the
//     repo misses (SE0).
//  4. What is refused is settled as refused only when every earlier envelope of
//     its document was decided; else it is sent again behind them.
//  5. Refused edits are made anew only after everything that the relay had is
//     applied (RB2): the peer asks for it and waits for the end.
//  6. Batches are applied in the order in which they came, and the cursor moves
//     with them, never past an answer that is not on disk: the relay need not
//     send back what it accepted on this connection. A batch that stands on
//     unknown statements waits for them (GA3); nothing overtakes it.
//  7. A relay that lacks what it once had is helped, never followed: the device
//     sends what is missing and removes nothing (HE1).
//  8. A charter that contradicts the own one ends the exchange (TR5).
type Peer struct {
	cfg Config
	now time.Time
	out []Effect

	phase    phase
	exporter []byte
	relay    canon.RelayKey
	lastID   uint64
	asks     map[uint64]ask
	hello    []byte
	ready    *wire.Ready
	member   canon.MemberID
	heard    time.Time // when the relay was last heard on this connection

	behind    time.Time // since when the charter is known to be longer (TR6); zero: it is not
	asking    bool      // statements were asked for
	evidence  bool      // and from genesis, to find where the chains part
	statement wire.Code // what the relay said to the own statement
	copied    bool      // this store was found to be a copy (EN5)

	pull puller
	push pusher
	heal healer

	salts salting
	count counts
}

// phase is how far the connection has come.
type phase uint8

const (
	phaseIdle    phase = iota // no connection
	phaseHello                // hello was sent
	phaseProof                // proof was sent
	phaseCharter              // charters are compared
	phaseCompare              // documents are compared (HE4)
	phaseWait                 // the relay is healing, and another must confirm (HE2)
	phaseData                 // pull and push
	phaseRevoked              // this device is revoked: the charter is read, no more
	phaseStopped              // told to close
)

// ask is a question that waits for its answer.
type ask struct {
	at time.Time
	fn func(context.Context, wire.Frame) error
}

// answerLimit is how long an answer may take before the connection counts as
// dead (WI4).
const answerLimit = 60 * time.Second

// New returns a peer without a connection.
func New(cfg Config) *Peer {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	p := &Peer{cfg: cfg, salts: newSalting()}
	p.count.stale = true
	p.reset()
	return p
}

// reset forgets the connection, and nothing else.
func (p *Peer) reset() {
	p.phase, p.lastID, p.asks = phaseIdle, 0, map[uint64]ask{}
	p.hello, p.ready, p.exporter = nil, nil, nil
	p.asking, p.evidence = false, false
	p.pull, p.push = puller{}, pusher{window: fullWindow, waits: map[canon.DocID]time.Time{}}
	p.heal.reset()
	p.salts.asked, p.salts.came = false, nil
}

// Step takes in what happened, in order, and returns what to do, in order. An
// error means that the device's own store failed: the connection is to be
// closed, and nothing of these events that the relay was not told of may be
// taken as done.
func (p *Peer) Step(ctx context.Context, now time.Time, events ...Event) ([]Effect, error) {
	p.now, p.out = now, nil
	for _, e := range events {
		if err := p.handle(ctx, e); err != nil {
			return nil, p.broken(err)
		}
	}
	if err := p.work(ctx); err != nil {
		return nil, p.broken(err)
	}
	return p.out, nil
}

// broken is what is left to say when the store failed: what it has is not known.
func (p *Peer) broken(err error) error {
	p.salts.looked = false
	return fmt.Errorf("peer: %w", err)
}

func (p *Peer) handle(ctx context.Context, e Event) error {
	switch e := e.(type) {
	case Opened:
		p.reset()
		p.exporter, p.relay, p.heard = e.Exporter, e.Relay, p.now
		p.count.code = ""
		return p.sayHello()
	case Received:
		if p.phase == phaseIdle || p.phase == phaseStopped {
			return nil
		}
		p.heard = p.now
		return p.receive(ctx, e.Data)
	case Wrote:
		p.count.stale = true
		p.push.more = true
		return p.sendNewStatement()
	case Tick:
		return p.tick()
	case Closed:
		p.reset()
	}
	return nil
}

// work does what the events made possible.
func (p *Peer) work(ctx context.Context) error {
	if p.phase == phaseIdle || p.phase == phaseStopped {
		return nil
	}
	if err := p.settle(ctx); err != nil {
		return err
	}
	if err := p.drain(ctx); err != nil {
		return err
	}
	if err := p.keepSalts(false); err != nil {
		return err
	}
	if p.phase == phaseCompare {
		return p.bringAgain()
	}
	if p.phase != phaseData {
		return nil
	}
	if err := p.rebase(ctx); err != nil {
		return err
	}
	return p.pump()
}

func (p *Peer) tick() error {
	if p.phase == phaseIdle || p.phase == phaseStopped {
		return nil
	}
	for _, a := range p.asks {
		if p.now.Sub(a.at) > answerLimit && p.now.Sub(p.heard) > answerLimit {
			p.close(wire.CodeRetry)
			return nil
		}
	}
	if p.phase != phaseData {
		return nil
	}
	p.retryStatement()
	if err := p.keepSalts(true); err != nil {
		return err
	}
	if p.pull.synced && len(p.pull.inbox) == 0 {
		return p.askSalts()
	}
	return nil
}

// send gives a frame to the connection under the given id.
func (p *Peer) send(id uint64, f wire.Frame) ([]byte, error) {
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: f})
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	p.out = append(p.out, Send{Data: b})
	return b, nil
}

// ask sends a question; fn takes the answer, unless the connection ends before.
func (p *Peer) ask(f wire.Frame, fn func(context.Context, wire.Frame) error) error {
	p.lastID += 2
	p.asks[p.lastID] = ask{at: p.now, fn: fn}
	_, err := p.send(p.lastID, f)
	return err
}

// close ends the connection from this side.
func (p *Peer) close(code wire.Code) {
	if p.phase == phaseIdle || p.phase == phaseStopped {
		return
	}
	p.phase = phaseStopped
	p.asks = map[uint64]ask{}
	p.count.code = code
	p.out = append(p.out, Close{Code: code})
}

// receive takes one message of the relay.
func (p *Peer) receive(ctx context.Context, data []byte) error {
	m, err := wire.DecodeFrame(data)
	if err != nil {
		return p.badFrame(err)
	}
	if p.phase == phaseHello || p.phase == phaseProof {
		return p.shake(ctx, m, data)
	}
	if b, ok := m.Frame.(*wire.Batch); ok {
		delete(p.asks, m.ID) // the first batch of a pull answers it, the others follow
		return p.takeBatch(m.ID, b, len(data))
	}
	if a, ok := p.asks[m.ID]; ok {
		delete(p.asks, m.ID)
		p.count.trip = p.now.Sub(a.at)
		return a.fn(ctx, m.Frame)
	}
	switch f := m.Frame.(type) {
	case *wire.Records:
		return p.takeRecords(ctx, f.Records)
	case *wire.Salts:
		if len(f.Ask) > 0 {
			return p.giveSalts(m.ID, f.Ask)
		}
		return p.takeSalts(f.Salts)
	case *wire.Failed:
		if m.ID == 0 { // the relay closes and says why
			p.count.code = f.Code
			p.phase = phaseStopped
		}
	}
	return nil // an answer that came twice
}

// badFrame answers what could not be read (WI3).
func (p *Peer) badFrame(err error) error {
	var bad *wire.FrameError
	if errors.As(err, &bad) && bad.HasID && bad.ID%2 == 0 && bad.ID != 0 {
		_, err := p.send(bad.ID, &wire.Failed{Code: bad.Code})
		return err
	}
	if errors.As(err, &bad) && bad.HasID {
		delete(p.asks, bad.ID)
		return nil
	}
	p.close(wire.CodeMalformed)
	return nil
}
