package keychain_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/crdt/canon"
)

// body is keys.tc as trust.md section 2 writes it, told here once more.
type body struct {
	Version   uint64            `cbor:"1,keyasint"`
	FileID    [16]byte          `cbor:"2,keyasint"`
	Workspace canon.WorkspaceID `cbor:"3,keyasint"`
	Device    canon.DeviceID    `cbor:"4,keyasint"`
	Wraps     [][]any           `cbor:"5,keyasint"`
	Secrets   []byte            `cbor:"6,keyasint"`
}

func readBody(t *testing.T, dir string) body {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, keychain.FileName))
	if err != nil {
		t.Fatal(err)
	}
	var f body
	if err := canon.Unmarshal(b, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

func writeFile(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func account(t *testing.T, dir string) string {
	t.Helper()
	f := readBody(t, dir)
	return hex.EncodeToString(f.FileID[:])
}

func TestKF1_opensInEveryWay(t *testing.T) {
	t.Parallel()
	ring, kit, dir := new(ringtest.Memory), newKit(t), t.TempDir()
	k := create(t, dir, options(t, ring, kit))
	if d := derived(t, k); d[0] == d[1] || d[1] == d[2] || d[0] == d[2] {
		t.Error("store, index and lookup keys are not different")
	}
	for name, u := range map[string]keychain.Unlock{
		"keyring":    {Ring: ring},
		"passphrase": {Passphrase: passphrase},
		"NFKC":       {Passphrase: []byte("correct horse 电池 ｓｔａｐｌｅ")}, // full-width letters of an input method
		"kit":        {Kit: kit},
	} {
		got, err := keychain.Open(t.Context(), dir, u)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		same(t, got, k)
		got.Close()
	}
	info, err := keychain.Inspect(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := keychain.Info{Workspace: workspace, Device: k.Device(), Keyring: true, Passphrase: true, Kit: kit.Device()}
	if info != want || k.Info() != want {
		t.Errorf("info: got %+v and %+v, want %+v", info, k.Info(), want)
	}
	if got := ring.Accounts(); len(got) != 1 || got[0] != account(t, dir) {
		t.Errorf("keyring accounts %v", got)
	}
	if text, _ := ring.Get(t.Context(), account(t, dir)); len(text) != 48 {
		t.Errorf("keyring entry of %d characters, want 48", len(text))
	}
}

func TestKF5_refuses(t *testing.T) {
	t.Parallel()
	ring, kit, dir := new(ringtest.Memory), newKit(t), t.TempDir()
	if _, err := keychain.Create(t.Context(), dir, newDevice(t), keychain.Options{Rand: source("x")}); !errors.Is(err, keychain.ErrNoProtection) {
		t.Errorf("create without protection: got %v", err)
	}
	short := keychain.Options{Passphrase: []byte("123456789"), Cost: cheap, Rand: source("x")}
	if _, err := keychain.Create(t.Context(), dir, newDevice(t), short); !errors.Is(err, keychain.ErrPassphrase) {
		t.Errorf("short passphrase: got %v", err)
	}
	weak := keychain.Options{Passphrase: passphrase, Cost: keychain.Cost{Time: 1, MemoryKiB: 8 << 10, Threads: 1}, Rand: source("x")}
	if _, err := keychain.Create(t.Context(), dir, newDevice(t), weak); !errors.Is(err, keychain.ErrCost) {
		t.Errorf("weak cost: got %v", err)
	}
	if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring}); !errors.Is(err, keychain.ErrNoFile) {
		t.Errorf("no file: got %v", err)
	}
	create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("x")})
	before := snapshot(t, dir)
	if _, err := keychain.Create(t.Context(), dir, newDevice(t), options(t, ring, kit)); !errors.Is(err, keychain.ErrExists) {
		t.Errorf("create again: got %v", err)
	}
	stranger := new(ringtest.Memory)
	text, _ := ring.Get(t.Context(), account(t, dir))
	if err := stranger.Set(t.Context(), account(t, dir), otherEntry(t)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		u    keychain.Unlock
		want error
	}{
		"nothing":       {keychain.Unlock{}, keychain.ErrNoProtection},
		"no passphrase": {keychain.Unlock{Passphrase: passphrase}, keychain.ErrNoWrap},
		"no escrow":     {keychain.Unlock{Kit: kit}, keychain.ErrNoWrap},
		"other key":     {keychain.Unlock{Ring: stranger}, keychain.ErrWrongSecret},
		"no old file":   {keychain.Unlock{Ring: ring, Previous: true}, keychain.ErrNoFile},
	} {
		if _, err := keychain.Open(t.Context(), dir, c.u); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
	unchanged(t, dir, before)
	if now, _ := ring.Get(t.Context(), account(t, dir)); now != text {
		t.Error("the keyring entry changed")
	}
}

