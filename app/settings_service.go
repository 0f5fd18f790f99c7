package app

import (
	"os"
	"slices"
	"strings"

	"tongce/app/keychain"
	"tongce/app/workspace"
)

// Settings is what the person set on this computer.
type Settings struct{ app *App }

const maxLayout = 64 << 10

// Get gives the settings page.
func (s *Settings) Get() (out SettingsView, err error) {
	defer guard(s.app, "Settings.Get", &out, &err)()
	// It does not wait for the book: language and theme count from the first
	// page on. Once the book is open, start:changed asks again.
	return s.view()
}

func (s *Settings) view() (SettingsView, error) {
	a := s.app
	k := a.settings.read()
	out := SettingsView{
		Language: k.Language, Theme: k.Theme, DataDir: a.cfg.Dir, Version: a.cfg.Version,
	}
	if lang := a.startedIn(); lang != "" {
		out.Language = lang
	}
	a.mu.Lock()
	b := a.book
	a.mu.Unlock()
	if b == nil { // before there is a book, the page has less to tell
		return out, nil
	}
	var err error
	if out.Bytes, err = b.Size(); err != nil {
		return out, err
	}
	chosen, err := b.Settings()
	if err != nil {
		return out, err
	}
	out.Layout, out.KeyPlace = chosen.Layout, keyPlace(b.Keys())
	here := b.Device()
	for _, d := range b.Charter().DevicesOf(b.Me().ID) {
		out.Devices = append(out.Devices, DeviceView{ID: d.ID.String(), Name: d.Name, Here: d.ID == here, Active: d.Active, Kit: d.Kit})
	}
	return out, nil
}

func keyPlace(info keychain.Info) string {
	switch {
	case info.Keyring && info.Passphrase:
		return "both"
	case info.Keyring:
		return "keyring"
	default:
		return "passphrase"
	}
}

func (s *Settings) choose(value string, allowed []string, set func(*kept)) (SettingsView, error) {
	if !slices.Contains(allowed, value) {
		return SettingsView{}, &fault{code: CodeInvalid, reason: "choice"}
	}
	if err := s.app.settings.change(set); err != nil {
		return SettingsView{}, err
	}
	return s.view()
}

// SetLanguage chooses zh, en or system.
func (s *Settings) SetLanguage(language string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.SetLanguage", &out, &err)()
	<-s.app.ready
	s.app.mu.Lock()
	s.app.started = "" // the person's choice outweighs how the program was started
	s.app.mu.Unlock()
	return s.choose(language, []string{"zh", "en", "system"}, func(k *kept) { k.Language = language })
}

// SetTheme chooses light, dark or system.
func (s *Settings) SetTheme(theme string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.SetTheme", &out, &err)()
	<-s.app.ready
	return s.choose(theme, []string{"light", "dark", "system"}, func(k *kept) { k.Theme = theme })
}

// SetLayout keeps columns and widths of the list as the window wrote them.
func (s *Settings) SetLayout(layout string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.SetLayout", &out, &err)()
	<-s.app.ready
	if len(layout) > maxLayout {
		return out, &fault{code: CodeTooLarge, reason: "layout"}
	}
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	if err := b.choose(func(v *workspace.Settings) { v.Layout = layout }); err != nil {
		return out, err
	}
	return s.view()
}

// choose changes what the book itself keeps of the person's choices.
func (s *session) choose(set func(*workspace.Settings)) error {
	s.choosing.Lock()
	defer s.choosing.Unlock()
	v, err := s.Settings()
	if err != nil {
		return err
	}
	set(&v)
	return s.SaveSettings(v)
}

// OpenFolder shows the folder of the book.
func (s *Settings) OpenFolder() (err error) {
	defer guard(s.app, "Settings.OpenFolder", nil, &err)()
	return s.app.cfg.Host.OpenFolder(s.app.ctx, s.app.cfg.Dir)
}

func (a *App) startedIn() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.started
}

// lang is the language that values are shown in.
func (a *App) lang() string {
	lang := a.startedIn()
	if lang == "" {
		lang = a.settings.read().Language
	}
	if lang == "zh" || lang == "en" {
		return lang
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(v, "en") {
				return "en"
			}
			break
		}
	}
	return "zh"
}

// ChangePassphrase sets the passphrase of the open book, in place of an earlier
// one or beside the keyring.
func (s *Settings) ChangePassphrase(text string) (out SettingsView, err error) {
	defer guard(s.app, "Settings.ChangePassphrase", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	secret := []byte(text)
	defer clear(secret)
	if err := b.SetPassphrase(s.app.ctx, secret); err != nil {
		return out, err
	}
	return s.view()
}
