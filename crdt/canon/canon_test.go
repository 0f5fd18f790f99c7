package canon_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
)

type sample struct {
	Version uint64   `cbor:"1,keyasint"`
	Name    string   `cbor:"2,keyasint"`
	Parts   [][]byte `cbor:"3,keyasint"`
	Maybe   []byte   `cbor:"4,keyasint"`
}

func TestEC2_RoundTrip(t *testing.T) {
	t.Parallel()
	in := sample{Version: 1, Name: "锦成机电", Parts: [][]byte{{1}, {}}, Maybe: nil}
	b, err := canon.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	want := "a401010" + "26ce994a6e68890e69cbae794b503824101400" + "4f6"
	if got := hex.EncodeToString(b); got != want {
		t.Errorf("bytes: got %s, want %s", got, want)
	}
	var out sample
	if err := canon.Unmarshal(b, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Error(diff)
	}
}

func TestEC2_RefusesWhatItWouldNotWrite(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"trailing byte":           "a4010102616103800440" + "00",
		"duplicate key":           "a501010101026161038004" + "40",
		"unknown key":             "a50101026161038004400501",
		"missing key":             "a3010102616103" + "80",
		"keys out of order":       "a4026161010103800440",
		"long integer":            "a401180102616103800440",
		"long length":             "a4010102780161" + "03800440",
		"indefinite string":       "a40101027f6161ff03800440",
		"indefinite array":        "a401010261610" + "39fff0440",
		"tag":                     "a401c10102616103800440",
		"float":                   "a401f93c0002616103800440",
		"invalid UTF-8":           "a401010261ff03800440",
		"negative for unsigned":   "a4012002616103800440",
		"text where bytes belong": "a40101026161038004" + "6161",
		"empty":                   "",
		"cut":                     "a40101026161",
	}
	for name, hexed := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b, err := hex.DecodeString(hexed)
			if err != nil {
				t.Fatal(err)
			}
			var out sample
			if err := canon.Unmarshal(b, &out); !errors.Is(err, canon.ErrEncoding) {
				t.Errorf("error: got %v, want ErrEncoding", err)
			}
		})
	}
	var ok sample
	b, _ := hex.DecodeString("a4010102616103800440")
	if err := canon.Unmarshal(b, &ok); err != nil {
		t.Errorf("the form the cases above are bent from: %v", err)
	}
}

func TestEC2_NestingAtMostEight(t *testing.T) {
	t.Parallel()
	deep := func(n int) []byte { return append(bytes.Repeat([]byte{0x81}, n), 0x00) }
	var v any
	if err := canon.Unmarshal(deep(canon.MaxNesting), &v); err != nil {
		t.Errorf("%d levels: %v", canon.MaxNesting, err)
	}
	if err := canon.Unmarshal(deep(canon.MaxNesting+1), &v); !errors.Is(err, canon.ErrEncoding) {
		t.Errorf("%d levels: got %v, want ErrEncoding", canon.MaxNesting+1, err)
	}
}

