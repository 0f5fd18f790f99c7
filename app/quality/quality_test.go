package quality

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

var addressOnly = func(c Cell) Result { _, r := Address(c); return r }

// numberAbroad is + and digits, or a number grouped 3-3-4 as it was typed.
const numberAbroad = `(\+\d{8,15}|\(?(1[ .+_()-]+)?[2-9]\d\d[ .+_()-]+\d{3}[ .+_()-]+\d{4}[ .+_()-]*)(x\d{1,6})?`

// normalisers is every one of the package with the form its canonical values
// have.
var normalisers = sync.OnceValue(func() map[string]struct {
	fn   func(Cell) Result
	form *regexp.Regexp
} {
	type n = struct {
		fn   func(Cell) Result
		form *regexp.Regexp
	}
	any1 := regexp.MustCompile(`(?s)^\S(.*\S)?$`)
	return map[string]n{
		"name":      {Name, any1},
		"person":    {Person, any1},
		"mobile":    {Mobile, regexp.MustCompile(`^(1[3-9]\d{9}|\d[\d-]{4,19}|` + numberAbroad + `)$`)},
		"phone":     {Phone, regexp.MustCompile(`^((0\d{2,3}-)?[2-9]\d{6,7}(-\d{1,6})?|[48]00-\d{7}(-\d{1,6})?|[19]\d{4,5}(-\d{1,6})?|1[3-9]\d{9}|` + numberAbroad + `)$`)},
		"uscc":      {USCC, regexp.MustCompile(`^[0-9A-HJ-NPQRTUWXY]{18}$`)},
		"id":        {IDNumber, regexp.MustCompile(`^[1-9]\d{16}[\dX]$`)},
		"email":     {Email, regexp.MustCompile(`^[^@\s\p{Lu}]+@[a-z0-9.-]+\.[a-z0-9-]{2,}$`)},
		"date":      {Date, regexp.MustCompile(`^(19|20|21)\d\d-[01]\d-[0-3]\d$`)},
		"amount":    {Amount, regexp.MustCompile(`^-?(0|[1-9]\d{0,14})\.\d\d$`)},
		"account":   {BankAccount, regexp.MustCompile(`^\d{8,32}$`)},
		"address":   {addressOnly, any1},
		"province":  {Province, regexp.MustCompile(`^\p{Han}+(省|市|区)$`)},
		"city":      {City, regexp.MustCompile(`^\p{Han}+(市|州|盟|地区|区|县)$`)},
		"district":  {District, regexp.MustCompile(`^\p{Han}+$`)},
		"street":    {Street, any1},
		"reference": {Reference, regexp.MustCompile(`^[^a-z ]+$`)},
		"plain":     {Plain, any1},
		"choice":    {func(c Cell) Result { return Choice(c, testOptions()) }, regexp.MustCompile(`^(重点|普通|一般)$`)},
	}
})

func testOptions() []Option {
	return []Option{{"重点", []string{"a", "1"}}, {"普通", []string{"b", "2"}}, {"一般", []string{"c", "3"}}}
}

// parseCases reads lines of: input | value | status | code. Escapes are those
// of Go; an input after #n is the cell of a number.
func parseCases(t *testing.T, s string) (out []struct {
	in   Cell
	want Result
},
) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		p := strings.Split(line, " | ")
		for len(p) < 4 {
			p = append(p, "")
		}
		text, err := strconv.Unquote(`"` + p[0] + `"`)
		if err != nil {
			t.Fatalf("case %q: %v", line, err)
		}
		c := Text(text)
		if n, ok := strings.CutPrefix(text, "#n"); ok {
			c = Cell{Text: n, Number: true}
		}
		value, err := strconv.Unquote(`"` + p[1] + `"`)
		if err != nil {
			t.Fatalf("case %q: %v", line, err)
		}
		st := slices.Index([]string{"ok", "fixed", "doubt", "bad"}, p[2])
		if st < 0 {
			t.Fatalf("case %q has no status", line)
		}
		out = append(out, struct {
			in   Cell
			want Result
		}{c, Result{Value: value, Status: Status(st), Code: p[3]}})
	}
	return out
}

