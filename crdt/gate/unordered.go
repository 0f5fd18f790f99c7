package gate

import (
	"slices"

	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// JudgeUnordered is Judge for whoever does not decide the order: a receiver, and
// a relay that is brought what another log had. What that log accepted in one
// order may come in another (HE4: a union), so a record passes as well that has
// its rights on the row as its author saw it, and whose c is not compared with
// those of other logs (docs/adr/0061). The decision itself is Judge (GA1, GA2).
func JudgeUnordered(ch Charter, c uint64, d *Doc, e *wire.Envelope) (*Judged, *Refusal) {
	j, refused := judge(ch, c, d, e, Whole)
	if refused == nil || !ofOrder(refused.Code) {
		return j, refused
	}
	return (&trial{ch: ch, c: c, depth: Whole, doc: d, e: e, elsewhere: true}).judge()
}

// ofOrder tells whether a refusal may be one of the order only.
func ofOrder(code wire.Code) bool {
	return slices.Contains([]wire.Code{wire.CodeRowDenied, wire.CodeFieldDenied, wire.CodeBadChange}, code)
}

// rowBefore is the row that rights are judged on (PO5): of the document at this
// place, or as the change saw it.
func (t *trial) rowBefore(c *change.Change) charter.Row {
	if t.elsewhere && len(c.Deps) > 0 {
		return t.doc.rowAt(t.at, c)
	}
	return t.doc.Row(t.at)
}
