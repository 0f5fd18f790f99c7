package keychain

import (
	"crypto/ed25519"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// The printed form of a kit (LV7).
const (
	// KitGroups is the number of groups of a kit's code.
	KitGroups = 6
	// KitGroupSize is the number of characters of a group.
	KitGroupSize = 5
	kitChars     = KitGroups * KitGroupSize
	kitCheckBits = kitChars*5 - 128
)

const kitAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Kit is a recovery kit: a device of the founder that exists on paper (LV6).
// It implements canon.Signer and is safe for concurrent use until Close.
type Kit struct {
	secret [16]byte
	id     canon.DeviceID
	sign   ed25519.PrivateKey
	pair   *seal.KeyPair
}

var _ canon.Signer = (*Kit)(nil)

// KitPublic is what a charter knows of a kit and a key file is wrapped to.
type KitPublic struct {
	Device canon.DeviceID
	Sign   []byte
	HPKE   []byte
}

// NewKit draws a kit. Its code is to be shown once; Close discards it (LV8).
func NewKit(random io.Reader) (*Kit, error) {
	var secret [16]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return nil, fmt.Errorf("new kit: %w", err)
	}
	return kitOf(secret)
}

func kitOf(secret [16]byte) (*Kit, error) {
	seed := canon.Derive(secret[:], nil, canon.DomainKitSign, nil)
	defer clear(seed[:])
	pair, err := seal.DeriveKeyPair(canon.Derive(secret[:], nil, canon.DomainKitWrap, nil))
	if err != nil {
		return nil, fmt.Errorf("kit: %w", err)
	}
	k := &Kit{secret: secret, sign: ed25519.NewKeyFromSeed(seed[:]), pair: pair}
	k.id = canon.NewDeviceID(k.sign[32:], pair.Public())
	return k, nil
}

// Device is the kit's device id.
func (k *Kit) Device() canon.DeviceID { return k.id }

// Sign signs message for the domain.
func (k *Kit) Sign(d canon.Domain, message []byte) ([]byte, error) {
	return canon.Sign(k.sign, d, message), nil
}

// HPKE is the pair that grants to the kit are opened with.
func (k *Kit) HPKE() *seal.KeyPair { return k.pair }

// Public is what may be told of the kit.
func (k *Kit) Public() KitPublic {
	return KitPublic{Device: k.id, Sign: append([]byte{}, k.sign[32:]...), HPKE: k.pair.Public()}
}

// Code is the kit's secret as it is printed: six groups of five characters
// with hyphens (LV7). It is the whole secret; it goes to paper and nowhere else.
func (k *Kit) Code() string {
	chars := kitText(k.secret)
	groups := make([]string, KitGroups)
	for i := range groups {
		groups[i] = string(chars[i*KitGroupSize : (i+1)*KitGroupSize])
	}
	return strings.Join(groups, "-")
}

// HasGroup tells whether text is the group number i (from 0) of the code, read
// as generously as ParseKit does: the question that follows printing (LV8).
func (k *Kit) HasGroup(i int, text string) bool {
	if i < 0 || i >= KitGroups {
		return false
	}
	chars := kitText(k.secret)
	got, bad := foldKit(text)
	return bad < 0 && subtle.ConstantTimeCompare(got, chars[i*KitGroupSize:(i+1)*KitGroupSize]) == 1
}

// Close clears the kit's secrets.
func (k *Kit) Close() {
	clear(k.secret[:])
	clear(k.sign[:32])
}

// kitText is 128 secret bits and 22 check bits as 30 Crockford characters.
func kitText(secret [16]byte) []byte {
	check := kitCheck(secret)
	out := make([]byte, 0, kitChars)
	acc, bits := uint64(0), 0
	for _, b := range secret {
		acc, bits = acc<<8|uint64(b), bits+8
		for ; bits >= 5; bits -= 5 {
			out = append(out, kitAlphabet[acc>>(bits-5)&31])
		}
	}
	acc, bits = acc<<kitCheckBits|uint64(check), bits+kitCheckBits
	for ; bits >= 5; bits -= 5 {
		out = append(out, kitAlphabet[acc>>(bits-5)&31])
	}
	return out
}

// kitCheck is the first 22 bits of H("kit check", secret).
func kitCheck(secret [16]byte) uint32 {
	h := canon.Sum(canon.DomainKitCheck, secret[:])
	return binary.BigEndian.Uint32(h[:4]) >> (32 - kitCheckBits)
}

const kitHidden hidden = "recovery kit"

// String names the value without its secret.
func (k *Kit) String() string { return kitHidden.String() }

// Format writes String for every verb.
func (k *Kit) Format(f fmt.State, _ rune) { kitHidden.format(f) }

// LogValue is String.
func (k *Kit) LogValue() slog.Value { return kitHidden.value() }

// MarshalText is String.
func (k *Kit) MarshalText() ([]byte, error) { return []byte(kitHidden), nil }
