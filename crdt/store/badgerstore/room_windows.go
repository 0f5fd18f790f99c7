package badgerstore

import (
	"fmt"

	"golang.org/x/sys/windows"

	"tongce/crdt/store"
)

// roomFor returns ErrDiskFull when the volume of dir has less than reserve
// bytes for us.
func roomFor(dir string, reserve uint64) error {
	p, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return fmt.Errorf("free space of store: %w", err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(p, &free, nil, nil); err != nil {
		return fmt.Errorf("free space of store: %w", err)
	}
	if free < reserve {
		return store.ErrDiskFull
	}
	return nil
}
