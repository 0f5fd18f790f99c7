package app

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strconv"
	"syscall"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Code is what went wrong, as the window tells it. Codes are added rarely and
// never renamed or used again for something else.
type Code string

// The codes.
const (
	CodeNotFound    Code = "not_found"
	CodeInvalid     Code = "invalid"
	CodeConflict    Code = "conflict"
	CodeDenied      Code = "denied"
	CodeDiskFull    Code = "disk_full"
	CodeLocked      Code = "locked"
	CodeWrongSecret Code = "wrong_secret"
	CodeCorrupt     Code = "corrupt"
	CodeUnsupported Code = "unsupported_version"
	CodeOffline     Code = "offline"
	CodeBusy        Code = "busy"
	CodeTooLarge    Code = "too_large"
	CodeCancelled   Code = "cancelled"
	CodeInternal    Code = "internal"
)

// CodeName pairs a code with its name in TypeScript.
type CodeName struct {
	Value  Code
	TSName string
}

// Codes lists all codes, for the bindings.
func Codes() []CodeName {
	return []CodeName{
		{CodeNotFound, "NotFound"},
		{CodeInvalid, "Invalid"},
		{CodeConflict, "Conflict"},
		{CodeDenied, "Denied"},
		{CodeDiskFull, "DiskFull"},
		{CodeLocked, "Locked"},
		{CodeWrongSecret, "WrongSecret"},
		{CodeCorrupt, "Corrupt"},
		{CodeUnsupported, "UnsupportedVersion"},
		{CodeOffline, "Offline"},
		{CodeBusy, "Busy"},
		{CodeTooLarge, "TooLarge"},
		{CodeCancelled, "Cancelled"},
		{CodeInternal, "Internal"},
	}
}

// wireError is an error on its way to the window: a code and what its sentence
// needs. Its text is the JSON that the window receives.
type wireError struct {
	Code   Code              `json:"code"`
	Field  string            `json:"field,omitempty"`
	Params map[string]string `json:"params,omitempty"`
	// Ref stands in the log line too.
	Ref   string `json:"ref"`
	cause error
}

func (e *wireError) Error() string {
	b, err := json.Marshal(e)
	if err != nil { // strings only: cannot happen
		return `{"code":"internal","ref":""}`
	}
	return string(b)
}

// Unwrap is the error that the code was made from.
func (e *wireError) Unwrap() error { return e.cause }

// fault is an error that this package finds itself.
type fault struct {
	code   Code
	field  string
	reason string
}

func (f *fault) Error() string { return string(f.code) + " " + f.reason }

// Format brings any error into the JSON string that the window reads; never an
// object, whose code would be lost on the way, and never "" (W1).
func Format(err error) any {
	var w *wireError
	if !errors.As(err, &w) {
		w = &wireError{Code: CodeInternal, cause: err}
	}
	return w.Error()
}

// sentinel maps one error to its code; reason goes into params.
type sentinel struct {
	err    error
	code   Code
	reason string
}

// sentinels is the table of errors, in the order in which they are asked: what
// the system says comes before what a package makes of it.
func sentinels() []sentinel {
	return []sentinel{
		{store.ErrDiskFull, CodeDiskFull, ""},
		{syscall.ENOSPC, CodeDiskFull, ""},
		{context.Canceled, CodeCancelled, ""},
		{workspace.ErrRelayAway, CodeOffline, "relay_away"}, // also after a timeout
		{context.DeadlineExceeded, CodeOffline, "timeout"},
		{store.ErrLocked, CodeLocked, "elsewhere"},

		{book.ErrDenied, CodeDenied, ""},
		{book.ErrField, CodeInvalid, "field"},
		{book.ErrTooLong, CodeTooLarge, ""},
		{book.ErrNotHere, CodeBusy, "salt"},
		{book.ErrNoValue, CodeConflict, "settled"},
		{workspace.ErrNoWorkspace, CodeNotFound, "workspace"},
		{workspace.ErrExists, CodeConflict, "exists"},
		{workspace.ErrUnfinished, CodeLocked, "unfinished"},
		{workspace.ErrName, CodeInvalid, "name"},
		{workspace.ErrNoBatch, CodeNotFound, "import"},
		{workspace.ErrPhase, CodeConflict, "phase"},
		{workspace.ErrNoSheet, CodeInvalid, "no_sheet"},
		{workspace.ErrRole, CodeInvalid, "role"},
		{workspace.ErrInviteRole, CodeDenied, "invite_role"},
		{workspace.ErrMayNotInvite, CodeDenied, "invite"},
		{link.ErrNoRelay, CodeOffline, "norelay"},
		{link.ErrOffline, CodeOffline, ""},
		{link.ErrRelayIdentity, CodeCorrupt, "relay_identity"},
		{link.ErrAddress, CodeInvalid, "relay_address"},
		{link.ErrRunning, CodeBusy, "link"},
		{peer.ErrStopped, CodeOffline, ""},
		{peer.ErrRevoked, CodeDenied, "revoked"},

		{index.ErrQuery, CodeInvalid, "query"},
		{index.ErrFile, CodeCorrupt, "index"},
		{index.ErrClosed, CodeLocked, ""},
		{sheet.ErrNoRow, CodeNotFound, "row"},
		{sheet.ErrNoUndo, CodeNotFound, "undo"},
		{ErrNoDialog, CodeInvalid, "no_dialog"},

		{keychain.ErrWrongSecret, CodeWrongSecret, ""},
		{keychain.ErrPassphrase, CodeInvalid, "passphrase"},
		{keychain.ErrNoProtection, CodeInvalid, "protection"},
		{keychain.ErrKeyringTruncates, CodeLocked, "keyring_lies"},
		{keychain.ErrKeyringLies, CodeLocked, "keyring_lies"},
		{keychain.ErrKeyringLocked, CodeLocked, "keyring_locked"},
		{keychain.ErrNoKeyring, CodeLocked, "keyring_missing"},
		{keychain.ErrNotFound, CodeLocked, "keyring_missing"},
		{keychain.ErrNoWrap, CodeLocked, "passphrase"},
		{keychain.ErrNoFile, CodeNotFound, "keys"},
		{keychain.ErrExists, CodeConflict, "exists"},
		{keychain.ErrUnsupported, CodeUnsupported, "keys"},
		{keychain.ErrClosed, CodeLocked, ""},

		{repo.ErrNoDocument, CodeNotFound, ""},
		{repo.ErrExists, CodeConflict, "exists"},
		{repo.ErrNoCharter, CodeBusy, "charter"},
		{repo.ErrCharterBehind, CodeBusy, "charter"},
		{repo.ErrCharterFork, CodeCorrupt, "charter_fork"},
		{repo.ErrStatementPending, CodeBusy, "statement"},
		{repo.ErrWorkspace, CodeConflict, "workspace"},
		{repo.ErrVersion, CodeUnsupported, "store"},
		{charter.ErrKeyMissing, CodeDenied, "key"},
		{seal.ErrNoKey, CodeDenied, "key"},
		{seal.ErrTooLarge, CodeTooLarge, ""},
		{seal.ErrForm, CodeCorrupt, "value"},
		{seal.ErrGrant, CodeCorrupt, "grant"},
		{canon.ErrSealed, CodeCorrupt, "value"},
		{store.ErrNotFound, CodeNotFound, ""},
		{store.ErrTooBig, CodeTooLarge, ""},
		{store.ErrWrongKey, CodeWrongSecret, "store"},
		{store.ErrCorrupt, CodeCorrupt, "store"},
		{store.ErrClosed, CodeLocked, ""},
		{crdt.ErrCorrupt, CodeCorrupt, "document"},
		{crdt.ErrUnsupported, CodeUnsupported, "document"},
		{wire.ErrTooLarge, CodeTooLarge, ""},
		{wire.ErrVersion, CodeUnsupported, "relay"},
		{wire.ErrMalformed, CodeCorrupt, "message"},
		{fs.ErrNotExist, CodeNotFound, "file"},
		{fs.ErrPermission, CodeDenied, "file"},
	}
}

