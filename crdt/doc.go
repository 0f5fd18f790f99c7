// Package crdt is the Automerge core behind the documents: it creates, loads,
// changes, reads and saves one document at a time, over the C library that
// automerge-go bundles.
//
// It does not judge: bytes from others reach it only after change.Decode and
// the gate accepted them, because a forged change ends the process inside the
// core (docs/spec, GA8-GA12). It keeps no goroutine, no finalizer and no lock.
//
// Invariants:
//
//  1. Every result of the core is freed in the C call that made it; only the
//     document itself lives longer, until Close.
//  2. The core is never asked to roll back, to delete a key, or to commit
//     nothing. Commit checks everything that can be checked before it puts the
//     first value.
//  3. After an error half way the document is broken: every later call answers
//     ErrBroken, and the owner closes it and loads it again.
//  4. What the core hides (a corrupt chunk, a change that waits for another,
//     unknown heads) is looked for after each call and is an error.
package crdt

/*
#include "core.h"
#include <stdlib.h>
*/
import "C"

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unsafe"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

var (
	// ErrClosed means that the document was closed before.
	ErrClosed = errors.New("document is closed")
	// ErrBroken means that an earlier call failed half way; Close and Load again.
	ErrBroken = errors.New("document must be loaded again")
	// ErrCorrupt means that the core did not accept bytes as a document or as changes.
	ErrCorrupt = errors.New("not a whole document")
	// ErrMissingDeps means that a change needs another one that is not there.
	ErrMissingDeps = errors.New("a change before this one is missing")
	// ErrUnknownHeads means a question about changes that the document lacks.
	ErrUnknownHeads = errors.New("heads are not in the document")
	// ErrUnsupported means that the document holds a value which none of ours
	// does: a map, list, counter or float (GA11).
	ErrUnsupported = errors.New("value of a kind that is not used")
	// ErrNothing means that an edit would change nothing.
	ErrNothing = errors.New("nothing to change")
	// ErrEdit means an edit that cannot be carried out; the document is as before.
	ErrEdit = errors.New("edit cannot be carried out")
	// ErrNotProven means that a snapshot does not give back what it was made of.
	ErrNotProven = errors.New("snapshot differs from its document")

	errCore   = errors.New("the core refused")
	errMemory = errors.New("no memory for the core's answer")
)

// Doc is one document in the memory of the C core. It must be closed. It is
// not safe for use by several goroutines: one lock per document is the
// caller's business.
type Doc struct {
	owner  *C.AMresult
	doc    *C.AMdoc
	broken bool
}

// New is an empty document that actor will write.
func New(actor canon.ActorID) (*Doc, error) {
	return open(C.tc_new(bytesIn(actor[:]), C.size_t(len(actor))), "new document")
}

// Load opens what Save gave, or change chunks one after another in an order in
// which each comes after its dependencies. Later changes are written as actor.
// It returns ErrCorrupt, or ErrMissingDeps.
func Load(b []byte, actor canon.ActorID) (*Doc, error) {
	if len(b) == 0 {
		return nil, fmt.Errorf("load document of no bytes: %w", ErrCorrupt)
	}
	op := fmt.Sprintf("load document of %d bytes", len(b))
	d, err := open(C.tc_load(bytesIn(b), C.size_t(len(b)), bytesIn(actor[:]), C.size_t(len(actor))), op)
	if errors.Is(err, ErrCorrupt) {
		if chunks, split := change.Split(b); split == nil && gap(chunks) {
			return nil, fmt.Errorf("%s: %w", op, ErrMissingDeps)
		}
	}
	return d, err
}

func open(t C.tc_doc, op string) (*Doc, error) {
	if t.status != C.TC_OK {
		return nil, fmt.Errorf("%s: %w", op, statusError(t.status))
	}
	return &Doc{owner: t.owner, doc: t.doc}, nil
}

// Close frees the document. Calling it again does nothing.
func (d *Doc) Close() {
	if d.owner == nil {
		return
	}
	C.AMresultFree(d.owner)
	d.owner, d.doc = nil, nil
}

func (d *Doc) ready() error {
	switch {
	case d.doc == nil:
		return ErrClosed
	case d.broken:
		return ErrBroken
	}
	return nil
}

