package keychain

import (
	"errors"
	"strings"

	"github.com/godbus/dbus/v5"
)

// lockedKeyring tells whether the secret service is there and locked. Only the
// path in go-keyring's text tells a login keyring that stayed locked from one
// that does not exist: without one it asks for the alias "default".
func lockedKeyring(err error) bool {
	var e dbus.Error
	if errors.As(err, &e) && e.Name == "org.freedesktop.Secret.Error.IsLocked" {
		return true
	}
	const unlock = "failed to unlock correct collection '"
	return strings.HasPrefix(err.Error(), unlock+"/org/freedesktop/secrets/collection/")
}
