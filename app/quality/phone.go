package quality

import "strings"

// PhoneNumber is one number of a cell. Mobile tells which field it is for; a
// number that is neither counts as the kind it is closer to; one of Abroad does
// not say of which kind it is, and is right in either field.
type PhoneNumber struct {
	Mobile, Abroad bool
	Result         Result
}

// fits says that a number belongs into the field of a kind.
func (n PhoneNumber) fits(mobile bool) bool { return n.Abroad || n.Mobile == mobile }

// Join stands between several numbers or addresses of one field. Split takes
// them apart.
const Join = "、"

// Split gives the values that Join put together; one of one.
func Split(value string) []string { return strings.Split(value, Join) }

// Mobile normalises a cell that should hold mobile numbers to 11 digits each,
// with Join between several; a number abroad, + and digits or one grouped as in
// North America and left as typed, is doubtful. Where others are among them it
// takes the first mobile one and says several_numbers; Phones gives all. Codes:
// number_damaged, phone_short, phone_long, phone_chars, phone_not_mobile,
// phone_foreign, several_numbers.
func Mobile(c Cell) Result { return one(c, true) }

// Phone normalises a cell that should hold one landline number to
// 021-63211678 or 021-63211678-8001. Codes as Mobile, and phone_no_area,
// phone_area (no such area code), phone_length (a digit less or more than this
// area has), phone_not_landline.
func Phone(c Cell) Result { return one(c, false) }

func one(c Cell, mobile bool) Result {
	all := Phones(c)
	if len(all) == 0 {
		return finish(c.Text, "", nil)
	}
	best := -1
	for i, n := range all {
		if n.fits(mobile) && n.Result.Status != Bad {
			best = i
			break
		}
	}
	if best < 0 {
		r := all[0].Result
		if len(all) > 1 || r.Status == Bad {
			return bad(c.Text, firstCode(all))
		}
		if mobile {
			return doubt(r.Value, "phone_not_mobile", nil)
		}
		return doubt(r.Value, "phone_not_landline", nil)
	}
	if r, ok := joined(c.Text, all, mobile); ok {
		return r
	}
	return doubt(all[best].Result.Value, "several_numbers", nil)
}

// joined is the one value of numbers of one kind.
func joined(raw string, all []PhoneNumber, mobile bool) (Result, bool) {
	if len(all) == 1 {
		return all[0].Result, true
	}
	var values []string
	abroad := false
	for _, n := range all {
		if !n.fits(mobile) || n.Result.Status > Fixed && !n.Abroad || len(values) == maxJoined {
			return Result{}, false
		}
		abroad = abroad || n.Abroad
		values = append(values, n.Result.Value)
	}
	if abroad {
		return doubt(strings.Join(values, Join), codeForeign, nil), true
	}
	return finish(raw, strings.Join(values, Join), nil), true
}

// maxJoined is how many numbers one value holds.
const maxJoined = 8

func firstCode(all []PhoneNumber) string {
	for _, n := range all {
		if n.Result.Code != "" {
			return n.Result.Code
		}
	}
	return "phone_chars"
}

// Phones splits a cell into its numbers: parted by / 、 ; ； , ， |, line breaks,
// blanks and labels. Remarks in parentheses or words behind a number are
// dropped. An empty cell gives none; a part that is no number is Bad.
func Phones(c Cell) []PhoneNumber {
	if Empty(c.Text) {
		return nil
	}
	s, damaged := plainDigits(c)
	if damaged {
		return []PhoneNumber{{Mobile: true, Result: bad(c.Text, "number_damaged")}}
	}
	if len(s) > 256 {
		return []PhoneNumber{{Mobile: true, Result: bad(c.Text, "phone_long")}}
	}
	if !allDigits(s) {
		s = strings.ReplaceAll(typed(c.Text), "\n", "/")
		s = fold(s)
	}
	parts := phoneParts(s)
	var out []PhoneNumber
	seen := map[string]bool{}
	for _, p := range parts {
		for _, n := range segment(p) {
			n.Result = settle(c.Text, n.Result, len(parts) == 1)
			if !seen[n.Result.Value] {
				seen[n.Result.Value] = true
				out = append(out, n)
			}
		}
	}
	if len(out) == 0 {
		return []PhoneNumber{{Mobile: true, Result: bad(c.Text, "phone_chars")}}
	}
	return out
}

