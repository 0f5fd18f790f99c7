// Package relay orders, checks, keeps and forwards the envelopes of one
// workspace: a Room that decides and knows neither sockets nor a clock, and a
// Server that gives it both.
//
// It holds no key of the workspace and cannot open sealed values. It uses no C
// code (GA22).
package relay

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// ConnID names a connection for the time it lasts. The caller chooses it and
// uses each only once.
type ConnID uint64

// InKind is what happened on a connection.
type InKind uint8

// The kinds of In. With none of them, Step only does what time has made due.
const (
	// Opened: a connection is there; Data is its TLS exporter (WI7).
	Opened InKind = iota + 1
	// Received: Data is a message.
	Received
	// Wrote: N bytes of the connection's messages have left the process. Until
	// it is said, they count against the connection's queue (WI4).
	Wrote
	// Closed: the connection is gone.
	Closed
)

// In is one event for a Room.
type In struct {
	Conn ConnID
	Kind InKind
	Data []byte
	N    int
}

// Out is one thing to do: send Data, or close the connection after what was
// sent before (the code of closing was sent as a frame), or, with neither, know
// that the connection is proven.
type Out struct {
	Conn   ConnID
	Data   []byte
	Close  bool
	Code   wire.Code
	Proven bool
}

// Memory is what a relay keeps outside its stream, in DIR/relay.key (WI18): the
// workspace it serves, and the last charter record it receipted or took in.
type Memory struct {
	Workspace canon.WorkspaceID
	Head      charter.Head
}

// RoomConfig is what a Room needs from outside.
type RoomConfig struct {
	// Key is the relay's key; its public half is R.
	Key ed25519.PrivateKey
	// Memory is what Remember was last called with; zero at the very first start.
	Memory Memory
	// Remember keeps m and returns when it is on disk. It is called before a
	// receipt leaves.
	Remember func(m Memory) error
	// Random gives nonces: crypto/rand, or a seed in a simulation.
	Random interface{ Read([]byte) (int, error) }
	// Limits that are lower than the specification's, and the workspace's quota.
	Limits wire.Limits
	// Log takes ids, codes and counts (WI12); nil for none.
	Log *slog.Logger
	// CacheBytes is how much of documents' states is held; 0 means 64 MiB.
	CacheBytes int
	// CacheChanges is how many of its newest changes a document in memory knows at
	// least; 0 means 16.
	CacheChanges int
	// Loose is how many records a document may have outside packs; 0 means 16 (PK2).
	Loose int
	// Places is of how many accepted envelopes the place is held; 0 means 32,768.
	Places int
	// Workers verify signatures side by side; 0 means one for each processor.
	Workers int
}

// Room is one workspace on a relay. It decides only on what it reads back from
// the stream, in the stream's order (GA2), so that several rooms on one stream
// decide alike. Not safe for use by several goroutines.
type Room struct {
	cfg    RoomConfig
	stream stream.Stream
	log    *slog.Logger
	relay  canon.RelayKey
	limits wire.Limits
	logID  wire.LogID

	memory    Memory
	w         canon.WorkspaceID // zero before a charter is there
	states    []*charter.State  // by charter seq
	records   [][]byte          // by charter seq
	places    []uint64          // by charter seq: stream seq
	healed    bool              // the stream, or the end of its charter, came after a loss
	anew      bool              // the stream itself did, as its first entry says
	confirmed bool              // and an administrator confirmed the head

	index *index
	cache *docCache
	// lastPlaces are those of placesIn; again counts records that were read again.
	lastPlaces docPlaces
	again      int
	tail       *tail
	conns      map[ConnID]*conn
	devices    map[canon.DeviceID]*conn // proven ones
	rates      map[canon.DeviceID]*bucket
	batches    *batchCache
	packs      packQueue
	kinds      kindCache
	// erasedAt is the charter seq up to which erasures were carried out.
	erasedAt uint64
	// saltsAsked is when salts were asked for last, saltsUpTo the place that the
	// next question reaches: what is younger may still be on its way.
	saltsAsked time.Time
	saltsUpTo  uint64
	// synced is the stream seq up to which everything is known to be on disk.
	synced uint64

	loading bool // reading what was forwarded in an earlier life

	now   time.Time
	outs  []Out
	stats Stats
}

