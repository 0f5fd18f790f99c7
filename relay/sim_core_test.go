//go:build cgo

package relay

import (
	"bytes"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/wire"
)

// simBrought is what a device sent under which message, and of which documents
// a log last took not all of it.
type simBrought struct {
	sent   map[uint64][]canon.DocID
	denied map[canon.DocID]wire.LogID
}

// sends notes the documents of a message that brings envelopes.
func (b *simBrought) sends(m wire.Message) {
	var docs []canon.DocID
	switch f := m.Frame.(type) {
	case *wire.Packs:
		for _, raw := range f.Packs {
			p, err := wire.ReadPack(raw)
			if err != nil {
				return // wrote reads what is pushed; packs are the room's to read
			}
			docs = append(docs, p.Doc)
		}
	case *wire.Push:
		for _, raw := range f.Envelopes {
			e, err := wire.ParseEnvelope(raw)
			if err != nil {
				return // as above
			}
			docs = append(docs, e.Body.Doc)
		}
	default:
		return
	}
	if b.sent == nil {
		b.sent, b.denied = map[uint64][]canon.DocID{}, map[canon.DocID]wire.LogID{}
	}
	b.sent[m.ID] = docs
}

// answered notes what was refused, or is to wait (HE4).
func (b *simBrought) answered(id uint64, f *wire.Pushed, log wire.LogID) {
	for i, doc := range b.sent[id] {
		taken := []wire.Code{wire.CodeAccepted, wire.CodeDuplicate, wire.CodeRate, wire.CodeRetry}
		if i < len(f.Results) && !slices.Contains(taken, f.Results[i].Code) {
			b.denied[doc] = log
		}
	}
}

// wrote looks at what a device sends: each change that the real core made in it
// is one that the gate's decoder reads and encodes to the same bytes (GA8,
// GA11). Whether it fits its document is the room's to say; see rightly.
func (d *simDevice) wrote(data []byte) {
	m, err := wire.DecodeFrame(data)
	if err != nil {
		d.s.failf("device %d sends what does not decode: %v", d.i, err)
	}
	d.sends(m)
	push, ok := m.Frame.(*wire.Push)
	if !ok {
		return
	}
	for _, b := range push.Envelopes {
		e, err := wire.ParseEnvelope(b)
		if err != nil {
			d.s.failf("device %d pushes what does not parse: %v", d.i, err)
		}
		for _, chunk := range e.Body.Chunks {
			c, err := change.Decode(chunk)
			if err != nil {
				d.s.failf("device %d: the gate refuses a change of the core: %v\n%x", d.i, err, chunk)
			}
			if again, err := change.Encode(*c); err != nil || !bytes.Equal(again, chunk) {
				d.s.failf("device %d: a change of the core is encoded otherwise: %v\n%x", d.i, err, chunk)
			}
			d.s.stats.written++
		}
	}
}

// rightly fails on a refusal that says that core and gate disagree, or that a
// device used a number twice (GA17, docs/adr/0074). The others are about rights
// that shrank, customers that were erased, and what the relay lost or another
// installation of the same device made (EN5).
func (d *simDevice) rightly(code wire.Code) {
	switch code {
	case wire.CodeFieldDenied, wire.CodeRowDenied, wire.CodeErased,
		wire.CodeMissingDeps, wire.CodeDocExists:
		return
	case wire.CodeBadChange: // an actor's next change, written on two disks
		if d.s.stats.restored > 0 {
			return
		}
	default:
	}
	d.s.failf("device %d: a change of the core is refused: %s", d.i, code)
}

// traceFrame prints what a message says.
func (d *simDevice) traceFrame(way string, m wire.Message) {
	s := d.s
	if !s.tracing {
		return
	}
	switch f := m.Frame.(type) {
	case *wire.Push:
		for _, b := range f.Envelopes {
			if e, err := wire.ParseEnvelope(b); err == nil {
				s.trace("%d %s push %d: %s of %s n %d %s", d.i, way, m.ID, e.ID(s.w.ID).String()[:6], e.Body.Device.String()[:6], e.Body.N, e.Body.Doc.String()[:6])
			}
		}
	case *wire.Packs:
		for _, b := range f.Packs {
			if p, err := wire.ReadPack(b); err == nil {
				for _, r := range p.Records {
					s.trace("%d %s packs %d: %s of %s n %d %s", d.i, way, m.ID, r.Envelope.ID(s.w.ID).String()[:6], r.Envelope.Body.Device.String()[:6], r.Envelope.Body.N, p.Doc.String()[:6])
				}
			}
		}
	case *wire.Pushed:
		for _, r := range f.Results {
			s.trace("%d %s pushed %d: %s seq %d", d.i, way, m.ID, r.Code, r.Seq)
		}
	case *wire.Batch:
		s.trace("%d %s batch %d: to %d, more %v", d.i, way, m.ID, f.Next.Seq, f.More)
		items, _ := f.Items()
		for _, raw := range items {
			it, err := wire.ParseItem(raw)
			if err != nil {
				continue
			}
			if it.Record != nil {
				e := it.Record.Envelope
				s.trace("%d    %d: %s of %s n %d %s", d.i, it.Record.Seq, e.ID(s.w.ID).String()[:6], e.Body.Device.String()[:6], e.Body.N, e.Body.Doc.String()[:6])
			} else if p, err := wire.ReadPack(it.Pack); err == nil {
				for _, r := range p.Records {
					s.trace("%d    pack %d: %s of %s n %d %s", d.i, r.Seq, r.Envelope.ID(s.w.ID).String()[:6], r.Envelope.Body.Device.String()[:6], r.Envelope.Body.N, p.Doc.String()[:6])
				}
			}
		}
	case *wire.Ready:
		s.trace("%d %s ready: log %x last %d charter %d n %d %s", d.i, way, f.Log[:3], f.Last, f.Charter.Seq, f.Counter.N, f.State)
	case *wire.Failed:
		s.trace("%d %s failed %d: %s", d.i, way, m.ID, f.Code)
	case *wire.Pull:
		s.trace("%d %s pull %d: %d", d.i, way, m.ID, f.Cursor.Seq)
	default:
		s.trace("%d %s %s %d", d.i, way, f.FrameName(), m.ID)
	}
}
