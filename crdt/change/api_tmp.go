package change

import (
	"errors"

	"tongce/crdt/canon"
)

var errNotBuilt = errors.New("not built yet")

// State is what checking a document's changes needs to know of it (GA21). It
// is derived from the changes alone. Not safe for use by several goroutines
// while one of them calls Add.
type State struct{}

// Entry is one live value of a key.
type Entry struct {
	ID    OpID
	Value Value
}

// Info is what State remembers of a change.
type Info struct {
	Hash    canon.Hash
	Actor   canon.ActorID
	Seq     uint64
	StartOp uint64
	NumOps  int
	Time    int64
	Message string
}

// NewState is the state of a document without changes.
func NewState() *State { return &State{} }

// Check tells whether c, which Decode accepted, may be the next change: nil or
// a *Violation (GA9, GA10, GA11, GA15). It changes nothing.
func (s *State) Check(c *Change) error { return errNotBuilt }

// Add takes c in. Only a change that Check has just accepted may be added.
func (s *State) Add(c *Change) {}

// Live are the live values of a root key in the order of OpID.Less, so that
// the last one is the winner: now (at nil) or as seen from the given changes.
// An unknown hash is `missing_deps`.
func (s *State) Live(key string, at []canon.Hash) ([]Entry, error) { return nil, errNotBuilt }

// Keys are all root keys ever written, sorted.
func (s *State) Keys() []string { return nil }

// Heads are the changes that no other depends on, sorted.
func (s *State) Heads() []canon.Hash { return nil }

// Has tells whether the change is in the document.
func (s *State) Has(h canon.Hash) bool { return false }

// Info tells about one change.
func (s *State) Info(h canon.Hash) (Info, bool) { return Info{}, false }

// Writer tells which change made the operation.
func (s *State) Writer(id OpID) (Info, bool) { return Info{}, false }

// Creator tells about the change without dependencies that made the document.
func (s *State) Creator() (Info, bool) { return Info{}, false }

// AuthorsAt are the devices that wrote anything seen from the given changes
// (nil: now), sorted.
func (s *State) AuthorsAt(at []canon.Hash) ([]canon.DeviceID, error) { return nil, errNotBuilt }

// NextSeq is the sequence number that the actor's next change must have.
func (s *State) NextSeq(a canon.ActorID) uint64 { return 0 }

// MaxOp is the highest operation counter, 0 without changes.
func (s *State) MaxOp() uint64 { return 0 }

// Changes is how many changes the document has.
func (s *State) Changes() int { return 0 }

// Size is how many bytes the document's chunks have.
func (s *State) Size() int { return 0 }

// Clone is an independent copy.
func (s *State) Clone() *State { return &State{} }

// MarshalBinary writes the state for a cache.
func (s *State) MarshalBinary() ([]byte, error) { return nil, errNotBuilt }

// UnmarshalState reads what MarshalBinary wrote. Anything else is `corrupt`;
// the caller then builds the state anew from the changes.
func UnmarshalState(b []byte) (*State, error) { return nil, errNotBuilt }
