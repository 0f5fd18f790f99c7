package charter_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

func TestIN2_LinkRoundTrip_AT48(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 40)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "")
	link := secret.Link()
	if !strings.HasPrefix(link, "tongce://join#") {
		t.Errorf("link begins %.20q", link)
	}
	for _, text := range []string{link, " " + link + "\n", link[:40] + "\r\n  " + link[40:]} {
		got, err := charter.ParseInvite(text)
		if err != nil {
			t.Fatalf("parse: %v", err)
		}
		a, _ := got.ID()
		b, _ := secret.ID()
		if a != b || got.Workspace() != w.ID || !slices.Equal(got.RelayKeys(), []canon.RelayKey{w.RelayKey()}) ||
			!slices.Equal(got.Addresses(), []string{"127.0.0.1:8443"}) || got.Link() != link {
			t.Error("parsed link differs")
		}
	}
	for n := range len(link) {
		if _, err := charter.ParseInvite(link[:n]); charter.CodeOf(err) != charter.CodeMalformed {
			t.Fatalf("link cut at %d: %v", n, err)
		}
	}
	bare := chartertest.Bare(t, 41)
	s, err := charter.NewInviteSecret(bare.State(), bare.Rand())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := charter.ParseInvite(s.Link()); charter.CodeOf(err) != charter.CodeMalformed {
		t.Errorf("link without relay: %v", err)
	}
}

func TestIN4_IN6_AT46_OneInviteTwoDevices(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 42)
	for i := range 20 {
		secret := w.Invite(charter.RoleColleague, chartertest.Sales, "王芳")
		invite, err := secret.Signer()
		if err != nil {
			t.Fatal(err)
		}
		at := w.State()
		joins := make([]charter.Record, 2)
		for n := range joins {
			d := w.NewDevice(canon.MemberID{}, "电脑")
			if joins[n], err = charter.NewJoin(at, charter.JoinSpec{Device: d.Keys}, secret, w.Now, d); err != nil {
				t.Fatal(err)
			}
		}
		w.MustRecord(joins[i%2], nil)
		_, err = w.TryRecord(joins[1-i%2])
		refused(t, err, charter.CodeMoved, "TR1")
		// Made anew on the new head, the second is told that and when it was used.
		late := w.NewDevice(canon.MemberID{}, "电脑")
		_, err = charter.NewJoin(w.State(), charter.JoinSpec{Device: late.Keys}, secret, w.Now, late)
		refused(t, err, charter.CodeInviteUsed, "IN6")
		if e, ok := errors.AsType[*charter.InvalidError](err); !ok || e.Time != w.Now {
			t.Errorf("used at %v, want %d", err, w.Now)
		}
		c := &charter.JoinContent{Invite: invite.Device(), Sign: late.Keys.Sign, HPKE: late.Keys.HPKE, Device: "电脑"}
		try(t, w, charter.CodeInviteUsed, "IN6", c, late, invite)
	}
}

func TestTR2_IN7_AT47_ExpiredByRelayTime(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 43)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "王芳")
	d := w.NewDevice(canon.MemberID{}, "电脑")
	// The joiner's clock is a year back: the statement says so, the receipt decides.
	r, err := charter.NewJoin(w.State(), charter.JoinSpec{Device: d.Keys}, secret, w.Now-365*86400, d)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := secret.ID()
	invite, _ := w.State().Invite(id)
	refused(t, w.Log.Append(w.Receipt(r, invite.Until+1)), charter.CodeInviteClosed, "IN4")
	if err := w.Log.Append(w.Receipt(r, invite.Until)); err != nil {
		t.Errorf("join in the last second: %v", err)
	}
}

