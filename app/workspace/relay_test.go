package workspace_test

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tongce/app/book"
	"tongce/app/keychain/ringtest"
	"tongce/app/link"
	"tongce/app/workspace"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
	"tongce/relay/relaytest"
)

// served is a fresh relay as it prints itself.
func served(t *testing.T) string {
	t.Helper()
	address, _ := relaytest.Serve(t)
	key, err := link.Meet(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return address + "#" + key.String()
}

// unreachable is an address that nobody answers at.
func unreachable(t *testing.T) string {
	t.Helper()
	ln, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	return ln.Addr().String()
}

var otherKey = "#" + strings.Repeat("ab", 32) //nolint:gochecknoglobals // a constant

// hosts lets a test answer for a name, and counts how often it is dialled.
type hosts struct {
	to    atomic.Pointer[string]
	dials atomic.Int64
}

func (h *hosts) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if strings.HasPrefix(address, "relay.test:") {
		h.dials.Add(1)
		to := h.to.Load()
		if to == nil {
			return nil, errors.New("nobody is there")
		}
		address = *to
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}

func (h *hosts) deps() workspace.Deps {
	d := deps(&ringtest.Memory{})
	d.Dial = h.dial
	return d
}

// until waits for a state of the link.
func until(t *testing.T, w *workspace.Workspace, what string, ok func(peer.Status) bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if st := w.Link.Status(); ok(st) {
			return
		} else if time.Now().After(end) {
			t.Fatalf("%s: the link stays %+v", what, st)
		}
	}
}

// TestRelayOfAnotherKeyIsNotNamed: where a relay answers with another key than
// was typed, it is refused at once, and the book is as it was.
func TestRelayOfAnotherKeyIsNotNamed(t *testing.T) {
	t.Parallel()
	right := served(t)
	address, _, _ := strings.Cut(right, "#")
	for _, connected := range []bool{false, true} {
		w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "a")))
		if connected {
			w.Connect()
		}
		began := time.Now()
		if _, err := w.SetRelay(t.Context(), address+otherKey); !errors.Is(err, link.ErrRelayIdentity) {
			t.Errorf("connected %v: got %v, want ErrRelayIdentity", connected, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("connected %v: said after %v", connected, took)
		}
		if got := w.Relays(); len(got) > 0 {
			t.Errorf("connected %v: it was named all the same: %v", connected, got)
		}
	}
	met, _ := company(t)
	before := met.Charter().Head()
	for wrong, want := range map[string]error{address + otherKey: link.ErrRelayIdentity, unreachable(t) + otherKey: link.ErrOffline} {
		if _, err := met.SetRelay(t.Context(), wrong); !errors.Is(err, want) || met.Charter().Head() != before {
			t.Errorf("beside a relay that was met: %v, want %v; statement %d of %d", err, want, met.Charter().Head().Seq, before.Seq)
		}
	}
}

// TestTR2_AnotherRelayBesideOneThatWasMet: the one that was met receipts the
// other, and when it is gone, everybody goes on there with everything.
func TestTR2_AnotherRelayBesideOneThatWasMet(t *testing.T) {
	t.Parallel()
	a, stop := company(t)
	b := joined(t, a, deps(&ringtest.Memory{}))
	customer(t, a, book.Set{Field: "name", Text: "甲公司"})
	exchange(t, a, b)
	customer(t, b, book.Set{Field: "name", Text: "乙公司"})
	name(t, a, served(t))
	exchange(t, b) // it may hear of the new one from the old one only
	stop()
	exchange(t, b, a)
	c := joined(t, a, deps(&ringtest.Memory{}))
	exchange(t, c)
	if total(t, a) != 2 || total(t, b) != 2 || total(t, c) != 2 {
		t.Errorf("A has %d customers, B %d, and who joined at the new relay %d", total(t, a), total(t, b), total(t, c))
	}
}

