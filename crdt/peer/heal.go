package peer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

const (
	// summaryDocs is how many documents one summary names at most.
	summaryDocs = 16384
	// bringBytes is how much of packs goes into one message.
	bringBytes = wire.MaxMessage - 128<<10
	// bringTimes is how often a document that was not taken whole is compared on one connection.
	bringTimes = 4
)

// healer brings a relay what it lost (HE1 to HE4).
type healer struct {
	relay  bool // the relay is healing
	byPush bool // it takes envelopes only: its stream is the one it had
	docs   []wire.DocSummary
	wanted []canon.DocID
	brings []brought // packs, or envelopes, that wait for retry
	retry  time.Time
	// refused are documents that were brought and not taken whole, with how often;
	// again are those of them that others have brought something for since. Both
	// stay while the program runs and the log is the same.
	log     wire.LogID
	refused map[canon.DocID]int
	again   map[canon.DocID]bool
}

// brought is a pack or an envelope of a document.
type brought struct {
	doc  canon.DocID
	data []byte
}

// reset is for a new connection.
func (h *healer) reset() { *h = healer{log: h.log, refused: h.refused, again: h.again} }

// on says which log the connection is to.
func (h *healer) on(log wire.LogID) {
	if h.log != log {
		h.log, h.refused, h.again = log, nil, nil
	}
}

// mayConfirm tells whether this device may end a relay's healing (HE2).
func (p *Peer) mayConfirm() bool {
	return p.cfg.Repo.Charter().State().Policy().Can(p.member, charter.Admin)
}

// confirm ends the healing: an administrator's device does so by itself.
func (p *Peer) confirm() error {
	head := p.head()
	sig, err := p.cfg.Signer.Sign(canon.DomainVerdict, wire.HealSigned(p.cfg.Repo.Workspace(), p.ready.Log, head))
	if err != nil {
		return fmt.Errorf("sign verdict: %w", err)
	}
	f := &wire.Verdict{Kind: wire.VerdictHeal, Log: p.ready.Log, Head: head, Signature: sig}
	return p.ask(f, func(_ context.Context, f wire.Frame) error {
		if _, ok := f.(*wire.OK); ok {
			p.heal.relay = false
		} else if p.head() != head { // a record came between, perhaps this device's own
			return p.confirm()
		}
		// Without: the relay remembers a longer charter; who has it comes too.
		return p.checkPlace()
	})
}

