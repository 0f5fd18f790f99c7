package crdt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// device is one side of a random history: the core and our own reader of
// changes, which must agree after every step.
type device struct {
	doc   *crdt.Doc
	state *change.State
	have  map[canon.Hash]bool
}

type history struct {
	tb      testing.TB
	rand    *rand.Rand
	devices []*device
	log     [][]byte // in an order in which each comes after its dependencies
	hashes  []canon.Hash
	deps    map[canon.Hash][]canon.Hash
	lives   int
	most    int // live values of one key
}

// GA10, GA21: for random histories the core and change.State show the same,
// every chunk passes the decoder and the check, and all devices end equal.
func TestGA10_RandomHistoriesAgreeWithState(t *testing.T) {
	t.Parallel()
	runs := 60
	if os.Getenv("TONGCE_LONG") != "" {
		runs = 3000
	}
	most := 0
	for seed := range runs {
		h := &history{tb: t, rand: rand.New(rand.NewPCG(uint64(seed), 15)), deps: map[canon.Hash][]canon.Hash{}}
		h.run(2 + seed%3)
		most = max(most, h.most)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if most < 3 {
		t.Errorf("no conflict of three values in %d histories: they prove nothing", runs)
	}
}

func (h *history) run(devices int) {
	first := newDoc(h.tb, 100)
	e := customer()
	e.Sets = e.Sets[:3]
	created := commit(h.tb, first, e)
	h.enter(nil, created)
	for range devices {
		d := &device{state: change.NewState(), have: map[canon.Hash]bool{}}
		d.doc = h.open(created)
		h.take(d, created)
		h.devices = append(h.devices, d)
	}
	for range 40 {
		d := h.devices[h.rand.IntN(devices)]
		switch n := h.rand.IntN(10); {
		case n < 5:
			h.edit(d)
		case n < 9:
			h.deliver(d, 1+h.rand.IntN(6))
		default:
			saved := save(h.tb, d.doc)
			if err := crdt.Prove(saved, snapshot(h.tb, d.doc)); err != nil {
				h.tb.Error(err)
			}
			d.doc.Close()
			d.doc = h.open(saved) // a new incarnation
		}
		h.compare(d)
	}
	for _, d := range h.devices {
		h.deliver(d, len(h.log))
		h.compare(d)
		if delta := diff(snapshot(h.tb, d.doc), snapshot(h.tb, h.devices[0].doc)); delta != "" {
			h.tb.Errorf("devices end different (-got +first)\n%s", delta)
		}
	}
	for _, d := range h.devices {
		d.doc.Close()
	}
}

func (h *history) open(b []byte) *crdt.Doc {
	h.lives++
	d, err := crdt.Load(b, actor(h.lives))
	if err != nil {
		h.tb.Fatal(err)
	}
	return d
}

func (h *history) value() change.Value {
	switch h.rand.IntN(6) {
	case 0:
		return change.Null()
	case 1:
		return change.Bool(h.rand.IntN(2) == 0)
	case 2:
		return change.Int(int64(h.rand.IntN(5)) - 2)
	case 3:
		return change.Bytes([]byte{byte(h.rand.IntN(3))})
	default:
		return change.String(fmt.Sprintf("值%d", h.rand.IntN(4)))
	}
}

func (h *history) edit(d *device) {
	e := crdt.Edit{Message: "edit", Time: someTime}
	for _, n := range h.rand.Perm(6)[:h.rand.IntN(4)] {
		e.Sets = append(e.Sets, crdt.Set{Key: fmt.Sprintf("f:field_%02d", n), Value: h.value()})
	}
	if h.rand.IntN(3) == 0 {
		memo, err := d.doc.Text("n:memo")
		if err != nil {
			h.tb.Fatal(err)
		}
		n := len([]rune(memo))
		pos := h.rand.IntN(n + 1)
		e.Texts = []crdt.Splice{{Key: "n:memo", Pos: pos, Delete: h.rand.IntN(min(3, n-pos) + 1), Insert: []string{"", "客", "户😀"}[h.rand.IntN(3)]}}
	}
	chunk, err := d.doc.Commit(e)
	if errors.Is(err, crdt.ErrNothing) {
		return
	}
	if err != nil {
		h.tb.Fatal(err)
	}
	h.enter(d, chunk)
}

func (h *history) enter(d *device, chunk []byte) {
	c, err := change.Decode(chunk)
	if err != nil {
		h.tb.Fatal(err)
	}
	h.log, h.hashes, h.deps[c.Hash] = append(h.log, chunk), append(h.hashes, c.Hash), c.Deps
	if d != nil {
		h.take(d, chunk)
	}
}

func (h *history) take(d *device, chunk []byte) {
	c, err := change.Decode(chunk)
	if err != nil {
		h.tb.Fatal(err)
	}
	if err := d.state.Check(c); err != nil {
		h.tb.Fatalf("check: %v", err)
	}
	d.state.Add(c)
	d.have[c.Hash] = true
}

// deliver brings up to n changes that d can take, in a random order.
func (h *history) deliver(d *device, n int) {
	var batch [][]byte
	for progress := true; progress && len(batch) < n; {
		progress = false
		for _, i := range h.rand.Perm(len(h.log)) {
			ready := !slices.ContainsFunc(h.deps[h.hashes[i]], func(x canon.Hash) bool { return !d.have[x] })
			if ready && !d.have[h.hashes[i]] && len(batch) < n {
				batch, progress = append(batch, h.log[i]), true
				h.take(d, h.log[i])
			}
		}
	}
	apply(h.tb, d.doc, batch...)
}

func (h *history) compare(d *device) {
	if delta := diff(d.doc.Heads(), d.state.Heads()); delta != "" {
		h.tb.Errorf("heads (-core +state)\n%s", delta)
	}
	var at []canon.Hash
	for _, i := range h.rand.Perm(len(h.hashes))[:min(2, len(h.hashes))] {
		if d.have[h.hashes[i]] {
			at = append(at, h.hashes[i])
		}
	}
	for _, view := range [][]canon.Hash{nil, at} {
		values, err := d.doc.Values(view...)
		if err != nil {
			h.tb.Fatal(err)
		}
		for _, key := range d.state.Keys() {
			want, err := d.state.Live(key, view)
			if err != nil {
				h.tb.Fatal(err)
			}
			got, err := d.doc.All(key, view...)
			if err != nil || !slices.Equal(got, want) { // diff is slow
				h.tb.Errorf("%s at %d heads: %v (-core +state)\n%s", key, len(view), err, diff(got, want))
			}
			if len(want) > 0 && values[key] != want[len(want)-1].Value {
				h.tb.Errorf("%s at %d heads: the winner is not the last", key, len(view))
			}
			h.most = max(h.most, len(want))
		}
	}
}
