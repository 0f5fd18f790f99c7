package gate_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// judge runs the envelope through its bytes and the gate, as a door does.
func judge(s *gatetest.Scene, e wire.Envelope) (*gate.Judged, *gate.Refusal) {
	read, refused := gate.Parse(e.Encode())
	if refused != nil {
		return nil, refused
	}
	return gate.Judge(s.W.Log, s.Head().Seq, s.Doc(e.Body.Doc), read)
}

func refusedAs(t *testing.T, refused *gate.Refusal, code wire.Code, rule string) {
	t.Helper()
	if refused == nil {
		t.Fatalf("passed, want %s (%s)", code, rule)
	}
	if refused.Code != code || !strings.HasPrefix(refused.Rule, rule) {
		t.Fatalf("refused as %s (%s), want %s (%s)", refused.Code, refused.Rule, code, rule)
	}
}

// TestEveryRule runs the list that every door runs; the names hold the ids of
// GA5 to GA16 and of the attacks.
func TestEveryRule(t *testing.T) { // one scene for all, so one after another
	s := gatetest.New(t, 1)
	rules := map[string]int{}
	for _, tc := range gatetest.Cases() {
		rules[tc.Rule]++
		t.Run(tc.Name, func(t *testing.T) {
			e := tc.Build(s)
			doc := s.Doc(e.Body.Doc)
			before, err := doc.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			_, refused := judge(s, e)
			refusedAs(t, refused, tc.Code, tc.Rule)
			after, err := doc.MarshalBinary()
			if err != nil {
				t.Fatal(err)
			}
			if !cmp.Equal(before, after) {
				t.Error("judging changed the document")
			}
		})
	}
	for _, rule := range []string{"GA5", "GA6", "GA7", "GA8", "GA9", "GA10", "GA11", "GA12", "GA13", "GA14", "GA15", "GA16"} {
		if rules[rule] == 0 {
			t.Errorf("no case for %s", rule)
		}
	}
	if got := len(gatetest.ByRule()); got < 12 {
		t.Errorf("%d rules by one case each", got)
	}
}

func TestCleanEditsPass(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 2)
	e := s.Envelope(s.Sales, s.Customer.ID(), s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:name", "新名")))
	j, refused := judge(s, e)
	if refused != nil {
		t.Fatal(refused)
	}
	doc := s.Customer.Clone()
	doc.Enter(j)
	live, err := doc.State().Live("f:name", nil)
	if err != nil || len(live) != 1 || live[0].Value.Str() != "新名" {
		t.Errorf("live values %v, %v", live, err)
	}
	if !doc.Has(&e) || s.Customer.Has(&e) {
		t.Error("Has")
	}
	if s.Stranger.Device() == s.Sales.Device() {
		t.Error("scene")
	}
}

func TestAT60_OwnDeviceNewIncarnation(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 3)
	c := changetest.Edit(t, s.Customer.State(), s.Sales.Device().Actor(canon.Incarnation{9, 9, 9, 9}), "edit", changetest.Str("f:name", "新名"))
	if _, refused := judge(s, s.Envelope(s.Sales, s.Customer.ID(), c)); refused != nil {
		t.Error(refused)
	}
}

func TestAT63_RefusedWholeAndNamed(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 4)
	c := s.Edit(s.Service, s.Customer, "edit", changetest.Str("f:remark", "x"), changetest.Str("f:name", "y"),
		changetest.Put{Key: s.EntryKey(s.Service, "service"), Value: change.Bytes([]byte{0x61, 0x78})})
	_, refused := judge(s, s.Envelope(s.Service, s.Customer.ID(), c))
	refusedAs(t, refused, wire.CodeFieldDenied, "GA13")
	if diff := cmp.Diff([]string{"f:name", "f:remark"}, refused.Keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

func TestAT64_OwnEntryMayBeReplaced(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 5)
	key := ""
	for _, k := range s.Customer.State().Keys() {
		if strings.HasPrefix(k, "e:service:") {
			key = k
		}
	}
	put := changetest.Put{Key: key, Value: change.Bytes(canon.MustMarshal("改"))}
	if _, refused := judge(s, s.Envelope(s.Service, s.Customer.ID(), s.Edit(s.Service, s.Customer, "edit", put))); refused != nil {
		t.Errorf("own entry: %v", refused)
	}
	_, refused := judge(s, s.Envelope(s.Founder, s.Customer.ID(), s.Edit(s.Founder, s.Customer, "edit", put)))
	refusedAs(t, refused, wire.CodeBadKey, "GA12")
}

