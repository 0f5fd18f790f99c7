package wire

import (
	"tongce/crdt/canon"
	"tongce/crdt/charter"
)

// Head is a charter seq with the hash of the statement there.
type Head struct {
	_    struct{} `cbor:",toarray"`
	Seq  uint64
	Hash canon.Hash
}

// HeadOf is the wire form of a charter's head.
func HeadOf(h charter.Head) Head { return Head{Seq: h.Seq, Hash: h.Hash} }

// Charter is h as package charter has it.
func (h Head) Charter() charter.Head { return charter.Head{Seq: h.Seq, Hash: h.Hash} }

// Counter is an envelope number with the id of the envelope that carries it.
// Both zero: none yet.
type Counter struct {
	_  struct{} `cbor:",toarray"`
	N  uint64
	ID canon.Hash
}

// LogID names one life of a workspace's stream: 16 random bytes, made with it.
type LogID [16]byte

// Cursor is a place in a stream: the record at Seq of log Log concerns Doc and
// has the id ID. Seq 0 is the place before the first record; there Doc and ID
// are zero.
type Cursor struct {
	Log LogID       `cbor:"1,keyasint"`
	Seq uint64      `cbor:"2,keyasint"`
	Doc canon.DocID `cbor:"3,keyasint"`
	ID  canon.Hash  `cbor:"4,keyasint"`
}

// Hello is the device's first message (WI7). The relay answers with Challenge,
// with Statements (WI18) or with Failed.
type Hello struct {
	Versions  []uint64          `cbor:"1,keyasint"`
	Workspace canon.WorkspaceID `cbor:"2,keyasint"`
	Device    canon.DeviceID    `cbor:"3,keyasint"` // or the invite's id (WI8)
	Nonce     [32]byte          `cbor:"4,keyasint"`
	Program   string            `cbor:"5,keyasint"`
}

// Challenge answers Hello.
type Challenge struct {
	Version uint64   `cbor:"1,keyasint"`
	Nonce   [32]byte `cbor:"2,keyasint"`
	Time    int64    `cbor:"3,keyasint"` // the relay's, in milliseconds
}

// Proof shows that the device's key is there: the signature of HelloSigned.
type Proof struct {
	Signature []byte `cbor:"1,keyasint"`
}

// State is how the relay stands to this device.
type State string

// The states of Ready.
const (
	StateNormal  State = "normal"
	StateHealing State = "healing"
	StateRevoked State = "revoked"
)

// Ready answers a good Proof (WI9).
type Ready struct {
	Log     LogID   `cbor:"1,keyasint"`
	Last    uint64  `cbor:"2,keyasint"` // last log seq
	Charter Head    `cbor:"3,keyasint"`
	Counter Counter `cbor:"4,keyasint"` // highest accepted of this device
	Ledger  Head    `cbor:"5,keyasint"` // zero until ledgers come
	Limits  Limits  `cbor:"6,keyasint"`
	State   State   `cbor:"7,keyasint"`
}

// Resume is the device's answer to Ready: where it stands (WI10).
type Resume struct {
	Charter Head   `cbor:"1,keyasint"`
	Cursor  Cursor `cbor:"2,keyasint"`
	Ledger  Head   `cbor:"3,keyasint"` // zero until ledgers come
}

// Statements asks for charter records from seq From on; 0 is genesis. It is
// answered with Records.
type Statements struct {
	From uint64 `cbor:"1,keyasint"`
}

// Records are charter records in order, each as it was signed; package charter
// reads them. They answer Statements, and the relay sends them unasked when a
// record was appended. More: the asker asks again from the next seq.
type Records struct {
	Records [][]byte `cbor:"1,keyasint"`
	More    bool     `cbor:"2,keyasint"`
}

// Append asks the relay to append one charter record. It is answered with OK,
// or with Failed; both carry the records from that seq on, receipted.
type Append struct {
	Record []byte `cbor:"1,keyasint"`
}

// Pull asks for what follows the cursor, at most Credit bytes of batches. The
// batches answer it with its id, those of later records too, until the credit
// is used up or another Pull replaces it.
type Pull struct {
	Cursor Cursor `cbor:"1,keyasint"`
	Credit uint64 `cbor:"2,keyasint"`
}

// Batch brings log records and packs (WI2). NewBatch and Items write and read
// the deflated part.
type Batch struct {
	Inflated uint64 `cbor:"1,keyasint"`
	Deflated []byte `cbor:"2,keyasint"`
	Next     Cursor `cbor:"3,keyasint"`
	More     bool   `cbor:"4,keyasint"`
}

// Packs brings packs by their bytes, to a relay only under another log id
// (HE1, HE4). It is answered with Pushed, one result a pack.
type Packs struct {
	Packs [][]byte `cbor:"5,keyasint"`
}

// Push brings encoded envelopes, at most MaxPush. It is answered with Pushed,
// one result an envelope.
type Push struct {
	Envelopes [][]byte `cbor:"1,keyasint"`
}

