package charter_test

import (
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

func grants(g ...charter.Grant) *charter.GrantContent {
	slices.SortFunc(g, func(a, b charter.Grant) int { return slices.Compare(a.Recipient[:], b.Recipient[:]) })
	return &charter.GrantContent{Grants: g}
}

func kinds(s *charter.State, d canon.DeviceID) map[string]seal.Kind {
	out := map[string]seal.Kind{}
	for _, x := range s.Sections() {
		if k, ok := s.Holds(d, x.ID); ok {
			out[x.ID] = k
		}
	}
	return out
}

// TestKY2_WhatEachTemplateIsGranted invites one of each and opens their keys.
func TestKY2_WhatEachTemplateIsGranted(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 20)
	f, m := seal.Full, seal.Mask
	for role, want := range map[string]map[string]seal.Kind{
		charter.RoleColleague:     {"contact": f, "finance": f, "lookup": f},
		chartertest.RoleSales:     {"contact": f, "lookup": f},
		chartertest.RoleMarketing: {"contact": f, "lookup": f},
		chartertest.RoleService:   {"contact": f},
		chartertest.RoleFinance:   {"finance": f},
		chartertest.RoleManager:   {"contact": f, "finance": f, "lookup": f},
		chartertest.RoleAuditor:   {"contact": m, "finance": m, "audit": f},
	} {
		d := w.Join(role, chartertest.Sales, "王芳")
		if got := kinds(w.State(), d.Device()); !mapsEqual(got, want) {
			t.Errorf("%s holds %v by the charter, want %v", role, got, want)
		}
		ring := w.Ring(d)
		for _, x := range w.State().Sections() {
			kind, wants := want[x.ID]
			if got := ring.Has(x.ID, 1, kind); got != wants {
				t.Errorf("%s opens %s: %v, want %v", role, x.ID, got, wants)
			}
			if wants && kind == m && ring.Has(x.ID, 1, f) {
				t.Errorf("%s (masked) opens the full key of %s", role, x.ID)
			}
		}
	}
}

func mapsEqual(a, b map[string]seal.Kind) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || w != v {
			return false
		}
	}
	return true
}

func TestKY3_AT26_AdminWithoutTheKey(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 21)
	a := w.Join(chartertest.RoleSales, chartertest.Sales, "甲")
	w.Promote(a, chartertest.RoleAdmin)
	role, _ := w.State().Role(chartertest.RoleSales)
	role.Levels = []charter.SectionLevel{{Section: "base", Level: charter.LevelWrite}, {Section: "finance", Level: charter.LevelRead}}
	wider := charter.RoleContent(role)
	w.Must(&wider, a) // valid, but nothing opens
	s := w.Join(chartertest.RoleSales, chartertest.Sales, "乙")
	if _, ok := w.State().Holds(a.Device(), "finance"); ok || w.Ring(a).Has("finance", 1, seal.Mask) {
		t.Error("A holds finance")
	}
	made, err := seal.NewSectionKey(w.Rand(), "finance", 1)
	if err != nil {
		t.Fatal(err)
	}
	try(t, w, charter.CodeDenied, "KY3", grants(w.WrapKeys(s.Device(), made)), a)
	rotation := w.Rotation(w.Founder, "finance")
	try(t, w, charter.CodeDenied, "KY3", rotation, a)
	w.Grant(s, seal.Full, "finance") // already held: granting again repairs a broken wrap
	if !w.Ring(s).Has("finance", 1, seal.Full) {
		t.Error("granted key does not open")
	}
}

