package wire

import "tongce/crdt/change"

// Code is why something was not accepted, as it travels in answers and stands
// in the list of what was not accepted. It is the type of package change, which
// answers with some of the codes itself.
type Code = change.Code

// CodeAccepted is the good answer in a PushResult.
const CodeAccepted Code = "accepted"

// The codes of docs/spec/wire.md. They are never renamed or reused; each has a
// text in both languages in the window's catalogue.
const (
	CodeActorForeign       = change.CodeActorForeign
	CodeBadChange          = change.CodeBadChange
	CodeBadKey             = change.CodeBadKey
	CodeBadSignature       = change.CodeBadSignature
	CodeCharterBehind      = change.CodeCharterBehind
	CodeCharterFork        = change.CodeCharterFork
	CodeCharterMoved       = change.CodeCharterMoved
	CodeCorrupt            = change.CodeCorrupt
	CodeCounterUsed        = change.CodeCounterUsed
	CodeDenied             = change.CodeDenied
	CodeDeviceForked       = change.CodeDeviceForked
	CodeDocExists          = change.CodeDocExists
	CodeDocFull            = change.CodeDocFull
	CodeDuplicate          = change.CodeDuplicate
	CodeErased             = change.CodeErased
	CodeFieldDenied        = change.CodeFieldDenied
	CodeGrantBroken        = change.CodeGrantBroken
	CodeHealing            = change.CodeHealing
	CodeHeld               = change.CodeHeld
	CodeInviteClosed       = change.CodeInviteClosed
	CodeInviteUsed         = change.CodeInviteUsed
	CodeLedgerBroken       = change.CodeLedgerBroken
	CodeMalformed          = change.CodeMalformed
	CodeMissingDeps        = change.CodeMissingDeps
	CodeOpForbidden        = change.CodeOpForbidden
	CodeQuota              = change.CodeQuota
	CodeRate               = change.CodeRate
	CodeRelayIdentity      = change.CodeRelayIdentity
	CodeReplaced           = change.CodeReplaced
	CodeRetry              = change.CodeRetry
	CodeRowDenied          = change.CodeRowDenied
	CodeSealForbidden      = change.CodeSealForbidden
	CodeSealRequired       = change.CodeSealRequired
	CodeSealStale          = change.CodeSealStale
	CodeSlow               = change.CodeSlow
	CodeTooLarge           = change.CodeTooLarge
	CodeTooManyValues      = change.CodeTooManyValues
	CodeUnsupportedVersion = change.CodeUnsupportedVersion
	CodeValueTooLarge      = change.CodeValueTooLarge
)

// Codes lists every code, for the test that looks for a text of each.
func Codes() []Code {
	return []Code{
		CodeAccepted,
		CodeActorForeign, CodeBadChange, CodeBadKey, CodeBadSignature,
		CodeCharterBehind, CodeCharterFork, CodeCharterMoved, CodeCorrupt,
		CodeCounterUsed, CodeDenied, CodeDeviceForked, CodeDocExists,
		CodeDocFull, CodeDuplicate, CodeErased, CodeFieldDenied,
		CodeGrantBroken, CodeHealing, CodeHeld, CodeInviteClosed,
		CodeInviteUsed, CodeLedgerBroken, CodeMalformed, CodeMissingDeps,
		CodeOpForbidden, CodeQuota, CodeRate, CodeRelayIdentity,
		CodeReplaced, CodeRetry, CodeRowDenied, CodeSealForbidden,
		CodeSealRequired, CodeSealStale, CodeSlow, CodeTooLarge,
		CodeTooManyValues, CodeUnsupportedVersion, CodeValueTooLarge,
	}
}
