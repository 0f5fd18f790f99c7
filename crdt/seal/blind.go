package seal

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
	"sort"

	"tongce/crdt/canon"
)

// Blind is the blind token of a normalised value: 24 bits on purpose (LO2,
// LO3). norm is the number of the normalisation, from 1.
func Blind(lookup [32]byte, w canon.WorkspaceID, class string, norm uint8, normalised string) [3]byte {
	m := append(canon.DomainBlind.Tag(), w[:]...)
	m = append(canon.AppendLP(m, []byte(class)), norm)
	m = canon.AppendLP(m, []byte(normalised))
	mac := hmac.New(sha256.New, lookup[:])
	mac.Write(m)
	return [3]byte(mac.Sum(nil))
}

// Token is the blind token of a normalised value under the newest lookup key.
// It returns ErrNoKey without one, and for a version over 255, which the form
// has no room for.
func (r *Ring) Token(class string, norm uint8, normalised string) (Token, error) {
	v, _, _ := r.Newest(SectionLookup)
	return r.token(v, class, norm, normalised)
}

// Tokens are the blind tokens of a value under every lookup key held, newest
// first: what an asker sends after a rotation (LO5).
func (r *Ring) Tokens(class string, norm uint8, normalised string) []Token {
	r.mu.RLock()
	versions := make([]uint32, 0, len(r.sections[SectionLookup]))
	for v := range r.sections[SectionLookup] {
		versions = append(versions, v)
	}
	r.mu.RUnlock()
	sort.Slice(versions, func(i, j int) bool { return versions[i] > versions[j] })
	var tokens []Token
	for _, v := range versions {
		if t, err := r.token(v, class, norm, normalised); err == nil {
			tokens = append(tokens, t)
		}
	}
	return tokens
}

func (r *Ring) token(version uint32, class string, norm uint8, normalised string) (Token, error) {
	key, ok := r.key(SectionLookup, version, Full)
	if !ok || version == 0 || version > 255 {
		return Token{}, fmt.Errorf("lookup key %d: %w", version, ErrNoKey)
	}
	return Token{Norm: norm, Lookup: uint8(version), Bits: Blind(key, r.w, class, norm, normalised)}, nil
}

// RandomToken stands in a value that has nothing to look up, such as a sealed
// null: the gate asks for a token wherever the field has a class and cannot
// see the value, and a fixed one would tell the relay which fields were
// cleared (docs/adr/0018).
func RandomToken(random io.Reader, norm, lookup uint8) (Token, error) {
	t := Token{Norm: norm, Lookup: lookup}
	if _, err := io.ReadFull(random, t.Bits[:]); err != nil {
		return Token{}, fmt.Errorf("random token: %w", err)
	}
	return t, nil
}
