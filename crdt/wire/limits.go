package wire

import "tongce/crdt/change"

// Limits are the numbers of docs/spec/wire.md section 1. Gate and receivers
// always judge by DefaultLimits, or two peers could decide differently; what a
// relay lowers it refuses before it appends.
type Limits struct {
	Message          uint64 `cbor:"1,keyasint"`  // bytes of one message
	Inflated         uint64 `cbor:"2,keyasint"`  // bytes of a batch after inflating
	Envelope         uint64 `cbor:"3,keyasint"`  // bytes of one envelope
	Chunk            uint64 `cbor:"4,keyasint"`  // bytes of one change chunk
	Ops              uint64 `cbor:"5,keyasint"`  // operations in a change
	Changes          uint64 `cbor:"6,keyasint"`  // changes in an envelope
	Key              uint64 `cbor:"7,keyasint"`  // bytes of a key
	Value            uint64 `cbor:"8,keyasint"`  // bytes of a plain value
	Text             uint64 `cbor:"9,keyasint"`  // bytes of a text object
	Sealed           uint64 `cbor:"10,keyasint"` // bytes of a sealed value
	DocBytes         uint64 `cbor:"11,keyasint"` // all chunks of a document
	DocChanges       uint64 `cbor:"12,keyasint"` // changes of a document
	DocKeys          uint64 `cbor:"13,keyasint"` // keys of a document
	LiveValues       uint64 `cbor:"14,keyasint"` // live values of one key
	Statement        uint64 `cbor:"15,keyasint"` // bytes of a statement
	Devices          uint64 `cbor:"16,keyasint"` // devices and open invites of a workspace
	MemberDevices    uint64 `cbor:"17,keyasint"` // devices of one member
	Connections      uint64 `cbor:"18,keyasint"` // connections of one device
	Rate             uint64 `cbor:"19,keyasint"` // envelopes a second of a device
	Burst            uint64 `cbor:"20,keyasint"` // envelopes in a burst of a device
	BatchRate        uint64 `cbor:"21,keyasint"` // import and undo envelopes a second
	Workspace        uint64 `cbor:"22,keyasint"` // bytes of a workspace on the relay
	Push             uint64 `cbor:"23,keyasint"` // envelopes in one push
	Pack             uint64 `cbor:"24,keyasint"` // bytes of one pack
	Gap              uint64 `cbor:"25,keyasint"` // how far n may lie from the highest n of its device
	CharterAtContact uint64 `cbor:"26,keyasint"` // bytes of all statements at first contact
}

// The sizes that every peer keeps whatever a relay says.
const (
	MaxMessage  = 2 << 20
	MaxInflated = 4 << 20
	MaxEnvelope = 256 << 10
	MaxChunk    = change.MaxChunk
	MaxChanges  = 64
	MaxPush     = 64
	MaxPack     = 1 << 20
	MaxGap      = 65536

	// MaxQueue is what may wait to be sent on one connection (WI4).
	MaxQueue = 8 << 20
)

// DefaultLimits are the limits of the specification.
func DefaultLimits() Limits {
	return Limits{
		Message: MaxMessage, Inflated: MaxInflated, Envelope: MaxEnvelope, Chunk: MaxChunk, Ops: change.MaxOps, Changes: MaxChanges,
		Key: change.MaxKey, Value: change.MaxValue, Text: change.MaxText, Sealed: change.MaxSealed,
		DocBytes: change.MaxDocBytes, DocChanges: change.MaxChanges, DocKeys: change.MaxKeys, LiveValues: change.MaxLive,
		Statement: 1 << 20, Devices: 600, MemberDevices: 5, Connections: 1,
		Rate: 200, Burst: 5000, BatchRate: 5000, Workspace: 20 << 30,
		Push: MaxPush, Pack: MaxPack, Gap: MaxGap, CharterAtContact: 16 << 20,
	}
}

// Lowered is l with every number of other that is smaller than l's. A number
// of zero in other says nothing. The workspace's size is the operator's to set
// and taken as it is.
func (l Limits) Lowered(other Limits) Limits {
	mine, theirs := numbers(&l), numbers(&other)
	for i, n := range mine {
		if t := *theirs[i]; t != 0 && t < *n {
			*n = t
		}
	}
	if other.Workspace != 0 {
		l.Workspace = other.Workspace
	}
	return l
}

func numbers(l *Limits) []*uint64 {
	return []*uint64{
		&l.Message, &l.Inflated, &l.Envelope, &l.Chunk, &l.Ops, &l.Changes, &l.Key, &l.Value, &l.Text, &l.Sealed,
		&l.DocBytes, &l.DocChanges, &l.DocKeys, &l.LiveValues, &l.Statement, &l.Devices, &l.MemberDevices,
		&l.Connections, &l.Rate, &l.Burst, &l.BatchRate, &l.Push, &l.Pack, &l.Gap, &l.CharterAtContact,
	}
}
