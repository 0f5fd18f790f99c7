// Package memstore is store.Store in memory, for tests and simulations. It
// crashes where it is told to: CrashAt makes one write point fail, and Reopen
// gives the store as a device would find it after the power came back.
package memstore

import (
	"bytes"
	"errors"
	"sync"

	"tongce/crdt/store"
)

// MaxTx is how many bytes one update may put; it is near what badgerstore
// takes, so that a simulation meets ErrTooBig too.
const MaxTx = 1 << 20

// ErrCrashed is what every call returns once the store has crashed.
var ErrCrashed = errors.New("the device crashed here")

var (
	errPast = errors.New("past the prefix")
	errScan = errors.New("scan inside a scan of an update")
)

var _ store.Store = (*Store)(nil)

// Store is the store in memory. It is safe for many goroutines.
type Store struct {
	write sync.Mutex // one update at a time

	mu      sync.Mutex // guards what follows
	head    *node      // with lazy updates
	durable *node      // what a power failure leaves
	size    int64
	points  int // write points passed
	crashAt int // 0: never
	crashed bool
	closed  bool
}

// New returns an empty store.
func New() *Store { return &Store{} }

// Clone is an independent store with the same content: the copied disk of
// EN5. It has no crash planned.
func (s *Store) Clone() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	return &Store{head: s.head, durable: s.durable, size: s.size}
}

// CrashAt makes the n-th write point from now the end of this store: that call
// and all later ones return ErrCrashed. Each update has two points: an odd one
// just before its data are written and an even one just after, when they are
// written but the caller has not heard so. CrashAt(0) plans no crash.
func (s *Store) CrashAt(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.points, s.crashAt = 0, n
}

// Points is how many write points were passed since New or CrashAt.
func (s *Store) Points() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.points
}

// Crashed tells whether the planned crash has happened.
func (s *Store) Crashed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.crashed
}

// Reopen is the store after a crash: with the lazy updates since the last
// synced one when keepLazy (the process died), without them otherwise (the
// power failed). s itself stays as it is.
func (s *Store) Reopen(keepLazy bool) *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	root := s.durable
	if keepLazy {
		root = s.head
	}
	return &Store{head: root, durable: root, size: s.size}
}

// point counts a write point and tells whether the device dies there.
func (s *Store) point() bool {
	s.points++
	if s.crashAt != 0 && s.points == s.crashAt {
		s.crashed = true
	}
	return s.crashed
}

func (s *Store) enter() (*node, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.crashed:
		return nil, ErrCrashed
	case s.closed:
		return nil, store.ErrClosed
	}
	return s.head, nil
}

// View implements store.Store.
func (s *Store) View(fn func(store.Tx) error) error {
	root, err := s.enter()
	if err != nil {
		return err
	}
	return fn(&tx{root: root})
}

// Update implements store.Store.
func (s *Store) Update(d store.Durability, fn func(store.Tx) error) error {
	s.write.Lock()
	defer s.write.Unlock()
	root, err := s.enter()
	if err != nil {
		return err
	}
	t := &tx{root: root, writes: true}
	if err := fn(t); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.root == root {
		return nil
	}
	if s.point() {
		return ErrCrashed
	}
	s.head = t.root
	s.size += t.size
	if d == store.Synced {
		s.durable = s.head
	}
	if s.point() {
		return ErrCrashed
	}
	return nil
}

// Size implements store.Store: the bytes written so far.
func (s *Store) Size() (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.size, nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.write.Lock()
	defer s.write.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.crashed {
		s.durable = s.head
	}
	s.closed = true
	return nil
}

type tx struct {
	root     *node
	writes   bool
	scanning bool
	size     int64
}

// Get implements store.Tx.
func (t *tx) Get(key []byte) ([]byte, error) {
	v, ok := get(t.root, key)
	if !ok {
		return nil, store.ErrNotFound
	}
	return bytes.Clone(v), nil
}

// Put implements store.Tx.
func (t *tx) Put(key, value []byte) error {
	if !t.writes {
		return store.ErrReadOnly
	}
	if t.size += int64(len(key) + min(len(value), 8<<10)); t.size > MaxTx {
		return store.ErrTooBig
	}
	t.root = put(t.root, bytes.Clone(key), append([]byte{}, value...))
	return nil
}

// Delete implements store.Tx.
func (t *tx) Delete(key []byte) error {
	if !t.writes {
		return store.ErrReadOnly
	}
	t.root = remove(t.root, key)
	return nil
}

// Keys implements store.Tx.
func (t *tx) Keys(prefix, from []byte, fn func(k []byte) error) error {
	return t.Scan(prefix, from, func(k, _ []byte) error { return fn(k) })
}

// Scan implements store.Tx.
func (t *tx) Scan(prefix, from []byte, fn func(k, v []byte) error) error {
	if t.writes {
		if t.scanning {
			return errScan
		}
		t.scanning = true
		defer func() { t.scanning = false }()
	}
	start := prefix
	if bytes.Compare(from, prefix) > 0 {
		start = from
	}
	err := walk(t.root, prefix, start, fn)
	if errors.Is(err, errPast) || errors.Is(err, store.ErrStop) {
		return nil
	}
	return err
}
