package app

import "slices"

// History is the past of one customer.
type History struct{ app *App }

// historyPage is the longest page of the past.
const historyPage = 200

// List gives a customer's past, newest first.
func (s *History) List(in HistoryRequest) (out HistoryReply, err error) {
	defer guard(s.app, "History.List", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	doc, err := docID(in.ID)
	if err != nil {
		return out, err
	}
	acts, err := b.Book.History(doc, in.Field)
	if err != nil {
		return out, err
	}
	slices.Reverse(acts)
	out.Total = len(acts)
	limit := in.Limit
	if limit <= 0 || limit > historyPage {
		limit = historyPage
	}
	from := min(max(in.Offset, 0), len(acts))
	for _, act := range acts[from:min(from+limit, len(acts))] {
		out.Entries = append(out.Entries, b.historyEntry(act))
	}
	return out, nil
}

// At gives the card as it stood right after a change. Rights are today's.
func (s *History) At(in AtRequest) (out CustomerView, err error) {
	defer guard(s.app, "History.At", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	doc, err := docID(in.ID)
	if err != nil {
		return out, err
	}
	h, err := changeHash(in.Change)
	if err != nil {
		return out, err
	}
	c, err := b.Book.At(doc, h)
	if err != nil {
		return out, err
	}
	out = b.customerView(c, nil)
	out.Differs, err = b.Book.Differs(doc, h)
	return out, err
}

// Restore writes old values again, or takes one change back, as a new change.
func (s *History) Restore(in RestoreRequest) (out SetReply, err error) {
	defer guard(s.app, "History.Restore", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	doc, err := docID(in.ID)
	if err != nil {
		return out, err
	}
	h, err := changeHash(in.Change)
	if err != nil {
		return out, err
	}
	write := b.Book.Restore
	if in.Undo {
		write = b.Book.UndoChange
	}
	made, err := write(s.app.ctx, doc, h, in.Fields...)
	return b.setReply(doc, made, err, in.Fields)
}
