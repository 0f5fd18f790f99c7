package repo

import "tongce/crdt/canon"

// tally is what the outbox holds, counted along in memory: 100,000 entries are
// not read several times a second to show how many they are. After what is rare
// it is not known, and read again.
type tally struct {
	known bool
	open  int                 // envelopes that the log has not accepted
	of    map[canon.DocID]int // envelopes of each document, those with a place too
}

func newTally() tally { return tally{known: true, of: map[canon.DocID]int{}} }

// add counts entries of a document, and how many of them are open.
func (t *tally) add(doc canon.DocID, entries, open int) {
	if !t.known {
		return
	}
	t.open += open
	if n := t.of[doc] + entries; n != 0 {
		t.of[doc] = n
	} else {
		delete(t.of, doc)
	}
}

// pendingOf is how many own envelopes of a document wait for the log or for
// their place in it, to the writer; known is false where that has to be read.
func (r *Repo) pendingOf(doc canon.DocID) (n int, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tally.of[doc], r.tally.known
}

// mayPend tells whether a document can have own envelopes that wait for the log
// or for their place in it. It is asked inside of the reader's transaction, with
// the epoch from before it: entries are counted before they are stored, and what
// was taken off since that epoch may still stand in what the reader sees.
func (r *Repo) mayPend(doc canon.DocID, epoch uint64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tally.of[doc] > 0 || !r.tally.known || r.docs.epoch != epoch
}

// count adds the entries of a transaction to the tally, or takes them off again.
func (r *Repo) count(ws []*written, sign int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, w := range ws {
		r.tally.add(w.d.id, sign*len(w.own), sign*len(w.own))
	}
}

// uncount has the outbox read before it is counted on.
func (r *Repo) uncount() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tally = tally{}
}
