package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"tongce/crdt/canon"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// ErrLocked means that another process uses the data directory.
var ErrLocked = errors.New("data directory is in use by another process")

// ServerConfig is what a Server needs.
type ServerConfig struct {
	// Dir is the data directory; it is made if it is not there.
	Dir string
	// Now is the clock, Random gives keys and nonces.
	Now    func() time.Time
	Random io.Reader
	Log    *slog.Logger
	// Limits as in RoomConfig.
	Limits wire.Limits
}

// Server is a relay with its data directory and its connections.
type Server struct {
	cfg    ServerConfig
	lock   *flock.Flock
	key    *keyFile
	stream *stream.Node
	http   *http.Server
	doors  *doors

	events chan event
	cancel context.CancelFunc
	loop   sync.WaitGroup
	links  sync.WaitGroup

	mu       sync.Mutex
	room     *Room // owned by the loop; here for the reading of Stats between steps
	sockets  map[ConnID]*socket
	nextConn ConnID
	failed   error
	closed   bool
}

// New opens the data directory and gets ready to serve. Close ends it.
func New(ctx context.Context, cfg ServerConfig) (_ *Server, err error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		cfg: cfg, doors: newDoors(cfg.Now), events: make(chan event, 256), sockets: map[ConnID]*socket{},
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("open relay: %w", err), s.release(context.WithoutCancel(ctx)))
		}
	}()
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		return nil, err
	}
	s.lock = flock.New(filepath.Join(cfg.Dir, lockName))
	if locked, err := s.lock.TryLock(); err != nil || !locked {
		s.lock = nil
		if err == nil {
			err = ErrLocked
		}
		return nil, err // a directory that takes no file is not in use
	}
	if err := tryDir(cfg.Dir); err != nil {
		return nil, err
	}
	if s.key, err = openKeyFile(cfg.Dir, cfg.Random); err != nil {
		return nil, err
	}
	if s.stream, err = stream.OpenEmbedded(ctx, filepath.Join(cfg.Dir, logName), stream.Options{Random: cfg.Random}); err != nil {
		return nil, err
	}
	if s.room, err = s.openRoom(ctx); err != nil {
		return nil, err
	}
	tlsConfig, err := serverTLS(s.key.key)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc(wire.Path, s.serveSocket)
	mux.HandleFunc("GET /healthz", s.serveHealth)
	s.http = &http.Server{
		Handler: mux, TLSConfig: tlsConfig, ReadHeaderTimeout: handshakeLimit, IdleTimeout: deadAfter,
		ConnContext:    func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, tcpKey{}, c) },
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug),
	}
	loopCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	s.cancel = cancel
	s.loop.Go(func() { s.run(loopCtx) })
	return s, nil
}

// tryDir writes a little where the relay is going to write: JetStream says of a
// disk that is full or read-only only that it did not start, after a minute.
func tryDir(dir string) error {
	for _, in := range []string{dir, filepath.Join(dir, logName)} {
		if _, err := os.Stat(in); errors.Is(err, fs.ErrNotExist) {
			continue // no log yet
		}
		name := filepath.Join(in, tryName)
		err := os.WriteFile(name, make([]byte, tryBytes), 0o600)
		if gone := os.Remove(name); err == nil {
			err = gone
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) openRoom(ctx context.Context) (*Room, error) {
	return OpenRoom(ctx, s.stream, RoomConfig{
		Key: s.key.key, Memory: s.key.memory, Remember: s.key.write, Random: s.cfg.Random,
		Limits: s.cfg.Limits, Log: s.cfg.Log,
	})
}

// Relay is the relay's public key R.
func (s *Server) Relay() canon.RelayKey { return s.key.relay() }

// Serve answers connections on ln until Close. It returns nil after Close.
func (s *Server) Serve(ln net.Listener) error {
	err := s.http.ServeTLS(ln, "", "")
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return fmt.Errorf("serve: %w", err)
}

// Close stops taking connections, answers what came before, closes the
// connections and the stream, and waits for all of it.
func (s *Server) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	s.mu.Unlock()
	err := s.http.Close()
	s.cancel()
	s.loop.Wait() // answers what has come and closes the sockets
	s.links.Wait()
	return errors.Join(err, s.release(context.Background()))
}

func (s *Server) release(ctx context.Context) error {
	var errs []error
	if s.room != nil {
		errs = append(errs, s.room.Close(ctx))
	}
	if s.stream != nil {
		errs = append(errs, s.stream.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}

// Stats describes the room; it waits for the step under way.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.room.Stats()
}

// Documents is how many documents the room knows; unlike Stats it looks at none
// of them.
func (s *Server) Documents() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.room.index.docs)
}
