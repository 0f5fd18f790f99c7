// Package badgerstore is store.Store on disk: Badger, encrypted with a 32-byte
// key, in one directory that one process has open at a time.
//
// Everything that Badger writes is encrypted with AES in counter mode. That
// keeps readers out; it does not notice changed bits by itself, so checksums
// are verified on every read.
package badgerstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	badger "github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"tongce/crdt/store"
)

// Options say how to open a store.
type Options struct {
	Dir string   // made when it is not there, readable by its owner only
	Key [32]byte // encrypts everything (trust.md KF1)

	// Now stamps the owner file; required.
	Now func() time.Time
	// Reserve is the free space below which updates are refused with
	// ErrDiskFull; 0 is DefaultReserve. Badger writes through mapped files: a
	// disk that runs full under it would end the process, so the room for all
	// that one update can set off is asked for beforehand.
	Reserve uint64
	// GCEvery is the time between collections of the value log; 0 is 10
	// minutes.
	GCEvery time.Duration
}

// DefaultReserve covers the files that Badger may still grow: two memory
// tables, a value log, and the tables of one compaction.
const DefaultReserve = 128 << 20

const (
	// Badger builds a table in blocks of memory that it keeps, eight times three
	// to seven times the size of the largest table that it ever wrote: tables are
	// of one size in every level (settings).
	memTable = 4 << 20
	valueLog = 16 << 20
	// Ids are random, so a level that is full is written into all of the next
	// one: the wider it is, the less often. What is written anew and what it takes
	// the place of are mapped side by side, which bounds it. Level zero is as wide:
	// eight tables of memory go into the next one together.
	wideLevel  = 32 << 20
	zeroTables = 8
	tableSize  = 2 << 20
	inline     = 8 << 10 // values up to here lie beside their keys (docs/adr/0033)
)

var _ store.Store = (*Store)(nil)

// Store is an open directory. It is safe for many goroutines; its owner calls
// Close, which waits for the collector.
type Store struct {
	db      *badger.DB
	dir     string
	reserve uint64
	room    ballast
	lock    *dirLock

	write  sync.Mutex   // one update at a time
	life   sync.RWMutex // held by calls, taken whole by Close
	closed bool

	damaged atomic.Bool // Verify found something

	stop context.CancelFunc
	done chan struct{}
}

// Open opens or makes the store. Another opener gets a *store.LockedError, a
// key that does not fit store.ErrWrongKey with nothing changed, damaged files
// store.ErrCorrupt with nothing removed, a *store.DamagedError where it is known
// which.
func Open(o Options) (*Store, error) {
	if o.Reserve == 0 {
		o.Reserve = DefaultReserve
	}
	if o.GCEvery == 0 {
		o.GCEvery = 10 * time.Minute
	}
	dir := filepath.Join(o.Dir, "db")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make store: %w", typed(err))
	}
	lock, err := lockDir(o.Dir, o.Now())
	if err != nil {
		return nil, err
	}
	room := ballastIn(o.Dir)
	db, touched, err := openChecked(dir, o, room, lock.died)
	if err != nil {
		return nil, errors.Join(err, lock.release(!lock.died && !touched))
	}
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{db: db, dir: dir, reserve: o.Reserve, room: room, lock: lock, stop: stop, done: make(chan struct{})}
	go s.collect(ctx, o.GCEvery)
	return s, nil
}

// openChecked opens the files when nothing of them would be lost by it. touched
// tells that Badger failed after it had made files, which may be half made, as
// those of a process that dies.
func openChecked(dir string, o Options, room ballast, died bool) (_ *badger.DB, touched bool, err error) {
	if err := errors.Join(roomFor(dir, o.Reserve), room.place()); err != nil {
		return nil, false, err
	}
	set, aside := settings(dir, o.Key), filepath.Join(o.Dir, "aside")
	if logs, err := filepath.Glob(filepath.Join(dir, "*.mem")); err == nil && len(logs) > 0 {
		died = true // closing leaves none; a full disk may have kept the owner file from being written
	}
	list, err := readList(set)
	if err == nil {
		err = errors.Join(checkUnlisted(set, list, died), checkTables(set, list))
	}
	if err == nil {
		err = checkEmpty(dir, aside, died)
	}
	if err == nil {
		err = keepTails(dir, aside)
	}
	if err != nil {
		return nil, false, fmt.Errorf("open store: %w", typed(err))
	}
	before, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		return nil, false, fmt.Errorf("open store: %w", err)
	}
	db, err := badger.Open(set)
	if err != nil {
		after, listErr := filepath.Glob(filepath.Join(dir, "*"))
		return nil, listErr != nil || !slices.Equal(before, after), fmt.Errorf("open store: %w", typed(err))
	}
	return db, false, nil
}

