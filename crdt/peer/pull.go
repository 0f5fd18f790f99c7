package peer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

const (
	// pullCredit is what a relay may send before it is asked again. A device
	// that is slow is spared by its transport: it reads no further.
	pullCredit = 64 << 20
	// drainItems is how many items are applied together at most: half of what the
	// repo keeps in memory, so that the index finds the one half there while the
	// other is applied.
	drainItems = 1024
)

// puller is the receiving half.
type puller struct {
	id      uint64 // of the newest pull
	credit  int
	at      wire.Cursor // where the relay stands with this device
	synced  bool        // the newest pull has come to its end
	barrier bool        // and something waits for it (RB2)
	done    int         // records taken on this connection
	inbox   []inbound
}

// inbound is a batch that was not applied yet.
type inbound struct {
	id    uint64
	items []wire.Item
	next  wire.Cursor
	more  bool
}

// left is how many records are known to lie ahead.
func (u *puller) left() int {
	n := 0
	for _, b := range u.inbox {
		n += len(b.items)
	}
	return n
}

// empty is the cursor behind the batches at the front that bring nothing, zero
// without one.
func (u *puller) empty(log wire.LogID) (next wire.Cursor) {
	for _, b := range u.inbox {
		if len(b.items) > 0 || b.next.Log != log {
			return next
		}
		next = b.next
	}
	return next
}

// askPull sends a pull behind what was received. It takes the place of the one
// before, which a relay that reads both at once does not answer any more.
func (p *Peer) askPull() error {
	u := &p.pull
	delete(p.asks, u.id)
	u.synced, u.credit = false, pullCredit
	id := p.lastID + 2
	u.id = id
	return p.ask(&wire.Pull{Cursor: u.at, Credit: pullCredit}, func(_ context.Context, f wire.Frame) error {
		code := failure(f)
		if code == wire.CodeHealing { // not a place of this stream (HE1)
			return p.compareDocs()
		}
		p.close(code)
		return nil
	})
}

// takeBatch puts a batch into the queue, in the order of its coming.
func (p *Peer) takeBatch(id uint64, f *wire.Batch, size int) error {
	u := &p.pull
	raw, err := f.Items()
	if err != nil {
		p.close(wire.CodeOf(err))
		return nil
	}
	b := inbound{id: id, next: f.Next, more: f.More, items: make([]wire.Item, len(raw))}
	for i := range raw {
		if b.items[i], err = wire.ParseItem(raw[i]); err != nil {
			p.close(wire.CodeOf(err))
			return nil
		}
	}
	u.inbox = append(u.inbox, b)
	if id == u.id {
		u.at = f.Next
		if u.credit -= size; u.credit <= 0 && p.phase == phaseData {
			return p.askPull()
		}
	}
	return nil
}

// drain applies what waits, several batches in one piece.
func (p *Peer) drain(ctx context.Context) error {
	for len(p.pull.inbox) > 0 && p.phase == phaseData {
		var items []wire.Item
		n := 0
		for n < len(p.pull.inbox) && (n == 0 || len(items)+len(p.pull.inbox[n].items) <= drainItems) {
			if len(p.pull.inbox[n].items) == 0 && p.push.answered() {
				break // what it passes may be answered and not written yet (invariant 6)
			}
			items = append(items, p.pull.inbox[n].items...)
			n++
		}
		if n == 0 {
			return nil
		}
		last := p.pull.inbox[n-1]
		if err := p.accept(ctx, items, last.next); err != nil {
			if errors.Is(err, repo.ErrCharterBehind) {
				return p.fetchStatements(p.cfg.Repo.Charter().Len())
			}
			return err
		}
		p.pull.inbox = p.pull.inbox[n:]
		if last.id == p.pull.id && !last.more {
			p.pull.synced = true
		}
	}
	return nil
}

func (p *Peer) accept(ctx context.Context, items []wire.Item, next wire.Cursor) error {
	if len(items) == 0 {
		cur, err := p.cfg.Repo.Cursor()
		if err != nil || cur == next {
			return err //nolint:wrapcheck // the repo names the operation
		}
	}
	res, err := p.cfg.Repo.Accept(ctx, items, next, p.salts.came...)
	if err != nil {
		return fmt.Errorf("pull: %w", err)
	}
	if err := p.tellCopied(); err != nil {
		return err
	}
	p.heal.came(items)
	p.salts.kept(res.Salted)
	p.count.received += res.Records
	p.pull.done += len(items)
	p.count.stale = true
	if len(res.Changed) > 0 {
		p.out = append(p.out, Changed{Docs: res.Changed})
	}
	for _, doc := range res.Changed {
		p.salts.fresh[doc] = true
	}
	for _, doc := range res.Salted {
		delete(p.salts.fresh, doc)
	}
	if slices.ContainsFunc(res.Refused, func(x wire.Refused) bool { return x.Code == wire.CodeCharterFork }) {
		// A colleague's signed envelope names another chain; it is kept in q/ as
		// the evidence. The relay shows each of both another charter (TR5, GA7).
		p.close(wire.CodeCharterFork)
		return nil
	}
	return p.report(res.Refused)
}

// report tells the relay what it passed and this device refuses (GA4).
func (p *Peer) report(refused []wire.Refused) error {
	if len(refused) == 0 {
		return nil
	}
	return p.ask(&wire.Report{Refused: refused}, func(context.Context, wire.Frame) error { return nil })
}
