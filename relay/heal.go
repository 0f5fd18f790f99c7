package relay

import (
	"context"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// remembered tells whether the charter holds the record that relay.key names
// (HE2).
func (r *Room) remembered() bool {
	h := r.memory.Head
	return h.Seq < uint64(len(r.states)) && r.states[h.Seq].Head() == h
}

// mayConfirm tells whether this connection may end healing: an active device of
// a member with admin, by a charter that is not behind what is remembered.
func (r *Room) mayConfirm(c *conn) bool {
	d, ok := r.state().Device(c.device)
	return r.remembered() && ok && d.Active && r.state().Policy().Can(d.Member, charter.Admin)
}

// confirm ends healing (HE2). The others come again and find the room open.
func (r *Room) confirm(ctx context.Context, c *conn) error {
	h := r.state().Head()
	data := canon.MustMarshal(confirmation{Device: c.device, Seq: h.Seq, Hash: h.Hash})
	if err := r.put(ctx, stream.Entry{Subject: subjectConfirm, Data: data, Expect: stream.Any}); err != nil {
		return err
	}
	r.log.Info("healing confirmed", "device", short(c.device), "charter", h.Seq)
	for _, o := range r.ordered() {
		if o != c && (o.phase == phaseReady || o.offered != nil) {
			r.finish(o, wire.CodeRetry)
		}
	}
	return nil
}

func (r *Room) receiveVerdict(ctx context.Context, c *conn, id uint64, f *wire.Verdict) error {
	if !r.healing() {
		r.send(c, id, &wire.OK{})
		return nil
	}
	if !r.mayConfirm(c) || f.Log != r.logID || f.Head != r.head() {
		r.fail(c, id, wire.CodeHealing)
		return nil
	}
	d, _ := r.state().Device(c.device)
	if !canon.Verify(d.Sign, canon.DomainVerdict, wire.HealSigned(r.w, f.Log, f.Head), f.Signature) {
		r.fail(c, id, wire.CodeBadSignature)
		return nil
	}
	if err := r.confirm(ctx, c); err != nil {
		return err
	}
	r.send(c, id, &wire.OK{})
	return nil
}

// receivePacks takes in records that another log had (HE4). A stream that was
// never lost has them all, and takes what is missing by push (EN4). Before the
// head is confirmed there is none to judge them by (docs/adr/0085).
func (r *Room) receivePacks(c *conn, id uint64, f *wire.Packs) *pushing {
	if r.healing() {
		r.fail(c, id, wire.CodeHealing)
		return nil
	}
	if !r.healed || c.otherID == r.logID {
		r.fail(c, id, wire.CodeDenied)
		return nil
	}
	p := &pushing{conn: c, id: id, packs: []int{}}
	for _, b := range f.Packs {
		pack, err := wire.ReadPack(b)
		if err != nil {
			p.packs = append(p.packs, 1)
			p.candidates = append(p.candidates, &candidate{done: true, result: wire.PushResult{Code: wire.CodeOf(err)}})
			continue
		}
		p.packs = append(p.packs, len(pack.Records))
		for i := range pack.Records {
			p.candidates = append(p.candidates, r.uploaded(c, &pack.Records[i].Envelope))
		}
	}
	return p
}

// uploaded is one record of an uploaded pack. Brought by another member than
// its author's it is judged at the head it names; brought by its author's
// member alone, like a push (HE4). What else the pack says of it is not
// believed.
func (r *Room) uploaded(c *conn, e *wire.Envelope) *candidate {
	own := true
	if m, ok := r.state().MemberOf(e.Body.Device); ok {
		own = m.ID == c.member
	}
	return &candidate{
		carrier: c.device, raw: e.Encode(), env: e, upload: true,
		healed: !own, c: e.Body.CharterSeq,
	}
}

// packResult is the one answer for a pack: that of its last record when all of
// them are there, held when some wait for another member to bring them, else
// the first refusal.
func packResult(list []*candidate) wire.PushResult {
	out := wire.PushResult{Code: wire.CodeMalformed}
	waits := false
	for _, c := range list {
		switch c.result.Code {
		case wire.CodeAccepted, wire.CodeDuplicate:
			out = c.result
		case wire.CodeRate, wire.CodeRetry:
			return c.result // it was not looked at yet
		default:
			if c.healed || !c.upload {
				return c.result
			}
			waits = true
		}
	}
	if waits {
		return wire.PushResult{Code: wire.CodeHeld}
	}
	return out
}

// receiveSummary answers with what differs (HE4): first ranges, then documents.
// Before the head is confirmed nothing is wanted yet: the devices come again.
func (r *Room) receiveSummary(ctx context.Context, c *conn, id uint64, f *wire.Summary) error {
	if r.healing() {
		r.send(c, id, &wire.Want{})
		return nil
	}
	if err := r.summarize(ctx); err != nil {
		return err
	}
	if len(f.Ranges) > 0 {
		var own []wire.DocSummary
		for d, i := range r.index.docs {
			if i.exists {
				own = append(own, wire.DocSummary{Doc: d, Hash: i.sum})
			}
		}
		want := &wire.Want{}
		for n, h := range wire.SummarizeRanges(own) {
			if h != f.Ranges[n] && f.Ranges[n] != (canon.Hash{}) {
				want.Ranges = append(want.Ranges, uint16(n))
			}
		}
		r.send(c, id, want)
		return nil
	}
	want := &wire.Want{}
	for _, s := range f.Docs {
		i := r.index.docs[s.Doc]
		if i == nil || !i.exists || i.sum != s.Hash {
			want.Docs = append(want.Docs, s.Doc)
		}
	}
	r.send(c, id, want)
	return nil
}

// receiveWant answers with the room's own summary of the ranges.
func (r *Room) receiveWant(ctx context.Context, c *conn, id uint64, f *wire.Want) error {
	if err := r.summarize(ctx); err != nil {
		return err
	}
	out := &wire.Summary{}
	for d, i := range r.index.docs {
		if i.exists && slices.Contains(f.Ranges, wire.SummaryRange(d)) {
			if sees, _, err := r.sees(ctx, r.viewOf(c), d); err != nil || !sees {
				if err != nil {
					return err
				}
				continue
			}
			out.Docs = append(out.Docs, wire.DocSummary{Doc: d, Hash: i.sum})
		}
	}
	slices.SortFunc(out.Docs, func(a, b wire.DocSummary) int { return slices.Compare(a.Doc[:], b.Doc[:]) })
	r.send(c, id, out)
	return nil
}

// summarize brings the hash of every document's changes up to date, in one
// reading of the stream when many are not.
func (r *Room) summarize(ctx context.Context) error {
	stale := map[canon.DocID]*gathered[canon.Hash]{}
	for d, i := range r.index.docs {
		if i.exists && i.sumAt != i.accepted {
			stale[d] = &gathered[canon.Hash]{}
		}
	}
	if len(stale) == 0 {
		return nil
	}
	collect := func(e stream.Stored) error {
		d, ok := docOf(e.Subject, subjectDoc)
		if !ok || r.index.leftOut(e.Seq) || e.Seq > r.index.applied {
			return nil
		}
		if _, is := stale[d]; !is {
			return nil
		}
		entry, err := parseDocEntry(e.Data)
		if err != nil {
			return err
		}
		records, err := entry.records(e.Seq, 0)
		var hashes []canon.Hash
		for i := range records {
			hashes = append(hashes, records[i].Envelope.Body.Hashes()...)
		}
		stale[d].add(e.Seq, entry, hashes)
		return err
	}
	const few = 64
	if len(stale) > few {
		if err := r.stream.Read(ctx, subjectDoc+">", 0, collect); err != nil {
			return err
		}
	} else {
		for d := range stale {
			if err := r.stream.Read(ctx, docSubject(d), 0, collect); err != nil {
				return err
			}
		}
	}
	for d, g := range stale {
		i := r.index.docs[d]
		i.sum, i.sumAt = wire.SummarizeDoc(g.all), i.accepted
	}
	return nil
}
