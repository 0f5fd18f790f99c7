package repo_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// world is a workspace with the smallest relay that a repo can be tested
// against: one log, judged by the gate when it is read back (GA2).
type world struct {
	t    testing.TB
	w    *chartertest.Workspace
	id   wire.LogID
	log  []wire.LogRecord
	docs map[canon.DocID]*gate.Doc
	ids  map[canon.Hash]uint64
	used map[number]bool
	rng  *rand.ChaCha8
	now  time.Time
	// refuse makes the relay refuse what the gate would pass.
	refuse func(*wire.Envelope) *wire.PushResult
}

// number is one n of a device (EN3).
type number struct {
	dev canon.DeviceID
	n   uint64
}

func newWorld(tb testing.TB, seed uint64) *world {
	tb.Helper()
	return &world{
		t: tb, w: chartertest.New(tb, seed), id: wire.LogID{1}, docs: map[canon.DocID]*gate.Doc{},
		ids: map[canon.Hash]uint64{}, used: map[number]bool{}, rng: rand.NewChaCha8([32]byte{byte(seed)}), now: time.Unix(1_800_000_000, 0),
	}
}

// device is one installation.
type device struct {
	*repo.Repo
	st  store.Store
	d   *chartertest.Device
	cfg repo.Config
}

func (w *world) config(d *chartertest.Device) repo.Config {
	return repo.Config{Workspace: w.w.ID, Signer: d, Rand: w.rng, Now: func() time.Time { return w.now }}
}

func (w *world) open(st store.Store, d *chartertest.Device) *device {
	w.t.Helper()
	dev := &device{st: st, d: d, cfg: w.config(d)}
	dev.reopen(w)
	w.charter(dev)
	return dev
}

func (d *device) reopen(w *world) {
	w.t.Helper()
	r, err := repo.Open(d.st, d.cfg)
	if err != nil {
		w.t.Fatalf("open: %v", err)
	}
	d.Repo = r
}

func (w *world) device(d *chartertest.Device) *device {
	w.t.Helper()
	return w.open(memstore.New(), d)
}

// charter brings the statements to a device.
func (w *world) charter(d *device) {
	w.t.Helper()
	if err := w.tryCharter(d); err != nil {
		w.t.Fatalf("statements: %v", err)
	}
}

func (w *world) tryCharter(d *device) error {
	for _, rec := range w.w.Log.All()[min(int(d.Charter().Len()), w.w.Log.Len()):] {
		b, err := charter.EncodeRecord(rec)
		if err != nil {
			return err
		}
		if _, err := d.AddStatements(b); err != nil {
			return err
		}
	}
	return nil
}

// judge is the relay's side of one envelope.
func (w *world) judge(b []byte) wire.PushResult {
	e, refusal := gate.Parse(b)
	if refusal != nil {
		return wire.PushResult{Code: refusal.Code}
	}
	id := e.ID(w.w.ID)
	if seq, ok := w.ids[id]; ok {
		rec := w.log[seq-1]
		return wire.PushResult{Code: wire.CodeDuplicate, Seq: seq, Time: rec.Time, C: rec.C}
	}
	if w.refuse != nil {
		if res := w.refuse(e); res != nil {
			return *res
		}
	}
	d := w.docs[e.Body.Doc]
	if d == nil {
		d = gate.NewDoc(e.Body.Doc)
	}
	c := w.w.State().Head().Seq
	j, refusal := gate.Judge(w.w.Log, c, d, e)
	if refusal != nil {
		return wire.PushResult{Code: refusal.Code, Keys: refusal.Keys}
	}
	n := number{e.Body.Device, e.Body.N}
	if w.used[n] { // GA17
		return wire.PushResult{Code: wire.CodeCounterUsed}
	}
	w.used[n] = true
	d.Enter(j)
	w.docs[e.Body.Doc] = d
	rec := wire.LogRecord{Seq: uint64(len(w.log)) + 1, Time: w.now.UnixMilli() + int64(len(w.log)), C: c, Envelope: *e}
	w.log = append(w.log, rec)
	w.ids[id] = rec.Seq
	return wire.PushResult{Code: wire.CodeAccepted, Seq: rec.Seq, Time: rec.Time, C: c}
}

// wipe loses the relay's log.
func (w *world) wipe() {
	w.id[0]++
	clear(w.docs)
	clear(w.ids)
	clear(w.used)
	w.log = nil
}

// bring is what a device does for a relay that lost its log (HE4).
func (w *world) bring(d *device, doc canon.DocID) (codes []wire.Code) {
	w.t.Helper()
	packs, err := d.Packs(doc)
	if err != nil {
		w.t.Fatalf("packs: %v", err)
	}
	for _, b := range packs {
		p, err := wire.ReadPack(b)
		if err != nil {
			w.t.Fatalf("own pack: %v", err)
		}
		for i := range p.Records {
			codes = append(codes, w.judge(p.Records[i].Envelope.Encode()).Code)
		}
	}
	return codes
}

// push sends the outbox and settles the answers.
func (w *world) push(d *device) error {
	for after := uint64(0); ; {
		out, err := d.Outbox(after, 50)
		if err != nil || len(out) == 0 {
			return err
		}
		var answers []repo.Answer
		for _, o := range out {
			answers = append(answers, repo.Answer{N: o.N, Result: w.judge(o.Envelope)})
			after = o.N
		}
		if err := d.Settle(context.Background(), w.id, answers...); err != nil {
			return err
		}
	}
}

