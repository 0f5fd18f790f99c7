package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tongce/app/keychain"
	"tongce/app/link"
	"tongce/app/workspace"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

const (
	// docsEach is how many customers each device of the crowd edits in turn.
	docsEach = 10
	// probes are the devices that read what comes to them; the others only take
	// it in.
	probes = 4
	// growth is what the relay's memory may rise by, in megabytes, and still not
	// grow: what its collector leaves about differs by more from minute to minute.
	growth = 30
)

// crowd measures the relay with many connected devices that edit all the time.
// The time of an edit is from its sending to its arrival at another device.
func (s *suite) crowd(ctx context.Context) (err error) {
	x, err := s.newSite(ctx, "crowd", false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.close()) }()
	docs, err := fill(ctx, x.a, 0, s.Devices*docsEach)
	if err != nil {
		return err
	}
	x.a.Connect() //nolint:contextcheck // until Close, not as long as this call
	if err := s.until(ctx, func() bool { n, err := x.a.Repo().OutboxLen(); return err == nil && n == 0 }); err != nil {
		return err
	}
	c := &crowd{suite: s, site: x, id: x.a.ID(), by: map[canon.DeviceID]*member{}}
	for i := range s.Devices {
		m, err := c.join(ctx, i, docs[i*docsEach:(i+1)*docsEach])
		if err != nil {
			return fmt.Errorf("device %d: %w", i, err)
		}
		c.members, c.by[m.signer.Device()] = append(c.members, m), m
	}
	c.head, c.start = x.a.Charter().Head(), s.Now()
	if x.a, err = nil, x.a.Close(); err != nil { // from here on only the crowd is connected
		return err
	}
	return c.run(ctx)
}

// crowd is the devices and what they have seen.
type crowd struct {
	*suite
	site    *site
	members []*member
	id      canon.WorkspaceID
	head    charter.Head
	start   time.Time
	by      map[canon.DeviceID]*member

	// What the devices remember must not slow the relay that they share the machine
	// with: in an hour there are millions of edits, and nothing here is for the
	// collector to look at.
	mu      sync.Mutex
	took    []time.Duration
	refused atomic.Int64
	taken   atomic.Int64
	ended   atomic.Bool
}

// member is one device of the crowd: its key, its connection, and the ends of
// the documents that it alone edits.
type member struct {
	*socket
	crowd  *crowd
	index  int
	signer canon.Signer
	number uint64
	sent   []time.Duration // when each was sent, since crowd.start; crowd.mu guards it
	asked  uint64
	chains []*chain
	probe  bool
}

// chain is the newest end of one document.
type chain struct {
	doc  canon.DocID
	head []canon.Hash
	pred []change.OpID
	op   uint64 // the last operation
	seq  uint64 // the device's last change in it
}

// join makes a device and has the workspace take it in. It does not connect.
func (c *crowd) join(ctx context.Context, i int, docs []canon.DocID) (*member, error) {
	a := c.site.a
	text, _, err := a.Invite(ctx, workspace.InviteSpec{Role: charter.RoleColleague, Department: "客服部", Member: fmt.Sprintf("同事%d", i)})
	if err != nil {
		return nil, err
	}
	secret, err := charter.ParseInvite(text)
	if err != nil {
		return nil, err
	}
	device, err := keychain.NewDevice(rand.Reader)
	if err != nil {
		return nil, err
	}
	err = link.ErrOffline
	for try := 0; try < 3 && errors.Is(err, link.ErrOffline); try++ { // on a busy machine a handshake may take too long
		_, err = link.Join(ctx, link.JoinConfig{
			Invite: secret, Device: device, Keys: charter.Keys{Sign: device.SignPublic(), HPKE: device.HPKE().Public(), Name: "电脑"},
			Now: c.Now, Program: "tongce bench", Rand: rand.Reader,
		})
	}
	if err != nil {
		return nil, err
	}
	if err := c.until(ctx, func() bool { _, in := a.Charter().Device(device.Device()); return in }); err != nil {
		return nil, err
	}
	m := &member{crowd: c, index: i, signer: device, asked: pullID, probe: i < probes}
	for _, doc := range docs {
		v, err := a.Repo().Read(doc)
		if err != nil {
			return nil, err
		}
		info, ok := v.Creator()
		if !ok {
			return nil, errCount
		}
		ch := &chain{doc: doc, head: v.Heads(), op: info.StartOp + uint64(info.NumOps) - 1}
		for _, e := range v.All("f:remark") {
			ch.pred = append(ch.pred, e.ID)
		}
		m.chains = append(m.chains, ch)
	}
	return m, nil
}