// settle gives a number of a cell its final status: Bad parts of a cell with
// one part keep the cell as typed, and a number abroad its parentheses.
func settle(raw string, r Result, single bool) Result {
	switch {
	case r.Status == Bad && single:
		return bad(raw, r.Code)
	case r.Code == codeForeign && single && r.Value == oneBlank(bareParens.Replace(raw)):
		r.Value = typed(raw)
	case r.Status == OK && r.Value != raw:
		r.Status = Fixed
	}
	return r
}

// phoneParts cuts a folded text at separators and labels and drops remarks.
func phoneParts(s string) []string {
	var b strings.Builder
	r := []rune(s)
	for i := 0; i < len(r); i++ {
		switch {
		case r[i] == '(':
			end := i + 1
			for end < len(r) && r[end] != ')' {
				end++
			}
			in := string(r[i+1 : min(end, len(r))])
			if strings.ContainsAny(in, "0123456789") {
				b.WriteString(" " + in + " ")
			} else {
				b.WriteByte(' ')
			}
			i = end
		case strings.HasPrefix(string(r[i:min(i+2, len(r))]), "分机"):
			b.WriteByte('#')
			i++
		case r[i] == '转':
			b.WriteByte('#')
		case strings.ContainsRune("/、;,|\\", r[i]) || han(r[i]) || r[i] == ':':
			b.WriteByte('/')
		default:
			b.WriteRune(r[i])
		}
	}
	s = extDoubles.Replace(extWords.Replace(b.String()))
	var out []string
	for p := range strings.SplitSeq(s, "/") {
		if strings.ContainsAny(p, "0123456789") {
			out = append(out, strings.TrimSpace(p))
		}
	}
	return out
}

var (
	extWords   = strings.NewReplacer("ext.", "#", "EXT.", "#", "Ext.", "#", "ext", "#", "EXT", "#", "Ext", "#", "x", "#")
	extDoubles = strings.NewReplacer("##", "#", "/#", "#", "#/", "#")
	bareParens = strings.NewReplacer("(", " ", ")", " ")
)

// segment reads a part as one number, or as several parted by blanks.
func segment(p string) []PhoneNumber {
	whole := parse(p)
	if whole.Result.Status != Bad {
		return []PhoneNumber{whole}
	}
	tokens := strings.Fields(p)
	if len(tokens) > 8 {
		return []PhoneNumber{whole}
	}
	if d := without(p, " -"); len(d) == 22 && allDigits(d) {
		a, b := parse(d[:11]), parse(d[11:])
		if a.Mobile && b.Mobile && a.Result.Status != Bad && b.Result.Status != Bad {
			return []PhoneNumber{a, b}
		}
	}
	var out []PhoneNumber
	for i := 0; i < len(tokens); {
		found := false
		for j := len(tokens); j > i && !found; j-- {
			n := parse(strings.Join(tokens[i:j], " "))
			if n.Result.Status <= Fixed || n.Abroad {
				out, i, found = append(out, n), j, true
			}
		}
		if !found {
			return []PhoneNumber{whole}
		}
	}
	return out
}

