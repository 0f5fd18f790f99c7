package repo

import (
	"context"
	"errors"
	"fmt"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Edit is what one change does. A zero Time is stamped with Config.Now.
type Edit = crdt.Edit

// EditFunc makes an edit from the document as it stands. The document does not
// change between this call and the commit; the function must not call the repo.
type EditFunc func(*View) (Edit, error)

// Always is an EditFunc that does not look.
func Always(e Edit) EditFunc { return func(*View) (Edit, error) { return e, nil } }

// Create makes a document with its first change and returns the change's hash.
// The salt is kept beside it and committed to in the envelope (SE0). When it
// returns, the document is on disk, in the outbox and in the feed. ErrExists:
// there is one; a *gate.Refusal: the rules forbid it; nothing was written then.
func (r *Repo) Create(ctx context.Context, doc canon.DocID, salt [32]byte, e Edit) (canon.Hash, error) {
	var hash canon.Hash
	err := r.one(ctx, WriteCreate, item{doc: doc, salt: &salt, edits: []EditFunc{Always(e)}}, &hash)
	return hash, err
}

// Edit changes a document and returns the change's hash. When it returns, the
// edit is on disk, in the outbox and in the feed. ErrNoDocument, ErrNothing
// (the edit sets what is there), or a *gate.Refusal: nothing was written.
func (r *Repo) Edit(ctx context.Context, doc canon.DocID, fn EditFunc) (canon.Hash, error) {
	var hash canon.Hash
	err := r.one(ctx, WriteEdit, item{doc: doc, edits: []EditFunc{fn}}, &hash)
	return hash, err
}

func (r *Repo) one(ctx context.Context, p WritePoint, it item, hash *canon.Hash) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r.write.Lock()
	defer r.write.Unlock()
	w, err := r.prepare(it, r.mark.N+1)
	if err != nil {
		return fmt.Errorf("%s %s: %w", p, it.doc, err)
	}
	defer w.close()
	if err := r.commit(p, []*written{w}, nil); err != nil {
		return fmt.Errorf("%s %s: %w", p, it.doc, err)
	}
	*hash = w.hash
	return nil
}

// item is one document to write.
type item struct {
	doc   canon.DocID
	salt  *[32]byte  // create
	edits []EditFunc // one change and envelope each, all or none of them
}

// written are own envelopes of one document that passed the gate and are to be
// stored.
type written struct {
	d    *document // with them
	own  []*ownEdit
	hash canon.Hash // of the last change
	salt *[32]byte
	core *crdt.Doc // still open, for a snapshot; nil when none is due
}

func (w *written) close() {
	if w.core != nil {
		w.core.Close()
		w.core = nil
	}
}

func (r *Repo) actor() canon.ActorID { return r.dev.Actor(r.mark.Incarnation) }

// prepare makes the envelopes from number n on and enters them into a copy of
// the document. It writes nothing.
func (r *Repo) prepare(it item, n uint64) (*written, error) {
	if r.Charter().State() == nil {
		return nil, ErrNoCharter
	}
	d, err := r.own(it.doc)
	if err != nil {
		return nil, err
	}
	switch {
	case it.salt != nil && (d.exists() || len(d.pend) > 0):
		return nil, ErrExists
	case it.salt == nil && !d.exists():
		return nil, ErrNoDocument
	}
	return r.compose(d, it, n)
}

// compose is prepare for a document that was read already. Several may run at
// once for documents that do not exist yet.
func (r *Repo) compose(d *document, it item, n uint64) (*written, error) {
	w := &written{d: d, salt: it.salt}
	for _, fn := range it.edits {
		err := r.extend(w, fn, n+uint64(len(w.own)))
		if err != nil && !errors.Is(err, ErrNothing) {
			w.close()
			return nil, err
		}
	}
	if len(w.own) == 0 {
		w.close()
		return nil, ErrNothing
	}
	if w.d.work.State().Changes()-d.snapped < r.cfg.SnapshotEvery {
		w.close()
	}
	return w, nil
}

