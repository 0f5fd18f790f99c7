package keychain_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/crdt/canon"
)

// session is the real secret service of this test process; nil where the
// operating system has another kind of keyring.
var session *ringtest.Session

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	s, err := ringtest.Start()
	switch {
	case err == nil:
		if err := s.Use(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		session = s
		defer func() { _ = s.Stop() }()
	case errors.Is(err, ringtest.ErrNoService) && os.Getenv("TONGCE_NO_KEYRING") != "":
	default:
		fmt.Fprintln(os.Stderr, err, "(TONGCE_NO_KEYRING=1 leaves its tests out)")
		return 1
	}
	return m.Run()
}

func source(seed string) *rand.ChaCha8 {
	var s [32]byte
	copy(s[:], seed)
	return rand.NewChaCha8(s)
}

var (
	workspace  = canon.WorkspaceID{1, 2, 3}
	passphrase = []byte("correct horse 电池 staple")
	cheap      = keychain.Cost{Time: 3, MemoryKiB: 64 << 10, Threads: 4} // the least that is allowed
)

func newDevice(t *testing.T) *keychain.Device {
	t.Helper()
	d, err := keychain.NewDevice(source(t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func newKit(t *testing.T) *keychain.Kit {
	t.Helper()
	k, err := keychain.NewKit(source("kit of " + t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// options protects in all three ways.
func options(t *testing.T, ring keychain.Ring, kit *keychain.Kit) keychain.Options {
	t.Helper()
	public := kit.Public()
	return keychain.Options{
		Workspace: workspace, Ring: ring, Passphrase: passphrase, Cost: cheap, Kit: &public, Rand: source("create"),
	}
}

func create(t *testing.T, dir string, o keychain.Options) *keychain.Keys {
	t.Helper()
	k, err := keychain.Create(t.Context(), dir, newDevice(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// same fails unless both are the same device with the same derived keys.
func same(t *testing.T, got, want *keychain.Keys) {
	t.Helper()
	if got.Device() != want.Device() || got.Workspace() != want.Workspace() {
		t.Fatalf("got device %s of %s, want %s", got.Device(), got.Workspace(), want.Device())
	}
	if derived(t, got) != derived(t, want) {
		t.Fatal("derived keys differ")
	}
	sig, err := got.Sign(canon.DomainEnvelope, []byte("m"))
	if err != nil || !canon.Verify(want.SignPublic(), canon.DomainEnvelope, []byte("m"), sig) {
		t.Fatalf("signature does not verify: %v", err)
	}
}

func derived(t *testing.T, k *keychain.Keys) [3][32]byte {
	t.Helper()
	var out [3][32]byte
	for i, key := range []func() ([32]byte, error){k.StoreKey, k.IndexKey, k.LookupKey} {
		b, err := key()
		if err != nil {
			t.Fatal(err)
		}
		out[i] = b
	}
	return out
}
