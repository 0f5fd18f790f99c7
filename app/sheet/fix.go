package sheet

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"

	"tongce/app/quality"
)

// The actions of a Fix.
const (
	ActionText    = "text"    // use Text
	ActionSuggest = "suggest" // use the cell's own suggestion
	ActionKeep    = "keep"    // write it as it was typed: a wrong one is marked, a tidied one is not tidied
	ActionEmpty   = "empty"   // leave it out
)

// Fix repairs the cell that Page shows for a row, or with All every cell that
// has the same problem: with text those that also say the same, with suggest
// those that have a suggestion. With All, Code names the problem itself, and no
// row is looked at.
type Fix struct {
	Index               int
	Field, Action, Text string
	All                 bool
	Code                string
}

// types says that a value was typed.
func (f Fix) types() bool { return f.Action == ActionText && !quality.Empty(f.Text) }

// Fix carries a repair out, decides the rows it touches anew, and gives how
// many cells were repaired. It returns ErrNoRow for a row or a field that is not
// there.
func (p *Plan) Fix(ctx context.Context, f Fix) (n int, err error) {
	if p.index == nil {
		if err := p.load(ctx); err != nil {
			return 0, err
		}
	}
	if _, ok := p.schema.Field(f.Field); !ok {
		return 0, ErrNoRow
	}
	like := PlanCell{Field: f.Field, Code: f.Code}
	if !f.All || f.Code == "" {
		rows, err := p.get(ctx, []int32{int32(f.Index)})
		if err != nil {
			return 0, err
		}
		like = rows[0].meant(f)
		f.All = f.All && like.open() // what is right is like no other
	}
	targets := []int32{int32(like.Row)}
	if f.All {
		k := causeKey{f.Field, like.Code}
		targets = targets[:0]
		for i := range p.rows {
			if slices.Contains(p.rows[i].causes, k) {
				targets = append(targets, int32(i))
			}
		}
	}
	seq := uint32(1)
	if len(p.undos) > 0 {
		seq = p.undos[len(p.undos)-1] + 1
	}
	p.undos = append(p.undos, seq)
	p.fixing, p.saved = true, map[int]bool{}
	defer func() {
		p.fixing = false
		if len(p.saved) == 0 {
			p.undos = p.undos[:len(p.undos)-1]
		}
		p.saved = nil
		if err != nil { // what is in memory may be ahead of the store
			err = errors.Join(err, p.load(context.WithoutCancel(ctx)))
		}
	}()
	for chunk := range slices.Chunk(targets, p.opt.Batch) {
		k, err := p.fixRows(ctx, chunk, f, like)
		if n += k; err != nil {
			return n, err
		}
	}
	return n, nil
}

// open says that the cell has a problem that nobody has decided about.
func (c PlanCell) open() bool { return c.Status >= StatusLook && !c.Kept }

// shown is the cell of a field as Page shows it: what would be written, but an
// own one with a problem comes first.
func (r *PlanRow) shown(field string) *PlanCell {
	c := cellIn(r.Effective(), field)
	if own := r.Cell(field); own != nil && own.open() && (c == nil || c.Row != r.Index) {
		return own
	}
	return c
}

// meant is the cell that a repair of a row is for: the one that is shown, which may
// stand in another row of the customer. What is typed where nothing is wrong is
// the row's own: that other row keeps what it says, and is known by.
func (r *PlanRow) meant(f Fix) PlanCell {
	if c := r.shown(f.Field); c != nil && (c.open() || !f.types()) {
		return *c
	}
	return PlanCell{Field: f.Field, Row: r.Index}
}

func (p *Plan) fixRows(ctx context.Context, index []int32, f Fix, like PlanCell) (n int, err error) {
	rows, err := p.get(ctx, index)
	if err != nil {
		return 0, err
	}
	var out []*PlanRow
	touched := map[int32]bool{}
	for _, r := range rows {
		c := r.Cell(f.Field)
		if c == nil {
			if !f.types() {
				continue
			}
			r.Cells = append(r.Cells, PlanCell{Field: f.Field, Row: r.Index, Col: -1})
			c = &r.Cells[len(r.Cells)-1]
		}
		if f.All && (c.Code != like.Code || !c.open() ||
			f.Action == ActionText && c.Raw != like.Raw || f.Action == ActionSuggest && c.Suggest == "") {
			continue
		}
		if !p.repair(r, c, f) {
			continue
		}
		n++
		out = append(out, r)
	}
	// Rows first: groups are read from the store.
	for _, r := range out {
		i := int32(r.Index)
		touched[p.rows[i].leader] = true
		p.setKeys(i, p.keysOf(r.Cells))
		p.regroup(r)
		touched[p.rows[i].leader] = true
	}
	if err := p.put(ctx, out, nil); err != nil {
		return n, err
	}
	var leaders []int32
	for l := range touched {
		if p.rows[l].leader == l {
			leaders = append(leaders, l)
		}
	}
	slices.Sort(leaders)
	return n, p.resolve(ctx, leaders)
}

