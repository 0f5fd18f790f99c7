package quality

import "strings"

// Option is a value of a closed list with the other words people use for it.
type Option struct {
	Value   string
	Aliases []string
}

// choiceEnds are words that people add to a value of a list: A类, 重点客户.
var choiceEnds = []string{"行业", "客户", "类", "级", "型"}

// ChoiceKey is the form in which a value and its aliases are compared.
func ChoiceKey(s string) string {
	s = strings.ToLower(without(fold(s), " "))
	if t, ok := strings.CutSuffix(s, ".0"); ok && allDigits(t) {
		s = t
	}
	return Simplified(s)
}

// Choice finds the value of a closed list. The words 类, 级, 客户, 行业 behind
// it do not matter. Code: choice_unknown.
func Choice(c Cell, options []Option) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	if len(c.Text) > 256 {
		return bad(c.Text, "choice_unknown")
	}
	key := ChoiceKey(c.Text)
	if v, ok := pick(key, options); ok {
		return finish(c.Text, v, nil)
	}
	for _, end := range choiceEnds {
		if k, cut := strings.CutSuffix(key, end); cut && k != "" {
			if v, ok := pick(k, options); ok {
				return finish(c.Text, v, nil)
			}
		}
	}
	return bad(c.Text, "choice_unknown")
}

func pick(key string, options []Option) (string, bool) {
	for _, o := range options {
		if key == strings.ToLower(o.Value) {
			return o.Value, true
		}
	}
	for _, o := range options {
		for _, a := range o.Aliases {
			if key == strings.ToLower(a) {
				return o.Value, true
			}
		}
	}
	return "", false
}
