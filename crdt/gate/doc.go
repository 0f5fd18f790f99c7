package gate

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// Doc is what judging needs to know of a document: its changes' state and what
// its authors have named so far. It is derived from the accepted records alone
// (GA21). It is not safe for use by several goroutines while one calls Enter.
type Doc struct {
	id    canon.DocID
	state *change.State
	seen  map[canon.ActorID]named
}

// named is what an author's last envelope in the document named (PK3). It is
// kept for each incarnation: what one of them wrote is a chain and comes in
// order, but a device that goes on from an older copy may write before what it
// has lost comes back (HE4).
type named struct {
	Charter uint64 // charter seq in the envelope
	C       uint64 // charter seq at its place in the log
}

// NewDoc is a document that does not exist yet.
func NewDoc(id canon.DocID) *Doc {
	return &Doc{id: id, state: change.NewState(), seen: map[canon.ActorID]named{}}
}

// ID is the document's id.
func (d *Doc) ID() canon.DocID { return d.id }

// State is the state of the document's changes. It must not be changed.
func (d *Doc) State() *change.State { return d.state }

// Fold is the document without its old changes (change.State.Fold): it judges
// alike whatever follows newer ones. It may be d itself.
func (d *Doc) Fold(keep int) *Doc {
	state := d.state.Fold(keep)
	if state == d.state {
		return d
	}
	return &Doc{id: d.id, state: state, seen: maps.Clone(d.seen)}
}

// Forgot tells whether the refusal may come of what was folded: then only the
// whole document can judge.
func (d *Doc) Forgot(r *Refusal) bool {
	return r != nil && r.Code == wire.CodeMissingDeps && d.state.Folded()
}

// Weight is about how many bytes the document takes in memory.
func (d *Doc) Weight() int {
	const each = 96 // of an author's last envelope
	return d.state.Weight() + each*len(d.seen)
}

// Exists tells whether the document has a first change.
func (d *Doc) Exists() bool { return d.state.Changes() > 0 }

// Has tells whether the document has all changes of the envelope.
func (d *Doc) Has(e *wire.Envelope) bool {
	for _, h := range e.Body.Hashes() {
		if !d.state.Has(h) {
			return false
		}
	}
	return true
}

// Enter takes in what Judge has just passed for this document.
func (d *Doc) Enter(j *Judged) {
	for _, c := range j.Changes {
		d.state.Add(c)
	}
	d.note(j)
}

func (d *Doc) note(j *Judged) {
	for _, c := range j.Changes {
		d.seen[c.Actor] = named{Charter: j.Envelope.Body.CharterSeq, C: j.c}
	}
}

// Named is what the author's last envelope in the document named: its charter
// seq, and the one at its place in the log. Neither may fall (PK3), so a relay
// that chooses c for a healed record chooses at least that. Zero without one.
func (d *Doc) Named(author canon.DeviceID) (charterSeq, c uint64) {
	for actor, n := range d.seen {
		if actor.Device() == author {
			charterSeq, c = max(charterSeq, n.Charter), max(c, n.C)
		}
	}
	return charterSeq, c
}

// Clone is an independent copy.
func (d *Doc) Clone() *Doc {
	return &Doc{id: d.id, state: d.state.Clone(), seen: maps.Clone(d.seen)}
}

// Row is what rights on the document depend on, by its live values (PO4).
func (d *Doc) Row(s *charter.State) charter.Row {
	return d.row(s, nil)
}

// rowAt is Row as the change saw it.
func (d *Doc) rowAt(s *charter.State, c *change.Change) charter.Row { return d.row(s, c.Deps) }

func (d *Doc) row(s *charter.State, at []canon.Hash) charter.Row {
	row := rowOf(s, d.id)
	row.Owners = texts(d.liveAt("s:owner", at))
	row.Departments = texts(d.liveAt("s:department", at))
	row.Pool = slices.ContainsFunc(d.liveAt("s:pool", at), func(e change.Entry) bool { return e.Value.Bool() })
	return row
}

func rowOf(s *charter.State, id canon.DocID) charter.Row {
	kind, of := s.DocKind(id)
	return charter.Row{Kind: kind, Of: of}
}

func (d *Doc) live(key string) []change.Entry { return d.liveAt(key, nil) }

func (d *Doc) liveAt(key string, at []canon.Hash) []change.Entry {
	entries, err := d.state.Live(key, at)
	if err != nil {
		return nil // nil is always known, and what a change follows was checked
	}
	return entries
}

func texts(entries []change.Entry) []string {
	var out []string
	for _, e := range entries {
		if e.Value.Kind == change.KindString {
			out = append(out, e.Value.Str())
		}
	}
	return out
}

// docCache is the byte form of a Doc. It is a cache and never travels.
type docCache struct {
	_     struct{} `cbor:",toarray"`
	Form  uint64
	ID    canon.DocID
	State []byte
	Seen  []seenCache
}

type seenCache struct {
	_       struct{} `cbor:",toarray"`
	Actor   canon.ActorID
	Charter uint64
	C       uint64
}

const cacheForm = 2

// MarshalBinary writes the document for a cache.
func (d *Doc) MarshalBinary() ([]byte, error) {
	state, err := d.state.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("cache document %s: %w", d.id, err)
	}
	c := docCache{Form: cacheForm, ID: d.id, State: state, Seen: []seenCache{}}
	for actor, n := range d.seen {
		c.Seen = append(c.Seen, seenCache{Actor: actor, Charter: n.Charter, C: n.C})
	}
	slices.SortFunc(c.Seen, func(a, b seenCache) int { return bytes.Compare(a.Actor[:], b.Actor[:]) })
	b, err := canon.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("cache document %s: %w", d.id, err)
	}
	return b, nil
}

// UnmarshalDoc reads what MarshalBinary wrote. On any error the caller builds
// the document anew from its records.
func UnmarshalDoc(b []byte) (*Doc, error) {
	var c docCache
	if err := canon.Unmarshal(b, &c); err != nil {
		return nil, fmt.Errorf("document cache: %w", err)
	}
	if c.Form != cacheForm {
		return nil, fmt.Errorf("document cache of form %d: %w", c.Form, canon.ErrEncoding)
	}
	state, err := change.UnmarshalState(c.State)
	if err != nil {
		return nil, fmt.Errorf("cache of document %s: %w", c.ID, err)
	}
	d := &Doc{id: c.ID, state: state, seen: make(map[canon.ActorID]named, len(c.Seen))}
	for _, s := range c.Seen {
		d.seen[s.Actor] = named{Charter: s.Charter, C: s.C}
	}
	return d, nil
}
