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
func Create(tb testing.TB, actor canon.ActorID, message string, puts ...Put) *change.Change {
	tb.Helper()
	memo := true
	for _, p := range puts {
		memo = memo && p.Key != "n:memo"
	}
	if memo {
		puts = append([]Put{{Key: "n:memo"}}, puts...)
	}
	return EditAt(tb, change.NewState(), nil, actor, message, puts...)
}

// Edit is what the actor's core would write on top of everything in s: right
// dependencies, counters and replaced values. s stays as it is.
func Edit(tb testing.TB, s *change.State, actor canon.ActorID, message string, puts ...Put) *change.Change {
	tb.Helper()
	return EditAt(tb, s, s.Heads(), actor, message, puts...)
}

// EditAt is Edit of a device that has seen the changes at only.
func EditAt(tb testing.TB, s *change.State, at []canon.Hash, actor canon.ActorID, message string, puts ...Put) *change.Change {
	tb.Helper()
	c := head(tb, s, at, actor, message)
	written := map[string]change.OpID{}
	for _, p := range puts {
		op := change.Op{Action: change.Set, Key: p.Key, Value: p.Value}
		if strings.HasPrefix(p.Key, "n:") {
			op.Action, op.Value = change.MakeText, change.Null()
		}
		if last, again := written[p.Key]; again {
			op.Pred = []change.OpID{last}
		} else {
			op.Pred = livePred(tb, s, p.Key, at)
		}
		written[p.Key] = c.ID(len(c.Ops))
		c.Ops = append(c.Ops, op)
	}
	return Seal(tb, c)
}

// Type is a change that inserts text at the start of the text under key.
func Type(tb testing.TB, s *change.State, actor canon.ActorID, message, key, text string) *change.Change {
	tb.Helper()
	c := head(tb, s, s.Heads(), actor, message)
	made := livePred(tb, s, key, nil)
	if len(made) != 1 {
		tb.Fatalf("%d texts under %s", len(made), key)
	}
	after := change.OpID{}
	for _, r := range text {
		c.Ops = append(c.Ops, change.Op{
			Action: change.Set, Obj: made[0], Elem: after, Insert: true, Value: change.String(string(r)),
		})
		after = c.ID(len(c.Ops) - 1)
	}
	return Seal(tb, c)
}

func head(tb testing.TB, s *change.State, at []canon.Hash, actor canon.ActorID, message string) change.Change {
	tb.Helper()
	c := change.Change{Deps: at, Actor: actor, Seq: s.NextSeq(actor), StartOp: 1, Time: Time, Message: message}
	for _, h := range at {
		info, ok := s.Info(h)
		if !ok {
			tb.Fatalf("no change %s", h)
		}
		c.StartOp = max(c.StartOp, info.StartOp+uint64(info.NumOps))
	}
	return c
}

func livePred(tb testing.TB, s *change.State, key string, at []canon.Hash) []change.OpID {
	tb.Helper()
	live, err := s.Live(key, at)
	if err != nil {
		tb.Fatal(err)
	}
	var ids []change.OpID
	for _, e := range live {
		ids = append(ids, e.ID)
	}
	return ids
}

// Seal encodes c and reads it again, so that it has its hash and size. For
// forgeries: what is wrong in c stays wrong, under a right checksum.
func Seal(tb testing.TB, c change.Change) *change.Change {
	tb.Helper()
	read, err := change.Read(Chunk(tb, &c))
	if err != nil {
		tb.Fatal(err)
	}
	return read
}

// Chunk is the chunk of c.
func Chunk(tb testing.TB, c *change.Change) []byte {
	tb.Helper()
	chunk, err := change.Encode(*c)
	if err != nil {
		tb.Fatal(err)
	}
	return chunk
}

// Forge is c after edit changed it, with a checksum that fits. The original
// stays as it is, but edit must replace slices instead of writing into them.
func Forge(tb testing.TB, c *change.Change, edit func(*change.Change)) *change.Change {
	tb.Helper()
	forged := *c
	forged.Ops = append([]change.Op(nil), c.Ops...)
	edit(&forged)
	return Seal(tb, forged)
}

// Doc is a document under construction: its state and its chunks in order.
type Doc struct {
	*change.State
	Chunks [][]byte
}

// NewDoc is a document whose first change is Create with these values.
func NewDoc(tb testing.TB, actor canon.ActorID, message string, puts ...Put) *Doc {
	tb.Helper()
	d := &Doc{State: change.NewState()}
	d.Enter(tb, Create(tb, actor, message, puts...))
	return d
}

// Enter adds the change, which must be allowed.
func (d *Doc) Enter(tb testing.TB, c *change.Change) {
	tb.Helper()
	if err := d.State.Enter(c); err != nil {
		tb.Fatal(err)
	}
	d.Chunks = append(d.Chunks, Chunk(tb, c))
}

// Edit makes a change with Edit, adds it and returns it.
func (d *Doc) Edit(tb testing.TB, actor canon.ActorID, message string, puts ...Put) *change.Change {
	tb.Helper()
	c := Edit(tb, d.State, actor, message, puts...)
	d.Enter(tb, c)
	return c
}
