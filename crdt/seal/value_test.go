package seal

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/crdt/canon"
)

func TestSE1_sealsAndOpens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	entry := canon.MustMarshal(map[uint64]any{1: "回访", 2: uint64(1760000000000)})
	for name, plain := range map[string]Plain{
		"phone":         f.phone(t, "13812905678"),
		"without token": {Full: Text("王芳"), HasMask: true, Mask: "王*"},
		"full only":     {Full: Text("125000.00")},
		"empty text":    {Full: Text("")},
		"entry":         {Full: entry},
		"block border":  {Full: Text(strings.Repeat("x", 15))},
		"null":          {HasMask: true, Mask: "not written"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sealed := f.seal(t, 2, plain)
			form, err := ReadForm(sealed)
			if err != nil {
				t.Fatal(err)
			}
			want := Form{Version: 2, HasMask: plain.HasMask}
			if plain.Token != nil {
				want.HasToken, want.Token = true, *plain.Token
			}
			if diff := cmp.Diff(want, form); diff != "" {
				t.Errorf("form (-want +got):\n%s", diff)
			}
			got, err := f.ring.Open(f.place, f.salt, sealed)
			if err != nil {
				t.Fatal(err)
			}
			if plain.Full == nil {
				if !IsNull(got) {
					t.Errorf("got %x, want a null", got)
				}
			} else if !bytes.Equal(got, plain.Full) {
				t.Errorf("got %x, want %x", got, plain.Full)
			}
			text, cleared, err := f.ring.OpenMask(f.place, f.salt, sealed)
			switch {
			case !plain.HasMask:
				if !errors.Is(err, ErrForm) {
					t.Errorf("mask of a value without one: got %v, want ErrForm", err)
				}
			case plain.Full == nil:
				if text != "" || !cleared || err != nil {
					t.Errorf("mask of null: got %q, %v, %v", text, cleared, err)
				}
			case text != plain.Mask || cleared || err != nil:
				t.Errorf("mask: got %q, %v, %v, want %q", text, cleared, err, plain.Mask)
			}
		})
	}
}

// cannotOpen fails unless both parts stay shut.
func cannotOpen(t *testing.T, what string, r *Ring, p Place, salt [32]byte, sealed []byte) {
	t.Helper()
	if _, err := r.Open(p, salt, sealed); err == nil {
		t.Fatalf("%s: the full part opens", what)
	} else if !errors.Is(err, canon.ErrSealed) && !errors.Is(err, ErrForm) && !errors.Is(err, ErrNoKey) {
		t.Fatalf("%s: error of another kind: %v", what, err)
	}
	if _, _, err := r.OpenMask(p, salt, sealed); err == nil {
		t.Fatalf("%s: the mask part opens", what)
	}
}

// AT30: copied to another customer, field, version, part, workspace.
func TestSE2_AT2_AT30_movedNeverOpens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	sealed := f.seal(t, 1, f.phone(t, "13812905678"))

	other := f.place
	other.Doc[0] ^= 1
	cannotOpen(t, "other customer", f.ring, other, f.salt, sealed)
	other = f.place
	other.Key = "f:phone"
	cannotOpen(t, "other field", f.ring, other, f.salt, sealed)
	other = f.place
	other.Section = "finance"
	cannotOpen(t, "other section", f.ring, other, f.salt, sealed)
	salt := f.salt
	salt[31] ^= 1
	cannotOpen(t, "other salt", f.ring, f.place, salt, sealed)

	version := bytes.Clone(sealed)
	version[5] = 2
	cannotOpen(t, "other version", f.ring, f.place, f.salt, version)

	w := f.w
	w[0] ^= 1
	elsewhere := NewRing(w)
	for v := uint32(1); v <= 2; v++ {
		k, _ := f.ring.Key("contact", v)
		add(t, elsewhere, k)
	}
	cannotOpen(t, "other workspace", elsewhere, f.place, f.salt, sealed)

	// The two parts exchanged: same lengths, same place, other part number.
	p, err := parse(f.seal(t, 1, Plain{Full: Text("same length"), HasMask: true, Mask: "same length"}))
	if err != nil {
		t.Fatal(err)
	}
	swapped := bytes.Clone(p.head)
	for _, part := range [][]byte{p.mask, p.full} {
		swapped = append(append(swapped, 0, byte(len(part))), part...)
	}
	if _, err := ReadForm(swapped); err != nil {
		t.Fatalf("the exchanged value is not of the right form: %v", err)
	}
	cannotOpen(t, "parts exchanged", f.ring, f.place, f.salt, swapped)
}

