package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

const (
	// looseLimit is how many records a document may have outside packs (PK2).
	looseLimit = 16
	// weighEvery is after how many packs the stream's size is asked for: what a
	// pack replaced no longer counts against the quota.
	weighEvery = 64
	// markEvery is after how many judged entries the mark is written anew.
	markEvery = 4096
)

// packQueue are the documents with more loose records than PK2 allows.
type packQueue struct {
	waiting map[canon.DocID]bool
	order   []canon.DocID
}

func (q *packQueue) len() int { return len(q.order) }

func (q *packQueue) note(d canon.DocID, i *docInfo) {
	// Packing a large document costs as much as it is large: the more it holds,
	// the more comes together before it is packed again.
	if i.loose <= max(looseLimit, i.packed/8) || q.waiting[d] {
		return
	}
	if q.waiting == nil {
		q.waiting = map[canon.DocID]bool{}
	}
	q.waiting[d] = true
	q.order = append(q.order, d)
}

// tidy does one piece of what can wait: a pack, or the mark.
func (r *Room) tidy(ctx context.Context) error {
	if r.packs.len() > 0 {
		d := r.packs.order[0]
		r.packs.order = r.packs.order[1:]
		delete(r.packs.waiting, d)
		if err := r.pack(ctx, d); !errors.Is(err, errEntry) {
			return err
		}
		r.log.Error("document cannot be packed", "document", short(d))
		return nil
	}
	if done, err := r.erase(ctx); done || err != nil {
		return err
	}
	if r.index.fresh >= markEvery {
		return r.writeMark(ctx)
	}
	return nil
}

// erase drops one document that the charter says is erased, with its salt
// (ER1). It tells whether there was one.
func (r *Room) erase(ctx context.Context) (bool, error) {
	s := r.state()
	if s == nil || s.Head().Seq == r.erasedAt {
		return false, nil
	}
	for d := range s.ErasedDocs() {
		info := r.index.docs[d]
		if info == nil || !info.exists && info.salt == nil && !info.remains {
			continue
		}
		info.remains = false
		for _, e := range []stream.Entry{
			{Subject: saltSubject(d), Expect: stream.Any},
			{Subject: docSubject(d), Data: docEntry{Kind: entryErased}.encode(), Expect: stream.Any},
		} {
			if _, err := r.stream.Replace(ctx, e); err != nil {
				return false, fmt.Errorf("erase %s: %w", d, err)
			}
		}
		return true, r.catchUp(ctx)
	}
	r.erasedAt = s.Head().Seq
	return false, nil
}

// pack rolls a document's records up into packs, which replace them only after
// they were read back and compared (PK2).
func (r *Room) pack(ctx context.Context, d canon.DocID) error {
	info := r.index.docs[d]
	records, err := r.recordsOf(ctx, d)
	if err != nil {
		return err
	}
	if len(records) == 0 || info.loose == 0 {
		return nil
	}
	packs, err := wire.MakePacks(records)
	if err != nil {
		return fmt.Errorf("pack %s: %w", d, err)
	}
	data := docEntry{Kind: entryPacks, Packs: packs}.encode()
	if err := samePack(data, records); err != nil {
		return fmt.Errorf("pack %s: %w", d, err)
	}
	_, err = r.stream.Replace(ctx, stream.Entry{Subject: docSubject(d), Data: data, Expect: info.last})
	if errors.Is(err, stream.ErrConflict) {
		return r.catchUp(ctx) // another process wrote; the next record asks again
	}
	if err != nil {
		return err
	}
	if r.stats.Packs++; r.stats.Packs%weighEvery == 0 {
		if err := r.weigh(ctx); err != nil {
			return err
		}
	}
	return r.catchUp(ctx)
}

// samePack reads what was made and compares it, record by record.
func samePack(data []byte, records []wire.LogRecord) error {
	entry, err := parseDocEntry(data)
	if err != nil {
		return err
	}
	got, err := entry.records(0, 0)
	if err != nil {
		return err
	}
	if len(got) != len(records) {
		return fmt.Errorf("%d records of %d: %w", len(got), len(records), errEntry)
	}
	for i := range got {
		if !bytes.Equal(got[i].Encode(), records[i].Encode()) {
			return fmt.Errorf("record %d: %w", records[i].Seq, errEntry)
		}
	}
	return nil
}

// damaged leaves out an entry that nobody could have appended through a room:
// it stays where it is, is named in the log, and stops nothing else.
func (r *Room) damaged(e stream.Stored, err error) {
	r.index.void[e.Seq] = struct{}{}
	r.stats.Damaged++
	r.log.Error("entry of the log is damaged", "seq", e.Seq, "bytes", len(e.Data), "err", err)
}