// Apply adds changes in an order in which each comes after its dependencies;
// those that are there already do no harm. Deflated chunks are taken too. After
// ErrCorrupt or ErrMissingDeps the document is broken.
func (d *Doc) Apply(chunks ...[]byte) error {
	if err := d.ready(); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	if len(chunks) == 0 {
		return nil
	}
	if err := d.apply(chunks); err != nil {
		d.broken = true
		return fmt.Errorf("apply %d chunks: %w", len(chunks), err)
	}
	return nil
}

func (d *Doc) apply(chunks [][]byte) error {
	var all, hashes []byte
	for i, c := range chunks {
		plain, err := change.Inflate(c)
		if err != nil {
			return fmt.Errorf("chunk %d: %w: %w", i+1, ErrCorrupt, err)
		}
		h, err := change.Hash(plain)
		if err != nil {
			return fmt.Errorf("chunk %d: %w: %w", i+1, ErrCorrupt, err)
		}
		all = append(all, plain...)
		hashes = append(hashes, h[:]...)
	}
	empty := len(d.Heads()) == 0
	st := C.tc_apply(d.doc, bytesIn(all), C.size_t(len(all)), bytesIn(hashes), C.size_t(len(hashes)))
	switch {
	case st == C.TC_OK:
		return nil
	case st == C.TC_CORRUPT && empty && gap(chunks):
		return ErrMissingDeps
	}
	return statusError(st)
}

// gap tells whether one of the chunks needs a change that is none of those
// before it: an empty document refuses these with the same plain error as
// damaged ones.
func gap(chunks [][]byte) bool {
	seen := make(map[canon.Hash]bool, len(chunks))
	for _, chunk := range chunks {
		c, err := change.Read(chunk)
		if err != nil {
			return false
		}
		if slices.ContainsFunc(c.Deps, func(h canon.Hash) bool { return !seen[h] }) {
			return true
		}
		seen[c.Hash] = true
	}
	return false
}

// Save is the document in Automerge's compact form, for Load, Dump and Prove.
func (d *Doc) Save() ([]byte, error) {
	if err := d.ready(); err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	var saved []byte
	err := take(C.tc_save(d.doc), func(r *reader) { saved = bytes.Clone(r.rest()) })
	if err != nil {
		return nil, fmt.Errorf("save: %w", err)
	}
	return saved, nil
}

// Heads are the hashes of the changes that no other one follows, sorted; none
// for an empty or unusable document.
func (d *Doc) Heads() []canon.Hash {
	if d.ready() != nil {
		return nil
	}
	s, err := d.read(readHeads, nil)
	if err != nil {
		return nil
	}
	return s.Heads
}

// Changes gives the chunks of all changes that are not among since and what
// came before it, each after its dependencies, in the inflated form (GA8).
func (d *Doc) Changes(since ...canon.Hash) ([][]byte, error) {
	if err := d.ready(); err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	flat := flatten(since)
	var chunks [][]byte
	var bad error
	err := take(C.tc_changes(d.doc, bytesIn(flat), C.size_t(len(flat))), func(r *reader) {
		for r.more() && bad == nil {
			var c []byte
			c, bad = change.Inflate(bytes.Clone(r.span()))
			chunks = append(chunks, c)
		}
	})
	if err = errors.Join(err, bad); err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	return chunks, nil
}

// statusError turns a status of the C side into an error. The core's own texts
// stay behind: they can quote values.
func statusError(status C.int) error {
	switch status {
	case C.TC_CORRUPT:
		return ErrCorrupt
	case C.TC_MEMORY:
		return errMemory
	case C.TC_UNKNOWN:
		return ErrUnknownHeads
	case C.TC_MISSING:
		return ErrMissingDeps
	case C.TC_VALUE:
		return ErrUnsupported
	}
	return errCore
}

// take lets read look at what C wrote, then frees it. Nothing that read keeps
// may point into it.
func take(o C.tc_out, read func(*reader)) error {
	defer C.free(unsafe.Pointer(o.data))
	if o.status != C.TC_OK {
		return statusError(o.status)
	}
	r := &reader{b: unsafe.Slice((*byte)(unsafe.Pointer(o.data)), int(o.len))}
	read(r)
	if r.bad {
		return ErrUnsupported
	}
	return nil
}

// bytesIn lends b to one C call.
func bytesIn(b []byte) *C.uint8_t { return (*C.uint8_t)(unsafe.Pointer(unsafe.SliceData(b))) }

func flatten(hashes []canon.Hash) []byte {
	b := make([]byte, 0, len(hashes)*len(canon.Hash{}))
	for _, h := range hashes {
		b = append(b, h[:]...)
	}
	return b
}
