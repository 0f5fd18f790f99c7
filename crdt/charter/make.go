package charter

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// ErrKeyMissing means that a key which a statement must wrap is not in the ring.
var ErrKeyMissing = errors.New("section key missing for a grant")

// GenesisSpec is what NewGenesis makes a workspace of. Sections have neither
// version nor public key; those and the grants are made.
type GenesisSpec struct {
	Name        string
	Departments []Department
	Roles       []Role
	Sections    []SectionSpec
	Fields      []Field
	Founder     Founder
	Device      Keys // of the founder
	Kit         Keys
	Time        int64 // seconds
}

// NewGenesis makes and signs the first statement, with a fresh key for every
// sealed section wrapped to the founder's device and the kit. The random source
// gives the nonce and the section keys; the wraps draw their own randomness.
func NewGenesis(g GenesisSpec, signer canon.Signer, random io.Reader) (Record, []seal.SectionKey, error) {
	c := &GenesisContent{
		Name: g.Name, Rules: 1, Departments: g.Departments, Roles: g.Roles, Fields: g.Fields,
		Founder: g.Founder, Device: g.Device, Kit: g.Kit,
	}
	if c.Fields == nil {
		c.Fields = []Field{}
	}
	if _, err := io.ReadFull(random, c.Nonce[:]); err != nil {
		return Record{}, nil, fmt.Errorf("genesis nonce: %w", err)
	}
	var keys []seal.SectionKey
	for _, x := range g.Sections {
		if x.Sealed {
			k, err := seal.NewSectionKey(random, x.ID, 1)
			if err != nil {
				return Record{}, nil, fmt.Errorf("genesis: %w", err)
			}
			keys = append(keys, k)
			x.Version = 1
			if x.ID == SectionAudit {
				pair, err := seal.AuditPair(k)
				if err != nil {
					return Record{}, nil, fmt.Errorf("genesis: %w", err)
				}
				x.PublicKey = pair.Public()
			}
		}
		c.Sections = append(c.Sections, x)
	}
	slices.SortFunc(keys, bySection)
	if err := wrapGenesis(c, keys); err != nil {
		return Record{}, nil, err
	}
	r, err := sign(canon.WorkspaceID{}, Body{V: Version, Time: g.Time}, c, []canon.Signer{signer})
	if err != nil {
		return Record{}, nil, err
	}
	if _, _, err := Genesis(r); err != nil {
		return Record{}, nil, fmt.Errorf("genesis made: %w", err)
	}
	return r, keys, nil
}

func bySection(a, b seal.SectionKey) int {
	if a.Section < b.Section {
		return -1
	}
	return 1
}

// wrapGenesis grants the kit every key and the founder's device what its role
// has a right to.
func wrapGenesis(c *GenesisContent, keys []seal.SectionKey) error {
	s := &State{sections: map[string]Section{}, roles: map[string]Role{}}
	for _, x := range c.Sections {
		s.sections[x.ID] = Section{ID: x.ID, Sealed: x.Sealed, Version: x.Version}
	}
	for _, r := range c.Roles {
		s.roles[r.ID] = r
	}
	own := make([]seal.SectionKey, 0, len(keys))
	for _, k := range keys {
		switch s.level(s.roles[c.Founder.Role], k.Section) {
		case LevelNone:
		case LevelMasked:
			return malformed("TR7", "founder with masked sections")
		default:
			own = append(own, k)
		}
	}
	for _, to := range []struct {
		k    Keys
		keys []seal.SectionKey
	}{{c.Device, own}, {c.Kit, keys}} {
		g, err := seal.WrapKeys(to.k.HPKE, canon.WorkspaceID{}, 0, to.k.ID(), to.keys)
		if err != nil {
			return fmt.Errorf("genesis: %w", err)
		}
		c.Grants = append(c.Grants, g)
	}
	sortGrants(c.Grants)
	return nil
}

func sortGrants(g []Grant) {
	slices.SortFunc(g, func(a, b Grant) int { return slices.Compare(a.Recipient[:], b.Recipient[:]) })
}

