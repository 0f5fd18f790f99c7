package link_test

import (
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"tongce/app/link"
)

// TestNudgesDialNoOftenerThanOnceASecond: whoever writes a thousand customers
// while the relay is away does not dial a thousand times.
func TestNudgesDialNoOftenerThanOnceASecond(t *testing.T) {
	t.Parallel()
	h := serve(t, t.TempDir(), "127.0.0.1:0")
	defer h.close(t)
	_, a := company(t, h)
	var dials atomic.Int64
	cfg := a.config()
	cfg.Dial = func(context.Context, string, string) (net.Conn, error) {
		dials.Add(1)
		return nil, errors.New("nobody is there")
	}
	a.link = link.New(a.peer, cfg)
	done := make(chan error, 1)
	go func() { done <- a.link.Run(t.Context()) }()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2500 * time.Millisecond); time.Now().Before(end); <-tick.C {
		a.link.Nudge()
	}
	if err := errors.Join(a.link.Close(), <-done); err != nil {
		t.Error(err)
	}
	if n := dials.Load(); n < 2 || n > 3 {
		t.Errorf("dialled %d times in two seconds and a half, want 3", n)
	}
}
