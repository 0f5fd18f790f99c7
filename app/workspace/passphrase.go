package workspace

import (
	"context"
	"fmt"

	"tongce/app/keychain"
)

// SetPassphrase adds a passphrase to the key file, or replaces the one it has;
// the caller clears it. A keyring's protection stays beside it.
// keychain.ErrPassphrase: it is too short.
func (w *Workspace) SetPassphrase(ctx context.Context, passphrase []byte) error {
	err := w.keys.Rewrap(ctx, keychain.Change{Passphrase: passphrase, Cost: w.deps.Cost, Rand: w.deps.Rand})
	if err != nil {
		return fmt.Errorf("set passphrase: %w", err)
	}
	return nil
}
