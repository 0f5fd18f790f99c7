package relay

import (
	"bytes"

	"tongce/crdt/change"
	"tongce/crdt/wire"
)

// wrote looks at what a device sends: each change that the real core made in it
// is one that the gate's decoder reads and encodes to the same bytes (GA8,
// GA11). Whether it fits its document is the room's to say; see rightly.
func (d *simDevice) wrote(data []byte) {
	m, err := wire.DecodeFrame(data)
	if err != nil {
		d.s.failf("device %d sends what does not decode: %v", d.i, err)
	}
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
