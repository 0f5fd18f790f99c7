package repo_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// refuseOnce makes the relay refuse the next envelope of a document.
func (w *world) refuseOnce(id canon.DocID, code wire.Code, keys ...string) {
	w.refuse = func(e *wire.Envelope) *wire.PushResult {
		if e.Body.Doc != id {
			return nil
		}
		w.refuse = nil
		return &wire.PushResult{Code: code, Keys: keys}
	}
}

func tray(t *testing.T, d *device) []repo.Unaccepted {
	t.Helper()
	items, err := d.NotAccepted()
	if err != nil {
		t.Fatal(err)
	}
	return items
}

// TestRB2_OnlyItsDocumentWaits: a refusal stops the document and no other (RB4).
func TestRB2_OnlyItsDocumentWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 20)
	a := w.device(w.w.Founder)
	x, y := w.create(a, set("f:name", "x")), w.create(a, set("f:name", "y"))
	w.mustSync(a)
	w.edit(a, x, set("f:remark", "1"))
	w.edit(a, y, set("f:remark", "1"))
	w.edit(a, x, set("f:remark", "2"))
	w.refuseOnce(x, wire.CodeFieldDenied, "f:remark")
	out, _ := a.Outbox(0, 1)
	if err := a.Settle(t.Context(), w.id, repo.Answer{N: out[0].N, Result: w.judge(out[0].Envelope)}); err != nil {
		t.Fatal(err)
	}
	out, err := a.Outbox(0, 10)
	if err != nil || len(out) != 1 || out[0].Doc != y || a.Blocked() != 1 {
		t.Fatalf("outbox: %d entries, %v, %d blocked", len(out), err, a.Blocked())
	}
	a.reopen(w)
	if out, _ = a.Outbox(0, 10); len(out) != 1 || a.Blocked() != 1 {
		t.Errorf("after reopening: %d entries, %d blocked", len(out), a.Blocked())
	}
	if got := a.value(t, x, "f:remark"); got != "2" {
		t.Errorf("until the rebase the edit is shown: got %q", got)
	}
}

// TestRB3_RightsShrank: what stays allowed is written anew as one change with
// its message under a new incarnation, the rest is on the list.
func TestRB3_RightsShrank(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, open func() store.Store) {
		t.Helper()
		w := newWorld(t, 21)
		f := w.device(w.w.Founder)
		m := w.open(open(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "王伟"))
		w.charter(f)
		id := w.create(f, set("f:name", "甲"), set("f:remark", "old"))
		w.mustSync(f, m)
		w.edit(m, id, set("f:remark", "mine"), set("f:city", "杭州市"))
		w.edit(m, id, set("f:industry", "物流运输"), set("f:remark", "mine 2"))
		before, err := m.History(id)
		if err != nil {
			t.Fatal(err)
		}
		w.edit(f, id, set("f:city", "杭州市"))
		w.mustSync(f)
		// From now on the member writes in service only.
		w.w.Promote(m.d, chartertest.RoleService)
		w.mustSync(m, f)
		if n, _ := m.OutboxLen(); n != 0 || m.Blocked() != 0 {
			t.Errorf("%d in the outbox, %d blocked", n, m.Blocked())
		}
		got := tray(t, m)
		var keys []string
		for _, it := range got {
			keys = append(keys, it.Key+"="+it.Value.Str()+"/"+it.Base.Str())
			if it.Code != wire.CodeFieldDenied || it.Doc != id || it.Message != "edit" {
				t.Errorf("item %+v", it)
			}
		}
		slices.Sort(keys)
		// The city is what the other one wrote meanwhile: nothing is lost there.
		want := []string{"f:industry=物流运输/", "f:remark=mine 2/mine", "f:remark=mine/old"}
		if !slices.Equal(keys, want) {
			t.Errorf("list: got %q, want %q", keys, want)
		}
		if diff := cmp.Diff(f.dump(t), m.dump(t)); diff != "" {
			t.Errorf("the books differ: %s", diff)
		}
		after, _ := m.History(id)
		if len(after) != 2 || len(before) != 3 {
			t.Errorf("history: %d changes before, %d after", len(before), len(after))
		}
		m.reopen(w)
		if diff := cmp.Diff(f.dump(t), m.dump(t)); diff != "" {
			t.Errorf("after reopening the books differ: %s", diff)
		}
		if err := m.Discard(got[0].ID); err != nil || len(tray(t, m)) != 2 {
			t.Errorf("discard: %v", err)
		}
	})
}

