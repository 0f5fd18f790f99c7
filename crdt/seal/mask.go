package seal

import (
	"strings"
	"unicode/utf8"
)

// MaskRule names how much of a value its mask shows (SE7). It stands in the
// charter's field statement.
type MaskRule string

// The mask rules, by the words that stand in the charter.
const (
	MaskPhone    MaskRule = "phone"    // first 3 and last 4
	MaskIdentity MaskRule = "identity" // first 4 and last 4
	MaskBank     MaskRule = "bank"     // last 4
	MaskEmail    MaskRule = "email"    // first character and domain
	MaskName     MaskRule = "name"     // first character
	MaskAmount   MaskRule = "amount"   // nothing, no mask part
	MaskNone     MaskRule = "none"     // nothing, no mask part
)

// Valid tells whether the rule is one of those above.
func (r MaskRule) Valid() bool { return r.HasPart() || r == MaskAmount || r == MaskNone }

// HasPart tells whether values under the rule carry a mask part (GA14). Where
// nothing is shown there is none.
func (r MaskRule) HasPart() bool {
	switch r {
	case MaskPhone, MaskIdentity, MaskBank, MaskEmail, MaskName:
		return true
	case MaskAmount, MaskNone:
		return false
	default:
		return false
	}
}

const (
	minMasked = 8  // a shorter value shows nothing, but for names (SE7)
	minHidden = 4  // docs/adr/0019: 4+4 of 8 digits would show everything
	maxStars  = 16 // a longer run of stars tells no more
	maxDomain = 200
	dots      = "•••••" // of fixed length: how long the name is stays hidden
)

// MaskText is the mask of a value under a rule; empty where nothing is shown.
// It counts code points and uses no Unicode tables, so that every version of
// the program gives the same text (EC3). A reader who reveals compares it with
// the mask part (SE7).
func MaskText(rule MaskRule, value string) string {
	switch rule {
	case MaskPhone:
		return ends(value, 3, 4)
	case MaskIdentity:
		return ends(value, 4, 4)
	case MaskBank:
		return ends(value, 0, 4)
	case MaskEmail:
		return maskEmail(value)
	case MaskName:
		return maskName(value)
	case MaskAmount, MaskNone:
		return ""
	default:
		return ""
	}
}

// ends shows the first and last characters and a star for each one between.
func ends(value string, first, last int) string {
	runes := []rune(value)
	hidden := len(runes) - first - last
	if len(runes) < minMasked || hidden < minHidden {
		return ""
	}
	return string(runes[:first]) + strings.Repeat("*", min(hidden, maxStars)) + string(runes[len(runes)-last:])
}

func maskEmail(value string) string {
	at := strings.LastIndexByte(value, '@')
	if at < 1 || at == len(value)-1 || len(value)-at > maxDomain || utf8.RuneCountInString(value) < minMasked {
		return ""
	}
	shown := ""
	if utf8.RuneCountInString(value[:at]) > 2 { // one of two characters would be half of the name
		_, n := utf8.DecodeRuneInString(value)
		shown = value[:n]
	}
	return shown + dots + value[at:]
}

func maskName(value string) string {
	n := utf8.RuneCountInString(value)
	if n < 2 {
		return "" // the first of one is all of it
	}
	_, size := utf8.DecodeRuneInString(value)
	return value[:size] + strings.Repeat("*", min(n-1, maxStars))
}