// settings are Badger's options for a desktop: 250 MB of address space less
// than its defaults, and small files, because on Windows every file is as
// large as it may become from the start.
func settings(dir string, key [32]byte) badger.Options {
	o := badger.DefaultOptions(dir).
		WithLogger(nil).
		WithEncryptionKey(key[:]).
		WithIndexCacheSize(16 << 20). // must not be 0 with encryption
		WithBlockCacheSize(16 << 20).
		WithMemTableSize(memTable).
		WithNumMemtables(2).
		WithNumLevelZeroTables(zeroTables).
		WithNumLevelZeroTablesStall(2 * zeroTables).
		WithBaseLevelSize(wideLevel).
		WithBaseTableSize(tableSize).
		WithValueLogFileSize(valueLog).
		WithValueThreshold(inline).
		WithNumCompactors(2).
		WithCompression(options.Snappy). // zstd took a quarter of the time of an import
		WithSyncWrites(true).            // docs/adr/0087
		WithDetectConflicts(false).
		// lockDir decides who may open. Badger's own lock is given back by closing
		// its file only, and a process that is being started keeps every file of
		// this one open for a moment: the store could not be opened again at once.
		WithBypassLockGuard(true).
		WithNumVersionsToKeep(1)
	o.TableSizeMultiplier = 1
	o.VerifyValueChecksum = true
	o.ChecksumVerificationMode = options.OnBlockRead
	o.MetricsEnabled = false
	return o
}

func (s *Store) enter() error {
	s.life.RLock()
	if s.closed {
		s.life.RUnlock()
		return store.ErrClosed
	}
	return nil
}

// View implements store.Store.
func (s *Store) View(fn func(store.Tx) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.life.RUnlock()
	txn := s.db.NewTransaction(false)
	defer txn.Discard()
	return fn(&tx{txn: txn})
}

// Update implements store.Store. Lazy updates are on disk as well when it
// returns (docs/adr/0087).
func (s *Store) Update(_ store.Durability, fn func(store.Tx) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.life.RUnlock()
	if s.damaged.Load() {
		return store.ErrCorrupt
	}
	s.write.Lock()
	defer s.write.Unlock()
	if err := roomFor(s.dir, s.reserve); err != nil {
		return err
	}
	txn := s.db.NewTransaction(true)
	defer txn.Discard()
	if err := fn(&tx{txn: txn, writes: true}); err != nil {
		return err
	}
	if err := txn.Commit(); err != nil {
		return fmt.Errorf("write store: %w", typed(err))
	}
	return nil
}

// Size implements store.Store: the bytes of the files.
func (s *Store) Size() (int64, error) {
	var sum int64
	err := filepath.WalkDir(s.dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // compacted away meanwhile
		}
		if err == nil {
			sum += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("size of store: %w", err)
	}
	return sum, nil
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.stop() // before the lock: the collector may be inside Verify
	<-s.done
	s.life.Lock()
	defer s.life.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	if roomFor(s.dir, ballastSize) != nil {
		if err := s.room.drop(); err != nil {
			return errors.Join(fmt.Errorf("close store: %w", err), s.lock.release(false))
		}
	}
	err := s.db.Close()
	if err != nil {
		err = fmt.Errorf("close store: %w", typed(err))
	}
	return errors.Join(err, s.lock.release(err == nil))
}

// Verify reads every table and compares its checksums: ErrCorrupt names the
// first damage. From then on every update is refused with it, because Badger
// takes a damaged table for one without keys.
func (s *Store) Verify() (err error) {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.life.RUnlock()
	defer func() {
		if r := recover(); r != nil { // Badger follows damaged offsets
			err = fmt.Errorf("verify store: %w", store.ErrCorrupt)
		}
		if err != nil {
			s.damaged.Store(true)
		}
	}()
	if err := s.db.VerifyChecksum(); err != nil {
		return fmt.Errorf("verify store: %w", store.ErrCorrupt)
	}
	return nil
}

// collect gives space of the value log back until the store closes.
func (s *Store) collect(ctx context.Context, every time.Duration) {
	defer close(s.done)
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			for ctx.Err() == nil && roomFor(s.dir, s.reserve) == nil {
				// ErrNoRewrite is the usual end; any other error is met
				// again by whoever reads, with an id.
				if s.db.RunValueLogGC(0.5) != nil {
					break
				}
			}
		}
	}
}
