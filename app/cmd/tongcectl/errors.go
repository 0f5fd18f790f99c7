package main

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// kind is why a command failed, as the message catalogue names it.
type kind string

const kindQuiet kind = "" // everything was said already

// errQuiet ends a command with 1 after it printed what was wrong.
var errQuiet = errors.New("said already")

// code is the wire code of a kind; the ones that are codes themselves stand for
// their own.
func (k kind) code() string {
	switch k {
	case "usage", "no_role", "bad_name", "bad_field", "bad_query", "bad_link", "bad_passphrase", "bad_text", "no_name", "no_header", "no_relay", "no_folder",
		"pass_folder", "pass_empty":
		return "invalid"
	case "no_workspace", "no_customer", "no_value", "no_file", "no_batch", "no_out", "no_sheet", "no_columns", "pass_missing":
		return "not_found"
	case "exists", "unfinished", "statement_pending":
		return "conflict"
	case "no_keyring", "no_protection", "keyring_locked", "keyring_missing":
		return "wrong_secret"
	case "keyring_lies", "keyring_cuts", "keys_missing", "charter_fork":
		return "corrupt"
	case "invite_used", "invite_closed", "invite_unknown", "invite_role", "invite_denied", "relay_refused", "relay_taken", "relay_identity", "refused", "undo_denied", "no_permission",
		"pass_unreadable":
		return "denied"
	case "bad_sheet":
		return "invalid"
	case "relay_later", "not_reached":
		return "offline"
	case "revoked":
		return "denied"
	case "relay_full":
		return "quota"
	case "relay_version":
		return "unsupported_version"
	default:
		return string(k)
	}
}

// misused tells whether a command was called wrongly: a name that does not exist
// is as wrong as a flag that does not.
func (k kind) misused() bool {
	return k == "usage" || k == "bad_field" || k == "bad_query" || k == "no_role" || k == "no_header"
}

func (k kind) exit() int {
	switch {
	case k.misused():
		return 2
	case k.code() == "denied", k == "relay_full", k == "relay_version":
		return 3
	case k.code() == "offline":
		return 4
	}
	return 1
}

// kinds is the ordered table from errors to kinds: the first that fits counts.
func kinds() []struct {
	err  error
	kind kind
} {
	return []struct {
		err  error
		kind kind
	}{
		{errQuiet, kindQuiet},
		{errUsage, "usage"},
		{errText, "bad_text"},
		{errNoName, "no_name"},
		{workspace.ErrNoBatch, "no_batch"},
		{errUndoDenied, "undo_denied"},
		{context.Canceled, "cancelled"},
		{link.ErrOffline, "offline"},
		{link.ErrRelayIdentity, "relay_identity"},
		{peer.ErrRevoked, "revoked"},
		{link.ErrNoRelay, "no_relay"},
		{link.ErrAddress, "usage"},
		{context.DeadlineExceeded, "offline"},
		{workspace.ErrNoWorkspace, "no_workspace"},
		{workspace.ErrExists, "exists"},
		{keychain.ErrExists, "exists"},
		{workspace.ErrUnfinished, "unfinished"},
		{workspace.ErrName, "bad_name"},
		{workspace.ErrNoSheet, "no_sheet"},
		{workspace.ErrPhase, "busy"},
		{workspace.ErrRole, "no_role"},
		{workspace.ErrInviteRole, "invite_role"},
		{workspace.ErrMayNotInvite, "invite_denied"},
		{store.ErrLocked, "locked"},
		{store.ErrDiskFull, "disk_full"},
		{store.ErrWrongKey, "wrong_secret"},
		{store.ErrCorrupt, "corrupt"},
		{keychain.ErrNoKeyring, "no_keyring"},
		{keychain.ErrNoProtection, "no_protection"},
		{keychain.ErrNoWrap, "no_protection"},
		{keychain.ErrKeyringLocked, "keyring_locked"},
		{keychain.ErrNotFound, "keyring_missing"},
		{keychain.ErrKeyringLies, "keyring_lies"},
		{keychain.ErrKeyringTruncates, "keyring_cuts"},
		{keychain.ErrWrongSecret, "wrong_secret"},
		{keychain.ErrPassphrase, "bad_passphrase"},
		{keychain.ErrCorrupt, "corrupt"},
		{keychain.ErrCost, "corrupt"},
		{keychain.ErrNoFile, "keys_missing"},
		{keychain.ErrUnsupported, "unsupported_version"},
		{repo.ErrVersion, "unsupported_version"},
		{repo.ErrNoDocument, "no_customer"},
		{repo.ErrStatementPending, "statement_pending"},
		{book.ErrDenied, "denied"},
		{book.ErrField, "bad_field"},
		{book.ErrTooLong, "too_large"},
		{book.ErrNotHere, "busy"},
		{book.ErrNoValue, "no_value"},
		{index.ErrQuery, "bad_query"},
		{canon.ErrEncoding, "bad_link"},
		{fs.ErrNotExist, "no_file"},
		{fs.ErrPermission, "no_permission"},
		{syscall.EROFS, "no_permission"},
		{syscall.ENOTDIR, "no_folder"},
	}
}

// meaningError is an error that means more to the command that met it than by
// itself.
type meaningError struct {
	kind kind
	error
}

func (e *meaningError) Unwrap() error { return e.error }

// beginning says what it means to who makes a book or joins one that the relay
// does not answer or refuses: there is no book yet that the usual sentences
// could speak of.
func beginning(err error, denied kind) error {
	k := kindOf(err)
	if k == "offline" {
		return &meaningError{"not_reached", err}
	}
	if refused, ok := errors.AsType[*peer.RefusedError](err); ok && refused.Code == wire.CodeDenied {
		return &meaningError{denied, err}
	}
	return err
}

func kindOf(err error) kind {
	var (
		refusal *gate.Refusal
		invalid *charter.InvalidError
		bad     *sheet.Error
		relay   *peer.RefusedError
		columns *columnsError
		header  *headerError
	)
	if meaning, ok := errors.AsType[*meaningError](err); ok {
		return meaning.kind
	}
	if errors.As(err, &relay) && errors.Is(err, link.ErrOffline) { // it is there, and had no time
		return relayKind(relay.Code)
	}
	for _, k := range kinds() {
		if errors.Is(err, k.err) {
			return k.kind
		}
	}
	switch {
	case charter.CodeOf(err) == charter.CodeVersion: // a statement of a newer program (EC4)
		return "unsupported_version"
	case errors.As(err, &columns):
		return "no_columns"
	case errors.As(err, &header):
		return "no_header"
	case errors.As(err, &bad):
		return "bad_sheet"
	case errors.As(err, &relay):
		return relayKind(relay.Code)
	case errors.As(err, &refusal), errors.As(err, &invalid):
		return "refused"
	}
	return "internal"
}

// relayKind is the kind of what a relay refused.
func relayKind(c wire.Code) kind {
	switch c {
	case wire.CodeInviteUsed, wire.CodeInviteClosed:
		return kind(c)
	case wire.CodeCharterFork:
		return "charter_fork"
	case wire.CodeUnsupportedVersion:
		return "relay_version"
	case wire.CodeQuota:
		return "relay_full"
	case wire.CodeHealing, wire.CodeRetry, wire.CodeRate, wire.CodeSlow, wire.CodeReplaced:
		return "relay_later"
	}
	return "relay_refused"
}
