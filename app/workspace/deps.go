package workspace

import (
	"crypto/rand"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tongce/app/index"
	"tongce/app/keychain"
	"tongce/app/link"
)

// Deps is what a workspace takes from the computer; tests put their own in.
type Deps struct {
	Now  func() time.Time
	Rand io.Reader
	// KeyRing may be nil: then only a passphrase or the kit opens anything.
	KeyRing keychain.Ring
	Log     *slog.Logger
	// Program is the version that a relay is told.
	Program string
	// Dial opens connections to relays; nil dials TCP.
	Dial link.DialFunc
	// Cost of new passphrases; zero is keychain.DefaultCost.
	Cost keychain.Cost
}

// SystemDeps are the clock, the randomness and the keyring of this computer.
func SystemDeps(log *slog.Logger, program string) Deps {
	return Deps{Now: time.Now, Rand: rand.Reader, KeyRing: keychain.NewSystem(0), Log: log, Program: program}
}

// CacheEngine keeps the compiled form of the index's SQLite in the person's
// cache folder, so that programs start a second sooner. Programs call it once,
// before anything is opened; without such a folder nothing is kept.
func CacheEngine(log *slog.Logger) {
	dir, err := os.UserCacheDir()
	if err == nil {
		err = index.CacheEngine(filepath.Join(dir, "tongce", "engine"))
	}
	if err != nil {
		log.Info("no cache for the index's engine", "err", err)
	}
}

// DefaultDevice is what a new device is called until someone says otherwise.
func DefaultDevice() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		return "电脑"
	}
	return clip(name)
}
