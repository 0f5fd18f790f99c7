package sheet

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// rlimitData is RLIMIT_DATA: private memory that can be written. RLIMIT_AS
// would count what the Go runtime only reserves.
const rlimitData = 2

// limitProcess bounds what the operating system gives this process; the
// watchdogs bound what it uses, long before.
func limitProcess(memory int64) {
	if raceEnabled {
		return // its shadow memory counts as well
	}
	n := uint64(memory) * 2
	_ = syscall.Setrlimit(rlimitData, &syscall.Rlimit{Cur: n, Max: n})
}

// residentBytes gives the largest resident size a process has had.
func residentBytes(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	i := bytes.Index(b, []byte("VmHWM:"))
	if i < 0 {
		return 0
	}
	f := bytes.Fields(b[i+6:])
	if len(f) == 0 {
		return 0
	}
	kb, _ := strconv.ParseInt(string(f[0]), 10, 64)
	return kb << 10
}
