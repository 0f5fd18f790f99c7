package relay

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// Problem is something that Verify found. Doc is zero when it concerns the
// charter or the log as a whole.
type Problem struct {
	Seq  uint64      `json:"seq"`
	Doc  canon.DocID `json:"-"`
	Code wire.Code   `json:"code"`
	What string      `json:"what"`
}

func (p Problem) String() string {
	if p.Doc == (canon.DocID{}) {
		return fmt.Sprintf("log %d: %s: %s", p.Seq, p.Code, p.What)
	}
	return fmt.Sprintf("log %d: document %s: %s: %s", p.Seq, p.Doc, p.Code, p.What)
}

// verifying is a reading of the whole stream that believes no mark.
type verifying struct {
	void     map[uint64]struct{}
	states   []*charter.State
	w        canon.WorkspaceID
	docs     map[canon.DocID]*verified
	bad      map[canon.DocID]bad
	commits  map[canon.DocID]canon.Hash
	salts    map[canon.DocID]stream.Stored
	problems []Problem
}

// verified is a document as far as it was read.
type verified struct {
	doc *gate.Doc
	// read are its records by their seq: packs hold the same again as long as
	// something of what they replaced is left.
	read map[uint64]canon.Hash
}

// bad is the first bad record of a document, and the entry that holds it. Packs
// that replace the entry are judged in its place.
type bad struct {
	entry uint64
	Problem
}

// Verify checks charter, packs, signatures and salts of a stream from scratch
// and names the first bad record of each document (HE6). memory is what
// relay.key holds. Ledgers are not kept yet.
func Verify(ctx context.Context, s stream.Stream, memory Memory) ([]Problem, error) {
	v := &verifying{
		void: map[uint64]struct{}{}, docs: map[canon.DocID]*verified{}, bad: map[canon.DocID]bad{},
		commits: map[canon.DocID]canon.Hash{}, salts: map[canon.DocID]stream.Stored{},
	}
	r := &Room{stream: s, index: newIndex(recentNumbers)}
	if err := r.readMark(ctx); err != nil {
		v.add(0, canon.DocID{}, wire.CodeCorrupt, err.Error())
	}
	v.void = r.index.void
	if err := s.Read(ctx, "", 0, func(e stream.Stored) error { v.entry(e); return nil }); err != nil {
		return nil, fmt.Errorf("verify: %w", err)
	}
	if h := memory.Head; memory.Workspace != (canon.WorkspaceID{}) {
		if h.Seq >= uint64(len(v.states)) || v.states[h.Seq].Head() != h || v.w != memory.Workspace {
			v.add(0, canon.DocID{}, wire.CodeCharterBehind, "charter lacks the record that relay.key names")
		}
	}
	for _, b := range v.bad {
		v.problems = append(v.problems, b.Problem)
	}
	for d, e := range v.salts {
		if len(e.Data) == 0 && v.erased(d) {
			continue
		}
		if commit, ok := v.commits[d]; !ok || len(e.Data) != 32 || seal.Commitment(v.w, d, [32]byte(e.Data)) != commit {
			v.add(e.Seq, d, wire.CodeMalformed, "salt does not fit its commitment")
		}
	}
	slices.SortStableFunc(v.problems, func(a, b Problem) int { return cmp.Compare(a.Seq, b.Seq) })
	return v.problems, nil
}

func (v *verifying) erased(d canon.DocID) bool {
	return len(v.states) > 0 && v.states[len(v.states)-1].Erased(d)
}

func (v *verifying) add(seq uint64, d canon.DocID, code wire.Code, what string) {
	v.problems = append(v.problems, Problem{Seq: seq, Doc: d, Code: code, What: what})
}

func (v *verifying) entry(e stream.Stored) {
	if e.Subject == subjectCharter {
		if err := v.charter(e.Data); err != nil {
			v.add(e.Seq, canon.DocID{}, wire.Code(charter.CodeOf(err)), "charter record does not follow")
		}
		return
	}
	if d, ok := docOf(e.Subject, subjectSalt); ok {
		v.salts[d] = e
		return
	}
	d, ok := docOf(e.Subject, subjectDoc)
	if _, void := v.void[e.Seq]; !ok || void {
		return
	}
	entry, records, err := v.read(e)
	if err != nil {
		v.add(e.Seq, d, wire.CodeCorrupt, "entry does not decode")
		return
	}
	if b, is := v.bad[d]; is && entry.replaces() && b.entry > entry.Base {
		delete(v.bad, d)
	} else if is {
		return
	}
	if seq, refusal := v.document(d, entry, records); refusal != nil {
		v.bad[d] = bad{e.Seq, Problem{Seq: seq, Doc: d, Code: refusal.Code, What: refusal.Rule}}
	}
}

func (v *verifying) charter(data []byte) error {
	rec, err := charter.DecodeRecord(data)
	if err != nil {
		return err
	}
	var next *charter.State
	if len(v.states) == 0 {
		next, v.w, err = charter.Genesis(rec)
	} else {
		next, err = v.states[len(v.states)-1].Apply(rec)
	}
	if err == nil {
		v.states = append(v.states, next)
	}
	return err
}

// read gives an entry of a document with its records.
func (v *verifying) read(e stream.Stored) (docEntry, []wire.LogRecord, error) {
	entry, err := parseDocEntry(e.Data)
	if err == nil && len(v.states) == 0 {
		err = errEntry
	}
	if err != nil {
		return entry, nil, err
	}
	records, err := entry.records(e.Seq, uint64(len(v.states)-1))
	return entry, records, err
}

// document judges the records of one entry and returns the first bad one.
func (v *verifying) document(d canon.DocID, entry docEntry, records []wire.LogRecord) (uint64, *gate.Refusal) {
	at := v.docs[d]
	if at == nil || entry.replaces() && entry.Base == 0 {
		at = &verified{doc: gate.NewDoc(d), read: map[uint64]canon.Hash{}}
		v.docs[d] = at
	}
	judge := gate.Judge
	if entry.Kind != entryEnvelope { // packs do not tell which of their records came by healing
		judge = gate.JudgeUnordered
	}
	for i := range records {
		rec := &records[i]
		id := rec.Envelope.ID(v.w)
		if was, is := at.read[rec.Seq]; is && was == id {
			continue
		} else if is {
			return rec.Seq, &gate.Refusal{Code: wire.CodeCorrupt, Rule: "packs hold another record than they replace"}
		}
		j, refusal := judge(chain{v.states}, rec.C, at.doc, &rec.Envelope)
		if refusal != nil {
			return rec.Seq, refusal
		}
		at.doc.Enter(j)
		at.read[rec.Seq] = id
		if c := rec.Envelope.Body.Commitment; c != nil {
			v.commits[d] = *c
		}
	}
	return 0, nil
}
