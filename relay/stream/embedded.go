package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	streamName = "tongce"
	startLimit = 60 * time.Second
	// inFlight is how many appends wait for their answer at once.
	inFlight = 4096
	// tidyEvery is how often JetStream rewrites blocks with many removed entries
	// and syncs what it rewrote. What is appended does not wait for it.
	tidyEvery = 10 * time.Second
	// anyNumber of entries of a subject is allowed. The server makes the files of
	// a stream that names a number half as large, 4 MiB, and it holds a whole file
	// in memory for each entry that it reads or removes.
	anyNumber = 1 << 40
	// noLimit leaves the size of a workspace to whoever appends, and to the disk.
	noLimit = 1 << 50
)

// Options say how an embedded stream is kept.
type Options struct {
	// Random gives the log id of a new stream; crypto/rand in the program.
	Random io.Reader
}

// Node is a JetStream inside this process that keeps one stream in a
// directory. It opens no port.
type Node struct {
	server  *server.Server
	conn    *nats.Conn
	js      jetstream.JetStream
	stream  jetstream.Stream
	reader  *reader
	disk    *disk
	id      LogID
	closing chan struct{}
}

var _ Stream = (*Node)(nil)

// OpenEmbedded opens the stream kept in dir, and begins a new one with a new
// log id where there is none. The caller makes sure that dir is used once.
func OpenEmbedded(ctx context.Context, dir string, o Options) (_ *Node, err error) {
	n := &Node{closing: make(chan struct{})}
	defer func() {
		if err != nil {
			n.stop()
			err = fmt.Errorf("open log: %w", err)
		}
	}()
	if err := n.start(dir); err != nil {
		return nil, err
	}
	n.stream, err = n.js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{
		Name: streamName, Subjects: []string{SubjectLog, "e.>"}, Storage: jetstream.FileStorage,
		Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardNew,
		AllowDirect: true, Replicas: 1, MaxMsgSize: MaxEntry + 1<<10, MaxMsgsPerSubject: anyNumber,
		Duplicates: 100 * time.Millisecond,
	})
	if err != nil {
		return nil, fmt.Errorf("stream: %w", err)
	}
	if n.reader, err = newReader(n.conn, streamName, n.closing); err != nil {
		return nil, err
	}
	n.disk = newDisk(filepath.Join(dir, "jetstream", "$G", "streams", streamName, "msgs"))
	if err := n.identify(ctx, dir, o.Random); err != nil {
		return nil, err
	}
	return n, nil
}

func (n *Node) start(dir string) error {
	var err error
	n.server, err = server.NewServer(&server.Options{
		ServerName: streamName, DontListen: true, JetStream: true, StoreDir: dir,
		SyncInterval: tidyEvery, MaxPayload: MaxEntry + 1<<16, MaxPending: 256 << 20,
		NoLog: true, NoSigs: true, NoSystemAccount: true,
		JetStreamMaxMemory: 64 << 20, JetStreamMaxStore: noLimit,
	})
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	n.server.Start()
	if !n.server.JetStreamEnabled() {
		return errors.New("the log cannot be opened where it is")
	}
	if !n.server.ReadyForConnections(startLimit) {
		return errors.New("server did not start in time")
	}
	n.conn, err = nats.Connect("", nats.InProcessServer(n.server), nats.MaxReconnects(0),
		nats.ReconnectBufSize(-1), nats.Name("room"))
	if err != nil {
		return fmt.Errorf("connect in process: %w", err)
	}
	n.js, err = jetstream.New(n.conn, jetstream.WithPublishAsyncMaxPending(inFlight),
		jetstream.WithPublishAsyncTimeout(startLimit))
	if err != nil {
		return fmt.Errorf("jetstream: %w", err)
	}
	return nil
}

