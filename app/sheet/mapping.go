package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongce/app/quality"
	"tongce/app/schema"
)

// The reasons for which a column goes to a field.
const (
	ReasonName       = "name"
	ReasonAlias      = "alias"
	ReasonContent    = "content"
	ReasonSimilar    = "similar"
	ReasonRemembered = "remembered"
	ReasonChosen     = "chosen"
	ReasonRowNumber  = "rownumber"
	ReasonNone       = "none"
)

// Column is one column of a sheet and where it goes.
type Column struct {
	Col    int    `json:"col"`
	Header string `json:"header"`
	Hidden bool   `json:"hidden"`
	// Key is a field id or a column key of schema; empty to leave the column out.
	Key    string `json:"key"`
	Reason string `json:"reason"`
	// Look asks a person to look at the choice.
	Look    bool     `json:"look"`
	Samples []string `json:"samples"`
	// Written is the first sample in the form in which it will be written.
	Written string `json:"written"`
	// Options are the spellings of a choice field.
	Options []Option `json:"options"`
	// Part is first or last for the halves of a person's name.
	Part string `json:"part,omitempty"`
	// Wan says that the header counts amounts in 万元.
	Wan bool `json:"wan,omitempty"`
}

// Letter gives the name of the column: A, B, AA.
func (c Column) Letter() string { return columnName(c.Col) }

// Option is a spelling of a choice and what it equals; Value is empty when
// nobody has said.
type Option struct {
	Text   string `json:"text"`
	Count  int    `json:"count"`
	Value  string `json:"value"`
	Chosen bool   `json:"chosen"`
}

// Mapping says where the columns of one sheet go.
type Mapping struct {
	Sheet   Info     `json:"sheet"`
	Columns []Column `json:"columns"`
	schema  *schema.Schema
}

// Map maps the columns of a sheet. layouts gives what Layout returned when a
// sheet with the same fingerprint was last mapped, or nil; it may be nil itself.
func Map(info Info, s *schema.Schema, layouts func(fingerprint string) []byte) *Mapping {
	m := &Mapping{Sheet: info, schema: s}
	for _, c := range info.Columns {
		col := Column{Col: c.Col, Header: c.Header, Hidden: c.Hidden}
		col.Key, col.Reason = matchColumn(s, c)
		if col.Reason == "" {
			col.Reason = ReasonNone
		}
		if p := namePart(c.Header); p != "" && (col.Reason == ReasonNone || col.Reason == ReasonSimilar || col.Reason == ReasonContent) {
			col.Key, col.Reason, col.Part = "contact", ReasonAlias, p
		}
		for _, x := range c.Samples[:min(3, len(c.Samples))] {
			col.Samples = append(col.Samples, x.Text)
		}
		m.Columns = append(m.Columns, col)
	}
	m.settle()
	if layouts != nil {
		m.remember(layouts(m.Fingerprint()))
	}
	for i := range m.Columns {
		m.refresh(i)
	}
	return m
}

func namePart(header string) string {
	switch strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(header)) {
	case "firstname", "givenname", "forename":
		return "first"
	case "lastname", "surname", "familyname":
		return "last"
	}
	return ""
}

func plainHeader(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '*' || r == ':' || r == '：' || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		return r
	}, s))
}

// matchColumn finds where a column goes by its header, then by its values,
// then by a header that is nearly known.
func matchColumn(s *schema.Schema, c ColumnInfo) (key, reason string) {
	if key, ok := s.Match(c.Header); ok {
		if key == schema.ColumnIgnore {
			return key, ReasonRowNumber
		}
		if f, is := s.Field(key); is {
			if key == "address" && share(c, address) >= 0.6 { // the whole address under 详细地址
				return schema.ColumnFull, ReasonContent
			}
			h := plainHeader(c.Header)
			if h == plainHeader(f.NameZH) || h == plainHeader(f.NameEN) || h == f.ID {
				return key, ReasonName
			}
			if f.Type == schema.TypeChoice && codesOnly(s, key, c) {
				return "", ""
			}
		}
		return key, ReasonAlias
	}
	if key := byContent(c); key != "" {
		return key, ReasonContent
	}
	if key := numbered(s, c.Header); key != "" {
		return key, ReasonSimilar
	}
	if key := qualified(s, c.Header); key != "" {
		return key, ReasonSimilar
	}
	if key := similar(s, c.Header); key != "" && agrees(s, key, c) >= 0.6 {
		return key, ReasonSimilar
	}
	return "", ""
}

// supplierWords name the other side of a contract in lists of suppliers.
var supplierWords = [...]string{"供应商名称", "供应商", "供货商", "供货商名称", "客商名称", "厂商名称", "商家名称"}

