package repo_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// receiver is the founder's device with the history of the scene.
func receiver(t *testing.T, s *gatetest.Scene) (*device, *memstore.Store) {
	t.Helper()
	st := memstore.New()
	d := &device{st: st, d: s.Founder, cfg: repo.Config{
		Workspace: s.W.ID, Signer: s.Founder, Rand: s.W.Rand(), Now: func() time.Time { return time.Unix(1_800_000_000, 0) },
	}}
	r, err := repo.Open(st, d.cfg)
	if err != nil {
		t.Fatal(err)
	}
	d.Repo = r
	for _, rec := range s.W.Log.All() {
		b, err := charter.EncodeRecord(rec)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.AddStatements(b); err != nil {
			t.Fatal(err)
		}
	}
	var items []wire.Item
	for i, e := range s.History {
		items = append(items, wire.Item{Record: placedAt(s, uint64(i)+1, e)})
	}
	next := wire.Cursor{Log: wire.LogID{1}, Seq: uint64(len(items)), ID: canon.Hash{1}}
	if res, err := d.Accept(t.Context(), items, next); err != nil || len(res.Refused) != 0 || res.Records != len(items) {
		t.Fatalf("history: %+v, %v", res, err)
	}
	return d, st
}

func placedAt(s *gatetest.Scene, seq uint64, e wire.Envelope) *wire.LogRecord {
	return &wire.LogRecord{Seq: seq, Time: 1, C: s.W.State().Head().Seq, Envelope: e}
}

// TestDoors: every case of the gate's list at the doors of a device, where a
// relay let it pass: in a batch and in a pack. Nothing of it is shown, it is
// kept apart and named for a report (GA4), and the document goes on.
func TestDoors(t *testing.T) { //nolint:tparallel // one device, one case after another
	t.Parallel()
	s := gatetest.New(t, 90)
	for _, door := range []string{"batch", "pack"} {
		d, _ := receiver(t, s)
		before, tried := d.dump(t), map[string]bool{}
		seq := uint64(1000)
		for _, c := range gatetest.Cases() {
			t.Run(door+"/"+c.Name, func(t *testing.T) {
				e := c.Build(s)
				seq++
				item := wire.Item{Record: placedAt(s, seq, e)}
				want := wire.Refused{ID: e.ID(s.W.ID), Code: c.Code}
				if door == "pack" {
					b := gatetest.Pack(*item.Record)
					if packs, err := wire.MakePacks([]wire.LogRecord{*item.Record}); (err != nil) != c.Unreadable || err == nil && !bytes.Equal(b, packs[0]) {
						t.Fatalf("the pack is not what wire writes: %v", err)
					}
					item = wire.Item{Pack: b}
					if c.Unreadable { // nor is there an envelope that could be named
						want.ID = canon.Hash{}
					}
				}
				tried[c.Rule] = true
				known := len(problems(t, d))
				res, err := d.Accept(t.Context(), []wire.Item{item}, wire.Cursor{Log: wire.LogID{1}, Seq: seq, ID: canon.Hash{1}})
				if err != nil {
					t.Fatalf("accept: %v", err)
				}
				if c.Code == wire.CodeErased { // ER1: nothing of it is kept
					if len(res.Refused) != 0 || len(problems(t, d)) != known {
						t.Errorf("kept of an erased customer: %+v", res)
					}
				} else if len(res.Refused) != 1 || res.Refused[0] != want || len(problems(t, d)) != known+1 {
					t.Errorf("got %+v, want %s", res.Refused, c.Code)
				}
				if res.Records != 0 || len(res.Changed) != 0 {
					t.Errorf("entered: %+v", res)
				}
			})
		}
		for n := 5; n <= 16; n++ {
			if rule := fmt.Sprint("GA", n); !tried[rule] {
				t.Errorf("%s: %s was not tried", door, rule)
			}
		}
		if diff := cmp.Diff(before, d.dump(t)); diff != "" {
			t.Errorf("%s: the book changed: %s", door, diff)
		}
		if p, err := d.Verify(t.Context(), nil); err != nil || len(p) != len(problems(t, d)) {
			t.Errorf("%s: verify finds more than what was set aside: %d, %v", door, len(p), err)
		}
	}
}

// TestDoorOfTheOwnStore: GA8-GA12 and GA15 also for what lies in the own store,
// whenever a document is loaded (PK5).
func TestDoorOfTheOwnStore(t *testing.T) { //nolint:tparallel // a scene numbers its envelopes in order
	t.Parallel()
	s := gatetest.New(t, 91)
	tried := map[string]bool{}
	for _, c := range gatetest.Cases() {
		if c.Unreadable || !slices.Contains([]string{"GA8", "GA9", "GA10", "GA11", "GA12", "GA15"}, c.Rule) {
			continue
		}
		tried[c.Rule] = true
		t.Run(c.Name, func(t *testing.T) {
			e := c.Build(s)
			d, st := receiver(t, s)
			before := d.dump(t)
			err := st.Update(store.Synced, func(tx store.Tx) error {
				return tx.Put(store.RecordKey(e.Body.Doc, 900), placedAt(s, 900, e).Encode())
			})
			if err != nil {
				t.Fatal(err)
			}
			r, err := repo.Open(st, d.cfg)
			if err != nil {
				t.Fatal(err)
			}
			d.Repo = r
			if diff := cmp.Diff(before, d.dump(t)); diff != "" {
				t.Errorf("the book changed: %s", diff)
			}
			p := problems(t, d)
			if len(p) != 1 || p[0].Code != c.Code || p[0].Doc != e.Body.Doc || p[0].ID != e.ID(s.W.ID) {
				t.Errorf("quarantine: got %+v, want %s", p, c.Code)
			}
		})
	}
	if len(tried) != 6 {
		t.Errorf("only %d rules were tried", len(tried))
	}
}
