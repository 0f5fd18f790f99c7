package app_test

import (
	"net"
	"path/filepath"
	"strings"
	"testing"

	"tongce/app"
	"tongce/relay/relaytest"
)

// TestFoundingWithARelayThatIsRefused: a book whose relay does not answer, or is
// another company's, is not made; the same form then makes it without one.
func TestFoundingWithARelayThatIsRefused(t *testing.T) {
	t.Parallel()
	taken, _ := relaytest.Serve(t)
	nobody, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	gone := nobody.Addr().String()
	_ = nobody.Close()
	found := func(a *app.App, address string) (app.StartState, error) {
		in := company
		in.Relay = address
		return service[*app.Start](t, a).Create(in)
	}
	first, _ := testApp(t, filepath.Join(t.TempDir(), "book"))
	if st := must[app.StartState](t)(found(first, taken)); st.Kind != "open" {
		t.Fatalf("founded: got %q", st.Kind)
	}
	second, _ := testApp(t, filepath.Join(t.TempDir(), "book"))
	for _, c := range []struct{ relay, code, reason string }{
		{taken, "denied", "relay_taken"},
		{taken + "#" + strings.Repeat("ab", 32), "corrupt", "relay_identity"},
		{gone, "offline", "relay_unmet"},
		{"no address", "invalid", "relay_address"},
	} {
		_, err := found(second, c.relay)
		if code, reason := codeOf(t, err); code != c.code || reason != c.reason {
			t.Errorf("%s: got %q %q, want %q %q", c.reason, code, reason, c.code, c.reason)
		}
		if st := must[app.StartState](t)(service[*app.Start](t, second).State()); st.Kind != "none" {
			t.Errorf("%s: a book is there: %q", c.reason, st.Kind)
		}
	}
	if st := must[app.StartState](t)(found(second, "")); st.Kind != "open" {
		t.Errorf("without a relay: got %q", st.Kind)
	}
}
