package change

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"io"

	"tongce/crdt/canon"
)

// Chunk types of the format. Documents (0) and bundles (3) are never changes.
const (
	chunkChange   = 1
	chunkDeflated = 2
)

const (
	magicLen    = 4
	sumLen      = 4
	headLen     = magicLen + sumLen + 1
	maxInflated = MaxDocBytes
)

var magic = [magicLen]byte{0x85, 0x6f, 0x4a, 0x83}

// cut takes one chunk from the front of b.
func cut(b []byte) (typ byte, sum [sumLen]byte, body, rest []byte, err error) {
	if len(b) < headLen || !bytes.Equal(b[:magicLen], magic[:]) {
		return 0, sum, nil, nil, corrupt("chunk header")
	}
	copy(sum[:], b[magicLen:])
	typ = b[headLen-1]
	r := reader{b: b[headLen:]}
	n := r.uint()
	minimal := appendUint(nil, n)
	body = r.take(n)
	if r.bad || !bytes.HasPrefix(b[headLen:], minimal) {
		return 0, sum, nil, nil, corrupt("chunk length")
	}
	return typ, sum, body, r.b, nil
}

// single is cut of a chunk that has b for itself.
func single(b []byte) (typ byte, sum [sumLen]byte, body []byte, err error) {
	typ, sum, body, rest, err := cut(b)
	if err == nil && len(rest) != 0 {
		err = corrupt("bytes after the chunk")
	}
	return typ, sum, body, err
}

// hashBody is the hash of a change: over the type-1 form without magic and
// checksum, whatever form it travels in.
func hashBody(body []byte) canon.Hash {
	h := sha256.New()
	var head [1 + 10]byte
	head[0] = chunkChange
	h.Write(appendUint(head[:1], uint64(len(body))))
	h.Write(body)
	var sum canon.Hash
	h.Sum(sum[:0])
	return sum
}

// wrap puts the header before a change's body.
func wrap(body []byte) ([]byte, canon.Hash) {
	hash := hashBody(body)
	b := make([]byte, 0, headLen+10+len(body))
	b = append(b, magic[:]...)
	b = append(b, hash[:sumLen]...)
	b = append(b, chunkChange)
	b = appendUint(b, uint64(len(body)))
	return append(b, body...), hash
}

// Hash is the hash of a type-1 chunk, after checking its header and checksum
// but not its operations. Anything else is `corrupt`.
func Hash(chunk []byte) (canon.Hash, error) {
	_, hash, err := open(chunk)
	return hash, err
}

// open is the body of a type-1 chunk with a right checksum.
func open(chunk []byte) ([]byte, canon.Hash, error) {
	typ, sum, body, err := single(chunk)
	if err != nil {
		return nil, canon.Hash{}, err
	}
	if typ != chunkChange {
		return nil, canon.Hash{}, corrupt("chunk type")
	}
	hash := hashBody(body)
	if !bytes.Equal(hash[:sumLen], sum[:]) {
		return nil, canon.Hash{}, corrupt("checksum")
	}
	return body, hash, nil
}

// Split cuts concatenated chunks of any type apart without reading them. The
// parts share the memory of b.
func Split(b []byte) ([][]byte, error) {
	var chunks [][]byte
	for len(b) > 0 {
		_, _, _, rest, err := cut(b)
		if err != nil {
			return nil, err
		}
		n := len(b) - len(rest)
		chunks = append(chunks, b[:n:n])
		b = rest
	}
	return chunks, nil
}

// Inflate gives the uncompressed (type 1) form of a change chunk of type 1 or
// 2; its hash is the same. A type-1 chunk is returned as it is. At most 4 MiB
// are inflated, more is `too_large`.
func Inflate(chunk []byte) ([]byte, error) {
	typ, sum, body, err := single(chunk)
	if err != nil {
		return nil, err
	}
	if typ == chunkChange {
		_, _, err := open(chunk)
		return chunk, err
	}
	if typ != chunkDeflated {
		return nil, corrupt("chunk type")
	}
	packed := bytes.NewReader(body)
	plain, err := io.ReadAll(io.LimitReader(flate.NewReader(packed), maxInflated+1))
	if len(plain) > maxInflated {
		return nil, violation(CodeTooLarge, "inflated chunk")
	}
	if err != nil || packed.Len() != 0 {
		return nil, corrupt("deflate")
	}
	out, hash := wrap(plain)
	if !bytes.Equal(hash[:sumLen], sum[:]) {
		return nil, corrupt("checksum")
	}
	return out, nil
}
