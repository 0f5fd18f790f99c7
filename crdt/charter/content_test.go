package charter_test

import (
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

func TestTR4_SectionAndFieldContent(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 90)
	out := w.Join(chartertest.RoleSales, chartertest.Sales, "销")
	w.Revoke(out, 0, charter.ReasonLeft)
	key := func(section string, v uint32) seal.SectionKey {
		k, err := seal.NewSectionKey(w.Rand(), section, v)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	first := func(k seal.SectionKey, to ...canon.DeviceID) []charter.Grant {
		var g []charter.Grant
		for _, d := range append(to, w.Founder.Device(), w.Kit.Device()) {
			g = append(g, w.WrapKeys(d, k))
		}
		return grants(g...).Grants
	}
	base := charter.SectionContent{ID: "legal", Name: "法务", Department: chartertest.Company}
	for name, c := range map[string]struct {
		change func(*charter.SectionContent)
		code   charter.Code
		rule   string
	}{
		"id":                 {func(c *charter.SectionContent) { c.ID = "Legal" }, charter.CodeMalformed, "ID6"},
		"name":               {func(c *charter.SectionContent) { c.Name = "" }, charter.CodeMalformed, "ID6"},
		"department":         {func(c *charter.SectionContent) { c.Department = "x" }, charter.CodeMalformed, "TR4"},
		"unknown steward":    {func(c *charter.SectionContent) { c.Sealed, c.Stewards = true, []string{"x"} }, charter.CodeMalformed, "TR4"},
		"steward twice":      {func(c *charter.SectionContent) { c.Sealed, c.Stewards = true, []string{"sales", "sales"} }, charter.CodeMalformed, "TR4"},
		"steward of open":    {func(c *charter.SectionContent) { c.Stewards = []string{"sales"} }, charter.CodeMalformed, "TR8"},
		"version of open":    {func(c *charter.SectionContent) { c.Version = 1 }, charter.CodeMalformed, "TR8"},
		"sealed, version 2":  {func(c *charter.SectionContent) { c.Sealed, c.Version = true, 2 }, charter.CodeMalformed, "KY8"},
		"sealed, public key": {func(c *charter.SectionContent) { c.Sealed, c.Version, c.PublicKey = true, 1, []byte{1} }, charter.CodeMalformed, "KY8"},
		"grant to the gone": {func(c *charter.SectionContent) {
			c.Sealed, c.Version, c.Grants = true, 1, first(key("legal", 1), out.Device())
		}, charter.CodeMalformed, "KY4"},
		"grant of another section": {func(c *charter.SectionContent) {
			c.Sealed, c.Version, c.Grants = true, 1, first(key("contact", 1))
		}, charter.CodeMalformed, "KY1"},
		"grant of another version": {func(c *charter.SectionContent) {
			c.Sealed, c.Version, c.Grants = true, 1, first(key("legal", 2))
		}, charter.CodeMalformed, "KY1"},
		"keys in a change": {func(c *charter.SectionContent) {
			c.ID, c.Sealed, c.Version, c.Grants = "contact", true, 1, first(key("contact", 1))
		}, charter.CodeMalformed, "TR8"},
	} {
		x := base
		c.change(&x)
		t.Log(name)
		try(t, w, c.code, c.rule, &x, w.Founder)
	}
	for name, c := range map[string]struct {
		field charter.FieldContent
		rule  string
	}{
		"id":             {charter.FieldContent{ID: "A", Section: "base", Type: "text", Mask: seal.MaskNone}, "TR4"},
		"type":           {charter.FieldContent{ID: "a", Section: "base", Type: "", Mask: seal.MaskNone}, "TR4"},
		"section":        {charter.FieldContent{ID: "a", Section: "x", Type: "text", Mask: seal.MaskNone}, "TR4"},
		"reserved":       {charter.FieldContent{ID: "a", Section: "audit", Type: "text", Mask: seal.MaskNone}, "TR4"},
		"mask rule":      {charter.FieldContent{ID: "a", Section: "contact", Type: "text", Mask: "half"}, "SE7"},
		"blind class":    {charter.FieldContent{ID: "a", Section: "contact", Type: "text", Mask: seal.MaskNone, Blind: "A B"}, "SE7"},
		"mask in open":   {charter.FieldContent{ID: "a", Section: "base", Type: "text", Mask: seal.MaskPhone}, "LO2"},
		"blind in open":  {charter.FieldContent{ID: "a", Section: "base", Type: "text", Mask: seal.MaskNone, Blind: "uscc"}, "LO2"},
		"moved to other": {charter.FieldContent{ID: "mobile", Section: "finance", Type: "text", Mask: seal.MaskNone}, "TR8"},
	} {
		t.Log(name)
		try(t, w, charter.CodeMalformed, c.rule, &c.field, w.Founder)
	}
	fin := w.Join(chartertest.RoleFinance, chartertest.Finance, "财")
	f := charter.FieldContent{ID: "a", Section: "base", Type: "text", Mask: seal.MaskNone}
	try(t, w, charter.CodeDenied, "TR4", &f, fin)
	try(t, w, charter.CodeDenied, "TR4", &base, fin)
	try(t, w, charter.CodeDenied, "TR4", &charter.DepartmentContent{ID: "a", Name: "甲"}, fin)
	try(t, w, charter.CodeDenied, "TR4", &charter.RoleContent{ID: "a", Name: "甲"}, fin)
	try(t, w, charter.CodeMalformed, "PO1", &charter.RoleContent{ID: "A", Name: "甲"}, w.Founder)
	try(t, w, charter.CodeMalformed, "PO1", &charter.RoleContent{ID: "a", Name: "甲", ReadRows: 4}, w.Founder)
}

func TestLV1_RevokeContent(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 91)
	a, b := w.Join(chartertest.RoleSales, chartertest.Sales, "甲"), w.Join(chartertest.RoleSales, chartertest.Sales, "乙")
	cut := func(d ...*chartertest.Device) (out []charter.Cut) {
		for _, x := range d {
			out = append(out, charter.Cut{Device: x.Device(), N: 1})
		}
		return out
	}
	left := charter.ReasonLeft
	try(t, w, charter.CodeMalformed, "LV1", &charter.RevokeContent{Reason: left}, w.Founder)
	try(t, w, charter.CodeMalformed, "LV1", &charter.RevokeContent{Devices: cut(a)}, w.Founder)
	try(t, w, charter.CodeMalformed, "LV1", &charter.RevokeContent{Devices: cut(a), Reason: 5}, w.Founder)
	try(t, w, charter.CodeMalformed, "LV1", &charter.RevokeContent{Devices: cut(a, a), Reason: left}, w.Founder)
	try(t, w, charter.CodeMalformed, "LV1", &charter.RevokeContent{Devices: cut(w.NewDevice(a.Member, "x")), Reason: left}, w.Founder)
	try(t, w, charter.CodeDenied, "TR4", &charter.RevokeContent{Devices: cut(a), Reason: left}, b)
	secret := w.Invite(chartertest.RoleSales, chartertest.Sales, "新")
	id, _ := secret.ID()
	own := w.InviteBy(a, charter.InviteSpec{Member: a.Member})
	ownID, _ := own.ID()
	withdraw := func(ids ...canon.DeviceID) *charter.RevokeContent {
		return &charter.RevokeContent{Invites: ids, Reason: left}
	}
	try(t, w, charter.CodeDenied, "TR4", withdraw(id), a)
	try(t, w, charter.CodeMalformed, "LV1", withdraw(id, id), w.Founder)
	w.Must(withdraw(ownID), a)
	try(t, w, charter.CodeMalformed, "LV1", withdraw(ownID), a)
	w.Must(&charter.RevokeContent{Devices: cut(a), Reason: left}, a)
	try(t, w, charter.CodeMalformed, "LV1", &charter.RevokeContent{Devices: cut(a), Reason: left}, w.Founder)
}

