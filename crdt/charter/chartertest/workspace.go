// Package chartertest builds workspaces with real keys for the tests of the
// packages above charter: members, roles and sections in a line each.
//
// Keys, ids and names depend on the seed only. The workspace id does not: the
// wraps of genesis draw their own randomness.
package chartertest

import (
	"crypto/ed25519"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/seal"
)

// Start is the time of the genesis, in seconds; every statement is a second
// later than the one before.
const Start int64 = 1_750_000_000

// The departments of every workspace; the last two lie below sales.
const (
	Company = "company"
	Sales   = "sales"
	Service = "service"
	Finance = "finance"
	North   = "north"
	South   = "south"
)

// Device is a device (or the kit) with its secrets.
type Device struct {
	*charter.KeySigner
	Pair   *seal.KeyPair
	Keys   charter.Keys
	Member canon.MemberID
}

// Workspace is a charter with everyone's keys. It is not safe for concurrent
// use; what it hands out is.
type Workspace struct {
	tb      testing.TB
	random  *source
	Log     *charter.Log
	ID      canon.WorkspaceID
	Relay   ed25519.PrivateKey
	Founder *Device
	Kit     *Device
	Now     int64 // time of the last receipt
}

// New makes a workspace with the default sections and fields, the default roles
// and the templates of PO11, the departments above, a founder in Company, and a
// relay that has receipted its first statement.
func New(tb testing.TB, seed uint64) *Workspace {
	tb.Helper()
	w := Bare(tb, seed)
	w.AddRelay()
	return w
}

// Bare is New without the relay: a workspace that met none yet.
func Bare(tb testing.TB, seed uint64) *Workspace {
	tb.Helper()
	w := &Workspace{tb: tb, random: newSource(seed), Now: Start}
	member := canon.MemberID(w.Random16())
	w.Founder, w.Kit = w.NewDevice(member, "电脑"), w.NewDevice(member, "恢复套件")
	w.Relay = ed25519.NewKeyFromSeed(w.bytes(32))
	spec := Spec(w)
	r, _, err := charter.NewGenesis(spec, w.Founder, w.random)
	if err != nil {
		tb.Fatalf("seed %d: genesis: %v", seed, err)
	}
	w.Log, err = charter.NewLog(canon.WorkspaceID{}, []charter.Record{r})
	if err != nil {
		tb.Fatalf("seed %d: genesis: %v", seed, err)
	}
	w.ID = w.Log.Workspace()
	return w
}

// Spec is the genesis that Bare signs.
func Spec(w *Workspace) charter.GenesisSpec {
	return charter.GenesisSpec{
		Name: "同册测试有限公司",
		Departments: []charter.Department{
			{ID: Company, Name: "公司"},
			{ID: Sales, Name: "销售部", Parent: Company},
			{ID: Service, Name: "客服部", Parent: Company},
			{ID: Finance, Name: "财务部", Parent: Company},
			{ID: North, Name: "北区", Parent: Sales},
			{ID: South, Name: "南区", Parent: Sales},
		},
		Roles:    append(charter.DefaultRoles(), Templates()...),
		Sections: charter.DefaultSections(Company),
		Fields:   charter.DefaultFields(),
		Founder:  charter.Founder{ID: w.Founder.Member, Name: "创始人", Department: Company, Role: charter.RoleFounder},
		Device:   w.Founder.Keys, Kit: w.Kit.Keys, Time: Start,
	}
}

// source is seeded randomness that tests running side by side may draw from.
type source struct {
	mu  sync.Mutex
	rng *rand.ChaCha8
}

func newSource(seed uint64) *source {
	var b [32]byte
	binary.BigEndian.PutUint64(b[:], seed)
	return &source{rng: rand.NewChaCha8(b)}
}

// Read never fails.
func (s *source) Read(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rng.Read(b)
}

// Rand is the workspace's source, for what a test draws itself.
func (w *Workspace) Rand() io.Reader { return w.random }

// Random16 draws an id.
func (w *Workspace) Random16() [16]byte { return [16]byte(w.bytes(16)) }

func (w *Workspace) bytes(n int) []byte {
	b := make([]byte, n)
	_, _ = w.random.Read(b) // never fails
	return b
}

// NewDevice draws keys; the device is not in the charter yet.
func (w *Workspace) NewDevice(member canon.MemberID, name string) *Device {
	w.tb.Helper()
	key := ed25519.NewKeyFromSeed(w.bytes(32))
	pair, err := seal.NewKeyPair([32]byte(w.bytes(32)))
	if err != nil {
		w.tb.Fatalf("key pair: %v", err)
	}
	s := charter.NewSigner(key, pair.Public())
	return &Device{
		KeySigner: s, Pair: pair, Member: member,
		Keys: charter.Keys{Sign: s.Public(), HPKE: pair.Public(), Name: name},
	}
}

// State is the newest state.
func (w *Workspace) State() *charter.State { return w.Log.State() }

// RelayKey is the relay's public key.
func (w *Workspace) RelayKey() canon.RelayKey {
	p, _ := w.Relay.Public().(ed25519.PublicKey)
	return canon.RelayKey(p)
}

// AddRelay names the relay and has it receipt that statement.
func (w *Workspace) AddRelay() charter.Record {
	w.tb.Helper()
	return w.Must(&charter.RelayContent{Added: []charter.Relay{
		{Key: w.RelayKey(), Addresses: []string{"127.0.0.1:8443"}},
	}}, w.Founder)
}

// Ring opens what the charter grants to the device; broken grants fail the test.
func (w *Workspace) Ring(d *Device) *seal.Ring {
	w.tb.Helper()
	ring, broken := charter.OpenGrants(w.State(), d.Device(), d.Pair)
	if len(broken) > 0 {
		w.tb.Fatalf("device %s: %d broken grants", d.Device(), len(broken))
	}
	return ring
}

