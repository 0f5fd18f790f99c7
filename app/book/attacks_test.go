package book_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tongce/app/book"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/charter/chartertest"
	"tongce/crdt/repo"
	"tongce/crdt/wire"
)

// TestAT12_NamesThatLookAlike: a second 王芳, written with a compatibility
// ideograph, and a name with a Cyrillic letter. Wherever one of them is named,
// department and id tell which (ID6); the others are named as ever.
func TestAT12_NamesThatLookAlike(t *testing.T) {
	t.Parallel()
	for _, names := range [][2]string{{"王芳", "王\U0002F994"}, {"王芳", "王芳"}, {"Anna", "Аnnа"}, {"Ｂob", "Bob"}} {
		w := chartertest.New(t, 12)
		first := newDesk(t, w, w.Join(charter.RoleColleague, chartertest.Sales, names[0]))
		second := newDesk(t, w, w.Join(charter.RoleColleague, chartertest.Service, names[1]))
		third := newDesk(t, w, w.Join(charter.RoleColleague, chartertest.Sales, "李强"))
		for _, d := range []*desk{first, second, third} {
			learn(t, w, d.Repo)
		}
		l := &relay{log: wire.LogID{1}}
		doc, _, err := first.Create(t.Context(), []book.Set{{Field: "name", Text: "甲公司"}})
		if err != nil {
			t.Fatal(err)
		}
		l.exchange(t, w, first, second, third)
		set(t, first, doc, "level", "重点")
		set(t, second, doc, "level", "普通")
		l.exchange(t, w, first, second, third)
		c, err := third.Conflict(doc, "level")
		if err != nil || len(c.Sides) != 2 {
			t.Fatalf("%q: %+v, %v", names, c, err)
		}
		for _, side := range c.Sides {
			name := names[0]
			if side.By.ID == second.device.Member {
				name = names[1]
			}
			want := fmt.Sprintf("%s（%s %s）", name, side.By.DepartmentName, side.By.ID.String()[:4])
			if side.By.Name != want || side.By.DepartmentName == "" {
				t.Errorf("conflict card: got %q, want %q", side.By.Name, want)
			}
		}
		if got := third.Person(third.device.Device()).Name; got != "李强" {
			t.Errorf("a name of its own: got %q", got)
		}
		w.Revoke(second.device, 1<<40, charter.ReasonLeft)
		m, _ := w.State().Member(second.device.Member)
		w.Must(&charter.MemberContent{ID: m.ID, Name: m.Name, Department: m.Department, Role: m.Role, Status: charter.StatusLeft}, w.Founder)
		learn(t, w, third.Repo)
		if got := third.Person(first.device.Device()).Name; got != names[0] {
			t.Errorf("alone again: got %q, want %q", got, names[0])
		}
	}
}

func set(t *testing.T, d *desk, doc canon.DocID, field, text string) {
	t.Helper()
	if _, err := d.Set(t.Context(), doc, book.Set{Field: field, Text: text}); err != nil {
		t.Fatal(err)
	}
}

// ground is a member whose device id was chosen to be above all others, so that
// its actors win every conflict.
func ground(t *testing.T, w *chartertest.Workspace) *chartertest.Device {
	t.Helper()
	secret := w.Invite(charter.RoleColleague, chartertest.Sales, "小夺")
	id, err := secret.ID()
	if err != nil {
		t.Fatal(err)
	}
	invite, _ := w.State().Invite(id)
	for range 20_000 {
		d := w.NewDevice(invite.Member, "电脑")
		if at := d.Device(); at[0] == 0xFF {
			r, err := charter.NewJoin(w.State(), charter.JoinSpec{Device: d.Keys}, secret, w.Now, d)
			w.MustRecord(r, err)
			return d
		}
	}
	t.Fatal("no such device id")
	return nil
}

// TestAT73_GroundDeviceID: who grinds a device id that wins every conflict gets
// the leading place and nothing else: both values stand with their authors and
// times, whichever was written last, and the other one can be chosen (PO7).
func TestAT73_GroundDeviceID(t *testing.T) {
	t.Parallel()
	w := chartertest.New(t, 73)
	li := newDesk(t, w, w.Join(charter.RoleColleague, chartertest.Service, "李强"))
	s := newDesk(t, w, ground(t, w))
	learn(t, w, li.Repo)
	if a, b := li.device.Device(), s.device.Device(); bytes.Compare(a[:], b[:]) >= 0 {
		t.Fatal("the id is not above")
	}
	l := &relay{log: wire.LogID{1}}
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "甲公司"}})
	if err != nil {
		t.Fatal(err)
	}
	l.exchange(t, w, li, s)
	for i, order := range [][]*desk{{li, s}, {s, li}, {li, s}, {s, li}} {
		texts := map[canon.MemberID]string{}
		for n, d := range order {
			texts[d.device.Member] = fmt.Sprintf("备注%d-%d", i, n)
			set(t, d, doc, "remark", texts[d.device.Member])
		}
		l.exchange(t, w, order...)
		l.exchange(t, w, order...)
		for _, d := range order {
			c, err := d.Conflict(doc, "remark")
			if err != nil || len(c.Sides) != 2 {
				t.Fatalf("round %d: %+v, %v", i, c, err)
			}
			if c.Sides[1].By.ID != s.device.Member {
				t.Errorf("round %d: the ground id does not lead; the test shows nothing", i)
			}
			for _, side := range c.Sides {
				if side.Text != texts[side.By.ID] || side.By.Name == "" || side.By.DepartmentName == "" || side.Origin.Time == 0 {
					t.Errorf("round %d: side %+v", i, side)
				}
			}
			view, err := d.Get(doc)
			if err != nil {
				t.Fatal(err)
			}
			if f := view.Field("remark"); f.Others() != 1 || f.Settled {
				t.Errorf("round %d: the card hides the other value: %+v", i, f)
			}
		}
		c, err := li.Conflict(doc, "remark")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := li.Resolve(t.Context(), doc, "remark", c.Sides[0].Op); err != nil {
			t.Fatal(err)
		}
		l.exchange(t, w, li, s)
		if got := lead(t, s, doc, "remark").Text; got != texts[li.device.Member] {
			t.Errorf("round %d: after choosing the other value: %q", i, got)
		}
	}
}

