package peer

import (
	"errors"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// State is what the person is told about the exchange (UX 5.11).
type State string

// The states. StateNoRelay and StateIdentity are found by whoever dials.
const (
	StateSynced   State = "synced"
	StateSyncing  State = "syncing"
	StateOffline  State = "offline"
	StateNoRelay  State = "norelay"
	StateRejected State = "rejected"
	StateDenied   State = "denied"
	StateIdentity State = "identity"
	StateHealing  State = "healing"
	StateRevoked  State = "revoked"
	StateFork     State = "fork"
	StateDiskFull State = "diskfull"
)

// Status is how things stand.
type Status struct {
	State State
	// Done of Total while syncing: records to receive and envelopes to send.
	Done, Total int
	// Pending is how many own envelopes the relay has not accepted; Rejected is
	// how many values are on the list of what was not accepted.
	Pending, Rejected int
	// Sent and Received count envelopes since the peer was made; own ones that
	// come back are not received.
	Sent, Received int
	// Last is when the relay was last heard; zero for never.
	Last      time.Time
	RoundTrip time.Duration
	// Skew is this device's clock minus the relay's (WI11).
	Skew  time.Duration
	Relay canon.RelayKey
	// Code is why the relay ended or refused last; empty for nothing.
	Code wire.Code
	// Statement is what the relay said to the own statement that waits for a
	// place in the charter (TR3); empty while it said nothing.
	Statement wire.Code
	// Withheld tells that the relay does not deliver statements that are known
	// to exist (TR6).
	Withheld bool
}

// ErrRevoked means that this device was revoked (LV3).
var ErrRevoked = errors.New("this device was revoked")

// withheldAfter is how long a relay may take to deliver statements (TR6).
const withheldAfter = 60 * time.Second

// countEvery is how old counted numbers may become while much happens.
const countEvery = 250 * time.Millisecond

// counts is what Status tells beside the phase.
type counts struct {
	sent, received    int
	pending, rejected int
	stale             bool
	at                time.Time
	code              wire.Code
	trip, skew        time.Duration
	fork              bool
}

// Status is how things stand. It may read the outbox, four times a second at
// most while much happens.
func (p *Peer) Status() (Status, error) {
	c := &p.count
	if c.stale && (c.at.IsZero() || p.now.Sub(c.at) >= countEvery || p.idle()) {
		var err error
		if c.pending, err = p.cfg.Repo.OutboxLen(); err != nil {
			return Status{}, err //nolint:wrapcheck // the repo names the operation
		}
		list, err := p.cfg.Repo.NotAccepted()
		if err != nil {
			return Status{}, err //nolint:wrapcheck // as above
		}
		c.rejected, c.at, c.stale = len(list), p.now, false
	}
	s := Status{
		State: p.state(), Pending: c.pending, Rejected: c.rejected, Sent: c.sent, Received: c.received,
		Last: p.heard, RoundTrip: c.trip, Skew: c.skew, Relay: p.relay, Code: c.code, Statement: p.statement,
		Withheld: !p.behind.IsZero() && p.now.Sub(p.behind) > withheldAfter,
	}
	if s.State == StateSyncing && p.ready != nil {
		s.Done = p.pull.done + p.push.done
		s.Total = s.Done + p.pull.left() + c.pending
	}
	return s, nil
}

// idle tells whether nothing is under way, so that counting disturbs nobody.
func (p *Peer) idle() bool { return len(p.push.flights) == 0 && len(p.pull.inbox) == 0 }

// Quiet tells whether both sides have everything of each other, as far as this
// device knows.
func (p *Peer) Quiet() bool {
	return p.phase == phaseData && p.pull.synced && !p.pull.barrier && p.idle() && len(p.asks) == 0 &&
		!p.push.more && p.push.retryAt.IsZero() && len(p.push.waits) == 0 && p.cfg.Repo.Blocked() == 0
}

// Stuck tells why nothing goes on although the relay is there: ErrRevoked, or a
// *RefusedError with what a person has to change first. The peer asks again at
// long intervals, or not at all. nil while something is under way.
func (p *Peer) Stuck() error {
	u := &p.push
	switch {
	case !p.idle() || len(p.asks) > 0:
	case p.phase == phaseRevoked:
		return ErrRevoked
	case p.phase == phaseData && p.pull.synced && !p.pull.barrier && u.stuck != "" && (!u.more || !u.retryAt.IsZero()):
		return &RefusedError{Code: u.stuck}
	}
	return nil
}

// Live tells whether the handshake is done.
func (p *Peer) Live() bool { return p.phase > phaseProof && p.phase != phaseStopped }

func (p *Peer) state() State {
	switch {
	case p.count.fork || p.cfg.Repo.Forked():
		return StateFork
	case p.revoked():
		return StateRevoked
	case p.phase == phaseIdle || p.phase == phaseStopped:
		if p.count.code == wire.CodeDenied {
			return StateDenied
		}
		return StateOffline
	case p.phase == phaseWait || p.heal.relay:
		return StateHealing
	case !p.Quiet():
		return StateSyncing
	case p.count.rejected > 0:
		return StateRejected
	}
	return StateSynced
}

// revoked tells whether the charter has ended this device (LV3).
func (p *Peer) revoked() bool {
	s := p.cfg.Repo.Charter().State()
	if s == nil {
		return false
	}
	d, ok := s.Device(p.cfg.Signer.Device())
	return ok && !d.Active
}
