package relay

import (
	"cmp"
	"context"
	"slices"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

const (
	// saltsAskedFor is how many salts one question names at most.
	saltsAskedFor = 16384
	// saltsEvery is how often one connection is asked for salts.
	saltsEvery = time.Second
)

// askSalts asks one connection for the salts that are not here (SE0): that of
// its author, who may have lost the answer and whose outbox the record has left
// since, or any other that has them. Each connection is asked once for each.
func (r *Room) askSalts(ctx context.Context) error {
	if r.now.Sub(r.saltsAsked) < saltsEvery || r.healing() {
		return nil
	}
	upTo := r.saltsUpTo
	r.saltsAsked, r.saltsUpTo = r.now, r.index.applied
	if len(r.index.saltless) == 0 {
		return nil
	}
	for _, c := range r.ordered() {
		if !c.live {
			continue
		}
		ask, err := r.saltsOf(ctx, c, upTo)
		if err != nil {
			return err
		}
		if len(ask) > 0 {
			c.lastAsk += 2
			r.send(c, c.lastAsk, &wire.Salts{Ask: ask})
			return nil
		}
	}
	return nil
}

// saltsOf are the documents whose salt a connection may have and was not asked
// for yet.
func (r *Room) saltsOf(ctx context.Context, c *conn, upTo uint64) ([]canon.DocID, error) {
	var list []canon.DocID
	for d, seq := range r.index.saltless {
		if seq > c.saltsSeq && seq <= upTo {
			list = append(list, d)
		}
	}
	slices.SortFunc(list, func(a, b canon.DocID) int {
		return cmp.Or(cmp.Compare(r.index.saltless[a], r.index.saltless[b]), slices.Compare(a[:], b[:]))
	})
	v, ask := r.viewOf(c), list[:0]
	for _, d := range list {
		if len(ask) == saltsAskedFor {
			break
		}
		sees, _, err := r.sees(ctx, v, d)
		if err != nil {
			return nil, err
		}
		c.saltsSeq = r.index.saltless[d]
		if sees {
			ask = append(ask, d)
		}
	}
	return ask, nil
}

// receiveSalts keeps salts that fit the commitment of their document, and
// answers with those that were asked for (SE0).
func (r *Room) receiveSalts(ctx context.Context, c *conn, id uint64, f *wire.Salts) error {
	var entries []stream.Entry
	var bad wire.Code
	for _, s := range f.Salts {
		i := r.index.docs[s.Doc]
		switch {
		case i == nil || !i.exists:
			bad = wire.CodeMissingDeps
		case i.salt != nil:
		case seal.Commitment(r.w, s.Doc, s.Salt) != i.commitment:
			r.stats.BadSalts++
			bad = wire.CodeMalformed
		default:
			entries = append(entries, stream.Entry{Subject: saltSubject(s.Doc), Data: s.Salt[:], Expect: 0})
		}
	}
	if len(entries) > 0 {
		// A conflict means that the same salt is there already.
		results, err := r.stream.Append(ctx, entries...)
		if err != nil {
			return err
		}
		if err := r.takeIn(ctx, entries, results, nil); err != nil {
			return err
		}
		for _, res := range results {
			if res.Err == nil {
				c.brought(res.Seq)
			}
		}
	}
	switch {
	case id%2 == 0: // the answer to a question of this room
	case bad != "":
		r.fail(c, id, bad)
	case len(f.Ask) > 0 && !r.healing():
		found, err := r.saltsFor(ctx, r.viewOf(c), f.Ask)
		if err != nil {
			return err
		}
		r.send(c, id, &wire.Salts{Salts: found})
	default:
		r.send(c, id, &wire.OK{})
	}
	return nil
}
