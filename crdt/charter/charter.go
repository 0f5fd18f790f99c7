// Package charter is the signed log of who may do what: its records, the pure
// check that makes one state of the next (trust.md section 3), the policy that
// a state yields, and the making of statements.
//
// Everything that decides is a pure function of the bytes of the log: no clock,
// no locale, no Unicode table (EC3). Relay and devices run the same code (TR1).
package charter

import (
	"errors"
	"fmt"

	"tongce/crdt/canon"
)

// Code is the wire code of a refusal; package wire has the same names.
type Code string

// The codes that this package answers with (wire.md, trust.md).
const (
	CodeMalformed    Code = "malformed"
	CodeDenied       Code = "denied"
	CodeBadSignature Code = "bad_signature"
	CodeMoved        Code = "charter_moved"
	CodeFork         Code = "charter_fork"
	CodeVersion      Code = "unsupported_version"
	CodeTooLarge     Code = "too_large"
	CodeQuota        Code = "quota"
	CodeInviteUsed   Code = "invite_used"
	CodeInviteClosed Code = "invite_closed"
	CodeBadKey       Code = "bad_key"
	CodeRowDenied    Code = "row_denied"
	CodeFieldDenied  Code = "field_denied"
)

// The numbers and limits of trust.md and wire.md that decide validity.
const (
	Version       = 1       // of a statement's body
	MaxRules      = 1       // highest rules number this program knows (EC4)
	MaxStatement  = 1 << 20 // bytes of a body
	MaxRecipients = 600     // active devices and open invites of a workspace
	MaxDevices    = 5       // active devices of a member, the kit not counted
	MaxTime       = 253402300799
	MaxErased     = 100               // customers of one erase statement
	MaxInviteTime = 30 * 24 * 60 * 60 // seconds an invite may stay open (IN2)
	InviteTime    = 3 * 24 * 60 * 60  // seconds an invite stays open by default (IN2)
	MaxAddress    = 255
	MaxRelays     = 16
)

// The ids that rules name.
const (
	SectionBase   = "base"   // PO5: creating needs write on it
	SectionLookup = "lookup" // reserved, sealed (trust.md 4)
	SectionAudit  = "audit"  // reserved, sealed (trust.md 4)
	FieldStage    = "stage"  // PO6: s:stage counts as this field
)

// InvalidError says that a statement or an action is refused, with the code
// that travels and the rule of the specification. It holds no value, name or
// key.
type InvalidError struct {
	Code Code
	Rule string // for example "TR7"
	What string // one short phrase for the log, never content
	Time int64  // invite_used: when it was used, else 0
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("%s (%s): %s", e.Code, e.Rule, e.What)
}

// CodeOf is the wire code of an error of this package; malformed for an error
// of the strict decoder, and "" for any other.
func CodeOf(err error) Code {
	if e, ok := errors.AsType[*InvalidError](err); ok {
		return e.Code
	}
	if errors.Is(err, canon.ErrEncoding) {
		return CodeMalformed
	}
	return ""
}

// ReplayError names the statement at which a replay stopped. The states before
// it stay usable (AT23).
type ReplayError struct {
	Seq uint64
	Err error
}

func (e *ReplayError) Error() string { return fmt.Sprintf("statement %d: %v", e.Seq, e.Err) }

// Unwrap returns what was wrong with the statement.
func (e *ReplayError) Unwrap() error { return e.Err }

func invalid(code Code, rule, what string) error {
	return &InvalidError{Code: code, Rule: rule, What: what}
}

func malformed(rule, what string) error { return invalid(CodeMalformed, rule, what) }

func denied(rule, what string) error { return invalid(CodeDenied, rule, what) }
