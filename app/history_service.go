package app

// History is the past of one customer.
type History struct{ app *App }

// List ...

func (s *History) List(_ HistoryRequest) (out HistoryReply, err error) {
	defer guard(s.app, "History.List", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// At ...

func (s *History) At(_ AtRequest) (out CustomerView, err error) {
	defer guard(s.app, "History.At", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Restore ...

func (s *History) Restore(_ RestoreRequest) (out SetReply, err error) {
	defer guard(s.app, "History.Restore", &out, &err)()
	_, err = s.app.open()
	return out, err
}
