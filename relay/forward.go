package relay

import (
	"context"
	"errors"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

const (
	// batchItems and batchBytes end a batch, so that it stays under wire's
	// limits even where nothing compresses.
	batchItems = 512
	batchBytes = 1 << 20
	// pullWindow is what may wait on a connection that reads from the past.
	pullWindow = 2 << 20
)

var errFull = errors.New("batch is full")

// view is what several connections are sent alike: documents of one member
// only, or of nobody in particular.
type view struct {
	member canon.MemberID // zero: no personal documents
	rows   bool           // only rows that the member sees
}

// part is what one connection is sent next.
type part struct {
	batch *wire.Batch // nil when there are no items
	own   bool        // all that lies here the connection has brought itself
	next  wire.Cursor // zero when nothing was passed that a cursor can name
	salts []wire.Salt
	end   place
}

// batchKey names a batch that many connections share. What may be sent depends
// on the charter, so a new record ends what was shared before.
type batchKey struct {
	from, end place
	live      bool
	charter   uint64
}

// frameKey names the frame that a batch was sent in.
type frameKey struct {
	batch *wire.Batch
	id    uint64
	next  wire.Cursor
	more  bool
}

// batchCache holds what was read, compressed and encoded last, so that each is
// done once for all connections that are sent the same.
type batchCache struct {
	batches recent[batchKey, *wire.Batch]
	reads   []*reading // the newest last
	batcher wire.Batcher
	framed  frameKey
	frame   []byte // of framed
	items   [][]byte
	empty   []byte
}

// nothing is a batch without items, deflated.
func (c *batchCache) nothing() ([]byte, error) {
	if c.empty == nil {
		b, err := c.batcher.Make(nil, wire.Cursor{}, false)
		if err != nil {
			return nil, err
		}
		c.empty = b.Deflated
	}
	return c.empty, nil
}

func newBatchCache() *batchCache {
	return &batchCache{batches: newRecent[batchKey, *wire.Batch](32)}
}

// recent is a map that keeps its newest entries.
type recent[K comparable, V any] struct {
	limit int
	at    map[K]V
	order []K
	next  int // the oldest in order, once that is full
}

func newRecent[K comparable, V any](limit int) recent[K, V] {
	return recent[K, V]{limit: limit, at: map[K]V{}}
}

func (c *recent[K, V]) put(k K, v V) {
	if _, ok := c.at[k]; !ok {
		if len(c.order) < c.limit {
			c.order = append(c.order, k)
		} else {
			delete(c.at, c.order[c.next])
			c.order[c.next] = k
			c.next = (c.next + 1) % c.limit
		}
	}
	c.at[k] = v
}

// forward sends every connection what it may have now.
func (r *Room) forward(ctx context.Context) error {
	for _, c := range r.ordered() {
		for c.live && c.at.before(whole(r.index.applied)) {
			if err := r.forwardTo(ctx, c); err != nil {
				return err
			}
		}
		if c.pulling && c.queued < pullWindow {
			if err := r.forwardTo(ctx, c); err != nil {
				return err
			}
		}
	}
	return nil
}

// forwardTo sends the next batch behind the connection's place.
func (r *Room) forwardTo(ctx context.Context, c *conn) error {
	p, err := r.makePart(ctx, c, r.viewOf(c))
	if err != nil {
		return err
	}
	for seq := range c.own {
		if seq <= p.end.seq {
			delete(c.own, seq)
		}
	}
	atEnd := !p.end.before(whole(r.index.applied))
	if p.next != (wire.Cursor{}) {
		c.cursor = p.next
	}
	first := c.pulling
	c.at = p.end
	if len(p.salts) > 0 { // before their documents, so that these are whole at once
		r.send(c, 0, &wire.Salts{Salts: p.salts})
	}
	if p.batch != nil || p.own || first && atEnd {
		b := wire.Batch{Next: c.cursor, More: !atEnd}
		if p.batch != nil {
			b.Inflated, b.Deflated = p.batch.Inflated, p.batch.Deflated
		} else if b.Deflated, err = r.batches.nothing(); err != nil {
			return err
		}
		before := c.queued
		r.sendBatch(c, frameKey{batch: p.batch, id: c.pullID, next: b.Next, more: b.More}, &b)
		c.credit -= int64(c.queued - before)
	}
	c.pulling, c.live = !atEnd, atEnd
	if c.credit <= 0 || c.phase == phaseFinished {
		c.pulling, c.live = false, false
	}
	return nil
}

// sendBatch encodes a batch once for the connections, one after another, that
// are sent the same: nearly all of what a room sends.
func (r *Room) sendBatch(c *conn, key frameKey, b *wire.Batch) {
	if c.phase == phaseFinished {
		return
	}
	frame := r.batches.frame
	if key.batch == nil || key != r.batches.framed {
		var ok bool
		if frame, ok = r.encode(c, key.id, b); !ok {
			return
		}
		if key.batch != nil {
			r.batches.framed, r.batches.frame = key, frame
		}
	}
	r.queue(c, frame)
}

func (r *Room) viewOf(c *conn) view {
	s := r.state()
	m, ok := s.Member(c.member)
	role, known := s.Role(m.Role)
	return view{member: c.member, rows: !ok || !known || role.ReadRows != charter.RowsAll}
}

// makePart collects what lies behind the connection's place, as far as one batch
// goes. A live one was sent everything up to there as it came. Where all of it
// is what the connection itself has brought, and was told the places of, it is
// not sent back (docs/adr/0032).
func (r *Room) makePart(ctx context.Context, c *conn, v view) (*part, error) {
	from, live := c.at, c.live
	items, salts, ok := r.tail.after(from)
	p := &part{end: whole(r.index.applied)}
	if !ok {
		read, err := r.past(ctx, from)
		if err != nil {
			return nil, err
		}
		items, salts = behind(read.items, read.salts, from)
		p.end = read.end
	}
	encoded := r.batches.items[:0]
	defer func() { r.batches.items = encoded[:0] }()
	var docs []canon.DocID
	size, shared, others := 0, !v.rows, false
	for i := range items {
		it := &items[i]
		if len(encoded) > 0 && (len(encoded) >= batchItems || size+len(it.bytes) > batchBytes) {
			p.end = items[i-1].place()
			break
		}
		if it.final {
			p.next = wire.Cursor{Log: r.logID, Seq: it.seq, Doc: it.doc, ID: it.id}
		}
		if live && it.packLast > 0 && it.packLast <= from.seq {
			continue // its records went out one by one
		}
		sees, own, err := r.sees(ctx, v, it.doc)
		if err != nil {
			return nil, err
		}
		if !sees {
			continue
		}
		shared = shared && !own
		encoded, size = append(encoded, it.bytes), size+len(it.bytes)
		others = others || !c.own[it.seq]
		if it.creates && !c.own[it.seq] {
			docs = append(docs, it.doc)
		}
	}
	for _, s := range salts {
		if s.seq <= p.end.seq && !c.own[s.seq] {
			docs = append(docs, s.doc)
		}
	}
	var err error
	if p.salts, err = r.saltsFor(ctx, v, docs); err != nil || len(encoded) == 0 {
		return p, err
	}
	if !others {
		p.own = true
		return p, nil
	}
	p.batch, err = r.compress(batchKey{from: from, end: p.end, live: live, charter: r.head().Seq}, shared, encoded, p.next)
	return p, err
}

// compress deflates items, once for all connections that are sent the same.
func (r *Room) compress(key batchKey, shared bool, items [][]byte, next wire.Cursor) (*wire.Batch, error) {
	if b := r.batches.batches.at[key]; shared && b != nil {
		return b, nil
	}
	b, err := r.batches.batcher.Make(items, next, false)
	if err != nil {
		return nil, err
	}
	r.stats.Compressed++
	if shared {
		r.batches.batches.put(key, b)
	}
	return b, nil
}

// docKind is what the charter says of a document.
type docKind struct {
	kind   charter.DocKind
	member canon.MemberID
	erased bool
}

// kindCache spares asking the charter once for every connection: the schema
// document's id is a hash.
type kindCache struct {
	at    *charter.State
	kinds map[canon.DocID]docKind
}

func (c *kindCache) of(s *charter.State, d canon.DocID) docKind {
	const limit = 8192
	if c.at != s || len(c.kinds) >= limit {
		c.at, c.kinds = s, map[canon.DocID]docKind{}
	}
	k, ok := c.kinds[d]
	if !ok {
		k.kind, k.member = s.DocKind(d)
		k.erased = s.Erased(d)
		c.kinds[d] = k
	}
	return k
}

// sees tells whether a view has the document, and whether it is one that few
// others have.
func (r *Room) sees(ctx context.Context, v view, d canon.DocID) (sees, own bool, err error) {
	s := r.state()
	k := r.kinds.of(s, d)
	if k.erased {
		return false, false, nil
	}
	if k.kind == charter.DocPersonal {
		return k.member == v.member, true, nil
	}
	if !v.rows || k.kind == charter.DocSchema {
		return true, false, nil
	}
	doc, err := r.document(ctx, d)
	if errors.Is(err, errEntry) {
		return false, false, nil
	}
	if err != nil {
		return false, false, err
	}
	return s.Policy().SeesRow(v.member, doc.doc.Row(s)), true, nil
}

func (r *Room) saltsFor(ctx context.Context, v view, docs []canon.DocID) ([]wire.Salt, error) {
	var out []wire.Salt
	seen := make(map[canon.DocID]bool, len(docs))
	for _, d := range docs {
		i := r.index.docs[d]
		if seen[d] || i == nil || i.salt == nil || !i.exists {
			continue
		}
		seen[d] = true
		sees, _, err := r.sees(ctx, v, d)
		if err != nil {
			return nil, err
		}
		if sees {
			out = append(out, wire.Salt{Doc: d, Salt: *i.salt})
		}
	}
	return out, nil
}
