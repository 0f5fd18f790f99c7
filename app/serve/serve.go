// Package serve shows the window in a browser of the same computer: the same
// bound services and the same front end without a desktop window.
//
// Whoever may talk to it is the person who started it, and nobody else:
//
//  1. It listens on loopback only.
//  2. The address holds a token that works once. It buys a cookie that scripts
//     cannot read and that no other site's page can send (SameSite=Strict).
//     A second browser with the same address is refused.
//  3. A request that names another host is refused, so a foreign name that
//     resolves to this computer (DNS rebinding) opens nothing.
//  4. A request that another page made is refused, also one of another port of
//     this computer, which cookies do not tell apart.
//  5. Files come in by upload and go out by download; no path of this computer
//     can be named.
//
// A cookie is known to every server on this computer that the same browser
// visits; on a computer shared with people one does not trust, use the desktop
// window.
package serve

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"time"
)

// ErrNotLoopback means a listener that other computers could reach.
var ErrNotLoopback = errors.New("only a loopback address may be served")

// Options say what is served. All are required.
type Options struct {
	// Dist is the built front end.
	Dist fs.FS
	// Bound are the services, as for the desktop window.
	Bound []any
	// Format brings a service's error into the text that the page reads.
	Format func(error) any
	Host   *Host
	Log    *slog.Logger
	Rand   io.Reader
	// Out gets one line, the address to open.
	Out io.Writer
}

const (
	headerTimeout = 10 * time.Second
	bodyTimeout   = 5 * time.Minute
	idleTimeout   = 2 * time.Minute
	closeTimeout  = 3 * time.Second
)

// Serve answers at the listener, which it closes, until ctx ends.
func Serve(ctx context.Context, listener net.Listener, o Options) error {
	port, err := loopbackPort(listener.Addr())
	if err != nil {
		_ = listener.Close()
		return err
	}
	d, token, err := newDoor(port, o.Rand)
	if err != nil {
		_ = listener.Close()
		return err
	}
	handler, err := newHandler(o)
	if err != nil {
		_ = listener.Close()
		return err
	}
	server := &http.Server{
		Handler:           d.guard(handler),
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       bodyTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    64 << 10,
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ErrorLog:          slog.NewLogLogger(o.Log.Handler(), slog.LevelWarn),
	}
	if _, err := fmt.Fprintf(o.Out, "http://%s/?t=%s\n", listener.Addr(), token); err != nil {
		_ = listener.Close()
		return fmt.Errorf("tell the address: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err = <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	if err := server.Shutdown(closing); err != nil {
		_ = server.Close()
	}
	<-ended
	return nil
}

func loopbackPort(addr net.Addr) (string, error) {
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil || !at.Addr().Unmap().IsLoopback() {
		return "", fmt.Errorf("%s: %w", addr, ErrNotLoopback)
	}
	return strconv.Itoa(int(at.Port())), nil
}

// word draws a name that cannot be guessed.
func word(random io.Reader) (string, error) {
	var b [32]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("draw: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b[:]), nil
}

func newHandler(o Options) (http.Handler, error) {
	calls, err := newCalls(o)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /call/{service}/{method}", calls)
	mux.HandleFunc("GET /events", o.Host.serveEvents)
	mux.HandleFunc("POST /upload", o.Host.serveUpload)
	mux.HandleFunc("GET /file/{id}", o.Host.serveFile)
	mux.Handle("GET /", newPage(o.Dist))
	return mux, nil
}
