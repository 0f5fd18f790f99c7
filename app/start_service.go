package app

// Start opens, makes and joins a book.
type Start struct{ app *App }

// State ...

func (s *Start) State() (out StartState, err error) {
	defer guard(s.app, "Start.State", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Passphrase ...

func (s *Start) Passphrase(_ string) (err error) {
	defer guard(s.app, "Start.Passphrase", nil, &err)()
	_, err = s.app.open()
	return err
}

// Create ...

func (s *Start) Create(_ CreateWorkspace) (out StartState, err error) {
	defer guard(s.app, "Start.Create", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Inspect ...

func (s *Start) Inspect(_ string) (out InvitePreview, err error) {
	defer guard(s.app, "Start.Inspect", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Join ...

func (s *Start) Join(_ JoinWorkspace) (out StartState, err error) {
	defer guard(s.app, "Start.Join", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Sample ...

func (s *Start) Sample() (out StartState, err error) {
	defer guard(s.app, "Start.Sample", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// ClearSample ...

func (s *Start) ClearSample() (out StartState, err error) {
	defer guard(s.app, "Start.ClearSample", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Unlock ...

func (s *Start) Unlock(_ string) (out StartState, err error) {
	defer guard(s.app, "Start.Unlock", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// UnlockKit ...

func (s *Start) UnlockKit(_ string) (out StartState, err error) {
	defer guard(s.app, "Start.UnlockKit", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Kit ...

func (s *Start) Kit() (out Kit, err error) {
	defer guard(s.app, "Start.Kit", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// ConfirmKit ...

func (s *Start) ConfirmKit(_ string) (out StartState, err error) {
	defer guard(s.app, "Start.ConfirmKit", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// LaterKit ...

func (s *Start) LaterKit() (out StartState, err error) {
	defer guard(s.app, "Start.LaterKit", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// SaveKit ...

func (s *Start) SaveKit() (out FileReply, err error) {
	defer guard(s.app, "Start.SaveKit", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Invite ...

func (s *Start) Invite(_ InviteRequest) (out InviteReply, err error) {
	defer guard(s.app, "Start.Invite", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// Lock ...

func (s *Start) Lock() (out StartState, err error) {
	defer guard(s.app, "Start.Lock", &out, &err)()
	_, err = s.app.open()
	return out, err
}
