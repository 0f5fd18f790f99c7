package gate_test

import (
	"bytes"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// TestAT58_PackMutants damages packs (gatetest.Attack sends damaged changes
// through every door), their chunks under a right checksum or the
// pack's own bytes. Signatures are left out, as a device may do before the first
// list is shown: structure alone must keep the core safe (PK3).
func TestAT58_PackMutants(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 41)
	seed := uint64(envInt("TONGCE_SEED", 1))
	n := envInt("TONGCE_MUTANTS", 10000) / 2
	h := newHistory(t, s, seed)
	for range 6 {
		d, c := h.next()
		h.add(d, c)
	}
	packs, err := wire.MakePacks(h.records)
	if err != nil {
		t.Fatal(err)
	}
	m := changetest.NewMutator(seed)
	unread, passed, refused := 0, 0, map[wire.Code]int{}
	for i := range n {
		b := bytes.Clone(packs[0])
		if i%2 == 0 {
			b[h.r.IntN(len(b))] ^= 1 << h.r.IntN(8)
		} else {
			records := append([]wire.LogRecord(nil), h.records...)
			at := h.r.IntN(len(records))
			records[at].Envelope.Body.Chunks = [][]byte{m.Mutate(records[at].Envelope.Body.Chunks[0])}
			made, err := wire.MakePacks(records)
			if err != nil {
				unread++
				continue
			}
			b = made[0]
		}
		p, err := wire.ReadPack(b)
		if err != nil {
			unread++
			continue
		}
		if p.Doc != h.doc.ID() {
			continue // a device looks the document up by the pack's id
		}
		doc, _, r := gate.JudgePack(s.W.Log, gate.NewDoc(p.Doc), p.Records, gate.Unsigned)
		if r != nil {
			refused[r.Code]++
			continue
		}
		passed++
		if err := coreLoads(p.Records, nil, doc.State().Heads()); err != nil {
			t.Fatalf("seed %d, mutant %d passed, the core says: %v", seed, i, err)
		}
	}
	if passed == 0 || unread == 0 || refused[wire.CodeCorrupt] == 0 {
		t.Errorf("the mutants do not reach what they should: unread %d, passed %d, refused %v", unread, passed, refused)
	}
	t.Logf("seed %d: %d mutants, %d not read, %d passed and loaded, refused %v", seed, n, unread, passed, refused)
}

func FuzzJudge(f *testing.F) {
	s := gatetest.New(f, 42)
	for _, e := range s.History {
		for _, c := range e.Body.Chunks {
			f.Add(changetest.Body(c))
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		chunk := changetest.Repair(body)
		if len(chunk) > wire.MaxChunk {
			return
		}
		e := s.History[0]
		e.Body.Chunks = [][]byte{chunk}
		for _, doc := range []*gate.Doc{s.Customer, gate.NewDoc(s.Customer.ID())} {
			if j, refused := gate.JudgeAt(s.W.Log, s.Head().Seq, doc, &e, gate.Unsigned); refused == nil {
				again, err := change.Encode(*j.Changes[0])
				if err != nil || !bytes.Equal(again, chunk) {
					t.Fatal("passed and encodes to something else")
				}
			}
		}
	})
}

func BenchmarkJudgeEdit(b *testing.B) {
	s := gatetest.New(b, 43)
	e := s.Envelope(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "另一个备注")))
	for b.Loop() {
		if _, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e); refused != nil {
			b.Fatal(refused)
		}
	}
}

func benchCreate(b *testing.B) (*gatetest.Scene, wire.Envelope) {
	b.Helper()
	s := gatetest.New(b, 44)
	id := canon.DocID(s.W.Random16())
	puts := []changetest.Put{
		changetest.Str("s:owner", s.Buyer.Member.String()), changetest.Str("s:department", "finance"),
		{Key: "f:mobile", Value: s.Sealed(s.Founder, id, "f:mobile", "13812345678")},
		{Key: "f:phone", Value: s.Sealed(s.Founder, id, "f:phone", "02112345678")},
		{Key: "f:contact", Value: s.Sealed(s.Founder, id, "f:contact", "张三")},
		{Key: "f:email", Value: s.Sealed(s.Founder, id, "f:email", "a@example.com")},
		{Key: "f:bank_account", Value: s.Sealed(s.Founder, id, "f:bank_account", "6222021234567890")},
	}
	for _, f := range []string{
		"name", "uscc", "industry", "province", "city", "district", "address", "source", "founded", "owner", "department",
		"remark", "level", "contract_no", "contract_end", "contract_amount", "stage", "next_contact",
	} {
		puts = append(puts, changetest.Str("f:"+f, "华东机械设备有限公司"))
	}
	return s, s.Envelope(s.Buyer, id, s.Create(s.Buyer, "import:b1", puts...))
}

func BenchmarkJudgeCreate25(b *testing.B) {
	s, e := benchCreate(b)
	doc := gate.NewDoc(e.Body.Doc)
	for b.Loop() {
		if _, refused := gate.Judge(s.W.Log, s.Head().Seq, doc, &e); refused != nil {
			b.Fatal(refused)
		}
	}
}

// BenchmarkJudgeCreate25Unsigned is what a first sync does before the first list.
func BenchmarkJudgeCreate25Unsigned(b *testing.B) {
	s, e := benchCreate(b)
	records := []wire.LogRecord{{Seq: 1, C: s.Head().Seq, Envelope: e}}
	for b.Loop() {
		if _, _, refused := gate.JudgePack(s.W.Log, gate.NewDoc(e.Body.Doc), records, gate.Unsigned); refused != nil {
			b.Fatal(refused)
		}
	}
}