// otherEntry is the keyring entry of another key file.
func otherEntry(t *testing.T) string {
	t.Helper()
	ring, dir := new(ringtest.Memory), t.TempDir()
	create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("other entry")})
	text, err := ring.Get(t.Context(), account(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestKF3_wrongPassphrase(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	create(t, dir, keychain.Options{Workspace: workspace, Passphrase: passphrase, Cost: cheap, Rand: source("x")})
	before := snapshot(t, dir)
	for _, p := range []string{"correct horse 电池 staplE", "short", "\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff"} {
		if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Passphrase: []byte(p)}); !errors.Is(err, keychain.ErrWrongSecret) {
			t.Errorf("got %v, want ErrWrongSecret", err)
		}
	}
	unchanged(t, dir, before)
}

// AT4: costs that weaken or exhaust are refused before any work. Not parallel:
// it measures.
func TestAT4_KF3_plantedCost(t *testing.T) {
	dir := t.TempDir()
	create(t, dir, keychain.Options{Workspace: workspace, Passphrase: passphrase, Cost: cheap, Rand: source("x")})
	f := readBody(t, dir)
	for name, c := range map[string][3]uint64{
		"t=1, m=8 MiB":   {1, 8 << 10, 1},
		"m=64 GiB":       {3, 64 << 20, 4},
		"m=64 MiB - 1":   {3, 64<<10 - 1, 4},
		"m=1 GiB + 1":    {3, 1<<20 + 1, 4},
		"t=17":           {17, 64 << 10, 4},
		"t=2^32-1":       {1<<32 - 1, 64 << 10, 4},
		"p=0":            {3, 64 << 10, 0},
		"p=17":           {3, 64 << 10, 17},
		"t beyond u32":   {1 << 40, 64 << 10, 4},
		"all of it zero": {0, 0, 0},
	} {
		planted := f
		w := append([]any{}, f.Wraps[0]...)
		w[2], w[3], w[4] = c[0], c[1], c[2]
		planted.Wraps = [][]any{w}
		writeFile(t, dir, keychain.FileName, canon.MustMarshal(planted))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := keychain.Open(t.Context(), dir, keychain.Unlock{Passphrase: passphrase})
		runtime.ReadMemStats(&after)
		want := keychain.ErrCost
		if name == "t beyond u32" {
			want = keychain.ErrCorrupt
		}
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", name, err, want)
		}
		// Nothing was derived: the least of these takes 8 MiB and more.
		if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
			t.Errorf("%s: took %d bytes", name, used)
		}
	}
}

