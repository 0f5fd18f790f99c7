package charter

import (
	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// Level is what a role may do in a section; each includes the ones before (PO1).
type Level uint8

// The levels of PO1.
const (
	LevelNone Level = iota
	LevelMasked
	LevelRead
	LevelAppend
	LevelWrite
)

// Rows says which rows a role sees or writes (PO4); each includes the ones
// before except that a department does not include own rows lying elsewhere.
type Rows uint8

// The row rules of PO4.
const (
	RowsNone Rows = iota
	RowsOwn
	RowsDepartment
	RowsAll
)

// Ability is one of PO9.
type Ability uint8

// The abilities of PO9; the numbers are part of the format.
const (
	Import Ability = iota
	Export
	Merge
	Delete
	Assign
	Approve
	Audit
	Schema
	Admin
	Owner
	abilities // how many there are
)

// AllAbilities lists every ability in order.
func AllAbilities() []Ability {
	return []Ability{Import, Export, Merge, Delete, Assign, Approve, Audit, Schema, Admin, Owner}
}

// Status is whether a member still works here.
type Status uint8

// The statuses of a member. There is no way back from left.
const (
	StatusActive Status = iota
	StatusLeft
)

// Reason is why devices or invites were revoked.
type Reason uint8

// The reasons of a revoke statement. ReasonNone: not revoked.
const (
	ReasonNone Reason = iota
	ReasonLeft
	ReasonLost
	ReasonStolen
	ReasonReplaced
	reasons
)

// EraseReason is why customers were erased. It is a number, because a text
// could name the person (ER4).
type EraseReason uint8

// The reasons of an erase statement.
const (
	EraseRequest   EraseReason = iota + 1 // the person asked for it
	EraseRetention                        // the time to keep it is over
	EraseMistake                          // should never have been entered
	EraseOther
	eraseReasons
)

// Department is a department and its place in the tree.
type Department struct {
	ID     string `cbor:"1,keyasint"`
	Name   string `cbor:"2,keyasint"`
	Parent string `cbor:"3,keyasint,omitempty"` // "" at the top
}

// SectionLevel is a role's level in one section.
type SectionLevel struct {
	_       struct{} `cbor:",toarray"`
	Section string
	Level   Level
}

// Role says what its members may do. Levels are sorted by section and name no
// reserved section; what they do not name is none, in an open section read
// (PO1, PO2). Abilities are sorted.
type Role struct {
	ID        string         `cbor:"1,keyasint"`
	Name      string         `cbor:"2,keyasint"`
	Levels    []SectionLevel `cbor:"3,keyasint,omitempty"`
	ReadRows  Rows           `cbor:"4,keyasint"`
	WriteRows Rows           `cbor:"5,keyasint"`
	Abilities []uint         `cbor:"6,keyasint,omitempty"`
}

// Can tells whether the role has the ability.
func (r Role) Can(a Ability) bool {
	for _, x := range r.Abilities {
		if x == uint(a) {
			return true
		}
	}
	return false
}

// Section is a named group of fields with an owning department.
type Section struct {
	ID         string
	Name       string
	Department string
	Sealed     bool
	Stewards   []string // role ids, sorted
	Version    uint32   // newest key version, 0 when open
	PublicKey  []byte   // of the newest version's pair, for `audit` only (KY8)
}

// Field is one field of the schema as far as rights and sealing need it.
type Field struct {
	ID      string        `cbor:"1,keyasint"`
	Section string        `cbor:"2,keyasint"`
	Type    string        `cbor:"3,keyasint"`
	Mask    seal.MaskRule `cbor:"4,keyasint"`
	Blind   string        `cbor:"5,keyasint,omitempty"` // blind class or ""
}

// Member is a person in the charter.
type Member struct {
	ID         canon.MemberID
	Name       string
	Department string
	Role       string
	Status     Status
}

// Device is one installation, or the recovery kit.
type Device struct {
	ID     canon.DeviceID
	Member canon.MemberID
	Name   string
	Sign   []byte // Ed25519 public key
	HPKE   []byte // MLKEM768-X25519 public key
	Kit    bool
	Joined uint64 // seq of the statement that brought it
	Invite canon.DeviceID
	// Active is false once it is revoked; then Cut is the highest envelope
	// number that counts (LV1), Revoked the seq of the statement, Reason why.
	Active  bool
	Cut     uint64
	Revoked uint64
	Reason  Reason
}

// Invite is an open, used or ended invitation.
type Invite struct {
	ID         canon.DeviceID
	Sign       []byte
	HPKE       []byte
	Member     canon.MemberID
	New        bool   // for a new member; else a further device
	Name       string // of a new member; "" when the joiner chooses
	Department string // of a new member
	Role       string // of a new member
	Until      int64
	Issuer     canon.DeviceID
	Seq        uint64
	UsedAt     int64 // time of the join, 0 while unused
	UsedBy     canon.DeviceID
	Revoked    Reason // ReasonNone while it is not withdrawn
	Withdrawn  uint64 // seq of the revoke statement
}

// Relay is a relay key with the addresses it may be found at (ID4).
type Relay struct {
	_         struct{} `cbor:",toarray"`
	Key       canon.RelayKey
	Addresses []string
}

// Grant wraps keys to one device or invite (KY1). Names are sorted by section.
type Grant = seal.Grant

// Granted is a grant together with the number of its statement, which the wrap
// is bound to; 0 is genesis, whose wraps are bound to the zero workspace.
type Granted struct {
	Seq uint64
	Grant
}
