package charter

import (
	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// newState judges what a genesis says.
func newState(w canon.WorkspaceID, head Head, time int64, c *GenesisContent) (*State, error) {
	if c.Rules == 0 || c.Rules > MaxRules {
		return nil, invalid(CodeVersion, "EC4", "rules of a newer program")
	}
	if !canon.ValidName(c.Name) || c.Fields == nil || c.Nonce == [32]byte{} {
		return nil, malformed("ID6", "genesis")
	}
	s := &State{
		w: w, name: c.Name, head: head, time: time, rules: c.Rules,
		open: map[canon.DeviceID]int64{}, relays: map[canon.RelayKey]Relay{},
	}
	if err := s.found(c); err != nil {
		return nil, err
	}
	if err := s.people(c); err != nil {
		return nil, err
	}
	if err := s.genesisGrants(c); err != nil {
		return nil, err
	}
	return s, nil
}

// found puts departments, sections, roles and fields in. Roles and sections
// name each other, so the sections come first without their stewards.
func (s *State) found(c *GenesisContent) error {
	for _, d := range c.Departments {
		if _, had := s.departments[d.ID]; had {
			return malformed("ID3", "department twice")
		}
		if err := s.putDepartment(d); err != nil {
			return err
		}
	}
	for _, x := range c.Sections {
		if _, had := s.sections[x.ID]; had {
			return malformed("ID3", "section twice")
		}
		if x.Sealed != (x.Version == 1) || x.Version > 1 || len(x.Grants) > 0 {
			return malformed("TR8", "keys of a section in genesis")
		}
		if (x.ID == SectionAudit) != (len(x.PublicKey) > 0) || x.ID == SectionAudit && !seal.ValidPublic(x.PublicKey) {
			return malformed("KY8", "public key of a section")
		}
		bare := x
		bare.Stewards = nil
		if err := s.putSection(bare); err != nil {
			return err
		}
		if x.ID == SectionAudit {
			s.audits = s.audits.set(1, x.PublicKey)
		}
	}
	for _, r := range c.Roles {
		if _, had := s.roles[r.ID]; had {
			return malformed("ID3", "role twice")
		}
		if err := s.putRole(r); err != nil {
			return err
		}
	}
	for _, x := range c.Sections {
		if err := s.putSection(x); err != nil {
			return err
		}
	}
	base, lookup, audit := s.sections[SectionBase], s.sections[SectionLookup], s.sections[SectionAudit]
	if base.ID == "" || base.Sealed || !lookup.Sealed || !audit.Sealed {
		return malformed("PO5", "reserved sections missing")
	}
	for _, f := range c.Fields {
		if _, had := s.fields[f.ID]; had {
			return malformed("ID3", "field twice")
		}
		if err := s.putField(f); err != nil {
			return err
		}
	}
	return nil
}

func (s *State) people(c *GenesisContent) error {
	f := c.Founder
	role, ok := s.roles[f.Role]
	if _, dep := s.departments[f.Department]; !dep || !ok || f.ID == (canon.MemberID{}) || !canon.ValidName(f.Name) {
		return malformed("TR4", "founder")
	}
	if !role.Can(Owner) || !role.Can(Admin) {
		return malformed("TR7", "founder is no owner")
	}
	s.members = s.members.set(f.ID, Member{ID: f.ID, Name: f.Name, Department: f.Department, Role: f.Role})
	s.personal = s.personal.set(canon.PersonalDoc(s.w, f.ID), f.ID)
	for _, k := range []Keys{c.Device, c.Kit} {
		id, err := s.fresh(k.Sign, k.HPKE)
		if err != nil {
			return err
		}
		if !canon.ValidName(k.Name) {
			return malformed("ID6", "name of a device")
		}
		s.addDevice(Device{ID: id, Member: f.ID, Name: k.Name, Sign: k.Sign, HPKE: k.HPKE, Active: true})
		s.kit = id
	}
	kit, _ := s.devices.get(s.kit)
	kit.Kit = true
	s.devices = s.devices.set(kit.ID, kit)
	return nil
}

// genesisGrants: to the founder's device what its role has a right to, to the
// kit every key (LV6); exempt from KY3.
func (s *State) genesisGrants(c *GenesisContent) error {
	if err := grantsForm(c.Grants); err != nil {
		return err
	}
	seen := 0
	for _, g := range c.Grants {
		if _, ok := s.active[g.Recipient]; !ok {
			return malformed("KY4", "grant to another than founder and kit")
		}
		var want []seal.KeyName
		for _, x := range s.Sections() {
			if kind, ok := s.entitled(g.Recipient, x.ID); ok {
				want = append(want, seal.KeyName{Section: x.ID, Version: 1, Kind: kind})
			}
		}
		if !sameNames(g.Names, want) {
			return malformed("KY2", "grants of genesis")
		}
		seen++
	}
	if seen != len(s.active) {
		return malformed("KY4", "founder or kit without grant")
	}
	s.give(0, c.Grants)
	return nil
}
