package charter_test

import (
	"bytes"
	"errors"
	"math/big"
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

// refused fails the test unless err has the code and the rule.
func refused(t *testing.T, err error, code charter.Code, rule string) {
	t.Helper()
	var invalid *charter.InvalidError
	if !errors.As(err, &invalid) {
		if code == charter.CodeMalformed && rule == "EC2" && errors.Is(err, canon.ErrEncoding) {
			return
		}
		t.Errorf("error %v, want %s (%s)", err, code, rule)
		return
	}
	if invalid.Code != code || invalid.Rule != rule {
		t.Errorf("refused with %s (%s) %q, want %s (%s)", invalid.Code, invalid.Rule, invalid.What, code, rule)
	}
}

// unchanged fails the test if try changed the head.
func unchanged(t *testing.T, w *chartertest.Workspace, try func() error) error {
	t.Helper()
	before, _ := w.Log.Head()
	err := try()
	if after, _ := w.Log.Head(); after != before {
		t.Errorf("head moved to %d by a refused statement", after.Seq)
	}
	return err
}

func try(t *testing.T, w *chartertest.Workspace, code charter.Code, rule string, c charter.Content, signers ...canon.Signer) {
	t.Helper()
	refused(t, unchanged(t, w, func() error { _, err := w.Try(c, signers...); return err }), code, rule)
}

func TestTR1_PositionSignerSignature(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 1)
	kept := w.State()
	dep := &charter.DepartmentContent{ID: "west", Name: "西区"}
	good := w.Sign(kept, dep, w.Founder)

	refused(t, kept.Check(w.Sign(kept, dep, w.NewDevice(w.Founder.Member, "x")), w.Now), charter.CodeDenied, "TR1")
	other := w.NewDevice(w.Founder.Member, "x")
	forged := good
	forged.Signatures = w.Sign(kept, dep, other).Signatures
	refused(t, kept.Check(forged, w.Now), charter.CodeBadSignature, "TR1")
	refused(t, kept.Check(w.Sign(kept, dep, w.Founder, w.Founder), w.Now), charter.CodeMalformed, "TR1")

	h := kept.Head()
	body := charter.Body{V: 1, Seq: h.Seq + 2, Prev: h.Hash, Kind: 1, Time: w.Now, Content: canon.MustMarshal(dep)}
	refused(t, kept.Check(w.SignBody(body, w.Founder), w.Now), charter.CodeMoved, "TR1")
	body.Seq, body.Prev = h.Seq+1, canon.Hash{1}
	refused(t, kept.Check(w.SignBody(body, w.Founder), w.Now), charter.CodeMoved, "TR1")
	body.Prev, body.Kind = h.Hash, 0
	body.Content = canon.MustMarshal(dep)
	refused(t, kept.Check(w.SignBody(body, w.Founder), w.Now), charter.CodeMalformed, "EC2")

	if err := kept.Check(good, w.Now); err != nil {
		t.Fatalf("good statement: %v", err)
	}
	if _, ok := kept.Department("west"); ok || kept.Head() != h {
		t.Error("checking changed the state")
	}
}

func TestTR2_Receipts(t *testing.T) {
	t.Parallel()
	w := chartertest.Bare(t, 2)
	dep := &charter.DepartmentContent{ID: "west", Name: "西区"}
	early := w.Receipt(w.Sign(w.State(), dep, w.Founder), w.Now)
	refused(t, w.Log.Append(early), charter.CodeMalformed, "TR2")

	relay := &charter.RelayContent{Added: []charter.Relay{{Key: w.RelayKey(), Addresses: []string{}}}}
	first := w.Sign(w.State(), relay, w.Founder)
	if err := w.Log.Append(first); err != nil {
		t.Fatalf("first relay statement without receipt (WI18): %v", err)
	}
	if !w.State().AwaitsReceipt() {
		t.Error("state does not await the receipt")
	}
	refused(t, w.Log.Append(w.Receipt(w.Sign(w.State(), dep, w.Founder), w.Now)), charter.CodeDenied, "WI18")
	other := chartertest.Bare(t, 3)
	foreign := first
	fh, _ := first.Head(w.ID)
	foreign.Receipt = charter.Countersign(other.Relay, w.ID, fh, w.Now)
	refused(t, w.Log.Append(foreign), charter.CodeDenied, "TR2")
	if err := w.Log.Append(w.Receipt(first, w.Now+10)); err != nil || w.State().AwaitsReceipt() {
		t.Fatalf("the receipt that was missing: %v, awaits %v", err, w.State().AwaitsReceipt())
	}
	if got, _ := w.Log.Record(1); got.Receipt == nil {
		t.Error("log keeps the record without receipt")
	}
	next := w.Sign(w.State(), dep, w.Founder)
	refused(t, w.Log.Append(next), charter.CodeMalformed, "TR2")
	refused(t, w.Log.Append(w.Receipt(next, w.Now+9)), charter.CodeMalformed, "TR2")
	late := w.Receipt(next, w.Now+10)
	late.Receipt.Time++
	refused(t, w.Log.Append(late), charter.CodeBadSignature, "TR2")
	if err := w.Log.Append(w.Receipt(next, w.Now+10)); err != nil {
		t.Errorf("equal receipt time: %v", err)
	}
	if got := w.State().Time(); got != w.Now+10 {
		t.Errorf("time %d, want the receipt's %d", got, w.Now+10)
	}
}

