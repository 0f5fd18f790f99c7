package quality

import (
	"slices"
	"strings"
)

// providers maps hosts that are known slips to the mail provider they mean.
var providers = map[string]string{
	"163.cm": "163.com", "136.com": "163.com", "l63.com": "163.com", "16 3.com": "163.com", "126.cm": "126.com",
	"qq.cm": "qq.com", "qq.co": "qq.com", "qq.cn": "qq.com", "gmial.com": "gmail.com", "gamil.com": "gmail.com",
	"gmai.com": "gmail.com", "gmail.cm": "gmail.com", "gnail.com": "gmail.com", "hotmial.com": "hotmail.com", "hotmail.cm": "hotmail.com",
	"outlok.com": "outlook.com", "outlook.cm": "outlook.com", "foxmial.com": "foxmail.com", "sina.cm": "sina.com", "yaho.com": "yahoo.com",
}

// Email normalises an address to half-width lower case. A host that is a known
// slip (gmial.com, 163.con, qq,com) is put right; where the slip could be a
// host of its own, the value is doubtful. Codes: email_form, email_domain,
// several_values. Several addresses that are good are one value, with Join between.
func Email(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	if parts := strings.FieldsFunc(fold(c.Text), func(r rune) bool { return strings.ContainsRune("/;,、| \n", r) }); len(parts) > 1 && len(parts) <= maxJoined {
		var all []string
		for _, p := range parts {
			if r := oneEmail(Text(p)); r.Status <= Fixed && r.Value != "" && !slices.Contains(all, r.Value) {
				all = append(all, r.Value)
			} else if r.Status > Fixed {
				return oneEmail(c)
			}
		}
		return finish(c.Text, strings.Join(all, Join), nil)
	}
	return oneEmail(c)
}

func oneEmail(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	if len(c.Text) > 512 {
		return bad(c.Text, "email_form")
	}
	s := strings.ToLower(fold(c.Text))
	if i := strings.LastIndexByte(s, '<'); i >= 0 && strings.HasSuffix(s, ">") {
		s = s[i+1 : len(s)-1]
	}
	s = strings.TrimLeft(strings.TrimPrefix(unlabel(s), "mailto:"), "'` ")
	s = strings.TrimRight(without(s, " "), ".;,、")
	code := ""
	if strings.Count(s, "@") > 1 {
		first, _, _ := strings.Cut(strings.NewReplacer(";", "/", ",", "/", "、", "/").Replace(s), "/")
		if strings.Count(first, "@") != 1 {
			return bad(c.Text, "email_form")
		}
		s, code = first, "several_values"
	}
	user, host, ok := strings.Cut(s, "@")
	if !ok || user == "" {
		return bad(c.Text, "email_form")
	}
	var notes []string
	fixed := strings.ReplaceAll(host, ",", ".")
	if h, ok := strings.CutSuffix(fixed, ".con"); ok {
		fixed = h + ".com"
	}
	if p := providers[fixed]; p != "" {
		if fixed == "136.com" || fixed == "qq.cn" || fixed == "qq.co" || fixed == "gmai.com" {
			code = "email_domain"
		}
		fixed = p
	}
	if fixed != host {
		notes = []string{"email_typo"}
	}
	if !mailUser(user) || !mailHost(fixed) {
		return bad(c.Text, "email_form")
	}
	if code != "" {
		return doubt(user+"@"+fixed, code, notes)
	}
	return finish(c.Text, user+"@"+fixed, notes)
}

func mailUser(s string) bool {
	for i := range len(s) {
		if !alnum(s[i]) && !strings.ContainsRune(".!#$%&'*+/=?^_`{|}~-", rune(s[i])) {
			return false
		}
	}
	return len(s) <= 64 && s[0] != '.' && s[len(s)-1] != '.' && !strings.Contains(s, "..")
}

func mailHost(s string) bool {
	labels := strings.Split(s, ".")
	if len(labels) < 2 || len(s) > 253 {
		return false
	}
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' {
			return false
		}
		for i := range len(l) {
			if !alnum(l[i]) && l[i] != '-' {
				return false
			}
		}
	}
	top := labels[len(labels)-1]
	return len(top) >= 2 && !allDigits(top)
}

func alnum(c byte) bool { return digit(c) || c >= 'a' && c <= 'z' }
