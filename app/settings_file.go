package app

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// kept is what this computer remembers beside the book, since it is needed
// while the book is locked or not there yet. The rest is in the book
// (workspace.Settings).
type kept struct {
	Language string `json:"language"`
	Theme    string `json:"theme"`
	// Sample is set while the book is the invented one.
	Sample bool `json:"sample,omitempty"`
}

// settingsFile is a small file beside the book's folder, which may not exist
// yet. One that does not read counts as empty: it holds nothing that matters.
type settingsFile struct {
	mu   sync.Mutex
	path string
}

func newSettingsFile(dir string) *settingsFile {
	dir = filepath.Clean(dir)
	return &settingsFile{path: filepath.Join(filepath.Dir(dir), filepath.Base(dir)+".window.json")}
}

func (f *settingsFile) read() kept {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.load()
}

func (f *settingsFile) load() kept {
	k := kept{Language: "system", Theme: "system"}
	b, err := os.ReadFile(f.path)
	if err != nil || json.Unmarshal(b, &k) != nil {
		return kept{Language: "system", Theme: "system"}
	}
	return k
}

func (f *settingsFile) change(fn func(*kept)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	k := f.load()
	fn(&k)
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return err
	}
	return replaceFile(f.path, func(w io.Writer) error { return json.NewEncoder(w).Encode(k) })
}