func TestTR5_ForkAndEvidence(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 4)
	at := w.State()
	one := w.Receipt(w.Sign(at, &charter.DepartmentContent{ID: "a", Name: "甲"}, w.Founder), w.Now+1)
	two := w.Receipt(w.Sign(at, &charter.DepartmentContent{ID: "b", Name: "乙"}, w.Founder), w.Now+1)
	if err := w.Log.Append(one); err != nil {
		t.Fatal(err)
	}
	if err := w.Log.Append(one); err != nil || w.Log.Len() != 3 {
		t.Errorf("the same record again: %v, length %d", err, w.Log.Len())
	}
	refused(t, w.Log.Append(two), charter.CodeMoved, "TR1")
	head, _ := two.Head(w.ID)
	if !w.Log.Contradicts(head) {
		t.Error("the other head does not contradict")
	}
	own, _ := w.Log.Head()
	if w.Log.Contradicts(own) || w.Log.Contradicts(charter.Head{Seq: own.Seq + 1, Hash: head.Hash}) {
		t.Error("own or later head contradicts")
	}
	mine, theirs, ok := w.Log.Evidence([]charter.Record{two})
	if !ok || !bytes.Equal(mine.Body, one.Body) || !bytes.Equal(theirs.Body, two.Body) {
		t.Error("no evidence of two valid records on one prev")
	}
	broken := two
	broken.Signatures = [][]byte{make([]byte, 64)}
	if _, _, ok := w.Log.Evidence([]charter.Record{broken}); ok {
		t.Error("an invalid record is evidence of a fork")
	}
	if off := w.Log.Cut(own.Seq - 1); len(off) != 1 || w.Log.Append(two) != nil {
		t.Error("cannot take the other branch after the cut")
	}
}

func TestTR7_AT18_AdminWithoutOwner(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 5)
	a := w.Join(chartertest.RoleManager, chartertest.Sales, "王芳")
	w.Promote(a, chartertest.RoleAdmin)
	m, _ := w.State().Member(a.Member)
	f, _ := w.State().Member(w.Founder.Member)
	member := func(m charter.Member, role string, s charter.Status) *charter.MemberContent {
		return &charter.MemberContent{ID: m.ID, Name: m.Name, Department: m.Department, Role: role, Status: s}
	}
	try(t, w, charter.CodeDenied, "TR7", member(m, charter.RoleFounder, 0), a)
	try(t, w, charter.CodeDenied, "TR7", member(m, chartertest.RoleSales, 0), a)
	try(t, w, charter.CodeDenied, "TR7", member(f, chartertest.RoleSales, 0), a)
	role := charter.RoleContent{ID: "boss", Name: "老板", Abilities: charter.AbilityNumbers(charter.Admin)}
	try(t, w, charter.CodeDenied, "TR7", &role, a)
	admin, _ := w.State().Role(chartertest.RoleAdmin)
	admin.Abilities = nil
	weaker := charter.RoleContent(admin)
	try(t, w, charter.CodeDenied, "TR7", &weaker, a)
	try(t, w, charter.CodeDenied, "TR7", &charter.RevokeContent{
		Devices: []charter.Cut{{Device: w.Founder.Device()}}, Reason: charter.ReasonLeft,
	}, a)
	try(t, w, charter.CodeDenied, "TR4", &charter.RelayContent{Added: []charter.Relay{
		{Key: canon.RelayKey{7}, Addresses: []string{}},
	}}, a)
	kit := w.NewDevice(a.Member, "套件")
	try(t, w, charter.CodeDenied, "TR4", &charter.KitContent{Kit: kit.Keys}, a)
	try(t, w, charter.CodeDenied, "TR4", &charter.RulesContent{Number: 2}, a)

	// What an administrator may.
	w.Must(&charter.DepartmentContent{ID: "west", Name: "西区"}, a)
	w.Must(&charter.RoleContent{ID: "boss", Name: "老板", Abilities: charter.AbilityNumbers(charter.Assign)}, a)
}

