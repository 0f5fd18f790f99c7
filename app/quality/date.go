package quality

import (
	"strconv"
	"strings"
	"time"
)

func atoi(s string) int {
	if len(s) > 9 {
		return -1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// ymd checks a date of the calendar between 1900 and 2100.
func ymd(y, m, d int) (value, code string) {
	if y < 1900 || y > 2100 {
		return "", "date_range"
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if m < 1 || m > 12 || d < 1 || t.Day() != d {
		return "", "date_invalid"
	}
	return t.Format(time.DateOnly), ""
}

// serial turns a day number of the 1900 system into a date. Below 61 the
// system counts a 29 February that never was; nobody's data is that old.
func serial(n int) (value, code string) {
	if n < 61 || n > 73414 {
		return "", "date_range"
	}
	return time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), ""
}

// Date normalises a date to 2006-01-02. What is written like 3/1/25 is
// month/day/year. Codes: date_unknown, date_invalid (no such day), date_range
// (before 1900 or after 2100), date_partial (day or year missing), date_serial
// (a day number as text, doubtful), date_century, date_order (doubtful).
func Date(c Cell) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	s := fold(c.Text)
	if len(s) > 64 {
		return bad(c.Text, "date_unknown")
	}
	if c.Number {
		return numberDate(c.Text, s)
	}
	s = dateWords.Replace(s)
	s, _, _ = strings.Cut(strings.TrimSpace(s)+" ", " ")
	s = strings.TrimRight(s, "-./")
	if allDigits(s) {
		return compactDate(c.Text, s)
	}
	sep := strings.IndexAny(s, "-./")
	if sep < 0 {
		return bad(c.Text, "date_unknown")
	}
	p := strings.Split(s, s[sep:sep+1])
	for _, x := range p {
		if !allDigits(x) || len(x) > 4 || len(x) == 3 {
			return bad(c.Text, "date_unknown")
		}
	}
	if len(p) == 2 {
		return bad(c.Text, "date_partial")
	}
	if len(p) != 3 {
		return bad(c.Text, "date_unknown")
	}
	return threeParts(c.Text, p)
}

var dateWords = strings.NewReplacer(" 年 ", "-", "年 ", "-", " 年", "-", "年", "-", " 月 ", "-", "月 ", "-", " 月", "-", "月", "-", " 日", " ", "日", " ", " 号", " ", "号", " ", "T", " ")

func threeParts(raw string, p []string) Result {
	a, b, y := atoi(p[0]), atoi(p[1]), atoi(p[2])
	if len(p[0]) == 4 {
		return dated(raw, a, b, y, "")
	}
	if len(p[1]) == 4 {
		return bad(raw, "date_unknown")
	}
	code := ""
	if len(p[2]) == 4 {
		if a > 12 {
			a, b, code = b, a, "date_order"
		}
		return dated(raw, y, a, b, code)
	}
	if a > 12 && b <= 12 { // 25.3.1
		return dated(raw, 2000+a, b, y, "date_order")
	}
	if len(p[2]) == 1 {
		return bad(raw, "date_unknown")
	}
	if y >= 50 {
		return dated(raw, 1900+y, a, b, "date_century")
	}
	return dated(raw, 2000+y, a, b, "")
}

func dated(raw string, y, m, d int, code string) Result {
	v, wrong := ymd(y, m, d)
	switch {
	case wrong != "":
		return bad(raw, wrong)
	case code != "":
		return doubt(v, code, nil)
	}
	return finish(raw, v, nil)
}

func compactDate(raw, s string) Result {
	switch len(s) {
	case 8, 14:
		return dated(raw, atoi(s[:4]), atoi(s[4:6]), atoi(s[6:8]), "")
	case 5:
		if v, code := serial(atoi(s)); code == "" {
			return doubt(v, "date_serial", nil)
		}
	case 4, 6:
		return bad(raw, "date_partial")
	}
	return bad(raw, "date_unknown")
}

func numberDate(raw, s string) Result {
	d, point, negative, _, ok := number(s)
	if !ok || negative || point <= 0 || point > 8 {
		return bad(raw, "date_unknown")
	}
	if point > len(d) {
		d += strings.Repeat("0", point-len(d))
	}
	n := d[:point]
	if len(n) == 8 {
		return dated(raw, atoi(n[:4]), atoi(n[4:6]), atoi(n[6:8]), "")
	}
	v, code := serial(atoi(n))
	if code != "" {
		return bad(raw, code)
	}
	return finish(raw, v, nil)
}
