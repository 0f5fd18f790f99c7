package gate_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// history makes random changes of one document that must all pass: devices see
// different parts of it, begin new incarnations, seal, settle, import, tag and
// type.
type history struct {
	t       testing.TB
	s       *gatetest.Scene
	r       *rand.Rand
	doc     *gate.Doc
	devices []*chartertest.Device
	heads   [][]canon.Hash // after each change
	actors  map[canon.DeviceID]canon.ActorID
	seen    map[canon.DeviceID]int // the device's actor's last change
	records []wire.LogRecord
}

func newHistory(tb testing.TB, s *gatetest.Scene, seed uint64) *history {
	tb.Helper()
	h := &history{
		t: tb, s: s, r: rand.New(rand.NewPCG(seed, 7)), doc: gate.NewDoc(canon.DocID(s.W.Random16())),
		devices: []*chartertest.Device{s.Founder, s.Buyer, s.Sales, s.Service},
		actors:  map[canon.DeviceID]canon.ActorID{}, seen: map[canon.DeviceID]int{},
	}
	h.add(s.Founder, s.Create(s.Founder, "create",
		changetest.Str("f:name", "客户"), changetest.Str("s:owner", s.Sales.Member.String()), changetest.Str("s:department", "sales")))
	return h
}

func (h *history) add(d *chartertest.Device, c *change.Change) {
	h.t.Helper()
	e := h.s.Envelope(d, h.doc.ID(), c)
	j, refused := gate.Judge(h.s.W.Log, h.s.Head().Seq, h.doc, &e)
	if refused != nil {
		h.t.Fatalf("change %d of %d operations: %v %v", len(h.records), c.NumOps(), refused, refused.Keys)
	}
	h.doc.Enter(j)
	h.actors[d.Device()], h.seen[d.Device()] = c.Actor, len(h.heads)
	h.heads = append(h.heads, h.doc.State().Heads())
	seq := uint64(len(h.records)) + 1
	h.records = append(h.records, wire.LogRecord{Seq: seq, Time: int64(seq), C: h.s.Head().Seq, Envelope: e})
}

// next is a random change that must pass, by a device that has seen up to some
// earlier change.
func (h *history) next() (*chartertest.Device, *change.Change) {
	d := h.devices[h.r.IntN(len(h.devices))]
	// Not too far back, or one key would get more live values than are allowed.
	at := max(0, len(h.heads)-1-h.r.IntN(4))
	actor, ok := h.actors[d.Device()]
	if !ok || h.seen[d.Device()] > at || h.r.IntN(20) == 0 {
		var inc canon.Incarnation
		for i := range inc {
			inc[i] = byte(h.r.Uint32())
		}
		actor = d.Device().Actor(inc)
	}
	message, puts := h.s.RandomPuts(h.r, h.doc.ID(), h.doc.State(), d, h.heads[at])
	if len(puts) == 0 {
		if at = len(h.heads) - 1; d != h.s.Service {
			if actor != h.actors[d.Device()] && h.seen[d.Device()] > at {
				actor = d.Device().Actor(canon.Incarnation{})
			}
			return d, changetest.Type(h.t, h.doc.State(), actor, "edit", "n:memo", "备忘录"+strconv.Itoa(h.r.IntN(99)))
		}
		puts = append(puts, changetest.Str(h.s.EntryKey(d, "service"), "x"))
	}
	return d, changetest.EditAt(h.t, h.doc.State(), h.heads[at], actor, message, puts...)
}

func envInt(name string, standard int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return standard
}

// coreLoads tells whether the C core takes the chunks of the records, and is at
// the same heads as the gate.
func coreLoads(records []wire.LogRecord, extra [][]byte, heads []canon.Hash) error {
	d, err := crdt.New(canon.ActorID{})
	if err != nil {
		return err
	}
	defer d.Close()
	var chunks [][]byte
	for i := range records {
		chunks = append(chunks, records[i].Envelope.Body.Chunks...)
	}
	if err := d.Apply(append(chunks, extra...)...); err != nil {
		return err
	}
	got := d.Heads()
	slices.SortFunc(got, func(a, b canon.Hash) int { return bytes.Compare(a[:], b[:]) })
	if !slices.Equal(got, heads) {
		return fmt.Errorf("core has heads %v, gate %v", got, heads)
	}
	return nil
}

