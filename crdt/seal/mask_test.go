package seal

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSE7_masks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule        MaskRule
		value, want string
	}{
		{MaskPhone, "13812905678", "138****5678"},
		{MaskPhone, "+8613812905678", "+86*******5678"},
		{MaskPhone, "021-55556666", "021*****6666"},
		{MaskPhone, "5555666", ""},
		{MaskPhone, "55556666", ""}, // 3+4 of 8 would leave one digit to guess
		{MaskIdentity, "32050219850112123X", "3205**********123X"},
		{MaskIdentity, "12345678", ""}, // 4+4 of 8 would be all of it
		{MaskIdentity, "1234567", ""},
		{MaskBank, "6222021001116245702", "***************5702"},
		{MaskBank, "12345678", "****5678"},
		{MaskBank, "1234567", ""},
		{MaskEmail, "wangfang@hengrui.example", "w•••••@hengrui.example"},
		{MaskEmail, "王芳芳@hengrui.example", "王•••••@hengrui.example"},
		{MaskEmail, "w@hengrui.example", "•••••@hengrui.example"},
		{MaskEmail, "a@b.cn", ""},
		{MaskEmail, "no address here", ""},
		{MaskEmail, "@hengrui.example", ""},
		{MaskEmail, "wangfang@", ""},
		{MaskName, "王芳", "王*"},
		{MaskName, "欧阳娜娜", "欧***"},
		{MaskName, "王", ""},
		{MaskName, "", ""},
		{MaskAmount, "125000.00", ""},
		{MaskNone, "13812905678", ""},
		{"other", "13812905678", ""},
	} {
		if got := MaskText(c.rule, c.value); got != c.want {
			t.Errorf("%s of %q: got %q, want %q", c.rule, c.value, got, c.want)
		}
	}
	for rule, part := range map[MaskRule]bool{
		MaskPhone: true, MaskIdentity: true, MaskBank: true, MaskEmail: true, MaskName: true,
		MaskAmount: false, MaskNone: false,
	} {
		if !rule.Valid() || rule.HasPart() != part {
			t.Errorf("%s: valid %v, part %v", rule, rule.Valid(), rule.HasPart())
		}
	}
	if MaskRule("").Valid() || MaskRule("Phone").Valid() {
		t.Error("an unknown rule is valid")
	}
}

// Whatever the value: the mask fits into the form, is text, and for number
// rules leaves at least four characters unknown.
func TestSE7_maskNeverShowsTooMuch(t *testing.T) {
	t.Parallel()
	alphabet := []rune("0123456789+-@.aW王芳𠀀 ")
	random := source(6)
	for range 5_000 {
		n := int(random.Uint64() % 60)
		if random.Uint64()%50 == 0 {
			n = 2000
		}
		var b strings.Builder
		for range n {
			b.WriteRune(alphabet[random.Uint64()%uint64(len(alphabet))])
		}
		value := b.String()
		for _, rule := range []MaskRule{MaskPhone, MaskIdentity, MaskBank, MaskEmail, MaskName} {
			mask := MaskText(rule, value)
			if len(mask) > MaxMask || !utf8.ValidString(mask) {
				t.Fatalf("%s of %q: mask of %d bytes", rule, value, len(mask))
			}
			if mask == value && value != "" {
				t.Fatalf("%s of %q shows all of it", rule, value)
			}
			switch rule {
			case MaskPhone, MaskIdentity, MaskBank:
				if mask != "" && strings.Count(mask, "*") < minHidden {
					t.Fatalf("%s of %q: %q hides fewer than %d", rule, value, mask, minHidden)
				}
			default:
			}
		}
	}
}
