package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// format is what of a number format matters for what a person sees.
type format uint8

const (
	formatGeneral format = iota
	formatDate           // a day, with its time when there is one
	formatTime           // a time of day
	formatElapsed        // [h]:mm
	formatPercent
	formatZeros // 000000: the width follows in a table
)

type numFormat struct {
	class format
	width int
}

// builtin gives the formats that have a number instead of a code, those of
// Chinese systems (27-36, 50-58) included.
func builtin(id int) numFormat {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return numFormat{class: formatDate}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45, id == 47, id == 55, id == 56:
		return numFormat{class: formatTime}
	case id == 46:
		return numFormat{class: formatElapsed}
	case id == 9, id == 10:
		return numFormat{class: formatPercent}
	}
	return numFormat{}
}

// classify reads a format code: yyyy"年"m"月"d"日", [h]:mm:ss, 0.0%, 000000.
func classify(code string) numFormat {
	if i := strings.IndexByte(code, ';'); i >= 0 {
		code = code[:i]
	}
	var plain strings.Builder
	elapsed := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			z := strings.IndexByte(code[i+1:], '"')
			if z < 0 {
				return numFormat{}
			}
			i += z + 1
		case '\\', '_', '*':
			i++
		case '[':
			z := strings.IndexByte(code[i:], ']')
			if z < 0 {
				return numFormat{}
			}
			switch strings.ToLower(code[i+1 : i+z]) {
			case "h", "hh", "m", "mm", "s", "ss":
				elapsed = true
			}
			i += z
		default:
			plain.WriteByte(c)
		}
	}
	p := strings.ToLower(plain.String())
	switch {
	case elapsed:
		return numFormat{class: formatElapsed}
	case strings.Contains(p, "general"):
		return numFormat{}
	case strings.ContainsAny(p, "yd"):
		return numFormat{class: formatDate}
	case strings.ContainsAny(p, "hs"):
		return numFormat{class: formatTime}
	case strings.Contains(p, "m"):
		return numFormat{class: formatDate}
	case strings.Contains(p, "%"):
		return numFormat{class: formatPercent}
	case len(p) > 1 && strings.Trim(p, "0") == "":
		return numFormat{class: formatZeros, width: len(p)}
	}
	return numFormat{}
}

// number turns the stored text of a number into what a person sees.
func number(raw string, f numFormat, date1904 bool) Cell {
	raw = strings.TrimSpace(raw)
	v, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{Text: raw, Kind: CellText}
	}
	switch f.class {
	case formatDate, formatTime, formatElapsed:
		if s, ok := serial(v, f.class, date1904); ok {
			return Cell{Text: s, Kind: CellDate}
		}
	case formatPercent:
		return Cell{Text: decimal("", v*100) + "%", Kind: CellText}
	case formatZeros:
		if s := decimal(raw, v); len(s) < f.width && strings.Trim(s, "0123456789") == "" {
			return Cell{Text: strings.Repeat("0", f.width-len(s)) + s, Kind: CellText}
		}
	case formatGeneral:
	}
	return Cell{Text: decimal(raw, v), Kind: CellNumber}
}

// decimal writes a number without exponent: digits as stored when there are
// only digits, else at most the 15 that a spreadsheet keeps.
func decimal(raw string, v float64) string {
	if raw != "" && len(raw) <= 30 && strings.Trim(raw, "0123456789") == "" {
		if t := strings.TrimLeft(raw, "0"); t != "" {
			return t
		}
		return "0"
	}
	if w, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64); err == nil {
		v = w
	}
	if math.Abs(v) > 1e40 || v != 0 && math.Abs(v) < 1e-20 {
		return strconv.FormatFloat(v, 'g', 15, 64)
	}
	if v == 0 {
		return "0"
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// serial writes a day number. The 1900 system believes in a 29 February 1900.
func serial(v float64, f format, date1904 bool) (string, bool) {
	if v < 0 || v >= 2958466 {
		return "", false
	}
	days := math.Floor(v)
	secs := int(math.Round((v - days) * 86400))
	if secs == 86400 {
		days, secs = days+1, 0
	}
	if f == formatElapsed {
		all := int(days)*86400 + secs
		return strconv.Itoa(all/3600) + time.Unix(int64(all%3600), 0).UTC().Format(":04:05"), true
	}
	clock := time.Unix(int64(secs), 0).UTC().Format("15:04:05")
	if days == 0 && !date1904 || f == formatTime && v < 1 {
		return clock, true
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days < 61:
		base = time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	day := base.AddDate(0, 0, int(days)).Format("2006-01-02")
	if secs == 0 && f == formatDate {
		return day, true
	}
	return day + " " + clock, true
}