// AT30: truncated at each length, each bit flipped, flags and token changed.
func TestSE2_AT30_changedNeverOpens(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	plain := f.phone(t, "13812905678")
	for name, p := range map[string]Plain{
		"all parts": plain,
		"token":     {Full: plain.Full, Token: plain.Token},
		"mask":      {Full: plain.Full, HasMask: true, Mask: plain.Mask},
		"full":      {Full: plain.Full},
		"long":      {Full: Text(strings.Repeat("客户", 40)), HasMask: true, Mask: "客**"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sealed := f.seal(t, 1, p)
			form, err := parse(sealed)
			if err != nil {
				t.Fatal(err)
			}
			for n := range sealed {
				if _, err := f.ring.Open(f.place, f.salt, sealed[:n]); !errors.Is(err, ErrForm) {
					t.Fatalf("cut to %d of %d bytes: got %v, want ErrForm", n, len(sealed), err)
				}
			}
			if _, err := f.ring.Open(f.place, f.salt, append(bytes.Clone(sealed), 0)); !errors.Is(err, ErrForm) {
				t.Fatalf("one byte more: got %v, want ErrForm", err)
			}
			fullEnd := len(form.head) + 2 + len(form.full)
			for bit := range len(sealed) * 8 {
				changed := bytes.Clone(sealed)
				changed[bit/8] ^= 1 << (bit % 8)
				_, fullErr := f.ring.Open(f.place, f.salt, changed)
				_, _, maskErr := f.ring.OpenMask(f.place, f.salt, changed)
				// Each part is sealed for itself: damage inside one leaves the other.
				if fullErr == nil && bit/8 < fullEnd {
					t.Fatalf("bit %d flipped: the full part opens", bit)
				}
				inFull := bit/8 >= len(form.head)+2 && bit/8 < fullEnd
				if maskErr == nil && !inFull {
					t.Fatalf("bit %d flipped: the mask part opens", bit)
				}
			}
		})
	}
}

// Two values sealed alike share nothing that shows it.
func TestSE2_equalValuesDiffer(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	a, b := f.seal(t, 1, f.phone(t, "13812905678")), f.seal(t, 1, f.phone(t, "13812905678"))
	pa, _ := parse(a)
	pb, _ := parse(b)
	if bytes.Equal(pa.full, pb.full) || bytes.Equal(pa.mask, pb.mask) {
		t.Error("two sealings of one value are equal")
	}
}

func TestPO3_AT29_maskKeyOpensMasksOnly(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	full, _ := f.ring.Key("contact", 1)
	m := NewRing(f.w)
	add(t, m, full.Masked(f.w))
	if v, kind, ok := m.Newest("contact"); v != 1 || kind != Mask || !ok {
		t.Errorf("Newest: got %d, %d, %v", v, kind, ok)
	}
	sealed := f.seal(t, 1, f.phone(t, "13812905678"))
	if text, _, err := m.OpenMask(f.place, f.salt, sealed); text != "138****5678" || err != nil {
		t.Errorf("mask: got %q, %v", text, err)
	}
	if _, err := m.Open(f.place, f.salt, sealed); !errors.Is(err, ErrNoKey) {
		t.Errorf("full part: got %v, want ErrNoKey", err)
	}
	if _, err := m.Seal(f.place, 1, f.salt, Plain{Full: Text("x")}); !errors.Is(err, ErrNoKey) {
		t.Errorf("seal: got %v, want ErrNoKey", err)
	}
	// AT29: a changed program that uses M as if it were K opens no full part.
	forged := NewRing(f.w)
	add(t, forged, SectionKey{Section: "contact", Version: 1, Kind: Full, Key: full.Masked(f.w).Key})
	cannotOpen(t, "mask key as full key", forged, f.place, f.salt, sealed)
}

