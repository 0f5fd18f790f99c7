package app

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultDir is where the book of this person stands when no folder is named:
// in the local data of the account, which no roaming profile copies. The
// invented book has a folder of its own beside it.
func DefaultDir(sample bool) (string, error) {
	base, err := localData()
	if err != nil {
		return "", fmt.Errorf("local data folder: %w", err)
	}
	if sample {
		return filepath.Join(base, "sample"), nil
	}
	return filepath.Join(base, "book"), nil
}

func localData() (string, error) {
	switch runtime.GOOS {
	case "windows":
		dir, err := os.UserCacheDir() // %LocalAppData%
		return filepath.Join(dir, "Tongce"), err
	case "darwin":
		dir, err := os.UserConfigDir() // ~/Library/Application Support
		return filepath.Join(dir, "Tongce"), err
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "tongce"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "tongce"), err
}
