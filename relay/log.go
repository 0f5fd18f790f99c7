package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// chain gives the gate the states that the room's charter went through.
type chain struct{ states []*charter.State }

var _ gate.Charter = chain{}

// At implements gate.Charter.
func (c chain) At(seq uint64) (*charter.State, bool) {
	if seq >= uint64(len(c.states)) {
		return nil, false
	}
	return c.states[seq], true
}

// State implements gate.Charter.
func (c chain) State() *charter.State {
	if len(c.states) == 0 {
		return nil
	}
	return c.states[len(c.states)-1]
}

// load reads the whole stream once.
func (r *Room) load(ctx context.Context) error {
	if err := r.readMark(ctx); err != nil {
		return err
	}
	r.loading = true
	err := r.catchUp(ctx)
	r.loading = false
	if err != nil {
		return err
	}
	// A stream that lost the end of its charter would receipt a fork of it: it
	// has to be healed like one that lost all (HE2).
	if r.state() != nil && r.memory.Workspace != (canon.WorkspaceID{}) && !r.remembered() {
		r.healed, r.confirmed = true, false
	}
	// What lies in a new stream was forwarded to nobody, so nothing is pending.
	r.tail.reset(r.index.applied)
	return r.weigh(ctx)
}

// weigh asks how large the stream is.
func (r *Room) weigh(ctx context.Context) error {
	info, err := r.stream.Info(ctx)
	if err != nil {
		return fmt.Errorf("size of the log: %w", err)
	}
	r.index.stored = info.Bytes
	return nil
}