func TestRB3_PartIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 22)
	f := w.device(w.w.Founder)
	id := w.create(f, set("f:name", "甲"))
	w.mustSync(f)
	w.edit(f, id, set("f:remark", "refused"), set("f:city", "kept"), set("f:name", "甲"))
	w.edit(f, id, set("f:industry", "kept too"))
	hist, _ := f.History(id)
	v, _ := f.Read(id)
	info, _ := v.Writer(hist[1].Keys[0].New.ID)
	// The relay names one key; the next one passes.
	refused := false
	w.refuse = func(e *wire.Envelope) *wire.PushResult {
		for _, c := range e.Body.Chunks {
			ch, err := change.Decode(c)
			if err != nil {
				t.Fatal(err)
			}
			if slices.Contains(ch.Keys(), "f:remark") && !refused {
				refused = true
				return &wire.PushResult{Code: wire.CodeFieldDenied, Keys: []string{"f:remark"}}
			}
		}
		return nil
	}
	w.mustSync(f)
	// The gate here allows the key, so it goes up again: nothing is given up
	// for a refusal that the rules do not explain.
	if got := f.value(t, id, "f:remark"); got != "refused" {
		t.Errorf("remark: got %q", got)
	}
	hist, _ = f.History(id)
	if len(hist) != 3 || hist[1].Kind != "edit" || len(hist[1].Keys) != 2 || hist[1].Pending {
		t.Fatalf("history: %+v", hist)
	}
	v, _ = f.Read(id)
	again, _ := v.Writer(hist[1].Keys[0].New.ID)
	if again.Actor == info.Actor || again.Actor.Device() != info.Actor.Device() || again.Time != info.Time {
		t.Errorf("actor %v then %v, time %d then %d: want a new incarnation and the old time", info.Actor, again.Actor, info.Time, again.Time)
	}
}

func TestRB4_AfterThreeRebasesItIsOnTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 23)
	f := w.device(w.w.Founder)
	x, y := w.create(f, set("f:name", "x")), w.create(f, set("f:name", "y"))
	w.mustSync(f)
	w.edit(f, x, set("f:remark", "never"))
	w.edit(f, y, set("f:remark", "fine"))
	tries := 0
	w.refuse = func(e *wire.Envelope) *wire.PushResult {
		if e.Body.Doc != x {
			return nil
		}
		tries++
		return &wire.PushResult{Code: wire.CodeRowDenied}
	}
	w.mustSync(f)
	if tries != 4 {
		t.Errorf("sent %d times, want 4", tries)
	}
	if got := tray(t, f); len(got) != 1 || got[0].Code != wire.CodeRowDenied || got[0].Value.Str() != "never" {
		t.Errorf("list: %+v", got)
	}
	if f.value(t, x, "f:remark") != "" || f.value(t, y, "f:remark") != "fine" {
		t.Error("the book shows something else")
	}
}

