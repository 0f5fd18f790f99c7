package app_test

import (
	"encoding/base64"
	"net"
	"testing"
	"time"

	"tongce/app"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
)

// A link that was cut off while copying is told from a relay that does not
// answer, before anything is sent.
func TestIN2_ALinkThatIsNoneIsTold(t *testing.T) {
	t.Parallel()
	a, _ := openApp(t)
	start := service[*app.Start](t, a)
	for _, link := range []string{"", "hello", "tongce://join", "tongce://join#nonsense", "tongce://join#pQEBAlggL9anl3pbXMRzJaI8RqSF1yBTJEPk"} {
		_, err := start.Inspect(link)
		if code, reason := codeOf(t, err); code != "invalid" || reason != "invite_form" {
			t.Errorf("%q: got %q %q, want invalid invite_form", link, code, reason)
		}
	}
}

// Who waits for a relay that does not answer can stop, and another question
// ends the one before.
func TestStopEndsTheWaitForARelay(t *testing.T) {
	t.Parallel()
	silent, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0") // takes connections and says nothing
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	link := charter.LinkPrefix + base64.RawURLEncoding.EncodeToString(canon.MustMarshal(struct {
		V         uint64            `cbor:"1,keyasint"`
		Workspace canon.WorkspaceID `cbor:"2,keyasint"`
		Secret    [32]byte          `cbor:"3,keyasint"`
		Keys      []canon.RelayKey  `cbor:"4,keyasint"`
		Addresses []string          `cbor:"5,keyasint"`
	}{V: 1, Keys: make([]canon.RelayKey, 1), Addresses: []string{silent.Addr().String()}}))
	a, _ := startApp(t, t.TempDir(), nil)
	start := service[*app.Start](t, a)
	look := func() <-chan error {
		ended := make(chan error, 1)
		go func() {
			_, err := start.Inspect(link)
			ended <- err
		}()
		conn, err := silent.Accept()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		return ended
	}
	stopped := func(what string, ended <-chan error) {
		t.Helper()
		select {
		case err := <-ended:
			if code, _ := codeOf(t, err); code != "cancelled" {
				t.Errorf("%s: got %q, want cancelled", what, code)
			}
		case <-time.After(5 * time.Second): // less than a dial's limit
			t.Errorf("%s did not end", what)
		}
	}
	first := look()
	second := look()
	stopped("the question before", first)
	if err := start.Stop(); err != nil {
		t.Fatal(err)
	}
	stopped("the question that was stopped", second)
	if err := start.Stop(); err != nil {
		t.Errorf("nothing to stop: %v", err)
	}
}

// Language and theme are known before the book is open, which may take a while
// and asks its way in the language that the program was started in.
func TestSettingsDoNotWaitForTheBook(t *testing.T) {
	t.Parallel()
	cfg, _ := config(t.TempDir(), nil)
	cfg.Lang = "en"
	a := app.New(cfg) // not started: nothing is open yet, nor known to be absent
	t.Cleanup(a.Shutdown)
	if view := must[app.SettingsView](t)(service[*app.Settings](t, a).Get()); view.Language != "en" {
		t.Errorf("got language %q, want en", view.Language)
	}
}
