package quality

import (
	"strings"
	"unicode"
)

// Place is an address in its parts. What the text does not say and the table of
// divisions does not prove is empty.
type Place struct {
	Province, City, District, Detail string
}

// separators stand between the parts of an address.
const separators = " -/,，、·|>\\_—:："

// Address splits a full address or a region. A province that was left out
// follows from the city, a city from its district where only one has that name;
// short forms (浙江杭州西湖区) are completed. The Result's Value is the joined
// address; codes: place_unknown (no division found: all of it is Detail),
// place_ambiguous (the district is in more than one city), place_mismatch (the
// district lies in another city), address_long.
func Address(c Cell) (Place, Result) {
	if Empty(c.Text) {
		return Place{}, finish(c.Text, "", nil)
	}
	if len(c.Text) > maxText {
		return Place{Detail: typed(c.Text)}, bad(c.Text, "address_long")
	}
	s := strings.TrimFunc(strings.Map(letters, typed(c.Text)), unicode.IsSpace)
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, s)
	p, code := divide(s)
	if code == "place_unknown" && closeHan(s) != s {
		p, code = divide(closeHan(s)) // 浙 江
	}
	full := p.Province
	if p.City != p.Province {
		full += p.City
	}
	full += p.District + p.Detail
	if code != "" {
		return p, doubt(full, code, nil)
	}
	return p, finish(c.Text, full, nil)
}

func divide(s string) (Place, string) {
	w := walk{t: places(), rest: strings.TrimLeft(s, separators)}
	w.rest = strings.TrimPrefix(w.rest, "中国")
	w.province()
	w.city()
	w.district()
	w.p.Detail = Street(Text(strings.TrimLeft(w.rest, separators))).Value
	if w.p.City == "" && w.p.District == "" && w.p.Province == "" {
		return Place{Detail: closeHan(s)}, "place_unknown"
	}
	return w.p, w.code
}

// walk takes the divisions off the front of an address.
type walk struct {
	t    *table
	rest string
	p    Place
	row  *cityRow
	code string
}

func (w *walk) take(prefix string) {
	w.rest = strings.TrimLeft(w.rest[len(prefix):], separators)
}

// street says whether what follows a short name makes it the name of a street
// or a building: 北京路, 南京西路, 中山大道.
func street(rest string) bool {
	r := []rune(rest)
	for i := 0; i < len(r) && i < 3; i++ {
		if strings.ContainsRune("路街道巷弄", r[i]) || r[i] == '厦' && i > 0 && r[i-1] == '大' {
			return true
		}
		if !strings.ContainsRune("东南西北中大新老一二三四五六七八九十", r[i]) {
			return false
		}
	}
	return false
}

func (w *walk) province() {
	p := w.t.longestPrefix(w.rest, func(x, rest string) bool {
		full, ok := w.t.provinces[x]
		if ok && x != full && (strings.HasPrefix(rest, "市") || street(rest)) {
			return false // 吉林市 is a city, 北京路 a street
		}
		return ok
	})
	if p == "" {
		return
	}
	w.p.Province = w.t.provinces[p]
	w.take(p)
	if strings.HasSuffix(w.p.Province, "市") || strings.HasSuffix(w.p.Province, "特别行政区") {
		w.p.City = w.p.Province
		w.row = w.t.under[w.p.Province][0]
		for _, again := range []string{w.p.Province, shortName(w.p.Province) + "市", "市辖区"} {
			if strings.HasPrefix(w.rest, again) {
				w.take(again)
			}
		}
		// 上海-上海-静安区, but not 上海上海路.
		if s := shortName(w.p.Province); strings.HasPrefix(w.rest, s) && !street(w.rest[len(s):]) {
			w.take(s)
		}
	}
}

func (w *walk) city() {
	if w.row != nil {
		return
	}
	var found *cityRow
	p := w.t.longestPrefix(w.rest, func(x, rest string) bool {
		rows := w.t.cities[x]
		found = nil
		for _, r := range rows {
			if w.p.Province == "" || r.province == w.p.Province {
				if found != nil && found.province != r.province {
					return false
				}
				found = r
			}
		}
		if found == nil {
			return false
		}
		return x == found.name || startsWithAny(rest, found.districts) || !street(rest) && !strings.HasPrefix(rest, "县") && !strings.HasPrefix(rest, "区")
	})
	if p == "" {
		return
	}
	w.row = found
	w.p.City, w.p.Province = found.name, found.province
	// 青岛市南区 is 青岛 and 市南区, not 青岛市 and 南区.
	if p == found.name && len(found.short) < len(p) && strings.HasPrefix(p, found.short) &&
		!startsWithAny(w.rest[len(p):], found.districts) && startsWithAny(w.rest[len(found.short):], found.districts) {
		p = found.short
	}
	w.take(p)
}

