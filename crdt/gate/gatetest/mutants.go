package gatetest

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
)

// Core is the C core's copy of a document; crdttest.Core is one.
type Core interface {
	Take(chunks [][]byte, want *change.State) error
	Next() ([]byte, error)
	Agrees(want *change.State) error
	Close() error
}

// Door takes envelopes of different documents in and answers for each:
// wire.CodeAccepted, or why not.
type Door func([]wire.Envelope) []wire.Code

const (
	// targets are how many documents are attacked side by side.
	targets = 64
	// fill is how many mutants a document takes before another is begun.
	fill = 12
)

// Mutants is a series of envelopes with one damaged change each, under a right
// checksum and a right signature, by authors who may do everything: only the
// rules of the gate stand between them and the C core (AT58). What passes stays
// in its document, and the next ones are aimed at what it has become.
type Mutants struct {
	// Depth is how much of the gate the door asks.
	Depth gate.Depth
	// NewCore makes the C core's copy of a document; its changes are the actor's.
	NewCore func(canon.ActorID) (Core, error)

	s       *Scene
	seed    uint64
	r       *rand.Rand
	m       *changetest.Mutator
	targets []*target
	done    int
	tally   Tally
}

// Tally says what became of mutants.
type Tally struct {
	Sent, Passed int // mutants that came to the door, and that it let in
	Honest       int // changes that the core wrote on top, which all passed
	Documents    int
	Refused      map[string]int // by rule
}

// target is a document under attack.
type target struct {
	doc   *gate.Doc
	core  Core
	actor canon.ActorID // of the core
	last  canon.ActorID // of the last mutant that passed
	taken int
}

// NewMutants begins a series; equal seeds give equal series.
func NewMutants(s *Scene, seed uint64) *Mutants {
	return &Mutants{
		s: s, seed: seed, r: rand.New(rand.NewPCG(seed, 58)), //nolint:gosec // repeats by its seed
		m: changetest.NewMutator(seed), tally: Tally{Refused: map[string]int{}},
	}
}

// Scene is the workspace that the mutants are aimed at.
func (m *Mutants) Scene() *Scene { return m.s }

// Run sends n mutants through the door. The door must let in exactly what the
// gate lets in; that must be encoded to the same bytes and be taken by the core
// with the same values, and what the core then writes must pass as well.
func (m *Mutants) Run(n int, door Door) Tally {
	tb := m.s.TB
	tb.Helper()
	for len(m.targets) < targets {
		m.targets = append(m.targets, m.begin())
	}
	for m.tally.Sent < n {
		m.round(door)
	}
	for _, t := range m.targets {
		m.end(t)
	}
	m.targets = nil
	return m.tally
}

func (m *Mutants) begin() *target {
	m.s.TB.Helper()
	m.done++
	t := &target{
		doc:   gate.NewDoc(canon.DocID(m.s.W.Random16())),
		actor: m.s.Founder.Device().Actor(canon.Incarnation{0xff, byte(m.done >> 16), byte(m.done >> 8), byte(m.done)}),
	}
	core, err := m.NewCore(t.actor)
	if err != nil {
		m.s.TB.Fatal(err)
	}
	t.core = core
	return t
}

func (m *Mutants) end(t *target) {
	m.s.TB.Helper()
	if err := t.core.Close(); err != nil && t.doc.Exists() {
		m.fatalf("what the core saved: %v", err)
	}
	m.tally.Documents++
}

func (m *Mutants) fatalf(format string, args ...any) {
	m.s.TB.Helper()
	m.s.TB.Fatalf("seed %d, about mutant %d: %s", m.seed, m.tally.Sent, fmt.Sprintf(format, args...))
}

