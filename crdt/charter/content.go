package charter

import (
	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// Content is what a statement says. The types below are the only ones; their
// CBOR layout is docs/spec/trust.md section 3.
type Content interface {
	// Kind is the statement's kind.
	Kind() Kind
}

// Keys are the two public keys and the name of a new device.
type Keys struct {
	Sign []byte `cbor:"1,keyasint"` // Ed25519
	HPKE []byte `cbor:"2,keyasint"` // MLKEM768-X25519
	Name string `cbor:"3,keyasint"`
}

// ID is the device id of the keys (ID2).
func (k Keys) ID() canon.DeviceID { return canon.NewDeviceID(k.Sign, k.HPKE) }

// Founder is the first member.
type Founder struct {
	ID         canon.MemberID `cbor:"1,keyasint"`
	Name       string         `cbor:"2,keyasint"`
	Department string         `cbor:"3,keyasint"`
	Role       string         `cbor:"4,keyasint"`
}

// SectionSpec makes or changes a section. Version, Grants and PublicKey stand
// only where a sealed section is made; in genesis the grants of all sections
// stand together outside.
type SectionSpec struct {
	ID         string   `cbor:"1,keyasint"`
	Name       string   `cbor:"2,keyasint"`
	Department string   `cbor:"3,keyasint"`
	Sealed     bool     `cbor:"4,keyasint"`
	Stewards   []string `cbor:"5,keyasint,omitempty"`
	Version    uint32   `cbor:"6,keyasint,omitempty"`
	Grants     []Grant  `cbor:"7,keyasint,omitempty"`
	PublicKey  []byte   `cbor:"8,keyasint,omitempty"`
}

// GenesisContent is kind 0.
type GenesisContent struct {
	Name        string        `cbor:"1,keyasint"`
	Nonce       [32]byte      `cbor:"2,keyasint"`
	Rules       uint64        `cbor:"3,keyasint"`
	Departments []Department  `cbor:"4,keyasint"`
	Roles       []Role        `cbor:"5,keyasint"`
	Sections    []SectionSpec `cbor:"6,keyasint"`
	Fields      []Field       `cbor:"7,keyasint"`
	Founder     Founder       `cbor:"8,keyasint"`
	Device      Keys          `cbor:"9,keyasint"`
	Kit         Keys          `cbor:"10,keyasint"`
	Grants      []Grant       `cbor:"11,keyasint"`
}

// DepartmentContent is kind 1.
type DepartmentContent Department

// RoleContent is kind 2.
type RoleContent Role

// SectionContent is kind 3.
type SectionContent SectionSpec

// FieldContent is kind 4.
type FieldContent Field

// MemberContent is kind 5: it changes a member that exists.
type MemberContent struct {
	ID         canon.MemberID `cbor:"1,keyasint"`
	Name       string         `cbor:"2,keyasint"`
	Department string         `cbor:"3,keyasint"`
	Role       string         `cbor:"4,keyasint"`
	Status     Status         `cbor:"5,keyasint"`
}

// InviteContent is kind 6. For a new member Department and Role stand, and Name
// or nothing (then the joiner gives it); for a further device none of the three.
type InviteContent struct {
	Sign       []byte         `cbor:"1,keyasint"`
	HPKE       []byte         `cbor:"2,keyasint"`
	Member     canon.MemberID `cbor:"3,keyasint"`
	Name       string         `cbor:"4,keyasint,omitempty"`
	Department string         `cbor:"5,keyasint,omitempty"`
	Role       string         `cbor:"6,keyasint,omitempty"`
	Until      int64          `cbor:"7,keyasint"`
	Grants     []Grant        `cbor:"8,keyasint,omitempty"`
}

// JoinContent is kind 7.
type JoinContent struct {
	Invite canon.DeviceID `cbor:"1,keyasint"`
	Sign   []byte         `cbor:"2,keyasint"`
	HPKE   []byte         `cbor:"3,keyasint"`
	Device string         `cbor:"4,keyasint"`
	Member string         `cbor:"5,keyasint,omitempty"`
	Grants []Grant        `cbor:"6,keyasint,omitempty"`
}

// GrantContent is kind 8.
type GrantContent struct {
	Grants []Grant `cbor:"1,keyasint"`
}

// Rotation makes the next version of one section's key.
type Rotation struct {
	_         struct{} `cbor:",toarray"`
	Section   string
	Version   uint32
	Previous  seal.Previous // K(v-1) under K(v), M(v-1) under M(v)
	PublicKey []byte        // for `audit`, else null
}

// RotateContent is kind 9, and a part of kind 10.
type RotateContent struct {
	Sections []Rotation `cbor:"1,keyasint"`
	Grants   []Grant    `cbor:"2,keyasint,omitempty"`
}

// Cut is a revoked device with the highest envelope number that counts (LV1).
type Cut struct {
	_      struct{} `cbor:",toarray"`
	Device canon.DeviceID
	N      uint64
}

// RevokeContent is kind 10.
type RevokeContent struct {
	Devices []Cut            `cbor:"1,keyasint,omitempty"`
	Invites []canon.DeviceID `cbor:"2,keyasint,omitempty"`
	Reason  Reason           `cbor:"3,keyasint"`
	Rotate  *RotateContent   `cbor:"4,keyasint,omitempty"`
}

// HandoverContent is kind 11; it is informative (LV5).
type HandoverContent struct {
	ID     [16]byte       `cbor:"1,keyasint"`
	From   canon.MemberID `cbor:"2,keyasint"`
	To     canon.MemberID `cbor:"3,keyasint"`
	Count  uint64         `cbor:"4,keyasint"`
	Before canon.Hash     `cbor:"5,keyasint"`
	After  canon.Hash     `cbor:"6,keyasint"`
}

// EraseContent is kind 12.
type EraseContent struct {
	Docs   []canon.DocID `cbor:"1,keyasint"`
	Reason EraseReason   `cbor:"2,keyasint"`
}

// RelayContent is kind 13. Adding a key that is there replaces its addresses.
type RelayContent struct {
	Added   []Relay          `cbor:"1,keyasint,omitempty"`
	Removed []canon.RelayKey `cbor:"2,keyasint,omitempty"`
}

// KitContent is kind 14: the new recovery kit, a device of the signing owner.
type KitContent struct {
	Kit    Keys    `cbor:"1,keyasint"`
	Grants []Grant `cbor:"2,keyasint,omitempty"`
}

// RulesContent is kind 15.
type RulesContent struct {
	Number uint64 `cbor:"1,keyasint"`
}

// Kind is genesis.
func (*GenesisContent) Kind() Kind { return KindGenesis }

// Kind is department.
func (*DepartmentContent) Kind() Kind { return KindDepartment }

// Kind is role.
func (*RoleContent) Kind() Kind { return KindRole }

// Kind is section.
func (*SectionContent) Kind() Kind { return KindSection }

// Kind is field.
func (*FieldContent) Kind() Kind { return KindField }

// Kind is member.
func (*MemberContent) Kind() Kind { return KindMember }

// Kind is invite.
func (*InviteContent) Kind() Kind { return KindInvite }

// Kind is join.
func (*JoinContent) Kind() Kind { return KindJoin }

// Kind is grant.
func (*GrantContent) Kind() Kind { return KindGrant }

// Kind is rotate.
func (*RotateContent) Kind() Kind { return KindRotate }

// Kind is revoke.
func (*RevokeContent) Kind() Kind { return KindRevoke }

// Kind is handover.
func (*HandoverContent) Kind() Kind { return KindHandover }

// Kind is erase.
func (*EraseContent) Kind() Kind { return KindErase }

// Kind is relay.
func (*RelayContent) Kind() Kind { return KindRelay }

// Kind is kit.
func (*KitContent) Kind() Kind { return KindKit }

// Kind is rules.
func (*RulesContent) Kind() Kind { return KindRules }

func newContent(k Kind) Content {
	switch k {
	case KindGenesis:
		return new(GenesisContent)
	case KindDepartment:
		return new(DepartmentContent)
	case KindRole:
		return new(RoleContent)
	case KindSection:
		return new(SectionContent)
	case KindField:
		return new(FieldContent)
	case KindMember:
		return new(MemberContent)
	case KindInvite:
		return new(InviteContent)
	case KindJoin:
		return new(JoinContent)
	case KindGrant:
		return new(GrantContent)
	case KindRotate:
		return new(RotateContent)
	case KindRevoke:
		return new(RevokeContent)
	case KindHandover:
		return new(HandoverContent)
	case KindErase:
		return new(EraseContent)
	case KindRelay:
		return new(RelayContent)
	case KindKit:
		return new(KitContent)
	case KindRules:
		return new(RulesContent)
	default:
		return nil
	}
}
