package workspace

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
	"tongce/crdt/seal"
	"tongce/crdt/store/memstore"
	"tongce/crdt/wire"
)

// SampleSpec says where the invented book goes.
type SampleSpec struct {
	Dir        string
	Passphrase []byte // protects the key file instead of the keyring; the caller clears it
	// Seed decides the customers: equal seeds give equal ones.
	Seed uint64
}

// SampleCustomers is how many customers the invented book has.
const SampleCustomers = 200

const sampleMark = "sample"

// Sample makes the book of an invented company, to try the program with, and
// opens it: 200 customers, most of them from a sheet, worked on over two months
// by two departments, who wrote three fields at the same time. There is no
// relay behind it: the second device is made for the occasion, lives in memory
// and is gone afterwards. What is in the book went the way of every edit:
// written by book, judged by the gate.
func Sample(ctx context.Context, deps Deps, spec SampleSpec) (*Workspace, error) {
	clock := &sampleClock{at: deps.Now().Add(-60 * 24 * time.Hour)}
	then := deps
	then.Now = clock.now
	w, kit, err := Create(ctx, then, CreateSpec{
		Dir: spec.Dir, Company: "青禾办公用品有限公司", Member: "李强", Department: "销售部", Device: "李强的电脑", Passphrase: spec.Passphrase,
	})
	if err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	kit.Close()
	s := &sampler{w: w, clock: clock, today: deps.Now(), random: rand.New(rand.NewPCG(spec.Seed, spec.Seed))} //nolint:gosec // invented customers
	err = s.fill(ctx)
	if err == nil {
		err = w.setMark(sampleMark, []byte{1})
	}
	if err = errors.Join(err, w.Close()); err != nil {
		return nil, fmt.Errorf("sample: %w", err)
	}
	return Open(ctx, deps, OpenSpec{Dir: spec.Dir, Passphrase: spec.Passphrase})
}

// IsSample tells whether this is an invented book.
func (w *Workspace) IsSample() bool {
	b, err := w.mark(sampleMark)
	return err == nil && b != nil
}

// sampleClock goes on by itself: office hours pass while the book is made.
type sampleClock struct{ at time.Time }

func (c *sampleClock) now() time.Time { return c.at }

func (c *sampleClock) pass(d time.Duration) { c.at = c.at.Add(d) }

type sampler struct {
	w      *Workspace
	clock  *sampleClock
	random *rand.Rand
	today  time.Time
	relay  ed25519.PrivateKey
	log    wire.LogID
	seq    uint64
	docs   []canon.DocID
}

func (s *sampler) fill(ctx context.Context) error {
	if err := s.importSheet(ctx); err != nil {
		return err
	}
	for i := sampleSheet; i < SampleCustomers; i++ {
		s.clock.pass(5 * time.Hour)
		doc, _, err := s.w.Book.Book.Create(ctx, s.customer(i)) // into the index with all others
		if err != nil {
			return err
		}
		s.docs = append(s.docs, doc)
	}
	chen, err := s.colleague("陈静", "客服部")
	if err != nil {
		return err
	}
	defer func() { _ = chen.Repo.Close() }()
	if err := s.exchange(ctx, chen); err != nil {
		return err
	}
	if err := s.work(ctx, chen); err != nil {
		return err
	}
	return s.exchange(ctx, chen)
}

// sampleSheet is how many customers come from the sheet.
const sampleSheet = 170

func (s *sampler) importSheet(ctx context.Context) error {
	batch, err := canon.RandomID(s.w.deps.Rand)
	if err != nil {
		return err
	}
	i := 0
	next := func() (book.Row, int, bool) {
		if i == sampleSheet {
			return book.Row{}, 0, false
		}
		row := book.Row{Sources: []book.RowSource{{File: "客户名单.xlsx", Sheet: "客户信息", Row: uint64(i) + 2}}}
		for _, set := range s.customer(i) {
			row.Sets = append(row.Sets, book.RowSet{Field: set.Field, Text: s.w.Schema.Parse(set.Field, set.Text).Value})
		}
		i++
		return row, i - 1, true
	}
	var failed error
	err = s.w.Book.Import(ctx, batch, next, nil, func(o book.Outcome) {
		failed = errors.Join(failed, o.Err)
		s.docs = append(s.docs, o.Doc)
	})
	return errors.Join(err, failed, s.w.wroteMany(ctx))
}

// work is what both departments do over some weeks, the last part of it apart.
func (s *sampler) work(ctx context.Context, chen *book.Book) error {
	remarks := []string{"下半年有采购计划", "要求月底前对账", "已寄样品", "开票信息有变，已更新", "希望周五前回电", "付款周期改为 45 天"}
	both := []struct{ field, mine, theirs string }{
		{"mobile", "19900010001", "19900020002"}, {"level", "重点", "普通"}, {"address", "星湖街328号创意产业园3栋", "星湖街328号创意产业园5栋201室"},
	}
	for n := range 40 {
		s.clock.pass(6 * time.Hour)
		by := s.w.Book.Book
		if n%2 == 1 {
			by = chen
		}
		// Each department works on customers of its own.
		doc := s.docs[2*s.random.IntN(len(s.docs)/2)+n%2]
		_, err := by.Set(ctx, doc, book.Set{Field: "remark", Text: remarks[s.random.IntN(len(remarks))]})
		if err != nil && !errors.Is(err, repo.ErrNothing) {
			return err
		}
	}
	for n, x := range both {
		_, err := s.w.Book.Book.Set(ctx, s.docs[20*n+8], book.Set{Field: x.field})
		if err != nil && !errors.Is(err, repo.ErrNothing) {
			return err
		}
	}
	if err := s.exchange(ctx, chen); err != nil {
		return err
	}
	for n, x := range both {
		doc := s.docs[20*n+8]
		s.clock.pass(time.Hour)
		if _, err := s.w.Book.Book.Set(ctx, doc, book.Set{Field: x.field, Text: x.mine}); err != nil {
			return err
		}
		s.clock.pass(20 * time.Minute)
		if _, err := chen.Set(ctx, doc, book.Set{Field: x.field, Text: x.theirs}); err != nil {
			return err
		}
	}
	return nil
}