// checkPlace looks whether this store is a copy (EN5) and whether the relay
// lacks what it once had (HE1), then goes on to the data.
func (p *Peer) checkPlace() error {
	c := p.ready.Counter
	known, err := p.cfg.Repo.Sent(c.N, c.ID)
	if err != nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	if !known {
		if err := p.cfg.Repo.Fork(c.N); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	if err := p.tellCopied(); err != nil {
		return err
	}
	at := p.pull.at
	other := at.Log != p.ready.Log
	if other && at.Log != (wire.LogID{}) {
		if err := p.cfg.Repo.NewLog(p.ready.Log, c.N); err != nil {
			return err //nolint:wrapcheck // as above
		}
	}
	if other {
		p.pull.at = wire.Cursor{Log: p.ready.Log}
	}
	if other && at.Log != (wire.LogID{}) || !other && p.ready.Last < at.Seq || p.cfg.Repo.Lost(p.ready.Log, c.N) {
		return p.compareDocs()
	}
	return p.startData()
}

// tellCopied has Status say, as long as the program runs, that this store was
// found to be a copy.
func (p *Peer) tellCopied() error {
	if p.cfg.Repo.Copied() {
		p.copied = true
		if err := p.cfg.Repo.ClearCopied(); err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
	}
	if p.copied {
		p.count.code, p.count.stale = wire.CodeDeviceForked, true
	}
	return nil
}

// startData begins to pull and to push. A relay that is healing serves nothing
// yet; it closes when it does.
func (p *Peer) startData() error {
	p.phase = phaseData
	if p.heal.relay {
		p.phase = phaseWait
		return nil
	}
	p.startPush()
	return p.askPull()
}

// compareDocs finds the documents that the relay has otherwise, and brings them
// (HE4).
func (p *Peer) compareDocs() error {
	if p.phase == phaseCompare {
		return nil
	}
	p.phase = phaseCompare
	p.pull.at = wire.Cursor{Log: p.ready.Log}
	ranges, err := p.cfg.Repo.Summary()
	if err != nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	return p.ask(&wire.Summary{Ranges: ranges}, func(_ context.Context, f wire.Frame) error {
		w, ok := f.(*wire.Want)
		if !ok {
			p.close(failure(f))
			return nil
		}
		if len(w.Ranges) == 0 {
			return p.startData()
		}
		docs, err := p.cfg.Repo.SummaryIn(w.Ranges...)
		if err != nil {
			return err //nolint:wrapcheck // as above
		}
		p.heal.docs = docs
		return p.nextDocs()
	})
}

func (p *Peer) nextDocs() error {
	h := &p.heal
	if len(h.docs) == 0 {
		return p.startData()
	}
	part := h.docs[:min(len(h.docs), summaryDocs)]
	h.docs = h.docs[len(part):]
	return p.ask(&wire.Summary{Docs: part}, func(_ context.Context, f wire.Frame) error {
		w, ok := f.(*wire.Want)
		if !ok {
			p.close(failure(f))
			return nil
		}
		h.wanted = w.Docs
		return p.nextBring()
	})
}

// nextBring sends what fits one message of the wanted documents.
func (p *Peer) nextBring() error {
	h := &p.heal
	size := 0
	for len(h.wanted) > 0 && size < bringBytes/2 && (len(h.brings) < wire.MaxPush/2 || !h.byPush) {
		doc := h.wanted[0]
		packs, err := p.cfg.Repo.Packs(doc)
		if errors.Is(err, repo.ErrNoDocument) { // erased meanwhile
			h.wanted = h.wanted[1:]
			continue
		}
		if err != nil {
			return err //nolint:wrapcheck // the repo names the operation
		}
		h.wanted = h.wanted[1:]
		part := make([]brought, len(packs))
		for i, b := range packs {
			size += len(b)
			part[i] = brought{doc, b}
		}
		if part, err = h.unpack(part); err != nil {
			return err
		}
		h.brings = append(h.brings, part...)
	}
	if len(h.brings) > 0 {
		return p.bring()
	}
	return p.nextDocs()
}

// unpack gives the envelopes of packs, for a relay that takes only those (EN4).
func (h *healer) unpack(packs []brought) ([]brought, error) {
	if !h.byPush {
		return packs, nil
	}
	var out []brought
	for _, b := range packs {
		pack, err := wire.ReadPack(b.data)
		if err != nil {
			return nil, fmt.Errorf("own pack: %w", err)
		}
		for i := range pack.Records {
			out = append(out, brought{b.doc, pack.Records[i].Envelope.Encode()})
		}
	}
	return out, nil
}

// bring sends the first of what waits, as one message, and behind it the salts of
// its documents: they were lost together (SE0).
func (p *Peer) bring() error {
	h := &p.heal
	n, size := 0, 0
	var data [][]byte
	for n < len(h.brings) && (n == 0 || size+len(h.brings[n].data) < bringBytes) && (!h.byPush || n < wire.MaxPush) {
		size += len(h.brings[n].data) + 8
		data = append(data, h.brings[n].data)
		n++
	}
	var f wire.Frame = &wire.Packs{Packs: data}
	if h.byPush {
		f = &wire.Push{Envelopes: data}
	}
	salts, err := p.saltsOf(h.brings[:n])
	if err != nil {
		return err
	}
	err = p.ask(f, func(_ context.Context, f wire.Frame) error {
		switch f := f.(type) {
		case *wire.Pushed:
			// What was refused waits until another brings it and starts no
			// rebase (HE4); what was only too fast comes again.
			for _, r := range f.Results {
				if r.Code == wire.CodeRate || r.Code == wire.CodeRetry {
					h.retry = p.now.Add(max(patience/4, time.Duration(r.Retry)*time.Millisecond))
					return nil
				}
			}
			h.notTaken(f.Results, h.brings[:n])
		case *wire.Failed:
			if f.Code == wire.CodeDenied && !h.byPush { // its stream was never lost
				h.byPush = true
				var err error
				if h.brings, err = h.unpack(h.brings); err != nil {
					return err
				}
				return p.bring()
			}
			p.close(f.Code)
			return nil
		}
		h.brings = h.brings[n:]
		return p.nextBring()
	})
	if err != nil || len(salts.Salts) == 0 {
		return err
	}
	return p.ask(salts, func(context.Context, wire.Frame) error { return nil })
}

// saltsOf are the salts of the documents of what is brought, which lie together.
func (p *Peer) saltsOf(list []brought) (*wire.Salts, error) {
	out := &wire.Salts{}
	for i, b := range list {
		if i > 0 && b.doc == list[i-1].doc {
			continue
		}
		salt, ok, err := p.cfg.Repo.Salt(b.doc)
		if err != nil {
			return nil, err //nolint:wrapcheck // the repo names the operation
		}
		if ok {
			out.Salts = append(out.Salts, wire.Salt{Doc: b.doc, Salt: salt})
		}
	}
	return out, nil
}

// notTaken notes the documents of what the relay did not take.
func (h *healer) notTaken(results []wire.PushResult, list []brought) {
	for i, b := range list {
		if i >= len(results) || results[i].Code == wire.CodeAccepted || results[i].Code == wire.CodeDuplicate {
			continue
		}
		if h.refused == nil {
			h.refused = map[canon.DocID]int{}
		}
		h.refused[b.doc] = max(h.refused[b.doc], 1)
	}
}

// came notes documents that something came for. What was not taken of them may
// follow just that, which another member brought (HE4), so they are brought once
// more.
func (h *healer) came(items []wire.Item) {
	if len(h.refused) == 0 {
		return
	}
	for _, it := range items {
		var doc canon.DocID
		if it.Record != nil {
			doc = it.Record.Envelope.Body.Doc
		} else if pack, err := wire.ReadPack(it.Pack); err == nil { // else it was passed over
			doc = pack.Doc
		}
		if n := h.refused[doc]; n > 0 && n < bringTimes {
			if h.again == nil {
				h.again = map[canon.DocID]bool{}
			}
			h.again[doc] = true
		}
	}
}

// bringRefused compares what came notes, and brings what the relay still lacks.
func (p *Peer) bringRefused() error {
	h := &p.heal
	p.phase = phaseCompare
	for doc := range h.again {
		h.refused[doc]++
	}
	docs, err := p.cfg.Repo.SummaryOf(slices.Collect(maps.Keys(h.again))...)
	if err != nil {
		return err //nolint:wrapcheck // the repo names the operation
	}
	h.docs, h.again = docs, nil
	return p.nextDocs()
}

// bringAgain sends again what a relay had no time for.
func (p *Peer) bringAgain() error {
	h := &p.heal
	if h.retry.IsZero() || p.now.Before(h.retry) {
		return nil
	}
	h.retry = time.Time{}
	return p.bring()
}
