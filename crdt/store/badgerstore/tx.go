package badgerstore

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"syscall"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/y"

	"tongce/crdt/store"
)

var errScan = errors.New("scan inside a scan of an update")

type tx struct {
	txn      *badger.Txn
	writes   bool
	scanning bool
}

// Get implements store.Tx.
func (t *tx) Get(key []byte) ([]byte, error) {
	item, err := t.txn.Get(key)
	if err != nil {
		return nil, typed(err)
	}
	b, err := item.ValueCopy(nil)
	if err != nil {
		return nil, typed(err)
	}
	return unframe(key, b)
}

// Put implements store.Tx.
func (t *tx) Put(key, value []byte) error {
	if !t.writes {
		return store.ErrReadOnly
	}
	// Badger keeps the slices until the commit.
	return typed(t.txn.Set(bytes.Clone(key), frame(key, value)))
}

// Delete implements store.Tx.
func (t *tx) Delete(key []byte) error {
	if !t.writes {
		return store.ErrReadOnly
	}
	return typed(t.txn.Delete(bytes.Clone(key)))
}

// Scan implements store.Tx.
func (t *tx) Scan(prefix, from []byte, fn func(k, v []byte) error) error {
	return t.iterate(prefix, from, !t.writes, func(item *badger.Item) error {
		return item.Value(func(v []byte) error {
			v, err := unframe(item.Key(), v)
			if err != nil {
				return err
			}
			return own(fn(item.Key(), v))
		})
	})
}

// Keys implements store.Tx.
func (t *tx) Keys(prefix, from []byte, fn func(k []byte) error) error {
	return t.iterate(prefix, from, false, func(item *badger.Item) error { return own(fn(item.Key())) })
}

func (t *tx) iterate(prefix, from []byte, prefetch bool, fn func(*badger.Item) error) error {
	if t.writes {
		// Badger takes one iterator at a time in a transaction that writes.
		if t.scanning {
			return errScan
		}
		t.scanning = true
		defer func() { t.scanning = false }()
	}
	o := badger.DefaultIteratorOptions
	o.Prefix = prefix
	o.PrefetchSize = 32
	o.PrefetchValues = prefetch
	it := t.txn.NewIterator(o)
	defer it.Close()
	start := prefix
	if bytes.Compare(from, prefix) > 0 {
		start = from
	}
	for it.Seek(start); it.ValidForPrefix(prefix); it.Next() {
		err := fn(it.Item())
		if err == nil {
			continue
		}
		if c, ok := errors.AsType[*callerError](err); ok {
			if errors.Is(c.err, store.ErrStop) {
				return nil
			}
			return c.err
		}
		return typed(err)
	}
	return nil
}

// castagnoli is the polynomial of the sum behind each value.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// frame puts a sum over key and value behind the value (ST5). Badger answers a
// damaged value with an empty one and no error, and its encryption does not
// notice changed bits.
func frame(key, value []byte) []byte {
	b := make([]byte, 0, len(value)+4)
	return binary.BigEndian.AppendUint32(append(b, value...), sum(key, value))
}

func sum(key, value []byte) uint32 {
	return crc32.Update(crc32.Checksum(key, castagnoli), castagnoli, value)
}

func unframe(key, b []byte) ([]byte, error) {
	n := len(b) - 4
	if n < 0 || binary.BigEndian.Uint32(b[n:]) != sum(key, b[:n]) {
		return nil, store.ErrCorrupt
	}
	return b[:n:n], nil
}

// callerError keeps an error of the caller's function apart from Badger's.
type callerError struct{ err error }

func (e *callerError) Error() string { return e.err.Error() }

func own(err error) error {
	if err == nil {
		return nil
	}
	return &callerError{err}
}

// typed turns Badger's and the system's errors into those of the contract.
func typed(err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrCorrupt):
		return err
	case errors.Is(err, badger.ErrKeyNotFound):
		return store.ErrNotFound
	case errors.Is(err, badger.ErrTxnTooBig):
		return store.ErrTooBig
	case errors.Is(err, badger.ErrDBClosed), errors.Is(err, badger.ErrBlockedWrites):
		return store.ErrClosed
	case errors.Is(err, badger.ErrEncryptionKeyMismatch):
		return store.ErrWrongKey
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return store.ErrDiskFull
	case damaged(err):
		return fmt.Errorf("%w: %w", store.ErrCorrupt, err)
	}
	return err
}

// damaged recognises what Badger says about bytes that are not what it wrote.
// Part of it has no sentinel; the texts are pinned with the version by a test
// that damages each kind of file.
func damaged(err error) bool {
	if errors.Is(err, y.ErrChecksumMismatch) || errors.Is(err, badger.ErrTruncateNeeded) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return true
	}
	text := strings.ToLower(err.Error())
	for _, s := range []string{"checksum", "magic", "manifest", "corrupt", "file does not exist for table", "sst", "unmarshal", "crc", "datakey", "key registry", "sanity text", "create a new file"} {
		if strings.Contains(text, s) {
			return true
		}
	}
	return false
}
