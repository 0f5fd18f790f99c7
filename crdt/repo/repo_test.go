package repo_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// stores runs a test on both stores.
func stores(t *testing.T, test func(t *testing.T, open func() store.Store)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		test(t, func() store.Store { return memstore.New() })
	})
	t.Run("badger", func(t *testing.T) {
		t.Parallel()
		test(t, func() store.Store {
			s := badger(t, t.TempDir())
			t.Cleanup(func() { _ = s.Close() })
			return s
		})
	})
}

func TestTwoDevicesShowOneBook(t *testing.T) {
	t.Parallel()
	stores(t, func(t *testing.T, open func() store.Store) {
		t.Helper()
		w := newWorld(t, 1)
		a := w.open(open(), w.w.Founder)
		b := w.open(open(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "王伟"))
		w.charter(a)
		id := w.create(a, set("f:name", "杭州西湖贸易有限公司"), set("f:city", "杭州市"))
		w.mustSync(a, b)
		if got := b.value(t, id, "f:city"); got != "杭州市" {
			t.Fatalf("B shows %q", got)
		}
		// Different fields merge, the same field is a conflict with both values.
		ha := w.edit(a, id, set("f:city", "宁波市"), set("f:remark", "from A"))
		w.edit(b, id, set("f:city", "温州市"), set("f:industry", "from B"))
		w.mustSync(a, b)
		if diff := cmp.Diff(a.dump(t), b.dump(t)); diff != "" {
			t.Fatalf("A and B differ: %s", diff)
		}
		v, err := b.Read(id)
		if err != nil {
			t.Fatal(err)
		}
		all := v.Conflicts()["f:city"]
		if len(all) != 2 || v.Pending() != 0 {
			t.Fatalf("got %d values of the city and %d pending, want 2 and 0", len(all), v.Pending())
		}
		who, err := b.Origins(v, all[0].ID, all[1].ID)
		if err != nil {
			t.Fatal(err)
		}
		members := []canon.MemberID{who[all[0].ID].Member, who[all[1].ID].Member}
		if !slices.Contains(members, a.d.Member) || !slices.Contains(members, b.d.Member) || who[all[0].ID].Relay == 0 {
			t.Errorf("origins: got %v", who)
		}
		// B settles it: one value, and A sees it.
		e := edit(set("f:city", "宁波市"))
		e.Message = "resolve"
		if _, err = b.Edit(context.Background(), id, repo.Always(e)); err != nil {
			t.Fatal(err)
		}
		w.mustSync(a, b)
		if got := a.value(t, id, "f:city"); got != "宁波市" {
			t.Errorf("after the settlement A shows %q", got)
		}
		checkHistory(t, a, id, ha)
		if p, err := a.Verify(context.Background(), nil); err != nil || len(p) != 0 {
			t.Errorf("verify: got %v, %v", p, err)
		}
	})
}

func checkHistory(t *testing.T, d *device, id canon.DocID, of canon.Hash) {
	t.Helper()
	h, err := d.History(id)
	if err != nil {
		t.Fatal(err)
	}
	if len(h) != 4 || h[0].Kind != "create" || h[3].Kind != "resolve" {
		t.Fatalf("history: got %d entries: %+v", len(h), h)
	}
	i := slices.IndexFunc(h, func(e repo.Entry) bool { return e.Hash == of })
	e := h[i]
	if e.Member != d.d.Member || e.Relay == 0 || e.Pending || len(e.Keys) != 2 {
		t.Errorf("entry of A's edit: %+v", e)
	}
	if k := e.Keys[0]; k.Key != "f:city" || len(k.Old) != 1 || k.Old[0].Value.Str() != "杭州市" || k.New.Value.Str() != "宁波市" {
		t.Errorf("city: got %+v", k)
	}
	then, err := d.ReadAt(id, []canon.Hash{h[0].Hash})
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := then.Get("f:city"); v.Str() != "杭州市" {
		t.Errorf("at the first change: got %q", v.Str())
	}
	if _, err := d.ReadAt(id, []canon.Hash{{1}}); err == nil {
		t.Error("reading at an unknown head worked")
	}
}

func TestOwnWritesMeetTheGateFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	s := w.device(w.w.Join(chartertest.RoleService, chartertest.Service, "李娜"))
	f := w.device(w.w.Founder)
	id := w.create(f, set("f:name", "甲"))
	w.mustSync(f, s)
	before := s.FeedEnd()
	_, err := s.Edit(context.Background(), id, repo.Always(edit(set("f:name", "乙"))))
	var refusal *gate.Refusal
	if !errors.As(err, &refusal) || refusal.Code != wire.CodeFieldDenied || !slices.Equal(refusal.Keys, []string{"f:name"}) {
		t.Fatalf("got %v, want field_denied for f:name", err)
	}
	for name, c := range map[string]struct {
		id   canon.DocID
		e    repo.Edit
		want error
	}{
		"absent": {w.newDoc(), edit(set("f:name", "x")), repo.ErrNoDocument},
		"equal":  {id, edit(set("f:name", "甲")), repo.ErrNothing},
	} {
		if _, err := f.Edit(context.Background(), c.id, repo.Always(c.e)); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	if _, err := f.Create(context.Background(), id, [32]byte{}, creating(set("f:name", "x"))); !errors.Is(err, repo.ErrExists) {
		t.Errorf("created twice: got %v", err)
	}
	if n, _ := s.OutboxLen(); n != 0 || s.FeedEnd() != before {
		t.Errorf("a refused edit left %d envelopes and %d feed entries", n, s.FeedEnd()-before)
	}
	if h, _ := s.History(id); len(h) != 1 {
		t.Errorf("history has %d changes, want 1", len(h))
	}
}

func TestEN7_LostAndDoubledAnswersAreHarmless(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	id := w.create(a, set("f:name", "甲"))
	for i := range 5 {
		w.edit(a, id, set("f:remark", string(rune('a'+i))))
	}
	out, err := a.Outbox(0, 100)
	if err != nil || len(out) != 6 || out[0].Salt == nil || *out[0].Salt != saltFor(id) {
		t.Fatalf("outbox: %d, %v", len(out), err)
	}
	answers := func() (as []repo.Answer) {
		for _, o := range out {
			as = append(as, repo.Answer{N: o.N, Result: w.judge(o.Envelope)})
		}
		return as
	}
	first := answers() // lost
	if _, err := w.pull(a); err != nil {
		t.Fatal(err) // the log brings them back all the same
	}
	for _, as := range [][]repo.Answer{first[:2], answers(), answers(), first} {
		if err := a.Settle(t.Context(), w.id, as...); err != nil {
			t.Fatal(err)
		}
	}
	w.mustSync(a, b)
	if n, _ := a.OutboxLen(); n != 0 {
		t.Errorf("%d envelopes stay in the outbox", n)
	}
	if diff := cmp.Diff(a.dump(t), b.dump(t)); diff != "" {
		t.Errorf("A and B differ: %s", diff)
	}
	if v, _ := a.Read(id); v.Pending() != 0 {
		t.Errorf("%d changes are still pending", v.Pending())
	}
	if h, _ := a.History(id); len(h) != 6 {
		t.Errorf("%d changes in history, want 6", len(h))
	}
	// The first answer counts: a refusal behind "accepted" undoes nothing.
	w.edit(a, id, set("f:remark", "last"))
	last, _ := a.Outbox(0, 1)
	good := repo.Answer{N: last[0].N, Result: w.judge(last[0].Envelope)}
	bad := repo.Answer{N: last[0].N, Result: wire.PushResult{Code: wire.CodeRowDenied}}
	if err := a.Settle(t.Context(), w.id, good, bad, bad); err != nil || a.Blocked() != 0 {
		t.Errorf("a second answer counted: %d blocked, %v", a.Blocked(), err)
	}
	w.mustSync(a)
	// The same batch again changes nothing, and the answers before the log too.
	end := a.FeedEnd()
	items := []wire.Item{}
	for i := range w.log {
		items = append(items, wire.Item{Record: &w.log[i]})
	}
	if res, err := a.Accept(t.Context(), items, wire.Cursor{}); err != nil || res.Records != 0 || a.FeedEnd() != end {
		t.Errorf("the same batch again: %+v, %v", res, err)
	}
}

func TestAnswerBeforeTheLogEntersAtItsPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	id := w.create(a, set("f:name", "甲"))
	w.mustSync(a, b)
	w.edit(a, id, set("f:remark", "A"))
	if err := w.push(a); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pull(b); err != nil {
		t.Fatal(err)
	}
	w.edit(b, id, set("f:remark", "after A")) // stands on A's edit
	if err := w.push(b); err != nil {
		t.Fatal(err)
	}
	// A's cursor is before both; B's record comes without A's own.
	rec := w.log[len(w.log)-1]
	next := wire.Cursor{Log: w.id, Seq: rec.Seq, Doc: id, ID: rec.Envelope.ID(w.w.ID)}
	res, err := a.Accept(t.Context(), []wire.Item{{Record: &rec}}, next)
	if err != nil || len(res.Refused) != 0 {
		t.Fatalf("got %+v, %v", res, err)
	}
	if got := a.value(t, id, "f:remark"); got != "after A" {
		t.Errorf("got %q", got)
	}
	if v, _ := a.Read(id); v.Pending() != 0 {
		t.Error("A's edit is still pending")
	}
}

func TestGA3_CharterBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.w.Join(chartertest.RoleSales, chartertest.Sales, "later")
	w.charter(a)
	w.create(a, set("f:name", "甲"))
	if err := w.push(a); err != nil {
		t.Fatal(err)
	}
	if _, err := w.pull(b); !errors.Is(err, repo.ErrCharterBehind) {
		t.Fatalf("got %v, want ErrCharterBehind", err)
	}
	if cur, _ := b.Cursor(); cur.Seq != 0 {
		t.Error("the cursor moved")
	}
	w.mustSync(b)
	if len(b.dump(t)) == 0 {
		t.Error("nothing arrived after the charter")
	}
}

