package repo

import (
	"fmt"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/wire"
)

// Entry is one change in a document's history.
type Entry struct {
	Hash    canon.Hash
	Device  canon.DeviceID
	Member  canon.MemberID // of the device, by the charter
	Time    int64          // the author's clock, seconds
	Relay   int64          // the relay's time of acceptance, milliseconds; 0 while pending
	Seq     uint64         // the place in the log; 0 while pending
	Pending bool
	Kind    string // of the message: edit, import, ...
	Cause   string // what follows the colon: a batch, a merge
	Deps    []canon.Hash
	Keys    []KeyChange
	Texts   int // letters inserted or deleted in shared texts
}

// KeyChange is one key that a change set.
type KeyChange struct {
	Key string
	Old []change.Entry // what was live before, the winner last
	New change.Entry
}

// History lists all changes of a document, those that are accepted in the order
// of the log, then the pending ones.
func (r *Repo) History(doc canon.DocID) ([]Entry, error) {
	d, err := r.doc(doc)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", doc, err)
	}
	if !d.exists() {
		return nil, fmt.Errorf("history of %s: %w", doc, ErrNoDocument)
	}
	recs, err := r.accepted(doc)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", doc, err)
	}
	h := historian{state: d.work.State(), ch: r.Charter(), seen: map[canon.Hash]bool{}}
	for i := range recs {
		rec := &recs[i]
		if err := h.add(&rec.Envelope, rec.Time, rec.Seq); err != nil {
			return nil, fmt.Errorf("history of %s: %w", doc, err)
		}
	}
	for _, o := range d.pend {
		if err := h.add(o.e, 0, 0); err != nil {
			return nil, fmt.Errorf("history of %s: %w", doc, err)
		}
	}
	return h.out, nil
}

type historian struct {
	state *change.State
	ch    *Chain
	seen  map[canon.Hash]bool
	out   []Entry
}

func (h *historian) add(e *wire.Envelope, relay int64, seq uint64) error {
	member, _ := h.ch.State().MemberOf(e.Body.Device)
	for _, chunk := range e.Body.Chunks {
		c, err := change.Decode(chunk)
		if err != nil {
			return err
		}
		if h.seen[c.Hash] || !h.state.Has(c.Hash) {
			continue
		}
		h.seen[c.Hash] = true
		kind, cause, _ := strings.Cut(c.Message, ":")
		en := Entry{
			Hash: c.Hash, Device: e.Body.Device, Member: member.ID, Time: c.Time, Relay: relay, Seq: seq,
			Pending: seq == 0, Kind: kind, Cause: cause, Deps: c.Deps,
		}
		for i := range c.Ops {
			op := &c.Ops[i]
			if !op.Obj.IsZero() {
				en.Texts++
				continue
			}
			if op.Action == change.MakeText {
				continue // every customer begins with an empty n:memo
			}
			k := KeyChange{Key: op.Key, New: change.Entry{ID: c.ID(i), Value: op.Value}}
			if len(c.Deps) > 0 {
				if k.Old, err = h.state.Live(op.Key, c.Deps); err != nil {
					return err
				}
			}
			en.Keys = append(en.Keys, k)
		}
		h.out = append(h.out, en)
	}
	return nil
}

// Origin says where a change stands: who made it, and when the relay took it.
type Origin struct {
	change.Info
	Member  canon.MemberID
	Relay   int64 // milliseconds; 0 while pending
	Pending bool
}

// Origins tells about the changes that made the given operations, for a
// conflict card. Operations that are not in the document are left out.
func (r *Repo) Origins(v *View, ids ...change.OpID) (map[change.OpID]Origin, error) {
	recs, err := r.accepted(v.d.id)
	if err != nil {
		return nil, fmt.Errorf("origins in %s: %w", v.d.id, err)
	}
	times := map[canon.Hash]int64{}
	for i := range recs {
		for _, h := range recs[i].Envelope.Body.Hashes() {
			times[h] = recs[i].Time
		}
	}
	out := map[change.OpID]Origin{}
	for _, id := range ids {
		info, ok := v.Writer(id)
		if !ok {
			continue
		}
		m, _ := r.Charter().State().MemberOf(info.Actor.Device())
		at, done := times[info.Hash]
		out[id] = Origin{Info: info, Member: m.ID, Relay: at, Pending: !done}
	}
	return out, nil
}
