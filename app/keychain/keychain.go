// Package keychain keeps a device's keys: the key file `keys.tc`, its wraps by
// the operating system's keyring, by a passphrase and by the recovery kit, as
// docs/spec/trust.md sections 1, 2 and 7 say.
//
// It is the only importer of go-keyring. It knows no charter and no store: the
// workspace hands over ids and public keys. Its invariants:
//
//  1. Nothing is written before the keyring gave back what it was given (KF2).
//  2. At every instant the directory holds a key file that opens, the one from
//     before a change or the one after it (KF6).
//  3. Opening never writes over `keys.tc`, and a missing or wrong secret never
//     makes a new key: refuse, never reset (KF5).
//  4. No secret stands in an error, log, or printed value (KF8).
package keychain

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// The files of a workspace directory that belong to this package.
const (
	// FileName is the key file.
	FileName = "keys.tc"
	// OldName is the key file before the last change, until the new one was
	// opened once (KF6).
	OldName = "keys.tc.old"
	// DamagedName is a key file that could not be read and was replaced on the
	// person's decision; it is kept.
	DamagedName = "keys.tc.damaged"
)

// The keyring.
var (
	// ErrNotFound means that the keyring works and has no such entry.
	ErrNotFound = errors.New("no such keyring entry")
	// ErrNoKeyring means that there is no keyring to talk to.
	ErrNoKeyring = errors.New("no keyring")
	// ErrKeyringLocked means that the keyring stayed locked or did not answer in
	// time, as while its own window asks for a password.
	ErrKeyringLocked = errors.New("keyring is locked or does not answer")
	// ErrKeyringTruncates means that the keyring gives back less than it was
	// given (KF2).
	ErrKeyringTruncates = errors.New("keyring cuts off what it is given")
	// ErrKeyringLies means that the keyring gives back something else than it
	// was given (KF2).
	ErrKeyringLies = errors.New("keyring gives back something else than it was given")
)

// The key file and its secrets.
var (
	// ErrNoFile means that the directory has no key file.
	ErrNoFile = errors.New("no key file")
	// ErrExists means that the directory already has a key file.
	ErrExists = errors.New("a key file is already there")
	// ErrCorrupt means that a key file is damaged.
	ErrCorrupt = errors.New("key file is damaged")
	// ErrUnsupported means that a key file was written by a newer version (EC4).
	ErrUnsupported = errors.New("key file of a newer version")
	// ErrWrongSecret means that a passphrase, kit or keyring entry does not open
	// the key file.
	ErrWrongSecret = errors.New("wrong secret for this key file")
	// ErrNoWrap means that the key file was not protected in the way it should
	// be opened.
	ErrNoWrap = errors.New("key file has no such protection")
	// ErrNoProtection means that neither keyring nor passphrase would protect
	// the key file (KF5).
	ErrNoProtection = errors.New("neither keyring nor passphrase")
	// ErrPassphrase means that a passphrase is shorter than MinPassphrase
	// characters or is not text (KF3).
	ErrPassphrase = errors.New("passphrase is too short or not text")
	// ErrCost means that argon2id parameters are out of bounds (KF3).
	ErrCost = errors.New("passphrase cost out of bounds")
	// ErrClosed means that the keys were closed.
	ErrClosed = errors.New("keys are closed")
)

// MinPassphrase is the fewest characters of a passphrase after NFKC (KF3).
const MinPassphrase = 10

// hidden is what types that hold secrets show of themselves (KF8): a fixed
// text, whatever the verb, the logger or the encoder.
type hidden string

// String is the fixed text.
func (h hidden) String() string { return string(h) }

func (h hidden) format(f fmt.State) { _, _ = io.WriteString(f, string(h)) }

func (h hidden) value() slog.Value { return slog.StringValue(string(h)) }
