//go:build cgo

package relay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/peer"
	"tongce/crdt/peer/simnet"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

var simKeys = []string{"f:remark", "f:city", "f:address", "f:contract_no", "f:level"}

// act does one thing that people, machines or fate do.
func (s *sim) act() {
	d := s.devs[s.rng.IntN(len(s.devs))]
	switch p := s.rng.IntN(1000); {
	case p < 560:
		d.edit()
	case p < 640:
		d.text()
	case p < 700:
		d.create()
	case p < 725:
		d.batch()
	case p < 765:
		d.handOver()
	case p < 785:
		s.statement()
	case p < 800:
		d.discard()
	case p < 815:
		d.trim()
	case p < 850:
		d.away()
	case p < 915:
		if d.armed == repo.WriteRebase || d.armed == repo.WriteFork {
			return // rare: wait for it
		}
		points := repo.WritePoints()
		d.armed = points[s.rng.IntN(len(points))]
		switch d.armed {
		case repo.WriteTray: // rare by chance
			d.discard()
		case repo.WriteOpen: // a copied disk is told by its mark (ID5)
			d.mark++
			d.plug()
		default:
		}
	case p < 925:
		d.plug()
	case p < 940:
		d.copyDisk()
	case p < 948:
		d.restore()
	case p < 968:
		d.lie()
	case p < 985:
		s.relay.restart(false, false)
	case p < 992:
		s.relay.stream.cut = 1 + s.rng.IntN(4)
	default:
		s.relay.restart(false, true)
	}
}

func (s *sim) anyDoc() (canon.DocID, bool) {
	if len(s.docs) == 0 {
		return canon.DocID{}, false
	}
	// Few documents get most of the edits, so that people meet there.
	n := len(s.docs)
	if s.rng.IntN(3) > 0 {
		n = min(n, 5)
	}
	return s.docs[s.rng.IntN(n)], true
}

func (s *sim) fresh() string {
	s.value++
	return fmt.Sprintf("v%d", s.value)
}

func simSet(key, value string) crdt.Set { return crdt.Set{Key: key, Value: change.String(value)} }

// said takes the outcome of an edit: what was saved is a promise.
func (d *simDevice) said(err error, edits ...*simEdit) {
	var refusal *gate.Refusal
	switch {
	case err == nil:
		for _, e := range edits {
			d.s.trace("%d saved %s", d.i, e)
		}
		d.s.edits = append(d.s.edits, edits...)
		d.s.stats.acknowledged += len(edits)
		d.step(peer.Wrote{})
	case d.st.Crashed():
		d.crash()
	case errors.As(err, &refusal), errors.Is(err, repo.ErrNoDocument), errors.Is(err, repo.ErrNothing), errors.Is(err, repo.ErrExists):
	default:
		d.s.failf("device %d: edit: %v", d.i, err)
	}
}

func (d *simDevice) edit() {
	doc, ok := d.s.anyDoc()
	if !d.up || !ok {
		return
	}
	var sets []crdt.Set
	var edits []*simEdit
	first := d.s.rng.IntN(len(simKeys))
	for i := range 1 + d.s.rng.IntN(2) {
		k, v := simKeys[(first+i)%len(simKeys)], d.s.fresh()
		sets = append(sets, simSet(k, v))
		edits = append(edits, &simEdit{dev: d, doc: doc, key: k, value: v})
	}
	_, err := d.repo.Edit(context.Background(), doc, repo.Always(repo.Edit{Message: "edit", Sets: sets}))
	d.said(err, edits...)
}

func (d *simDevice) text() {
	doc, ok := d.s.anyDoc()
	if !d.up || !ok {
		return
	}
	v := d.s.fresh() + ";"
	_, err := d.repo.Edit(context.Background(), doc, repo.Always(repo.Edit{
		Message: "edit", Texts: []crdt.Splice{{Key: "n:memo", Insert: v}},
	}))
	d.said(err, &simEdit{dev: d, doc: doc, key: "n:memo", value: v})
}

func (d *simDevice) first(doc canon.DocID, message string) (repo.Edit, *simEdit) {
	name := d.s.fresh()
	e := repo.Edit{Message: message, NewTexts: []string{"n:memo"}, Sets: []crdt.Set{
		simSet("f:name", name), simSet("s:owner", d.d.Member.String()),
	}}
	return e, &simEdit{dev: d, doc: doc, key: "f:name", value: name}
}

