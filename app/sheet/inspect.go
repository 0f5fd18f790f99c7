package sheet

import (
	"cmp"
	"slices"
	"strings"

	"tongce/app/quality"
	"tongce/app/schema"
)

// inspect looks at all sheets of a file; it runs in the child.
func inspect(t *table, headers map[int]Header) (*Report, error) {
	r := &Report{Format: t.format}
	if t.text != nil {
		r.Encoding, r.Separator = t.text.encoding, string(t.text.sep)
		p := newProfile(0, "", headers)
		if err := t.text.readRows(p.add); err != nil {
			return nil, err
		}
		r.Sheets = []Info{p.finish()}
		return r, nil
	}
	for i, s := range t.book.sheets {
		p := newProfile(i, s.name, headers)
		p.info.Hidden = s.hidden
		if s.part != "" && t.book.parts[s.part] != nil {
			sr, err := t.book.readRows(i, p.add)
			if err != nil {
				return nil, err
			}
			p.hidden = sr.hidden
		}
		r.Sheets = append(r.Sheets, p.finish())
	}
	return r, nil
}

const (
	maxSamples = 60
	maxOptions = 100
)

// profile collects what Inspect tells of one sheet while its rows go by.
type profile struct {
	info    Info
	schema  *schema.Schema
	chosen  bool
	head    []Row
	ready   bool
	hidden  [MaxColumns]bool
	columns []*columnProfile
}

type columnProfile struct {
	ColumnInfo
	counts map[string]int
	known  map[string]bool
}

func newProfile(index int, name string, headers map[int]Header) *profile {
	p := &profile{info: Info{Index: index, Name: name}, schema: schema.Default()}
	p.info.Header, p.chosen = headers[index], false
	if _, ok := headers[index]; ok {
		p.chosen = true
	}
	return p
}

func (p *profile) add(r Row) error {
	p.info.Rows++
	p.info.LastRow = r.Number
	if !p.ready {
		r.Cells = slices.Clone(r.Cells)
		if p.head = append(p.head, r); len(p.head) < headRows {
			return nil
		}
		p.begin()
		return nil
	}
	p.data(r)
	return nil
}

// begin settles the header and goes on with the rows kept so far.
func (p *profile) begin() {
	p.ready = true
	if !p.chosen {
		p.info.Header = findHeader(p.head, p.schema)
	}
	for col, text := range headerTexts(p.head, p.info.Header) {
		p.column(col).Header = text
	}
	p.sync()
	for _, r := range p.head {
		p.data(r)
	}
}

func (p *profile) column(col int) *columnProfile {
	for len(p.columns) <= col {
		p.columns = append(p.columns, &columnProfile{
			ColumnInfo: ColumnInfo{Col: len(p.columns)}, counts: map[string]int{}, known: map[string]bool{},
		})
	}
	return p.columns[col]
}

func (p *profile) sync() {
	p.info.Columns = p.info.Columns[:0]
	for _, c := range p.columns {
		p.info.Columns = append(p.info.Columns, c.ColumnInfo)
	}
}

func (p *profile) data(r Row) {
	if p.info.Kind(r) != RowData {
		return
	}
	p.info.DataRows++
	for col, c := range r.Cells {
		if c.Kind == CellEmpty || quality.Empty(c.Text) {
			continue
		}
		p.column(col).see(c)
	}
}

func (c *columnProfile) see(cell Cell) {
	c.Filled++
	text := cell.Text
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "")
	}
	if c.counts != nil {
		t := strings.TrimSpace(text)
		if c.counts[t]++; len(c.counts) > maxOptions || len(text) > 120 {
			c.counts = nil
		}
	}
	if n := len(c.Samples); n < 40 || n < maxSamples && c.Filled%97 == 0 {
		if !c.known[text] {
			c.known[text] = true
			c.Samples = append(c.Samples, Sample{Text: text, Number: cell.Kind == CellNumber})
		}
	}
}

func (p *profile) finish() Info {
	if !p.ready {
		p.begin()
	}
	i := &p.info
	i.Columns = nil
	for _, c := range p.columns {
		if c.Header == "" && c.Filled == 0 {
			continue
		}
		c.Hidden = p.hidden[c.Col]
		for t, n := range c.counts {
			c.Options = append(c.Options, OptionCount{t, n})
		}
		slices.SortFunc(c.Options, func(a, b OptionCount) int {
			return cmp.Or(b.Count-a.Count, strings.Compare(a.Text, b.Text))
		})
		i.Columns = append(i.Columns, c.ColumnInfo)
	}
	i.Guess = p.guess()
	return *i
}

func containsAny(s string, words ...string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(s, w) })
}

// guess says what the sheet seems to hold.
func (p *profile) guess() Guess {
	i := &p.info
	if i.Rows == 0 {
		return GuessEmpty
	}
	feeds, named, person, codes, people := 0, false, false, 0, false
	for _, c := range i.Columns {
		key, reason := matchColumn(p.schema, c)
		if containsAny(c.Header, "行标签", "列标签", "row labels", "column labels", "求和项", "计数项") {
			return GuessPivot
		}
		if containsAny(c.Header, "代码", "编码", "含义", "取值", "说明", "字典", "meaning") {
			codes++
		}
		switch {
		case reason == "":
		case key == "name" && share(c, p.label) >= 0.5: // one customer, its labels one below the other
			return GuessNone
		case key == "name" && share(c, companyName)+share(c, personName) >= 0.3:
			named = true
		case key == "name" && i.Header.To > 0 && reason != ReasonContent:
			feeds++
			named = named || share(c, lettered) >= 0.5
		case key == "contact" && i.Header.To > 0 && share(c, personName) < 0.4:
			people, feeds = true, feeds+1
		case key == "contact" && share(c, personName) >= 0.4:
			person, feeds = true, feeds+1
		case len(p.schema.Feeds(key)) > 0:
			feeds++
		}
	}
	switch {
	case containsAny(i.Name, "字典", "dictionary", "填写说明", "使用说明", "readme"),
		codes >= 2 && len(i.Columns) <= 4 && !named:
		return GuessDictionary
	case containsAny(i.Name, "透视", "pivot"):
		return GuessPivot
	case i.DataRows == 0 || p.sideBySide():
		return GuessNone
	case i.Header.To > 0 && (named || person || people && feeds >= 3) && len(i.Columns) > 1:
		return GuessCustomers
	case i.Header.To > 0 && (feeds >= 2 || people), i.Header.To == 0 && len(i.Columns) >= 4 && i.DataRows >= 20:
		return GuessUnsure
	}
	return GuessNone
}

func (p *profile) label(x Sample) bool {
	_, ok := p.schema.Match(x.Text)
	return ok
}

// sideBySide says that the header names the same column again after a gap or
// the like: several tables next to each other.
func (p *profile) sideBySide() bool {
	seen, again, labels, gap := map[string]bool{}, 0, 0, false
	last := -1
	for _, c := range p.info.Columns {
		if c.Header == "" {
			continue
		}
		gap = gap || last >= 0 && c.Col > last+1
		last = c.Col
		if labels++; seen[c.Header] {
			again++
		}
		seen[c.Header] = true
	}
	return again*2 >= labels && again > 0 || again > 0 && gap // 电话 twice is no second table
}
