// Package crdttest asks the C core, in tests, what it makes of changes that the
// gate let in.
package crdttest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"unicode/utf8"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

// ErrDiffers means that the core shows something else than the gate's state.
var ErrDiffers = errors.New("the core differs from the gate")

// Core is a document in the C core that is given what a gate lets in, and is
// worked on in between. A change that makes the core abort ends the process.
type Core struct {
	doc   *crdt.Doc
	shown crdt.Snapshot
	n     int
}

// New is an empty document; its own changes are the actor's.
func New(actor canon.ActorID) (*Core, error) {
	d, err := crdt.New(actor)
	if err != nil {
		return nil, err
	}
	return &Core{doc: d}, nil
}

// Take gives the core chunks and compares what it shows with the state that the
// gate has after them.
func (c *Core) Take(chunks [][]byte, want *change.State) error {
	if err := c.doc.Apply(chunks...); err != nil {
		return err
	}
	return c.compare(want)
}

// Next is a change that the core itself writes on top of all: a value, and a
// part of the shared text where there is one.
func (c *Core) Next() ([]byte, error) {
	c.n++
	e := crdt.Edit{
		Message: "edit", Time: changetest.Time + int64(c.n),
		Sets: []crdt.Set{{Key: "f:city", Value: change.String("第" + strconv.Itoa(c.n) + "城")}},
	}
	if text, ok := c.shown.Texts["n:memo"]; ok {
		length := utf8.RuneCountInString(text)
		e.Texts = []crdt.Splice{{Key: "n:memo", Pos: length / 2, Delete: min(1, length-length/2), Insert: "核心"}}
	}
	return c.doc.Commit(e)
}

// Agrees compares after Next was entered into the gate's state.
func (c *Core) Agrees(want *change.State) error { return c.compare(want) }

// Close saves the document, loads what was saved, and releases it.
func (c *Core) Close() error {
	defer c.doc.Close()
	saved, err := c.doc.Save()
	if err != nil {
		return err
	}
	return crdt.Prove(saved, c.shown)
}

func (c *Core) compare(want *change.State) error {
	shown, err := c.doc.Snapshot()
	if err != nil {
		return err
	}
	c.shown = shown
	if !slices.Equal(shown.Heads, want.Heads()) {
		return fmt.Errorf("heads: %w", ErrDiffers)
	}
	keys := want.Keys()
	if len(keys) != len(shown.Values) {
		return fmt.Errorf("%d keys, not %d: %w", len(shown.Values), len(keys), ErrDiffers)
	}
	for _, k := range keys {
		live, err := want.Live(k, nil)
		if err != nil {
			return err
		}
		v, ok := shown.Values[k]
		all := shown.Conflicts[k]
		if len(all) == 0 && ok && len(live) == 1 && live[0].Value == v {
			continue
		}
		if len(live) < 2 || !slices.Equal(all, live) || live[len(live)-1].Value != v {
			return fmt.Errorf("key %q: %w", k, ErrDiffers)
		}
	}
	return nil
}
