package relay

import (
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// index is what a room remembers of accepted envelopes and of every document. It
// is derived from the stream and made anew at each start.
type index struct {
	docs   map[canon.DocID]*docInfo
	used   map[canon.DeviceID]*counters
	recent recent[numbered, placed]
	// applied is the stream seq up to which everything was read, void the entries
	// there that were judged bad, damaged those that cannot be read, fresh the count
	// of judged ones since the last mark.
	applied uint64
	// saltless are the documents whose salt is not here, with the place of the
	// record that made them.
	saltless map[canon.DocID]uint64
	void     map[uint64]struct{}
	damaged  map[uint64]struct{}
	marked   uint64
	fresh    int
	stored   uint64 // bytes in the stream, about
}

// docInfo is what is known of one document without reading it.
type docInfo struct {
	last       uint64   // stream seq of the subject's last entry, void ones too
	accepted   uint64   // stream seq of the last accepted one
	loose      int      // accepted records since the last pack
	packs      []packAt // its packs, the oldest first
	exists     bool     // some record was accepted
	commitment canon.Hash
	salt       *[32]byte
	remains    bool // erased, and some of it is still in the stream
	saltSeq    uint64
	sum        canon.Hash // of its change hashes, valid while sumAt == accepted
	sumAt      uint64
}

// packAt is an entry with packs, and how many records it holds.
type packAt struct {
	seq     uint64
	records int
}

// packed is how many records lie in packs.
func (i *docInfo) packed() (n int) {
	for _, p := range i.packs {
		n += p.records
	}
	return n
}

// replaced tells whether packs behind an entry stand in its place: it is there
// only because removing it was cut short.
func (i *docInfo) replaced(seq uint64) bool {
	n := len(i.packs)
	return n > 0 && seq < i.packs[n-1].seq && !slices.ContainsFunc(i.packs, func(p packAt) bool { return p.seq == seq })
}

// base is what of the packs stays when loose records are packed: all up to the
// last that holds more than twice as many records as what comes behind it. So the
// work for one record grows with the logarithm of the document, and what is read
// lies near the end of the log (adr 0097).
func (i *docInfo) base() uint64 {
	n := i.loose
	for _, p := range slices.Backward(i.packs) {
		if p.records > 2*n {
			return p.seq
		}
		n += p.records
	}
	return 0
}

func newIndex(places int) *index {
	return &index{
		docs: map[canon.DocID]*docInfo{}, used: map[canon.DeviceID]*counters{}, recent: newRecent[numbered, placed](places),
		saltless: map[canon.DocID]uint64{}, void: map[uint64]struct{}{}, damaged: map[uint64]struct{}{},
	}
}

// leftOut tells whether an entry is void or damaged.
func (x *index) leftOut(seq uint64) bool {
	_, void := x.void[seq]
	_, damaged := x.damaged[seq]
	return void || damaged
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
		u = &counters{}
		x.used[b.Device] = u
	}
	if !u.add(b.N, id) {
		return false
	}
	x.recent.put(numbered{b.Device, b.N}, placed{seq: rec.Seq, time: rec.Time, c: rec.C, id: id})
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
	return wire.Counter{N: u.highest(), ID: u.top}
}
