package gate_test

import (
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
)

func TestPK3_PlaceNeverFalls(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 50)
	old := s.Head()
	edit := func(d *chartertest.Device) wire.Envelope {
		b := s.Body(d, s.Customer.ID(), s.Edit(d, s.Customer, "edit", changetest.Str("f:remark", "x")))
		b.CharterSeq, b.CharterHash = old.Seq, old.Hash
		return s.Sign(d, b)
	}
	s.W.Join(charter.RoleColleague, chartertest.Sales, "钱一")
	e := edit(s.Sales)
	j, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e)
	if refused != nil {
		t.Fatal(refused)
	}
	s.Customer.Enter(j)
	e = edit(s.Sales)
	_, refused = gate.Judge(s.W.Log, old.Seq, s.Customer, &e)
	refusedAs(t, refused, wire.CodeBadChange, "PK3")
	e = edit(s.Founder)
	if _, refused := gate.Judge(s.W.Log, old.Seq, s.Customer, &e); refused != nil {
		t.Errorf("another author: %v", refused)
	}
}

func TestGA5_AnotherDocument(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 51)
	e := s.Envelope(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "x")))
	other := s.Customer.Clone()
	if _, refused := gate.Judge(s.W.Log, s.Head().Seq, other, &e); refused != nil {
		t.Fatal(refused)
	}
	_, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Crowded, &e)
	refusedAs(t, refused, wire.CodeMalformed, "GA5")
}

func TestGA6_MemberWhoLeft(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 52)
	b := s.Body(s.Buyer, s.Customer.ID(), s.Edit(s.Buyer, s.Customer, "edit", changetest.Str("f:remark", "x")))
	e := s.Sign(s.Buyer, b)
	s.W.Revoke(s.Buyer, b.N, charter.ReasonLeft)
	if _, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e); refused != nil {
		t.Errorf("below the cut: %v", refused)
	}
	m, _ := s.W.State().Member(s.Buyer.Member)
	s.W.Must(&charter.MemberContent{ID: m.ID, Name: m.Name, Department: m.Department, Role: m.Role, Status: charter.StatusLeft}, s.Founder)
	_, refused := gate.Judge(s.W.Log, s.Head().Seq, s.Customer, &e)
	refusedAs(t, refused, wire.CodeDenied, "GA6")
}

func TestGA9_Kinds(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 53)
	id := canon.DocID(s.W.Random16())
	first := s.Create(s.Founder, "create", changetest.Str("f:name", "甲"))
	second := s.Create(s.Founder, "create", changetest.Str("f:name", "乙"))
	_, refused := judge(s, s.Envelope(s.Founder, id, first, second))
	refusedAs(t, refused, wire.CodeDocExists, "GA9")

	b := s.Body(s.Founder, id, first)
	b.Kind, b.Commitment = wire.KindChange, nil
	_, refused = judge(s, s.Sign(s.Founder, b))
	refusedAs(t, refused, wire.CodeMalformed, "GA9")

	b = s.Body(s.Founder, s.Customer.ID(), s.Edit(s.Founder, s.Customer, "edit", changetest.Str("f:name", "乙")))
	h := canon.Hash{1}
	b.Kind, b.Commitment = wire.KindCreate, &h
	_, refused = judge(s, s.Sign(s.Founder, b))
	refusedAs(t, refused, wire.CodeDocExists, "GA9")
}

func TestGA12_AlsoInTheOwnStore(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 54)
	for _, key := range []string{"n:mobile", "e:lookup:" + s.Founder.Member.String() + ":" + canon.Text16(s.W.Random16())} {
		c := s.Create(s.Founder, "create", changetest.Str("f:name", "甲"), changetest.Str(key, "x"))
		e := s.Envelope(s.Founder, canon.DocID(s.W.Random16()), c)
		for _, depth := range []gate.Depth{gate.Whole, gate.Unsigned, gate.Stored} {
			_, refused := gate.JudgeAt(s.W.Log, s.Head().Seq, gate.NewDoc(e.Body.Doc), &e, depth)
			refusedAs(t, refused, wire.CodeBadKey, "GA12")
			if !slices.Equal(refused.Keys, []string{key}) {
				t.Errorf("keys %v", refused.Keys)
			}
		}
	}
}

func TestGA13_EachSectionForItself(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 55)
	market := s.W.Join(chartertest.RoleMarketing, chartertest.Sales, "郑和")
	c := s.Edit(market, s.Customer, "edit", changetest.Str("f:remark", "1"), changetest.Str("f:city", "1"), changetest.Str("f:level", "1"), changetest.Str("f:contract_no", "1"))
	e := s.Envelope(market, s.Customer.ID(), c)
	for range 10 { // the keys are walked in any order
		_, refused := judge(s, e)
		refusedAs(t, refused, wire.CodeFieldDenied, "GA13")
		if !slices.Equal(refused.Keys, []string{"f:contract_no", "f:level"}) {
			t.Fatalf("keys %v", refused.Keys)
		}
	}
}

