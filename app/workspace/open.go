package workspace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"golang.org/x/sync/errgroup"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain"
	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/badgerstore"
)

// OpenSpec says which workspace to open with what. The first that is set of
// Kit and Passphrase is used, else the keyring.
type OpenSpec struct {
	Dir        string
	Passphrase []byte // the caller clears it
	Kit        *keychain.Kit
	// Previous opens keys.tc.old, on the person's decision.
	Previous bool
}

// DamagedFile is the file without which a book does not open, as seen from its
// folder; empty when the error is another or does not know.
func DamagedFile(err error) string {
	if e, ok := errors.AsType[*store.DamagedError](err); ok {
		return e.File
	}
	if errors.Is(err, keychain.ErrCorrupt) || errors.Is(err, keychain.ErrCost) {
		return keychain.FileName
	}
	return ""
}

// Open opens a workspace. The index may still be catching up: Events tells,
// and WaitIndexed waits. ErrNoWorkspace: there is none; ErrUnfinished: it was
// not joined yet; a *store.LockedError says which process has it open; the
// errors of keychain say why the secret does not do.
func Open(ctx context.Context, deps Deps, spec OpenSpec) (*Workspace, error) {
	w, err := open(ctx, deps, spec)
	if err != nil {
		return nil, fmt.Errorf("open workspace: %w", err)
	}
	return w, nil
}

func open(ctx context.Context, deps Deps, spec OpenSpec) (w *Workspace, err error) {
	// Before any secret is asked for or derived.
	if err := badgerstore.Held(filepath.Join(spec.Dir, storeDir)); err != nil {
		return nil, err
	}
	keys, err := unlock(ctx, deps, spec)
	if err != nil {
		return nil, err
	}
	w = &Workspace{dir: spec.Dir, deps: deps, keys: keys, Schema: schema.Default(), events: newHub(), previous: spec.Previous}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.Close())
			w = nil
		}
	}()
	if w.store, err = openStore(deps, spec.Dir, keys); err != nil { //nolint:contextcheck // the store lives until Close
		return w, err
	}
	if err = w.openRepo(ctx); err != nil {
		return w, err
	}
	if w.Charter() == nil {
		return w, ErrUnfinished
	}
	if _, ok := w.Charter().MemberOf(w.Device()); !ok {
		return w, ErrUnfinished
	}
	return w, w.openBook(ctx)
}

func unlock(ctx context.Context, deps Deps, spec OpenSpec) (*keychain.Keys, error) {
	u := keychain.Unlock{Kit: spec.Kit, Passphrase: spec.Passphrase, Previous: spec.Previous}
	if spec.Kit == nil && spec.Passphrase == nil {
		u.Ring = deps.KeyRing
	}
	keys, err := keychain.Open(ctx, spec.Dir, u)
	if spec.Passphrase != nil {
		debug.FreeOSMemory() // argon2id leaves 256 MiB that would let the heap grow to twice that
	}
	if errors.Is(err, keychain.ErrNoFile) {
		if _, there := os.Stat(filepath.Join(spec.Dir, storeDir)); there != nil {
			return nil, ErrNoWorkspace
		}
	}
	return keys, err
}

func (w *Workspace) openRepo(ctx context.Context) error {
	cfg := repo.Config{
		Workspace: w.keys.Workspace(), Signer: w.keys, Rand: w.deps.Rand, Now: w.deps.Now, Resealer: (*resealer)(w),
	}
	var err error
	if cfg.Install, err = w.install(ctx); err != nil {
		return err
	}
	w.repo, err = repo.Open(w.store, cfg)
	return err
}

// install is the mark of this installation (ID5). One that is missing is drawn
// anew, which counts as a copy; a keyring that does not answer says nothing.
func (w *Workspace) install(ctx context.Context) ([]byte, error) {
	if !w.keys.Info().Keyring || w.deps.KeyRing == nil {
		return nil, nil
	}
	mark, err := w.keys.Install(ctx, w.deps.KeyRing)
	switch {
	case err == nil:
		return mark[:], nil
	case errors.Is(err, keychain.ErrNotFound):
		return drawInstall(ctx, w.deps, w.keys)
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, nil // without the mark EN5 alone finds copies
}

func (w *Workspace) openBook(ctx context.Context) error {
	var broken []charter.Broken
	w.ring, broken = charter.OpenGrants(w.Charter(), w.Device(), w.keys.HPKE())
	for _, b := range broken { // KY7: reported, never answered by making a key
		w.deps.Log.Warn("a section key does not open", "section", b.Section, "version", b.Version)
	}
	w.Book = &Book{Book: book.New(book.Config{Repo: w.repo, Schema: w.Schema, Ring: w.ring, Rand: w.deps.Rand, Now: w.deps.Now}), w: w}
	cfg := index.Config{Fields: Fields(w.Schema)}
	var err error
	if cfg.Key, err = w.keys.IndexKey(); err != nil {
		return err
	}
	if cfg.Lookup, err = w.keys.LookupKey(); err != nil {
		return err
	}
	dir := filepath.Join(w.dir, indexDir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	w.Import = newImport(w)
	var g errgroup.Group // side by side: each takes a good part of the time of a start
	g.Go(func() (err error) {
		w.Index, w.setAside, err = index.Open(ctx, dir, cfg)
		return err
	})
	left, err := w.Import.leftovers()
	if err := errors.Join(g.Wait(), err); err != nil {
		return err
	}
	if w.setAside != "" {
		w.setAside = filepath.Join(dir, filepath.Base(w.setAside))
		w.deps.Log.Warn("the index could not be used and is made anew", "setAside", filepath.Base(w.setAside))
	}
	if err := w.openNamed(); err != nil {
		return err
	}
	w.openLink()
	w.follow = newFollower(w, left) //nolint:contextcheck // lives until Close, not as long as this call
	return nil
}

// resealer lets a rebase seal a value under a key that rose meanwhile (RB3).
type resealer Workspace

// Reseal implements repo.Resealer.
func (r *resealer) Reseal(doc canon.DocID, key string, sealed []byte) ([]byte, error) {
	if r.Book == nil {
		return nil, book.ErrNotHere
	}
	return r.Book.Reseal(doc, key, sealed)
}