// OpenRoom reads the stream from its beginning and returns the room as it was.
// The stream stays the caller's to close.
func OpenRoom(ctx context.Context, s stream.Stream, cfg RoomConfig) (*Room, error) {
	cfg.CacheBytes = cmp.Or(cfg.CacheBytes, 64<<20)
	cfg.CacheChanges = cmp.Or(cfg.CacheChanges, 16)
	cfg.Loose = cmp.Or(cfg.Loose, looseLimit)
	cfg.Places = cmp.Or(cfg.Places, recentNumbers)
	if cfg.Workers == 0 {
		cfg.Workers = runtime.GOMAXPROCS(0)
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	info, err := s.Info(ctx)
	if err != nil {
		return nil, fmt.Errorf("open room: %w", err)
	}
	r := &Room{
		cfg: cfg, stream: s, log: cfg.Log, memory: cfg.Memory, logID: logID(info.Log),
		limits: wire.DefaultLimits().Lowered(cfg.Limits),
		index:  newIndex(cfg.Places), cache: newDocCache(cfg.CacheBytes), tail: newTail(), batches: newBatchCache(),
		conns: map[ConnID]*conn{}, devices: map[canon.DeviceID]*conn{}, rates: map[canon.DeviceID]*bucket{},
	}
	copy(r.relay[:], cfg.Key.Public().(ed25519.PublicKey)) //nolint:forcetypeassert // what Public of this type returns
	if err := r.load(ctx); err != nil {
		return nil, fmt.Errorf("open room: %w", err)
	}
	return r, nil
}

// Relay is the relay's public key R.
func (r *Room) Relay() canon.RelayKey { return r.relay }

// Step takes in what happened and returns what to do, in order. now never goes
// into a decision but those on receipts, rates and invites. What it returns
// speaks of nothing that is not on disk: one sync for all of these events. An
// error means that the stream failed: nothing of these events may be taken as
// done, and the room has to be opened again.
func (r *Room) Step(ctx context.Context, now time.Time, ins ...In) ([]Out, error) {
	r.now, r.outs = now, nil
	before := r.index.applied
	for len(ins) > 0 {
		pushes, rest, err := r.gather(ctx, ins)
		if err != nil {
			return nil, fmt.Errorf("room step: %w", err)
		}
		ins = rest
		if err := r.push(ctx, pushes); err != nil {
			return nil, fmt.Errorf("room step: push: %w", err)
		}
	}
	if err := r.catchUp(ctx); err != nil {
		return nil, fmt.Errorf("room step: %w", err)
	}
	if err := r.forward(ctx); err != nil {
		return nil, fmt.Errorf("room step: forward: %w", err)
	}
	if err := r.askSalts(ctx); err != nil {
		return nil, fmt.Errorf("room step: salts: %w", err)
	}
	if err := r.tidy(ctx, r.index.applied-before); err != nil {
		return nil, fmt.Errorf("room step: tidy: %w", err)
	}
	if len(r.outs) > 0 {
		if err := r.sync(ctx); err != nil {
			return nil, fmt.Errorf("room step: %w", err)
		}
	}
	return r.outs, nil
}

// sync takes to the disk what was read from the stream, whoever appended it and
// in whichever life of the process.
func (r *Room) sync(ctx context.Context) error {
	if r.synced == r.index.applied {
		return nil
	}
	if err := r.stream.Sync(ctx); err != nil {
		return err //nolint:wrapcheck // the caller names the step
	}
	r.synced = r.index.applied
	return nil
}

// gather handles events until the first that has to wait for pushes before it,
// and returns those pushes and the events left. Pushes of several connections
// thus go into the stream together.
func (r *Room) gather(ctx context.Context, ins []In) ([]*pushing, []In, error) {
	var pushes []*pushing
	waiting := map[ConnID]bool{}
	for i, in := range ins {
		if waiting[in.Conn] && in.Kind == Received {
			return pushes, ins[i:], nil
		}
		p, err := r.handle(ctx, in)
		if err != nil {
			return nil, nil, err
		}
		if p != nil {
			pushes = append(pushes, p)
			waiting[in.Conn] = true
		}
	}
	return pushes, nil, nil
}

func (r *Room) handle(ctx context.Context, in In) (*pushing, error) {
	if in.Kind == Opened {
		r.conns[in.Conn] = &conn{id: in.Conn, exporter: in.Data, opened: r.now}
		return nil, nil //nolint:nilnil // no push is the usual case, not an error
	}
	c := r.conns[in.Conn]
	if c == nil {
		return nil, nil //nolint:nilnil // closed meanwhile
	}
	switch in.Kind {
	case Opened:
	case Wrote:
		c.queued = max(0, c.queued-in.N)
	case Closed:
		r.drop(c)
	case Received:
		return r.receive(ctx, c, in.Data)
	}
	return nil, nil //nolint:nilnil // as above
}

// Busy tells whether another Step without events has something to do at once.
func (r *Room) Busy() bool {
	if r.packs.len() > 0 || r.state() != nil && r.erasedAt != r.head().Seq {
		return true
	}
	for _, c := range r.conns {
		if c.pulling && c.queued < pullWindow {
			return true
		}
	}
	return false
}

// Close marks what was judged, so that the next start need not judge it again.
// The connections are the caller's to close.
func (r *Room) Close(ctx context.Context) error {
	if err := r.writeMark(ctx); err != nil {
		return fmt.Errorf("close room: %w", err)
	}
	return nil
}

// state is the charter's newest state, nil before there is one.
func (r *Room) state() *charter.State {
	if len(r.states) == 0 {
		return nil
	}
	return r.states[len(r.states)-1]
}

// healing tells whether the relay takes parts in and serves nothing (HE2).
func (r *Room) healing() bool { return r.healed && !r.confirmed }

func (r *Room) head() wire.Head {
	s := r.state()
	if s == nil {
		return wire.Head{}
	}
	return wire.Head{Seq: s.Head().Seq, Hash: s.Head().Hash}
}

// charterAt is the charter seq at a place of the stream.
func (r *Room) charterAt(seq uint64) uint64 {
	lo, hi := 0, len(r.places)
	for lo < hi {
		mid := (lo + hi) / 2
		if r.places[mid] <= seq {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return uint64(max(lo-1, 0))
}
