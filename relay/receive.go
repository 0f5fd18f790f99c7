package relay

import (
	"context"
	"errors"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// receive takes one message in. It returns the envelopes that the message
// pushes, which are answered later together with those of others.
func (r *Room) receive(ctx context.Context, c *conn, data []byte) (*pushing, error) {
	r.stats.Messages++
	m, err := wire.DecodeFrame(data)
	if err != nil {
		var bad *wire.FrameError
		if !errors.As(err, &bad) || !bad.HasID { // WI3
			r.stats.refuse(wire.CodeMalformed)
			r.finish(c, wire.CodeMalformed)
			return nil, nil //nolint:nilnil // no push is the usual case
		}
		r.fail(c, bad.ID, bad.Code)
		return nil, nil //nolint:nilnil // as above
	}
	if c.phase != phaseReady {
		return nil, r.shake(ctx, c, m, data)
	}
	switch f := m.Frame.(type) {
	case *wire.Push:
		if !r.mayPush(c, m.ID) {
			return nil, nil //nolint:nilnil // as above
		}
		return r.receivePush(c, m.ID, f), nil
	case *wire.Packs:
		if c.invite || c.revoked != nil {
			r.fail(c, m.ID, wire.CodeDenied)
			return nil, nil //nolint:nilnil // as above
		}
		return r.receivePacks(c, m.ID, f), nil
	}
	return nil, r.serve(ctx, c, m)
}

// shake is the handshake (WI5-WI9, WI18). A frame out of its order ends it.
func (r *Room) shake(ctx context.Context, c *conn, m wire.Message, data []byte) error {
	switch f := m.Frame.(type) {
	case *wire.Hello:
		if c.phase == phaseHello {
			r.receiveHello(c, m.ID, data, f)
			return nil
		}
	case *wire.Records:
		if c.phase == phaseCharter {
			r.receiveOffer(c, f)
			return nil
		}
	case *wire.Proof:
		if c.phase != phaseProof {
			break
		}
		if !r.receiveProof(c, f) {
			return nil
		}
		ok, err := r.adopt(ctx, c)
		if err != nil || !ok {
			return err
		}
		r.ready(c)
		return nil
	}
	r.deny(c)
	return nil
}

// serve answers the frames of a proven connection but pushes.
func (r *Room) serve(ctx context.Context, c *conn, m wire.Message) error {
	switch f := m.Frame.(type) {
	case *wire.Statements:
		r.receiveStatements(c, m.ID, f)
		return nil
	case *wire.Append:
		if c.revoked != nil {
			r.fail(c, m.ID, wire.CodeDenied)
			return nil
		}
		return r.receiveAppend(ctx, c, m.ID, f)
	}
	// An invite's key and a revoked device get the charter and nothing else, not
	// even which documents there are (WI7, WI8). What the latter may push is not
	// served here.
	if c.invite || c.revoked != nil {
		r.fail(c, m.ID, wire.CodeDenied)
		return nil
	}
	switch f := m.Frame.(type) {
	case *wire.Resume:
		r.receiveResume(c, m.ID, f)
	case *wire.Pull:
		return r.receivePull(ctx, c, m.ID, f)
	case *wire.Salts:
		return r.receiveSalts(ctx, c, m.ID, f)
	case *wire.Summary:
		return r.receiveSummary(ctx, c, m.ID, f)
	case *wire.Want:
		return r.receiveWant(ctx, c, m.ID, f)
	case *wire.Verdict:
		return r.receiveVerdict(ctx, c, m.ID, f)
	case *wire.Report:
		r.receiveReport(c, m.ID, f)
	default:
		r.fail(c, m.ID, wire.CodeUnsupportedVersion) // a frame that only a relay sends
	}
	return nil
}

func (r *Room) mayPush(c *conn, id uint64) bool {
	switch {
	case c.invite || c.stolen():
		r.fail(c, id, wire.CodeDenied)
	case r.healing():
		r.fail(c, id, wire.CodeHealing)
	default:
		return true
	}
	return false
}

func (r *Room) receiveReport(c *conn, id uint64, f *wire.Report) {
	r.stats.Reports += uint64(len(f.Refused))
	for _, x := range f.Refused {
		r.log.Warn("receiver refused what the relay passed", "device", short(c.device), "id", short(x.ID), "code", string(x.Code))
	}
	r.send(c, id, &wire.OK{})
}

// receiveResume notes where the device stands (WI10). A charter that
// contradicts the room's stops the exchange (TR5).
func (r *Room) receiveResume(c *conn, id uint64, f *wire.Resume) {
	c.otherID = f.Cursor.Log
	if seq := f.Charter.Seq; f.Charter.Hash != (canon.Hash{}) && seq < uint64(len(r.states)) && r.states[seq].Head().Hash != f.Charter.Hash {
		r.fail(c, id, wire.CodeCharterFork)
		r.finish(c, wire.CodeCharterFork)
	}
}

// receivePull begins to send what follows a cursor. A cursor that is not of
// this stream is answered with `healing`: the device compares (HE1).
func (r *Room) receivePull(ctx context.Context, c *conn, id uint64, f *wire.Pull) error {
	if r.healing() {
		r.fail(c, id, wire.CodeHealing)
		return nil
	}
	c.pulling, c.live = false, false
	again := f.Cursor == c.cursor && c.pullID != 0
	if !again {
		ok, err := r.holds(ctx, f.Cursor)
		if err != nil {
			return err
		}
		if !ok {
			r.fail(c, id, wire.CodeHealing)
			return nil
		}
		c.cursor, c.at, c.own = f.Cursor, whole(f.Cursor.Seq), nil
		c.cursor.Log = r.logID
	}
	c.pullID, c.credit, c.pulling = id, int64(min(f.Credit, 1<<40)), true
	return nil
}

// holds tells whether the record that a cursor names lies at its place, or in a
// pack that was made of it since.
func (r *Room) holds(ctx context.Context, at wire.Cursor) (bool, error) {
	if at.Seq == 0 {
		return true, nil
	}
	if at.Log != r.logID || at.Seq > r.index.applied || r.index.docs[at.Doc] == nil {
		return false, nil
	}
	records, err := r.recordsOf(ctx, at.Doc)
	if err != nil {
		return false, err
	}
	packed := r.index.docs[at.Doc].packed()
	for i := len(records) - 1; i >= 0; i-- {
		// A record that came again after the stream lost its end lies at another
		// place; only what a pack took in may have moved.
		moved := i < packed && records[i].Seq <= at.Seq
		if (records[i].Seq == at.Seq || moved) && records[i].Envelope.ID(r.w) == at.ID {
			return true, nil
		}
	}
	return false, nil
}
