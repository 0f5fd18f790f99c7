package peer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// RefusedError is why a relay did not let somebody in or take something. UsedAt
// is when the invite was used, in seconds, if the relay said so (IN6).
type RefusedError struct {
	Code   wire.Code
	UsedAt string
}

func (e *RefusedError) Error() string { return "the relay refused: " + string(e.Code) }

// JoinConfig says who wants to join with which invite.
type JoinConfig struct {
	Invite *charter.InviteSecret
	// Device signs as the new device; Keys are its public keys and name.
	Device canon.Signer
	Keys   charter.Keys
	// AsDevice opens the connection as the device instead of as the invite: for
	// a join whose answer was lost.
	AsDevice bool
	// Sent is the join that was handed out as Signed before the exchange was cut
	// off, if there was one: while its place is free, it goes out again (TR3).
	Sent    []byte
	Program string
	Rand    io.Reader // nil is crypto/rand
}

// Joiner reads the charter with an invite and appends one join (WI8, IN3). It is
// driven like a Peer, and not safe for several goroutines.
//
// Invariants:
//
//  1. Nothing is believed but what verifies from genesis against the workspace
//     in the link (ID1).
//  2. One join is signed for each place in the charter, and it is handed out as
//     Signed before it is sent; only a valid other statement at its place leads
//     to another (TR3).
type Joiner struct {
	cfg    JoinConfig
	signer canon.Signer // of the connection
	now    time.Time
	out    []Effect

	exporter []byte
	relay    canon.RelayKey
	hello    []byte
	ready    *wire.Ready
	lastID   uint64
	log      *charter.Log
	raw      [][]byte
	member   string
	accepted bool
	signed   []byte
	done     bool
}

// Signed tells that this join was signed and goes out next. Keep it on disk first (TR3).
type Signed struct{ Record []byte }

func (Signed) effect() {}

// Invitation is what the person is shown before joining (IN3).
type Invitation struct {
	Workspace  canon.WorkspaceID
	Company    string
	Department string
	Role       string
	Inviter    string
	// Member is the name that the invite is for; empty where the person gives it.
	Member string
	// Further tells that it is for a further device of that member.
	Further bool
	Until   int64
}

// NewJoiner returns a joiner without a connection.
func NewJoiner(cfg JoinConfig) (*Joiner, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	j := &Joiner{cfg: cfg, signer: cfg.Device}
	if !cfg.AsDevice {
		var err error
		if j.signer, err = cfg.Invite.Signer(); err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
	}
	return j, j.start()
}

func (j *Joiner) start() error {
	var err error
	j.raw, j.lastID = nil, 1
	if j.log, err = charter.NewLog(j.cfg.Invite.Workspace(), nil); err != nil {
		return fmt.Errorf("join: %w", err)
	}
	return nil
}

// Step takes in what happened and returns what to do, in order. A *RefusedError
// is the relay's answer; other errors mean that it sent what does not verify.
func (j *Joiner) Step(now time.Time, events ...Event) ([]Effect, error) {
	j.now, j.out = now, nil
	for _, e := range events {
		var err error
		switch e := e.(type) {
		case Opened:
			j.exporter, j.relay = e.Exporter, e.Relay
			err = j.sayHello()
		case Received:
			err = j.receive(e.Data)
		}
		if err != nil {
			return nil, fmt.Errorf("join: %w", err)
		}
	}
	return j.out, nil
}

// Invitation is what the invite leads to, once the charter was read.
func (j *Joiner) Invitation() (Invitation, bool) {
	s := j.log.State()
	id, err := j.cfg.Invite.ID()
	if s == nil || err != nil || j.raw == nil || s.Head().Seq < j.ready.Charter.Seq {
		return Invitation{}, false
	}
	i, ok := s.Invite(id)
	if !ok {
		return Invitation{}, false
	}
	v := Invitation{
		Workspace: s.Workspace(), Company: s.Name(), Department: i.Department, Role: i.Role,
		Member: i.Name, Further: !i.New, Until: i.Until,
	}
	if m, ok := s.Member(i.Member); ok {
		v.Department, v.Role, v.Member = m.Department, m.Role, m.Name
	}
	if d, ok := s.Department(v.Department); ok {
		v.Department = d.Name
	}
	if r, ok := s.Role(v.Role); ok {
		v.Role = r.Name
	}
	if m, ok := s.MemberOf(i.Issuer); ok {
		v.Inviter = m.Name
	}
	return v, true
}

// Accept joins, under the given name where the invite leaves it open. The
// effects are those of Step.
func (j *Joiner) Accept(now time.Time, member string) ([]Effect, error) {
	j.now, j.out = now, nil
	j.member, j.accepted = member, true
	if err := j.join(); err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	return j.out, nil
}

// Done tells whether the device is in the charter. Then Records are all
// statements from genesis.
func (j *Joiner) Done() bool { return j.done }

