package relay

import (
	"cmp"
	"slices"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// phase is how far a connection's handshake has come.
type phase uint8

const (
	phaseHello    phase = iota // waits for hello
	phaseCharter               // waits for the charter (WI18)
	phaseProof                 // waits for proof
	phaseReady                 // proven
	phaseFinished              // told to close
)

// conn is one connection.
type conn struct {
	id       ConnID
	exporter []byte
	opened   time.Time
	phase    phase
	queued   int // bytes given to the connection and not yet written

	// Handshake.
	helloID   uint64
	hello     []byte
	challenge []byte
	wants     canon.WorkspaceID
	device    canon.DeviceID
	offered   *offer // a charter that is not the room's yet

	// Proven.
	member  canon.MemberID
	invite  bool // D is an invite (WI8)
	revoked *charter.Device
	otherID wire.LogID // the log that its cursor names

	lastAsk  uint64 // id of the room's last question, even
	saltsSeq uint64 // salts were asked for of documents that were made up to here

	// Pull.
	pullID  uint64
	credit  int64
	pulling bool // the log's end was not reached yet
	live    bool // what is accepted goes out at once
	at      place
	cursor  wire.Cursor
	own     map[uint64]bool // places behind at of what came on this connection, from its own device
}

// ordered are the connections in a fixed order, so that a seed gives one run.
func (r *Room) ordered() []*conn {
	list := make([]*conn, 0, len(r.conns))
	for _, c := range r.conns {
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b *conn) int { return cmp.Compare(a.id, b.id) })
	return list
}

// send gives a frame to a connection. A connection whose queue is full is
// closed and resumes by cursor (WI4).
func (r *Room) send(c *conn, id uint64, f wire.Frame) {
	if c.phase == phaseFinished {
		return
	}
	if b, ok := r.encode(c, id, f); ok {
		r.queue(c, b)
	}
}

// encode ends the connection when the frame does not encode.
func (r *Room) encode(c *conn, id uint64, f wire.Frame) ([]byte, bool) {
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: f})
	if err != nil {
		r.log.Error("frame does not encode", "frame", f.FrameName(), "device", short(c.device), "err", err)
		r.finish(c, wire.CodeRetry)
	}
	return b, err == nil
}

// queue sends an encoded frame, which may be sent to other connections as well.
func (r *Room) queue(c *conn, b []byte) {
	if c.queued+len(b) > wire.MaxQueue {
		r.stats.Slow++
		r.finish(c, wire.CodeSlow)
		return
	}
	c.queued += len(b)
	r.outs = append(r.outs, Out{Conn: c.id, Data: b})
}

func (r *Room) fail(c *conn, id uint64, code wire.Code) {
	r.stats.refuse(code)
	r.send(c, id, &wire.Failed{Code: code})
}

// brought notes the place of something that the connection's device has written
// and brought itself. Before it asked for anything there is nothing to spare.
func (c *conn) brought(seq uint64) {
	if c.pullID == 0 || seq <= c.at.seq {
		return
	}
	if c.own == nil {
		c.own = map[uint64]bool{}
	}
	c.own[seq] = true
}

// finish closes a connection after telling why. What it still sends is ignored.
func (r *Room) finish(c *conn, code wire.Code) {
	if c.phase == phaseFinished {
		return
	}
	if b, err := wire.EncodeFrame(wire.Message{Frame: &wire.Failed{Code: code}}); err == nil {
		r.outs = append(r.outs, Out{Conn: c.id, Data: b})
	}
	r.outs = append(r.outs, Out{Conn: c.id, Close: true, Code: code})
	r.drop(c)
	c.phase = phaseFinished
}

func (r *Room) drop(c *conn) {
	delete(r.conns, c.id)
	if r.devices[c.device] == c {
		delete(r.devices, c.device)
	}
}

// short is what logs show of an id (WI12).
func short(id interface{ String() string }) string { return id.String()[:8] }

// stolen tells whether the device was revoked as stolen (WI7).
func (c *conn) stolen() bool { return c.revoked != nil && c.revoked.Reason == charter.ReasonStolen }
