package keychain_test

import (
	"errors"
	"fmt"
	"testing"

	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
)

var errKilled = errors.New("killed")

// killer ends all work from the step number n on.
func killer(n int) (step func(string) error, steps *int) {
	steps = new(int)
	return func(string) error {
		*steps++
		if *steps > n {
			return errKilled
		}
		return nil
	}, steps
}

// AT6: a kill at each write of a change; the old or the new secret opens.
func TestAT6_KF6_killAtEachWrite(t *testing.T) {
	t.Parallel()
	kit := newKit(t)
	second := []byte("another pass phrase")
	kills := 0
	for n := 0; ; n++ {
		ring, dir := new(ringtest.Memory), t.TempDir()
		k := create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("x")})
		step, steps := killer(n)
		opened, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring}.WithStep(step))
		if err != nil {
			t.Fatal(err)
		}
		public := kit.Public()
		change := keychain.Change{DropKeyring: true, Passphrase: second, Cost: cheap, Kit: &public, Rand: source("y")}
		err = opened.Rewrap(t.Context(), change)
		opened.Close()
		if err == nil {
			if *steps != kills {
				t.Fatalf("%d steps, %d kills", *steps, kills)
			}
			if info, _ := keychain.Inspect(dir); info.Keyring || !info.Passphrase || !info.HasOld {
				t.Errorf("after the change: %+v", info)
			}
			break
		}
		kills++
		if !errors.Is(err, errKilled) {
			t.Fatalf("kill %d: %v", n, err)
		}
		again, oldErr := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
		if oldErr != nil {
			var newErr error
			if again, newErr = keychain.Open(t.Context(), dir, keychain.Unlock{Passphrase: second}); newErr != nil {
				t.Fatalf("kill %d: neither opens: %v; %v", n, oldErr, newErr)
			}
		}
		same(t, again, k)
		// And the change can be made again.
		if err := again.Rewrap(t.Context(), change); err != nil {
			t.Fatalf("kill %d: change again: %v", n, err)
		}
		again.Close()
	}
	t.Logf("killed at %d steps", kills)
	if kills < 10 {
		t.Errorf("only %d steps", kills)
	}
}

// A kill at each write of the creation: the file opens or is not there, and
// then no keyring entry is left.
func TestAT6_KF6_killWhileCreating(t *testing.T) {
	t.Parallel()
	for n := 0; ; n++ {
		ring, dir := new(ringtest.Memory), t.TempDir()
		step, _ := killer(n)
		o := keychain.Options{Workspace: workspace, Ring: ring, Rand: source(fmt.Sprint(n))}
		k, err := keychain.Create(t.Context(), dir, newDevice(t), o.WithStep(step))
		if err == nil {
			k.Close()
			if n < 5 {
				t.Errorf("only %d steps", n)
			}
			return
		}
		got, openErr := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
		switch {
		case openErr == nil:
			got.Close()
		case errors.Is(openErr, keychain.ErrNoFile):
			if len(ring.Accounts()) != 0 {
				t.Errorf("kill %d: an entry is left", n)
			}
		default:
			t.Errorf("kill %d: %v", n, openErr)
		}
	}
}

func TestKF6_oldFileStaysUntilOpened(t *testing.T) {
	t.Parallel()
	ring, kit, dir := new(ringtest.Memory), newKit(t), t.TempDir()
	k := create(t, dir, options(t, ring, kit))
	first := snapshot(t, dir)[keychain.FileName]
	for range 2 { // the second change keeps the file that is known to open
		if err := k.Rewrap(t.Context(), keychain.Change{Passphrase: []byte("another pass phrase"), Cost: cheap, Rand: source("y")}); err != nil {
			t.Fatal(err)
		}
		if got := snapshot(t, dir); got[keychain.OldName] != first || got[keychain.FileName] == first || len(got) != 2 {
			t.Fatalf("the file before is not kept: %d files", len(got))
		}
	}
	old, err := keychain.Open(t.Context(), dir, keychain.Unlock{Passphrase: passphrase, Previous: true})
	if err != nil {
		t.Fatal(err)
	}
	same(t, old, k)
	// Going around the present file keeps it.
	present := snapshot(t, dir)[keychain.FileName]
	if err := old.Rewrap(t.Context(), keychain.Change{Ring: ring, Rand: source("z")}); err != nil {
		t.Fatal(err)
	}
	old.Close()
	if got := snapshot(t, dir); got[keychain.DamagedName] != present || got[keychain.OldName] != first {
		t.Error("the present file was not set aside")
	}
	again, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	same(t, again, k)
	if again.Info().HasOld {
		t.Error("the old file stays after the new one has opened")
	}
}