func TestTR3_TR5_Statements(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	a := w.device(w.w.Founder)
	before := w.w.State()
	one := w.w.Receipt(w.w.Sign(before, &charter.DepartmentContent{ID: "one", Name: "one"}, w.w.Founder), w.w.Now+1)
	two := w.w.Receipt(w.w.Sign(before, &charter.DepartmentContent{ID: "two", Name: "two"}, w.w.Founder), w.w.Now+1)
	enc := func(r charter.Record) []byte {
		b, err := charter.EncodeRecord(r)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if err := a.KeepSigned(enc(one)); err != nil {
		t.Fatal(err)
	}
	if err := a.KeepSigned(enc(one)); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := a.KeepSigned(enc(two)); !errors.Is(err, repo.ErrStatementPending) {
		t.Errorf("a second statement: got %v", err)
	}
	a.reopen(w)
	if b, err := a.Signed(); err != nil || string(b) != string(enc(one)) {
		t.Errorf("after reopening: %d bytes, %v", len(b), err)
	}
	for range 2 {
		if _, err := a.AddStatements(enc(two)); err != nil {
			t.Fatal(err)
		}
	}
	if b, _ := a.Signed(); b != nil {
		t.Error("the statement that lost its place is still kept for sending")
	}
	if _, err := a.AddStatements(enc(one)); !errors.Is(err, repo.ErrCharterFork) {
		t.Errorf("another statement at the same place: got %v", err)
	}
	q, err := a.Quarantined()
	if err != nil || len(q) != 1 || q[0].Code != wire.CodeCharterFork {
		t.Errorf("evidence: got %v, %v", q, err)
	}
	a.reopen(w)
	if a.Charter().Len() != uint64(w.w.Log.Len())+1 {
		t.Errorf("after reopening: %d statements", a.Charter().Len())
	}
}

func TestER1_ErasedCustomerIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7)
	a := w.device(w.w.Founder)
	m := w.w.Join(chartertest.RoleManager, chartertest.Sales, "second signer")
	w.charter(a)
	id := w.create(a, set("f:name", "to be erased"))
	other := w.create(a, set("f:name", "stays"))
	w.mustSync(a)
	w.edit(a, id, set("f:remark", "pending"))
	w.w.Must(&charter.EraseContent{Docs: []canon.DocID{id}, Reason: charter.EraseRequest}, w.w.Founder, m)
	end := a.FeedEnd()
	w.charter(a)
	if _, err := a.Read(id); !errors.Is(err, repo.ErrNoDocument) {
		t.Errorf("read: got %v", err)
	}
	if n, _ := a.OutboxLen(); n != 0 {
		t.Errorf("%d envelopes in the outbox", n)
	}
	if f, _ := a.Feed(end, 10); len(f) != 1 || f[0].Doc != id {
		t.Errorf("feed: %v", f)
	}
	err := a.st.View(func(tx store.Tx) error {
		return tx.Scan(nil, nil, func(k, v []byte) error {
			if k[0] != 'f' && k[0] != 'x' && (slices.Contains([]string{string(k[2:min(18, len(k))])}, string(id[:]))) {
				t.Errorf("key %q is left", k[:2])
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	// The log brings it again (another device's view): nothing of it is kept.
	items := []wire.Item{{Record: &w.log[0]}}
	if _, err := a.Accept(t.Context(), items, wire.Cursor{}); err != nil {
		t.Fatal(err)
	}
	if q, _ := a.Quarantined(); len(q) != 0 {
		t.Errorf("quarantine holds %v", q)
	}
	if a.value(t, other, "f:name") != "stays" {
		t.Error("another customer was touched")
	}
}

func TestSE0_AT33_Salts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	id := w.create(a, set("f:name", "甲"))
	w.mustSync(a, b)
	if _, ok, _ := b.Salt(id); ok {
		t.Error("B has a salt that nobody sent")
	}
	if ids, err := b.MissingSalts(); err != nil || !slices.Equal(ids, []canon.DocID{id}) {
		t.Errorf("missing: got %v, %v", ids, err)
	}
	if n, err := b.AddSalts(wire.Salt{Doc: id, Salt: [32]byte{1}}, wire.Salt{Doc: w.newDoc()}); n != 0 || !errors.Is(err, repo.ErrSalt) {
		t.Errorf("another salt: got %d, %v", n, err)
	}
	if n, err := b.AddSalts(wire.Salt{Doc: id, Salt: saltFor(id)}); n != 1 || err != nil {
		t.Errorf("the salt: got %d, %v", n, err)
	}
	if s, ok, err := b.Salt(id); !ok || s != saltFor(id) || err != nil {
		t.Error("the salt is not there")
	}
}

func TestID5_CopiedDirectoryDrawsAnIncarnation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 9)
	st := memstore.New()
	a := w.open(st, w.w.Founder)
	a.cfg.Install = []byte("one")
	a.reopen(w)
	if a.Copied() {
		t.Error("the first mark is no copy")
	}
	id := w.create(a, set("f:name", "甲"))
	actor := func(d *device) canon.ActorID {
		h, err := d.History(id)
		if err != nil {
			t.Fatal(err)
		}
		v, _ := d.Read(id)
		info, _ := v.Writer(h[len(h)-1].Keys[0].New.ID)
		return info.Actor
	}
	first := actor(a)
	a.reopen(w)
	w.edit(a, id, set("f:name", "乙"))
	if actor(a) != first {
		t.Error("a new incarnation without reason")
	}
	a.cfg.Install = []byte("two")
	a.reopen(w)
	w.edit(a, id, set("f:name", "丙"))
	if got := actor(a); got == first || got.Device() != a.d.Device() || a.Copied() {
		t.Errorf("after copying: actor %v; told %v, want that of the relay", got, a.Copied())
	}
	if _, err := repo.Open(st, w.config(w.w.Join(chartertest.RoleSales, chartertest.Sales, "y"))); !errors.Is(err, repo.ErrWorkspace) {
		t.Errorf("another device: got %v", err)
	}
}
