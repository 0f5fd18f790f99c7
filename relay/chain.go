package relay

import (
	"context"
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// usedAt is when an invite was used, if that is what err says (IN6).
func usedAt(err error) int64 {
	var invalid *charter.InvalidError
	if errors.As(err, &invalid) && invalid.Code == charter.CodeInviteUsed {
		return invalid.Time
	}
	return 0
}

// adopt takes in the charter that a proven connection brought, as far as it
// goes further than the room's (WI18, HE3). It tells whether the connection may
// go on.
func (r *Room) adopt(ctx context.Context, c *conn) (bool, error) {
	if c.offered == nil {
		return true, nil
	}
	o := c.offered
	for seq := range min(len(r.records), len(o.records)) {
		s, _ := o.log.At(uint64(seq))
		if s.Head() != r.states[seq].Head() {
			r.stats.refuse(wire.CodeCharterFork)
			r.fail(c, c.helloID, wire.CodeCharterFork)
			r.finish(c, wire.CodeCharterFork)
			return false, nil
		}
	}
	if len(o.records) <= len(r.records) {
		return true, nil
	}
	first := r.state() == nil
	if first && r.memory.Workspace != (canon.WorkspaceID{}) {
		if err := r.put(ctx, stream.Entry{Subject: subjectHeal, Data: r.memory.Workspace[:], Expect: stream.Any}); err != nil {
			return false, err
		}
	}
	fresh := o.records[len(r.records):]
	if last := o.log.State(); last.AwaitsReceipt() {
		rec, err := charter.DecodeRecord(o.records[len(o.records)-1])
		if err != nil {
			return false, err
		}
		rec.Receipt = charter.Countersign(r.cfg.Key, last.Workspace(), last.Head(), max(r.now.Unix(), last.Time()))
		b, err := charter.EncodeRecord(rec)
		if err != nil {
			return false, err
		}
		fresh = append(fresh[:len(fresh)-1:len(fresh)-1], b)
	}
	for _, b := range fresh {
		moved, err := r.keep(ctx, b)
		if err != nil {
			return false, err
		}
		if moved {
			r.finish(c, wire.CodeRetry)
			return false, nil
		}
	}
	if err := r.remember(ctx); err != nil {
		return false, err
	}
	if first {
		// The device lacks the receipt of its relay statement.
		r.send(c, 0, &wire.Records{Records: [][]byte{r.records[len(r.records)-1]}})
	}
	return true, nil
}

// keep appends one receipted record at its place. moved means that another one
// got there first.
func (r *Room) keep(ctx context.Context, record []byte) (moved bool, err error) {
	var last uint64
	if n := len(r.places); n > 0 {
		last = r.places[n-1]
	}
	before := len(r.records)
	results, err := r.stream.Append(ctx, stream.Entry{Subject: subjectCharter, Data: record, Expect: last})
	if err != nil {
		return false, err
	}
	conflict := errors.Is(results[0].Err, stream.ErrConflict)
	if results[0].Err != nil && !conflict {
		return false, results[0].Err
	}
	if err := r.catchUp(ctx); err != nil {
		return false, err
	}
	return conflict || len(r.records) == before, nil
}

func (r *Room) put(ctx context.Context, e stream.Entry) error {
	results, err := r.stream.Append(ctx, e)
	if err != nil {
		return err
	}
	if results[0].Err != nil {
		return results[0].Err
	}
	return r.catchUp(ctx)
}

// remember puts the charter on disk: the stream first, then what stands in
// relay.key, so that the key file never names a record that the stream lacks.
// Receipts leave after it (WI18).
func (r *Room) remember(ctx context.Context) error {
	if err := r.sync(ctx); err != nil {
		return err
	}
	m := Memory{Workspace: r.w, Head: r.state().Head()}
	if r.healing() && m.Head.Seq < r.memory.Head.Seq {
		return nil // what is remembered says when healing may end (HE2)
	}
	if m == r.memory {
		return nil
	}
	if r.cfg.Remember != nil {
		if err := r.cfg.Remember(m); err != nil {
			return fmt.Errorf("relay key file: %w", err)
		}
	}
	r.memory = m
	return nil
}

// receiveAppend appends one charter record (TR1, TR2, TR9, WI15).
func (r *Room) receiveAppend(ctx context.Context, c *conn, id uint64, f *wire.Append) error {
	rec, err := charter.DecodeRecord(f.Record)
	if err != nil {
		r.failCharter(c, id, err)
		return nil
	}
	body, err := rec.Decode()
	if err != nil {
		r.failCharter(c, id, err)
		return nil
	}
	if c.invite && !r.isJoin(c, body) {
		r.fail(c, id, wire.CodeDenied)
		return nil
	}
	if body.Seq < uint64(len(r.records)) {
		return r.answerOld(c, id, rec, body.Seq)
	}
	b, fresh := f.Record, rec.Receipt == nil
	if fresh {
		if r.healing() && !r.remembered() && !r.isRemembered(rec) {
			// A statement on a chain that is known to be cut off would fork it (HE2).
			r.fail(c, id, wire.CodeHealing)
			return nil
		}
		if r.now.Unix() < r.state().Time() { // WI15
			r.stats.refuse(wire.CodeRetry)
			r.send(c, id, &wire.Failed{Code: wire.CodeRetry, Retry: uint64(r.state().Time()-r.now.Unix()) * 1000})
			return nil
		}
		if err := r.state().Check(rec, r.now.Unix()); err != nil {
			r.failCharter(c, id, err)
			return nil
		}
		head, err := rec.Head(r.w)
		if err != nil {
			return err
		}
		rec.Receipt = charter.Countersign(r.cfg.Key, r.w, head, r.now.Unix())
		if b, err = charter.EncodeRecord(rec); err != nil {
			return err
		}
	} else if _, err := r.state().Apply(rec); err != nil {
		r.failCharter(c, id, err)
		return nil
	}
	moved, err := r.keep(ctx, b)
	if err != nil {
		return err
	}
	if moved {
		return r.answerOld(c, id, rec, body.Seq)
	}
	if err := r.remember(ctx); err != nil {
		return err
	}
	if fresh && r.healing() && r.mayConfirm(c) {
		if err := r.confirm(ctx, c); err != nil {
			return err
		}
	}
	r.log.Info("charter record", "seq", body.Seq, "kind", body.Kind, "device", short(c.device))
	r.stats.Statements++
	r.send(c, id, &wire.OK{Records: r.recordsFrom(body.Seq)})
	return nil
}

// isRemembered tells whether a record is the one that relay.key names: the
// relay lost it with its receipt, and nothing else can end the healing.
func (r *Room) isRemembered(rec charter.Record) bool {
	head, err := rec.Head(r.w)
	return err == nil && head == r.memory.Head
}

// isJoin tells whether the body is the one statement that an invite's key may
// append (WI8).
func (r *Room) isJoin(c *conn, b charter.Body) bool {
	var content charter.JoinContent
	return charter.Kind(b.Kind) == charter.KindJoin && canon.Unmarshal(b.Content, &content) == nil && content.Invite == c.device
}

// answerOld answers a record whose seq is taken: with the same record, as a
// lost answer would have (TR3), else charter_moved with what came before.
func (r *Room) answerOld(c *conn, id uint64, rec charter.Record, seq uint64) error {
	head, err := rec.Head(r.w)
	if err != nil {
		r.failCharter(c, id, err)
		return nil
	}
	if seq < uint64(len(r.states)) && r.states[seq].Head().Hash == head.Hash {
		r.send(c, id, &wire.OK{Records: r.recordsFrom(seq)})
		return nil
	}
	if c.invite {
		if err := r.state().InviteState(c.device, r.now.Unix()); err != nil {
			f := inviteFailed(err)
			f.Records = r.recordsFrom(seq)
			r.stats.refuse(f.Code)
			r.send(c, id, f)
			return nil
		}
	}
	r.stats.refuse(wire.CodeCharterMoved)
	r.send(c, id, &wire.Failed{Code: wire.CodeCharterMoved, Records: r.recordsFrom(seq)})
	return nil
}

func (r *Room) failCharter(c *conn, id uint64, err error) {
	f := inviteFailed(err)
	if f.Code == wire.CodeCharterMoved {
		f.Records = r.recordsFrom(uint64(len(r.records)))
	}
	r.stats.refuse(f.Code)
	r.send(c, id, f)
}

// Records are cut so that a message holds them beside a frame's own bytes.
const recordsBytes = wire.MaxMessage - 64<<10

// recordsFrom are the records from a seq on, as many as a message holds.
func (r *Room) recordsFrom(seq uint64) [][]byte {
	size := 0
	var out [][]byte
	for ; seq < uint64(len(r.records)); seq++ {
		b := r.records[seq]
		if size += len(b) + 8; size > recordsBytes && len(out) > 0 {
			break
		}
		out = append(out, b)
	}
	return out
}

// receiveStatements sends charter records. A revoked device gets them up to its
// revocation (WI7).
func (r *Room) receiveStatements(c *conn, id uint64, f *wire.Statements) {
	out := r.recordsFrom(f.From)
	end := uint64(len(r.records))
	if c.revoked != nil {
		end = min(end, c.revoked.Revoked+1)
	}
	if f.From >= end {
		out = nil
	} else if n := end - f.From; uint64(len(out)) > n {
		out = out[:n]
	}
	r.send(c, id, &wire.Records{Records: out, More: f.From+uint64(len(out)) < end})
}

// announce tells every proven connection of the newest record, and closes
// those of devices that it revoked (LV3).
func (r *Room) announce() {
	s := r.state()
	seq := len(r.records) - 1
	for _, c := range r.ordered() {
		if c.phase != phaseReady {
			continue
		}
		if c.revoked == nil {
			r.send(c, 0, &wire.Records{Records: [][]byte{r.records[seq]}})
		}
		if d, ok := s.Device(c.device); ok && !d.Active && c.revoked == nil {
			r.finish(c, wire.CodeDenied)
		}
	}
}
