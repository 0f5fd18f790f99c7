package wire

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"

	"tongce/crdt/canon"
)

// Item is one thing in a batch: a log record or an encoded pack, never both.
type Item struct {
	Record *LogRecord
	Pack   []byte
}

// packItem is how a pack lies among log records.
type packItem struct {
	Pack []byte `cbor:"5,keyasint"`
}

// Encode is the item's byte form, as it is stored and put into batches.
func (i Item) Encode() []byte {
	if i.Record != nil {
		return i.Record.Encode()
	}
	return canon.MustMarshal(packItem{Pack: i.Pack})
}

// ParseItem reads what Encode wrote; a record with the checks of
// ParseLogRecord, a pack only as bytes.
func ParseItem(b []byte) (Item, error) {
	// A map of one pair is a pack, one of four a log record.
	if len(b) > 0 && b[0] == 0xa1 {
		var p packItem
		if len(b) > MaxPack+16 {
			return Item{}, tooLarge("pack", len(b), MaxPack)
		}
		if err := unmarshal("pack item", b, &p); err != nil {
			return Item{}, err
		}
		return Item{Pack: p.Pack}, nil
	}
	r, err := ParseLogRecord(b)
	if err != nil {
		return Item{}, err
	}
	return Item{Record: &r}, nil
}

// Batcher makes batches one after another. What deflating takes, a megabyte, is
// used again. The zero value is ready; it is used by one goroutine.
type Batcher struct {
	out    bytes.Buffer
	writer *flate.Writer
	prefix []byte
}

// NewBatch deflates encoded items into a batch (WI2). Together with their length
// prefixes they may have MaxInflated bytes (ErrTooLarge).
func NewBatch(items [][]byte, next Cursor, more bool) (*Batch, error) {
	return new(Batcher).Make(items, next, more)
}

// Make is NewBatch.
func (w *Batcher) Make(items [][]byte, next Cursor, more bool) (*Batch, error) {
	size := 0
	for _, it := range items {
		size += 4 + len(it)
	}
	if size > MaxInflated {
		return nil, tooLarge("inflated batch", size, MaxInflated)
	}
	if err := w.begin(); err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	for _, it := range items {
		w.prefix = binary.BigEndian.AppendUint32(w.prefix[:0], uint32(len(it)))
		if _, err := w.writer.Write(w.prefix); err != nil {
			return nil, fmt.Errorf("batch: %w", err)
		}
		if _, err := w.writer.Write(it); err != nil {
			return nil, fmt.Errorf("batch: %w", err)
		}
	}
	if err := w.writer.Close(); err != nil {
		return nil, fmt.Errorf("batch: %w", err)
	}
	return &Batch{Inflated: uint64(size), Deflated: bytes.Clone(w.out.Bytes()), Next: next, More: more}, nil
}

func (w *Batcher) begin() (err error) {
	w.out.Reset()
	if w.writer != nil {
		w.writer.Reset(&w.out)
		return nil
	}
	w.writer, err = flate.NewWriter(&w.out, flate.BestSpeed)
	return err
}

// Items inflates into a buffer of exactly the stated size and refuses more,
// less, over the limit, or bytes left over (WI2). The items share that buffer.
func (f *Batch) Items() ([][]byte, error) {
	if f.Inflated > MaxInflated {
		return nil, fmt.Errorf("batch: %w", ErrTooLarge)
	}
	src := bytes.NewReader(f.Deflated)
	fr := flate.NewReader(src)
	buf := make([]byte, f.Inflated)
	if _, err := io.ReadFull(fr, buf); err != nil {
		return nil, malformed("batch shorter than stated")
	}
	var one [1]byte
	if n, err := fr.Read(one[:]); n != 0 || err != io.EOF {
		return nil, malformed("batch longer than stated")
	}
	if src.Len() != 0 {
		return nil, malformed("batch with %d bytes left over", src.Len())
	}
	var items [][]byte
	for len(buf) > 0 {
		it, rest, err := canon.ReadLP(buf)
		if err != nil {
			return nil, malformed("batch item %d", len(items))
		}
		items, buf = append(items, it), rest
	}
	return items, nil
}
