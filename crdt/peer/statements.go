package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

// head is the own charter's newest statement; zero without one.
func (p *Peer) head() wire.Head {
	s := p.cfg.Repo.Charter().State()
	if s == nil {
		return wire.Head{}
	}
	return wire.HeadOf(s.Head())
}

// compareCharter brings both charters to one length and goes on when they are
// one (WI10, HE3). Two that contradict each other end the exchange (TR5).
func (p *Peer) compareCharter() error {
	chain, theirs := p.cfg.Repo.Charter(), p.ready.Charter
	if s, ok := chain.At(theirs.Seq); ok && theirs.Hash != (canon.Hash{}) && wire.HeadOf(s.Head()) != theirs {
		return p.forked()
	}
	if p.revoked() {
		p.phase = phaseRevoked
		return nil
	}
	if chain.Len() <= theirs.Seq {
		return p.fetchStatements(chain.Len())
	}
	p.behind = time.Time{}
	if chain.Len() > theirs.Seq+1 && p.phase == phaseCharter && p.ready.State != wire.StateRevoked {
		return p.bringStatement(theirs.Seq + 1)
	}
	if p.phase == phaseCharter || p.phase == phaseWait {
		return p.charterDone()
	}
	return nil
}

// fetchStatements asks for what the own charter lacks (TR6).
func (p *Peer) fetchStatements(from uint64) error {
	if p.behind.IsZero() {
		p.behind = p.now
	}
	if p.asking {
		return nil
	}
	p.asking = true
	return p.ask(&wire.Statements{From: from}, func(ctx context.Context, f wire.Frame) error {
		p.asking = false
		r, ok := f.(*wire.Records)
		if !ok {
			p.close(failure(f))
			return nil
		}
		return p.takeFetched(ctx, r)
	})
}

func (p *Peer) takeFetched(ctx context.Context, r *wire.Records) error {
	before := p.cfg.Repo.Charter().Len()
	if err := p.takeRecords(ctx, r.Records); err != nil || p.phase == phaseStopped {
		return err
	}
	after := p.cfg.Repo.Charter().Len()
	switch {
	case r.More && after > before:
		return p.fetchStatements(after)
	case p.ready.State == wire.StateRevoked:
		p.phase = phaseRevoked
		return nil
	case after <= p.ready.Charter.Seq || after == before && len(p.pull.inbox) > 0:
		p.phase = phaseWait // TR6: the relay withholds what it has; said by Status
		return nil
	}
	return p.compareCharter()
}

// bringStatement gives the relay a receipted statement that it lost (HE3).
func (p *Peer) bringStatement(seq uint64) error {
	list, err := p.cfg.Repo.Statements(seq, 1)
	if err != nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	if len(list) == 0 {
		return p.charterDone()
	}
	return p.ask(&wire.Append{Record: list[0]}, func(ctx context.Context, f wire.Frame) error {
		ok, is := f.(*wire.OK)
		if !is {
			code := failure(f)
			if code == wire.CodeCharterMoved {
				return p.forked()
			}
			p.close(code)
			return nil
		}
		if err := p.takeRecords(ctx, ok.Records); err != nil || p.phase == phaseStopped {
			return err
		}
		if s, ok := p.cfg.Repo.Charter().At(seq); ok {
			p.ready.Charter = wire.HeadOf(s.Head())
		}
		return p.compareCharter()
	})
}

// charterDone goes on with what comes after the charter.
func (p *Peer) charterDone() error {
	if m, ok := p.cfg.Repo.Charter().State().MemberOf(p.cfg.Signer.Device()); ok {
		p.member = m.ID
	}
	if err := p.sendStatement(); err != nil {
		return err
	}
	if p.heal.relay && p.mayConfirm() {
		return p.confirm()
	}
	return p.checkPlace()
}

