//go:build race

package relay

// The race detector makes a seed ten times as long; the 100 seeds of CI run
// without it (build/scripts/gotest.sh).
const (
	simUsual  = 8
	simSilent = 2
)