// codeOf finds the code of an error: own faults, error types, sentinels.
func codeOf(err error) *wireError {
	w := &wireError{Code: CodeInternal, cause: err}
	if f, ok := errors.AsType[*fault](err); ok {
		w.Code, w.Field = f.code, f.field
		return w.because(f.reason)
	}
	if e, ok := errors.AsType[*store.LockedError](err); ok {
		w.Code = CodeLocked
		w.Params = map[string]string{"reason": "elsewhere", "pid": strconv.Itoa(e.PID), "host": e.Host}
		return w
	}
	if file := workspace.DamagedFile(err); file != "" {
		w.Code = CodeCorrupt
		w.Params = map[string]string{"reason": damagedReason(file), "file": file}
		return w
	}
	if e, ok := errors.AsType[*sheet.Error](err); ok {
		w.Code = codeOfSheet(e.Reason)
		w.Params = map[string]string{"reason": string(e.Reason)}
		if e.Row > 0 {
			w.Params["row"] = strconv.Itoa(e.Row)
		}
		return w
	}
	if e, ok := errors.AsType[*keychain.KitError](err); ok {
		w.Code = CodeWrongSecret
		w.Params = map[string]string{"reason": "kit", "group": strconv.Itoa(e.Group), "other": strconv.Itoa(e.Other)}
		return w
	}
	if e, ok := errors.AsType[*gate.Refusal](err); ok {
		return w.refused(e.Code)
	}
	if e, ok := errors.AsType[*charter.InvalidError](err); ok {
		return w.refused(wire.Code(e.Code))
	}
	if e, ok := errors.AsType[*peer.RefusedError](err); ok {
		w = w.refused(e.Code)
		if e.UsedAt != "" {
			w.Params["at"] = e.UsedAt
		}
		return w
	}
	if e, ok := errors.AsType[*wire.FrameError](err); ok {
		return w.refused(e.Code)
	}
	for _, s := range sentinels() {
		if errors.Is(err, s.err) {
			w.Code = s.code
			return w.because(s.reason)
		}
	}
	return w
}

// damagedReason is damaged, or damaged_keys: a key file never comes back from a
// backup (KF7).
func damagedReason(file string) string {
	if file == keychain.FileName {
		return "damaged_keys"
	}
	return "damaged"
}

func (e *wireError) because(reason string) *wireError {
	if reason != "" {
		e.Params = map[string]string{"reason": reason}
	}
	return e
}

func codeOfSheet(r sheet.Reason) Code {
	switch r {
	case sheet.ReasonTooBig, sheet.ReasonUnpacked, sheet.ReasonTooWide, sheet.ReasonLongRow, sheet.ReasonMemory, sheet.ReasonTimeout:
		return CodeTooLarge
	case sheet.ReasonUnreadable:
		return CodeNotFound
	default:
		return CodeInvalid
	}
}

// refused brings a code of the protocol to one of the window; the protocol's
// own word goes along as the reason.
func (e *wireError) refused(code wire.Code) *wireError {
	e.Code = codeOfRefusal(code)
	return e.because(string(code))
}
