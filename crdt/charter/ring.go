package charter

import (
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/seal"
)

// Broken is a key of the charter that did not open (KY7): reported to the
// stewards as grant_broken, never answered by making a key.
type Broken struct {
	Section string
	Version uint32
	Seq     uint64 // of the grant's statement; 0 with Previous set where only the step back failed
	// Previous tells that the key itself opened, but not the one before it.
	Previous bool
}

// OpenGrants opens everything that the charter grants to the device, kit or
// invite: the newest keys from the wraps, older ones through previous (KY1).
// What does not open is listed and stops nothing else (KY7).
func OpenGrants(s *State, recipient canon.DeviceID, pair *seal.KeyPair) (*seal.Ring, []Broken) {
	ring := seal.NewRing(s.w)
	var broken []Broken
	for _, g := range s.GrantsTo(recipient) {
		w := s.w
		if g.Seq == 0 {
			w = canon.WorkspaceID{} // not known before genesis is written
		}
		keys, err := pair.UnwrapKeys(w, g.Seq, g.Grant)
		if err == nil {
			err = addAll(ring, keys)
		}
		if err != nil {
			for _, n := range g.Names {
				if !ring.Has(n.Section, n.Version, n.Kind) {
					broken = append(broken, Broken{Section: n.Section, Version: n.Version, Seq: g.Seq})
				}
			}
		}
	}
	for _, x := range s.Sections() {
		for v := x.Version; v > 1; v-- {
			p, ok := s.Previous(x.ID, v)
			if _, held := ring.Key(x.ID, v); !held || !ok {
				continue
			}
			if err := ring.AddPrevious(x.ID, v, p); err != nil {
				broken = append(broken, Broken{Section: x.ID, Version: v - 1, Previous: true})
			}
		}
	}
	return ring, mended(ring, broken)
}

// mended leaves out what another grant or a later version opened after all.
func mended(ring *seal.Ring, broken []Broken) []Broken {
	var out []Broken
	for _, b := range broken {
		if _, ok := ring.Key(b.Section, b.Version); !ok {
			out = append(out, b)
		}
	}
	return out
}

func addAll(ring *seal.Ring, keys []seal.SectionKey) error {
	if err := ring.Add(keys...); err != nil {
		return fmt.Errorf("grant: %w", err)
	}
	return nil
}
