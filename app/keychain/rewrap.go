package keychain

import (
	"context"
	"fmt"
	"io"
)

// Change says what Rewrap changes of a key file's protection. What is not set
// stays.
type Change struct {
	// Ring adds the keyring, or repairs it: an entry that does not open the
	// file is replaced, one that does stays.
	Ring Ring
	// DropKeyring removes the keyring wrap. The keyring's entry itself can be
	// removed with Forget once the new file has been opened.
	DropKeyring bool
	// Passphrase replaces the passphrase, or adds one; the caller clears it.
	Passphrase     []byte
	Cost           Cost // of the passphrase; zero means DefaultCost
	DropPassphrase bool
	// Kit replaces the escrow, after a `kit` statement or on joining (KF4).
	Kit  *KitPublic
	Rand io.Reader
}

// Rewrap changes how the key file is protected; the keys stay. When it
// returns, the new file is on disk; until it was opened once, the one before
// stays as keys.tc.old (KF6). It returns ErrNoProtection if neither keyring nor
// passphrase would be left. After an error the file before is still in force.
func (k *Keys) Rewrap(ctx context.Context, c Change) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.rewrap(ctx, c); err != nil {
		return fmt.Errorf("rewrap keys of %s: %w", k.head.Device, err)
	}
	return nil
}

func (k *Keys) rewrap(ctx context.Context, c Change) error {
	if k.closed {
		return ErrClosed
	}
	next := k.file
	if c.DropKeyring {
		next.keyring = nil
	}
	if c.DropPassphrase {
		next.passphrase = nil
	}
	if c.Passphrase != nil {
		if err := next.wrapByPassphrase(k.drk, c.Passphrase, c.Cost, c.Rand); err != nil {
			return err
		}
	}
	if c.Kit != nil {
		if err := next.wrapByKit(k.drk, *c.Kit); err != nil {
			return err
		}
	}
	if c.Ring != nil {
		if err := next.wrapByKeyring(ctx, c.Ring, k.drk, c.Rand); err != nil {
			return err
		}
	}
	if next.keyring == nil && next.passphrase == nil {
		return ErrNoProtection
	}
	if err := k.disk.replace(next.encode(), k.previous); err != nil {
		return err
	}
	k.file, k.previous = next, false
	return nil
}
