package charter_test

import (
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

func TestKY3_IN5_InviteGrants(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 95)
	a := w.Join(chartertest.RoleSales, chartertest.Sales, "管")
	w.Promote(a, chartertest.RoleAdmin) // holds contact and lookup, not finance
	aud := w.Join(chartertest.RoleAuditor, chartertest.Company, "审")
	ring := w.Ring(w.Founder)
	held := func(section string, kind seal.Kind) seal.SectionKey {
		k, _ := ring.Key(section, 1)
		if kind == seal.Mask {
			k = k.Masked(w.ID)
		}
		return k
	}
	content := func(role string, member canon.MemberID, keys ...seal.SectionKey) *charter.InviteContent {
		d := w.NewDevice(member, "x")
		c := &charter.InviteContent{Sign: d.Keys.Sign, HPKE: d.Keys.HPKE, Member: member, Until: w.Now + 3600}
		if role != "" {
			c.Member, c.Role, c.Department, c.Name = w.Random16(), role, chartertest.Sales, "新"
		}
		g, err := seal.WrapKeys(d.Keys.HPKE, w.ID, w.State().Head().Seq+1, d.Device(), keys)
		if err != nil {
			t.Fatal(err)
		}
		c.Grants = []charter.Grant{g}
		return c
	}
	none := canon.MemberID{}
	made, err := seal.NewSectionKey(w.Rand(), "finance", 1)
	if err != nil {
		t.Fatal(err)
	}
	try(t, w, charter.CodeDenied, "KY3", content(chartertest.RoleFinance, none, made), a)
	try(t, w, charter.CodeMalformed, "KY2", content(chartertest.RoleSales, none, held("finance", seal.Full)), w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", content(chartertest.RoleSales, none, held("base", seal.Full)), w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", content(chartertest.RoleAuditor, none, held("contact", seal.Full)), w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", content(chartertest.RoleSales, none, held("contact", seal.Mask)), w.Founder)
	other := content(chartertest.RoleSales, none, held("contact", seal.Full))
	other.Grants[0].Recipient = a.Device()
	try(t, w, charter.CodeMalformed, "KY1", other, w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", content("", aud.Member, held("contact", seal.Full)), aud)

	// The role is widened, the signer still holds the mask key only, and nothing of finance.
	r, _ := w.State().Role(chartertest.RoleAuditor)
	r.Levels = []charter.SectionLevel{{Section: "contact", Level: charter.LevelRead}}
	wider := charter.RoleContent(r)
	w.Must(&wider, w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", content("", aud.Member, held("contact", seal.Full)), aud)
	sales, _ := w.State().Role(chartertest.RoleSales)
	s := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	sales.Levels = []charter.SectionLevel{{Section: "finance", Level: charter.LevelRead}}
	widerToo := charter.RoleContent(sales)
	w.Must(&widerToo, w.Founder)
	try(t, w, charter.CodeDenied, "KY3", content("", s.Member, held("finance", seal.Full)), s)
	second := w.Further(aud) // made by NewInvite: the lower of both
	if k, ok := w.State().Holds(second.Device(), "contact"); !ok || k != seal.Mask {
		t.Error("further device holds more than the signer")
	}
	// An issuer who is no steward of a section gives no key for it (IN5).
	third := w.Accept(w.InviteBy(a, charter.InviteSpec{
		Member: w.Random16(), Name: "财", Department: chartertest.Finance, Role: chartertest.RoleFinance,
	}), "")
	if _, ok := w.State().Holds(third.Device(), "finance"); ok {
		t.Error("finance came by an invite of who does not hold it")
	}
	w.Grant(third, seal.Full, "finance")
	w.Ring(third)
}

func TestTR2_NoJoinBeforeTheFirstRelay(t *testing.T) {
	t.Parallel()
	w := chartertest.Bare(t, 96)
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "王芳")
	d := w.NewDevice(canon.MemberID{}, "x")
	_, err := charter.NewJoin(w.State(), charter.JoinSpec{Device: d.Keys}, secret, w.Now, d)
	refused(t, err, charter.CodeDenied, "TR2")
	w.AddRelay()
	w.Accept(secret, "")
}

func TestTR7_IN5_WhatOnlyOwnersTouch(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 97)
	a := w.Join(chartertest.RoleSales, chartertest.Sales, "管")
	w.Promote(a, chartertest.RoleAdmin)
	second := w.Join(charter.RoleColleague, chartertest.Sales, "二")
	w.Promote(second, charter.RoleFounder)
	// Another owner would be left, and still an administrator revokes no owner.
	revoke := &charter.RevokeContent{Devices: []charter.Cut{{Device: second.Device()}}, Reason: charter.ReasonLeft}
	try(t, w, charter.CodeDenied, "TR7", revoke, a)

	// A role that got admin after the invite does not come by the join.
	secret := w.Invite(chartertest.RoleService, chartertest.Sales, "新")
	r, _ := w.State().Role(chartertest.RoleService)
	r.Abilities = charter.AbilityNumbers(charter.Admin)
	raised := charter.RoleContent(r)
	w.Must(&raised, second)
	d := w.NewDevice(canon.MemberID{}, "x")
	_, err := charter.NewJoin(w.State(), charter.JoinSpec{Device: d.Keys}, secret, w.Now, d)
	refused(t, err, charter.CodeDenied, "IN5")
	w.Must(revoke, w.Founder)
}

func TestKY1_FormOfGrants(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 98)
	d := w.Join(charter.RoleColleague, chartertest.Sales, "员")
	for name, change := range map[string]func(*charter.Grant){
		"unsorted": func(g *charter.Grant) { g.Names[0], g.Names[1] = g.Names[1], g.Names[0] },
		"twice":    func(g *charter.Grant) { g.Names[1] = g.Names[0] },
		"kind":     func(g *charter.Grant) { g.Names[0].Kind = 2 },
		"wrap":     func(g *charter.Grant) { g.Wrap = append(g.Wrap, 0) },
		"names":    func(g *charter.Grant) { g.Names = nil },
	} {
		g := w.Wrap(w.Founder, d, seal.Full, "contact", "finance")
		change(&g)
		t.Log(name)
		try(t, w, charter.CodeMalformed, "KY1", grants(g), w.Founder)
	}
	one, two := w.Wrap(w.Founder, d, seal.Full, "contact"), w.Wrap(w.Founder, d, seal.Full, "finance")
	try(t, w, charter.CodeMalformed, "KY1", grants(one, two), w.Founder)
	try(t, w, charter.CodeMalformed, "KY1", &charter.GrantContent{Grants: []charter.Grant{}}, w.Founder)
}
