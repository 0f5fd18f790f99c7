package store

import (
	"encoding/binary"
	"fmt"

	"tongce/crdt/canon"
)

// This file is the only place that spells keys (docs/spec/storage.md, ST3).
// Numbers are big endian of fixed width, so that the order of keys is the
// order of numbers; ids are their bytes.

// The families of keys.
const (
	prefixRecord   = "r/" // r/<doc>/<i> accepted record
	prefixPack     = "p/" // p/<doc>/<i> accepted records rolled up
	prefixPending  = "b/" // b/<doc>/<n> own envelope that is not accepted yet
	prefixSnapshot = "s/" // s/<doc> Automerge snapshot (cache)
	prefixGate     = "g/" // g/<doc> gate state (cache)
	prefixSalt     = "a/" // a/<doc> salt
	prefixOutbox   = "o/" // o/<n> what waits for the relay
	prefixFeed     = "f/" // f/<seq> touched documents
	prefixTray     = "t/" // t/<id> what was not accepted
	prefixImport   = "i/" // i/<batch>/... import plan and result
	prefixCursor   = "c/" // c/<name> place in a relay's log
	prefixCharter  = "x/c/"
	prefixMark     = "x/" // x/<name> marks; names have two characters or more
	prefixBad      = "q/" // q/<doc>/<id> quarantine
	prefixLedger   = "l/" // l/<seq> ledger
)

func docKey(prefix string, doc canon.DocID) []byte {
	k := make([]byte, 0, len(prefix)+len(doc)+9)
	return append(append(k, prefix...), doc[:]...)
}

func docNumKey(prefix string, doc canon.DocID, n uint64) []byte {
	return binary.BigEndian.AppendUint64(append(docKey(prefix, doc), '/'), n)
}

func numKey(prefix string, n uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte(prefix), n)
}

// RecordKey is the i-th accepted record of a document.
func RecordKey(doc canon.DocID, i uint64) []byte { return docNumKey(prefixRecord, doc, i) }

// RecordsOf is the prefix of a document's accepted records.
func RecordsOf(doc canon.DocID) []byte { return append(docKey(prefixRecord, doc), '/') }

// PackKey is the pack of a document whose first record is the i-th.
func PackKey(doc canon.DocID, i uint64) []byte { return docNumKey(prefixPack, doc, i) }

// PacksOf is the prefix of a document's packs.
func PacksOf(doc canon.DocID) []byte { return append(docKey(prefixPack, doc), '/') }

// PendingKey is the own envelope n of a document.
func PendingKey(doc canon.DocID, n uint64) []byte { return docNumKey(prefixPending, doc, n) }

// PendingOf is the prefix of a document's own pending envelopes.
func PendingOf(doc canon.DocID) []byte { return append(docKey(prefixPending, doc), '/') }

// SnapshotKey is the cached Automerge snapshot of a document.
func SnapshotKey(doc canon.DocID) []byte { return docKey(prefixSnapshot, doc) }

// GateKey is the cached gate state of a document.
func GateKey(doc canon.DocID) []byte { return docKey(prefixGate, doc) }

// SaltKey is the salt of a document.
func SaltKey(doc canon.DocID) []byte { return docKey(prefixSalt, doc) }

// Salts is what the keys of all salts begin with.
func Salts() []byte { return []byte(prefixSalt) }

// OutboxKey is the outbox entry of envelope n.
func OutboxKey(n uint64) []byte { return numKey(prefixOutbox, n) }

// Outbox is the prefix of the outbox.
func Outbox() []byte { return []byte(prefixOutbox) }

// FeedKey is entry seq of the feed.
func FeedKey(seq uint64) []byte { return numKey(prefixFeed, seq) }

// Feed is the prefix of the feed.
func Feed() []byte { return []byte(prefixFeed) }

// TrayKey is a tray item; ids are drawn so that their order is that of time.
func TrayKey(id uint64) []byte { return numKey(prefixTray, id) }

// Tray is the prefix of the tray.
func Tray() []byte { return []byte(prefixTray) }

// ImportKey is a part of an import batch: i/<batch>/<part>.
func ImportKey(batch [16]byte, part string) []byte {
	return append(ImportOf(batch), part...)
}

// ImportOf is the prefix of one import batch.
func ImportOf(batch [16]byte) []byte {
	return append(docKey(prefixImport, batch), '/')
}

// Imports is the prefix of all import batches.
func Imports() []byte { return []byte(prefixImport) }

// CursorKey is a named cursor.
func CursorKey(name string) []byte { return []byte(prefixCursor + name) }

// CharterKey is charter record seq.
func CharterKey(seq uint64) []byte { return numKey(prefixCharter, seq) }

// CharterRecords is the prefix of the charter.
func CharterRecords() []byte { return []byte(prefixCharter) }

// MarkKey is a named mark. The name has at least two characters, so that no
// mark can stand among the charter records.
func MarkKey(name string) []byte {
	if len(name) < 2 {
		panic("store: mark with a short name")
	}
	return []byte(prefixMark + name)
}

// QuarantineKey is a thing set aside: of a document, by the hash of its bytes.
func QuarantineKey(doc canon.DocID, id canon.Hash) []byte {
	return append(append(docKey(prefixBad, doc), '/'), id[:]...)
}

// Quarantine is the prefix of everything set aside.
func Quarantine() []byte { return []byte(prefixBad) }

// QuarantineOf is the prefix of what was set aside of one document.
func QuarantineOf(doc canon.DocID) []byte { return append(docKey(prefixBad, doc), '/') }

// LedgerKey is ledger entry seq.
func LedgerKey(seq uint64) []byte { return numKey(prefixLedger, seq) }

// Ledger is the prefix of the ledger.
func Ledger() []byte { return []byte(prefixLedger) }

// Number reads the number at the end of a key of a numbered family.
func Number(key []byte) (uint64, error) {
	if len(key) < 8 {
		return 0, fmt.Errorf("key of %d bytes: %w", len(key), ErrCorrupt)
	}
	return binary.BigEndian.Uint64(key[len(key)-8:]), nil
}

// DocOf reads the document from a key of a family that is ordered by it.
func DocOf(key []byte) (canon.DocID, error) {
	const at = len(prefixRecord)
	if len(key) < at+16 {
		return canon.DocID{}, fmt.Errorf("key of %d bytes: %w", len(key), ErrCorrupt)
	}
	return canon.DocID(key[at : at+16]), nil
}

// DocumentFamilies are the prefixes of what makes a document: records, packs
// and own pending envelopes. DocOf reads the document from their keys.
func DocumentFamilies() [][]byte {
	return [][]byte{[]byte(prefixRecord), []byte(prefixPack), []byte(prefixPending)}
}

// Snapshots is the prefix of all cached snapshots.
func Snapshots() []byte { return []byte(prefixSnapshot) }

// Pending is the prefix of all own pending envelopes.
func Pending() []byte { return []byte(prefixPending) }