// TestTR2_AnotherRelayInPlaceOfOneNeverMet: whatever the first is, the second
// simply takes its place, also for what was written meanwhile and for an invite.
func TestTR2_AnotherRelayInPlaceOfOneNeverMet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		first func(t *testing.T, h *hosts, w *workspace.Workspace)
	}{
		{"away for ever", func(t *testing.T, _ *hosts, w *workspace.Workspace) {
			t.Helper()
			name(t, w, unreachable(t)+otherKey)
			until(t, w, "away", func(s peer.Status) bool { return s.State == peer.StateOffline })
		}},
		{"another key, seen later", func(t *testing.T, h *hosts, w *workspace.Workspace) {
			t.Helper()
			name(t, w, "relay.test:1"+otherKey)
			at, _, _ := strings.Cut(served(t), "#")
			h.to.Store(&at)
			w.Link.Nudge()
			until(t, w, "another key", func(s peer.Status) bool { return s.State == peer.StateIdentity })
		}},
		{"another company's", func(t *testing.T, _ *hosts, w *workspace.Workspace) {
			t.Helper()
			taken := served(t)
			other := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "other")))
			name(t, other, taken)
			name(t, w, taken)
			until(t, w, "taken", func(s peer.Status) bool { return s.Code == wire.CodeDenied })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := &hosts{}
			w := create(t, h.deps(), spec(filepath.Join(t.TempDir(), "a")))
			w.Connect()
			c.first(t, h, w)
			customer(t, w, book.Set{Field: "name", Text: "甲公司"})
			right := served(t)
			began := time.Now()
			name(t, w, right)
			if took := time.Since(began); took > 10*time.Second {
				t.Errorf("taken after %v", took)
			}
			until(t, w, "the right one", func(s peer.Status) bool { return s.State == peer.StateSynced && s.Pending == 0 })
			relays := w.Charter().Relays()
			if len(relays) != 1 || relays[0].Addresses[0]+"#"+relays[0].Key.String() != right || w.Charter().AwaitsReceipt() {
				t.Errorf("the charter names %v", relays)
			}
			if _, _, err := w.Invite(t.Context(), workspace.InviteSpec{Role: charter.RoleColleague, Department: "销售部", Member: "王芳"}); err != nil {
				t.Errorf("invite: %v", err)
			}
		})
	}
}

func name(t *testing.T, w *workspace.Workspace, relay string) {
	t.Helper()
	if _, err := w.SetRelay(t.Context(), relay); err != nil {
		t.Fatal(err)
	}
}

// TestTR2_BackToNoRelay: a relay that was named and never met is let go again,
// also after a restart; one that was met stays.
func TestTR2_BackToNoRelay(t *testing.T) {
	t.Parallel()
	d := deps(&ringtest.Memory{})
	dir := filepath.Join(t.TempDir(), "a")
	w := create(t, d, spec(dir))
	away := unreachable(t)
	name(t, w, away+otherKey)
	reopen := func() {
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var err error
		if w, err = workspace.Open(t.Context(), d, workspace.OpenSpec{Dir: dir}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = w.Close() })
	}
	reopen()
	if got := w.Relays(); len(got) != 1 || got[0].Addresses[0] != away || "#"+got[0].Key.String() != otherKey || w.RelayMet() {
		t.Errorf("after a restart: got %v, met %v", got, w.RelayMet())
	}
	if _, _, err := w.Invite(t.Context(), workspace.InviteSpec{Role: charter.RoleColleague, Department: "销售部"}); !errors.Is(err, link.ErrOffline) {
		t.Errorf("an invite to a relay that is away: %v", err)
	}
	w.Connect()
	until(t, w, "named", func(s peer.Status) bool { return s.State == peer.StateOffline })
	name(t, w, "")
	until(t, w, "none", func(s peer.Status) bool { return s.State == peer.StateNoRelay })
	reopen()
	if got := w.Relays(); len(got) > 0 {
		t.Errorf("let go: got %v", got)
	}
	if _, err := w.Sync(t.Context(), time.Second); !errors.Is(err, link.ErrNoRelay) {
		t.Errorf("sync without a relay: %v", err)
	}
	name(t, w, served(t))
	if _, err := w.SetRelay(t.Context(), ""); !errors.Is(err, link.ErrAddress) || len(w.Relays()) != 1 || !w.RelayMet() {
		t.Errorf("one that was met: %v, %v", err, w.Relays())
	}
}

// TestWaitingForTheRelayDialsNoOftener: what waits for the relay's word does not
// dial more often than an exchange that nobody waits for.
func TestWaitingForTheRelayDialsNoOftener(t *testing.T) {
	t.Parallel()
	h := &hosts{}
	w := create(t, h.deps(), spec(filepath.Join(t.TempDir(), "a")))
	right := served(t)
	at, key, _ := strings.Cut(right, "#")
	h.to.Store(&at)
	name(t, w, "relay.test:1#"+key)
	h.to.Store(nil)
	w.Connect()
	until(t, w, "away", func(s peer.Status) bool { return s.State == peer.StateOffline })
	before := h.dials.Load()
	for _, wait := range []func(context.Context) error{
		func(ctx context.Context) error {
			_, _, err := w.Invite(ctx, workspace.InviteSpec{Role: charter.RoleColleague, Department: "销售部"})
			return err
		},
		func(ctx context.Context) error {
			kit, err := w.NewKit(ctx)
			if err == nil {
				kit.Close()
			}
			return err
		},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
		if err := wait(ctx); !errors.Is(err, link.ErrOffline) {
			t.Errorf("got %v, want ErrOffline", err)
		}
		cancel()
	}
	if n := h.dials.Load() - before; n > 4 {
		t.Errorf("dialled %d times in three seconds", n)
	}
}
