package repo

import (
	"errors"
	"fmt"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// document is what a document is worth at one moment. It is never changed once
// published; a writer makes another one.
type document struct {
	id   canon.DocID
	next uint64     // index of the next accepted record
	acc  *gate.Doc  // the accepted document (RB1)
	work *gate.Doc  // with own pending envelopes on top; acc itself without any
	pend []*ownEdit // own pending envelopes, by n
	// stuck: a pending envelope does not fit the accepted document any more
	// (EN5, RB3); it is not in work.
	stuck bool
	// snapped is how many changes the snapshot in the store has.
	snapped int
	// salt is set where it came with the document (SE0): the index asks for it
	// next. Else it is in the store, or not here.
	salt *[32]byte
}

// ownEdit is a pending envelope with its number.
type ownEdit struct {
	n uint64
	p pending
	e *wire.Envelope
}

func emptyDocument(id canon.DocID) *document {
	d := gate.NewDoc(id)
	return &document{id: id, acc: d, work: d}
}

// exists tells whether there is anything to see.
func (d *document) exists() bool { return d.work.Exists() }

// foreign tells whether others wrote in the document (PK5).
func (d *document) foreign(dev canon.DeviceID) bool {
	authors, err := d.work.State().AuthorsAt(nil)
	return err != nil || slices.ContainsFunc(authors, func(a canon.DeviceID) bool { return a != dev })
}

// fork is a copy whose accepted document may be entered into.
func (d *document) fork() *document {
	c := *d
	c.acc = d.acc.Clone()
	c.work = nil
	c.pend = slices.Clone(d.pend)
	return &c
}

// rework builds work anew from acc and the pending envelopes. Those that do not
// fit are left out and make the document stuck.
func (d *document) rework(ch *Chain) {
	d.stuck = false
	if len(d.pend) == 0 {
		d.work = d.acc
		return
	}
	d.work = d.acc.Clone()
	for _, o := range d.pend {
		if d.work.Has(o.e) {
			continue
		}
		j, refusal := gate.JudgeAt(ch, o.e.Body.CharterSeq, d.work, o.e, gate.Stored)
		if refusal != nil {
			d.stuck = true
			continue
		}
		d.work.Enter(j)
	}
}

// line is one entry of a document's accepted records in the store.
type line struct {
	i    uint64
	pack bool
	b    []byte
	lost bool // the store cannot read it
}

func keysOf(tx store.Tx, prefix, from []byte) (keys [][]byte, err error) {
	err = tx.Keys(prefix, from, func(k []byte) error { keys = append(keys, slices.Clone(k)); return nil })
	return keys, err
}

// lines reads the accepted records of a document from index from on, in order.
func lines(tx store.Tx, id canon.DocID, from uint64) ([]line, error) {
	var out []line
	for _, family := range []struct {
		prefix, from []byte
		pack         bool
	}{
		{store.PacksOf(id), store.PackKey(id, from), true},
		{store.RecordsOf(id), store.RecordKey(id, from), false},
	} {
		keys, err := keysOf(tx, family.prefix, family.from)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			i, err := store.Number(k)
			if err != nil {
				return nil, err
			}
			b, err := tx.Get(k)
			if err != nil && !errors.Is(err, store.ErrCorrupt) {
				return nil, err
			}
			out = append(out, line{i: i, pack: family.pack, b: b, lost: err != nil})
		}
	}
	slices.SortFunc(out, func(a, b line) int {
		if a.i < b.i {
			return -1
		}
		return 1
	})
	return out, nil
}

// records are the records of a line. One that does not read is an error that
// matches wire.ErrMalformed or wire.ErrTooLarge.
func (l line) records() ([]wire.LogRecord, error) {
	if !l.pack {
		rec, err := wire.ParseLogRecord(l.b)
		return []wire.LogRecord{rec}, err
	}
	p, err := wire.ReadPack(l.b)
	return p.Records, err
}

// loaded is a document from the store with what could not be entered.
type loaded struct {
	*document
	bad []badLine
}

// badLine is a part of the own store that does not pass (PK5).
type badLine struct {
	key []byte
	q   aside
}

// load reads a document from the store: its accepted records through the gate
// (GA8-GA12, GA15; those below a proven cache are in the cache), then the own
// pending envelopes. What does not pass is left out and named; other records of
// the document that do not need it go on.
func (r *Repo) load(tx store.Tx, id canon.DocID, epoch uint64) (*loaded, error) {
	ch := r.Charter()
	l := &loaded{document: emptyDocument(id)}
	if err := l.readCache(tx); err != nil {
		return nil, err
	}
	all, err := lines(tx, id, l.next)
	if err != nil {
		return nil, err
	}
	for _, line := range all {
		if err := l.enter(ch, line); err != nil {
			return nil, fmt.Errorf("load %s: %w", id, err)
		}
	}
	if r.mayPend(id, epoch) {
		if err := l.readPending(tx); err != nil {
			return nil, err
		}
	}
	l.rework(ch)
	return l, nil
}