// PushResult is what became of one envelope. Seq, Time and C are where it lies
// in the log when it was accepted or is a duplicate. Retry is milliseconds, with
// the codes rate and retry.
type PushResult struct {
	Code  Code     `cbor:"1,keyasint"`
	Seq   uint64   `cbor:"2,keyasint"`
	Time  int64    `cbor:"3,keyasint"`
	C     uint64   `cbor:"4,keyasint"`
	Keys  []string `cbor:"5,keyasint"`
	Retry uint64   `cbor:"6,keyasint"`
}

// Pushed answers Push and Packs, in the same order.
type Pushed struct {
	Results []PushResult `cbor:"1,keyasint"`
}

// Salt is a document's salt.
type Salt struct {
	_    struct{} `cbor:",toarray"`
	Doc  canon.DocID
	Salt [32]byte
}

// Salts brings salts, and asks for those of the documents in Ask. Asked for by
// a device it is answered with Salts, else with OK.
type Salts struct {
	Salts []Salt        `cbor:"1,keyasint"`
	Ask   []canon.DocID `cbor:"2,keyasint"`
}

// Summary compares documents while healing (HE4). Ranges are SummaryRanges
// hashes, or Docs the documents of the ranges that a Want named.
type Summary struct {
	Ranges []canon.Hash `cbor:"1,keyasint"`
	Docs   []DocSummary `cbor:"2,keyasint"`
}

// DocSummary is a document with the hash of its sorted change hashes.
type DocSummary struct {
	_    struct{} `cbor:",toarray"`
	Doc  canon.DocID
	Hash canon.Hash
}

// Want answers Summary: the ranges that differ, or the documents whose packs
// are wanted.
type Want struct {
	Ranges []uint16      `cbor:"1,keyasint"`
	Docs   []canon.DocID `cbor:"2,keyasint"`
}

// Refused is one thing that a receiver refused or could not open.
type Refused struct {
	_    struct{}   `cbor:",toarray"`
	ID   canon.Hash // of the envelope or statement
	Code Code
}

// Report tells the relay what was refused though the relay had passed it
// (GA4, KY7). It is answered with OK.
type Report struct {
	Refused []Refused `cbor:"1,keyasint"`
}

// VerdictHeal is the kind of verdict that ends a relay's healing (HE2).
const VerdictHeal = "heal"

// Verdict is a signed answer to a question of the relay. It is answered with OK
// or Failed. Signature is over HealSigned.
type Verdict struct {
	Kind      string `cbor:"1,keyasint"`
	Log       LogID  `cbor:"2,keyasint"`
	Head      Head   `cbor:"3,keyasint"`
	Signature []byte `cbor:"4,keyasint"`
}

// OK answers what was done. Records is set in the answer to Append.
type OK struct {
	Records [][]byte `cbor:"1,keyasint"`
}

// Failed answers what was not done: the code, the keys it concerns, after how
// many milliseconds to try again (0: not by itself), and for charter_moved the
// records that came before.
type Failed struct {
	Code    Code     `cbor:"1,keyasint"`
	Keys    []string `cbor:"2,keyasint"`
	Retry   uint64   `cbor:"3,keyasint"`
	Records [][]byte `cbor:"4,keyasint"`
}

// The names of the frames.

// FrameName is the type text on the wire.
func (*Hello) FrameName() string { return "hello" }

// FrameName is the type text on the wire.
func (*Challenge) FrameName() string { return "challenge" }

// FrameName is the type text on the wire.
func (*Proof) FrameName() string { return "proof" }

// FrameName is the type text on the wire.
func (*Ready) FrameName() string { return "ready" }

// FrameName is the type text on the wire.
func (*Resume) FrameName() string { return "resume" }

// FrameName is the type text on the wire.
func (*Statements) FrameName() string { return "statements" }

// FrameName is the type text on the wire.
func (*Records) FrameName() string { return "records" }

// FrameName is the type text on the wire.
func (*Append) FrameName() string { return "append" }

// FrameName is the type text on the wire.
func (*Pull) FrameName() string { return "pull" }

// FrameName is the type text on the wire.
func (*Batch) FrameName() string { return "batch" }

// FrameName is the type text on the wire.
func (*Packs) FrameName() string { return "packs" }

// FrameName is the type text on the wire.
func (*Push) FrameName() string { return "push" }

// FrameName is the type text on the wire.
func (*Pushed) FrameName() string { return "pushed" }

// FrameName is the type text on the wire.
func (*Salts) FrameName() string { return "salts" }

// FrameName is the type text on the wire.
func (*Summary) FrameName() string { return "summary" }

// FrameName is the type text on the wire.
func (*Want) FrameName() string { return "want" }

// FrameName is the type text on the wire.
func (*Report) FrameName() string { return "report" }

// FrameName is the type text on the wire.
func (*Verdict) FrameName() string { return "verdict" }

// FrameName is the type text on the wire.
func (*OK) FrameName() string { return "ok" }

// FrameName is the type text on the wire.
func (*Failed) FrameName() string { return "error" }