// TestRB3_Settlement: c: is written anew over what is live now, or dropped.
func TestRB3_Settlement(t *testing.T) {
	t.Parallel()
	for name, other := range map[string]string{"same": "", "differs": "东阳市"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 24)
			f, g := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
			w.charter(f)
			id := w.create(f, set("f:name", "甲"), set("f:city", "杭州市"))
			w.mustSync(f, g)
			// Two own changes: the value, then its confirmation. Both are redone,
			// so that the operation has another name.
			w.edit(f, id, set("f:city", "宁波市"))
			v, _ := f.Read(id)
			live := v.All("f:city")
			e := edit(crdt.Set{Key: "c:city", Value: change.Bytes(gate.EncodeSettled([]change.OpID{live[0].ID}))})
			e.Message = "resolve"
			if _, err := f.Edit(t.Context(), id, repo.Always(e)); err != nil {
				t.Fatal(err)
			}
			if other != "" {
				w.edit(g, id, set("f:city", other))
				w.mustSync(g)
			}
			w.refuseOnce(id, wire.CodeRowDenied)
			w.mustSync(f, g)
			v, _ = f.Read(id)
			now := v.All("f:city")
			if len(now) != 1 || now[0].ID == live[0].ID || now[0].Value.Str() != "宁波市" {
				t.Fatalf("city: %v", now)
			}
			c, ok := v.Get("c:city")
			ids, _ := gate.DecodeSettled(c.Bytes())
			if !ok || !slices.Equal(ids, []change.OpID{now[0].ID}) {
				t.Errorf("c:city names %v, want %v", ids, now[0].ID)
			}
			if diff := cmp.Diff(f.dump(t), g.dump(t)); diff != "" {
				t.Errorf("the books differ: %s", diff)
			}
		})
	}
}

func TestRB3_CreateThatIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 25)
	f := w.device(w.w.Founder)
	id := w.create(f, set("f:name", "甲"))
	w.edit(f, id, set("f:city", "杭州市"))
	w.refuseOnce(id, wire.CodeRowDenied)
	w.mustSync(f)
	if f.value(t, id, "f:name") != "甲" || f.value(t, id, "f:city") != "杭州市" || len(tray(t, f)) != 0 {
		t.Error("the creation was not made anew")
	}
	h, _ := f.History(id)
	if len(h) != 2 || h[0].Kind != "create" || h[0].Pending {
		t.Errorf("history: %+v", h)
	}
	if s, ok, _ := f.Salt(id); !ok || s != saltFor(id) {
		t.Error("the salt is gone")
	}
}

// TestPO8_SecondCreatorIsRebased: the schema document of two devices.
func TestPO8_SecondCreatorIsRebased(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 26)
	f, g := w.device(w.w.Founder), w.device(w.w.Further(w.w.Founder))
	w.charter(f)
	id := canon.SchemaDoc(w.w.ID)
	for i, d := range []*device{f, g} {
		e := repo.Edit{Message: "create", Sets: []crdt.Set{set("x:field:name:label", "名称"), set("x:field:city:label", []string{"城市", "市"}[i])}}
		if _, err := d.Create(t.Context(), id, saltFor(id), e); err != nil {
			t.Fatal(err)
		}
	}
	w.mustSync(f, g, f)
	if diff := cmp.Diff(f.dump(t), g.dump(t)); diff != "" {
		t.Fatalf("the books differ: %s", diff)
	}
	if got := f.value(t, id, "x:field:city:label"); got != "市" {
		t.Errorf("the second creator's value is %q", got)
	}
	if h, _ := g.History(id); len(h) != 2 || len(h[1].Keys) != 1 {
		t.Errorf("history: %+v", h)
	}
}

