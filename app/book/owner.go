package book

import (
	"slices"

	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
)

// Who a customer belongs to is shown by two texts, f:owner and f:department,
// and decided for rights by s:owner and s:department. The texts are what every
// list, card and file shows; the rights follow a text that names exactly one
// active member, where the writer may assign (DO9, ADR 0071).
const (
	fieldOwner      = "owner"
	fieldDepartment = "department"
)

// typed is the text that a draft has for an open field.
func (d *draft) typed(field string) string {
	for _, set := range d.edit.Sets {
		if set.Key == key(field) {
			return set.Value.Str()
		}
	}
	return ""
}

// belong gives a new customer to a member and names them where nobody typed
// otherwise.
func (d *draft) belong(s *charter.State, to charter.Member) {
	if d.typed(fieldOwner) == "" && to.Name != "" {
		d.put(key(fieldOwner), change.String(to.Name))
	}
	if dep, ok := s.Department(to.Department); ok && dep.Name != "" && d.typed(fieldDepartment) == "" {
		d.put(key(fieldDepartment), change.String(dep.Name))
	}
	d.put("s:owner", change.String(to.ID.String()))
	d.put("s:department", change.String(to.Department))
}

// assignee is the one active member of a name, where m may assign; else m.
func (b *Book) assignee(s *charter.State, m charter.Member, name string) charter.Member {
	if name == "" || !s.Policy().Can(m.ID, charter.Assign) {
		return m
	}
	named := slices.DeleteFunc(s.Members(), func(o charter.Member) bool {
		return o.Name != name || o.Status != charter.StatusActive
	})
	if len(named) == 1 {
		return named[0]
	}
	return m
}

// assign has a right follow the text that was written beside it: a member's
// name the owner, a department's name the department.
func (p *page) assign(e *repo.Edit, field, text string) {
	if text == "" || !p.s.Policy().Can(p.m.ID, charter.Assign) {
		return
	}
	switch field {
	case fieldOwner:
		if to := p.b.assignee(p.s, p.m, text); to.Name == text && !slices.Equal(p.row.Owners, []string{to.ID.String()}) {
			e.Sets = append(e.Sets, sets("s:owner", change.String(to.ID.String())))
		}
	case fieldDepartment:
		named := slices.DeleteFunc(p.s.Departments(), func(d charter.Department) bool { return d.Name != text })
		if len(named) == 1 && !slices.Equal(p.row.Departments, []string{named[0].ID}) {
			e.Sets = append(e.Sets, sets("s:department", change.String(named[0].ID)))
		}
	}
}
