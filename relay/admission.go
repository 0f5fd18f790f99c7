package relay

import (
	"context"
	"strings"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
)

// duplicate is the answer for an envelope that was accepted before; ok is false
// when it was not (GA17, before GA6). Where an older one lies, its document tells.
func (r *Room) duplicate(ctx context.Context, b *wire.EnvelopeBody, id canon.Hash) (result wire.PushResult, ok bool, err error) {
	if !r.index.used[b.Device].has(b.N) || r.state().Erased(b.Doc) { // of an erased document nothing is told (ER1)
		return result, false, nil
	}
	p, ok := r.index.recent.at[numbered{b.Device, b.N}]
	if !ok {
		places, err := r.placesIn(ctx, b.Doc)
		if err != nil {
			return result, false, err
		}
		p = places[numbered{b.Device, b.N}]
	}
	if p.id != id {
		return result, false, nil
	}
	return wire.PushResult{Code: wire.CodeDuplicate, Seq: p.seq, Time: p.time, C: p.c}, true, nil
}

// placesIn is where a document's envelopes lie. What was asked for last is kept.
func (r *Room) placesIn(ctx context.Context, d canon.DocID) (map[numbered]placed, error) {
	at := r.index.doc(d).last
	if l := r.lastPlaces; l.places != nil && l.doc == d && l.at == at {
		return l.places, nil
	}
	records, err := r.recordsOf(ctx, d)
	if err != nil {
		return nil, err
	}
	places := make(map[numbered]placed, len(records))
	for i := range records {
		e := &records[i]
		places[numbered{e.Envelope.Body.Device, e.Envelope.Body.N}] = placed{seq: e.Seq, time: e.Time, c: e.C, id: e.Envelope.ID(r.w)}
	}
	r.lastPlaces = docPlaces{doc: d, at: at, places: places}
	r.again += len(records)
	return places, nil
}

// docPlaces is what placesIn read when the document's last entry was at.
type docPlaces struct {
	doc    canon.DocID
	at     uint64
	places map[numbered]placed
}

// admitNumber is GA17 for an envelope whose id is not known. A healed one was
// judged by its n <= cut (PK3, HE4); an uploaded one is out of a log that knew
// the numbers between, and in the stream that follows a lost one they may be
// missing (docs/adr/0074).
func (r *Room) admitNumber(b *wire.EnvelopeBody, upload, healed bool) *gate.Refusal {
	if d, ok := r.state().Device(b.Device); !healed && (!ok || !d.Active) {
		return &gate.Refusal{Code: wire.CodeDenied, Rule: "GA17: device not active"}
	}
	u := r.index.used[b.Device]
	if u.has(b.N) {
		return &gate.Refusal{Code: wire.CodeCounterUsed, Rule: "GA17: number used"}
	}
	if healed {
		return nil
	}
	highest := u.highest()
	if !upload && !r.anew && b.N > highest && b.N-highest > r.limits.Gap {
		return &gate.Refusal{Code: wire.CodeCounterUsed, Rule: "GA17: number too far"}
	}
	return nil
}

// bucket counts what a device may still send (GA18).
type bucket struct {
	at           time.Time
	edits, bulks float64
}

// refill adds what the time since the last envelope has brought.
func (b *bucket) refill(now time.Time, l *wire.Limits) {
	passed := max(0, now.Sub(b.at).Seconds())
	b.at = now
	b.edits = min(float64(l.Burst), b.edits+passed*float64(l.Rate))
	b.bulks = min(float64(max(l.Burst, l.BatchRate)), b.bulks+passed*float64(l.BatchRate))
}

func (r *Room) bucketOf(d canon.DeviceID) *bucket {
	b := r.rates[d]
	if b == nil {
		b = &bucket{at: r.now, edits: float64(r.limits.Burst), bulks: float64(max(r.limits.Burst, r.limits.BatchRate))}
		r.rates[d] = b
	}
	b.refill(r.now, &r.limits)
	return b
}

// admitRate is GA18 for one envelope of a device that passed the gate: bulk
// envelopes of a member with import have a faster allowance. paid is what was
// charged for this one.
func (r *Room) admitRate(carrier canon.DeviceID, j *gate.Judged, paid float64) (wire.PushResult, bool) {
	b := r.bucketOf(carrier)
	left, rate := &b.edits, r.limits.Rate
	if m, ok := r.state().MemberOf(j.Envelope.Body.Device); ok && isBulk(j) && r.state().Policy().Can(m.ID, charter.Import) {
		left, rate, paid = &b.bulks, r.limits.BatchRate, 0
	}
	if *left+paid < 1 {
		wait := (1 - *left - paid) / float64(max(rate, 1)) * 1000
		return wire.PushResult{Code: wire.CodeRate, Retry: uint64(wait) + 1}, false
	}
	*left--
	return wire.PushResult{}, true
}

// againAnEdit is how many records read again cost a device as much of its
// allowance as an edit that is accepted.
const againAnEdit = 8

// charge takes from the device's allowance what was read again for it since the
// count was from: for a duplicate of long ago, or an edit of an old state
// (docs/adr/0096). The allowance may fall below nothing. What another log had is
// brought for all, and free.
func (r *Room) charge(c *candidate, from int) {
	if c.upload {
		return
	}
	price := float64(r.again-from) / againAnEdit
	r.bucketOf(c.carrier).edits -= price
	c.paid += price
}

// owes answers a candidate whose carrier must wait until it has paid for what was
// read again for its other envelopes. It is asked before anything is read.
func (r *Room) owes(c *candidate) bool {
	left := r.bucketOf(c.carrier).edits + c.paid
	if c.upload || left >= 0 {
		return false
	}
	c.result, c.done = wire.PushResult{Code: wire.CodeRate, Retry: uint64((1-left)/float64(max(r.limits.Rate, 1))*1000) + 1}, true
	return true
}

// mayTry tells, before anything is judged, whether some allowance is left.
func (r *Room) mayTry(carrier canon.DeviceID) (wire.PushResult, bool) {
	b := r.bucketOf(carrier)
	if b.edits >= 1 || b.bulks >= 1 {
		return wire.PushResult{}, true
	}
	return wire.PushResult{Code: wire.CodeRate, Retry: 1000/max(r.limits.Rate, 1) + 1}, false
}

func isBulk(j *gate.Judged) bool {
	for _, c := range j.Changes {
		if !strings.HasPrefix(c.Message, "import:") && !strings.HasPrefix(c.Message, "undo:") {
			return false
		}
	}
	return len(j.Changes) > 0
}

// admitQuota is GA18 for the workspace as a whole.
func (r *Room) admitQuota(n int) *gate.Refusal {
	if r.index.stored+uint64(n) > r.limits.Workspace {
		return &gate.Refusal{Code: wire.CodeQuota, Rule: "GA18: workspace"}
	}
	return nil
}

func refused(f *gate.Refusal) wire.PushResult {
	return wire.PushResult{Code: f.Code, Keys: f.Keys}
}
