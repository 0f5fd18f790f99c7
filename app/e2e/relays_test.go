package e2e

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// Invites that do not do: each is refused with a reason, and nothing is left of
// the attempt.
func TestBadInvites(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	link := o.a.invite(t, "财务部", "赵敏")
	used := newDesk(t)
	used.join(t, link, "赵敏")
	_, text, _ := strings.Cut(link, "#")
	other := []byte(text)
	other[len(other)/2] ^= 1
	for _, c := range []struct {
		name, link, code string
		exit             int
	}{
		{"used", link, "denied", 3},
		{"cut", link[:len(link)-9], "invalid", 1},
		{"not an invite", "https://example.com/join", "invalid", 1},
		{"empty", "tongce://join#", "invalid", 1},
	} {
		d := newDesk(t)
		d.fails(t, c.exit, c.code, "join", "--member", "某人", c.link)
		if _, err := os.Stat(d.dir); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s: the attempt left a data directory: %v", c.name, err)
		}
	}
	d := newDesk(t)
	r := d.run(t, "join", "--member", "某人", "tongce://join#"+string(other))
	if r.code == 0 {
		t.Errorf("an invite with a wrong character let someone in: %v", r)
	} else {
		r.failure(t)
	}
	used.whole(t, 0)
}

// A relay under the same address with another key is never spoken to; one that
// serves another workspace refuses; both leave everything as it was.
func TestRelayOfAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.a.create(t, "name=甲公司").ID
	o.relay.kill()
	stranger := &relayProcess{program: built.relay, dir: filepath.Join(t.TempDir(), "relay"), listen: o.relay.listen}
	stranger.start(t)
	t.Cleanup(stranger.kill)
	zh, en := o.a.fails(t, 3, "denied", "sync", "--once")
	if !strings.Contains(zh, "不是") || !strings.Contains(en, "relay") {
		t.Errorf("another key: %q, %q", zh, en)
	}
	if o.a.show(t, id).Fields["name"] != "甲公司" {
		t.Error("the book is not as it was")
	}
	stranger.kill()
	o.relay.start(t)
	c := newDesk(t)
	r := c.run(t, "init", "--name", "另一家", "--member", "孙丽", "--department", "总部", "--relay", o.relay.address)
	if r.code != 3 {
		t.Errorf("a relay of another workspace: want exit 3: %v", r)
	}
	if !strings.Contains(string(r.err), `"denied"`) {
		t.Errorf("a relay of another workspace: %v", r)
	}
	if len(r.out) > 0 {
		t.Errorf("a relay of another workspace: want nothing made: %v", r)
	}
	c.fails(t, 1, "not_found", "list") // nothing is left behind
	c.found(t, "")
	o.sync(t)
	o.equal(t)
}

// The relay answers an unknown version of the protocol with
// unsupported_version, and goes on serving.
func TestUnknownVersionAtTheRelay(t *testing.T) {
	t.Parallel()
	r := newRelay(t)
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, // a test that gives nothing away
	}}}
	ws, resp, err := websocket.Dial(ctx, "wss://"+r.listen+wire.Path, &websocket.DialOptions{HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	if resp != nil && resp.Body != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	defer func() { _ = ws.CloseNow() }()
	hello, err := wire.EncodeFrame(wire.Message{ID: 1, Frame: &wire.Hello{
		Versions: []uint64{99}, Workspace: canon.WorkspaceID{1}, Device: canon.DeviceID{1}, Program: "future",
	}})
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.Write(ctx, websocket.MessageBinary, hello); err != nil {
		t.Fatal(err)
	}
	_, b, err := ws.Read(ctx)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	m, err := wire.DecodeFrame(b)
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := m.Frame.(*wire.Failed); !ok || f.Code != wire.CodeUnsupportedVersion {
		t.Errorf("got %#v, want %s", m.Frame, wire.CodeUnsupportedVersion)
	}
	d := newDesk(t)
	d.found(t, r.address)
}

// A desktop whose relay speaks only a newer protocol says so and keeps
// everything.
func TestUnknownVersionAtTheDesktop(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	r := d.run(t, "init", "--name", "锦成机电", "--member", "吴迪", "--department", "销售部", "--relay", newerRelay(t))
	if r.code != 1 || !strings.Contains(string(r.err), `"unsupported_version"`) {
		t.Errorf("init with a newer relay: %v", r)
	}
	d.create(t, "name=甲公司")
	d.fails(t, 1, "unsupported_version", "sync", "--once", "--timeout", "20s")
	d.whole(t, 1)
}

// newerRelay answers every hello with unsupported_version.
func newerRelay(t *testing.T) (address string) {
	t.Helper()
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1<<33, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		ReadHeaderTimeout: limit,
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
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
			if err != nil {
				return
			}
			answer, err := wire.EncodeFrame(wire.Message{ID: m.ID, Frame: &wire.Failed{Code: wire.CodeUnsupportedVersion}})
			if err == nil {
				_ = ws.Write(req.Context(), websocket.MessageBinary, answer)
			}
			_ = ws.Close(websocket.StatusPolicyViolation, string(wire.CodeUnsupportedVersion))
		}),
	}
	go func() { _ = server.ServeTLS(ln, "", "") }() // ends with Close
	t.Cleanup(func() { _ = server.Close() })
	return ln.Addr().String()
}
