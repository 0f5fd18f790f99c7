package keychain_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
)

func TestRing_memory(t *testing.T) {
	t.Parallel()
	ringtest.Run(t, new(ringtest.Memory))
}

// systemRing is the real keyring of this test process.
func systemRing(t *testing.T) keychain.Ring {
	t.Helper()
	if session == nil {
		t.Skip("TONGCE_NO_KEYRING is set")
	}
	return keychain.NewSystem(0)
}

// Not parallel with the next ones: they lock the one keyring of the process.
func TestRing_secretService(t *testing.T) {
	ringtest.Run(t, systemRing(t))
}

func TestKF2_realKeyringKeepsTheKey(t *testing.T) {
	ring, dir := systemRing(t), t.TempDir()
	k := create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("real")})
	again, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	same(t, again, k)
}

// AT7: a real keyring that is locked, on creating and on opening; nothing is
// changed and it opens again afterwards.
func TestAT7_KF5_realKeyringLocked(t *testing.T) {
	ring, dir, other := systemRing(t), t.TempDir(), t.TempDir()
	k := create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("locked")})
	before := snapshot(t, dir)
	if err := session.Lock(); err != nil {
		t.Fatal(err)
	}
	_, openErr := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
	_, createErr := keychain.Create(t.Context(), other, newDevice(t), keychain.Options{Workspace: workspace, Ring: ring, Rand: source("x")})
	if err := session.Unlock(); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(openErr, keychain.ErrKeyringLocked) {
		t.Errorf("open: got %v, want ErrKeyringLocked", openErr)
	}
	if !errors.Is(createErr, keychain.ErrKeyringLocked) {
		t.Errorf("create: got %v, want ErrKeyringLocked", createErr)
	}
	unchanged(t, dir, before)
	if files := snapshot(t, other); len(files) != 0 {
		t.Errorf("create left %d files", len(files))
	}
	again, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	same(t, again, k)
}

// AT3 with a real keyring.
func TestAT3_KF5_realKeyringEntryMissing(t *testing.T) {
	ring, dir := systemRing(t), t.TempDir()
	create(t, dir, options(t, ring, newKit(t)))
	entryMissing(t, ring, dir)
}

func TestAT3_KF5_entryMissing(t *testing.T) {
	t.Parallel()
	ring, dir := new(ringtest.Memory), t.TempDir()
	create(t, dir, options(t, ring, newKit(t)))
	entryMissing(t, ring, dir)
	if n := len(ring.Accounts()); n != 0 {
		t.Errorf("%d entries were made", n)
	}
}

// entryMissing is AT3: the entry is deleted; opening asks for something else,
// changes nothing and makes no key.
func entryMissing(t *testing.T, ring keychain.Ring, dir string) {
	t.Helper()
	deleteEntry(t, ring, dir)
	before := snapshot(t, dir)
	for range 3 {
		if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring}); !errors.Is(err, keychain.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	}
	unchanged(t, dir, before)
	k, err := keychain.Open(t.Context(), dir, keychain.Unlock{Passphrase: passphrase})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	unchanged(t, dir, before)
	// Repaired by the person: the keyring opens it again, the keys are the same.
	if err := k.Rewrap(t.Context(), keychain.Change{Ring: ring, Rand: source("repair")}); err != nil {
		t.Fatal(err)
	}
	again, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	same(t, again, k)
	deleteEntry(t, ring, dir)
}

// deleteEntry deletes the keyring entry of a key file, by the file id in it.
func deleteEntry(t *testing.T, ring keychain.Ring, dir string) {
	t.Helper()
	if err := ring.Delete(t.Context(), account(t, dir)); err != nil {
		t.Fatal(err)
	}
}

// snapshot is the content of every file of a directory.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

func unchanged(t *testing.T, dir string, before map[string]string) {
	t.Helper()
	now := snapshot(t, dir)
	for name, content := range before {
		if now[name] != content {
			t.Errorf("%s changed", name)
		}
	}
	if len(now) != len(before) {
		t.Errorf("%d files, before %d", len(now), len(before))
	}
}

