// Package app is the bridge between the window and the book: bound services,
// the flat data they exchange with the front end, wire errors and events.
//
// A bound method takes one request struct, one string or nothing, and returns
// a reply and an error, or an error alone; it starts with guard, so a panic
// becomes a coded error and the caller's promise always settles. Nothing here
// decides about customers: package workspace does. No secret ever stands in a
// request struct: passphrases and kit codes travel as one lone string, because
// the bridge logs struct arguments when something goes wrong.
package app

import (
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// Config is what a program gives an App. All but Lang and Sample are required.
type Config struct {
	// Dir holds the book; it is made when the first book is.
	Dir string
	// Version is the program's own.
	Version string
	// Lang is zh or en for the first start; empty is the person's choice.
	Lang string
	// Sample opens the invented book when Dir has none yet.
	Sample bool
	Host   Host
	Log    *slog.Logger
	Now    func() time.Time
	Rand   io.Reader
}

// App holds what the bound services share. Make it with New, hand Bind to the
// host of the window, call Startup once and Shutdown once.
type App struct {
	cfg    Config
	events *emitter

	ready   chan struct{} // closed when Startup has looked for a book
	starter sync.Once
	stopper sync.Once
	cancel  context.CancelFunc
}

// New builds the program without touching the disk, a keyring or a network:
// the bindings are made by running it.
func New(cfg Config) *App {
	return &App{cfg: cfg, events: newEmitter(cfg.Host), ready: make(chan struct{})}
}

// Bind lists the services that the window may call.
func (a *App) Bind() []any {
	return []any{&Start{a}, &Customers{a}, &History{a}, &Review{a}, &Imports{a}, &Sync{a}, &Settings{a}}
}

// Startup opens the book that is there, if any. Calls of services wait for it.
func (a *App) Startup(ctx context.Context) {
	a.starter.Do(func() {
		_, a.cancel = context.WithCancel(ctx)
		close(a.ready)
	})
}

// Shutdown closes the book and waits until everything is on disk.
func (a *App) Shutdown(context.Context) {
	a.stopper.Do(func() {
		if a.cancel != nil {
			a.cancel()
		}
		a.events.Close()
	})
}
