package repo_test

import (
	"context"
	"crypto/sha256"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// What a process died with comes back when it is looked at again, and with it
// what came later and stood on it; a kill in between loses nothing.
func TestPK5_SetAsideComesBack(t *testing.T) {
	t.Parallel()
	for _, kill := range []bool{false, true} {
		w := newWorld(t, 161)
		st := memstore.New()
		a := w.open(st, w.w.Founder)
		b := w.open(memstore.New(), w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
		w.charter(a)
		id := w.create(a, set("f:name", "甲"))
		w.mustSync(a, b)
		w.edit(b, id, set("f:remark", "一"))
		w.mustSync(b, a)
		err := st.Update(store.Synced, func(tx store.Tx) error {
			return tx.Put(store.MarkKey("loading"), canon.MustMarshal(struct {
				Docs  []canon.DocID `cbor:"1,keyasint"`
				Alone bool          `cbor:"2,keyasint"`
			}{[]canon.DocID{id}, true}))
		})
		if err != nil {
			t.Fatal(err)
		}
		a.reopen(w)
		w.edit(b, id, set("f:remark", "二"))
		w.mustSync(b, a)
		if q, err := a.Quarantined(); err != nil || len(q) != 2 || a.value(t, id, "f:remark") != "" {
			t.Fatalf("set aside: %+v, %v, %q", q, err, a.value(t, id, "f:remark"))
		}
		if kill {
			a.cfg.OnWrite = func(p repo.WritePoint) {
				if p == repo.WriteAside {
					st.CrashAt(1)
				}
			}
			a.reopen(w)
			if _, err := a.Verify(context.Background(), nil); err == nil {
				t.Fatal("no kill")
			}
			st = st.Reopen(false)
			a.st, a.cfg.OnWrite = st, nil
			a.reopen(w)
		}
		problems, err := a.Verify(context.Background(), nil)
		if err != nil || len(problems) != 0 {
			t.Errorf("kill %v: verify: %+v, %v", kill, problems, err)
		}
		if diff := cmp.Diff(b.dump(t), a.dump(t)); diff != "" {
			t.Errorf("kill %v: books differ:\n%s", kill, diff)
		}
		a.reopen(w)
		if diff := cmp.Diff(b.dump(t), a.dump(t)); diff != "" {
			t.Errorf("kill %v: books differ after a start:\n%s", kill, diff)
		}
	}
}

// TestTR5_AForkThatPassesIsNone: once the evidence of a fork is judged anew and
// passes, the repo tells of none, also without a start (adr 0092).
func TestTR5_AForkThatPassesIsNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 162)
	a, b := w.device(w.w.Founder), w.device(w.w.Join(chartertest.RoleMarketing, chartertest.Sales, "x"))
	w.charter(a)
	id := w.create(b, set("f:name", "甲"))
	if err := w.push(b); err != nil {
		t.Fatal(err)
	}
	rec := w.log[len(w.log)-1]
	hash := canon.Hash(sha256.Sum256(rec.Encode()))
	evidence := canon.MustMarshal(struct {
		Doc   canon.DocID `cbor:"1,keyasint"`
		Code  wire.Code   `cbor:"2,keyasint"`
		Rule  string      `cbor:"3,keyasint"`
		Kind  string      `cbor:"4,keyasint"`
		Time  int64       `cbor:"5,keyasint"`
		ID    canon.Hash  `cbor:"6,keyasint"`
		Bytes []byte      `cbor:"7,keyasint"`
	}{id, wire.CodeCharterFork, "TR5", "record", 1, rec.Envelope.ID(w.w.ID), rec.Encode()})
	err := a.st.Update(store.Synced, func(tx store.Tx) error { return tx.Put(store.QuarantineKey(id, hash), evidence) })
	if err != nil {
		t.Fatal(err)
	}
	if a.reopen(w); !a.Forked() {
		t.Fatal("no fork is told after a start")
	}
	if problems, err := a.Verify(t.Context(), nil); err != nil || len(problems) != 0 || a.Forked() {
		t.Errorf("judged anew: %+v, %v, forked %v", problems, err, a.Forked())
	}
	if got := a.value(t, id, "f:name"); got != "甲" {
		t.Errorf("it did not come in: %q", got)
	}
}
