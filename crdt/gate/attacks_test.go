package gate_test

import (
	"slices"
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// attack runs the cases of every door that carry the id of an attack; there must
// be at least so many.
func attack(t *testing.T, id string, atLeast int) {
	t.Helper()
	s, n := gatetest.New(t, 90), 0
	for _, c := range gatetest.Cases() {
		words := strings.FieldsFunc(c.Name, func(r rune) bool { return strings.ContainsRune("(), ", r) })
		if !slices.Contains(words, id) {
			continue
		}
		n++
		t.Run(c.Name, func(t *testing.T) {
			_, refused := judge(s, c.Build(s))
			refusedAs(t, refused, c.Code, c.Rule)
		})
	}
	if n < atLeast {
		t.Errorf("%d cases, want %d", n, atLeast)
	}
}

func TestAT31_SealedForms(t *testing.T)      { attack(t, "AT31", 6) }  //nolint:paralleltest // a scene numbers its envelopes in order
func TestAT57_StartOpTooHigh(t *testing.T)   { attack(t, "AT57", 4) }  //nolint:paralleltest // as above
func TestAT61_AnotherDocument(t *testing.T)  { attack(t, "AT61", 2) }  //nolint:paralleltest // as above
func TestAT62_ForbiddenKeysOps(t *testing.T) { attack(t, "AT62", 20) } //nolint:paralleltest // as above

// TestAT75_WhatAPackMayNotHold: a relay puts a change into a pack that nobody
// signed, one that a signature of another record stands under, one that it knows
// to be void, or one record twice. The first bad record is named, and the
// document does not change (PK1, PK3).
func TestAT75_WhatAPackMayNotHold(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 91)
	h := newHistory(t, s, 7)
	for range 12 {
		d, c := h.next()
		h.add(d, c)
	}
	last := len(h.records)
	// Void: by a member whom the row does not concern, as the relay decided.
	doc := h.doc
	void := s.Envelope(s.Other, doc.ID(), s.Edit(s.Other, doc, "edit", changetest.Str("f:remark", "void")))
	invented := s.Envelope(s.Founder, doc.ID(), s.Edit(s.Founder, doc, "edit", changetest.Str("f:remark", "invented")))
	forged := invented
	forged.Signature = h.records[last-1].Envelope.Signature
	swapped := invented
	swapped.Body.Device = s.Buyer.Device()
	put := func(e wire.Envelope) wire.LogRecord {
		return wire.LogRecord{Seq: 900, Time: 1, C: s.Head().Seq, Envelope: e}
	}
	twice := h.records[3]
	for name, c := range map[string]struct {
		records []wire.LogRecord
		code    wire.Code
		index   int
	}{
		"invented, under another signature": {append(slices.Clone(h.records), put(forged)), wire.CodeBadSignature, last},
		"said to be of another author":      {append(slices.Clone(h.records), put(swapped)), wire.CodeBadSignature, last},
		"void":                              {append(slices.Clone(h.records), put(void)), wire.CodeRowDenied, last},
		"one number twice":                  {append(slices.Clone(h.records), twice), wire.CodeCounterUsed, last},
	} {
		fresh := gate.NewDoc(doc.ID())
		_, _, refused := gate.JudgePack(s.W.Log, fresh, c.records, gate.Whole)
		if refused == nil || refused.Code != c.code || refused.Index != c.index {
			t.Errorf("%s: got %+v, want %s at %d", name, refused, c.code, c.index)
		}
		if fresh.Exists() {
			t.Errorf("%s: the document changed", name)
		}
	}
	if _, passed, refused := gate.JudgePack(s.W.Log, gate.NewDoc(doc.ID()), append(slices.Clone(h.records), put(invented)), gate.Whole); refused != nil || len(passed) != last+1 {
		t.Errorf("the same by its author: %+v", refused)
	}
}

// TestAT52_SignedUnderAnOldHead: a revoked member signs ten new envelopes that
// name a head from before the revocation. Whoever brings them, and wherever they
// are placed, none passes (LV1, GA6); what lies below the cut does.
func TestAT52_SignedUnderAnOldHead(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 92)
	old := s.Head()
	cut := s.Envelope(s.Buyer, s.Customer.ID(), s.Edit(s.Buyer, s.Customer, "edit", changetest.Str("f:remark", "before")))
	s.W.Revoke(s.Buyer, cut.Body.N, charter.ReasonLeft)
	s.W.Join(charter.RoleColleague, chartertest.Sales, "新人")
	for i := range 10 {
		b := s.Body(s.Buyer, s.Customer.ID(), s.Edit(s.Buyer, s.Customer, "edit", changetest.Str("f:remark", canon.Text16(s.W.Random16()))))
		b.CharterSeq, b.CharterHash = old.Seq, old.Hash
		e := s.Sign(s.Buyer, b)
		for c := old.Seq; c <= s.Head().Seq; c++ {
			for door, ask := range map[string]func() *gate.Refusal{
				"push":    func() *gate.Refusal { _, r := gate.Judge(s.W.Log, c, s.Customer, &e); return r },
				"healing": func() *gate.Refusal { _, r := gate.JudgeUnordered(s.W.Log, c, s.Customer, &e); return r },
				"pack": func() *gate.Refusal {
					if _, _, r := gate.JudgePack(s.W.Log, s.Customer, []wire.LogRecord{{Seq: 1, C: c, Envelope: e}}, gate.Whole); r != nil {
						return &r.Refusal
					}
					return nil
				},
			} {
				refused := ask()
				if refused == nil || refused.Code != wire.CodeDenied {
					t.Errorf("envelope %d by %s at %d: %v, want denied", i, door, c, refused)
				}
			}
		}
	}
	if _, refused := gate.Judge(s.W.Log, old.Seq, s.Customer, &cut); refused != nil {
		t.Errorf("below the cut, at its place: %v", refused)
	}
}
