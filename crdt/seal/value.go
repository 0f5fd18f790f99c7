package seal

import (
	"encoding/binary"
	"fmt"

	"tongce/crdt/canon"
)

// Place says where a sealed value belongs; it opens nowhere else (SE2).
type Place struct {
	Doc     canon.DocID
	Section string
	Key     string // the whole document key, such as "f:mobile"
}

// Plain is what is sealed into one value.
type Plain struct {
	// Full is the canonical CBOR of the value, at most MaxPlain bytes; nil seals
	// null, which is how a field is cleared (PO7).
	Full []byte
	// HasMask adds a mask part: exactly where the field's rule has one (GA14),
	// also when the value is null.
	HasMask bool
	// Mask is the text of the mask part. For a null value the part says null.
	Mask string
	// Token is the blind token, exactly where the field has a class (GA14). A
	// value with nothing to look up carries a RandomToken.
	Token *Token
}

// Seal seals a value with the section's key of the given version, which the
// caller takes from the charter head that the envelope names (KY6). It returns
// ErrNoKey without that full key, ErrTooLarge (SE4), or ErrValue.
func (r *Ring) Seal(p Place, version uint32, salt [32]byte, plain Plain) ([]byte, error) {
	full, mask, err := plain.encode()
	if err != nil {
		return nil, fmt.Errorf("seal %s in %s: %w", p.Key, p.Doc, err)
	}
	key, ok := r.key(p.Section, version, Full)
	if !ok || version == 0 {
		return nil, fmt.Errorf("seal %s/%d in %s: %w", p.Section, version, p.Doc, ErrNoKey)
	}
	maskKey, _ := r.key(p.Section, version, Mask)

	size := headSize + tokenSize + 2 + aeadSize + paddedSize(len(full)) + 2 + aeadSize + paddedSize(len(mask))
	out := append(make([]byte, 0, size), formVersion, 0)
	out = binary.BigEndian.AppendUint32(out, version)
	if plain.HasMask {
		out[1] |= flagMask
	}
	if t := plain.Token; t != nil {
		out[1] |= flagToken
		out = append(out, t.Norm, t.Lookup, t.Bits[0], t.Bits[1], t.Bits[2])
	}
	head := out[:len(out):len(out)]
	out = r.appendPart(out, p, version, salt, key, Full, head, full)
	if plain.HasMask {
		out = r.appendPart(out, p, version, salt, maskKey, Mask, head, mask)
	}
	return out, nil
}

// encode is the CBOR of both parts, checked.
func (p Plain) encode() (full, mask []byte, err error) {
	full = p.Full
	if full == nil {
		full = []byte{null}
	}
	if len(full) > MaxPlain {
		return nil, nil, fmt.Errorf("%d bytes: %w", len(full), ErrTooLarge)
	}
	if !canonical(full) {
		return nil, nil, ErrValue
	}
	if t := p.Token; t != nil && (t.Norm == 0 || t.Lookup == 0) {
		return nil, nil, fmt.Errorf("token: %w", ErrValue)
	}
	switch {
	case !p.HasMask:
		return full, nil, nil
	case IsNull(full):
		return full, []byte{null}, nil
	case len(p.Mask) > MaxMask:
		return nil, nil, fmt.Errorf("mask of %d bytes: %w", len(p.Mask), ErrTooLarge)
	}
	mask, err = canon.Marshal(p.Mask)
	if err != nil || !canonical(mask) {
		return nil, nil, fmt.Errorf("mask: %w", ErrValue)
	}
	return full, mask, nil
}

func (r *Ring) appendPart(
	out []byte, p Place, version uint32, salt, section [32]byte, part Kind, head, plain []byte,
) []byte {
	sealed := canon.Seal(r.valueKey(p, version, salt, section), r.aad(p, part, head), pad(plain))
	out = binary.BigEndian.AppendUint16(out, uint16(len(sealed)))
	return append(out, sealed...)
}

// Open opens the full part: the canonical CBOR of the value (see IsNull,
// ReadText). It returns ErrForm, ErrNoKey, or canon.ErrSealed for whatever
// Seal did not make for this place with this salt (SE2).
func (r *Ring) Open(p Place, salt [32]byte, sealed []byte) ([]byte, error) {
	return r.open(p, salt, sealed, Full)
}

// OpenMask opens the mask part. cleared tells that the value is null. It
// returns ErrForm also where there is no mask part.
func (r *Ring) OpenMask(p Place, salt [32]byte, sealed []byte) (text string, cleared bool, err error) {
	value, err := r.open(p, salt, sealed, Mask)
	if err != nil {
		return "", false, err
	}
	if IsNull(value) {
		return "", true, nil
	}
	text, ok := ReadText(value)
	if !ok {
		return "", false, fmt.Errorf("mask of %s in %s: %w", p.Key, p.Doc, canon.ErrSealed)
	}
	return text, false, nil
}

func (r *Ring) open(p Place, salt [32]byte, sealed []byte, part Kind) ([]byte, error) {
	form, err := parse(sealed)
	if err != nil {
		return nil, fmt.Errorf("open %s in %s: %w", p.Key, p.Doc, err)
	}
	ciphertext := form.full
	if part == Mask {
		ciphertext = form.mask
		if !form.HasMask {
			return nil, fmt.Errorf("open mask of %s in %s: %w", p.Key, p.Doc, ErrForm)
		}
	}
	key, ok := r.key(p.Section, form.Version, part)
	if !ok {
		return nil, fmt.Errorf("open %s/%d in %s: %w", p.Section, form.Version, p.Doc, ErrNoKey)
	}
	padded, err := canon.Open(r.valueKey(p, form.Version, salt, key), r.aad(p, part, form.head), ciphertext)
	if err != nil {
		return nil, fmt.Errorf("open %s in %s: %w", p.Key, p.Doc, err)
	}
	// The writer held the key but need not be honest: what is inside is checked too.
	value, ok := unpad(padded)
	if !ok || len(value) > MaxPlain || !canonical(value) {
		return nil, fmt.Errorf("open %s in %s: %w", p.Key, p.Doc, canon.ErrSealed)
	}
	return value, nil
}

func (r *Ring) valueKey(p Place, version uint32, salt, section [32]byte) [32]byte {
	info := append(make([]byte, 0, 96), r.w[:]...)
	info = append(sectionInfo(info, p.Section, version), p.Doc[:]...)
	return canon.Derive(section[:], salt[:], canon.DomainValueKey, info)
}

func (r *Ring) aad(p Place, part Kind, head []byte) []byte {
	aad := append(make([]byte, 0, 128), canon.DomainValue...)
	aad = append(append(aad, 0), r.w[:]...)
	aad = canon.AppendLP(append(aad, p.Doc[:]...), []byte(p.Key))
	return append(append(aad, byte(part)), head...)
}

// canonical tells whether b is one value as canon.Marshal writes it.
func canonical(b []byte) bool {
	if len(b) == 0 {
		return false
	}
	if b[0]>>5 == 3 { // nearly all values are texts
		var s string
		return canon.Unmarshal(b, &s) == nil
	}
	var v any
	return canon.Unmarshal(b, &v) == nil
}

// Commitment binds a customer's salt to its creating envelope (SE0).
func Commitment(w canon.WorkspaceID, doc canon.DocID, salt [32]byte) canon.Hash {
	return canon.Sum(canon.DomainSalt, w[:], doc[:], salt[:])
}
