package peer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

const (
	// fullWindow is how many frames may be on their way.
	fullWindow = 8
	// pushBytes ends a frame before it is too large.
	pushBytes = wire.MaxMessage - 128<<10
	// patience is how long to wait where the relay did not say.
	patience = time.Second
	// longPatience is for what a person has to change first.
	longPatience = 30 * time.Second
	// manyWait is how many documents may wait one by one: with more of them it is
	// no matter of a document, and the others would only be told the same.
	manyWait = 64
	// answersHeld is how many answers wait for the batch behind them.
	answersHeld = fullWindow * wire.MaxPush
	// statementEvery is how often an own statement is sent again.
	statementEvery = 10 * time.Second
)

// pusher is the sending half.
type pusher struct {
	limits      wire.Limits
	window      int
	more        bool   // the outbox may hold something behind sent
	sent        uint64 // number of the last envelope that was sent on this connection
	flights     []*flight
	retryAt     time.Time                 // when what was not decided is sent again; zero: nothing is
	stuck       wire.Code                 // why it was not, where a person has to change something first
	waits       map[canon.DocID]time.Time // documents of which nothing is sent until then
	undecided   map[canon.DocID]bool
	suspect     bool // an accepted envelope seems to be unknown to the relay (HE1)
	compared    bool // and documents were compared since
	answers     []repo.Answer
	done        int
	statementAt time.Time
	statement   []byte // the own statement sent last on this connection
}

// flight is one push frame on its way.
type flight struct {
	out    []repo.Outgoing
	result []wire.PushResult // nil until it came
	failed *wire.Failed
}

// startPush begins with the oldest envelope.
func (p *Peer) startPush() {
	p.push.more, p.push.sent, p.push.retryAt, p.push.stuck = true, 0, time.Time{}, ""
	p.push.undecided = map[canon.DocID]bool{}
}

// over ends the waiting of documents whose time has come, and tells whether
// there were any. What is under way lands first: it was sent without them.
func (u *pusher) over(now time.Time) (any bool) {
	if len(u.flights) > 0 {
		return false
	}
	for doc, at := range u.waits {
		if !now.Before(at) {
			delete(u.waits, doc)
			any = true
		}
	}
	return any
}

// waiting tells whether an envelope is of a document that waits.
func (u *pusher) waiting(o repo.Outgoing) bool {
	_, ok := u.waits[o.Doc]
	return ok
}

// pump sends from the outbox while the window has room (EN7). Nothing is sent
// while refused edits wait to be made anew.
func (p *Peer) pump() error {
	u := &p.push
	if !u.retryAt.IsZero() && (p.now.Before(u.retryAt) || len(u.flights) > 0) {
		return nil
	}
	if over := u.over(p.now); over || !u.retryAt.IsZero() {
		p.startPush()
	}
	for u.more && len(u.flights) < u.window && !p.pull.barrier {
		out, err := p.cfg.Repo.Outbox(u.sent, min(wire.MaxPush, int(u.limits.Push)))
		if err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
		if len(out) == 0 {
			u.more = false
			return nil
		}
		last := out[len(out)-1].N
		if out = slices.DeleteFunc(out, u.waiting); len(out) == 0 {
			u.sent = last
			continue
		}
		if err := p.fly(out); err != nil {
			return err
		}
	}
	return nil
}

// fly sends one frame of envelopes, and behind it the salts of those that
// create. The relay asks for a salt that it misses (SE0).
func (p *Peer) fly(out []repo.Outgoing) error {
	u := &p.push
	f, salts, size := &wire.Push{}, &wire.Salts{}, 0
	for i, o := range out {
		if size += len(o.Envelope) + 8; i > 0 && size > pushBytes {
			out = out[:i]
			break
		}
		f.Envelopes = append(f.Envelopes, o.Envelope)
		if o.Salt != nil {
			salts.Salts = append(salts.Salts, wire.Salt{Doc: o.Doc, Salt: *o.Salt})
		}
	}
	x := &flight{out: out}
	u.flights, u.sent = append(u.flights, x), out[len(out)-1].N
	err := p.ask(f, func(_ context.Context, f wire.Frame) error {
		switch f := f.(type) {
		case *wire.Pushed:
			if len(f.Results) != len(x.out) {
				p.close(wire.CodeMalformed)
				return nil
			}
			x.result = f.Results
		case *wire.Failed:
			x.failed = f
		default:
			p.close(wire.CodeMalformed)
		}
		return nil
	})
	if err != nil || len(salts.Salts) == 0 {
		return err
	}
	return p.ask(salts, func(context.Context, wire.Frame) error { return nil })
}

