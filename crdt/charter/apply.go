package charter

import (
	"bytes"

	"tongce/crdt/canon"
)

// step is the judging of one record: s before, n after.
type step struct {
	s, n *State
	body Body
	head Head
	at   int64 // receipt time; before the first relay the signer's time (TR2)

	dev  Device // first signer, not for genesis and join
	who  Member
	role Role
}

// Genesis judges record 0 and makes the first state; the workspace id is the
// hash of its body (ID1). The error is an InvalidError or matches
// canon.ErrEncoding.
func Genesis(r Record) (*State, canon.WorkspaceID, error) {
	body, content, err := open(r)
	if err != nil {
		return nil, canon.WorkspaceID{}, err
	}
	c, ok := content.(*GenesisContent)
	if !ok || body.Seq != 0 || body.Prev != (canon.Hash{}) {
		return nil, canon.WorkspaceID{}, malformed("TR1", "first statement is no genesis")
	}
	if r.Receipt != nil {
		return nil, canon.WorkspaceID{}, malformed("TR2", "receipt before the first relay")
	}
	id := c.Device.ID()
	if len(body.Signers) != 1 || len(r.Signatures) != 1 || body.Signers[0] != id {
		return nil, canon.WorkspaceID{}, malformed("TR1", "genesis not signed by its device")
	}
	if !canon.Verify(c.Device.Sign, canon.DomainStatement, statementMessage(canon.WorkspaceID{}, r.Body), r.Signatures[0]) {
		return nil, canon.WorkspaceID{}, invalid(CodeBadSignature, "TR1", "signature")
	}
	w := GenesisID(r.Body)
	head := Head{Hash: BodyHash(w, r.Body)}
	s, err := newState(w, head, body.Time, c)
	if err != nil {
		return nil, canon.WorkspaceID{}, err
	}
	return s, w, nil
}

// Apply judges the record that follows s and makes the state after it (TR1). It
// is a pure function of s and r; s stays as it is. The error is an InvalidError
// (charter_moved where the record follows another head) or matches
// canon.ErrEncoding.
func (s *State) Apply(r Record) (*State, error) { return s.judge(r, 0, false) }

// Check judges the record as though the relay had received it at the given time
// (seconds); its receipt, if any, is not looked at. It is what the relay asks
// before it countersigns, and a device before it sends.
func (s *State) Check(r Record, at int64) error {
	r.Receipt = nil
	_, err := s.judge(r, at, true)
	return err
}

// open decodes body and content strictly.
func open(r Record) (Body, Content, error) {
	if err := r.form(); err != nil {
		return Body{}, nil, err
	}
	// The version comes first in the canonical map, so that a body of another
	// version is told from a broken one (EC4).
	if len(r.Body) > 2 && r.Body[0]>>5 == 5 && r.Body[1] == 1 && r.Body[2] != Version && r.Body[2]>>5 == 0 {
		return Body{}, nil, invalid(CodeVersion, "EC4", "version of the statement")
	}
	body, err := r.Decode()
	if err != nil {
		return Body{}, nil, err
	}
	if body.V != Version {
		return Body{}, nil, invalid(CodeVersion, "EC4", "version of the statement")
	}
	if body.Kind >= uint64(kinds) {
		return Body{}, nil, invalid(CodeVersion, "EC4", "kind of the statement")
	}
	if body.Time < 0 || body.Time > MaxTime {
		return Body{}, nil, malformed("WI11", "time out of range")
	}
	content := newContent(Kind(body.Kind))
	if err := canon.Unmarshal(body.Content, content); err != nil {
		return Body{}, nil, err
	}
	return body, content, nil
}

func (s *State) judge(r Record, at int64, supposed bool) (*State, error) {
	body, content, err := open(r)
	if err != nil {
		return nil, err
	}
	if body.Seq != s.head.Seq+1 || body.Prev != s.head.Hash {
		return nil, invalid(CodeMoved, "TR1", "follows another statement")
	}
	t := &step{s: s, n: s.clone(), body: body, head: Head{Seq: body.Seq, Hash: BodyHash(s.w, r.Body)}}
	if supposed {
		t.at = max(at, s.receipt)
		if s.pending {
			return nil, invalid(CodeDenied, "WI18", "the relay was not met yet")
		}
	} else if err := t.receipted(r, content); err != nil {
		return nil, err
	}
	if err := t.signed(r, content); err != nil {
		return nil, err
	}
	if err := t.apply(content); err != nil {
		return nil, err
	}
	t.n.head, t.n.time = t.head, t.at
	return t.n, nil
}

