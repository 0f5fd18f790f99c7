package app

import (
	"strings"

	"tongce/app/index"
	"tongce/app/schema"
	"tongce/crdt/canon"
)

// query brings the window's question into the index's form: values of a filter
// as the book keeps them (48万 is 480000.00).
func (s *session) query(in ListRequest) index.Query {
	q := index.Query{
		Text: strings.TrimSpace(in.Text), Desc: in.Desc, Offset: max(in.Offset, 0), Limit: min(max(in.Limit, 0), index.MaxLimit),
		Batch: in.Batch, Deleted: in.Deleted, Sort: in.Sort,
	}
	switch in.Sort {
	case "created":
		q.Sort = index.ByCreated
	case "changed":
		q.Sort = index.ByChanged
	}
	for _, f := range in.Filters {
		q.Filters = append(q.Filters, s.filter(f))
	}
	return q
}

func (s *session) filter(in Filter) index.Filter {
	out := index.Filter{Field: in.Field, Op: in.Op}
	for _, text := range in.Values {
		switch in.Op {
		case index.OpIs, index.OpNot, index.OpBefore, index.OpAfter, index.OpMin, index.OpMax:
			if r := s.Schema.Parse(in.Field, text); r.Canonical() && r.Value != "" {
				text = r.Value
			}
		}
		out.Values = append(out.Values, text)
	}
	return out
}

// row shows one customer of the list; its cells follow fields.
func (s *session) row(c index.Customer, fields []schema.Field) Row {
	r := Row{ID: c.ID.String(), Name: c.Values["name"].Text, Person: c.Person, Pending: c.Pending}
	for _, v := range c.Values {
		r.Conflicts += v.Others
		if v.Flag != "" {
			r.Flags++
		}
	}
	lang := s.app.lang()
	r.Cells = make([]Cell, len(fields))
	for i, f := range fields {
		v := c.Values[f.ID]
		r.Cells[i] = Cell{Text: v.Text, Sealed: f.Sealed, Conflicts: v.Others, Flag: v.Flag}
		if !f.Sealed {
			r.Cells[i].Text = s.Schema.ShowList(f.ID, v.Text, lang)
		}
	}
	return r
}

// columns are the fields asked for; one that the schema does not know is a
// column of empty cells.
func (s *session) columns(ids []string) []schema.Field {
	out := make([]schema.Field, len(ids))
	for i, id := range ids {
		if f, ok := s.Schema.Field(id); ok {
			out[i] = f
		} else {
			out[i] = schema.Field{ID: id}
		}
	}
	return out
}

// docID reads a customer's id as the window has it.
func docID(id string) (canon.DocID, error) {
	doc, err := canon.ParseDocID(id)
	if err != nil {
		return doc, &fault{code: CodeNotFound, reason: "id"}
	}
	return doc, nil
}

func changeHash(text string) (canon.Hash, error) {
	h, err := canon.ParseHash(text)
	if err != nil {
		return h, &fault{code: CodeNotFound, reason: "change"}
	}
	return h, nil
}