func (r *Room) readMark(ctx context.Context) error {
	e, err := r.stream.Last(ctx, subjectMark)
	if errors.Is(err, stream.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var m mark
	if err := canon.Unmarshal(e.Data, &m); err != nil {
		return fmt.Errorf("mark at %d: %w", e.Seq, errEntry)
	}
	r.index.marked = m.Seq
	for _, seq := range m.Void {
		r.index.void[seq] = struct{}{}
	}
	return nil
}

// writeMark keeps up to where entries were judged.
func (r *Room) writeMark(ctx context.Context) error {
	if r.index.fresh == 0 || r.index.applied <= r.index.marked {
		return nil
	}
	m := mark{Seq: r.index.applied, Void: make([]uint64, 0, len(r.index.void))}
	for seq := range r.index.void {
		m.Void = append(m.Void, seq)
	}
	// The newest mark is the best one, whichever room wrote the one before.
	if err := r.replace(ctx, subjectMark, canon.MustMarshal(m)); err != nil {
		return fmt.Errorf("mark at %d: %w", m.Seq, err)
	}
	r.index.marked, r.index.fresh = m.Seq, 0
	return nil
}

// replace puts an entry in the place of whatever its subject holds.
func (r *Room) replace(ctx context.Context, subject string, data []byte) error {
	results, err := r.stream.Replace(ctx, stream.Entry{Subject: subject, Data: data, Expect: stream.Any})
	if err != nil {
		return err
	}
	return results[0].Err
}

// catchUp reads what the stream holds behind what was read, and decides it.
func (r *Room) catchUp(ctx context.Context) error {
	return r.readBack(ctx, nil)
}

// readBack is catchUp with the verdicts that were prepared for entries of this
// round; each holds only while nothing came between (GA2).
func (r *Room) readBack(ctx context.Context, prepared map[uint64]*candidate) error {
	return r.stream.Read(ctx, "", r.index.applied, func(e stream.Stored) error {
		if err := r.apply(ctx, e, prepared[e.Seq]); err != nil {
			return fmt.Errorf("entry %d: %w", e.Seq, err)
		}
		r.index.applied = e.Seq
		return nil
	})
}

func (r *Room) apply(ctx context.Context, e stream.Stored, p *candidate) error {
	switch {
	case e.Subject == subjectCharter:
		return r.applyCharter(e)
	case e.Subject == subjectHeal:
		r.healed, r.anew = true, true
	case e.Subject == subjectConfirm:
		r.confirmed = true
	case strings.HasPrefix(e.Subject, subjectDoc):
		err := r.applyDoc(ctx, e, p)
		if !errors.Is(err, errEntry) {
			return err
		}
		r.damaged(e, err)
	case strings.HasPrefix(e.Subject, subjectSalt):
		r.applySalt(e)
	}
	return nil
}

// applyCharter takes in a charter record. One that does not follow is void: it
// can only stem from another process that lost the race for its place.
func (r *Room) applyCharter(e stream.Stored) error {
	rec, err := charter.DecodeRecord(e.Data)
	if err != nil {
		return fmt.Errorf("charter record: %w", err)
	}
	var next *charter.State
	if s := r.state(); s != nil {
		next, err = s.Apply(rec)
	} else {
		var w canon.WorkspaceID
		next, w, err = charter.Genesis(rec)
		if err == nil && r.memory.Workspace != (canon.WorkspaceID{}) && w != r.memory.Workspace {
			return errors.New("charter of another workspace")
		}
		r.w = w
	}
	if charter.CodeOf(err) == charter.CodeMoved {
		return nil
	}
	if err != nil {
		return fmt.Errorf("charter record: %w", err)
	}
	r.states = append(r.states, next)
	r.records = append(r.records, e.Data)
	r.places = append(r.places, e.Seq)
	r.announce()
	return nil
}

func (r *Room) applySalt(e stream.Stored) {
	d, ok := docOf(e.Subject, subjectSalt)
	if !ok {
		return
	}
	i := r.index.doc(d)
	if len(e.Data) != 32 { // erased (ER1)
		i.remains = i.remains || r.loading && i.salt != nil
		i.salt = nil
		return
	}
	s := [32]byte(e.Data)
	i.salt, i.saltSeq = &s, e.Seq
	delete(r.index.saltless, d)
	r.tail.addSalt(e.Seq, d)
}

// applyDoc takes an entry of a document in at its place in the stream.
func (r *Room) applyDoc(ctx context.Context, e stream.Stored, p *candidate) error {
	d, ok := docOf(e.Subject, subjectDoc)
	if !ok || r.state() == nil {
		return errEntry
	}
	info := r.index.doc(d)
	info.last = e.Seq
	if p == nil || !bytes.Equal(p.stored, e.Data) { // not what this room appended
		entry, err := parseDocEntry(e.Data)
		if err != nil {
			return err
		}
		p = &candidate{entry: entry}
	}
	entry := p.entry
	switch entry.Kind {
	case entryPacks:
		return r.applyPacks(e, d, entry)
	case entryErased:
		r.applyErased(d, info)
		return nil
	}
	if p.env == nil {
		env, err := wire.ParseEnvelope(entry.Envelope)
		if err != nil {
			return fmt.Errorf("%w: %w", errEntry, err)
		}
		p.env, p.id = &env, env.ID(r.w)
	}
	rec := entry.record(e.Seq, r.head().Seq, p.env)
	if e.Seq <= r.index.marked {
		if _, void := r.index.void[e.Seq]; !void {
			r.accept(&rec, p.id, e, info)
		}
		return nil
	}
	r.index.fresh++
	return r.decide(ctx, e, p, &rec, entry.Kind == entryHealed)
}

// decide says whether an envelope read from the stream is accepted or void.
func (r *Room) decide(ctx context.Context, e stream.Stored, p *candidate, rec *wire.LogRecord, healed bool) error {
	b := &rec.Envelope.Body
	info := r.index.doc(b.Doc)
	result, known, err := r.duplicate(ctx, b, p.id)
	if err != nil {
		return err
	}
	if known {
		r.voidEntry(e.Seq, p, result)
		return nil
	}
	// A verdict prepared on the same document and charter is the verdict here:
	// the gate is a pure function of both.
	if p.judged == nil || p.docSeq != info.accepted || p.charterSeq != r.head().Seq {
		if err := r.rejudge(ctx, p, b.Doc, rec, healed); err != nil {
			return err
		}
	}
	if p.refusal == nil {
		p.refusal = r.admitNumber(b, healed, healed)
	}
	if p.refusal == nil {
		p.doc.doc.Enter(p.judged)
		p.doc.doc, p.doc.seq = p.doc.doc.Fold(r.cfg.CacheChanges), e.Seq
		r.cache.put(p.doc)
		r.accept(rec, p.id, e, info)
		p.result = wire.PushResult{Code: wire.CodeAccepted, Seq: rec.Seq, Time: rec.Time, C: rec.C}
	} else {
		r.voidEntry(e.Seq, p, refused(p.refusal))
	}
	return nil
}

// rejudge judges an entry against what the stream holds before it.
func (r *Room) rejudge(ctx context.Context, p *candidate, d canon.DocID, rec *wire.LogRecord, healed bool) (err error) {
	p.judged, p.refusal = nil, nil
	if p.doc, err = r.document(ctx, d); err != nil {
		return err
	}
	judge := gate.Judge
	if healed {
		judge = gate.JudgeUnordered
	}
	p.judged, p.refusal = judge(chain{r.states}, rec.C, p.doc.doc, &rec.Envelope)
	if p.doc.doc.Forgot(p.refusal) {
		if p.doc, err = r.readAgain(ctx, d); err != nil {
			return err
		}
		p.judged, p.refusal = judge(chain{r.states}, rec.C, p.doc.doc, &rec.Envelope)
	}
	return nil
}

// voidEntry leaves an entry in the stream that is never forwarded (GA2).
func (r *Room) voidEntry(seq uint64, p *candidate, result wire.PushResult) {
	r.index.void[seq] = struct{}{}
	r.index.fresh++
	r.stats.Void++
	p.result = result
}

// accept counts an envelope in and gives it to the connections.
func (r *Room) accept(rec *wire.LogRecord, id canon.Hash, e stream.Stored, info *docInfo) {
	r.index.add(id, rec)
	info.accepted = e.Seq
	info.loose++
	r.stats.Accepted++
	if !r.loading {
		r.tail.add(r.itemOf(rec, id, e.Data[0] == entryHealed))
	}
	r.packs.note(rec.Envelope.Body.Doc, info, r.cfg.Loose)
}

// applyPacks takes in the packs that replaced a document's records.
func (r *Room) applyPacks(e stream.Stored, d canon.DocID, entry docEntry) error {
	records, err := entry.records(e.Seq, 0)
	if err != nil || len(records) == 0 {
		return fmt.Errorf("packs: %w", errEntry)
	}
	info := r.index.doc(d)
	fresh := false
	for i := range records {
		fresh = r.index.add(records[i].Envelope.ID(r.w), &records[i]) || fresh
	}
	if fresh {
		r.cache.drop(d)
	} else {
		r.cache.moved(d, info.accepted, e.Seq)
	}
	if info.sumAt == info.accepted && !fresh {
		info.sumAt = e.Seq
	}
	info.packs = slices.DeleteFunc(info.packs, func(p packAt) bool { return p.seq > entry.Base })
	info.packs = append(info.packs, packAt{seq: e.Seq, records: len(records)})
	info.accepted, info.loose = e.Seq, 0
	last := records[len(records)-1]
	for _, it := range packItems(e.Seq, d, entry, &last, last.Envelope.ID(r.w)) {
		r.tail.add(it)
	}
	return nil
}

// applyErased forgets a document; its id stays in the charter (ER1). Entries
// that are met before it when a room opens were to go and did not.
func (r *Room) applyErased(d canon.DocID, info *docInfo) {
	delete(r.index.saltless, d)
	*info = docInfo{last: info.last, remains: info.remains || r.loading && info.accepted != 0}
	r.cache.drop(d)
}

// recordsOf reads a document's accepted records in order, up to where the room
// has read.
func (r *Room) recordsOf(ctx context.Context, d canon.DocID) ([]wire.LogRecord, error) {
	out, _, err := r.recordsBehind(ctx, d, 0)
	return out, err
}

// recordsBehind reads a document's accepted records behind one of its packs, and
// tells which entries they can replace: all but damaged ones, which stay.
func (r *Room) recordsBehind(ctx context.Context, d canon.DocID, base uint64) ([]wire.LogRecord, []uint64, error) {
	var entries []uint64
	var out gathered[wire.LogRecord]
	err := r.stream.Read(ctx, docSubject(d), base, func(e stream.Stored) error {
		if _, damaged := r.index.damaged[e.Seq]; damaged {
			return nil
		}
		if e.Seq <= r.index.applied {
			entries = append(entries, e.Seq)
		}
		if _, void := r.index.void[e.Seq]; void {
			return nil
		}
		entry, err := parseDocEntry(e.Data)
		if err != nil {
			return err
		}
		// Packs that another process made meanwhile hold what was read here
		// before, and perhaps more.
		if entry.Kind != entryPacks && e.Seq > r.index.applied {
			return nil
		}
		records, err := entry.records(e.Seq, r.charterAt(e.Seq))
		if err != nil {
			return err
		}
		records = slices.DeleteFunc(records, func(rec wire.LogRecord) bool { return rec.Seq > r.index.applied })
		out.add(e.Seq, entry, records)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("document %s: %w", d, err)
	}
	return out.all, entries, nil
}
