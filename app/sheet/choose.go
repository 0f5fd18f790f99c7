package sheet

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"tongce/app/quality"
)

// lookupKeys gives what the book is asked about a row.
func lookupKeys(cells []PlanCell) Keys {
	var k Keys
	for _, c := range cells {
		if c.Status == StatusWrong {
			continue
		}
		all := c.each()
		switch c.Field {
		case "uscc":
			if quality.ValidUSCC(c.Value) {
				k.USCC = c.Value
			}
		case "id_number":
			if quality.ValidID(c.Value) {
				k.IDNumber = c.Value
			}
		case "name":
			k.Name = quality.NameKey(c.Value)
		case "mobile":
			k.Mobiles = all
		case "phone":
			k.Phones = all
		case "email":
			k.Emails = all
		}
	}
	return k
}

// choose picks the customer of the book that a row is, and those to be looked
// at (IM1-IM8). Of several that would do, the one with the surest key and the
// most equal values counts.
func (p *Plan) choose(k rowKeys, cells []PlanCell, found []Existing) (into *Existing, why string, look []string) {
	best := -1
	order := []string{"phone", "equal", "name_phone", "name", "id_number", "uscc"}
	phone := 0
	for i := range found {
		e := &found[i]
		x := p.keysIn(e.Fields)
		if e.Fields["name"] == "" && e.Name != "" {
			x.add("name", e.Name)
		}
		equal, all := equalFields(cells, e.Fields)
		v, w := judge(k, x, apartInBook)
		if v == different && k.name != 0 && k.name == x.name && all && !contradicts(k, x) { // IM6
			v, w = same, "equal"
		}
		if w == "phone" {
			phone++
		}
		switch v {
		case same, named:
			s := slices.Index(order, w)*1000 + equal
			if v == named { // behind one that more than the name speaks for
				s -= 500
			}
			if s > best {
				best, into, why = s, e, w
			}
		case review:
			if len(look) < maxReview {
				look = append(look, e.ID)
			}
		case different:
		}
	}
	if why == "phone" && phone > 1 { // IM8: a number alone has to be one customer's
		return nil, "", look
	}
	return into, why, look
}

// keysIn are the keys of a customer of the book. What a person would have to
// look at there says as little as in a row.
func (p *Plan) keysIn(fields map[string]string) rowKeys {
	k := rowKeys{}
	for f, v := range fields {
		switch f {
		case "contact", "mobile", "phone", "email":
			r := p.schema.Typed(f, v)
			if r.Status == quality.Bad || r.Code == codeSurname {
				continue
			}
			for _, one := range quality.Split(v) {
				k.add(f, one)
			}
		default:
			k.add(f, v)
		}
	}
	return k
}

func equalFields(cells []PlanCell, fields map[string]string) (n int, all bool) {
	all = len(cells) > 0
	for _, c := range cells {
		if fields[c.Field] == c.Value {
			n++
		} else {
			all = false
		}
	}
	return n, all
}

// places are where the rows of a group stand; none without Options.Place.
func (p *Plan) places(g *group) []Place {
	if p.opt.Place == nil {
		return nil
	}
	out := make([]Place, 0, 1+len(g.rest))
	for _, r := range g.all() {
		x := p.opt.Place(r.Sheet)
		x.Row = r.Number
		out = append(out, x)
	}
	return out
}

// recognise finds the customer into which an earlier import of the same sheet
// put the rows of a group, where nothing that stands in it now says so (IM12).
// Only customers that name the sheet are asked for their past.
func (p *Plan) recognise(ctx context.Context, g *group, places []Place) (into *Existing, err error) {
	most := 0
	for i := range g.found {
		e := &g.found[i]
		var asked []Place
		for _, at := range places {
			if slices.ContainsFunc(asked, at.sameSheet) || !slices.ContainsFunc(e.Places, at.sameSheet) {
				continue
			}
			asked = append(asked, at)
			past, err := p.lookup.Past(ctx, e.ID, at)
			if err != nil {
				return nil, err
			}
			for _, was := range past {
				n := p.agrees(was, g, places, at)
				if n > most {
					most, into = n, e
				}
			}
		}
	}
	return into, nil
}

// agrees is how many values of rows stood in a customer once, and 0 where they
// were another one: the rules for the present hold, and a row at the same place
// may also have changed, as long as it has the name and most of the rest.
func (p *Plan) agrees(w Past, g *group, places []Place, sheet Place) int {
	k, cells := g.keys, g.lead.Effective()
	n, all := equalFields(cells, w.Fields)
	was := p.keysIn(w.Fields)
	if contradicts(k, was) {
		return 0
	}
	v, _ := judge(k, was, apartInBook)
	alike := k.name != 0 && k.name == was.name
	here := slices.ContainsFunc(places, func(x Place) bool { return x.sameSheet(sheet) && slices.Contains(w.Rows, x.Row) })
	name := cellIn(cells, "name")
	like := alike || name != nil && (abbreviates(name.Value, w.Fields["name"]) || abbreviates(w.Fields["name"], name.Value))
	if v == same || v == named || alike && all || here && (alike && k.full || like && 2*n > len(cells)) {
		return n + 1
	}
	return 0
}

// weak says that a value may fill a gap and must not displace another one: it
// could not be read, or says less of the same, a surname where a name stands or
// a company's name without its legal form.
func (c PlanCell) weak(old string) bool {
	return !c.Kept && !c.Fixed && (c.Status == StatusWrong || c.Code == codeSurname || c.Field == "name" && abbreviates(c.Value, old))
}

// abbreviates says that a Chinese name is another one with parts left out:
// 恒远科技 of 上海恒远科技有限公司.
func abbreviates(short, long string) bool {
	s, l := quality.NameKey(short), quality.NameKey(long)
	n := utf8.RuneCountInString(s)
	if n < 2 || n >= utf8.RuneCountInString(l) || strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) < 0 {
		return false
	}
	for _, r := range s {
		i := strings.IndexRune(l, r)
		if i < 0 {
			return false
		}
		l = l[i+utf8.RuneLen(r):]
	}
	return true
}
