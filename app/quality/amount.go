package quality

import "strings"

// Amount normalises an amount of yuan to 125000.00. It understands 万, w, 亿,
// 千, k, currency words and grouping by three or four. Codes: amount_unknown,
// amount_currency (not yuan), amount_large (over 15 digits before the point),
// amount_groups (doubtful), amount_rounded (doubtful: more than two decimals),
// amount_negative (doubtful: written in parentheses), number_damaged.
func Amount(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s := strings.ToUpper(without(fold(c.Text), " "))
	if len(s) > 64 {
		return bad(c.Text, "amount_unknown")
	}
	code := ""
	if t, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(t, ")") {
		s, code = "-"+strings.TrimSuffix(t, ")"), "amount_negative"
	}
	if strings.ContainsAny(s, "$€£") || strings.HasSuffix(s, "USD") || strings.HasSuffix(s, "美元") || strings.HasSuffix(s, "港币") || strings.HasSuffix(s, "欧元") {
		return bad(c.Text, "amount_currency")
	}
	s, negative := strings.CutPrefix(s, "-")
	for _, p := range []string{"人民币", "RMB", "CNY", "¥", "约"} {
		s = strings.TrimPrefix(strings.TrimPrefix(s, p), ":")
	}
	if !negative {
		s, negative = strings.CutPrefix(s, "-")
	}
	s, shift := units(s)
	if strings.Contains(s, ",") {
		if !grouped(s) {
			code = "amount_groups"
		}
		s = strings.ReplaceAll(s, ",", "")
	}
	d, point, minus, sci, ok := number(s)
	switch {
	case !ok || minus || strings.HasPrefix(s, "+"):
		return bad(c.Text, "amount_unknown")
	case sci && !c.Number:
		return bad(c.Text, "number_damaged")
	}
	v, rounded := cents(d, point+shift)
	if v == "" {
		return bad(c.Text, "amount_large")
	}
	if rounded && !c.Number && code == "" {
		code = "amount_rounded"
	}
	if negative && strings.Trim(v, "0.") != "" {
		v = "-" + v
	}
	if code != "" {
		return doubt(v, code, nil)
	}
	return finish(c.Text, v, nil)
}

// units drops the currency word behind an amount and gives the power of ten
// that its unit stands for.
func units(s string) (rest string, shift int) {
	for _, u := range []string{"整", "人民币", "RMB", "CNY", "元", "圆"} {
		s = strings.TrimSuffix(s, u)
	}
	for _, u := range []struct {
		word  string
		shift int
	}{{"万", 4}, {"萬", 4}, {"W", 4}, {"亿", 8}, {"千", 3}, {"K", 3}} {
		if t, ok := strings.CutSuffix(s, u.word); ok {
			return t, u.shift
		}
	}
	return s, 0
}

// grouped checks that the commas part groups of three (or four) digits.
func grouped(s string) bool {
	whole, frac, _ := strings.Cut(s, ".")
	if strings.Contains(frac, ",") {
		return false
	}
	p := strings.Split(whole, ",")
	size := len(p[1])
	if size != 3 && size != 4 || p[0] == "" || len(p[0]) > size {
		return false
	}
	for _, g := range p[1:] {
		if len(g) != size {
			return false
		}
	}
	return true
}

// cents writes a decimal with two places, rounding half up. v is empty when
// there are more than 15 digits before the point.
func cents(d string, point int) (v string, rounded bool) {
	if point < 0 {
		d, point = strings.Repeat("0", -point)+d, 0
	}
	if pad := point + 2 - len(d); pad > 0 {
		d += strings.Repeat("0", pad)
	}
	keep, rest := []byte("0"+d[:point+2]), d[point+2:]
	rounded = strings.Trim(rest, "0") != ""
	if rest != "" && rest[0] >= '5' {
		i := len(keep) - 1
		for keep[i] == '9' {
			keep[i] = '0'
			i--
		}
		keep[i]++
	}
	whole := strings.TrimLeft(string(keep[:len(keep)-2]), "0")
	if len(whole) > exactDigits {
		return "", false
	}
	if whole == "" {
		whole = "0"
	}
	return whole + "." + string(keep[len(keep)-2:]), rounded
}

// BankAccount normalises an account number to its digits. Codes:
// number_damaged, account_chars, account_short, account_long, account_check
// (doubtful: a card number that fails its check digit).
func BankAccount(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s, damaged := plainDigits(c)
	if damaged {
		return bad(c.Text, "number_damaged")
	}
	s = without(unlabel(s), " -'_.")
	switch {
	case !allDigits(s):
		return bad(c.Text, "account_chars")
	case len(s) < 8:
		return bad(c.Text, "account_short")
	case len(s) > 32:
		return bad(c.Text, "account_long")
	case strings.HasPrefix(s, "62") && (len(s) == 16 || len(s) == 19) && !luhn(s):
		return doubt(s, "account_check", nil)
	}
	return finish(c.Text, s, nil)
}

func luhn(s string) bool {
	sum := 0
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
