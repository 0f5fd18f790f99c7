package charter_test

import (
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
)

const ulid = "00000000000000000000000000"

func TestPO6_ParseKey(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]charter.KeyForm{
		"f:name": charter.FormValue, "c:name": charter.FormConfirmed, "o:mobile": charter.FormSource, "n:memo": charter.FormText,
		"r:mobile:" + ulid: charter.FormRepeat, "t:vip": charter.FormTag, "k:" + ulid: charter.FormTask,
		"p:" + ulid: charter.FormProvenance, "d:" + ulid: charter.FormDistinct,
		"e:service:" + ulid + ":" + ulid: charter.FormEntry, "s:owner": charter.FormOwner, "s:department": charter.FormDepartment,
		"s:pool": charter.FormPool, "s:stage": charter.FormStage, "s:tombstone": charter.FormTombstone, "s:merged": charter.FormMerged,
		"s:consent.mobile": charter.FormConsent, "x:field:mobile:name_zh": charter.FormSetting,
	} {
		got, err := charter.ParseKey(key)
		if err != nil || got.Form != want {
			t.Errorf("%s: form %d, error %v, want %d", key, got.Form, err, want)
		}
	}
	for _, key := range []string{
		"", "f", "f:", ":", "f:__proto__", "f:Name", "f:name:x", "f:name ", "f:1a", "x:y", "q:name", "r:mobile", "r:mobile:",
		"r:mobile:" + strings.Repeat("0", 25), "r:mobile:" + strings.ToUpper("a"+ulid[1:]), "r:mobile:" + ulid + ":" + ulid,
		"e:service:" + ulid, "e:service::" + ulid, "e:service:" + ulid + ":" + ulid + ":x", "t:", "t:VIP", "t:重点", "k:", "k:x",
		"d:" + ulid[1:] + "u", "d:" + ulid[1:] + "1", "s:", "s:owner ", "s:consent", "s:consent.", "s:consent.A", "s:other",
		"x:a:b", "x:a:b:", "x:a:b/c:d", "F:name", "f:" + strings.Repeat("a", 33), "x:a:b:" + strings.Repeat("a", 130),
	} {
		if _, err := charter.ParseKey(key); charter.CodeOf(err) != charter.CodeBadKey {
			t.Errorf("%q: %v, want bad_key", key, err)
		}
	}
}

// TestPO6_EveryKeyFormByRole asks for every key form in a row that the role may
// write: "." allowed, "k" bad_key, "f" field_denied.
func TestPO6_EveryKeyFormByRole(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 60)
	roles := []string{
		charter.RoleColleague, chartertest.RoleSales, chartertest.RoleMarketing,
		chartertest.RoleService, chartertest.RoleFinance, chartertest.RoleManager,
	}
	members := make([]canon.MemberID, len(roles))
	for i, r := range roles {
		members[i] = w.Join(r, chartertest.Sales, "员").Member
	}
	p := w.State().Policy()
	for _, c := range []struct{ key, want string }{
		//                     colleague sales marketing service finance manager
		{"f:name", "...ff."},
		{"f:mobile", "...ff."},
		{"f:level", "..fff."},
		{"f:bank", ".fff.f"},
		{"f:none", "kkkkkk"},
		{"c:name", "...ff."},
		{"c:bank", ".fff.f"},
		{"o:mobile", "...ff."},
		{"o:none", "kkkkkk"},
		{"r:mobile:" + ulid, "...ff."},
		{"r:none:" + ulid, "kkkkkk"},
		{"s:consent.mobile", "...ff."},
		{"s:consent.none", "kkkkkk"},
		{"n:memo", "...ff."},
		{"n:mobile", "kkkkkk"},
		{"s:stage", "..fff."},
		{"t:vip", "...ff."},
		{"k:" + ulid, "......"},
		{"p:" + ulid, "...f.."},
		{"d:" + ulid, "...ff."},
		{"s:merged", "...ff."},
		{"s:owner", ".ffff."},
		{"s:department", ".ffff."},
		{"s:pool", ".ffff."},
		{"s:tombstone", "fffff."},
		{"e:service:ME:" + ulid, ".ff.ff"},
		{"e:base:ME:" + ulid, "...ff."},
		{"e:contact:ME:" + ulid, "...ff."},
		{"e:service:" + ulid + ":" + ulid, "kkkkkk"},
		{"e:none:ME:" + ulid, "kkkkkk"},
		{"e:lookup:ME:" + ulid, "kkkkkk"},
		{"x:field:mobile:name", "kkkkkk"},
		{"f:__proto__", "kkkkkk"},
		{"", "......"},
	} {
		for i, m := range members {
			row := charter.Row{Owners: []string{m.String()}, Departments: []string{chartertest.Sales}}
			err := p.May(m, charter.ActionWrite, strings.Replace(c.key, "ME", m.String(), 1), row)
			want := map[byte]charter.Code{'.': "", 'f': charter.CodeFieldDenied, 'k': charter.CodeBadKey}[c.want[i]]
			if got := charter.CodeOf(err); got != want {
				t.Errorf("%s writes %s: %v, want %q", roles[i], c.key, err, want)
			}
		}
	}
}

