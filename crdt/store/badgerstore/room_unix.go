//go:build unix

package badgerstore

import (
	"fmt"

	"golang.org/x/sys/unix"

	"tongce/crdt/store"
)

// roomFor returns ErrDiskFull when the file system of dir has less than
// reserve bytes for us.
func roomFor(dir string, reserve uint64) error {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return fmt.Errorf("free space of store: %w", err)
	}
	if uint64(s.Bavail)*uint64(s.Bsize) < reserve { //nolint:unconvert // neither is negative; types differ by system
		return store.ErrDiskFull
	}
	return nil
}
