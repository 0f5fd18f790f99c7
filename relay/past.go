package relay

import (
	"context"
	"errors"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// reading is a piece of the past: all items and salts behind from, up to end.
type reading struct {
	from, end place
	items     []item
	salts     []saltAt
}

// readings is how many pieces of the past are kept: devices that read it go
// through the same one after another, and each piece makes several batches.
const readings = 4

// past is what was read behind a place, or reads it: items that the tail does
// not reach.
func (r *Room) past(ctx context.Context, from place) (*reading, error) {
	reads := r.batches.reads
	for _, read := range slices.Backward(reads) {
		if !from.before(read.from) && from.before(read.end) {
			return read, nil
		}
	}
	read, err := r.readItems(ctx, from)
	if err != nil {
		return nil, err
	}
	if len(reads) == readings {
		reads = slices.Delete(reads, 0, 1)
	}
	r.batches.reads = append(reads, read)
	return read, nil
}

// readItems reads as much as the stream gives for one question: it counts all
// that lies behind for each (stream.Portion).
func (r *Room) readItems(ctx context.Context, from place) (*reading, error) {
	after := from.seq
	if from != whole(from.seq) && after > 0 {
		after-- // some parts of that entry are still to come
	}
	seen, size := 0, 0
	read := &reading{from: from, end: whole(r.index.applied)}
	err := r.stream.Read(ctx, "", after, func(e stream.Stored) error {
		if e.Seq > r.index.applied {
			return errFull
		}
		if err := r.readEntry(read, e); err != nil {
			return err
		}
		seen, size = seen+1, size+len(e.Data)
		if seen == stream.Portion || size >= stream.PortionBytes {
			read.end = whole(e.Seq)
			return errFull
		}
		return nil
	})
	if err != nil && !errors.Is(err, errFull) {
		return nil, err
	}
	return read, nil
}

func (r *Room) readEntry(read *reading, e stream.Stored) error {
	if d, ok := docOf(e.Subject, subjectSalt); ok {
		read.salts = append(read.salts, saltAt{seq: e.Seq, doc: d})
		return nil
	}
	d, ok := docOf(e.Subject, subjectDoc)
	if info := r.index.docs[d]; !ok || r.index.leftOut(e.Seq) || info != nil && info.replaced(e.Seq) {
		return nil
	}
	found, err := r.itemsOf(e, d)
	if err != nil {
		return err
	}
	for _, it := range found {
		if read.from.before(it.place()) {
			read.items = append(read.items, it)
		}
	}
	return nil
}

func (r *Room) itemsOf(e stream.Stored, d canon.DocID) ([]item, error) {
	entry, err := parseDocEntry(e.Data)
	if err != nil {
		return nil, err
	}
	records, err := entry.records(e.Seq, r.charterAt(e.Seq))
	if err != nil || len(records) == 0 {
		return nil, err
	}
	last := &records[len(records)-1]
	if entry.Kind != entryPacks {
		return []item{r.itemOf(last, last.Envelope.ID(r.w), entry.Kind == entryHealed)}, nil
	}
	return packItems(e.Seq, d, entry, last, last.Envelope.ID(r.w)), nil
}

func packItems(seq uint64, d canon.DocID, entry docEntry, last *wire.LogRecord, id canon.Hash) []item {
	items := make([]item, 0, len(entry.Packs))
	for i, b := range entry.Packs {
		items = append(items, item{
			seq: seq, part: i, final: i == len(entry.Packs)-1, doc: d, id: id,
			bytes: wire.Item{Pack: b}.Encode(), creates: i == 0 && entry.Base == 0, packLast: last.Seq,
		})
	}
	return items
}
