package relay

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/canon"
	"tongce/crdt/gate/gatetest"
	"tongce/crdt/wire"
)

// pinned is what a device demands of a relay's certificate (WI5).
func pinned(want canon.RelayKey) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true,
		VerifyConnection: func(s tls.ConnectionState) error {
			key, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
			if !ok || !bytes.Equal(key, want[:]) {
				return errors.New("another relay")
			}
			return nil
		},
	}
}

// wsLink is a real connection.
type wsLink struct {
	tb    testing.TB
	ws    *websocket.Conn
	state *tls.ConnectionState
	lost  bool   // an error is an end and no failure
	wrote func() // called after each message that went out, if it is there
}

func dialWS(tb testing.TB, addr string, r canon.RelayKey) (*wsLink, error) {
	tb.Helper()
	l := &wsLink{tb: tb}
	transport := &http.Transport{DialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		c, err := (&tls.Dialer{Config: pinned(r)}).DialContext(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		state := c.(*tls.Conn).ConnectionState()
		l.state = &state
		return c, nil
	}}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	ws, resp, err := websocket.Dial(ctx, "wss://"+addr+wire.Path, &websocket.DialOptions{HTTPClient: &http.Client{Transport: transport}})
	if resp != nil && resp.Body != nil {
		defer resp.Body.Close()
	}
	if err != nil {
		return nil, err
	}
	ws.SetReadLimit(wire.MaxMessage)
	l.ws = ws
	return l, nil
}

func (l *wsLink) send(b []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := l.ws.Write(ctx, websocket.MessageBinary, b); err != nil && !l.lost {
		l.tb.Errorf("write: %v", err)
	}
	if l.wrote != nil {
		l.wrote()
	}
}

func (l *wsLink) recv() ([]byte, wire.Code, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	_, b, err := l.ws.Read(ctx)
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		return nil, wire.Code(closed.Reason), false
	}
	return b, "", err == nil
}

func (l *wsLink) exporter() []byte {
	b, err := l.state.ExportKeyingMaterial(wire.ExporterLabel, nil, wire.ExporterLength)
	if err != nil {
		l.tb.Fatal(err)
	}
	return b
}

// site is a real relay on loopback with the key of the scene's workspace.
type site struct {
	tb     testing.TB
	scene  *gatetest.Scene
	dir    string
	server *Server
	addr   string
	served chan error
	limits wire.Limits
}

func newSite(tb testing.TB, scene *gatetest.Scene) *site {
	tb.Helper()
	s := &site{tb: tb, scene: scene, dir: tb.TempDir()}
	k := &keyFile{path: filepath.Join(s.dir, keyName), key: scene.W.Relay}
	if err := k.write(Memory{}); err != nil {
		tb.Fatal(err)
	}
	s.start()
	tb.Cleanup(s.stop)
	return s
}

