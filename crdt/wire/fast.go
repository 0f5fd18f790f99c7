package wire

import (
	"bytes"

	"tongce/crdt/canon"
)

// Envelopes and log records are read and written a hundred thousand at a time,
// so they have their own way through the one form of CBOR. What is not read here
// goes through canon.Unmarshal, which says why it is refused; what is read here
// is exactly what that would have read (TestFastForm).

// readEnvelope takes an envelope from r.
func readEnvelope(r *canon.Reader) (e Envelope) {
	b := &e.Body
	array := r.Array()
	pairs := r.Map()
	r.Key(1)
	r.Fixed(b.Doc[:])
	r.Key(2)
	r.Fixed(b.Device[:])
	r.Key(3)
	b.N = r.Uint()
	r.Key(4)
	b.CharterSeq = r.Uint()
	r.Key(5)
	r.Fixed(b.CharterHash[:])
	r.Key(6)
	kind := r.Uint()
	r.Key(7)
	if n := r.Array(); n <= MaxChanges {
		b.Chunks = make([][]byte, n)
	}
	for i := range b.Chunks {
		b.Chunks[i] = bytes.Clone(r.Bytes())
	}
	r.Key(8)
	if !r.Null() {
		b.Commitment = new(canon.Hash)
		r.Fixed(b.Commitment[:])
	}
	e.Signature = bytes.Clone(r.Bytes())
	if array != 2 || pairs != 8 || kind > uint64(KindCreate) {
		r.Refuse()
	}
	b.Kind = Kind(kind)
	return e
}

// readRecord takes a log record from r.
func readRecord(r *canon.Reader) (rec LogRecord) {
	if r.Map() != 4 {
		r.Refuse()
	}
	r.Key(1)
	rec.Seq = r.Uint()
	r.Key(2)
	rec.Time = r.Int()
	r.Key(3)
	rec.C = r.Uint()
	r.Key(4)
	rec.Envelope = readEnvelope(r)
	return rec
}

// size is at least what the envelope takes.
func (e Envelope) size() int {
	n := 256
	for _, c := range e.Body.Chunks {
		n += len(c) + 5
	}
	return n
}

func (e Envelope) appendTo(dst []byte) []byte {
	b := &e.Body
	dst = b.appendHead(canon.AppendArray(dst, 2))
	if b.Chunks == nil {
		dst = canon.AppendNull(dst)
	} else {
		dst = canon.AppendArray(dst, len(b.Chunks))
	}
	for _, c := range b.Chunks {
		dst = appendBytes(dst, c)
	}
	return appendBytes(b.appendCommitment(dst), e.Signature)
}

// appendBytes writes nil as null, as canon.Marshal does.
func appendBytes(dst, b []byte) []byte {
	if b == nil {
		return canon.AppendNull(dst)
	}
	return canon.AppendBytes(dst, b)
}

// appendHead writes the body up to the key of field 7.
func (b *EnvelopeBody) appendHead(dst []byte) []byte {
	dst = canon.AppendMap(dst, 8)
	dst = canon.AppendBytes(canon.AppendUint(dst, 1), b.Doc[:])
	dst = canon.AppendBytes(canon.AppendUint(dst, 2), b.Device[:])
	dst = canon.AppendUint(canon.AppendUint(dst, 3), b.N)
	dst = canon.AppendUint(canon.AppendUint(dst, 4), b.CharterSeq)
	dst = canon.AppendBytes(canon.AppendUint(dst, 5), b.CharterHash[:])
	dst = canon.AppendUint(canon.AppendUint(dst, 6), uint64(b.Kind))
	return canon.AppendUint(dst, 7)
}

func (b *EnvelopeBody) appendCommitment(dst []byte) []byte {
	dst = canon.AppendUint(dst, 8)
	if b.Commitment == nil {
		return canon.AppendNull(dst)
	}
	return canon.AppendBytes(dst, b.Commitment[:])
}

func (r LogRecord) appendTo(dst []byte) []byte {
	dst = canon.AppendMap(dst, 4)
	dst = canon.AppendUint(canon.AppendUint(dst, 1), r.Seq)
	dst = canon.AppendInt(canon.AppendUint(dst, 2), r.Time)
	dst = canon.AppendUint(canon.AppendUint(dst, 3), r.C)
	return r.Envelope.appendTo(canon.AppendUint(dst, 4))
}
