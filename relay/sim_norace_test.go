//go:build !race

package relay

// How many seeds run unless TONGCE_SEEDS says otherwise.
const (
	simUsual  = 100
	simSilent = 10
)