func TestIN4_EndsWithIssuerOrWithdrawal(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 44)
	a := w.Join(chartertest.RoleManager, chartertest.Sales, "甲")
	w.Promote(a, chartertest.RoleAdmin)
	byA := w.InviteBy(a, charter.InviteSpec{Member: w.Random16(), Name: "新", Department: chartertest.Sales, Role: chartertest.RoleSales})
	gone := w.Invite(chartertest.RoleSales, chartertest.Sales, "撤")
	if n := len(w.State().OpenInvites(w.Now)); n != 2 {
		t.Fatalf("%d open invites, want 2", n)
	}
	w.Revoke(a, 0, charter.ReasonLeft)
	id, _ := gone.ID()
	w.Must(&charter.RevokeContent{Invites: []canon.DeviceID{id}, Reason: charter.ReasonStolen}, w.Founder)
	if !w.State().AwaitsKey("contact") {
		t.Error("IN7: a stolen invite with grants asks for a new key")
	}
	for _, secret := range []*charter.InviteSecret{byA, gone} {
		d := w.NewDevice(canon.MemberID{}, "电脑")
		_, err := charter.NewJoin(w.State(), charter.JoinSpec{Device: d.Keys}, secret, w.Now, d)
		refused(t, err, charter.CodeInviteClosed, "IN4")
	}
	if n := len(w.State().OpenInvites(w.Now)); n != 0 {
		t.Errorf("%d open invites, want none", n)
	}
}

func TestIN5_AT49_InvitesThatAreInvalid(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 45)
	s := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	content := func(member canon.MemberID, role, dep string, until int64) *charter.InviteContent {
		k := w.NewDevice(member, "x").Keys
		return &charter.InviteContent{Sign: k.Sign, HPKE: k.HPKE, Member: member, Role: role, Department: dep, Until: until}
	}
	soon := w.Now + 3600
	someone := canon.MemberID(w.Random16())
	try(t, w, charter.CodeDenied, "IN5", content(someone, chartertest.RoleAdmin, chartertest.Sales, soon), w.Founder)
	try(t, w, charter.CodeDenied, "IN5", content(someone, charter.RoleFounder, chartertest.Sales, soon), w.Founder)
	try(t, w, charter.CodeDenied, "IN5", content(s.Member, "", "", soon), w.Founder)
	try(t, w, charter.CodeMalformed, "IN5", content(s.Member, chartertest.RoleAdmin, "", soon), s)
	try(t, w, charter.CodeDenied, "TR4", content(someone, chartertest.RoleSales, chartertest.Sales, soon), s)
	try(t, w, charter.CodeMalformed, "IN2", content(someone, chartertest.RoleSales, chartertest.Sales, w.Now), w.Founder)
	try(t, w, charter.CodeMalformed, "IN2", content(someone, chartertest.RoleSales, chartertest.Sales, w.Now+31*86400), w.Founder)
	try(t, w, charter.CodeMalformed, "TR4", content(someone, "nobody", chartertest.Sales, soon), w.Founder)
	try(t, w, charter.CodeMalformed, "TR4", content(someone, chartertest.RoleSales, "", soon), w.Founder)
	used := content(someone, chartertest.RoleSales, chartertest.Sales, soon)
	used.Sign, used.HPKE = s.Keys.Sign, s.Keys.HPKE
	try(t, w, charter.CodeMalformed, "ID2", used, w.Founder)
	// A further device carries what the signer holds, not more.
	more := content(s.Member, "", "", soon)
	key, _ := w.Ring(w.Founder).Key("finance", 1)
	id := canon.NewDeviceID(more.Sign, more.HPKE)
	g, err := seal.WrapKeys(more.HPKE, w.ID, w.State().Head().Seq+1, id, []seal.SectionKey{key})
	if err != nil {
		t.Fatal(err)
	}
	more.Grants = []charter.Grant{g}
	try(t, w, charter.CodeMalformed, "KY2", more, s)
	second := w.Further(s)
	if !w.Ring(second).Has("contact", 1, seal.Full) {
		t.Error("further device has no key")
	}
	if got := len(w.State().DevicesOf(s.Member)); got != 2 {
		t.Errorf("%d devices, want 2", got)
	}
}

