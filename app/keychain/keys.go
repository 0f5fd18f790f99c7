package keychain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// Options say how a new key file is protected. At least one of Ring and
// Passphrase is set: a choice of the person, never a silent fallback (KF5).
type Options struct {
	Workspace  canon.WorkspaceID
	Ring       Ring   // set: wrapped by a key in this keyring
	Passphrase []byte // set: wrapped by this passphrase; the caller clears it
	Cost       Cost   // of the passphrase; zero means DefaultCost
	Kit        *KitPublic
	Rand       io.Reader

	step func(string) error // for tests: see disk
}

// Unlock is what a key file is opened with: the first that is set of Kit,
// Passphrase and Ring. The caller decides what to try next.
type Unlock struct {
	Ring       Ring
	Passphrase []byte // the caller clears it
	Kit        *Kit
	// Previous opens keys.tc.old instead, on the person's decision, when keys.tc
	// is damaged. Nothing is changed on disk.
	Previous bool

	step func(string) error
}

// Info is what a key file says without being opened.
type Info struct {
	Workspace  canon.WorkspaceID
	Device     canon.DeviceID
	Keyring    bool           // wrapped by a key in the keyring
	Passphrase bool           // wrapped by a passphrase
	Kit        canon.DeviceID // the kit that opens it; zero: none
	HasOld     bool           // keys.tc.old is there
}

// Keys are a device's opened keys. They implement canon.Signer and are safe
// for concurrent use. The caller closes them.
type Keys struct {
	disk   disk
	head   fileHead
	device *Device

	mu       sync.RWMutex
	closed   bool
	previous bool // opened from keys.tc.old
	file     keyFile
	drk      [32]byte
}

var _ canon.Signer = (*Keys)(nil)

// Create writes the key file of a device for its workspace. When it returns,
// the file is on disk and a keyring has given back what it was given. It
// returns ErrExists where a key file is, and leaves no keyring entry behind when
// it fails.
func Create(ctx context.Context, dir string, d *Device, o Options) (*Keys, error) {
	k, err := create(ctx, dir, d, o)
	if err != nil {
		return nil, fmt.Errorf("create keys of %s: %w", d.Device(), err)
	}
	return k, nil
}

func create(ctx context.Context, dir string, d *Device, o Options) (*Keys, error) {
	if o.Ring == nil && o.Passphrase == nil {
		return nil, ErrNoProtection
	}
	k := &Keys{disk: disk{dir: dir, step: o.step}, device: d}
	if k.disk.has(FileName) || k.disk.has(OldName) {
		return nil, ErrExists
	}
	k.file.head = fileHead{Version: fileVersion, Workspace: o.Workspace, Device: d.Device()}
	if _, err := io.ReadFull(o.Rand, k.file.head.FileID[:]); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(o.Rand, k.drk[:]); err != nil {
		return nil, err
	}
	k.head = k.file.head
	k.file.sealSecrets(k.drk, d)
	if o.Passphrase != nil {
		if err := k.file.wrapByPassphrase(k.drk, o.Passphrase, o.Cost, o.Rand); err != nil {
			return nil, err
		}
	}
	if o.Kit != nil {
		if err := k.file.wrapByKit(k.drk, *o.Kit); err != nil {
			return nil, err
		}
	}
	if o.Ring != nil {
		if err := k.file.wrapByKeyring(ctx, o.Ring, k.drk, o.Rand); err != nil {
			return nil, err
		}
	}
	if err := k.disk.replace(k.file.encode(), false); err != nil {
		return nil, k.takeBack(ctx, o.Ring, err)
	}
	return k, nil
}

// takeBack removes the keyring entry of a file that was not written. If the
// file is there after all (the fsync after the rename failed), the entry stays.
func (k *Keys) takeBack(ctx context.Context, ring Ring, cause error) error {
	if ring == nil || k.disk.has(FileName) {
		return cause
	}
	if err := ring.Delete(ctx, k.head.account()); err != nil {
		return errors.Join(cause, err)
	}
	return cause
}

// Inspect reads what the key file of a directory says without opening it. It
// returns ErrNoFile, ErrCorrupt or ErrUnsupported.
func Inspect(dir string) (Info, error) {
	d := disk{dir: dir}
	b, err := d.read(FileName)
	if err != nil {
		return Info{HasOld: d.has(OldName)}, fmt.Errorf("inspect keys: %w", err)
	}
	f, err := decodeFile(b)
	if err != nil {
		return Info{HasOld: d.has(OldName)}, fmt.Errorf("inspect keys: %w", err)
	}
	return f.info(d), nil
}

