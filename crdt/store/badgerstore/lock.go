package badgerstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"tongce/crdt/store"
)

// dirLock is the right to open a directory. The system's lock on `lock` decides
// and ends with the process; `owner` beside it only says whom to ask, in a file
// of its own because a locked file cannot be read on Windows.
type dirLock struct {
	fl    *flock.Flock
	owner string
	died  bool // the process that had the directory open before ended without closing it
}

type ownerFile struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

func lockDir(dir string, now time.Time) (*dirLock, error) {
	fl := flock.New(filepath.Join(dir, "lock"), flock.SetPermissions(0o600))
	owner := filepath.Join(dir, "owner")
	ok, err := fl.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock store: %w", typed(err))
	}
	if !ok {
		return nil, readOwner(owner)
	}
	_, err = os.Stat(owner)
	died := err == nil
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	b, err := json.Marshal(ownerFile{PID: os.Getpid(), Host: host, Since: now.UTC()})
	if err == nil {
		// A disk too full for the note is no reason to refuse the lock; the
		// store itself asks for room next.
		err = os.WriteFile(owner, b, 0o600)
	}
	if typed := typed(err); err != nil && !errors.Is(typed, store.ErrDiskFull) {
		return nil, errors.Join(fmt.Errorf("lock store: %w", typed), fl.Close())
	}
	return &dirLock{fl: fl, owner: owner, died: died}, nil
}

// Held says who has a directory open, as a *store.LockedError, and opens nothing:
// nobody need type a secret to be told. It holds the lock shared for that moment.
// Where it cannot be known it is nil, and Open tells.
func Held(dir string) error {
	lock := filepath.Join(dir, "lock")
	if _, err := os.Stat(lock); err != nil {
		return nil //nolint:nilerr // nobody has opened it yet
	}
	fl := flock.New(lock, flock.SetPermissions(0o600))
	ok, err := fl.TryRLock()
	_ = fl.Close() // nothing was written
	if err != nil || ok {
		return nil //nolint:nilerr // Open meets it again and tells
	}
	return readOwner(filepath.Join(dir, "owner"))
}

// readOwner tells who holds the lock. An owner that has written nothing yet is
// reported without a number.
func readOwner(path string) error {
	e := &store.LockedError{}
	b, err := os.ReadFile(path)
	if err != nil {
		return e
	}
	var o ownerFile
	if json.Unmarshal(b, &o) == nil {
		e.PID, e.Host, e.Since = o.PID, o.Host, o.Since
	}
	return e
}

// release gives the right back after the directory was closed, and leaves the
// owner file to the next opener where it was not: that file is how the next one
// knows.
func (l *dirLock) release(closed bool) error {
	var err error
	if closed {
		if err = os.Remove(l.owner); errors.Is(err, os.ErrNotExist) {
			err = nil
		}
	}
	return errors.Join(err, l.fl.Close())
}
