package repo

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// acceptPart is how many documents are taken in one transaction, and so with one
// sync (docs/adr/0087).
const acceptPart = 256

// cursorName is the key of the place in the relay's log.
const cursorName = "relay"

// Accepted is what Accept did.
type Accepted struct {
	Records int            // entered with changes that were not here, so no own ones that come back
	Changed []canon.DocID  // documents whose content is other than before
	Refused []wire.Refused // passed by the relay, refused here: for a report (GA4)
	Salted  []canon.DocID  // documents that came with their salt
}

// cursorValue is c/relay: the place, and the charter seq of the last record
// there, which may not decrease (GA3).
type cursorValue struct {
	Cursor wire.Cursor `cbor:"1,keyasint"`
	C      uint64      `cbor:"2,keyasint"`
}

// Cursor is the place in the relay's log up to which everything was taken; the
// zero Cursor at first.
func (r *Repo) Cursor() (wire.Cursor, error) {
	v, err := r.cursor()
	return v.Cursor, err
}

func (r *Repo) cursor() (v cursorValue, err error) {
	err = r.st.View(func(tx store.Tx) error {
		_, err := get(tx, store.CursorKey(cursorName), &v)
		return err
	})
	if err != nil {
		return v, fmt.Errorf("read cursor: %w", err)
	}
	return v, nil
}

// intake is what arrived for one document, in order.
type intake struct {
	id   canon.DocID
	recs []wire.LogRecord
	pack [][]byte // the packs that recs came in, when nothing else came
	c    []wire.Code
	salt *[32]byte
}

// Accept takes in log records and packs in the order of the log: each is judged
// at its place (GA3, PK3), entered and stored, and the cursor moves with them in
// one transaction (the last one, when there are many documents). What is refused
// goes to quarantine and is named; other documents go on (GA4). Records that are
// there already change nothing, so a batch may come twice.
//
// ErrCharterBehind: a record stands on statements that are not here; nothing
// was taken. The zero next leaves the cursor alone (healing, HE4).
//
// salts are kept with the documents that items bring, where they fit; so a new
// customer is there as a whole at once (SE0). Others are left to AddSalts.
func (r *Repo) Accept(ctx context.Context, items []wire.Item, next wire.Cursor, salts ...wire.Salt) (Accepted, error) {
	r.write.Lock()
	defer r.write.Unlock()
	var res Accepted
	cur, err := r.cursor()
	if err != nil {
		return res, err
	}
	if (next != wire.Cursor{}) && next.Log != cur.Cursor.Log {
		cur = cursorValue{} // another log begins with its own c
	}
	ins, err := r.sortItems(items, &cur, &res)
	if err != nil {
		return res, fmt.Errorf("accept: %w", err)
	}
	withSalts(ins, salts)
	var place *wire.Cursor // up to where the log is known to be complete; nil in healing
	var last *cursorValue
	if next != (wire.Cursor{}) {
		cur.Cursor = next
		ins = r.withPlaced(ins, next)
		place, last = &next, &cur
	}
	for len(ins) > acceptPart {
		if err := r.acceptPart(ctx, ins[:acceptPart], place, nil, &res); err != nil {
			return res, err
		}
		ins = ins[acceptPart:]
	}
	return res, r.acceptPart(ctx, ins, place, last, &res)
}

// sortItems puts what came by document and checks what concerns the log as a
// whole: statements known, c not decreasing (GA3).
func (r *Repo) sortItems(items []wire.Item, cur *cursorValue, res *Accepted) ([]*intake, error) {
	ch := r.Charter()
	byDoc := map[canon.DocID]*intake{}
	last := cur.Cursor.Seq
	var order []*intake
	at := func(id canon.DocID) *intake {
		in := byDoc[id]
		if in == nil {
			in = &intake{id: id}
			byDoc[id] = in
			order = append(order, in)
		}
		return in
	}
	for _, it := range items {
		if it.Record != nil {
			rec := *it.Record
			if rec.C >= ch.Len() {
				return nil, fmt.Errorf("record %d: %w", rec.Seq, ErrCharterBehind)
			}
			in, code := at(rec.Envelope.Body.Doc), wire.Code("")
			if rec.Seq <= last {
				cur.C = 0 // read again from an earlier place (HE1)
			}
			if rec.C < cur.C {
				code = wire.CodeMalformed
			}
			cur.C, last = max(cur.C, rec.C), rec.Seq
			in.recs, in.c, in.pack = append(in.recs, rec), append(in.c, code), nil
			continue
		}
		p, err := wire.ReadPack(it.Pack)
		if err != nil {
			q := aside{Code: wire.CodeOf(err), Rule: "GA5", Kind: asidePack, Bytes: it.Pack}
			if err := r.setAside(WriteAside, q); err != nil {
				return nil, err
			}
			res.Refused = append(res.Refused, wire.Refused{Code: q.Code})
			continue
		}
		in := at(p.Doc)
		for i := range p.Records {
			if p.Records[i].C >= ch.Len() {
				return nil, fmt.Errorf("pack of %s: %w", p.Doc, ErrCharterBehind)
			}
			in.recs, in.c = append(in.recs, p.Records[i]), append(in.c, "")
		}
		if len(in.recs) == len(p.Records) || in.pack != nil {
			in.pack = append(in.pack, it.Pack)
		}
	}
	return order, nil
}

