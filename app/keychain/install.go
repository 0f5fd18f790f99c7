package keychain

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
)

// installSuffix makes the account of the second keyring entry (ID5).
const installSuffix = "-install"

// Install is the mark in the keyring that tells an installation from a copy of
// it: the store's own mark differs from it after a restored disk image or a
// copied directory, and the device then takes a new incarnation (ID5). It
// returns ErrNotFound if none was set, ErrKeyringLies if the entry is no mark.
func (k *Keys) Install(ctx context.Context, ring Ring) (mark [16]byte, err error) {
	account := k.head.account() + installSuffix
	text, err := ring.Get(ctx, account)
	if err != nil {
		return mark, fmt.Errorf("keyring entry %s: %w", account, err)
	}
	if len(text) != hex.EncodedLen(len(mark)) {
		return mark, fmt.Errorf("keyring entry %s: %w", account, ErrKeyringLies)
	}
	if _, err := hex.Decode(mark[:], []byte(text)); err != nil {
		return mark, fmt.Errorf("keyring entry %s: %w", account, ErrKeyringLies)
	}
	return mark, nil
}

// SetInstall writes the mark and reads it back.
func (k *Keys) SetInstall(ctx context.Context, ring Ring, mark [16]byte) error {
	account := k.head.account() + installSuffix
	if err := ring.Set(ctx, account, hex.EncodeToString(mark[:])); err != nil {
		return fmt.Errorf("set keyring entry %s: %w", account, err)
	}
	got, err := k.Install(ctx, ring)
	if err != nil {
		return err
	}
	if got != mark {
		return fmt.Errorf("read back keyring entry %s: %w", account, ErrKeyringLies)
	}
	return nil
}

// Forget removes the keyring's key of a file that no longer uses it, after
// DropKeyring. It refuses with ErrExists while keys.tc or keys.tc.old does.
func (k *Keys) Forget(ctx context.Context, ring Ring) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.file.keyring != nil || k.disk.has(OldName) {
		return fmt.Errorf("forget keyring entry %s: %w", k.head.account(), ErrExists)
	}
	if err := ring.Delete(ctx, k.head.account()); err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("forget keyring entry %s: %w", k.head.account(), err)
	}
	return nil
}

// Abandon removes the keyring's entries of a file that is gone. It refuses with
// ErrExists while keys.tc or keys.tc.old is there. The keys may be closed.
func (k *Keys) Abandon(ctx context.Context, ring Ring) error {
	if k.disk.has(FileName) || k.disk.has(OldName) {
		return fmt.Errorf("abandon keyring entry %s: %w", k.head.account(), ErrExists)
	}
	for _, account := range []string{k.head.account(), k.head.account() + installSuffix} {
		if err := ring.Delete(ctx, account); err != nil && !errors.Is(err, ErrNotFound) {
			return fmt.Errorf("abandon keyring entry %s: %w", account, err)
		}
	}
	return nil
}
