//go:build cgo

package relay

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/peer"
	"tongce/crdt/peer/simnet"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
	"tongce/relay/stream"
)

// The roles of the simulation beside founder. All read every row; narrow writes
// its own rows only.
const (
	simWide   = "wide"
	simNarrow = "narrow"
)

// simStats is what a run did. Every number has to be above zero over all seeds.
type simStats struct {
	refused, rebased, listed, discarded         int
	packsMade, packsRead, reread, wiped, healed int
	died, lost, restarted, restored, forked     int
	acknowledged, erased, quarantined, waiting  int
	written                                     int // changes of the core that were sent
	twice                                       int // envelopes that the relay had already
	kills                                       map[repo.WritePoint]int
	net                                         simnet.Counts
}

func (s *simStats) add(o *simStats) {
	for _, p := range [][2]*int{
		{&s.refused, &o.refused},
		{&s.rebased, &o.rebased},
		{&s.listed, &o.listed},
		{&s.discarded, &o.discarded},
		{&s.packsMade, &o.packsMade},
		{&s.reread, &o.reread},
		{&s.packsRead, &o.packsRead},
		{&s.wiped, &o.wiped},
		{&s.healed, &o.healed},
		{&s.died, &o.died},
		{&s.lost, &o.lost},
		{&s.restarted, &o.restarted},
		{&s.restored, &o.restored},
		{&s.forked, &o.forked},
		{&s.acknowledged, &o.acknowledged},
		{&s.erased, &o.erased},
		{&s.quarantined, &o.quarantined},
		{&s.written, &o.written},
		{&s.waiting, &o.waiting},
		{&s.net.Sent, &o.net.Sent},
		{&s.net.Drop, &o.net.Drop},
		{&s.net.Duplicate, &o.net.Duplicate},
		{&s.net.Reorder, &o.net.Reorder},
		{&s.net.Cut, &o.net.Cut},
	} {
		*p[0] += *p[1]
	}
	for k, n := range o.kills {
		s.kills[k] += n
	}
}

// sim is one run: devices, a relay, and what they promised.
type sim struct {
	t     testing.TB
	seed  uint64
	net   *simnet.Network
	rng   *rand.Rand
	w     *chartertest.Workspace
	relay *simRelay
	devs  []*simDevice
	bug   simBug
	calm  bool // no more faults
	docs  []canon.DocID
	edits []*simEdit
	// saltsLost are salts that went with a disk which alone had them.
	saltsLost map[canon.DocID]bool
	stats     simStats
	value     int

	start   time.Time
	tracing bool
}

// simEdit is an edit that a device said was saved.
type simEdit struct {
	dev        *simDevice
	doc        canon.DocID
	key, value string
	gone       bool // discarded by the person, or on a disk that was thrown away
}

func newSim(tb testing.TB, seed uint64, bug simBug) *sim {
	tb.Helper()
	w := chartertest.New(tb, seed)
	start := time.Unix(w.Now+10, 0)
	n := simnet.New(seed, start)
	n.Faults[simnet.A] = simnet.Faults{Drop: 0.002, Duplicate: 0.01, Reorder: 0.01, Cut: 0.004}
	n.Faults[simnet.B] = simnet.Faults{Drop: 0.002, Duplicate: 0.01, Cut: 0.004, Stream: true}
	s := &sim{
		start: start, tracing: os.Getenv("TONGCE_TRACE") != "", t: tb, seed: seed, net: n, rng: n.Rand(), w: w, bug: bug, saltsLost: map[canon.DocID]bool{}, stats: simStats{kills: map[repo.WritePoint]int{}},
	}
	for _, r := range []charter.RoleContent{
		simRole(simWide, charter.RowsAll, charter.LevelWrite, charter.Import, charter.Delete, charter.Assign),
		simRole(simNarrow, charter.RowsOwn, charter.LevelWrite, charter.Import),
	} {
		w.Must(&r, w.Founder)
	}
	s.relay = newSimRelay(s)
	devices := []*chartertest.Device{w.Founder, w.Join(simNarrow, chartertest.Sales, "李")}
	for len(devices) < 2+int(seed%4) {
		switch len(devices) {
		case 3:
			devices = append(devices, w.Further(devices[1]))
		default:
			devices = append(devices, w.Join(simWide, chartertest.Service, fmt.Sprintf("王%d", len(devices))))
		}
	}
	for i, d := range devices {
		s.devs = append(s.devs, newSimDevice(s, i, d))
	}
	return s
}