// extend adds one edit of what is written so far.
func (r *Repo) extend(w *written, fn EditFunc, n uint64) error {
	e, err := fn(&View{d: w.d})
	if err != nil {
		return err
	}
	if e.Time == 0 {
		e.Time = r.stamp()
	}
	if w.core == nil {
		if w.core, err = r.openCore(w.d, r.actor()); err != nil {
			return err
		}
	}
	var salt *[32]byte
	if len(w.own) == 0 {
		salt = w.salt
	}
	next, err := r.seal(w.d, w.core, e, salt, n)
	if err != nil {
		return err
	}
	w.d, w.own, w.hash = next.d, append(w.own, next.own...), next.hash
	if salt != nil {
		w.d.salt = salt
	}
	return nil
}

// seal commits the edit in the core, signs the envelope and asks the gate, by
// the charter as it is now: what is refused here is never written.
func (r *Repo) seal(d *document, core *crdt.Doc, e Edit, salt *[32]byte, n uint64) (*written, error) {
	chunk, err := core.Commit(e)
	if errors.Is(err, crdt.ErrNothing) {
		return nil, ErrNothing
	}
	if err != nil {
		return nil, err
	}
	ch := r.Charter()
	head := ch.State().Head()
	body := wire.EnvelopeBody{
		Doc: d.id, Device: r.dev, N: n, CharterSeq: head.Seq, CharterHash: head.Hash, Chunks: [][]byte{chunk},
	}
	if salt != nil {
		c := seal.Commitment(r.cfg.Workspace, d.id, *salt)
		body.Kind, body.Commitment = wire.KindCreate, &c
	}
	env, err := wire.SignEnvelope(r.cfg.Workspace, r.cfg.Signer, body)
	if err != nil {
		return nil, err
	}
	j, refusal := gate.JudgeAt(ch, head.Seq, d.work, &env, gate.Unsigned)
	if refusal != nil {
		return nil, refusal
	}
	next := *d
	next.work = d.work.Clone()
	next.work.Enter(j)
	own := &ownEdit{n: n, e: &env, p: pending{Envelope: env.Encode(), Keys: []string{}}}
	next.pend = append(d.pend[:len(d.pend):len(d.pend)], own)
	return &written{d: &next, own: []*ownEdit{own}, hash: j.Changes[0].Hash}, nil
}

// commit stores what was prepared in one synced transaction and publishes it.
func (r *Repo) commit(p WritePoint, ws []*written, also []func(store.Tx) error) error {
	m := r.mark
	for _, w := range ws {
		m.N = max(m.N, w.own[len(w.own)-1].n)
	}
	// Counted before anybody can see them: who reads a document passes over its
	// pending envelopes when none are counted.
	r.count(ws, 1)
	err := r.update(p, store.Synced, func(tx store.Tx) error {
		for _, w := range ws {
			if err := w.put(tx, &m); err != nil {
				return err
			}
		}
		for _, fn := range also {
			if err := fn(tx); err != nil {
				return err
			}
		}
		return m.put(tx)
	})
	if err != nil {
		r.count(ws, -1)
		return err
	}
	r.mark = m
	docs := make([]*document, len(ws))
	for i, w := range ws {
		docs[i] = w.d
	}
	r.mu.Lock()
	r.docs.epoch++
	for _, d := range docs {
		r.docs.put(d)
	}
	r.mu.Unlock()
	for _, w := range ws {
		if w.core == nil {
			continue
		}
		// A snapshot that fails is not made; the edit is on disk.
		if r.saveSnapshot(w.d, w.core) == nil {
			d := *w.d
			d.snapped = d.work.State().Changes()
			r.publish(&d)
		}
		w.close()
	}
	return nil
}

// put stores the pending records, the outbox entries, the salt and the feed entry.
func (w *written) put(tx store.Tx, m *marks) error {
	id := w.d.id
	if w.salt != nil {
		if err := tx.Put(store.SaltKey(id), w.salt[:]); err != nil {
			return err
		}
	}
	for _, own := range w.own {
		if err := put(tx, store.PendingKey(id, own.n), own.p); err != nil {
			return err
		}
		if err := tx.Put(store.OutboxKey(own.n), outEntry{doc: id}.bytes()); err != nil {
			return err
		}
	}
	return m.feed(tx, id)
}
