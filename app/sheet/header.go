package sheet

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongce/app/quality"
	"tongce/app/schema"
)

const headRows = 80 // rows looked at to find the header

// dataLike says that a cell reads like a value and not like a label.
func dataLike(c Cell) bool {
	if c.Kind != CellText {
		return c.Kind != CellEmpty
	}
	s := strings.TrimSpace(c.Text)
	digits, all := 0, utf8.RuneCountInString(s)
	for _, r := range s {
		if unicode.IsDigit(r) {
			digits++
		}
	}
	return digits >= 2 && digits*2 > all || strings.Contains(s, "@") && strings.Contains(s, ".") ||
		all > 40 || all > 24 && s[0] >= 0x80 || strings.Contains(s, "://")
}

func own(r Row) (n int) {
	for _, c := range r.Cells {
		if c.Kind != CellEmpty && !c.Filled {
			n++
		}
	}
	return n
}

func filled(r Row) (n int) {
	for _, c := range r.Cells {
		if c.Kind != CellEmpty {
			n++
		}
	}
	return n
}

// score says how much row i reads like the header of what follows; 0 for not
// at all.
func score(rows []Row, i, width int, s *schema.Schema) float64 {
	r := rows[i]
	n := filled(r)
	if n < 2 && width > 1 || n == 0 || own(r) == 0 {
		return 0
	}
	known, labels, data, twice, contrast := 0, 0, 0, 0, 0
	seen := map[string]bool{}
	below := slices.DeleteFunc(slices.Clone(rows[i+1:min(i+1+40, len(rows))]), func(b Row) bool { return repeats(r, b) })
	for col, c := range r.Cells {
		if c.Kind == CellEmpty {
			continue
		}
		if dataLike(c) {
			data++
			continue
		}
		labels++
		if _, ok := s.Match(c.Text); ok {
			known++
		}
		if seen[c.Text] {
			twice++
		}
		seen[c.Text] = true
		typed, same, some := 0, 0, 0
		for _, b := range below {
			if col < len(b.Cells) && b.Cells[col].Kind != CellEmpty && !b.Cells[col].Filled {
				some++
				if dataLike(b.Cells[col]) {
					typed++
				}
				if b.Cells[col].Text == c.Text {
					same++
				}
			}
		}
		if same > 0 && same*8 >= some {
			twice += 2
		}
		if some > 0 && typed*10 >= some*6 {
			contrast++
		}
	}
	switch {
	case known >= 2 && data*2 <= n, known == 1 && data == 0 && twice == 0:
	case known == 0 && data == 0 && twice == 0 && n*10 >= width*8 && contrast > 0:
	default:
		return 0
	}
	v := 3*float64(known) + float64(labels) + float64(contrast) - 3*float64(data) - 3*float64(twice) - 0.2*float64(i)
	if n*10 >= width*6 {
		v += 2
	}
	return max(v, 0)
}

// repeats says that a row is the same labels once more, as at the top of each
// printed page.
func repeats(r, b Row) bool {
	return own(r) >= 2 && slices.EqualFunc(r.Cells, b.Cells, func(x, y Cell) bool { return x.Kind == y.Kind && x.Text == y.Text })
}

// findHeader finds the header in the first rows of a sheet: under titles and
// notes, over one or two rows; zero when no row may be taken for one.
func findHeader(rows []Row, s *schema.Schema) Header {
	width := tableWidth(rows)
	best, at := 0.0, -1
	for i := range min(len(rows), 40) {
		if v := score(rows, i, width, s); v > best {
			best, at = v, i
		}
	}
	if at < 0 {
		return Header{}
	}
	h := Header{rows[at].Number, rows[at].Number}
	if at > 0 && over(rows[at-1], rows[at]) {
		h.From = rows[at-1].Number
	} else if at+1 < len(rows) && over(rows[at], rows[at+1]) {
		h.To = rows[at+1].Number
	}
	return h
}

// over says that top and bottom are one header of two rows: a merged label
// above stands over labels of its own, and nothing below is a value.
func over(top, bottom Row) bool {
	if bottom.Number != top.Number+1 {
		return false
	}
	spans, labels := 0, 0
	for col, c := range top.Cells {
		if c.Span < 2 || c.Kind == CellEmpty || dataLike(c) {
			continue
		}
		under := 0
		for k := col; k < min(col+c.Span, len(bottom.Cells)); k++ {
			if b := bottom.Cells[k]; b.Kind == CellText && !b.Filled {
				under++
			}
		}
		if under >= 2 && c.Span < len(bottom.Cells) {
			spans++
		}
	}
	for _, c := range bottom.Cells {
		if c.Kind != CellEmpty && !c.Filled {
			if dataLike(c) {
				return false
			}
			labels++
		}
	}
	return spans > 0 && labels > 0 && filled(top) >= 2
}

// tableWidth is how many cells most rows fill.
func tableWidth(rows []Row) int {
	var w []int
	for _, r := range rows {
		if n := filled(r); n > 1 {
			w = append(w, n)
		}
	}
	if len(w) == 0 {
		return 1
	}
	slices.Sort(w)
	return w[len(w)/2]
}