func simRole(id string, rows charter.Rows, business charter.Level, can ...charter.Ability) charter.RoleContent {
	return charter.RoleContent{
		ID: id, Name: id, ReadRows: charter.RowsAll, WriteRows: rows, Abilities: charter.AbilityNumbers(can...),
		Levels: []charter.SectionLevel{{Section: "base", Level: charter.LevelWrite}, {Section: "business", Level: business}},
	}
}

// simRandom is a seeded source for a room and its devices.
func (s *sim) random() *rand.ChaCha8 {
	var b [32]byte
	binary.BigEndian.PutUint64(b[:], s.rng.Uint64())
	return rand.NewChaCha8(b)
}

// errPower ends the relay's process in the middle of a step.
var errPower = errors.New("power cut")

// simStream is a stream in memory that knows what is on disk, and whose process
// may end before or after any write.
type simStream struct {
	*stream.Memory
	synced uint64
	syncs  int
	cut    int // writes and syncs until the process ends; 0: it does not
	dead   bool
	hold   bool // what was replaced is not removed
}

func (m *simStream) dies() error {
	if m.cut > 0 {
		m.cut--
		m.dead = m.cut == 0
	}
	if m.dead {
		return errPower
	}
	return nil
}

func (m *simStream) Append(ctx context.Context, entries ...stream.Entry) ([]stream.Result, error) {
	if err := m.dies(); err != nil {
		return nil, err
	}
	return m.Memory.Append(ctx, entries...)
}

func (m *simStream) Sync(ctx context.Context) error {
	if err := m.dies(); err != nil {
		return err
	}
	info, err := m.Info(ctx)
	if err == nil {
		m.synced = info.Last
		m.syncs++
	}
	return err
}

// Replace does what the stream on disk does: one after the other.
func (m *simStream) Replace(ctx context.Context, entries ...stream.Entry) ([]stream.Result, error) {
	return stream.ReplaceBy(ctx, m, func(e stream.Entry, at uint64) error {
		if m.hold {
			return m.dies()
		}
		// Some of what it replaces may be left, from the first on.
		for i := len(e.Old); i > 1; i /= 2 {
			if err := m.dies(); err != nil {
				return err
			}
			m.Forget(stream.Entry{Subject: e.Subject, Old: e.Old[i/2:]}, at)
		}
		err := m.dies()
		if err == nil {
			m.Forget(e, at)
		}
		return err
	}, entries...)
}

// simRelay is the shipped Room at the other end of every link.
type simRelay struct {
	s      *sim
	stream *simStream
	memory Memory
	room   *Room
	conns  map[*simnet.Link]ConnID
	links  map[ConnID]*simnet.Link
	next   ConnID
}

func newSimRelay(s *sim) *simRelay {
	r := &simRelay{s: s, stream: &simStream{Memory: stream.NewMemory(s.logID())}}
	r.open()
	return r
}

func (s *sim) logID() (id stream.LogID) {
	binary.BigEndian.PutUint64(id[:], s.rng.Uint64())
	return id
}

func (r *simRelay) open() {
	room, err := OpenRoom(context.Background(), r.stream, RoomConfig{
		Key: r.s.w.Relay, Memory: r.memory, Random: r.s.random(), CacheBytes: 16 << 10, CacheChanges: 2, Loose: 2, Places: 16, Workers: 1,
		Remember: func(m Memory) error { r.memory = m; return nil },
	})
	if err != nil {
		r.s.failf("open room: %v", err)
	}
	r.room, r.conns, r.links = room, map[*simnet.Link]ConnID{}, map[ConnID]*simnet.Link{}
}

