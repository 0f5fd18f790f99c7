package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// pushing is one push frame on its way through the room.
type pushing struct {
	conn       *conn
	id         uint64
	candidates []*candidate
	packs      []int // for a packs frame: how many candidates each pack has
}

// candidate is one envelope that wants to enter.
type candidate struct {
	carrier canon.DeviceID
	raw     []byte
	env     *wire.Envelope
	id      canon.Hash
	upload  bool   // out of an uploaded pack
	healed  bool   // and brought by another member: c is the seq it names
	c       uint64 // charter seq that it is judged at before it is appended
	entry   docEntry
	stored  []byte // entry as it was appended

	doc        *cachedDoc
	docSeq     uint64 // the last accepted entry that judging saw
	charterSeq uint64
	judged     *gate.Judged
	paid       float64 // of the carrier's allowance, for what was read again
	refusal    *gate.Refusal
	result     wire.PushResult
	done       bool
	again      *candidate // the same envelope, earlier in this round
}

// receivePush takes a push frame in; it is answered after push.
func (r *Room) receivePush(c *conn, id uint64, f *wire.Push) *pushing {
	p := &pushing{conn: c, id: id, candidates: make([]*candidate, len(f.Envelopes))}
	for i, raw := range f.Envelopes {
		p.candidates[i] = &candidate{carrier: c.device, raw: raw}
	}
	return p
}

// push takes the envelopes of several frames through the stream in rounds. In
// one round each document occurs once, so that its envelopes can be judged side
// by side, and each after those before it is decided.
func (r *Room) push(ctx context.Context, pushes []*pushing) error {
	var open []*candidate
	for _, p := range pushes {
		open = append(open, p.candidates...)
	}
	r.parse(open)
	for len(open) > 0 {
		round, rest := r.nextRound(open)
		if err := r.pushRound(ctx, round); err != nil {
			return err
		}
		for _, c := range round {
			if c.again != nil {
				c.result = c.again.result
				if c.result.Code == wire.CodeAccepted {
					c.result.Code = wire.CodeDuplicate
				}
			}
			r.stats.refuse(c.result.Code)
		}
		open = rest
	}
	for _, p := range pushes {
		for _, c := range p.candidates {
			if p.packs == nil && c.result.Code == wire.CodeAccepted && c.env.Body.Device == p.conn.device {
				p.conn.brought(c.result.Seq)
			}
		}
		r.send(p.conn, p.id, &wire.Pushed{Results: p.results()})
	}
	return nil
}

// results has one answer for each envelope, or for each pack.
func (p *pushing) results() []wire.PushResult {
	out := make([]wire.PushResult, 0, len(p.candidates))
	if p.packs == nil {
		for _, c := range p.candidates {
			out = append(out, c.result)
		}
		return out
	}
	at := 0
	for _, n := range p.packs {
		out = append(out, packResult(p.candidates[at:at+n]))
		at += n
	}
	return out
}

// nextRound takes candidates from the front, at most one for each document,
// and leaves those behind in their order.
func (r *Room) nextRound(open []*candidate) (round, rest []*candidate) {
	const roundSize = 1024
	docs := map[canon.DocID]*candidate{}
	for i, c := range open {
		if len(round) >= roundSize {
			return round, append(rest, open[i:]...)
		}
		if c.done {
			round = append(round, c)
			continue
		}
		first := docs[c.env.Body.Doc]
		switch {
		case first == nil:
			docs[c.env.Body.Doc] = c
			round = append(round, c)
		case first.id == c.id && first.env.Body.N == c.env.Body.N:
			c.again, c.done = first, true
			round = append(round, c)
		default:
			rest = append(rest, c)
		}
	}
	return round, rest
}

