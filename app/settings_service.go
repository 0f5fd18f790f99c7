package app

// Settings is what the person set on this computer.
type Settings struct{ app *App }

// Get ...

func (s *Settings) Get() (out SettingsView, err error) {
	defer guard(s.app, "Settings.Get", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// SetLanguage ...

func (s *Settings) SetLanguage(_ string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.SetLanguage", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// SetTheme ...

func (s *Settings) SetTheme(_ string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.SetTheme", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// SetLayout ...

func (s *Settings) SetLayout(_ string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.SetLayout", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// ChangePassphrase ...

func (s *Settings) ChangePassphrase(_ string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.ChangePassphrase", &out, &err)()
	_, err = s.app.open()
	return out, err
}

// OpenFolder ...

func (s *Settings) OpenFolder() (err error) {
	defer guard(s.app, "Settings.OpenFolder", nil, &err)()
	_, err = s.app.open()
	return err
}