func TestCases(t *testing.T) {
	t.Parallel()
	all := normalisers()
	n := 0
	for name, text := range cases {
		fn, ok := all[name]
		if !ok {
			t.Fatalf("no normaliser %s", name)
		}
		for _, c := range parseCases(t, text) {
			n++
			got := fn.fn(c.in)
			if got.Value != c.want.Value || got.Status != c.want.Status || got.Code != c.want.Code {
				t.Errorf("%s(%q) = %q %s %s, want %q %s %s", name, c.in.Text, got.Value, got.Status, got.Code, c.want.Value, c.want.Status, c.want.Code)
			}
			check(t, name, c.in)
		}
	}
	t.Logf("%d cases", n)
	if n < 250 {
		t.Errorf("%d cases, want at least 250", n)
	}
}

var codeForm = regexp.MustCompile(`^[a-z_]{1,32}$`)

// check holds every promise that does not depend on the case: the form of a
// canonical value, codes fit for PO6, normalising twice is normalising once,
// and that nothing is invented.
func check(t *testing.T, name string, c Cell) {
	t.Helper()
	n := normalisers()[name]
	got := n.fn(c)
	if (got.Status >= Doubt) != (got.Code != "") {
		t.Errorf("%s(%q): status %s with code %q", name, c.Text, got.Status, got.Code)
	}
	if got.Code != "" && !codeForm.MatchString(got.Code) {
		t.Errorf("%s(%q): code %q", name, c.Text, got.Code)
	}
	one := []string{got.Value}
	if name == "mobile" || name == "phone" || name == "email" {
		one = Split(got.Value)
	}
	for _, v := range one {
		if got.Canonical() && !n.form.MatchString(v) {
			t.Errorf("%s(%q) = %q, not in canonical form", name, c.Text, got.Value)
		}
	}
	if got.Status == Bad && (got.Value == "" || c.Number) {
		return // nothing but invisible characters; a damaged number kept as text
	}
	if name == "address" { // its parts are what is stored
		p, _ := Address(c)
		for _, x := range []Result{Province(Text(p.Province)), City(Text(p.City)), District(Text(p.District)), Street(Text(p.Detail))} {
			if x.Status != OK {
				t.Errorf("address(%q): a part becomes %q %s", c.Text, x.Value, x.Status)
			}
		}
		return
	}
	again := n.fn(Text(got.Value))
	if again.Value != got.Value {
		t.Errorf("%s(%q) = %q, again %q", name, c.Text, got.Value, again.Value)
	}
	if got.Status <= Fixed && got.Value != "" && again.Status != OK {
		t.Errorf("%s(%q) = %q %s, again %s %s", name, c.Text, got.Value, got.Status, again.Status, again.Code)
	}
	if got.Canonical() && !c.Number {
		invented(t, name, c.Text, got.Value)
	}
}

