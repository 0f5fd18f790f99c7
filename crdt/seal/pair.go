package seal

import (
	"bytes"
	"crypto/hpke"
	"fmt"
	"log/slog"

	"tongce/crdt/canon"
)

const (
	// PublicSize is the length of a key pair's public key.
	PublicSize = 1216
	// HPKEOverhead is how much longer HPKESeal's result is than its plaintext.
	HPKEOverhead = 1120 + 16
)

// KeyPair is an HPKE key pair: KEM MLKEM768-X25519 (0x647a), HKDF-SHA256,
// AES-256-GCM (trust.md section 0). It is safe for concurrent use.
type KeyPair struct {
	private hpke.PrivateKey
	public  []byte
}

// NewKeyPair makes the pair of a seed; the same seed gives the same pair.
func NewKeyPair(seed [32]byte) (*KeyPair, error) {
	private, err := hpke.MLKEM768X25519().NewPrivateKey(seed[:])
	if err != nil {
		return nil, fmt.Errorf("key pair: %w", err)
	}
	return &KeyPair{private: private, public: private.PublicKey().Bytes()}, nil
}

// DeriveKeyPair is the standard's DeriveKeyPair over a derived key: the pairs
// of an invite (IN1), of the recovery kit (LV6) and of the auditors (KY8).
func DeriveKeyPair(ikm [32]byte) (*KeyPair, error) {
	private, err := hpke.MLKEM768X25519().DeriveKeyPair(ikm[:])
	if err != nil {
		return nil, fmt.Errorf("derive key pair: %w", err)
	}
	return &KeyPair{private: private, public: private.PublicKey().Bytes()}, nil
}

// AuditPair is the key pair of the audit section's key of one version (KY8).
func AuditPair(k SectionKey) (*KeyPair, error) {
	if k.Kind != Full || k.Section != SectionAudit {
		return nil, fmt.Errorf("audit pair: %w", ErrNoKey)
	}
	return DeriveKeyPair(canon.Derive(k.Key[:], nil, canon.DomainAuditPair, u32(k.Version)))
}

// Public is a copy of the public key, PublicSize bytes.
func (p *KeyPair) Public() []byte { return bytes.Clone(p.public) }

// ValidPublic tells whether pub can be sealed to.
func ValidPublic(pub []byte) bool {
	_, err := hpke.MLKEM768X25519().NewPublicKey(pub)
	return err == nil
}

// HPKESeal is HPKE(pub, s, info, p): only the holder of pub's private half
// opens it, and only with the same domain and info.
func HPKESeal(pub []byte, d canon.Domain, info, plain []byte) ([]byte, error) {
	key, err := hpke.MLKEM768X25519().NewPublicKey(pub)
	if err != nil {
		return nil, fmt.Errorf("hpke public key of %d bytes: %w", len(pub), ErrValue)
	}
	sealed, err := hpke.Seal(key, hpke.HKDFSHA256(), hpke.AES256GCM(), append(d.Tag(), info...), plain)
	if err != nil {
		return nil, fmt.Errorf("hpke seal: %w", err)
	}
	return sealed, nil
}

// HPKEOpen reverses HPKESeal. It returns canon.ErrSealed for anything that was
// not sealed to this pair with the same domain and info.
func (p *KeyPair) HPKEOpen(d canon.Domain, info, sealed []byte) ([]byte, error) {
	plain, err := hpke.Open(p.private, hpke.HKDFSHA256(), hpke.AES256GCM(), append(d.Tag(), info...), sealed)
	if err != nil {
		return nil, canon.ErrSealed
	}
	return plain, nil
}

// String names the pair without its private half.
func (p *KeyPair) String() string { return "hpke key pair" }

// Format writes String for every verb.
func (p *KeyPair) Format(f fmt.State, _ rune) { redact(f, p.String()) }

// LogValue is String.
func (p *KeyPair) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalText is String.
func (p *KeyPair) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
