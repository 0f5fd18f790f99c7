// Package gatetest builds a workspace with a history that every peer must
// accept, and a list of envelopes of which each breaks one rule of the gate, so
// that every door where bytes come in is tested with the same list.
package gatetest

import (
	"crypto/sha256"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
)

// Scene is a workspace with members, documents and the envelopes that made
// them. It is not safe for concurrent use.
type Scene struct {
	TB testing.TB
	W  *chartertest.Workspace

	Founder  *chartertest.Device
	Sales    *chartertest.Device // own rows in department sales
	Other    *chartertest.Device // sales too, owns nothing
	Service  *chartertest.Device // append in section service, all rows
	Manager  *chartertest.Device // rows of department sales, delete, assign
	Buyer    *chartertest.Device // colleague: writes everywhere, no delete
	Leaver   *chartertest.Device // revoked, with cut 1
	Stranger *chartertest.Device // not in the charter

	// Customer is owned by Sales, Pooled is in the pool, Crowded has a field with
	// as many live values as are allowed, Erased is the id of an erased customer.
	Customer, Pooled, Crowded *gate.Doc
	Erased                    canon.DocID

	// History are the envelopes of Customer, Pooled and Crowded in order. Each
	// passes at the newest charter state.
	History []wire.Envelope

	docs    map[canon.DocID]*gate.Doc
	numbers map[canon.DeviceID]uint64
	life    map[canon.DeviceID]byte
	ring    *seal.Ring // the founder's, at ringAt
	ringAt  charter.Head
}

// New makes the scene. The charter is complete before the history begins, and
// section contact has been rotated once.
func New(tb testing.TB, seed uint64) *Scene {
	tb.Helper()
	w := chartertest.New(tb, seed)
	s := &Scene{
		TB: tb, W: w, Founder: w.Founder,
		docs: map[canon.DocID]*gate.Doc{}, numbers: map[canon.DeviceID]uint64{}, life: map[canon.DeviceID]byte{},
	}
	s.Sales = w.Join(chartertest.RoleSales, chartertest.Sales, "王芳")
	s.Other = w.Join(chartertest.RoleSales, chartertest.Sales, "李雷")
	s.Service = w.Join(chartertest.RoleService, chartertest.Service, "赵敏")
	s.Manager = w.Join(chartertest.RoleManager, chartertest.Sales, "陈静")
	s.Buyer = w.Join(charter.RoleColleague, chartertest.Finance, "周杰")
	s.Leaver = w.Join(charter.RoleColleague, chartertest.Sales, "孙权")
	s.Stranger = w.NewDevice(s.Buyer.Member, "别处")
	w.Revoke(s.Leaver, 1, charter.ReasonLeft)
	w.Must(w.Rotation(w.Founder, "contact"), w.Founder)
	s.Erased = canon.DocID(w.Random16())
	w.Must(&charter.EraseContent{Docs: []canon.DocID{s.Erased}, Reason: charter.EraseMistake}, s.Manager, s.Founder)

	s.Customer = s.customer(s.Sales, "edit",
		changetest.Str("f:name", "华东机械有限公司"), changetest.Str("f:remark", "一"),
		changetest.Str("s:owner", s.Sales.Member.String()), changetest.Str("s:department", chartertest.Sales))
	s.Accept(s.Sales, s.Customer, s.Edit(s.Sales, s.Customer, "edit",
		changetest.Put{Key: "f:mobile", Value: s.Sealed(s.Founder, s.Customer.ID(), "f:mobile", "13812345678")}))
	s.Accept(s.Service, s.Customer, s.Edit(s.Service, s.Customer, "edit",
		changetest.Put{Key: s.EntryKey(s.Service, "service"), Value: change.Bytes(canon.MustMarshal("来电"))}))
	s.Pooled = s.customer(s.Buyer, "edit",
		changetest.Str("f:name", "公海客户"), changetest.Str("s:department", chartertest.Sales),
		changetest.Put{Key: "s:pool", Value: change.Bool(true)})
	s.Crowded = s.customer(s.Founder, "edit", changetest.Str("f:name", "甲"))
	base := s.Crowded.State().Heads()
	for range change.MaxLive {
		s.Accept(s.Founder, s.Crowded, s.Crowd(base))
	}
	return s
}

// Crowd is a change that adds one more live value to Crowded's f:city, seen
// from base only.
func (s *Scene) Crowd(base []canon.Hash) *change.Change {
	s.life[s.Founder.Device()]++
	return changetest.EditAt(s.TB, s.Crowded.State(), base, s.Actor(s.Founder), "edit",
		changetest.Str("f:city", string(rune('a'+s.life[s.Founder.Device()]))))
}

// Head is the charter seq that records of the scene stand at.
func (s *Scene) Head() charter.Head { return s.W.State().Head() }

// Actor is the device's present actor.
func (s *Scene) Actor(d *chartertest.Device) canon.ActorID {
	return d.Device().Actor(canon.Incarnation{3: s.life[d.Device()]})
}

// Salt is the salt of a document of the scene.
func (s *Scene) Salt(doc canon.DocID) [32]byte { return sha256.Sum256(doc[:]) }

// Sealed is a value of a field sealed for the document with the newest keys,
// with mask part and token where the field has them.
func (s *Scene) Sealed(d *chartertest.Device, doc canon.DocID, key, text string) change.Value {
	s.TB.Helper()
	return s.SealedAt(d, doc, key, text, 0, nil)
}

