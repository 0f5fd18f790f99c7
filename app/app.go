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
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"tongce/app/keychain"
	"tongce/app/workspace"
)

// Config is what a program gives an App. All but Lang, Sample, KeyRing, Texts and
// Cost are required.
type Config struct {
	// Dir holds the book; it is made when the first book is.
	Dir string
	// Version is the program's own.
	Version string
	// Lang is zh or en for this run; empty is what the person chose.
	Lang string
	// Sample opens the invented book when Dir has none yet.
	Sample bool
	Host   Host
	Log    *slog.Logger
	Now    func() time.Time
	Rand   io.Reader
	// KeyRing is nil where only a passphrase protects a book.
	KeyRing keychain.Ring
	// Texts is the window's catalogue, LANGUAGE/PART.json, for files that the
	// program writes; nil gives codes instead of sentences.
	Texts fs.FS
	// Cost of new passphrases; zero is keychain.DefaultCost.
	Cost keychain.Cost
}

// App holds what the bound services share. Make it with New, hand Bind to the
// host of the window, call Startup once and Shutdown once.
type App struct {
	cfg      Config // never changes
	events   *emitter
	settings *settingsFile

	// ctx is the program's: calls of the window have none of their own. It is
	// kept here and nowhere else.
	ctx    context.Context
	cancel context.CancelFunc

	ready   chan struct{} // closed when Startup has looked for a book
	starter sync.Once
	stopper sync.Once
	running sync.WaitGroup

	opening  sync.Mutex // one change of the book at a time; before mu
	printing sync.Mutex // one new kit at a time; before mu
	mu       sync.Mutex
	started  string // the language that the program was started with
	book     *session
	failed   error // why a book that is here is not open
	kit      *shownKit
	secret   []byte             // a passphrase for the next Create, Join or Sample
	invite   string             // the link that was inspected last
	asking   context.CancelFunc // ends what waits for a relay at the start
	keyring  *bool              // whether the keyring keeps what it is given, once known
}

// New builds the program without touching the disk, a keyring or a network:
// the bindings are made by running it.
func New(cfg Config) *App {
	a := &App{cfg: cfg, events: newEmitter(cfg.Host), ready: make(chan struct{}), settings: newSettingsFile(cfg.Dir), started: cfg.Lang}
	a.ctx, a.cancel = context.WithCancel(context.Background())
	return a
}

// Bind lists the services that the window may call.
func (a *App) Bind() []any {
	return []any{&Start{a}, &Customers{a}, &History{a}, &Review{a}, &Imports{a}, &Sync{a}, &Settings{a}}
}

// Startup begins to open the book that is there, if any, and returns. Calls of
// services wait for it; Shutdown ends it.
func (a *App) Startup() {
	a.starter.Do(func() {
		a.running.Go(func() {
			defer close(a.ready)
			a.openAtStart()
		})
	})
}

// Shutdown closes the book and returns when everything is on disk.
func (a *App) Shutdown() {
	a.stopper.Do(func() {
		a.cancel()
		a.starter.Do(func() { close(a.ready) })
		a.running.Wait()
		if err := a.closeBook(); err != nil {
			a.cfg.Log.Error("close the book", slog.String("error", err.Error()))
		}
		a.forgetSecrets()
		a.events.Close()
	})
}

func (a *App) deps() workspace.Deps {
	return workspace.Deps{
		Now: a.cfg.Now, Rand: a.cfg.Rand, KeyRing: a.cfg.KeyRing, Log: a.cfg.Log, Program: a.cfg.Version, Cost: a.cfg.Cost,
	}
}

// context is the program's, for calls that begin in the window.
func (a *App) context() context.Context {
	if a == nil || a.ctx == nil {
		return context.Background()
	}
	return a.ctx
}