func TestPO1_PO2_Levels(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 61)
	try(t, w, charter.CodeMalformed, "PO2", &charter.RoleContent{
		ID: "x", Name: "甲", Levels: []charter.SectionLevel{{Section: "base", Level: charter.LevelMasked}},
	}, w.Founder)
	for _, levels := range [][]charter.SectionLevel{
		{{Section: "nowhere", Level: charter.LevelRead}},
		{{Section: "lookup", Level: charter.LevelRead}},
		{{Section: "base", Level: 5}},
		{{Section: "contact"}, {Section: "base", Level: charter.LevelRead}},
		{{Section: "contact"}, {Section: "contact"}},
	} {
		try(t, w, charter.CodeMalformed, "PO1", &charter.RoleContent{ID: "x", Name: "甲", Levels: levels}, w.Founder)
	}
	for _, a := range [][]uint{{1, 0}, {1, 1}, {10}} {
		try(t, w, charter.CodeMalformed, "PO9", &charter.RoleContent{ID: "x", Name: "甲", Abilities: a}, w.Founder)
	}
	d := w.Join(chartertest.RoleAuditor, chartertest.Company, "审")
	p := w.State().Policy()
	for section, want := range map[string]charter.Level{
		"base": charter.LevelRead, "contact": charter.LevelMasked, "finance": charter.LevelMasked,
		"lookup": charter.LevelNone, "audit": charter.LevelRead, "nowhere": charter.LevelNone,
	} {
		if got := p.Sees(d.Member, section); got != want {
			t.Errorf("auditor sees %s at %d, want %d", section, got, want)
		}
	}
	// PO3: masked shows, and never reveals.
	if err := p.May(d.Member, charter.ActionRead, "f:mobile", charter.Row{}); err != nil {
		t.Errorf("masked value not shown: %v", err)
	}
	if err := p.May(d.Member, charter.ActionReveal, "f:mobile", charter.Row{}); charter.CodeOf(err) != charter.CodeFieldDenied {
		t.Errorf("masked value revealed: %v", err)
	}
	if err := p.May(d.Member, charter.ActionReveal, "base", charter.Row{}); err != nil {
		t.Errorf("open section by its id: %v", err)
	}
}

