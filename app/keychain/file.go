package keychain

import (
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

const fileVersion = 1

// maxFile is more than any key file needs: three wraps are under 2 kB.
const maxFile = 64 << 10

// fileHead is what stands in clear and is bound to the secrets as their aad.
type fileHead struct {
	Version   uint64            `cbor:"1,keyasint"`
	FileID    [16]byte          `cbor:"2,keyasint"`
	Workspace canon.WorkspaceID `cbor:"3,keyasint"`
	Device    canon.DeviceID    `cbor:"4,keyasint"`
}

// fileBody is keys.tc (trust.md section 2).
type fileBody struct {
	Version   uint64            `cbor:"1,keyasint"`
	FileID    [16]byte          `cbor:"2,keyasint"`
	Workspace canon.WorkspaceID `cbor:"3,keyasint"`
	Device    canon.DeviceID    `cbor:"4,keyasint"`
	Wraps     []canon.Raw       `cbor:"5,keyasint"`
	Secrets   []byte            `cbor:"6,keyasint"`
}

type fileSecrets struct {
	Sign [32]byte `cbor:"1,keyasint"`
	HPKE [32]byte `cbor:"2,keyasint"`
}

const (
	wrapKeyring    = 1
	wrapPassphrase = 2
	wrapKit        = 3
)

type keyringWrap struct {
	_      struct{} `cbor:",toarray"`
	Type   uint64
	Sealed []byte
}

type passphraseWrap struct {
	_       struct{} `cbor:",toarray"`
	Type    uint64
	Salt    [16]byte
	Time    uint32
	Memory  uint32 // KiB
	Threads uint8
	Sealed  []byte
}

type kitWrap struct {
	_      struct{} `cbor:",toarray"`
	Type   uint64
	Kit    canon.DeviceID
	Sealed []byte
}

// keyFile is a key file taken apart.
type keyFile struct {
	head       fileHead
	keyring    *keyringWrap
	passphrase *passphraseWrap
	kit        *kitWrap
	secrets    []byte
}

func (f *keyFile) encode() []byte {
	b := fileBody{
		Version: f.head.Version, FileID: f.head.FileID, Workspace: f.head.Workspace, Device: f.head.Device,
		Wraps: []canon.Raw{}, Secrets: f.secrets,
	}
	if f.keyring != nil {
		b.Wraps = append(b.Wraps, canon.MustMarshal(f.keyring))
	}
	if f.passphrase != nil {
		b.Wraps = append(b.Wraps, canon.MustMarshal(f.passphrase))
	}
	if f.kit != nil {
		b.Wraps = append(b.Wraps, canon.MustMarshal(f.kit))
	}
	return canon.MustMarshal(b)
}

// decodeFile takes a key file apart. It returns ErrCorrupt, or ErrUnsupported
// for a version or wrap number it does not know (EC4).
func decodeFile(b []byte) (*keyFile, error) {
	var fields map[uint64]canon.Raw
	var version uint64
	if canon.Unmarshal(b, &fields) != nil || canon.Unmarshal(fields[1], &version) != nil {
		return nil, ErrCorrupt
	}
	if version != fileVersion {
		return nil, ErrUnsupported
	}
	var body fileBody
	if canon.Unmarshal(b, &body) != nil {
		return nil, ErrCorrupt
	}
	f := &keyFile{
		head:    fileHead{Version: version, FileID: body.FileID, Workspace: body.Workspace, Device: body.Device},
		secrets: body.Secrets,
	}
	for _, raw := range body.Wraps {
		if err := f.addWrap(raw); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// addWrap reads one wrap. Each kind stands at most once, in the order of their
// numbers, so that a file has one form.
func (f *keyFile) addWrap(raw canon.Raw) error {
	var items []canon.Raw
	var kind uint64
	if canon.Unmarshal(raw, &items) != nil || len(items) == 0 || canon.Unmarshal(items[0], &kind) != nil {
		return ErrCorrupt
	}
	var err error
	switch kind {
	case wrapKeyring:
		if f.keyring != nil || f.passphrase != nil || f.kit != nil {
			return ErrCorrupt
		}
		f.keyring = new(keyringWrap)
		err = canon.Unmarshal(raw, f.keyring)
	case wrapPassphrase:
		if f.passphrase != nil || f.kit != nil {
			return ErrCorrupt
		}
		f.passphrase = new(passphraseWrap)
		err = canon.Unmarshal(raw, f.passphrase)
	case wrapKit:
		if f.kit != nil {
			return ErrCorrupt
		}
		f.kit = new(kitWrap)
		err = canon.Unmarshal(raw, f.kit)
	default:
		return ErrUnsupported
	}
	if err != nil {
		return ErrCorrupt
	}
	return nil
}

// account is the keyring account of the file (KF2).
func (h fileHead) account() string { return fmt.Sprintf("%x", h.FileID) }

// sealSecrets fills field 6.
func (f *keyFile) sealSecrets(drk [32]byte, d *Device) {
	plain := canon.MustMarshal(fileSecrets{Sign: d.signSeed, HPKE: d.hpkeSeed})
	defer clear(plain)
	f.secrets = canon.Seal(f.subkey(drk, canon.DomainKeyFile), canon.MustMarshal(f.head), plain)
}

// openSecrets reads field 6. The device id in the file must be that of the keys.
func (f *keyFile) openSecrets(drk [32]byte) (*Device, error) {
	plain, err := canon.Open(f.subkey(drk, canon.DomainKeyFile), canon.MustMarshal(f.head), f.secrets)
	if err != nil {
		return nil, ErrCorrupt // the wrap opened, so the secret is right and the file is not
	}
	defer clear(plain)
	var s fileSecrets
	if canon.Unmarshal(plain, &s) != nil {
		return nil, ErrCorrupt
	}
	d, err := deviceOf(s.Sign, s.HPKE)
	if err != nil || d.Device() != f.head.Device {
		return nil, ErrCorrupt
	}
	return d, nil
}

// subkey is KDF(DRK, file id, domain, "").
func (f *keyFile) subkey(drk [32]byte, d canon.Domain) [32]byte {
	return canon.Derive(drk[:], f.head.FileID[:], d, nil)
}

func (f *keyFile) escrowInfo() []byte {
	return append(append([]byte{}, f.head.Workspace[:]...), f.head.FileID[:]...)
}

func (f *keyFile) wrapByKit(drk [32]byte, kit KitPublic) error {
	sealed, err := seal.HPKESeal(kit.HPKE, canon.DomainEscrow, f.escrowInfo(), drk[:])
	if err != nil {
		return fmt.Errorf("escrow: %w", err)
	}
	f.kit = &kitWrap{Type: wrapKit, Kit: kit.Device, Sealed: sealed}
	return nil
}

func (f *keyFile) openByKit(k *Kit) (drk [32]byte, err error) {
	if f.kit == nil {
		return drk, fmt.Errorf("kit: %w", ErrNoWrap)
	}
	plain, err := k.HPKE().HPKEOpen(canon.DomainEscrow, f.escrowInfo(), f.kit.Sealed)
	if err != nil || len(plain) != 32 || f.kit.Kit != k.Device() {
		return drk, fmt.Errorf("kit: %w", ErrWrongSecret)
	}
	defer clear(plain)
	return [32]byte(plain), nil
}
