package seal

import (
	"encoding/binary"
	"fmt"

	"tongce/crdt/canon"
)

// Flags of a sealed value.
const (
	flagMask  = 1 << 0
	flagToken = 1 << 1
)

const (
	formVersion = 1
	headSize    = 1 + 1 + 4 // 0x01, flags, u32 v
	tokenSize   = 1 + 1 + 3 // norm, lookup version, token
	aeadSize    = 28
	padBlock    = 16
)

// Token is a blind token as it stands in a sealed value (LO2, LO5).
type Token struct {
	Norm   uint8 // number of the normalisation, from 1
	Lookup uint8 // version of the lookup key, from 1
	Bits   [3]byte
}

// Form is what anyone can read of a sealed value without a key (GA14).
type Form struct {
	Version  uint32 // of the section key, from 1
	HasMask  bool
	HasToken bool
	Token    Token // zero without HasToken
}

// ReadForm reads the form of a sealed value. It returns ErrForm for whatever
// Seal could not have written: unknown flags, zero versions, lengths that no
// padded plaintext has, bytes left over, more than MaxSealed bytes.
func ReadForm(sealed []byte) (Form, error) {
	p, err := parse(sealed)
	return p.Form, err
}

// parts is a sealed value taken apart; the slices share its memory.
type parts struct {
	Form
	head       []byte // the bytes before the first length: part of the aad
	full, mask []byte
}

func parse(b []byte) (parts, error) {
	if len(b) > MaxSealed || len(b) < headSize || b[0] != formVersion || b[1]&^(flagMask|flagToken) != 0 {
		return parts{}, formError(b)
	}
	p := parts{Form: Form{
		Version:  binary.BigEndian.Uint32(b[2:headSize]),
		HasMask:  b[1]&flagMask != 0,
		HasToken: b[1]&flagToken != 0,
	}}
	if p.Version == 0 {
		return parts{}, formError(b)
	}
	size := headSize
	if p.HasToken {
		size += tokenSize
		if len(b) < size || b[headSize] == 0 || b[headSize+1] == 0 {
			return parts{}, formError(b)
		}
		p.Token = Token{Norm: b[headSize], Lookup: b[headSize+1], Bits: [3]byte(b[headSize+2 : size])}
	}
	p.head = b[:size:size]
	full, rest, ok := readPart(b[size:], MaxPlain)
	if !ok {
		return parts{}, formError(b)
	}
	p.full = full
	if p.HasMask {
		if p.mask, rest, ok = readPart(rest, maxMaskCBOR); !ok {
			return parts{}, formError(b)
		}
	}
	if len(rest) != 0 {
		return parts{}, formError(b)
	}
	return p, nil
}

// maxMaskCBOR is the longest CBOR of a mask: text head of 3 bytes.
const maxMaskCBOR = MaxMask + 3

// readPart takes u16 len | bytes from b. The length must be that of a padded
// plaintext of 1 to limit bytes.
func readPart(b []byte, limit int) (part, rest []byte, ok bool) {
	if len(b) < 2 {
		return nil, nil, false
	}
	n := int(binary.BigEndian.Uint16(b))
	b = b[2:]
	padded := n - aeadSize
	if n > len(b) || padded < padBlock || padded%padBlock != 0 || padded > paddedSize(limit) {
		return nil, nil, false
	}
	return b[:n:n], b[n:], true
}

func formError(b []byte) error { return fmt.Errorf("%d bytes: %w", len(b), ErrForm) }

// paddedSize is the length of n bytes, 0x80 and zeros to a multiple of 16.
func paddedSize(n int) int { return (n/padBlock + 1) * padBlock }

func pad(b []byte) []byte {
	out := make([]byte, paddedSize(len(b)))
	copy(out, b)
	out[len(b)] = 0x80
	return out
}

// unpad removes what pad added, and only that.
func unpad(b []byte) ([]byte, bool) {
	for i := len(b) - 1; i >= 0 && i >= len(b)-padBlock; i-- {
		switch b[i] {
		case 0:
		case 0x80:
			return b[:i], true
		default:
			return nil, false
		}
	}
	return nil, false
}

// null is the CBOR of null: a cleared value (PO7).
const null = 0xf6

// Text is the canonical CBOR of a text value, for Plain.Full.
func Text(s string) []byte { return canon.MustMarshal(s) }

// ReadText is the text of an opened value; ok is false if it is null or not a
// text.
func ReadText(value []byte) (s string, ok bool) {
	return s, len(value) > 0 && value[0]>>5 == 3 && canon.Unmarshal(value, &s) == nil
}

// IsNull tells whether an opened value is the sealed null of a cleared field.
func IsNull(value []byte) bool { return len(value) == 1 && value[0] == null }
