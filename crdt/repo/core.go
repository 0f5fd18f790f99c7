package repo

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

const (
	// snapshotEvery is after how many changes the core's form of a document is
	// saved anew, unless Config says otherwise.
	snapshotEvery = 64
	// maxNoted is how many documents x/loading names before it is begun anew.
	maxNoted  = 256
	maxProven = 4096
)

// loadingNote is x/loading (PK5): documents whose bytes the core was given. A
// process that finds it has died, perhaps of one of them; it tries them one by
// one, noted alone and with Alone set, and whoever finds that note knows which.
// Being killed for another reason at the first note thus costs nobody a
// document (docs/adr/0030).
type loadingNote struct {
	Docs  []canon.DocID `cbor:"1,keyasint"`
	Alone bool          `cbor:"2,keyasint"`
}

// withCore calls fn with the document in the core. Bytes of others are noted
// first, under the writer's lock.
func (r *Repo) withCore(d *document, actor canon.ActorID, fn func(*crdt.Doc) error) error {
	r.write.Lock()
	defer r.write.Unlock()
	core, err := r.openCore(d, actor)
	if err != nil {
		return err
	}
	defer core.Close()
	return fn(core)
}

// openCore loads d into the core: the snapshot and what came after it, or all
// chunks. The caller holds the writer's lock and closes what it gets.
func (r *Repo) openCore(d *document, actor canon.ActorID) (*crdt.Doc, error) {
	if !d.exists() {
		return crdt.New(actor)
	}
	if err := r.note(d); err != nil {
		return nil, err
	}
	core, err := r.loadCore(d, actor, true)
	if err != nil {
		// The cache may be what is wrong (PK6): all from the records.
		core, err = r.loadCore(d, actor, false)
	}
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", d.id, err)
	}
	r.proves(d)
	return core, nil
}

func (r *Repo) loadCore(d *document, actor canon.ActorID, cached bool) (*crdt.Doc, error) {
	var s snapshot
	var chunks [][]byte
	err := r.st.View(func(tx store.Tx) (err error) {
		if cached {
			if _, err = get(tx, store.SnapshotKey(d.id), &s); err != nil {
				return err
			}
		}
		chunks, err = chunksOf(tx, d, s.Next, s.N)
		return err
	})
	if err != nil {
		return nil, err
	}
	var core *crdt.Doc
	if s.Core != nil {
		if core, err = crdt.Load(s.Core, actor); err == nil && len(chunks) > 0 {
			if err = core.Apply(chunks...); err != nil {
				core.Close()
			}
		}
	} else {
		core, err = crdt.Load(bytes.Join(chunks, nil), actor)
	}
	if err != nil {
		return nil, err
	}
	if !slices.Equal(core.Heads(), d.work.State().Heads()) {
		core.Close()
		return nil, fmt.Errorf("heads of the core: %w", crdt.ErrNotProven)
	}
	return core, nil
}

// chunksOf are the change chunks of d from record index from on, and those of
// pending envelopes with a number above n; only what the gate entered.
func chunksOf(tx store.Tx, d *document, from, n uint64) ([][]byte, error) {
	all, err := lines(tx, d.id, from)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	add := func(e *wire.Envelope) {
		for i, h := range e.Body.Hashes() {
			if d.work.State().Has(h) {
				out = append(out, e.Body.Chunks[i])
			}
		}
	}
	for _, l := range all {
		recs, err := l.records()
		if err != nil {
			continue // load has named it
		}
		for i := range recs {
			add(&recs[i].Envelope)
		}
	}
	for _, o := range d.pend {
		if o.n > n {
			add(o.e)
		}
	}
	return out, nil
}

func headsHash(d *document) canon.Hash {
	h := sha256.New()
	for _, head := range d.work.State().Heads() {
		h.Write(head[:])
	}
	return canon.Hash(h.Sum(nil))
}

// note names d in x/loading unless nobody else wrote in it, or the core had
// just these bytes before.
func (r *Repo) note(d *document) error {
	r.mu.Lock()
	known := r.proven[d.id] == headsHash(d)
	r.mu.Unlock()
	if known || r.noted[d.id] || !d.foreign(r.dev) {
		return nil
	}
	next := map[canon.DocID]bool{d.id: true}
	if len(r.noted) < maxNoted {
		for id := range r.noted {
			next[id] = true
		}
	}
	return r.noteLoading(next)
}

func (r *Repo) noteLoading(docs map[canon.DocID]bool) error {
	err := r.update(WriteLoading, store.Lazy, func(tx store.Tx) error {
		if len(docs) == 0 {
			return tx.Delete(store.MarkKey("loading"))
		}
		return put(tx, store.MarkKey("loading"), loadingNote{Docs: sortedIDs(docs)})
	})
	if err == nil {
		r.noted = docs
		if docs == nil {
			r.noted = map[canon.DocID]bool{}
		}
	}
	return err
}

// proves remembers that the core has taken d as it is.
func (r *Repo) proves(d *document) {
	h := headsHash(d)
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.proven) >= maxProven {
		clear(r.proven)
	}
	r.proven[d.id] = h
}

