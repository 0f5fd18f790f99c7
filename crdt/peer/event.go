package peer

import (
	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// Event is something that happened: Opened, Received, Wrote, Tick or Closed.
type Event interface{ event() }

// Opened means that a connection to the relay with this key is there. Exporter is its TLS
// keying material (WI7). Whoever dialled has compared the key (WI5).
type Opened struct {
	Exporter []byte
	Relay    canon.RelayKey
}

// Received means that the relay sent this message.
type Received struct{ Data []byte }

// Wrote means that the person edited; something may wait in the outbox.
type Wrote struct{}

// Tick means that time has passed. One a second is enough.
type Tick struct{}

// Closed means that the connection is gone.
type Closed struct{}

func (Opened) event()   {}
func (Received) event() {}
func (Wrote) event()    {}
func (Tick) event()     {}
func (Closed) event()   {}

// Effect is something to do or to know: Send, Close, Changed or Charter.
type Effect interface{ effect() }

// Send asks to give this message to the connection. Messages keep their order.
type Send struct{ Data []byte }

// Close asks to end the connection after what was sent before.
type Close struct{ Code wire.Code }

// Changed tells that these documents are other than before, on disk.
type Changed struct{ Docs []canon.DocID }

// Charter tells that statements arrived, on disk. Seq is the newest.
type Charter struct{ Seq uint64 }

func (Send) effect()    {}
func (Close) effect()   {}
func (Changed) effect() {}
func (Charter) effect() {}