// parse reads the envelopes side by side (GA5).
func (r *Room) parse(list []*candidate) {
	r.sideBySide(len(list), func(i int) {
		c := list[i]
		if c.done { // a pack that cannot be read has its answer
			return
		}
		if c.env == nil {
			if c.env, c.refusal = gate.Parse(c.raw); c.refusal != nil {
				c.env, c.done, c.result = nil, true, refused(c.refusal)
				return
			}
		}
		c.id = c.env.ID(r.w)
	})
}

// sideBySide calls fn for 0..n-1 on all workers and waits.
func (r *Room) sideBySide(n int, fn func(int)) {
	workers := min(r.cfg.Workers, (n+7)/8)
	if workers <= 1 {
		for i := range n {
			fn(i)
		}
		return
	}
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < n; i += workers {
				fn(i)
			}
		})
	}
	wg.Wait()
}

// pushRound judges, appends and reads back. What can be refused now never
// enters the stream; what is decided is decided on reading back (GA2).
func (r *Room) pushRound(ctx context.Context, round []*candidate) error {
	var try []*candidate
	for _, c := range round {
		if c.done {
			continue
		}
		if err := r.precheck(ctx, c); err != nil {
			return err
		}
		if !c.done {
			try = append(try, c)
		}
	}
	try, err := r.judge(ctx, try)
	if err == nil {
		try, err = r.judgeAgain(ctx, try)
	}
	if err != nil {
		return err
	}
	var entries []stream.Entry
	var sent []*candidate
	for _, c := range try {
		if c.refusal == nil {
			c.refusal = r.admitNumber(&c.env.Body, c.upload, c.healed)
		}
		if c.refusal == nil {
			if result, ok := r.admitRate(c.carrier, c.judged, c.paid); !ok && !c.healed {
				c.result, c.done = result, true
				continue
			}
			c.refusal = r.admitQuota(len(c.raw))
		}
		if c.refusal != nil {
			c.result, c.done = refused(c.refusal), true
			continue
		}
		c.entry = docEntry{Kind: entryEnvelope, Time: r.now.UnixMilli(), Envelope: c.raw}
		if c.upload {
			c.entry.Kind, c.entry.C = entryHealed, c.c
		}
		c.stored = c.entry.encode()
		entries = append(entries, stream.Entry{Subject: docSubject(c.env.Body.Doc), Data: c.stored, Expect: stream.Any})
		sent = append(sent, c)
	}
	return r.enter(ctx, entries, sent)
}

// judge asks the gate about candidates of different documents, and of those that
// follow what the cache has folded again. It returns the candidates still open.
func (r *Room) judge(ctx context.Context, list []*candidate) ([]*candidate, error) {
	r.ask(list)
	var old []*candidate
	for _, c := range list {
		if !c.doc.doc.Forgot(c.refusal) {
			continue
		}
		if r.owes(c) {
			continue
		}
		var err error
		from := r.again
		if c.doc, err = r.readAgain(ctx, c.env.Body.Doc); r.refuseDamaged(c, err) {
			continue
		} else if err != nil {
			return nil, err
		}
		r.charge(c, from)
		c.refusal = nil
		old = append(old, c)
	}
	r.ask(old)
	for _, c := range old {
		if c.refusal != nil {
			r.cache.last = c.doc // the next edits may follow this one
		}
	}
	return slices.DeleteFunc(list, func(c *candidate) bool { return c.done }), nil
}

// ask has the gate judge candidates of different documents, side by side.
func (r *Room) ask(list []*candidate) {
	r.sideBySide(len(list), func(i int) {
		c := list[i]
		if !c.healed {
			c.judged, c.refusal = gate.Judge(chain{r.states}, c.c, c.doc.doc, c.env)
		}
		if c.refusal == nil && c.upload {
			// What its author's member may bring lies where others would have it
			// (PK3), so that both ways can follow each other.
			c.c = c.env.Body.CharterSeq
			c.judged, c.refusal = gate.JudgeUnordered(chain{r.states}, c.c, c.doc.doc, c.env)
		}
	})
}

