// Package canon has what every signed or hashed byte of Tongce is made of: ids,
// canonical CBOR, domain-separated hashes, signatures, key derivation and
// authenticated encryption, as docs/spec/trust.md section 0 says.
//
// It knows no documents, keys of people or files. Everything here is a pure
// function; nothing in it depends on locale, time or Unicode tables (EC3).
package canon

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
)

// Domain is one of the strings that keep a signature, hash or key made for one
// purpose from being valid for another. Each is used in one place only (EC5).
type Domain string

const domainPrefix = "tongce/1 "

// The domain strings of trust.md section 0.
const (
	DomainWorkspace     Domain = domainPrefix + "workspace"
	DomainDevice        Domain = domainPrefix + "device"
	DomainStatement     Domain = domainPrefix + "statement"
	DomainStatementHash Domain = domainPrefix + "statement hash"
	DomainReceipt       Domain = domainPrefix + "receipt"
	DomainInviteSign    Domain = domainPrefix + "invite sign"
	DomainInviteWrap    Domain = domainPrefix + "invite wrap"
	DomainInviteProof   Domain = domainPrefix + "invite proof"
	DomainKitSign       Domain = domainPrefix + "kit sign"
	DomainKitWrap       Domain = domainPrefix + "kit wrap"
	DomainKitCheck      Domain = domainPrefix + "kit check"
	DomainKeyring       Domain = domainPrefix + "keyring"
	DomainPassphrase    Domain = domainPrefix + "passphrase"
	DomainEscrow        Domain = domainPrefix + "escrow"
	DomainKeyFile       Domain = domainPrefix + "keyfile"
	DomainStore         Domain = domainPrefix + "store"
	DomainIndex         Domain = domainPrefix + "index"
	DomainLocalLookup   Domain = domainPrefix + "local lookup"
	DomainGrant         Domain = domainPrefix + "grant"
	DomainPrevious      Domain = domainPrefix + "previous"
	DomainValueKey      Domain = domainPrefix + "value key"
	DomainMaskKey       Domain = domainPrefix + "mask key"
	DomainValue         Domain = domainPrefix + "value"
	DomainSalt          Domain = domainPrefix + "salt"
	DomainBlind         Domain = domainPrefix + "blind"
	DomainAuditPair     Domain = domainPrefix + "audit pair"
	DomainEntry         Domain = domainPrefix + "entry"
	DomainLedger        Domain = domainPrefix + "ledger"
	DomainBlock         Domain = domainPrefix + "block"
	DomainHead          Domain = domainPrefix + "head"
	DomainHello         Domain = domainPrefix + "hello"
	DomainEnvelope      Domain = domainPrefix + "envelope"
	DomainBundle        Domain = domainPrefix + "bundle"
	DomainVerdict       Domain = domainPrefix + "verdict"
	DomainDocument      Domain = domainPrefix + "document"
)

// ErrSealed means that a ciphertext does not open: wrong key, wrong place or
// changed bytes. There is no way to tell which.
var ErrSealed = errors.New("ciphertext does not open")

// AppendLP appends LP(b): the length of b as u32 big endian, then b.
func AppendLP(dst, b []byte) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(b)))
	return append(dst, b...)
}

// ReadLP takes one LP(b) from the front of src and returns b and the rest.
func ReadLP(src []byte) (b, rest []byte, err error) {
	if len(src) < 4 {
		return nil, nil, fmt.Errorf("length prefix: %w", ErrEncoding)
	}
	n := uint64(binary.BigEndian.Uint32(src))
	src = src[4:]
	if uint64(len(src)) < n {
		return nil, nil, fmt.Errorf("length %d of %d bytes: %w", n, len(src), ErrEncoding)
	}
	return src[:n:n], src[n:], nil
}

// Tag is T(s): the domain string and one zero byte.
func (d Domain) Tag() []byte { return append([]byte(d), 0) }

// Sum is H(s, a, b, ...): SHA-256 over the tag and each part with its length.
func Sum(d Domain, parts ...[]byte) Hash {
	b := d.Tag()
	for _, p := range parts {
		b = AppendLP(b, p)
	}
	return sha256.Sum256(b)
}

// Derive is KDF(key, salt, s, info): HKDF-SHA256 to 32 bytes. A nil salt is
// the empty salt. It is needed for every sealed value of a book, several times,
// and the library's takes most of a value's time for making hashes it forgets;
// of one block the function is two MACs, and a test holds it to the library's.
func Derive(key, salt []byte, d Domain, info []byte) [32]byte {
	var room [256]byte
	prk := mac(salt, key)
	b := append(append(append(room[:0], d...), 0), info...)
	return mac(prk[:], append(b, 1))
}

// mac is HMAC-SHA256 (RFC 2104).
func mac(key, message []byte) [32]byte {
	var room [512]byte
	if len(key) > sha256.BlockSize {
		h := sha256.Sum256(key)
		key = h[:]
	}
	b := append(room[:0], make([]byte, sha256.BlockSize)...)
	copy(b, key)
	for i := range b {
		b[i] ^= 0x36
	}
	inner := sha256.Sum256(append(b, message...))
	b = b[:sha256.BlockSize]
	for i := range b {
		b[i] ^= 0x36 ^ 0x5c
	}
	return sha256.Sum256(append(b, inner[:]...))
}

// Seal is AEAD(key, aad, plain): 12 random bytes, then AES-256-GCM; 28 bytes
// longer than plain.
func Seal(key [32]byte, aad, plain []byte) []byte {
	return newGCM(key).Seal(nil, nil, plain, aad)
}

// Open reverses Seal. It returns ErrSealed for anything that Seal did not make
// with the same key and aad.
func Open(key [32]byte, aad, sealed []byte) ([]byte, error) {
	plain, err := newGCM(key).Open(nil, nil, sealed, aad)
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func newGCM(key [32]byte) cipher.AEAD {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic("canon: AES-256: " + err.Error()) // the key has 32 bytes by its type
	}
	gcm, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic("canon: GCM: " + err.Error())
	}
	return gcm
}

// Signer signs as one device.
type Signer interface {
	// Device is the id that the charter knows the signing key by.
	Device() DeviceID
	// Sign is Sign(k, s, m): Ed25519 over the tag of d and message.
	Sign(d Domain, message []byte) ([]byte, error)
}

// Sign is Sign(k, s, m): Ed25519 over the tag of d and message.
func Sign(key ed25519.PrivateKey, d Domain, message []byte) []byte {
	return ed25519.Sign(key, append(d.Tag(), message...))
}

// Verify tells whether sig is Sign of message under the private half of public.
func Verify(public []byte, d Domain, message, sig []byte) bool {
	return len(public) == ed25519.PublicKeySize && len(sig) == ed25519.SignatureSize &&
		ed25519.Verify(public, append(d.Tag(), message...), sig)
}