func TestGA13_KindsOfMessage(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 56)
	for message, want := range map[string]wire.Code{
		"merge:a": wire.CodeFieldDenied, "unmerge:a": wire.CodeFieldDenied, "import:a": wire.CodeFieldDenied,
		"edit": "", "bulk:a": "", "resolve": "", "undo:a": "",
	} {
		entry := changetest.Put{Key: s.EntryKey(s.Service, "service"), Value: change.Bytes([]byte{0x61, 0x78})}
		_, refused := judge(s, s.Envelope(s.Service, s.Customer.ID(), s.Edit(s.Service, s.Customer, message, entry)))
		if got := codeOf(refused); got != want {
			t.Errorf("%s: got %q, want %q", message, got, want)
		}
	}
}

func codeOf(r *gate.Refusal) wire.Code {
	if r == nil {
		return ""
	}
	return r.Code
}

func TestGA14_Edges(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 57)
	try := func(put changetest.Put) *gate.Refusal {
		_, refused := judge(s, s.Envelope(s.Founder, s.Customer.ID(), s.Edit(s.Founder, s.Customer, "edit", put)))
		return refused
	}
	sealed := func(key string, edit func(*seal.Plain)) changetest.Put {
		return changetest.Put{Key: key, Value: s.SealedAt(s.Founder, s.Customer.ID(), key, "1", 0, edit)}
	}
	entry := s.EntryKey(s.Founder, "service")
	for name, tc := range map[string]struct {
		put  changetest.Put
		want wire.Code
	}{
		"lookup version not existing": {sealed("f:mobile", func(p *seal.Plain) { p.Token.Lookup = 9 }), wire.CodeSealStale},
		"sealed null":                 {sealed("f:mobile", func(p *seal.Plain) { p.Full, p.Mask = nil, "" }), ""},
		"repeating field":             {sealed("r:mobile:"+canon.Text16(s.W.Random16()), nil), ""},
		"source text":                 {sealed("o:mobile", func(p *seal.Plain) { p.HasMask, p.Mask, p.Token = false, "", nil }), ""},
		"entry of 16 KiB":             {changetest.Put{Key: entry, Value: change.Bytes(make([]byte, change.MaxValue))}, ""},
		"entry over 16 KiB":           {changetest.Put{Key: entry, Value: change.Bytes(make([]byte, change.MaxValue+1))}, wire.CodeValueTooLarge},
		"bytes under s:":              {changetest.Put{Key: "s:stage", Value: change.Bytes([]byte{1})}, wire.CodeSealForbidden},
		"confirmed is never sealed":   {sealed("c:mobile", func(p *seal.Plain) { p.HasMask, p.Mask, p.Token = false, "", nil }), wire.CodeBadKey},
		"open null":                   {changetest.Put{Key: "f:remark"}, ""},
	} {
		if got := codeOf(try(tc.put)); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestPO6_SettleOtherKeysOfTheField(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 58)
	row := "r:contract_no:" + canon.Text16(s.W.Random16())
	s.Accept(s.Founder, s.Customer, s.Edit(s.Founder, s.Customer, "edit", changetest.Str("s:stage", "1"), changetest.Str(row, "2")))
	for key, of := range map[string]string{"c:stage": "s:stage", "c:contract_no": row} {
		live, err := s.Customer.State().Live(of, nil)
		if err != nil || len(live) != 1 {
			t.Fatal(live, err)
		}
		value := change.Bytes(gate.EncodeSettled([]change.OpID{live[0].ID}))
		c := s.Edit(s.Founder, s.Customer, "resolve", changetest.Put{Key: key, Value: value})
		if _, refused := judge(s, s.Envelope(s.Founder, s.Customer.ID(), c)); refused != nil {
			t.Errorf("%s: %v", key, refused)
		}
		c = s.Edit(s.Founder, s.Customer, "resolve", changetest.Put{Key: "c:name", Value: value})
		_, refused := judge(s, s.Envelope(s.Founder, s.Customer.ID(), c))
		refusedAs(t, refused, wire.CodeBadKey, "GA12")
	}
}

func TestPO6_ProvenanceOnceAlsoUnseen(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 59)
	before := s.Customer.State().Heads()
	put := changetest.Put{
		Key: "p:" + canon.Text16(s.W.Random16()), Value: change.Bytes(gate.EncodeProvenance(gate.Provenance{Batch: "b", File: "f", Sheet: "s"})),
	}
	s.Accept(s.Founder, s.Customer, s.Edit(s.Founder, s.Customer, "import:b", put))
	c := changetest.EditAt(t, s.Customer.State(), before, s.Actor(s.Buyer), "import:b", put)
	_, refused := judge(s, s.Envelope(s.Buyer, s.Customer.ID(), c))
	refusedAs(t, refused, wire.CodeBadKey, "GA12")
}
