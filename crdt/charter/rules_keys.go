package charter

import (
	"bytes"
	"cmp"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// wrapSize is the length of an HPKE wrap of n keys (KY1).
func wrapSize(n int) int {
	head := 1
	if n >= 24 {
		head = 2
	}
	return seal.HPKEOverhead + head + n*34
}

const maxNames = 255

// previousSize is the length of one wrap of an older key.
const previousSize = 12 + 32 + 16

// grantsForm checks what grants must be wherever they stand: at least one,
// sorted by recipient, one per recipient, each with keys sorted by section.
func grantsForm(grants []Grant) error {
	if len(grants) == 0 {
		return malformed("KY1", "no grants")
	}
	for i, g := range grants {
		if i > 0 && bytes.Compare(grants[i-1].Recipient[:], g.Recipient[:]) >= 0 {
			return malformed("KY1", "recipients out of order")
		}
		if len(g.Names) == 0 || len(g.Names) > maxNames || len(g.Wrap) != wrapSize(len(g.Names)) {
			return malformed("KY1", "wrap")
		}
		for j, k := range g.Names {
			if k.Kind > seal.Mask || j > 0 && g.Names[j-1].Section >= k.Section {
				return malformed("KY1", "keys of a grant")
			}
		}
	}
	return nil
}

func sameNames(a, b []seal.KeyName) bool {
	return slices.EqualFunc(a, b, func(x, y seal.KeyName) bool {
		return x.Section == y.Section && x.Version == y.Version && x.Kind == y.Kind
	})
}

// newest is the kind of key that the recipient was given of the section's
// newest version.
func (s *State) newest(id canon.DeviceID, section string) (seal.Kind, bool) {
	held, _ := s.holdings.get(id)
	for _, h := range held {
		if h.section == section && h.version == s.sections[section].Version {
			return h.kind, true
		}
	}
	return 0, false
}

// holds tells whether the recipient has K of the newest version (KY3).
func (s *State) holds(id canon.DeviceID, section string) bool {
	kind, ok := s.newest(id, section)
	return ok && kind == seal.Full
}

// Holds is the kind of key that a device or invite was given of the section's
// newest version, by the charter.
func (s *State) Holds(recipient canon.DeviceID, section string) (seal.Kind, bool) {
	return s.newest(recipient, section)
}

// entitled is the kind of key that the recipient's role has a right to (KY2):
// for the kit the full one.
func (s *State) entitled(id canon.DeviceID, section string) (seal.Kind, bool) {
	if !s.sections[section].Sealed {
		return 0, false
	}
	if id == s.kit {
		return seal.Full, true
	}
	role := ""
	if m, ok := s.active[id]; ok {
		member, _ := s.members.get(m)
		role = member.Role
	} else if i, ok := s.invites.get(id); ok {
		role = i.Role
		if !i.New {
			member, _ := s.members.get(i.Member)
			role = member.Role
		}
	}
	r, ok := s.roles[role]
	if !ok {
		return 0, false
	}
	switch s.level(r, section) {
	case LevelNone:
		return 0, false
	case LevelMasked:
		return seal.Mask, true
	default:
		return seal.Full, true
	}
}

// Holder is a device or invite that a rotation must list, with the kind of key
// it gets (KY4).
type Holder struct {
	ID   canon.DeviceID
	Kind seal.Kind
}

// Holders lists, by id, who a rotation of the section at time now must list
// (KY4): active devices and open invites that hold the newest version and whose
// role still has at least masked, each with the lower of its role's right and
// what it holds.
func (s *State) Holders(section string, now int64) []Holder {
	var out []Holder
	add := func(id canon.DeviceID) {
		held, has := s.newest(id, section)
		right, may := s.entitled(id, section)
		if has && may {
			out = append(out, Holder{ID: id, Kind: max(held, right)})
		}
	}
	for id := range s.active {
		add(id)
	}
	for id := range s.open {
		if s.inviteOpen(id, now) {
			add(id)
		}
	}
	slices.SortFunc(out, func(a, b Holder) int { return bytes.Compare(a.ID[:], b.ID[:]) })
	return out
}

// AwaitsKey tells whether the section's newest key is known to someone who
// should have lost it: a revoked device, a withdrawn invite, a role with less
// than it holds (KY5).
func (s *State) AwaitsKey(section string) bool {
	for id := range s.holdings.all() {
		held, has := s.newest(id, section)
		if !has {
			continue
		}
		if i, ok := s.invites.get(id); ok && i.Revoked == ReasonNone {
			continue
		}
		_, active := s.active[id]
		right, may := s.entitled(id, section)
		if !active || !may || right > held {
			return true
		}
	}
	return false
}

// steward tells whether the signer may grant and rotate the section (KY3): it
// holds the newest key, and has admin or a steward's role.
func (t *step) steward(section string) bool {
	return t.s.holds(t.dev.ID, section) &&
		(t.can(Admin) || slices.Contains(t.s.sections[section].Stewards, t.who.Role))
}

// give notes grants: what each recipient holds, and the wraps to open later.
func (s *State) give(seq uint64, grants []Grant) {
	if len(grants) == 0 {
		return
	}
	holdings := make(map[canon.DeviceID][]holding, len(grants))
	given := make(map[canon.DeviceID][]Granted, len(grants))
	for _, g := range grants {
		held, _ := s.holdings.get(g.Recipient)
		holdings[g.Recipient] = hold(held, g.Names)
		before, _ := s.grants.get(g.Recipient)
		given[g.Recipient] = append(slices.Clip(before), Granted{Seq: seq, Grant: g})
	}
	s.holdings = s.holdings.setAll(holdings)
	s.grants = s.grants.setAll(given)
}

// hold: of one version the fuller key counts, who was given K has it.
func hold(before []holding, names []seal.KeyName) []holding {
	out := slices.Clone(before)
	for _, k := range names {
		h := holding{section: k.Section, version: k.Version, kind: k.Kind}
		i, found := slices.BinarySearchFunc(out, k.Section, func(x holding, s string) int { return cmp.Compare(x.section, s) })
		switch {
		case !found:
			out = slices.Insert(out, i, h)
		case out[i].version == h.version:
			out[i].kind = min(out[i].kind, h.kind)
		default:
			out[i] = h
		}
	}
	return out
}

// grant is kind 8.
func (t *step) grant(c *GrantContent) error {
	return t.grantTo(c.Grants, func(id canon.DeviceID) bool {
		_, active := t.s.active[id]
		return active || t.s.inviteOpen(id, t.at)
	})
}

func (t *step) grantTo(grants []Grant, may func(canon.DeviceID) bool) error {
	if err := grantsForm(grants); err != nil {
		return err
	}
	for _, g := range grants {
		if !may(g.Recipient) {
			return malformed("KY4", "recipient of a grant")
		}
		for _, k := range g.Names {
			if !t.steward(k.Section) {
				return denied("KY3", "grant without being steward")
			}
			kind, ok := t.n.entitled(g.Recipient, k.Section)
			if !ok || kind != k.Kind || k.Version != t.s.sections[k.Section].Version {
				return malformed("KY2", "key beyond the role, or of another version")
			}
		}
	}
	t.n.give(t.head.Seq, grants)
	return nil
}

// rotate is kind 9, and a part of kind 10: there the holders are those after
// the revocation.
func (t *step) rotate(c *RotateContent) error {
	if len(c.Sections) == 0 {
		return malformed("KY4", "rotation of nothing")
	}
	want := map[canon.DeviceID][]seal.KeyName{}
	sections := t.n.sections
	for i, r := range c.Sections {
		x, ok := t.s.sections[r.Section]
		if !ok || !x.Sealed || i > 0 && c.Sections[i-1].Section >= r.Section {
			return malformed("KY4", "rotated section")
		}
		if !t.steward(r.Section) {
			return denied("KY3", "rotation without being steward")
		}
		if err := rotationForm(r, x); err != nil {
			return err
		}
		full := false
		for _, h := range t.n.Holders(r.Section, t.at) {
			want[h.ID] = append(want[h.ID], seal.KeyName{Section: r.Section, Version: r.Version, Kind: h.Kind})
			full = full || h.Kind == seal.Full
		}
		if !full {
			return malformed("KY4", "no holder would be left")
		}
	}
	for _, r := range c.Sections {
		x := sections[r.Section]
		x.Version, x.PublicKey = r.Version, r.PublicKey
		sections = with(sections, r.Section, x)
		t.n.previous = t.n.previous.set(keyVersion{r.Section, r.Version}, r.Previous)
		if r.Section == SectionAudit {
			t.n.audits = t.n.audits.set(r.Version, r.PublicKey)
		}
	}
	if err := grantsForm(c.Grants); err != nil {
		return err
	}
	if len(c.Grants) != len(want) {
		return malformed("KY4", "rotation does not list exactly the holders")
	}
	for _, g := range c.Grants {
		if !sameNames(g.Names, want[g.Recipient]) {
			return malformed("KY4", "rotation does not list exactly the holders")
		}
	}
	t.n.sections = sections
	t.n.give(t.head.Seq, c.Grants)
	return nil
}

func rotationForm(r Rotation, x Section) error {
	if r.Version != x.Version+1 || r.Version == 0 ||
		len(r.Previous.Full) != previousSize || len(r.Previous.Mask) != previousSize {
		return malformed("KY1", "version or previous keys")
	}
	if r.Section == SectionAudit && !seal.ValidPublic(r.PublicKey) || r.Section != SectionAudit && r.PublicKey != nil {
		return malformed("KY8", "public key of a rotation")
	}
	return nil
}