func TestKF5_rewrapKeepsAProtection(t *testing.T) {
	t.Parallel()
	ring, kit, dir := new(ringtest.Memory), newKit(t), t.TempDir()
	k := create(t, dir, options(t, ring, kit))
	before := snapshot(t, dir)
	for name, c := range map[string]struct {
		change keychain.Change
		want   error
	}{
		"nothing left":   {keychain.Change{DropKeyring: true, DropPassphrase: true}, keychain.ErrNoProtection},
		"bad keyring":    {keychain.Change{Ring: ringtest.Lying()}, keychain.ErrKeyringLies},
		"locked keyring": {keychain.Change{Ring: ringtest.Failing(keychain.ErrKeyringLocked)}, keychain.ErrKeyringLocked},
		"short":          {keychain.Change{Passphrase: []byte("short")}, keychain.ErrPassphrase},
	} {
		c.change.Rand = source("y")
		if err := k.Rewrap(t.Context(), c.change); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		unchanged(t, dir, before)
	}
	// A keyring that works keeps its entry: a kill would otherwise lock out.
	text, _ := ring.Get(t.Context(), account(t, dir))
	if err := k.Rewrap(t.Context(), keychain.Change{Ring: ring, Rand: source("y")}); err != nil {
		t.Fatal(err)
	}
	if now, _ := ring.Get(t.Context(), account(t, dir)); now != text {
		t.Error("a working keyring entry was replaced")
	}
	if err := k.Forget(t.Context(), ring); !errors.Is(err, keychain.ErrExists) {
		t.Errorf("forget while it is used: got %v", err)
	}
}

func TestLV8_newKitReplacesTheEscrow(t *testing.T) {
	t.Parallel()
	ring, kit, dir := new(ringtest.Memory), newKit(t), t.TempDir()
	k := create(t, dir, options(t, ring, kit))
	next, err := keychain.NewKit(source("next kit"))
	if err != nil {
		t.Fatal(err)
	}
	public := next.Public()
	if err := k.Rewrap(t.Context(), keychain.Change{Kit: &public, Rand: source("y")}); err != nil {
		t.Fatal(err)
	}
	if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Kit: kit}); !errors.Is(err, keychain.ErrWrongSecret) {
		t.Errorf("the kit before: got %v, want ErrWrongSecret", err)
	}
	got, err := keychain.Open(t.Context(), dir, keychain.Unlock{Kit: next})
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	same(t, got, k)
}

func TestID5_installMark(t *testing.T) {
	t.Parallel()
	ring, dir := new(ringtest.Memory), t.TempDir()
	k := create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("x")})
	if _, err := k.Install(t.Context(), ring); !errors.Is(err, keychain.ErrNotFound) {
		t.Errorf("before it is set: got %v", err)
	}
	want := [16]byte{1, 2, 3}
	if err := k.SetInstall(t.Context(), ring, want); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Install(t.Context(), ring); got != want || err != nil {
		t.Errorf("got %x, %v", got, err)
	}
	if _, err := ring.Get(t.Context(), account(t, dir)+"-install"); err != nil {
		t.Errorf("the entry is elsewhere: %v", err)
	}
	if err := k.SetInstall(t.Context(), ringtest.Lying(), want); !errors.Is(err, keychain.ErrKeyringLies) {
		t.Errorf("lying keyring: got %v", err)
	}
}
