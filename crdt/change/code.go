package change

import (
	"errors"
	"fmt"
)

// Code is the answer that peers give to what they do not accept. Codes are
// part of the wire format: never renamed, never reused.
type Code string

// All codes of docs/spec/wire.md.
const (
	CodeActorForeign       Code = "actor_foreign"
	CodeBadChange          Code = "bad_change"
	CodeBadKey             Code = "bad_key"
	CodeBadSignature       Code = "bad_signature"
	CodeCharterBehind      Code = "charter_behind"
	CodeCharterFork        Code = "charter_fork"
	CodeCharterMoved       Code = "charter_moved"
	CodeCorrupt            Code = "corrupt"
	CodeCounterUsed        Code = "counter_used"
	CodeDenied             Code = "denied"
	CodeDeviceForked       Code = "device_forked"
	CodeDocExists          Code = "doc_exists"
	CodeDocFull            Code = "doc_full"
	CodeDuplicate          Code = "duplicate"
	CodeErased             Code = "erased"
	CodeFieldDenied        Code = "field_denied"
	CodeGrantBroken        Code = "grant_broken"
	CodeHealing            Code = "healing"
	CodeHeld               Code = "held"
	CodeInviteClosed       Code = "invite_closed"
	CodeInviteUsed         Code = "invite_used"
	CodeLedgerBroken       Code = "ledger_broken"
	CodeMalformed          Code = "malformed"
	CodeMissingDeps        Code = "missing_deps"
	CodeOpForbidden        Code = "op_forbidden"
	CodeQuota              Code = "quota"
	CodeRate               Code = "rate"
	CodeRelayIdentity      Code = "relay_identity"
	CodeReplaced           Code = "replaced"
	CodeRetry              Code = "retry"
	CodeRowDenied          Code = "row_denied"
	CodeSealForbidden      Code = "seal_forbidden"
	CodeSealRequired       Code = "seal_required"
	CodeSealStale          Code = "seal_stale"
	CodeSlow               Code = "slow"
	CodeTooLarge           Code = "too_large"
	CodeTooManyValues      Code = "too_many_values"
	CodeUnsupportedVersion Code = "unsupported_version"
	CodeValueTooLarge      Code = "value_too_large"
)

// Violation is a rule of the specification that bytes or a change break. Every
// error of this package is one.
type Violation struct {
	Code Code
	// Rule is the id of the rule, e.g. GA10, and what of it; never a value.
	Rule string
}

func (v *Violation) Error() string { return fmt.Sprintf("%s (%s)", v.Code, v.Rule) }

// CodeOf is the code of the violation in err, or "" without one.
func CodeOf(err error) Code {
	var v *Violation
	if errors.As(err, &v) {
		return v.Code
	}
	return ""
}

func violation(code Code, rule string) *Violation { return &Violation{Code: code, Rule: rule} }

func corrupt(what string) *Violation { return violation(CodeCorrupt, "GA8: "+what) }

// The limits of docs/spec/wire.md section 1 that concern changes and
// documents.
const (
	MaxChunk    = 64 << 10 // bytes of a change chunk
	MaxOps      = 2_000    // operations of a change
	MaxKey      = 128      // bytes of a key
	MaxValue    = 16 << 10 // bytes of a plain value
	MaxSealed   = 17 << 10 // bytes of a sealed value
	MaxText     = 64 << 10 // bytes of a text object
	MaxMessage  = 64       // bytes of a message (EN6)
	MaxTime     = 253402300799
	MaxDocBytes = 4 << 20 // all chunks of a document
	MaxChanges  = 20_000  // of a document
	MaxKeys     = 5_000   // of a document
	MaxLive     = 16      // live values of one key
	MaxDocOps   = 500_000 // operations of a document (docs/adr/0010)
	maxCounter  = 1 << 31 // no operation reaches it (GA10)
)
