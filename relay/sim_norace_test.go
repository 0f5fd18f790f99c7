//go:build !race

package relay

// simUsual is how many seeds run unless TONGCE_SEEDS says otherwise.
const simUsual = 100