// TestEN5_AT68_CopiedDisk: two twins of one device both write.
func TestEN5_AT68_CopiedDisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 27)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	id := w.create(a, set("f:name", "甲"))
	w.mustSync(a)
	twin := w.open(st.Clone(), w.w.Founder)
	w.edit(a, id, set("f:city", "A"))
	for _, v := range []string{"A1", "A2", "A"} { // beyond the twin's own numbers
		w.edit(a, id, set("f:remark", v))
	}
	w.mustSync(a)
	w.edit(twin, id, set("f:city", "twin")) // same actor, same seq, same n
	other := w.create(twin, set("f:name", "of the twin"))
	last := w.log[len(w.log)-1].Envelope
	for d, want := range map[*device]bool{a: true, twin: false} {
		if ok, err := d.Sent(last.Body.N, last.ID(w.w.ID)); ok != want || err != nil {
			t.Fatalf("holds the relay's newest: got %v, %v, want %v", ok, err, want)
		}
	}
	if ok, err := twin.Sent(1, w.log[0].Envelope.ID(w.w.ID)); !ok || err != nil {
		t.Fatalf("the twin holds what it was copied with: %v", err)
	}
	if ok, err := twin.Sent(1, canon.Hash{1}); ok || err != nil {
		t.Fatalf("another envelope under a number of its own passes: %v", err)
	}
	if err := twin.Fork(last.Body.N); err != nil {
		t.Fatal(err)
	}
	fresh := w.create(twin, set("f:name", "after the fork"))
	if out, _ := twin.Outbox(0, 10); len(out) != 1 || out[0].Doc != fresh || out[0].N <= last.Body.N {
		t.Errorf("%d envelopes would be sent before the rebase, the first as %d", len(out), out[0].N)
	}
	if _, err := w.pull(twin); err != nil {
		t.Fatal(err)
	}
	if _, err := twin.Rebase(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, _ := twin.Outbox(0, 10)
	for _, o := range out {
		if o.N <= last.Body.N {
			t.Errorf("n %d is not above the relay's %d", o.N, last.Body.N)
		}
	}
	w.mustSync(twin, a)
	if diff := cmp.Diff(a.dump(t), twin.dump(t)); diff != "" {
		t.Fatalf("the books differ: %s", diff)
	}
	if a.value(t, id, "f:city") != "twin" || a.value(t, other, "f:name") != "of the twin" || !twin.Copied() {
		t.Error("an edit of the twin was lost")
	}
	twin.reopen(w)
	if twin.Blocked() != 0 {
		t.Error("still blocked after reopening")
	}
}

// ringResealer seals anew with the keys of a ring.
type ringResealer struct {
	w    *world
	d    *chartertest.Device
	salt [32]byte
}

func (r ringResealer) Reseal(doc canon.DocID, key string, sealed []byte) ([]byte, error) {
	f, _ := r.w.w.State().Field(key[2:])
	p := seal.Place{Doc: doc, Section: f.Section, Key: key}
	ring := r.w.w.Ring(r.d)
	plain, err := ring.Open(p, r.salt, sealed)
	if err != nil {
		return nil, err
	}
	version, _, _ := ring.Newest(f.Section)
	return ring.Seal(p, version, r.salt, seal.Plain{Full: plain, HasMask: f.Mask.HasPart(), Mask: "***"})
}

// TestRB3_SealedAnew: a sealed value is sealed under the newest key when it is
// rebased, and goes to the list as it is where nobody can.
func TestRB3_SealedAnew(t *testing.T) {
	t.Parallel()
	for _, can := range []bool{true, false} {
		w := newWorld(t, 28)
		f := w.device(w.w.Founder)
		id := w.create(f, set("f:name", "甲"))
		if can {
			f.cfg.Resealer = ringResealer{w, f.d, saltFor(id)}
			f.reopen(w)
		}
		w.mustSync(f)
		value := w.sealed(f, id, "f:bank_account", "6222021234567890123")
		w.edit(f, id, value, set("f:remark", "open"))
		w.w.Must(w.w.Rotation(w.w.Founder, "finance"), w.w.Founder)
		w.refuseOnce(id, wire.CodeRowDenied)
		w.mustSync(f)
		v, _ := f.Read(id)
		got, ok := v.Get("f:bank_account")
		if f.value(t, id, "f:remark") != "open" || ok != can {
			t.Fatalf("resealer %v: remark %q, account there: %v", can, f.value(t, id, "f:remark"), ok)
		}
		if !can {
			if k := tray(t, f); len(k) != 1 || k[0].Code != wire.CodeSealStale || k[0].Value != value.Value {
				t.Errorf("list: %+v", k)
			}
			continue
		}
		form, err := seal.ReadForm(got.Bytes())
		if err != nil || form.Version != 2 {
			t.Errorf("sealed under version %d, %v", form.Version, err)
		}
		plain, err := w.w.Ring(f.d).Open(seal.Place{Doc: id, Section: "finance", Key: "f:bank_account"}, saltFor(id), got.Bytes())
		if text, _ := seal.ReadText(plain); err != nil || text != "6222021234567890123" {
			t.Errorf("opened: %d bytes, %v", len(text), err)
		}
	}
}

