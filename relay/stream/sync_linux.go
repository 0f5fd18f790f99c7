package stream

import (
	"errors"
	"os"
	"syscall"
)

// syncData takes a file's content and length to the disk, and not its times.
func syncData(f *os.File) error {
	for {
		if err := syscall.Fdatasync(int(f.Fd())); !errors.Is(err, syscall.EINTR) {
			return os.NewSyscallError("fdatasync", err)
		}
	}
}
