package relay

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"tongce/crdt/wire"
)

// errFault means that the room panicked; the log has the stack.
var errFault = errors.New("fault in room")

// event is an In with what to do when it was taken in.
type event struct {
	in   In
	done func()
}

const (
	// stepEvents is how many events one step takes at most.
	stepEvents = 512
	// crowd is how many messages out of one step make the loop wait a moment,
	// so that many readers get one batch instead of many.
	crowd        = 64
	crowdRest    = 40 * time.Microsecond // for each message
	crowdRestMax = 20 * time.Millisecond
	// reopenAfter is how long the loop waits before it opens the room again
	// after the stream failed.
	reopenAfter = time.Second
)

// run feeds the room until ctx ends. It is the only caller of Step.
func (s *Server) run(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var batch []event
	for {
		clear(batch)
		batch = batch[:0]
		if !s.busy() {
			select {
			case e := <-s.events:
				batch = append(batch, e)
			case <-tick.C:
			case <-ctx.Done():
				s.finish(context.WithoutCancel(ctx))
				return
			}
		} else if ctx.Err() != nil {
			s.finish(context.WithoutCancel(ctx))
			return
		}
		batch = s.drain(batch)
		sent := s.step(context.WithoutCancel(ctx), batch)
		if sent > crowd {
			rest(ctx, min(crowdRestMax, time.Duration(sent)*crowdRest))
		}
	}
}

func (s *Server) busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed == nil && s.room.Busy()
}

// drain takes what waits, without waiting for more.
func (s *Server) drain(batch []event) []event {
	for len(batch) < stepEvents {
		select {
		case e := <-s.events:
			batch = append(batch, e)
		default:
			return batch
		}
	}
	return batch
}

// step gives events to the room and its answers to the sockets.
func (s *Server) step(ctx context.Context, batch []event) (sent int) {
	ins := make([]In, len(batch))
	for i, e := range batch {
		ins[i] = e.in
	}
	s.mu.Lock()
	if s.failed != nil {
		s.reopen(ctx)
	}
	var outs []Out
	var err error
	if s.failed == nil {
		outs, err = s.guarded(ctx, ins)
		s.failed = err
	}
	targets := make([]*socket, len(outs))
	for i, o := range outs {
		targets[i] = s.sockets[o.Conn]
	}
	s.mu.Unlock()
	if err != nil {
		// Nothing of these events may be taken as done. Devices come again.
		s.cfg.Log.Error("room stopped", "err", err)
		s.dropAll()
	}
	for i, o := range outs {
		if targets[i] != nil {
			targets[i].take(o)
		}
	}
	for _, e := range batch {
		if e.done != nil {
			e.done()
		}
	}
	return len(outs)
}

// guarded is Step; a fault in it costs the connections and not the process
// (WI3). What the room held in memory is made anew from the stream.
func (s *Server) guarded(ctx context.Context, ins []In) (outs []Out, err error) {
	defer func() {
		if p := recover(); p != nil {
			s.cfg.Log.Error("fault in room", "stack", string(debug.Stack()))
			outs, err = nil, errFault
		}
	}()
	return s.room.Step(ctx, s.cfg.Now(), ins...)
}

// reopen tries to open the room again. The caller holds the lock.
func (s *Server) reopen(ctx context.Context) {
	rest(ctx, reopenAfter)
	room, err := s.openRoom(ctx)
	if err != nil {
		s.failed = err
		s.cfg.Log.Error("room does not open", "err", err)
		return
	}
	s.room, s.failed = room, nil
}

// rest waits for a while, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (s *Server) dropAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.sockets {
		k.take(Out{Close: true, Code: wire.CodeRetry})
	}
}

// finish answers what has come and says goodbye to every connection.
func (s *Server) finish(ctx context.Context) {
	s.step(ctx, s.drain(nil))
	s.dropAll()
	// Readers that wait for a place in the queue are let go.
	gone := make(chan struct{})
	go func() { s.links.Wait(); close(gone) }() // ends with the last connection, which Close waits for
	for {
		select {
		case e := <-s.events:
			if e.done != nil {
				e.done()
			}
		case <-gone:
			return
		}
	}
}