func TestKY3_ID2_AT1_JoinGrantsExactlyWhatTheInviteHolds(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 46)
	secret := w.Invite(chartertest.RoleSales, chartertest.Sales, "")
	invite, _ := secret.Signer()
	d, other := w.NewDevice(canon.MemberID{}, "电脑"), w.NewDevice(canon.MemberID{}, "电脑")
	seq := w.State().Head().Seq + 1
	ring := w.Ring(w.Founder)
	wrap := func(sections ...string) []charter.Grant {
		var keys []seal.SectionKey
		for _, s := range sections {
			k, _ := ring.Key(s, 1)
			keys = append(keys, k)
		}
		g, err := seal.WrapKeys(d.Keys.HPKE, w.ID, seq, d.Device(), keys)
		if err != nil {
			t.Fatal(err)
		}
		return []charter.Grant{g}
	}
	join := func(member string, g []charter.Grant) *charter.JoinContent {
		return &charter.JoinContent{Invite: invite.Device(), Sign: d.Keys.Sign, HPKE: d.Keys.HPKE, Device: "电脑", Member: member, Grants: g}
	}
	try(t, w, charter.CodeMalformed, "KY1", join("王", nil), d, invite)
	try(t, w, charter.CodeMalformed, "KY3", join("王", wrap("contact")), d, invite)
	try(t, w, charter.CodeMalformed, "KY3", join("王", wrap("contact", "finance", "lookup")), d, invite)
	try(t, w, charter.CodeMalformed, "ID6", join("", wrap("contact", "lookup")), d, invite)
	try(t, w, charter.CodeBadSignature, "IN4", join("王", wrap("contact", "lookup")), d, fake{invite.Device(), other})
	swapped := join("王", wrap("contact", "lookup"))
	swapped.HPKE = other.Keys.HPKE // AT1: the same D with another HPKE key
	try(t, w, charter.CodeMalformed, "ID2", swapped, d, invite)
	w.Must(join("王", wrap("contact", "lookup")), d, invite)
	again := w.Invite(chartertest.RoleSales, chartertest.Sales, "李")
	as, _ := again.Signer()
	twice := join("", nil)
	twice.Invite = as.Device()
	try(t, w, charter.CodeMalformed, "ID2", twice, d, as)
}

// fake signs with another key than its id says.
type fake struct {
	id canon.DeviceID
	canon.Signer
}

func (f fake) Device() canon.DeviceID { return f.id }

func TestLV6_LV8_Kit_AT9(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 47)
	for _, x := range w.State().Sections() {
		if x.Sealed && !w.Ring(w.Kit).Has(x.ID, 1, seal.Full) {
			t.Errorf("kit does not open %s", x.ID)
		}
	}
	// The kit brings an ordinary device, then a new kit.
	lost := w.Accept(w.InviteBy(w.Kit, charter.InviteSpec{Member: w.Founder.Member}), "")
	next := w.NewDevice(w.Founder.Member, "恢复套件")
	w.MustRecord(charter.NewKit(w.State(), next.Keys, w.Ring(lost), w.Now, lost))
	try(t, w, charter.CodeDenied, "TR1", &charter.DepartmentContent{ID: "x", Name: "甲"}, w.Kit)
	if got := w.State().Kit(); got != next.Device() || !w.Ring(next).Has("finance", 1, seal.Full) {
		t.Error("new kit is not the kit, or does not open")
	}
	if !w.State().AwaitsKey("finance") {
		t.Error("replaced kit still knows the newest key, but nothing awaits a new one")
	}
	try(t, w, charter.CodeMalformed, "TR4", &charter.RevokeContent{
		Devices: []charter.Cut{{Device: next.Device()}}, Reason: charter.ReasonLost,
	}, w.Founder)
	w.Must(w.Rotation(w.Founder, "finance"), w.Founder)
	ring, _ := charter.OpenGrants(w.State(), w.Kit.Device(), w.Kit.Pair)
	if ring.Has("finance", 2, seal.Mask) || !w.Ring(next).Has("finance", 2, seal.Full) {
		t.Error("AT9: old kit opens the new version, or the new kit does not")
	}
}

func TestAT25_Quotas(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 48)
	s := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	for range charter.MaxDevices - 1 {
		w.Further(s)
	}
	k := w.NewDevice(s.Member, "x").Keys
	try(t, w, charter.CodeQuota, "KY1", &charter.InviteContent{Sign: k.Sign, HPKE: k.HPKE, Member: s.Member, Until: w.Now + 60}, s)
	for range charter.MaxRecipients - 7 { // 5 of sales, founder, kit
		k := w.NewDevice(canon.MemberID{}, "x").Keys
		w.Must(&charter.InviteContent{
			Sign: k.Sign, HPKE: k.HPKE, Member: w.Random16(), Name: "新", Role: chartertest.RoleSales,
			Department: chartertest.Sales, Until: w.Now + 86400,
		}, w.Founder)
	}
	k = w.NewDevice(canon.MemberID{}, "x").Keys
	try(t, w, charter.CodeQuota, "KY1", &charter.InviteContent{
		Sign: k.Sign, HPKE: k.HPKE, Member: w.Random16(), Name: "新", Role: chartertest.RoleSales,
		Department: chartertest.Sales, Until: w.Now + 86400,
	}, w.Founder)
	big := charter.Record{Body: make([]byte, charter.MaxStatement+1), Signatures: [][]byte{make([]byte, 64)}}
	refused(t, w.Log.Append(big), charter.CodeTooLarge, "TR1")
	b, err := charter.EncodeRecord(big)
	if err != nil {
		t.Fatal(err)
	}
	_, err = charter.DecodeRecord(b)
	refused(t, err, charter.CodeTooLarge, "TR1")
}

