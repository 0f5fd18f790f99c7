//go:build race

package gatetest

// The race detector makes a mutant eight times as long; the 10,000 of CI run
// without it (build/scripts/gotest.sh).
const usualMutants = 1_000
