package badgerstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ballastSize is more than the tables that closing writes.
const ballastSize = 24 << 20

// ballast is room on the disk that is ours already. Badger flushes its memory
// through mapped files when it closes; on a disk that others filled meanwhile
// that would end the process, so the ballast goes just before.
type ballast struct{ path string }

// place makes the ballast unless it is there, and leaves nothing of it when it
// does not fit.
func (b ballast) place() error {
	if info, err := os.Stat(b.path); err == nil && info.Size() == ballastSize {
		return nil
	}
	f, err := os.OpenFile(b.path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("reserve room: %w", typed(err))
	}
	part := make([]byte, 1<<20)
	for n := 0; n < ballastSize && err == nil; n += len(part) {
		_, err = f.Write(part)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(fmt.Errorf("reserve room: %w", typed(err)), b.drop())
	}
	return nil
}

// drop gives the room away.
func (b ballast) drop() error {
	err := os.Remove(b.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

func ballastIn(dir string) ballast { return ballast{filepath.Join(dir, "room")} }
