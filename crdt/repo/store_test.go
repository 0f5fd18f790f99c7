package repo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// plant changes the stored record i of a document.
func plant(t *testing.T, st store.Store, id canon.DocID, i uint64, fn func(*wire.LogRecord)) {
	t.Helper()
	err := st.Update(store.Synced, func(tx store.Tx) error {
		b, err := tx.Get(store.RecordKey(id, i))
		if err != nil {
			return err
		}
		rec, err := wire.ParseLogRecord(b)
		if err != nil {
			return err
		}
		fn(&rec)
		return tx.Put(store.RecordKey(id, i), rec.Encode())
	})
	if err != nil {
		t.Fatalf("plant: %v", err)
	}
}

// remake decodes, changes and encodes a chunk, its checksum right again.
func remake(t *testing.T, chunk []byte, fn func(*change.Change)) []byte {
	t.Helper()
	c, err := change.Decode(chunk)
	if err != nil {
		t.Fatal(err)
	}
	fn(c)
	b, err := change.Encode(*c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPK5_PlantedInTheOwnStore: GA8-GA12 and GA15 hold whenever a document is
// loaded. Each bad chunk stands in the last of three records; it goes to
// quarantine, the ones before stay, other documents go on.
func TestPK5_PlantedInTheOwnStore(t *testing.T) {
	t.Parallel()
	long := string(bytes.Repeat([]byte("x"), change.MaxValue+1))
	for name, c := range map[string]struct {
		fn   func(*testing.T, *wire.LogRecord)
		code wire.Code
	}{
		"GA5 not CBOR": {nil, wire.CodeMalformed},
		"GA8 changed bit": {func(_ *testing.T, r *wire.LogRecord) {
			b := slices.Clone(r.Envelope.Body.Chunks[0])
			b[len(b)-1] ^= 1
			r.Envelope.Body.Chunks[0] = b
		}, wire.CodeCorrupt},
		"GA8 document chunk": {func(_ *testing.T, r *wire.LogRecord) {
			b := slices.Clone(r.Envelope.Body.Chunks[0])
			b[8] = 0
			r.Envelope.Body.Chunks[0] = b
		}, wire.CodeCorrupt},
		"GA9 second first change": {func(t *testing.T, r *wire.LogRecord) {
			t.Helper()
			r.Envelope.Body.Chunks[0] = remake(t, r.Envelope.Body.Chunks[0], func(c *change.Change) {
				c.Deps, c.StartOp = nil, 1
				c.Ops = c.Ops[:1]
				c.Ops[0].Pred = nil
			})
		}, wire.CodeDocExists},
		"GA10 startOp": {func(t *testing.T, r *wire.LogRecord) {
			t.Helper()
			r.Envelope.Body.Chunks[0] = remake(t, r.Envelope.Body.Chunks[0], func(c *change.Change) { c.StartOp += 1000 })
		}, wire.CodeBadChange},
		"GA10 foreign actor": {func(t *testing.T, r *wire.LogRecord) {
			t.Helper()
			r.Envelope.Body.Chunks[0] = remake(t, r.Envelope.Body.Chunks[0], func(c *change.Change) { c.Actor[0]++; c.Seq = 1 })
		}, wire.CodeActorForeign},
		"GA10 missing deps": {func(t *testing.T, r *wire.LogRecord) {
			t.Helper()
			r.Envelope.Body.Chunks[0] = remake(t, r.Envelope.Body.Chunks[0], func(c *change.Change) { c.Deps = []canon.Hash{{9}} })
		}, wire.CodeMissingDeps},
		"GA12 key": {func(t *testing.T, r *wire.LogRecord) {
			t.Helper()
			r.Envelope.Body.Chunks[0] = remake(t, r.Envelope.Body.Chunks[0], func(c *change.Change) {
				c.Ops[0].Key, c.Ops[0].Pred = "z:unknown", nil
			})
		}, wire.CodeBadKey},
		"GA5 value too large": {func(t *testing.T, r *wire.LogRecord) {
			t.Helper()
			r.Envelope.Body.Chunks[0] = remake(t, r.Envelope.Body.Chunks[0], func(c *change.Change) { c.Ops[0].Value = change.String(long) })
		}, wire.CodeValueTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 60)
			st := memstore.New()
			a := w.open(st, w.w.Founder)
			b := w.open(memstore.New(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
			w.charter(a)
			id, other := w.create(b, set("f:name", "甲")), w.create(b, set("f:name", "other"))
			w.edit(b, id, set("f:city", "kept"))
			w.edit(b, id, set("f:remark", "planted"))
			w.mustSync(b, a)
			if c.fn == nil {
				err := st.Update(store.Synced, func(tx store.Tx) error { return tx.Put(store.RecordKey(id, 2), []byte("\xff\xff")) })
				if err != nil {
					t.Fatal(err)
				}
			} else {
				plant(t, st, id, 2, func(r *wire.LogRecord) { c.fn(t, r) })
			}
			a.reopen(w)
			if a.value(t, id, "f:city") != "kept" || a.value(t, id, "f:remark") == "planted" && c.fn != nil {
				t.Errorf("city %q, remark %q", a.value(t, id, "f:city"), a.value(t, id, "f:remark"))
			}
			q, err := a.Quarantined()
			if err != nil || len(q) != 1 || q[0].Doc != id || q[0].Code != c.code {
				t.Errorf("quarantine: got %+v, %v, want %s", q, err, c.code)
			}
			if a.value(t, other, "f:name") != "other" {
				t.Error("another document was hurt")
			}
			w.edit(a, id, set("f:industry", "still works")) // the core gets what is left
			a.reopen(w)
			if a.value(t, id, "f:industry") != "still works" {
				t.Error("the edit after that is gone")
			}
		})
	}
}

// TestPK5_NoteOfADeadProcess: a note is tried alone, and a note found alone
// costs the document its newest records, and no other document anything.
func TestPK5_NoteOfADeadProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 61)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	b := w.open(memstore.New(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	id, other := w.create(a, set("f:name", "甲")), w.create(a, set("f:name", "乙"))
	w.mustSync(a, b)
	w.edit(b, id, set("f:remark", "theirs"))
	w.mustSync(b, a)
	note := func(alone bool, ids ...canon.DocID) {
		err := st.Update(store.Synced, func(tx store.Tx) error {
			return tx.Put(store.MarkKey("loading"), canon.MustMarshal(struct {
				Docs  []canon.DocID `cbor:"1,keyasint"`
				Alone bool          `cbor:"2,keyasint"`
			}{ids, alone}))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	note(false, id, other)
	a.reopen(w)
	if a.value(t, id, "f:remark") != "theirs" {
		t.Error("a kill for another reason cost a record")
	}
	// Dead again while it was tried alone.
	note(true, id)
	a.reopen(w)
	if a.value(t, id, "f:remark") != "" || a.value(t, id, "f:name") != "甲" || a.value(t, other, "f:name") != "乙" {
		t.Error("the document did not open without its newest records")
	}
	if q, _ := a.Quarantined(); len(q) != 1 || q[0].Rule != "PK5" {
		t.Errorf("quarantine: %+v", q)
	}
	// The edit notes the document again before the core gets it.
	var points []repo.WritePoint
	a.cfg.OnWrite = func(p repo.WritePoint) { points = append(points, p) }
	a.reopen(w)
	w.edit(b, other, set("f:remark", "x"))
	w.mustSync(b, a)
	points = nil
	w.edit(a, other, set("f:city", "x"))
	if !slices.Equal(points, []repo.WritePoint{repo.WriteLoading, repo.WriteEdit}) {
		t.Errorf("writes: %v", points)
	}
}

// TestGA4_TheRelayPassedIt: each envelope was accepted by a relay that does not
// judge; the receiver keeps it apart and names it, and other documents go on.
func TestGA4_TheRelayPassedIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 62)
	a := w.device(w.w.Founder)
	s := w.w.Join(chartertest.RoleService, chartertest.Service, "x")
	w.charter(a)
	id, other := w.create(a, set("f:name", "甲")), w.newDoc()
	w.mustSync(a)
	sign := func(signer *chartertest.Device, body wire.EnvelopeBody) wire.Item {
		e, err := wire.SignEnvelope(w.w.ID, signer, body)
		if err != nil {
			t.Fatal(err)
		}
		return wire.Item{Record: &wire.LogRecord{Seq: 100, C: w.w.State().Head().Seq, Envelope: e}}
	}
	first := w.log[0].Envelope.Body
	head := w.w.State().Head()
	body := func(n uint64, chunk []byte) wire.EnvelopeBody {
		return wire.EnvelopeBody{Doc: id, Device: s.Device(), N: n, CharterSeq: head.Seq, CharterHash: head.Hash, Chunks: [][]byte{chunk}}
	}
	dep, err := change.Decode(first.Chunks[0])
	if err != nil {
		t.Fatal(err)
	}
	made := func(key string) []byte {
		c := change.Change{
			Deps: []canon.Hash{dep.Hash}, Actor: s.Device().Actor(canon.Incarnation{1}), Seq: 1, StartOp: dep.MaxOp() + 1, Time: 1, Message: "edit",
			Ops: []change.Op{{Action: change.Set, Key: key, Value: change.String("forged")}},
		}
		b, err := change.Encode(c)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	broken := sign(s, body(3, made("f:city")))
	broken.Record.Envelope.Signature = slices.Clone(broken.Record.Envelope.Signature)
	broken.Record.Envelope.Signature[5] ^= 1
	old := sign(s, body(4, made("f:city")))
	old.Record.C = 0
	for name, c := range map[string]struct {
		item wire.Item
		code wire.Code
	}{
		"GA13 field":           {sign(s, body(1, made("f:city"))), wire.CodeFieldDenied},
		"GA12 key":             {sign(s, body(2, made("f:nothing"))), wire.CodeBadKey},
		"GA7 signature":        {broken, wire.CodeBadSignature},
		"GA3 charter backward": {old, wire.CodeMalformed},
	} {
		before := len(problems(t, a))
		good, err := goodCreate(w, a, other)
		if err != nil {
			t.Fatal(err)
		}
		next := wire.Cursor{Log: w.id, Seq: 100, Doc: id, ID: canon.Hash{1}}
		res, err := a.Accept(t.Context(), append([]wire.Item{good}, c.item), next)
		if err != nil || len(res.Refused) != 1 || res.Refused[0].Code != c.code || res.Refused[0].ID != c.item.Record.Envelope.ID(w.w.ID) {
			t.Errorf("%s: got %+v, %v, want %s", name, res, err, c.code)
		}
		if got := len(problems(t, a)) - before; got != 1 {
			t.Errorf("%s: %d things set aside, want 1", name, got)
		}
		if a.value(t, id, "f:city") == "forged" || a.value(t, other, "f:name") != "good" {
			t.Errorf("%s: the book shows it, or lost the good one", name)
		}
		other = w.newDoc()
	}
}

func problems(t *testing.T, d *device) []repo.Problem {
	t.Helper()
	p, err := d.Quarantined()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// goodCreate is a record of a new document that passes, made by another device.
func goodCreate(w *world, _ *device, id canon.DocID) (wire.Item, error) {
	d := w.device(w.w.Founder)
	if _, err := d.Create(context.Background(), id, saltFor(id), creating(set("f:name", "good"))); err != nil {
		return wire.Item{}, err
	}
	out, err := d.Outbox(0, 1)
	if err != nil {
		return wire.Item{}, err
	}
	e, err := wire.ParseEnvelope(out[0].Envelope)
	return wire.Item{Record: &wire.LogRecord{Seq: 99, C: w.w.State().Head().Seq, Envelope: e}}, err
}

// TestGA21_RB1_PK6_CacheIsReplay: a document with a snapshot shows what the records
// alone give, at each step of a random history of two devices.
func TestGA21_RB1_PK6_CacheIsReplay(t *testing.T) {
	t.Parallel()
	const seed = 63
	w := newWorld(t, seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	b := w.open(memstore.New(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	id := w.create(a, set("f:name", "甲"))
	w.mustSync(a, b)
	for i := range 200 {
		d := []*device{a, a, b}[rng.IntN(3)]
		key := []string{"f:city", "f:remark", "f:name"}[rng.IntN(3)]
		w.edit(d, id, set(key, fmt.Sprint(i)))
		if rng.IntN(6) == 0 {
			w.mustSync(a, b)
		}
		if rng.IntN(10) == 0 {
			w.refuseOnce(id, wire.CodeRowDenied)
			w.mustSync(a)
		}
		if rng.IntN(8) == 0 {
			a.reopen(w) // from the cache
			with := a.dump(t)
			bare := w.open(st.Clone(), w.w.Founder)
			err := bare.st.Update(store.Synced, func(tx store.Tx) error {
				return errors.Join(tx.Delete(store.SnapshotKey(id)), tx.Delete(store.GateKey(id)))
			})
			if err != nil {
				t.Fatal(err)
			}
			bare.reopen(w)
			if diff := cmp.Diff(bare.dump(t), with); diff != "" {
				t.Fatalf("seed %d, step %d: %s", seed, i, diff)
			}
		}
	}
	w.mustSync(a, b)
	if diff := cmp.Diff(a.dump(t), b.dump(t)); diff != "" {
		t.Errorf("seed %d: the books differ: %s", seed, diff)
	}
	if p, err := a.Verify(t.Context(), nil); err != nil || len(p) != 0 {
		t.Errorf("seed %d: verify: %v, %v", seed, p, err)
	}
	ok := false
	err := st.View(func(tx store.Tx) (err error) { ok, err = store.Has(tx, store.SnapshotKey(id)); return err })
	if err != nil || !ok {
		t.Errorf("no snapshot was ever made: %v", err)
	}
}

// TestHE4_PacksHeal: a relay that lost its stream gets everything back from the
// packs of two devices, and a new device the same book from packs.
func TestHE4_PacksHeal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 64)
	a := w.device(w.w.Founder)
	b := w.open(memstore.New(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	var ids []canon.DocID
	for i := range 20 {
		ids = append(ids, w.create([]*device{a, b}[i%2], set("f:name", fmt.Sprint(i))))
	}
	w.mustSync(a, b)
	for i, id := range ids {
		w.edit([]*device{b, a}[i%2], id, set("f:remark", "second"))
	}
	w.mustSync(a, b)
	sa, err := a.Summary()
	if err != nil {
		t.Fatal(err)
	}
	sb, _ := b.Summary()
	if !slices.Equal(sa, sb) {
		t.Error("equal books have different summaries")
	}
	in, err := a.SummaryIn(wire.SummaryRange(ids[3]))
	if err != nil || !slices.ContainsFunc(in, func(s wire.DocSummary) bool { return s.Doc == ids[3] }) {
		t.Errorf("summary of a range: %v, %v", in, err)
	}
	all, err := a.SummaryOf()
	if err != nil || len(all) != len(ids) {
		t.Errorf("summary of all: %v, %v", all, err)
	}
	for _, s := range all {
		if one, err := a.SummaryOf(s.Doc); err != nil || !slices.Equal(one, []wire.DocSummary{s}) {
			t.Errorf("summary of one: %v, %v, want %v", one, err, s)
		}
	}
	c := w.device(w.w.Further(w.w.Founder))
	var items []wire.Item
	for _, id := range ids {
		packs, err := a.Packs(id)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range packs {
			items = append(items, wire.Item{Pack: p})
		}
	}
	items = append(items, wire.Item{Pack: []byte("no pack")})
	res, err := c.Accept(t.Context(), items, wire.Cursor{Log: wire.LogID{2}, Seq: 40, ID: canon.Hash{1}})
	if err != nil || res.Records != 40 || len(res.Changed) != 20 || len(res.Refused) != 1 {
		t.Fatalf("packs: %+v, %v", res, err)
	}
	if diff := cmp.Diff(a.dump(t), c.dump(t)); diff != "" {
		t.Errorf("the book from packs differs: %s", diff)
	}
	if sc, err := c.Summary(); err != nil || !slices.Equal(sa, sc) {
		t.Errorf("the summary of packs is another one than that of records: %v", err)
	}
	// The same packs again, and on a device that has it all.
	for _, d := range []*device{c, b} {
		if res, err := d.Accept(t.Context(), items, wire.Cursor{}); err != nil || res.Records != 0 {
			t.Errorf("packs again: %+v, %v", res, err)
		}
	}
	c.reopen(w)
	if diff := cmp.Diff(a.dump(t), c.dump(t)); diff != "" {
		t.Errorf("after reopening: %s", diff)
	}
	// ReadAll shows what Read shows: documents of packs, of records, of both, of
	// pending envelopes, with a snapshot, and with something bad.
	w.edit(c, ids[0], set("f:city", "on a pack"))
	w.create(c, set("f:name", "pending only"))
	for i := range 70 {
		w.edit(c, ids[1], set("f:city", fmt.Sprint(i)))
	}
	bad := store.RecordKey(ids[2], 9)
	if err := c.st.Update(store.Synced, func(tx store.Tx) error { return tx.Put(bad, []byte("bad")) }); err != nil {
		t.Fatal(err)
	}
	c.reopen(w)
	seen := map[canon.DocID]bool{}
	err = c.ReadAll(t.Context(), func(v *repo.View) error {
		one, err := c.Read(v.Doc())
		if err != nil || seen[v.Doc()] || !cmp.Equal(one.Values(), v.Values(), cmp.AllowUnexported(change.Value{})) {
			t.Errorf("%s: other than Read, or twice: %v", v.Doc(), err)
		}
		seen[v.Doc()] = true
		return nil
	})
	if err != nil || len(seen) != 21 || len(problems(t, c)) != 2 {
		t.Errorf("read all: %d documents, %d problems, %v", len(seen), len(problems(t, c)), err)
	}
	h, _ := c.History(ids[0])
	if len(h) != 3 || h[1].Relay == 0 || h[2].Relay != 0 || !h[2].Pending {
		t.Errorf("history from a pack: %+v", h)
	}
}

// holed is a store that cannot read one value.
type holed struct {
	store.Store
	key []byte
}

type holedTx struct {
	store.Tx
	key []byte
}

func (h holed) View(fn func(store.Tx) error) error {
	return h.Store.View(func(tx store.Tx) error { return fn(holedTx{tx, h.key}) })
}

func (t holedTx) Get(k []byte) ([]byte, error) {
	if bytes.Equal(k, t.key) {
		return nil, store.ErrCorrupt
	}
	return t.Tx.Get(k)
}

func (t holedTx) Scan(prefix, from []byte, fn func(k, v []byte) error) error {
	return t.Tx.Scan(prefix, from, func(k, v []byte) error {
		if bytes.Equal(k, t.key) {
			return store.ErrCorrupt
		}
		return fn(k, v)
	})
}

// TestDamagedValueIsNamedAndStays: a value that the disk does not give back
// costs no other document and is not removed.
func TestDamagedValueIsNamedAndStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 67)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	id, other := w.create(a, set("f:name", "甲")), w.create(a, set("f:name", "乙"))
	w.mustSync(a)
	w.edit(a, id, set("f:city", "杭州市"))
	w.mustSync(a)
	a.st = holed{st, store.RecordKey(id, 1)}
	a.reopen(w)
	if a.value(t, id, "f:name") != "甲" || a.value(t, id, "f:city") != "" || a.value(t, other, "f:name") != "乙" {
		t.Error("the book does not open around the damage")
	}
	if q := problems(t, a); len(q) != 1 || q[0].Code != wire.CodeCorrupt || q[0].Doc != id {
		t.Errorf("quarantine: %+v", q)
	}
	a.st = st // the disk reads again
	a.reopen(w)
	if a.value(t, id, "f:city") != "杭州市" {
		t.Error("the record was removed")
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 65)
	a := w.device(w.w.Founder)
	x, y := w.create(a, set("f:name", "x")), w.create(a, set("f:name", "y"))
	w.edit(a, x, set("f:remark", "1"))
	got, err := a.Feed(0, 10)
	want := []repo.Touched{{Seq: 1, Doc: x}, {Seq: 2, Doc: y}, {Seq: 3, Doc: x}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Fatalf("feed: %s, %v", diff, err)
	}
	if err := a.TrimFeed(2); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Feed(1, 10); !errors.Is(err, repo.ErrFeedTrimmed) {
		t.Errorf("before what was trimmed: got %v", err)
	}
	a.reopen(w)
	if got, err := a.Feed(2, 10); err != nil || len(got) != 1 || got[0].Seq != 3 {
		t.Errorf("after trimming: %v, %v", got, err)
	}
}

// TestNothingInPlainText: no value and no key of a document on the disk.
func TestNothingInPlainText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 66)
	dir := t.TempDir()
	st := badger(t, dir)
	a := w.open(st, w.w.Founder)
	for i := range 50 {
		w.create(a, set("f:name", fmt.Sprintf("杭州西湖贸易%d有限公司", i)), set("f:address", "findme-address"))
	}
	w.mustSync(a)
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		for _, s := range []string{"西湖", "findme", "f:address", "n:memo"} {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s holds %q", filepath.Base(p), s)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
