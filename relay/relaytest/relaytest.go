// Package relaytest has a real relay for the tests of those that talk to one.
package relaytest

import (
	"crypto/rand"
	"net"
	"testing"
	"time"

	"tongce/relay"
)

// Serve runs a relay on loopback until stop, which may be called twice, or the end
// of the test.
func Serve(tb testing.TB) (address string, stop func()) {
	tb.Helper()
	s, err := relay.New(tb.Context(), relay.ServerConfig{Dir: tb.TempDir(), Now: time.Now, Random: rand.Reader}) //nolint:forbidigo // a test's clock
	if err != nil {
		tb.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(tb.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = s.Serve(ln)
	}()
	stop = func() {
		_ = s.Close()
		<-served
	}
	tb.Cleanup(stop)
	return ln.Addr().String(), stop
}
