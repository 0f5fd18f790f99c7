package relay

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/wire"
)

// stuck is a socket whose peer reads nothing, in a server that is not there.
func stuck(t *testing.T) (*Server, *socket) {
	t.Helper()
	made := make(chan *socket, 1)
	over := make(chan struct{})
	web := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{CompressionMode: websocket.CompressionDisabled})
		if err != nil {
			t.Error(err)
			close(made)
			return
		}
		tcp, _ := r.Context().Value(tcpKey{}).(net.Conn)
		made <- &socket{ws: ws, tcp: tcp, wake: make(chan struct{}, 1), proven: make(chan struct{}), patience: deadAfter}
		<-over
	}))
	web.Config.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, tcpKey{}, c) }
	web.Start()
	peer, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(web.URL, "http"), nil) //nolint:bodyclose // the library closes it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		close(over)
		_ = peer.CloseNow()
		web.Close()
	})
	k := <-made
	if k == nil {
		t.FailNow()
	}
	return &Server{events: make(chan event, 64)}, k
}

// TestWI4_StuckPeer: a peer that takes nothing is not waited for, neither when its
// connection ends otherwise, nor for longer than one message may take, nor when it
// does not answer the goodbye.
func TestWI4_StuckPeer(t *testing.T) {
	t.Parallel()
	large := Out{Data: make([]byte, 64<<20)}
	for name, c := range map[string]struct {
		order    Out
		patience time.Duration
		cancel   bool
		within   time.Duration
	}{
		"connection ends": {large, deadAfter, true, 10 * time.Second},
		"too slow":        {large, 200 * time.Millisecond, false, 10 * time.Second},
		"goodbye":         {Out{Close: true, Code: wire.CodeRetry}, deadAfter, false, goodbye + 10*time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, k := stuck(t)
			k.patience = c.patience
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			k.take(c.order)
			done := make(chan struct{})
			go func() { defer close(done); s.write(ctx, k) }()
			select {
			case <-done:
				if c.cancel {
					t.Error("what nobody reads was sent")
				}
			case <-time.After(100 * time.Millisecond):
			}
			if c.cancel {
				cancel()
			}
			select {
			case <-done:
			case <-time.After(c.within):
				t.Fatal("still being written")
			}
		})
	}
}
