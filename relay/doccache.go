package relay

import (
	"container/list"
	"context"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
)

// docCache holds the states of documents that were used last (GA21): those used
// just now as they are, and more of them packed, which takes a quarter of the
// room and nothing of the collector's time. Those with a single change are not
// packed: the log gives them as fast. When a document is written to or packed its
// old changes are folded, so that what it takes, and the time that an edit of it
// takes, do not grow with its past.
type docCache struct {
	open, packed shelf
	limit        int // of open ones
	bytes, most  int // of packed ones
	keep         int // changes of each
	// last is the whole document for which an edit of an old state was refused last.
	last *cachedDoc
}

// cachedDoc is a document's state as of a stream seq.
type cachedDoc struct {
	id     canon.DocID
	doc    *gate.Doc // nil while it is packed
	packed []byte
	seq    uint64 // of the last accepted entry in it
}

// shelf has documents in the order in which they were used.
type shelf struct {
	order *list.List
	at    map[canon.DocID]*list.Element
}

func newShelf() shelf { return shelf{order: list.New(), at: map[canon.DocID]*list.Element{}} }

func (s *shelf) put(d *cachedDoc) { s.at[d.id] = s.order.PushFront(d) }

// take removes a document; nil where it is not.
func (s *shelf) take(id canon.DocID) *cachedDoc {
	e := s.at[id]
	if e == nil {
		return nil
	}
	delete(s.at, id)
	return s.order.Remove(e).(*cachedDoc) //nolint:forcetypeassert // the list holds nothing else
}

// last removes the document that was not used for longest.
func (s *shelf) last() *cachedDoc {
	return s.take(s.order.Back().Value.(*cachedDoc).id) //nolint:forcetypeassert // as above
}

func newDocCache(limit, bytes, keep int) *docCache {
	return &docCache{open: newShelf(), packed: newShelf(), limit: limit, most: bytes, keep: keep}
}

func (c *docCache) get(id canon.DocID) *cachedDoc {
	if e := c.open.at[id]; e != nil {
		c.open.order.MoveToFront(e)
		return e.Value.(*cachedDoc) //nolint:forcetypeassert // as above
	}
	d := c.packed.take(id)
	if d == nil {
		return nil
	}
	c.bytes -= len(d.packed)
	doc, err := gate.UnmarshalDoc(d.packed)
	if err != nil {
		return nil // it is read from the log
	}
	d.doc, d.packed = doc, nil
	c.put(d)
	return d
}

func (c *docCache) put(d *cachedDoc) {
	c.drop(d.id)
	c.open.put(d)
	for c.open.order.Len() > c.limit {
		c.pack(c.open.last())
	}
}

// pack puts a copy away: whoever judges the document just now still has it open,
// and puts it back when it is written to.
func (c *docCache) pack(d *cachedDoc) {
	if d.doc.State().Changes() < 2 {
		return
	}
	b, err := d.doc.Fold(c.keep).MarshalBinary()
	if err != nil {
		return
	}
	c.packed.put(&cachedDoc{id: d.id, packed: b, seq: d.seq})
	for c.bytes += len(b); c.bytes > c.most; {
		c.bytes -= len(c.packed.last().packed)
	}
}

// moved tells that a document lies elsewhere in the stream and is otherwise as it
// was at seq from; where it was not, it is dropped.
func (c *docCache) moved(id canon.DocID, from, to uint64) {
	for _, s := range []*shelf{&c.open, &c.packed} {
		if e := s.at[id]; e != nil {
			if d := e.Value.(*cachedDoc); d.seq == from { //nolint:forcetypeassert // as above
				d.seq = to
				return
			}
		}
	}
	c.drop(id)
}

func (c *docCache) drop(id canon.DocID) {
	if c.last != nil && c.last.id == id {
		c.last = nil
	}
	c.open.take(id)
	if d := c.packed.take(id); d != nil {
		c.bytes -= len(d.packed)
	}
}

// document is a document's state as the stream up to here yields it: from the
// cache, which may have folded it, or rebuilt from its entries (GA21).
func (r *Room) document(ctx context.Context, d canon.DocID) (*cachedDoc, error) {
	if c := r.cache.get(d); c != nil && c.seq == r.index.doc(d).accepted {
		return c, nil
	}
	c, err := r.wholeDocument(ctx, d)
	if err == nil && c.seq != 0 {
		r.cache.put(c)
	}
	return c, err
}

// readAgain is wholeDocument for an edit that follows what the cache has folded.
// After a refusal the next one often follows the same; whoever takes the document
// may change it, so it is taken away.
func (r *Room) readAgain(ctx context.Context, d canon.DocID) (*cachedDoc, error) {
	last := r.cache.last
	r.cache.last = nil
	if last != nil && last.id == d && last.seq == r.index.doc(d).accepted {
		return last, nil
	}
	c, err := r.wholeDocument(ctx, d)
	if err == nil {
		r.stats.Reread++
		r.again += c.doc.State().Changes()
	}
	return c, err
}

// wholeDocument is the state with nothing folded. It is not in the cache.
func (r *Room) wholeDocument(ctx context.Context, d canon.DocID) (*cachedDoc, error) {
	c := &cachedDoc{id: d, doc: gate.NewDoc(d), seq: r.index.doc(d).accepted}
	if c.seq == 0 {
		return c, nil
	}
	records, err := r.recordsOf(ctx, d)
	if err != nil {
		return nil, err
	}
	for i := range records {
		// Judged when it was accepted: only the structure is needed again.
		j, refusal := gate.JudgeAt(chain{r.states}, records[i].C, c.doc, &records[i].Envelope, gate.Stored)
		if refusal != nil {
			return nil, fmt.Errorf("document %s: record %d: %w: %w", d, records[i].Seq, errEntry, refusal)
		}
		c.doc.Enter(j)
	}
	return c, nil
}
