package repo

import (
	"encoding/binary"
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// The values that the repo stores (docs/spec/storage.md, ST6). Unknown keys are
// refused by the decoder, so a newer layout raises formatVersion.

// pendingState says how far an own envelope got.
type pendingState uint8

const (
	waiting pendingState = iota // for the relay's answer
	placed                      // accepted, its place in the log is known
	refused                     // the relay refused it: RB
)

// pending is b/<doc>/<n>: an own envelope on its way.
type pending struct {
	Envelope []byte       `cbor:"1,keyasint"`
	State    pendingState `cbor:"2,keyasint"`
	Log      wire.LogID   `cbor:"3,keyasint"` // of the place
	Seq      uint64       `cbor:"4,keyasint"`
	Time     int64        `cbor:"5,keyasint"`
	C        uint64       `cbor:"6,keyasint"`
	Code     wire.Code    `cbor:"7,keyasint"` // of a refusal
	Keys     []string     `cbor:"8,keyasint"`
	Rebases  uint64       `cbor:"9,keyasint"` // RB4
}

// ack is the place of an own envelope in the log.
type ack struct {
	doc canon.DocID
	log wire.LogID
	seq uint64
}

// The kinds of things set aside.
const (
	asideRecord    = "record"
	asidePack      = "pack"
	asidePending   = "pending"
	asideStatement = "statement"
)

// aside is q/<doc>/<hash>: something that was refused or does not read (GA4).
type aside struct {
	Doc   canon.DocID `cbor:"1,keyasint"`
	Code  wire.Code   `cbor:"2,keyasint"`
	Rule  string      `cbor:"3,keyasint"`
	Kind  string      `cbor:"4,keyasint"`
	Time  int64       `cbor:"5,keyasint"`
	ID    canon.Hash  `cbor:"6,keyasint"` // of the envelope, where it read
	Bytes []byte      `cbor:"7,keyasint"`
}

// storedValue is a change.Value in the tray.
type storedValue struct {
	_    struct{} `cbor:",toarray"`
	Kind uint8
	Int  int64
	Uint uint64
	Data []byte
}

func storeValue(v change.Value) storedValue {
	s := storedValue{Kind: uint8(v.Kind), Int: v.Int(), Uint: v.Uint(), Data: []byte{}}
	switch v.Kind {
	case change.KindString:
		s.Data = []byte(v.Str())
	case change.KindBytes:
		s.Data = v.Bytes()
	case change.KindBool:
		if v.Bool() {
			s.Uint = 1
		}
	default:
	}
	return s
}

func (s storedValue) value() change.Value {
	switch change.Kind(s.Kind) {
	case change.KindBool:
		return change.Bool(s.Uint == 1)
	case change.KindInt:
		return change.Int(s.Int)
	case change.KindUint:
		return change.Uint(s.Uint)
	case change.KindTimestamp:
		return change.Timestamp(s.Int)
	case change.KindString:
		return change.String(string(s.Data))
	case change.KindBytes:
		return change.Bytes(s.Data)
	default:
		return change.Null()
	}
}

// trayItem is t/<id>: a value of ours that was not accepted (RB3, RB5).
type trayItem struct {
	Doc     canon.DocID `cbor:"1,keyasint"`
	Key     string      `cbor:"2,keyasint"`
	Value   storedValue `cbor:"3,keyasint"`
	Base    storedValue `cbor:"4,keyasint"` // what was there when it was written
	Code    wire.Code   `cbor:"5,keyasint"`
	Time    int64       `cbor:"6,keyasint"` // of the edit, seconds
	Message string      `cbor:"7,keyasint"`
	Change  canon.Hash  `cbor:"8,keyasint"`
	At      int64       `cbor:"9,keyasint"` // when it came here, seconds
}

// snapshot is s/<doc>: the document in the core's form, of records below Next
// and own pending envelopes up to N (PK6).
type snapshot struct {
	Next  uint64       `cbor:"1,keyasint"`
	N     uint64       `cbor:"2,keyasint"`
	Heads []canon.Hash `cbor:"3,keyasint"`
	Core  []byte       `cbor:"4,keyasint"`
}

// gateCache is g/<doc>: the gate's view of the records below Next (GA21).
type gateCache struct {
	Next uint64 `cbor:"1,keyasint"`
	Doc  []byte `cbor:"2,keyasint"`
}

// get decodes the value at key into v; ok is false where there is none.
func get(tx store.Tx, key []byte, v any) (ok bool, err error) {
	b, err := store.GetOr(tx, key)
	if err != nil || b == nil {
		return false, err
	}
	if err := canon.Unmarshal(b, v); err != nil {
		return false, fmt.Errorf("value of %d bytes: %w", len(b), store.ErrCorrupt)
	}
	return true, nil
}

func put(tx store.Tx, key []byte, v any) error {
	b, err := canon.Marshal(v)
	if err != nil {
		return err
	}
	return tx.Put(key, b)
}

// outEntry is o/<n>: which document envelope n is of and how far it got, so that
// a start need not read the envelopes.
type outEntry struct {
	doc   canon.DocID
	state pendingState
	log   wire.LogID
	seq   uint64
}

const outSize = 16 + 1 + 16 + 8

func (o outEntry) bytes() []byte {
	b := make([]byte, 0, outSize)
	b = append(append(append(b, o.doc[:]...), byte(o.state)), o.log[:]...)
	return binary.BigEndian.AppendUint64(b, o.seq)
}

func parseOut(b []byte) (outEntry, error) {
	if len(b) != outSize || b[16] > byte(refused) {
		return outEntry{}, fmt.Errorf("outbox entry of %d bytes: %w", len(b), store.ErrCorrupt)
	}
	return outEntry{
		doc: canon.DocID(b[:16]), state: pendingState(b[16]), log: wire.LogID(b[17:33]), seq: binary.BigEndian.Uint64(b[33:]),
	}, nil
}
