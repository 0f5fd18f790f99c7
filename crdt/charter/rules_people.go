package charter

import (
	"bytes"
	"crypto/ed25519"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// member is kind 5.
func (t *step) member(c *MemberContent) error {
	if err := t.must(Admin); err != nil {
		return err
	}
	before, ok := t.s.members.get(c.ID)
	role, known := t.s.roles[c.Role]
	if !ok || !known || before.Status == StatusLeft || c.Status > StatusLeft || !canon.ValidName(c.Name) {
		return malformed("TR4", "member")
	}
	if _, ok := t.s.departments[c.Department]; !ok {
		return malformed("TR4", "member's department")
	}
	changes := before.Role != c.Role || before.Status != c.Status
	if changes && (powerful(role) || powerful(t.s.roles[before.Role])) && !t.can(Owner) {
		return denied("TR7", "only an owner gives or takes such a role")
	}
	if c.Status == StatusLeft && t.devicesOf(c.ID) > 0 {
		return malformed("TR4", "left with an active device")
	}
	t.n.members = t.s.members.set(c.ID, Member{
		ID: c.ID, Name: c.Name, Department: c.Department, Role: c.Role, Status: c.Status,
	})
	return t.ownerLeft()
}

// devicesOf counts a member's active devices, the kit with them.
func (t *step) devicesOf(m canon.MemberID) (n int) {
	for _, of := range t.s.active {
		if of == m {
			n++
		}
	}
	return n
}

// room checks the quotas for one more device of a member (wire.md limits).
func (t *step) room(m canon.MemberID) error {
	n := t.devicesOf(m)
	if t.s.active[t.s.kit] == m {
		n--
	}
	if n >= MaxDevices {
		return invalid(CodeQuota, "KY1", "devices of the member")
	}
	return nil
}

// recipients counts active devices and open invites.
func (t *step) recipients() int {
	n := len(t.s.active)
	for id := range t.s.open {
		if t.s.inviteOpen(id, t.at) {
			n++
		}
	}
	return n
}

// fresh checks two public keys and that their id was never seen (ID2).
func (s *State) fresh(sign, hpke []byte) (canon.DeviceID, error) {
	id := canon.NewDeviceID(sign, hpke)
	_, device := s.devices.get(id)
	_, invite := s.invites.get(id)
	if len(sign) != ed25519.PublicKeySize || !seal.ValidPublic(hpke) || device || invite || id == (canon.DeviceID{}) {
		return id, malformed("ID2", "public keys")
	}
	return id, nil
}

// invite is kind 6.
func (t *step) invite(c *InviteContent) error {
	id, err := t.s.fresh(c.Sign, c.HPKE)
	if err != nil {
		return err
	}
	member, exists := t.s.members.get(c.Member)
	if exists {
		err = t.inviteFurther(c, member)
	} else {
		err = t.inviteNew(c)
	}
	if err != nil {
		return err
	}
	if c.Until <= t.at || c.Until > t.at+MaxInviteTime {
		return malformed("IN2", "lifetime of an invite")
	}
	if t.recipients() >= MaxRecipients {
		return invalid(CodeQuota, "KY1", "devices and open invites")
	}
	invite := Invite{
		ID: id, Sign: c.Sign, HPKE: c.HPKE, Member: c.Member, New: !exists, Name: c.Name,
		Department: c.Department, Role: c.Role, Until: c.Until, Issuer: t.dev.ID, Seq: t.head.Seq,
	}
	t.n.invites = t.s.invites.set(id, invite)
	t.n.open = with(t.s.open, id, c.Until)
	if err := t.inviteGrants(invite, c.Grants); err != nil {
		return err
	}
	t.n.give(t.head.Seq, c.Grants)
	return nil
}

func (t *step) inviteNew(c *InviteContent) error {
	if err := t.mayInvite(c.Role); err != nil {
		return err
	}
	_, dep := t.s.departments[c.Department]
	doc := canon.PersonalDoc(t.s.w, c.Member)
	_, taken := t.s.personal.get(doc)
	if !dep || taken || c.Member == (canon.MemberID{}) || c.Name != "" && !canon.ValidName(c.Name) {
		return malformed("TR4", "invite of a new member")
	}
	t.n.personal = t.s.personal.set(doc, c.Member)
	return nil
}

// mayInvite: who may administer, into a role that may not (IN5).
func (t *step) mayInvite(role string) error {
	if err := t.must(Admin); err != nil {
		return err
	}
	r, ok := t.s.roles[role]
	switch {
	case !ok:
		return malformed("TR4", "role of an invite")
	case powerful(r):
		return denied("IN5", "invite with admin or owner")
	}
	return nil
}

// MayInvite tells whether a device may invite a new member into a role, before
// anything is made for the invite.
func (s *State) MayInvite(d canon.DeviceID, role string) error {
	t := &step{s: s, n: s}
	t.dev, t.who, t.role = t.actor(d)
	return t.mayInvite(role)
}

func (t *step) inviteFurther(c *InviteContent, m Member) error {
	if c.Name != "" || c.Role != "" || c.Department != "" || m.Status != StatusActive {
		return malformed("IN5", "invite for a further device")
	}
	if t.dev.Member != c.Member {
		return denied("IN5", "further device of another member")
	}
	return t.room(c.Member)
}

// inviteGrants: by a steward what the role has; for a further device of one's
// own what the signer holds, at most what the role has (KY2, KY3, IN5).
func (t *step) inviteGrants(i Invite, grants []Grant) error {
	if len(grants) == 0 {
		return nil
	}
	if err := grantsForm(grants); err != nil {
		return err
	}
	if len(grants) != 1 || grants[0].Recipient != i.ID {
		return malformed("KY1", "grant to another than the invite")
	}
	for _, k := range grants[0].Names {
		kind, ok := t.n.entitled(i.ID, k.Section)
		if !ok || k.Version != t.s.sections[k.Section].Version {
			return malformed("KY2", "key beyond the role")
		}
		if i.New {
			if !t.steward(k.Section) {
				return denied("KY3", "grant without being steward")
			}
		} else {
			held, has := t.s.newest(t.dev.ID, k.Section)
			if !has {
				return denied("KY3", "grant of a key not held")
			}
			kind = max(kind, held) // Mask is the lower right and the higher number
		}
		if k.Kind != kind {
			return malformed("KY2", "kind of key")
		}
	}
	return nil
}

// join is kind 7.
func (t *step) join(c *JoinContent) error {
	if !t.s.receipts {
		return denied("TR2", "join before the first relay")
	}
	if err := t.s.InviteState(c.Invite, t.at); err != nil {
		return err
	}
	id, err := t.s.fresh(c.Sign, c.HPKE)
	if err != nil {
		return err
	}
	invite, _ := t.s.invites.get(c.Invite)
	chooses := invite.New && invite.Name == ""
	if !canon.ValidName(c.Device) || chooses != (c.Member != "") || chooses && !canon.ValidName(c.Member) {
		return malformed("ID6", "names in a join")
	}
	if err := t.room(invite.Member); err != nil {
		return err
	}
	if err := t.joinGrants(c, id); err != nil {
		return err
	}
	if invite.New {
		if powerful(t.s.roles[invite.Role]) {
			return denied("IN5", "invite with admin or owner")
		}
		name := invite.Name + c.Member // one of the two is empty
		t.n.members = t.s.members.set(invite.Member, Member{
			ID: invite.Member, Name: name, Department: invite.Department, Role: invite.Role,
		})
	}
	t.n.addDevice(Device{
		ID: id, Member: invite.Member, Name: c.Device, Sign: c.Sign, HPKE: c.HPKE,
		Joined: t.head.Seq, Invite: c.Invite, Active: true,
	})
	invite.UsedAt, invite.UsedBy = t.at, id
	t.n.invites = t.s.invites.set(c.Invite, invite)
	t.n.open = without(t.s.open, c.Invite)
	t.n.give(t.head.Seq, c.Grants)
	t.n.holdings = t.n.holdings.set(c.Invite, nil)
	return nil
}

// joinGrants: to the new device exactly what the invite holds (KY3).
func (t *step) joinGrants(c *JoinContent, id canon.DeviceID) error {
	var want []seal.KeyName
	held, _ := t.s.holdings.get(c.Invite)
	for _, h := range held {
		if h.version == t.s.sections[h.section].Version {
			want = append(want, seal.KeyName{Section: h.section, Version: h.version, Kind: h.kind})
		}
	}
	if len(want) == 0 && len(c.Grants) == 0 {
		return nil
	}
	if err := grantsForm(c.Grants); err != nil {
		return err
	}
	if len(c.Grants) != 1 || c.Grants[0].Recipient != id || !sameNames(c.Grants[0].Names, want) {
		return malformed("KY3", "join grants other than its invite holds")
	}
	return nil
}

func (s *State) addDevice(d Device) {
	s.devices = s.devices.set(d.ID, d)
	s.active = with(s.active, d.ID, d.Member)
}

// revoke is kind 10.
func (t *step) revoke(c *RevokeContent) error {
	if len(c.Devices)+len(c.Invites) == 0 || c.Reason == ReasonNone || c.Reason >= reasons {
		return malformed("LV1", "revoke")
	}
	ids := make([]canon.DeviceID, 0, len(c.Devices))
	for i, cut := range c.Devices {
		if i > 0 && bytes.Compare(c.Devices[i-1].Device[:], cut.Device[:]) >= 0 {
			return malformed("LV1", "revoked devices out of order")
		}
		if err := t.mayRevoke(cut.Device); err != nil {
			return err
		}
		d, _ := t.s.devices.get(cut.Device)
		d.Active, d.Cut, d.Revoked, d.Reason = false, cut.N, t.head.Seq, c.Reason
		t.n.devices = t.n.devices.set(d.ID, d)
		ids = append(ids, d.ID)
	}
	t.n.active = without(t.s.active, ids...)
	for i, id := range c.Invites {
		if i > 0 && bytes.Compare(c.Invites[i-1][:], id[:]) >= 0 {
			return malformed("LV1", "withdrawn invites out of order")
		}
		if err := t.mayWithdraw(id); err != nil {
			return err
		}
		invite, _ := t.s.invites.get(id)
		invite.Revoked, invite.Withdrawn = c.Reason, t.head.Seq
		t.n.invites = t.n.invites.set(id, invite)
	}
	t.n.open = without(t.s.open, c.Invites...)
	if c.Rotate != nil {
		if err := t.rotate(c.Rotate); err != nil {
			return err
		}
	}
	return t.ownerLeft()
}

// mayRevoke: an administrator, but an owner's device only an owner (TR7, AT18);
// everyone their own. The kit goes by a kit statement only.
func (t *step) mayRevoke(id canon.DeviceID) error {
	m, active := t.s.active[id]
	if !active {
		return malformed("LV1", "revoked device is not active")
	}
	if id == t.s.kit {
		return malformed("TR4", "kit goes by a kit statement")
	}
	if m == t.dev.Member {
		return nil
	}
	if err := t.must(Admin); err != nil {
		return err
	}
	member, _ := t.s.members.get(m)
	if t.s.roles[member.Role].Can(Owner) && !t.can(Owner) {
		return denied("TR7", "only an owner revokes an owner")
	}
	return nil
}

func (t *step) mayWithdraw(id canon.DeviceID) error {
	if _, ok := t.s.open[id]; !ok {
		return malformed("LV1", "withdrawn invite is not open")
	}
	invite, _ := t.s.invites.get(id)
	issuer, _ := t.s.devices.get(invite.Issuer)
	if issuer.Member == t.dev.Member {
		return nil
	}
	return t.must(Admin)
}

// newKit is kind 14: the new kit is a device of the signing owner; the old one
// is revoked and may keep nothing it would have written.
func (t *step) newKit(c *KitContent) error {
	if err := t.must(Owner); err != nil {
		return err
	}
	id, err := t.s.fresh(c.Kit.Sign, c.Kit.HPKE)
	if err != nil {
		return err
	}
	if !canon.ValidName(c.Kit.Name) {
		return malformed("ID6", "name of the kit")
	}
	old, _ := t.s.devices.get(t.s.kit)
	old.Active, old.Revoked, old.Reason = false, t.head.Seq, ReasonReplaced
	t.n.devices = t.s.devices.set(old.ID, old)
	t.n.active = without(t.s.active, old.ID)
	t.n.addDevice(Device{
		ID: id, Member: t.dev.Member, Name: c.Kit.Name, Sign: c.Kit.Sign, HPKE: c.Kit.HPKE,
		Kit: true, Joined: t.head.Seq, Active: true,
	})
	t.n.kit = id
	if len(c.Grants) > 0 {
		if err := t.grantTo(c.Grants, func(r canon.DeviceID) bool { return r == id }); err != nil {
			return err
		}
	}
	return t.ownerLeft()
}
