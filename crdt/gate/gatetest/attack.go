package gatetest

import (
	"os"
	"strconv"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/gate"
)

// perScene is after how many mutants the peer behind the door begins anew.
const perScene = 20_000

// Attack sends mutants through a door, in workspaces that open puts the peer
// behind the door into. TONGCE_MUTANTS says how many, TONGCE_SEED which.
func Attack(t *testing.T, depth gate.Depth, core func(canon.ActorID) (Core, error), open func(*testing.T, *Scene) Door) {
	t.Helper()
	n, seed := envInt("TONGCE_MUTANTS", usualMutants), uint64(envInt("TONGCE_SEED", 1))
	t.Logf("TONGCE_SEED=%d TONGCE_MUTANTS=%d", seed, n)
	var all Tally
	for part := uint64(0); n > 0; part++ {
		m := NewMutants(New(t, seed<<20+part), seed<<20+part)
		m.Depth, m.NewCore = depth, core
		tally := m.Run(min(n, perScene), open(t, m.Scene()))
		all.Add(tally)
		n -= tally.Sent
	}
	all.Check(t)
}

func envInt(name string, usual int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return usual
}
