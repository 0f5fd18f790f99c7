package gate

import (
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// scan is one change on its way through GA12 to GA14, before it is entered.
type scan struct {
	*trial
	c       *change.Change
	kind    string // of the message
	id      string // of the message
	special bool   // a document of PO8
	keys    map[string]keyInfo
	before  charter.Row    // the row before the change (PO5)
	row     charter.Row    // the row that rights are judged by
	action  charter.Action // of keys that are no exception
	claim   bool
	asked   map[keyClass]error

	// Answers that the document gives once for the whole change, so that 2,000
	// operations cost no more than one.
	textKeys map[change.OpID]string
	set      map[string]bool
	live     map[string]map[change.OpID]bool
}

// keyInfo is a key of the change with what the charter says of it. Form is 0
// where GA12 has refused the key.
type keyInfo struct {
	charter.Key
	section string
	sealed  bool
}

// checkKeys is GA12 to GA14 for one change; what it finds is kept in t.broken.
func (t *trial) checkKeys(c *change.Change) {
	s := &scan{trial: t, c: c, keys: make(map[string]keyInfo, len(c.Ops)), action: charter.ActionWrite}
	s.kind, s.id, _ = strings.Cut(c.Message, ":")
	s.before = t.rowBefore(c)
	s.row = s.before
	s.special = s.row.Kind != charter.DocCustomer
	if len(c.Deps) == 0 {
		s.action = charter.ActionCreate
		if !s.special {
			s.row = s.firstRow()
		}
	}
	if s.special {
		s.checkSpecial()
		return
	}
	s.checkForms()
	s.eachSet(s.checkForm)
	if t.depth == Stored {
		return
	}
	s.checkRights()
	s.eachSet(s.checkSeal)
}

func (s *scan) eachSet(check func(*change.Op, keyInfo)) {
	for i := range s.c.Ops {
		if op := &s.c.Ops[i]; op.Obj.IsZero() && op.Action == change.Set {
			check(op, s.keys[op.Key])
		}
	}
}

func (s *scan) refuse(code wire.Code, rule, key string) {
	r := refuse(code, rule)
	if key != "" {
		r.Keys = []string{key}
	}
	s.broken = append(s.broken, r)
}

// firstRow is the row by the first values of the document that the change makes
// (PO5): of a key written twice the last one.
func (s *scan) firstRow() charter.Row {
	row := rowOf(s.at, s.doc.id)
	for i := range s.c.Ops {
		op := &s.c.Ops[i]
		if !op.Obj.IsZero() {
			continue
		}
		text := []string(nil)
		if op.Value.Kind == change.KindString {
			text = []string{op.Value.Str()}
		}
		switch op.Key {
		case "s:owner":
			row.Owners = text
		case "s:department":
			row.Departments = text
		case "s:pool":
			row.Pool = op.Value.Bool()
		}
	}
	return row
}

// checkSpecial is PO8: the schema document and personal ones take settings as
// strings from whom they belong to, and nothing else.
func (s *scan) checkSpecial() {
	policy := s.at.Policy()
	for i := range s.c.Ops {
		op := &s.c.Ops[i]
		k, err := charter.ParseKey(op.Key)
		if !op.Obj.IsZero() || err != nil || k.Form != charter.FormSetting || op.Value.Kind != change.KindString {
			s.refuse(wire.CodeRowDenied, "GA13: PO8", s.keyOf(op))
			continue
		}
		if s.depth == Stored {
			continue
		}
		if err := policy.May(s.author.ID, s.action, op.Key, s.row); err != nil {
			s.broken = append(s.broken, fromPolicy(err, op.Key))
		}
	}
}

// checkForms is GA12: the form of every key, and that what it names exists.
func (s *scan) checkForms() {
	for i := range s.c.Ops {
		key := s.keyOf(&s.c.Ops[i])
		if _, done := s.keys[key]; done {
			continue
		}
		info, ok := s.lookUp(key)
		if !ok {
			info = keyInfo{}
			s.refuse(wire.CodeBadKey, "GA12", key)
		}
		s.keys[key] = info
	}
}

func (s *scan) lookUp(key string) (keyInfo, bool) {
	k, err := charter.ParseKey(key)
	if err != nil {
		return keyInfo{}, false
	}
	section, sealed, ok := s.at.KeySection(k)
	return keyInfo{Key: k, section: section, sealed: sealed}, s.exists(k, section, sealed, ok)
}

func (s *scan) exists(k charter.Key, section string, sealed, ok bool) bool {
	switch k.Form {
	case charter.FormSetting:
		return false
	case charter.FormText:
		return ok && !sealed
	case charter.FormEntry:
		// Entries of others are immutable: the member in the key is the author.
		return ok && !reserved(section) && k.Member == s.author.ID
	case charter.FormTask, charter.FormProvenance, charter.FormDistinct, charter.FormOwner, charter.FormDepartment,
		charter.FormPool, charter.FormTombstone, charter.FormMerged:
		return true
	default:
		return ok && !reserved(section)
	}
}

func reserved(section string) bool {
	return section == charter.SectionLookup || section == charter.SectionAudit
}

// keyOf is the root key that the operation writes under: for an operation in a
// text the key of the text.
func (s *scan) keyOf(op *change.Op) string {
	if op.Obj.IsZero() {
		return op.Key
	}
	if s.textKeys == nil {
		s.textKeys = s.findTexts()
	}
	return s.textKeys[op.Obj] // the state has checked that the text exists
}

// findTexts are the keys of the shared texts of the document and of the change,
// by the operations that made them.
func (s *scan) findTexts() map[change.OpID]string {
	found := map[change.OpID]string{}
	for _, key := range s.doc.state.Keys() {
		if strings.HasPrefix(key, "n:") {
			for _, e := range s.doc.live(key) {
				found[e.ID] = key
			}
		}
	}
	for i := range s.c.Ops {
		if s.c.Ops[i].Action == change.MakeText {
			found[s.c.ID(i)] = s.c.Ops[i].Key
		}
	}
	return found
}

// checkRights is GA13: the row first, then each key, then the kind of message.
func (s *scan) checkRights() {
	policy := s.at.Policy()
	s.claim = s.isClaim() && policy.May(s.author.ID, charter.ActionClaim, "s:owner", s.before) == nil
	if s.claim {
		return
	}
	if err := policy.May(s.author.ID, s.action, "", s.row); err != nil {
		s.broken = append(s.broken, fromPolicy(err, ""))
	}
	for key, k := range s.keys {
		if k.Form == 0 {
			continue // GA12 has it
		}
		if err := s.may(policy, key, k); err != nil {
			s.broken = append(s.broken, fromPolicy(err, key))
		}
	}
	switch s.kind {
	case "import":
		s.needs(policy, charter.Import)
	case "merge", "unmerge":
		s.needs(policy, charter.Merge)
	}
}

// may asks the policy once for all fields of a section that stand under the same
// form of key, because it decides them alike: an import writes 25 of them.
func (s *scan) may(policy charter.Policy, key string, k keyInfo) error {
	action := s.action
	switch k.Form {
	case charter.FormTombstone:
		if s.isUndo() {
			action = charter.ActionUndo
		}
	case charter.FormValue, charter.FormConfirmed, charter.FormSource, charter.FormRepeat:
		class := keyClass{k.Form, k.section}
		err, asked := s.asked[class]
		if !asked {
			err = policy.May(s.author.ID, action, key, s.row)
			if s.asked == nil {
				s.asked = map[keyClass]error{}
			}
			s.asked[class] = err
		}
		return err
	default:
	}
	return policy.May(s.author.ID, action, key, s.row)
}

type keyClass struct {
	form    charter.KeyForm
	section string
}

func (s *scan) needs(policy charter.Policy, a charter.Ability) {
	if !policy.Can(s.author.ID, a) {
		s.refuse(wire.CodeFieldDenied, "GA13: PO9 message kind", "")
	}
}

// isClaim tells whether the change is what PO6 calls a claim: owner becomes the
// author, pool false, nothing else.
func (s *scan) isClaim() bool {
	if s.action != charter.ActionWrite || len(s.c.Ops) != 2 {
		return false
	}
	owner, pool := false, false
	for i := range s.c.Ops {
		switch op := &s.c.Ops[i]; op.Key {
		case "s:owner":
			owner = op.Value == change.String(s.author.ID.String())
		case "s:pool":
			pool = op.Value == change.Bool(false)
		}
	}
	return owner && pool
}

// isUndo tells whether the change may set the tombstone as part of undoing an
// import (PO6): the author's own import:<batch> made the document, and nobody
// else had written in it as far as this change has seen.
func (s *scan) isUndo() bool {
	if s.kind != "undo" || s.id == "" {
		return false
	}
	creator, ok := s.doc.state.Creator()
	if !ok || creator.Message != "import:"+s.id || !s.isAuthor(creator.Actor.Device()) {
		return false
	}
	authors, err := s.doc.state.AuthorsAt(s.c.Deps)
	if err != nil {
		return false
	}
	for _, d := range authors {
		if !s.isAuthor(d) {
			return false
		}
	}
	return true
}

func (s *scan) isAuthor(d canon.DeviceID) bool {
	m, ok := s.at.MemberOf(d)
	return ok && m.ID == s.author.ID
}