// run connects everybody, lets them edit for the period and reports.
func (c *crowd) run(ctx context.Context) error {
	address, key, _, err := link.Address(c.site.relay.address)
	if err != nil {
		return err
	}
	defer func() {
		c.ended.Store(true)
		for _, m := range c.members {
			if m.socket != nil {
				_ = m.conn.Close()
			}
		}
	}()
	readers, rctx := errgroup.WithContext(ctx)
	for i, m := range c.members {
		if m.socket, err = dial(ctx, address, key); err != nil {
			return fmt.Errorf("device %d: %w", i, err)
		}
		if err := m.shake(c.id, m.signer, key); err != nil {
			return fmt.Errorf("device %d: %w", i, err)
		}
		readers.Go(m.listen)
	}
	if err := rest(rctx, 3*time.Second); err != nil { // everybody gets the book first
		return err
	}
	c.took = make([]time.Duration, 0, probes*int(float64(c.Edits)*c.Period.Seconds()))
	pid := c.site.relay.pid()
	memory := watchMemory(ctx, time.Second, func() (int64, bool) { return resident(pid) })
	count, err := c.edits(rctx)
	if err == nil {
		err = c.settle(rctx, count)
	}
	seen := memory.end()
	c.ended.Store(true)
	for _, m := range c.members {
		_ = m.conn.Close()
	}
	if err := errors.Join(err, readers.Wait()); err != nil {
		return err
	}
	return c.tell(seen, count)
}

// edits has the devices edit one after another, evenly over the period.
func (c *crowd) edits(ctx context.Context) (int, error) {
	const beat = 10 * time.Millisecond
	t := time.NewTicker(beat)
	defer t.Stop()
	start := c.Now()
	count := 0
	for {
		passed := c.Now().Sub(start)
		if passed >= c.Period {
			return count, nil
		}
		due := int(float64(c.Edits) * passed.Seconds())
		for ; count < due; count++ {
			if err := c.members[count%len(c.members)].edit(count / len(c.members)); err != nil {
				return count, err
			}
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			return count, context.Cause(ctx)
		}
	}
}

