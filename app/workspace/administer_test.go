package workspace_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"tongce/app/book"
	"tongce/app/keychain"
	"tongce/app/keychain/ringtest"
	"tongce/app/link"
	"tongce/app/workspace"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/peer"
	"tongce/crdt/wire"
	"tongce/relay/relaytest"
)

// company is a founder's workspace that has met its relay.
func company(t *testing.T) (a *workspace.Workspace, stop func()) {
	t.Helper()
	address, stop := relaytest.Serve(t)
	a = create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "a")))
	if _, err := a.SetRelay(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	return a, stop
}

func invite(t *testing.T, a *workspace.Workspace, department string) string {
	t.Helper()
	text, _, err := a.Invite(t.Context(), workspace.InviteSpec{Role: charter.RoleColleague, Department: department, Member: "王芳"})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func joined(t *testing.T, a *workspace.Workspace, d workspace.Deps) *workspace.Workspace {
	t.Helper()
	b, err := workspace.Join(t.Context(), d, workspace.JoinSpec{
		Dir: filepath.Join(t.TempDir(), "b"), Link: invite(t, a, "销售部"), Device: "王芳的电脑",
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

func exchange(t *testing.T, all ...*workspace.Workspace) {
	t.Helper()
	for _, w := range all {
		if _, err := w.Sync(t.Context(), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
}

func administer(t *testing.T, w *workspace.Workspace, c func(*charter.State) charter.Content) {
	t.Helper()
	err := workspace.Administer(t.Context(), w, func(s *charter.State, by canon.Signer) (charter.Record, error) {
		return charter.NewStatement(s, c(s), time.Now().Unix(), by)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func department(id, name string) func(*charter.State) charter.Content {
	return func(*charter.State) charter.Content { return &charter.DepartmentContent{ID: id, Name: name} }
}

// promote gives a member another role.
func promote(of *workspace.Workspace, role string) func(*charter.State) charter.Content {
	me := of.Me()
	return func(*charter.State) charter.Content {
		return &charter.MemberContent{ID: me.ID, Name: me.Name, Department: me.Department, Role: role}
	}
}

// TestStanding: statements that change nothing of what a member sees make no
// index anew; another role does, and then the list is what that role shows.
func TestStanding(t *testing.T) {
	t.Parallel()
	a, _ := company(t)
	b := joined(t, a, deps(&ringtest.Memory{}))
	for i := range 3 {
		customer(t, a, book.Set{Field: "name", Text: fmt.Sprintf("第%d家公司", i)})
	}
	exchange(t, a, b)
	events := make(chan workspace.Event, 1000)
	defer b.Events(func(e workspace.Event) { events <- e })()
	// anew writes a customer, and tells whether an event up to that one's said
	// that the index is made anew.
	anew := func(name string) (id canon.DocID, said bool) {
		t.Helper()
		id = customer(t, b, book.Set{Field: "name", Text: name}).ID
		late := time.After(time.Minute)
		for {
			select {
			case e := <-events:
				said = said || e.Indexing
				if slices.Contains(e.Docs, id) {
					return id, said
				}
			case <-late:
				t.Fatal("no event named the new customer")
			}
		}
	}
	own, _ := anew("自己的公司") // the first start is past
	administer(t, a, department("lab", "实验室"))
	invite(t, a, "财务部") // a department, an invite
	administer(t, a, func(s *charter.State) charter.Content {
		role, _ := s.Role(charter.RoleColleague)
		role.ID, role.Name, role.ReadRows, role.WriteRows = "seller", "业务员", charter.RowsOwn, charter.RowsOwn
		c := charter.RoleContent(role)
		return &c
	})
	exchange(t, b)
	if b.Charter().Head() != a.Charter().Head() || total(t, b) != 4 {
		t.Fatalf("B has %d customers and statement %d of %d", total(t, b), b.Charter().Head().Seq, a.Charter().Head().Seq)
	}
	if _, said := anew("另一家"); said {
		t.Error("the index was made anew by statements that change nothing of it")
	}
	administer(t, a, promote(b, "seller"))
	exchange(t, b)
	if got := total(t, b); got != 2 {
		t.Errorf("of own rows: got %d customers, want the 2 own ones", got)
	}
	if _, ok := b.Index.Customer(own); !ok {
		t.Error("the own customer is not in the list")
	}
	if _, said := anew("再一家"); !said {
		t.Error("another role made no index anew, or nobody was told")
	}
	administer(t, a, promote(b, charter.RoleColleague))
	exchange(t, b)
	if got := total(t, b); got != 6 {
		t.Errorf("of all rows again: got %d customers, want 6", got)
	}
}

// TestTR3_AdministerAgain: what was made of a charter that moved meanwhile is
// made anew of the one that came, once for each time, and both statements hold.
func TestTR3_AdministerAgain(t *testing.T) {
	t.Parallel()
	a, stop := company(t)
	b := joined(t, a, deps(&ringtest.Memory{}))
	exchange(t, a)
	administer(t, a, promote(b, charter.RoleFounder))
	exchange(t, b)
	var made []charter.Head
	err := workspace.Administer(t.Context(), a, func(s *charter.State, by canon.Signer) (charter.Record, error) {
		made = append(made, s.Head())
		if n := len(made); n <= 2 { // somebody else is faster, twice
			administer(t, b, department(fmt.Sprintf("b%d", n), fmt.Sprintf("乙部%d", n)))
		}
		return charter.NewStatement(s, &charter.DepartmentContent{ID: "mine", Name: "甲部"}, time.Now().Unix(), by)
	})
	if err != nil {
		t.Fatal(err)
	}
	exchange(t, b)
	for _, w := range []*workspace.Workspace{a, b} {
		for _, id := range []string{"b1", "b2", "mine"} {
			if _, ok := w.Charter().Department(id); !ok {
				t.Errorf("department %s is not in the charter", id)
			}
		}
	}
	if len(made) != 3 || made[0] == made[1] || made[1] == made[2] || a.Charter().Head() != b.Charter().Head() {
		t.Errorf("made %d times", len(made))
	}
	// Somebody who is faster every time: it ends, and nothing waits to be sent.
	rounds := 0
	err = workspace.Administer(t.Context(), a, func(s *charter.State, by canon.Signer) (charter.Record, error) {
		rounds++
		administer(t, b, department("b1", fmt.Sprintf("乙部又%d", rounds)))
		return charter.NewStatement(s, &charter.DepartmentContent{ID: "never", Name: "丙部"}, time.Now().Unix(), by)
	})
	if refused, ok := errors.AsType[*peer.RefusedError](err); !ok || refused.Code != wire.CodeCharterMoved || rounds != 4 {
		t.Errorf("after %d rounds: %v, want charter_moved", rounds, err)
	}
	if signed, err := a.Repo().Signed(); err != nil || signed != nil {
		t.Errorf("a statement of %d bytes waits, %v", len(signed), err)
	}
	// A relay that is away: the statement is kept, and no other one is signed.
	stop()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	one := func(s *charter.State, by canon.Signer) (charter.Record, error) {
		return charter.NewStatement(s, &charter.DepartmentContent{ID: "kept", Name: "留部"}, time.Now().Unix(), by)
	}
	if err := workspace.Administer(ctx, a, one); !errors.Is(err, link.ErrOffline) {
		t.Errorf("without the relay: %v, want ErrOffline", err)
	}
	kept, err := a.Repo().Signed()
	if err != nil || kept == nil {
		t.Fatalf("nothing was kept: %v", err)
	}
	again, cancelAgain := context.WithTimeout(t.Context(), time.Second)
	defer cancelAgain()
	err = workspace.Administer(again, a, func(*charter.State, canon.Signer) (charter.Record, error) {
		t.Error("a second statement was made while one waits for its place")
		return charter.Record{}, errors.New("unreachable")
	})
	if after, _ := a.Repo().Signed(); !errors.Is(err, link.ErrOffline) || string(after) != string(kept) {
		t.Errorf("a second one: %v; what waited changed: %v", err, string(after) != string(kept))
	}
}

// cutting is a connection that dies as soon as a file is there: the key file of
// who joins is on disk right before the join goes out.
type cutting struct {
	net.Conn
	file        string
	read, write bool
}

func (c *cutting) there() bool {
	_, err := os.Stat(c.file)
	return err == nil
}

func (c *cutting) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.read && c.there() {
		return 0, net.ErrClosed
	}
	return n, err
}

func (c *cutting) Write(b []byte) (int, error) {
	if c.write && c.there() {
		return 0, net.ErrClosed
	}
	return c.Conn.Write(b)
}

// TestTR3_JoinSentAgain: a join whose answer is lost, or that did not go out, is
// finished by the same call with the same invite, by the same device: the one
// that was signed is sent again, and made anew only where its place is taken.
func TestTR3_JoinSentAgain(t *testing.T) {
	t.Parallel()
	a, _ := company(t)
	for _, c := range []struct {
		name        string
		write, read bool
		meanwhile   bool
	}{
		{name: "answer lost", read: true},
		{name: "not sent", write: true},
		{name: "not sent, and its place was taken", write: true, meanwhile: true},
		{name: "answer lost, and others came after it", read: true, meanwhile: true},
	} {
		dir := filepath.Join(t.TempDir(), "b")
		whole := deps(&ringtest.Memory{})
		cut := whole
		cut.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
			return &cutting{Conn: conn, file: filepath.Join(dir, keychain.FileName), read: c.read, write: c.write}, err
		}
		s := workspace.JoinSpec{Dir: dir, Link: invite(t, a, "销售部"), Device: "王芳的电脑"}
		if w, err := workspace.Join(t.Context(), cut, s); !errors.Is(err, link.ErrOffline) {
			t.Fatalf("%s: %v, %v; want ErrOffline", c.name, w, err)
		}
		keys, err := keychain.Inspect(dir)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if w, err := workspace.Open(t.Context(), whole, workspace.OpenSpec{Dir: dir}); !errors.Is(err, workspace.ErrUnfinished) {
			t.Errorf("%s: open: %v, %v; want ErrUnfinished", c.name, w, err)
		}
		if c.meanwhile {
			administer(t, a, department("x"+fmt.Sprint(a.Charter().Head().Seq), "新部门"))
		}
		b, err := workspace.Join(t.Context(), whole, s)
		if err != nil {
			t.Fatalf("%s: again: %v", c.name, err)
		}
		if b.Device() != keys.Device {
			t.Errorf("%s: another device joined", c.name)
		}
		exchange(t, a, b)
		me, _ := a.Charter().MemberOf(b.Device())
		if n := len(a.Charter().DevicesOf(me.ID)); n != 1 || me.Name != "王芳" || a.Charter().Head() != b.Charter().Head() {
			t.Errorf("%s: %d devices of %q", c.name, n, me.Name)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if _, err := workspace.Join(t.Context(), whole, s); !errors.Is(err, workspace.ErrExists) {
			t.Errorf("%s: a third time: %v, want ErrExists", c.name, err)
		}
	}
}