// TestRB3_Provenance: p: keeps only the fields that stay, and goes without any.
func TestRB3_Provenance(t *testing.T) {
	t.Parallel()
	for _, sealedToo := range []bool{false, true} {
		w := newWorld(t, 30)
		f := w.device(w.w.Founder)
		id := w.create(f, set("f:name", "甲"))
		w.mustSync(f)
		account := w.sealed(f, id, "f:bank_account", "6222021234567890123")
		fields := []gate.ProvenanceField{{ID: "bank_account"}}
		sets := []crdt.Set{account}
		if sealedToo {
			fields, sets = append(fields, gate.ProvenanceField{ID: "city"}), append(sets, set("f:city", "杭州市"))
		}
		p := gate.EncodeProvenance(gate.Provenance{Batch: "b1", File: "a.xlsx", Sheet: "s", Row: 3, Fields: fields})
		key := "p:" + canon.Text16([16]byte{3})
		e := edit(append(sets, crdt.Set{Key: key, Value: change.Bytes(p)})...)
		e.Message = "import:b1"
		if _, err := f.Edit(t.Context(), id, repo.Always(e)); err != nil {
			t.Fatal(err)
		}
		w.w.Must(w.w.Rotation(w.w.Founder, "finance"), w.w.Founder) // nobody seals anew here
		w.refuseOnce(id, wire.CodeRowDenied)
		w.mustSync(f)
		v, _ := f.Read(id)
		got, ok := v.Get(key)
		left, _ := gate.DecodeProvenance(got.Bytes())
		if ok != sealedToo || ok && (len(left.Fields) != 1 || left.Fields[0].ID != "city" || left.Row != 3) {
			t.Errorf("city too %v: provenance there %v: %+v", sealedToo, ok, left)
		}
		if k := tray(t, f); len(k) != 1 || k[0].Key != "f:bank_account" {
			t.Errorf("list: %+v", k)
		}
	}
}

// TestRB3_Texts: a text edit goes to the list as a whole.
func TestRB3_Texts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 29)
	f := w.device(w.w.Founder)
	id := w.create(f, set("f:name", "甲"))
	w.mustSync(f)
	e := edit(set("f:remark", "with it"))
	e.Texts = []crdt.Splice{{Key: "n:memo", Insert: "写了一段"}}
	if _, err := f.Edit(t.Context(), id, repo.Always(e)); err != nil {
		t.Fatal(err)
	}
	v, _ := f.Read(id)
	if text, err := f.Text(v, "n:memo"); err != nil || text != "写了一段" {
		t.Fatalf("text: %q, %v", text, err)
	}
	w.refuseOnce(id, wire.CodeRowDenied)
	w.mustSync(f)
	k := tray(t, f)
	if len(k) != 1 || k[0].Key != "n:memo" || k[0].Value.Str() != "写了一段" || f.value(t, id, "f:remark") != "with it" {
		t.Errorf("list: %+v, remark %q", k, f.value(t, id, "f:remark"))
	}
	v, _ = f.Read(id)
	if text, err := f.Text(v, "n:memo"); err != nil || text != "" {
		t.Errorf("text after the rebase: %q, %v", text, err)
	}
}