func (s *site) start() {
	s.tb.Helper()
	var err error
	s.server, err = New(context.Background(), ServerConfig{Dir: s.dir, Now: time.Now, Random: rand.Reader, Limits: s.limits})
	if err != nil {
		s.tb.Fatalf("new server: %v", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.tb.Fatal(err)
	}
	s.addr, s.served = ln.Addr().String(), make(chan error, 1)
	go func() { s.served <- s.server.Serve(ln) }()
}

func (s *site) stop() {
	s.tb.Helper()
	if s.server == nil {
		return
	}
	if err := errors.Join(s.server.Close(), <-s.served); err != nil {
		s.tb.Errorf("close server: %v", err)
	}
	s.server = nil
}

func (s *site) dial(signer canon.Signer) *dev {
	s.tb.Helper()
	return dialDev(s.tb, s.scene, s.addr, signer)
}

func dialDev(tb testing.TB, scene *gatetest.Scene, addr string, signer canon.Signer) *dev {
	tb.Helper()
	l, err := dialWS(tb, addr, scene.W.RelayKey())
	if err != nil {
		tb.Fatalf("dial: %v", err)
	}
	tb.Cleanup(func() { _ = l.ws.CloseNow() })
	return &dev{tb: tb, link: l, signer: signer, w: scene.W.ID, relay: scene.W.RelayKey(), chain: encoded(tb, scene.W.Log.All())}
}

func (s *site) connect(signer canon.Signer) *dev {
	s.tb.Helper()
	d := s.dial(signer)
	if !d.shake() {
		s.tb.Fatalf("handshake: %s", d.failed)
	}
	return d
}

func TestServer_PushFanOutRestartWipe(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 60))
	scene := s.scene
	writer, reader := s.connect(scene.Founder), s.connect(scene.Service)
	b := newBook()
	reader.take(b, reader.ask(&wire.Pull{Credit: 1 << 30}).(*wire.Batch))
	writer.mustPush(scene.History...)
	for len(b.records) < len(scene.History) { // live
		f, _ := reader.answer()
		batch, ok := f.(*wire.Batch)
		if !ok {
			t.Fatalf("live reader got %v", f)
		}
		reader.take(b, batch)
	}
	s.stop()
	s.start()
	reader = s.connect(scene.Service)
	reader.pull(b, 0)
	if got := s.connect(scene.Founder).push(scene.History...)[0].Code; got != wire.CodeDuplicate {
		t.Errorf("after a restart: %s, want duplicate", got)
	}
	s.stop()
	if err := os.RemoveAll(filepath.Join(s.dir, logName)); err != nil {
		t.Fatal(err)
	}
	s.start()
	reader = s.connect(scene.Service)
	if reader.ready.State != wire.StateHealing || reader.ready.Log == b.cursor.Log {
		t.Errorf("HE1, HE2: wiped relay is %s", reader.ready.State)
	}
	founder := s.connect(scene.Founder)
	if got := founder.confirm(); got != "ok" {
		t.Fatal(got)
	}
	for _, who := range []canon.Signer{scene.Buyer, scene.Service} {
		d := s.connect(who)
		d.resume(b)
		d.upload(b)
	}
	again := newBook()
	s.connect(scene.Service).pull(again, 0)
	if len(again.records) != len(scene.History) {
		t.Errorf("AT77: %d of %d records after healing", len(again.records), len(scene.History))
	}
}

// AT79 over real TLS: a proof is bound to its connection and to its relay.
func TestAT79_ProofReplayedTLS(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 61))
	var proof []byte
	if !s.dial(s.scene.Founder).prove(func(m []byte) []byte { proof, _ = s.scene.Founder.Sign(canon.DomainHello, m); return proof }) {
		t.Fatal("good proof refused")
	}
	d := s.dial(s.scene.Founder)
	if d.prove(func([]byte) []byte { return proof }) || d.failed != wire.CodeDenied {
		t.Errorf("replayed: %q, want denied", d.failed)
	}
	other := newSite(t, s.scene)
	d = other.dial(s.scene.Founder)
	if d.prove(func([]byte) []byte { return proof }) || d.failed != wire.CodeDenied {
		t.Errorf("at another relay: %q, want denied", d.failed)
	}
}

func TestWI5_Pin(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 62))
	if _, err := dialWS(t, s.addr, canon.RelayKey{1}); err == nil {
		t.Error("a relay with another key was accepted")
	}
	c, err := tls.Dial("tcp", s.addr, &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true})
	if err == nil {
		c.Close()
		t.Error("TLS 1.2 was accepted")
	}
	s.stop()
	s.start() // another certificate of the same key
	s.connect(s.scene.Founder)
}

func TestAT70_MessageTooLarge(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 63))
	d := s.connect(s.scene.Founder)
	l := d.link.(*wsLink)
	l.lost = true
	l.send(make([]byte, wire.MaxMessage+1))
	if _, _, ok := l.recv(); ok {
		t.Error("the connection goes on after 2 MiB + 1")
	}
	s.connect(s.scene.Buyer).mustPush(s.scene.History...)
}

