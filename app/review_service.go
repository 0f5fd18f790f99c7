package app

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/crdt/canon"
)

// Review is fields with two values, and edits that the book did not take.
type Review struct{ app *App }

const (
	// queueLength is how many customers the queue of two values names.
	queueLength = 200
	// decidedShown is how many decisions are listed, and decidedAmong among how
	// many of the customers that changed last they are looked for.
	decidedShown = 20
	decidedAmong = 100
)

// Conflicts lists fields with several values, and what was decided lately, by
// whomever.
func (s *Review) Conflicts() (out ConflictsReply, err error) {
	defer guard(s.app, "Review.Conflicts", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	page, err := b.Index.List(index.Query{
		Filters: []index.Filter{{Field: index.AnyField, Op: index.OpConflict}}, Sort: index.ByChanged, Desc: true, Limit: queueLength,
	})
	if err != nil {
		return out, err
	}
	out.Total = page.Total - len(page.Customers)
	for _, c := range page.Customers {
		items, err := b.conflictItems(c)
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, items...)
		out.Total += len(items)
	}
	out.Decided, err = b.decided()
	return out, err
}

// decided lists decisions that still stand, newest first.
func (s *session) decided() ([]DecidedItem, error) {
	page, err := s.Index.List(index.Query{Sort: index.ByChanged, Desc: true, Limit: decidedAmong})
	if err != nil {
		return nil, err
	}
	var out []DecidedItem
	for _, c := range page.Customers {
		all, err := s.Book.Decisions(c.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range all {
			out = append(out, DecidedItem{
				ID: c.ID.String(), Name: c.Values["name"].Text, Field: d.Field, Change: d.Change.String(),
				By: authorView(d.By, d.Time, 0), Used: d.Used.Name,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b DecidedItem) int { return strings.Compare(b.By.At, a.By.At) })
	return out[:min(len(out), decidedShown)], nil
}

func (s *session) conflictItems(c index.Customer) ([]ConflictItem, error) {
	var out []ConflictItem
	for _, f := range s.Schema.Fields() {
		if c.Values[f.ID].Others == 0 {
			continue
		}
		conflict, err := s.Book.Conflict(c.ID, f.ID)
		if err != nil {
			return nil, err
		}
		item := ConflictItem{ID: c.ID.String(), Name: c.Values["name"].Text, Field: f.ID}
		newest := int64(0)
		for _, side := range conflict.Sides {
			item.Authors = append(item.Authors, side.By.Name)
			newest = max(newest, side.Origin.Time)
		}
		item.At = stamp(newest)
		out = append(out, item)
	}
	return out, nil
}

// Conflict gives the card of one field with all its values.
func (s *Review) Conflict(in ConflictRequest) (out ConflictView, err error) {
	defer guard(s.app, "Review.Conflict", &out, &err)()
	return s.card(in)
}

func (s *Review) card(in ConflictRequest) (ConflictView, error) {
	out := ConflictView{ID: in.ID, Field: in.Field}
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	doc, err := docID(in.ID)
	if err != nil {
		return out, err
	}
	c, err := b.Book.Conflict(doc, in.Field)
	if err != nil {
		return out, err
	}
	if indexed, ok := b.Index.Customer(doc); ok {
		out.Name = indexed.Values["name"].Text
	}
	out.Sealed, out.Why = c.Sealed, "program"
	for i, side := range c.Sides {
		out.Sides = append(out.Sides, b.conflictSide(in.Field, side, i == len(c.Sides)-1))
	}
	// The leading value is the last and is shown first.
	slices.Reverse(out.Sides)
	if n := len(c.Sides); n > 0 {
		if before := c.Sides[n-1].Before; len(before) > 0 {
			out.Before = b.text(in.Field, before[len(before)-1])
		}
	}
	acts, err := b.Book.History(doc, in.Field)
	if err != nil {
		return out, err
	}
	slices.Reverse(acts)
	for _, act := range acts[:min(len(acts), historyPage)] {
		out.Past = append(out.Past, b.historyEntry(act))
	}
	out.Source = sourceBefore(out)
	return out, b.along(doc, c, &out)
}

// sourceBefore is the cell that the value before the two came from, if any.
func sourceBefore(card ConflictView) *Source {
	for _, e := range card.Past {
		for _, v := range e.Values {
			if e.Source != nil && v.After == card.Before && card.Before != "" {
				return e.Source
			}
		}
	}
	return nil
}

func (s *session) conflictSide(field string, side book.Side, leads bool) ConflictSide {
	return ConflictSide{
		Op: side.Op.String(), Text: s.text(field, side.Value), Author: originView(side.By, side.Origin),
		Source: sourceView(side.Source), Flag: side.Flag, Leads: leads,
	}
}

// along fills in what each author wrote with the same change.
func (s *session) along(doc canon.DocID, c *book.Conflict, out *ConflictView) error {
	if !slices.ContainsFunc(c.Sides, func(side book.Side) bool { return len(side.Along) > 0 }) {
		return nil
	}
	acts, err := s.Book.History(doc, "")
	if err != nil {
		return err
	}
	for _, side := range c.Sides {
		at := slices.IndexFunc(acts, func(a book.Act) bool { return a.Hash == side.Change.Hash })
		shown := slices.IndexFunc(out.Sides, func(v ConflictSide) bool { return v.Op == side.Op.String() })
		if at < 0 || shown < 0 {
			continue
		}
		for _, f := range acts[at].Fields {
			if f.Field != out.Field {
				out.Sides[shown].Along = append(out.Sides[shown].Along, s.historyValue(f))
			}
		}
	}
	return nil
}

// RevealConflict is Conflict with the sealed values opened, for half a minute.
func (s *Review) RevealConflict(in ConflictRequest) (out ConflictView, err error) {
	defer guard(s.app, "Review.RevealConflict", &out, &err)()
	if out, err = s.card(in); err != nil || !out.Sealed {
		return out, err
	}
	b, doc, err := (&Customers{s.app}).named(in.ID)
	if err != nil {
		return out, err
	}
	opened, err := b.Book.Reveal(doc, in.Field)
	if err != nil {
		return out, err
	}
	texts := slices.Clone(opened[in.Field])
	slices.Reverse(texts)
	if len(texts) != len(out.Sides) {
		return out, &fault{code: CodeConflict, reason: "settled"}
	}
	out.Seconds = revealSeconds
	for i := range out.Sides {
		out.Sides[i].Text = b.Schema.Show(in.Field, texts[i], s.app.lang())
	}
	return out, nil
}

// Resolve settles a field by one of its values, or by another text.
func (s *Review) Resolve(in ResolveRequest) (out SetReply, err error) {
	defer guard(s.app, "Review.Resolve", &out, &err)()
	b, doc, err := (&Customers{s.app}).named(in.ID)
	if err != nil {
		return out, err
	}
	c, err := b.Book.Conflict(doc, in.Field)
	if err != nil {
		return out, err
	}
	var h canon.Hash
	if in.Op == "" {
		h, err = b.Book.ResolveText(s.app.ctx, doc, in.Field, in.Text)
	} else {
		at := slices.IndexFunc(c.Sides, func(side book.Side) bool { return side.Op.String() == in.Op })
		if at < 0 {
			return out, book.ErrNoValue
		}
		h, err = b.Book.Resolve(s.app.ctx, doc, in.Field, c.Sides[at].Op)
	}
	return b.setReply(doc, h, err, []string{in.Field})
}

// TakeBack takes a decision back: the values stand beside each other again.
func (s *Review) TakeBack(in AtRequest) (out SetReply, err error) {
	defer guard(s.app, "Review.TakeBack", &out, &err)()
	b, doc, err := (&Customers{s.app}).named(in.ID)
	if err != nil {
		return out, err
	}
	h, err := changeHash(in.Change)
	if err != nil {
		return out, err
	}
	made, err := b.takeBack(s.app.ctx, doc, h)
	if out, err = b.setReply(doc, made, err, nil); err == nil {
		s.app.events.Happened(EventConflicts)
	}
	return out, err
}

func (s *session) takeBack(ctx context.Context, doc canon.DocID, which canon.Hash) (canon.Hash, error) {
	all, err := s.Book.Decisions(doc)
	if err != nil {
		return canon.Hash{}, err
	}
	at := slices.IndexFunc(all, func(d book.Decision) bool { return d.Change == which })
	switch {
	case at < 0: // somebody wrote over it meanwhile
		return canon.Hash{}, book.ErrNoValue
	case all[at].Confirmed:
		return s.Book.Undecide(ctx, doc, all[at].Field)
	}
	return s.Book.UndoChange(ctx, doc, which)
}

// Rejected lists edits that the book did not take, newest first.
func (s *Review) Rejected() (out RejectedReply, err error) {
	defer guard(s.app, "Review.Rejected", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	return b.rejected()
}

func (s *session) rejected() (out RejectedReply, err error) {
	items, err := s.Book.Rejected()
	if err != nil {
		return out, err
	}
	slices.Reverse(items)
	for _, it := range items {
		view := RejectedItem{
			ID: it.Doc.String(), Item: strconv.FormatUint(it.ID, 10), Code: string(it.Code), At: stamp(it.At),
		}
		if c, ok := s.Index.Customer(it.Doc); ok {
			view.Name = c.Values["name"].Text
		}
		view.Values = []HistoryValue{{
			Field: it.Field, Sealed: it.Sealed, Before: s.text(it.Field, it.Before), After: s.text(it.Field, it.Wrote),
		}}
		out.Items = append(out.Items, view)
	}
	return out, nil
}

func itemNumber(item string) (uint64, error) {
	n, err := strconv.ParseUint(item, 10, 64)
	if err != nil {
		return 0, &fault{code: CodeNotFound, reason: "item"}
	}
	return n, nil
}

// RejectedText gives what was written in full, to be copied.
func (s *Review) RejectedText(item string) (out CheckReply, err error) {
	defer guard(s.app, "Review.RejectedText", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	n, err := itemNumber(item)
	if err != nil {
		return out, err
	}
	out.Text, err = b.Book.RejectedText(n)
	return out, err
}

// Discard removes an item of the list, after the person was asked.
func (s *Review) Discard(item string) (out RejectedReply, err error) {
	defer guard(s.app, "Review.Discard", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	n, err := itemNumber(item)
	if err != nil {
		return out, err
	}
	if err := b.Book.Discard(n); err != nil {
		return out, err
	}
	s.app.events.Happened(EventRejected)
	return b.rejected()
}