// AT7: refused before anything depends on it, with texts that differ.
func TestAT7_KF2_badKeyringIsRefused(t *testing.T) {
	t.Parallel()
	texts := map[string]string{}
	for name, c := range map[string]struct {
		ring ringtest.Bad
		want error
	}{
		"truncates":   {ringtest.Truncating(40), keychain.ErrKeyringTruncates},
		"other bytes": {ringtest.Lying(), keychain.ErrKeyringLies},
		"forgets":     {ringtest.Bad{Ring: forgetful{}, Answer: strings.Clone}, keychain.ErrKeyringLies},
		"locked":      {ringtest.Failing(keychain.ErrKeyringLocked), keychain.ErrKeyringLocked},
		"none":        {ringtest.Failing(keychain.ErrNoKeyring), keychain.ErrNoKeyring},
	} {
		dir := t.TempDir()
		_, err := keychain.Create(t.Context(), dir, newDevice(t), keychain.Options{Workspace: workspace, Ring: c.ring, Rand: source(name)})
		if !errors.Is(err, c.want) {
			t.Errorf("create, %s: got %v, want %v", name, err, c.want)
		}
		texts[c.want.Error()] = name
		if files := snapshot(t, dir); len(files) != 0 {
			t.Errorf("create, %s: left %d files", name, len(files))
		}
		if m, ok := c.ring.Ring.(*ringtest.Memory); ok && len(m.Accounts()) != 0 {
			t.Errorf("create, %s: left an entry", name)
		}

		// The same keyring going bad later.
		memory := new(ringtest.Memory)
		create(t, dir, keychain.Options{Workspace: workspace, Ring: memory, Rand: source(name)})
		before := snapshot(t, dir)
		bad := c.ring
		if name != "forgets" {
			bad.Ring = memory
			if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: bad}); !errors.Is(err, c.want) {
				t.Errorf("open, %s: got %v, want %v", name, err, c.want)
			}
		}
		unchanged(t, dir, before)
	}
	if len(texts) != 4 {
		t.Errorf("%d different texts, want 4", len(texts))
	}
}

// forgetful takes everything and has nothing.
type forgetful struct{}

func (forgetful) Get(context.Context, string) (string, error) { return "", keychain.ErrNotFound }
func (forgetful) Set(context.Context, string, string) error   { return nil }
func (forgetful) Delete(context.Context, string) error        { return keychain.ErrNotFound }

func TestSystem_hangingKeyring(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int32
		release := make(chan struct{})
		ring := keychain.SystemOver(10*time.Second, func(string, string) (string, error) {
			calls.Add(1)
			<-release
			return "late", nil
		})
		for range 3 {
			start := time.Now()
			_, err := ring.Get(t.Context(), "a")
			if waited := time.Since(start); waited != 10*time.Second || !errors.Is(err, keychain.ErrKeyringLocked) {
				t.Errorf("after %v: got %v, want ErrKeyringLocked after 10 s", waited, err)
			}
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("%d calls wait in the system, want 1", n)
		}
		close(release)
		synctest.Wait()
		if got, err := ring.Get(t.Context(), "a"); got != "late" || err != nil {
			t.Errorf("once it answers again: got %q, %v", got, err)
		}
	})
}

func TestSystem_errorsCarryNoText(t *testing.T) {
	t.Parallel()
	for name, call := range map[string]func(string, string) (string, error){
		"error": func(string, string) (string, error) { return "", errors.New("security -i secret-in-text") },
		"panic": func(string, string) (string, error) { panic("secret-in-text") },
	} {
		_, err := keychain.SystemOver(0, call).Get(t.Context(), "a")
		if !errors.Is(err, keychain.ErrNoKeyring) || strings.Contains(err.Error(), "secret-in-text") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