func TestPO4_PO5_Rows(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 62)
	sales := w.Join(chartertest.RoleSales, chartertest.Sales, "销").Member // department / own
	mgr := w.Join(chartertest.RoleManager, chartertest.Sales, "主").Member // department / department
	all := w.Join(chartertest.RoleService, chartertest.North, "客").Member // all / all
	aud := w.Join(chartertest.RoleAuditor, chartertest.North, "审").Member // all / none
	p := w.State().Policy()
	row := func(owner, dep string) charter.Row {
		r := charter.Row{}
		if owner != "" {
			r.Owners = strings.Split(owner, ",")
		}
		if dep != "" {
			r.Departments = strings.Split(dep, ",")
		}
		return r
	}
	me := sales.String()
	for _, c := range []struct {
		name        string
		m           canon.MemberID
		row         charter.Row
		sees, write bool
	}{
		{"own row below the department", sales, row(me, chartertest.North), true, true},
		{"own row elsewhere is seen because it may be written (ADR 0022)", sales, row(me, chartertest.Finance), true, true},
		{"colleague's row", sales, row(mgr.String(), chartertest.Sales), true, false},
		{"row elsewhere", sales, row(mgr.String(), chartertest.Finance), false, false},
		{"row above", sales, row("", chartertest.Company), false, false},
		{"row of nobody", sales, row("", ""), false, false},
		{"one of two conflicting owners", sales, row(mgr.String()+","+me, chartertest.Finance), true, true},
		{"one of two conflicting departments", mgr, row("", chartertest.Finance+","+chartertest.South), true, true},
		{"department that does not exist", mgr, row("", "nowhere"), false, false},
		{"all", all, row("", chartertest.Finance), true, true},
		{"all / none", aud, row(aud.String(), chartertest.North), true, false},
		{"nobody", canon.MemberID{9}, row("", chartertest.North), false, false},
	} {
		if got := p.SeesRow(c.m, c.row); got != c.sees {
			t.Errorf("%s: sees %v, want %v", c.name, got, c.sees)
		}
		if got := p.WritesRow(c.m, c.row); got != c.write {
			t.Errorf("%s: writes %v, want %v", c.name, got, c.write)
		}
		if err := p.May(c.m, charter.ActionWrite, "", c.row); (err == nil) != c.write {
			t.Errorf("%s: may write: %v", c.name, err)
		}
	}
	if err := p.May(sales, charter.ActionWrite, "f:bank", row("", chartertest.Finance)); charter.CodeOf(err) != charter.CodeRowDenied {
		t.Errorf("rows come before fields: %v", err)
	}
}

