package seal

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// build writes a sealed value of any form, right or wrong.
func build(version, flags byte, v uint32, token []byte, parts ...int) []byte {
	b := binary.BigEndian.AppendUint32([]byte{version, flags}, v)
	b = append(b, token...)
	for _, n := range parts {
		b = binary.BigEndian.AppendUint16(b, uint16(n))
		b = append(b, bytes.Repeat([]byte{0xaa}, n)...)
	}
	return b
}

// AT31: what is not of the one form is refused without a key.
func TestSE1_formIsStrict(t *testing.T) {
	t.Parallel()
	token := []byte{1, 1, 7, 8, 9}
	const short, block = 28, 28 + 16
	for name, b := range map[string][]byte{
		"full":           build(1, 0, 1, nil, block),
		"mask":           build(1, 1, 1, nil, block, block),
		"token":          build(1, 2, 9, token, block),
		"both":           build(1, 3, 1<<32-1, token, block, block+16),
		"largest parts":  build(1, 3, 1, token, 28+16400, 28+272),
		"largest entry":  build(1, 0, 1, nil, 28+16400),
		"widest version": build(1, 0, 1<<32-1, nil, block),
	} {
		if _, err := ReadForm(b); err != nil {
			t.Errorf("%s: got %v, want none", name, err)
		}
	}
	for name, b := range map[string][]byte{
		"nothing":                   {},
		"text":                      []byte("13812905678"),
		"format 0":                  build(0, 0, 1, nil, block),
		"format 2":                  build(2, 0, 1, nil, block),
		"unknown flag":              build(1, 4, 1, nil, block),
		"all flags":                 build(1, 0xff, 1, token, block, block),
		"version 0":                 build(1, 0, 0, nil, block),
		"no part":                   build(1, 0, 1, nil),
		"half a length":             append(build(1, 0, 1, nil), 0),
		"empty part":                build(1, 0, 1, nil, 0),
		"no plaintext":              build(1, 0, 1, nil, short),
		"15 bytes of plaintext":     build(1, 0, 1, nil, block-1),
		"17 bytes of plaintext":     build(1, 0, 1, nil, block+1),
		"over 16 KiB":               build(1, 0, 1, nil, 28+16416),
		"mask missing":              build(1, 1, 1, nil, block),
		"mask without its flag":     build(1, 0, 1, nil, block, block),
		"mask of 15 bytes":          build(1, 1, 1, nil, block, block-1),
		"mask over its limit":       build(1, 1, 1, nil, block, 28+288),
		"three parts":               build(1, 1, 1, nil, block, block, block),
		"token missing":             build(1, 2, 1, nil, block),
		"token without its flag":    build(1, 0, 1, token, block),
		"token of norm 0":           build(1, 2, 1, []byte{0, 1, 7, 8, 9}, block),
		"token of lookup version 0": build(1, 2, 1, []byte{1, 0, 7, 8, 9}, block),
		"length over the end":       append(build(1, 0, 1, nil), 0, block, 1, 2, 3),
	} {
		if form, err := ReadForm(b); !errors.Is(err, ErrForm) || form != (Form{}) {
			t.Errorf("%s: got %v, %v, want ErrForm", name, form, err)
		}
	}
}

func FuzzReadForm(f *testing.F) {
	f.Add(build(1, 0, 1, nil, 44))
	f.Add(build(1, 3, 2, []byte{1, 1, 7, 8, 9}, 44, 60))
	f.Add(build(1, 1, 1, nil, 28+16400, 28+272))
	f.Add([]byte{})
	fx := newFixture(f)
	f.Add(fx.seal(f, 1, fx.phone(f, "13812905678")))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parse(b)
		if err != nil {
			return
		}
		// What passes is exactly its parts and nothing else.
		again := bytes.Clone(p.head)
		again = append(binary.BigEndian.AppendUint16(again, uint16(len(p.full))), p.full...)
		if p.HasMask {
			again = append(binary.BigEndian.AppendUint16(again, uint16(len(p.mask))), p.mask...)
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%x was read as %x", b, again)
		}
		if _, err := fx.ring.Open(fx.place, fx.salt, b); err == nil && p.Version > 2 {
			t.Errorf("version %d opened", p.Version)
		}
	})
}

func TestUnpad(t *testing.T) {
	t.Parallel()
	for n := range 100 {
		b := bytes.Repeat([]byte{0x80}, n) // the marker itself as content
		padded := pad(b)
		if len(padded)%16 != 0 || len(padded) <= n || len(padded) > n+16 {
			t.Errorf("%d bytes padded to %d", n, len(padded))
		}
		if got, ok := unpad(padded); !ok || !bytes.Equal(got, b) {
			t.Errorf("%d bytes: got %x, %v", n, got, ok)
		}
	}
}
