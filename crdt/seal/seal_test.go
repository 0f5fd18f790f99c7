package seal

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"

	"tongce/crdt/canon"
)

// source is a seeded reader, so that a failure can be run again.
func source(seed uint64) *rand.ChaCha8 {
	var s [32]byte
	copy(s[:], fmt.Sprint("seal test ", seed))
	return rand.NewChaCha8(s)
}

// fixture is a workspace with one customer and two versions of two sections.
type fixture struct {
	w     canon.WorkspaceID
	doc   canon.DocID
	salt  [32]byte
	ring  *Ring
	place Place
}

func newFixture(tb testing.TB) fixture {
	tb.Helper()
	random := source(1)
	f := fixture{}
	_, _ = random.Read(f.w[:])
	_, _ = random.Read(f.doc[:])
	_, _ = random.Read(f.salt[:])
	f.ring = NewRing(f.w)
	for _, section := range []string{"contact", "finance", SectionLookup} {
		for v := uint32(1); v <= 2; v++ {
			add(tb, f.ring, newKey(tb, random, section, v))
		}
	}
	f.place = Place{Doc: f.doc, Section: "contact", Key: "f:mobile"}
	return f
}

func newKey(tb testing.TB, random *rand.ChaCha8, section string, v uint32) SectionKey {
	tb.Helper()
	k, err := NewSectionKey(random, section, v)
	if err != nil {
		tb.Fatal(err)
	}
	return k
}

func add(tb testing.TB, r *Ring, keys ...SectionKey) {
	tb.Helper()
	if err := r.Add(keys...); err != nil {
		tb.Fatal(err)
	}
}

// phone is a plain value with every part.
func (f fixture) phone(tb testing.TB, number string) Plain {
	tb.Helper()
	token, err := f.ring.Token("phone", 1, number)
	if err != nil {
		tb.Fatal(err)
	}
	return Plain{Full: Text(number), HasMask: true, Mask: MaskText(MaskPhone, number), Token: &token}
}

func (f fixture) seal(tb testing.TB, version uint32, p Plain) []byte {
	tb.Helper()
	sealed, err := f.ring.Seal(f.place, version, f.salt, p)
	if err != nil {
		tb.Fatal(err)
	}
	return sealed
}

func TestKF8_secretsPrintAsNames(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key, _ := f.ring.Key("contact", 1)
	pair, err := NewKeyPair(key.Key)
	if err != nil {
		t.Fatal(err)
	}
	secret := hex.EncodeToString(key.Key[:4])
	decimal := strings.Trim(fmt.Sprintf("%d", key.Key[:4]), "[]")
	for _, v := range []any{key, &key, f.ring, pair, []SectionKey{key}, map[string]any{"k": key, "r": f.ring}} {
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
		if strings.Contains(text, secret) || strings.Contains(strings.ReplaceAll(text, ",", ""), decimal) {
			t.Errorf("%T shows its key", v)
		}
	}
}
