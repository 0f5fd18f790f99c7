package gate

import (
	"errors"
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// trial is one envelope on its way through the gate.
type trial struct {
	ch     Charter
	c      uint64
	depth  Depth
	at     *charter.State // the charter at the place in the log (GA1)
	named  *charter.State // at the head that the envelope names (KY6)
	author charter.Member
	doc    *Doc
	e      *wire.Envelope
	// elsewhere: the record was accepted at another place than this one.
	elsewhere bool
	broken    []*Refusal // what GA12 to GA15 found, reported after GA11
}

// judge leaves d as it is.
func judge(ch Charter, c uint64, d *Doc, e *wire.Envelope, depth Depth) (*Judged, *Refusal) {
	return (&trial{ch: ch, c: c, depth: depth, doc: d, e: e}).judge()
}

func (t *trial) judge() (*Judged, *Refusal) {
	changes, refused := t.enterHead()
	if refused != nil {
		return nil, refused
	}
	// Later changes of one envelope are judged on top of the earlier ones, so a
	// copy is needed only where there are several.
	if len(changes) > 1 {
		t.doc = t.doc.Clone()
	}
	if refused := t.enterChanges(changes, len(changes) > 1); refused != nil {
		return nil, refused
	}
	return &Judged{Envelope: t.e, Changes: changes, c: t.c}, nil
}

// judgeInto is judge and Enter at once; after a refusal d is of no use.
func judgeInto(ch Charter, c uint64, d *Doc, e *wire.Envelope, depth Depth) (*Judged, *Refusal) {
	t := &trial{ch: ch, c: c, depth: depth, doc: d, e: e}
	changes, refused := t.enterHead()
	if refused != nil {
		return nil, refused
	}
	if refused := t.enterChanges(changes, true); refused != nil {
		return nil, refused
	}
	j := &Judged{Envelope: e, Changes: changes, c: c}
	d.note(j)
	return j, nil
}

// enterHead is GA5 to GA8, and GA16 after the signature (docs/adr/0026).
func (t *trial) enterHead() ([]*change.Change, *Refusal) {
	b := &t.e.Body
	if err := t.e.Check(); err != nil {
		return nil, refuse(wire.CodeOf(err), "GA5")
	}
	if b.Doc != t.doc.id {
		return nil, refuse(wire.CodeMalformed, "GA5: another document")
	}
	var ok bool
	if t.at, ok = t.ch.At(t.c); !ok {
		return nil, refuse(wire.CodeCharterBehind, "GA3: charter at this place not known")
	}
	if t.depth != Stored {
		if refused := t.checkAuthor(); refused != nil {
			return nil, refused
		}
		if refused := t.checkHead(); refused != nil {
			return nil, refused
		}
		if t.ch.State().Erased(b.Doc) {
			return nil, refuse(wire.CodeErased, "GA16")
		}
	} else if refused := t.findAuthor(); refused != nil {
		return nil, refused
	}
	changes := make([]*change.Change, len(b.Chunks))
	for i, chunk := range b.Chunks {
		c, err := change.Decode(chunk)
		if err != nil {
			return nil, violated(err)
		}
		changes[i] = c
		if t.depth == Stored {
			continue
		}
		if refused := t.checkFall(c.Actor); refused != nil {
			return nil, refused
		}
	}
	return changes, nil
}

// checkAuthor is GA6. The cut is the newest chain's: a device that was revoked
// later is refused above it wherever the envelope lies (LV1).
func (t *trial) checkAuthor() *Refusal {
	if refused := t.findAuthor(); refused != nil {
		return refused
	}
	for _, s := range []*charter.State{t.at, t.ch.State()} {
		dev, ok := s.Device(t.e.Body.Device)
		if !ok || !dev.Active && t.e.Body.N > dev.Cut {
			return refuse(wire.CodeDenied, "GA6: device")
		}
	}
	if t.author.Status != charter.StatusActive {
		return refuse(wire.CodeDenied, "GA6: member")
	}
	return nil
}

func (t *trial) findAuthor() *Refusal {
	m, ok := t.at.MemberOf(t.e.Body.Device)
	if !ok {
		return refuse(wire.CodeDenied, "GA6: device")
	}
	t.author = m
	return nil
}

// checkHead is GA7: the signature, and the charter head that the envelope names.
func (t *trial) checkHead() *Refusal {
	b := &t.e.Body
	if t.depth == Whole {
		dev, _ := t.at.Device(b.Device)
		if !t.e.Verify(t.at.Workspace(), dev.Sign) {
			return refuse(wire.CodeBadSignature, "GA7: signature")
		}
	}
	var ok bool
	if t.named, ok = t.ch.At(b.CharterSeq); !ok {
		return refuse(wire.CodeCharterBehind, "GA7: named head not known")
	}
	if t.named.Head().Hash != b.CharterHash {
		return refuse(wire.CodeCharterFork, "GA7: named head")
	}
	if b.CharterSeq > t.c {
		return refuse(wire.CodeCharterBehind, "GA3: named head after this place")
	}
	return nil
}

// checkFall is PK3: the head that an author names, and its place, never fall.
func (t *trial) checkFall(actor canon.ActorID) *Refusal {
	last, ok := t.doc.seen[actor]
	if ok && (t.e.Body.CharterSeq < last.Charter || t.c < last.C && !t.elsewhere) {
		return refuse(wire.CodeBadChange, "PK3: named head before an earlier one of the author")
	}
	return nil
}

// enterChanges is GA9 to GA15. With add, the changes are entered into t.doc.
func (t *trial) enterChanges(changes []*change.Change, add bool) *Refusal {
	if refused := t.checkKind(changes); refused != nil {
		return refused
	}
	for _, c := range changes {
		if c.Actor.Device() != t.e.Body.Device {
			return refuse(wire.CodeActorForeign, "GA10: actor")
		}
		full := false
		if err := t.doc.state.Check(c); err != nil {
			refused := violated(err)
			if !strings.HasPrefix(refused.Rule, "GA15") {
				return refused
			}
			// GA12 to GA14 come first; the changes after this one are not read.
			t.broken = append(t.broken, refused)
			full = true
		}
		t.checkKeys(c)
		if full || !add {
			break
		}
		t.doc.state.Add(c)
	}
	return first(t.broken)
}

// checkKind is GA9: one change without dependencies, the first of a document
// that does not exist, in an envelope that says so.
func (t *trial) checkKind(changes []*change.Change) *Refusal {
	for i, c := range changes {
		root := len(c.Deps) == 0
		switch {
		case root && (t.doc.Exists() || i > 0):
			return refuse(wire.CodeDocExists, "GA9: second first change")
		case root != (i == 0 && t.e.Body.Kind == wire.KindCreate):
			if t.doc.Exists() && t.e.Body.Kind == wire.KindCreate {
				return refuse(wire.CodeDocExists, "GA9: document is there")
			}
			return refuse(wire.CodeMalformed, "GA9: kind does not fit the changes")
		}
	}
	return nil
}

func refuse(code wire.Code, rule string, keys ...string) *Refusal {
	return &Refusal{Code: code, Rule: rule, Keys: keys}
}

// violated is the refusal of a *change.Violation.
func violated(err error) *Refusal {
	var v *change.Violation
	if !errors.As(err, &v) {
		return refuse(wire.CodeCorrupt, "GA8")
	}
	rule := v.Rule
	if !strings.Contains(rule, ": ") {
		rule = "GA5: " + rule
	}
	return refuse(v.Code, rule)
}

// fromPolicy is the refusal of a charter.InvalidError under the gate's rule.
func fromPolicy(err error, key string) *Refusal {
	var v *charter.InvalidError
	if !errors.As(err, &v) {
		return refuse(wire.CodeDenied, "GA13", key)
	}
	rule := "GA13: " + v.Rule
	if v.Code == charter.CodeBadKey {
		rule = "GA12: " + v.Rule
	}
	r := refuse(wire.Code(v.Code), rule)
	if key != "" {
		r.Keys = []string{key}
	}
	return r
}

// first is the refusal of the earliest rule, rows before the rest of GA13, with
// the keys of all that have the same code.
func first(broken []*Refusal) *Refusal {
	if len(broken) == 0 {
		return nil
	}
	rank := func(r *Refusal) string {
		if r.Code == wire.CodeRowDenied {
			return "GA13 row"
		}
		return r.Rule[:4] + "z"
	}
	best := slices.MinFunc(broken, func(a, b *Refusal) int { return strings.Compare(rank(a), rank(b)) })
	out := &Refusal{Code: best.Code, Rule: best.Rule}
	for _, r := range broken {
		if r.Code == best.Code {
			out.Keys = append(out.Keys, r.Keys...)
		}
	}
	slices.Sort(out.Keys)
	out.Keys = slices.Compact(out.Keys)
	return out
}
