package stream

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go"
)

// Portion and PortionBytes bound one question to the server, and with it what an
// answer holds in memory: Read gets entries in such portions. The server counts
// what lies behind each one, which takes as long as it has subjects; so whoever
// reads on from where he stopped stops at the end of a portion.
const (
	Portion      = 8192
	PortionBytes = 8 << 20
)

// reader asks for entries by JetStream's direct get: many answers for one
// question, and no consumer to make, keep or forget.
type reader struct {
	conn    *nats.Conn
	api     string
	inbox   string
	next    atomic.Uint64
	closing <-chan struct{}
	// idle are channels for answers: one with room for all of them is 64 KiB, and
	// most questions have few.
	idle sync.Pool
}

func newReader(conn *nats.Conn, stream string, closing <-chan struct{}) (*reader, error) {
	if !conn.HeadersSupported() {
		return nil, errors.New("server without headers")
	}
	return &reader{
		conn: conn, api: "$JS.API.DIRECT.GET." + stream, inbox: nats.NewInbox(), closing: closing,
		idle: sync.Pool{New: func() any { return make(chan *nats.Msg, Portion+2) }},
	}, nil
}

// question is the server's request for one or many messages.
type question struct {
	Seq      uint64 `json:"seq,omitempty"`
	Next     string `json:"next_by_subj,omitempty"`
	Last     string `json:"last_by_subj,omitempty"`
	Batch    int    `json:"batch,omitempty"`
	MaxBytes int    `json:"max_bytes,omitempty"`
}

// ask sends q and calls fn for each answer. more is false when the server
// holds nothing further that q asked for.
func (r *reader) ask(ctx context.Context, q question, fn func(Stored) error) (more bool, err error) {
	body, err := json.Marshal(q)
	if err != nil {
		return false, fmt.Errorf("question: %w", err)
	}
	answers := r.idle.Get().(chan *nats.Msg) //nolint:forcetypeassert // the pool holds nothing else
	done := false
	defer func() {
		if done { // of a question that was given up answers may still come
			r.idle.Put(answers)
		}
	}()
	subject := r.inbox + "." + strconv.FormatUint(r.next.Add(1), 36)
	sub, err := r.conn.ChanSubscribe(subject, answers)
	if err != nil {
		return false, r.closed(err)
	}
	defer sub.Unsubscribe() //nolint:errcheck // it fails only when the connection is gone, and then so is the subscription
	if err := r.conn.PublishRequest(r.api, subject, body); err != nil {
		return false, r.closed(err)
	}
	for {
		var m *nats.Msg
		select {
		case m = <-answers:
		case <-r.closing:
			return false, ErrClosed
		case <-ctx.Done():
			return false, ctx.Err()
		}
		switch status := m.Header.Get("Status"); status {
		case "":
		case "204": // the end of this answer
			done = true
			return m.Header.Get("Nats-Num-Pending") != "0", nil
		case "404":
			done = true
			return false, ErrNotFound
		default:
			return false, fmt.Errorf("status %s", status)
		}
		seq, err := strconv.ParseUint(m.Header.Get("Nats-Sequence"), 10, 64)
		if err != nil {
			return false, fmt.Errorf("sequence: %w", err)
		}
		if err := fn(Stored{Seq: seq, Subject: offWire(m.Header.Get("Nats-Subject")), Data: m.Data}); err != nil {
			return false, err
		}
		if q.Batch == 0 {
			done = true
			return false, nil
		}
	}
}

func (r *reader) closed(err error) error {
	if errors.Is(err, nats.ErrConnectionClosed) {
		return ErrClosed
	}
	return err
}

// Read implements Stream.
func (n *Node) Read(ctx context.Context, subject string, after uint64, fn func(Stored) error) error {
	if n.isClosed() {
		return fmt.Errorf("read after %d: %w", after, ErrClosed)
	}
	filter := ">"
	if subject != "" {
		filter = onWire(subject)
	}
	// The callback's own error goes back as it is, those of the reading wrapped.
	var own error
	next := after + 1
	call := func(e Stored) error {
		next = e.Seq + 1
		own = fn(e)
		return own
	}
	for {
		more, err := n.reader.ask(ctx, question{Seq: next, Next: filter, Batch: Portion, MaxBytes: PortionBytes}, call)
		switch {
		case own != nil:
			return own
		case errors.Is(err, ErrNotFound):
			return nil
		case err != nil:
			return fmt.Errorf("read after %d: %w", after, err)
		case !more:
			return nil
		}
	}
}

// Last implements Stream.
func (n *Node) Last(ctx context.Context, subject string) (Stored, error) {
	if n.isClosed() {
		return Stored{}, fmt.Errorf("last entry: %w", ErrClosed)
	}
	var found Stored
	_, err := n.reader.ask(ctx, question{Last: onWire(subject)}, func(e Stored) error { found = e; return nil })
	if err != nil {
		return Stored{}, fmt.Errorf("last entry: %w", err)
	}
	return found, nil
}
