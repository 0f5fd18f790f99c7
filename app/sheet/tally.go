package sheet

type causeKey struct{ field, code string }

type rowMeta struct {
	kind    Kind
	problem bool
	review  bool
	leader  int32
	// filled and changed are values that updating writes.
	filled, changed uint16
	causes          []causeKey
	tidied          []causeKey
	// held are the causes for which the row is not written, be it by a cell of a
	// row that is joined with it.
	held []causeKey
}

// enter puts a row into the memory of the plan.
func (p *Plan) enter(r *PlanRow) {
	i := int32(len(p.rows))
	p.rows = append(p.rows, rowMeta{})
	p.keys = append(p.keys, rowKeys{})
	p.setKeys(i, p.keysOf(r.Cells))
	if int32(r.Leader) != i {
		p.members[int32(r.Leader)] = append(p.members[int32(r.Leader)], i)
	} else if r.Into != "" {
		p.into[r.Into] = i
	}
	p.tally(r)
}

// tally counts a row, after taking off what it counted for before.
func (p *Plan) tally(r *PlanRow) {
	old := p.rows[r.Index]
	// What is not written is no customer to review.
	review := r.Kind != KindWrong && len(r.Review)+len(r.Beside) > 0
	m := rowMeta{kind: r.Kind, leader: int32(r.Leader), review: review}
	if old.causes != nil { // it has been tallied before
		p.count(old, -1)
	}
	for _, c := range r.Cells {
		p.fields[c.Field] = true
		k := causeKey{c.Field, c.Code}
		switch {
		case c.Status == StatusTidied && !c.Fixed && !c.Kept:
			note := "tidied"
			if len(c.Notes) > 0 {
				note = c.Notes[0]
			}
			k.code = note
			m.tidied = append(m.tidied, k)
			add(p.tidied, k, Cause{Fixable: true}, 0)
		case c.Status >= StatusLook && !c.Kept && r.Kind != KindSame: // of a row that changes nothing, nothing is to be repaired
			m.problem = true
			m.causes = append(m.causes, k)
			add(p.causes, k, Cause{Wrong: c.Status == StatusWrong, Fixable: c.Suggest != ""}, 0)
		}
	}
	if r.Kind == KindWrong {
		m.problem = true
		if m.held = r.held(); r.Leader != r.Index {
			m.held = p.heldWith(m.leader)
		}
	}
	m.filled, m.changed = r.written()
	if m.causes == nil {
		m.causes = []causeKey{} // not nil: it has been tallied
	}
	p.rows[r.Index] = m
	p.count(m, 1)
}

// heldWith are the causes for which a row is not written that was merged into
// another one.
func (p *Plan) heldWith(leader int32) []causeKey {
	if int(leader) >= len(p.rows) {
		return nil // while a plan is read: hold follows
	}
	return p.rows[leader].held
}

// hold gives rows that were read before the one that they were merged into the
// causes of that one.
func (p *Plan) hold() {
	for i, m := range p.rows {
		if m.kind == KindWrong && int(m.leader) > i {
			p.count(m, -1)
			m.held = p.rows[m.leader].held
			p.rows[i] = m
			p.count(m, 1)
		}
	}
}

// written counts what updating a customer with the row writes.
func (r *PlanRow) written() (filled, changed uint16) {
	if r.Kind != KindUpdated {
		return 0, 0
	}
	for _, c := range r.Effective() {
		switch {
		case !c.Changed:
		case c.Old == "":
			filled++
		default:
			changed++
		}
	}
	return filled, changed
}

// held are the causes for which a wrong row is not written.
func (r *PlanRow) held() (causes []causeKey) {
	for _, c := range r.Effective() {
		if c.Status == StatusWrong && !c.Kept {
			causes = append(causes, causeKey{c.Field, c.Code})
		}
	}
	return causes
}

func add(to map[causeKey]*Cause, k causeKey, c Cause, n int) {
	x := to[k]
	if x == nil {
		c.Field, c.Code = k.field, k.code
		x = &c
		to[k] = x
	}
	x.Wrong = x.Wrong || c.Wrong
	x.Fixable = x.Fixable || c.Fixable
	x.Count += n
}

func (p *Plan) count(m rowMeta, n int) {
	switch m.kind {
	case KindNew:
		p.counts.New += n
	case KindUpdated:
		p.counts.Updated += n
	case KindSame:
		p.counts.Same += n
	case KindMerged:
		p.counts.Merged += n
	case KindWrong:
		p.counts.Wrong += n
	}
	if m.review {
		p.counts.Review += n
		if m.kind == KindNew {
			p.counts.NewReview += n
		}
	}
	p.counts.Tidied += n * len(m.tidied)
	p.counts.Filled += n * int(m.filled)
	p.counts.Changed += n * int(m.changed)
	for _, k := range m.causes {
		add(p.causes, k, Cause{}, n)
	}
	for _, k := range m.tidied {
		add(p.tidied, k, Cause{}, n)
	}
	for _, k := range m.held {
		add(p.causes, k, Cause{}, 0)
		p.causes[k].Rows += n
	}
}
