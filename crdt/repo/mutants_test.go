package repo_test

import (
	"errors"
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/crdttest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

func newCore(actor canon.ActorID) (gatetest.Core, error) { return crdttest.New(actor) }

// accepting is the door that a batch or a pack comes in by: Accept, and then
// the shared text of what changed, which is read with the C core.
func accepting(t *testing.T, s *gatetest.Scene, item func(*wire.LogRecord) wire.Item) gatetest.Door {
	t.Helper()
	d, _ := receiver(t, s)
	seq := uint64(1000)
	return func(list []wire.Envelope) []wire.Code {
		items := make([]wire.Item, len(list))
		for i := range list {
			seq++
			items[i] = item(placedAt(s, seq, list[i]))
		}
		res, err := d.Accept(t.Context(), items, wire.Cursor{Log: wire.LogID{1}, Seq: seq, ID: canon.Hash{1}})
		if err != nil {
			t.Fatalf("accept: %v", err)
		}
		refused := map[canon.Hash]wire.Code{}
		for _, r := range res.Refused {
			refused[r.ID] = r.Code
		}
		if res.Records+len(res.Refused) != len(list) || len(res.Changed) != res.Records {
			t.Fatalf("%d came, %d entered, %d refused, %d documents changed", len(list), res.Records, len(res.Refused), len(res.Changed))
		}
		return answers(t, s, d.Repo, list, refused)
	}
}

// answers reads what was let in with the C core of the shipped path.
func answers(t *testing.T, s *gatetest.Scene, r *repo.Repo, list []wire.Envelope, refused map[canon.Hash]wire.Code) []wire.Code {
	t.Helper()
	out := make([]wire.Code, len(list))
	for i := range list {
		if out[i] = refused[list[i].ID(s.W.ID)]; out[i] != "" {
			continue
		}
		out[i] = wire.CodeAccepted
		v, err := r.Read(list[i].Body.Doc)
		if err != nil {
			t.Fatalf("read what passed: %v", err)
		}
		if _, ok := v.Get("n:memo"); !ok {
			continue
		}
		if _, err := r.Text(v, "n:memo"); err != nil {
			t.Fatalf("the core reads what passed: %v", err)
		}
	}
	return out
}

func TestAT58_MutantsInBatches(t *testing.T) {
	t.Parallel()
	gatetest.Attack(t, gate.Whole, newCore, func(t *testing.T, s *gatetest.Scene) gatetest.Door {
		t.Helper()
		return accepting(t, s, func(r *wire.LogRecord) wire.Item { return wire.Item{Record: r} })
	})
}

func TestAT58_MutantsInPacks(t *testing.T) {
	t.Parallel()
	gatetest.Attack(t, gate.Whole, newCore, func(t *testing.T, s *gatetest.Scene) gatetest.Door {
		t.Helper()
		return accepting(t, s, func(r *wire.LogRecord) wire.Item {
			packs, err := wire.MakePacks([]wire.LogRecord{*r})
			if err != nil || len(packs) != 1 {
				t.Fatalf("%d packs, %v", len(packs), err)
			}
			return wire.Item{Pack: packs[0]}
		})
	})
}

// TestPK5_MutantsInTheOwnStore: mutants that lie in the device's own store when
// a document is loaded.
func TestPK5_MutantsInTheOwnStore(t *testing.T) {
	t.Parallel()
	gatetest.Attack(t, gate.Stored, newCore, func(t *testing.T, s *gatetest.Scene) gatetest.Door {
		t.Helper()
		d, st := receiver(t, s)
		at := uint64(1000)
		return func(list []wire.Envelope) []wire.Code {
			err := st.Update(store.Lazy, func(tx store.Tx) error {
				for i := range list {
					at++
					if err := tx.Put(store.RecordKey(list[i].Body.Doc, at), placedAt(s, at, list[i]).Encode()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			r, err := repo.Open(st, d.cfg) // nothing of them is in memory
			if err != nil {
				t.Fatal(err)
			}
			refused := map[canon.Hash]wire.Code{}
			for i := range list {
				doc := list[i].Body.Doc
				if _, err := r.Read(doc); err != nil && !errors.Is(err, repo.ErrNoDocument) {
					t.Fatalf("read: %v", err)
				}
			}
			aside, err := r.Quarantined()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range aside {
				refused[p.ID] = p.Code
			}
			emptyQuarantine(t, st)
			return answers(t, s, r, list, refused)
		}
	})
}

// emptyQuarantine keeps a long run short.
func emptyQuarantine(t *testing.T, st store.Store) {
	t.Helper()
	var keys [][]byte
	err := st.View(func(tx store.Tx) error {
		return tx.Keys(store.Quarantine(), nil, func(k []byte) error { keys = append(keys, slices.Clone(k)); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	err = st.Update(store.Lazy, func(tx store.Tx) error {
		for _, k := range keys {
			if err := tx.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
