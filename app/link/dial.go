package link

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
)

const (
	dialLimit = 10 * time.Second
	pingEvery = 20 * time.Second // WI4
	deadAfter = 60 * time.Second
)

// Pin is TLS 1.3 to a relay that proves one of the keys. The certificate's
// names, dates and authorities mean nothing (WI5); another key is
// ErrRelayIdentity, and nothing was sent to it.
func Pin(keys []canon.RelayKey) *tls.Config {
	return pin(func(k canon.RelayKey) bool {
		for _, want := range keys {
			if k == want {
				return true
			}
		}
		return false
	})
}

func pin(good func(canon.RelayKey) bool) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS13,
		InsecureSkipVerify: true, //nolint:gosec // WI5: the key is compared below, nothing else counts
		NextProtos:         []string{"http/1.1"},
		VerifyConnection: func(s tls.ConnectionState) error {
			k, err := relayKey(s)
			if err != nil {
				return err
			}
			if !good(k) {
				return ErrRelayIdentity
			}
			return nil
		},
	}
}

// relayKey is the key that the other side of a handshake proved.
func relayKey(s tls.ConnectionState) (k canon.RelayKey, err error) {
	if s.Version != tls.VersionTLS13 || len(s.PeerCertificates) == 0 {
		return k, ErrRelayIdentity
	}
	pub, ok := s.PeerCertificates[0].PublicKey.(ed25519.PublicKey)
	if !ok || len(pub) != len(k) {
		return k, ErrRelayIdentity
	}
	copy(k[:], pub)
	return k, nil
}

// Address takes HOST:PORT or HOST:PORT#KEY apart, as `tongce-relay serve`
// prints it (WI18) and as the charter takes it (TR4).
func Address(text string) (address string, key canon.RelayKey, pinned bool, err error) {
	address, hash, pinned := strings.Cut(strings.TrimSpace(text), "#")
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", key, false, fmt.Errorf("%w: %w", ErrAddress, err)
	}
	odd := strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7F })
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 || host == "" || odd || len(address) > charter.MaxAddress {
		return "", key, false, ErrAddress
	}
	if pinned {
		if key, err = canon.ParseRelayKey(hash); err != nil {
			return "", key, false, fmt.Errorf("%w: %w", ErrAddress, err)
		}
		if key == (canon.RelayKey{}) {
			return "", key, false, ErrAddress
		}
	}
	return address, key, pinned, nil
}

// Meet shakes hands with the relay at HOST:PORT and returns its key, for the
// founder's device to pin and show (WI18). Given HOST:PORT#KEY it accepts that
// one only. Nothing but the handshake happens.
func Meet(ctx context.Context, text string, dial DialFunc) (canon.RelayKey, error) {
	address, want, pinned, err := Address(text)
	if err != nil {
		return canon.RelayKey{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	conn, err := dialTLS(ctx, dial, address, pin(func(k canon.RelayKey) bool { return !pinned || k == want }))
	if err != nil {
		return canon.RelayKey{}, err
	}
	k, err := relayKey(conn.ConnectionState())
	return k, errors.Join(err, conn.Close())
}

func dialTLS(ctx context.Context, dial DialFunc, address string, cfg *tls.Config) (*tls.Conn, error) {
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	raw, err := dial(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffline, err)
	}
	conn := tls.Client(raw, cfg)
	if err := conn.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		if errors.Is(err, ErrRelayIdentity) {
			return nil, err //nolint:wrapcheck // the sentinel says it
		}
		return nil, fmt.Errorf("%w: %w", ErrOffline, err)
	}
	return conn, nil
}

// socket is an open WebSocket with what the peer needs of its TLS.
type socket struct {
	ws       *websocket.Conn
	exporter []byte
	relay    canon.RelayKey
}

// open dials one address (WI1, WI5, WI7).
func open(ctx context.Context, dial DialFunc, address string, pins []canon.RelayKey) (*socket, error) {
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	// The transport dials on a goroutine of its own, which a Dial that was
	// cancelled does not wait for.
	type dialled struct {
		conn *tls.Conn
		err  error
	}
	result := make(chan dialled, 1)
	client := &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialTLSContext: func(ctx context.Context, _, at string) (net.Conn, error) {
			conn, err := dialTLS(ctx, dial, at, Pin(pins))
			select {
			case result <- dialled{conn, err}:
			default: // dialled again
			}
			if err != nil {
				return nil, err
			}
			return conn, nil
		},
	}}
	ws, resp, err := websocket.Dial(ctx, "wss://"+address+wire.Path, &websocket.DialOptions{
		HTTPClient: client, CompressionMode: websocket.CompressionDisabled,
	})
	if resp != nil && resp.Body != nil && err != nil {
		_ = resp.Body.Close()
	}
	var d dialled
	select {
	case d = <-result:
	default:
	}
	if d.err != nil {
		return nil, d.err
	}
	if err != nil && resp != nil && resp.StatusCode == http.StatusTooManyRequests { // WI13
		return nil, &peer.RefusedError{Code: wire.CodeRate}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOffline, err)
	}
	ws.SetReadLimit(wire.MaxMessage)
	s := &socket{ws: ws}
	state := d.conn.ConnectionState()
	if s.exporter, err = state.ExportKeyingMaterial(wire.ExporterLabel, nil, wire.ExporterLength); err == nil {
		s.relay, err = relayKey(state)
	}
	if err != nil {
		_ = ws.CloseNow()
		return nil, fmt.Errorf("relay tls: %w", err)
	}
	return s, nil
}

// openAny tries the addresses in order. A wrong key anywhere is said even when
// others cannot be reached.
func openAny(ctx context.Context, dial DialFunc, addresses []string, pins []canon.RelayKey) (*socket, error) {
	if len(addresses) == 0 || len(pins) == 0 {
		return nil, ErrNoRelay
	}
	var all error
	for _, a := range addresses {
		s, err := open(ctx, dial, a, pins)
		if err == nil {
			return s, nil
		}
		all = errors.Join(all, err)
	}
	return nil, all
}