// TestPK3_PackEqualsOneByOne also proves that random valid histories pass, that
// the cache decides like a replay (GA21), and that the core agrees (GA10).
func TestPK3_PackEqualsOneByOne(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 20)
	total := 0
	for seed := range uint64(envInt("TONGCE_HISTORIES", 25)) {
		h := newHistory(t, s, seed)
		for range 10 + h.r.IntN(50) {
			d, c := h.next()
			h.add(d, c)
		}
		total += len(h.records)
		one, err := h.doc.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		packs, err := wire.MakePacks(h.records)
		if err != nil {
			t.Fatal(err)
		}
		doc := gate.NewDoc(h.doc.ID())
		for _, b := range packs {
			p, err := wire.ReadPack(b)
			if err != nil {
				t.Fatal(err)
			}
			half := len(p.Records) / 2
			for _, part := range [][]wire.LogRecord{p.Records[:half], p.Records[half:]} {
				next, passed, refused := gate.JudgePack(s.W.Log, doc, part, gate.Whole)
				if refused != nil || len(passed) != len(part) {
					t.Fatalf("seed %d: %v", seed, refused)
				}
				// Through the cache and on.
				cache, err := next.MarshalBinary()
				if err != nil {
					t.Fatal(err)
				}
				if doc, err = gate.UnmarshalDoc(cache); err != nil {
					t.Fatalf("seed %d: %v", seed, err)
				}
			}
		}
		packed, err := doc.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(one, packed) {
			t.Fatalf("seed %d: a pack gives another document than its records", seed)
		}
		if err := coreLoads(h.records, nil, doc.State().Heads()); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	t.Logf("%d changes passed", total)
}

func TestPK3_AT75_FirstBadRecordIsNamed(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 21)
	h := newHistory(t, s, 1)
	for range 20 {
		d, c := h.next()
		h.add(d, c)
	}
	for name, tc := range map[string]struct {
		edit  func([]wire.LogRecord) []wire.LogRecord
		code  wire.Code
		index int
		depth gate.Depth
	}{
		"signature dropped (AT75)": {func(r []wire.LogRecord) []wire.LogRecord {
			r[7].Envelope.Signature = make([]byte, 64)
			return r
		}, wire.CodeBadSignature, 7, gate.Whole},
		"author swapped (AT75)": {func(r []wire.LogRecord) []wire.LogRecord {
			r[0].Envelope.Body.Device = s.Sales.Device()
			return r
		}, wire.CodeActorForeign, 0, gate.Unsigned},
		"record left out": {func(r []wire.LogRecord) []wire.LogRecord {
			return r[1:]
		}, wire.CodeMissingDeps, 0, gate.Whole},
		"charter of the place unknown": {func(r []wire.LogRecord) []wire.LogRecord {
			r[5].C += 50
			return r
		}, wire.CodeCharterBehind, 5, gate.Whole},
		"named head after the place": {func(r []wire.LogRecord) []wire.LogRecord {
			r[0].C--
			return r
		}, wire.CodeCharterBehind, 0, gate.Whole},
	} {
		records := slices.Clone(h.records)
		doc := gate.NewDoc(h.doc.ID())
		_, _, refused := gate.JudgePack(s.W.Log, doc, tc.edit(records), tc.depth)
		if refused == nil || refused.Code != tc.code || refused.Index != tc.index {
			t.Errorf("%s: got %+v, want %s at %d", name, refused, tc.code, tc.index)
		}
		if doc.Exists() {
			t.Errorf("%s: the document changed", name)
		}
	}
}

func TestPK3_NamedHeadNeverFalls(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 22)
	old := s.Head()
	first := s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "1"))
	s.W.Join(charter.RoleColleague, chartertest.Sales, "钱一")
	s.Accept(s.Sales, s.Customer, first)
	b := s.Body(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "2")))
	b.CharterSeq, b.CharterHash = old.Seq, old.Hash
	e := s.Sign(s.Sales, b)
	_, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e)
	refusedAs(t, refused, wire.CodeBadChange, "PK3")
	if seq, c := s.Customer.Named(s.Sales.Device()); seq != s.Head().Seq || c != s.Head().Seq {
		t.Errorf("named %d at %d, want %d", seq, c, s.Head().Seq)
	}
	// The same by who has not named the newer head yet.
	b = s.Body(s.Founder, s.Customer.ID(), s.Edit(s.Founder, s.Customer, "edit", changetest.Str("f:remark", "2")))
	b.CharterSeq, b.CharterHash = old.Seq, old.Hash
	e = s.Sign(s.Founder, b)
	if _, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e); refused != nil {
		t.Error(refused)
	}
}

