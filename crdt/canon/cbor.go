package canon

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"github.com/fxamacker/cbor/v2"
)

// ErrEncoding means that bytes from outside are not in the one form that the
// specification allows (wire code `malformed`).
var ErrEncoding = errors.New("not in canonical form")

// MaxNesting is how deep arrays and maps may lie in each other (trust.md 0).
const MaxNesting = 8

// RFC 8949 section 4.2.1, core deterministic encoding.
var encMode = mustMode(cbor.EncOptions{
	Sort:          cbor.SortCoreDeterministic,
	ShortestFloat: cbor.ShortestFloatNone,
	NaNConvert:    cbor.NaNConvertReject,
	InfConvert:    cbor.InfConvertReject,
	IndefLength:   cbor.IndefLengthForbidden,
	TagsMd:        cbor.TagsForbidden,
	BigIntConvert: cbor.BigIntConvertReject,
}.UserBufferEncMode())

// buffers are for encoding again what was decoded.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

var decMode = mustMode(cbor.DecOptions{
	DupMapKey:         cbor.DupMapKeyEnforcedAPF,
	IndefLength:       cbor.IndefLengthForbidden,
	TagsMd:            cbor.TagsForbidden,
	UTF8:              cbor.UTF8RejectInvalid,
	ExtraReturnErrors: cbor.ExtraDecErrorUnknownField,
	MaxNestedLevels:   MaxNesting,
	MaxArrayElements:  1 << 20,
	MaxMapPairs:       1 << 16,
	FieldNameMatching: cbor.FieldNameMatchingCaseSensitive,
	BigIntDec:         cbor.BigIntDecodePointer,
	IntDec:            cbor.IntDecConvertNone,
}.DecMode())

func mustMode[M any](m M, err error) M {
	if err != nil {
		panic("canon: CBOR options: " + err.Error())
	}
	return m
}

// Marshal is CBOR(v): core deterministic, structs by their `keyasint` or
// `toarray` tags. A nil slice or pointer becomes null.
func Marshal(v any) ([]byte, error) {
	b, err := encMode.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return b, nil
}

// MustMarshal is Marshal for values of our own types, which always encode.
func MustMarshal(v any) []byte {
	b, err := Marshal(v)
	if err != nil {
		panic("canon: " + err.Error())
	}
	return b
}

// Unmarshal decodes one item into v and refuses, with ErrEncoding, whatever
// Marshal would not have written for the result: duplicate or unknown keys,
// trailing bytes, tags, floats, lengths and integers in a longer form (EC2).
// v may be changed even when an error is returned.
func Unmarshal(b []byte, v any) error {
	if err := decMode.Unmarshal(b, v); err != nil {
		// The library's text can hold a piece of the input; it stops here.
		return fmt.Errorf("decode %d bytes: %w", len(b), ErrEncoding)
	}
	again, _ := buffers.Get().(*bytes.Buffer)
	defer func() {
		clear(again.Bytes()) // it may have held a key
		again.Reset()
		buffers.Put(again)
	}()
	if err := encMode.MarshalToBuffer(v, again); err != nil || !bytes.Equal(again.Bytes(), b) {
		return fmt.Errorf("decode %d bytes: not re-encoded alike: %w", len(b), ErrEncoding)
	}
	return nil
}

// Raw is one encoded item that is kept as it came.
type Raw = cbor.RawMessage
