// Package workspace opens one workspace: keys, store, documents, charter,
// section keys, book, index and, where a relay is known, the link to it. It is
// the one place where these meet: the window, tongcectl and the end-to-end
// tests all stand on it.
//
// Invariants:
//
//  1. A missing or wrong secret refuses and never resets (KF5); whatever could
//     not be read is set aside under a name that says so.
//  2. When a local write returns, it is on disk and in the index.
//  3. What came from others is in the index soon after, by the goroutine that
//     Close waits for; the feed of the store says where to go on after a kill.
//  4. Sealed plaintext reaches the index as keyed hashes only (LO1, SE5).
package workspace

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
)

// The errors beside those of the packages below.
var (
	// ErrNoWorkspace means that the directory holds none.
	ErrNoWorkspace = errors.New("no workspace here")
	// ErrExists means that the directory already holds one.
	ErrExists = errors.New("a workspace is already here")
	// ErrShared means that a relay holds the workspace already.
	ErrShared = errors.New("a relay holds it already")
	// ErrUnfinished means a join that the relay has not confirmed: the same
	// invite finishes it.
	ErrUnfinished = errors.New("joining was not finished")
	// ErrName means a company, member, department or device name that ID6 does
	// not allow.
	ErrName = errors.New("not a name")
	// ErrRole means that there is no such role.
	ErrRole = errors.New("no such role")
	// ErrInviteRole means a role that no invite gives (IN5).
	ErrInviteRole = errors.New("no invite gives this role")
	// ErrMayNotInvite means that who asks for an invite may not administer.
	ErrMayNotInvite = errors.New("inviting is not allowed")
)

// The directories of a workspace beside its key file.
const (
	storeDir = "store"
	indexDir = "index"
)

// Workspace is an open workspace. It is safe for use by several goroutines;
// its owner calls Close.
type Workspace struct {
	// Book reads and writes customers; its writes are in the index when they
	// return.
	Book *Book
	// Index lists and searches. Nobody else applies anything to it.
	Index  *index.Index
	Schema *schema.Schema
	// Import brings sheets in.
	Import *Import
	// Link is the exchange with the relay: its status, and nudging it. Connect
	// and Sync run it.
	Link *link.Link

	dir   string
	deps  Deps
	keys  *keychain.Keys
	store *badgerstore.Store
	repo  *repo.Repo
	ring  *seal.Ring
	// setAside names an index file that could not be used, or is empty.
	setAside string
	// previous tells that the keys were opened from keys.tc.old.
	previous bool

	events *hub
	follow *follower

	admin      sync.Mutex                    // one statement at a time
	own        sync.Mutex                    // held while the device adds to the charter by itself (TR2)
	named      atomic.Pointer[charter.Relay] // the relay that is to be the first, while none was met
	escrowing  sync.Mutex                    // held while keys.tc is brought to the charter's kit
	connect    sync.Once
	disconnect context.CancelFunc
	running    atomic.Bool
	linked     sync.WaitGroup
	close      sync.Once
}

// Repo is the documents, for what the book has no use case for: the outbox,
// what was set aside.
func (w *Workspace) Repo() *repo.Repo { return w.repo }

// Dir is the data directory.
func (w *Workspace) Dir() string { return w.dir }

// ID is the workspace's id.
func (w *Workspace) ID() canon.WorkspaceID { return w.repo.Workspace() }

// Device is this device's id.
func (w *Workspace) Device() canon.DeviceID { return w.repo.Device() }

// Charter is the charter's newest state.
func (w *Workspace) Charter() *charter.State { return w.repo.Charter().State() }

// Keys say how the key file is protected.
func (w *Workspace) Keys() keychain.Info { return w.keys.Info() }

// SetAside names an index file that could not be used when this workspace was
// opened, or is empty.
func (w *Workspace) SetAside() string { return w.setAside }

// Size is the bytes of the store.
func (w *Workspace) Size() (int64, error) {
	n, err := w.store.Size()
	if err != nil {
		return 0, fmt.Errorf("size of the store: %w", err)
	}
	return n, nil
}

// Me is the member at this device.
func (w *Workspace) Me() book.Named { return w.Book.Person(w.Device()) }

// Fields are what the index holds of the schema's fields.
func Fields(s *schema.Schema) []index.Field {
	var out []index.Field
	for _, f := range s.Fields() {
		if f.Type == schema.TypeLong || f.Type == schema.TypeEntries {
			continue
		}
		out = append(out, index.Field{ID: f.ID, Kind: kindOf(f), Sealed: f.Sealed})
	}
	return out
}

func kindOf(f schema.Field) index.Kind {
	switch f.Type {
	case schema.TypeChoice, schema.TypeProvince, schema.TypeCity, schema.TypeDistrict:
		return index.Choice
	case schema.TypeDate:
		return index.Date
	case schema.TypeAmount:
		return index.Amount
	default:
		return index.Text
	}
}

// Close ends the link, the follower, the index, the store and the keys, in
// that order, and waits for each. It may be called twice.
func (w *Workspace) Close() error {
	var err error
	w.close.Do(func() {
		if w.Link != nil {
			w.connect.Do(func() {}) // from here on Connect does nothing
			if w.disconnect != nil {
				w.disconnect()
			}
			err = w.Link.Close()
			w.linked.Wait()
		}
		if w.follow != nil {
			w.follow.close()
		}
		if w.events != nil {
			w.events.close()
		}
		if w.Index != nil {
			err = errors.Join(err, w.Index.Close())
		}
		if w.repo != nil {
			err = errors.Join(err, w.repo.Close())
		}
		if w.store != nil {
			err = errors.Join(err, w.store.Close())
		}
		if w.keys != nil {
			w.keys.Close()
		}
	})
	return err
}

// mark reads a mark of the workspace itself; nil where it was never set.
func (w *Workspace) mark(name string) (b []byte, err error) {
	err = w.store.View(func(tx store.Tx) error {
		b, err = store.GetOr(tx, store.MarkKey(name))
		return err
	})
	return b, err
}

func (w *Workspace) setMark(name string, b []byte) error {
	return w.store.Update(store.Synced, func(tx store.Tx) error { return tx.Put(store.MarkKey(name), b) })
}

// Verify rechecks what is on disk: every record of every document through the
// gate, the charter, and that the index has what the documents have. progress
// may be nil.
func (w *Workspace) Verify(ctx context.Context, progress func(done, all int)) ([]repo.Problem, error) {
	return w.verify(ctx, progress)
}