// judgeAgain looks, before anything is refused, whether another process has
// written what the refusals miss. It returns the candidates still open.
func (r *Room) judgeAgain(ctx context.Context, list []*candidate) ([]*candidate, error) {
	before := r.index.applied
	if !slices.ContainsFunc(list, func(c *candidate) bool { return c.refusal != nil }) {
		return list, nil
	}
	if err := r.catchUp(ctx); err != nil || r.index.applied == before {
		return list, err
	}
	open := list[:0:0]
	for _, c := range list {
		c.refusal = nil
		if err := r.precheck(ctx, c); err != nil {
			return nil, err
		}
		if !c.done {
			open = append(open, c)
		}
	}
	return r.judge(ctx, open)
}

// enter appends entries and decides them at their place.
func (r *Room) enter(ctx context.Context, entries []stream.Entry, sent []*candidate) error {
	if len(entries) == 0 {
		return nil
	}
	results, err := r.stream.Append(ctx, entries...)
	if err != nil {
		return err
	}
	prepared := make(map[uint64]*candidate, len(sent))
	for i, c := range sent {
		if results[i].Err != nil {
			return results[i].Err
		}
		prepared[results[i].Seq] = c
		r.index.stored += uint64(len(entries[i].Data))
	}
	if err := r.takeIn(ctx, entries, results, prepared); err != nil {
		return err
	}
	for _, c := range sent {
		c.done = true
		if c.result.Code == "" {
			// The entry was appended and is no longer there: another process
			// made a pack of it, so it was accepted.
			result, ok, err := r.duplicate(ctx, &c.env.Body, c.id)
			if err != nil && !errors.Is(err, errEntry) { // of a damaged document nothing is known
				return err
			}
			if ok {
				c.result = result
				c.result.Code = wire.CodeAccepted
				continue
			}
			c.result = wire.PushResult{Code: wire.CodeRetry, Retry: 1000}
		}
	}
	return nil
}

// takeIn is readBack for entries that this room has just appended. Where their
// places are those behind everything that was read, one after the other, the
// stream holds there what was appended and nothing else, so they need not be
// read (docs/adr/0065); else another process came between, and they are.
func (r *Room) takeIn(ctx context.Context, entries []stream.Entry, results []stream.Result, prepared map[uint64]*candidate) error {
	for i := range results {
		if results[i].Err != nil || results[i].Seq != r.index.applied+1+uint64(i) {
			return r.readBack(ctx, prepared)
		}
	}
	for i := range entries {
		e := stream.Stored{Seq: results[i].Seq, Subject: entries[i].Subject, Data: entries[i].Data}
		if err := r.apply(ctx, e, prepared[e.Seq]); err != nil {
			return fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		r.index.applied = e.Seq
	}
	return nil
}

// precheck is what needs the index, and loads the document for judging.
func (r *Room) precheck(ctx context.Context, c *candidate) error {
	if r.owes(c) {
		return nil
	}
	from := r.again
	result, ok, err := r.duplicate(ctx, &c.env.Body, c.id)
	r.charge(c, from)
	if ok {
		c.result, c.done = result, true
		return nil
	}
	if err == nil && !c.healed {
		c.c = r.head().Seq
		if result, ok := r.mayTry(c.carrier); !ok {
			c.result, c.done = result, true
			return nil
		}
	}
	if err == nil {
		c.doc, err = r.document(ctx, c.env.Body.Doc)
		c.docSeq, c.charterSeq = r.index.doc(c.env.Body.Doc).accepted, r.head().Seq
	}
	if r.refuseDamaged(c, err) {
		return nil
	}
	return err
}

// refuseDamaged answers a candidate whose document the relay cannot read any more;
// others go on.
func (r *Room) refuseDamaged(c *candidate, err error) bool {
	if !errors.Is(err, errEntry) {
		return false
	}
	r.log.Error("document cannot be judged", "err", err)
	c.result, c.done = wire.PushResult{Code: wire.CodeCorrupt}, true
	return true
}