// parse reads exactly one number.
func parse(p string) PhoneNumber {
	plus := strings.HasPrefix(strings.TrimLeft(p, " -.:*"), "+")
	p = strings.Trim(p, " -.:+*")
	main, ext, hasExt := strings.Cut(p, "#")
	ext = without(ext, " -.:")
	if strings.Trim(main, "0123456789 -.+_") != "" || hasExt && (!allDigits(ext) || len(ext) > 6) {
		return PhoneNumber{Mobile: true, Result: Result{Value: p, Status: Bad, Code: "phone_chars"}}
	}
	d, fields := without(main, " -.+_"), strings.FieldsFunc(main, func(r rune) bool { return strings.ContainsRune(" -.+_", r) })
	if d == "" {
		return PhoneNumber{Mobile: true, Result: Result{Value: p, Status: Bad, Code: "phone_chars"}}
	}
	if !plus && northAmerican(fields) {
		return PhoneNumber{Abroad: true, Result: foreign(oneBlank(main), ext)}
	}
	d, fields, abroad := country(d, fields, plus)
	if abroad {
		return PhoneNumber{Mobile: true, Abroad: true, Result: foreign("+"+d, ext)}
	}
	if !hasExt && (isMobile(d) || len(d) == 12 && d[0] == '0' && isMobile(d[1:]) && (len(fields) != 2 || fields[0] == "0")) {
		return PhoneNumber{Mobile: true, Result: Result{Value: strings.TrimPrefix(d, "0")}}
	}
	whole := len(fields) == 3 && len(fields[1]) >= 7 // area, number, extension
	if !hasExt && len(fields) > 2 && len(fields[len(fields)-1]) <= 6 && (len(d) > 11 || whole) {
		// 021-63211678-8001, but not 021-6321-1678.
		ext = fields[len(fields)-1]
		if n := landline(strings.TrimSuffix(d, ext), true); n.Status == OK || n.Status == Doubt && whole {
			n.Value += "-" + ext
			return PhoneNumber{Result: n}
		}
		ext = ""
	}
	if !hasExt && len(fields) == 2 && len(fields[0]) >= 7 && len(fields[1]) <= 6 {
		// 63211678-8001, a number of the place with its extension.
		if n := landline(fields[0], false); n.Code == "phone_no_area" {
			n.Value += "-" + fields[1]
			return PhoneNumber{Result: n}
		}
	}
	single := len(fields) > 1 && len(fields[0]) == 1 // (5) 555-4729 is no number of eight digits
	if d[0] != '0' && len(fields) > 1 && areaLen("0"+d)-1 != len(fields[0]) {
		fields = nil // the parts do not begin with an area code: no zero is put before them
	}
	n := landline(d, fields != nil)
	switch {
	case len(fields) > 1 && len(fields[0]) == 3 && n.Status != Bad && areaLen(d) > 3: // (071) 23 67 22 20 is none of 0712
		n = Result{Value: p, Status: Bad, Code: "phone_area"}
	case single && n.Code == "phone_no_area":
		n = Result{Value: p, Status: Bad, Code: "phone_chars"}
	case hasExt && len(n.Value) < 7: // 95588 has no extensions
		n = Result{Value: p, Status: Bad, Code: "phone_chars"}
	case hasExt && n.Status != Bad:
		n.Value += "-" + ext
	}
	return PhoneNumber{Mobile: n.Status == Bad && d[0] == '1', Result: n}
}

// codeForeign marks a number abroad.
const codeForeign = "phone_foreign"

func foreign(number, ext string) Result {
	if ext != "" {
		number += "x" + ext
	}
	return doubt(number, codeForeign, nil)
}

// northAmerican says that the parts of a number are those of 914-412-0298, with
// a 1 before them or not. Numbers of the mainland without the zero of their area
// code are grouped 3-4-4 and 3-7; service numbers (400, 800) may be 3-3-4.
func northAmerican(fields []string) bool {
	if len(fields) == 4 && fields[0] == "1" {
		fields = fields[1:]
	} else if len(fields) == 3 && (fields[0] == "400" || fields[0] == "800") {
		return false
	}
	return len(fields) == 3 && len(fields[0]) == 3 && len(fields[1]) == 3 && len(fields[2]) == 4 && fields[0][0] >= '2'
}

// oneBlank leaves one blank where there are several, and none outside.
func oneBlank(s string) string { return strings.Join(strings.Fields(s), " ") }

// country drops +86, 0086 and 86 in front of a number of the mainland.
func country(d string, fields []string, plus bool) (string, []string, bool) {
	cut, prefixed := d, true
	switch {
	case strings.HasPrefix(d, "0086"):
		cut = d[4:]
	case strings.HasPrefix(d, "86") && len(d) >= 12:
		cut = d[2:]
	case strings.HasPrefix(d, "00") && len(d) >= 10 && len(d) <= 17 && d[2] != '0':
		return d[2:], nil, true
	case plus && len(d) >= 8 && len(d) <= 15 && d[0] != '0' && !strings.HasPrefix(d, "86"):
		return d, nil, true
	default:
		prefixed = false
	}
	if !prefixed || len(cut) < 7 {
		return d, fields, false
	}
	if len(fields) > 1 && (fields[0] == "86" || fields[0] == "0086") {
		fields = fields[1:]
	}
	return cut, fields, false
}

func isMobile(d string) bool {
	return len(d) == 11 && d[0] == '1' && d[1] >= '3'
}
