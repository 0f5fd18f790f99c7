package charter_test

import (
	"slices"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/seal"
)

// genesis decodes the content of a workspace's genesis, and signs changed ones.
func genesis(t *testing.T, w *chartertest.Workspace) (fresh func() *charter.GenesisContent, sign func(*charter.GenesisContent) charter.Record) {
	t.Helper()
	body, err := w.Log.All()[0].Decode()
	if err != nil {
		t.Fatal(err)
	}
	nowhere := *w
	nowhere.ID = canon.WorkspaceID{} // W is not known before it is written
	fresh = func() *charter.GenesisContent {
		c := new(charter.GenesisContent)
		if err := canon.Unmarshal(body.Content, c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	sign = func(c *charter.GenesisContent) charter.Record {
		return nowhere.SignBody(charter.Body{V: 1, Time: body.Time, Content: canon.MustMarshal(c)}, w.Founder)
	}
	return fresh, sign
}

func TestTR4_GenesisContent(t *testing.T) {
	t.Parallel()
	w := chartertest.Bare(t, 80)
	fresh, sign := genesis(t, w)
	s, id, err := charter.Genesis(sign(fresh()))
	if err != nil || id != w.ID || s.Name() == "" {
		t.Fatalf("unchanged genesis: %v", err)
	}
	section := func(c *charter.GenesisContent, id string) *charter.SectionSpec {
		return &c.Sections[slices.IndexFunc(c.Sections, func(x charter.SectionSpec) bool { return x.ID == id })]
	}
	for name, c := range map[string]struct {
		change func(*charter.GenesisContent)
		code   charter.Code
		rule   string
	}{
		"newer rules":       {func(c *charter.GenesisContent) { c.Rules = 2 }, charter.CodeVersion, "EC4"},
		"no rules":          {func(c *charter.GenesisContent) { c.Rules = 0 }, charter.CodeVersion, "EC4"},
		"name":              {func(c *charter.GenesisContent) { c.Name = "a\u202e" }, charter.CodeMalformed, "ID6"},
		"no nonce":          {func(c *charter.GenesisContent) { c.Nonce = [32]byte{} }, charter.CodeMalformed, "ID6"},
		"null fields":       {func(c *charter.GenesisContent) { c.Fields = nil }, charter.CodeMalformed, "ID6"},
		"department twice":  {func(c *charter.GenesisContent) { c.Departments = append(c.Departments, c.Departments[0]) }, charter.CodeMalformed, "ID3"},
		"parent comes late": {func(c *charter.GenesisContent) { slices.Reverse(c.Departments) }, charter.CodeMalformed, "TR4"},
		"section twice":     {func(c *charter.GenesisContent) { c.Sections = append(c.Sections, c.Sections[0]) }, charter.CodeMalformed, "ID3"},
		"role twice":        {func(c *charter.GenesisContent) { c.Roles = append(c.Roles, c.Roles[0]) }, charter.CodeMalformed, "ID3"},
		"field twice":       {func(c *charter.GenesisContent) { c.Fields = append(c.Fields, c.Fields[0]) }, charter.CodeMalformed, "ID3"},
		"field in lookup":   {func(c *charter.GenesisContent) { c.Fields[0].Section = "lookup" }, charter.CodeMalformed, "TR4"},
		"sealed, version 0": {func(c *charter.GenesisContent) { section(c, "contact").Version = 0 }, charter.CodeMalformed, "TR8"},
		"sealed, version 2": {func(c *charter.GenesisContent) { section(c, "contact").Version = 2 }, charter.CodeMalformed, "TR8"},
		"no audit key":      {func(c *charter.GenesisContent) { section(c, "audit").PublicKey = nil }, charter.CodeMalformed, "KY8"},
		"short audit key":   {func(c *charter.GenesisContent) { section(c, "audit").PublicKey = []byte{1} }, charter.CodeMalformed, "KY8"},
		"key elsewhere":     {func(c *charter.GenesisContent) { section(c, "contact").PublicKey = section(c, "audit").PublicKey }, charter.CodeMalformed, "KY8"},
		"no lookup":         {func(c *charter.GenesisContent) { section(c, "lookup").ID = "other" }, charter.CodeMalformed, "PO5"},
		"unknown steward":   {func(c *charter.GenesisContent) { section(c, "contact").Stewards = []string{"x"} }, charter.CodeMalformed, "TR4"},
		"founder nowhere":   {func(c *charter.GenesisContent) { c.Founder.Department = "x" }, charter.CodeMalformed, "TR4"},
		"founder nobody":    {func(c *charter.GenesisContent) { c.Founder.ID = canon.MemberID{} }, charter.CodeMalformed, "TR4"},
		"founder no owner":  {func(c *charter.GenesisContent) { c.Founder.Role = charter.RoleColleague }, charter.CodeMalformed, "TR7"},
		"kit is the device": {func(c *charter.GenesisContent) { c.Kit = c.Device }, charter.CodeMalformed, "ID2"},
		"kit without name":  {func(c *charter.GenesisContent) { c.Kit.Name = "" }, charter.CodeMalformed, "ID6"},
		"kit without grant": {func(c *charter.GenesisContent) { c.Grants = c.Grants[:1] }, charter.CodeMalformed, "KY4"},
		"no grants":         {func(c *charter.GenesisContent) { c.Grants = []charter.Grant{} }, charter.CodeMalformed, "KY1"},
		"grant to another":  {func(c *charter.GenesisContent) { c.Grants[0].Recipient = canon.DeviceID{} }, charter.CodeMalformed, "KY4"},
		"mask to the kit":   {func(c *charter.GenesisContent) { c.Grants[0].Names[1].Kind = seal.Mask }, charter.CodeMalformed, "KY2"},
		"grants unsorted":   {func(c *charter.GenesisContent) { slices.Reverse(c.Grants) }, charter.CodeMalformed, "KY1"},
	} {
		g := fresh()
		c.change(g)
		_, _, err := charter.Genesis(sign(g))
		if err == nil {
			t.Errorf("%s: accepted", name)
			continue
		}
		if charter.CodeOf(err) != c.code {
			t.Errorf("%s:", name)
		}
		refused(t, err, c.code, c.rule)
	}
}

func TestTR1_AT2_GenesisRecord_ID1(t *testing.T) {
	t.Parallel()
	w := chartertest.Bare(t, 81)
	fresh, sign := genesis(t, w)
	good := sign(fresh())
	with := func(change func(*charter.Record)) error {
		r := good
		r.Signatures = slices.Clone(good.Signatures)
		change(&r)
		_, _, err := charter.Genesis(r)
		return err
	}
	refused(t, with(func(r *charter.Record) { r.Signatures[0] = make([]byte, 64) }), charter.CodeBadSignature, "TR1")
	refused(t, with(func(r *charter.Record) { r.Signatures = append(r.Signatures, r.Signatures[0]) }), charter.CodeMalformed, "TR1")
	refused(t, with(func(r *charter.Record) { *r = w.Receipt(*r, 1) }), charter.CodeMalformed, "TR2")
	other := w.NewDevice(w.Founder.Member, "x")
	body, err := good.Decode()
	if err != nil {
		t.Fatal(err)
	}
	nowhere := *w
	nowhere.ID = canon.WorkspaceID{}
	body.Signers = nil
	_, _, err = charter.Genesis(nowhere.SignBody(body, other))
	refused(t, err, charter.CodeMalformed, "TR1")
	body.Seq = 1
	_, _, err = charter.Genesis(nowhere.SignBody(body, w.Founder))
	refused(t, err, charter.CodeMalformed, "TR1")
	_, _, err = charter.Genesis(w.Sign(w.State(), &charter.DepartmentContent{ID: "x", Name: "甲"}, w.Founder))
	refused(t, err, charter.CodeMalformed, "TR1")
	// A second genesis cannot follow.
	refused(t, w.State().Check(w.Sign(w.State(), fresh(), w.Founder), w.Now), charter.CodeMalformed, "TR4")
	// Signed for another workspace, nothing fits (AT2).
	far := chartertest.Bare(t, 82)
	dep := &charter.DepartmentContent{ID: "x", Name: "甲"}
	elsewhere := *w
	elsewhere.ID = far.ID
	refused(t, w.State().Check(elsewhere.Sign(w.State(), dep, w.Founder), w.Now), charter.CodeBadSignature, "TR1")
	// Times out of range (WI11), unknown invite (IN4), nothing before the relay was met (WI18).
	h := w.State().Head()
	late := charter.Body{V: 1, Seq: 1, Prev: h.Hash, Kind: 1, Time: charter.MaxTime + 1, Content: canon.MustMarshal(dep)}
	refused(t, w.State().Check(w.SignBody(late, w.Founder), w.Now), charter.CodeMalformed, "WI11")
	late.Time = -1
	refused(t, w.State().Check(w.SignBody(late, w.Founder), w.Now), charter.CodeMalformed, "WI11")
	join := &charter.JoinContent{Invite: far.Founder.Device(), Sign: other.Keys.Sign, HPKE: other.Keys.HPKE, Device: "x"}
	refused(t, w.State().Check(w.Sign(w.State(), join, other, far.Founder), w.Now), charter.CodeDenied, "IN4")
	if err := w.Log.Append(w.Sign(w.State(), &charter.RelayContent{Added: []charter.Relay{{Key: w.RelayKey(), Addresses: []string{}}}}, w.Founder)); err != nil {
		t.Fatal(err)
	}
	refused(t, w.State().Check(w.Sign(w.State(), dep, w.Founder), w.Now), charter.CodeDenied, "WI18")
}