func TestKY3_StewardMayGrant(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 22)
	fin := w.Join(chartertest.RoleFinance, chartertest.Finance, "丙")
	mgr := w.Join(chartertest.RoleManager, chartertest.Sales, "丁")
	g := w.Wrap(fin, mgr, seal.Full, "finance")
	try(t, w, charter.CodeDenied, "KY3", grants(g), fin)
	w.Must(&charter.SectionContent{
		ID: "finance", Name: "财务", Department: chartertest.Finance, Sealed: true,
		Stewards: []string{chartertest.RoleFinance, charter.RoleFounder},
	}, w.Founder)
	w.Must(grants(w.Wrap(fin, mgr, seal.Full, "finance")), fin)
	w.Must(w.Rotation(fin, "finance"), fin)
	// Stewards are changed by an administrator who has the key only.
	a := w.Join(chartertest.RoleSales, chartertest.Sales, "甲")
	w.Promote(a, chartertest.RoleAdmin)
	try(t, w, charter.CodeDenied, "KY3", &charter.SectionContent{
		ID: "finance", Name: "财务", Department: chartertest.Finance, Sealed: true, Stewards: []string{chartertest.RoleSales},
	}, a)
}

func TestKY2_GrantOfTheWrongKind(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 23)
	aud := w.Join(chartertest.RoleAuditor, chartertest.Company, "审")
	sales := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	try(t, w, charter.CodeMalformed, "KY2", grants(w.Wrap(w.Founder, aud, seal.Full, "contact")), w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", grants(w.Wrap(w.Founder, sales, seal.Mask, "contact")), w.Founder)
	try(t, w, charter.CodeMalformed, "KY2", grants(w.Wrap(w.Founder, sales, seal.Full, "finance")), w.Founder)
	short := w.Wrap(w.Founder, sales, seal.Full, "contact")
	short.Wrap = short.Wrap[:len(short.Wrap)-1]
	try(t, w, charter.CodeMalformed, "KY1", grants(short), w.Founder)
	w.Revoke(sales, 5, charter.ReasonLeft)
	try(t, w, charter.CodeMalformed, "KY4", grants(w.Wrap(w.Founder, sales, seal.Full, "contact")), w.Founder)
}

func TestKY4_AT27_AT28_AT50_RotationListsExactlyTheHolders(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 24)
	s := w.Join(chartertest.RoleManager, chartertest.Sales, "主")
	aud := w.Join(chartertest.RoleAuditor, chartertest.Company, "审")
	out := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	open := w.Invite(chartertest.RoleFinance, chartertest.Finance, "财")
	inviteID, err := open.ID()
	if err != nil {
		t.Fatal(err)
	}

	without := w.Rotation(w.Founder, "finance", s.Device())
	try(t, w, charter.CodeMalformed, "KY4", without, w.Founder)
	withoutInvite := w.Rotation(w.Founder, "finance", inviteID)
	try(t, w, charter.CodeMalformed, "KY4", withoutInvite, w.Founder)
	more := w.Rotation(w.Founder, "finance")
	key, _ := w.Ring(w.Founder).Key("finance", 1)
	key.Version = 2
	more.Grants = append(more.Grants, w.WrapKeys(out.Device(), key))
	more.Grants = grants(more.Grants...).Grants
	try(t, w, charter.CodeMalformed, "KY4", more, w.Founder)
	raised := w.Rotation(w.Founder, "finance")
	for i, g := range raised.Grants {
		if g.Recipient == aud.Device() {
			raised.Grants[i] = w.WrapKeys(aud.Device(), key)
		}
	}
	try(t, w, charter.CodeMalformed, "KY4", raised, w.Founder)
	skip := w.Rotation(w.Founder, "finance")
	skip.Sections[0].Version = 3
	try(t, w, charter.CodeMalformed, "KY1", skip, w.Founder)

	// AT28: a role that was widened meanwhile brings nobody in.
	role, _ := w.State().Role(chartertest.RoleSales)
	role.Levels = append(slices.Clone(role.Levels[:3]), charter.SectionLevel{Section: "finance", Level: charter.LevelRead}, role.Levels[3])
	wider := charter.RoleContent(role)
	w.Must(&wider, w.Founder)
	w.Must(w.Rotation(w.Founder, "finance"), w.Founder)
	if _, ok := w.State().Holds(out.Device(), "finance"); ok {
		t.Error("widened role got a key by rotation")
	}
	for _, d := range []*chartertest.Device{w.Founder, w.Kit, s} {
		if r := w.Ring(d); !r.Has("finance", 2, seal.Full) || !r.Has("finance", 1, seal.Full) {
			t.Errorf("device %s does not open both versions", d.Device())
		}
	}
	if r := w.Ring(aud); !r.Has("finance", 2, seal.Mask) || !r.Has("finance", 1, seal.Mask) || r.Has("finance", 2, seal.Full) {
		t.Error("masked holder: wrong keys after rotation")
	}

	// AT50: who joins by an invite from before the rotation opens old and new.
	if r := w.Ring(w.Accept(open, "")); !r.Has("finance", 2, seal.Full) || !r.Has("finance", 1, seal.Full) {
		t.Error("newcomer does not open old and new version")
	}
}

