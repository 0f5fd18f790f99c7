package relay

import (
	"container/list"
	"context"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
)

// docCache holds the states of documents that were used last (GA21), but for those
// with a single change: the log gives them as fast, and an import brings very many
// of them. When a document is written to its old changes are folded, so that what
// it takes, and the time that an edit of it takes, do not grow with its past.
type docCache struct {
	order        *list.List // the one used last in front
	at           map[canon.DocID]*list.Element
	weight, most int // bytes, as gate.Doc.Weight counts
	// last is the whole document for which an edit of an old state was refused last.
	last *cachedDoc
}

// cachedDoc is a document's state as of a stream seq.
type cachedDoc struct {
	id     canon.DocID
	doc    *gate.Doc
	seq    uint64 // of the last accepted entry in it
	weight int    // when it was put into the cache
}

func newDocCache(most int) *docCache {
	return &docCache{order: list.New(), at: map[canon.DocID]*list.Element{}, most: most}
}

func (c *docCache) get(id canon.DocID) *cachedDoc {
	e := c.at[id]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return of(e)
}

// put holds a document, at the cost of those that were not used for longest.
func (c *docCache) put(d *cachedDoc) {
	c.drop(d.id)
	if d.doc.State().Changes() < 2 {
		return
	}
	d.weight = d.doc.Weight()
	c.at[d.id] = c.order.PushFront(d)
	for c.weight += d.weight; c.weight > c.most && c.order.Len() > 1; {
		c.drop(of(c.order.Back()).id)
	}
}

// moved tells that a document lies elsewhere in the stream and is otherwise as it
// was at seq from; where it was not, it is dropped.
func (c *docCache) moved(id canon.DocID, from, to uint64) {
	if e := c.at[id]; e != nil && of(e).seq == from {
		of(e).seq = to
		return
	}
	c.drop(id)
}

func (c *docCache) drop(id canon.DocID) {
	if c.last != nil && c.last.id == id {
		c.last = nil
	}
	if e := c.at[id]; e != nil {
		c.weight -= of(e).weight
		c.order.Remove(e)
		delete(c.at, id)
	}
}

func of(e *list.Element) *cachedDoc {
	return e.Value.(*cachedDoc) //nolint:forcetypeassert // the list holds nothing else
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