// AT5: each byte flipped in turn, once for each protection. Where a flip
// falls into a wrap that is not used, the right keys open and nothing else.
func TestAT5_KF5_everyFlippedByte(t *testing.T) {
	t.Parallel()
	kit := newKit(t)
	public := kit.Public()
	ring := new(ringtest.Memory)
	for name, c := range map[string]struct {
		o keychain.Options
		u keychain.Unlock
	}{
		"keyring alone": {keychain.Options{Ring: ring}, keychain.Unlock{Ring: ring}},
		"keyring":       {keychain.Options{Ring: ring, Kit: &public}, keychain.Unlock{Ring: ring}},
		"kit":           {keychain.Options{Ring: ring, Kit: &public}, keychain.Unlock{Kit: kit}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c.o.Workspace, c.o.Rand = workspace, source(name)
			k := create(t, dir, c.o)
			whole := []byte(snapshot(t, dir)[keychain.FileName])
			old := []byte("the file before")
			refused := 0
			for i := range whole {
				flipped := bytes.Clone(whole)
				flipped[i] ^= byte(1 << (i % 8))
				writeFile(t, dir, keychain.FileName, flipped)
				writeFile(t, dir, keychain.OldName, old)
				got, err := keychain.Open(t.Context(), dir, c.u)
				if err != nil {
					refused++
					unchanged(t, dir, map[string]string{keychain.FileName: string(flipped), keychain.OldName: string(old)})
					continue
				}
				same(t, got, k)
				if now := snapshot(t, dir); now[keychain.FileName] != string(flipped) {
					t.Fatalf("byte %d: the file changed", i)
				}
				got.Close()
			}
			t.Logf("%d of %d flipped bytes refused", refused, len(whole))
			if unused := len(whole) - refused; unused > 0 && name == "keyring alone" || unused > 1300 {
				t.Errorf("%d flips opened", unused)
			}
		})
	}
}

func TestEC4_unknownNumbers(t *testing.T) {
	t.Parallel()
	ring, dir := new(ringtest.Memory), t.TempDir()
	create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("x")})
	f := readBody(t, dir)
	version := f
	version.Version = 2
	wrap := f
	wrap.Wraps = append(append([][]any{}, f.Wraps...), []any{uint64(4), []byte("x")})
	twice := f
	twice.Wraps = append(append([][]any{}, f.Wraps...), f.Wraps...)
	for name, c := range map[string]struct {
		b    []byte
		want error
	}{
		"version 2": {canon.MustMarshal(version), keychain.ErrUnsupported},
		"wrap 4":    {canon.MustMarshal(wrap), keychain.ErrUnsupported},
		"twice":     {canon.MustMarshal(twice), keychain.ErrCorrupt},
		"empty":     {nil, keychain.ErrCorrupt},
		"text":      {[]byte("keys"), keychain.ErrCorrupt},
		"too large": {make([]byte, 1<<20), keychain.ErrCorrupt},
		"one more":  {append(canon.MustMarshal(f), 0), keychain.ErrCorrupt},
	} {
		writeFile(t, dir, keychain.FileName, c.b)
		if _, err := keychain.Open(t.Context(), dir, keychain.Unlock{Ring: ring}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if _, err := keychain.Inspect(dir); !errors.Is(err, c.want) {
			t.Errorf("inspect, %s: got %v, want %v", name, err, c.want)
		}
	}
}

func TestKF1_closedKeysGiveNoKey(t *testing.T) {
	t.Parallel()
	ring, dir := new(ringtest.Memory), t.TempDir()
	k := create(t, dir, keychain.Options{Workspace: workspace, Ring: ring, Rand: source("x")})
	k.Close()
	k.Close()
	if key, err := k.StoreKey(); !errors.Is(err, keychain.ErrClosed) || key != [32]byte{} {
		t.Errorf("StoreKey: got %v", err)
	}
	if sig, err := k.Sign(canon.DomainEnvelope, nil); !errors.Is(err, keychain.ErrClosed) || sig != nil {
		t.Errorf("Sign: got %v", err)
	}
	if err := k.Rewrap(t.Context(), keychain.Change{Ring: ring, Rand: source("x")}); !errors.Is(err, keychain.ErrClosed) {
		t.Errorf("Rewrap: got %v", err)
	}
}
