// Package repo keeps a device's documents: what the workspace's log accepted,
// what this device wrote and waits for, and what was refused. It is the only
// place where a document changes.
//
// It does not know what fields mean (app/book does), never sees the plaintext
// of a sealed value, opens no connection and reads no clock of its own. The
// layout of what it stores is docs/spec/storage.md.
//
// Invariants:
//
//  1. Every change of state is one transaction of the store. What memory holds
//     beside it is a cache, published after the transaction and never changed.
//  2. Accepted records are entered in the order of the log, judged by the gate
//     at their place (GA1, GA3). Own pending envelopes lie on top of them, so
//     that the accepted document can always be rebuilt (RB1).
//  3. Nothing is announced before it is on disk, and nothing is removed because
//     it could not be read: it goes to quarantine (GA4).
//  4. Bytes reach the C core only after the gate read them, and a document with
//     bytes of others is noted before (PK5).
//  5. Writers run one at a time; readers take published documents and wait for
//     nobody.
package repo

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/store"
)

// The errors that callers tell apart. A refusal by the rules of the gate is a
// *gate.Refusal.
var (
	// ErrNoDocument means that there is no such document here.
	ErrNoDocument = errors.New("no such document")
	// ErrExists means a Create of a document that is there.
	ErrExists = errors.New("the document is there already")
	// ErrNothing means an edit that would change nothing; nothing was written.
	ErrNothing = errors.New("nothing to change")
	// ErrNoCharter means that the charter has not arrived yet.
	ErrNoCharter = errors.New("no charter yet")
	// ErrCharterBehind means log records judged by statements that are not here
	// yet: fetch them first (GA3).
	ErrCharterBehind = errors.New("the charter is behind the log")
	// ErrCharterFork means a valid statement that contradicts the own chain
	// (TR5). Both are kept.
	ErrCharterFork = errors.New("two charters")
	// ErrStatementPending means that another statement was signed for the same
	// place and may be under way (TR3).
	ErrStatementPending = errors.New("another statement is signed already")
	// ErrWorkspace means a store of another workspace or device.
	ErrWorkspace = errors.New("the store belongs to another workspace or device")
	// ErrVersion means a store written by a newer program; nothing was changed.
	ErrVersion = errors.New("the store needs a newer program")
	// ErrFeedTrimmed means that the feed no longer reaches back that far: read
	// all documents anew.
	ErrFeedTrimmed = errors.New("the feed begins later")
)

// Resealer seals a sealed value anew under the newest key version (RB3). It is
// asked during a rebase only, for values whose version is not the newest.
type Resealer interface {
	Reseal(doc canon.DocID, key string, sealed []byte) ([]byte, error)
}

// Config says whose documents these are.
type Config struct {
	Workspace canon.WorkspaceID
	Signer    canon.Signer
	// Rand draws incarnations; nil is crypto/rand.
	Rand io.Reader
	// Now stamps changes; required.
	Now func() time.Time
	// Install is the installation's mark from outside the store (ID5). One that
	// differs from the store's shows a copied directory. Empty: not known.
	Install []byte
	// Resealer may be nil: then sealed values whose key rose go to the list of
	// what was not accepted.
	Resealer Resealer
	// SnapshotEvery is after how many changes the core's form of a document is
	// saved anew; 0 means 64.
	SnapshotEvery int
	// OnWrite, when set, hears the name of each write before it happens; the
	// simulation kills there.
	OnWrite func(WritePoint)
}

// Repo is a device's documents. It is safe for many goroutines. It has no
// goroutine of its own; the store is the caller's to close, after Close.
type Repo struct {
	st  store.Store
	cfg Config
	dev canon.DeviceID

	write sync.Mutex // one writer at a time; guards what follows
	mark  marks
	noted map[canon.DocID]bool // what x/loading names (PK5)
	alike alike

	mu      sync.Mutex // guards what follows; never held over I/O
	chain   *Chain
	forked  bool // an envelope that names another charter is in quarantine (TR5)
	docs    lru
	acked   map[uint64]ack             // own envelopes with a place in the log, not entered yet
	tally   tally                      // of the outbox
	blocked map[canon.DocID]struct{}   // RB2: nothing of them is sent
	proven  map[canon.DocID]canon.Hash // documents that the core has loaded, by their heads
}