// TestAT34_SaltsWithheld: a relay keeps the salts of 100 customers for a day.
// Nothing is called erased or lost, open fields work, sealed ones wait; another
// salt is not taken (AT33); when the salts come, all of it opens (SE0).
func TestAT34_SaltsWithheld(t *testing.T) {
	t.Parallel()
	w, li, chen := two(t)
	head := w.State().Head().Seq
	numbers := map[canon.DocID]string{}
	var docs []canon.DocID
	for i := range 100 {
		number := fmt.Sprintf("139%08d", i)
		doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: fmt.Sprintf("第%d家公司", i)}, {Field: "mobile", Text: number}})
		if err != nil {
			t.Fatal(err)
		}
		numbers[doc], docs = number, append(docs, doc)
	}
	out, err := li.Repo.Outbox(0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range out {
		env, err := wire.ParseEnvelope(o.Envelope)
		if err != nil {
			t.Fatal(err)
		}
		rec := wire.LogRecord{Seq: uint64(i + 1), Time: 1, C: head, Envelope: env}
		if got, err := chen.Repo.Accept(t.Context(), []wire.Item{{Record: &rec}}, wire.Cursor{Log: wire.LogID{1}, Seq: rec.Seq, Doc: env.Body.Doc}); err != nil || len(got.Refused) > 0 {
			t.Fatal(got, err)
		}
	}
	for i, doc := range docs {
		c, err := chen.Get(doc)
		if err != nil {
			t.Fatal(err)
		}
		if v := c.Field("mobile").Lead(); v.State != book.Waiting || c.Deleted {
			t.Fatalf("customer %d without its salt: %+v, deleted %v", i, v, c.Deleted)
		}
		if c.Field("name").Lead().Text == "" {
			t.Errorf("customer %d: the open name is not shown", i)
		}
		if _, err := chen.Reveal(doc, "mobile"); !errors.Is(err, book.ErrNotHere) {
			t.Errorf("customer %d: reveal: %v, want ErrNotHere", i, err)
		}
		if _, err := chen.Set(t.Context(), doc, book.Set{Field: "mobile", Text: "13800000000"}); !errors.Is(err, book.ErrNotHere) {
			t.Errorf("customer %d: a sealed edit: %v, want ErrNotHere", i, err)
		}
		if n, err := chen.Repo.AddSalts(wire.Salt{Doc: doc, Salt: [32]byte{byte(i), 1}}); n != 0 || !errors.Is(err, repo.ErrSalt) {
			t.Errorf("customer %d: another salt: %d, %v, want ErrSalt", i, n, err)
		}
	}
	set(t, chen, docs[0], "remark", "先记下来")
	if p, err := chen.Repo.Quarantined(); err != nil || len(p) != 0 {
		t.Errorf("set aside: %v, %v", p, err)
	}
	for _, doc := range docs {
		salt, _, err := li.Repo.Salt(doc)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := chen.Repo.AddSalts(wire.Salt{Doc: doc, Salt: salt}); n != 1 || err != nil {
			t.Fatalf("the salt itself: %d, %v", n, err)
		}
		if got, err := chen.Reveal(doc, "mobile"); err != nil || !slices.Equal(got["mobile"], []string{numbers[doc]}) {
			t.Errorf("after the salt came: %v, %v", got, err)
		}
	}
}

// TestAT39_ValuesOfAnySize: what is too long for a sealed field is refused with
// a reason and changes nothing; what is cleared is a sealed null; nothing is cut.
func TestAT39_ValuesOfAnySize(t *testing.T) {
	t.Parallel()
	_, li, _ := two(t)
	doc, _, err := li.Create(t.Context(), []book.Set{{Field: "name", Text: "甲公司"}, {Field: "mobile", Text: "13812905678"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"16 KiB + 1": strings.Repeat("9", 16<<10+1), "1,000,000 digits": strings.Repeat("9", 1_000_000),
	} {
		if _, err := li.Set(t.Context(), doc, book.Set{Field: "mobile", Text: text}); !errors.Is(err, book.ErrTooLong) {
			t.Errorf("%s: %v, want ErrTooLong", name, err)
		}
		if got, err := li.Reveal(doc, "mobile"); err != nil || !slices.Equal(got["mobile"], []string{"13812905678"}) {
			t.Errorf("%s: afterwards %d values, %v", name, len(got["mobile"]), err)
		}
	}
	long := strings.Repeat("9", 16<<10-3) // 3 bytes of CBOR head: as much as goes in
	set(t, li, doc, "mobile", long)
	if got, err := li.Reveal(doc, "mobile"); err != nil || !slices.Equal(got["mobile"], []string{long}) {
		t.Errorf("as long as may be: it did not come back whole, %v", err)
	}
	set(t, li, doc, "mobile", "")
	if v := lead(t, li, doc, "mobile"); v.State != book.Empty || v.Text != "" {
		t.Errorf("cleared: %+v", v)
	}
}
