package wire

import (
	"crypto/sha256"
	"fmt"

	"tongce/crdt/canon"
)

// Kind says whether an envelope changes a document or creates it.
type Kind uint8

// The kinds of envelopes.
const (
	KindChange Kind = 0
	KindCreate Kind = 1
)

// Envelope is one signed unit of change on its way through the relay. It
// concerns one document (EN1).
type Envelope struct {
	_         struct{} `cbor:",toarray"`
	Body      EnvelopeBody
	Signature []byte
}

// EnvelopeBody is what an envelope says.
type EnvelopeBody struct {
	Doc         canon.DocID    `cbor:"1,keyasint"`
	Device      canon.DeviceID `cbor:"2,keyasint"` // the author's
	N           uint64         `cbor:"3,keyasint"` // from 1, rising over all documents of the device (EN3)
	CharterSeq  uint64         `cbor:"4,keyasint"` // the head that the author saw
	CharterHash canon.Hash     `cbor:"5,keyasint"`
	Kind        Kind           `cbor:"6,keyasint"`
	Chunks      [][]byte       `cbor:"7,keyasint"` // Automerge change chunks, uncompressed
	Commitment  *canon.Hash    `cbor:"8,keyasint"` // of the salt; exactly in a KindCreate
}

// chunkHashed is where the hashed part of a change chunk begins: after the
// magic bytes and the checksum.
const chunkHashed = 8

// ChunkHash is the Automerge hash of a change chunk, computed from its content.
// Whether the checksum in the chunk agrees is checked at GA8.
func ChunkHash(chunk []byte) canon.Hash {
	return sha256.Sum256(chunk[min(chunkHashed, len(chunk)):])
}

// Hashes are the Automerge hashes of the chunks, in order.
func (b *EnvelopeBody) Hashes() []canon.Hash {
	out := make([]canon.Hash, len(b.Chunks))
	for i, c := range b.Chunks {
		out[i] = ChunkHash(c)
	}
	return out
}

// signed is the CBOR that signature and id are over: the body with the chunks'
// hashes in place of the chunks (EN2).
func (b *EnvelopeBody) signed() []byte {
	hashes := b.Hashes()
	dst := canon.AppendArray(b.appendHead(make([]byte, 0, 192+34*len(hashes))), len(hashes))
	for i := range hashes {
		dst = canon.AppendBytes(dst, hashes[i][:])
	}
	return b.appendCommitment(dst)
}

// SignEnvelope signs body for workspace w. The body must be one that
// ParseEnvelope takes (ErrMalformed, ErrTooLarge otherwise), and its device the
// signer's.
func SignEnvelope(w canon.WorkspaceID, signer canon.Signer, body EnvelopeBody) (Envelope, error) {
	if body.Device != signer.Device() {
		return Envelope{}, malformed("sign envelope of another device")
	}
	e := Envelope{Body: body, Signature: make([]byte, 64)}
	if err := e.check(); err != nil {
		return Envelope{}, err
	}
	if n := len(e.Encode()); n > MaxEnvelope {
		return Envelope{}, tooLarge("envelope", n, MaxEnvelope)
	}
	sig, err := signer.Sign(canon.DomainEnvelope, append(w[:], body.signed()...))
	if err != nil {
		return Envelope{}, fmt.Errorf("sign envelope %d of %s: %w", body.N, body.Doc, err)
	}
	e.Signature = sig
	return e, nil
}

// Encode is the envelope's byte form.
func (e Envelope) Encode() []byte { return e.appendTo(make([]byte, 0, e.size())) }

// ParseEnvelope reads what Encode wrote and refuses everything else with
// ErrMalformed or ErrTooLarge (GA5). It does not look into the chunks.
func ParseEnvelope(b []byte) (Envelope, error) {
	var e Envelope
	if len(b) > MaxEnvelope {
		return Envelope{}, tooLarge("envelope", len(b), MaxEnvelope)
	}
	r := canon.NewReader(b)
	if e = readEnvelope(&r); !r.OK() {
		e = Envelope{}
		if err := unmarshal("envelope", b, &e); err != nil {
			return Envelope{}, err
		}
	}
	if err := e.check(); err != nil {
		return Envelope{}, err
	}
	return e, nil
}

// Check tells whether e is one that ParseEnvelope would have returned: sizes,
// counts and kinds (GA5).
func (e Envelope) Check() error {
	if err := e.check(); err != nil {
		return err
	}
	n := 256 // more than head, signature and lengths take
	for _, c := range e.Body.Chunks {
		n += len(c) + 5
	}
	if n <= MaxEnvelope {
		return nil
	}
	if n := len(e.Encode()); n > MaxEnvelope {
		return tooLarge("envelope", n, MaxEnvelope)
	}
	return nil
}

func (e Envelope) check() error {
	b := &e.Body
	switch {
	case len(e.Signature) != 64:
		return malformed("signature of %d bytes", len(e.Signature))
	case b.N == 0:
		return malformed("envelope number 0")
	case b.Kind > KindCreate:
		return malformed("envelope kind %d", b.Kind)
	case (b.Kind == KindCreate) != (b.Commitment != nil):
		return malformed("salt commitment in kind %d", b.Kind)
	case len(b.Chunks) == 0:
		return malformed("envelope without changes")
	case len(b.Chunks) > MaxChanges:
		return tooLarge("changes", len(b.Chunks), MaxChanges)
	}
	for _, c := range b.Chunks {
		if len(c) > MaxChunk {
			return tooLarge("change", len(c), MaxChunk)
		}
	}
	return nil
}

// ID is the envelope's id in workspace w. It does not cover the signature.
func (e Envelope) ID(w canon.WorkspaceID) canon.Hash {
	return canon.Sum(canon.DomainEnvelope, w[:], e.Body.signed())
}

// Verify tells whether the envelope was signed for workspace w by the holder of
// signPublic (EN1, EN2).
func (e Envelope) Verify(w canon.WorkspaceID, signPublic []byte) bool {
	return canon.Verify(signPublic, canon.DomainEnvelope, append(w[:], e.Body.signed()...), e.Signature)
}

// LogRecord is an envelope at its place in the workspace's one stream.
type LogRecord struct {
	Seq      uint64   `cbor:"1,keyasint"`
	Time     int64    `cbor:"2,keyasint"` // the relay's, in milliseconds
	C        uint64   `cbor:"3,keyasint"` // charter seq at this place
	Envelope Envelope `cbor:"4,keyasint"`
}

// Encode is the record's byte form.
func (r LogRecord) Encode() []byte { return r.appendTo(make([]byte, 0, 32+r.Envelope.size())) }

// ParseLogRecord reads what Encode wrote, with the checks of ParseEnvelope.
func ParseLogRecord(b []byte) (LogRecord, error) {
	var r LogRecord
	if len(b) > MaxEnvelope+64 {
		return LogRecord{}, tooLarge("record", len(b), MaxEnvelope+64)
	}
	in := canon.NewReader(b)
	if r = readRecord(&in); !in.OK() {
		r = LogRecord{}
		if err := unmarshal("record", b, &r); err != nil {
			return LogRecord{}, err
		}
	}
	if err := r.check(); err != nil {
		return LogRecord{}, err
	}
	return r, nil
}

func (r LogRecord) check() error {
	if r.Seq == 0 || r.Time < 0 {
		return malformed("record %d at %d", r.Seq, r.Time)
	}
	return r.Envelope.Check()
}
