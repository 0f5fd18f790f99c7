package keychain

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"io"
	"log/slog"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// Device is a device's two key pairs in memory (ID2), before the workspace is
// known that they are for: a founder's id stands in the genesis whose hash is
// the workspace id. It implements canon.Signer and is safe for concurrent use.
type Device struct {
	id       canon.DeviceID
	signSeed [32]byte
	hpkeSeed [32]byte
	sign     ed25519.PrivateKey
	pair     *seal.KeyPair
}

var _ canon.Signer = (*Device)(nil)

// NewDevice draws the keys of a new device. Nothing is on disk before Create.
func NewDevice(random io.Reader) (*Device, error) {
	var signSeed, hpkeSeed [32]byte
	if _, err := io.ReadFull(random, signSeed[:]); err != nil {
		return nil, fmt.Errorf("new device: %w", err)
	}
	if _, err := io.ReadFull(random, hpkeSeed[:]); err != nil {
		return nil, fmt.Errorf("new device: %w", err)
	}
	return deviceOf(signSeed, hpkeSeed)
}

func deviceOf(signSeed, hpkeSeed [32]byte) (*Device, error) {
	pair, err := seal.NewKeyPair(hpkeSeed)
	if err != nil {
		return nil, fmt.Errorf("device keys: %w", err)
	}
	d := &Device{signSeed: signSeed, hpkeSeed: hpkeSeed, sign: ed25519.NewKeyFromSeed(signSeed[:]), pair: pair}
	d.id = canon.NewDeviceID(d.SignPublic(), pair.Public())
	return d, nil
}

// Device is the device id.
func (d *Device) Device() canon.DeviceID { return d.id }

// Sign signs message for the domain.
func (d *Device) Sign(domain canon.Domain, message []byte) ([]byte, error) {
	return canon.Sign(d.sign, domain, message), nil
}

// SignPublic is a copy of the Ed25519 public key.
func (d *Device) SignPublic() []byte { return bytes.Clone(d.sign[32:]) }

// HPKE is the pair that grants to this device are opened with.
func (d *Device) HPKE() *seal.KeyPair { return d.pair }

const deviceText hidden = "device keys"

// String names the value without its secrets.
func (d *Device) String() string { return deviceText.String() }

// Format writes String for every verb.
func (d *Device) Format(f fmt.State, _ rune) { deviceText.format(f) }

// LogValue is String.
func (d *Device) LogValue() slog.Value { return deviceText.value() }

// MarshalText is String.
func (d *Device) MarshalText() ([]byte, error) { return []byte(deviceText), nil }

// wipe clears the seeds and the signing key's private half; the public half
// stays. Nothing may sign meanwhile.
func (d *Device) wipe() {
	clear(d.signSeed[:])
	clear(d.hpkeSeed[:])
	clear(d.sign[:32])
}