func (d *simDevice) create() {
	if !d.up || len(d.s.docs) > 24 {
		return
	}
	doc := canon.DocID(d.s.w.Random16())
	e, promise := d.first(doc, "create")
	_, err := d.repo.Create(context.Background(), doc, [32]byte(append(doc[:], doc[:]...)), e)
	if err == nil {
		d.s.docs = append(d.s.docs, doc)
	}
	d.said(err, promise)
}

// batch is an import of some customers, promised part by part.
func (d *simDevice) batch() {
	if !d.up || len(d.s.docs) > 24 {
		return
	}
	promises := map[canon.DocID]*simEdit{}
	message := "import:" + d.s.fresh()
	err := d.repo.Batch(context.Background(), func(r repo.Result) {
		if r.Err == nil {
			d.s.docs = append(d.s.docs, r.Doc)
			d.s.edits = append(d.s.edits, promises[r.Doc])
			d.s.stats.acknowledged++
		}
	}, func(b *repo.Batch) error {
		for range 2 + d.s.rng.IntN(4) {
			doc := canon.DocID(d.s.w.Random16())
			e, promise := d.first(doc, message)
			promises[doc] = promise
			if err := b.Create(doc, [32]byte(append(doc[:], doc[:]...)), e); err != nil {
				return err
			}
		}
		return nil
	})
	d.said(err)
}

// handOver gives a customer to another member, so that edits of the owner
// before lose their right.
func (d *simDevice) handOver() {
	doc, ok := d.s.anyDoc()
	if !d.up || !ok {
		return
	}
	to := d.s.devs[d.s.rng.IntN(len(d.s.devs))].d.Member.String()
	_, err := d.repo.Edit(context.Background(), doc, repo.Always(repo.Edit{Message: "edit", Sets: []crdt.Set{simSet("s:owner", to)}}))
	d.said(err)
}

// statement signs a change of the charter at the founder's device.
func (s *sim) statement() {
	d := s.devs[0]
	if !d.up || s.calm {
		return
	}
	st := d.repo.Charter().State()
	var content charter.Content
	signers := []canon.Signer{d.d}
	if doc, ok := s.anyDoc(); ok && len(s.devs) > 2 && s.rng.IntN(4) == 0 && !st.Erased(doc) {
		content = &charter.EraseContent{Docs: []canon.DocID{doc}, Reason: charter.EraseRequest}
		signers = append(signers, s.devs[2].d)
	} else {
		level := charter.LevelWrite
		if r, _ := st.Role(simNarrow); len(r.Levels) == 2 && r.Levels[1].Level == charter.LevelWrite {
			level = charter.LevelRead
		}
		r := simRole(simNarrow, charter.RowsOwn, level, charter.Import)
		content = &r
	}
	rec, err := charter.NewStatement(st, content, s.net.Now().Unix(), signers...)
	if err != nil {
		s.failf("statement: %v", err)
	}
	b, err := charter.EncodeRecord(rec)
	if err != nil {
		s.failf("statement: %v", err)
	}
	if err = d.repo.KeepSigned(b); errors.Is(err, repo.ErrStatementPending) {
		return
	}
	d.ok(err)
}

// discard is the person's decision about one item of the list.
func (d *simDevice) discard() {
	if !d.up {
		return
	}
	list, err := d.repo.NotAccepted()
	if !d.ok(err) || len(list) == 0 {
		return
	}
	u := list[0]
	for _, e := range d.s.edits { // decided, whether or not the device hears its disk say so
		if e.dev == d && e.doc == u.Doc && e.key == u.Key && simHolds(u, e) {
			e.gone = true
		}
	}
	if err := d.repo.Discard(u.ID); d.ok(err) {
		d.s.stats.discarded++
	}
}

func (d *simDevice) trim() {
	if d.up {
		d.ok(d.repo.TrimFeed(d.repo.FeedEnd()))
	}
}

// away takes the device off the network for a while.
func (d *simDevice) away() {
	if d.link != nil {
		d.link.Cut()
	}
	d.off = true
	d.s.net.After(time.Duration(d.s.rng.IntN(8000))*time.Millisecond, func() { d.off = false; d.connect() })
}

// plug pulls the power.
func (d *simDevice) plug() {
	if d.up {
		d.stop(d.st.Reopen(d.s.rng.IntN(2) == 0))
	}
}

func (d *simDevice) copyDisk() {
	if d.up && d.copied == nil {
		d.copied = d.st.Clone()
	}
}

// restore throws the disk away and goes on with an old copy (EN5). What only
// that disk had is gone with it, whoever wrote it.
func (d *simDevice) restore() {
	if !d.up || d.copied == nil || d.charterAlone() {
		return
	}
	s := d.s
	elsewhere := map[string]bool{}
	for _, o := range s.devs {
		if o != d {
			o.toldOnDisk(elsewhere)
		}
	}
	for _, e := range s.edits {
		e.gone = e.gone || !elsewhere[e.String()]
	}
	d.saltsAlone()
	s.stats.restored++
	s.trace("%d goes on with an old copy", d.i)
	old := d.copied
	d.copied = nil
	d.stop(old.Reopen(true))
}

// charterAlone tells whether no other device has the statement that the relay
// remembers: when it loses that too, nobody can end its healing (HE2), and a
// person has to decide.
func (d *simDevice) charterAlone() bool {
	return !slices.ContainsFunc(d.s.devs, func(o *simDevice) bool {
		if o == d {
			return false
		}
		n := uint64(0)
		err := o.st.Reopen(false).View(func(tx store.Tx) error {
			return tx.Scan(store.CharterRecords(), nil, func(_, _ []byte) error { n++; return nil })
		})
		return err == nil && n > d.s.relay.memory.Head.Seq
	})
}

// saltsAlone notes the salts that are on no other device's disk.
func (d *simDevice) saltsAlone() {
	for _, doc := range d.s.docs {
		if _, ok := d.saltOnDisk(doc); ok && !slices.ContainsFunc(d.s.devs, func(o *simDevice) bool {
			_, ok := o.saltOnDisk(doc)
			return ok && o != d
		}) {
			d.s.saltsLost[doc] = true
		}
	}
}

func (d *simDevice) saltOnDisk(doc canon.DocID) (salt []byte, ok bool) {
	err := d.st.Reopen(false).View(func(tx store.Tx) (err error) {
		salt, err = store.GetOr(tx, store.SaltKey(doc))
		return err
	})
	return salt, err == nil && salt != nil
}

// toldOnDisk is told of what a power cut at this moment would leave: what only
// waits to be written here may be lost before another has it again.
func (d *simDevice) toldOnDisk(into map[string]bool) {
	r, err := repo.Open(d.st.Reopen(false), repo.Config{
		Workspace: d.s.w.ID, Signer: d.d, Rand: rand.NewChaCha8([32]byte{}), Now: d.s.net.Now,
	})
	if err != nil {
		d.s.failf("copy of device %d: %v", d.i, err)
	}
	d.s.told(r, into, true)
	list, err := r.NotAccepted()
	if err != nil {
		d.s.failf("list in the copy of device %d: %v", d.i, err)
	}
	for _, u := range list {
		for part := range strings.SplitAfterSeq(u.Value.Str(), ";") {
			into[u.Doc.String()+" "+u.Key+" "+part] = true
		}
	}
}

// lie sends the device a pack that no honest relay would send.
func (d *simDevice) lie() {
	if !d.up || d.link == nil || !d.peer.Live() {
		return
	}
	cur, err := d.repo.Cursor()
	if !d.ok(err) || cur == (wire.Cursor{}) {
		return
	}
	b, err := wire.NewBatch([][]byte{wire.Item{Pack: []byte{0xa0}}.Encode()}, cur, true)
	if err != nil {
		s := d.s
		s.failf("lie: %v", err)
	}
	raw, err := wire.EncodeFrame(wire.Message{ID: 1, Frame: b})
	if err != nil {
		d.s.failf("lie: %v", err)
	}
	d.step(peer.Received{Data: raw})
}

// send gives a message to the network, or does what a planted bug does.
func (d *simDevice) send(data []byte) {
	if d.s.tracing {
		if m, err := wire.DecodeFrame(data); err == nil {
			d.traceFrame("->", m)
		}
	}
	d.wrote(data)
	if d.s.bug == bugNone || !d.swallow(data) {
		d.link.Send(simnet.A, data)
	}
}
