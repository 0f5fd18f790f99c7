package sheet

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
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

// names gives each column what it is called in a layout: the header, and where
// that comes several times which of them it is. A column without a header has the
// empty name.
func (m *Mapping) names() []string {
	out, count, seen := make([]string, len(m.Columns)), map[string]int{}, map[string]int{}
	for _, c := range m.Columns {
		count[plainHeader(c.Header)]++
	}
	for i, c := range m.Columns {
		h := plainHeader(c.Header)
		if out[i] = h; h != "" && count[h] > 1 {
			out[i] += "\x00" + strconv.Itoa(seen[h])
			seen[h]++
		}
	}
	return out
}

// Identities names each column by what it is the same as in another sheet: the
// layout, the header and which column of that header it is. A column without a
// header is like no other and has the empty name.
func (m *Mapping) Identities() []string {
	fingerprint, out := m.Fingerprint(), m.names()
	for i, name := range out {
		if name != "" {
			out[i] = fingerprint + "\x00" + name
		}
	}
	return out
}

// readLayout knows what is called as names does. Where a header comes once, that
// is also what it was called in layouts that had it as it was typed.
func readLayout(b []byte) layout {
	var l layout
	if json.Unmarshal(b, &l) != nil {
		l = layout{}
	}
	out := layout{Keys: map[string]string{}, Options: map[string]map[string]string{}}
	for h, key := range l.Keys {
		out.Keys[plainHeader(h)], out.Options[plainHeader(h)] = key, l.Options[h]
	}
	return out
}

// said tells whether a person said where a column goes, now or before, or what a
// spelling of it equals.
func (m *Mapping) said(i int) bool {
	c := &m.Columns[i]
	return c.Reason == ReasonChosen || c.Reason == ReasonRemembered || slices.ContainsFunc(c.Options, func(o Option) bool { return o.Chosen })
}

// Layout gives what is to be remembered under Fingerprint once the sheet was
// imported: where its columns went, but for guesses about those that have no
// values. What the sheet does not tell is kept from the layout before it.
func (m *Mapping) Layout(before []byte) []byte {
	return m.layout(before, func(i int) bool { return m.said(i) || m.Sheet.Columns[i].Filled > 0 })
}

// Said gives the layout for a further sheet of the same import: the one before,
// with what was said of this sheet. What is guessed, each sheet guesses by its own
// values.
func (m *Mapping) Said(before []byte) []byte { return m.layout(before, m.said) }

func (m *Mapping) layout(before []byte, tells func(i int) bool) []byte {
	old, l := readLayout(before), readLayout(nil)
	for i, name := range m.names() {
		c := m.Columns[i]
		if name == "" || c.Part != "" {
			continue
		}
		key, known := old.Keys[name]
		if tells(i) {
			known = key == c.Key
			key = c.Key
		} else if !known {
			continue
		}
		l.Keys[name] = key
		options := map[string]string{}
		if known {
			maps.Copy(options, old.Options[name])
		}
		for _, o := range c.Options {
			if o.Chosen {
				options[o.Text] = o.Value
			}
		}
		if len(options) > 0 {
			l.Options[name] = options
		}
	}
	b, _ := json.Marshal(l) //nolint:errchkjson // plain strings
	return b
}

// remember applies a layout; what was chosen then differs from the guess now
// only where a person said so.
func (m *Mapping) remember(b []byte) {
	l := readLayout(b)
	for i, name := range m.names() {
		c := &m.Columns[i]
		key, ok := l.Keys[name]
		if !ok || name == "" || c.Part != "" {
			continue
		}
		if key != c.Key {
			c.Key, c.Reason = key, ReasonRemembered
		}
		for text, value := range l.Options[name] {
			c.Options = append(c.Options, Option{Text: text, Value: value, Chosen: true})
		}
	}
	m.unique()
}
