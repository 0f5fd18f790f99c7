//go:build !linux

package stream

import "os"

// syncData takes a file's content to the disk.
func syncData(f *os.File) error { return f.Sync() }