// repair changes one cell and says whether there was anything to do.
func (p *Plan) repair(r *PlanRow, c *PlanCell, f Fix) bool {
	text := f.Text
	switch f.Action {
	case ActionEmpty:
		r.Cells = slices.DeleteFunc(r.Cells, func(x PlanCell) bool { return x.Field == f.Field })
		return true
	case ActionKeep:
		if c.Status == StatusTidied && !c.Fixed && !c.Kept {
			return p.refuse(c)
		}
		if c.Value == "" || c.Status < StatusLook {
			return false
		}
		c.Kept = true
		return true
	case ActionSuggest:
		if text = c.Suggest; text == "" {
			return false
		}
	case ActionText:
		if quality.Empty(text) {
			r.Cells = slices.DeleteFunc(r.Cells, func(x PlanCell) bool { return x.Field == f.Field })
			return true
		}
	default:
		return false
	}
	x := p.schema.Parse(f.Field, text)
	c.Value, c.Status, c.Code, c.Notes = x.Value, Status(x.Status), x.Code, x.Notes
	c.Suggest, c.Kept, c.Fixed = "", false, x.Status != quality.Bad
	if f.Action == ActionSuggest { // a person has looked
		c.Status, c.Code = min(c.Status, StatusTidied), ""
	}
	if c.Status >= StatusLook {
		c.Suggest = suggest(p.schema, *c)
	}
	return true
}

// refuse has a tidied cell written as it was typed. One that is only a part of what
// was typed, or that a spelling of a choice equals, has no such text.
func (p *Plan) refuse(c *PlanCell) bool {
	if p.schema.Parse(c.Field, c.Raw).Value != c.Value {
		return false
	}
	c.Value, c.Notes, c.Kept = c.Raw, nil, true
	return true
}

// regroup finds the place of a row whose keys have changed.
func (p *Plan) regroup(r *PlanRow) {
	i := int32(r.Index)
	old := p.rows[i].leader
	if old == i && len(p.members[i]) > 0 {
		return
	}
	if old != i {
		p.members[old] = slices.DeleteFunc(p.members[old], func(j int32) bool { return j == i })
		p.rows[i].leader = i
	}
	r.Leader, r.Kind, r.Why = r.Index, KindNew, ""
	l, why := p.sameInFile(p.keys[i], i)
	if l < 0 || l == i {
		return
	}
	if r.Into != "" && p.into[r.Into] == i {
		delete(p.into, r.Into)
	}
	r.Leader, r.Kind, r.Why, r.Into, r.IntoName, r.Review, r.Beside, r.All = int(l), KindMerged, why, "", "", nil, nil, nil
	p.rows[i].leader = l
	p.members[l] = append(p.members[l], i)
	slices.Sort(p.members[l])
}

// join makes a group part of another one.
func (p *Plan) join(g *group, to int32) {
	i := int32(g.lead.Index)
	for _, r := range g.all() {
		r.Beside = nil
		r.Leader, r.Kind, r.All = int(to), KindMerged, nil
		p.rows[r.Index].leader = to
		p.members[to] = append(p.members[to], int32(r.Index))
	}
	slices.Sort(p.members[to])
	delete(p.members, i)
}

func undoPrefix(seq uint32) []byte { return binary.BigEndian.AppendUint32([]byte{'u'}, seq) }

// keep stores what rows were before the running fix.
func (p *Plan) keep(ctx context.Context, rows []*PlanRow) ([]Record, error) {
	var keys [][]byte
	var index []int
	for _, r := range rows {
		if !p.saved[r.Index] {
			p.saved[r.Index] = true
			keys = append(keys, rowKey(r.Index))
			index = append(index, r.Index)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	values, err := p.store.Get(ctx, keys)
	if err != nil {
		return nil, err
	}
	prefix := undoPrefix(p.undos[len(p.undos)-1])
	var out []Record
	for i, v := range values {
		if v != nil {
			out = append(out, Record{binary.BigEndian.AppendUint32(slices.Clone(prefix), uint32(index[i])), slices.Clone(v)})
		}
	}
	return out, nil
}

// CanUndo says whether UndoFix has anything to take back.
func (p *Plan) CanUndo() bool { return len(p.undos) > 0 }

// Repairs is how many times UndoFix could take one back.
func (p *Plan) Repairs() int { return len(p.undos) }

// UndoFix takes the last fix back; ErrNoUndo when there is none.
func (p *Plan) UndoFix(ctx context.Context) error {
	if len(p.undos) == 0 {
		return ErrNoUndo
	}
	var out []Record
	prefix := undoPrefix(p.undos[len(p.undos)-1])
	err := p.store.Scan(ctx, prefix, func(key, value []byte) error {
		if len(key) == 9 {
			out = append(out, Record{rowKey(int(binary.BigEndian.Uint32(key[5:]))), slices.Clone(value)}, Record{Key: slices.Clone(key)})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := p.store.Put(ctx, out); err != nil {
		return err
	}
	p.undos = p.undos[:len(p.undos)-1]
	return p.load(ctx)
}