// settle hands what was decided to the repo, in the order of sending.
func (p *Peer) settle(ctx context.Context) error {
	u := &p.push
	for len(u.flights) > 0 {
		x := u.flights[0]
		if x.result == nil && x.failed == nil {
			break
		}
		u.flights = u.flights[1:]
		p.land(x)
	}
	if len(u.answers) == 0 || p.holds() {
		return nil
	}
	answers := u.answers
	u.answers = nil
	// The answers and that nothing else came before them are one thing to write.
	next := wire.Cursor{}
	if !u.answered() {
		next = p.pull.empty(p.ready.Log)
	}
	var err error
	if next != (wire.Cursor{}) {
		err = p.cfg.Repo.SettleTo(ctx, next, answers...)
	} else {
		err = p.cfg.Repo.Settle(ctx, p.ready.Log, answers...)
	}
	if err != nil {
		return fmt.Errorf("push: %w", err)
	}
	p.count.stale = true
	return nil
}

// holds tells whether answers wait while others are under way: the relay sends
// the batch that moves the cursor past their places right behind them, and then
// they are written once, not as placed and again as records. If the process dies
// before, they are asked for again (EN7).
func (p *Peer) holds() bool {
	u := &p.push
	return len(u.flights) > 0 && p.pull.synced && len(p.pull.inbox) == 0 && len(u.answers) <= answersHeld
}

// answered tells whether answers are here that wait for those before them.
func (u *pusher) answered() bool {
	return slices.ContainsFunc(u.flights, func(x *flight) bool { return x.result != nil })
}

// land sorts the answers of one frame: decided ones for the repo, the others
// for later.
func (p *Peer) land(x *flight) {
	u := &p.push
	if x.failed != nil {
		for _, o := range x.out {
			u.undecided[o.Doc] = true
		}
		p.pause(x.failed.Code, x.failed.Retry)
		return
	}
	all := true
	for i, o := range x.out {
		res := x.result[i]
		good := res.Code == wire.CodeAccepted || res.Code == wire.CodeDuplicate
		switch {
		case good:
			u.answers = append(u.answers, repo.Answer{N: o.N, Sent: o.Envelope, Result: res})
			u.done++
			p.count.sent++
		case !repo.Refusing(res.Code):
			p.later(o.Doc, res.Code, res.Retry)
			all = false
		case u.undecided[o.Doc]: // invariant 4
			all = false
		case res.Code == wire.CodeMissingDeps && !u.compared && p.cfg.Repo.Blocked() == 0:
			u.suspect = true
			p.later(o.Doc, wire.CodeRetry, 0)
			all = false
		default:
			u.answers = append(u.answers, repo.Answer{N: o.N, Result: res})
			p.count.code = res.Code
		}
	}
	if all {
		u.window = min(fullWindow, u.window*2)
	}
}

// later notes that an envelope was not decided. Those of its document behind it
// are sent again with it; where the cause is the document's, others go on.
func (p *Peer) later(doc canon.DocID, code wire.Code, retry uint64) {
	u := &p.push
	u.undecided[doc] = true
	switch code {
	case wire.CodeRate, wire.CodeRetry, wire.CodeCharterBehind, wire.CodeHealing:
		p.pause(code, retry)
		return
	default:
	}
	p.count.code, u.stuck = code, code
	if _, ok := u.waits[doc]; !ok && len(u.waits) >= manyWait {
		p.pause(code, retry)
		return
	}
	u.waits[doc] = p.now.Add(max(time.Duration(retry)*time.Millisecond, longPatience))
}

// pause holds back everything for a while.
func (p *Peer) pause(code wire.Code, retry uint64) {
	u := &p.push
	wait := time.Duration(retry) * time.Millisecond
	switch code {
	case wire.CodeRate:
		u.window, wait = 1, max(wait, patience/4)
	case wire.CodeRetry, wire.CodeCharterBehind:
		wait = max(wait, patience/4)
	case wire.CodeHealing:
		p.count.code = code
		wait = patience
	default:
		p.count.code, u.stuck = code, code
		wait = max(wait, longPatience)
	}
	if at := p.now.Add(wait); u.retryAt.IsZero() || at.After(u.retryAt) {
		u.retryAt = at
	}
}

// rebase makes refused edits anew once everything is applied that the relay had
// when it refused them (RB2).
func (p *Peer) rebase(ctx context.Context) error {
	if p.push.suspect && len(p.push.flights) == 0 {
		p.push.suspect, p.push.compared = false, true
		return p.compareDocs()
	}
	if len(p.heal.again) > 0 && len(p.push.flights) == 0 && p.pull.synced {
		return p.bringRefused()
	}
	if p.cfg.Repo.Blocked() == 0 {
		p.pull.barrier = false
		return nil
	}
	if !p.pull.barrier {
		p.pull.barrier = true
		return p.askPull()
	}
	if !p.pull.synced || len(p.push.flights) > 0 || len(p.pull.inbox) > 0 {
		return nil
	}
	p.pull.barrier = false
	if _, err := p.cfg.Repo.Rebase(ctx); err != nil {
		return fmt.Errorf("rebase: %w", err)
	}
	p.push.more, p.count.stale = true, true
	p.out = append(p.out, Changed{})
	return nil
}