// readCache starts from g/, which counts only together with the snapshot it was
// written with: then no chunk below it is given to the core.
func (l *loaded) readCache(tx store.Tx) error {
	var g gateCache
	var s snapshot
	okG, errG := get(tx, store.GateKey(l.id), &g)
	okS, errS := get(tx, store.SnapshotKey(l.id), &s)
	if err := errors.Join(errG, errS); err != nil && !errors.Is(err, store.ErrCorrupt) {
		return err
	}
	if !okG || !okS || g.Next != s.Next {
		return nil
	}
	d, err := gate.UnmarshalDoc(g.Doc)
	if err != nil || d.ID() != l.id {
		return nil //nolint:nilerr // a cache that does not read is built anew from the records
	}
	l.acc, l.work, l.next, l.snapped = d, d, g.Next, d.State().Changes()
	return nil
}

func (l *loaded) enter(ch *Chain, at line) error {
	key, kind := store.RecordKey(l.id, at.i), asideRecord
	if at.pack {
		key, kind = store.PackKey(l.id, at.i), asidePack
	}
	recs, err := at.records()
	l.next = at.i + uint64(max(len(recs), 1))
	if err != nil {
		q := aside{Doc: l.id, Code: wire.CodeOf(err), Rule: "GA5", Kind: kind, Bytes: at.b}
		if at.lost { // it stays where it is: nobody has read it
			q.Code, q.Rule, q.Bytes, key = wire.CodeCorrupt, "store", key, nil
		}
		l.bad = append(l.bad, badLine{key, q})
		return nil
	}
	for i := range recs {
		rec := &recs[i]
		if rec.C >= ch.Len() {
			return ErrCharterBehind
		}
		j, refusal := gate.JudgeAt(ch, rec.C, l.acc, &rec.Envelope, gate.Stored)
		if refusal == nil {
			l.acc.Enter(j)
			continue
		}
		q := aside{
			Doc: l.id, Code: refusal.Code, Rule: refusal.Rule, Kind: asideRecord,
			ID: rec.Envelope.ID(ch.w), Bytes: rec.Encode(),
		}
		if at.pack { // the good records of the pack stay where they are
			key = nil
		}
		l.bad = append(l.bad, badLine{key, q})
	}
	return nil
}

func (l *loaded) readPending(tx store.Tx) error {
	keys, err := keysOf(tx, store.PendingOf(l.id), nil)
	if err != nil {
		return err
	}
	for _, k := range keys {
		n, err := store.Number(k)
		if err != nil {
			return err
		}
		v, err := tx.Get(k)
		if err != nil && !errors.Is(err, store.ErrCorrupt) {
			return err
		}
		if err != nil {
			l.bad = append(l.bad, badLine{nil, aside{Doc: l.id, Code: wire.CodeCorrupt, Rule: "store", Kind: asidePending, Bytes: k}})
			continue
		}
		l.addPending(k, n, v)
	}
	return nil
}

func (l *loaded) addPending(k []byte, n uint64, v []byte) {
	o, ok := parseOwn(n, v)
	if !ok {
		l.bad = append(l.bad, badLine{k, aside{Doc: l.id, Code: wire.CodeMalformed, Rule: "GA5", Kind: asidePending, Bytes: v}})
		return
	}
	l.pend = append(l.pend, o)
}

func parseOwn(n uint64, b []byte) (*ownEdit, bool) {
	o := &ownEdit{n: n}
	if canon.Unmarshal(b, &o.p) != nil {
		return nil, false
	}
	e, err := wire.ParseEnvelope(o.p.Envelope)
	o.e = &e
	return o, err == nil
}

// doc gives the document as of now, from memory or from the store, to a reader.
// Bad lines are set aside on the way.
func (r *Repo) doc(id canon.DocID) (*document, error) {
	if d, _ := r.cached(id); d != nil {
		return d, nil
	}
	d, epoch, err := r.read(id)
	if err != nil {
		return nil, err
	}
	if len(d.bad) > 0 {
		r.write.Lock()
		defer r.write.Unlock()
		return r.own(id)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.docs.epoch == epoch && d.exists() {
		r.docs.put(d.document)
	}
	return d.document, nil
}

// own is doc for the writer, who holds the lock.
func (r *Repo) own(id canon.DocID) (*document, error) {
	if d, _ := r.cached(id); d != nil {
		return d, nil
	}
	d, _, err := r.read(id)
	if err != nil {
		return nil, err
	}
	if len(d.bad) > 0 {
		if err := r.putAside(d); err != nil {
			return nil, err
		}
	}
	if d.stuck {
		r.block(id)
	}
	if d.exists() {
		r.publish(d.document)
	}
	return d.document, nil
}

func (r *Repo) cached(id canon.DocID) (*document, uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.docs.get(id), r.docs.epoch
}

func (r *Repo) read(id canon.DocID) (d *loaded, epoch uint64, err error) {
	_, epoch = r.cached(id)
	err = r.st.View(func(tx store.Tx) (err error) {
		d, err = r.load(tx, id, epoch)
		return err
	})
	return d, epoch, err
}

// publish makes d what readers see. The writer calls it after its transaction.
func (r *Repo) publish(docs ...*document) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.docs.epoch++
	for _, d := range docs {
		r.docs.put(d)
	}
}

// forget drops documents from memory after a transaction that changed them.
func (r *Repo) forget(ids ...canon.DocID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.docs.epoch++
	for _, id := range ids {
		r.docs.drop(id)
	}
}

// block keeps a document's envelopes from being sent until it is rebased (RB2).
func (r *Repo) block(id canon.DocID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocked[id] = struct{}{}
}
