package repo

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// Touched is one entry of the feed: a document that changed, appeared or went.
type Touched struct {
	Seq uint64
	Doc canon.DocID
	// Settled: nothing about the document is new but that its own envelopes are
	// accepted. Its values are what they were, and nothing of it is pending.
	Settled bool
}

// settledMark follows the document's id in an entry of that kind.
const settledMark = 1

// feed adds an entry in the transaction of the change itself, so that a reader
// who keeps the last Seq it applied misses nothing and sees nothing too early.
func (m *marks) feed(tx store.Tx, doc canon.DocID) error {
	m.Feed++
	return tx.Put(store.FeedKey(m.Feed), doc[:])
}

// settles is feed for a document that was only settled.
func (m *marks) settles(tx store.Tx, doc canon.DocID) error {
	m.Feed++
	return tx.Put(store.FeedKey(m.Feed), append(doc[:], settledMark))
}

// Feed gives up to limit entries after seq. ErrFeedTrimmed: entries after seq
// were trimmed; read all documents and go on from FeedEnd.
func (r *Repo) Feed(after uint64, limit int) ([]Touched, error) {
	var out []Touched
	err := r.st.View(func(tx store.Tx) error {
		var m marks
		if _, err := get(tx, store.MarkKey("repo"), &m); err != nil {
			return err
		}
		if after < m.FeedFrom || after > m.Feed {
			return ErrFeedTrimmed
		}
		return tx.Scan(store.Feed(), store.FeedKey(after+1), func(k, v []byte) error {
			if len(out) == limit {
				return store.ErrStop
			}
			seq, err := store.Number(k)
			const size = len(canon.DocID{})
			settled := len(v) == size+1 && v[size] == settledMark
			if err != nil || len(v) != size && !settled {
				return store.ErrCorrupt
			}
			out = append(out, Touched{Seq: seq, Doc: canon.DocID(v[:size]), Settled: settled})
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read feed after %d: %w", after, err)
	}
	return out, nil
}

// FeedEnd is the seq of the last entry.
func (r *Repo) FeedEnd() uint64 {
	r.write.Lock()
	defer r.write.Unlock()
	return r.mark.Feed
}

// trimPart is how many feed entries go in one transaction.
const trimPart = 2000

// TrimFeed removes the entries up to and including seq, once every reader has
// applied them.
func (r *Repo) TrimFeed(seq uint64) error {
	r.write.Lock()
	defer r.write.Unlock()
	seq = min(seq, r.mark.Feed)
	for r.mark.FeedFrom < seq {
		m := r.mark
		m.FeedFrom = min(seq, m.FeedFrom+trimPart)
		err := r.update(WriteFeed, store.Lazy, func(tx store.Tx) error {
			for s := r.mark.FeedFrom + 1; s <= m.FeedFrom; s++ {
				if err := tx.Delete(store.FeedKey(s)); err != nil {
					return err
				}
			}
			return m.put(tx)
		})
		if err != nil {
			return err
		}
		r.mark = m
	}
	return nil
}

func sortedIDs[V any](set map[canon.DocID]V) []canon.DocID {
	return slices.SortedFunc(maps.Keys(set), func(a, b canon.DocID) int { return bytes.Compare(a[:], b[:]) })
}
