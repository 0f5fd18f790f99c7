package app

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"log/slog"
)

// code brings an error into its wire form and writes the one log line of it.
// Errors carry ids, counts and positions, never what a person typed. It works
// on a nil App, so that guard can report a service that was never wired.
func (a *App) code(op string, err error) error {
	w := codeOf(err)
	w.Ref = a.ref()
	if a == nil || a.cfg.Log == nil {
		return w
	}
	level := slog.LevelInfo
	if w.Code == CodeInternal || w.Code == CodeCorrupt {
		level = slog.LevelError
	}
	a.cfg.Log.Log(a.context(), level, "call refused",
		slog.String("op", op), slog.String("code", string(w.Code)), slog.String("ref", w.Ref), slog.String("error", err.Error()))
	return w
}

func (a *App) logPanic(op string, err error, stack []byte) {
	if a != nil && a.cfg.Log != nil {
		a.cfg.Log.ErrorContext(a.context(), "call panicked", slog.String("op", op), slog.String("error", err.Error()), slog.String("stack", string(stack)))
	}
}

// ref draws the short word that ties what the person sees to the log.
func (a *App) ref() string {
	var b [4]byte
	random := rand.Reader
	if a != nil && a.cfg.Rand != nil {
		random = a.cfg.Rand
	}
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "none"
	}
	return hex.EncodeToString(b[:])
}
