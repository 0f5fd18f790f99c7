package sheet

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Query asks for rows of a plan: kind is all, problems, review, new, updated,
// same, merged or wrong. Field and Code narrow to one cause, or with Tidied to
// one kind of repair.
type Query struct {
	Kind        string
	Field, Code string
	Tidied      bool
	Offset      int
	Limit       int // 100 when 0, 1000 at most
}

// Rows is how many rows the plan has.
func (p *Plan) Rows() int { return len(p.rows) }

// Counts adds the plan up.
func (p *Plan) Counts() Counts { return p.counts }

// Fields gives the fields that some row has a value for, in the order of schema.
func (p *Plan) Fields() []string {
	var out []string
	for _, f := range p.schema.Fields() {
		if p.fields[f.ID] {
			out = append(out, f.ID)
		}
	}
	return out
}

// Causes gives the problems that are left, wrong ones and frequent ones first.
func (p *Plan) Causes() []Cause { return sorted(p.causes) }

// Tidied gives what was put right without asking.
func (p *Plan) Tidied() []Cause { return sorted(p.tidied) }

func sorted(m map[causeKey]*Cause) []Cause {
	var out []Cause
	for _, c := range m {
		if c.Count > 0 {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Cause) int {
		if a.Wrong != b.Wrong {
			if a.Wrong {
				return -1
			}
			return 1
		}
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Field, b.Field), strings.Compare(a.Code, b.Code))
	})
	return out
}

func (p *Plan) wanted(i int, q Query) bool {
	m := &p.rows[i]
	switch q.Kind {
	case "", "all":
	case "problems":
		if !m.problem {
			return false
		}
	case "review":
		if !m.review {
			return false
		}
	default:
		if m.kind.String() != q.Kind {
			return false
		}
	}
	if q.Field == "" && q.Code == "" {
		return true
	}
	asked := func(k causeKey) bool {
		return (q.Field == "" || k.field == q.Field) && (q.Code == "" || k.code == q.Code)
	}
	if q.Tidied {
		return slices.ContainsFunc(m.tidied, asked)
	}
	return slices.ContainsFunc(m.causes, asked) || slices.ContainsFunc(m.held, asked)
}

// Page gives rows of the plan and how many the query has in all. Cells of a
// leading row are what would be written, but for those with a problem of its
// own.
func (p *Plan) Page(ctx context.Context, q Query) (rows []*PlanRow, total int, err error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	q.Limit = min(q.Limit, 1000)
	var index []int32
	for i := range p.rows {
		if !p.wanted(i, q) {
			continue
		}
		if total >= q.Offset && len(index) < q.Limit {
			index = append(index, int32(i))
		}
		total++
	}
	if rows, err = p.get(ctx, index); err != nil {
		return nil, 0, err
	}
	for _, r := range rows {
		cells := slices.Clone(r.Effective())
		for k := range cells {
			c := &cells[k]
			*c = *r.shown(c.Field)
			if x := p.causes[causeKey{c.Field, c.Code}]; x != nil && c.open() {
				c.Alike = x.Count
			}
		}
		r.Cells = cells
	}
	return rows, total, nil
}

// AsRead gives rows by index as they stand in the file; ErrNoRow when one is not
// there.
func (p *Plan) AsRead(ctx context.Context, index []int) ([]*PlanRow, error) {
	list := make([]int32, len(index))
	for i, x := range index {
		list[i] = int32(x)
	}
	return p.get(ctx, list)
}

// Origin is where a row of the import stands.
type Origin struct{ Index, Sheet, Number int }

// Entry is one customer to be written.
type Entry struct {
	Index  int // of its leading row; where to go on after an interruption
	Kind   Kind
	Into   string // the customer it updates
	Why    string
	Review []string
	// Unnoted says that not all of Rows are known to stand in the customer.
	Unnoted bool
	// Rows are all rows that say something about it, the leading one first.
	Rows []Origin
	// Cells have Changed set where there is something to write. Row of a cell
	// is the index of the row it comes from.
	Cells []PlanCell
	// Layers are Cells as they are written: one change after the other, so that
	// what another row of the file displaces stays in the history.
	Layers [][]PlanCell
}

// Settled says that no fix will follow: what only those need is forgotten. A fix
// that does follow reads it from the rows again.
func (p *Plan) Settled() { p.keys, p.index = nil, nil }

// Entries hands over the customers of the plan in order, those that stay as
// they are (KindSame) included and wrong ones left out, from the row index on.
// The book is not asked again.
func (p *Plan) Entries(ctx context.Context, from int, fn func(Entry) error) error {
	return p.each(ctx, from, func(m *rowMeta) bool { return m.kind < KindMerged }, func(r *PlanRow) error {
		rest, err := p.get(ctx, p.members[int32(r.Index)])
		if err != nil {
			return err
		}
		return fn(p.entry(r, rest))
	})
}

func (p *Plan) entry(r *PlanRow, rest []*PlanRow) Entry {
	e := Entry{Index: r.Index, Kind: r.Kind, Into: r.Into, Why: r.Why, Review: r.Review, Cells: r.Effective()}
	all := append([]*PlanRow{r}, rest...)
	e.Layers = e.layers(all, p.opt.Strict)
	gave := map[int]bool{}
	for _, layer := range e.Layers {
		for _, c := range layer {
			gave[c.Row] = gave[c.Row] || c.Changed
		}
	}
	for n, x := range all {
		e.Unnoted = e.Unnoted || r.Into != "" && !x.Known
		if n < maxNoted || gave[x.Index] {
			e.Rows = append(e.Rows, Origin{x.Index, x.Sheet, x.Number})
		}
	}
	return e
}

// Wrong hands over the rows that will not be written.
func (p *Plan) Wrong(ctx context.Context, fn func(*PlanRow) error) error {
	return p.each(ctx, 0, func(m *rowMeta) bool { return m.kind == KindWrong }, fn)
}

// heldBy gives the other rows of a customer for which it is not written.
func (p *Plan) heldBy(ctx context.Context, r *PlanRow) ([]*PlanRow, error) {
	leaders, err := p.get(ctx, []int32{int32(r.Leader)})
	if err != nil {
		return nil, err
	}
	var rows []int32
	for _, c := range leaders[0].Effective() {
		if i := int32(c.Row); c.Status == StatusWrong && !c.Kept && c.Row != r.Index && !slices.Contains(rows, i) {
			rows = append(rows, i)
		}
	}
	return p.get(ctx, rows)
}

func (p *Plan) each(ctx context.Context, from int, want func(*rowMeta) bool, fn func(*PlanRow) error) error {
	var batch []int32
	for i := max(from, 0); i < len(p.rows); i++ {
		if want(&p.rows[i]) {
			batch = append(batch, int32(i))
		}
		if len(batch) < p.opt.Batch && i < len(p.rows)-1 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		rows, err := p.get(ctx, batch)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if err := fn(r); err != nil {
				return err
			}
		}
		batch = batch[:0]
	}
	return nil
}
