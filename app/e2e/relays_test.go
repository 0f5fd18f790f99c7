package e2e

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
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
	zh, en := d.fails(t, 3, "denied", "join", "--member", "某人", "tongce://join#"+string(other))
	if !strings.Contains(zh, "邀请") || !strings.Contains(en, "invite") {
		t.Errorf("a wrong character: %q, %q", zh, en)
	}
	zh, en = d.fails(t, 3, "denied", "join", "--member", "某人", link)
	today := time.Now().Format("2006-01-")
	if !strings.Contains(zh, today) || !strings.Contains(en, today) || !strings.Contains(zh, "管理员") {
		t.Errorf("IN6: used, without the time or what to do: %q, %q", zh, en)
	}
	if _, err := os.Stat(d.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the attempt left a data directory: %v", err)
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
	zh, en = c.fails(t, 3, "denied", "init", "--name", "另一家", "--member", "孙丽", "--department", "总部", "--relay", o.relay.address)
	if !strings.Contains(zh, "另一本") || !strings.Contains(en, "another book") {
		t.Errorf("a relay of another workspace: %q, %q", zh, en)
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
	at := freePort(t)
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	d.found(t, at+"#"+hex.EncodeToString(public)) // while the relay is away
	d.create(t, "name=甲公司")
	newerRelay(t, at, key)
	d.fails(t, 3, "unsupported_version", "sync", "--once", "--timeout", "20s")
	d.whole(t, 1)
	c := newDesk(t)
	c.fails(t, 3, "unsupported_version", "init", "--name", "甲", "--member", "乙", "--department", "销售部", "--relay", at)
	if _, err := os.Stat(c.dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the attempt left a data directory: %v", err)
	}
}

// certificate is self-signed, as a relay's, and has expired, which means nothing
// (WI5).
func certificate(t *testing.T, key ed25519.PrivateKey) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Unix(1, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// newerRelay answers every hello with unsupported_version.
func newerRelay(t *testing.T, at string, key ed25519.PrivateKey) {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{
		ReadHeaderTimeout: limit,
		TLSConfig:         &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{certificate(t, key)}},
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
}