func TestAT66_RowMovedAway(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 6)
	offline := s.Edit(s.Sales, s.Customer, "edit", changetest.Str("f:remark", "offline"))
	s.Accept(s.Founder, s.Customer, s.Edit(s.Founder, s.Customer, "handover:a",
		changetest.Str("s:owner", s.Service.Member.String()), changetest.Str("s:department", chartertest.Service)))
	_, refused := judge(s, s.Envelope(s.Sales, s.Customer.ID(), offline))
	refusedAs(t, refused, wire.CodeRowDenied, "GA13")
	if len(refused.Keys) != 1 && len(refused.Keys) != 0 {
		t.Errorf("keys %v", refused.Keys)
	}
}

func TestPO4_EveryConflictingOwnerCounts(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 7)
	heads := s.Customer.State().Heads()
	move := func(to *chartertest.Device, d *chartertest.Device) {
		s.Accept(d, s.Customer, changetest.EditAt(t, s.Customer.State(), heads, s.Actor(d), "edit", changetest.Str("s:owner", to.Member.String())))
	}
	move(s.Other, s.Manager)
	move(s.Sales, s.Founder)
	for _, d := range []*chartertest.Device{s.Sales, s.Other} {
		if _, refused := judge(s, s.Envelope(d, s.Customer.ID(), s.Edit(d, s.Customer, "edit", changetest.Str("f:remark", "x")))); refused != nil {
			t.Errorf("one of two owners: %v", refused)
		}
	}
}

func TestPO5_CreatingRules(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 8)
	for _, tc := range []struct {
		name string
		who  *chartertest.Device
		puts []changetest.Put
		want wire.Code
	}{
		{"own, own department", s.Sales, []changetest.Put{changetest.Str("s:owner", s.Sales.Member.String()), changetest.Str("s:department", chartertest.Sales)}, ""},
		{"without owner", s.Sales, []changetest.Put{changetest.Str("f:name", "x")}, wire.CodeRowDenied},
		{"for another", s.Sales, []changetest.Put{changetest.Str("s:owner", s.Other.Member.String())}, wire.CodeRowDenied},
		{"other department", s.Sales, []changetest.Put{changetest.Str("s:owner", s.Sales.Member.String()), changetest.Str("s:department", chartertest.Finance)}, wire.CodeFieldDenied},
		{"in the pool", s.Sales, []changetest.Put{changetest.Str("s:owner", s.Sales.Member.String()), {Key: "s:pool", Value: change.Bool(true)}}, wire.CodeFieldDenied},
		{"no write on base", s.Service, nil, wire.CodeFieldDenied},
		{"with assign", s.Manager, []changetest.Put{changetest.Str("s:owner", s.Other.Member.String()), changetest.Str("s:department", chartertest.North)}, ""},
		{"manager, another department", s.Manager, []changetest.Put{changetest.Str("s:department", chartertest.Finance)}, wire.CodeRowDenied},
		{"owner twice", s.Sales, []changetest.Put{changetest.Str("s:owner", s.Other.Member.String()), changetest.Str("s:owner", s.Sales.Member.String())}, ""},
	} {
		e := s.Envelope(tc.who, canon.DocID(s.W.Random16()), s.Create(tc.who, "create", tc.puts...))
		_, refused := judge(s, e)
		if tc.want == "" {
			if refused != nil {
				t.Errorf("%s: %v", tc.name, refused)
			}
			continue
		}
		if refused == nil || refused.Code != tc.want {
			t.Errorf("%s: got %v, want %s", tc.name, refused, tc.want)
		}
	}
}

