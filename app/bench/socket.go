package bench

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"

	"tongce/app/link"
	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// socket is the device's end of a WebSocket that costs as little as possible:
// 300 of them share the machine with the relay that they measure. It speaks
// just what a relay answers (RFC 6455): whole binary messages, pings, close.
type socket struct {
	conn     *tls.Conn
	in       *bufio.Reader
	exporter []byte

	mu sync.Mutex // one writer at a time
}

var errSocket = errors.New("websocket")

const (
	opContinue = 0x0
	opBinary   = 0x2
	opClose    = 0x8
	opPing     = 0x9
	opPong     = 0xa
	final      = 0x80
	masked     = 0x80
)

// dial opens a WebSocket to the relay.
func dial(ctx context.Context, address string, key canon.RelayKey) (_ *socket, err error) {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	s := &socket{conn: tls.Client(raw, link.Pin([]canon.RelayKey{key}))}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.conn.Close())
		}
	}()
	if err := s.conn.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	state := s.conn.ConnectionState()
	if s.exporter, err = state.ExportKeyingMaterial(wire.ExporterLabel, nil, wire.ExporterLength); err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	_, err = fmt.Fprintf(s.conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dG9uZ2NlIGJlbmNobWFyaw==\r\n\r\n", wire.Path, address)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	s.in = bufio.NewReaderSize(s.conn, 16<<10)
	answer, err := http.ReadResponse(s.in, nil)
	if err != nil {
		return nil, fmt.Errorf("dial: %w", err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("dial: status %d: %w", answer.StatusCode, errSocket)
	}
	return s, nil
}

// write sends one frame. A mask of zeros is a mask, and costs nothing.
func (s *socket) write(op byte, b []byte) error {
	head := []byte{final | op, 0}
	switch {
	case len(b) < 126:
		head[1] = masked | byte(len(b))
	case len(b) < 1<<16:
		head[1] = masked | 126
		head = binary.BigEndian.AppendUint16(head, uint16(len(b)))
	default:
		head[1] = masked | 127
		head = binary.BigEndian.AppendUint64(head, uint64(len(b)))
	}
	head = append(head, 0, 0, 0, 0)
	s.mu.Lock()
	defer s.mu.Unlock()
	_, err := s.conn.Write(append(head, b...))
	return err
}

// read gives the next message; the buffer is used again by the next call.
func (s *socket) read(buffer []byte) ([]byte, error) {
	b := buffer[:0]
	for {
		first, err := s.in.ReadByte()
		if err != nil {
			return nil, err
		}
		n, err := s.length()
		if err != nil {
			return nil, err
		}
		from := len(b)
		b = append(b, make([]byte, n)...)
		if _, err := io.ReadFull(s.in, b[from:]); err != nil {
			return nil, err
		}
		switch first & 0xf {
		case opPing:
			if err := s.write(opPong, b[from:]); err != nil {
				return nil, err
			}
			b = b[:from]
		case opPong:
			b = b[:from]
		case opBinary, opContinue:
			if first&final != 0 {
				return b, nil
			}
		case opClose:
			return nil, io.EOF
		default:
			return nil, errSocket
		}
	}
}

func (s *socket) length() (int, error) {
	second, err := s.in.ReadByte()
	if err != nil {
		return 0, err
	}
	var size int
	switch second {
	case 126:
		size = 2
	case 127:
		size = 8
	default:
		if second&masked != 0 {
			return 0, errSocket
		}
		return int(second), nil
	}
	var b [8]byte
	if _, err := io.ReadFull(s.in, b[8-size:]); err != nil {
		return 0, err
	}
	n := binary.BigEndian.Uint64(b[:])
	if n > wire.MaxMessage {
		return 0, errSocket
	}
	return int(n), nil
}

// send sends a frame of the protocol and gives its bytes.
func (s *socket) send(id uint64, f wire.Frame) ([]byte, error) {
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: f})
	if err != nil {
		return nil, fmt.Errorf("send: %w", err)
	}
	return b, s.write(opBinary, b)
}

// shake proves the device and asks for everything (WI7, WI10).
func (s *socket) shake(w canon.WorkspaceID, device canon.Signer, relay canon.RelayKey) error {
	hello := &wire.Hello{Versions: []uint64{wire.Version}, Workspace: w, Device: device.Device(), Program: "tongce bench"}
	if _, err := io.ReadFull(rand.Reader, hello.Nonce[:]); err != nil {
		return fmt.Errorf("draw nonce: %w", err)
	}
	sent, err := s.send(1, hello)
	if err != nil {
		return err
	}
	challenge, err := s.read(nil)
	if err != nil {
		return fmt.Errorf("challenge: %w", err)
	}
	sig, err := device.Sign(canon.DomainHello, wire.HelloSigned(w, device.Device(), relay, sent, challenge, s.exporter))
	if err != nil {
		return fmt.Errorf("sign proof: %w", err)
	}
	if _, err := s.send(1, &wire.Proof{Signature: sig}); err != nil {
		return err
	}
	raw, err := s.read(nil)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	m, err := wire.DecodeFrame(raw)
	if err != nil {
		return fmt.Errorf("ready: %w", err)
	}
	ready, ok := m.Frame.(*wire.Ready)
	if !ok {
		return fmt.Errorf("ready: got %s: %w", m.Frame.FrameName(), errSocket)
	}
	if _, err := s.send(0, &wire.Resume{Charter: ready.Charter}); err != nil {
		return err
	}
	_, err = s.send(pullID, &wire.Pull{Credit: 1 << 40})
	return err
}

const pullID = 3
