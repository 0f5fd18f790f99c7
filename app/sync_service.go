package app

// Sync is the relay, as the person at the desk sees it.
type Sync struct{ app *App }

// Status ...

func (s *Sync) Status() (out SyncStatus, err error) {
	defer guard(s.app, "Sync.Status", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Now ...

func (s *Sync) Now() (out SyncStatus, err error) {
	defer guard(s.app, "Sync.Now", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// SetRelay ...

func (s *Sync) SetRelay(_ string) (out SyncStatus, err error) {
	defer guard(s.app, "Sync.SetRelay", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Pending ...

func (s *Sync) Pending() (out PendingReply, err error) {
	defer guard(s.app, "Sync.Pending", &out, &err)()
	_, err = s.app.open()
	return out, err
}