func startsWithAny(s string, prefixes []string) bool {
	s = strings.TrimLeft(s, separators)
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func (w *walk) district() {
	if w.row != nil {
		for _, d := range w.row.districts {
			if strings.HasPrefix(w.rest, d) && !longerWord(w.rest[len(d):]) {
				w.p.District = d
				w.take(d)
				return
			}
		}
		w.shortDistrict()
		if w.p.District == "" {
			w.foreign()
		}
		return
	}
	var rows []*cityRow
	d := w.t.longestPrefix(w.rest, func(x, rest string) bool {
		rows = w.inProvince(w.t.districts[x])
		return len(rows) > 0 && !longerWord(rest)
	})
	if d == "" {
		return
	}
	w.p.District = d
	w.take(d)
	if len(rows) == 1 {
		w.p.City, w.p.Province = rows[0].name, rows[0].province
		return
	}
	w.code = "place_ambiguous"
}

// longerWord says that a match is only the start of a longer word: 和平区 in
// 和平区域中心, 区委.
func longerWord(rest string) bool {
	return strings.HasPrefix(rest, "域") || strings.HasPrefix(rest, "委")
}

func (w *walk) inProvince(rows []*cityRow) []*cityRow {
	if w.p.Province == "" {
		return rows
	}
	var out []*cityRow
	for _, r := range rows {
		if r.province == w.p.Province {
			out = append(out, r)
		}
	}
	return out
}

// shortDistrict completes 西湖 where nothing follows it that could make it a
// street: the end, or a separator.
func (w *walk) shortDistrict() {
	head := w.rest
	if i := strings.IndexAny(head, separators); i >= 0 {
		head = head[:i]
	}
	if head == "" {
		return
	}
	for _, d := range w.row.districts {
		if shortName(d) == head {
			w.p.District = d
			w.take(head)
			return
		}
	}
}

// foreign finds a district of another city behind a city's name: that is a
// contradiction for a person to look at; it stays in the detail.
func (w *walk) foreign() {
	d := w.t.longestPrefix(w.rest, func(x, rest string) bool {
		return len(w.t.districts[x]) > 0 && !street(rest) && !longerWord(rest)
	})
	if d != "" {
		w.code = "place_mismatch"
	}
}

// Province normalises the name of a province: 浙江 becomes 浙江省. Code:
// place_unknown.
func Province(c Cell) Result {
	return onePlace(c, func(p Place) string { return p.Province }, func(t *table, s string) string { return t.provinces[s] })
}

// City normalises the name of a city: 杭州 becomes 杭州市. Code: place_unknown.
func City(c Cell) Result {
	return onePlace(c, func(p Place) string { return p.City }, func(t *table, s string) string {
		rows := t.cities[s]
		if len(rows) == 0 {
			return ""
		}
		for _, r := range rows[1:] {
			if r.name != rows[0].name {
				return ""
			}
		}
		return rows[0].name
	})
}

// District normalises the name of a district: 西湖 becomes 西湖区 where every
// district of that short name has the same full one. Code: place_unknown.
func District(c Cell) Result {
	return onePlace(c, func(p Place) string { return p.District }, func(t *table, s string) string {
		if len(t.districts[s]) > 0 {
			return s
		}
		full := t.shortOf[s]
		if len(full) == 0 {
			return ""
		}
		for _, f := range full[1:] {
			if f != full[0] {
				return ""
			}
		}
		return full[0]
	})
}

func onePlace(c Cell, part func(Place) string, known func(*table, string) string) Result {
	if Empty(c.Text) {
		return finish(c.Text, "", nil)
	}
	if len(c.Text) > 256 {
		return bad(c.Text, "place_unknown")
	}
	s := Simplified(without(strings.Map(letters, typed(c.Text)), " \n\t"))
	if v := known(places(), s); v != "" {
		return finish(c.Text, v, nil)
	}
	if p, r := Address(Text(s)); r.Status != Bad && r.Code == "" && p.Detail == "" && part(p) != "" {
		return finish(c.Text, part(p), nil)
	}
	return bad(c.Text, "place_unknown")
}
