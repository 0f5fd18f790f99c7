package book

import (
	"cmp"
	"slices"
	"strings"

	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
)

// Customer is one customer's card as the member at this device may see it.
type Customer struct {
	ID canon.DocID
	// Fields are in the order of the schema.
	Fields []FieldValues
	// Owners and Departments are the live values of who it belongs to.
	Owners      []canon.MemberID
	Departments []string
	Deleted     bool
	Tags        []string
	// Pending is how many own changes the relay has not taken.
	Pending int
	// Created is when it was made, by the clock of the device that made it, in
	// Unix seconds; Changed is the time of the newest change.
	Created, Changed int64
}

// Field gives the values of one field.
func (c *Customer) Field(id string) FieldValues {
	for _, f := range c.Fields {
		if f.Field == id {
			return f
		}
	}
	return FieldValues{Field: id}
}

// Get reads a customer's card. repo.ErrNoDocument: there is none; ErrDenied:
// the member does not see the row.
func (b *Book) Get(doc canon.DocID) (*Customer, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	return p.customer(), nil
}

// At reads the card as it stood right after a change. Rights are today's.
func (b *Book) At(doc canon.DocID, change canon.Hash) (*Customer, error) {
	v, err := b.Repo.ReadAt(doc, []canon.Hash{change})
	if err != nil {
		return nil, err
	}
	p, err := b.pageOf(v)
	if err != nil {
		return nil, err
	}
	return p.customer(), nil
}

func (p *page) customer() *Customer {
	c := &Customer{
		ID: p.v.Doc(), Departments: p.row.Departments, Deleted: p.deleted(), Tags: p.tags(), Pending: p.v.Pending(),
		Fields: []FieldValues{},
	}
	for _, o := range p.row.Owners {
		if id, err := canon.ParseMemberID(o); err == nil {
			c.Owners = append(c.Owners, id)
		}
	}
	for f := range p.b.fields() {
		if fv, ok := p.values(f); ok {
			c.Fields = append(c.Fields, fv)
		}
	}
	if made, ok := p.v.Creator(); ok {
		c.Created = made.Time
	}
	for _, k := range p.v.Keys() {
		if strings.HasPrefix(k, "p:") {
			continue // to stand in a file is no change: values that came along have keys of their own
		}
		for _, e := range p.v.All(k) {
			if w, ok := p.v.Writer(e.ID); ok {
				c.Changed = max(c.Changed, w.Time)
			}
		}
	}
	return c
}

// deleted: some live value says so. Deleted here and edited there is shown as
// deleted, with the way back one click away.
func (p *page) deleted() bool {
	for _, e := range p.v.All("s:tombstone") {
		if e.Value.Bool() {
			return true
		}
	}
	return false
}

func (p *page) tags() []string {
	out := []string{}
	for _, k := range p.v.Keys() {
		if tag, ok := strings.CutPrefix(k, "t:"); ok {
			if v, _ := p.v.Get(k); v.Bool() {
				out = append(out, tag)
			}
		}
	}
	return out
}

// Facts is what the index needs of a customer. Numbers are plaintext: they are
// hashed under the device's own key at once and kept nowhere.
type Facts struct {
	*Customer
	Person  bool
	Batches []string
	// Rows are the rows of files that stand in it.
	Rows []Standing
	// Exact are the plaintexts of sealed fields by field, for exact look-up.
	Exact map[string][]string
}

// Facts reads what the index keeps of a customer. ok is false where the member
// does not see the row or it is no customer: the index drops it.
func (b *Book) Facts(doc canon.DocID) (facts Facts, ok bool, err error) {
	p, err := b.open(doc)
	if err != nil {
		return Facts{}, false, err
	}
	p.exact = map[string][]string{}
	facts = Facts{Customer: p.customer(), Exact: p.exact}
	for _, r := range p.provenance() {
		if !slices.Contains(facts.Batches, r.Batch) {
			facts.Batches = append(facts.Batches, r.Batch)
		}
		facts.Rows = append(facts.Rows, Standing{r.source(), p.nameAfter(r.change)})
	}
	slices.Sort(facts.Batches)
	name := facts.Field("name").Lead().Text
	facts.Person = schema.KindOf(name) == schema.KindPerson || len(facts.Exact["id_number"]) > 0
	return facts, true, nil
}

// Reveal opens sealed values of one customer for the person at the desk: the
// values of each field as FieldValues has them. ErrDenied where the
// role may only see masks or nothing.
func (b *Book) Reveal(doc canon.DocID, fields ...string) (map[string][]string, error) {
	p, err := b.open(doc)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, id := range fields {
		f, _, err := p.field(id)
		if err != nil {
			return nil, err
		}
		if p.s.Policy().May(p.m.ID, charter.ActionReveal, key(id), p.row) != nil {
			return nil, ErrDenied
		}
		now, _ := p.values(f)
		for _, v := range now.Values {
			stored := p.stored(f, v.Op)
			text := stored.Str()
			if f.Sealed {
				if text, _, err = p.unseal(f, stored); err != nil {
					return nil, err
				}
			}
			out[id] = append(out[id], text)
		}
	}
	return out, nil
}

// Named is a member as cards name one: Name is not to be taken for another who
// has the same name (ID6), Plain is the name alone.
type Named struct {
	ID                       canon.MemberID
	Name, Department, Device string
	Plain, DepartmentName    string
	Me                       bool
}

// Person names the member behind a device by the charter.
func (b *Book) Person(d canon.DeviceID) Named {
	s := b.Repo.Charter().State()
	if s == nil {
		return Named{}
	}
	dev, _ := s.Device(d)
	m, _ := s.Member(dev.Member)
	dep, _ := s.Department(m.Department)
	me, _ := s.MemberOf(b.Repo.Device())
	department := cmp.Or(dep.Name, m.Department)
	return Named{
		ID: m.ID, Name: shownName(s, m, department), Department: m.Department, Device: dev.Name,
		Plain: m.Name, DepartmentName: department, Me: m.ID == me.ID,
	}
}