// numbered knows 电话2, Phone 1 and Phones 2 Phone.
func numbered(s *schema.Schema, header string) string {
	f := strings.FieldsFunc(header, func(r rune) bool { return unicode.IsSpace(r) || r == '_' || r == '-' || unicode.IsDigit(r) })
	if len(f) == 0 || len(f) > 2 || len(f) == 1 && f[0] == header {
		return ""
	}
	if key, ok := s.Match(f[len(f)-1]); ok && several(key) {
		return key
	}
	return ""
}

// qualifiers stand before a label and say only whose it is.
var qualifiers = [...]string{"供应商", "供货商", "客户", "企业", "公司", "单位", "会员", "主要", "所属", "归属", "当前", "最新"}

// qualified knows 客户所属行业 and 供应商电话.
func qualified(s *schema.Schema, header string) string {
	h := plainHeader(quality.Simplified(header))
	for again := true; again; {
		again = false
		for _, q := range qualifiers {
			if rest, ok := strings.CutPrefix(h, q); ok && utf8.RuneCountInString(rest) >= 2 {
				h, again = rest, true
				if key, ok := s.Match(h); ok && key != "name" && key != schema.ColumnIgnore {
					return key
				}
			}
		}
	}
	return ""
}

// similar finds a known header that makes up half or more of an unknown one,
// at its end or its beginning: 预计金额（万元）.
func similar(s *schema.Schema, header string) string {
	h := plainHeader(quality.Simplified(header))
	if i := strings.IndexAny(h, "(（"); i > 0 {
		h = h[:i]
	}
	if i := strings.LastIndexByte(h, '/'); i > 0 {
		h = h[i+1:]
	}
	if slices.Contains(supplierWords[:], h) {
		return "name"
	}
	n := utf8.RuneCountInString(h)
	best, bestLen := "", 0
	try := func(key string, words []string) {
		for _, w := range words {
			w = plainHeader(w)
			l := utf8.RuneCountInString(w)
			if l < 2 || l*2 < n || w[0] < 0x80 && l < 4 || w == "名称" || w == "名字" || w == "全称" { // of what?
				continue
			}
			if l > bestLen && (strings.HasSuffix(h, w) || strings.HasPrefix(h, w)) {
				best, bestLen = key, l
			}
		}
	}
	for _, f := range s.Fields() {
		if f.Type != schema.TypeLong && f.Type != schema.TypeEntries {
			try(f.ID, append([]string{f.NameZH}, f.Aliases...))
		}
	}
	for _, c := range s.Columns() {
		try(c.Key, c.Aliases)
	}
	return best
}

func rank(c Column, filled int) int {
	r := map[string]int{ReasonChosen: 6, ReasonRemembered: 5, ReasonName: 4, ReasonAlias: 3, ReasonContent: 2, ReasonSimilar: 1}[c.Reason]
	return r*1_000_000 + min(filled, 999_999)
}

// settle leaves one column to each field and gives a table of persons its name.
func (m *Mapping) settle() {
	parts := slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Part != "" })
	for i, c := range m.Columns {
		if parts && c.Key == "name" && c.Reason == ReasonSimilar { // a person's own name is surer
			m.Columns[i].Key, m.Columns[i].Reason, m.Columns[i].Look = "", ReasonNone, true
		}
	}
	m.unique()
	if slices.ContainsFunc(m.Columns, func(c Column) bool { return c.Key == "name" }) {
		return
	}
	for i, c := range m.Columns {
		if c.Key == "contact" {
			m.Columns[i].Key = "name"
		}
	}
}

// unique leaves one column to each field; one that has to give way is to be looked
// at.
func (m *Mapping) unique() {
	best := map[string]int{}
	for i, c := range m.Columns {
		if c.Key == "" || c.Part != "" || several(c.Key) || m.schema.Feeds(c.Key) == nil {
			continue
		}
		j, there := best[c.Key]
		if !there {
			best[c.Key] = i
			continue
		}
		loser := i
		if rank(c, m.Sheet.Columns[i].Filled) > rank(m.Columns[j], m.Sheet.Columns[j].Filled) {
			best[c.Key], loser = i, j
		}
		m.Columns[loser].Key, m.Columns[loser].Reason, m.Columns[loser].Look = "", ReasonNone, true
	}
}