func TestGA1_JudgedAtThePlaceInTheLog(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 23)
	e := s.Envelope(s.Buyer, s.Customer.ID(), s.Edit(s.Buyer, s.Customer, "edit", changetest.Str("f:remark", "x")))
	before := s.Head().Seq
	s.W.Promote(s.Buyer, chartertest.RoleAuditor)
	if _, refused := gate.Judge(s.W.Log, before, s.Customer, &e); refused != nil {
		t.Errorf("before the rights shrank: %v", refused)
	}
	_, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e)
	refusedAs(t, refused, wire.CodeRowDenied, "GA13")
}

func TestLV1_AT52_AT53_CutHoldsWhereverTheEnvelopeLies(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 24)
	edit := func(n uint64) wire.Envelope {
		b := s.Body(s.Buyer, s.Customer.ID(), s.Edit(s.Buyer, s.Customer, "edit", changetest.Str("f:remark", "x")))
		b.N = n
		return s.Sign(s.Buyer, b)
	}
	below, above := edit(7), edit(8)
	before := s.Head().Seq
	s.W.Revoke(s.Buyer, 7, charter.ReasonStolen)
	if _, refused := gate.Judge(s.W.Log, before, s.Customer, &below); refused != nil {
		t.Errorf("below the cut: %v", refused)
	}
	// AT53: a relay that places it before the revocation.
	_, refused := gate.Judge(s.W.Log, before, s.Customer, &above)
	refusedAs(t, refused, wire.CodeDenied, "GA6")
	_, refused = gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &above)
	refusedAs(t, refused, wire.CodeDenied, "GA6")
}

func TestKY6_AT32_SealedBeforeTheRotation(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 25)
	value := s.Sealed(s.Sales, s.Customer.ID(), "f:mobile", "13900000000")
	e := s.Envelope(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Put{Key: "f:mobile", Value: value}))
	s.W.Must(s.W.Rotation(s.Founder, "contact"), s.Founder)
	if _, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e); refused != nil {
		t.Errorf("AT32: under the old head: %v", refused)
	}
	again := s.Envelope(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Put{Key: "f:mobile", Value: value}))
	_, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &again)
	refusedAs(t, refused, wire.CodeSealStale, "GA14")
}

func TestEN1_AT2_AnotherWorkspace(t *testing.T) {
	t.Parallel()
	s, other := gatetest.New(t, 26), gatetest.New(t, 26) // the same device keys, another genesis
	if s.Sales.Device() != other.Sales.Device() || s.W.ID == other.W.ID {
		t.Fatal("scene")
	}
	e := s.Envelope(s.Sales, canon.DocID{1}, s.Create(s.Sales, "create", changetest.Str("s:owner", s.Sales.Member.String())))
	_, refused := gate.Judge(other.W.Log, other.Head().Seq, gate.NewDoc(canon.DocID{1}), &e)
	refusedAs(t, refused, wire.CodeBadSignature, "GA7")
}

func TestGA5_AT70_OperationsAndKeys(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 27)
	puts := func(n int) []changetest.Put {
		out := make([]changetest.Put, n)
		for i := range out {
			out[i] = changetest.Put{Key: "k:" + canon.Text16(s.W.Random16())}
		}
		return out
	}
	c := s.Edit(s.Founder, s.Customer, "edit", puts(change.MaxOps+1)...)
	_, refused := judge(s, s.Envelope(s.Founder, s.Customer.ID(), c))
	if refused == nil || refused.Code != wire.CodeTooLarge {
		t.Errorf("AT70: 2,001 operations: got %v", refused)
	}
	for s.Customer.State().Changes() < 100 {
		left := change.MaxKeys - len(s.Customer.State().Keys())
		if left == 0 {
			break
		}
		s.Accept(s.Founder, s.Customer, s.Edit(s.Founder, s.Customer, "edit", puts(min(left, 700))...))
	}
	_, refused = judge(s, s.Envelope(s.Founder, s.Customer.ID(), s.Edit(s.Founder, s.Customer, "edit", puts(1)...)))
	refusedAs(t, refused, wire.CodeDocFull, "GA15")
	// Rights come before limits.
	_, refused = judge(s, s.Envelope(s.Other, s.Customer.ID(), s.Edit(s.Other, s.Customer, "edit", puts(1)...)))
	refusedAs(t, refused, wire.CodeRowDenied, "GA13")
}

