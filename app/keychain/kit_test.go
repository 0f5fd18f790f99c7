package keychain_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/crdt/canon"
)

func TestAT8_LV7_readsGenerously(t *testing.T) {
	t.Parallel()
	kit, err := keychain.NewKit(bytes.NewReader(make([]byte, 16))) // many zeros: O may stand for each
	if err != nil {
		t.Fatal(err)
	}
	code := kit.Code()
	if len(code) != 35 || strings.Count(code, "-") != 5 || code != strings.ToUpper(code) {
		t.Fatalf("code %q is not six groups of five", code)
	}
	for name, text := range map[string]string{
		"as printed":  code,
		"lower case":  strings.ToLower(code),
		"no hyphens":  strings.ReplaceAll(code, "-", ""),
		"spaces":      " " + strings.ReplaceAll(code, "-", "  ") + "\n",
		"O for 0":     strings.ReplaceAll(code, "0", "O"),
		"o for 0":     strings.ReplaceAll(code, "0", "o"),
		"I for 1":     strings.ReplaceAll(code, "1", "I"),
		"l for 1":     strings.ReplaceAll(code, "1", "l"),
		"other lines": strings.ReplaceAll(code, "-", "－"),
	} {
		got, err := keychain.ParseKit(text)
		if err != nil || got.Device() != kit.Device() {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !kit.HasGroup(0, "ooooo") || kit.HasGroup(5, code[:5]) || kit.HasGroup(6, "") || kit.HasGroup(0, "0000") {
		t.Error("HasGroup")
	}
}

// AT8: the mistakes are told apart and nothing passes.
func TestAT8_LV7_tellsTheMistake(t *testing.T) {
	t.Parallel()
	for i := range 20 {
		kit, err := keychain.NewKit(source(fmt.Sprint("kit ", i)))
		if err != nil {
			t.Fatal(err)
		}
		groups := strings.Split(kit.Code(), "-")
		swapped := append([]string{}, groups...)
		swapped[1], swapped[4] = swapped[4], swapped[1]
		wrong := []byte(kit.Code())
		wrong[13] = other(wrong[13]) // the third group
		for name, c := range map[string]struct {
			text string
			want keychain.KitError
		}{
			"swapped":  {strings.Join(swapped, "-"), keychain.KitError{Mistake: keychain.KitSwapped, Group: 2, Other: 5}},
			"wrong":    {string(wrong), keychain.KitError{Mistake: keychain.KitCharacter, Group: 3}},
			"letter U": {"U" + kit.Code()[1:], keychain.KitError{Mistake: keychain.KitLetter, Group: 1}},
			"short":    {kit.Code()[:34], keychain.KitError{Mistake: keychain.KitLength}},
			"long":     {kit.Code() + "0", keychain.KitError{Mistake: keychain.KitLength}},
			"empty":    {"", keychain.KitError{Mistake: keychain.KitLength}},
			"unlike":   {strings.Repeat("7", 30), keychain.KitError{Mistake: keychain.KitUnlike}},
		} {
			got, err := keychain.ParseKit(c.text)
			var mistake *keychain.KitError
			if got != nil || !errors.As(err, &mistake) {
				t.Fatalf("%s: got %v, %v", name, got, err)
			}
			if diff := cmp.Diff(c.want, *mistake); diff != "" {
				t.Errorf("kit %d, %s (-want +got):\n%s", i, name, diff)
			}
			if strings.Contains(err.Error(), groups[0]) {
				t.Errorf("%s: the error shows the code", name)
			}
		}
	}
}

func other(c byte) byte {
	if c == 'Z' {
		return 'Y'
	}
	return 'Z'
}

// AT8: of 10^6 random codes about one in 4 million passes.
func TestAT8_LV7_randomCodes(t *testing.T) {
	t.Parallel()
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	random, passed := source("codes"), 0
	chars, raw := make([]byte, 30), make([]byte, 30)
	tries := 200_000
	if os.Getenv("TONGCE_LONG") != "" {
		tries = 20_000_000
	}
	for range tries {
		_, _ = random.Read(raw)
		for i := range chars {
			chars[i] = alphabet[raw[i]&31]
		}
		if keychain.ValidKitChars(chars) {
			passed++
		}
	}
	t.Logf("%d of %d random codes pass", passed, tries)
	if passed > 4+tries/1_000_000 {
		t.Errorf("%d of %d random codes pass", passed, tries)
	}
}

// LV6: the kit's keys are those of its code for ever.
func TestLV6_vector(t *testing.T) {
	t.Parallel()
	kit, err := keychain.NewKit(bytes.NewReader([]byte("0123456789abcdef")))
	if err != nil {
		t.Fatal(err)
	}
	const code, device = "60RK4-CSM6M-V3EE1-SC5H6-6S35C-V1SPH", "9ff50a8e77744425dbe4136e"
	if kit.Code() != code || kit.Device().String() != device {
		t.Errorf("got %s and %s, want %s and %s", kit.Code(), kit.Device(), code, device)
	}
	p := kit.Public()
	if canon.NewDeviceID(p.Sign, p.HPKE) != p.Device {
		t.Error("the kit's id is not that of its public keys")
	}
	sig, err := kit.Sign(canon.DomainStatement, []byte("m"))
	if err != nil || !canon.Verify(p.Sign, canon.DomainStatement, []byte("m"), sig) {
		t.Errorf("the kit's signature does not verify: %v", err)
	}
}

func TestLV7_sheet(t *testing.T) {
	t.Parallel()
	want := keychain.Sheet{Workspace: workspace, Relays: []keychain.SheetRelay{{Key: canon.RelayKey{4}, Address: "relay.example:4711"}}}
	got, err := keychain.ParseSheet(want.QR())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sheet (-want +got):\n%s", diff)
	}
	for _, text := range []string{"", "tongce://join#oA", "tongce://kit#", "tongce://kit#!", want.QR()[:40]} {
		if _, err := keychain.ParseSheet(text); !errors.Is(err, canon.ErrEncoding) {
			t.Errorf("%q: got %v, want ErrEncoding", text, err)
		}
	}
}

func TestKF8_nothingPrintsSecrets(t *testing.T) {
	t.Parallel()
	ring, kit, dir := new(ringtest.Memory), newKit(t), t.TempDir()
	d, err := keychain.NewDevice(bytes.NewReader(bytes.Repeat([]byte{0xd7}, 64))) // seeds that are easy to find
	if err != nil {
		t.Fatal(err)
	}
	k, err := keychain.Create(t.Context(), dir, d, options(t, ring, kit))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	for _, v := range []any{d, kit, k, []*keychain.Keys{k}, map[string]any{"d": d, "k": kit}} {
		var out bytes.Buffer
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb+"\n", v)
		}
		slog.New(slog.NewJSONHandler(&out, nil)).Info("a", "v", v)
		slog.New(slog.NewTextHandler(&out, nil)).Info("a", "v", v)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ToLower(out.String() + string(b))
		for _, secret := range []string{"d7d7", "215 215", "215,215", strings.ToLower(kit.Code()[:11])} {
			if strings.Contains(text, secret) {
				t.Errorf("%T shows a secret", v)
			}
		}
	}
}