// pull brings what follows the device's cursor.
func (w *world) pull(d *device) (repo.Accepted, error) {
	cur, err := d.Cursor()
	if err != nil {
		return repo.Accepted{}, err
	}
	from := uint64(0)
	if cur.Log == w.id {
		from = cur.Seq
	}
	var items []wire.Item
	next := wire.Cursor{Log: w.id}
	for i := from; i < uint64(len(w.log)); i++ {
		rec := w.log[i]
		items = append(items, wire.Item{Record: &rec})
		next = wire.Cursor{Log: w.id, Seq: rec.Seq, Doc: rec.Envelope.Body.Doc, ID: rec.Envelope.ID(w.w.ID)}
	}
	if len(items) == 0 {
		return repo.Accepted{}, nil
	}
	return d.Accept(context.Background(), items, next)
}

// sync is what a peer does: charter, pull, push, pull, rebase until nothing moves.
func (w *world) sync(d *device) error {
	if err := w.tryCharter(d); err != nil {
		return err
	}
	for range 8 {
		w.counted(d)
		if _, err := w.pull(d); err != nil {
			return err
		}
		if err := w.push(d); err != nil {
			return err
		}
		w.counted(d)
		if _, err := w.pull(d); err != nil {
			return err
		}
		if d.Blocked() == 0 {
			return nil
		}
		if _, err := d.Rebase(context.Background()); err != nil {
			return err
		}
	}
	return errors.New("the device never comes to rest")
}

// counted fails when OutboxLen is not what the store holds.
func (w *world) counted(d *device) {
	w.t.Helper()
	want := 0
	err := d.st.View(func(tx store.Tx) error {
		return tx.Scan(store.Outbox(), nil, func(_, v []byte) error {
			if v[16] != 1 { // no place in the log yet
				want++
			}
			return nil
		})
	})
	if got, lenErr := d.OutboxLen(); err != nil || lenErr != nil || got != want {
		w.t.Errorf("OutboxLen %d, in the store %d, %v, %v", got, want, err, lenErr)
	}
}

func (w *world) mustSync(ds ...*device) {
	w.t.Helper()
	for range 2 {
		for _, d := range ds {
			if err := w.sync(d); err != nil {
				w.t.Fatalf("sync: %v", err)
			}
		}
	}
}

func set(key, value string) crdt.Set { return crdt.Set{Key: key, Value: change.String(value)} }

func edit(sets ...crdt.Set) repo.Edit { return repo.Edit{Message: "edit", Sets: sets} }

func creating(sets ...crdt.Set) repo.Edit {
	return repo.Edit{Message: "create", NewTexts: []string{"n:memo"}, Sets: sets}
}

func (w *world) newDoc() canon.DocID { return canon.DocID(w.w.Random16()) }

func saltFor(id canon.DocID) [32]byte { return [32]byte{id[0], id[1], 7} }

func (w *world) create(d *device, sets ...crdt.Set) canon.DocID {
	w.t.Helper()
	id := w.newDoc()
	if _, err := d.Create(context.Background(), id, saltFor(id), creating(sets...)); err != nil {
		w.t.Fatalf("create: %v", err)
	}
	return id
}

func (w *world) edit(d *device, id canon.DocID, sets ...crdt.Set) canon.Hash {
	w.t.Helper()
	h, err := d.Edit(context.Background(), id, repo.Always(edit(sets...)))
	if err != nil {
		w.t.Fatalf("edit: %v", err)
	}
	return h
}

// value is the winner of a key, "" without one.
func (d *device) value(_ testing.TB, id canon.DocID, key string) string {
	v, err := d.Read(id)
	if err != nil {
		return "(" + err.Error() + ")"
	}
	val, _ := v.Get(key)
	return val.Str()
}

// dump is everything that a device shows, in words.
func (d *device) dump(tb testing.TB) map[string]string {
	tb.Helper()
	out := map[string]string{}
	err := d.Documents(func(id canon.DocID) error {
		v, err := d.Read(id)
		if errors.Is(err, repo.ErrNoDocument) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, k := range v.Keys() {
			for i, e := range v.All(k) {
				out[fmt.Sprintf("%s/%s/%d", id, k, i)] = fmt.Sprintf("%s=%s%x%v@%s", e.Value, e.Value.Str(), e.Value.Bytes(), e.Value.Bool(), e.ID)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatalf("dump: %v", err)
	}
	return out
}

func badger(tb testing.TB, dir string) store.Store {
	tb.Helper()
	s, err := badgerstore.Open(badgerstore.Options{Dir: dir, Key: [32]byte{9}, Now: func() time.Time { return time.Unix(1, 0) }, Reserve: 1})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// sealed is a value for a sealed key of the finance section, which has neither
// mask nor token here.
func (w *world) sealed(d *device, id canon.DocID, key, text string) crdt.Set {
	w.t.Helper()
	ring := w.w.Ring(d.d)
	f, ok := w.w.State().Field(key[2:])
	if !ok {
		w.t.Fatalf("no field for %s", key)
	}
	version, _, _ := ring.Newest(f.Section)
	plain := seal.Plain{Full: seal.Text(text), HasMask: f.Mask.HasPart(), Mask: "***"}
	b, err := ring.Seal(seal.Place{Doc: id, Section: f.Section, Key: key}, version, saltFor(id), plain)
	if err != nil {
		w.t.Fatalf("seal: %v", err)
	}
	return crdt.Set{Key: key, Value: change.Bytes(b)}
}
