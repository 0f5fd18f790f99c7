package relay

import (
	"math"
	"sort"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// place is a position in what connections are sent: all items up to it, it
// included, were sent. An entry with several packs has several parts.
type place struct {
	seq  uint64
	part int
}

// whole is the place behind everything at seq.
func whole(seq uint64) place { return place{seq: seq, part: math.MaxInt} }

func (p place) before(q place) bool { return p.seq < q.seq || p.seq == q.seq && p.part < q.part }

// item is one accepted thing on its way to connections.
type item struct {
	seq      uint64 // of the entry
	part     int
	final    bool // the entry's last part
	doc      canon.DocID
	id       canon.Hash // of the last record in it
	bytes    []byte     // encoded wire.Item
	creates  bool       // the document's salt goes with it
	packLast uint64     // for packs: the highest seq of their records
}

func (i *item) place() place {
	if i.final {
		return whole(i.seq)
	}
	return place{seq: i.seq, part: i.part}
}

// itemOf is a log record as it goes to connections. A healed one goes as a
// pack: its c may lie below that of the records around it (GA3).
func (r *Room) itemOf(rec *wire.LogRecord, id canon.Hash, healed bool) item {
	it := item{
		seq: rec.Seq, final: true, doc: rec.Envelope.Body.Doc, id: id,
		creates: rec.Envelope.Body.Kind == wire.KindCreate,
	}
	if healed {
		if packs, err := wire.MakePacks([]wire.LogRecord{*rec}); err == nil && len(packs) == 1 {
			it.bytes = wire.Item{Pack: packs[0]}.Encode()
			return it
		}
	}
	it.bytes = wire.Item{Record: rec}.Encode()
	return it
}

// saltAt is where a document's salt lies.
type saltAt struct {
	seq uint64
	doc canon.DocID
}

// The end of the log is held in memory up to these sizes.
const (
	tailItems = 4096
	tailBytes = 8 << 20
)

// tail is the end of the log in the form in which it is forwarded.
type tail struct {
	from  uint64 // everything above lies here
	items []item
	salts []saltAt
	bytes int
}

func newTail() *tail { return &tail{} }

func (t *tail) reset(from uint64) { *t = tail{from: from} }

func (t *tail) add(it item) {
	t.items = append(t.items, it)
	t.bytes += len(it.bytes)
	if len(t.items) <= tailItems && t.bytes <= tailBytes {
		return
	}
	// Half of it goes, so that this is not done for every item.
	drop := max(1, len(t.items)/2)
	for drop < len(t.items) && t.items[drop].seq == t.items[drop-1].seq {
		drop++
	}
	t.from = t.items[drop-1].seq
	t.items = append([]item(nil), t.items[drop:]...)
	t.bytes = 0
	for i := range t.items {
		t.bytes += len(t.items[i].bytes)
	}
	keep := sort.Search(len(t.salts), func(i int) bool { return t.salts[i].seq > t.from })
	t.salts = append([]saltAt(nil), t.salts[keep:]...)
}

func (t *tail) addSalt(seq uint64, d canon.DocID) {
	t.salts = append(t.salts, saltAt{seq: seq, doc: d})
}

// after are the items and salts behind p; ok is false when p lies before the tail.
func (t *tail) after(p place) (items []item, salts []saltAt, ok bool) {
	if p.before(whole(t.from)) {
		return nil, nil, false
	}
	items, salts = behind(t.items, t.salts, p)
	return items, salts, true
}

// behind are those of items and salts, in order, that lie behind p.
func behind(items []item, salts []saltAt, p place) ([]item, []saltAt) {
	i := sort.Search(len(items), func(i int) bool { return p.before(items[i].place()) })
	s := sort.Search(len(salts), func(i int) bool { return salts[i].seq > p.seq })
	return items[i:], salts[s:]
}