func TestPO6_Claim(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 9)
	own, free := changetest.Str("s:owner", s.Sales.Member.String()), changetest.Put{Key: "s:pool", Value: change.Bool(false)}
	claim := func(doc *gate.Doc, puts ...changetest.Put) *gate.Refusal {
		_, refused := judge(s, s.Envelope(s.Sales, doc.ID(), s.Edit(s.Sales, doc, "edit", puts...)))
		return refused
	}
	if refused := claim(s.Pooled, own, free); refused != nil {
		t.Errorf("claim: %v", refused)
	}
	for name, puts := range map[string][]changetest.Put{
		"for another":      {changetest.Str("s:owner", s.Other.Member.String()), free},
		"and something":    {own, free, changetest.Str("f:name", "x")},
		"pool stays":       {own, {Key: "s:pool", Value: change.Bool(true)}},
		"owner only":       {own},
		"with department":  {own, changetest.Str("s:department", chartertest.Sales)},
		"owner and a name": {own, changetest.Str("f:name", "x")},
	} {
		if refused := claim(s.Pooled, puts...); refused == nil || refused.Code != wire.CodeRowDenied {
			t.Errorf("%s: got %v", name, refused)
		}
	}
	if refused := claim(s.Customer, own, free); refused == nil || refused.Code != wire.CodeFieldDenied {
		t.Errorf("not in the pool: got %v", refused)
	}
}

func TestPO6_UndoOfAnImport(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 10)
	gone := changetest.Put{Key: "s:tombstone", Value: change.Bool(true)}
	create := func(message string) *gate.Doc {
		doc := gate.NewDoc(canon.DocID(s.W.Random16()))
		s.Accept(s.Buyer, doc, s.Create(s.Buyer, message, changetest.Str("f:name", "进口")))
		return doc
	}
	try := func(d *chartertest.Device, doc *gate.Doc, message string) *gate.Refusal {
		_, refused := judge(s, s.Envelope(d, doc.ID(), s.Edit(d, doc, message, gone)))
		return refused
	}
	doc := create("import:b1")
	if refused := try(s.Buyer, doc, "undo:b1"); refused != nil {
		t.Errorf("own import: %v", refused)
	}
	further := s.W.Further(s.Buyer)
	if refused := try(further, doc, "undo:b1"); refused != nil {
		t.Errorf("another device of the member: %v", refused)
	}
	for name, refused := range map[string]*gate.Refusal{
		"another batch":  try(s.Buyer, doc, "undo:b2"),
		"no batch":       try(s.Buyer, doc, "undo"),
		"ordinary edit":  try(s.Buyer, doc, "edit"),
		"not an import":  try(s.Buyer, create("create"), "undo:b1"),
		"another member": try(s.W.Join(charter.RoleColleague, chartertest.Finance, "吴用"), doc, "undo:b1"),
	} {
		if refused == nil || refused.Code != wire.CodeFieldDenied {
			t.Errorf("%s: got %v", name, refused)
		}
	}
	// Once somebody else has written, the undo needs delete; what the undo had not
	// seen does not count.
	before := doc.State().Heads()
	s.Accept(s.Founder, doc, s.Edit(s.Founder, doc, "edit", changetest.Str("f:remark", "x")))
	if refused := try(s.Buyer, doc, "undo:b1"); refused == nil || refused.Code != wire.CodeFieldDenied {
		t.Errorf("after another's edit: got %v", refused)
	}
	unseen := changetest.EditAt(t, doc.State(), before, s.Actor(s.Buyer), "undo:b1", gone)
	if _, refused := judge(s, s.Envelope(s.Buyer, doc.ID(), unseen)); refused != nil {
		t.Errorf("another's edit not seen: %v", refused)
	}
}

