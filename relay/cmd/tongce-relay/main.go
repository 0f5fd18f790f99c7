// Command tongce-relay is the relay of one company: it orders, checks, keeps
// and forwards what the desktops write.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"tongce/crdt/wire"
	"tongce/relay"
)

const usage = `usage: tongce-relay COMMAND --data DIR

  serve   --data DIR [--listen ADDR] [--metrics LOOPBACK_ADDR] [--space SIZE]   serves until SIGTERM
  key     --data DIR [--listen ADDR]   prints HOST:PORT#R
  stats   --data DIR                   what a stopped relay holds, as JSON
  verify  --data DIR                   checks all of it

  SIZE is how much the customer book may take here, as 500M or 20G; 20G where it is not given
`

var (
	errUsage    = errors.New("wrong usage")
	errProblems = errors.New("problems found")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	o, err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	var wrong *listenError
	switch {
	case err == nil:
	case errors.Is(err, errUsage) && !errors.As(err, &wrong):
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "tongce-relay:", explain(err, o, speaker(os.Getenv)))
		if errors.Is(err, errUsage) {
			os.Exit(2)
		}
		os.Exit(1)
	}
}

type options struct {
	command, data, listen, metrics string
	space                          space
}

func run(ctx context.Context, args []string, out, logs io.Writer) (o options, err error) {
	if len(args) == 0 {
		return o, errUsage
	}
	o.command = args[0]
	flags := flag.NewFlagSet(o.command, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.StringVar(&o.data, "data", "", "data directory")
	flags.StringVar(&o.listen, "listen", ":8443", "address to listen on")
	flags.StringVar(&o.metrics, "metrics", "", "loopback address for Prometheus")
	if o.command == "serve" {
		flags.Var(&o.space, "space", "how much the workspace may take (GA18)")
	}
	if err := flags.Parse(args[1:]); err != nil || o.data == "" || flags.NArg() > 0 {
		return o, errUsage
	}
	switch o.command {
	case "serve":
		return o, serve(ctx, o, out, logs)
	case "key":
		return o, key(o, out)
	case "stats":
		return o, stats(ctx, o, out)
	case "verify":
		return o, verify(ctx, o, out)
	}
	return o, errUsage
}

func stats(ctx context.Context, o options, out io.Writer) error {
	st, _, err := relay.Inspect(ctx, o.data, rand.Reader, false)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(st)
}

func key(o options, out io.Writer) error {
	r, err := relay.OpenKey(o.data, rand.Reader)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s#%s\n", address(o.listen), r)
	return err
}

func verify(ctx context.Context, o options, out io.Writer) error {
	st, problems, err := relay.Inspect(ctx, o.data, rand.Reader, true)
	for _, p := range problems {
		fmt.Fprintln(out, p)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d documents, charter %d, log %d: %d problems\n", st.Documents, st.CharterSeq, st.LastSeq, len(problems))
	if len(problems) > 0 {
		return errProblems
	}
	return nil
}

func serve(ctx context.Context, o options, out, logs io.Writer) (err error) {
	log := slog.New(slog.NewJSONHandler(logs, nil))
	ln, measures, err := listenAll(ctx, o) // first: an address that is taken makes no directory
	if err != nil {
		return err
	}
	s, err := relay.New(ctx, relay.ServerConfig{
		Dir: o.data, Now: time.Now, Random: rand.Reader, Log: log, Limits: wire.Limits{Workspace: uint64(o.space)},
	})
	if err != nil {
		return errors.Join(err, ln.Close(), closeListener(measures))
	}
	defer func() { err = errors.Join(err, s.Close()) }() //nolint:contextcheck // closing outlives the context that asked for it
	var serving sync.WaitGroup
	defer serving.Wait()
	if measures != nil {
		defer serveMetrics(&serving, measures, s.Metrics())()
	}
	if _, err := fmt.Fprintf(out, "%s#%s\n", address(ln.Addr().String()), s.Relay()); err != nil {
		return errors.Join(err, ln.Close())
	}
	bounding, stop := context.WithCancel(ctx)
	defer stop()
	serving.Go(func() { boundMemory(bounding, s.Documents) })
	log.Info("relay serves", "relay", s.Relay().String()[:8])
	failed := make(chan error, 1)
	serving.Go(func() { failed <- s.Serve(ln) })
	select {
	case err = <-failed:
	case <-ctx.Done():
		log.Info("relay stops")
	}
	return errors.Join(err, s.Close()) //nolint:contextcheck // as above
}

// listenAll takes the address of the relay and, where one is named, that of its
// metrics: both or none.
func listenAll(ctx context.Context, o options) (ln, measures net.Listener, err error) {
	if o.metrics != "" {
		if err := checkLoopback("--metrics", o.metrics); err != nil {
			return nil, nil, err
		}
	}
	if ln, err = listen(ctx, "--listen", o.listen); err != nil || o.metrics == "" {
		return ln, nil, err
	}
	if measures, err = listen(ctx, "--metrics", o.metrics); err != nil {
		return nil, nil, errors.Join(err, ln.Close())
	}
	return ln, measures, nil
}

func listen(ctx context.Context, option, address string) (net.Listener, error) {
	if err := checkAddress(option, address); err != nil {
		return nil, err
	}
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, &listenError{option: option, address: address, err: err}
	}
	return ln, nil
}

func closeListener(ln net.Listener) error {
	if ln == nil {
		return nil
	}
	return ln.Close()
}

// serveMetrics answers Prometheus until end.
func serveMetrics(serving *sync.WaitGroup, ln net.Listener, h http.Handler) (end func()) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", h)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	serving.Go(func() { _ = server.Serve(ln) })
	return func() { _ = server.Close() }
}

// address is how devices reach a listening address: with the machine's own
// address in place of "all of them".
func address(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		return listen
	}
	list, err := net.InterfaceAddrs()
	if err == nil {
		for _, a := range list {
			if n, ok := a.(*net.IPNet); ok && n.IP.To4() != nil && !n.IP.IsLoopback() && !n.IP.IsLinkLocalUnicast() {
				return net.JoinHostPort(n.IP.String(), port)
			}
		}
	}
	return net.JoinHostPort("127.0.0.1", port)
}
