package charter

import (
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// department is kind 1.
func (t *step) department(d Department) error {
	if err := t.must(Admin); err != nil {
		return err
	}
	return t.n.putDepartment(d)
}

func (s *State) putDepartment(d Department) error {
	if !canon.ValidID(d.ID) || !canon.ValidName(d.Name) {
		return malformed("ID6", "department")
	}
	if d.Parent != "" {
		if _, ok := s.departments[d.Parent]; !ok || s.Within(d.Parent, d.ID) {
			return malformed("TR4", "department's place in the tree")
		}
	}
	s.departments = with(s.departments, d.ID, d)
	return nil
}

// changeRole is kind 2.
func (t *step) changeRole(r Role) error {
	if err := t.must(Admin); err != nil {
		return err
	}
	before, had := t.s.roles[r.ID]
	if (powerful(r) || had && powerful(before)) && !t.can(Owner) {
		return denied("TR7", "only an owner changes such a role")
	}
	if err := t.n.putRole(r); err != nil {
		return err
	}
	return t.ownerLeft()
}

// powerful: the roles that TR7 and IN5 speak of.
func powerful(r Role) bool { return r.Can(Admin) || r.Can(Owner) }

func (s *State) putRole(r Role) error {
	if !canon.ValidID(r.ID) || !canon.ValidName(r.Name) || r.ReadRows > RowsAll || r.WriteRows > RowsAll {
		return malformed("PO1", "role")
	}
	for i, l := range r.Levels {
		x, ok := s.sections[l.Section]
		if !ok || reserved(l.Section) || l.Level > LevelWrite || i > 0 && r.Levels[i-1].Section >= l.Section {
			return malformed("PO1", "levels of a role")
		}
		if !x.Sealed && l.Level < LevelRead {
			return malformed("PO2", "less than read in an open section")
		}
	}
	for i, a := range r.Abilities {
		if a >= uint(abilities) || i > 0 && r.Abilities[i-1] >= a {
			return malformed("PO9", "abilities of a role")
		}
	}
	s.roles = with(s.roles, r.ID, r)
	return nil
}

// section is kind 3: makes one, or changes name, department and stewards.
func (t *step) section(c SectionSpec) error {
	if err := t.must(Admin); err != nil {
		return err
	}
	before, had := t.s.sections[c.ID]
	if err := t.n.putSection(c); err != nil {
		return err
	}
	if had {
		if before.Sealed != c.Sealed {
			return malformed("TR8", "sealed is fixed")
		}
		if c.Version != 0 || len(c.Grants) > 0 || len(c.PublicKey) > 0 {
			return malformed("TR8", "keys in a changed section")
		}
		if c.Sealed && !slices.Equal(before.Stewards, c.Stewards) && !t.s.holds(t.dev.ID, c.ID) {
			return denied("KY3", "stewards changed without the key")
		}
		x := t.n.sections[c.ID]
		x.Version, x.PublicKey = before.Version, before.PublicKey
		t.n.sections[c.ID] = x // putSection made the map
		return nil
	}
	if !c.Sealed {
		return nil
	}
	if c.Version != 1 || len(c.PublicKey) > 0 {
		return malformed("KY8", "keys of a new section")
	}
	return t.firstGrants(c)
}

// firstGrants: who makes a sealed section is among its holders, and the kit is
// granted every section (LV6). Roles cannot name the section before it stands,
// so their level does not count here.
func (t *step) firstGrants(c SectionSpec) error {
	if err := grantsForm(c.Grants); err != nil {
		return err
	}
	full := map[canon.DeviceID]bool{}
	for _, g := range c.Grants {
		if _, ok := t.s.active[g.Recipient]; !ok {
			return malformed("KY4", "grant to no active device")
		}
		if len(g.Names) != 1 || g.Names[0].Section != c.ID || g.Names[0].Version != 1 {
			return malformed("KY1", "grant of another key")
		}
		full[g.Recipient] = g.Names[0].Kind == seal.Full
	}
	_, kitLives := t.s.active[t.s.kit]
	if !full[t.dev.ID] || kitLives && !full[t.s.kit] {
		return malformed("KY3", "maker or kit is not among the grants")
	}
	t.n.give(t.head.Seq, c.Grants)
	return nil
}

func (s *State) putSection(c SectionSpec) error {
	if !canon.ValidID(c.ID) || !canon.ValidName(c.Name) {
		return malformed("ID6", "section")
	}
	if _, ok := s.departments[c.Department]; !ok {
		return malformed("TR4", "owning department does not exist")
	}
	for i, r := range c.Stewards {
		if _, ok := s.roles[r]; !ok || i > 0 && c.Stewards[i-1] >= r {
			return malformed("TR4", "stewards of a section")
		}
	}
	if !c.Sealed && (c.Version != 0 || len(c.Grants) > 0 || len(c.PublicKey) > 0 || len(c.Stewards) > 0) {
		return malformed("TR8", "keys of an open section")
	}
	s.sections = with(s.sections, c.ID, Section{
		ID: c.ID, Name: c.Name, Department: c.Department, Sealed: c.Sealed,
		Stewards: c.Stewards, Version: c.Version, PublicKey: c.PublicKey,
	})
	return nil
}

// field is kind 4.
func (t *step) field(f Field) error {
	if err := t.must(Schema); err != nil {
		return err
	}
	return t.n.putField(f)
}

func (s *State) putField(f Field) error {
	x, ok := s.sections[f.Section]
	if !canon.ValidID(f.ID) || !canon.ValidID(f.Type) || !ok || reserved(f.Section) {
		return malformed("TR4", "field")
	}
	if !f.Mask.Valid() || f.Blind != "" && !canon.ValidID(f.Blind) {
		return malformed("SE7", "mask rule or blind class")
	}
	if !x.Sealed && (f.Mask.HasPart() || f.Blind != "") {
		return malformed("LO2", "mask or blind class in an open section")
	}
	if before, had := s.fields[f.ID]; had && before.Section != f.Section {
		return malformed("TR8", "section of a field is fixed")
	}
	s.fields = with(s.fields, f.ID, f)
	return nil
}

// handover is kind 11; what it says is informative (LV5).
func (t *step) handover(c *HandoverContent) error {
	if err := t.must(Assign); err != nil {
		return err
	}
	_, from := t.s.members.get(c.From)
	_, to := t.s.members.get(c.To)
	if !from || !to || c.From == c.To || c.ID == [16]byte{} {
		return malformed("LV5", "hand-over")
	}
	return nil
}

// erase is kind 12: two devices of two members, one with delete, one with
// approve or owner.
func (t *step) erase(c *EraseContent) error {
	other, _, role := t.actor(t.body.Signers[1])
	if other.Member == t.dev.Member {
		return denied("TR4", "erase by one member")
	}
	may := func(d Device, r Role, a Ability) bool { return d.Kit || r.Can(a) }
	second := func(d Device, r Role) bool { return may(d, r, Approve) || may(d, r, Owner) }
	both := may(t.dev, t.role, Delete) && second(other, role) || may(other, role, Delete) && second(t.dev, t.role)
	if !both {
		return denied("TR4", "erase needs delete and approve")
	}
	if len(c.Docs) == 0 || len(c.Docs) > MaxErased || c.Reason < EraseRequest || c.Reason >= eraseReasons {
		return malformed("ER1", "erase")
	}
	top := make(map[canon.DocID]uint64, len(c.Docs))
	for i, d := range c.Docs {
		if i > 0 && strings.Compare(string(c.Docs[i-1][:]), string(d[:])) >= 0 {
			return malformed("ER1", "customers out of order")
		}
		if kind, _ := t.s.DocKind(d); kind != DocCustomer {
			return malformed("PO8", "not a customer")
		}
		top[d] = t.head.Seq
	}
	t.n.erased = t.s.erased.setAll(top)
	return nil
}

// relay is kind 13.
func (t *step) relay(c *RelayContent) error {
	if err := t.must(Owner); err != nil {
		return err
	}
	if len(c.Added)+len(c.Removed) == 0 {
		return malformed("TR4", "relay statement without relays")
	}
	relays := without(t.s.relays)
	if relays == nil {
		relays = map[canon.RelayKey]Relay{}
	}
	for i, r := range c.Removed {
		if _, ok := relays[r]; !ok || i > 0 && strings.Compare(string(c.Removed[i-1][:]), string(r[:])) >= 0 {
			return malformed("TR4", "removed relay")
		}
		delete(relays, r)
	}
	for i, r := range c.Added {
		if i > 0 && strings.Compare(string(c.Added[i-1].Key[:]), string(r.Key[:])) >= 0 || slices.Contains(c.Removed, r.Key) {
			return malformed("TR4", "added relay")
		}
		bad := func(a string) bool { return !address(a) }
		if r.Key == (canon.RelayKey{}) || r.Addresses == nil || len(r.Addresses) > MaxRelays || slices.ContainsFunc(r.Addresses, bad) {
			return malformed("TR4", "added relay")
		}
		relays[r.Key] = r
	}
	if len(relays) == 0 || len(relays) > MaxRelays {
		return malformed("TR2", "no relay would be left, or too many")
	}
	t.n.relays, t.n.receipts = relays, true
	return nil
}

// address: 1 to 255 printable ASCII characters without blanks. What they mean
// is for whoever dials; the key decides who answers (WI5).
func address(a string) bool {
	if a == "" || len(a) > MaxAddress {
		return false
	}
	for _, c := range []byte(a) {
		if c <= 0x20 || c >= 0x7F {
			return false
		}
	}
	return true
}

// rules is kind 15.
func (t *step) rules(c *RulesContent) error {
	if err := t.must(Owner); err != nil {
		return err
	}
	if c.Number <= t.s.rules {
		return malformed("EC4", "rules do not go back")
	}
	if c.Number > MaxRules {
		return invalid(CodeVersion, "EC4", "rules of a newer program")
	}
	t.n.rules = c.Number
	return nil
}