// NewStatement makes and signs the statement with the content that follows s,
// at time (seconds), and judges it as the relay would at that time: what it
// returns is valid at s, or it returns why not. It has no receipt.
//
// A device signs one body for each predecessor (TR3): the caller stores the
// record before it sends it, and sends the same one again.
func NewStatement(s *State, c Content, time int64, signers ...canon.Signer) (Record, error) {
	b := Body{V: Version, Seq: s.head.Seq + 1, Prev: s.head.Hash, Time: time}
	r, err := sign(s.w, b, c, signers)
	if err != nil {
		return Record{}, err
	}
	if err := s.Check(r, time); err != nil {
		return Record{}, fmt.Errorf("%s statement %d: %w", c.Kind(), b.Seq, err)
	}
	return r, nil
}

// sign encodes and signs. The second signer of a join is the invite, whose
// signature has a domain of its own (IN4).
func sign(w canon.WorkspaceID, b Body, c Content, signers []canon.Signer) (Record, error) {
	b.Kind = uint64(c.Kind())
	content, err := canon.Marshal(c)
	if err != nil {
		return Record{}, fmt.Errorf("%s statement: %w", c.Kind(), err)
	}
	b.Content = content
	for _, s := range signers {
		b.Signers = append(b.Signers, s.Device())
	}
	body, err := canon.Marshal(b)
	if err != nil {
		return Record{}, fmt.Errorf("%s statement: %w", c.Kind(), err)
	}
	r := Record{Body: body, Signatures: [][]byte{}}
	for i, s := range signers {
		d := canon.DomainStatement
		if c.Kind() == KindJoin && i == 1 {
			d = canon.DomainInviteProof
		}
		sig, err := s.Sign(d, statementMessage(w, body))
		if err != nil {
			return Record{}, fmt.Errorf("sign %s statement: %w", c.Kind(), err)
		}
		r.Signatures = append(r.Signatures, sig)
	}
	return r, nil
}

// NewDepartment makes a department, or renames or moves it.
func NewDepartment(s *State, d Department, time int64, signer canon.Signer) (Record, error) {
	c := DepartmentContent(d)
	return NewStatement(s, &c, time, signer)
}

// NewRelay adds relays, or replaces the addresses of known ones (kind 13).
func NewRelay(s *State, added []Relay, removed []canon.RelayKey, time int64, signer canon.Signer) (Record, error) {
	c := &RelayContent{Removed: slices.Clone(removed)}
	for _, r := range added {
		if r.Addresses == nil {
			r.Addresses = []string{}
		}
		c.Added = append(c.Added, r)
	}
	slices.SortFunc(c.Added, func(a, b Relay) int { return slices.Compare(a.Key[:], b.Key[:]) })
	slices.SortFunc(c.Removed, func(a, b canon.RelayKey) int { return slices.Compare(a[:], b[:]) })
	return NewStatement(s, c, time, signer)
}

// InviteSpec says whom an invite is for. For a further device of the signer's
// own only Member stands; for a new member Member is a fresh random id, Name
// may be empty (the joiner gives it), Department and Role stand.
type InviteSpec struct {
	Member     canon.MemberID
	Name       string
	Department string
	Role       string
	Lifetime   int64 // seconds, 0 for the default of 3 days
}

// NewInvite makes an invite with the keys that its role has a right to and that
// the signer may grant (IN5); keys that the signer may not grant are left out,
// and the newcomer sees "key pending". The ring must hold what the charter says
// the signer holds, else ErrKeyMissing.
func NewInvite(s *State, spec InviteSpec, secret *InviteSecret, ring *seal.Ring, time int64, signer canon.Signer) (Record, error) {
	pair, err := secret.KeyPair()
	if err != nil {
		return Record{}, err
	}
	as, err := secret.Signer()
	if err != nil {
		return Record{}, err
	}
	c := &InviteContent{
		HPKE: pair.Public(), Member: spec.Member, Name: spec.Name,
		Department: spec.Department, Role: spec.Role, Until: time + InviteTime,
	}
	if k, ok := as.(*KeySigner); ok {
		c.Sign = k.Public()
	}
	if spec.Lifetime != 0 {
		c.Until = time + spec.Lifetime
	}
	names := s.invitable(signer.Device(), spec)
	if c.Grants, err = wrap(s, ring, pair.Public(), as.Device(), names); err != nil {
		return Record{}, err
	}
	return NewStatement(s, c, time, signer)
}

