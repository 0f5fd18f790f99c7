package app

import (
	"tongce/crdt/change"
	"tongce/crdt/wire"
)

// codeOfRefusal is the window's code for a word of the protocol (wire.md).
func codeOfRefusal(code wire.Code) Code {
	switch code {
	case change.CodeDenied, change.CodeFieldDenied, change.CodeRowDenied, change.CodeInviteClosed,
		change.CodeInviteUsed, change.CodeSealForbidden, change.CodeErased:
		return CodeDenied
	case change.CodeTooLarge, change.CodeValueTooLarge, change.CodeTooManyValues, change.CodeDocFull, change.CodeQuota:
		return CodeTooLarge
	case change.CodeUnsupportedVersion:
		return CodeUnsupported
	case change.CodeRate, change.CodeRetry, change.CodeSlow, change.CodeHealing, change.CodeHeld,
		change.CodeCharterBehind, change.CodeCharterMoved:
		return CodeBusy
	case change.CodeDocExists, change.CodeReplaced, change.CodeDuplicate, change.CodeSealStale:
		return CodeConflict
	case change.CodeCorrupt, change.CodeBadSignature, change.CodeCharterFork, change.CodeGrantBroken,
		change.CodeRelayIdentity, change.CodeDeviceForked:
		return CodeCorrupt
	case change.CodeMalformed:
		return CodeInvalid
	default:
		return CodeInternal
	}
}