func (f *keyFile) info(d disk) Info {
	i := Info{
		Workspace: f.head.Workspace, Device: f.head.Device,
		Keyring: f.keyring != nil, Passphrase: f.passphrase != nil, HasOld: d.has(OldName),
	}
	if f.kit != nil {
		i.Kit = f.kit.Kit
	}
	return i
}

// Open opens the key file of a directory. It changes nothing there but that
// keys.tc.old goes once keys.tc has opened (KF6). Errors are ErrNoFile,
// ErrCorrupt, ErrUnsupported, ErrNoProtection (nothing to open with),
// ErrNoWrap, ErrWrongSecret, ErrCost, or the keyring's.
func Open(ctx context.Context, dir string, u Unlock) (*Keys, error) {
	k, err := open(ctx, dir, u)
	if err != nil {
		return nil, fmt.Errorf("open keys: %w", err)
	}
	return k, nil
}

func open(ctx context.Context, dir string, u Unlock) (*Keys, error) {
	k := &Keys{disk: disk{dir: dir, step: u.step}, previous: u.Previous}
	name := FileName
	if u.Previous {
		name = OldName
	}
	b, err := k.disk.read(name)
	if err != nil {
		return nil, err
	}
	f, err := decodeFile(b)
	if err != nil {
		return nil, err
	}
	k.file, k.head = *f, f.head
	switch {
	case u.Kit != nil:
		k.drk, err = k.file.openByKit(u.Kit)
	case u.Passphrase != nil:
		k.drk, err = k.file.openByPassphrase(u.Passphrase)
	case u.Ring != nil:
		k.drk, err = k.file.openByKeyring(ctx, u.Ring)
	default:
		err = ErrNoProtection
	}
	if err != nil {
		return nil, err
	}
	if k.device, err = k.file.openSecrets(k.drk); err != nil {
		return nil, err
	}
	if !u.Previous {
		// Left for the next opening if it cannot be removed now: an old file too
		// many harms nobody.
		_ = k.disk.dropOld()
	}
	return k, nil
}

// Info is what the key file says now.
func (k *Keys) Info() Info {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.file.info(k.disk)
}

// Workspace is the workspace that the keys are for.
func (k *Keys) Workspace() canon.WorkspaceID { return k.head.Workspace }

// Device is the device id.
func (k *Keys) Device() canon.DeviceID { return k.head.Device }

// Sign signs message for the domain; ErrClosed after Close.
func (k *Keys) Sign(d canon.Domain, message []byte) ([]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return nil, ErrClosed
	}
	return k.device.Sign(d, message)
}

// SignPublic is a copy of the Ed25519 public key; it stays after Close.
func (k *Keys) SignPublic() []byte { return k.device.SignPublic() }

// HPKE is the pair that grants to this device are opened with.
func (k *Keys) HPKE() *seal.KeyPair { return k.device.HPKE() }

// StoreKey encrypts the store (KF1); ErrClosed after Close.
func (k *Keys) StoreKey() ([32]byte, error) { return k.subkey(canon.DomainStore) }

// IndexKey encrypts the index (KF1); ErrClosed after Close.
func (k *Keys) IndexKey() ([32]byte, error) { return k.subkey(canon.DomainIndex) }

// LookupKey is the local lookup key (KF1, LO1); ErrClosed after Close.
func (k *Keys) LookupKey() ([32]byte, error) { return k.subkey(canon.DomainLocalLookup) }

func (k *Keys) subkey(d canon.Domain) ([32]byte, error) {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return [32]byte{}, ErrClosed // never a key of zeros
	}
	return k.file.subkey(k.drk, d), nil
}

// Close clears the secrets that this package holds, as far as Go allows (KF8).
// It may be called twice.
func (k *Keys) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	k.closed = true
	clear(k.drk[:])
	k.device.wipe()
}

const keysText hidden = "opened keys"

// String names the value without its secrets.
func (k *Keys) String() string { return keysText.String() }

// Format writes String for every verb.
func (k *Keys) Format(f fmt.State, _ rune) { keysText.format(f) }

// LogValue is String.
func (k *Keys) LogValue() slog.Value { return keysText.value() }

// MarshalText is String.
func (k *Keys) MarshalText() ([]byte, error) { return []byte(keysText), nil }
