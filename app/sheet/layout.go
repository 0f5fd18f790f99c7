package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
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

// Layout gives what is to be remembered under Fingerprint.
func (m *Mapping) Layout() []byte {
	l := layout{Keys: map[string]string{}, Options: map[string]map[string]string{}}
	for _, c := range m.Columns {
		if c.Header == "" || c.Part != "" {
			continue
		}
		l.Keys[c.Header] = c.Key
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
