package charter

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// State is what the charter says after one statement. It never changes:
// Apply returns another one, sharing what did not change. It is safe for use
// by several goroutines.
type State struct {
	w        canon.WorkspaceID
	name     string
	head     Head
	time     int64 // of the last statement: receipt time, before the first relay the signer's
	receipt  int64 // last receipt time
	rules    uint64
	receipts bool // a relay statement stands: records need receipts (TR2)
	pending  bool // that first relay statement has no receipt yet (WI18)
	kit      canon.DeviceID

	departments map[string]Department
	roles       map[string]Role
	sections    map[string]Section
	fields      map[string]Field
	relays      map[canon.RelayKey]Relay
	members     layers[canon.MemberID, Member]
	devices     layers[canon.DeviceID, Device] // every device ever (ID2)
	invites     layers[canon.DeviceID, Invite]
	open        map[canon.DeviceID]int64          // invites neither used nor ended, with until
	active      map[canon.DeviceID]canon.MemberID // active devices, with the kit
	holdings    layers[canon.DeviceID, []holding]
	grants      layers[canon.DeviceID, []Granted]
	previous    layers[keyVersion, seal.Previous]
	audits      layers[uint32, []byte] // public keys of `audit` by version (KY8)
	personal    layers[canon.DocID, canon.MemberID]
	erased      layers[canon.DocID, uint64]
}

type keyVersion struct {
	section string
	version uint32
}

// holding is the newest key of one section that a recipient was given. Entries
// of older versions stay, because a revoked holder's is what tells that a
// section awaits a new key (KY5).
type holding struct {
	section string
	version uint32
	kind    seal.Kind
}

func (s *State) clone() *State {
	n := *s
	return &n
}

// Workspace is the id that the genesis made (ID1).
func (s *State) Workspace() canon.WorkspaceID { return s.w }

// Name is the company's name.
func (s *State) Name() string { return s.name }

// Head is the last statement.
func (s *State) Head() Head { return s.head }

// Time is when the last statement was received, by the relay's clock, in
// seconds; before the first relay the signer's time.
func (s *State) Time() int64 { return s.time }

// LastReceipt is the time of the last receipt, 0 before the first: the relay
// countersigns with its clock or with this, whichever is later (TR2).
func (s *State) LastReceipt() int64 { return s.receipt }

// Rules is the rules number in force (EC4).
func (s *State) Rules() uint64 { return s.rules }

// NeedsReceipts tells whether a relay statement stands, so that every further
// record needs a receipt (TR2).
func (s *State) NeedsReceipts() bool { return s.receipts }

// AwaitsReceipt tells whether the last statement is the first relay statement
// and has no receipt yet: nothing can follow until the relay was met (WI18).
func (s *State) AwaitsReceipt() bool { return s.pending }

// Kit is the recovery kit that counts.
func (s *State) Kit() canon.DeviceID { return s.kit }

// Device is the device with the id, whether active or not.
func (s *State) Device(d canon.DeviceID) (Device, bool) { return s.devices.get(d) }

// Member is the member with the id, whether active or not.
func (s *State) Member(m canon.MemberID) (Member, bool) { return s.members.get(m) }

// MemberOf is the member of a device that is in the charter.
func (s *State) MemberOf(d canon.DeviceID) (Member, bool) {
	dev, ok := s.devices.get(d)
	if !ok {
		return Member{}, false
	}
	return s.members.get(dev.Member)
}

// Department is the department with the id.
func (s *State) Department(id string) (Department, bool) { d, ok := s.departments[id]; return d, ok }

// Role is the role with the id.
func (s *State) Role(id string) (Role, bool) { r, ok := s.roles[id]; return r, ok }

// Section is the section with the id.
func (s *State) Section(id string) (Section, bool) { x, ok := s.sections[id]; return x, ok }

// Field is the field with the id.
func (s *State) Field(id string) (Field, bool) { f, ok := s.fields[id]; return f, ok }

// Invite is the invite with the id, whether open or not.
func (s *State) Invite(id canon.DeviceID) (Invite, bool) { i, ok := s.invites.get(id); return i, ok }

// Members lists all members by id.
func (s *State) Members() []Member { return sortedBy(s.members.all(), memberLess) }

// Devices lists all devices ever, by the statement that brought them.
func (s *State) Devices() []Device {
	return sortedBy(s.devices.all(), func(a, b Device) int {
		return cmp.Or(cmp.Compare(a.Joined, b.Joined), bytes.Compare(a.ID[:], b.ID[:]))
	})
}

// DevicesOf lists a member's devices in the order of Devices.
func (s *State) DevicesOf(m canon.MemberID) []Device {
	return slices.DeleteFunc(s.Devices(), func(d Device) bool { return d.Member != m })
}

