// Package seal encrypts field values under section keys, as docs/spec/trust.md
// sections 4 and 5 say.
//
// It knows key pairs, section keys, the form of a sealed value, blind tokens
// and masks. It does not know who may hold which key (package charter), keeps
// nothing on disk, and imports no document code, so that the relay can read the
// form of a sealed value without being able to open one.
//
// Types that hold secrets print as what they are and never as their bytes (KF8).
package seal

import (
	"errors"
	"fmt"
	"log/slog"

	"tongce/crdt/canon"
)

// The two sealed sections that every workspace has (trust.md section 4).
const (
	// SectionLookup holds the key of blind tokens (LO2).
	SectionLookup = "lookup"
	// SectionAudit holds the key of the ledger's key pair (KY8).
	SectionAudit = "audit"
)

const (
	// MaxPlain is the most bytes that the canonical CBOR of a sealed value may
	// have (SE4).
	MaxPlain = 16 << 10
	// MaxMask is the most bytes that a mask text may have. It keeps every sealed
	// value within MaxSealed.
	MaxMask = 256
	// MaxSealed is the most bytes of a sealed value (wire.md limits).
	MaxSealed = 17 << 10
)

var (
	// ErrForm means that bytes are not a sealed value of the one allowed form
	// (SE1).
	ErrForm = errors.New("not the form of a sealed value")
	// ErrNoKey means that the ring lacks the key that the operation needs: none
	// of that version, or only the mask key.
	ErrNoKey = errors.New("section key not held")
	// ErrKeyClash means that another key is already known for the same section
	// and version; the first one stays (KY7).
	ErrKeyClash = errors.New("a different key for the same section version")
	// ErrTooLarge means that a plaintext or mask is over its limit (SE4).
	ErrTooLarge = errors.New("too large to be sealed")
	// ErrValue means that a plaintext is not the canonical CBOR of one value, or
	// that an argument cannot be written in the sealed form.
	ErrValue = errors.New("not a value that can be sealed")
	// ErrGrant means that a grant does not open for this key pair, or holds
	// something else than it lists (KY7, wire code `grant_broken`).
	ErrGrant = errors.New("grant does not open")
)

// Kind tells how much of a section's values a key opens.
type Kind uint8

// The two kinds of a section key, by their numbers in a grant.
const (
	// Full is K(s,v): opens values and, through the mask key, masks.
	Full Kind = 0
	// Mask is M(s,v): opens the mask parts only (PO3).
	Mask Kind = 1
)

// SectionKey is one version of a section's key.
type SectionKey struct {
	Section string
	Version uint32
	Kind    Kind
	Key     [32]byte
}

// Masked is the mask key M(s,v) of a full key, and the key itself if it is a
// mask key already.
func (k SectionKey) Masked(w canon.WorkspaceID) SectionKey {
	if k.Kind == Mask {
		return k
	}
	k.Key = canon.Derive(k.Key[:], w[:], canon.DomainMaskKey, sectionInfo(nil, k.Section, k.Version))
	k.Kind = Mask
	return k
}

// String names the key without its bytes.
func (k SectionKey) String() string {
	return fmt.Sprintf("section key %s/%d kind %d", k.Section, k.Version, k.Kind)
}

// Format writes String for every verb, so that no verb shows the bytes.
func (k SectionKey) Format(f fmt.State, _ rune) { redact(f, k.String()) }

// LogValue is String.
func (k SectionKey) LogValue() slog.Value { return slog.StringValue(k.String()) }

// MarshalText is String: a key is never written as JSON or text.
func (k SectionKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

func redact(f fmt.State, s string) { _, _ = f.Write([]byte(s)) }
