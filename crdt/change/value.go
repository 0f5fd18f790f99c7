package change

import "fmt"

// Kind is the type of a value.
type Kind uint8

// The kinds. Float and Counter are read, never accepted (GA11). Text stands
// for a text object: the operation that made it is its id.
const (
	KindNull Kind = iota
	KindBool
	KindInt
	KindUint
	KindString
	KindBytes
	KindTimestamp
	KindText
	KindFloat
	KindCounter
	KindOther
)

// Value is a scalar of a document. Values are comparable by ==, and immutable.
// The zero Value is null.
type Value struct {
	Kind Kind
	tag  uint8  // the type number of KindOther
	num  uint64 // bool, int, uint, timestamp, counter; bits of a float
	str  string // string, bytes, what a later format knows
}

// Null is the value of a cleared field (PO7).
func Null() Value { return Value{} }

// Bool is true or false.
func Bool(b bool) Value {
	if b {
		return Value{Kind: KindBool, num: 1}
	}
	return Value{Kind: KindBool}
}

// Int is a signed number.
func Int(n int64) Value { return Value{Kind: KindInt, num: uint64(n)} }

// Uint is an unsigned number.
func Uint(n uint64) Value { return Value{Kind: KindUint, num: n} }

// Timestamp is a moment; Automerge counts milliseconds since 1970.
func Timestamp(ms int64) Value { return Value{Kind: KindTimestamp, num: uint64(ms)} }

// String is a text that is replaced as a whole. s must be valid UTF-8.
func String(s string) Value { return Value{Kind: KindString, str: s} }

// Bytes is a byte string. b is copied.
func Bytes(b []byte) Value { return Value{Kind: KindBytes, str: string(b)} }

// Str is the text of a string value, "" for other kinds.
func (v Value) Str() string {
	if v.Kind != KindString {
		return ""
	}
	return v.str
}

// Bytes is a copy of a bytes value, nil for other kinds.
func (v Value) Bytes() []byte {
	if v.Kind != KindBytes {
		return nil
	}
	return []byte(v.str)
}

// Bool is true exactly for the value true.
func (v Value) Bool() bool { return v.Kind == KindBool && v.num == 1 }

// Int is the number of an int or timestamp value, 0 for other kinds.
func (v Value) Int() int64 {
	if v.Kind != KindInt && v.Kind != KindTimestamp {
		return 0
	}
	return int64(v.num)
}

// Uint is the number of a uint value, 0 for other kinds.
func (v Value) Uint() uint64 {
	if v.Kind != KindUint {
		return 0
	}
	return v.num
}

// IsNull tells whether v is null.
func (v Value) IsNull() bool { return v.Kind == KindNull }

// Len is the length in bytes of a string or bytes value, 0 for other kinds.
func (v Value) Len() int { return len(v.str) }

// String shows kind and length and never the content, so that a value printed
// by mistake gives nothing away.
func (v Value) String() string { return fmt.Sprintf("%s[%d]", v.Kind, len(v.str)) }

// GoString is String, for %#v.
func (v Value) GoString() string { return v.String() }

func (k Kind) String() string {
	names := [...]string{"null", "bool", "int", "uint", "string", "bytes", "timestamp", "text", "float", "counter", "other"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}
