package gate_test

import (
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// HE4: two records that one log accepted may come in another order in the next;
// what follows the loss of the right stays refused in any.
func TestHE4_JudgeUnordered(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 61)
	d := s.Customer.Clone()
	before := s.Envelope(s.Sales, d.ID(), s.Edit(s.Sales, d, "edit", changetest.Put{Key: "f:remark", Value: change.String("先")}))
	move := s.Envelope(s.Manager, d.ID(), s.Edit(s.Manager, d, "edit",
		changetest.Put{Key: "s:owner", Value: change.String(s.Other.Member.String())}))
	c := s.Head().Seq
	enter := func(e wire.Envelope) {
		t.Helper()
		j, refused := gate.Judge(s.W.Log, c, d, &e)
		if refused != nil {
			t.Fatalf("refused: %v", refused)
		}
		d.Enter(j)
	}
	enter(move)
	if _, refused := gate.Judge(s.W.Log, c, d, &before); refused == nil || refused.Code != wire.CodeRowDenied {
		t.Fatalf("at this place: %v, want row_denied", refused)
	}
	j, refused := gate.JudgeUnordered(s.W.Log, c, d, &before)
	if refused != nil {
		t.Fatalf("out of another log: %v", refused)
	}
	after := s.Envelope(s.Sales, d.ID(), s.Edit(s.Sales, d, "edit", changetest.Put{Key: "f:remark", Value: change.String("后")}))
	if _, refused := gate.JudgeUnordered(s.W.Log, c, d, &after); refused == nil || refused.Code != wire.CodeRowDenied {
		t.Errorf("behind the move: %v, want row_denied", refused)
	}
	d.Enter(j)
}

// HE4: a first change that was signed a second time (docs/adr/0074) and lay at
// an earlier place of another log is refused for what it is, not for its place.
func TestHE4_JudgeUnorderedSignedTwice(t *testing.T) {
	t.Parallel()
	s := gatetest.New(t, 62)
	d := gate.NewDoc(canon.DocID(s.W.Random16()))
	b := s.Body(s.Sales, d.ID(), s.Create(s.Sales, "create", changetest.Str("s:owner", s.Sales.Member.String())))
	first, at := s.Sign(s.Sales, b), s.Head().Seq
	s.W.Join(charter.RoleColleague, chartertest.Sales, "钱一")
	b.N++
	second := s.Sign(s.Sales, b)
	j, refused := gate.Judge(s.W.Log, s.Head().Seq, d, &second)
	if refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	d.Enter(j)
	_, refused = gate.JudgeUnordered(s.W.Log, at, d, &first)
	refusedAs(t, refused, wire.CodeDocExists, "GA9")
}
