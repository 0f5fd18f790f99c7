package bench

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"time"
)

// round keeps three figures behind the point: enough for milliseconds.
func round(v float64) float64 { return math.Round(v*1000) / 1000 }

// at is the value below which a share of the values lies; 0 without any.
func at[T ~int64](share float64, values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	return sorted[min(int(share*float64(len(sorted))), len(sorted)-1)]
}

func median[T ~int64](values []T) T { return at(0.5, values) }

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

const mega = 1 << 20

// memory writes what was allocated up to now, and what of it is in use, when
// profiles are wanted.
func (s *suite) memory(name string) error {
	if s.Profile == "" {
		return nil
	}
	f, err := os.Create(filepath.Join(s.Profile, name+".mem"))
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	runtime.GC() // in use is as of the last collection
	return errors.Join(pprof.WriteHeapProfile(f), f.Close())
}

// profiled runs fn with a CPU profile when one is wanted; the last one of a name
// stays.
func (s *suite) profiled(name string, fn func() error) error {
	if s.Profile == "" {
		return fn()
	}
	f, err := os.Create(filepath.Join(s.Profile, name+".cpu"))
	if err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := pprof.StartCPUProfile(f); err != nil {
		return fmt.Errorf("profile: %w", err)
	}
	defer pprof.StopCPUProfile()
	return fn()
}