// round sends one mutant at each document, and then what the core writes on
// top of those that passed.
func (m *Mutants) round(door Door) {
	m.s.TB.Helper()
	envelopes := make([]wire.Envelope, len(m.targets))
	for i, t := range m.targets {
		envelopes[i] = m.mutant(t)
	}
	m.tally.Sent += len(envelopes)
	var hit []*target
	for i, code := range m.through(door, envelopes) {
		if t := m.targets[i]; code == wire.CodeAccepted {
			t.taken++
			hit = append(hit, t)
		}
	}
	m.tally.Passed += len(hit)
	if len(hit) == 0 {
		return
	}
	next := make([]wire.Envelope, len(hit))
	for i, t := range hit {
		next[i] = m.honest(t)
	}
	for i, code := range m.through(door, next) {
		if code != wire.CodeAccepted {
			m.fatalf("what the core itself wrote is refused: %s\n%x", code, next[i].Body.Chunks[0])
		}
		if err := hit[i].core.Agrees(hit[i].doc.State()); err != nil {
			m.fatalf("after the core's own change: %v", err)
		}
		m.tally.Honest++
	}
	for i, t := range m.targets {
		if t.taken >= fill {
			m.end(t)
			m.targets[i] = m.begin()
		}
	}
}

// through asks the gate and the door about envelopes, the i-th of the i-th
// document that has its id, and enters what passed.
func (m *Mutants) through(door Door, envelopes []wire.Envelope) []wire.Code {
	m.s.TB.Helper()
	depth := m.Depth
	if depth == gate.Whole {
		depth = gate.Unsigned // they are rightly signed; the door looks
	}
	docs := map[canon.DocID]*target{}
	for _, t := range m.targets {
		docs[t.doc.ID()] = t
	}
	got := door(envelopes)
	if len(got) != len(envelopes) {
		m.fatalf("%d answers for %d envelopes", len(got), len(envelopes))
	}
	for i := range envelopes {
		e := &envelopes[i]
		t := docs[e.Body.Doc]
		j, refusal := gate.JudgeAt(m.s.W.Log, m.s.Head().Seq, t.doc, e, depth)
		want := wire.CodeAccepted
		if refusal != nil {
			want = refusal.Code
			rule, _, _ := strings.Cut(refusal.Rule, ":")
			m.tally.Refused[rule]++
		}
		if got[i] != want {
			m.fatalf("the door says %s, the gate %s (%v)\n%x", got[i], want, refusal, e.Body.Chunks[0])
		}
		if refusal == nil {
			m.enter(t, j)
		}
	}
	return got
}

func (m *Mutants) enter(t *target, j *gate.Judged) {
	m.s.TB.Helper()
	chunks := j.Envelope.Body.Chunks
	for i, c := range j.Changes {
		if again, err := change.Encode(*c); err != nil || !bytes.Equal(again, chunks[i]) {
			m.fatalf("passed and is encoded otherwise (%v)\n%x", err, chunks[i])
		}
	}
	t.doc.Enter(j)
	if j.Changes[0].Actor == t.actor {
		return // the core has its own
	}
	t.last = j.Changes[0].Actor
	if err := t.core.Take(chunks, t.doc.State()); err != nil {
		m.fatalf("passed, the core says: %v\n%x", err, chunks)
	}
}

// mutant is a damaged change of the document as it stands, now and then behind
// a sound one in the same envelope.
func (m *Mutants) mutant(t *target) wire.Envelope {
	m.s.TB.Helper()
	for {
		d := m.s.Founder
		if m.r.IntN(4) == 0 {
			d = m.s.Buyer
		}
		b := m.s.Body(d, t.doc.ID())
		state := t.doc.State()
		last := t.last
		if m.r.IntN(8) == 0 && t.doc.Exists() {
			sound := m.base(t.doc.ID(), state, d, last)
			if state = state.Clone(); state.Check(sound) == nil {
				state.Add(sound)
				b.Chunks = append(b.Chunks, changetest.Chunk(m.s.TB, sound))
				last = sound.Actor
			}
		}
		c := m.base(t.doc.ID(), state, d, last)
		b.Chunks = append(b.Chunks, m.m.Mutate(changetest.Chunk(m.s.TB, c)))
		if !t.doc.Exists() {
			b.Kind, b.Commitment = wire.KindCreate, m.s.commitment(b.Doc)
		}
		if e, err := wire.SignEnvelope(m.s.W.ID, d, b); err == nil {
			return e
		}
	}
}

