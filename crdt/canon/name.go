package canon

import "unicode/utf8"

// MaxName is the longest name in code points (ID6).
const MaxName = 64

// ValidID tells whether s may be the id of a section, field, role or
// department (ID3): [a-z][a-z0-9_]{0,31}. Every key of every change is asked.
func ValidID(s string) bool {
	if s == "" || len(s) > 32 || s[0] < 'a' || s[0] > 'z' {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// hidden lists the code points that no name may hold (ID6): controls,
// invisible characters, marks that change direction, variation selectors. The
// list is part of the format and does not follow Unicode's tables (EC3).
var hidden = [][2]rune{
	{0x0000, 0x001F},
	{0x007F, 0x009F},
	{0x00AD, 0x00AD},
	{0x061C, 0x061C},
	{0x180E, 0x180E},
	{0x200B, 0x200F},
	{0x2028, 0x202E},
	{0x2060, 0x206F},
	{0xFE00, 0xFE0F},
	{0xFEFF, 0xFEFF},
	{0xFFF9, 0xFFFB},
	{0xE0000, 0xE0FFF},
}

// ValidName tells whether s may be the name of a member, device, department,
// section or role (ID6).
func ValidName(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	runes := []rune(s)
	if len(runes) == 0 || len(runes) > MaxName || edgeSpace(runes[0]) || edgeSpace(runes[len(runes)-1]) {
		return false
	}
	for _, r := range runes {
		for _, span := range hidden {
			if r >= span[0] && r <= span[1] {
				return false
			}
		}
	}
	return true
}

func edgeSpace(r rune) bool { return r == 0x0020 || r == 0x3000 }