// invitable lists the keys that the device may put into the invite.
func (s *State) invitable(d canon.DeviceID, spec InviteSpec) []seal.KeyName {
	t := &step{s: s, n: s}
	t.dev, t.who, t.role = t.actor(d)
	role := spec.Role
	member, exists := s.members.get(spec.Member)
	if exists {
		role = member.Role
	}
	var names []seal.KeyName
	for _, x := range s.Sections() {
		level := s.level(s.roles[role], x.ID)
		held, has := s.newest(d, x.ID)
		if !x.Sealed || level == LevelNone || !has || !exists && !t.steward(x.ID) {
			continue
		}
		kind := held
		if level == LevelMasked {
			kind = seal.Mask
		}
		names = append(names, seal.KeyName{Section: x.ID, Version: x.Version, Kind: kind})
	}
	return names
}

// wrap makes the one grant to a recipient; none where there is nothing to give.
func wrap(s *State, ring *seal.Ring, pub []byte, to canon.DeviceID, names []seal.KeyName) ([]Grant, error) {
	if len(names) == 0 {
		return nil, nil
	}
	keys := make([]seal.SectionKey, 0, len(names))
	for _, n := range names {
		k, ok := ring.Key(n.Section, n.Version)
		if !ok || k.Kind > n.Kind {
			return nil, fmt.Errorf("section %s version %d: %w", n.Section, n.Version, ErrKeyMissing)
		}
		if n.Kind == seal.Mask {
			k = k.Masked(s.w)
		}
		keys = append(keys, k)
	}
	g, err := seal.WrapKeys(pub, s.w, s.head.Seq+1, to, keys)
	if err != nil {
		return nil, fmt.Errorf("statement %d: %w", s.head.Seq+1, err)
	}
	return []Grant{g}, nil
}

// JoinSpec is the joining device. Member is the person's name, exactly where
// the invite leaves it open.
type JoinSpec struct {
	Device Keys
	Member string
}

// NewJoin makes a join through the invite, signed by the new device and the
// invite, and grants the new device what the invite holds (IN4, KY3). A grant of
// the invite that does not open gives ErrKeyMissing.
func NewJoin(s *State, spec JoinSpec, secret *InviteSecret, time int64, device canon.Signer) (Record, error) {
	pair, err := secret.KeyPair()
	if err != nil {
		return Record{}, err
	}
	as, err := secret.Signer()
	if err != nil {
		return Record{}, err
	}
	if err := s.InviteState(as.Device(), time); err != nil {
		return Record{}, err
	}
	ring, _ := OpenGrants(s, as.Device(), pair)
	var names []seal.KeyName
	for _, x := range s.Sections() {
		if kind, ok := s.newest(as.Device(), x.ID); ok && x.Sealed {
			names = append(names, seal.KeyName{Section: x.ID, Version: x.Version, Kind: kind})
		}
	}
	c := &JoinContent{
		Invite: as.Device(), Sign: spec.Device.Sign, HPKE: spec.Device.HPKE,
		Device: spec.Device.Name, Member: spec.Member,
	}
	if c.Grants, err = wrap(s, ring, spec.Device.HPKE, spec.Device.ID(), names); err != nil {
		return Record{}, err
	}
	return NewStatement(s, c, time, device, as)
}

// NewKit replaces the recovery kit (LV8) and grants the new one every sealed
// section that the signer may grant.
func NewKit(s *State, kit Keys, ring *seal.Ring, time int64, signer canon.Signer) (Record, error) {
	t := &step{s: s, n: s}
	t.dev, t.who, t.role = t.actor(signer.Device())
	var names []seal.KeyName
	for _, x := range s.Sections() {
		if x.Sealed && t.steward(x.ID) {
			names = append(names, seal.KeyName{Section: x.ID, Version: x.Version, Kind: seal.Full})
		}
	}
	grants, err := wrap(s, ring, kit.HPKE, kit.ID(), names)
	if err != nil {
		return Record{}, err
	}
	return NewStatement(s, &KitContent{Kit: kit, Grants: grants}, time, signer)
}