func TestAT84_EraseNeedsTwoMembers(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 49)
	m := w.Join(chartertest.RoleManager, chartertest.Sales, "主")
	fin := w.Join(chartertest.RoleFinance, chartertest.Finance, "财")
	sales := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	own := w.Further(m)
	doc := canon.DocID(w.Random16())
	c := &charter.EraseContent{Docs: []canon.DocID{doc}, Reason: charter.EraseRequest}
	try(t, w, charter.CodeMalformed, "TR1", c, m)
	try(t, w, charter.CodeDenied, "TR4", c, m, m)
	try(t, w, charter.CodeDenied, "TR4", c, m, own)
	try(t, w, charter.CodeDenied, "TR4", c, fin, sales)
	try(t, w, charter.CodeDenied, "TR4", c, m, sales)
	for _, special := range []canon.DocID{canon.SchemaDoc(w.ID), canon.PersonalDoc(w.ID, sales.Member)} {
		try(t, w, charter.CodeMalformed, "PO8", &charter.EraseContent{Docs: []canon.DocID{special}, Reason: charter.EraseOther}, m, fin)
	}
	try(t, w, charter.CodeMalformed, "ER1", &charter.EraseContent{Docs: []canon.DocID{doc, doc}, Reason: charter.EraseOther}, m, fin)
	try(t, w, charter.CodeMalformed, "ER1", &charter.EraseContent{Docs: []canon.DocID{doc}}, m, fin)
	if w.State().Erased(doc) {
		t.Error("erased by a refused statement")
	}
	before := w.State()
	w.Must(c, fin, m)
	if !w.State().Erased(doc) || before.Erased(doc) || len(w.State().ErasedDocs()) != 1 {
		t.Error("erasure is not in the new state only")
	}
}

func TestMemberAndHandoverStatements(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 50)
	s, m := w.Join(chartertest.RoleSales, chartertest.Sales, "销"), w.Join(chartertest.RoleManager, chartertest.Sales, "主")
	left := &charter.MemberContent{ID: s.Member, Name: "销", Department: chartertest.Sales, Role: chartertest.RoleSales, Status: charter.StatusLeft}
	try(t, w, charter.CodeMalformed, "TR4", left, w.Founder)
	try(t, w, charter.CodeDenied, "TR4", left, m)
	w.Must(&charter.RevokeContent{Devices: []charter.Cut{{Device: s.Device(), N: 3}}, Reason: charter.ReasonReplaced}, s)
	hand := &charter.HandoverContent{ID: w.Random16(), From: s.Member, To: m.Member, Count: 3}
	try(t, w, charter.CodeDenied, "TR4", &charter.HandoverContent{ID: w.Random16(), From: s.Member, To: m.Member}, w.Join(chartertest.RoleSales, chartertest.North, "乙"))
	try(t, w, charter.CodeMalformed, "LV5", &charter.HandoverContent{ID: hand.ID, From: s.Member, To: s.Member}, m)
	w.Must(hand, m)
	w.Must(left, w.Founder)
	try(t, w, charter.CodeMalformed, "TR4", left, w.Founder)
	if err := w.State().Policy().May(s.Member, charter.ActionWrite, "f:name", charter.Row{}); charter.CodeOf(err) != charter.CodeDenied {
		t.Errorf("who left may write: %v", err)
	}
	try(t, w, charter.CodeMalformed, "TR2", &charter.RelayContent{Removed: []canon.RelayKey{w.RelayKey()}}, w.Founder)
	try(t, w, charter.CodeMalformed, "TR4", &charter.RelayContent{Added: []charter.Relay{{Key: canon.RelayKey{1}, Addresses: []string{"a b"}}}}, w.Founder)
	w.Must(&charter.RelayContent{Added: []charter.Relay{{Key: canon.RelayKey{1}, Addresses: []string{"a:1"}}}}, w.Founder)
}
