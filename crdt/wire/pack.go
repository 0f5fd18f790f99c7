package wire

import (
	"fmt"

	"tongce/crdt/canon"
)

// pack is the byte form of a document's accepted log records (PK1): what the
// records have in common is written once, no signature is dropped.
type pack struct {
	Doc     canon.DocID      `cbor:"1,keyasint"`
	Devices []canon.DeviceID `cbor:"2,keyasint"` // in order of first use
	Heads   []packHead       `cbor:"3,keyasint"` // in order of first use
	Chunks  [][]byte         `cbor:"4,keyasint"` // in order of the records
	Rows    []packRow        `cbor:"5,keyasint"`
}

type packHead struct {
	_    struct{} `cbor:",toarray"`
	Seq  uint64
	Hash canon.Hash
}

type packRow struct {
	_          struct{} `cbor:",toarray"`
	Seq        uint64
	Time       int64
	C          uint64
	Device     uint32
	N          uint64
	Head       uint32
	Kind       Kind
	Chunks     uint32
	Signature  []byte
	Commitment *canon.Hash
}

// packOverhead is more than the CBOR around the lists of a pack takes, and
// rowOverhead more than a row and its chunks' length prefixes, without device,
// head and the chunks themselves.
const (
	packOverhead = 64
	rowOverhead  = 160
)

// Pack is what ReadPack found: records of one document, in log order.
type Pack struct {
	Doc     canon.DocID
	Records []LogRecord
}

// MakePacks writes records of one document, in log order, as packs of at most
// MaxPack bytes each. ReadPack gives the same records back.
func MakePacks(records []LogRecord) ([][]byte, error) {
	var out [][]byte
	for start := 0; start < len(records); {
		end, size := start, packOverhead
		for ; end < len(records); end++ {
			n := recordSize(&records[end])
			if end > start && size+n > MaxPack {
				break
			}
			size += n
		}
		b, err := makePack(records[start:end])
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		start = end
	}
	return out, nil
}

// recordSize is at least what r adds to a pack.
func recordSize(r *LogRecord) int {
	n := rowOverhead + 12 + 48 // its device and head, if they are new
	for _, c := range r.Envelope.Body.Chunks {
		n += len(c) + 5
	}
	return n
}

func makePack(records []LogRecord) ([]byte, error) {
	p := pack{Doc: records[0].Envelope.Body.Doc}
	devices := map[canon.DeviceID]uint32{}
	heads := map[packHead]uint32{}
	for i := range records {
		r := &records[i]
		if err := r.check(); err != nil {
			return nil, fmt.Errorf("pack record %d: %w", r.Seq, err)
		}
		b := &r.Envelope.Body
		if b.Doc != p.Doc || i > 0 && r.Seq <= records[i-1].Seq {
			return nil, malformed("pack record %d out of order or of another document", r.Seq)
		}
		d, ok := devices[b.Device]
		if !ok {
			d = uint32(len(p.Devices))
			devices[b.Device] = d
			p.Devices = append(p.Devices, b.Device)
		}
		head := packHead{Seq: b.CharterSeq, Hash: b.CharterHash}
		h, ok := heads[head]
		if !ok {
			h = uint32(len(p.Heads))
			heads[head] = h
			p.Heads = append(p.Heads, head)
		}
		p.Chunks = append(p.Chunks, b.Chunks...)
		p.Rows = append(p.Rows, packRow{
			Seq: r.Seq, Time: r.Time, C: r.C, Device: d, N: b.N, Head: h, Kind: b.Kind,
			Chunks:    uint32(len(b.Chunks)),
			Signature: r.Envelope.Signature, Commitment: b.Commitment,
		})
	}
	return canon.MustMarshal(p), nil
}

// ReadPack reads what MakePacks wrote and refuses everything else with
// ErrMalformed or ErrTooLarge: lists in another order than first used, chunks
// left over, records that do not rise. It does not look into the chunks.
func ReadPack(b []byte) (Pack, error) {
	if len(b) > MaxPack {
		return Pack{}, tooLarge("pack", len(b), MaxPack)
	}
	var p pack
	if err := unmarshal("pack", b, &p); err != nil {
		return Pack{}, err
	}
	out := Pack{Doc: p.Doc, Records: make([]LogRecord, 0, len(p.Rows))}
	devices, heads := 0, 0
	chunks := p.Chunks
	for i, row := range p.Rows {
		// An index is one that was used before, or the next.
		if int(row.Device) > devices || int(row.Head) > heads ||
			int(row.Device) >= len(p.Devices) || int(row.Head) >= len(p.Heads) ||
			int(row.Chunks) > len(chunks) {
			return Pack{}, malformed("pack row %d: index out of range", i)
		}
		devices = max(devices, int(row.Device)+1)
		heads = max(heads, int(row.Head)+1)
		r := LogRecord{Seq: row.Seq, Time: row.Time, C: row.C, Envelope: Envelope{
			Body: EnvelopeBody{
				Doc: p.Doc, Device: p.Devices[row.Device], N: row.N,
				CharterSeq: p.Heads[row.Head].Seq, CharterHash: p.Heads[row.Head].Hash,
				Kind: row.Kind, Chunks: chunks[:row.Chunks:row.Chunks], Commitment: row.Commitment,
			},
			Signature: row.Signature,
		}}
		chunks = chunks[row.Chunks:]
		if err := r.check(); err != nil {
			return Pack{}, fmt.Errorf("pack row %d: %w", i, err)
		}
		if i > 0 && r.Seq <= out.Records[i-1].Seq {
			return Pack{}, malformed("pack row %d: log seq does not rise", i)
		}
		out.Records = append(out.Records, r)
	}
	if len(out.Records) == 0 || devices != len(p.Devices) || heads != len(p.Heads) || len(chunks) != 0 ||
		!distinct(p.Devices) || !distinct(p.Heads) {
		return Pack{}, malformed("pack with nothing in it, or more than its rows use")
	}
	return out, nil
}

func distinct[T comparable](list []T) bool {
	seen := make(map[T]struct{}, len(list))
	for _, v := range list {
		seen[v] = struct{}{}
	}
	return len(seen) == len(list)
}
