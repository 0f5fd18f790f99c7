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
	// saltsAsked is how many salts are asked for at once.
	saltsAsked = 16384
	// saltsQuiet is how long nothing comes before all salts that are missing are
	// asked for.
	saltsQuiet = 5 * time.Second
	// saltsHeld is how many salts wait for their documents; more are asked for
	// again.
	saltsHeld = 2 * saltsAsked
)

// salting finds the salts that have not arrived (SE0). A salt comes with its
// document, or when the relay gets it; what is lost with a connection is asked
// for on the next.
type salting struct {
	fresh   map[canon.DocID]bool // documents that came and were not looked at
	lacking map[canon.DocID]bool // documents that had no salt when they were looked at
	looked  bool                 // every document was looked at since the start
	asked   bool                 // all that is lacking was asked for on this connection
	came    []wire.Salt          // and that are not on disk yet
	seen    int                  // records taken when something came last
	quiet   time.Time            // since when nothing came
}

func newSalting() salting {
	return salting{fresh: map[canon.DocID]bool{}, lacking: map[canon.DocID]bool{}}
}

// takeSalts takes in what the relay sent. They are kept together with their
// documents, which may come behind them.
func (p *Peer) takeSalts(salts []wire.Salt) error {
	u := &p.salts
	if p.phase != phaseData || len(u.came)+len(salts) > saltsHeld {
		u.asked = false
		return nil
	}
	u.came = append(u.came, salts...)
	return nil
}

// kept forgets salts that came and are on disk.
func (u *salting) kept(docs []canon.DocID) {
	if len(docs) == 0 {
		return
	}
	done := make(map[canon.DocID]bool, len(docs))
	for _, doc := range docs {
		done[doc] = true
	}
	u.came = slices.DeleteFunc(u.came, func(s wire.Salt) bool { return done[s.Doc] })
}

// keepSalts keeps the salts of documents that are here. The others wait for
// their documents, until a tick with all. One that does not fit is left out:
// the relay cannot exchange it (SE0).
func (p *Peer) keepSalts(all bool) error {
	u := &p.salts
	if len(u.came) == 0 || p.phase != phaseData || len(p.pull.inbox) > 0 { // their documents wait for statements
		return nil
	}
	var here, wait []wire.Salt
	for _, s := range u.came {
		there, err := p.cfg.Repo.Holds(s.Doc)
		if err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
		if there || all {
			here = append(here, s)
		} else {
			wait = append(wait, s)
		}
	}
	u.came = wait
	if len(here) == 0 {
		return nil
	}
	n, err := p.cfg.Repo.AddSalts(here...)
	if err != nil && !errors.Is(err, repo.ErrSalt) {
		return fmt.Errorf("salts: %w", err)
	}
	docs := make([]canon.DocID, len(here))
	for i, s := range here {
		docs[i] = s.Doc
		if err == nil {
			delete(u.fresh, s.Doc)
		}
	}
	if n > 0 {
		p.out = append(p.out, Changed{Docs: docs})
	}
	return nil
}

// giveSalts answers the relay, which lacks the salts of these documents.
func (p *Peer) giveSalts(id uint64, docs []canon.DocID) error {
	f := &wire.Salts{}
	for _, doc := range docs[:min(len(docs), saltsAsked)] {
		salt, ok, err := p.cfg.Repo.Salt(doc)
		if err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
		if ok {
			f.Salts = append(f.Salts, wire.Salt{Doc: doc, Salt: salt})
		}
	}
	_, err := p.send(id, f)
	return err
}

// askSalts asks for the salts that have not arrived: of what came lately at
// once, of everything once on each connection, when it is quiet.
func (p *Peer) askSalts() error {
	u := &p.salts
	if p.pull.done != u.seen {
		u.seen, u.quiet = p.pull.done, p.now
	}
	missing, err := p.withoutSalt(u.fresh)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return p.askSaltsOf(missing)
	}
	if u.asked || p.now.Sub(u.quiet) < saltsQuiet {
		return nil
	}
	if !u.looked {
		all, err := p.cfg.Repo.MissingSalts()
		if err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
		for _, doc := range all {
			u.lacking[doc] = true
		}
		u.looked = true
	}
	u.asked = true
	if missing, err = p.withoutSalt(u.lacking); err != nil {
		return err
	}
	return p.askSaltsOf(missing)
}

// withoutSalt empties a set of documents and moves those without salt to what
// is lacking.
func (p *Peer) withoutSalt(docs map[canon.DocID]bool) ([]canon.DocID, error) {
	var out []canon.DocID
	for doc := range docs {
		_, ok, err := p.cfg.Repo.Salt(doc)
		if err != nil {
			return nil, err //nolint:wrapcheck // the repo names the operation
		}
		delete(docs, doc)
		if !ok {
			out = append(out, doc)
		}
	}
	for _, doc := range out {
		p.salts.lacking[doc] = true
	}
	slices.SortFunc(out, func(a, b canon.DocID) int { return bytes.Compare(a[:], b[:]) })
	return out, nil
}

func (p *Peer) askSaltsOf(docs []canon.DocID) error {
	for part := range slices.Chunk(docs, saltsAsked) {
		err := p.ask(&wire.Salts{Ask: part}, func(_ context.Context, f wire.Frame) error {
			if s, ok := f.(*wire.Salts); ok {
				return p.takeSalts(s.Salts)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