func TestAT71_ClockIn1970Passes(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 28)
	c := changetest.Forge(t, s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "x")), func(c *change.Change) { c.Time = 0 })
	if _, refused := judge(s, s.Envelope(s.Sales, s.Customer.ID(), c)); refused != nil {
		t.Error(refused)
	}
}

func TestStoredDepthKeepsTheCoreSafe(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 29)
	skipped := map[string]bool{"GA6": true, "GA7": true, "GA13": true, "GA14": true, "GA16": true}
	for _, tc := range gatetest.Cases() {
		e := tc.Build(s)
		_, refused := gate.JudgeAt(s.W.Log, s.Head().Seq, s.Doc(e.Body.Doc), &e, gate.Stored)
		if skipped[tc.Rule] {
			continue
		}
		if refused == nil || refused.Code != tc.Code {
			t.Errorf("%s: got %v", tc.Name, refused)
		}
	}
}

func TestSeveralChangesOfOneEnvelope(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 30)
	doc := gate.NewDoc(canon.DocID(s.W.Random16()))
	tmp := doc.Clone()
	first := s.Create(s.Sales, "create", changetest.Str("s:owner", s.Sales.Member.String()))
	e := s.Envelope(s.Sales, doc.ID(), first)
	j, refused := gate.Judge(s.W.Log, s.Head().Seq, tmp, &e)
	if refused != nil {
		t.Fatal(refused)
	}
	tmp.Enter(j)
	second := s.Edit(s.Sales, tmp, "edit", changetest.Str("f:name", "x"))
	both := s.Envelope(s.Sales, doc.ID(), first, second)
	j, refused = gate.Judge(s.W.Log, s.Head().Seq, doc, &both)
	if refused != nil {
		t.Fatal(refused)
	}
	if doc.Exists() {
		t.Error("judging entered the changes")
	}
	doc.Enter(j)
	if doc.State().Changes() != 2 {
		t.Errorf("%d changes", doc.State().Changes())
	}
	swapped := s.Envelope(s.Sales, canon.DocID{7}, second, first)
	if _, refused := gate.Judge(s.W.Log, s.Head().Seq, gate.NewDoc(canon.DocID{7}), &swapped); refused == nil {
		t.Error("changes in the wrong order passed")
	}
}

func TestGA13_TextNeedsWriteOnItsField(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 31)
	typed := func(d *chartertest.Device) *gate.Refusal {
		c := changetest.Type(t, s.Customer.State(), s.Actor(d), "edit", "n:memo", "好")
		_, refused := judge(s, s.Envelope(d, s.Customer.ID(), c))
		return refused
	}
	if refused := typed(s.Sales); refused != nil {
		t.Errorf("with write on base: %v", refused)
	}
	refused := typed(s.Service)
	refusedAs(t, refused, wire.CodeFieldDenied, "GA13")
	if !slices.Equal(refused.Keys, []string{"n:memo"}) {
		t.Errorf("keys %v", refused.Keys)
	}
}

// TestWorkIsBounded has the most costly change that the limits allow: it must
// not stop a relay.
func TestWorkIsBounded(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 32)
	base := s.Customer.State().Heads()
	for range 5 {
		var puts []changetest.Put
		for range 900 {
			puts = append(puts, changetest.Str("r:name:"+canon.Text16(s.W.Random16()), "x"))
		}
		s.Accept(s.Founder, s.Customer, s.Edit(s.Founder, s.Customer, "edit", puts...))
	}
	live, err := s.Customer.State().Live("f:name", nil)
	if err != nil {
		t.Fatal(err)
	}
	var puts []changetest.Put
	for range change.MaxOps {
		puts = append(puts, changetest.Put{Key: "c:name", Value: change.Bytes(gate.EncodeSettled([]change.OpID{live[0].ID}))})
	}
	c := changetest.EditAt(t, s.Customer.State(), base, s.Sales.Device().Actor(canon.Incarnation{1}), "edit", puts...)
	e := s.Envelope(s.Sales, s.Customer.ID(), c)
	start := time.Now()
	if _, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e); refused != nil {
		t.Fatal(refused)
	}
	if spent := time.Since(start); spent > 2*time.Second {
		t.Errorf("%v for one change", spent)
	} else {
		t.Logf("%v for one change of 2,000 settlements over 4,500 rows", spent)
	}
}