func TestPO6_Settle(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 11)
	heads := s.Customer.State().Heads()
	for _, d := range []*chartertest.Device{s.Sales, s.Founder} {
		s.Accept(d, s.Customer, changetest.EditAt(t, s.Customer.State(), heads, s.Actor(d), "edit", changetest.Str("f:remark", d.Device().String())))
	}
	live, err := s.Customer.State().Live("f:remark", nil)
	if err != nil || len(live) != 2 {
		t.Fatalf("live %v, %v", live, err)
	}
	old, err := s.Customer.State().Live("f:remark", heads)
	if err != nil || len(old) != 1 {
		t.Fatalf("live before %v, %v", old, err)
	}
	name, err := s.Customer.State().Live("f:name", nil)
	if err != nil {
		t.Fatal(err)
	}
	both := []change.OpID{live[0].ID, live[1].ID}
	try := func(key string, value []byte) *gate.Refusal {
		c := s.Edit(s.Sales, s.Customer, "resolve", changetest.Put{Key: key, Value: change.Bytes(value)})
		_, refused := judge(s, s.Envelope(s.Sales, s.Customer.ID(), c))
		return refused
	}
	for n, v := range map[string][]byte{"both": gate.EncodeSettled(both), "one": gate.EncodeSettled(both[:1])} {
		if refused := try("c:remark", v); refused != nil {
			t.Errorf("%s: %v", n, refused)
		}
	}
	unsorted := canon.MustMarshal([]any{[]any{both[1].Ctr, both[1].Actor[:]}, []any{both[0].Ctr, both[0].Actor[:]}})
	for n, v := range map[string][]byte{
		"none": {0x80}, "replaced": gate.EncodeSettled([]change.OpID{old[0].ID}), "unsorted": unsorted,
		"twice":         gate.EncodeSettled([]change.OpID{both[0], both[0]}),
		"another field": gate.EncodeSettled([]change.OpID{name[0].ID}), "garbage": {1, 2, 3},
		"one too many": gate.EncodeSettled(append(both, name[0].ID)),
	} {
		if refused := try("c:remark", v); refused == nil || refused.Code != wire.CodeBadKey {
			t.Errorf("%s: got %v", n, refused)
		}
	}
	// Seen from older deps, what is replaced now was live.
	c := changetest.EditAt(t, s.Customer.State(), heads, s.Manager.Device().Actor(canon.Incarnation{}), "resolve",
		changetest.Put{Key: "c:remark", Value: change.Bytes(gate.EncodeSettled([]change.OpID{old[0].ID}))})
	if _, refused := judge(s, s.Envelope(s.Manager, s.Customer.ID(), c)); refused != nil {
		t.Errorf("as seen from older deps: %v", refused)
	}
	null := s.Edit(s.Sales, s.Customer, "edit", changetest.Put{Key: "c:remark", Value: change.Null()})
	if _, refused := judge(s, s.Envelope(s.Sales, s.Customer.ID(), null)); refused != nil {
		t.Errorf("taken back: %v", refused)
	}
}

