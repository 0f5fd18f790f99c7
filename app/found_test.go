package app_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tongce/app"
	"tongce/crdt/wire"
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

// saying is a relay that answers every hello with one code.
func saying(t *testing.T, code wire.Code) (address string) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1, 0)} // WI5: dates mean nothing
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ws, err := websocket.Accept(w, req, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.CloseNow() }()
		_, b, err := ws.Read(req.Context())
		if err != nil {
			return
		}
		m, err := wire.DecodeFrame(b)
		if err == nil {
			b, err = wire.EncodeFrame(wire.Message{ID: m.ID, Frame: &wire.Failed{Code: code}})
		}
		if err == nil && ws.Write(req.Context(), websocket.MessageBinary, b) == nil {
			_, _, _ = ws.Read(req.Context()) // until the other side ends it
		}
	}))
	s.TLS = &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.Listener.Addr().String()
}

// TestFoundingSaysWhatTheRelaySaid: only a relay that says so has another book.
func TestFoundingSaysWhatTheRelaySaid(t *testing.T) {
	t.Parallel()
	for said, want := range map[wire.Code]struct{ code, reason string }{
		wire.CodeDenied:             {"denied", "relay_taken"},
		wire.CodeUnsupportedVersion: {"unsupported_version", "relay"},
		wire.CodeQuota:              {"too_large", "quota"},
		wire.CodeMalformed:          {"invalid", "malformed"},
	} {
		a, _ := testApp(t, filepath.Join(t.TempDir(), "book"))
		in := company
		in.Relay = saying(t, said)
		_, err := service[*app.Start](t, a).Create(in)
		if code, reason := codeOf(t, err); code != want.code || reason != want.reason {
			t.Errorf("%s: got %q %q, want %q %q", said, code, reason, want.code, want.reason)
		}
		if st := must[app.StartState](t)(service[*app.Start](t, a).State()); st.Kind != "none" {
			t.Errorf("%s: a book is there: %q", said, st.Kind)
		}
	}
}

// TestRelayInTheSettings: one that was never met can be let go, one that was met
// cannot, and another is named beside it; another key is told apart.
func TestRelayInTheSettings(t *testing.T) {
	t.Parallel()
	address, _ := relaytest.Serve(t)
	a, _ := openApp(t)
	sync := service[*app.Sync](t, a)
	_, err := sync.SetRelay(address + "#" + strings.Repeat("ab", 32))
	if code, reason := codeOf(t, err); code != "corrupt" || reason != "relay_identity" {
		t.Errorf("another key: got %q %q", code, reason)
	}
	if st := must[app.SyncStatus](t)(sync.SetRelay("127.0.0.1:1#" + strings.Repeat("ab", 32))); st.Relay != "127.0.0.1:1" || st.RelayMet {
		t.Errorf("one that is away: got %q, met %v", st.Relay, st.RelayMet)
	}
	if st := must[app.SyncStatus](t)(sync.SetRelay("")); st.Relay != "" || st.RelayMet {
		t.Errorf("let go: got %q, met %v", st.Relay, st.RelayMet)
	}
	st := must[app.SyncStatus](t)(sync.SetRelay(address))
	for end := time.Now().Add(30 * time.Second); !st.RelayMet && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		st = must[app.SyncStatus](t)(sync.Status())
	}
	if st.Relay != address || !st.RelayMet {
		t.Errorf("one that answers: got %q, met %v", st.Relay, st.RelayMet)
	}
	_, err = sync.SetRelay("")
	if code, reason := codeOf(t, err); code != "invalid" || reason != "relay_address" {
		t.Errorf("letting go of one that was met: got %q %q", code, reason)
	}
	_, err = sync.SetRelay("127.0.0.1:1")
	if code, reason := codeOf(t, err); code != "offline" || reason != "relay_away" {
		t.Errorf("another that is away: got %q %q", code, reason)
	}
	if st := must[app.SyncStatus](t)(sync.Status()); len(st.Relays) != 1 {
		t.Errorf("another that is away was saved: %v", st.Relays)
	}
	second, _ := relaytest.Serve(t)
	st = must[app.SyncStatus](t)(sync.SetRelay(second))
	named := func(address string) func(app.RelayView) bool {
		return func(r app.RelayView) bool { return r.Address == address && r.Key != "" }
	}
	if len(st.Relays) != 2 || !slices.ContainsFunc(st.Relays, named(address)) || !slices.ContainsFunc(st.Relays, named(second)) {
		t.Errorf("beside another: got %v", st.Relays)
	}
	if st.Relay != address {
		t.Errorf("connected to %q, want %q, which is still there", st.Relay, address)
	}
}
