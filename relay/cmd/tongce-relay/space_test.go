package main

import (
	"io"
	"path/filepath"
	"testing"
)

func TestGA18_SpaceAsWritten(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]space{"1M": 1 << 20, "500M": 500 << 20, "20G": 20 << 30, "2T": 2 << 40} {
		var s space
		if err := s.Set(text); err != nil || s != want {
			t.Errorf("%s: got %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "M", "20", "0G", "-1G", "1.5G", "20GB", "99999999999T", "G20"} {
		dir := filepath.Join(t.TempDir(), "relay")
		if _, err := run(t.Context(), []string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--space", text}, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}