// restart ends the relay's process. rewind loses what was not synced, as a power
// cut does; wipe loses the stream.
func (r *simRelay) restart(rewind, wipe bool) {
	s := r.s
	r.count()
	for _, id := range slices.Sorted(maps.Keys(r.links)) { // one seed is one run
		r.links[id].Crash(simnet.B)
	}
	ctx := context.Background()
	r.stream.cut, r.stream.dead = 0, false
	switch {
	case wipe:
		r.stream.Wipe(s.logID())
		r.stream.synced = 1
		s.stats.wiped++
	case rewind:
		info, err := r.stream.Info(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if r.stream.synced < info.Last {
			r.stream.Rewind(r.stream.synced + s.rng.Uint64N(info.Last-r.stream.synced))
			s.stats.lost++
		}
	}
	s.stats.restarted++
	r.open()
	s.trace("relay restarted, rewind %v, wipe %v", rewind, wipe)
}

// count takes in what the room did before it goes.
func (r *simRelay) count() {
	r.s.stats.packsMade += int(r.room.Stats().Packs)
	r.s.stats.reread += int(r.room.Stats().Reread)
}

func (r *simRelay) Opened(l *simnet.Link, _ simnet.Side) {
	r.next++
	r.conns[l], r.links[r.next] = r.next, l
	r.step(In{Conn: r.next, Kind: Opened, Data: simExporter(l)})
}

func (r *simRelay) Received(l *simnet.Link, _ simnet.Side, data []byte) {
	if id, ok := r.conns[l]; ok {
		r.step(In{Conn: id, Kind: Received, Data: data})
	}
}

func (r *simRelay) Closed(l *simnet.Link, _ simnet.Side) {
	id, ok := r.conns[l]
	if !ok {
		return
	}
	delete(r.conns, l)
	delete(r.links, id)
	r.step(In{Conn: id, Kind: Closed})
}

func simExporter(l *simnet.Link) []byte {
	return binary.BigEndian.AppendUint64(make([]byte, 24), l.Name)
}

func (r *simRelay) step(ins ...In) {
	was := r.room.healing()
	for {
		outs, err := r.room.Step(context.Background(), r.s.net.Now(), ins...)
		if errors.Is(err, errPower) {
			r.s.stats.died++
			r.restart(r.s.rng.IntN(3) > 0, false)
			return
		}
		if err != nil {
			r.s.failf("room: %v", err)
		}
		ins = ins[:0:0]
		for _, o := range outs {
			l := r.links[o.Conn]
			if l == nil {
				continue
			}
			if o.Close {
				l.Close(simnet.B)
			} else if o.Data != nil {
				l.Send(simnet.B, o.Data)
				ins = append(ins, In{Conn: o.Conn, Kind: Wrote, N: len(o.Data)})
			}
		}
		if len(ins) == 0 && !r.room.Busy() {
			break
		}
	}
	if was && !r.room.healing() {
		r.s.stats.healed++
	}
}

// simDevice is the shipped repo and peer on a store that can crash.
type simDevice struct {
	s      *sim
	i      int
	d      *chartertest.Device
	st     *memstore.Store
	repo   *repo.Repo
	peer   *peer.Peer
	link   *simnet.Link
	up     bool
	mark   byte // of the installation (ID5)
	off    bool // the person is away from the network
	copied *memstore.Store
	armed  repo.WritePoint
	dying  repo.WritePoint
	rnd    *rand.ChaCha8
	stale  *wire.Pushed // an answer that was lost, for a planted bug
	simBrought
}

func newSimDevice(s *sim, i int, d *chartertest.Device) *simDevice {
	v := &simDevice{s: s, i: i, d: d, st: memstore.New(), rnd: s.random()}
	v.open()
	return v
}

// store is what the repo writes to.
func (d *simDevice) store() store.Store {
	if d.s.bug == bugCursorFirst {
		return &cursorFirst{Store: d.st, d: d}
	}
	return d.st
}

func (d *simDevice) open() {
	s := d.s
	r, err := repo.Open(d.store(), repo.Config{
		Workspace: s.w.ID, Signer: d.d, Rand: d.rnd, Now: s.net.Now, OnWrite: d.write,
		Install: []byte{1, d.mark}, SnapshotEvery: 6,
	})
	if err == nil && r.Charter().Len() == 0 {
		// What joining left on disk (IN3).
		for _, b := range encoded(s.t, s.w.Log.All()) {
			if _, err = r.AddStatements(b); err != nil {
				break
			}
		}
	}
	d.repo, d.up = r, err == nil
	if !d.ok(err) {
		return
	}
	d.peer = peer.New(peer.Config{Repo: r, Signer: d.d, Program: "sim", Rand: d.rnd})
	d.connect()
}

// write hears of each write before it happens; where a kill is planned, the
// store ends just before or just after it.
func (d *simDevice) write(p repo.WritePoint) {
	switch p {
	case repo.WriteRebase:
		d.s.stats.rebased++
	case repo.WriteFork:
		d.s.stats.forked++
	case repo.WriteAside:
		d.s.stats.quarantined++
	default:
	}
	// A second death with the same document alone is evidence against it (PK5),
	// so that opening is not killed at its notes.
	spared := !d.up && (p == repo.WriteLoading || p == repo.WriteSnapshot || p == repo.WriteAside)
	if p == d.armed && !spared && !d.s.calm && !d.st.Crashed() {
		d.armed, d.dying = "", p
		d.st.CrashAt(1 + d.s.rng.IntN(2))
	}
}

// ok takes an error of the device's own store as its death, any other as a
// failure of the test.
func (d *simDevice) ok(err error) bool {
	if d.st.Crashed() {
		d.crash()
		return false
	}
	if err != nil {
		d.s.failf("device %d: %v", d.i, err)
	}
	return true
}

func (d *simDevice) crash() {
	s := d.s
	s.trace("%d crashes at %s", d.i, d.dying)
	if d.dying != "" {
		s.stats.kills[d.dying]++
		d.dying = ""
	}
	d.stop(d.st.Reopen(s.rng.IntN(3) > 0))
}

// stop ends the process; the next one finds the given store.
func (d *simDevice) stop(next *memstore.Store) {
	if d.link != nil {
		d.link.Crash(simnet.A)
		d.link = nil
	}
	d.up, d.st = false, next
	d.s.net.After(time.Duration(d.s.rng.IntN(2000))*time.Millisecond, d.open)
}

func (d *simDevice) connect() {
	if d.up && !d.off && d.link == nil {
		d.link = d.s.net.Link(d, d.s.relay)
	}
}

func (d *simDevice) Opened(l *simnet.Link, _ simnet.Side) {
	if l == d.link {
		d.step(peer.Opened{Exporter: simExporter(l), Relay: d.s.w.RelayKey()})
	}
}

func (d *simDevice) Closed(l *simnet.Link, _ simnet.Side) {
	if l == d.link {
		d.link = nil
		d.step(peer.Closed{})
	}
}

func (d *simDevice) Received(l *simnet.Link, _ simnet.Side, data []byte) {
	if l != d.link {
		return
	}
	d.count(data)
	for _, b := range d.plant(data) {
		if l == d.link {
			d.step(peer.Received{Data: b})
		}
	}
}

func (d *simDevice) count(data []byte) {
	m, err := wire.DecodeFrame(data)
	if err != nil {
		return
	}
	d.traceFrame("<-", m)
	switch f := m.Frame.(type) {
	case *wire.Pushed:
		d.answered(m.ID, f, d.s.relay.room.logID)
		for _, r := range f.Results {
			if r.Code == wire.CodeDuplicate {
				d.s.stats.twice++
			}
			if repo.Refusing(r.Code) {
				d.s.stats.refused++
				d.rightly(r.Code)
			}
		}
	case *wire.Batch:
		items, err := f.Items()
		if err != nil {
			return
		}
		for _, raw := range items {
			if it, err := wire.ParseItem(raw); err == nil && it.Pack != nil {
				d.s.stats.packsRead++
			}
		}
	}
}

func (d *simDevice) step(events ...peer.Event) {
	if !d.up {
		return
	}
	effects, err := d.peer.Step(context.Background(), d.s.net.Now(), events...)
	if !d.ok(err) {
		return
	}
	for _, e := range effects {
		if d.link == nil {
			return
		}
		switch e := e.(type) {
		case peer.Send:
			d.send(e.Data)
		case peer.Close:
			d.link.Close(simnet.A)
		}
	}
}

func (d *simDevice) tick() {
	if d.up {
		d.connect()
		d.step(peer.Tick{})
	}
}
