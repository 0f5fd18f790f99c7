package quality

import "strings"

// number reads a decimal, possibly in scientific notation, exactly: the digits
// without sign and point, and the place of the point counted from the left.
// ok is false when s is nothing of that kind.
func number(s string) (digits string, point int, negative, scientific, ok bool) {
	if strings.HasPrefix(s, "-") || strings.HasPrefix(s, "+") {
		negative = s[0] == '-'
		s = s[1:]
	}
	mantissa, exp, found := s, "", false
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exp, found = s[:i], s[i+1:], true
	}
	whole, frac, hasPoint := strings.Cut(mantissa, ".")
	if whole == "" && frac == "" || strings.Trim(whole+frac, "0123456789") != "" || hasPoint && whole == "" {
		return "", 0, false, false, false
	}
	point = len(whole)
	if found {
		n, good := exponent(exp)
		if !good {
			return "", 0, false, false, false
		}
		point += n
	}
	return whole + frac, point, negative, found, true
}

func exponent(s string) (int, bool) {
	sign := 1
	switch {
	case strings.HasPrefix(s, "+"):
		s = s[1:]
	case strings.HasPrefix(s, "-"):
		s, sign = s[1:], -1
	}
	if s == "" || len(s) > 2 || !allDigits(s) {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n * sign, true
}

// scientificText says whether a text shows a number in scientific notation, of
// which a spreadsheet has thrown digits away.
func scientificText(s string) bool {
	_, _, _, sci, ok := number(strings.ReplaceAll(s, " ", ""))
	return ok && sci
}

// exactDigits: integers of up to 15 digits are exact, beyond that a spreadsheet's
// numbers are no longer what was typed.
const exactDigits = 15

// plainDigits turns the cell of a number that stands for a code (phone,
// account, identity number) into its digits. damaged means that digits are
// lost; nothing is guessed then.
func plainDigits(c Cell) (s string, damaged bool) {
	s = fold(c.Text)
	if !c.Number {
		return s, scientificText(s)
	}
	d, point, negative, _, ok := number(s)
	if !ok || negative {
		return s, false
	}
	d = strings.TrimRight(d, "0")
	if point < len(d) {
		return s, false
	}
	d = strings.TrimLeft(d+strings.Repeat("0", point-len(d)), "0")
	if len(d) > exactDigits {
		return s, true
	}
	return d, false
}
