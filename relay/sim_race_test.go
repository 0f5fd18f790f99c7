//go:build race

package relay

// The race detector makes a seed ten times as long; the rest of the seeds run
// without it.
const simUsual = 15