// finishLoading looks at what an earlier process had noted (PK5).
func (r *Repo) finishLoading() error {
	var n loadingNote
	var found bool
	err := r.st.View(func(tx store.Tx) (err error) {
		found, err = get(tx, store.MarkKey("loading"), &n)
		return err
	})
	if err != nil && !errors.Is(err, store.ErrCorrupt) || !found && err == nil {
		return err
	}
	if n.Alone && len(n.Docs) == 1 {
		if err := r.asideNewest(n.Docs[0]); err != nil {
			return err
		}
		n.Docs = nil
	}
	for _, id := range n.Docs {
		if err := r.tryAlone(id); err != nil {
			return err
		}
	}
	r.noted = map[canon.DocID]bool{}
	// Synced, as the note of tryAlone is: a power cut must not bring that back
	// as evidence against a document that did load.
	return r.update(WriteLoading, store.Synced, func(tx store.Tx) error { return tx.Delete(store.MarkKey("loading")) })
}

// tryAlone gives one noted document to the core, from its records and not from
// a cache. If the process dies here, the next one finds it noted alone.
func (r *Repo) tryAlone(id canon.DocID) error {
	err := r.update(WriteLoading, store.Synced, func(tx store.Tx) error {
		if err := dropCaches(tx, id); err != nil {
			return err
		}
		return put(tx, store.MarkKey("loading"), loadingNote{Docs: []canon.DocID{id}, Alone: true})
	})
	if err != nil {
		return err
	}
	d, err := r.own(id)
	if err != nil || !d.exists() {
		return err
	}
	core, err := r.loadCore(d, r.actor(), false)
	if err != nil {
		return r.asideNewest(id) // the core says no without dying
	}
	core.Close()
	return nil
}

// asideNewest sets aside the records of a document from the first one of
// another device on: what made the process die is among them. Own pending
// envelopes stay; they are rebased.
func (r *Repo) asideNewest(id canon.DocID) error {
	var bad []badLine
	err := r.st.View(func(tx store.Tx) error {
		all, err := lines(tx, id, 0)
		if err != nil {
			return err
		}
		for _, l := range all {
			recs, err := l.records()
			own := err == nil && !slices.ContainsFunc(recs, func(rec wire.LogRecord) bool { return rec.Envelope.Body.Device != r.dev })
			if own && len(bad) == 0 {
				continue
			}
			q := aside{Doc: id, Code: wire.CodeCorrupt, Rule: "PK5", Kind: asideRecord, Bytes: l.b}
			key := store.RecordKey(id, l.i)
			if l.pack {
				q.Kind, key = asidePack, store.PackKey(id, l.i)
			}
			bad = append(bad, badLine{key, q})
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = r.putAside(&loaded{document: emptyDocument(id), bad: bad})
	r.block(id) // its pending envelopes lost their ground
	r.forget(id)
	return err
}

func dropCaches(tx store.Tx, id canon.DocID) error {
	return errors.Join(tx.Delete(store.SnapshotKey(id)), tx.Delete(store.GateKey(id)))
}

// saveSnapshot keeps the core's form of d, proven before it is kept (PK6),
// together with the gate's view. It is a cache: an error costs only time.
func (r *Repo) saveSnapshot(d *document, core *crdt.Doc) error {
	shown, err := core.Snapshot()
	if err != nil {
		return err
	}
	saved, err := core.Save()
	if err != nil {
		return err
	}
	if err := crdt.Prove(saved, shown); err != nil {
		return err
	}
	if err := sameAsGate(d.work.State(), shown); err != nil {
		return err
	}
	g, err := d.acc.MarshalBinary()
	if err != nil {
		return err
	}
	s := snapshot{Next: d.next, Heads: shown.Heads, Core: saved}
	if len(d.pend) > 0 {
		s.N = d.pend[len(d.pend)-1].n
	}
	return r.update(WriteSnapshot, store.Lazy, func(tx store.Tx) error {
		return errors.Join(put(tx, store.SnapshotKey(d.id), s), put(tx, store.GateKey(d.id), gateCache{Next: d.next, Doc: g}))
	})
}

// sameAsGate compares what the core shows with what the gate's state says: the
// same heads and the same live values, or ErrNotProven.
func sameAsGate(s *change.State, shown crdt.Snapshot) error {
	if !slices.Equal(s.Heads(), shown.Heads) {
		return fmt.Errorf("heads: %w", crdt.ErrNotProven)
	}
	keys := s.Keys()
	if len(keys) != len(shown.Values) {
		return fmt.Errorf("%d keys, the core has %d: %w", len(keys), len(shown.Values), crdt.ErrNotProven)
	}
	for i, k := range keys {
		live, err := s.Live(k, nil)
		if err != nil {
			return err
		}
		v, ok := shown.Values[k]
		all := shown.Conflicts[k]
		switch {
		case !ok || len(live) == 0 || live[len(live)-1].Value != v,
			len(live) > 1 && !slices.Equal(live, all),
			len(live) == 1 && len(all) > 1:
			return fmt.Errorf("key %d of %d: %w", i, len(keys), crdt.ErrNotProven)
		}
	}
	return nil
}
