package seal

import (
	"encoding/binary"
	"fmt"
	"io"

	"tongce/crdt/canon"
)

// KeyName says which key a grant holds.
type KeyName struct {
	_       struct{} `cbor:",toarray"`
	Section string
	Version uint32
	Kind    Kind
}

// Grant is one recipient's wrapped keys in a statement (trust.md section 4).
// It travels in CBOR as the array [recipient, names, wrap].
type Grant struct {
	_         struct{}       `cbor:",toarray"`
	Recipient canon.DeviceID // a device or an invite: both ids are made alike (IN1)
	Names     []KeyName
	Wrap      []byte
}

// WrapKeys wraps keys for one recipient with the public key pub, for the
// statement number seq. Genesis uses the zero workspace id and seq 0. All keys
// go into one wrap (KY1); the caller passes the newest versions only.
func WrapKeys(pub []byte, w canon.WorkspaceID, seq uint64, recipient canon.DeviceID, keys []SectionKey) (Grant, error) {
	g := Grant{Recipient: recipient, Names: make([]KeyName, len(keys))}
	plain := make([][]byte, len(keys))
	for i, k := range keys {
		g.Names[i] = KeyName{Section: k.Section, Version: k.Version, Kind: k.Kind}
		plain[i] = k.Key[:]
	}
	wrap, err := HPKESeal(pub, canon.DomainGrant, grantInfo(w, seq, g), canon.MustMarshal(plain))
	if err != nil {
		return Grant{}, fmt.Errorf("grant for %s: %w", recipient, err)
	}
	g.Wrap = wrap
	return g, nil
}

// UnwrapKeys opens a grant of the statement number seq. It returns ErrGrant for
// whatever does not open or does not hold exactly the listed keys.
func (p *KeyPair) UnwrapKeys(w canon.WorkspaceID, seq uint64, g Grant) ([]SectionKey, error) {
	plain, err := p.HPKEOpen(canon.DomainGrant, grantInfo(w, seq, g), g.Wrap)
	if err != nil {
		return nil, fmt.Errorf("grant for %s: %w", g.Recipient, ErrGrant)
	}
	var raw [][]byte
	if err := canon.Unmarshal(plain, &raw); err != nil || len(raw) != len(g.Names) {
		return nil, fmt.Errorf("grant for %s: %w", g.Recipient, ErrGrant)
	}
	keys := make([]SectionKey, len(raw))
	for i, b := range raw {
		if len(b) != 32 || g.Names[i].Kind > Mask {
			return nil, fmt.Errorf("grant for %s: %w", g.Recipient, ErrGrant)
		}
		n := g.Names[i]
		keys[i] = SectionKey{Section: n.Section, Version: n.Version, Kind: n.Kind, Key: [32]byte(b)}
	}
	return keys, nil
}

func grantInfo(w canon.WorkspaceID, seq uint64, g Grant) []byte {
	names := g.Names
	if names == nil {
		names = []KeyName{}
	}
	info := binary.BigEndian.AppendUint64(append([]byte{}, w[:]...), seq)
	info = append(info, g.Recipient[:]...)
	return append(info, canon.MustMarshal(names)...)
}

// Previous leads from a key version to the one before it, as a rotation carries
// it (kind 9). It travels in CBOR as the array [full, mask].
type Previous struct {
	_    struct{} `cbor:",toarray"`
	Full []byte   // K(s,v-1) under K(s,v)
	Mask []byte   // M(s,v-1) under M(s,v)
}

// WrapPrevious wraps the full key before under its follower.
func WrapPrevious(w canon.WorkspaceID, newer, before SectionKey) (Previous, error) {
	if newer.Kind != Full || before.Kind != Full || newer.Section != before.Section || newer.Version != before.Version+1 {
		return Previous{}, fmt.Errorf("previous of %v: %w", newer, ErrValue)
	}
	newerMask, beforeMask := newer.Masked(w), before.Masked(w)
	return Previous{
		Full: canon.Seal(newer.Key, previousAAD(w, newer), before.Key[:]),
		Mask: canon.Seal(newerMask.Key, previousAAD(w, newerMask), beforeMask.Key[:]),
	}, nil
}

// OpenPrevious is the key of the version before k, of k's kind. It returns
// canon.ErrSealed if p was not made for k.
func OpenPrevious(w canon.WorkspaceID, k SectionKey, p Previous) (SectionKey, error) {
	sealed := p.Full
	if k.Kind == Mask {
		sealed = p.Mask
	}
	plain, err := canon.Open(k.Key, previousAAD(w, k), sealed)
	if err != nil || len(plain) != 32 || k.Version < 2 {
		return SectionKey{}, fmt.Errorf("previous of %v: %w", k, canon.ErrSealed)
	}
	return SectionKey{Section: k.Section, Version: k.Version - 1, Kind: k.Kind, Key: [32]byte(plain)}, nil
}

func previousAAD(w canon.WorkspaceID, k SectionKey) []byte {
	aad := append(canon.DomainPrevious.Tag(), w[:]...)
	return append(sectionInfo(aad, k.Section, k.Version), byte(k.Kind))
}

// NewSectionKey draws the full key of a section's version.
func NewSectionKey(random io.Reader, section string, version uint32) (SectionKey, error) {
	k := SectionKey{Section: section, Version: version, Kind: Full}
	if _, err := io.ReadFull(random, k.Key[:]); err != nil {
		return SectionKey{}, fmt.Errorf("new key of section %s: %w", section, err)
	}
	return k, nil
}

// sectionInfo appends LP(s) ‖ u32 v.
func sectionInfo(dst []byte, section string, version uint32) []byte {
	return binary.BigEndian.AppendUint32(canon.AppendLP(dst, []byte(section)), version)
}

func u32(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }
