package sheet

import (
	"strings"
	"unicode"

	"tongce/app/quality"
	"tongce/app/schema"
)

// share is the part of a column's samples that pass a test.
func share(c ColumnInfo, test func(Sample) bool) float64 {
	if len(c.Samples) == 0 {
		return 0
	}
	n := 0
	for _, s := range c.Samples {
		if test(s) {
			n++
		}
	}
	return float64(n) / float64(len(c.Samples))
}

func cellOf(s Sample) quality.Cell { return quality.Cell{Text: s.Text, Number: s.Number} }

// legalForms end the names of companies.
var legalForms = [...]string{
	"公司", "集团", "厂", "店", "中心", "事务所", "研究所", "研究院", "医院", "学校", "大学", "学院", "银行", "合作社",
	"商行", "经营部", "工作室", "支行", "酒店", "超市", "门市部", "商场", "协会",
}

// fullName says that a name has its legal form, so that no other customer may
// bear it.
func fullName(name string) bool {
	name = strings.TrimRight(name, ")）")
	for _, f := range legalForms {
		if strings.HasSuffix(name, f) {
			return true
		}
	}
	l := strings.ToLower(strings.TrimRight(name, ". "))
	for _, f := range []string{" ltd", " limited", " inc", " llc", " gmbh", " corp", " ag", " sa", " bv", " plc", ",ltd", " corporation"} {
		if strings.HasSuffix(l, f) {
			return true
		}
	}
	return false
}

func companyName(s Sample) bool { return fullName(strings.TrimSpace(s.Text)) }
func personName(s Sample) bool {
	r := quality.Person(cellOf(s))
	return r.Canonical() && (quality.PersonLike(r.Value) || r.Code == "surname_only")
}

func lettered(s Sample) bool {
	return strings.IndexFunc(s.Text, unicode.IsLetter) >= 0 && !s.Number
}

func mobileNumber(s Sample) bool {
	n := quality.Phones(cellOf(s))
	return len(n) > 0 && n[0].Mobile && n[0].Result.Canonical() && n[0].Result.Code != "phone_foreign"
}

func anyPhone(s Sample) bool {
	if quality.Date(cellOf(s)).Status <= quality.Fixed {
		return false
	}
	n := quality.Phones(cellOf(s))
	if len(n) == 0 || n[0].Result.Value == "" {
		return false
	}
	// A number abroad has its parts; + and digits may be an amount.
	return n[0].Result.Status <= quality.Fixed || n[0].Abroad && n[0].Result.Value[0] != '+'
}

func emailAddress(s Sample) bool {
	return strings.Contains(s.Text, "@") && quality.Email(cellOf(s)).Canonical()
}

func address(s Sample) bool {
	p, r := quality.Address(cellOf(s))
	return r.Canonical() && p.City != "" && p.Detail != "" && !fullName(s.Text)
}

// byContent guesses the column from its values alone; check characters prove,
// forms only suggest.
func byContent(c ColumnInfo) string {
	if len(c.Samples) == 0 || containsAny(c.Header, "fax", "传真", "zip", "postal", "邮编", "邮政", "编号", "日期", "date", "qq") {
		return ""
	}
	for _, t := range []struct {
		key  string
		need float64
		test func(Sample) bool
	}{
		{"uscc", 0.5, func(s Sample) bool { r := quality.USCC(cellOf(s)); return r.Canonical() && quality.ValidUSCC(r.Value) }},
		{"id_number", 0.5, func(s Sample) bool {
			r := quality.IDNumber(cellOf(s))
			return r.Canonical() && quality.ValidID(r.Value)
		}},
		{"email", 0.6, emailAddress},
		{"mobile", 0.7, mobileNumber},
		{schema.ColumnTel, 0.8, anyPhone},
		{schema.ColumnFull, 0.6, address},
		{"name", 0.6, companyName},
	} {
		if share(c, t.test) >= t.need {
			return t.key
		}
	}
	return ""
}

// codesOnly says that a column holds numbers (0 and 1 of another program) and
// none of them is one of the choices of the field: only the header speaks for it.
func codesOnly(s *schema.Schema, key string, c ColumnInfo) bool {
	return share(c, func(x Sample) bool {
		code := strings.TrimSuffix(strings.TrimSpace(x.Text), ".0")
		return code != "" && strings.Trim(code, "0123456789") == "" && !s.ParseCell(key, cellOf(x)).Canonical()
	}) == 1
}

// agrees is the part of the samples that the field can read; 1 where any text
// would do.
func agrees(s *schema.Schema, key string, c ColumnInfo) float64 {
	if len(c.Samples) == 0 {
		return 1
	}
	return share(c, func(x Sample) bool {
		res := s.ParseColumn(key, cellOf(x), schema.KindUnknown)
		for _, r := range res {
			if r.Result.Status == quality.Bad {
				return false
			}
		}
		return true
	})
}
