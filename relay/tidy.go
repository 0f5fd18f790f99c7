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
	// packsAtOnce is how many documents are packed in one step at most: when there
	// is nothing else to do.
	packsAtOnce = 8
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

func (q *packQueue) note(d canon.DocID, i *docInfo, limit int) {
	if i.loose <= limit || q.waiting[d] {
		return
	}
	if q.waiting == nil {
		q.waiting = map[canon.DocID]bool{}
	}
	q.waiting[d] = true
	q.order = append(q.order, d)
}

// take removes up to n documents, those that waited longest.
func (q *packQueue) take(n int) []canon.DocID {
	n = min(n, len(q.order))
	list := q.order[:n]
	q.order = q.order[n:]
	for _, d := range list {
		delete(q.waiting, d)
	}
	return list
}

// tidy does a piece of what can wait: some packs, an erasure or the mark. A room
// that is never at rest packs as fast as its documents grow: what is not packed
// lies all over the log, and reading a document takes as much memory as the log is
// long.
func (r *Room) tidy(ctx context.Context, entered uint64) error {
	if r.packs.len() > 0 {
		n := uint64(packsAtOnce)
		if len(r.outs) > 0 {
			n = min(n, 1+entered/uint64(r.cfg.Loose))
		}
		if err := r.pack(ctx, r.packs.take(int(n))); err != nil {
			return err
		}
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
		err := r.replace(ctx, saltSubject(d), nil)
		if err == nil {
			err = r.replace(ctx, docSubject(d), docEntry{Kind: entryErased}.encode())
		}
		if err != nil {
			return false, fmt.Errorf("erase %s: %w", d, err)
		}
		info.remains = false
		return true, r.catchUp(ctx)
	}
	r.erasedAt = s.Head().Seq
	return false, nil
}

// pack rolls the loose records of each document up, with packs before them that
// hold not many more (docInfo.base). What comes of it replaces them only after it
// was read back and compared (PK2).
func (r *Room) pack(ctx context.Context, docs []canon.DocID) error {
	var entries []stream.Entry
	for _, d := range docs {
		entry, err := r.packed(ctx, d)
		switch {
		case errors.Is(err, errEntry):
			r.log.Error("document cannot be packed", "document", short(d))
		case err != nil:
			return err
		case entry.Data != nil:
			entries = append(entries, entry)
		}
	}
	if len(entries) == 0 {
		return nil
	}
	results, err := r.stream.Replace(ctx, entries...)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	before := r.stats.Packs
	for i, res := range results {
		switch {
		case res.Err == nil:
			r.stats.Packs++
			r.synced = max(r.synced, res.Seq)
		case !errors.Is(res.Err, stream.ErrConflict): // then another process wrote, and the next record asks again
			r.log.Error("pack is not taken", "subject", entries[i].Subject, "err", res.Err)
		}
	}
	if r.stats.Packs/weighEvery != before/weighEvery {
		if err := r.weigh(ctx); err != nil {
			return err
		}
	}
	return r.catchUp(ctx)
}

// packed is the entry with a document's new packs; it has no data when nothing is
// loose.
func (r *Room) packed(ctx context.Context, d canon.DocID) (e stream.Entry, err error) {
	info := r.index.docs[d]
	base := info.base()
	records, old, err := r.recordsBehind(ctx, d, base)
	if err != nil || len(records) == 0 || info.loose == 0 {
		return e, err
	}
	packs, err := wire.MakePacks(records)
	if err != nil {
		return e, fmt.Errorf("pack %s: %w", d, err)
	}
	data := docEntry{Kind: entryPacks, Packs: packs, Base: base}.encode()
	if err := samePack(data, records); err != nil {
		return e, fmt.Errorf("pack %s: %w", d, err)
	}
	return stream.Entry{Subject: docSubject(d), Data: data, Expect: info.last, Old: old}, nil
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
	r.index.damaged[e.Seq] = struct{}{}
	r.stats.Damaged++
	r.log.Error("entry of the log is damaged", "seq", e.Seq, "bytes", len(e.Data), "err", err)
}
