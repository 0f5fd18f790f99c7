package canon

import (
	"encoding/hex"
	"fmt"
	"io"
)

// The ids of docs/spec/trust.md section 1. All are compared by their bytes and
// travel in CBOR as byte strings. The zero value of each is "none".
type (
	// WorkspaceID is the hash of a workspace's genesis body (ID1).
	WorkspaceID [32]byte
	// Hash is a SHA-256 sum: of a statement, an envelope, a change.
	Hash [32]byte
	// RelayKey is a relay's Ed25519 public key (ID4).
	RelayKey [32]byte
	// DocID names a document; 16 random bytes, never from content (ID3).
	DocID [16]byte
	// MemberID names a person in the charter (ID3).
	MemberID [16]byte
	// DeviceID is the start of the hash of a device's two public keys (ID2).
	DeviceID [12]byte
	// ActorID is an Automerge actor: device and incarnation (ID5).
	ActorID [16]byte
	// Incarnation tells one life of a device's actor from the next (ID5).
	Incarnation [4]byte
)

// NewDeviceID is the id of a device with these public keys (ID2).
func NewDeviceID(signPublic, hpkePublic []byte) DeviceID {
	h := Sum(DomainDevice, signPublic, hpkePublic)
	return DeviceID(h[:12])
}

// SchemaDoc is the id of the workspace's schema document (PO8).
func SchemaDoc(w WorkspaceID) DocID {
	h := Sum(DomainDocument, w[:], []byte("schema"))
	return DocID(h[:16])
}

// PersonalDoc is the id of a member's personal document (PO8).
func PersonalDoc(w WorkspaceID, m MemberID) DocID {
	h := Sum(DomainDocument, w[:], []byte("personal"), m[:])
	return DocID(h[:16])
}

// RandomID reads 16 bytes for a new document, member, entry or batch.
func RandomID(random io.Reader) ([16]byte, error) {
	var id [16]byte
	if _, err := io.ReadFull(random, id[:]); err != nil {
		return id, fmt.Errorf("random id: %w", err)
	}
	return id, nil
}

// Actor is the device's actor in the given incarnation (ID5).
func (d DeviceID) Actor(i Incarnation) ActorID {
	var a ActorID
	copy(a[:12], d[:])
	copy(a[12:], i[:])
	return a
}

// Device is the device that the actor belongs to (GA10).
func (a ActorID) Device() DeviceID { return DeviceID(a[:12]) }

func (w WorkspaceID) String() string { return hex.EncodeToString(w[:]) }
func (h Hash) String() string        { return hex.EncodeToString(h[:]) }
func (r RelayKey) String() string    { return hex.EncodeToString(r[:]) }
func (d DeviceID) String() string    { return hex.EncodeToString(d[:]) }
func (a ActorID) String() string     { return hex.EncodeToString(a[:]) }

// String shows the id as 26 Crockford characters.
func (d DocID) String() string { return Text16(d) }

// String shows the id as 26 Crockford characters.
func (m MemberID) String() string { return Text16(m) }

// ParseWorkspaceID reads what String wrote.
func ParseWorkspaceID(s string) (w WorkspaceID, err error) { return w, parseHex(w[:], s) }

// ParseHash reads what String wrote.
func ParseHash(s string) (h Hash, err error) { return h, parseHex(h[:], s) }

// ParseRelayKey reads what String wrote.
func ParseRelayKey(s string) (r RelayKey, err error) { return r, parseHex(r[:], s) }

// ParseDeviceID reads what String wrote.
func ParseDeviceID(s string) (d DeviceID, err error) { return d, parseHex(d[:], s) }

// ParseDocID reads what String wrote, and only that.
func ParseDocID(s string) (DocID, error) {
	b, err := ParseText16(s)
	return DocID(b), err
}

// ParseMemberID reads what String wrote, and only that.
func ParseMemberID(s string) (MemberID, error) {
	b, err := ParseText16(s)
	return MemberID(b), err
}

func parseHex(dst []byte, s string) error {
	if hex.DecodedLen(len(s)) != len(dst) || len(s)%2 != 0 {
		return fmt.Errorf("id of %d characters: %w", len(s), ErrEncoding)
	}
	for _, c := range []byte(s) {
		if c >= 'A' && c <= 'F' {
			return fmt.Errorf("id in capitals: %w", ErrEncoding) // one text for one id
		}
	}
	if _, err := hex.Decode(dst, []byte(s)); err != nil {
		return fmt.Errorf("id: %w", ErrEncoding)
	}
	return nil
}

// crockford is Douglas Crockford's base 32 alphabet in lower case:
// https://www.crockford.com/base32.html
const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// Text16 writes 16 bytes as 26 lower-case Crockford characters: the 128 bits
// from the top, the last character holding the last 3 bits and two zero bits.
func Text16(b [16]byte) string {
	var out [26]byte
	var acc uint
	bits, n := 0, 0
	for _, c := range b {
		acc, bits = acc<<8|uint(c), bits+8
		for ; bits >= 5; bits -= 5 {
			out[n] = crockford[acc>>(bits-5)&31]
			n++
		}
	}
	out[n] = crockford[acc<<(5-bits)&31]
	return string(out[:])
}

// ParseText16 reads what Text16 wrote, and only that: any other text of the
// same bytes is refused, so that one id has one spelling in keys.
func ParseText16(s string) (b [16]byte, err error) {
	if len(s) != 26 {
		return b, fmt.Errorf("id of %d characters: %w", len(s), ErrEncoding)
	}
	var acc uint
	bits, n := 0, 0
	for _, c := range []byte(s) {
		v := crockfordValue(c)
		if v < 0 {
			return b, fmt.Errorf("id: %w", ErrEncoding)
		}
		acc, bits = acc<<5|uint(v), bits+5
		if bits >= 8 && n < len(b) {
			b[n] = byte(acc >> (bits - 8))
			n, bits = n+1, bits-8
		}
	}
	if acc&(1<<bits-1) != 0 {
		return b, fmt.Errorf("id with bits left over: %w", ErrEncoding)
	}
	return b, nil
}

func crockfordValue(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'z':
		for i := 10; i < len(crockford); i++ {
			if crockford[i] == c {
				return i
			}
		}
	}
	return -1
}
