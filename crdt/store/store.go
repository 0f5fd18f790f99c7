// Package store keeps a device's bytes in transactions: an ordered map of
// byte keys, one writer at a time, each update whole or not at all.
//
// It knows nothing of documents. What is stored under which key is spelled in
// keys.go (docs/spec/storage.md); the implementations are badgerstore (on
// disk, encrypted) and memstore (tests and simulations), and storetest is the
// one suite that both pass.
package store

import (
	"errors"
	"fmt"
	"time"
)

// Durability says when an update counts as done (ST2).
type Durability uint8

// The two durabilities.
const (
	// Lazy updates reach the disk soon. They survive the end of the process,
	// but a power failure may take the newest of them: for what the relay can
	// send again.
	Lazy Durability = iota
	// Synced updates are on disk before Update returns, with every update
	// before them: own edits, outbox, charter, tray, ledger.
	Synced
)

// String names the durability.
func (d Durability) String() string {
	if d == Synced {
		return "synced"
	}
	return "lazy"
}

// Store is an ordered map of bytes. It is safe for many goroutines.
type Store interface {
	// View calls fn with the state as of now. What fn sees does not change
	// while it runs; Put and Delete return ErrReadOnly.
	View(fn func(Tx) error) error
	// Update calls fn and writes all that it put, or nothing when fn or the
	// write fails. Updates run one after another; fn must not call the store.
	// After an error of the write itself (not of fn) other than ErrTooBig
	// and ErrDiskFull the outcome is open: the caller reads what is there.
	Update(d Durability, fn func(Tx) error) error
	// Size is about how many bytes the store takes on its medium.
	Size() (int64, error)
	// Close ends the store after the running calls; later calls return
	// ErrClosed. What was lazy is written.
	Close() error
}

// Tx is one transaction. It ends with the function it was given to.
type Tx interface {
	// Get returns a copy of the value, or ErrNotFound.
	Get(key []byte) ([]byte, error)
	// Put sets the value; both slices are copied.
	Put(key, value []byte) error
	// Delete removes the key; one that is absent is no error.
	Delete(key []byte) error
	// Scan calls fn for each key with the prefix that is not below from (nil:
	// from the first), in order of bytes, with what this transaction put so
	// far. The slices are valid during the call only. fn may Get, Put and
	// Delete but not Scan; ErrStop from it ends the scan without an error.
	Scan(prefix, from []byte, fn func(key, value []byte) error) error
	// Keys is Scan without the values: quicker, and a damaged value does not
	// stop it.
	Keys(prefix, from []byte, fn func(key []byte) error) error
}

// The errors that callers tell apart.
var (
	// ErrNotFound means that there is no such key.
	ErrNotFound = errors.New("not in the store")
	// ErrStop ends a Scan early; Scan then returns nil.
	ErrStop = errors.New("stop the scan")
	// ErrReadOnly means Put or Delete in a View.
	ErrReadOnly = errors.New("the transaction only reads")
	// ErrTooBig means that an update holds more than one transaction can.
	// Nothing was written; the caller writes in smaller parts.
	ErrTooBig = errors.New("too much for one transaction")
	// ErrDiskFull means that the disk has no room left. Nothing was written.
	ErrDiskFull = errors.New("the disk is full")
	// ErrWrongKey means that the store was made with another key. Nothing
	// was changed.
	ErrWrongKey = errors.New("the key does not fit this store")
	// ErrCorrupt means that bytes on disk are damaged. Nothing was removed.
	ErrCorrupt = errors.New("the store is damaged")
	// ErrClosed means a call after Close.
	ErrClosed = errors.New("the store is closed")
	// ErrLocked means that another process has the directory open; the error
	// returned is a *LockedError.
	ErrLocked = errors.New("the store is open elsewhere")
)

// LockedError says who has the store open. It is ErrLocked to errors.Is.
type LockedError struct {
	PID   int       // 0 when the owner left no word
	Host  string    // the owner's computer
	Since time.Time // when the owner opened it
}

// Error names the process.
func (e *LockedError) Error() string {
	return fmt.Sprintf("the store is open in process %d on %q since %s", e.PID, e.Host, e.Since.UTC().Format(time.RFC3339))
}

// Is makes the error an ErrLocked.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// DamagedError names the file that is damaged. It is ErrCorrupt to errors.Is.
type DamagedError struct {
	File string // in the directory that was to be opened, with slashes
	Why  error  // may be nil
}

// Error names the file.
func (e *DamagedError) Error() string {
	if e.Why == nil {
		return e.File + " is damaged"
	}
	return e.File + " is damaged: " + e.Why.Error()
}

// Is makes the error an ErrCorrupt.
func (e *DamagedError) Is(target error) bool { return target == ErrCorrupt }

// Unwrap gives what was found.
func (e *DamagedError) Unwrap() error { return e.Why }

// GetOr is Get with nil instead of ErrNotFound.
func GetOr(tx Tx, key []byte) ([]byte, error) {
	b, err := tx.Get(key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return b, err
}

// Has tells whether the key is there.
func Has(tx Tx, key []byte) (bool, error) {
	_, err := tx.Get(key)
	if errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// FirstKey is the first key with the prefix that is not below from, or
// ErrNotFound.
func FirstKey(tx Tx, prefix, from []byte) (key []byte, err error) {
	err = tx.Keys(prefix, from, func(k []byte) error {
		key = append([]byte(nil), k...)
		return ErrStop
	})
	if err == nil && key == nil {
		err = ErrNotFound
	}
	return key, err
}
