//go:build !linux

package sheet

// limitProcess does nothing here: the child watches its own memory.
func limitProcess(int64) {}

func residentBytes(int) int64 { return 0 }