// sendStatement sends the own statement that has no place yet: always the same
// one (TR3).
func (p *Peer) sendStatement() error {
	b, err := p.cfg.Repo.Signed()
	if err != nil || b == nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	p.push.statementAt, p.push.statement = p.now, b
	return p.ask(&wire.Append{Record: b}, func(ctx context.Context, f wire.Frame) error {
		switch f := f.(type) {
		case *wire.OK:
			p.statement = ""
			return p.takeRecords(ctx, f.Records)
		case *wire.Failed:
			// With charter_moved come the statements that took the place; they
			// free the device to prepare a new one, shown anew (TR3).
			p.statement = f.Code
			if err := p.takeRecords(ctx, f.Records); err != nil {
				return err
			}
			if left, err := p.cfg.Repo.Signed(); err != nil || left != nil {
				return err //nolint:wrapcheck // the repo names the operation
			}
			p.statement = "" // none waits any more
			return nil
		}
		return nil
	})
}

// sendNewStatement sends an own statement that was made since the last one went
// out, without waiting for the next retry: somebody stands before the window.
func (p *Peer) sendNewStatement() error {
	if p.phase != phaseData {
		return nil
	}
	b, err := p.cfg.Repo.Signed()
	if err != nil || b == nil || bytes.Equal(b, p.push.statement) {
		return err //nolint:wrapcheck // the repo names the operation
	}
	return p.sendStatement()
}

// retryStatement sends a statement again that was made meanwhile, or that the
// relay could not take at once.
func (p *Peer) retryStatement() {
	if p.now.Sub(p.push.statementAt) < statementEvery {
		return
	}
	if b, err := p.cfg.Repo.Signed(); err != nil || b == nil {
		return
	}
	_ = p.sendStatement() // what does not encode was never kept
}

// takeRecords takes statements that came, asked for or not.
func (p *Peer) takeRecords(ctx context.Context, records [][]byte) error {
	if len(records) == 0 {
		return nil
	}
	if err := p.addStatements(records); err != nil || p.phase == phaseStopped {
		return err
	}
	if s := p.cfg.Repo.Charter().State(); s != nil && s.Head().Seq > p.ready.Charter.Seq {
		p.ready.Charter = wire.HeadOf(s.Head())
	}
	if p.revoked() {
		p.phase = phaseRevoked
		return nil
	}
	if p.phase == phaseWait && !p.asking {
		return p.compareCharter()
	}
	if p.phase == phaseData { // own envelopes whose place stands on these statements
		if err := p.cfg.Repo.Settle(ctx, p.ready.Log); err != nil {
			return fmt.Errorf("statements: %w", err)
		}
	}
	return nil
}

// addStatements keeps statements. What the charter refuses from a relay is a
// fork, or a relay that sends what it should not; both end the exchange.
func (p *Peer) addStatements(records [][]byte) error {
	n, err := p.cfg.Repo.AddStatements(records...)
	if n > 0 {
		p.count.stale = true
		p.out = append(p.out, Charter{Seq: p.head().Seq})
	}
	var invalid *charter.InvalidError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, repo.ErrCharterBehind):
		return p.fetchStatements(p.cfg.Repo.Charter().Len())
	case errors.Is(err, repo.ErrCharterFork):
		p.count.fork = true
		p.close(wire.CodeCharterFork)
		return nil
	case errors.As(err, &invalid), errors.Is(err, canon.ErrEncoding):
		if p.evidence || invalid == nil || invalid.Code != charter.CodeMoved {
			p.close(wire.CodeMalformed)
			return nil
		}
		return p.forked()
	}
	return fmt.Errorf("statements: %w", err)
}

// forked stops the exchange, after the statement that proves the fork was
// fetched and kept (TR5).
func (p *Peer) forked() error {
	if p.evidence {
		p.count.fork = true
		p.close(wire.CodeCharterFork)
		return nil
	}
	p.evidence = true
	return p.ask(&wire.Statements{From: 0}, func(_ context.Context, f wire.Frame) error {
		if r, ok := f.(*wire.Records); ok {
			if err := p.addStatements(r.Records); err != nil {
				return err
			}
		}
		p.count.fork = true
		p.close(wire.CodeCharterFork)
		return nil
	})
}

func failure(f wire.Frame) wire.Code {
	if x, ok := f.(*wire.Failed); ok {
		return x.Code
	}
	return wire.CodeMalformed
}