// TestKY4_AT37 has a role lowered and raised again between rotations.
func TestKY4_AT37_LowerOfRoleAndHolding(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 25)
	aud := w.Join(chartertest.RoleAuditor, chartertest.Company, "审")
	level := func(l charter.Level) {
		r, _ := w.State().Role(chartertest.RoleAuditor)
		r.Levels = []charter.SectionLevel{{Section: "contact", Level: l}}
		c := charter.RoleContent(r)
		w.Must(&c, w.Founder)
	}
	level(charter.LevelRead)
	w.Must(w.Rotation(w.Founder, "contact"), w.Founder)
	if k, _ := w.State().Holds(aud.Device(), "contact"); k != seal.Mask {
		t.Error("a raised level came by rotation")
	}
	w.Grant(aud, seal.Full, "contact")
	if k, _ := w.State().Holds(aud.Device(), "contact"); k != seal.Full {
		t.Error("grant of the full key not noted")
	}
	level(charter.LevelMasked)
	if !w.State().AwaitsKey("contact") {
		t.Error("a lowered level does not ask for a new key (KY5)")
	}
	w.Must(w.Rotation(w.Founder, "contact"), w.Founder)
	if w.State().AwaitsKey("contact") {
		t.Error("still awaits a key after rotating")
	}
	r := w.Ring(aud)
	if r.Has("contact", 3, seal.Full) || !r.Has("contact", 3, seal.Mask) || !r.Has("contact", 2, seal.Full) {
		t.Error("AT37: wrong keys after read and back to masked")
	}
	level(charter.LevelNone)
	w.Must(w.Rotation(w.Founder, "contact"), w.Founder)
	level(charter.LevelRead)
	w.Must(w.Rotation(w.Founder, "contact"), w.Founder)
	if _, ok := w.State().Holds(aud.Device(), "contact"); ok {
		t.Error("who was left out came back by rotation")
	}
}

func TestKY5_RevokeWithRotation_AT36(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 26)
	s, stays := w.Join(chartertest.RoleSales, chartertest.Sales, "走"), w.Join(chartertest.RoleSales, chartertest.Sales, "留")
	cut := []charter.Cut{{Device: s.Device(), N: 77}}
	incl := &charter.RevokeContent{Devices: cut, Reason: charter.ReasonLeft, Rotate: w.Rotation(w.Founder, "contact")}
	try(t, w, charter.CodeMalformed, "KY4", incl, w.Founder)
	w.Revoke(s, 77, charter.ReasonLeft)
	if !w.State().AwaitsKey("contact") || w.State().AwaitsKey("finance") {
		t.Error("KY5: contact must await a key, finance not")
	}
	w.Must(w.Rotation(w.Founder, "contact"), w.Founder)
	if ring, _ := charter.OpenGrants(w.State(), s.Device(), s.Pair); ring.Has("contact", 2, seal.Mask) || !ring.Has("contact", 1, seal.Full) {
		t.Error("AT36: the revoked device must open old versions only")
	}
	if !w.Ring(stays).Has("contact", 2, seal.Full) {
		t.Error("who stays has no new key")
	}
	d, _ := w.State().Device(s.Device())
	if d.Active || d.Cut != 77 || d.Reason != charter.ReasonLeft || d.Revoked == 0 {
		t.Errorf("revoked device is %+v", d)
	}
	one := &charter.RevokeContent{
		Devices: []charter.Cut{{Device: stays.Device(), N: 1}}, Reason: charter.ReasonStolen,
		Rotate: w.Rotation(w.Founder, "contact", stays.Device()),
	}
	w.Must(one, w.Founder)
	if w.State().AwaitsKey("contact") {
		t.Error("revoke with rotation leaves the section waiting")
	}
}

