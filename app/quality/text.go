package quality

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

//go:embed simplified.txt
var simplifiedText string

// simplifiedTable is compiled once from the embedded pairs.
var simplifiedTable = sync.OnceValue(func() map[rune]rune {
	r := []rune(strings.TrimSpace(simplifiedText))
	m := make(map[rune]rune, len(r)/2)
	for i := 0; i+1 < len(r); i += 2 {
		m[r[i]] = r[i+1]
	}
	return m
})

// maxText bounds what a normaliser looks at; longer cells are kept as typed.
const maxText = 4096

// invisible are characters that nobody typed on purpose: zero width, marks of
// direction, controls but line breaks and tabs.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r == 0xAD, r == 0xFEFF, r >= 0x200B && r <= 0x200F, r >= 0x202A && r <= 0x202E, r >= 0x2060 && r <= 0x2069:
		return true
	}
	return unicode.IsControl(r)
}

// typed is the text without outer blanks and invisible characters: what is
// kept when nothing more can be said.
func typed(s string) string {
	if strings.IndexFunc(s, invisible) >= 0 {
		s = strings.Map(func(r rune) rune {
			if invisible(r) {
				return -1
			}
			return r
		}, s)
	}
	return strings.TrimFunc(s, unicode.IsSpace)
}

// Trim takes outer blanks and invisible characters off.
func Trim(s string) string { return typed(s) }

// half folds one full-width character to ASCII, and every blank to a space.
func half(r rune) rune {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return r - 0xFEE0
	case unicode.IsSpace(r):
		return ' '
	}
	switch r {
	case '－', '‐', '‑', '‒', '–', '—', '―', '−', '﹣':
		return '-'
	case '￥':
		return '¥'
	case '。', '．':
		return '.'
	}
	return r
}

// fold brings the text of a code or number to plain characters: no invisible
// ones, half-width, blanks as single spaces, none outside, no apostrophe that a
// spreadsheet puts before digits.
func fold(s string) string {
	s = strings.Map(half, typed(s))
	s = strings.TrimLeft(s, "'’‘` ")
	if strings.Contains(s, "  ") {
		s = strings.Join(strings.Fields(s), " ")
	}
	return strings.TrimSpace(s)
}

// letters folds full-width letters and digits only, for running text whose
// punctuation stays as written.
func letters(r rune) rune {
	switch {
	case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
		return r - 0xFEE0
	case r == 0xA0 || r == 0x3000:
		return ' '
	}
	return r
}

// Empty says whether a cell only says that there is nothing: blanks, a dash, a
// slash, 无, N/A, NULL or an error of a formula.
func Empty(s string) bool {
	if len(s) > 256 {
		return false
	}
	if s = fold(s); len(s) > 24 {
		return false
	}
	switch strings.ToUpper(Simplified(s)) {
	case "", "-", "--", "---", "/", "//", "\\", "|", ".", "..", "...", "…", "*", "?", "_", "~",
		"无", "暂无", "没有", "未填", "未填写", "空", "不详", "未知", "待补充", "待定", "(空)", "(无)",
		"N/A", "NA", "NULL", "(NULL)", "NIL", "NONE", "NAN", "UNDEFINED",
		"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!":
		return true
	}
	return strings.Trim(s, "#") == "" // a column too narrow, copied as shown
}

// Simplified turns traditional characters into simplified ones, but those that
// stand in simplified text as well.
func Simplified(s string) string {
	t := simplifiedTable()
	changed := false
	out := strings.Map(func(r rune) rune {
		if r < 0x3400 {
			return r
		}
		if x, ok := t[r]; ok {
			changed = true
			return x
		}
		return r
	}, s)
	if !changed {
		return s
	}
	return out
}

func han(r rune) bool { return r >= 0x3400 && unicode.Is(unicode.Han, r) }

func hasHan(s string) bool { return strings.IndexFunc(s, han) >= 0 }

func digit(c byte) bool { return c >= '0' && c <= '9' }

func allDigits(s string) bool {
	for i := range len(s) {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}

// without drops every character of cut.
func without(s, cut string) string {
	if !strings.ContainsAny(s, cut) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(cut, r) {
			return -1
		}
		return r
	}, s)
}

// closeHan drops blanks that do not stand between two Latin words.
func closeHan(s string) string {
	if strings.IndexFunc(s, unicode.IsSpace) < 0 {
		return s
	}
	f := strings.Fields(s)
	var b strings.Builder
	for i, w := range f {
		if i > 0 && latinEnd(f[i-1]) && latinStart(w) {
			b.WriteByte(' ')
		}
		b.WriteString(w)
	}
	return b.String()
}

func latinEnd(s string) bool {
	c := s[len(s)-1]
	return c < 0x80 && c != ')' && c != '('
}

func latinStart(s string) bool { return s[0] < 0x80 && s[0] != ')' && s[0] != '(' }

// Plain normalises running text: invisible characters and outer blanks go, full
// width letters and digits become plain ones, everything else stays as written.
func Plain(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	return finish(c.Text, strings.TrimFunc(strings.Map(letters, typed(c.Text)), unicode.IsSpace), nil)
}

// Street normalises the part of an address after the district: like Plain, and
// without blanks that do not part Latin words.
func Street(c Cell) Result {
	r := Plain(c)
	if r.Value == "" {
		return r
	}
	return finish(c.Text, closeHan(r.Value), nil)
}
