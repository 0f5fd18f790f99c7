package quality

import "strings"

const (
	usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	idLength     = 18
)

// usccWeight of GB 32100-2015: powers of three modulo 31.
var usccWeight = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

var idWeight = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

// ValidUSCC says whether s has the 18 characters of a unified social credit
// code and the right check character.
func ValidUSCC(s string) bool {
	if len(s) != idLength {
		return false
	}
	sum := 0
	for i := range 17 {
		v := strings.IndexByte(usccAlphabet, s[i])
		if v < 0 {
			return false
		}
		sum += v * usccWeight[i]
	}
	return s[17] == usccAlphabet[(31-sum%31)%31]
}

// ValidID says whether s is an 18-character identity number with a real date
// of birth and the right check character.
func ValidID(s string) bool {
	if len(s) != idLength || !allDigits(s[:17]) || s[0] == '0' {
		return false
	}
	sum := 0
	for i := range 17 {
		sum += int(s[i]-'0') * idWeight[i]
	}
	if s[17] != "10X98765432"[sum%11] {
		return false
	}
	_, code := ymd(atoi(s[6:10]), atoi(s[10:12]), atoi(s[12:14]))
	return code == ""
}

// unlabel drops a label before a value: 税号：..., 信用代码 ..., No: ....
func unlabel(s string) string {
	if i := strings.LastIndexByte(s, ':'); i >= 0 && !strings.ContainsAny(s[:i], "0123456789") {
		s = s[i+1:]
	}
	return strings.TrimLeftFunc(s, func(r rune) bool { return han(r) || strings.ContainsRune(" :()", r) })
}

// USCC normalises a unified social credit code. O and I, which its alphabet
// does not have, become 0 and 1 where the check character proves it. Codes:
// number_damaged, uscc_short, uscc_long, uscc_old (15 digits of the former
// registration), uscc_chars, uscc_check.
func USCC(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s, damaged := plainDigits(c)
	if damaged {
		return bad(c.Text, "number_damaged")
	}
	s = without(strings.ToUpper(unlabel(s)), " -_.·")
	if ValidUSCC(s) {
		return finish(c.Text, s, nil)
	}
	if t := strings.NewReplacer("O", "0", "I", "1").Replace(s); t != s && ValidUSCC(t) {
		return finish(c.Text, t, []string{"letter_for_digit"})
	}
	switch {
	case len(s) == 15 && allDigits(s):
		return bad(c.Text, "uscc_old")
	case strings.IndexFunc(s, func(r rune) bool { return r > 'Z' }) >= 0:
		return bad(c.Text, "uscc_chars")
	case len(s) < idLength:
		return bad(c.Text, "uscc_short")
	case len(s) > idLength:
		return bad(c.Text, "uscc_long")
	case strings.Trim(s, usccAlphabet) != "":
		return bad(c.Text, "uscc_chars")
	}
	return bad(c.Text, "uscc_check")
}

// IDNumber normalises an identity number. Codes: number_damaged, id_short,
// id_long, id_old (15 digits), id_chars, id_check.
func IDNumber(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s, damaged := plainDigits(c)
	if damaged {
		return bad(c.Text, "number_damaged")
	}
	s = without(strings.ToUpper(unlabel(s)), " -_.·")
	if len(s) == idLength && s[17:] != "X" {
		s = strings.ReplaceAll(s, "×", "X")
	}
	switch {
	case ValidID(s):
		return finish(c.Text, s, nil)
	case len(s) == 15 && allDigits(s):
		return bad(c.Text, "id_old")
	case strings.Trim(s, "0123456789X") != "":
		return bad(c.Text, "id_chars")
	case len(s) < idLength:
		return bad(c.Text, "id_short")
	case len(s) > idLength:
		return bad(c.Text, "id_long")
	}
	return bad(c.Text, "id_check")
}

// Reference normalises a contract number: capitals, no blanks. HT and nine
// digits get the hyphens of HT-2024-01234 back.
func Reference(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	if len(c.Text) > maxText {
		return Plain(c)
	}
	s := without(strings.ToUpper(fold(c.Text)), " ")
	if d, ok := strings.CutPrefix(s, "HT"); ok && len(d) == 9 && allDigits(d) && strings.HasPrefix(d, "20") {
		s = "HT-" + d[:4] + "-" + d[4:]
	}
	return finish(c.Text, s, nil)
}
