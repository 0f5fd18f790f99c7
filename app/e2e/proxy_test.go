package e2e

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// proxy stands between desktops and a relay, and keeps what it sees.
type proxy struct {
	ln net.Listener
	to string
	// end is how it ends TLS; nil for one that only passes bytes on.
	end *tls.Config

	mu   sync.Mutex
	seen bytes.Buffer // what it could read of both sides
}

func newProxy(t *testing.T, at, to string, end *tls.Config) *proxy {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{ln: ln, to: to, end: end}
	var all sync.WaitGroup
	all.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() { p.serve(c) })
		}
	})
	t.Cleanup(func() { p.close(); all.Wait() })
	return p
}

func (p *proxy) close() { _ = p.ln.Close() }

func (p *proxy) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(limit))
	up, err := net.Dial("tcp", p.to)
	if err != nil {
		return
	}
	defer func() { _ = up.Close() }()
	if p.end != nil {
		down := tls.Server(c, p.end)
		if err := down.Handshake(); err != nil {
			return
		}
		c, up = down, tls.Client(up, &tls.Config{InsecureSkipVerify: true}) // it trusts everybody
	}
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{c, up}, {up, c}} {
		go func() {
			_, _ = io.Copy(io.MultiWriter(way[1], p), way[0])
			done <- struct{}{}
		}()
	}
	<-done
	_, _ = c.Close(), up.Close()
	<-done
}

func (p *proxy) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.seen.Write(b)
}

func (p *proxy) read() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.seen.Bytes())
}

// authority is a certificate authority that the desk's system trusts, and the
// certificate that it gave a proxy for the relay's address.
func (d *desk) authority(t *testing.T, host string) tls.Certificate {
	t.Helper()
	root, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Trusted Root"}, NotAfter: time.Now().Add(year),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, root.Public(), root)
	if err != nil {
		t.Fatal(err)
	}
	roots := filepath.Join(t.TempDir(), "roots.pem")
	if err := os.WriteFile(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	d.env = append(d.env, "SSL_CERT_FILE="+roots)
	_, key, err := ed25519.GenerateKey(rand.Reader) // of the kind that a relay has
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: host}, NotAfter: time.Now().Add(year),
		IPAddresses: []net.IP{net.ParseIP(host)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err = x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), root)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// TestAT78_ProxyInTheMiddle: a proxy that only passes bytes on sees nothing but
// TLS. One that ends TLS, with a certificate for the right address from an
// authority that the system trusts, is not the company's relay, and is sent
// nothing (WI5, WI6). Another certificate of the relay's key changes nothing;
// another key without a statement is another relay.
func TestAT78_ProxyInTheMiddle(t *testing.T) {
	t.Parallel()
	relay := newRelay(t)
	at := freePort(t)
	blind := newProxy(t, at, relay.listen, nil)
	_, key, _ := strings.Cut(relay.address, "#")
	a := newDesk(t)
	a.found(t, at+"#"+key)
	link := a.invite(t, "客服部", "陈静")
	b := newDesk(t)
	b.join(t, link, "陈静")
	values := []string{"苏州看不见机电有限公司", "13912345679", "回访约在看不见之后", "锦成机电", "陈静", "客服部"}
	id := a.create(t, "name="+values[0], "mobile="+values[1], "remark="+values[2]).ID
	a.sync(t)
	b.sync(t)
	if got := b.show(t, id).Fields["name"]; got != values[0] {
		t.Fatalf("through the proxy: %q", got)
	}
	seen := blind.read()
	if len(seen) < 10_000 {
		t.Fatalf("the proxy saw %d bytes: the traffic went another way", len(seen))
	}
	wantAbsent(t, "what a proxy sees", seen, values)
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	for what, secret := range map[string]string{"relay's key": string(raw), "relay's key in hex": key, "invite": link[len(link)-40:]} {
		if bytes.Contains(seen, []byte(secret)) {
			t.Errorf("a proxy sees the %s", what)
		}
	}
	blind.close()

	host, _, _ := net.SplitHostPort(at)
	evil := newProxy(t, at, relay.listen, &tls.Config{MinVersion: tls.VersionTLS13, Certificates: []tls.Certificate{a.authority(t, host)}})
	a.create(t, "name=乙公司")
	zh, en := a.fails(t, 3, "denied", "sync", "--once", "--timeout", "20s")
	if !strings.Contains(zh, "不是贵公司的中继") || !strings.Contains(en, "Another relay answered") {
		t.Errorf("said: %q, %q", zh, en)
	}
	fresh := newDesk(t)
	fresh.env = slices.Clone(a.env)
	fresh.fails(t, 3, "denied", "join", "--member", "某人", link)
	if got := evil.read(); len(got) > 0 {
		t.Errorf("%d bytes were sent to a proxy that ends TLS: %.80q", len(got), got)
	}
	evil.close()
	a.whole(t, 2)

	// Another key; and a known key under a certificate that has expired.
	_, other, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	stranger := &relayProcess{program: relay.program, dir: filepath.Join(t.TempDir(), "relay"), listen: at}
	stranger.start(t)
	a.fails(t, 3, "denied", "sync", "--once", "--timeout", "20s")
	stranger.kill()
	d := newDesk(t)
	renewed := freePort(t)
	d.found(t, renewed+"#"+hex.EncodeToString(other.Public().(ed25519.PublicKey)))
	newerRelay(t, renewed, other)
	d.fails(t, 3, "unsupported_version", "sync", "--once", "--timeout", "20s") // it spoke to that key, whatever the certificate says

	newProxy(t, at, relay.listen, nil)
	a.sync(t)
	b.sync(t)
	(&office{relay: relay, a: a, b: b}).equal(t)
	b.whole(t, 2)
}
