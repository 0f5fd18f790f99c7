package app_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tongce/app"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
)

// A book that asks for its passphrase is an ordinary start; one whose key file
// is damaged is not.
func TestStartLogsWhatIsWrongOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	made, _ := startApp(t, dir, nil)
	start := service[*app.Start](t, made)
	if err := start.Passphrase("long enough words"); err != nil {
		t.Fatal(err)
	}
	must[app.StartState](t)(start.Create(company))
	made.Shutdown()

	log := logOfStart(t, dir, "passphrase")
	if log != "" {
		t.Errorf("a start that asks for the passphrase logged %q, want nothing", log)
	}

	if err := os.WriteFile(filepath.Join(dir, "book", keychain.FileName), []byte("no keys"), 0o600); err != nil {
		t.Fatal(err)
	}
	log = logOfStart(t, dir, "damaged_keys")
	if !strings.Contains(log, "op=open code=corrupt") {
		t.Errorf("a start with a damaged key file logged %q, want its line", log)
	}
}

// logOfStart starts the program on a book that stays locked for the reason.
func logOfStart(t *testing.T, dir, reason string) string {
	t.Helper()
	log := new(bytes.Buffer)
	cfg, _ := config(filepath.Join(dir, "book"), new(ringtest.Memory))
	cfg.Log = slog.New(slog.NewTextHandler(log, nil))
	a := app.New(cfg)
	a.Startup()
	st, err := service[*app.Start](t, a).State()
	a.Shutdown()
	if err != nil || st.Kind != "locked" || st.Reason != reason {
		t.Errorf("start: got %q %q %v, want locked %q", st.Kind, st.Reason, err, reason)
	}
	return log.String()
}
