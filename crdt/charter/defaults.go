package charter

import "tongce/crdt/seal"

// The roles of a new workspace, for now (PO11 has the others).
const (
	RoleFounder   = "founder"
	RoleColleague = "colleague"
)

// BlindPhone is the blind class of mobile and phone (LO2).
const BlindPhone = "phone"

// DefaultSections are the sections of a new workspace with the two reserved
// ones, owned by the given department, with the founder's role as steward of
// the sealed ones.
func DefaultSections(department string) []SectionSpec {
	open := func(id, name string) SectionSpec {
		return SectionSpec{ID: id, Name: name, Department: department}
	}
	sealed := func(id, name string) SectionSpec {
		return SectionSpec{ID: id, Name: name, Department: department, Sealed: true, Stewards: []string{RoleFounder}}
	}
	return []SectionSpec{
		open(SectionBase, "基础信息"), sealed("contact", "联系方式"), open("business", "商务"),
		sealed("finance", "财务"), open("service", "服务"), sealed(SectionLookup, "查重"), sealed(SectionAudit, "审计"),
	}
}

// DefaultFields are the fields of a new workspace (DESIGN.md 2).
func DefaultFields() []Field {
	open := func(section, kind string, ids ...string) []Field {
		out := make([]Field, 0, len(ids))
		for _, id := range ids {
			out = append(out, Field{ID: id, Section: section, Type: kind, Mask: seal.MaskNone})
		}
		return out
	}
	var f []Field
	f = append(f, open("base", "name", "name")...)
	f = append(f, open("base", "uscc", "uscc")...)
	f = append(f, open("base", "option", "industry", "source")...)
	f = append(f, open("base", "region", "province", "city", "district")...)
	f = append(f, open("base", "address", "address")...)
	f = append(f, open("base", "date", "founded")...)
	f = append(f, open("base", "text", "owner", "department", "remark", "memo")...)
	f = append(f,
		Field{ID: "contact", Section: "contact", Type: "person", Mask: seal.MaskName},
		Field{ID: "mobile", Section: "contact", Type: "mobile", Mask: seal.MaskPhone, Blind: BlindPhone},
		Field{ID: "phone", Section: "contact", Type: "phone", Mask: seal.MaskPhone, Blind: BlindPhone},
		Field{ID: "email", Section: "contact", Type: "email", Mask: seal.MaskEmail},
		Field{ID: "id_number", Section: "contact", Type: "id_number", Mask: seal.MaskIdentity},
		Field{ID: "birthday", Section: "contact", Type: "date", Mask: seal.MaskNone},
	)
	f = append(f, open("business", "option", "level", "stage")...)
	f = append(f, open("business", "text", "contract_no")...)
	f = append(f, open("business", "date", "contract_end", "next_contact")...)
	f = append(f, open("business", "amount", "contract_amount")...)
	return append(f,
		Field{ID: "bank", Section: "finance", Type: "text", Mask: seal.MaskNone},
		Field{ID: "bank_account", Section: "finance", Type: "bank_account", Mask: seal.MaskBank},
	)
}

// DefaultRoles are founder (everything) and colleague (write in every section,
// all rows, import, export, merge, assign).
func DefaultRoles() []Role {
	everywhere := []SectionLevel{
		{Section: "base", Level: LevelWrite},
		{Section: "business", Level: LevelWrite},
		{Section: "contact", Level: LevelWrite},
		{Section: "finance", Level: LevelWrite},
		{Section: "service", Level: LevelWrite},
	}
	return []Role{
		{
			ID: RoleFounder, Name: "创始人", Levels: everywhere, ReadRows: RowsAll, WriteRows: RowsAll,
			Abilities: AbilityNumbers(AllAbilities()...),
		},
		{
			ID: RoleColleague, Name: "同事", Levels: everywhere, ReadRows: RowsAll, WriteRows: RowsAll,
			Abilities: AbilityNumbers(Import, Export, Merge, Assign),
		},
	}
}

// AbilityNumbers is the form of abilities in a role; they are given in order.
func AbilityNumbers(list ...Ability) []uint {
	out := make([]uint, len(list))
	for i, a := range list {
		out[i] = uint(a)
	}
	return out
}