// invented fails when a value has digits that the cell does not have, in order.
// Zeros may be added where a format pads, the century to a year; day numbers
// and letters proven by a check character are apart.
func invented(t *testing.T, name, in, out string) {
	t.Helper()
	in = strings.Map(half, in)
	switch name {
	case "province", "city", "district", "choice":
		return
	case "uscc":
		in = strings.NewReplacer("O", "0", "I", "1", "o", "0", "i", "1").Replace(in)
	case "date":
		if len(digitsOf(in)) == 5 || len(digitsOf(in)) < 7 && !strings.ContainsAny(in, "年") {
			return
		}
	}
	rest, result := digitsOf(in), digitsOf(out)
	switch name {
	case "mobile", "phone":
		result = ""
		for _, one := range Split(out) {
			result += strings.TrimPrefix(digitsOf(one), "0") // of an area code
		}
	case "email":
		return // the name of a host
	case "date", "amount":
		rest, result = strings.ReplaceAll(rest, "0", ""), strings.ReplaceAll(result, "0", "")
	}
	for _, d := range result {
		i := strings.IndexRune(rest, d)
		if i < 0 {
			if name == "date" || name == "amount" { // the century; rounding
				continue
			}
			t.Errorf("%s(%q) = %q has a digit that was not there", name, in, out)
			return
		}
		rest = rest[i+1:]
	}
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// TestCheckDigitsProve changes each character of right codes: none of the
// damaged ones may come out as canonical.
func TestCheckDigitsProve(t *testing.T) {
	t.Parallel()
	const uscc, id = "91330110MAPK7YFU2H", "11010519491231002X"
	for i := range 18 {
		for _, r := range usccAlphabet {
			s := uscc[:i] + string(r) + uscc[i+1:]
			if got := USCC(Text(s)); s != uscc && got.Status != Bad {
				t.Errorf("USCC(%q) = %s", s, got.Status)
			}
		}
		for _, r := range "0123456789X" {
			s := id[:i] + string(r) + id[i+1:]
			if got := IDNumber(Text(s)); s != id && got.Status != Bad {
				t.Errorf("IDNumber(%q) = %s", s, got.Status)
			}
		}
		if i < 17 {
			b := []byte(uscc)
			b[i], b[i+1] = b[i+1], b[i]
			if got := USCC(Text(string(b))); string(b) != uscc && got.Status != Bad {
				t.Errorf("USCC(%q) = %s", b, got.Status)
			}
		}
	}
}

// TestNumberDamaged: what a spreadsheet has rounded is never guessed.
func TestNumberDamaged(t *testing.T) {
	t.Parallel()
	for name, fn := range map[string]func(Cell) Result{"uscc": USCC, "id": IDNumber, "account": BankAccount, "mobile": Mobile, "phone": Phone} {
		for _, c := range []Cell{Text("4.4E+17"), Text("4.40524E+17"), Text("1.38E+10"), Text(" 1.38e+10 "), {Text: "440524188001010000", Number: true}, {Text: "4.4052418800101E17", Number: true}} {
			got := fn(c)
			if got.Status != Bad || got.Code != "number_damaged" || got.Value != strings.TrimSpace(c.Text) {
				t.Errorf("%s(%q, number %v) = %q %s %s", name, c.Text, c.Number, got.Value, got.Status, got.Code)
			}
		}
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"13812345678/021-63211678":            "m13812345678 p021-63211678",
		"13812345678、13912345678":             "m13812345678 m13912345678",
		"13812345678；0571-88120943转806":       "m13812345678 p0571-88120943-806",
		"(021)63211678 / 138-1234-5678（微信同号）": "p021-63211678 m13812345678",
		"13812345678 13912345678":             "m13812345678 m13912345678",
		"138 1234 5678 139 1234 5678":         "m13812345678 m13912345678",
		"1381234567813912345678":              "m13812345678 m13912345678",
		"手机：13812345678 座机：021-63211678":      "m13812345678 p021-63211678",
		"13812345678,+86 139-1234-5678":       "m13812345678 m13912345678",
		"13812345678\n021-63211678":           "m13812345678 p021-63211678",
		"13812345678/13812345678":             "m13812345678",
		"张伟13812345678 李丽13912345678":         "m13812345678 m13912345678",
		"021 63211678、0571 88120943":          "p021-63211678 p0571-88120943",
		"+86-21-63211678-8001":                "p021-63211678-8001",
		"400-800-1234":                        "p400-8001234",
		"１３８１２３４５６７８；（０２１）６３２１１６７８":          "m13812345678 p021-63211678",
		"13812345678（微信）、0755-38937178（办公室）": "m13812345678 p0755-38937178",
		"13812345678;8812345":                   "m13812345678 p?8812345",
		"0086-13812345678 / 0086-21-63211678":   "m13812345678 p021-63211678",
		"无":                                     "",
		" - ":                                   "",
		"13812345678 ;":                         "m13812345678",
		"010-12345678":                          "p!010-12345678",
		"138123456":                             "m!138123456",
		"见名片":                                   "m!见名片",
		"63211678":                              "p?63211678",
		"+852 9123 4567":                        "m?+85291234567",
		"021-6321 1678 ext. 8001, 13812345678":  "p021-63211678-8001 m13812345678",
		"13812345678 or 13912345678 / 13712345": "m!13812345678 or 13912345678 m!13712345",
	} {
		var got []string
		for _, n := range Phones(Text(in)) {
			s := "p"
			if n.Mobile {
				s = "m"
			}
			s += map[Status]string{Doubt: "?", Bad: "!"}[n.Result.Status] + n.Result.Value
			got = append(got, s)
		}
		if g := strings.Join(got, " "); g != want {
			t.Errorf("Phones(%q) = %s, want %s", in, g, want)
		}
	}
}

func TestAddressParts(t *testing.T) {
	t.Parallel()
	for _, c := range strings.Split(strings.TrimSpace(addressCases), "\n") {
		p := strings.Split(c, " | ")
		for len(p) < 6 {
			p = append(p, "")
		}
		got, r := Address(Text(p[0]))
		if want := (Place{p[1], p[2], p[3], p[4]}); got != want || r.Code != p[5] {
			t.Errorf("Address(%q) = %q %s, want %q %s", p[0], got, r.Code, want, p[5])
		}
	}
}

// TestEveryDivision splits the address of every district of the table, written
// in full, without the province, and short.
func TestEveryDivision(t *testing.T) {
	t.Parallel()
	n, wrong := 0, 0
	for province, rows := range places().under {
		for _, row := range rows {
			for _, d := range row.districts {
				full := province + row.name
				if province == row.name {
					full = province
				}
				n++
				want := Place{province, row.name, d, "中山路128号"}
				for _, in := range []string{full + d + "中山路128号", shortName(province) + row.short + d + "中山路128号", full + "-" + d + "-中山路128号"} {
					if got, _ := Address(Text(in)); got != want {
						if wrong++; wrong < 20 {
							t.Errorf("Address(%q) = %q", in, got)
						}
					}
				}
			}
		}
	}
	t.Logf("%d districts, %d wrong", n, wrong)
	if n < 2800 {
		t.Errorf("%d districts, want all of the country", n)
	}
}

func TestNameKey(t *testing.T) {
	t.Parallel()
	for _, same := range [][]string{
		{"恒远科技（上海）有限公司", "恒远科技(上海)有限公司", " 恒遠科技（上海）有限公司\u200b", "恒远 科技（上海）有限公司"},
		{"Nordhaven Foods (China) Co., Ltd.", "NORDHAVEN FOODS (CHINA) CO LTD", "Nordhaven Foods (China) Ltd.", "Nordhaven  Foods（China）CO.,LTD"},
		{"张伟", "张 伟", "张伟先生"},
	} {
		for _, s := range same[1:] {
			if a, b := NameKey(same[0]), NameKey(s); a != b || a == "" {
				t.Errorf("NameKey(%q) = %q, NameKey(%q) = %q", same[0], a, s, b)
			}
		}
	}
	for _, p := range [][2]string{
		{"恒远科技有限公司", "恒远科技有限责任公司"},
		{"恒远科技（上海）有限公司", "恒远科技（北京）有限公司"},
		{"恒远科技有限公司", "恒远科技有限公司上海分公司"},
		{"张伟", "张玮"},
	} {
		if NameKey(p[0]) == NameKey(p[1]) {
			t.Errorf("%q and %q have one key", p[0], p[1])
		}
	}
	if k := NameKey("1.38E+10"); k != "" {
		t.Errorf("a number has the key %q", k)
	}
}

// TestPhoneWithExtensionReadsAlike: what a number with an extension becomes
// reads as itself, whatever the number is.
func TestPhoneWithExtensionReadsAlike(t *testing.T) {
	t.Parallel()
	for _, number := range []string{"2000000", "63211678", "021-63211678", "02163211678", "0571-8812094", "4008123123", "95588", "10086", "13812905678", "2163211678", "0102000000", "12345678", "+8657188120943"} {
		for _, ext := range []string{"转0", "转8001", "-8001", "x12", " 123456", "分机 7", "-1234567"} {
			for _, name := range []string{"phone", "mobile"} {
				check(t, name, Text(number+ext))
			}
		}
	}
	if got := Phone(Text("(5) 555-4729")); got.Value != "(5) 555-4729" || got.Status != Bad {
		t.Errorf("got %+v, want it as typed", got)
	}
	if got := Phone(Text("2000000转0")); got.Value != "2000000-0" || got.Code != "phone_no_area" {
		t.Errorf("got %+v", got)
	}
}
