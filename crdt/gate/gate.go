// Package gate decides whether an envelope may enter a document: the rules GA1
// to GA16 of docs/spec/wire.md, in one function that relay and devices share, in
// pure Go (GA22).
//
// What only a relay decides (GA17 to GA20) is not here. Nothing in this package
// depends on a clock or a setting: the same document, charter and envelope give
// the same answer everywhere and for ever (GA3).
package gate

import (
	"fmt"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// Charter gives the states that a peer's chain has gone through. A charter.Log
// is one.
type Charter interface {
	// At is the state after statement seq; false if the chain does not reach it.
	At(seq uint64) (*charter.State, bool)
	// State is the newest state.
	State() *charter.State
}

var _ Charter = (*charter.Log)(nil)

// Refusal is why an envelope may not enter. It is not an error of the peer that
// found it.
type Refusal struct {
	Code wire.Code
	// Rule is the id of the rule and what of it, never a value.
	Rule string
	// Keys are the keys that it concerns, sorted; empty where it concerns the
	// whole envelope.
	Keys []string
}

// Error makes a Refusal usable as an error.
func (r *Refusal) Error() string { return fmt.Sprintf("refused: %s (%s)", r.Code, r.Rule) }

var _ error = (*Refusal)(nil)

// Judged is an envelope that passed, with its changes as the gate read them.
type Judged struct {
	Envelope *wire.Envelope
	Changes  []*change.Change
	c        uint64
}

// Depth is how much of the gate is asked.
type Depth uint8

// The depths.
const (
	// Whole is GA5 to GA16.
	Whole Depth = iota
	// Unsigned leaves out the signature itself, which VerifySignature checks
	// later (PK3).
	Unsigned
	// Stored is for a device's own store, whose records were judged before: only
	// what must hold before bytes reach the C core, GA5, GA8 to GA12 and GA15.
	Stored
)

// Parse reads an envelope that came from outside, with the refusal of GA5.
func Parse(b []byte) (*wire.Envelope, *Refusal) {
	e, err := wire.ParseEnvelope(b)
	if err != nil {
		return nil, &Refusal{Code: wire.CodeOf(err), Rule: "GA5"}
	}
	return &e, nil
}

// Judge decides whether e may enter d at a place of the log where the charter
// seq is c (GA1). It changes nothing; d.Enter takes in what passed. e is what
// wire.ParseEnvelope returned or SignEnvelope made, and concerns d.
func Judge(ch Charter, c uint64, d *Doc, e *wire.Envelope) (*Judged, *Refusal) {
	return judge(ch, c, d, e, Whole)
}

// JudgeAt is Judge to the given depth.
func JudgeAt(ch Charter, c uint64, d *Doc, e *wire.Envelope, depth Depth) (*Judged, *Refusal) {
	return judge(ch, c, d, e, depth)
}

// VerifySignature is the part of GA7 that Unsigned leaves out.
func VerifySignature(ch Charter, c uint64, e *wire.Envelope) *Refusal {
	at, ok := ch.At(c)
	if !ok {
		return &Refusal{Code: wire.CodeCharterBehind, Rule: "GA3: charter at this place not known"}
	}
	dev, ok := at.Device(e.Body.Device)
	if !ok {
		return &Refusal{Code: wire.CodeDenied, Rule: "GA6: device"}
	}
	if !e.Verify(at.Workspace(), dev.Sign) {
		return &Refusal{Code: wire.CodeBadSignature, Rule: "GA7: signature"}
	}
	return nil
}

// PackRefusal is the first record of a pack that may not enter.
type PackRefusal struct {
	Index int
	Refusal
}

// Unwrap is the refusal.
func (r *PackRefusal) Unwrap() error { return &r.Refusal }

// JudgePack judges records of d in order, each at its own c, as judging one by
// one does (PK3). On success it returns a new document with all of them entered;
// d itself does not change. Records that d already has must be left out.
func JudgePack(ch Charter, d *Doc, records []wire.LogRecord, depth Depth) (*Doc, []*Judged, *PackRefusal) {
	next := d.Clone()
	passed := make([]*Judged, 0, len(records))
	numbers := make(map[authored]struct{}, len(records))
	for i := range records {
		r := &records[i]
		key := authored{r.Envelope.Body.Device, r.Envelope.Body.N}
		if _, twice := numbers[key]; twice {
			return nil, nil, &PackRefusal{Index: i, Refusal: Refusal{Code: wire.CodeCounterUsed, Rule: "PK3: number used twice"}}
		}
		numbers[key] = struct{}{}
		j, refused := judgeInto(ch, r.C, next, &r.Envelope, depth)
		if refused != nil {
			return nil, nil, &PackRefusal{Index: i, Refusal: *refused}
		}
		passed = append(passed, j)
	}
	return next, passed, nil
}

type authored struct {
	device canon.DeviceID
	n      uint64
}