func TestEC5_DomainsKeepThingsApart(t *testing.T) {
	t.Parallel()
	if canon.Sum(canon.DomainValue, []byte("ab"), []byte("c")) == canon.Sum(canon.DomainValue, []byte("a"), []byte("bc")) {
		t.Error("two splits of the same bytes have one hash")
	}
	if canon.Sum(canon.DomainValue, []byte("a")) == canon.Sum(canon.DomainSalt, []byte("a")) {
		t.Error("two domains have one hash")
	}
	// "tongce/1 value" is the start of "tongce/1 value key": the zero byte after
	// the string keeps them apart.
	if canon.Derive([]byte("k"), nil, canon.DomainValue, []byte(" key")) == canon.Derive([]byte("k"), nil, canon.DomainValueKey, nil) {
		t.Error("a domain that is a prefix of another derives the same key")
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	sig := canon.Sign(private, canon.DomainStatement, []byte("m"))
	if !canon.Verify(public, canon.DomainStatement, []byte("m"), sig) {
		t.Error("own signature does not verify")
	}
	if canon.Verify(public, canon.DomainEnvelope, []byte("m"), sig) {
		t.Error("a signature holds in another domain")
	}
	if canon.Verify(public[:31], canon.DomainStatement, []byte("m"), sig) {
		t.Error("a short key verifies")
	}
}

func TestSealOpensOnlyAsSealed(t *testing.T) {
	t.Parallel()
	key := [32]byte{1}
	sealed := canon.Seal(key, []byte("aad"), []byte("plain"))
	if got, want := len(sealed), len("plain")+28; got != want {
		t.Errorf("length: got %d, want %d", got, want)
	}
	plain, err := canon.Open(key, []byte("aad"), sealed)
	if err != nil || string(plain) != "plain" {
		t.Errorf("open: got %q, %v", plain, err)
	}
	for i := range len(sealed) * 8 {
		bent := slices.Clone(sealed)
		bent[i/8] ^= 1 << (i % 8)
		if _, err := canon.Open(key, []byte("aad"), bent); !errors.Is(err, canon.ErrSealed) {
			t.Fatalf("bit %d changed: got %v, want ErrSealed", i, err)
		}
	}
	for n := range sealed {
		if _, err := canon.Open(key, []byte("aad"), sealed[:n]); !errors.Is(err, canon.ErrSealed) {
			t.Fatalf("cut at %d: got %v, want ErrSealed", n, err)
		}
	}
	if _, err := canon.Open(key, []byte("other"), sealed); !errors.Is(err, canon.ErrSealed) {
		t.Errorf("other aad: got %v, want ErrSealed", err)
	}
}

func TestIDTextIsOneToOne(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		var id [16]byte
		for i := range id {
			id[i] = byte(rng.Uint32())
		}
		s := canon.Text16(id)
		back, err := canon.ParseText16(s)
		if err != nil || back != id {
			t.Fatalf("%x: text %s, back %x, %v", id, s, back, err)
		}
		// The last character holds two bits that must be zero: its neighbours
		// in the alphabet are other texts and not other spellings of this id.
		last := strings.IndexByte("0123456789abcdefghjkmnpqrstvwxyz", s[25])
		other := s[:25] + string("0123456789abcdefghjkmnpqrstvwxyz"[last|1])
		if _, err := canon.ParseText16(other); err == nil {
			t.Fatalf("%s is accepted as a second spelling of %s", other, s)
		}
	}
	for _, bad := range []string{"", strings.Repeat("0", 25), strings.Repeat("0", 27), strings.Repeat("A", 26), strings.Repeat("i", 26), strings.Repeat("é", 13)} {
		if _, err := canon.ParseText16(bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if got, want := canon.Text16([16]byte{0xff}), "zw000000000000000000000000"; got != want {
		t.Errorf("text: got %s, want %s", got, want)
	}
	for _, bad := range []string{"", "00", strings.Repeat("0", 23), strings.Repeat("AB", 12), strings.Repeat("g", 24)} {
		if _, err := canon.ParseDeviceID(bad); err == nil {
			t.Errorf("device id %q is accepted", bad)
		}
	}
}

func TestID6_Names(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"王芳", "A", "销售 一部", strings.Repeat("长", 64), "𠮷田", "O'Neil"} {
		if !canon.ValidName(good) {
			t.Errorf("%q is refused", good)
		}
	}
	bad := []string{
		"", " 王", "王 ", "\u3000王", "王\u3000", strings.Repeat("长", 65), "a\nb", "a\x00", "\u202e王", "王\u200b芳",
		"\ufeff王", "王\ufe0f", "\u00ad", "王\U000E0001", "\xed\xa0\x80", "\xff",
	}
	for _, name := range bad {
		if canon.ValidName(name) {
			t.Errorf("%q is accepted", name)
		}
	}
}

func TestID3_IDs(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"base": true, "a": true, "a_1": true, strings.Repeat("a", 32): true,
		"": false, "1a": false, "A": false, "a-b": false, "_a": false, strings.Repeat("a", 33): false, "a\n": false, "基": false,
	} {
		if got := canon.ValidID(id); got != want {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
}

func TestReadLP(t *testing.T) {
	t.Parallel()
	b := canon.AppendLP(canon.AppendLP(nil, []byte("ab")), nil)
	first, rest, err := canon.ReadLP(b)
	if err != nil || string(first) != "ab" {
		t.Fatalf("first: got %q, %v", first, err)
	}
	second, rest, err := canon.ReadLP(rest)
	if err != nil || len(second) != 0 || len(rest) != 0 {
		t.Fatalf("second: got %q, rest %q, %v", second, rest, err)
	}
	for _, bad := range [][]byte{nil, {0, 0, 0}, {0, 0, 0, 1}, {255, 255, 255, 255, 1}} {
		if _, _, err := canon.ReadLP(bad); !errors.Is(err, canon.ErrEncoding) {
			t.Errorf("%x: got %v, want ErrEncoding", bad, err)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	f.Add(canon.MustMarshal(sample{Version: 1, Name: "a"}))
	f.Fuzz(func(t *testing.T, b []byte) {
		var v sample
		if canon.Unmarshal(b, &v) == nil && !bytes.Equal(canon.MustMarshal(v), b) {
			t.Errorf("accepted but written differently: %x", b)
		}
	})
}