// SealedAt is Sealed with another key version (0: the newest), after edit
// changed what is sealed.
func (s *Scene) SealedAt(
	d *chartertest.Device, doc canon.DocID, key, text string, version uint32, edit func(*seal.Plain),
) change.Value {
	s.TB.Helper()
	ring := s.ringOf(d)
	parsed, err := charter.ParseKey(key)
	if err != nil {
		s.TB.Fatal(err)
	}
	section, _, _ := s.W.State().KeySection(parsed)
	field, _ := s.W.State().Field(parsed.Field)
	if version == 0 {
		version, _, _ = ring.Newest(section)
	}
	plain := seal.Plain{Full: seal.Text(text), HasMask: field.Mask.HasPart(), Mask: "***"}
	if field.Blind != "" {
		token, err := ring.Token(field.Blind, 1, text)
		if err != nil {
			s.TB.Fatal(err)
		}
		plain.Token = &token
	}
	if edit != nil {
		edit(&plain)
	}
	b, err := ring.Seal(seal.Place{Doc: doc, Section: section, Key: key}, version, s.Salt(doc), plain)
	if err != nil {
		s.TB.Fatal(err)
	}
	return change.Bytes(b)
}

func (s *Scene) ringOf(d *chartertest.Device) *seal.Ring {
	if d != s.Founder {
		return s.W.Ring(d)
	}
	if s.ring == nil || s.ringAt != s.Head() {
		s.ring, s.ringAt = s.W.Ring(d), s.Head()
	}
	return s.ring
}

// EntryKey is a new key of an entry by the device's member.
func (s *Scene) EntryKey(d *chartertest.Device, section string) string {
	return "e:" + section + ":" + d.Member.String() + ":" + canon.Text16(s.W.Random16())
}

// Edit is what the device's core would write on top of the document.
func (s *Scene) Edit(d *chartertest.Device, doc *gate.Doc, message string, puts ...changetest.Put) *change.Change {
	s.TB.Helper()
	return changetest.Edit(s.TB, doc.State(), s.Actor(d), message, puts...)
}

// Create is the first change of a document.
func (s *Scene) Create(d *chartertest.Device, message string, puts ...changetest.Put) *change.Change {
	s.TB.Helper()
	return changetest.Create(s.TB, s.Actor(d), message, puts...)
}

// Body is an envelope body of the device's next number, naming the newest head.
// A change without dependencies makes it a create.
func (s *Scene) Body(d *chartertest.Device, doc canon.DocID, changes ...*change.Change) wire.EnvelopeBody {
	s.TB.Helper()
	s.numbers[d.Device()]++
	b := wire.EnvelopeBody{
		Doc: doc, Device: d.Device(), N: s.numbers[d.Device()], CharterSeq: s.Head().Seq, CharterHash: s.Head().Hash,
	}
	for _, c := range changes {
		b.Chunks = append(b.Chunks, changetest.Chunk(s.TB, c))
	}
	if len(changes) > 0 && len(changes[0].Deps) == 0 {
		b.Kind, b.Commitment = wire.KindCreate, s.commitment(doc)
	}
	return b
}

func (s *Scene) commitment(doc canon.DocID) *canon.Hash {
	h := seal.Commitment(s.W.ID, doc, s.Salt(doc))
	return &h
}

// Sign signs a body.
func (s *Scene) Sign(d *chartertest.Device, b wire.EnvelopeBody) wire.Envelope {
	s.TB.Helper()
	e, err := wire.SignEnvelope(s.W.ID, d, b)
	if err != nil {
		s.TB.Fatal(err)
	}
	return e
}

// Envelope is Sign of Body.
func (s *Scene) Envelope(d *chartertest.Device, doc canon.DocID, changes ...*change.Change) wire.Envelope {
	s.TB.Helper()
	return s.Sign(d, s.Body(d, doc, changes...))
}

// Accept signs the changes, which must pass, enters them and adds them to the
// history.
func (s *Scene) Accept(d *chartertest.Device, doc *gate.Doc, changes ...*change.Change) wire.Envelope {
	s.TB.Helper()
	e := s.Envelope(d, doc.ID(), changes...)
	j, refused := gate.Judge(s.W.Log, s.Head().Seq, doc, &e)
	if refused != nil {
		s.TB.Fatalf("envelope of the history: %v", refused)
	}
	doc.Enter(j)
	s.docs[doc.ID()] = doc
	s.History = append(s.History, e)
	return e
}

func (s *Scene) customer(d *chartertest.Device, message string, puts ...changetest.Put) *gate.Doc {
	s.TB.Helper()
	doc := gate.NewDoc(canon.DocID(s.W.Random16()))
	s.Accept(d, doc, s.Create(d, message, puts...))
	return doc
}

// Doc is the document with the id, as far as the history goes; a new one if it
// does not exist.
func (s *Scene) Doc(id canon.DocID) *gate.Doc {
	if d, ok := s.docs[id]; ok {
		return d
	}
	return gate.NewDoc(id)
}

// Records are the history as a log, seq from 1.
func (s *Scene) Records() []wire.LogRecord {
	out := make([]wire.LogRecord, len(s.History))
	for i, e := range s.History {
		out[i] = wire.LogRecord{Seq: uint64(i) + 1, Time: s.W.Now * 1000, C: s.Head().Seq, Envelope: e}
	}
	return out
}

func (s *Scene) randomHash() canon.Hash {
	id := s.W.Random16()
	return sha256.Sum256(id[:])
}
