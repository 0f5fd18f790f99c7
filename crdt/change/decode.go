package change

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxPreds bounds what a chunk's runs may claim to replace.
const maxPreds = 32 << 10

// textKey begins the keys of shared texts (PO6).
const textKey = "n:"

// Decode reads one change chunk and accepts only what may travel: type 1, in
// exactly the bytes that Encode gives for it (GA8), with allowed operations
// (GA11), within the limits of a single change, with a message after EN6 and a
// time after WI11. Every error is a *Violation.
func Decode(chunk []byte) (*Change, error) {
	if len(chunk) > MaxChunk {
		return nil, violation(CodeTooLarge, "change chunk")
	}
	c, err := read(chunk, MaxOps, maxPreds)
	if err != nil {
		return nil, err
	}
	// Encoding again finds every longer form: numbers, runs, order of actors,
	// actors nobody refers to, columns that are empty.
	body, err := encodeBody(c)
	if err != nil || !bytes.HasSuffix(chunk, body) || !sameLen(chunk, body) {
		return nil, corrupt("not in the one form")
	}
	if err := c.checkHead(); err != nil {
		return nil, err
	}
	for i := range c.Ops {
		if err := c.checkOp(i); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// sameLen tells whether body is all that follows the header; cut has checked
// that the length in the header is right and in its shortest form.
func sameLen(chunk, body []byte) bool {
	var buf [10]byte
	return len(chunk) == headLen+len(appendUint(buf[:0], uint64(len(body))))+len(body)
}

func (c *Change) checkHead() error {
	for i := 1; i < len(c.Deps); i++ {
		if compareHash(c.Deps[i-1], c.Deps[i]) >= 0 {
			return corrupt("dependencies not in order")
		}
	}
	switch {
	case len(c.Ops) == 0:
		return violation(CodeOpForbidden, "GA11: change without operations")
	case c.MaxOp() >= maxCounter:
		return violation(CodeBadChange, "GA10: counter too high")
	case c.Time < 0 || c.Time > MaxTime:
		return violation(CodeMalformed, "WI11: time")
	case !ValidMessage(c.Message):
		return violation(CodeMalformed, "EN6: message")
	}
	return nil
}

// checkOp tells whether the operation is one of those that GA11 allows, as far
// as the change alone shows it.
func (c *Change) checkOp(i int) error {
	op := &c.Ops[i]
	if op.expand || op.markName {
		return violation(CodeOpForbidden, "GA11: mark")
	}
	for j, p := range op.Pred {
		if j > 0 && !op.Pred[j-1].Less(p) {
			return corrupt("replaced values not in order")
		}
		if p.Ctr >= c.StartOp+uint64(i) {
			return violation(CodeBadChange, "GA10: replaces a later operation")
		}
	}
	if op.Obj.IsZero() {
		return c.checkRootOp(op)
	}
	return checkTextOp(op)
}

func (c *Change) checkRootOp(op *Op) error {
	isText := strings.HasPrefix(op.Key, textKey)
	switch {
	case op.Key == "" || op.Insert:
		return violation(CodeOpForbidden, "GA11: element of the root")
	case len(op.Key) > MaxKey:
		return violation(CodeValueTooLarge, "key")
	case op.Action == MakeText:
		if !isText || len(c.Deps) != 0 {
			return violation(CodeOpForbidden, "GA11: text outside n: or after the first change")
		}
		if !op.Value.IsNull() {
			return corrupt("value of a new text")
		}
		return nil
	case op.Action != Set:
		return violation(CodeOpForbidden, "GA11: action on the root")
	case isText:
		return violation(CodeOpForbidden, "GA11: value in place of a text")
	}
	return checkValue(op.Value)
}

func checkValue(v Value) error {
	switch v.Kind {
	case KindNull, KindBool, KindInt, KindUint, KindTimestamp:
		return nil
	case KindString:
		if len(v.str) > MaxValue {
			return violation(CodeValueTooLarge, "plain value")
		}
		return nil
	case KindBytes:
		if len(v.str) > MaxSealed {
			return violation(CodeValueTooLarge, "sealed value")
		}
		return nil
	default:
		return violation(CodeOpForbidden, "GA11: kind of value")
	}
}

func checkTextOp(op *Op) error {
	if op.Key != "" {
		return violation(CodeOpForbidden, "GA11: nested map")
	}
	switch op.Action {
	case Delete:
		if op.Insert || op.Elem.IsZero() || len(op.Pred) == 0 {
			return violation(CodeBadChange, "GA10: deletes nothing")
		}
		if !op.Value.IsNull() {
			return corrupt("value of a deletion")
		}
		return nil
	case Set:
	default:
		return violation(CodeOpForbidden, "GA11: action in a text")
	}
	if op.Insert && len(op.Pred) != 0 || !op.Insert && (op.Elem.IsZero() || len(op.Pred) == 0) {
		return violation(CodeBadChange, "GA10: element replaces wrong values")
	}
	if op.Value.Kind != KindString || utf8.RuneCountInString(op.Value.str) != 1 {
		return violation(CodeOpForbidden, "GA11: one code point in each element")
	}
	return nil
}

var messageKinds = []string{
	"adopt", "bulk", "create", "edit", "handover", "import", "merge", "resolve", "undo", "unmerge",
}

// ValidMessage tells whether s has the form of EN6: `kind` or `kind:id`.
func ValidMessage(s string) bool {
	if len(s) > MaxMessage {
		return false
	}
	kind, id, hasID := strings.Cut(s, ":")
	if _, known := slices.BinarySearch(messageKinds, kind); !known {
		return false
	}
	if !hasID {
		return true
	}
	if id == "" || len(id) > 43 {
		return false
	}
	for _, ch := range []byte(id) {
		if !messageChar(ch) {
			return false
		}
	}
	return true
}

func messageChar(ch byte) bool {
	return ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9' || ch == '_' || ch == '-'
}