func TestTR7_AT19_LastOwner(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 6)
	f, _ := w.State().Member(w.Founder.Member)
	demote := &charter.MemberContent{ID: f.ID, Name: f.Name, Department: f.Department, Role: charter.RoleColleague}
	revoke := &charter.RevokeContent{Devices: []charter.Cut{{Device: w.Founder.Device()}}, Reason: charter.ReasonLeft}
	try(t, w, charter.CodeDenied, "TR7", demote, w.Founder)
	try(t, w, charter.CodeDenied, "TR7", demote, w.Kit)
	try(t, w, charter.CodeDenied, "TR7", revoke, w.Founder)
	founder, _ := w.State().Role(charter.RoleFounder)
	founder.Abilities = charter.AbilityNumbers(charter.Admin)
	weaker := charter.RoleContent(founder)
	try(t, w, charter.CodeDenied, "TR7", &weaker, w.Founder)
	second := w.Join(charter.RoleColleague, chartertest.Sales, "李强")
	w.Promote(second, charter.RoleFounder)
	w.Must(revoke, w.Founder)
}

func TestTR8_AT22_SealedAndSectionAreFixed(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 7)
	section := func(id string, sealed bool) *charter.SectionContent {
		return &charter.SectionContent{ID: id, Name: "联系", Department: chartertest.Company, Sealed: sealed}
	}
	try(t, w, charter.CodeMalformed, "TR8", section("contact", false), w.Founder)
	try(t, w, charter.CodeMalformed, "TR8", section("base", true), w.Founder)
	moved := charter.FieldContent{ID: "mobile", Section: "base", Type: "mobile", Mask: seal.MaskNone}
	try(t, w, charter.CodeMalformed, "TR8", &moved, w.Founder)
	w.Must(section("contact", true), w.Founder)
	if x, _ := w.State().Section("contact"); x.Name != "联系" || x.Version != 1 || !x.Sealed {
		t.Errorf("renamed section is %+v", x)
	}
}

func TestTR9_AT14_TwoRevokeEachOther(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 8)
	a, b := w.Join(chartertest.RoleManager, chartertest.Sales, "甲"), w.Join(chartertest.RoleManager, chartertest.Sales, "乙")
	w.Promote(a, chartertest.RoleAdmin)
	w.Promote(b, chartertest.RoleAdmin)
	s := w.State()
	revoke := func(d *chartertest.Device) *charter.RevokeContent {
		return &charter.RevokeContent{Devices: []charter.Cut{{Device: d.Device()}}, Reason: charter.ReasonLeft}
	}
	first, second := w.Sign(s, revoke(b), a), w.Sign(s, revoke(a), b)
	if _, err := w.TryRecord(first); err != nil {
		t.Fatal(err)
	}
	_, err := w.TryRecord(second)
	refused(t, err, charter.CodeMoved, "TR1")
	try(t, w, charter.CodeDenied, "TR1", revoke(a), b)
}

func TestTR9_AT13_CompareAndSet(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 9)
	a := w.Join(chartertest.RoleManager, chartertest.Sales, "甲")
	w.Promote(a, chartertest.RoleAdmin)
	for i := range 50 {
		s := w.State()
		one := w.Sign(s, &charter.DepartmentContent{ID: "x", Name: "甲"}, a)
		two := w.Sign(s, &charter.DepartmentContent{ID: "y", Name: "乙"}, w.Founder)
		if i%2 == 1 {
			one, two = two, one
		}
		if _, err := w.TryRecord(one); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		_, err := w.TryRecord(two)
		refused(t, err, charter.CodeMoved, "TR1")
	}
}

func TestID6_EC3_AT11_Names(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 10)
	for _, name := range []string{"a\u202e", "a\u200bb", "\ufeffa", string(bytes.Repeat([]byte("王"), 65)), "\u3000王", ""} {
		c := &charter.DepartmentContent{ID: "west", Name: name}
		if name == "" {
			_, err := w.Try(c, w.Founder)
			refused(t, err, charter.CodeMalformed, "ID6")
			continue
		}
		try(t, w, charter.CodeMalformed, "ID6", c, w.Founder)
	}
	surrogate := canon.MustMarshal(&charter.DepartmentContent{ID: "west", Name: "abc"})
	surrogate = bytes.Replace(surrogate, []byte("abc"), []byte{0xED, 0xA0, 0x80}, 1)
	h := w.State().Head()
	r := w.SignBody(charter.Body{V: 1, Seq: h.Seq + 1, Prev: h.Hash, Kind: 1, Time: w.Now, Content: surrogate}, w.Founder)
	refused(t, w.State().Check(r, w.Now), charter.CodeMalformed, "EC2")
}

