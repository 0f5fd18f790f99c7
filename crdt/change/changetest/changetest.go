// Package changetest makes changes, documents and damaged chunks for tests.
package changetest

import (
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// Time is the second that all changes made here carry.
const Time = 1_780_000_000

// Put is one value to write under a root key. A key that begins with `n:`
// makes an empty text there, whatever the value.
type Put struct {
	Key   string
	Value change.Value
}

// Str is a Put of a string.
func Str(key, value string) Put { return Put{Key: key, Value: change.String(value)} }

// Actor is an actor whose device id is filled with d, in incarnation i.
func Actor(d, i byte) canon.ActorID {
	var dev canon.DeviceID
	for j := range dev {
		dev[j] = d
	}
	return dev.Actor(canon.Incarnation{3: i})
}

// Create is the first change of a document, with an empty n:memo (unless puts
// has one) and the given values; nothing checks that it is allowed.
func Create(t testing.TB, actor canon.ActorID, message string, puts ...Put) *change.Change {
	t.Helper()
	memo := true
	for _, p := range puts {
		memo = memo && p.Key != "n:memo"
	}
	if memo {
		puts = append([]Put{{Key: "n:memo"}}, puts...)
	}
	return EditAt(t, change.NewState(), nil, actor, message, puts...)
}

// Edit is what the actor's core would write on top of everything in s: right
// dependencies, counters and replaced values. s stays as it is.
func Edit(t testing.TB, s *change.State, actor canon.ActorID, message string, puts ...Put) *change.Change {
	t.Helper()
	return EditAt(t, s, s.Heads(), actor, message, puts...)
}

// EditAt is Edit of a device that has seen the changes at only.
func EditAt(t testing.TB, s *change.State, at []canon.Hash, actor canon.ActorID, message string, puts ...Put) *change.Change {
	t.Helper()
	c := head(t, s, at, actor, message)
	written := map[string]change.OpID{}
	for _, p := range puts {
		op := change.Op{Action: change.Set, Key: p.Key, Value: p.Value}
		if strings.HasPrefix(p.Key, "n:") {
			op.Action, op.Value = change.MakeText, change.Null()
		}
		if last, again := written[p.Key]; again {
			op.Pred = []change.OpID{last}
		} else {
			op.Pred = livePred(t, s, p.Key, at)
		}
		written[p.Key] = c.ID(len(c.Ops))
		c.Ops = append(c.Ops, op)
	}
	return Seal(t, c)
}

// Type is a change that inserts text at the start of the text under key.
func Type(t testing.TB, s *change.State, actor canon.ActorID, message, key, text string) *change.Change {
	t.Helper()
	c := head(t, s, s.Heads(), actor, message)
	made := livePred(t, s, key, nil)
	if len(made) != 1 {
		t.Fatalf("%d texts under %s", len(made), key)
	}
	after := change.OpID{}
	for _, r := range text {
		c.Ops = append(c.Ops, change.Op{
			Action: change.Set, Obj: made[0], Elem: after, Insert: true, Value: change.String(string(r)),
		})
		after = c.ID(len(c.Ops) - 1)
	}
	return Seal(t, c)
}

func head(t testing.TB, s *change.State, at []canon.Hash, actor canon.ActorID, message string) change.Change {
	t.Helper()
	c := change.Change{Deps: at, Actor: actor, Seq: s.NextSeq(actor), StartOp: 1, Time: Time, Message: message}
	for _, h := range at {
		info, ok := s.Info(h)
		if !ok {
			t.Fatalf("no change %s", h)
		}
		c.StartOp = max(c.StartOp, info.StartOp+uint64(info.NumOps)) //nolint:gosec // a count
	}
	return c
}

func livePred(t testing.TB, s *change.State, key string, at []canon.Hash) []change.OpID {
	t.Helper()
	live, err := s.Live(key, at)
	if err != nil {
		t.Fatal(err)
	}
	var ids []change.OpID
	for _, e := range live {
		ids = append(ids, e.ID)
	}
	return ids
}

// Seal encodes c and reads it again, so that it has its hash and size. For
// forgeries: what is wrong in c stays wrong, under a right checksum.
func Seal(t testing.TB, c change.Change) *change.Change {
	t.Helper()
	read, err := change.Read(Chunk(t, &c))
	if err != nil {
		t.Fatal(err)
	}
	return read
}

// Chunk is the chunk of c.
func Chunk(t testing.TB, c *change.Change) []byte {
	t.Helper()
	chunk, err := change.Encode(*c)
	if err != nil {
		t.Fatal(err)
	}
	return chunk
}

// Forge is c after edit changed it, with a checksum that fits. The original
// stays as it is, but edit must replace slices instead of writing into them.
func Forge(t testing.TB, c *change.Change, edit func(*change.Change)) *change.Change {
	t.Helper()
	forged := *c
	forged.Ops = append([]change.Op(nil), c.Ops...)
	edit(&forged)
	return Seal(t, forged)
}

// Doc is a document under construction: its state and its chunks in order.
type Doc struct {
	*change.State
	Chunks [][]byte
}

// NewDoc is a document whose first change is Create with these values.
func NewDoc(t testing.TB, actor canon.ActorID, message string, puts ...Put) *Doc {
	t.Helper()
	d := &Doc{State: change.NewState()}
	d.Enter(t, Create(t, actor, message, puts...))
	return d
}

// Enter adds the change, which must be allowed.
func (d *Doc) Enter(t testing.TB, c *change.Change) {
	t.Helper()
	if err := d.State.Enter(c); err != nil {
		t.Fatal(err)
	}
	d.Chunks = append(d.Chunks, Chunk(t, c))
}

// Edit makes a change with Edit, adds it and returns it.
func (d *Doc) Edit(t testing.TB, actor canon.ActorID, message string, puts ...Put) *change.Change {
	t.Helper()
	c := Edit(t, d.State, actor, message, puts...)
	d.Enter(t, c)
	return c
}
