//go:build unix

package badgerstore

import (
	"errors"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"tongce/crdt/store"
)

// A process that is being started keeps every open file of its parent for a
// moment. A store that was closed can be opened all the same, and one that is
// open cannot. Not parallel: the processes would keep the files of other tests.
func TestReopenWhileProcessesStart(t *testing.T) {
	var stop atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !stop.Load() {
			_ = exec.CommandContext(t.Context(), "true").Run()
		}
	}()
	defer func() { stop.Store(true); <-done }()
	o := Options{Dir: t.TempDir(), Now: time.Now}
	for i := range 30 {
		s, err := Open(o)
		if err != nil {
			t.Fatalf("opened anew %d times: %v", i, err)
		}
		if other, err := Open(o); !errors.Is(err, store.ErrLocked) {
			t.Errorf("a second opener: %v, %v; want ErrLocked", other, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