// refresh works out what follows from where a column goes.
func (m *Mapping) refresh(i int) {
	c, info := &m.Columns[i], m.Sheet.Columns[i]
	f, isField := m.schema.Field(c.Key)
	c.Wan = isField && f.Type == schema.TypeAmount && strings.Contains(c.Header, "万")
	c.Written = ""
	for _, x := range info.Samples {
		for _, r := range m.parse(*c, cellOf(x), schema.KindUnknown) {
			if r.Result.Canonical() {
				c.Written = strings.TrimSpace(c.Written + " " + m.schema.Show(r.Field, r.Result.Value, schema.Chinese))
			}
		}
		if c.Written != "" {
			break
		}
	}
	look := c.Reason == ReasonSimilar || c.Look && c.Key == ""
	if c.Key != "" && c.Reason != ReasonChosen && c.Reason != ReasonRemembered && agrees(m.schema, c.Key, info) < 0.5 {
		look = true
	}
	old := map[string]Option{}
	for _, o := range c.Options {
		old[o.Text] = o
	}
	c.Options = nil
	if isField && f.Type == schema.TypeChoice {
		for _, o := range info.Options {
			x := Option{Text: o.Text, Count: o.Count}
			if was, ok := old[o.Text]; ok && was.Chosen {
				x.Value, x.Chosen = was.Value, true
			} else if r := m.schema.Parse(c.Key, o.Text); r.Canonical() {
				x.Value = r.Value
			}
			look = look || x.Value == "" && !x.Chosen
			c.Options = append(c.Options, x)
		}
	}
	c.Look = look
}

// Send maps a column elsewhere, or leaves it out with an empty key. It returns
// ErrNoRow for a column or a key that is not there. A field that another
// column fed goes over to this one: that the other is left out was chosen too.
func (m *Mapping) Send(col int, key string) error {
	if _, ok := m.schema.Field(key); key != "" && !ok && m.schema.Feeds(key) == nil &&
		key != schema.ColumnIgnore && key != schema.ColumnUpdatedAt {
		return ErrNoRow
	}
	i := slices.IndexFunc(m.Columns, func(c Column) bool { return c.Col == col })
	if i < 0 {
		return ErrNoRow
	}
	for j := range m.Columns {
		if j != i && key != "" && m.Columns[j].Key == key && m.Columns[j].Part == "" && !several(key) && m.schema.Feeds(key) != nil {
			m.Columns[j].Key, m.Columns[j].Reason = "", ReasonChosen
			m.refresh(j)
		}
	}
	m.Columns[i].Key, m.Columns[i].Reason, m.Columns[i].Part = key, ReasonChosen, ""
	m.refresh(i)
	return nil
}

// Same says that a row gives the same by either mapping.
func (m *Mapping) Same(other *Mapping) bool {
	option := func(a, b Option) bool { return a.Text == b.Text && a.Value == b.Value }
	return m.Sheet.Header == other.Sheet.Header && slices.EqualFunc(m.Columns, other.Columns, func(a, b Column) bool {
		return a.Col == b.Col && a.Key == b.Key && a.Part == b.Part && a.Wan == b.Wan && slices.EqualFunc(a.Options, b.Options, option)
	})
}

// Equal says what a spelling of a choice column equals; empty for nothing.
func (m *Mapping) Equal(col int, text, value string) error {
	for i := range m.Columns {
		if m.Columns[i].Col != col {
			continue
		}
		for k := range m.Columns[i].Options {
			if o := &m.Columns[i].Options[k]; o.Text == text {
				o.Value, o.Chosen = value, true
				m.refresh(i)
				return nil
			}
		}
	}
	return ErrNoRow
}

// Clone is a copy that can be changed beside its readers.
func (m *Mapping) Clone() *Mapping {
	out := *m
	out.Columns = slices.Clone(m.Columns)
	for i := range out.Columns {
		out.Columns[i].Options = slices.Clone(out.Columns[i].Options)
	}
	return &out
}

// Restore gives a mapping that was stored (as JSON, say) its schema back.
func (m *Mapping) Restore(s *schema.Schema) { m.schema = s }

// parse reads one cell of a column.
func (m *Mapping) parse(c Column, cell quality.Cell, kind schema.Kind) []schema.FieldResult {
	if quality.Empty(cell.Text) {
		return nil
	}
	if c.Wan && strings.Trim(cell.Text, "0123456789.,， ") == "" {
		cell = quality.Text(strings.TrimSpace(cell.Text) + "万")
	}
	for _, o := range c.Options {
		if o.Chosen && o.Text == strings.TrimSpace(cell.Text) {
			if o.Value == "" {
				return nil
			}
			return []schema.FieldResult{{Field: c.Key, Result: quality.Result{Value: o.Value, Status: quality.Fixed, Notes: []string{"choice"}}}}
		}
	}
	return m.schema.ParseColumn(c.Key, cell, kind)
}
