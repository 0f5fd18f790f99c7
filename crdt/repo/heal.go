package repo

import (
	"fmt"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// changesOf are the hashes of the accepted changes of the given documents, or of
// all for none; own envelopes with a place in the log count as accepted.
func (r *Repo) changesOf(docs ...canon.DocID) (map[canon.DocID][]canon.Hash, error) {
	out := map[canon.DocID][]canon.Hash{}
	r.mu.Lock()
	acked := make(map[uint64]ack, len(r.acked))
	for n, a := range r.acked {
		if len(docs) == 0 || slices.Contains(docs, a.doc) {
			acked[n] = a
		}
	}
	r.mu.Unlock()
	prefixes := store.DocumentFamilies()[:2]
	if len(docs) > 0 {
		prefixes = nil
	}
	for _, doc := range docs {
		prefixes = append(prefixes, store.RecordsOf(doc), store.PacksOf(doc))
	}
	err := r.st.View(func(tx store.Tx) error {
		for i, prefix := range prefixes {
			err := tx.Scan(prefix, nil, func(k, v []byte) error {
				id, err := store.DocOf(k)
				if err != nil {
					return err
				}
				recs, err := line{pack: i%2 == 1, b: v}.records()
				if err != nil {
					return nil //nolint:nilerr // loading the document names it
				}
				for i := range recs {
					out[id] = append(out[id], recs[i].Envelope.Body.Hashes()...)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		for n, a := range acked {
			var p pending
			ok, err := get(tx, store.PendingKey(a.doc, n), &p)
			if err != nil {
				return err
			}
			if !ok { // it was entered meanwhile
				continue
			}
			e, err := wire.ParseEnvelope(p.Envelope)
			if err != nil {
				return err
			}
			for _, h := range e.Body.Hashes() {
				if !slices.Contains(out[a.doc], h) {
					out[a.doc] = append(out[a.doc], h)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("summarize: %w", err)
	}
	return out, nil
}

// Summary is the hash of each of the wire.SummaryRanges ranges (HE4).
func (r *Repo) Summary() ([]canon.Hash, error) {
	docs, err := r.SummaryOf()
	if err != nil {
		return nil, err
	}
	return wire.SummarizeRanges(docs), nil
}

// SummaryIn are the documents of the given ranges with their hashes (HE4).
func (r *Repo) SummaryIn(ranges ...uint16) ([]wire.DocSummary, error) {
	docs, err := r.SummaryOf()
	return slices.DeleteFunc(docs, func(d wire.DocSummary) bool { return !slices.Contains(ranges, wire.SummaryRange(d.Doc)) }), err
}

// SummaryOf are the given documents with their hashes, or all for none (HE4).
func (r *Repo) SummaryOf(docs ...canon.DocID) ([]wire.DocSummary, error) {
	all, err := r.changesOf(docs...)
	if err != nil {
		return nil, err
	}
	out := make([]wire.DocSummary, 0, len(all))
	for _, id := range sortedIDs(all) {
		out = append(out, wire.DocSummary{Doc: id, Hash: wire.SummarizeDoc(all[id])})
	}
	return out, nil
}

// Packs are the accepted records of a document as packs, for a relay that lost
// its stream (HE1, HE4). Own envelopes with a place in the log are among them.
// Places of different logs do not rise together; the records are numbered anew
// then, and a relay does not believe the numbers anyway.
func (r *Repo) Packs(doc canon.DocID) ([][]byte, error) {
	recs, err := r.accepted(doc)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", doc, err)
	}
	for i := 1; i < len(recs); i++ {
		if recs[i].Seq <= recs[i-1].Seq {
			for k := range recs {
				recs[k].Seq = uint64(k) + 1
			}
			break
		}
	}
	packs, err := wire.MakePacks(recs)
	if err != nil {
		return nil, fmt.Errorf("pack %s: %w", doc, err)
	}
	return packs, nil
}

// accepted are the accepted records of a document in order, then own envelopes
// that have a place but were not entered yet.
func (r *Repo) accepted(doc canon.DocID) ([]wire.LogRecord, error) {
	d, err := r.doc(doc)
	if err != nil {
		return nil, err
	}
	var recs []wire.LogRecord
	err = r.st.View(func(tx store.Tx) error {
		all, err := lines(tx, doc, 0)
		if err != nil {
			return err
		}
		for _, l := range all {
			part, err := l.records()
			if err != nil {
				continue // load has named it
			}
			recs = append(recs, part...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	recs = slices.DeleteFunc(recs, func(rec wire.LogRecord) bool { return !d.acc.Has(&rec.Envelope) })
	for _, o := range d.pend {
		if o.p.State == placed && !d.acc.Has(o.e) {
			recs = append(recs, wire.LogRecord{Seq: o.p.Seq, Time: o.p.Time, C: o.p.C, Envelope: *o.e})
		}
	}
	return recs, nil
}

// Log is the id of the relay's log that the cursor lies in; zero before the
// first contact.
func (r *Repo) Log() (wire.LogID, error) {
	cur, err := r.Cursor()
	return cur.Log, err
}