func TestKY7_AT35_BrokenWrapStopsNothing(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 27)
	s := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	rotation := w.Rotation(w.Founder, "contact")
	for i := range rotation.Grants {
		if rotation.Grants[i].Recipient == s.Device() {
			rotation.Grants[i].Wrap[1130] ^= 1
		}
	}
	w.Must(rotation, w.Founder)
	ring, broken := charter.OpenGrants(w.State(), s.Device(), s.Pair)
	if len(broken) != 1 || broken[0].Section != "contact" || broken[0].Version != 2 {
		t.Fatalf("broken is %+v, want contact 2", broken)
	}
	if !ring.Has("contact", 1, seal.Full) || !ring.Has("lookup", 1, seal.Full) {
		t.Error("the rest does not open")
	}
	w.Grant(s, seal.Full, "contact") // the steward's repair
	if r := w.Ring(s); !r.Has("contact", 2, seal.Full) {
		t.Error("not repaired by a new grant")
	}
	garbage := w.Rotation(w.Founder, "contact")
	garbage.Sections[0].Previous.Full[30] ^= 1
	w.Must(garbage, w.Founder)
	if _, broken := charter.OpenGrants(w.State(), w.Kit.Device(), w.Kit.Pair); len(broken) != 0 {
		t.Errorf("a device that has the old key by its own wrap reports %+v", broken)
	}
	late := w.Join(chartertest.RoleSales, chartertest.Sales, "迟")
	if _, broken := charter.OpenGrants(w.State(), late.Device(), late.Pair); len(broken) != 1 || !broken[0].Previous {
		t.Errorf("broken is %+v, want the step back", broken)
	}
}

func TestKY8_AuditKeyPair(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 28)
	c := w.Rotation(w.Founder, charter.SectionAudit)
	bare := *c
	bare.Sections = slices.Clone(c.Sections)
	bare.Sections[0].PublicKey = nil
	try(t, w, charter.CodeMalformed, "KY8", &bare, w.Founder)
	w.Must(c, w.Founder)
	for v := uint32(1); v <= 2; v++ {
		pub, ok := w.State().AuditKey(v)
		k, held := w.Ring(w.Founder).Key(charter.SectionAudit, v)
		if !ok || !held {
			t.Fatalf("audit version %d missing", v)
		}
		if pair, err := seal.AuditPair(k); err != nil || !slices.Equal(pair.Public(), pub) {
			t.Errorf("audit public key of version %d is not that of its key (%v)", v, err)
		}
	}
}

func TestSectionStatement_MakerAndKitHold(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 29)
	k, err := seal.NewSectionKey(w.Rand(), "legal", 1)
	if err != nil {
		t.Fatal(err)
	}
	make := func(to ...canon.DeviceID) *charter.SectionContent {
		var g []charter.Grant
		for _, d := range to {
			g = append(g, w.WrapKeys(d, k))
		}
		return &charter.SectionContent{
			ID: "legal", Name: "法务", Department: chartertest.Company, Sealed: true, Version: 1, Grants: grants(g...).Grants,
		}
	}
	try(t, w, charter.CodeMalformed, "KY1", make(), w.Founder)
	try(t, w, charter.CodeMalformed, "KY3", make(w.Kit.Device()), w.Founder)
	try(t, w, charter.CodeMalformed, "KY3", make(w.Founder.Device()), w.Founder)
	w.Must(make(w.Founder.Device(), w.Kit.Device()), w.Founder)
	f := charter.FieldContent{ID: "contract", Section: "legal", Type: "text", Mask: seal.MaskNone}
	w.Must(&f, w.Founder)
	if !w.Ring(w.Kit).Has("legal", 1, seal.Full) {
		t.Error("kit does not open the new section")
	}
}
