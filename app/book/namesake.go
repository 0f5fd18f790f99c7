package book

import (
	"strings"

	"golang.org/x/text/unicode/norm"

	"tongce/crdt/charter"
)

// Letters of other alphabets and the Latin ones that nobody can tell them from.
const (
	foreign = "АВЕЅІЈКМНОРСТУХаеѕіјорсухһԁӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧοιν"
	latin   = "ABESIJKMHOPCTYXaesijopcyxhdlABEZHIKMNOPTYXoiv"
)

// reading is a name as it looks: two that look alike have the same (ID6). It
// decides what is shown and nothing else (EC3).
func reading(name string) string {
	name = norm.NFKC.String(name)
	if !strings.ContainsFunc(name, func(r rune) bool { return r >= 0x0370 && r <= 0x052F }) {
		return name // neither Greek nor Cyrillic, as nearly all are
	}
	from, to := []rune(foreign), latin
	return strings.Map(func(r rune) rune {
		for i, f := range from {
			if f == r {
				return rune(to[i])
			}
		}
		return r
	}, name)
}

// shownName is a member's name, with department and the beginning of the id
// where another active member's looks the same (ID6).
func shownName(s *charter.State, m charter.Member, department string) string {
	if m.Status != charter.StatusActive || m.Name == "" {
		return m.Name
	}
	mine := reading(m.Name)
	for _, o := range s.Members() {
		if o.ID != m.ID && o.Status == charter.StatusActive && reading(o.Name) == mine {
			return m.Name + "（" + department + " " + m.ID.String()[:4] + "）"
		}
	}
	return m.Name
}
