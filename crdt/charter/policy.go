package charter

import (
	"slices"

	"tongce/crdt/canon"
)

// DocKind tells the special documents of PO8 from customers.
type DocKind uint8

// The kinds of documents.
const (
	DocCustomer DocKind = iota
	DocSchema
	DocPersonal
)

// Row is what rights on a document depend on: its live values before the
// change (PO5), of all values where they conflict (PO4).
type Row struct {
	Owners      []string       // live text values of s:owner: member ids in text
	Departments []string       // live text values of s:department
	Pool        bool           // some live value of s:pool is true
	Kind        DocKind        // State.DocKind of the document
	Of          canon.MemberID // DocPersonal: whose it is
}

// Action is what Policy.May decides.
type Action uint8

// The actions. Those that stand for an exception of PO6 are asked only after
// the caller has seen that the change has that form; the rest of the condition
// is decided here.
const (
	// ActionRead: see the row and, where a key is given, at least the masked
	// form of its value. A section id instead of a key works too.
	ActionRead Action = iota + 1
	// ActionReveal: read the whole value of a key, or of a section.
	ActionReveal
	// ActionWrite: set the key (PO6). Key "": write the row at all.
	ActionWrite
	// ActionCreate: set the key in the change that creates the document. Row
	// holds the new document's own first values (PO5). Key "": create at all.
	ActionCreate
	// ActionClaim: set s:owner or s:pool in a change that does nothing else and
	// sets owner to the member and pool to false (PO6). Row as before it.
	ActionClaim
	// ActionUndo: set the key in an undo:<batch> change on a document that the
	// same member's import:<batch> created and nobody else wrote in (PO6).
	ActionUndo
	// The abilities. With a row that is not the zero Row, the row must be seen
	// too; Merge and Delete need its row write.
	ActionImport
	ActionExport
	ActionMerge
	ActionDelete
	ActionAssign
	ActionApprove
	ActionAudit
	ActionSchema
	ActionAdmin
	ActionOwner
)

// Policy decides who may do what at one state of the charter. It is the only
// place that decides (PO10): book, index, export, search, notifications, gate
// and receivers ask it.
type Policy struct{ s *State }

// Policy is the policy of the state.
func (s *State) Policy() Policy { return Policy{s} }

func (p Policy) role(m canon.MemberID) (Member, Role, bool) {
	member, ok := p.s.members.get(m)
	if !ok || member.Status != StatusActive {
		return Member{}, Role{}, false
	}
	return member, p.s.roles[member.Role], true
}

// Can tells whether the member is active and has the ability.
func (p Policy) Can(m canon.MemberID, a Ability) bool {
	_, r, ok := p.role(m)
	return ok && r.Can(a)
}

// Sees is the member's level in the section: none for a member who left, a
// section that does not exist, and what the role does not name; read where an
// open section is not named (PO1, PO2). For the reserved sections it is read
// for their holders (trust.md 4).
func (p Policy) Sees(m canon.MemberID, section string) Level {
	_, r, ok := p.role(m)
	if !ok {
		return LevelNone
	}
	return p.s.level(r, section)
}

// level is the level of a role in a section.
func (s *State) level(r Role, section string) Level {
	x, ok := s.sections[section]
	if !ok {
		return LevelNone
	}
	switch section {
	case SectionLookup:
		if s.level(r, SectionBase) < LevelWrite {
			return LevelNone
		}
		return LevelRead
	case SectionAudit:
		if !r.Can(Audit) {
			return LevelNone
		}
		return LevelRead
	}
	for _, l := range r.Levels {
		if l.Section == section {
			return l.Level
		}
	}
	if x.Sealed {
		return LevelNone
	}
	return LevelRead
}

// SeesRow tells whether the member sees the row: by the role's rows for reading,
// or because it may be written (ADR 0022).
func (p Policy) SeesRow(m canon.MemberID, row Row) bool {
	member, r, ok := p.role(m)
	if !ok {
		return false
	}
	switch row.Kind {
	case DocSchema:
		return true
	case DocPersonal:
		return row.Of == m
	default:
		return p.inRows(member, r.ReadRows, row) || p.inRows(member, r.WriteRows, row)
	}
}

// WritesRow tells whether the member may write in the row (PO4, PO5, PO8).
func (p Policy) WritesRow(m canon.MemberID, row Row) bool {
	member, r, ok := p.role(m)
	if !ok {
		return false
	}
	switch row.Kind {
	case DocSchema:
		return r.Can(Schema)
	case DocPersonal:
		return row.Of == m
	default:
		return p.inRows(member, r.WriteRows, row)
	}
}

func (p Policy) inRows(m Member, rows Rows, row Row) bool {
	switch rows {
	case RowsAll:
		return true
	case RowsDepartment:
		return slices.ContainsFunc(row.Departments, func(d string) bool { return p.s.Within(d, m.Department) })
	case RowsOwn:
		return slices.Contains(row.Owners, m.ID.String())
	default:
		return false
	}
}

// May says whether the member may do the action on the key in the row; nil
// means yes. The error is an InvalidError: row_denied, field_denied, bad_key
// (a key of another form, or naming what does not exist) or denied (abilities).
func (p Policy) May(m canon.MemberID, action Action, key string, row Row) error {
	if _, _, ok := p.role(m); !ok {
		return denied("GA6", "no active member")
	}
	switch action {
	case ActionRead:
		return p.mayRead(m, LevelMasked, key, row)
	case ActionReveal:
		return p.mayRead(m, LevelRead, key, row)
	case ActionWrite, ActionCreate, ActionClaim, ActionUndo:
		return p.mayWrite(m, action, key, row)
	default:
		return p.mayUse(m, action, row)
	}
}