// settle waits until every edit was answered and seen by every probe.
func (c *crowd) settle(ctx context.Context, count int) error {
	due := 0
	for _, m := range c.members {
		if m.probe {
			due += count - int(m.number)
		}
	}
	for range 300 {
		c.mu.Lock()
		seen := len(c.took)
		c.mu.Unlock()
		if c.refused.Load() > 0 {
			return fmt.Errorf("%d edits refused: %w", c.refused.Load(), errCount)
		}
		if int(c.taken.Load()) == count && seen >= due {
			return nil
		}
		if err := rest(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("%d of %d edits answered: %w", c.taken.Load(), count, errCount)
}

func (c *crowd) tell(seen []int64, count int) error {
	c.note("relay: %d edits, median %.1f ms, %.1f s of processor since its start", count, ms(median(c.took)), processor(c.site.relay.pid()))
	if err := c.report("relay", ms(at(0.99, c.took)), "ms p99", 250, len(c.took)); err != nil {
		return err
	}
	if len(seen) == 0 {
		return nil
	}
	if err := c.report("relay-memory", float64(slices.Max(seen))/mega, "MB", 600, len(seen)); err != nil {
		return err
	}
	// The first fifth is warming up; compared are the second and the last. Of each
	// the median: files of the log that are in memory for a moment come and go.
	fifth := max(len(seen)/5, 1)
	early, late := seen[min(fifth, len(seen)-1):min(2*fifth, len(seen)-1)+1], seen[len(seen)-fifth:]
	return c.report("relay-growth", float64(median(late)-median(early))/mega, "MB", growth, len(seen))
}

// edit writes a remark into the device's next document and sends it.
func (m *member) edit(round int) error {
	ch := m.chains[round%len(m.chains)]
	now := m.crowd.Now()
	m.number, ch.seq = m.number+1, ch.seq+1
	x := change.Change{
		Deps: ch.head, Actor: m.signer.Device().Actor(canon.Incarnation{0, 0, 0, 1}), Seq: ch.seq, StartOp: ch.op + 1,
		Time: now.Unix(), Message: "edit",
		Ops: []change.Op{{Action: change.Set, Key: "f:remark", Value: change.String(fmt.Sprintf("第 %d 次修改", round)), Pred: ch.pred}},
	}
	chunk, err := change.Encode(x)
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	ch.op++
	ch.head, ch.pred = []canon.Hash{wire.ChunkHash(chunk)}, []change.OpID{{Ctr: ch.op, Actor: x.Actor}}
	head := m.crowd.head
	e, err := wire.SignEnvelope(m.crowd.id, m.signer, wire.EnvelopeBody{
		Doc: ch.doc, Device: m.signer.Device(), N: m.number, CharterSeq: head.Seq, CharterHash: head.Hash, Chunks: [][]byte{chunk},
	})
	if err != nil {
		return fmt.Errorf("edit: %w", err)
	}
	m.crowd.mu.Lock()
	m.sent = append(m.sent, m.crowd.Now().Sub(m.crowd.start))
	m.crowd.mu.Unlock()
	m.asked += 2
	_, err = m.send(m.asked, &wire.Push{Envelopes: [][]byte{e.Encode()}})
	return err
}

// listen takes in what comes until the connection ends.
func (m *member) listen() error {
	var buffer []byte
	for {
		b, err := m.read(buffer)
		if err != nil {
			if m.crowd.ended.Load() {
				return nil
			}
			return fmt.Errorf("device %d was cut off: %w", m.index, err)
		}
		buffer = b
		// The name stands at the beginning; most batches are not even decoded.
		if !m.probe && bytes.Contains(b[:min(len(b), 12)], []byte("batch")) {
			continue
		}
		if err := m.hear(b); err != nil {
			return err
		}
	}
}

func (m *member) hear(b []byte) error {
	f, err := wire.DecodeFrame(b)
	if err != nil {
		return fmt.Errorf("hear: %w", err)
	}
	switch f := f.Frame.(type) {
	case *wire.Pushed:
		for _, r := range f.Results {
			m.crowd.taken.Add(1)
			if r.Code != wire.CodeAccepted {
				m.crowd.refused.Add(1)
			}
		}
	case *wire.Failed:
		return fmt.Errorf("the relay said %s to device %d after %s: %w", f.Code, m.index, m.crowd.Now().Sub(m.crowd.start).Round(time.Second), errSocket)
	case *wire.Batch:
		return m.seen(f)
	}
	return nil
}

// seen notes when edits of others arrived.
func (m *member) seen(f *wire.Batch) error {
	items, err := f.Items()
	if err != nil {
		return fmt.Errorf("hear: %w", err)
	}
	now := m.crowd.Now().Sub(m.crowd.start)
	for _, raw := range items {
		it, err := wire.ParseItem(raw)
		if err != nil {
			return fmt.Errorf("hear: %w", err)
		}
		if it.Record == nil {
			continue
		}
		body := &it.Record.Envelope.Body
		by := m.crowd.by[body.Device]
		if by == nil || by == m {
			continue
		}
		m.crowd.mu.Lock()
		if n := int(body.N); n <= len(by.sent) {
			m.crowd.took = append(m.crowd.took, now-by.sent[n-1])
		}
		m.crowd.mu.Unlock()
	}
	return nil
}