// identify reads the log id from the first entry, or writes it.
func (n *Node) identify(ctx context.Context, dir string, random io.Reader) error {
	first, err := n.Last(ctx, SubjectLog)
	if errors.Is(err, ErrNotFound) {
		var id LogID
		if _, err := io.ReadFull(random, id[:]); err != nil {
			return fmt.Errorf("log id: %w", err)
		}
		r, err := n.Append(ctx, Entry{Subject: SubjectLog, Data: id[:]})
		if err != nil {
			return err
		}
		if r[0].Err != nil {
			return fmt.Errorf("log id: %w", r[0].Err)
		}
		n.id = id
		return errors.Join(n.Sync(ctx), n.disk.birth(filepath.Dir(dir)))
	}
	if err != nil {
		return err
	}
	if len(first.Data) != len(n.id) {
		return fmt.Errorf("log id of %d bytes", len(first.Data))
	}
	n.id = LogID(first.Data)
	return nil
}

// Append implements Stream.
func (n *Node) Append(ctx context.Context, entries ...Entry) ([]Result, error) {
	if n.isClosed() {
		return nil, fmt.Errorf("append %d entries: %w", len(entries), ErrClosed)
	}
	results := make([]Result, len(entries))
	acks := make([]jetstream.PubAckFuture, len(entries))
	for i, e := range entries {
		if len(e.Data) > MaxEntry {
			results[i].Err = ErrTooLarge
			continue
		}
		var err error
		if acks[i], err = n.js.PublishMsgAsync(message(e)); err != nil {
			return nil, fmt.Errorf("append %d entries: %w", len(entries), err)
		}
	}
	for i, ack := range acks {
		if ack == nil {
			continue
		}
		select {
		case ok := <-ack.Ok():
			results[i].Seq = ok.Sequence
		case err := <-ack.Err():
			if !isConflict(err) {
				return nil, fmt.Errorf("append entry %d of %d: %w", i+1, len(entries), err)
			}
			results[i].Err = ErrConflict
		case <-n.closing:
			return nil, fmt.Errorf("append %d entries: %w", len(entries), ErrClosed)
		case <-ctx.Done():
			return nil, fmt.Errorf("append %d entries: %w", len(entries), ctx.Err())
		}
	}
	return results, nil
}

// Replace implements Stream.
func (n *Node) Replace(ctx context.Context, entries ...Entry) ([]Result, error) {
	// Not by JetStream's roll-up: that removes the old ones while the new one is
	// in memory.
	return ReplaceBy(ctx, n, func(e Entry, at uint64) error {
		if e.Old == nil {
			return n.stream.Purge(ctx, jetstream.WithPurgeSubject(onWire(e.Subject)), jetstream.WithPurgeSequence(at))
		}
		// The last one first: as a rule what is left follows nothing that is gone.
		for _, seq := range slices.Backward(e.Old) {
			if err := n.remove(ctx, seq); err != nil {
				return err
			}
		}
		return nil
	}, entries...)
}

// remove removes one entry, if it is still there.
func (n *Node) remove(ctx context.Context, seq uint64) error {
	err := n.stream.DeleteMsg(ctx, seq)
	if err == nil {
		return nil
	}
	if _, gone := n.stream.GetMsg(ctx, seq); errors.Is(gone, jetstream.ErrMsgNotFound) {
		return nil
	}
	return err
}

// Sync implements Stream. An append is in the file before it is answered; this
// takes the file to the disk.
func (n *Node) Sync(context.Context) error {
	if n.isClosed() {
		return fmt.Errorf("sync: %w", ErrClosed)
	}
	return n.disk.sync()
}

// Info implements Stream.
func (n *Node) Info(ctx context.Context) (Info, error) {
	if n.isClosed() {
		return Info{}, fmt.Errorf("stream info: %w", ErrClosed)
	}
	i, err := n.stream.Info(ctx)
	if err != nil {
		return Info{}, fmt.Errorf("stream info: %w", err)
	}
	s := i.State
	return Info{Log: n.id, First: s.FirstSeq, Last: s.LastSeq, Entries: s.Msgs, Bytes: s.Bytes}, nil
}

// Close implements Stream. It waits until the server has ended.
func (n *Node) Close() error {
	if n.isClosed() {
		return nil
	}
	err := n.disk.sync()
	close(n.closing)
	n.stop()
	return err
}

func (n *Node) isClosed() bool {
	select {
	case <-n.closing:
		return true
	default:
		return false
	}
}

func (n *Node) stop() {
	if n.conn != nil {
		n.conn.Close()
	}
	if n.server != nil {
		n.server.Shutdown()
		n.server.WaitForShutdown()
	}
}