func TestPO6_Provenance(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 12)
	flag, bad := "as_typed", "As typed"
	p := gate.Provenance{Batch: "b7", File: "销售部.xlsx", Sheet: "Sheet1", Row: 12, Fields: []gate.ProvenanceField{{ID: "name"}, {ID: "remark", Flag: &flag}}}
	key := "p:" + canon.Text16(s.W.Random16())
	try := func(d *chartertest.Device, message string, p gate.Provenance, more ...changetest.Put) *gate.Refusal {
		puts := append([]changetest.Put{
			changetest.Str("f:name", "甲"), changetest.Str("f:remark", "乙"),
			{Key: key, Value: change.Bytes(gate.EncodeProvenance(p))},
		}, more...)
		_, refused := judge(s, s.Envelope(d, s.Customer.ID(), s.Edit(d, s.Customer, message, puts...)))
		return refused
	}
	with := func(edit func(*gate.Provenance)) gate.Provenance {
		q := p
		edit(&q)
		return q
	}
	if refused := try(s.Sales, "import:b7", p); refused != nil {
		t.Fatal(refused)
	}
	if refused := try(s.Sales, "import:b7", with(func(q *gate.Provenance) { q.Fields = nil })); refused != nil {
		t.Errorf("no fields: %v", refused)
	}
	// What counts as setting a field, beside f:.
	all := with(func(q *gate.Provenance) {
		q.Fields = nil
		for _, id := range []string{"stage", "owner", "department", "entries", "mobile"} {
			q.Fields = append(q.Fields, gate.ProvenanceField{ID: id})
		}
	})
	if refused := try(s.Founder, "import:b7", all, changetest.Str("s:stage", "1"), changetest.Str("s:owner", s.Other.Member.String()),
		changetest.Str("s:department", chartertest.North), changetest.Put{Key: s.EntryKey(s.Founder, "service"), Value: change.Bytes([]byte{0x61, 0x78})},
		changetest.Put{Key: "r:mobile:" + canon.Text16(s.W.Random16()), Value: s.Sealed(s.Founder, s.Customer.ID(), "r:mobile:"+canon.Text16(s.W.Random16()), "1")}); refused != nil {
		t.Errorf("other keys of fields: %v", refused)
	}
	for n, refused := range map[string]*gate.Refusal{
		"entries without one": try(s.Sales, "import:b7", with(func(q *gate.Provenance) { q.Fields = []gate.ProvenanceField{{ID: "entries"}} })),
		"another batch":       try(s.Sales, "import:b8", p),
		"no import":           try(s.Sales, "edit", p),
		"field not set":       try(s.Sales, "import:b7", with(func(q *gate.Provenance) { q.Fields = []gate.ProvenanceField{{ID: "city"}} })),
		"field twice":         try(s.Sales, "import:b7", with(func(q *gate.Provenance) { q.Fields = []gate.ProvenanceField{{ID: "name"}, {ID: "name"}} })),
		"flag":                try(s.Sales, "import:b7", with(func(q *gate.Provenance) { q.Fields = []gate.ProvenanceField{{ID: "name", Flag: &bad}} })),
		"twice at once":       try(s.Sales, "import:b7", p, changetest.Put{Key: key, Value: change.Bytes(gate.EncodeProvenance(p))}),
	} {
		if refused == nil || refused.Code != wire.CodeBadKey {
			t.Errorf("%s: got %v", n, refused)
		}
	}
	s.Accept(s.Sales, s.Customer, s.Edit(s.Sales, s.Customer, "import:b7", changetest.Str("f:name", "甲"), changetest.Str("f:remark", "乙"),
		changetest.Put{Key: key, Value: change.Bytes(gate.EncodeProvenance(p))}))
	if refused := try(s.Sales, "import:b7", p); refused == nil || refused.Code != wire.CodeBadKey {
		t.Errorf("set again: got %v", refused)
	}
}

func TestPO8_SpecialDocuments(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 13)
	create := func(d *chartertest.Device, id canon.DocID, puts ...changetest.Put) *gate.Refusal {
		c := changetest.EditAt(t, change.NewState(), nil, s.Actor(d), "create", puts...)
		_, refused := judge(s, s.Envelope(d, id, c))
		return refused
	}
	setting := changetest.Str("x:view:list:width", "120")
	schema, mine := canon.SchemaDoc(s.W.ID), canon.PersonalDoc(s.W.ID, s.Sales.Member)
	if refused := create(s.Founder, schema, setting); refused != nil {
		t.Errorf("schema by founder: %v", refused)
	}
	if refused := create(s.Sales, mine, setting); refused != nil {
		t.Errorf("own personal document: %v", refused)
	}
	for n, refused := range map[string]*gate.Refusal{
		"schema without the ability": create(s.Sales, schema, setting),
		"another's":                  create(s.Founder, mine, setting),
		"a field":                    create(s.Sales, mine, changetest.Str("f:name", "x")),
		"a text":                     create(s.Sales, mine, setting, changetest.Put{Key: "n:memo"}),
		"not a string":               create(s.Sales, mine, changetest.Put{Key: "x:view:list:width", Value: change.Int(1)}),
	} {
		if refused == nil || refused.Code != wire.CodeRowDenied {
			t.Errorf("%s: got %v", n, refused)
		}
	}
}
