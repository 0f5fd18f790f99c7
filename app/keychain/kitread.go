package keychain

import (
	"fmt"
	"strings"
)

// KitMistake is what is probably wrong with a kit code that was typed in.
type KitMistake uint8

// The kinds of mistakes, from the surest to the least sure.
const (
	// KitLength: too many or too few characters.
	KitLength KitMistake = iota + 1
	// KitLetter: a character that no code has.
	KitLetter
	// KitSwapped: two groups changed places.
	KitSwapped
	// KitCharacter: one character is wrong, or two neighbours changed places.
	KitCharacter
	// KitUnlike: more than that is wrong.
	KitUnlike
)

// KitError says why text is not a kit code, by kind and place, never by its
// characters.
type KitError struct {
	Mistake KitMistake
	// Group is where, from 1, as far as it is known: the group of the wrong
	// character, or the first of two swapped groups. Other is the second.
	Group, Other int
}

// Error says it in words.
func (e *KitError) Error() string {
	switch e.Mistake {
	case KitLength:
		return fmt.Sprintf("kit code: not %d characters", kitChars)
	case KitLetter:
		return fmt.Sprintf("kit code: a character in group %d that no code has", e.Group)
	case KitSwapped:
		return fmt.Sprintf("kit code: groups %d and %d have probably changed places", e.Group, e.Other)
	case KitCharacter:
		return fmt.Sprintf("kit code: probably a wrong character in group %d", e.Group)
	case KitUnlike:
		return "kit code: more than one mistake"
	default:
		return "kit code: wrong"
	}
}

// ParseKit reads a kit code: any case, O for 0, I and L for 1, spaces and
// hyphens anywhere (LV7). A code that fails its check gives a *KitError and no
// kit: the likely mistake is told and never repaired, so that no key is tried
// that the person did not type.
func ParseKit(text string) (*Kit, error) {
	chars, bad := foldKit(text)
	if bad >= 0 {
		return nil, &KitError{Mistake: KitLetter, Group: min(bad/KitGroupSize+1, KitGroups)}
	}
	if len(chars) != kitChars {
		return nil, &KitError{Mistake: KitLength}
	}
	defer clear(chars)
	secret, ok := kitSecret(chars)
	if !ok {
		return nil, diagnose(chars)
	}
	return kitOf(secret)
}

// foldKit returns the characters that count, and the place of the first one
// that is none, or -1.
func foldKit(text string) (chars []byte, bad int) {
	chars = make([]byte, 0, kitChars)
	for _, r := range strings.ToUpper(text) {
		switch r {
		case ' ', '-', '\t', '\r', '\n', '\u3000', '\u2010', '\u2011', '\u2013', '\u2014', '\uff0d':
			continue
		case 'O':
			r = '0'
		case 'I', 'L':
			r = '1'
		}
		if r >= 0x80 || strings.IndexByte(kitAlphabet, byte(r)) < 0 {
			return nil, len(chars)
		}
		if len(chars) > kitChars {
			continue // the length is wrong already
		}
		chars = append(chars, byte(r))
	}
	return chars, -1
}

// kitSecret is the secret of 30 characters, if the check fits.
func kitSecret(chars []byte) (secret [16]byte, ok bool) {
	var acc uint64
	bits, n := 0, 0
	for _, c := range chars {
		acc, bits = acc<<5|uint64(strings.IndexByte(kitAlphabet, c)), bits+5
		if n < len(secret) && bits >= 8 {
			secret[n] = byte(acc >> (bits - 8))
			n, bits = n+1, bits-8
		}
	}
	return secret, uint32(acc)&(1<<kitCheckBits-1) == kitCheck(secret)
}

// diagnose tries the usual mistakes. The check has 22 bits, so one of the
// about 1,000 repairs passes by chance once in 4,000 wrong codes.
func diagnose(chars []byte) *KitError {
	try := make([]byte, kitChars)
	passes := func() bool { _, ok := kitSecret(try); return ok }
	defer clear(try)
	for i := range KitGroups {
		for j := i + 1; j < KitGroups; j++ {
			copy(try, chars)
			copy(try[i*KitGroupSize:(i+1)*KitGroupSize], chars[j*KitGroupSize:])
			copy(try[j*KitGroupSize:(j+1)*KitGroupSize], chars[i*KitGroupSize:])
			if passes() {
				return &KitError{Mistake: KitSwapped, Group: i + 1, Other: j + 1}
			}
		}
	}
	for i := range chars {
		copy(try, chars)
		for c := range len(kitAlphabet) {
			try[i] = kitAlphabet[c]
			if passes() {
				return &KitError{Mistake: KitCharacter, Group: i/KitGroupSize + 1}
			}
		}
		copy(try, chars)
		if i+1 < len(chars) {
			try[i], try[i+1] = chars[i+1], chars[i]
			if passes() {
				return &KitError{Mistake: KitCharacter, Group: i/KitGroupSize + 1}
			}
		}
	}
	return &KitError{Mistake: KitUnlike}
}