func TestSE4_AT39_limits(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	largest := Text(strings.Repeat("9", MaxPlain-3)) // 3 bytes of CBOR head
	token, err := RandomToken(source(2), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	sealed := f.seal(t, 1, Plain{Full: largest, HasMask: true, Mask: strings.Repeat("*", MaxMask), Token: &token})
	if _, err := ReadForm(sealed); err != nil || len(sealed) > MaxSealed {
		t.Errorf("largest value: %d bytes, %v", len(sealed), err)
	}
	if got, err := f.ring.Open(f.place, f.salt, sealed); err != nil || !bytes.Equal(got, largest) {
		t.Errorf("largest value does not come back: %v", err)
	}
	for name, c := range map[string]struct {
		plain Plain
		want  error
	}{
		"one byte more":       {Plain{Full: Text(strings.Repeat("9", MaxPlain-2))}, ErrTooLarge},
		"1,000,000 digits":    {Plain{Full: Text(strings.Repeat("9", 1_000_000))}, ErrTooLarge},
		"mask too long":       {Plain{Full: Text("x"), HasMask: true, Mask: strings.Repeat("*", MaxMask+1)}, ErrTooLarge},
		"no CBOR":             {Plain{Full: []byte("13812905678")}, ErrValue},
		"empty bytes":         {Plain{Full: []byte{}}, ErrValue},
		"two values":          {Plain{Full: append(Text("a"), Text("b")...)}, ErrValue},
		"not shortest form":   {Plain{Full: []byte{0x18, 0x01}}, ErrValue},
		"text in longer form": {Plain{Full: []byte{0x78, 0x01, 'a'}}, ErrValue},
		"no UTF-8":            {Plain{Full: []byte{0x61, 0xff}}, ErrValue},
		"mask no UTF-8":       {Plain{Full: Text("x"), HasMask: true, Mask: "\xff"}, ErrValue},
		"token without norm":  {Plain{Full: Text("x"), Token: &Token{Lookup: 1}}, ErrValue},
	} {
		if _, err := f.ring.Seal(f.place, 1, f.salt, c.plain); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// KY6: what is not the held version is refused, never sealed with another.
func TestKY6_sealsWithTheNamedVersion(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, v := range []uint32{0, 3} {
		if _, err := f.ring.Seal(f.place, v, f.salt, Plain{}); !errors.Is(err, ErrNoKey) {
			t.Errorf("version %d: got %v, want ErrNoKey", v, err)
		}
	}
}

// What was sealed by a holder of the key who does not keep to the form is not
// handed out.
func TestSE3_dishonestPlaintextDoesNotOpen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	key, _ := f.ring.key("contact", 1, Full)
	for name, padded := range map[string][]byte{
		"no padding":       bytes.Repeat([]byte{1}, 16),
		"zeros":            make([]byte, 16),
		"padding of 17":    append(pad(Text("x"))[:16:16], make([]byte, 16)...),
		"not CBOR":         pad([]byte{0xff}),
		"empty":            pad(nil),
		"two values":       pad(append(Text("a"), Text("b")...)),
		"indefinite":       pad([]byte{0x7f, 0x61, 'a', 0xff}),
		"longer form":      pad([]byte{0x78, 0x01, 'a'}),
		"no UTF-8":         pad([]byte{0x61, 0xff}),
		"one over 16 KiB":  pad(Text(strings.Repeat("9", MaxPlain-2))),
		"deeper than nine": pad(append(bytes.Repeat([]byte{0x81}, 12), 0x01)),
	} {
		head := []byte{formVersion, 0, 0, 0, 0, 1}
		sealed := canon.Seal(f.ring.valueKey(f.place, 1, f.salt, key), f.ring.aad(f.place, Full, head), padded)
		value := append(append(head, byte(len(sealed)>>8), byte(len(sealed))), sealed...)
		if _, err := ReadForm(value); err != nil {
			t.Errorf("%s: not of the right form, the test proves nothing: %v", name, err)
		}
		if _, err := f.ring.Open(f.place, f.salt, value); !errors.Is(err, canon.ErrSealed) {
			t.Errorf("%s: got %v, want ErrSealed", name, err)
		}
	}
}

func TestSE0_commitment(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	want := Commitment(f.w, f.doc, f.salt)
	w, doc, salt := f.w, f.doc, f.salt
	w[0]++
	doc[0]++
	salt[0]++
	for name, got := range map[string]canon.Hash{
		"workspace": Commitment(w, f.doc, f.salt),
		"customer":  Commitment(f.w, doc, f.salt),
		"salt":      Commitment(f.w, f.doc, salt),
	} {
		if got == want {
			t.Errorf("another %s has the same commitment", name)
		}
	}
}
