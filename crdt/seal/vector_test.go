package seal

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"tongce/crdt/canon"
)

var update = flag.Bool("update", false, "write vectors that are not there yet; existing ones are never changed")

// hexBytes is written as hexadecimal text.
type hexBytes []byte

func (h hexBytes) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h)), nil }

func (h *hexBytes) UnmarshalText(b []byte) (err error) {
	*h, err = hex.DecodeString(string(b))
	return err
}

// valueVector is a sealed value that every later version has to open.
type valueVector struct {
	Name, Section, DocumentKey  string
	Workspace, Doc, Salt, Key   hexBytes
	Version                     uint32
	Sealed, Full                hexBytes
	Mask                        *string // null: the value is null; absent part: HasMask false
	HasMask                     bool
	Norm, Lookup                uint8
	TokenBits, MaskKey          hexBytes
	Commitment                  hexBytes
	LookupKey                   hexBytes
	TokenClass, TokenNormalised string
}

// grantVector is a grant that every later version has to open.
type grantVector struct {
	Workspace, Seed, PublicHash, Grant hexBytes
	Seq                                uint64
	Keys                               []hexBytes
	Derived                            hexBytes // hash of the public key of DeriveKeyPair(Seed)
	AuditKey, AuditHash                hexBytes // K(audit, 3) and the hash of its pair's public key
	Previous                           hexBytes // from version 2 to 1 of a section
	Newer, Before                      hexBytes
}

