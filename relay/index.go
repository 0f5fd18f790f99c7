package relay

import (
	"container/list"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
)

// index is what a room remembers of every accepted envelope and every
// document. It is derived from the stream and made anew at each start.
type index struct {
	docs map[canon.DocID]*docInfo
	used map[canon.DeviceID]*counters
	// applied is the stream seq up to which everything was read, void the
	// entries there that were judged bad, judged the count since the last mark.
	applied uint64
	// saltless are the documents whose salt is not here, with the place of the
	// record that made them.
	saltless map[canon.DocID]uint64
	void     map[uint64]struct{}
	marked   uint64
	fresh    int
	stored   uint64 // bytes in the stream, about
}

// docInfo is what is known of one document without reading it.
type docInfo struct {
	last       uint64 // stream seq of the subject's last entry, void ones too
	accepted   uint64 // stream seq of the last accepted one
	loose      int    // accepted records since the last pack
	packed     int    // records in its packs
	exists     bool   // some record was accepted
	commitment canon.Hash
	salt       *[32]byte
	remains    bool // erased, and some of it is still in the stream
	saltSeq    uint64
	sum        canon.Hash // of its change hashes, valid while sumAt == accepted
	sumAt      uint64
}

// placed is where an accepted envelope lies.
type placed struct {
	seq  uint64
	time int64
	c    uint64
	id   canon.Hash
}

// counters are the numbers that a device has used (GA17).
type counters struct {
	by      map[uint64]placed
	highest uint64
}

func newIndex() *index {
	return &index{docs: map[canon.DocID]*docInfo{}, used: map[canon.DeviceID]*counters{}, saltless: map[canon.DocID]uint64{}, void: map[uint64]struct{}{}}
}

func (x *index) doc(d canon.DocID) *docInfo {
	i := x.docs[d]
	if i == nil {
		i = &docInfo{}
		x.docs[d] = i
	}
	return i
}

// add takes in an accepted record whose id is known. It tells whether it is new.
func (x *index) add(id canon.Hash, rec *wire.LogRecord) bool {
	b := &rec.Envelope.Body
	u := x.used[b.Device]
	if u == nil {
		u = &counters{by: map[uint64]placed{}}
		x.used[b.Device] = u
	}
	if _, ok := u.by[b.N]; ok {
		return false
	}
	u.by[b.N] = placed{seq: rec.Seq, time: rec.Time, c: rec.C, id: id}
	u.highest = max(u.highest, b.N)
	i := x.doc(b.Doc)
	if !i.exists && i.salt == nil {
		x.saltless[b.Doc] = rec.Seq
	}
	i.exists = true
	if b.Commitment != nil && i.commitment == (canon.Hash{}) {
		i.commitment = *b.Commitment
	}
	return true
}

// counter is the highest number accepted from a device, with its envelope's id.
func (x *index) counter(d canon.DeviceID) wire.Counter {
	u := x.used[d]
	if u == nil {
		return wire.Counter{}
	}
	return wire.Counter{N: u.highest, ID: u.by[u.highest].id}
}

// docCache holds the states of documents that were used last (GA21).
type docCache struct {
	limit int
	order *list.List
	at    map[canon.DocID]*list.Element
}

// cachedDoc is a document's state as of a stream seq.
type cachedDoc struct {
	id  canon.DocID
	doc *gate.Doc
	seq uint64 // of the last accepted entry in it
}

func newDocCache(limit int) *docCache {
	return &docCache{limit: limit, order: list.New(), at: map[canon.DocID]*list.Element{}}
}

func (c *docCache) get(d canon.DocID) *cachedDoc {
	e := c.at[d]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*cachedDoc) //nolint:forcetypeassert // the list holds nothing else
}

func (c *docCache) put(d *cachedDoc) {
	c.drop(d.id)
	c.at[d.id] = c.order.PushFront(d)
	if c.order.Len() > c.limit {
		c.drop(c.order.Back().Value.(*cachedDoc).id) //nolint:forcetypeassert // as above
	}
}

func (c *docCache) drop(d canon.DocID) {
	if e := c.at[d]; e != nil {
		c.order.Remove(e)
		delete(c.at, d)
	}
}