func TestWI13_Doors(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 64))
	denied := 0
	for range deniedAMinute + 3 {
		l, err := dialWS(t, s.addr, s.scene.W.RelayKey())
		if err != nil {
			break
		}
		d := &dev{tb: t, link: l, signer: s.scene.Stranger, w: s.scene.W.ID, relay: s.scene.W.RelayKey(), chain: encoded(t, s.scene.W.Log.All())}
		if d.shake() || d.failed != wire.CodeDenied {
			t.Fatalf("stranger: %q", d.failed)
		}
		_ = l.ws.CloseNow()
		denied++
		for s.server.doors.counted() < denied { // it counts when the connection has ended
			time.Sleep(time.Millisecond)
		}
	}
	if denied != deniedAMinute {
		t.Errorf("%d handshakes denied before the door shut, want %d", denied, deniedAMinute)
	}
}

// counted is how many denials are remembered.
func (d *doors) counted() (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, list := range d.denied {
		n += len(list)
	}
	return n
}

func TestWI17_Health(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 65))
	s.connect(s.scene.Founder).mustPush(s.scene.History...)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: pinned(s.scene.W.RelayKey())}}
	get := func(path string) (int, string) {
		resp, err := client.Get("https://" + s.addr + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		b, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(b)
	}
	code, body := get("/healthz")
	var h map[string]any
	if err := json.Unmarshal([]byte(body), &h); err != nil || code != http.StatusOK {
		t.Fatalf("health %d %s", code, body)
	}
	if len(h) != 3 || h["lastSeq"] != float64(s.server.Stats().LastSeq) || h["charterSeq"] != float64(s.scene.Head().Seq) {
		t.Errorf("health says %s", body)
	}
	if code, _ := get("/metrics"); code != http.StatusNotFound {
		t.Errorf("metrics on the open port: %d", code)
	}
	rec := httptest.NewRecorder()
	s.server.Metrics().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if !strings.Contains(rec.Body.String(), fmt.Sprintf("tongce_relay_accepted_total %d\n", len(s.scene.History))) {
		t.Errorf("metrics:\n%s", rec.Body)
	}
}

func TestLockedDirectory(t *testing.T) {
	t.Parallel()
	s := newSite(t, gatetest.New(t, 66))
	if _, err := New(t.Context(), ServerConfig{Dir: s.dir, Now: time.Now, Random: rand.Reader}); !errors.Is(err, ErrLocked) {
		t.Errorf("second start: %v, want ErrLocked", err)
	}
	s.connect(s.scene.Founder)
}

func TestKeyFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k, err := openKeyFile(dir, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	m := Memory{Workspace: canon.WorkspaceID{1}}
	m.Head.Seq, m.Head.Hash = 7, canon.Hash{2}
	if err := k.write(m); err != nil {
		t.Fatal(err)
	}
	again, err := openKeyFile(dir, rand.Reader)
	if err != nil || !again.key.Equal(k.key) || again.memory != m {
		t.Errorf("read back %v, %v", again.memory, err)
	}
	good, err := os.ReadFile(k.path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good { // damage never makes another key
		bad := bytes.Clone(good)
		bad[i] ^= 0xff
		if err := os.WriteFile(k.path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if x, err := openKeyFile(dir, rand.Reader); err == nil && !x.key.Equal(k.key) && i < 4 {
			t.Errorf("byte %d flipped: another key", i)
		}
		if now, _ := os.ReadFile(k.path); !bytes.Equal(now, bad) {
			t.Fatalf("byte %d flipped: the file was changed", i)
		}
	}
	if err := os.Remove(k.path); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, logName), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := openKeyFile(dir, rand.Reader); !errors.Is(err, ErrKeyFile) {
		t.Errorf("log without key: %v, want ErrKeyFile", err)
	}
}
