package charter

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// LinkPrefix begins every invite link; what follows the # is never sent to a
// server (IN2).
const LinkPrefix = "tongce://join#"

// InviteSecret is what an invite link holds (IN1, IN2). It is a secret until it
// is used: keep it out of logs.
type InviteSecret struct {
	workspace canon.WorkspaceID
	secret    [32]byte
	relays    []Relay
}

type linkForm struct {
	V         uint64            `cbor:"1,keyasint"`
	Workspace canon.WorkspaceID `cbor:"2,keyasint"`
	Secret    [32]byte          `cbor:"3,keyasint"`
	Keys      []canon.RelayKey  `cbor:"4,keyasint"`
	Addresses []string          `cbor:"5,keyasint"`
}

// NewInviteSecret draws the secret of an invite into the state's workspace; the
// link names the relays of the state.
func NewInviteSecret(s *State, random io.Reader) (*InviteSecret, error) {
	i := &InviteSecret{workspace: s.w, relays: s.Relays()}
	if _, err := io.ReadFull(random, i.secret[:]); err != nil {
		return nil, fmt.Errorf("invite secret: %w", err)
	}
	return i, nil
}

// Link is the text of the link, file or QR code (IN2).
func (i *InviteSecret) Link() string {
	form := linkForm{V: 1, Workspace: i.workspace, Secret: i.secret, Keys: []canon.RelayKey{}, Addresses: []string{}}
	for _, r := range i.relays {
		form.Keys = append(form.Keys, r.Key)
		form.Addresses = append(form.Addresses, r.Addresses...)
	}
	return LinkPrefix + base64.RawURLEncoding.EncodeToString(canon.MustMarshal(form))
}

// ParseInvite reads a link. Blanks and line breaks around or inside it, which
// chat programs put there, do not matter. The error matches canon.ErrEncoding,
// or is an InvalidError with unsupported_version.
func ParseInvite(link string) (*InviteSecret, error) {
	link = strings.Join(strings.Fields(link), "")
	text, ok := strings.CutPrefix(link, LinkPrefix)
	if !ok {
		return nil, fmt.Errorf("invite link: %w", canon.ErrEncoding)
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("invite link: %w", canon.ErrEncoding)
	}
	if len(b) > 2 && b[0]>>5 == 5 && b[1] == 1 && b[2]>>5 == 0 && b[2] != 1 {
		return nil, invalid(CodeVersion, "IN2", "version of the link")
	}
	var form linkForm
	if err := canon.Unmarshal(b, &form); err != nil {
		return nil, fmt.Errorf("invite link: %w", err)
	}
	if len(form.Keys) == 0 || form.Addresses == nil {
		return nil, malformed("IN2", "link without relay")
	}
	i := &InviteSecret{workspace: form.Workspace, secret: form.Secret}
	for _, a := range form.Addresses {
		if !address(a) {
			return nil, malformed("IN2", "address in a link")
		}
	}
	for _, k := range form.Keys {
		// The link does not say which address belongs to which key; whoever
		// answers must have one of the keys (WI5).
		i.relays = append(i.relays, Relay{Key: k, Addresses: form.Addresses})
	}
	return i, nil
}

// Workspace is the workspace that the invite leads to.
func (i *InviteSecret) Workspace() canon.WorkspaceID { return i.workspace }

// RelayKeys are the keys one of which the relay must prove (WI5).
func (i *InviteSecret) RelayKeys() []canon.RelayKey {
	keys := make([]canon.RelayKey, len(i.relays))
	for n, r := range i.relays {
		keys[n] = r.Key
	}
	return keys
}

// Addresses are where the relays may be found.
func (i *InviteSecret) Addresses() []string {
	var out []string
	seen := map[string]bool{}
	for _, r := range i.relays {
		for _, a := range r.Addresses {
			if !seen[a] {
				seen[a] = true
				out = append(out, a)
			}
		}
	}
	return out
}

// KeyPair is the invite's HPKE pair: it opens the invite's grants (IN1).
func (i *InviteSecret) KeyPair() (*seal.KeyPair, error) {
	p, err := seal.DeriveKeyPair(canon.Derive(i.secret[:], i.workspace[:], canon.DomainInviteWrap, nil))
	if err != nil {
		return nil, fmt.Errorf("invite: %w", err)
	}
	return p, nil
}

// Signer signs as the invite: the handshake (WI8) and the proof of a join (IN4).
func (i *InviteSecret) Signer() (canon.Signer, error) {
	pair, err := i.KeyPair()
	if err != nil {
		return nil, err
	}
	seed := canon.Derive(i.secret[:], i.workspace[:], canon.DomainInviteSign, nil)
	key := ed25519.NewKeyFromSeed(seed[:])
	return &KeySigner{id: canon.NewDeviceID(public(key), pair.Public()), key: key}, nil
}

// ID is the invite's id in the charter (IN1).
func (i *InviteSecret) ID() (canon.DeviceID, error) {
	s, err := i.Signer()
	if err != nil {
		return canon.DeviceID{}, err
	}
	return s.Device(), nil
}

// String names the invite without its secret.
func (i *InviteSecret) String() string { return "invite" }

// Format writes String for every verb (KF8).
func (i *InviteSecret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, i.String()) }

// KeySigner is a canon.Signer over keys in memory.
type KeySigner struct {
	id  canon.DeviceID
	key ed25519.PrivateKey
}

// NewSigner signs with key as the device that the two public keys make (ID2).
func NewSigner(key ed25519.PrivateKey, hpkePublic []byte) *KeySigner {
	return &KeySigner{id: canon.NewDeviceID(public(key), hpkePublic), key: key}
}

// Device is the id of the device.
func (s *KeySigner) Device() canon.DeviceID { return s.id }

// Public is the signing public key.
func (s *KeySigner) Public() []byte { return public(s.key) }

// Sign is canon.Sign with the device's key.
func (s *KeySigner) Sign(d canon.Domain, message []byte) ([]byte, error) {
	return canon.Sign(s.key, d, message), nil
}

// String names the signer without its key.
func (s *KeySigner) String() string { return "signer " + s.id.String() }

// Format writes String for every verb (KF8).
func (s *KeySigner) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

func public(key ed25519.PrivateKey) []byte {
	p, _ := key.Public().(ed25519.PublicKey)
	return p
}
