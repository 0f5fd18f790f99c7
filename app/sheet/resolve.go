package sheet

import (
	"bytes"
	"context"
	"slices"
)

// Finish compares every customer of the file with the book. progress is told
// rows done and rows in all, about every batch; it may be nil.
func (p *Plan) Finish(ctx context.Context, progress func(done, total int)) error {
	var batch []int32
	for i := range p.rows {
		if p.rows[i].leader == int32(i) {
			batch = append(batch, int32(i))
		}
		if len(batch) < p.opt.Batch && i < len(p.rows)-1 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.resolve(ctx, batch); err != nil {
			return err
		}
		batch = batch[:0]
		if progress != nil {
			progress(i+1, len(p.rows))
		}
	}
	return nil
}

// get reads rows by index, in that order.
func (p *Plan) get(ctx context.Context, index []int32) ([]*PlanRow, error) {
	rows, _, err := p.read(ctx, index)
	return rows, err
}

// read is get, with what is stored.
func (p *Plan) read(ctx context.Context, index []int32) ([]*PlanRow, map[int][]byte, error) {
	keys, stored := make([][]byte, len(index)), make(map[int][]byte, len(index))
	for i, x := range index {
		if int(x) >= len(p.rows) || x < 0 {
			return nil, nil, ErrNoRow
		}
		keys[i] = rowKey(int(x))
	}
	values, err := p.store.Get(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	out := make([]*PlanRow, len(index))
	for i, v := range values {
		if v == nil {
			return nil, nil, ErrNoRow
		}
		if out[i], err = decodePlanRow(v); err != nil {
			return nil, nil, err
		}
		stored[int(index[i])] = v
	}
	return out, stored, nil
}

// put writes rows and counts them; while a fix runs, what they were is kept.
// Those that are stored just so are not written again.
func (p *Plan) put(ctx context.Context, rows []*PlanRow, stored map[int][]byte) error {
	var out []Record
	if p.fixing {
		undo, err := p.keep(ctx, rows)
		if err != nil {
			return err
		}
		out = undo
	}
	for _, r := range rows {
		if rec := record(r); !bytes.Equal(rec.Value, stored[r.Index]) {
			out = append(out, rec)
		}
	}
	if err := p.store.Put(ctx, out); err != nil {
		return err
	}
	for _, r := range rows {
		p.tally(r)
	}
	return nil
}

// group is a leader with the rows merged into it.
type group struct {
	lead  *PlanRow
	rest  []*PlanRow
	keys  rowKeys
	found []Existing
}

// all are the rows of a group, the leading one first.
func (g *group) all() []*PlanRow { return append([]*PlanRow{g.lead}, g.rest...) }

// resolve decides what becomes of customers of the file, given by their
// leading rows. Two that turn out to be one customer of the book are joined,
// and decided once more.
func (p *Plan) resolve(ctx context.Context, leaders []int32) error {
	for len(leaders) > 0 {
		groups, stored, err := p.groups(ctx, leaders)
		if err != nil {
			return err
		}
		if err := p.ask(ctx, groups); err != nil {
			return err
		}
		var again []int32
		var out []*PlanRow
		for _, g := range groups {
			if p.rows[g.lead.Index].leader != int32(g.lead.Index) {
				continue
			}
			was := g.lead.Beside
			to, err := p.decide(ctx, g)
			if err != nil {
				return err
			}
			if to >= 0 {
				p.join(g, to)
				again = append(again, to)
			}
			again = append(again, p.partners(was, g.lead.Beside)...)
			// Rows of a customer are written together or not at all.
			for _, r := range g.rest {
				if r.Kind = KindMerged; g.lead.Kind == KindWrong {
					r.Kind = KindWrong
				}
			}
			out = append(append(out, g.lead), g.rest...)
		}
		if err := p.put(ctx, out, stored); err != nil {
			return err
		}
		slices.Sort(again)
		leaders = slices.Compact(again)
	}
	return nil
}

// groups reads customers of the file, and what is stored of their rows.
func (p *Plan) groups(ctx context.Context, leaders []int32) ([]*group, map[int][]byte, error) {
	var want []int32
	for _, l := range leaders {
		want = append(append(want, l), p.members[l]...)
	}
	rows, stored, err := p.read(ctx, want)
	if err != nil {
		return nil, nil, err
	}
	var out []*group
	at := 0
	for _, l := range leaders {
		n := len(p.members[l])
		g := &group{lead: rows[at], rest: rows[at+1 : at+1+n]}
		at += n + 1
		g.combine()
		g.keys = p.keysOf(g.lead.Effective())
		out = append(out, g)
	}
	return out, stored, nil
}

// combine says what the rows of one customer say together: an empty cell says
// nothing, a wrong one never displaces another, of two that differ the one of
// the newer row counts, of rows without a date the later one (IM9).
func (g *group) combine() {
	g.lead.All = nil
	g.lead.Cells = slices.DeleteFunc(g.lead.Cells, func(c PlanCell) bool { return c.Code == codeNoName })
	if len(g.rest) == 0 {
		return
	}
	all := slices.Clone(g.lead.Cells)
	age := map[string]string{}
	for _, c := range all {
		age[c.Field] = g.lead.Age
	}
	for _, r := range g.rest {
		for _, c := range r.Cells {
			if c.Code == codeNoName {
				continue
			}
			old := cellIn(all, c.Field)
			if old == nil {
				all = append(all, c)
				age[c.Field] = r.Age
				continue
			}
			if several(c.Field) && c.Value != old.Value && within(c.Value, old.Value) {
				continue // it has more of the same
			}
			old.Alike = 0
			better := c.trust() > old.trust() || c.trust() == old.trust() && (r.Age >= age[c.Field] && !c.weak(old.Value) || old.weak(c.Value))
			if c.Value == old.Value || !better {
				if c.Value != old.Value && several(c.Field) && c.Status != StatusWrong {
					old.More = union(old.More, c, old.Value)
				}
				continue
			}
			before := *old
			*old = c
			if several(c.Field) && before.Status != StatusWrong {
				old.More = union(slices.Clone(c.More), before, c.Value)
			}
			age[c.Field] = r.Age
		}
	}
	g.lead.All = all
}

// union adds the numbers of a cell to others, but for the one that is chosen.
func union(more []string, c PlanCell, chosen string) []string {
	more = slices.Clone(more)
	for _, v := range append([]string{c.Value}, c.More...) {
		if v != chosen && !slices.Contains(more, v) && len(more) < 20 {
			more = append(more, v)
		}
	}
	return more
}

// trust ranks the cells of one field of a customer. A wrong one that is kept is
// written where there is no right one: keeping all of a cause is not said of each.
func (c PlanCell) trust() int {
	switch {
	case c.Kept && c.Status == StatusWrong:
		return 2
	case c.Fixed || c.Kept:
		return 4
	case c.Status == StatusWrong:
		return 0
	case c.Status == StatusLook:
		return 1
	}
	return 3
}

// ask looks the groups up in the book.
func (p *Plan) ask(ctx context.Context, groups []*group) error {
	if p.lookup == nil {
		return nil
	}
	keys := make([]Keys, len(groups))
	for i, g := range groups {
		keys[i] = lookupKeys(g.lead.Effective())
		keys[i].Places = p.places(g)
	}
	found, err := p.lookup.Match(ctx, keys)
	if err != nil {
		return err
	}
	var ids []string
	for _, f := range found {
		ids = append(ids, f[:min(len(f), maxBucket)]...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return nil
	}
	values, err := p.lookup.Values(ctx, ids)
	if err != nil {
		return err
	}
	by := make(map[string]Existing, len(values))
	for _, e := range values {
		by[e.ID] = e
	}
	for i, g := range groups {
		if i >= len(found) {
			break
		}
		for _, id := range found[i][:min(len(found[i]), maxBucket)] {
			if e, ok := by[id]; ok {
				g.found = append(g.found, e)
			}
		}
	}
	return nil
}

const (
	codeNoName  = "name_missing"
	codeSurname = "surname_only"
	whyRow      = "row" // an import put it there before (IM12)
)

// decide sets what becomes of a group. It returns the leader of another group
// that is the same customer of the book, or -1.
func (p *Plan) decide(ctx context.Context, g *group) (int32, error) {
	r, i := g.lead, int32(g.lead.Index)
	if r.Into != "" && p.into[r.Into] == i {
		delete(p.into, r.Into)
	}
	r.Kind, r.Into, r.IntoName, r.Why, r.Review, r.Beside = KindNew, "", "", "", nil, p.beside(g)
	e, why, look := p.choose(g.keys, r.Effective(), g.found)
	places := p.places(g)
	if e == nil && len(places) > 0 {
		var err error
		if e, err = p.recognise(ctx, g, places); err != nil {
			return -1, err
		}
		if e != nil {
			why = whyRow
			look = slices.DeleteFunc(look, func(id string) bool { return id == e.ID })
		}
	}
	r.Review = look
	if e != nil {
		if l, taken := p.into[e.ID]; taken && l != i {
			apart := why == "name" && slices.Contains(r.Beside, int(l)) && p.keys[l].name == g.keys.name // IM4
			if !apart && !p.against(l, g.keys) {
				r.Into, r.Why = e.ID, why
				return l, nil
			}
			r.Review, e = append(r.Review, e.ID), nil
		}
	}
	changed, wrong := g.compare(e)
	for n, x := range g.all() {
		known := func(n int) bool { return len(places) == 0 || slices.Contains(e.Places, places[n]) }
		x.Known = e != nil && (known(n) || n >= maxNoted && known(0)) // those are not noted
	}
	switch {
	case e != nil:
		r.Into, r.IntoName, r.Why = e.ID, e.Name, why
		p.into[e.ID] = i
		if r.Kind = KindSame; changed {
			r.Kind = KindUpdated
		}
	default:
		g.nobody()
	}
	if wrong && p.opt.Strict && r.Kind != KindSame {
		r.Kind = KindWrong
	}
	return -1, nil
}

// compare sets what of a group's cells writing would change in a customer, or
// in a new one.
func (g *group) compare(e *Existing) (changed, wrong bool) {
	cells := g.lead.Effective()
	for k := range cells {
		c := &cells[k]
		c.Old, c.Changed = "", c.Value != ""
		if e != nil {
			c.Old = e.Fields[c.Field]
			if c.Changed = c.Changed && c.Value != c.Old && (!several(c.Field) || !within(c.Value, c.Old)); c.Changed && (c.Old != "" || slices.Contains(e.Hidden, c.Field)) {
				c.Changed = !c.weak(c.Old) // IM9
			}
		}
		changed = changed || c.Changed
		wrong = wrong || c.Status == StatusWrong && !c.Kept
	}
	return changed, wrong
}

// nobody decides about a group that no customer of the book is: without a name,
// or with nothing to know it by, it cannot be one (IM8).
func (g *group) nobody() {
	r := g.lead
	named, known := false, false
	for _, c := range r.Effective() {
		usable := c.Status != StatusWrong || c.Kept
		switch c.Field {
		case "name":
			named = c.Value != ""
			known = known || usable
		case "uscc", "id_number", "mobile", "phone", "email":
			known = known || usable
		}
	}
	switch {
	case !named:
		r.Kind = KindWrong
		c := PlanCell{Field: "name", Status: StatusWrong, Code: codeNoName, Row: r.Index}
		r.Cells = append(r.Cells, c)
		if r.All != nil {
			r.All = append(r.All, c)
		}
	case !known:
		r.Kind = KindWrong
	}
}
