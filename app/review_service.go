package app

// Review is fields with two values, and edits that the book did not take.
type Review struct{ app *App }

// Conflicts ...

func (s *Review) Conflicts() (out ConflictsReply, err error) {
	defer guard(s.app, "Review.Conflicts", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Conflict ...

func (s *Review) Conflict(_ ConflictRequest) (out ConflictView, err error) {
	defer guard(s.app, "Review.Conflict", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// RevealConflict ...

func (s *Review) RevealConflict(_ ConflictRequest) (out ConflictView, err error) {
	defer guard(s.app, "Review.RevealConflict", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Resolve ...

func (s *Review) Resolve(_ ResolveRequest) (out SetReply, err error) {
	defer guard(s.app, "Review.Resolve", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// TakeBack ...

func (s *Review) TakeBack(_ AtRequest) (out SetReply, err error) {
	defer guard(s.app, "Review.TakeBack", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Rejected ...

func (s *Review) Rejected() (out RejectedReply, err error) {
	defer guard(s.app, "Review.Rejected", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// RejectedText ...

func (s *Review) RejectedText(_ string) (out CheckReply, err error) {
	defer guard(s.app, "Review.RejectedText", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Discard ...

func (s *Review) Discard(_ string) (out RejectedReply, err error) {
	defer guard(s.app, "Review.Discard", &out, &err)()
	_, err = s.app.open()
	return out, err
}
