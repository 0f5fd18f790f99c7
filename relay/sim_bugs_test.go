//go:build cgo

package relay

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tongce/crdt/peer"
	"tongce/crdt/peer/simnet"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// simBug is a mistake that the simulation plants around the shipped code.
type simBug int

const (
	bugNone simBug = iota
	// bugCursorFirst saves the cursor before the data that it stands for.
	bugCursorFirst
	// bugAnswerTwice applies the answer to one push, lost and found again, to
	// another push as well.
	bugAnswerTwice
	// bugNoPacks heals a relay without sending it the packs.
	bugNoPacks
)

var errProbe = errors.New("probe")

// cursorFirst is a store whose transactions write the cursor on its own.
type cursorFirst struct {
	store.Store
	d *simDevice
}

type cursorTx struct {
	store.Tx
	value []byte
}

func (t *cursorTx) Put(k, v []byte) error {
	if bytes.Equal(k, store.CursorKey("relay")) {
		t.value = bytes.Clone(v)
	}
	return t.Tx.Put(k, v)
}

func (c *cursorFirst) Update(d store.Durability, fn func(store.Tx) error) error {
	var cursor []byte
	err := c.Store.Update(d, func(tx store.Tx) error {
		t := &cursorTx{Tx: tx}
		if err := fn(t); err != nil {
			return err
		}
		cursor = t.value
		return errProbe
	})
	if !errors.Is(err, errProbe) {
		return err
	}
	if cursor != nil {
		if err := c.Store.Update(d, func(tx store.Tx) error { return tx.Put(store.CursorKey("relay"), cursor) }); err != nil {
			return err
		}
	}
	return c.Store.Update(d, fn)
}

// swallow tells whether a message is not sent because of a planted bug; the
// bug's own answer comes instead.
func (d *simDevice) swallow(data []byte) bool {
	m, err := wire.DecodeFrame(data)
	if err != nil {
		return false
	}
	var answer *wire.Pushed
	switch f := m.Frame.(type) {
	case *wire.Packs:
		if d.s.bug != bugNoPacks {
			return false
		}
		answer = &wire.Pushed{}
		for range f.Packs {
			answer.Results = append(answer.Results, wire.PushResult{Code: wire.CodeHeld})
		}
	case *wire.Push:
		if d.s.bug != bugAnswerTwice || d.stale == nil || len(d.stale.Results) != len(f.Envelopes) {
			return false
		}
		answer, d.stale = d.stale, nil
	default:
		return false
	}
	b, err := wire.EncodeFrame(wire.Message{ID: m.ID, Frame: answer})
	if err != nil {
		d.s.t.Fatalf("planted answer: %v", err)
	}
	link := d.link
	d.s.net.After(0, func() {
		if d.link == link {
			d.step(peer.Received{Data: b})
		}
	})
	return true
}

// plant is what arrives of a message: with bugAnswerTwice some answers are lost
// together with the link, and come again where they do not belong.
func (d *simDevice) plant(data []byte) [][]byte {
	if d.s.bug != bugAnswerTwice || d.stale != nil || d.s.calm {
		return [][]byte{data}
	}
	m, err := wire.DecodeFrame(data)
	if err != nil {
		return [][]byte{data}
	}
	f, ok := m.Frame.(*wire.Pushed)
	if !ok || len(f.Results) == 0 || f.Results[0].Code != wire.CodeAccepted || d.s.rng.IntN(4) != 0 {
		return [][]byte{data}
	}
	d.stale = f
	d.link.Close(simnet.A)
	return nil
}

// TestSimulationFindsBugs plants one mistake at a time: each is found by the
// seeds that CI runs, and by a few of them.
func TestSimulationFindsBugs(t *testing.T) { //nolint:paralleltest // the seed gives the randomness of the whole process
	for _, b := range []struct {
		name  string
		bug   simBug
		first int // the seed to begin with: it has found this before
	}{
		{"cursor saved before data", bugCursorFirst, 33},
		{"lost answer applied twice", bugAnswerTwice, 1},
		{"healing without packs", bugNoPacks, 1},
	} {
		t.Run(b.name, func(t *testing.T) {
			seeds := simSeeds(t, 100)
			at := (b.first - 1) % len(seeds)
			for _, seed := range slices.Concat(seeds[at:], seeds[:at]) {
				if _, err := runSim(t, seed, b.bug); err != nil {
					t.Logf("found: %v", err)
					return
				}
			}
			t.Error("not found")
		})
	}
}

// TestSimulationRepeats: a seed is one run, so that what it found is found again.
func TestSimulationRepeats(t *testing.T) { //nolint:paralleltest // as above
	var runs [2]string
	for i := range runs {
		st, err := runSim(t, 5, bugNone)
		runs[i] = fmt.Sprintf("%+v %v", st, err)
	}
	if runs[0] != runs[1] {
		t.Errorf("two runs of one seed:\n%s\n%s", runs[0], runs[1])
	}
}
