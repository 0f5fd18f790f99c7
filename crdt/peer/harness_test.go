package peer_test

import (
	"context"
	"testing"
	"time"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/peer"
	"tongce/crdt/repo"
	"tongce/crdt/store"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// site is a device with its real repo whose relay is the test itself.
type site struct {
	t      *testing.T
	w      *chartertest.Workspace
	d      *chartertest.Device
	st     store.Store
	repo   *repo.Repo
	peer   *peer.Peer
	now    time.Time
	sent   []wire.Message // what the device sent and no test has looked at
	closed wire.Code
	log    wire.LogID
	n      uint64 // log seq
	pull   uint64 // id of the pull that was answered last
	first  wire.Counter
}

type repoProblem = repo.Problem

// chain is a charter as one of two relays has it.
type chain struct {
	head    wire.Head
	records [][]byte
}

// split gives two charters that part at their last statement.
func (s *site) split() (mine [][]byte, theirs chain) {
	s.t.Helper()
	other := charter.DepartmentContent{ID: "theirs", Name: "他们的", Parent: chartertest.Company}
	rec, err := charter.NewStatement(s.w.State(), &other, s.w.Now, s.w.Founder)
	if err != nil {
		s.t.Fatal(err)
	}
	head, err := rec.Head(s.w.ID)
	if err != nil {
		s.t.Fatal(err)
	}
	b, err := charter.EncodeRecord(s.w.Receipt(rec, s.w.Now+1))
	if err != nil {
		s.t.Fatal(err)
	}
	theirs = chain{head: wire.HeadOf(head), records: append(s.records(), b)}
	s.w.Must(&charter.DepartmentContent{ID: "mine", Name: "我的", Parent: chartertest.Company}, s.w.Founder)
	return s.records(), theirs
}

func newSite(t *testing.T, w *chartertest.Workspace, d *chartertest.Device) *site {
	t.Helper()
	s := &site{t: t, w: w, d: d, st: memstore.New(), now: time.Unix(w.Now+100, 0), log: wire.LogID{1}}
	s.open()
	s.know(s.records())
	return s
}

// open starts the program on the store as it is.
func (s *site) open() {
	s.t.Helper()
	r, err := repo.Open(s.st, repo.Config{Workspace: s.w.ID, Signer: s.d, Now: func() time.Time { return s.now }})
	if err != nil {
		s.t.Fatalf("open: %v", err)
	}
	s.repo, s.sent, s.closed = r, nil, ""
	s.peer = peer.New(peer.Config{Repo: r, Signer: s.d})
}

// records are the charter's statements.
func (s *site) records() [][]byte {
	s.t.Helper()
	all := s.w.Log.All()
	out := make([][]byte, len(all))
	for i, r := range all {
		b, err := charter.EncodeRecord(r)
		if err != nil {
			s.t.Fatal(err)
		}
		out[i] = b
	}
	return out
}

func (s *site) know(records [][]byte) {
	s.t.Helper()
	if _, err := s.repo.AddStatements(records...); err != nil {
		s.t.Fatalf("statements: %v", err)
	}
}

func (s *site) step(events ...peer.Event) {
	s.t.Helper()
	effects, err := s.peer.Step(context.Background(), s.now, events...)
	if err != nil {
		s.t.Fatalf("step: %v", err)
	}
	for _, e := range effects {
		switch e := e.(type) {
		case peer.Send:
			m, err := wire.DecodeFrame(e.Data)
			if err != nil {
				s.t.Fatalf("the device sent: %v", err)
			}
			s.sent = append(s.sent, m)
		case peer.Close:
			s.closed = e.Code
		}
	}
}

// after lets time pass, a second at a time.
func (s *site) after(d time.Duration) {
	s.t.Helper()
	for end := s.now.Add(d); s.now.Before(end); {
		s.now = s.now.Add(time.Second)
		s.step(peer.Tick{})
	}
}

// say is a message of the relay.
func (s *site) say(id uint64, f wire.Frame) {
	s.t.Helper()
	b, err := wire.EncodeFrame(wire.Message{ID: id, Frame: f})
	if err != nil {
		s.t.Fatalf("encode: %v", err)
	}
	s.step(peer.Received{Data: b})
}

// frames are the names of what the device sent, for a look at the order.
func (s *site) frames() []string {
	names := []string{}
	for _, m := range s.sent {
		names = append(names, m.Frame.FrameName())
	}
	return names
}

// took is the oldest frame of a kind that the device sent, with its id.
func took[F wire.Frame](s *site) (uint64, F) {
	s.t.Helper()
	for i, m := range s.sent {
		if f, ok := m.Frame.(F); ok {
			s.sent = append(s.sent[:i:i], s.sent[i+1:]...)
			return m.ID, f
		}
	}
	var none F
	s.t.Fatalf("the device sent %v and not %T", s.frames(), none)
	return 0, none
}

// sends tells whether a frame of a kind waits to be looked at.
func sends[F wire.Frame](s *site) bool {
	for _, m := range s.sent {
		if _, ok := m.Frame.(F); ok {
			return true
		}
	}
	return false
}

// ready is what an honest relay with nothing special to say answers.
func (s *site) ready() *wire.Ready {
	return &wire.Ready{
		Log: s.log, Last: s.n, Charter: wire.HeadOf(s.w.State().Head()), Limits: wire.DefaultLimits(), State: wire.StateNormal,
	}
}

// meet is the handshake on a new connection.
func (s *site) meet(r *wire.Ready) {
	s.t.Helper()
	s.step(peer.Closed{})
	s.sent, s.closed = nil, ""
	s.step(peer.Opened{Exporter: make([]byte, 32), Relay: s.w.RelayKey()})
	id, _ := took[*wire.Hello](s)
	s.say(id, &wire.Challenge{Version: wire.Version, Time: s.now.UnixMilli()})
	id, _ = took[*wire.Proof](s)
	s.say(id, r)
	took[*wire.Resume](s)
}

// batch answers a pull with log records behind what was sent before.
func (s *site) batch(pull uint64, more bool, recs ...wire.LogRecord) {
	s.t.Helper()
	var items [][]byte
	next, err := s.repo.Cursor()
	if err != nil {
		s.t.Fatal(err)
	}
	next.Log = s.log
	for i := range recs {
		items = append(items, wire.Item{Record: &recs[i]}.Encode())
		b := &recs[i].Envelope.Body
		next = wire.Cursor{Log: s.log, Seq: recs[i].Seq, Doc: b.Doc, ID: recs[i].Envelope.ID(s.w.ID)}
	}
	f, err := wire.NewBatch(items, next, more)
	if err != nil {
		s.t.Fatal(err)
	}
	s.pull = pull
	s.say(pull, f)
}

// record is an envelope at the next place of the log.
func (s *site) record(b []byte) wire.LogRecord {
	s.t.Helper()
	e, err := wire.ParseEnvelope(b)
	if err != nil {
		s.t.Fatal(err)
	}
	s.n++
	return wire.LogRecord{Seq: s.n, Time: s.now.UnixMilli(), C: s.w.State().Head().Seq, Envelope: e}
}

// settle answers every envelope of the oldest push with the same code.
func (s *site) settle(code wire.Code) []wire.LogRecord {
	s.t.Helper()
	id, f := took[*wire.Push](s)
	var recs []wire.LogRecord
	out := &wire.Pushed{}
	for _, b := range f.Envelopes {
		res := wire.PushResult{Code: code}
		if code == wire.CodeAccepted || code == wire.CodeDuplicate {
			rec := s.record(b)
			recs = append(recs, rec)
			if rec.Seq == 1 {
				s.first = wire.Counter{N: rec.Envelope.Body.N, ID: rec.Envelope.ID(s.w.ID)}
			}
			res.Seq, res.Time, res.C = rec.Seq, rec.Time, rec.C
		}
		out.Results = append(out.Results, res)
	}
	s.say(id, out)
	return recs
}

func salt(doc canon.DocID) [32]byte { return [32]byte{doc[0], doc[1], 1} }

func (s *site) create(name string) canon.DocID {
	s.t.Helper()
	doc := canon.DocID(s.w.Random16())
	_, err := s.repo.Create(context.Background(), doc, salt(doc), repo.Edit{
		Message: "create", NewTexts: []string{"n:memo"}, Sets: []crdt.Set{{Key: "f:name", Value: change.String(name)}},
	})
	if err != nil {
		s.t.Fatalf("create: %v", err)
	}
	return doc
}

func (s *site) edit(doc canon.DocID, value string) {
	s.t.Helper()
	_, err := s.repo.Edit(context.Background(), doc, repo.Always(repo.Edit{
		Message: "edit", Sets: []crdt.Set{{Key: "f:remark", Value: change.String(value)}},
	}))
	if err != nil {
		s.t.Fatalf("edit: %v", err)
	}
}

// value is what the book shows, "" for nothing.
func (s *site) value(doc canon.DocID, key string) string {
	v, err := s.repo.Read(doc)
	if err != nil {
		return ""
	}
	x, _ := v.Get(key)
	return x.Str()
}

func (s *site) outbox() int {
	s.t.Helper()
	n, err := s.repo.OutboxLen()
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

func (s *site) cursor() wire.Cursor {
	s.t.Helper()
	c, err := s.repo.Cursor()
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// envelopes are what waits in the outbox.
func (s *site) envelopes() [][]byte {
	s.t.Helper()
	list, err := s.repo.Outbox(0, 100)
	if err != nil {
		s.t.Fatal(err)
	}
	var out [][]byte
	for _, o := range list {
		out = append(out, o.Envelope)
	}
	return out
}

func (s *site) status() peer.Status {
	s.t.Helper()
	st, err := s.peer.Status()
	if err != nil {
		s.t.Fatal(err)
	}
	return st
}

// synced is the founder's device on a connection where all is quiet.
func synced(t *testing.T, seed uint64) *site {
	t.Helper()
	w := chartertest.New(t, seed)
	s := newSite(t, w, w.Founder)
	s.meet(s.ready())
	id, _ := took[*wire.Pull](s)
	s.batch(id, false)
	if !s.peer.Quiet() {
		t.Fatalf("not quiet: %+v", s.status())
	}
	return s
}