// Records are the encoded statements that were read and verified.
func (j *Joiner) Records() [][]byte { return j.raw }

func (j *Joiner) sayHello() error {
	h := &wire.Hello{
		Versions: []uint64{wire.Version}, Workspace: j.cfg.Invite.Workspace(), Device: j.signer.Device(), Program: j.cfg.Program,
	}
	if _, err := io.ReadFull(j.cfg.Rand, h.Nonce[:]); err != nil {
		return fmt.Errorf("draw nonce: %w", err)
	}
	var err error
	j.hello, err = j.send(1, h)
	return err
}

func (j *Joiner) send(id uint64, f wire.Frame) ([]byte, error) {
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: f})
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	j.out = append(j.out, Send{Data: b})
	return b, nil
}

func (j *Joiner) ask(f wire.Frame) error {
	j.lastID += 2
	_, err := j.send(j.lastID, f)
	return err
}

func (j *Joiner) receive(data []byte) error {
	m, err := wire.DecodeFrame(data)
	if err != nil {
		return err //nolint:wrapcheck // Step says where
	}
	switch f := m.Frame.(type) {
	case *wire.Challenge:
		return j.prove(data)
	case *wire.Statements: // the relay lost its charter: nobody can join there now
		return &RefusedError{Code: wire.CodeHealing}
	case *wire.Ready:
		j.ready = f
		return j.ask(&wire.Statements{From: 0})
	case *wire.Records:
		if err := j.add(f.Records); err != nil {
			return err
		}
		if f.More && len(f.Records) > 0 {
			return j.ask(&wire.Statements{From: uint64(j.log.Len())})
		}
		return j.look()
	case *wire.OK:
		if err := j.add(f.Records); err != nil {
			return err
		}
		return j.look()
	case *wire.Failed:
		return j.failed(f)
	}
	return nil
}

func (j *Joiner) prove(challenge []byte) error {
	if j.ready != nil || j.hello == nil {
		return nil
	}
	signed := wire.HelloSigned(j.cfg.Invite.Workspace(), j.signer.Device(), j.relay, j.hello, challenge, j.exporter)
	sig, err := j.signer.Sign(canon.DomainHello, signed)
	if err != nil {
		return fmt.Errorf("sign proof: %w", err)
	}
	j.hello = nil
	_, err = j.send(1, &wire.Proof{Signature: sig})
	return err
}

// add verifies statements; those that are there already are passed over.
func (j *Joiner) add(records [][]byte) error {
	for _, b := range records {
		rec, err := charter.DecodeRecord(b)
		if err != nil {
			return fmt.Errorf("statement %d: %w", j.log.Len(), err)
		}
		before := j.log.Len()
		if err := j.log.Append(rec); err != nil {
			return fmt.Errorf("statement %d: %w", before, err)
		}
		if j.log.Len() > before {
			j.raw = append(j.raw, b)
		}
	}
	return nil
}

// look tells whether the device is in.
func (j *Joiner) look() error {
	s := j.log.State()
	if s == nil {
		return errors.New("empty charter")
	}
	d, ok := s.Device(j.cfg.Device.Device())
	j.done = ok && d.Active
	return nil
}

func (j *Joiner) failed(f *wire.Failed) error {
	if f.Code == wire.CodeCharterMoved && j.accepted && !j.done {
		// Other statements came first; with them the join is made anew (TR3).
		before := j.log.Len()
		if err := j.add(f.Records); err != nil {
			return err
		}
		if j.log.Len() > before {
			return j.join()
		}
	}
	e := &RefusedError{Code: f.Code}
	if f.Code == wire.CodeInviteUsed && len(f.Keys) == 1 {
		e.UsedAt = f.Keys[0]
	}
	return e
}

func (j *Joiner) join() error {
	if j.done {
		return nil
	}
	if j.fits(j.cfg.Sent) {
		j.signed = j.cfg.Sent
		return j.ask(&wire.Append{Record: j.signed})
	}
	rec, err := charter.NewJoin(j.log.State(), charter.JoinSpec{Device: j.cfg.Keys, Member: j.member}, j.cfg.Invite, j.now.Unix(), j.cfg.Device)
	if err != nil {
		return err //nolint:wrapcheck // Accept says where
	}
	if j.signed, err = charter.EncodeRecord(rec); err != nil {
		return err //nolint:wrapcheck // as above
	}
	j.out = append(j.out, Signed{Record: j.signed})
	return j.ask(&wire.Append{Record: j.signed})
}

// fits tells whether a join that was signed before may still take its place.
func (j *Joiner) fits(record []byte) bool {
	if record == nil {
		return false
	}
	rec, err := charter.DecodeRecord(record)
	return err == nil && j.log.State().Check(rec, j.now.Unix()) == nil
}
