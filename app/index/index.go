// Package index is the read model behind list, search and filter: what each
// customer shows, kept in an encrypted SQLite file and, column by column, in
// memory.
//
// It decides nothing and holds no sealed plaintext: for a sealed field it has
// the masked form, if the member's role may see that, and keyed hashes to look
// values up by (LO1). It can be thrown away at any time; the caller feeds it
// again from sequence 0. Invariants:
//
//  1. A customer is in memory only after it is in SQLite.
//  2. The applied sequence stands in the same SQLite transaction as the rows
//     it counts, so a crash repeats work and never skips any.
//  3. A file that is old, damaged or of another key is set aside by Open under
//     a name that says so, never deleted, and an empty one takes its place.
package index

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"
	"sync"

	"tongce/crdt/canon"
)

// Version is written into the file; another one means: rebuild. 3: equal values
// of a field are counted once (DO18).
const Version = 3

// MaxLimit is the longest page that List gives.
const MaxLimit = 500

// ErrClosed is returned after Close.
var ErrClosed = errors.New("the index is closed")

// Kind says how a field's values compare.
type Kind uint8

// The kinds of fields.
const (
	Text   Kind = iota // compared by pinyin
	Choice             // few different values
	Date               // 2006-01-02: compared as text
	Amount             // compared as a number
)

// Field describes one column.
type Field struct {
	ID     string
	Kind   Kind
	Sealed bool
}

// Config says what the index holds.
type Config struct {
	// Fields in a fixed order; another list means: rebuild.
	Fields []Field
	// Key encrypts the file; Lookup keys the hashes of sealed values (LO1).
	Key, Lookup [32]byte
}

// Value is one field of a customer as the list shows it.
type Value struct {
	// Text is the canonical value, or the masked form of a sealed one.
	Text string
	// Others counts further live values beside the leading one.
	Others int
	// Flag is a quality code to look at, or empty.
	Flag string
}

// Customer is everything the index knows of one customer.
type Customer struct {
	ID     canon.DocID
	Person bool
	// Deleted customers are in the recycle bin only.
	Deleted bool
	// Pending is true while the relay has not taken all changes.
	Pending bool
	// Created and Changed are Unix milliseconds.
	Created, Changed int64
	Values           map[string]Value
	// Search is further text to find it by: tags, notes.
	Search string
	// Batches are the imports that touched it.
	Batches []string
	// Keys are what it can be looked up by exactly.
	Keys []Key
}

// Key is a keyed hash of something exact: a number, a code, a name.
type Key [8]byte

// KeyKind keeps hashes of different things apart.
type KeyKind string

// What customers are looked up by.
const (
	ByName  KeyKind = "name"
	ByUSCC  KeyKind = "uscc"
	ByPhone KeyKind = "phone"
	ByLast4 KeyKind = "last4"
	ByID    KeyKind = "id"
	ByRow   KeyKind = "row" // of a file that was imported
)

// KeyOf is the lookup key of a value in its normal form; a sealed field's
// `is` filter uses the field's id as kind. The hash is keyed on the device and
// never leaves it (LO1).
func (x *Index) KeyOf(kind KeyKind, normal string) Key {
	mac := x.macs.Get().(hash.Hash) //nolint:forcetypeassert // the pool makes nothing else
	defer x.macs.Put(mac)
	mac.Reset()
	var room [128]byte
	b := append(canon.AppendLP(room[:0], []byte(kind)), normal...)
	_, _ = mac.Write(b)
	return Key(mac.Sum(room[:0])[:8])
}

// Index is safe for use by several goroutines.
type Index struct {
	macs   sync.Pool // of keyed hashes for KeyOf
	fields []Field
	byID   map[string]int

	writing sync.Mutex // one Apply at a time; before mu
	db      *database

	mu     sync.RWMutex
	table  *table
	closed bool
}

// Open opens or makes the index in dir, which must exist, and reads it into
// memory. setAside names a file that could not be used, or is empty. Close the
// index when done.
func Open(ctx context.Context, dir string, cfg Config) (x *Index, setAside string, err error) {
	db, setAside, err := openDatabase(ctx, dir, cfg)
	if err != nil {
		return nil, setAside, err
	}
	x = &Index{fields: cfg.Fields, byID: map[string]int{}, db: db}
	x.macs.New = func() any { return hmac.New(sha256.New, cfg.Lookup[:]) }
	for i, f := range cfg.Fields {
		x.byID[f.ID] = i
	}
	x.table = newTable(cfg.Fields)
	if err := db.each(ctx, x.table.load); err != nil {
		// Readable enough to open and not to read: the same as damaged.
		if aside, again := db.startAgain(ctx, dir, cfg); again == nil {
			x.table = newTable(cfg.Fields)
			return x, aside, nil
		}
		return nil, setAside, errors.Join(err, db.close())
	}
	return x, setAside, nil
}

// Applied is the sequence that the last Apply brought the index to.
func (x *Index) Applied() uint64 { return x.db.applied.Load() }

// Len is how many customers the index holds, deleted ones included.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.table.len()
}

// Apply brings the index to a sequence: puts replace or add customers, drops
// remove others, and settled are those of which nothing is new but that they are
// no longer pending. All or nothing of it is on disk when it returns.
func (x *Index) Apply(ctx context.Context, applied uint64, puts []Customer, drops []canon.DocID, settled ...canon.DocID) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.isClosed() {
		return ErrClosed
	}
	c := changes{applied: applied, puts: make([]record, len(puts))}
	for i := range puts {
		c.puts[i] = encode(&puts[i], x.fields)
	}
	x.places(&c, drops, settled)
	if err := x.db.apply(ctx, c); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, rec := range c.puts {
		if err := x.table.put(rec); err != nil {
			return err
		}
	}
	for _, id := range drops {
		x.table.drop(id)
	}
	for _, row := range c.settled {
		x.table.flags[row] &^= flagPending
	}
	x.table.compact()
	return nil
}

// places says which rows of the file change.
func (x *Index) places(c *changes, drops, settled []canon.DocID) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	c.at = x.table.places(c.puts)
	for _, id := range drops {
		if row, ok := x.table.rows[id]; ok {
			c.gone = append(c.gone, row)
		}
	}
	for _, id := range settled {
		if row, ok := x.table.rows[id]; ok && x.table.flags[row]&flagPending != 0 {
			c.settled, c.flags = append(c.settled, row), append(c.flags, x.table.flags[row]&^flagPending)
		}
	}
}

// Clear empties the index and sets the applied sequence to 0, before the
// caller feeds everything again.
func (x *Index) Clear(ctx context.Context) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.isClosed() {
		return ErrClosed
	}
	if err := x.db.clear(ctx); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.table = newTable(x.fields)
	return nil
}

// Lookup gives the customers that have the key, deleted ones left out.
func (x *Index) Lookup(k Key) []canon.DocID {
	x.mu.RLock()
	defer x.mu.RUnlock()
	var ids []canon.DocID
	for _, row := range x.table.withKey(k) {
		if x.table.flags[row]&flagDeleted == 0 {
			ids = append(ids, x.table.ids[row])
		}
	}
	return ids
}

// Customer gives one customer as the index has it.
func (x *Index) Customer(id canon.DocID) (Customer, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	row, ok := x.table.rows[id]
	if !ok {
		return Customer{}, false
	}
	return x.table.customer(row), true
}

// Close releases the file and the memory. It may be called twice.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	closed := x.closed
	x.closed = true
	x.table = newTable(x.fields)
	x.mu.Unlock()
	if closed {
		return nil
	}
	return x.db.close()
}

func (x *Index) isClosed() bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.closed
}
