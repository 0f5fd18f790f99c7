package change

import "encoding/binary"

// reader takes things from the front of bytes. After the first failure bad is
// set, b is empty and everything read is zero.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) fail() {
	r.bad, r.b = true, nil
}

// uint reads an unsigned LEB128 number of at most 64 bits. A longer form than
// needed is found by encoding again, not here.
func (r *reader) uint() uint64 {
	if len(r.b) > 0 && r.b[0] < 0x80 {
		v := uint64(r.b[0])
		r.b = r.b[1:]
		return v
	}
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.fail()
		return 0
	}
	r.b = r.b[n:]
	return v
}

// int reads a signed LEB128 number of at most 64 bits.
func (r *reader) int() int64 {
	var v uint64
	for i, c := range r.b {
		if i == binary.MaxVarintLen64 {
			break
		}
		shift := 7 * i
		v |= uint64(c&0x7f) << shift
		if c >= 0x80 {
			continue
		}
		if c&0x40 != 0 && shift+7 < 64 {
			v |= ^uint64(0) << (shift + 7)
		}
		r.b = r.b[i+1:]
		return int64(v)
	}
	r.fail()
	return 0
}

// take reads n bytes, which stay part of the input.
func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail()
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}

// count reads a number of things of at least size bytes each, so that a number
// that the input cannot hold fails before anything is allocated for it.
func (r *reader) count(size int) int {
	n := r.uint()
	if n > uint64(len(r.b)/size) {
		r.fail()
		return 0
	}
	return int(n)
}

func appendUint(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }

// appendInt writes v as signed LEB128, in as few bytes as possible.
func appendInt(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		v >>= 7
		if (v == 0 && c&0x40 == 0) || (v == -1 && c&0x40 != 0) {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}

func appendLen(b []byte, s string) []byte {
	return append(appendUint(b, uint64(len(s))), s...)
}
