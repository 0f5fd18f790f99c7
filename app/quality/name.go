package quality

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// titles stand behind a person's name; the long ones first.
var titles = []string{
	"总经理", "副总经理", "董事长", "负责人", "先生", "女士", "小姐", "经理", "主任", "厂长", "店长", "老板", "老师", "会计", "主管", "总监", "部长", "科长", "处长", "院长", "校长", "师傅", "工程师", "副总", "总", "工",
}

// companyWords at the end of a name say that it is no person.
var companyWords = []string{"公司", "厂", "店", "部", "行", "院", "校", "所", "社", "中心", "集团", "局", "馆", "园", "会", "站", "铺", "场", "银行", "学", "城", "庄", "吧", "房"}

// Name normalises the name of a customer: a company's registered name, or a
// person's. Blanks inside Chinese go, brackets of a Chinese name become （）,
// full-width letters plain, traditional characters simplified (but not in names
// from Hong Kong, Macao and Taiwan), the suffix of an English company Co., Ltd.
// A Chinese suffix is kept as it is. Codes: surname_only, name_digits (no
// letter in it), name_damaged (replacement characters).
func Name(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s := strings.TrimFunc(strings.Map(letters, typed(c.Text)), unicode.IsSpace)
	switch {
	case len(c.Text) > maxText:
		return bad(c.Text, "name_long")
	case strings.ContainsRune(s, unicode.ReplacementChar):
		return bad(c.Text, "name_damaged")
	case strings.Trim(s, "0123456789.+eE-") == "", !lettered(s):
		return bad(c.Text, "name_digits")
	}
	if !hasHan(s) {
		return finish(c.Text, english(s), nil)
	}
	s = brackets(closeHan(s))
	s = mainland(s)
	if p, code := untitle(s); code != "" {
		return doubt(s, code, nil)
	} else if p != s && surnameOf(p) != "" && !company(s) {
		return finish(c.Text, p, []string{"title"})
	}
	return finish(c.Text, s, nil)
}

// Person normalises a person's name: no title (先生, 经理), no remark in
// parentheses, no blanks inside Chinese. Codes: surname_only (张总: doubtful,
// kept as typed), person_chars (digits).
func Person(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s := strings.TrimFunc(strings.Map(letters, typed(c.Text)), unicode.IsSpace)
	if len(c.Text) > maxText || !lettered(s) || strings.ContainsAny(s, "0123456789@") || strings.ContainsRune(s, unicode.ReplacementChar) {
		return bad(c.Text, "person_chars")
	}
	if !hasHan(s) {
		return finish(c.Text, strings.Join(strings.Fields(s), " "), nil)
	}
	s = mainland(closeHan(s))
	p, code := untitle(s)
	if code != "" {
		return doubt(s, code, nil)
	}
	var notes []string
	if p != s {
		notes = []string{"title"}
	}
	return finish(c.Text, p, notes)
}

// untitle drops a remark in parentheses and titles behind a name. A name that
// would be a bare surname then stays, with the code surname_only.
func untitle(s string) (string, string) {
	p := s
	for again := true; again; {
		again = false
		if i := strings.IndexAny(p, "(（[【"); i > 0 && closed(p) && lettered(p[:i]) && !company(p[:i]) {
			p = strings.TrimSpace(p[:i])
		}
		for _, t := range titles {
			rest, ok := strings.CutSuffix(p, t)
			if !ok || !lettered(rest) {
				continue
			}
			if n := utf8.RuneCountInString(rest); n == 1 || surnameOf(rest) == rest {
				if surnameOf(rest) == rest {
					return s, "surname_only"
				}
				continue
			}
			if utf8.RuneCountInString(t) == 1 && !shortTitle(rest) {
				continue
			}
			p, again = rest, true
			break
		}
	}
	return p, ""
}

func closed(s string) bool {
	return strings.TrimRight(s, ")）]】") != s
}

func lettered(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// shortTitle says whether 总 or 工 may be a title behind this: a surname and
// one or two characters. 张总 is handled before.
func shortTitle(rest string) bool {
	sur := surnameOf(rest)
	n := utf8.RuneCountInString(rest) - utf8.RuneCountInString(sur)
	return sur != "" && n >= 1 && n <= 2
}

func company(s string) bool {
	if utf8.RuneCountInString(s) > 8 {
		return true
	}
	for _, w := range companyWords {
		if strings.HasSuffix(s, w) {
			return true
		}
	}
	return false
}

// PersonLike says whether a normalised name reads like the name of a Chinese
// person: a family name and one or two characters, and no word of a company.
func PersonLike(name string) bool {
	for _, r := range name {
		if !han(r) && r != '·' {
			return false
		}
	}
	if strings.Contains(name, "·") {
		return !company(name)
	}
	return shortTitle(name) && !company(name)
}

// brackets makes the parentheses of a Chinese name full-width.
func brackets(s string) string {
	return wideBrackets.Replace(s)
}

var (
	wideBrackets = strings.NewReplacer("(", "（", ")", "）", "〔", "（", "〕", "）", "﹙", "（", "﹚", "）")
	latinCommas  = strings.NewReplacer("，", ",", ",", ", ", "（", " (", "）", ") ", "(", " (", ")", ") ")
)

// mainland turns traditional characters into simplified ones unless the name
// says that it comes from where they are official.
func mainland(s string) string {
	for _, w := range []string{"香港", "澳门", "澳門", "台湾", "臺灣", "台灣", "台北", "臺北"} {
		if strings.Contains(s, w) {
			return s
		}
	}
	return Simplified(s)
}

// english tidies a name without Chinese characters.
func english(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	words := strings.Fields(latinCommas.Replace(s))
	n := len(words)
	key := func(i int) string { return strings.ToLower(strings.Trim(words[i], ".,")) }
	if n < 2 {
		return s
	}
	upper := strings.ToUpper(s) == s
	suffix := ""
	switch last := key(n - 1); {
	case n >= 3 && (last == "ltd" || last == "limited") && key(n-2) == "co":
		words, suffix = words[:n-2], "Co., Ltd."
	case last == "co.ltd" || last == "co.,ltd":
		words, suffix = words[:n-1], "Co., Ltd."
	case last == "ltd":
		words, suffix = words[:n-1], "Ltd."
	case last == "inc", last == "llc", last == "corp", last == "gmbh":
	default:
		return s
	}
	if upper && n >= 3 {
		for i, w := range words {
			open := ""
			if t, ok := strings.CutPrefix(w, "("); ok {
				open, w = "(", t
			}
			if len(w) >= 5 && strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ),") == "" {
				words[i] = open + w[:1] + strings.ToLower(w[1:])
			}
		}
	}
	if suffix == "" {
		return strings.Join(words, " ")
	}
	head := strings.TrimRight(strings.Join(words, " "), ", ")
	if !lettered(head) {
		return s
	}
	return head + " " + suffix
}

// NameKey is the form in which two names are compared for being the same:
// simplified, half-width lower case, letters and digits only. The Chinese
// suffix counts (有限公司 and 有限责任公司 are two names), an English one does
// not. It is empty for a name that cannot be compared.
func NameKey(name string) string {
	r := Name(Text(name))
	if r.Value == "" || r.Status == Bad {
		return ""
	}
	s := Simplified(r.Value)
	if !hasHan(s) {
		s = strings.TrimSuffix(s, " Co., Ltd.")
		s = strings.TrimSuffix(s, " Ltd.")
	}
	return strings.Map(func(r rune) rune {
		r = unicode.ToLower(half(r))
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}