// Sign makes the record that follows the state without judging it, so that a
// test can make what must be refused. A join's second signer signs as invite.
func (w *Workspace) Sign(s *charter.State, c charter.Content, signers ...canon.Signer) charter.Record {
	w.tb.Helper()
	h := s.Head()
	return w.SignBody(charter.Body{
		V: charter.Version, Seq: h.Seq + 1, Prev: h.Hash, Kind: uint64(c.Kind()), Time: w.Now, Content: canon.MustMarshal(c),
	}, signers...)
}

// SignBody signs any body.
func (w *Workspace) SignBody(b charter.Body, signers ...canon.Signer) charter.Record {
	w.tb.Helper()
	for _, s := range signers {
		b.Signers = append(b.Signers, s.Device())
	}
	r := charter.Record{Body: canon.MustMarshal(b)}
	for i, s := range signers {
		d := canon.DomainStatement
		if b.Kind == uint64(charter.KindJoin) && i == 1 {
			d = canon.DomainInviteProof
		}
		sig, err := s.Sign(d, append(append([]byte{}, w.ID[:]...), r.Body...))
		if err != nil {
			w.tb.Fatalf("sign: %v", err)
		}
		r.Signatures = append(r.Signatures, sig)
	}
	return r
}

// Receipt adds the relay's receipt at the time.
func (w *Workspace) Receipt(r charter.Record, at int64) charter.Record {
	w.tb.Helper()
	h, err := r.Head(w.ID)
	if err != nil {
		w.tb.Fatalf("head: %v", err)
	}
	r.Receipt = charter.Countersign(w.Relay, w.ID, h, at)
	return r
}

// Try makes the record, receipts it a second later than the last one and
// appends it; it returns what the charter says.
func (w *Workspace) Try(c charter.Content, signers ...canon.Signer) (charter.Record, error) {
	w.tb.Helper()
	return w.TryRecord(w.Sign(w.State(), c, signers...))
}

// TryRecord receipts a record, where that is due, and appends it.
func (w *Workspace) TryRecord(r charter.Record) (charter.Record, error) {
	w.tb.Helper()
	if b, err := r.Decode(); err == nil && (w.State().NeedsReceipts() || b.Kind == uint64(charter.KindRelay)) {
		r = w.Receipt(r, w.Now+1)
	}
	if err := w.Log.Append(r); err != nil {
		return r, err
	}
	w.Now++
	return r, nil
}

// Must is Try that fails the test.
func (w *Workspace) Must(c charter.Content, signers ...canon.Signer) charter.Record {
	w.tb.Helper()
	r, err := w.Try(c, signers...)
	if err != nil {
		w.tb.Fatalf("%s statement: %v", c.Kind(), err)
	}
	return r
}

// MustRecord is TryRecord that fails the test.
func (w *Workspace) MustRecord(r charter.Record, err error) charter.Record {
	w.tb.Helper()
	if err == nil {
		r, err = w.TryRecord(r)
	}
	if err != nil {
		w.tb.Fatalf("statement: %v", err)
	}
	return r
}

// Invite makes an invite for a new member, signed by the founder.
func (w *Workspace) Invite(role, department, name string) *charter.InviteSecret {
	w.tb.Helper()
	return w.InviteBy(w.Founder, charter.InviteSpec{
		Member: w.Random16(), Name: name, Department: department, Role: role,
	})
}

// InviteBy makes an invite signed by the device.
func (w *Workspace) InviteBy(d *Device, spec charter.InviteSpec) *charter.InviteSecret {
	w.tb.Helper()
	secret, err := charter.NewInviteSecret(w.State(), w.random)
	if err != nil {
		w.tb.Fatalf("invite: %v", err)
	}
	w.MustRecord(charter.NewInvite(w.State(), spec, secret, w.Ring(d), w.Now, d))
	return secret
}

// Accept joins a new device through the invite.
func (w *Workspace) Accept(secret *charter.InviteSecret, name string) *Device {
	w.tb.Helper()
	id, err := secret.ID()
	if err != nil {
		w.tb.Fatalf("invite: %v", err)
	}
	invite, _ := w.State().Invite(id)
	d := w.NewDevice(invite.Member, "电脑")
	spec := charter.JoinSpec{Device: d.Keys}
	if invite.New && invite.Name == "" {
		spec.Member = name
	}
	w.MustRecord(charter.NewJoin(w.State(), spec, secret, w.Now, d))
	return d
}

// Join brings a new member with one device.
func (w *Workspace) Join(role, department, name string) *Device {
	w.tb.Helper()
	return w.Accept(w.Invite(role, department, name), name)
}

// Further brings a further device of the same member.
func (w *Workspace) Further(d *Device) *Device {
	w.tb.Helper()
	return w.Accept(w.InviteBy(d, charter.InviteSpec{Member: d.Member}), "")
}

// Promote gives the member a role, signed by the founder: the way to admin.
func (w *Workspace) Promote(d *Device, role string) {
	w.tb.Helper()
	m, _ := w.State().Member(d.Member)
	w.Must(&charter.MemberContent{ID: m.ID, Name: m.Name, Department: m.Department, Role: role}, w.Founder)
}

// Revoke revokes a device with the cut, signed by the founder, without rotation.
func (w *Workspace) Revoke(d *Device, cut uint64, why charter.Reason) {
	w.tb.Helper()
	w.Must(&charter.RevokeContent{Devices: []charter.Cut{{Device: d.Device(), N: cut}}, Reason: why}, w.Founder)
}