func TestPK3_SignaturesLater(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 33)
	records := s.Records()[:3]
	doc, passed, refused := gate.JudgePack(s.W.Log, gate.NewDoc(s.Customer.ID()), records, gate.Unsigned)
	if refused != nil || len(passed) != 3 || !doc.Exists() {
		t.Fatal(refused)
	}
	for i := range records {
		if refused := gate.VerifySignature(s.W.Log, records[i].C, &records[i].Envelope); refused != nil {
			t.Errorf("record %d: %v", i, refused)
		}
	}
	bad := records[1].Envelope
	bad.Body.N++
	refusedAs(t, gate.VerifySignature(s.W.Log, records[1].C, &bad), wire.CodeBadSignature, "GA7")
	refusedAs(t, gate.VerifySignature(s.W.Log, records[1].C+99, &bad), wire.CodeCharterBehind, "GA3")
	bad.Body.Device = s.Stranger.Device()
	refusedAs(t, gate.VerifySignature(s.W.Log, records[1].C, &bad), wire.CodeDenied, "GA6")

	// The same number for two envelopes of one author.
	b := s.Body(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "x")))
	b.N = records[0].Envelope.Body.N
	again := append(slices.Clone(records), wire.LogRecord{Seq: 9, C: s.Head().Seq, Envelope: s.Sign(s.Sales, b)})
	_, _, twice := gate.JudgePack(s.W.Log, gate.NewDoc(s.Customer.ID()), again, gate.Whole)
	if twice == nil || twice.Code != wire.CodeCounterUsed || twice.Index != 3 {
		t.Errorf("number used twice: got %+v", twice)
	}
	var asError error = twice
	if r := new(gate.Refusal); !errors.As(asError, &r) || r.Code != wire.CodeCounterUsed || r.Error() == "" {
		t.Errorf("as an error: %v", r)
	}
}

// TestGA21_FoldedJudgesAlike compares what the gate says of random changes and
// of damaged ones with what it says of them without the document's old changes.
func TestGA21_FoldedJudgesAlike(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 22)
	m := changetest.NewMutator(uint64(envInt("TONGCE_SEED", 1)))
	said, forgot, folds := map[wire.Code]int{}, 0, 0
	for seed := range uint64(envInt("TONGCE_HISTORIES", 25)) {
		h := newHistory(t, s, seed+100)
		folded := h.doc
		for range 60 {
			d, c := h.next()
			asked := []*change.Change{c}
			for range 3 {
				if x, err := change.Read(m.Mutate(changetest.Chunk(t, c))); err == nil {
					asked = append(asked, x)
				}
			}
			for i, x := range asked {
				who := d
				if i == 3 {
					who = h.devices[h.r.IntN(len(h.devices))]
				}
				e := s.Envelope(who, h.doc.ID(), x)
				_, want := gate.JudgeUnordered(s.W.Log, s.Head().Seq, h.doc, &e)
				_, got := gate.JudgeUnordered(s.W.Log, s.Head().Seq, folded, &e)
				switch {
				case folded.Forgot(got):
					forgot++
				case (want == nil) != (got == nil) || want != nil && (want.Code != got.Code || want.Rule != got.Rule || !slices.Equal(want.Keys, got.Keys)):
					t.Fatalf("seed %d: %v, whole %v", seed, got, want)
				case want != nil:
					said[want.Code]++
				}
			}
			h.add(d, c)
			if folded = h.doc.Fold(1 + h.r.IntN(4)); folded != h.doc {
				folds++
			}
		}
	}
	t.Logf("folded %d times, forgot %d, refused alike %v", folds, forgot, said)
	if folds == 0 || forgot == 0 || len(said) < 4 {
		t.Error("the histories say nothing")
	}
}
