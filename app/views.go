package app

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tongce/app/book"
	"tongce/app/schema"
	"tongce/crdt/change"
	"tongce/crdt/repo"
)

// stamp brings Unix seconds to RFC 3339 in UTC; nothing for none.
func stamp(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}

// author is who made a change, by the clock of the device.
func (s *session) author(c change.Info) *Author {
	if c == (change.Info{}) {
		return nil
	}
	a := authorView(s.Book.Person(c.Actor.Device()), c.Time, 0)
	return &a
}

// authorView shows a member; at is in seconds, arrived the relay's time in
// milliseconds.
func authorView(n book.Named, at, arrived int64) Author {
	return Author{
		MemberID: n.ID.String(), Member: n.Name, Department: n.DepartmentName, Device: n.Device,
		At: stamp(at), Arrived: stamp(arrived / 1000), Me: n.Me,
	}
}

func originView(n book.Named, o repo.Origin) Author { return authorView(n, o.Time, o.Relay) }

func sourceView(src *book.Source) *Source {
	if src == nil {
		return nil
	}
	return &Source{Batch: src.Batch, File: src.File, Sheet: src.Sheet, Row: int(src.Row)}
}

// text is a value as a card shows it. Only an open value has a form of its
// own: a mask stays as it is.
func (s *session) text(field string, v book.Value) string {
	if v.State != book.Shown {
		return v.Text
	}
	return s.Schema.Show(field, v.Text, s.app.lang())
}

// valueView shows the leading value of a field.
func (s *session) valueView(f book.FieldValues, src *book.Source) ValueView {
	lead := f.Lead()
	v := ValueView{
		Field: f.Field, Text: s.text(f.Field, lead), Sealed: f.Sealed, State: string(lead.State), Flag: lead.Flag,
		Others: f.Others(), Author: s.author(lead.Change), Source: sourceView(src),
	}
	if v.State == "" {
		v.State = string(book.Empty)
	}
	if !f.Sealed && lead.State == book.Shown {
		v.Raw = lead.Text
	}
	return v
}

// customerView shows a card.
func (s *session) customerView(c *book.Customer, sources map[string]book.Source) CustomerView {
	out := CustomerView{
		ID: c.ID.String(), Name: c.Field("name").Lead().Text, Stage: c.Field("stage").Lead().Text,
		Owner: c.Field("owner").Lead().Text, Department: c.Field("department").Lead().Text,
		Deleted: c.Deleted, Pending: c.Pending > 0, Tags: c.Tags, Revision: s.app.events.Revision(),
		Person: schema.KindOf(c.Field("name").Lead().Text) == schema.KindPerson,
	}
	for _, f := range c.Fields {
		var src *book.Source
		if found, ok := sources[f.Field]; ok {
			src = &found
		}
		out.Values = append(out.Values, s.valueView(f, src))
		if f.Others() > 0 {
			out.Conflicts = append(out.Conflicts, f.Field)
		}
	}
	return out
}

// historyValue shows what an act did to one field.
func (s *session) historyValue(f book.FieldChange) HistoryValue {
	return HistoryValue{
		Field: f.Field, Sealed: f.Sealed, Before: s.texts(f.Field, f.Before...), After: s.texts(f.Field, append(f.Beside, f.After)...),
	}
}

// texts are several values of a field in one line.
func (s *session) texts(field string, values ...book.Value) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = s.text(field, v)
	}
	return strings.Join(out, " / ")
}

// historyEntry shows one act, its fields in the order of the card.
func (s *session) historyEntry(a book.Act) HistoryEntry {
	e := HistoryEntry{
		Change: a.Hash.String(), Author: authorView(a.By, a.Time, a.Relay), Cause: a.Kind, Source: sourceView(a.Source),
		Pending: a.Pending, Concurrent: a.Concurrent, Hidden: a.Hidden,
	}
	switch {
	case a.Kind == "edit" && a.Binned:
		e.Cause = "delete"
	case a.Kind == "edit" && a.Unbinned:
		e.Cause = "undelete"
	}
	for _, f := range a.Fields {
		e.Values = append(e.Values, s.historyValue(f))
	}
	order := s.Schema.Fields()
	at := func(v HistoryValue) int {
		return slices.IndexFunc(order, func(f schema.Field) bool { return f.ID == v.Field })
	}
	slices.SortStableFunc(e.Values, func(x, y HistoryValue) int { return cmp.Compare(at(x), at(y)) })
	return e
}