func (p Policy) mayUse(m canon.MemberID, action Action, row Row) error {
	if action < ActionImport || action > ActionOwner {
		return denied("PO10", "unknown action")
	}
	if !p.Can(m, Ability(action-ActionImport)) {
		return denied("PO9", "ability missing")
	}
	if row.zero() {
		return nil
	}
	if !p.SeesRow(m, row) || (action == ActionMerge || action == ActionDelete) && !p.WritesRow(m, row) {
		return invalid(CodeRowDenied, "PO4", "row out of reach")
	}
	return nil
}

func (r Row) zero() bool {
	return len(r.Owners) == 0 && len(r.Departments) == 0 && !r.Pool && r.Kind == DocCustomer
}

func (p Policy) mayRead(m canon.MemberID, need Level, key string, row Row) error {
	if !p.SeesRow(m, row) {
		return invalid(CodeRowDenied, "PO4", "row out of reach")
	}
	if key == "" {
		return nil
	}
	section := key
	if _, ok := p.s.sections[key]; !ok {
		k, err := ParseKey(key)
		if err != nil {
			return err
		}
		if k.Form == FormSetting {
			if row.Kind == DocCustomer {
				return badKey("setting in a customer")
			}
			return nil
		}
		if section, _, ok = p.s.KeySection(k); !ok {
			if k.Field != "" || k.Section != "" {
				return badKey("field or section does not exist")
			}
			return nil // p, d, k and the state keys: whoever sees the row (PO2)
		}
	}
	if p.Sees(m, section) < need {
		return invalid(CodeFieldDenied, "PO1", "section out of reach")
	}
	return nil
}

func (p Policy) mayWrite(m canon.MemberID, action Action, key string, row Row) error {
	if row.Kind != DocCustomer {
		return p.maySet(m, key, row)
	}
	if err := p.mayTouch(m, action, row); err != nil {
		return err
	}
	if key == "" {
		return nil
	}
	k, err := ParseKey(key)
	if err != nil {
		return err
	}
	return p.mayWriteKey(m, action, k, row)
}

// maySet is PO8: settings of the special documents.
func (p Policy) maySet(m canon.MemberID, key string, row Row) error {
	if !p.WritesRow(m, row) {
		return invalid(CodeRowDenied, "PO8", "not one's document")
	}
	if key == "" {
		return nil
	}
	if k, err := ParseKey(key); err != nil || k.Form != FormSetting {
		return invalid(CodeBadKey, "PO8", "not a setting")
	}
	return nil
}

// mayTouch is the row part (GA13: rows first).
func (p Policy) mayTouch(m canon.MemberID, action Action, row Row) error {
	if action == ActionClaim {
		// A row of the pool has no owner yet, so a claim needs no more than
		// seeing it; only whoever may own rows at all can claim.
		if !row.Pool || !p.SeesRow(m, row) || !p.ownsRows(m) {
			return invalid(CodeRowDenied, "PO6", "nothing to claim")
		}
		return nil
	}
	if !p.WritesRow(m, row) {
		return invalid(CodeRowDenied, "PO5", "row out of reach")
	}
	if action == ActionCreate && p.Sees(m, SectionBase) < LevelWrite {
		return invalid(CodeFieldDenied, "PO5", "creating needs write on base")
	}
	return nil
}

func (p Policy) ownsRows(m canon.MemberID) bool {
	_, r, _ := p.role(m)
	return r.WriteRows != RowsNone
}

func (p Policy) mayWriteKey(m canon.MemberID, action Action, k Key, row Row) error {
	switch k.Form {
	case FormValue, FormConfirmed, FormSource, FormRepeat, FormConsent, FormStage, FormText:
		section, sealed, ok := p.s.KeySection(k)
		if !ok {
			return badKey("field does not exist")
		}
		if k.Form == FormText && sealed {
			return badKey("shared text in a sealed section")
		}
		return p.atLeast(m, section, LevelWrite)
	case FormTag:
		return p.atLeast(m, SectionBase, LevelAppend)
	case FormEntry:
		if _, _, ok := p.s.KeySection(k); !ok || reserved(k.Section) {
			return badKey("section does not exist")
		}
		if k.Member != m {
			return badKey("entry of another member")
		}
		return p.atLeast(m, k.Section, LevelAppend)
	case FormTask:
		return nil // row write was asked already
	case FormProvenance:
		return p.needs(m, Import)
	case FormDistinct, FormMerged:
		return p.needs(m, Merge)
	case FormOwner, FormDepartment, FormPool:
		return p.mayAssign(m, action, k, row)
	case FormTombstone:
		if action == ActionUndo {
			return nil
		}
		return p.needs(m, Delete)
	default:
		return badKey("setting in a customer")
	}
}

func (p Policy) mayAssign(m canon.MemberID, action Action, k Key, row Row) error {
	if p.Can(m, Assign) {
		return nil
	}
	member, _, _ := p.role(m)
	switch {
	case action == ActionClaim && k.Form != FormDepartment:
		return nil
	case action == ActionCreate && k.Form == FormOwner &&
		len(row.Owners) == 1 && row.Owners[0] == m.String():
		return nil
	case action == ActionCreate && k.Form == FormDepartment &&
		len(row.Departments) == 1 && row.Departments[0] == member.Department:
		return nil
	}
	return invalid(CodeFieldDenied, "PO6", "needs assign")
}

func (p Policy) needs(m canon.MemberID, a Ability) error {
	if !p.Can(m, a) {
		return invalid(CodeFieldDenied, "PO6", "ability missing")
	}
	return nil
}

func (p Policy) atLeast(m canon.MemberID, section string, l Level) error {
	if p.Sees(m, section) < l {
		return invalid(CodeFieldDenied, "PO6", "level too low")
	}
	return nil
}

func reserved(section string) bool { return section == SectionLookup || section == SectionAudit }
