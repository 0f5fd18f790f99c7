package relay

import (
	"strings"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
)

// duplicate is the answer for an envelope whose id is known; ok is false when
// it is not (GA17, before GA6).
func (r *Room) duplicate(b *wire.EnvelopeBody, id canon.Hash) (wire.PushResult, bool) {
	u := r.index.used[b.Device]
	if u == nil {
		return wire.PushResult{}, false
	}
	p, ok := u.by[b.N]
	if !ok || p.id != id {
		return wire.PushResult{}, false
	}
	return wire.PushResult{Code: wire.CodeDuplicate, Seq: p.seq, Time: p.time, C: p.c}, true
}

// admitNumber is GA17 for an envelope whose id is not known. A healed one was
// judged by its n <= cut (PK3, HE4); an uploaded one is out of a log that knew
// the numbers between, and in the stream that follows a lost one they may be
// missing (docs/adr/0074).
func (r *Room) admitNumber(b *wire.EnvelopeBody, upload, healed bool) *gate.Refusal {
	if d, ok := r.state().Device(b.Device); !healed && (!ok || !d.Active) {
		return &gate.Refusal{Code: wire.CodeDenied, Rule: "GA17: device not active"}
	}
	if u := r.index.used[b.Device]; u != nil {
		if _, used := u.by[b.N]; used {
			return &gate.Refusal{Code: wire.CodeCounterUsed, Rule: "GA17: number used"}
		}
	}
	if healed {
		return nil
	}
	var highest uint64
	if u := r.index.used[b.Device]; u != nil {
		highest = u.highest
	}
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
