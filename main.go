// Tongce 同册 is one customer book that all departments of a company share.
// This is its desktop program: wiring only.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"github.com/wailsapp/wails/v2"

	"tongce/app"
	"tongce/app/keychain"
	"tongce/app/serve"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/frontend"
)

const version = "0.1.0"

// memoryLimit is where the collector stops trading memory for time (ADR 0059).
const memoryLimit = 440 << 20

func main() {
	// A sheet of others is read in a child process that is this program again;
	// it must come before anything is opened.
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	debug.SetMemoryLimit(memoryLimit)
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "tongce:", err)
		os.Exit(1)
	}
}

type flags struct {
	dir, serve, lang string
	sample           bool
}

func parse(args []string, stderr io.Writer) (flags, error) {
	var f flags
	set := flag.NewFlagSet("tongce", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&f.dir, "dir", "", "folder of the book (default: in your local data)")
	set.StringVar(&f.serve, "serve", "", "show the window in a browser at this loopback `address`, as 127.0.0.1:0")
	set.StringVar(&f.lang, "lang", "", "zh or en")
	set.BoolVar(&f.sample, "sample", false, "open an invented book of 200 customers")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	if set.NArg() > 0 {
		return f, fmt.Errorf("unknown argument %q", set.Arg(0))
	}
	return f, nil
}

func run(args []string, stdout, stderr io.Writer) error {
	f, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) { // the usage was printed
		return nil
	}
	if err != nil {
		return err
	}
	if f.dir == "" {
		if f.dir, err = app.DefaultDir(f.sample); err != nil {
			return err
		}
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelInfo}))
	if f.serve == "" && !hasDisplay() {
		fmt.Fprintln(stderr, "There is no display here, so the window is served to a browser on this machine. Open the address below.")
		f.serve = "127.0.0.1:0"
	}
	workspace.CacheEngine(log)
	cfg := app.Config{
		Dir: f.dir, Version: version, Lang: f.lang, Sample: f.sample,
		Log: log, Now: time.Now, Rand: rand.Reader, KeyRing: keychain.NewSystem(0), Texts: frontend.Texts(),
	}
	if f.serve != "" {
		return inBrowser(cfg, f.serve, stdout)
	}
	host := app.NewDesktop()
	cfg.Host = host
	return wails.Run(app.New(cfg).Window(frontend.Dist(), host))
}

func inBrowser(cfg app.Config, address string, stdout io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	host := serve.NewHost(rand.Reader)
	cfg.Host = host
	a := app.New(cfg)
	defer a.Shutdown()
	a.Startup()
	return serve.Serve(ctx, listener, serve.Options{
		Dist: frontend.Dist(), Bound: a.Bind(), Format: app.Format, Host: host,
		Log: cfg.Log, Rand: rand.Reader, Out: stdout,
	})
}

// hasDisplay tells whether a window could open.
func hasDisplay() bool {
	return runtime.GOOS != "linux" || os.Getenv("DISPLAY") != "" || os.Getenv("WAYLAND_DISPLAY") != ""
}
