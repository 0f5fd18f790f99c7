package workspace

import (
	"encoding/json"
	"fmt"
)

// Settings are what the person chose on this device. They lie in the encrypted
// store.
type Settings struct {
	// Language is zh, en or system; Theme is light, dark or system.
	Language string `json:"language"`
	Theme    string `json:"theme"`
	// Layout is what the window keeps of the list's columns.
	Layout string `json:"layout"`
	// KitChecked is true once two groups of the recovery kit were typed back.
	KitChecked bool `json:"kitChecked"`
}

const settingsMark = "settings"

// Settings reads them; what was never chosen is empty.
func (w *Workspace) Settings() (Settings, error) {
	var s Settings
	b, err := w.mark(settingsMark)
	if err != nil || b == nil {
		return s, err
	}
	if err := json.Unmarshal(b, &s); err != nil {
		return Settings{}, fmt.Errorf("settings: %w", err)
	}
	return s, nil
}

// SaveSettings replaces them.
func (w *Workspace) SaveSettings(s Settings) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	if err := w.setMark(settingsMark, b); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	return nil
}