// base is a change that would pass, at least while nothing damaged has passed:
// the first one, or one on top of all or of an earlier state.
func (m *Mutants) base(doc canon.DocID, state *change.State, d *chartertest.Device, last canon.ActorID) *change.Change {
	m.s.TB.Helper()
	var inc canon.Incarnation
	for i := range inc {
		inc[i] = byte(m.r.Uint32()) & 0x7f
	}
	actor := d.Device().Actor(inc)
	if state.Changes() == 0 {
		return changetest.Create(m.s.TB, actor, "create", changetest.Str("f:name", "甲"),
			changetest.Str("s:owner", d.Member.String()), changetest.Str("s:department", chartertest.Sales))
	}
	at := state.Heads()
	switch m.r.IntN(8) {
	case 0: // on top of the first change only
		if c, ok := state.Creator(); ok {
			at = []canon.Hash{c.Hash}
		}
	case 1, 2, 3: // by who was there before
		if last.Device() == d.Device() {
			actor = last
		}
	default:
	}
	message, puts := m.s.RandomPuts(m.r, doc, state, d, at)
	if len(puts) > 0 {
		return changetest.EditAt(m.s.TB, state, at, actor, message, puts...)
	}
	if live, err := state.Live("n:memo", nil); err == nil && len(live) == 1 && live[0].Value.Kind == change.KindText {
		return changetest.Type(m.s.TB, state, actor, "edit", "n:memo", "备忘")
	}
	return changetest.Edit(m.s.TB, state, actor, "edit", changetest.Str("f:remark", "无备忘"))
}

// honest is a change that the core writes, in an envelope.
func (m *Mutants) honest(t *target) wire.Envelope {
	m.s.TB.Helper()
	chunk, err := t.core.Next()
	if err != nil {
		m.fatalf("the core cannot go on: %v", err)
	}
	b := m.s.Body(m.s.Founder, t.doc.ID())
	b.Chunks = [][]byte{chunk}
	return m.s.Sign(m.s.Founder, b)
}

// Add adds another tally.
func (t *Tally) Add(o Tally) {
	t.Sent, t.Passed, t.Honest, t.Documents = t.Sent+o.Sent, t.Passed+o.Passed, t.Honest+o.Honest, t.Documents+o.Documents
	if t.Refused == nil {
		t.Refused = map[string]int{}
	}
	for rule, n := range o.Refused {
		t.Refused[rule] += n
	}
}

// Check fails when the mutants were too weak to show anything, and logs what
// became of them.
func (t *Tally) Check(tb testing.TB) {
	tb.Helper()
	tb.Logf("%d mutants at %d documents: %d passed, and %d changes of the core on top of them; refused %s",
		t.Sent, t.Documents, t.Passed, t.Honest, t)
	if t.Passed*100 < t.Sent || t.Honest != t.Passed {
		tb.Errorf("%d of %d passed: too few to show anything", t.Passed, t.Sent)
	}
	for _, rule := range []string{"GA8", "GA9", "GA10", "GA11", "GA12"} {
		if t.Refused[rule] == 0 && t.Sent >= 5000 {
			tb.Errorf("%s refused nothing", rule)
		}
	}
}

// String is the refusals by rule.
func (t *Tally) String() string {
	var b strings.Builder
	for _, rule := range slices.Sorted(maps.Keys(t.Refused)) {
		fmt.Fprintf(&b, "%s %d, ", rule, t.Refused[rule])
	}
	return strings.TrimSuffix(b.String(), ", ")
}
