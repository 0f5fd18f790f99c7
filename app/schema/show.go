package schema

import (
	"strings"
)

// Languages of Show.
const (
	Chinese = "zh"
	English = "en"
)

// Show gives a canonical value the form of UX 4.3 on a card: 138 1290 5678,
// ¥480,000.00, 0571-8812 0943 转 806. Values that are not canonical, and types
// without a form of their own, are shown as stored. Dates stay 2006-01-02: how
// far away they are is the window's business. An empty value is empty.
func (s *Schema) Show(field, canonical, lang string) string {
	return s.show(field, canonical, lang, false)
}

// ShowList is Show for a list: amounts without .00.
func (s *Schema) ShowList(field, canonical, lang string) string {
	return s.show(field, canonical, lang, true)
}

func (s *Schema) show(field, v, lang string, list bool) string {
	f, ok := s.Field(field)
	if !ok || v == "" {
		return v
	}
	switch f.Type {
	case TypeMobile:
		if len(v) == 11 && digits(v) {
			return v[:3] + " " + v[3:7] + " " + v[7:]
		}
	case TypePhone:
		return showPhone(v, lang)
	case TypeAmount:
		return showAmount(v, list)
	case TypeAccount:
		if digits(v) {
			return groups(v, 4, " ")
		}
	case TypeChoice:
		if lang != English {
			return v
		}
		for _, o := range f.Options {
			if o.Value == v && o.NameEN != "" {
				return o.NameEN
			}
		}
	case TypeName, TypePerson, TypeText, TypeLong, TypeEmail, TypeUSCC, TypeID, TypeDate, TypeProvince, TypeCity,
		TypeDistrict, TypeStreet, TypeReference, TypeEntries:
	}
	return v
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }

// groups parts a string from the left.
func groups(s string, n int, sep string) string {
	var b strings.Builder
	for i := 0; i < len(s); i += n {
		if i > 0 {
			b.WriteString(sep)
		}
		b.WriteString(s[i:min(i+n, len(s))])
	}
	return b.String()
}

func showPhone(v, lang string) string {
	p := strings.Split(v, "-")
	for _, x := range p {
		if !digits(x) {
			return v
		}
	}
	if len(p) < 2 || len(p) > 3 {
		return v
	}
	no := p[1]
	if len(no) == 8 {
		no = no[:4] + " " + no[4:]
	}
	v = p[0] + "-" + no
	if len(p) == 3 {
		if lang == English {
			return v + " ext. " + p[2]
		}
		return v + " 转 " + p[2]
	}
	return v
}

func showAmount(v string, list bool) string {
	sign := ""
	if t, ok := strings.CutPrefix(v, "-"); ok {
		sign, v = "-", t
	}
	whole, frac, ok := strings.Cut(v, ".")
	if !ok || !digits(whole) || len(frac) != 2 || !digits(frac) {
		return sign + v
	}
	head := len(whole) % 3
	out := whole[:head]
	if rest := groups(whole[head:], 3, ","); rest != "" {
		if out != "" {
			out += ","
		}
		out += rest
	}
	if list && frac == "00" {
		return sign + "¥" + out
	}
	return sign + "¥" + out + "." + frac
}
