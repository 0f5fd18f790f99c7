package seal

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
)

func newPair(tb testing.TB, seed uint64) *KeyPair {
	tb.Helper()
	var s [32]byte
	_, _ = source(seed).Read(s[:])
	p, err := NewKeyPair(s)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func fiveKeys(tb testing.TB, w canon.WorkspaceID) []SectionKey {
	tb.Helper()
	random := source(7)
	keys := make([]SectionKey, 0, 5)
	for _, s := range []string{"audit", "contact", "finance", "lookup", "service"} {
		keys = append(keys, newKey(tb, random, s, 3))
	}
	keys[2] = keys[2].Masked(w)
	return keys
}

func TestKY1_oneWrapHoldsAllKeys(t *testing.T) {
	t.Parallel()
	w, pair := canon.WorkspaceID{1}, newPair(t, 1)
	recipient := canon.NewDeviceID([]byte("sign"), pair.Public())
	keys := fiveKeys(t, w)
	g, err := WrapKeys(pair.Public(), w, 12, recipient, keys)
	if err != nil {
		t.Fatal(err)
	}
	var back Grant // as a statement carries it
	if err := canon.Unmarshal(canon.MustMarshal(g), &back); err != nil {
		t.Fatal(err)
	}
	got, err := pair.UnwrapKeys(w, 12, back)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(keys) {
		t.Fatalf("got %d keys, want %d", len(got), len(keys))
	}
	for i := range keys {
		if got[i] != keys[i] {
			t.Errorf("key %d differs", i)
		}
	}
	t.Logf("grant of %d keys: %d bytes", len(keys), len(canon.MustMarshal(g)))
	if none, err := WrapKeys(pair.Public(), w, 1, recipient, nil); err != nil {
		t.Error(err)
	} else if keys, err := pair.UnwrapKeys(w, 1, none); err != nil || len(keys) != 0 {
		t.Errorf("grant of no key: %v, %v", keys, err)
	}
}

// AT2 and AT35: a grant belongs to its workspace, statement, recipient and list.
func TestKY7_AT2_AT35_grantElsewhereDoesNotOpen(t *testing.T) {
	t.Parallel()
	w, pair := canon.WorkspaceID{1}, newPair(t, 1)
	recipient := canon.DeviceID{9}
	g, err := WrapKeys(pair.Public(), w, 12, recipient, fiveKeys(t, w))
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(what string, p *KeyPair, w canon.WorkspaceID, seq uint64, g Grant) {
		t.Helper()
		if keys, err := p.UnwrapKeys(w, seq, g); !errors.Is(err, ErrGrant) || keys != nil {
			t.Errorf("%s: got %d keys, %v, want ErrGrant", what, len(keys), err)
		}
	}
	refuse("other workspace", pair, canon.WorkspaceID{2}, 12, g)
	refuse("other statement", pair, w, 13, g)
	refuse("other pair", newPair(t, 2), w, 12, g)
	edit := func(fn func(*Grant)) Grant {
		c := g
		c.Names, c.Wrap = append([]KeyName{}, g.Names...), bytes.Clone(g.Wrap)
		fn(&c)
		return c
	}
	refuse("other recipient", pair, w, 12, edit(func(g *Grant) { g.Recipient[0]++ }))
	refuse("other section", pair, w, 12, edit(func(g *Grant) { g.Names[0].Section = "finance" }))
	refuse("other version", pair, w, 12, edit(func(g *Grant) { g.Names[0].Version++ }))
	refuse("mask as full", pair, w, 12, edit(func(g *Grant) { g.Names[2].Kind = Full }))
	refuse("one name fewer", pair, w, 12, edit(func(g *Grant) { g.Names = g.Names[1:] }))
	refuse("garbage", pair, w, 12, edit(func(g *Grant) { clear(g.Wrap) }))
	refuse("empty", pair, w, 12, edit(func(g *Grant) { g.Wrap = nil }))
	for i := 0; i < len(g.Wrap); i += 7 { // every byte takes the same path; each 0.1 ms
		refuse("flipped", pair, w, 12, edit(func(g *Grant) { g.Wrap[i] ^= 1 }))
		refuse("cut", pair, w, 12, edit(func(g *Grant) { g.Wrap = g.Wrap[:i] }))
	}
	// A granter who holds the keys but wraps something else than the list says.
	for name, keys := range map[string]any{
		"fewer":     [][]byte{make([]byte, 32)},
		"short key": [][]byte{make([]byte, 31)},
		"no list":   "x",
	} {
		bad := Grant{Recipient: recipient, Names: []KeyName{{Section: "a", Version: 1}, {Section: "b", Version: 1}}}
		if name == "short key" {
			bad.Names = bad.Names[:1]
		}
		bad.Wrap, err = HPKESeal(pair.Public(), canon.DomainGrant, grantInfo(w, 1, bad), canon.MustMarshal(keys))
		if err != nil {
			t.Fatal(err)
		}
		refuse(name, pair, w, 1, bad)
	}
}

func TestHPKE_sizesAndDomains(t *testing.T) {
	t.Parallel()
	p := newPair(t, 1)
	if n := len(p.Public()); n != PublicSize || !ValidPublic(p.Public()) {
		t.Errorf("public key of %d bytes, valid %v", n, ValidPublic(p.Public()))
	}
	if ValidPublic(p.Public()[1:]) || ValidPublic(bytes.Repeat([]byte{0xff}, PublicSize)) {
		t.Error("a wrong public key is valid")
	}
	sealed, err := HPKESeal(p.Public(), canon.DomainEscrow, []byte("info"), make([]byte, 32))
	if err != nil || len(sealed) != 32+HPKEOverhead {
		t.Fatalf("%d bytes, %v", len(sealed), err)
	}
	if _, err := p.HPKEOpen(canon.DomainEscrow, []byte("info"), sealed); err != nil {
		t.Error(err)
	}
	if _, err := p.HPKEOpen(canon.DomainGrant, []byte("info"), sealed); !errors.Is(err, canon.ErrSealed) {
		t.Errorf("other domain: got %v", err)
	}
	if _, err := p.HPKEOpen(canon.DomainEscrow, []byte("inf"), sealed); !errors.Is(err, canon.ErrSealed) {
		t.Errorf("other info: got %v", err)
	}
	if _, err := HPKESeal(p.Public()[1:], canon.DomainEscrow, nil, nil); !errors.Is(err, ErrValue) {
		t.Errorf("short public key: got %v, want ErrValue", err)
	}
}

func TestKY1_previousLeadsBack(t *testing.T) {
	t.Parallel()
	w, random := canon.WorkspaceID{1}, source(3)
	var keys []SectionKey
	var wraps []Previous // wraps[i] leads from version i+2 to i+1
	for v := uint32(1); v <= 5; v++ {
		keys = append(keys, newKey(t, random, "contact", v))
		if v > 1 {
			p, err := WrapPrevious(w, keys[v-1], keys[v-2])
			if err != nil {
				t.Fatal(err)
			}
			wraps = append(wraps, p)
		}
	}
	for _, kind := range []Kind{Full, Mask} {
		r := NewRing(w)
		newest := keys[4]
		if kind == Mask {
			newest = newest.Masked(w)
		}
		add(t, r, newest)
		for v := uint32(5); v > 1; v-- {
			if err := r.AddPrevious("contact", v, wraps[v-2]); err != nil {
				t.Fatal(err)
			}
		}
		for v := uint32(1); v <= 5; v++ {
			want := keys[v-1]
			if kind == Mask {
				want = want.Masked(w)
			}
			if got, ok := r.Key("contact", v); !ok || got != want {
				t.Errorf("kind %d: version %d is not the one that was wrapped", kind, v)
			}
		}
		if r.Has("contact", 1, Full) != (kind == Full) || !r.Has("contact", 1, Mask) {
			t.Errorf("kind %d: Has", kind)
		}
	}
	r := NewRing(w)
	add(t, r, keys[3])
	if err := r.AddPrevious("contact", 5, wraps[3]); !errors.Is(err, ErrNoKey) {
		t.Errorf("without the newer key: got %v", err)
	}
	if err := r.AddPrevious("contact", 4, wraps[3]); !errors.Is(err, canon.ErrSealed) {
		t.Errorf("wrap of another version: got %v", err)
	}
	if _, err := OpenPrevious(canon.WorkspaceID{2}, keys[4], wraps[3]); !errors.Is(err, canon.ErrSealed) {
		t.Errorf("wrap of another workspace: got %v", err)
	}
	if _, err := OpenPrevious(w, keys[4], Previous{Full: wraps[3].Mask, Mask: wraps[3].Full}); !errors.Is(err, canon.ErrSealed) {
		t.Errorf("full and mask exchanged: got %v", err)
	}
	if _, err := WrapPrevious(w, keys[4], keys[2]); !errors.Is(err, ErrValue) {
		t.Errorf("a version left out: got %v", err)
	}
}

func TestKY7_ringKeepsTheFirstKey(t *testing.T) {
	t.Parallel()
	w, random := canon.WorkspaceID{1}, source(4)
	first, second := newKey(t, random, "contact", 1), newKey(t, random, "contact", 1)
	other := newKey(t, random, "finance", 1)
	r := NewRing(w)
	add(t, r, first.Masked(w))
	add(t, r, first, first, first.Masked(w)) // raised to full, then nothing new
	if err := r.Add(second, other); !errors.Is(err, ErrKeyClash) {
		t.Errorf("other full key: got %v, want ErrKeyClash", err)
	}
	if err := r.Add(second.Masked(w)); !errors.Is(err, ErrKeyClash) {
		t.Errorf("other mask key: got %v, want ErrKeyClash", err)
	}
	if got, _ := r.Key("contact", 1); got != first {
		t.Error("the first key was replaced")
	}
	if !r.Has("finance", 1, Full) {
		t.Error("the other key of the call was not added")
	}
	if err := r.Add(SectionKey{Section: "contact"}); !errors.Is(err, ErrValue) {
		t.Errorf("version 0: got %v", err)
	}
	if v, _, ok := r.Newest("none"); ok || v != 0 {
		t.Errorf("Newest of nothing: %d, %v", v, ok)
	}
}

func TestKY8_auditPair(t *testing.T) {
	t.Parallel()
	k := newKey(t, source(5), SectionAudit, 1)
	a, err := AuditPair(k)
	if err != nil {
		t.Fatal(err)
	}
	again, err := AuditPair(k)
	if err != nil {
		t.Fatal(err)
	}
	k.Version = 2
	next, err := AuditPair(k)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(a.Public(), again.Public()); diff != "" {
		t.Error("the pair differs from run to run")
	}
	if bytes.Equal(a.Public(), next.Public()) {
		t.Error("two versions have one pair")
	}
	if _, err := AuditPair(k.Masked(canon.WorkspaceID{})); !errors.Is(err, ErrNoKey) {
		t.Errorf("from a mask key: got %v", err)
	}
}