// receipted is TR2 and WI18.
func (t *step) receipted(r Record, content Content) error {
	relay, first := content.(*RelayContent)
	first = first && !t.s.receipts
	switch {
	case t.s.pending:
		return invalid(CodeDenied, "WI18", "the relay was not met yet")
	case r.Receipt == nil && t.s.receipts:
		return malformed("TR2", "receipt missing")
	case r.Receipt == nil:
		t.at = t.body.Time
		t.n.pending = first
		return nil
	case !t.s.receipts && !first:
		return malformed("TR2", "receipt before the first relay")
	}
	known := t.s.HasRelay(r.Receipt.Relay)
	if first {
		for _, a := range relay.Added {
			known = known || a.Key == r.Receipt.Relay
		}
	}
	if !known {
		return denied("TR2", "receipt by no relay of the workspace")
	}
	if r.Receipt.Time < t.s.receipt || r.Receipt.Time > MaxTime {
		return malformed("TR2", "receipt time went back")
	}
	if !r.Receipt.Verify(t.s.w, t.head) {
		return invalid(CodeBadSignature, "TR2", "receipt")
	}
	t.at, t.n.receipt = r.Receipt.Time, r.Receipt.Time
	return nil
}

// signed checks who signed: as many active devices as the kind asks for, and
// every signature (TR1).
func (t *step) signed(r Record, content Content) error {
	want := 1
	if k := content.Kind(); k == KindErase || k == KindJoin {
		want = 2
	}
	if len(t.body.Signers) != want || len(r.Signatures) != want {
		return malformed("TR1", "number of signers")
	}
	message := statementMessage(t.s.w, r.Body)
	if join, ok := content.(*JoinContent); ok {
		return t.joinSigned(join, message, r.Signatures)
	}
	for i, id := range t.body.Signers {
		if _, ok := t.s.active[id]; !ok {
			return denied("TR1", "signer is no active device")
		}
		d, _ := t.s.devices.get(id)
		if !canon.Verify(d.Sign, canon.DomainStatement, message, r.Signatures[i]) {
			return invalid(CodeBadSignature, "TR1", "signature")
		}
	}
	t.dev, t.who, t.role = t.actor(t.body.Signers[0])
	return nil
}

func (t *step) joinSigned(c *JoinContent, message []byte, signatures [][]byte) error {
	if t.body.Signers[0] != canon.NewDeviceID(c.Sign, c.HPKE) || t.body.Signers[1] != c.Invite {
		return malformed("ID2", "signers of a join")
	}
	invite, ok := t.s.invites.get(c.Invite)
	if !ok {
		return denied("IN4", "unknown invite")
	}
	if !canon.Verify(c.Sign, canon.DomainStatement, message, signatures[0]) ||
		!canon.Verify(invite.Sign, canon.DomainInviteProof, message, signatures[1]) {
		return invalid(CodeBadSignature, "IN4", "signature")
	}
	return nil
}

func (t *step) actor(id canon.DeviceID) (Device, Member, Role) {
	d, _ := t.s.devices.get(id)
	m, _ := t.s.members.get(d.Member)
	return d, m, t.s.roles[m.Role]
}

// can: the kit has owner rights whatever became of its member's role (LV6).
func (t *step) can(a Ability) bool { return t.dev.Kit || t.role.Can(a) }

func (t *step) must(a Ability) error {
	if !t.can(a) {
		return denied("TR4", "ability missing")
	}
	return nil
}

func (t *step) apply(content Content) error {
	switch c := content.(type) {
	case *DepartmentContent:
		return t.department(Department(*c))
	case *RoleContent:
		return t.changeRole(Role(*c))
	case *SectionContent:
		return t.section(SectionSpec(*c))
	case *FieldContent:
		return t.field(Field(*c))
	case *MemberContent:
		return t.member(c)
	case *InviteContent:
		return t.invite(c)
	case *JoinContent:
		return t.join(c)
	case *GrantContent:
		return t.grant(c)
	case *RotateContent:
		return t.rotate(c)
	case *RevokeContent:
		return t.revoke(c)
	case *HandoverContent:
		return t.handover(c)
	case *EraseContent:
		return t.erase(c)
	case *RelayContent:
		return t.relay(c)
	case *KitContent:
		return t.newKit(c)
	case *RulesContent:
		return t.rules(c)
	default:
		return malformed("TR4", "kind out of place")
	}
}

// ownerLeft: at least one active member with owner and a non-kit device (TR7).
func (t *step) ownerLeft() error {
	for id, m := range t.n.active {
		if id == t.n.kit {
			continue
		}
		member, _ := t.n.members.get(m)
		if member.Status == StatusActive && t.n.roles[member.Role].Can(Owner) {
			return nil
		}
	}
	return denied("TR7", "no owner would be left")
}

// Contradicts tells whether a head seen elsewhere cannot be on this chain
// (TR5): the same number with another hash. Only the own head is compared; see
// Log.Contradicts for all of the chain.
func (s *State) Contradicts(h Head) bool {
	return h.Seq == s.head.Seq && !bytes.Equal(h.Hash[:], s.head.Hash[:])
}