// headerTexts gives the label of each column; a label of two rows is joined
// by a slash.
func headerTexts(rows []Row, h Header) []string {
	var top, bottom []string
	put := func(to *[]string, r Row, spread bool) {
		for col, c := range r.Cells {
			if c.Kind == CellEmpty {
				continue
			}
			n := 1
			if spread {
				n = max(1, min(c.Span, MaxColumns-col))
			}
			for k := range n {
				for len(*to) <= col+k {
					*to = append(*to, "")
				}
				if k == 0 || (*to)[col+k] == "" {
					(*to)[col+k] = clean(c.Text)
				}
			}
		}
	}
	for _, r := range rows {
		switch {
		case r.Number == h.To:
			put(&bottom, r, false)
		case r.Number >= h.From && r.Number < h.To:
			put(&top, r, true)
		}
	}
	for len(bottom) < len(top) {
		bottom = append(bottom, "")
	}
	for i, t := range top {
		switch {
		case bottom[i] == "":
			bottom[i] = t
		case t != "" && t != bottom[i]:
			bottom[i] = t + "/" + bottom[i]
		}
	}
	return bottom
}

// clean makes one line of a label.
func clean(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "")
	}
	return s
}

// totalWords begin rows that add up the ones above.
const totalWords = "|合计|总计|小计|总和|共计|累计|平均|平均值|均值|average|本页合计|本页小计|合计金额|total|grandtotal|subtotal|sum|sumakońcowa|"

// countChars stand behind the word of a total in the same cell: 合计：12家.
const countChars = "0123456789.,，￥¥ 元万家户条个名位人"

// maybeTotal is a quick look before the exact one.
func maybeTotal(s string) bool {
	return strings.Contains(s, "计") || strings.Contains(s, "总") || strings.Contains(s, "和") || strings.Contains(s, "均") ||
		strings.ContainsAny(s, "TtAa") && len(s) >= 5 || strings.ContainsAny(s, "Ss") && strings.ContainsAny(s, "Mm")
}

func squeeze(s string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(":：()（）", r) {
			return -1
		}
		return r
	}, s))
}

// Kind says what a row is, given where the header of its sheet stands.
func (i Info) Kind(r Row) RowKind {
	n := own(r)
	if i.Header.To > 0 && r.Number <= i.Header.To {
		switch {
		case r.Number >= i.Header.From:
			return RowHeader
		case n == 1 && r.Number == 1:
			return RowTitle
		}
		return RowNote
	}
	same, texts, notes := 0, 0, 0
	first := ""
	for col, c := range r.Cells {
		if c.Kind == CellEmpty || c.Filled {
			continue
		}
		if first == "" {
			first = c.Text
		}
		if c.Kind == CellText && len(c.Text) < 40 && maybeTotal(c.Text) && strings.Contains(totalWords, "|"+squeeze(strings.TrimRight(c.Text, countChars))+"|") {
			return RowTotal
		}
		if noteWord(c.Text) {
			notes++
		}
		if texts++; i.Header.To > 0 {
			if h := i.header(col); h != "" && len(c.Text) >= len(h) && (c.Text == h || strings.ContainsAny(c.Text, " \t\r\n\u3000") && clean(c.Text) == h) {
				same++
			}
		}
	}
	switch {
	case same >= 2 && same*10 >= texts*8:
		return RowHeader
	case n == 1 && len(i.Columns) >= 3 && (notes == 1 || utf8.RuneCountInString(first) > 30 || groupLabel(first)):
		return RowNote
	case n > 1 && notes == n: // 制表人：张三, 审核：李四
		return RowNote
	}
	return RowData
}

func (i Info) header(col int) string {
	if col < len(i.Columns) && i.Columns[col].Col == col {
		return i.Columns[col].Header
	}
	for _, c := range i.Columns {
		if c.Col == col {
			return c.Header
		}
	}
	return ""
}

// noteWord says that a cell begins like a remark about the sheet or a count.
func noteWord(s string) bool {
	s = strings.TrimSpace(s)
	for _, p := range []string{
		"备注", "注：", "注:", "注意", "说明", "制表", "填表", "审核", "复核", "审批", "经办", "日期：", "日期:", "*", "※", "以上", "以下空白", "以下无", "note:", "Note:",
	} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	rest, counts := strings.CutPrefix(s, "共")
	return counts && strings.Trim(rest, countChars+"计页") == "" && strings.ContainsAny(rest, "0123456789")
}

// groupLabel says that a text alone in its row heads the rows below: a place or
// a region is no customer's name.
func groupLabel(s string) bool {
	s = strings.TrimSpace(s)
	region := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "区"), "大"), "地")
	if r := []rune(region); len(r) >= 2 && r[0] == '华' && strings.Trim(string(r[1:]), "东南西北中") == "" {
		return true
	}
	return quality.Province(quality.Text(s)).Canonical() || strings.HasSuffix(s, "市") && quality.City(quality.Text(s)).Canonical()
}
