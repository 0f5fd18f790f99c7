//go:build cgo

package change_test

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/automerge/automerge-go"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// coreDevice is one device whose documents are the real core's.
type coreDevice struct {
	doc   *automerge.Doc
	actor canon.ActorID
	known map[canon.Hash]bool
}

// history is a document that several devices write at once.
type history struct {
	t       testing.TB
	rng     *rand.Rand
	devices []*coreDevice
	chunks  [][]byte         // as the core wrote them, in the order of writing
	changes []*change.Change // the same, decoded
	unique  int
}

func newHistory(tb testing.TB, seed uint64, devices int) *history {
	tb.Helper()
	h := &history{t: tb, rng: rand.New(rand.NewPCG(seed, 1))}
	for range devices {
		d := &coreDevice{doc: automerge.New(), known: map[canon.Hash]bool{}}
		for i := range d.actor {
			d.actor[i] = byte(h.rng.Uint32())
		}
		if err := d.doc.SetActorID(hex.EncodeToString(d.actor[:])); err != nil {
			tb.Fatal(err)
		}
		h.devices = append(h.devices, d)
	}
	return h
}

func (h *history) value() any {
	h.unique++
	switch h.rng.IntN(9) {
	case 0:
		return nil
	case 1:
		return h.rng.IntN(2) == 0
	case 2:
		return int64(h.rng.Uint64()) >> h.rng.IntN(64)
	case 3:
		return h.rng.Uint64() >> h.rng.IntN(64)
	case 4:
		return time.UnixMilli(h.rng.Int64N(1 << 50))
	case 5:
		return binary.AppendUvarint(make([]byte, h.rng.IntN(40)), uint64(h.unique))
	case 6:
		return ""
	default:
		return fmt.Sprintf("值 %d", h.unique)
	}
}

var keyNames = []string{"f:name", "f:phone", "f:city", "c:name", "s:stage", "t:vip", "s:owner"}

func (h *history) put(d *coreDevice) {
	h.t.Helper()
	root := d.doc.RootMap()
	h.unique++
	check(h.t, root.Set(keyNames[h.rng.IntN(len(keyNames))], fmt.Sprintf("单 %d", h.unique)))
	for range h.rng.IntN(6) {
		key := keyNames[h.rng.IntN(len(keyNames))]
		if h.rng.IntN(8) == 0 {
			key = fmt.Sprintf("e:service:%d", h.rng.IntN(500))
		}
		check(h.t, root.Set(key, h.value()))
	}
}

func (h *history) splice(d *coreDevice) {
	h.t.Helper()
	text := d.doc.Path("n:memo").Text()
	n := text.Len()
	pos := h.rng.IntN(n + 1)
	del := h.rng.IntN(min(n-pos, 5) + 1)
	pieces := []string{"客户", "a", "😀好", "hello, 世界", "x\ny"}
	check(h.t, text.Splice(pos, del, pieces[h.rng.IntN(len(pieces))]))
}

func (h *history) commit(d *coreDevice, message string) *change.Change {
	h.t.Helper()
	at := time.UnixMilli(h.rng.Int64N(change.MaxTime + 1))
	hash, err := d.doc.Commit(message, automerge.CommitOptions{Time: &at})
	check(h.t, err)
	raw, err := d.doc.Change(hash)
	check(h.t, err)
	plain, err := change.Inflate(raw.Save())
	check(h.t, err)
	c, err := change.Decode(plain)
	check(h.t, err)
	if c.Hash != canon.Hash(hash) {
		h.t.Fatalf("hash %s, core's %s", c.Hash, hash)
	}
	again, err := c.Chunk()
	check(h.t, err)
	if string(again) != string(plain) {
		h.t.Fatalf("encoded\n%x, core wrote\n%x", again, plain)
	}
	h.chunks = append(h.chunks, plain)
	h.changes = append(h.changes, c)
	d.known[c.Hash] = true
	return c
}

// create makes the document on the first device: some fields and a memo.
func (h *history) create() {
	h.t.Helper()
	d := h.devices[0]
	check(h.t, d.doc.RootMap().Set("n:memo", automerge.NewText("")))
	if h.rng.IntN(2) == 0 {
		h.put(d)
	}
	if h.rng.IntN(2) == 0 {
		h.splice(d)
	}
	h.commit(d, "create")
}

// receive gives the device what it lacks, up to a random place.
func (h *history) receive(to, from *coreDevice, all bool) {
	h.t.Helper()
	var missing []byte
	var hashes []canon.Hash
	for i, c := range h.changes {
		if from.known[c.Hash] && !to.known[c.Hash] {
			if !all && len(hashes) > 0 && h.rng.IntN(4) == 0 {
				break
			}
			missing = append(missing, h.chunks[i]...)
			hashes = append(hashes, c.Hash)
		}
	}
	if len(hashes) == 0 {
		return
	}
	check(h.t, to.doc.LoadIncremental(missing))
	for _, hash := range hashes {
		to.known[hash] = true
	}
}

func (h *history) run(steps int) {
	h.t.Helper()
	h.create()
	for range steps {
		d := h.devices[h.rng.IntN(len(h.devices))]
		if len(d.known) == 0 || h.rng.IntN(3) == 0 {
			h.receive(d, h.devices[h.rng.IntN(len(h.devices))], false)
			continue
		}
		if h.rng.IntN(3) == 0 {
			h.splice(d)
		}
		h.put(d)
		h.commit(d, "edit")
	}
}

// all is a device that has seen everything.
func (h *history) all() *coreDevice {
	h.t.Helper()
	d := h.devices[0]
	for _, other := range h.devices[1:] {
		h.receive(d, other, true)
	}
	return d
}

// shuffled are the changes in another order that keeps causes before effects.
func (h *history) shuffled() []*change.Change {
	in := map[canon.Hash]bool{}
	rest := append([]*change.Change(nil), h.changes...)
	var out []*change.Change
	for len(rest) > 0 {
		i := h.rng.IntN(len(rest))
		ready := true
		for _, d := range rest[i].Deps {
			ready = ready && in[d]
		}
		if !ready {
			continue
		}
		in[rest[i].Hash] = true
		out = append(out, rest[i])
		rest = append(rest[:i], rest[i+1:]...)
	}
	return out
}

func coreValue(tb testing.TB, v *automerge.Value) change.Value {
	tb.Helper()
	switch v.Kind() {
	case automerge.KindNull:
		return change.Null()
	case automerge.KindBool:
		return change.Bool(v.Bool())
	case automerge.KindInt64:
		return change.Int(v.Int64())
	case automerge.KindUint64:
		return change.Uint(v.Uint64())
	case automerge.KindTime:
		return change.Timestamp(v.Time().UnixMilli())
	case automerge.KindBytes:
		return change.Bytes(v.Bytes())
	case automerge.KindStr:
		return change.String(v.Str())
	case automerge.KindText:
		return change.Value{Kind: change.KindText}
	}
	tb.Fatalf("kind %v", v.Kind())
	return change.Value{}
}
