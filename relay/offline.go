package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gofrs/flock"

	"tongce/crdt/canon"
	"tongce/relay/stream"
)

// ErrNoRelay means that a directory holds no relay, or is none.
var ErrNoRelay = errors.New("no relay in the data directory")

// OpenKey returns the relay key of a data directory, and makes directory and
// key where there are none.
func OpenKey(dir string, random io.Reader) (canon.RelayKey, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return canon.RelayKey{}, fmt.Errorf("relay key: %w", err)
	}
	k, err := openKeyFile(dir, random)
	if err != nil {
		return canon.RelayKey{}, err
	}
	return k.relay(), nil
}

// Inspect opens a data directory that no relay is using, reads it and closes
// it. verify says whether everything is checked from scratch too.
func Inspect(ctx context.Context, dir string, random io.Reader, verify bool) (st Stats, problems []Problem, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("inspect relay: %w", err)
		}
	}()
	if err := anyRelay(dir); err != nil { // first: nothing is made where there is none
		return st, nil, err
	}
	lock := flock.New(filepath.Join(dir, lockName))
	if locked, err := lock.TryLock(); err != nil {
		return st, nil, err
	} else if !locked {
		return st, nil, ErrLocked
	}
	defer func() { err = errors.Join(err, lock.Unlock()) }()
	if err := tryDir(dir); err != nil {
		return st, nil, err
	}
	k, err := openKeyFile(dir, random)
	if err != nil {
		return st, nil, err
	}
	node, err := stream.OpenEmbedded(ctx, filepath.Join(dir, logName), stream.Options{Random: random})
	if err != nil {
		return st, nil, err
	}
	defer func() { err = errors.Join(err, node.Close()) }()
	if verify {
		if problems, err = Verify(ctx, node, k.memory); err != nil {
			return st, nil, err
		}
	}
	room, err := OpenRoom(ctx, node, RoomConfig{Key: k.key, Memory: k.memory, Random: random})
	if err != nil {
		return st, problems, err
	}
	return room.Stats(), problems, nil
}

// anyRelay tells whether a directory has something of a relay in it.
func anyRelay(dir string) error {
	for _, name := range []string{keyName, logName} {
		_, err := os.Stat(filepath.Join(dir, name))
		if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			return err
		}
	}
	return ErrNoRelay
}