// Departments lists all departments by id.
func (s *State) Departments() []Department { return byID(s.departments) }

// Roles lists all roles by id.
func (s *State) Roles() []Role { return byID(s.roles) }

// Sections lists all sections by id, the reserved ones with them.
func (s *State) Sections() []Section { return byID(s.sections) }

// Fields lists all fields by id.
func (s *State) Fields() []Field { return byID(s.fields) }

// Relays lists the relays by key.
func (s *State) Relays() []Relay {
	return sortedBy(s.relays, func(a, b Relay) int { return bytes.Compare(a.Key[:], b.Key[:]) })
}

// HasRelay tells whether r is a relay of the workspace (ID4).
func (s *State) HasRelay(r canon.RelayKey) bool { _, ok := s.relays[r]; return ok }

// OpenInvites lists the invites that can still be used at time now (seconds).
func (s *State) OpenInvites(now int64) []Invite {
	var out []Invite
	for id := range s.open {
		if s.inviteOpen(id, now) {
			i, _ := s.invites.get(id)
			out = append(out, i)
		}
	}
	slices.SortFunc(out, func(a, b Invite) int {
		return cmp.Or(cmp.Compare(a.Seq, b.Seq), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return out
}

// InviteState says why an invite cannot be used at time now: nil when it can,
// an InvalidError with invite_used (and the time) or invite_closed (IN4, IN7).
func (s *State) InviteState(id canon.DeviceID, now int64) error {
	i, ok := s.invites.get(id)
	if !ok {
		return denied("IN4", "unknown invite")
	}
	if i.UsedAt != 0 {
		return &InvalidError{Code: CodeInviteUsed, Rule: "IN6", What: "invite was used", Time: i.UsedAt}
	}
	if !s.inviteOpen(id, now) {
		return invalid(CodeInviteClosed, "IN4", "invite expired or ended")
	}
	return nil
}

// inviteOpen: unused, not withdrawn, its issuer active, not expired (IN4).
func (s *State) inviteOpen(id canon.DeviceID, now int64) bool {
	until, ok := s.open[id]
	if !ok || now > until {
		return false
	}
	i, _ := s.invites.get(id)
	if _, ok := s.active[i.Issuer]; !ok {
		return false
	}
	if !i.New {
		m, _ := s.members.get(i.Member)
		return m.Status == StatusActive
	}
	return true
}

// Within tells whether department dep is ancestor or lies below it (PO4).
func (s *State) Within(dep, ancestor string) bool {
	for range len(s.departments) + 1 {
		if dep == ancestor {
			return dep != ""
		}
		d, ok := s.departments[dep]
		if !ok || d.Parent == "" {
			return false
		}
		dep = d.Parent
	}
	return false
}

// Erased tells whether the customer was erased, for ever (ER2).
func (s *State) Erased(doc canon.DocID) bool { _, ok := s.erased.get(doc); return ok }

// ErasedDocs lists every erased customer with the seq of its statement.
func (s *State) ErasedDocs() map[canon.DocID]uint64 { return s.erased.all() }

// GrantsTo lists the grants addressed to a device or invite, oldest first.
func (s *State) GrantsTo(recipient canon.DeviceID) []Granted {
	g, _ := s.grants.get(recipient)
	return slices.Clone(g)
}

// Previous is what leads from version v of a section's key to v-1: the older
// full key under the newer, and the older mask key under the newer (KY1).
func (s *State) Previous(section string, v uint32) (wraps seal.Previous, ok bool) {
	return s.previous.get(keyVersion{section, v})
}

// AuditKey is the public key of the audit section's version v (KY8).
func (s *State) AuditKey(v uint32) ([]byte, bool) { return s.audits.get(v) }

// DocKind tells the special documents of PO8 from customers: the schema
// document, or the personal one of a member or of an invited one.
func (s *State) DocKind(doc canon.DocID) (DocKind, canon.MemberID) {
	if m, ok := s.personal.get(doc); ok {
		return DocPersonal, m
	}
	if doc == canon.SchemaDoc(s.w) {
		return DocSchema, canon.MemberID{}
	}
	return DocCustomer, canon.MemberID{}
}

func memberLess(a, b Member) int { return bytes.Compare(a.ID[:], b.ID[:]) }

func byID[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[k])
	}
	return out
}

func sortedBy[K comparable, V any](m map[K]V, order func(a, b V) int) []V {
	return slices.SortedFunc(maps.Values(m), order)
}

func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	n := make(map[K]V, len(m)+1)
	maps.Copy(n, m)
	n[k] = v
	return n
}

func without[K comparable, V any](m map[K]V, keys ...K) map[K]V {
	n := maps.Clone(m)
	for _, k := range keys {
		delete(n, k)
	}
	return n
}