func readVectors[V any](t *testing.T, name string, make func() V) V {
	t.Helper()
	path := filepath.Join("testdata", name)
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && *update {
		if b, err = json.MarshalIndent(make(), "", " "); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		err = os.WriteFile(path, append(b, '\n'), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	var v V
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSE1_vectors(t *testing.T) {
	t.Parallel()
	vectors := readVectors(t, "values.json", func() []valueVector { return makeValueVectors(t) })
	if len(vectors) < 5 {
		t.Fatalf("only %d vectors", len(vectors))
	}
	for _, v := range vectors {
		w, doc, salt := canon.WorkspaceID(v.Workspace), canon.DocID(v.Doc), [32]byte(v.Salt)
		k := SectionKey{Section: v.Section, Version: v.Version, Key: [32]byte(v.Key)}
		r := NewRing(w)
		add(t, r, k)
		place := Place{Doc: doc, Section: v.Section, Key: v.DocumentKey}
		full, err := r.Open(place, salt, v.Sealed)
		if err != nil || string(full) != string(v.Full) {
			t.Errorf("%s: got %x, %v, want %x", v.Name, full, err, v.Full)
		}
		form, err := ReadForm(v.Sealed)
		if err != nil || form.Version != v.Version || form.HasMask != v.HasMask || form.HasToken != (len(v.TokenBits) > 0) {
			t.Errorf("%s: form %+v, %v", v.Name, form, err)
		}
		if v.HasMask {
			text, cleared, err := r.OpenMask(place, salt, v.Sealed)
			if err != nil || cleared != (v.Mask == nil) || (v.Mask != nil && text != *v.Mask) {
				t.Errorf("%s: mask %q, %v, %v", v.Name, text, cleared, err)
			}
		}
		if len(v.TokenBits) > 0 {
			want := Token{Norm: v.Norm, Lookup: v.Lookup, Bits: [3]byte(v.TokenBits)}
			if form.Token != want {
				t.Errorf("%s: token %+v, want %+v", v.Name, form.Token, want)
			}
			if got := Blind([32]byte(v.LookupKey), w, v.TokenClass, v.Norm, v.TokenNormalised); v.TokenNormalised != "" && got != want.Bits {
				t.Errorf("%s: Blind gives %x, want %x", v.Name, got, want.Bits)
			}
		}
		if mk := k.Masked(w).Key; string(mk[:]) != string(v.MaskKey) {
			t.Errorf("%s: another mask key", v.Name)
		}
		if c := Commitment(w, doc, salt); string(c[:]) != string(v.Commitment) {
			t.Errorf("%s: another commitment", v.Name)
		}
	}
}

func makeValueVectors(t *testing.T) []valueVector {
	t.Helper()
	f := newFixture(t)
	phone := f.phone(t, "13812905678")
	random, err := RandomToken(source(10), 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	name := "王*"
	lookup, _ := f.ring.Key(SectionLookup, 2)
	cases := []struct {
		vectorName, section, key, normalised string
		version                              uint32
		plain                                Plain
		mask                                 *string
	}{
		{"phone", "contact", "f:mobile", "13812905678", 2, phone, &phone.Mask},
		{"name", "contact", "f:contact", "", 1, Plain{Full: Text("王芳"), HasMask: true, Mask: name}, &name},
		{"amount", "finance", "f:credit", "", 1, Plain{Full: Text("125000.00")}, nil},
		{"null phone", "contact", "f:mobile", "", 2, Plain{HasMask: true, Token: &random}, nil},
		{"source text", "contact", "o:mobile", "", 2, Plain{Full: Text("138 1290 5678 (老板)")}, nil},
		{
			"entry", "finance", "e:finance:0000000000000000000000000g:0000000000000000000000000h", "", 2,
			Plain{Full: canon.MustMarshal(map[uint64]any{1: "对账", 2: uint64(1760000000000)})},
			nil,
		},
	}
	out := make([]valueVector, 0, len(cases))
	for _, c := range cases {
		place := Place{Doc: f.doc, Section: c.section, Key: c.key}
		sealed, err := f.ring.Seal(place, c.version, f.salt, c.plain)
		if err != nil {
			t.Fatal(err)
		}
		full, err := f.ring.Open(place, f.salt, sealed)
		if err != nil {
			t.Fatal(err)
		}
		k, _ := f.ring.Key(c.section, c.version)
		mk, commitment := k.Masked(f.w).Key, Commitment(f.w, f.doc, f.salt)
		v := valueVector{
			Name: c.vectorName, Section: c.section, DocumentKey: c.key, Version: c.version,
			Workspace: f.w[:], Doc: f.doc[:], Salt: f.salt[:], Key: k.Key[:], Sealed: sealed, Full: full,
			Mask: c.mask, HasMask: c.plain.HasMask, MaskKey: mk[:], Commitment: commitment[:],
			LookupKey: lookup.Key[:], TokenClass: "phone", TokenNormalised: c.normalised,
		}
		if tk := c.plain.Token; tk != nil {
			v.Norm, v.Lookup, v.TokenBits = tk.Norm, tk.Lookup, tk.Bits[:]
		}
		out = append(out, v)
	}
	return out
}

func TestKY1_vector(t *testing.T) {
	t.Parallel()
	v := readVectors(t, "grant.json", func() grantVector { return makeGrantVector(t) })
	w := canon.WorkspaceID(v.Workspace)
	pair, err := NewKeyPair([32]byte(v.Seed))
	if err != nil {
		t.Fatal(err)
	}
	derived, err := DeriveKeyPair([32]byte(v.Seed))
	if err != nil {
		t.Fatal(err)
	}
	audit, err := AuditPair(SectionKey{Section: SectionAudit, Version: 3, Key: [32]byte(v.AuditKey)})
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		pair *KeyPair
		want hexBytes
	}{"seed": {pair, v.PublicHash}, "derived": {derived, v.Derived}, "audit": {audit, v.AuditHash}} {
		if h := canon.Sum("test", c.pair.Public()); string(h[:]) != string(c.want) {
			t.Errorf("%s: another key pair than before", name)
		}
	}
	var g Grant
	if err := canon.Unmarshal(v.Grant, &g); err != nil {
		t.Fatal(err)
	}
	keys, err := pair.UnwrapKeys(w, v.Seq, g)
	if err != nil || len(keys) != len(v.Keys) {
		t.Fatalf("%d keys, %v", len(keys), err)
	}
	for i, k := range keys {
		if string(k.Key[:]) != string(v.Keys[i]) {
			t.Errorf("key %d differs", i)
		}
	}
	var p Previous
	if err := canon.Unmarshal(v.Previous, &p); err != nil {
		t.Fatal(err)
	}
	before, err := OpenPrevious(w, SectionKey{Section: "contact", Version: 2, Key: [32]byte(v.Newer)}, p)
	if err != nil || string(before.Key[:]) != string(v.Before) {
		t.Errorf("previous: %v", err)
	}
}

func makeGrantVector(t *testing.T) grantVector {
	t.Helper()
	var v grantVector
	w, seed := canon.WorkspaceID{1, 2, 3}, [32]byte{4, 5, 6}
	pair, err := NewKeyPair(seed)
	if err != nil {
		t.Fatal(err)
	}
	derived, err := DeriveKeyPair(seed)
	if err != nil {
		t.Fatal(err)
	}
	keys := fiveKeys(t, w)
	audit, err := AuditPair(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	g, err := WrapKeys(pair.Public(), w, 12, canon.DeviceID{7, 8, 9}, keys)
	if err != nil {
		t.Fatal(err)
	}
	newer, before := newKey(t, source(11), "contact", 2), newKey(t, source(12), "contact", 1)
	p, err := WrapPrevious(w, newer, before)
	if err != nil {
		t.Fatal(err)
	}
	public, derivedHash := canon.Sum("test", pair.Public()), canon.Sum("test", derived.Public())
	auditHash := canon.Sum("test", audit.Public())
	v = grantVector{
		Workspace: w[:], Seed: seed[:], Seq: 12, Grant: canon.MustMarshal(g),
		PublicHash: public[:], Derived: derivedHash[:], AuditKey: keys[0].Key[:], AuditHash: auditHash[:],
		Previous: canon.MustMarshal(p), Newer: newer.Key[:], Before: before.Key[:],
	}
	for _, k := range keys {
		v.Keys = append(v.Keys, k.Key[:])
	}
	return v
}
