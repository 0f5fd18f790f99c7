package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// layout is what is remembered of a mapping: headers and spellings, no values
// of customers.
type layout struct {
	Keys    map[string]string            `json:"k"`
	Options map[string]map[string]string `json:"o"`
}

// Fingerprint names the layout of a sheet: the same headers in any order.
func (m *Mapping) Fingerprint() string {
	var h []string
	for _, c := range m.Columns {
		if c.Header != "" {
			h = append(h, plainHeader(c.Header))
		}
	}
	slices.Sort(h)
	sum := sha256.Sum256([]byte(strings.Join(h, "\x00")))
	return hex.EncodeToString(sum[:16])
}

// Identities names each column by what it is the same as in another sheet: the
// layout, the header and which column of that header it is. A column without a
// header is like no other and has the empty name.
func (m *Mapping) Identities() []string {
	fingerprint, seen := m.Fingerprint(), map[string]int{}
	out := make([]string, len(m.Columns))
	for i, c := range m.Columns {
		if h := plainHeader(c.Header); h != "" {
			out[i] = fingerprint + "\x00" + h + "\x00" + strconv.Itoa(seen[h])
			seen[h]++
		}
	}
	return out
}

// Layout gives what is to be remembered under Fingerprint. What was said of
// spellings that this sheet does not have is kept from the layout before it.
func (m *Mapping) Layout(before []byte) []byte {
	l := layout{Keys: map[string]string{}, Options: map[string]map[string]string{}}
	var old layout
	if json.Unmarshal(before, &old) != nil {
		old = layout{}
	}
	for _, c := range m.Columns {
		if c.Header == "" || c.Part != "" {
			continue
		}
		l.Keys[c.Header] = c.Key
		if old.Keys[c.Header] == c.Key && len(old.Options[c.Header]) > 0 {
			l.Options[c.Header] = old.Options[c.Header]
		}
		for _, o := range c.Options {
			if o.Chosen {
				if l.Options[c.Header] == nil {
					l.Options[c.Header] = map[string]string{}
				}
				l.Options[c.Header][o.Text] = o.Value
			}
		}
	}
	b, _ := json.Marshal(l) //nolint:errchkjson // plain strings
	return b
}

// remember applies a layout; what was chosen then differs from the guess now
// only where a person said so.
func (m *Mapping) remember(b []byte) {
	var l layout
	if len(b) == 0 || json.Unmarshal(b, &l) != nil {
		return
	}
	for i := range m.Columns {
		c := &m.Columns[i]
		key, ok := l.Keys[c.Header]
		if !ok || c.Header == "" || c.Part != "" {
			continue
		}
		if key != c.Key {
			c.Key, c.Reason = key, ReasonRemembered
		}
		for text, value := range l.Options[c.Header] {
			c.Options = append(c.Options, Option{Text: text, Value: value, Chosen: true})
		}
	}
}
