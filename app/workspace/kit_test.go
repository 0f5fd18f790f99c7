package workspace_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/app/link"
	"tongce/app/workspace"
	"tongce/crdt/charter"
	"tongce/relay/relaytest"
)

// newKit is a workspace's new kit, closed with the test.
func newKit(t *testing.T, w *workspace.Workspace) *keychain.Kit {
	t.Helper()
	kit, err := w.NewKit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kit.Close)
	return kit
}

// opens checks which of two kits opens the key file of a directory.
func opens(t *testing.T, dir string, kit, old *keychain.Kit) {
	t.Helper()
	if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Kit: old}); !errors.Is(err, keychain.ErrWrongSecret) {
		t.Errorf("old kit: got %v, want ErrWrongSecret", err)
	}
	keys, err := keychain.Open(t.Context(), dir, keychain.Unlock{Kit: kit})
	if err != nil {
		t.Errorf("new kit: %v", err)
		return
	}
	keys.Close()
}

// holdsAll checks that the charter has the kit and grants it every section.
func holdsAll(t *testing.T, w *workspace.Workspace, kit *keychain.Kit) {
	t.Helper()
	s := w.Charter()
	if s.Kit() != kit.Device() {
		t.Errorf("kit in the charter: got %s, want %s", s.Kit(), kit.Device())
	}
	ring, broken := charter.OpenGrants(s, kit.Device(), kit.HPKE())
	if len(broken) > 0 {
		t.Errorf("grants to the kit that do not open: %v", broken)
	}
	for _, x := range s.Sections() {
		if _, ok := ring.Key(x.ID, x.Version); x.Sealed && !ok {
			t.Errorf("the kit has no key for %s (LV6)", x.ID)
		}
	}
}

func TestLV8_NewKitBeforeAnyRelay(t *testing.T) {
	t.Parallel()
	d := deps(&ringtest.Memory{})
	dir := filepath.Join(t.TempDir(), "b")
	w, old, err := workspace.Create(t.Context(), d, spec(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	defer old.Close()
	kit := newKit(t, w)
	holdsAll(t, w, kit)
	opens(t, dir, kit, old)
	if was, ok := w.Charter().Device(old.Device()); !ok || was.Active {
		t.Errorf("old kit in the charter: got %v, active %v, want revoked", ok, was.Active)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := workspace.Open(t.Context(), d, workspace.OpenSpec{Dir: dir, Kit: kit})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	holdsAll(t, again, kit)
}

// TestKF4_NewKitReachesEveryDevice: with a relay, the founder's new kit comes
// into the colleague's key file too; the colleague makes none; and without the
// relay nothing changes.
func TestKF4_NewKitReachesEveryDevice(t *testing.T) {
	t.Parallel()
	address, stop := relaytest.Serve(t)
	a, old, err := workspace.Create(t.Context(), deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "a")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	defer old.Close()
	if _, err := a.SetRelay(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	text, _, err := a.Invite(t.Context(), workspace.InviteSpec{Role: charter.RoleColleague, Department: "销售部", Member: "王芳"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := workspace.Join(t.Context(), deps(&ringtest.Memory{}), workspace.JoinSpec{
		Dir: filepath.Join(t.TempDir(), "b"), Link: text, Device: "王芳的电脑",
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	if _, err := a.Sync(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}

	kit := newKit(t, a)
	holdsAll(t, a, kit)
	opens(t, a.Dir(), kit, old)
	if _, err := b.Sync(t.Context(), time.Minute); err != nil {
		t.Fatal(err)
	}
	holdsAll(t, b, kit)
	opens(t, b.Dir(), kit, old)
	before := b.Charter().Head()
	if _, err := b.NewKit(t.Context()); !errors.Is(err, book.ErrDenied) || b.Charter().Head() != before {
		t.Errorf("colleague's new kit (TR7): got %v, head moved %v, want ErrDenied", err, b.Charter().Head() != before)
	}

	a.Connect()
	second := newKit(t, a)
	holdsAll(t, a, second)
	opens(t, a.Dir(), second, kit)
	stop()
	waitOffline(t, a)
	refusesOffline(t, a) // connected
	opens(t, a.Dir(), second, kit)
}

// TestKF4_KeyFileCatchesUpAtStart: stopped between the statement and the key
// file, the device brings it up to date when it starts; but not when it was
// opened from keys.tc.old, where keys.tc stays as it is (KF5).
func TestKF4_KeyFileCatchesUpAtStart(t *testing.T) {
	t.Parallel()
	d := deps(&ringtest.Memory{})
	dir := filepath.Join(t.TempDir(), "a")
	w, old, err := workspace.Create(t.Context(), d, spec(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	defer old.Close()
	file := filepath.Join(dir, keychain.FileName)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	kit := newKit(t, w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, previous := range []bool{true, false} {
		for _, name := range []string{keychain.FileName, keychain.OldName} {
			if err := os.WriteFile(filepath.Join(dir, name), before, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		again, err := workspace.Open(t.Context(), d, workspace.OpenSpec{Dir: dir, Previous: previous})
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Close(); err != nil {
			t.Fatal(err)
		}
		after, err := os.ReadFile(file)
		if err != nil || bytes.Equal(after, before) != previous {
			t.Errorf("opened from the old file %v: keys.tc as before: got %v, %v", previous, !previous, err)
		}
	}
	opens(t, dir, kit, old)
}

// TestNewKitNeedsTheRelay: a relay is known, it is away, and the workspace is
// not connected.
func TestNewKitNeedsTheRelay(t *testing.T) {
	t.Parallel()
	address, stop := relaytest.Serve(t)
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "a")))
	if _, err := w.SetRelay(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	stop()
	refusesOffline(t, w)
}

// waitOffline waits until the link knows that the relay is gone.
func waitOffline(t *testing.T, w *workspace.Workspace) {
	t.Helper()
	for wait := 0; w.Link.Status().State != "offline"; wait++ {
		if wait > 1000 {
			t.Fatalf("the relay is gone, the link says %q", w.Link.Status().State)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// refusesOffline checks that a new kit without the relay changes nothing.
func refusesOffline(t *testing.T, w *workspace.Workspace) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	head, info := w.Charter().Head(), w.Keys()
	if _, err := w.NewKit(ctx); !errors.Is(err, link.ErrOffline) {
		t.Errorf("without the relay: got %v, want ErrOffline", err)
	}
	signed, err := w.Repo().Signed()
	if err != nil || signed != nil {
		t.Errorf("a statement was signed (%d bytes, %v), want none", len(signed), err)
	}
	if w.Charter().Head() != head || w.Keys() != info {
		t.Error("charter or key file changed")
	}
}
