package app

import (
	"errors"

	"tongce/app/keychain"
	"tongce/app/workspace"
)

// samplePassphrase protects the invented book, which holds nothing to protect;
// the key file demands something where there is no keyring (KF5).
const samplePassphrase = "tongce-sample"

// sampleSeed gives the same invented company on every computer.
const sampleSeed = 1

// Sample makes and opens the invented book, where there is none yet.
func (s *Start) Sample() (out StartState, err error) {
	defer guard(s.app, "Start.Sample", &out, &err)()
	a := s.app
	<-a.ready
	a.opening.Lock()
	defer a.opening.Unlock()
	if _, err := keychain.Inspect(a.cfg.Dir); !errors.Is(err, keychain.ErrNoFile) {
		return out, workspace.ErrExists
	}
	if err := a.makeSample(); err != nil {
		return out, err
	}
	return a.state(), nil
}

// makeSample makes the invented company. opening is held.
func (a *App) makeSample() error {
	w, err := workspace.Sample(a.ctx, a.deps(), workspace.SampleSpec{
		Dir: a.cfg.Dir, Passphrase: []byte(samplePassphrase), Seed: sampleSeed,
	})
	if err != nil {
		return err
	}
	if err := a.settings.change(func(k *kept) { k.Sample = true }); err != nil {
		return errors.Join(err, w.Close())
	}
	a.use(w)
	return nil
}