func TestPO5_PO6_CreateClaimUndo(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 63)
	d := w.Join(chartertest.RoleSales, chartertest.North, "销")
	k := w.Join(chartertest.RoleService, chartertest.North, "客").Member
	p, m := w.State().Policy(), d.Member
	mine := charter.Row{Owners: []string{m.String()}, Departments: []string{chartertest.North}}
	theirs := charter.Row{Owners: []string{k.String()}, Departments: []string{chartertest.North}}
	moved := charter.Row{Owners: []string{m.String()}, Departments: []string{chartertest.South}}
	pool := charter.Row{Departments: []string{chartertest.North}, Pool: true}
	far := charter.Row{Departments: []string{chartertest.Finance}, Pool: true}
	for _, c := range []struct {
		name   string
		m      canon.MemberID
		action charter.Action
		key    string
		row    charter.Row
		want   charter.Code
	}{
		{"create", m, charter.ActionCreate, "", mine, ""},
		{"create with owner oneself", m, charter.ActionCreate, "s:owner", mine, ""},
		{"create with own department", m, charter.ActionCreate, "s:department", mine, ""},
		{"create with another department", m, charter.ActionCreate, "s:department", moved, charter.CodeFieldDenied},
		{"create in the pool", m, charter.ActionCreate, "s:pool", mine, charter.CodeFieldDenied},
		{"create for another", m, charter.ActionCreate, "s:owner", theirs, charter.CodeRowDenied},
		{"create without write on base", k, charter.ActionCreate, "", theirs, charter.CodeFieldDenied},
		{"give away later", m, charter.ActionWrite, "s:owner", mine, charter.CodeFieldDenied},
		{"claim owner", m, charter.ActionClaim, "s:owner", pool, ""},
		{"claim pool", m, charter.ActionClaim, "s:pool", pool, ""},
		{"claim department", m, charter.ActionClaim, "s:department", pool, charter.CodeFieldDenied},
		{"claim what is not in the pool", m, charter.ActionClaim, "s:owner", theirs, charter.CodeRowDenied},
		{"claim what one does not see", m, charter.ActionClaim, "s:owner", far, charter.CodeRowDenied},
		{"tombstone", m, charter.ActionWrite, "s:tombstone", mine, charter.CodeFieldDenied},
		{"tombstone of one's own import", m, charter.ActionUndo, "s:tombstone", mine, ""},
		{"undo gives no other right", m, charter.ActionUndo, "f:bank", mine, charter.CodeFieldDenied},
		{"import", m, charter.ActionImport, "", charter.Row{}, ""},
		{"export", m, charter.ActionExport, "", charter.Row{}, charter.CodeDenied},
		{"merge in a colleague's row", m, charter.ActionMerge, "", theirs, charter.CodeRowDenied},
		{"merge in one's own", m, charter.ActionMerge, "", mine, ""},
		{"unknown action", m, 99, "", mine, charter.CodeDenied},
		{"no member", canon.MemberID{1}, charter.ActionRead, "f:name", mine, charter.CodeDenied},
		{"read elsewhere", m, charter.ActionRead, "f:name", far, charter.CodeRowDenied},
		{"read a key that names nothing", m, charter.ActionRead, "f:none", mine, charter.CodeBadKey},
		{"read provenance", m, charter.ActionRead, "p:" + ulid, mine, ""},
	} {
		if got := p.May(c.m, c.action, c.key, c.row); charter.CodeOf(got) != c.want {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
}

func TestPO8_SpecialDocuments(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 64)
	d, other := w.Join(chartertest.RoleSales, chartertest.North, "销"), w.Join(chartertest.RoleSales, chartertest.North, "二")
	open := w.Invite(chartertest.RoleSales, chartertest.Sales, "新")
	id, _ := open.ID()
	invite, _ := w.State().Invite(id)
	s := w.State()
	row := func(doc canon.DocID) charter.Row {
		kind, of := s.DocKind(doc)
		return charter.Row{Kind: kind, Of: of}
	}
	schema, own, coming := canon.SchemaDoc(w.ID), canon.PersonalDoc(w.ID, d.Member), canon.PersonalDoc(w.ID, invite.Member)
	if k, _ := s.DocKind(canon.DocID{1}); k != charter.DocCustomer {
		t.Error("a customer is special")
	}
	p := s.Policy()
	for _, c := range []struct {
		name string
		m    canon.MemberID
		key  string
		row  charter.Row
		want charter.Code
	}{
		{"schema by founder", w.Founder.Member, "x:field:mobile:name", row(schema), ""},
		{"schema by sales", d.Member, "x:field:mobile:name", row(schema), charter.CodeRowDenied},
		{"customer key in the schema", w.Founder.Member, "f:name", row(schema), charter.CodeBadKey},
		{"own settings", d.Member, "x:view:list:columns", row(own), ""},
		{"another's settings", other.Member, "x:view:list:columns", row(own), charter.CodeRowDenied},
		{"founder in another's settings", w.Founder.Member, "x:view:list:columns", row(own), charter.CodeRowDenied},
		{"settings of an invited one", d.Member, "x:view:list:columns", row(coming), charter.CodeRowDenied},
	} {
		if got := p.May(c.m, charter.ActionWrite, c.key, c.row); charter.CodeOf(got) != c.want {
			t.Errorf("%s: %v, want %q", c.name, got, c.want)
		}
	}
	if p.SeesRow(other.Member, row(own)) || !p.SeesRow(other.Member, row(schema)) {
		t.Error("personal documents are seen by their member only, the schema by all")
	}
}

func TestPO6_SealedOrOpen(t *testing.T) {
	t.Parallel()
	s := chartertest.New(t, 65).State()
	for key, want := range map[string]bool{
		"f:mobile": true, "o:mobile": true, "r:mobile:" + ulid: true, "e:contact:" + ulid + ":" + ulid: true,
		"c:mobile": false, "s:consent.mobile": false, "p:" + ulid: false, "d:" + ulid: false, "s:owner": false,
		"f:name": false, "n:memo": false, "t:vip": false, "k:" + ulid: false, "e:service:" + ulid + ":" + ulid: false,
	} {
		k, err := charter.ParseKey(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, got, _ := s.KeySection(k); got != want {
			t.Errorf("%s sealed: %v, want %v", key, got, want)
		}
	}
}