// state makes a statement and receipts it with the key of a relay that was
// drawn for the occasion: nobody joins without one (TR2).
func (s *sampler) state(create func(*charter.State, int64) (charter.Record, error)) error {
	at := s.clock.now().Unix()
	rec, err := create(s.w.Charter(), at)
	if err != nil {
		return err
	}
	head, err := rec.Head(s.w.ID())
	if err != nil {
		return err
	}
	rec.Receipt = charter.Countersign(s.relay, s.w.ID(), head, at)
	b, err := charter.EncodeRecord(rec)
	if err != nil {
		return err
	}
	_, err = s.w.repo.AddStatements(b)
	return err
}

// colleague brings a second member with a device in memory.
func (s *sampler) colleague(name, departmentName string) (*book.Book, error) {
	w := s.w
	public, private, err := ed25519.GenerateKey(w.deps.Rand)
	if err != nil {
		return nil, err
	}
	s.relay = private
	relay := charter.Relay{Key: canon.RelayKey(public)} // without an address: the link says that there is none
	member, err := canon.RandomID(w.deps.Rand)
	if err != nil {
		return nil, err
	}
	var secret *charter.InviteSecret
	device, err := keychain.NewDevice(w.deps.Rand)
	if err != nil {
		return nil, err
	}
	department := departmentID(departmentName, func(id string) bool { _, taken := w.Charter().Department(id); return taken })
	for _, create := range []func(*charter.State, int64) (charter.Record, error){
		func(st *charter.State, at int64) (charter.Record, error) {
			return charter.NewRelay(st, []charter.Relay{relay}, nil, at, w.keys)
		},
		func(st *charter.State, at int64) (charter.Record, error) {
			return charter.NewDepartment(st, charter.Department{ID: department, Name: departmentName}, at, w.keys)
		},
		func(st *charter.State, at int64) (rec charter.Record, err error) {
			if secret, err = charter.NewInviteSecret(st, w.deps.Rand); err != nil {
				return rec, err
			}
			return charter.NewInvite(st, charter.InviteSpec{
				Member: canon.MemberID(member), Name: name, Department: department, Role: charter.RoleColleague,
			}, secret, w.ring, at, w.keys)
		},
		func(st *charter.State, at int64) (charter.Record, error) {
			keys := charter.Keys{Sign: device.SignPublic(), HPKE: device.HPKE().Public(), Name: name + "的电脑"}
			return charter.NewJoin(st, charter.JoinSpec{Device: keys}, secret, at, device)
		},
	} {
		if err := s.state(create); err != nil {
			return nil, err
		}
	}
	r, err := repo.Open(memstore.New(), repo.Config{Workspace: w.ID(), Signer: device, Rand: w.deps.Rand, Now: s.clock.now})
	if err != nil {
		return nil, err
	}
	statements, err := w.repo.Statements(0, int(w.repo.Charter().Len()))
	if err != nil {
		return nil, err
	}
	if _, err := r.AddStatements(statements...); err != nil {
		return nil, err
	}
	ring, _ := charter.OpenGrants(w.Charter(), device.Device(), device.HPKE())
	return newSampleBook(r, ring, w.deps.Rand, s.clock.now), nil
}

func newSampleBook(r *repo.Repo, ring *seal.Ring, random io.Reader, now func() time.Time) *book.Book {
	return book.New(book.Config{Repo: r, Schema: schema.Default(), Ring: ring, Rand: random, Now: now})
}

// exchange puts what both sides wrote into one order and gives it to both, as a
// relay does.
func (s *sampler) exchange(ctx context.Context, chen *book.Book) error {
	if s.log == (wire.LogID{}) {
		if _, err := io.ReadFull(s.w.deps.Rand, s.log[:]); err != nil {
			return err
		}
	}
	var items []wire.Item
	var salts []wire.Salt
	for _, from := range []*repo.Repo{s.w.repo, chen.Repo} {
		out, err := from.Outbox(0, 10*SampleCustomers)
		if err != nil {
			return err
		}
		for _, o := range out {
			env, err := wire.ParseEnvelope(o.Envelope)
			if err != nil {
				return err
			}
			s.seq++
			items = append(items, wire.Item{Record: &wire.LogRecord{
				Seq: s.seq, Time: s.clock.now().UnixMilli(), C: s.w.Charter().Head().Seq, Envelope: env,
			}})
			if o.Salt != nil {
				salts = append(salts, wire.Salt{Doc: o.Doc, Salt: *o.Salt})
			}
		}
	}
	for _, to := range []*repo.Repo{s.w.repo, chen.Repo} {
		got, err := to.Accept(ctx, items, wire.Cursor{Log: s.log, Seq: s.seq})
		if err != nil {
			return err
		}
		if len(got.Refused) > 0 {
			return fmt.Errorf("%d invented edits refused: %s", len(got.Refused), got.Refused[0].Code)
		}
	}
	_, err := chen.Repo.AddSalts(salts...)
	return errors.Join(err, s.w.follow.catchUp(ctx))
}
