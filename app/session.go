package app

import (
	"errors"
	"fmt"
	"sync"

	"tongce/app/keychain"
	"tongce/app/workspace"
)

// session is the open book and what ends with it.
type session struct {
	*workspace.Workspace
	app    *App
	silent func() // ends the events

	choosing sync.Mutex // one change of the settings at a time
	indexing indexing
	imports  imports
}

// open waits until Startup has looked for a book and gives it, or says that
// none is open.
func (a *App) open() (*session, error) {
	<-a.ready
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.book == nil {
		return nil, &fault{code: CodeLocked}
	}
	return a.book, nil
}

// openAtStart opens what is there without asking anything: by the keyring, or
// the invented book, which protects nothing.
func (a *App) openAtStart() {
	a.opening.Lock()
	defer a.opening.Unlock()
	_, err := keychain.Inspect(a.cfg.Dir)
	switch {
	case errors.Is(err, keychain.ErrNoFile):
		if !a.cfg.Sample {
			return
		}
		err = a.makeSample()
	case err == nil:
		err = a.openBook(a.atStart())
	}
	if err != nil {
		a.fail(err)
	}
}

// atStart opens without anything that a person types.
func (a *App) atStart() workspace.OpenSpec {
	spec := workspace.OpenSpec{Dir: a.cfg.Dir}
	if a.settings.read().Sample {
		spec.Passphrase = []byte(samplePassphrase)
	}
	return spec
}

// openBook opens the book and makes it the one that services work on. opening
// is held.
func (a *App) openBook(spec workspace.OpenSpec) error {
	w, err := workspace.Open(a.ctx, a.deps(), spec)
	if err != nil {
		return err
	}
	a.use(w)
	return nil
}

func (a *App) use(w *workspace.Workspace) {
	s := &session{Workspace: w, app: a}
	s.imports.running, s.imports.failed = map[string]*importRun{}, map[string]error{}
	s.imports.undone = map[string]*undone{}
	s.silent = w.Events(s.happened)
	w.Connect()
	a.mu.Lock()
	a.book, a.failed = s, nil
	a.mu.Unlock()
	a.events.Happened(EventStart)
	a.events.Happened(EventSync)
}

func (a *App) fail(err error) {
	a.mu.Lock()
	a.failed = err
	a.mu.Unlock()
	if !errors.Is(err, keychain.ErrNoWrap) { // that is a book that waits for its passphrase
		_ = a.code("open", err) // for its log line
	}
	a.events.Happened(EventStart)
}

// happened hands an event of the workspace on to the window.
func (s *session) happened(e workspace.Event) {
	if e.Indexing {
		s.indexing.note(e.Done, e.Total, s.app.cfg.Now())
	}
	if len(e.Docs) > 0 || e.All || e.Indexing {
		ids := make([]string, len(e.Docs))
		for i, d := range e.Docs {
			ids[i] = d.String()
		}
		s.app.events.Happened(EventCustomers, ids...)
		s.app.events.Happened(EventConflicts)
		s.app.events.Happened(EventRejected)
	}
	if e.Charter {
		s.app.events.Happened(EventStart)
	}
	if e.Sync || len(e.Docs) > 0 || e.All || e.Indexing {
		s.app.events.Happened(EventSync)
	}
}

// closeBook closes the open book, if any, and waits for it.
func (a *App) closeBook() error {
	a.opening.Lock()
	defer a.opening.Unlock()
	a.mu.Lock()
	s := a.book
	a.book = nil
	a.mu.Unlock()
	if s == nil {
		return nil
	}
	s.stopAll()
	s.silent()
	if err := s.Close(); err != nil {
		return fmt.Errorf("close the book: %w", err)
	}
	return nil
}

func (a *App) forgetSecrets() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.secret)
	a.secret, a.invite = nil, ""
	if a.kit != nil {
		a.kit.Close()
		a.kit = nil
	}
}

// takeSecret hands over the passphrase that was said before and forgets it.
// The caller clears it.
func (a *App) takeSecret() []byte {
	a.mu.Lock()
	defer a.mu.Unlock()
	secret := a.secret
	a.secret = nil
	return secret
}
