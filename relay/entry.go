package relay

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// The subjects of a workspace's stream.
const (
	subjectCharter = "charter" // records, each as it was signed and receipted
	subjectDoc     = "doc."    // entries of one document
	subjectSalt    = "salt."   // the document's salt
	subjectMark    = "mark"    // up to where entries were judged, and which are void
	subjectHeal    = "heal"    // this stream was made after another was lost (HE2)
	subjectConfirm = "confirm" // an administrator confirmed the charter head (HE2)
)

// errEntry means an entry that this program did not write. It is named, never
// dropped.
var errEntry = errors.New("entry of the stream is damaged")

// The first byte of a document's entry.
const (
	entryEnvelope = 'e' // an envelope as it was pushed
	entryHealed   = 'h' // an envelope out of an uploaded pack, judged at the head it names (HE4)
	entryPacks    = 'p' // accepted records before it (PK2)
	entryErased   = 'x' // nothing any more (ER1)
)

// docEntry is one entry of a document's subject.
type docEntry struct {
	Kind     byte
	Time     int64  // the relay's, in milliseconds
	C        uint64 // entryHealed: the charter seq it is judged at
	Envelope []byte
	Packs    [][]byte
	// Base is the place of the packs before it whose records these follow; 0 where
	// they are all of the document's.
	Base uint64
}

type storedEnvelope struct {
	Time     int64  `cbor:"1,keyasint"`
	C        uint64 `cbor:"2,keyasint"`
	Envelope []byte `cbor:"3,keyasint"`
}

type storedPacks struct {
	Packs [][]byte `cbor:"1,keyasint"`
	Base  uint64   `cbor:"2,keyasint,omitempty"`
}

func (e docEntry) encode() []byte {
	if e.Kind == entryErased {
		return []byte{e.Kind}
	}
	if e.Kind == entryPacks {
		return append([]byte{e.Kind}, canon.MustMarshal(storedPacks{Packs: e.Packs, Base: e.Base})...)
	}
	return append([]byte{e.Kind}, canon.MustMarshal(storedEnvelope{Time: e.Time, C: e.C, Envelope: e.Envelope})...)
}

func parseDocEntry(b []byte) (docEntry, error) {
	if len(b) == 0 {
		return docEntry{}, errEntry
	}
	switch b[0] {
	case entryErased:
		return docEntry{Kind: b[0]}, nil
	case entryPacks:
		var p storedPacks
		if err := canon.Unmarshal(b[1:], &p); err != nil {
			return docEntry{}, fmt.Errorf("packs: %w: %w", errEntry, err)
		}
		return docEntry{Kind: b[0], Packs: p.Packs, Base: p.Base}, nil
	case entryEnvelope, entryHealed:
		var s storedEnvelope
		if err := canon.Unmarshal(b[1:], &s); err != nil {
			return docEntry{}, fmt.Errorf("envelope: %w: %w", errEntry, err)
		}
		return docEntry{Kind: b[0], Time: s.Time, C: s.C, Envelope: s.Envelope}, nil
	}
	return docEntry{}, errEntry
}

// replaces tells whether an entry stands for all before it in its document but
// for those up to Base.
func (e docEntry) replaces() bool { return e.Kind == entryPacks || e.Kind == entryErased }

// gathered is what the entries of one document hold together.
type gathered[T any] struct {
	all   []T
	parts []packAt
}

// add takes in what the entry at seq holds, in the place of what it replaces: of
// that some may be left after a crash.
func (g *gathered[T]) add(seq uint64, e docEntry, held []T) {
	for n := len(g.parts) - 1; n >= 0 && e.replaces() && g.parts[n].seq > e.Base; n-- {
		g.all = g.all[:len(g.all)-g.parts[n].records]
		g.parts = g.parts[:n]
	}
	g.all = append(g.all, held...)
	g.parts = append(g.parts, packAt{seq: seq, records: len(held)})
}

// records are the log records that the entry at seq holds; c is the charter seq
// at its place.
func (e docEntry) records(seq, c uint64) ([]wire.LogRecord, error) {
	if e.Kind == entryErased {
		return nil, nil
	}
	if e.Kind != entryPacks {
		env, err := wire.ParseEnvelope(e.Envelope)
		if err != nil {
			return nil, err
		}
		return []wire.LogRecord{e.record(seq, c, &env)}, nil
	}
	var out []wire.LogRecord
	for _, b := range e.Packs {
		p, err := wire.ReadPack(b)
		if err != nil {
			return nil, err
		}
		out = append(out, p.Records...)
	}
	return out, nil
}

// record is the one record of an entry around an envelope that was read.
func (e docEntry) record(seq, c uint64, env *wire.Envelope) wire.LogRecord {
	if e.Kind == entryHealed {
		c = e.C
	}
	return wire.LogRecord{Seq: seq, Time: e.Time, C: c, Envelope: *env}
}

// mark is what is known of entries that were judged before: all up to Seq are
// accepted but those in Void. It spares a start from judging everything again;
// Verify believes it only what is void.
type mark struct {
	Seq  uint64   `cbor:"1,keyasint"`
	Void []uint64 `cbor:"2,keyasint"`
}

// confirmation is the entry that ends healing.
type confirmation struct {
	Device canon.DeviceID `cbor:"1,keyasint"`
	Seq    uint64         `cbor:"2,keyasint"`
	Hash   canon.Hash     `cbor:"3,keyasint"`
}

func docSubject(d canon.DocID) string  { return subjectDoc + hex.EncodeToString(d[:]) }
func saltSubject(d canon.DocID) string { return subjectSalt + hex.EncodeToString(d[:]) }

// docOf is the document that a subject with the given prefix names.
func docOf(subject, prefix string) (canon.DocID, bool) {
	var d canon.DocID
	text, ok := strings.CutPrefix(subject, prefix)
	if !ok || len(text) != hex.EncodedLen(len(d)) {
		return d, false
	}
	_, err := hex.Decode(d[:], []byte(text))
	return d, err == nil
}

func logID(id stream.LogID) wire.LogID { return wire.LogID(id) }

func hexOf(b []byte) string { return hex.EncodeToString(b) }
