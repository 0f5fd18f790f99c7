package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/workspace"
	"tongce/crdt/peer"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// Start opens, makes and joins a book.
type Start struct{ app *App }

// State tells what the first screen has to show.
func (s *Start) State() (out StartState, err error) {
	defer guard(s.app, "Start.State", &out, &err)()
	<-s.app.ready
	return s.app.state(), nil
}

// Passphrase keeps a passphrase for the next Create or Join; it is wiped after.
func (s *Start) Passphrase(text string) (err error) {
	defer guard(s.app, "Start.Passphrase", nil, &err)()
	s.app.mu.Lock()
	defer s.app.mu.Unlock()
	clear(s.app.secret)
	s.app.secret = nil
	if text != "" {
		s.app.secret = []byte(text)
	}
	return nil
}

// Create makes a company's book. The recovery kit can be read with Kit until
// it was confirmed or put off.
func (s *Start) Create(in CreateWorkspace) (out StartState, err error) {
	defer guard(s.app, "Start.Create", &out, &err)()
	a := s.app
	<-a.ready
	a.opening.Lock()
	defer a.opening.Unlock()
	secret := a.takeSecret()
	defer clear(secret)
	w, kit, err := workspace.Create(a.ctx, a.deps(), workspace.CreateSpec{
		Dir: a.cfg.Dir, Company: in.Company, Member: in.Member, Department: in.Department, Device: in.Device, Passphrase: secret,
	})
	if err != nil {
		return out, err
	}
	if in.Relay != "" {
		if err := a.meetRelay(w, in.Relay); err != nil {
			kit.Close()
			return out, err
		}
	}
	a.mu.Lock()
	a.kit, err = showKit(kit, a.cfg.Rand)
	a.mu.Unlock()
	a.use(w) // after that Kit finds this one and makes no other
	if err != nil {
		return out, err
	}
	if err := a.settings.change(func(k *kept) { k.Sample = false }); err != nil {
		return out, err
	}
	return a.state(), nil
}

// meetRelay names the relay of a book that was only just made. Where no relay can
// have taken it the book is taken away again, so that the form can be sent anew:
// the kit was never shown (docs/adr/0086). Otherwise it is met again later.
func (a *App) meetRelay(w *workspace.Workspace, address string) error {
	_, err := w.SetRelay(a.ctx, address)
	if err == nil {
		return nil
	}
	if !w.Untaken(err) {
		_ = a.code("Start.Create relay", err)
		return nil
	}
	if kept := w.Discard(context.WithoutCancel(a.ctx)); kept != nil {
		return kept
	}
	refused, ok := errors.AsType[*peer.RefusedError](err)
	switch {
	case ok && refused.Code == wire.CodeDenied: // what a relay says that has another book (WI18)
		return &fault{CodeDenied, "relay", "relay_taken"}
	case ok && refused.Code == wire.CodeUnsupportedVersion:
		return &fault{CodeUnsupported, "relay", "relay"}
	case errors.Is(err, link.ErrOffline), errors.Is(err, context.DeadlineExceeded):
		return &fault{CodeOffline, "relay", "relay_unmet"}
	}
	return err
}

// Unlock opens the book with its passphrase, or, where none is given, as at the
// start. What stands in the way of that is in the reply.
func (s *Start) Unlock(passphrase string) (out StartState, err error) {
	defer guard(s.app, "Start.Unlock", &out, &err)()
	if passphrase == "" {
		return s.reopen(s.app.atStart())
	}
	secret := []byte(passphrase)
	defer clear(secret)
	return s.reopen(workspace.OpenSpec{Dir: s.app.cfg.Dir, Passphrase: secret})
}

// UnlockKit opens the book with the code of its recovery kit.
func (s *Start) UnlockKit(code string) (out StartState, err error) {
	defer guard(s.app, "Start.UnlockKit", &out, &err)()
	kit, err := keychain.ParseKit(code)
	if err != nil {
		return out, err
	}
	defer kit.Close()
	return s.reopen(workspace.OpenSpec{Dir: s.app.cfg.Dir, Kit: kit})
}

func (s *Start) reopen(spec workspace.OpenSpec) (StartState, error) {
	a := s.app
	<-a.ready
	a.opening.Lock()
	defer a.opening.Unlock()
	if _, err := a.open(); err == nil {
		return a.state(), nil // open already
	}
	err := a.openBook(spec)
	asks := spec.Passphrase == nil && spec.Kit == nil && errors.Is(err, keychain.ErrNoWrap)
	switch {
	case asks || errors.Is(err, store.ErrLocked):
		a.fail(err) // open elsewhere, or no more: another page
	case err != nil:
		return StartState{}, err
	}
	return a.state(), nil
}

// Lock closes the book. The next Unlock, or the keyring, opens it again.
func (s *Start) Lock() (out StartState, err error) {
	defer guard(s.app, "Start.Lock", &out, &err)()
	<-s.app.ready
	s.app.forgetSecrets()
	if err := s.app.closeBook(); err != nil {
		return out, err
	}
	s.app.events.Happened(EventStart)
	return s.app.state(), nil
}

// ClearSample removes the invented book, so that one's own can begin. It
// refuses to remove any other.
func (s *Start) ClearSample() (out StartState, err error) {
	defer guard(s.app, "Start.ClearSample", &out, &err)()
	a := s.app
	<-a.ready
	if !a.settings.read().Sample {
		return out, &fault{code: CodeDenied, reason: "sample"}
	}
	if err := a.closeBook(); err != nil {
		return out, err
	}
	a.opening.Lock()
	defer a.opening.Unlock()
	for _, name := range []string{keychain.FileName, keychain.OldName, "store", "index"} {
		if err := os.RemoveAll(filepath.Join(a.cfg.Dir, name)); err != nil {
			return out, err
		}
	}
	if err := os.Remove(a.cfg.Dir); err != nil && !errors.Is(err, os.ErrNotExist) {
		a.cfg.Log.Warn("the sample's folder holds something else and stays")
	}
	if err := a.settings.change(func(k *kept) { k.Sample = false }); err != nil {
		return out, err
	}
	a.events.Happened(EventStart)
	return a.state(), nil
}
