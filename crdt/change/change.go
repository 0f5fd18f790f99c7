// Package change reads, checks and writes Automerge change chunks without the
// Automerge core, so that a relay needs no C code (GA22) and bytes from others
// reach the core only after every operation in them was understood (GA8).
//
// Read understands what a core wrote, Decode accepts only what the
// specification allows, Encode writes what the core would have written, and
// State judges a change against the document it wants to enter (GA9-GA11,
// GA15, GA21). The byte format is the one of
// https://automerge.org/automerge-binary-format-spec.
package change

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"tongce/crdt/canon"
)

// OpID names one operation of a document. The zero value is the root object,
// or the place before the first element of a text.
type OpID struct {
	Ctr   uint64
	Actor canon.ActorID
}

// IsZero tells whether id names no operation.
func (id OpID) IsZero() bool { return id == OpID{} }

// Less is Automerge's order of operations: counter, then the actor's bytes.
// The greatest live value of a key is the one that Automerge shows.
func (id OpID) Less(other OpID) bool { return id.Compare(other) < 0 }

// Compare is -1, 0 or 1 in the order of Less.
func (id OpID) Compare(other OpID) int {
	return cmp.Or(cmp.Compare(id.Ctr, other.Ctr), bytes.Compare(id.Actor[:], other.Actor[:]))
}

// String shows the id as Automerge does: counter@actor.
func (id OpID) String() string { return fmt.Sprintf("%d@%s", id.Ctr, id.Actor) }

// Action is what an operation does, by Automerge's numbers.
type Action uint8

// The actions. Decode accepts Set, Delete (in texts) and MakeText only (GA11).
const (
	MakeMap   Action = 0
	Set       Action = 1
	MakeList  Action = 2
	Delete    Action = 3
	MakeText  Action = 4
	Increment Action = 5
	MakeTable Action = 6
	Mark      Action = 7
)

// Op is one operation. On the root, Obj is zero and Key is set. In a text, Obj
// names the operation that made the text, Key is empty, and Elem is the
// element concerned or, for an insertion, the element before it (zero at the
// start).
type Op struct {
	Action Action
	Insert bool

	// Of marks, which are read and written but never allowed.
	expand   bool
	markName bool
	mark     string

	Obj   OpID
	Key   string
	Elem  OpID
	Value Value
	// Pred are the values that this operation replaces, in the order of Less.
	Pred []OpID
}

// Change is one change of a document, with the actor who made it and all its
// operations. Whoever changes a field must set Hash anew by Encode and Read.
type Change struct {
	Hash    canon.Hash
	Deps    []canon.Hash // ascending, as in the chunk
	Actor   canon.ActorID
	Seq     uint64
	StartOp uint64
	Time    int64 // seconds
	Message string
	Ops     []Op

	size int // bytes of the type-1 chunk
}

// NumOps is how many operations the change has.
func (c *Change) NumOps() int { return len(c.Ops) }

// MaxOp is the counter of the last operation.
func (c *Change) MaxOp() uint64 { return c.StartOp + uint64(len(c.Ops)) - 1 }

// ID is the id of the i-th operation.
func (c *Change) ID(i int) OpID { return OpID{Ctr: c.StartOp + uint64(i), Actor: c.Actor} }

// Size is the length of the uncompressed chunk that Read or Decode saw; 0 for
// a change that was not read.
func (c *Change) Size() int { return c.size }

// Chunk is Encode of the change: the type-1 chunk with this hash.
func (c *Change) Chunk() ([]byte, error) { return Encode(*c) }

// Keys are the keys of the root that the change writes, each once, sorted.
func (c *Change) Keys() []string {
	keys := make([]string, 0, len(c.Ops))
	for i := range c.Ops {
		if c.Ops[i].Key != "" && c.Ops[i].Obj.IsZero() {
			keys = append(keys, c.Ops[i].Key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