// withSalts gives each document the salt that came for it.
func withSalts(ins []*intake, salts []wire.Salt) {
	if len(salts) == 0 {
		return
	}
	of := make(map[canon.DocID]*[32]byte, len(salts))
	for i := range salts {
		of[salts[i].Doc] = &salts[i].Salt
	}
	for _, in := range ins {
		in.salt = of[in.id]
	}
}

// withPlaced adds the documents whose own envelopes have a place that the
// cursor now passes.
func (r *Repo) withPlaced(ins []*intake, next wire.Cursor) []*intake {
	have := map[canon.DocID]bool{}
	for _, in := range ins {
		have[in.id] = true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.acked {
		if !have[a.doc] && (a.log != next.Log || a.seq <= next.Seq) {
			have[a.doc] = true
			ins = append(ins, &intake{id: a.doc})
		}
	}
	return ins
}

func (r *Repo) acceptPart(ctx context.Context, ins []*intake, place *wire.Cursor, cur *cursorValue, res *Accepted) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(ins) == 0 && cur == nil {
		return nil
	}
	ts := make([]*taken, len(ins))
	for i, in := range ins {
		d, err := r.start(in.id)
		if err != nil {
			return fmt.Errorf("accept %s: %w", in.id, err)
		}
		ts[i] = &taken{before: d}
	}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, in := range ins {
		g.Go(func() error { r.take(ts[i], in, place); return nil })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if err := r.storeTaken(ts, cur); err != nil {
		return err
	}
	for _, t := range ts {
		res.Records += t.fresh
		for _, q := range t.bad {
			res.Refused = append(res.Refused, wire.Refused{ID: q.ID, Code: q.Code})
		}
		if t.touched {
			res.Changed = append(res.Changed, t.before.id)
		}
		if t.salt != nil {
			res.Salted = append(res.Salted, t.before.id)
		}
	}
	return nil
}

// start is the document before the intake. One that is not here at all is not
// looked for record by record.
func (r *Repo) start(id canon.DocID) (*document, error) {
	there, err := r.any(id)
	if err != nil {
		return nil, err
	}
	if !there {
		return emptyDocument(id), nil
	}
	return r.own(id)
}

// take judges and enters what came for one document. It writes nothing and may
// run beside others.
func (r *Repo) take(t *taken, in *intake, place *wire.Cursor) {
	ch := r.Charter()
	d := t.before.fork()
	t.after = d
	for i := range in.recs {
		rec := &in.recs[i]
		if place != nil {
			t.place(r, ch, place.Log, rec.Seq)
		}
		t.enter(r, ch, rec, in.c[i])
	}
	if place != nil {
		t.place(r, ch, place.Log, place.Seq+1)
	}
	d.next = t.before.next + uint64(len(t.puts))
	d.rework(ch)
	if t.before.next == 0 && len(t.puts) == len(in.recs) && len(in.pack) > 0 {
		t.packs = in.pack
	}
	t.touched = len(t.puts) > 0
	if in.salt != nil && t.commits(ch.w, *in.salt) {
		salt := *in.salt // the caller's
		t.salt, d.salt = &salt, &salt
	}
}

// storeTaken is the one transaction of Accept.
func (r *Repo) storeTaken(ts []*taken, cur *cursorValue) error {
	m := r.mark
	now := r.cfg.Now().Unix()
	next, err := r.drawIncarnation()
	if err != nil {
		return err
	}
	err = r.update(WriteAccept, store.Lazy, func(tx store.Tx) error {
		for _, t := range ts {
			if err := t.put(tx, &m, next, now); err != nil {
				return err
			}
		}
		if cur != nil {
			if err := put(tx, store.CursorKey(cursorName), *cur); err != nil {
				return err
			}
		}
		return m.put(tx)
	})
	if errors.Is(err, store.ErrTooBig) && len(ts) > 1 {
		half := len(ts) / 2
		if err := r.storeTaken(ts[:half], nil); err != nil {
			return err
		}
		return r.storeTaken(ts[half:], cur)
	}
	if err != nil {
		return err
	}
	return r.took(m, ts)
}

// took publishes what was stored, with its marks.
func (r *Repo) took(m marks, ts []*taken) error {
	copied := m.Incarnation != r.mark.Incarnation
	r.mark = m
	r.settled(ts)
	if copied {
		return r.openOutbox()
	}
	return nil
}

// settled publishes what was stored.
func (r *Repo) settled(ts []*taken) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.docs.epoch++
	for _, t := range ts {
		r.forked = r.forked || slices.ContainsFunc(t.bad, func(q aside) bool { return q.forks() })
		if t.after.exists() {
			r.docs.put(t.after)
		}
		for _, o := range t.gone {
			open := -1
			if _, ok := r.acked[o.n]; ok {
				open = 0
			}
			r.tally.add(t.before.id, -1, open)
			delete(r.acked, o.n)
		}
		for _, o := range t.after.pend {
			if _, ok := r.acked[o.n]; ok && o.p.State == refused { // at its place it was none any more
				r.tally.add(t.before.id, 0, 1)
				delete(r.acked, o.n)
			}
		}
		if t.after.stuck || t.after.hasRefused() {
			r.blocked[t.before.id] = struct{}{}
		}
	}
}