func TestAT20_UnknownStops(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 11)
	s, h := w.State(), w.State().Head()
	content := canon.MustMarshal(&charter.DepartmentContent{ID: "west", Name: "西区"})
	body := func(v, kind uint64, content []byte) charter.Body {
		return charter.Body{V: v, Seq: h.Seq + 1, Prev: h.Hash, Kind: kind, Time: w.Now, Content: content}
	}
	for name, c := range map[string]struct {
		body charter.Body
		code charter.Code
		rule string
	}{
		"kind 99":               {body(1, 99, content), charter.CodeVersion, "EC4"},
		"version 2":             {body(2, 1, content), charter.CodeVersion, "EC4"},
		"unknown key":           {body(1, 1, append([]byte{0xA3}, append(bytes.Clone(content[1:]), 0x18, 0x63, 0x01)...)), charter.CodeMalformed, "EC2"},
		"duplicate key":         {body(1, 1, append([]byte{0xA3}, append(bytes.Clone(content[1:]), 0x02, 0x61, 'x')...)), charter.CodeMalformed, "EC2"},
		"non-canonical integer": {body(1, 15, []byte{0xA1, 0x01, 0x18, 0x02}), charter.CodeMalformed, "EC2"},
		"newer rules":           {body(1, 15, []byte{0xA1, 0x01, 0x02}), charter.CodeVersion, "EC4"},
		"null list":             {body(1, 8, []byte{0xA1, 0x01, 0xF6}), charter.CodeMalformed, "KY1"},
	} {
		r := w.Receipt(w.SignBody(c.body, w.Founder), w.Now+1)
		if err := w.Log.Append(r); err == nil {
			t.Errorf("%s: accepted", name)
		} else {
			refused(t, err, c.code, c.rule)
		}
		if w.State() != s {
			t.Errorf("%s: state changed", name)
		}
	}
	// A body of version 2 with a key that version 1 lacks is a newer program, not damage.
	v2 := w.SignBody(body(2, 1, content), w.Founder)
	v2.Body = append([]byte{0xA8}, append(bytes.Clone(v2.Body[1:]), 0x08, 0x01)...)
	refused(t, s.Check(v2, w.Now), charter.CodeVersion, "EC4")
}

func TestEC1_AT21_MalleableSignature(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 12)
	r := w.Sign(w.State(), &charter.DepartmentContent{ID: "west", Name: "西区"}, w.Founder)
	order, _ := new(big.Int).SetString("7237005577332262213973186563042994240857116359379907606001950938285454250989", 10)
	low := slices.Clone(r.Signatures[0][32:])
	slices.Reverse(low)
	high := new(big.Int).Add(new(big.Int).SetBytes(low), order).FillBytes(make([]byte, 32))
	slices.Reverse(high)
	bad := r
	bad.Signatures = [][]byte{append(slices.Clone(r.Signatures[0][:32]), high...)}
	refused(t, w.State().Check(bad, w.Now), charter.CodeBadSignature, "TR1")
	if err := w.State().Check(r, w.Now); err != nil {
		t.Error(err)
	}
	a, _ := r.Head(w.ID)
	b, _ := bad.Head(w.ID)
	if a != b {
		t.Error("hash depends on the signature")
	}
}

func TestAT23_DamagedInTheMiddle(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 13)
	for i := range 40 {
		w.Must(&charter.DepartmentContent{ID: "west", Name: "西区" + string(rune('a'+i%26))}, w.Founder)
	}
	records := w.Log.All()
	for _, n := range []int{1, 2, 17, 41} {
		broken := slices.Clone(records)
		broken[n].Body = bytes.Clone(broken[n].Body)
		broken[n].Body[len(broken[n].Body)-1] ^= 1
		s, err := charter.Replay(w.ID, broken)
		var at *charter.ReplayError
		if !errors.As(err, &at) || at.Seq != uint64(n) {
			t.Fatalf("replay says %v, want statement %d", err, n)
		}
		if want, _ := w.Log.At(uint64(n - 1)); s.Head() != want.Head() {
			t.Errorf("state before is %d, want %d", s.Head().Seq, n-1)
		}
	}
	if _, err := charter.Replay(canon.WorkspaceID{1}, records); charter.CodeOf(err) != charter.CodeDenied {
		t.Errorf("another workspace: %v", err)
	}
}

func TestAT24_DepartmentCycle(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 14)
	move := func(id, parent string) *charter.DepartmentContent {
		return &charter.DepartmentContent{ID: id, Name: "部", Parent: parent}
	}
	w.Must(move(chartertest.Sales, chartertest.Service), w.Founder)
	try(t, w, charter.CodeMalformed, "TR4", move(chartertest.Service, chartertest.North), w.Founder)
	try(t, w, charter.CodeMalformed, "TR4", move("self", "self"), w.Founder)
	if s := w.State(); !s.Within(chartertest.North, chartertest.Company) || s.Within(chartertest.Company, chartertest.North) || s.Within("", "") {
		t.Error("tree is wrong")
	}
}
