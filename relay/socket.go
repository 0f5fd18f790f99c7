package relay

import (
	"context"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/wire"
)

const (
	pingEvery      = 20 * time.Second // WI4
	deadAfter      = 60 * time.Second
	handshakeLimit = 10 * time.Second // WI13
	goodbye        = time.Second
	// inputLimit is how many messages of one connection wait for the room.
	inputLimit = 4
)

// socket is one WebSocket with its queue of outgoing messages. The room bounds
// what the queue holds (WI4).
type socket struct {
	id     ConnID
	ws     *websocket.Conn
	tcp    net.Conn // below ws
	mu     sync.Mutex
	queue  []Out
	spare  []Out // the slice that next gave before
	wake   chan struct{}
	proven chan struct{}
	denied bool
	// patience is how long one message may take to be sent.
	patience time.Duration
}

// tcpKey finds the connection below a request.
type tcpKey struct{}

// take puts an order of the room into the queue. It never waits.
func (k *socket) take(o Out) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if o.Proven {
		close(k.proven)
		return
	}
	k.denied = k.denied || o.Code == wire.CodeDenied
	k.queue = append(k.queue, o)
	select {
	case k.wake <- struct{}{}:
	default:
	}
}

// next is what waits to be sent. The slice is used again after the next call.
func (k *socket) next() []Out {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.queue, k.spare = k.spare[:0], k.queue
	return k.spare
}

// serveSocket is one connection from its first byte to its last.
func (s *Server) serveSocket(w http.ResponseWriter, req *http.Request) {
	address, _, err := net.SplitHostPort(req.RemoteAddr)
	if err != nil || req.TLS == nil || !s.doors.enter(address) {
		http.Error(w, "busy", http.StatusTooManyRequests)
		return
	}
	var once sync.Once
	leave := func(denied bool) { once.Do(func() { s.doors.leave(address, denied) }) }
	defer leave(false)
	exporter, err := req.TLS.ExportKeyingMaterial(wire.ExporterLabel, nil, wire.ExporterLength)
	if err != nil {
		http.Error(w, "no exporter", http.StatusBadRequest)
		return
	}
	ws, err := websocket.Accept(w, req, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return
	}
	ws.SetReadLimit(wire.MaxMessage)
	tcp, _ := req.Context().Value(tcpKey{}).(net.Conn)
	k := s.link(ws, tcp)
	if k == nil {
		_ = ws.CloseNow()
		return
	}
	defer s.links.Done()
	// The request's own context ends with the server; the room says when.
	ctx, cancel := context.WithCancel(context.WithoutCancel(req.Context()))
	var tasks sync.WaitGroup
	tasks.Go(func() { defer cancel(); s.write(ctx, k) })
	tasks.Go(func() { s.watch(ctx, k, func() { leave(false) }) })
	s.read(ctx, k, exporter)
	cancel()
	tasks.Wait()
	_ = ws.CloseNow()
	k.mu.Lock()
	denied := k.denied
	k.mu.Unlock()
	leave(denied)
	s.mu.Lock()
	delete(s.sockets, k.id)
	s.mu.Unlock()
	s.events <- event{in: In{Conn: k.id, Kind: Closed}}
}

// link registers a connection, unless the server is closing.
func (s *Server) link(ws *websocket.Conn, tcp net.Conn) *socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || tcp == nil {
		return nil
	}
	s.nextConn++
	k := &socket{id: s.nextConn, ws: ws, tcp: tcp, wake: make(chan struct{}, 1), proven: make(chan struct{}), patience: deadAfter}
	s.sockets[k.id] = k
	s.links.Add(1)
	return k
}

// read gives the connection's messages to the room, a few at a time.
func (s *Server) read(ctx context.Context, k *socket, exporter []byte) {
	free := make(chan struct{}, inputLimit)
	s.events <- event{in: In{Conn: k.id, Kind: Opened, Data: exporter}}
	for {
		kind, data, err := k.ws.Read(ctx)
		if err != nil || kind != websocket.MessageBinary {
			return
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		s.events <- event{in: In{Conn: k.id, Kind: Received, Data: data}, done: func() { <-free }}
	}
}

// write sends what the room ordered until the connection ends. A peer that takes
// nothing for too long, or does not answer the goodbye, is not waited for. One
// timer does that for all messages: a context for each costs more than sending it.
func (s *Server) write(ctx context.Context, k *socket) {
	end := func() { _ = k.tcp.Close() }
	defer context.AfterFunc(ctx, end)()
	late := time.AfterFunc(k.patience, end)
	late.Stop()
	defer late.Stop()
	sending := context.WithoutCancel(ctx)
	for {
		list := k.next()
		for i, o := range list {
			list[i] = Out{} // what was sent is not held
			if o.Close {
				late.Reset(goodbye)
				_ = k.ws.Close(websocket.StatusPolicyViolation, string(o.Code))
				return
			}
			late.Reset(k.patience)
			err := k.ws.Write(sending, websocket.MessageBinary, o.Data)
			late.Stop()
			if err != nil {
				return
			}
			s.events <- event{in: In{Conn: k.id, Kind: Wrote, N: len(o.Data)}}
		}
		select {
		case <-k.wake:
		case <-ctx.Done():
			return
		}
	}
}

// watch ends a connection that does not prove itself in time, and one that no
// longer answers (WI4, WI13).
func (s *Server) watch(ctx context.Context, k *socket, proven func()) {
	limit := time.NewTimer(handshakeLimit)
	defer limit.Stop()
	select {
	case <-k.proven:
		proven()
	case <-limit.C:
		k.take(Out{Close: true, Code: wire.CodeDenied})
		return
	case <-ctx.Done():
		return
	}
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	for {
		select {
		case <-ping.C:
		case <-ctx.Done():
			return
		}
		pingCtx, cancel := context.WithTimeout(ctx, deadAfter-pingEvery)
		err := k.ws.Ping(pingCtx)
		cancel()
		if err != nil {
			_ = k.ws.CloseNow()
			return
		}
	}
}
