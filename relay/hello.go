package relay

import (
	"io"
	"slices"
	"strconv"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// offer is a charter that a connection brings before it is proven (WI18).
type offer struct {
	records [][]byte
	bytes   uint64
	log     *charter.Log
}

// receiveHello answers hello (WI7): with a challenge, or, while there is no
// charter that an administrator stands behind, by asking for the device's own.
func (r *Room) receiveHello(c *conn, id uint64, raw []byte, f *wire.Hello) {
	if !slices.Contains(f.Versions, wire.Version) {
		r.fail(c, id, wire.CodeUnsupportedVersion)
		r.finish(c, wire.CodeUnsupportedVersion)
		return
	}
	c.helloID, c.hello, c.device, c.wants = id, raw, f.Device, f.Workspace
	if r.state() == nil || r.healing() {
		if r.memory.Workspace != (canon.WorkspaceID{}) && r.memory.Workspace != f.Workspace {
			r.deny(c)
			return
		}
		c.phase, c.offered = phaseCharter, &offer{}
		r.send(c, id, &wire.Statements{})
		return
	}
	r.challenge(c)
}

func (r *Room) challenge(c *conn) {
	ch := wire.Challenge{Version: wire.Version, Time: r.now.UnixMilli()}
	if _, err := io.ReadFull(r.cfg.Random, ch.Nonce[:]); err != nil {
		r.finish(c, wire.CodeRetry)
		return
	}
	b, err := wire.EncodeFrame(wire.Message{ID: c.helloID, Frame: &ch})
	if err != nil {
		r.finish(c, wire.CodeRetry)
		return
	}
	c.challenge, c.phase = b, phaseProof
	c.queued += len(b)
	r.outs = append(r.outs, Out{Conn: c.id, Data: b})
}

// receiveOffer takes parts of a charter in until it is whole (WI18).
func (r *Room) receiveOffer(c *conn, f *wire.Records) {
	o := c.offered
	for _, b := range f.Records {
		o.bytes += uint64(len(b))
		o.records = append(o.records, b)
	}
	if o.bytes > r.limits.CharterAtContact {
		r.fail(c, c.helloID, wire.CodeTooLarge)
		r.finish(c, wire.CodeTooLarge)
		return
	}
	if f.More && len(f.Records) > 0 {
		return
	}
	var list []charter.Record
	for _, b := range o.records {
		rec, err := charter.DecodeRecord(b)
		if err != nil {
			r.deny(c)
			return
		}
		list = append(list, rec)
	}
	l, err := charter.NewLog(c.wants, list)
	if err != nil || l.Len() == 0 {
		r.deny(c)
		return
	}
	o.log = l
	s := l.State()
	// Only at the very first contact may the relay statement lack its receipt.
	if !s.HasRelay(r.relay) || s.AwaitsReceipt() && r.memory.Workspace != (canon.WorkspaceID{}) {
		r.stats.refuse(wire.CodeRelayIdentity)
		r.fail(c, c.helloID, wire.CodeRelayIdentity)
		r.finish(c, wire.CodeRelayIdentity)
		return
	}
	r.challenge(c)
}

// deny says nothing about why (WI7).
func (r *Room) deny(c *conn) {
	r.fail(c, c.helloID, wire.CodeDenied)
	r.finish(c, wire.CodeDenied)
}

// judging is the state that a proof is judged by: the room's, or the charter
// that the device brought where that goes further (WI18).
func (r *Room) judging(c *conn) *charter.State {
	s := r.state()
	if c.offered == nil || c.offered.log == nil {
		return s
	}
	o := c.offered.log.State()
	if s == nil || o.Head().Seq > s.Head().Seq {
		return o
	}
	return s
}

// receiveProof ends the handshake (WI7, WI8).
func (r *Room) receiveProof(c *conn, f *wire.Proof) (proven bool) {
	s := r.judging(c)
	if s == nil || s.Workspace() != c.wants {
		r.deny(c)
		return false
	}
	var key []byte
	d, isDevice := s.Device(c.device)
	inv, isInvite := s.Invite(c.device)
	switch {
	case isDevice:
		key = d.Sign
	case isInvite:
		key = inv.Sign
	}
	signed := wire.HelloSigned(c.wants, c.device, r.relay, c.hello, c.challenge, c.exporter)
	if !canon.Verify(key, canon.DomainHello, signed, f.Signature) {
		r.deny(c)
		return false
	}
	if isDevice {
		c.member = d.Member
		if !d.Active {
			c.revoked = &d
		}
		return true
	}
	c.invite, c.member = true, inv.Member
	if err := s.InviteState(c.device, r.now.Unix()); err != nil {
		r.failInvite(c, err)
		return false
	}
	return true
}

// failInvite tells the holder of an invite key why it opens nothing any more,
// and when a used one was used (IN6, IN7).
func (r *Room) failInvite(c *conn, err error) {
	f := inviteFailed(err)
	r.stats.refuse(f.Code)
	r.send(c, c.helloID, f)
	r.finish(c, f.Code)
}

// inviteFailed is the answer for an invite that cannot be used; for a used one
// Keys holds the time of its use in seconds.
func inviteFailed(err error) *wire.Failed {
	f := &wire.Failed{Code: wire.Code(charter.CodeOf(err))}
	if f.Code == "" {
		f.Code = wire.CodeDenied
	}
	if at := usedAt(err); at != 0 {
		f.Keys = []string{strconv.FormatInt(at, 10)}
	}
	return f
}

// ready answers a good proof (WI9). An older connection of the same device
// gives way.
func (r *Room) ready(c *conn) {
	if old := r.devices[c.device]; old != nil && old != c {
		r.finish(old, wire.CodeReplaced)
	}
	r.devices[c.device] = c
	c.phase, c.offered, c.hello = phaseReady, nil, nil
	f := &wire.Ready{
		Log: r.logID, Last: r.index.applied, Charter: r.head(),
		Counter: r.index.counter(c.device), Limits: r.limits, State: wire.StateNormal,
	}
	switch {
	case c.revoked != nil:
		f.State = wire.StateRevoked
	case r.healing():
		f.State = wire.StateHealing
	}
	r.send(c, c.helloID, f)
	r.outs = append(r.outs, Out{Conn: c.id, Proven: true})
}