// WritePoint names a transaction of the repo.
type WritePoint string

// The write points; the simulation prints kills at each.
const (
	WriteOpen      WritePoint = "open"
	WriteCharter   WritePoint = "charter"
	WriteErase     WritePoint = "erase"
	WriteCreate    WritePoint = "create"
	WriteEdit      WritePoint = "edit"
	WriteBatch     WritePoint = "batch"
	WriteAccept    WritePoint = "accept"
	WriteSettle    WritePoint = "settle"
	WriteRebase    WritePoint = "rebase"
	WriteFork      WritePoint = "fork"
	WriteSalt      WritePoint = "salt"
	WriteTray      WritePoint = "tray"
	WriteLoading   WritePoint = "loading"
	WriteSnapshot  WritePoint = "snapshot"
	WriteAside     WritePoint = "quarantine"
	WriteFeed      WritePoint = "feed"
	WriteStatement WritePoint = "statement"
)

// WritePoints lists all of them.
func WritePoints() []WritePoint {
	return []WritePoint{
		WriteOpen, WriteCharter, WriteErase, WriteCreate, WriteEdit, WriteBatch, WriteAccept, WriteSettle, WriteRebase,
		WriteFork, WriteSalt, WriteTray, WriteLoading, WriteSnapshot, WriteAside, WriteFeed, WriteStatement,
	}
}

// Open opens the documents in st: it replays the charter, finishes what an
// earlier process left half done (loading, erasing), and draws an incarnation
// where ID5 asks for one. The error is of the store, ErrWorkspace, ErrVersion,
// or says which charter record does not verify.
func Open(st store.Store, cfg Config) (*Repo, error) {
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	if cfg.SnapshotEvery == 0 {
		cfg.SnapshotEvery = snapshotEvery
	}
	r := &Repo{
		st: st, cfg: cfg, dev: cfg.Signer.Device(),
		noted: map[canon.DocID]bool{}, chain: &Chain{w: cfg.Workspace}, docs: newLRU(),
		acked: map[uint64]ack{}, blocked: map[canon.DocID]struct{}{}, proven: map[canon.DocID]canon.Hash{},
	}
	r.write.Lock()
	defer r.write.Unlock()
	for _, step := range []func() error{r.openMarks, r.openCharter, r.openForked, r.openOutbox, r.finishLoading, r.finishErase} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("open documents: %w", err)
		}
	}
	return r, nil
}

// Close forgets what was noted for loading. It does not close the store.
func (r *Repo) Close() error {
	r.write.Lock()
	defer r.write.Unlock()
	if len(r.noted) == 0 {
		return nil
	}
	return r.noteLoading(nil)
}

// update is one write transaction.
func (r *Repo) update(p WritePoint, d store.Durability, fn func(store.Tx) error) error {
	if r.cfg.OnWrite != nil {
		r.cfg.OnWrite(p)
	}
	if err := r.st.Update(d, fn); err != nil {
		return fmt.Errorf("write (%s): %w", p, err)
	}
	return nil
}

// Device is the device whose documents these are.
func (r *Repo) Device() canon.DeviceID { return r.dev }

// Workspace is the workspace.
func (r *Repo) Workspace() canon.WorkspaceID { return r.cfg.Workspace }

func (r *Repo) drawIncarnation() (canon.Incarnation, error) {
	var i canon.Incarnation
	if _, err := io.ReadFull(r.cfg.Rand, i[:]); err != nil {
		return i, fmt.Errorf("draw incarnation: %w", err)
	}
	return i, nil
}

// stamp is the time for a change, in the range of WI11.
func (r *Repo) stamp() int64 {
	return min(max(r.cfg.Now().Unix(), 0), change.MaxTime)
}
