package charter

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"

	"tongce/crdt/canon"
)

// Kind is the kind of a statement; the numbers are part of the format.
type Kind uint8

// The kinds of trust.md section 3.
const (
	KindGenesis Kind = iota
	KindDepartment
	KindRole
	KindSection
	KindField
	KindMember
	KindInvite
	KindJoin
	KindGrant
	KindRotate
	KindRevoke
	KindHandover
	KindErase
	KindRelay
	KindKit
	KindRules
	kinds // how many there are
)

var kindNames = [kinds]string{
	"genesis", "department", "role", "section", "field", "member", "invite", "join",
	"grant", "rotate", "revoke", "handover", "erase", "relay", "kit", "rules",
}

func (k Kind) String() string {
	if k < kinds {
		return kindNames[k]
	}
	return fmt.Sprintf("kind %d", uint8(k))
}

// Record is one statement as it travels: the body exactly as it was signed
// (EC1), one signature per signer, and the relay's receipt.
type Record struct {
	_          struct{} `cbor:",toarray"`
	Body       []byte
	Signatures [][]byte
	Receipt    *Receipt // nil only before the first relay statement (TR2)
}

// Receipt is the relay's countersignature with its time (TR2).
type Receipt struct {
	_         struct{} `cbor:",toarray"`
	Relay     canon.RelayKey
	Time      int64 // seconds
	Signature []byte
}

// Head names a statement: its number and the hash of its body.
type Head struct {
	Seq  uint64
	Hash canon.Hash
}

// Body is a statement's body, decoded. Content stays encoded until its kind is
// known.
type Body struct {
	V       uint64           `cbor:"1,keyasint"`
	Seq     uint64           `cbor:"2,keyasint"`
	Prev    canon.Hash       `cbor:"3,keyasint"`
	Kind    uint64           `cbor:"4,keyasint"`
	Signers []canon.DeviceID `cbor:"5,keyasint"`
	Time    int64            `cbor:"6,keyasint"`
	Content canon.Raw        `cbor:"7,keyasint"`
}

// EncodeRecord is the canonical form of r.
func EncodeRecord(r Record) ([]byte, error) {
	if r.Signatures == nil {
		r.Signatures = [][]byte{}
	}
	b, err := canon.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode statement record: %w", err)
	}
	return b, nil
}

// DecodeRecord reads what EncodeRecord wrote and nothing else (EC2): the error
// matches canon.ErrEncoding, or is an InvalidError with too_large. It checks
// form only; State.Apply judges.
func DecodeRecord(b []byte) (Record, error) {
	if len(b) > MaxStatement+4096 {
		return Record{}, invalid(CodeTooLarge, "TR1", "record over the limit")
	}
	var r Record
	if err := canon.Unmarshal(b, &r); err != nil {
		return Record{}, fmt.Errorf("statement record: %w", err)
	}
	if len(r.Body) > MaxStatement {
		return Record{}, invalid(CodeTooLarge, "TR1", "body over the limit")
	}
	if err := r.form(); err != nil {
		return Record{}, err
	}
	return r, nil
}

func (r Record) form() error {
	if len(r.Body) == 0 || len(r.Signatures) == 0 || len(r.Signatures) > 2 {
		return malformed("TR1", "record without body or signatures")
	}
	for _, s := range r.Signatures {
		if len(s) != ed25519.SignatureSize {
			return malformed("TR1", "signature of another length")
		}
	}
	if r.Receipt != nil && len(r.Receipt.Signature) != ed25519.SignatureSize {
		return malformed("TR2", "receipt signature of another length")
	}
	return nil
}

// Decode reads the body strictly. The content is not looked at.
func (r Record) Decode() (Body, error) {
	var b Body
	if len(r.Body) > MaxStatement {
		return b, invalid(CodeTooLarge, "TR1", "body over the limit")
	}
	if err := canon.Unmarshal(r.Body, &b); err != nil {
		return b, fmt.Errorf("statement body: %w", err)
	}
	return b, nil
}

// Head is the statement's number and hash in workspace w. It returns an error
// when the body does not decode.
func (r Record) Head(w canon.WorkspaceID) (Head, error) {
	b, err := r.Decode()
	if err != nil {
		return Head{}, err
	}
	return Head{Seq: b.Seq, Hash: BodyHash(w, r.Body)}, nil
}

// BodyHash is the hash of a statement: over the body, so that a second
// signature is not a second statement.
func BodyHash(w canon.WorkspaceID, body []byte) canon.Hash {
	return canon.Sum(canon.DomainStatementHash, w[:], body)
}

// GenesisID is the workspace that a genesis body makes (ID1).
func GenesisID(body []byte) canon.WorkspaceID {
	return canon.WorkspaceID(canon.Sum(canon.DomainWorkspace, body))
}

func statementMessage(w canon.WorkspaceID, body []byte) []byte {
	return append(append(make([]byte, 0, len(w)+len(body)), w[:]...), body...)
}

func receiptMessage(w canon.WorkspaceID, h Head, time int64) []byte {
	m := append([]byte{}, w[:]...)
	m = binary.BigEndian.AppendUint64(m, h.Seq)
	m = append(m, h.Hash[:]...)
	return binary.BigEndian.AppendUint64(m, uint64(time))
}

// Countersign is the relay's receipt for the statement h of workspace w, at
// time (seconds). The caller has judged the statement with State.Check first
// and has h on disk before the receipt leaves (WI18).
func Countersign(key ed25519.PrivateKey, w canon.WorkspaceID, h Head, time int64) *Receipt {
	public, _ := key.Public().(ed25519.PublicKey)
	return &Receipt{
		Relay: canon.RelayKey(public), Time: time,
		Signature: canon.Sign(key, canon.DomainReceipt, receiptMessage(w, h, time)),
	}
}

// Verify tells whether the receipt is by the key that it names, for h in w.
// Whether that key is a relay of the workspace is for the state to say.
func (r *Receipt) Verify(w canon.WorkspaceID, h Head) bool {
	return r != nil && canon.Verify(r.Relay[:], canon.DomainReceipt, receiptMessage(w, h, r.Time), r.Signature)
}
