package peer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

const (
	// pullCredit is what a relay may send before it is asked again. A device
	// that is slow is spared by its transport: it reads no further.
	pullCredit = 64 << 20
	// drainItems is how many items are applied together at most.
	drainItems = 2048
	// saltsAsked is how many salts are asked for at once.
	saltsAsked = 4096
	// saltsQuiet is how long nothing comes before every document is looked at.
	saltsQuiet = 5 * time.Second
)

// puller is the receiving half.
type puller struct {
	id      uint64 // of the newest pull
	credit  int
	at      wire.Cursor // where the relay stands with this device
	synced  bool        // the newest pull has come to its end
	barrier bool        // and something waits for it (RB2)
	done    int         // records taken on this connection
	seen    int         // of them when salts were looked for last
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

// askPull sends a pull behind what was received.
func (p *Peer) askPull() error {
	u := &p.pull
	u.synced, u.credit = false, pullCredit
	id := p.lastID + 2
	u.id = id
	return p.ask(&wire.Pull{Cursor: u.at, Credit: pullCredit}, func(_ context.Context, f wire.Frame) error {
		code := failure(f)
		switch {
		case p.pull.id != id: // another pull took its place
			return nil
		case code == wire.CodeHealing: // not a place of this stream (HE1)
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
			items = append(items, p.pull.inbox[n].items...)
			n++
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
	res, err := p.cfg.Repo.Accept(ctx, items, next)
	if err != nil {
		return fmt.Errorf("pull: %w", err)
	}
	p.count.received += res.Records
	p.pull.done += len(items)
	p.count.stale = true
	if len(res.Changed) > 0 {
		p.out = append(p.out, Changed{Docs: res.Changed})
	}
	for _, doc := range res.Changed {
		p.salts.fresh[doc] = true
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

// salting finds the salts that have not arrived (SE0).
type salting struct {
	fresh map[canon.DocID]bool // documents that came and whose salt was not seen
	all   bool                 // every document was looked at since the start
	given []wire.Salt          // the newest that the relay was given
	quiet time.Time            // since when nothing came
}

// keep remembers salts that the relay was given: one that loses the last second
// of its stream may lose them alone.
func (u *salting) keep(salts []wire.Salt) {
	u.given = append(u.given, salts...)
	if n := len(u.given) - saltsAsked; n > 0 {
		u.given = append([]wire.Salt(nil), u.given[n:]...)
	}
}

// giveAgain sends the newest salts again on a new connection. Those that are
// there already change nothing.
func (p *Peer) giveAgain() error {
	given := p.salts.given
	p.salts.given = nil
	if len(given) == 0 {
		return nil
	}
	return p.ask(&wire.Salts{Salts: given}, func(context.Context, wire.Frame) error { return nil })
}

// takeSalts keeps salts. One that does not fit is left out: the relay cannot
// exchange it (SE0).
func (p *Peer) takeSalts(salts []wire.Salt) error {
	if p.phase != phaseData || len(p.pull.inbox) > 0 { // their documents wait for statements
		p.salts.all = false
		return nil
	}
	n, err := p.cfg.Repo.AddSalts(salts...)
	if err != nil && !errors.Is(err, repo.ErrSalt) {
		return fmt.Errorf("salts: %w", err)
	}
	docs := make([]canon.DocID, len(salts))
	for i, s := range salts {
		docs[i] = s.Doc
		delete(p.salts.fresh, s.Doc)
	}
	if n > 0 {
		p.out = append(p.out, Changed{Docs: docs})
	}
	return nil
}

// askSalts asks for the salts that have not arrived (SE0): of what came lately
// at once, of everything once in the peer's life, when it is quiet.
func (p *Peer) askSalts() error {
	u := &p.salts
	if p.pull.done != p.pull.seen {
		p.pull.seen, u.quiet = p.pull.done, p.now
	}
	var missing []canon.DocID
	for doc := range u.fresh {
		if len(missing) == saltsAsked {
			break
		}
		_, ok, err := p.cfg.Repo.Salt(doc)
		if err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
		if !ok {
			missing = append(missing, doc)
		}
		delete(u.fresh, doc)
	}
	if len(missing) == 0 && !u.all && p.now.Sub(u.quiet) >= saltsQuiet {
		var err error
		if missing, err = p.cfg.Repo.MissingSalts(canon.DocID{}, saltsAsked); err != nil {
			return err //nolint:wrapcheck // as above
		}
		u.all = len(missing) < saltsAsked
	}
	if len(missing) == 0 {
		return nil
	}
	slices.SortFunc(missing, func(a, b canon.DocID) int { return bytes.Compare(a[:], b[:]) })
	return p.ask(&wire.Salts{Ask: missing}, func(_ context.Context, f wire.Frame) error {
		if s, ok := f.(*wire.Salts); ok {
			return p.takeSalts(s.Salts)
		}
		return nil
	})
}