func TestTR4_RelayRulesKitContent(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 92)
	relay := func(b byte, a ...string) charter.Relay {
		return charter.Relay{Key: canon.RelayKey{b}, Addresses: append([]string{}, a...)}
	}
	for _, c := range []*charter.RelayContent{
		{},
		{Added: []charter.Relay{relay(0)}},
		{Added: []charter.Relay{relay(2), relay(1)}},
		{Added: []charter.Relay{{Key: canon.RelayKey{1}}}},
		{Added: []charter.Relay{relay(1, "")}},
		{Removed: []canon.RelayKey{{9}}},
		{Added: []charter.Relay{{Key: w.RelayKey(), Addresses: []string{}}}, Removed: []canon.RelayKey{w.RelayKey()}},
	} {
		try(t, w, charter.CodeMalformed, "TR4", c, w.Founder)
	}
	many := &charter.RelayContent{}
	for i := range byte(charter.MaxRelays) {
		many.Added = append(many.Added, relay(i+1))
	}
	try(t, w, charter.CodeMalformed, "TR2", many, w.Founder)
	try(t, w, charter.CodeMalformed, "EC4", &charter.RulesContent{Number: 1}, w.Founder)
	kit := w.NewDevice(w.Founder.Member, "")
	try(t, w, charter.CodeMalformed, "ID6", &charter.KitContent{Kit: kit.Keys}, w.Founder)
	try(t, w, charter.CodeMalformed, "ID2", &charter.KitContent{Kit: w.Kit.Keys}, w.Founder)
	try(t, w, charter.CodeMalformed, "KY4", &charter.RotateContent{}, w.Founder)
	rotation := w.Rotation(w.Founder, "contact")
	rotation.Sections[0].Previous.Full = nil
	try(t, w, charter.CodeMalformed, "KY1", rotation, w.Founder)
	open := w.Rotation(w.Founder, "contact")
	open.Sections[0].Section = "base"
	try(t, w, charter.CodeMalformed, "KY4", open, w.Founder)
	public := w.Rotation(w.Founder, "contact")
	public.Sections[0].PublicKey = w.Founder.Keys.HPKE
	try(t, w, charter.CodeMalformed, "KY8", public, w.Founder)
	m := &charter.MemberContent{ID: canon.MemberID{1}, Name: "甲", Department: chartertest.Sales, Role: chartertest.RoleSales}
	try(t, w, charter.CodeMalformed, "TR4", m, w.Founder)
	f, _ := w.State().Member(w.Founder.Member)
	try(t, w, charter.CodeMalformed, "TR4", &charter.MemberContent{ID: f.ID, Name: "甲", Department: "x", Role: f.Role}, w.Founder)
}
