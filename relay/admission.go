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
	if !r.index.used[b.Device].has(b.N) {
		return result, false, nil
	}
	p, ok := r.index.recent.at[numbered{b.Device, b.N}]
	if !ok {
		records, err := r.recordsOf(ctx, b.Doc)
		if err != nil {
			return result, false, err
		}
		for i := range records {
			if e := &records[i]; e.Envelope.Body.Device == b.Device && e.Envelope.Body.N == b.N {
				p = placed{seq: e.Seq, time: e.Time, c: e.C, id: e.Envelope.ID(r.w)}
			}
		}
	}
	if p.id != id {
		return result, false, nil
	}
	return wire.PushResult{Code: wire.CodeDuplicate, Seq: p.seq, Time: p.time, C: p.c}, true, nil
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
// envelopes of a member with import have a faster allowance.
func (r *Room) admitRate(carrier canon.DeviceID, j *gate.Judged) (wire.PushResult, bool) {
	b := r.bucketOf(carrier)
	left, rate := &b.edits, r.limits.Rate
	if m, ok := r.state().MemberOf(j.Envelope.Body.Device); ok && isBulk(j) && r.state().Policy().Can(m.ID, charter.Import) {
		left, rate = &b.bulks, r.limits.BatchRate
	}
	if *left < 1 {
		wait := (1 - *left) / float64(max(rate, 1)) * 1000
		return wire.PushResult{Code: wire.CodeRate, Retry: uint64(wait) + 1}, false
	}
	*left--
	return wire.PushResult{}, true
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
