//go:build !linux

package keychain

import "strings"

// lockedKeyring tells whether the system says that the keyring is locked: on
// macOS errSecInteractionNotAllowed and errSecAuthFailed, by the exit status of
// /usr/bin/security. Windows has no locked credential manager.
func lockedKeyring(err error) bool {
	text := err.Error()
	return strings.Contains(text, "exit status 36") || strings.Contains(text, "exit status 51")
}
