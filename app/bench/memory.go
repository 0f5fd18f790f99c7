package bench

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// resident is the memory of a process, where the system tells (Linux).
func resident(pid int) (n int64, ok bool) {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0, false
	}
	fields := bytes.Fields(b)
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(string(fields[1]), 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}

// processor is the seconds of processor time that a process has used, 0 where
// the system does not tell.
func processor(pid int) float64 {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return 0
	}
	fields := bytes.Fields(b[bytes.LastIndexByte(b, ')')+1:]) // the name before it may hold blanks
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.ParseFloat(string(fields[11]), 64)
	system, _ := strconv.ParseFloat(string(fields[12]), 64)
	return (user + system) / 100 // clock ticks, 100 a second on every Linux
}

// note says something beside the rows.
func (s *suite) note(format string, args ...any) {
	_, _ = fmt.Fprintf(s.Notes, format+"\n", args...)
}

// family is the memory of a process and its direct children together.
func family(pid int) (n int64, ok bool) {
	n, ok = resident(pid)
	lists, _ := filepath.Glob(filepath.Join("/proc", strconv.Itoa(pid), "task", "*", "children"))
	for _, list := range lists {
		b, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for _, f := range bytes.Fields(b) {
			if child, err := strconv.Atoi(string(f)); err == nil {
				more, _ := resident(child)
				n += more
			}
		}
	}
	return n, ok
}

// watch takes the memory of a process again and again until it is stopped.
type watch struct {
	stop context.CancelFunc
	done sync.WaitGroup
	seen []int64
}

func watchMemory(ctx context.Context, every time.Duration, of func() (int64, bool)) *watch {
	ctx, stop := context.WithCancel(ctx)
	w := &watch{stop: stop}
	w.done.Go(func() {
		t := time.NewTicker(every)
		defer t.Stop()
		for {
			if n, ok := of(); ok {
				w.seen = append(w.seen, n)
			}
			select {
			case <-t.C:
			case <-ctx.Done():
				return
			}
		}
	})
	return w
}

// end stops watching and gives what was seen.
func (w *watch) end() []int64 {
	w.stop()
	w.done.Wait()
	return w.seen
}

// rest waits.
func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
