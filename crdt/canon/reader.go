package canon

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// The major types of CBOR that the specification uses.
const (
	majorUint  = 0 << 5
	majorInt   = 1 << 5
	majorBytes = 2 << 5
	majorText  = 3 << 5
	majorArray = 4 << 5
	majorMap   = 5 << 5
	null       = 0xf6
)

// Reader takes apart bytes in the one form that Marshal writes, item by item,
// for the few values of which a hundred thousand are read: Unmarshal costs ten
// times as much, because it encodes again what it read and compares. A Reader
// compares on the way: each head has to be the shortest. What a Reader has
// refused is Unmarshal's to judge.
//
// After the first item that is not as asked for, OK is false and all else
// zero. What it returns lies in the bytes it reads.
type Reader struct {
	rest []byte
	bad  bool
}

// NewReader reads b.
func NewReader(b []byte) Reader { return Reader{rest: b} }

// OK tells whether everything was as asked for and nothing is left.
func (r *Reader) OK() bool { return !r.bad && len(r.rest) == 0 }

// Refuse makes OK false: what was read is not what the caller wants.
func (r *Reader) Refuse() { r.bad = true }

// head takes the head of an item of the given major type.
func (r *Reader) head(major byte) uint64 {
	if r.bad || len(r.rest) == 0 || r.rest[0]&0xe0 != major {
		r.bad = true
		return 0
	}
	short := r.rest[0] & 0x1f
	if short < 24 {
		r.rest = r.rest[1:]
		return uint64(short)
	}
	size := 1 << (short - 24)
	if short > 27 || len(r.rest) < 1+size {
		r.bad = true
		return 0
	}
	var n, least uint64
	switch b := r.rest[1:]; size {
	case 1:
		n, least = uint64(b[0]), 24
	case 2:
		n, least = uint64(binary.BigEndian.Uint16(b)), 1<<8
	case 4:
		n, least = uint64(binary.BigEndian.Uint32(b)), 1<<16
	default:
		n, least = binary.BigEndian.Uint64(b), 1<<32
	}
	if n < least { // a shorter head says the same
		r.bad = true
		return 0
	}
	r.rest = r.rest[1+size:]
	return n
}

// Uint is an unsigned integer.
func (r *Reader) Uint() uint64 { return r.head(majorUint) }

// Int is an integer that fits into 64 bits with its sign.
func (r *Reader) Int() int64 {
	major := byte(majorUint)
	if len(r.rest) > 0 && r.rest[0]&0xe0 == majorInt {
		major = majorInt
	}
	n := r.head(major)
	if n > math.MaxInt64 {
		r.bad = true
		return 0
	}
	if major == majorInt && !r.bad {
		return -1 - int64(n)
	}
	return int64(n)
}

func (r *Reader) take(n uint64) []byte {
	if r.bad || n > uint64(len(r.rest)) {
		r.bad = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[n:]
	return b
}

// Bytes is a byte string; it is not nil where there is one.
func (r *Reader) Bytes() []byte { return r.take(r.head(majorBytes)) }

// Fixed is a byte string of exactly len(into) bytes.
func (r *Reader) Fixed(into []byte) {
	if b := r.Bytes(); len(b) == len(into) {
		copy(into, b)
		return
	}
	r.bad = true
}

// Text is a text.
func (r *Reader) Text() string {
	b := r.take(r.head(majorText))
	if !utf8.Valid(b) {
		r.bad = true
		return ""
	}
	return string(b)
}

// Array is the head of an array: how many items follow. Each is at least one
// byte, so it is never more than what is left.
func (r *Reader) Array() int { return r.count(r.head(majorArray)) }

// Map is the head of a map: how many pairs follow.
func (r *Reader) Map() int { return r.count(r.head(majorMap)) }

func (r *Reader) count(n uint64) int {
	if n > uint64(len(r.rest)) {
		r.bad = true
		return 0
	}
	return int(n)
}

// Key takes the key of a map's next pair, which has to be n.
func (r *Reader) Key(n uint64) {
	if r.head(majorUint) != n {
		r.bad = true
	}
}

// Null takes a null, if one is next.
func (r *Reader) Null() bool {
	if r.bad || len(r.rest) == 0 || r.rest[0] != null {
		return false
	}
	r.rest = r.rest[1:]
	return true
}

// AppendUint appends n as Marshal writes it.
func AppendUint(dst []byte, n uint64) []byte { return appendHead(dst, majorUint, n) }

// AppendInt appends n as Marshal writes it.
func AppendInt(dst []byte, n int64) []byte {
	if n < 0 {
		return appendHead(dst, majorInt, uint64(-1-n))
	}
	return appendHead(dst, majorUint, uint64(n))
}

// AppendBytes appends a byte string as Marshal writes it.
func AppendBytes(dst, b []byte) []byte {
	return append(appendHead(dst, majorBytes, uint64(len(b))), b...)
}

// AppendArray appends the head of an array of n items.
func AppendArray(dst []byte, n int) []byte { return appendHead(dst, majorArray, uint64(n)) }

// AppendMap appends the head of a map of n pairs.
func AppendMap(dst []byte, n int) []byte { return appendHead(dst, majorMap, uint64(n)) }

// AppendNull appends null.
func AppendNull(dst []byte) []byte { return append(dst, null) }

func appendHead(dst []byte, major byte, n uint64) []byte {
	switch {
	case n < 24:
		return append(dst, major|byte(n))
	case n < 1<<8:
		return append(dst, major|24, byte(n))
	case n < 1<<16:
		return binary.BigEndian.AppendUint16(append(dst, major|25), uint16(n))
	case n < 1<<32:
		return binary.BigEndian.AppendUint32(append(dst, major|26), uint32(n))
	}
	return binary.BigEndian.AppendUint64(append(dst, major|27), n)
}
