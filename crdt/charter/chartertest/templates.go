package chartertest

import "tongce/crdt/charter"

// The ids of the templates of PO11.
const (
	RoleSales     = "sales"
	RoleMarketing = "marketing"
	RoleService   = "service"
	RoleFinance   = "finance"
	RoleManager   = "manager"
	RoleAdmin     = "admin"
	RoleAuditor   = "auditor"
)

// Templates are the roles of PO11 but founder.
func Templates() []charter.Role {
	const (
		n, m, r, a, w = charter.LevelNone, charter.LevelMasked, charter.LevelRead, charter.LevelAppend, charter.LevelWrite
		none, own     = charter.RowsNone, charter.RowsOwn
		dep, all      = charter.RowsDepartment, charter.RowsAll
	)
	// PO11 gives sections in the order base, contact, business, finance, service,
	// and none in open sections where PO2 makes it read.
	role := func(id, name string, l [5]charter.Level, read, write charter.Rows, can ...charter.Ability) charter.Role {
		out := charter.Role{ID: id, Name: name, ReadRows: read, WriteRows: write, Abilities: charter.AbilityNumbers(can...)}
		for _, x := range []struct {
			section string
			level   charter.Level
		}{{"base", l[0]}, {"business", l[2]}, {"contact", l[1]}, {"finance", l[3]}, {"service", l[4]}} {
			if x.level != n {
				out.Levels = append(out.Levels, charter.SectionLevel{Section: x.section, Level: x.level})
			}
		}
		return out
	}
	return []charter.Role{
		role(RoleSales, "销售", [5]charter.Level{w, w, w, n, r}, dep, own, charter.Import, charter.Merge),
		role(RoleMarketing, "市场", [5]charter.Level{w, w, r, n, r}, all, all, charter.Import, charter.Export, charter.Merge),
		role(RoleService, "客服", [5]charter.Level{r, r, r, n, a}, all, all),
		role(RoleFinance, "财务", [5]charter.Level{r, n, r, w, r}, all, all, charter.Import, charter.Export, charter.Approve),
		role(RoleManager, "主管", [5]charter.Level{w, w, w, r, r}, dep, dep,
			charter.Import, charter.Export, charter.Merge, charter.Delete, charter.Assign, charter.Approve),
		role(RoleAdmin, "管理员", [5]charter.Level{w, n, w, n, r}, all, all,
			charter.Import, charter.Audit, charter.Schema, charter.Admin),
		role(RoleAuditor, "审计", [5]charter.Level{r, m, r, m, r}, all, none, charter.Audit),
	}
}
