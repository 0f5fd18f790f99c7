package main

import (
	"regexp"
	"strings"
	"testing"

	"tongce/app/workspace"
)

// Two members of one name: people see which is which (ID6), and a script gets
// the plain name and the member's id.
func TestID6_MembersOfOneName(t *testing.T) {
	t.Parallel()
	a, b := newDesk(t), newDesk(t)
	must[initReply](a, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--relay", startRelay(t))
	c := must[cardReply](a, "new", "name=苏州锦成机电有限公司", "level=普通")
	link := must[inviteReply](a, "invite", "--role", "colleague", "--department", "客服部").Link
	must[joinReply](b, "join", "--member", "李强", link)
	for _, d := range []*desk{a, b} {
		must[syncReply](d, "sync", "--once")
	}
	for level, d := range map[string]*desk{"重点": a, "一般": b} {
		must[cardReply](d, "set", c.ID, "level="+level)
	}
	for _, d := range []*desk{a, b, a} {
		must[syncReply](d, "sync", "--once")
	}
	id := regexp.MustCompile(`^[0-9a-z]{26}$`)
	apart := func(where, one, idOne, other, idOther string) {
		t.Helper()
		if one != "李强" || other != "李强" || !id.MatchString(idOne) || !id.MatchString(idOther) || idOne == idOther {
			t.Errorf("%s: got %s %s and %s %s", where, one, idOne, other, idOther)
		}
	}
	sides := must[cardReply](a, "show", c.ID).Conflicts["level"]
	apart("show", sides[0].Member, sides[0].MemberID, sides[1].Member, sides[1].MemberID)
	all := must[struct{ Conflicts []conflictReply }](a, "conflicts").Conflicts[0].Values
	apart("conflicts", all[0].Member, all[0].MemberID, all[1].Member, all[1].MemberID)
	past := must[struct{ Entries []entryReply }](a, "history", c.ID, "level").Entries
	apart("history", past[1].Member, past[1].MemberID, past[2].Member, past[2].MemberID)
	for _, command := range [][]string{{"show", c.ID}, {"conflicts"}, {"history", c.ID}} {
		if out, _, _ := a.run(command...); !strings.Contains(out, "李强（客服部 ") || !strings.Contains(out, "李强（销售部 ") {
			t.Errorf("%s does not tell them apart:\n%s", command[0], out)
		}
	}
	// The same of who edited a customer that an undo keeps.
	batch := must[imported](a, "import", csv(t, "名单.csv", 1)).Batch
	must[syncReply](a, "sync", "--once")
	must[syncReply](b, "sync", "--once")
	l := must[listReply](b, "list", "--where", "mobile=13900000000")
	must[cardReply](b, "set", l.Customers[0].ID, "level=重点")
	must[syncReply](b, "sync", "--once")
	must[syncReply](a, "sync", "--once")
	kept := must[undoReply](a, "import", "--undo", batch).Rows
	if len(kept) != 1 || kept[0].Member != "李强" || kept[0].Department != "客服部" || !id.MatchString(kept[0].MemberID) {
		t.Errorf("kept: got %+v", kept)
	}
	if out, _, _ := a.run("import", "--undo", batch); !strings.Contains(out, "有人改过") || !strings.Contains(out, "李强（客服部 ") {
		t.Errorf("undo does not tell them apart:\n%s", out)
	}
}

// An invite that names a member is for that member, whoever is named on joining.
func TestInviteOfAMember(t *testing.T) {
	t.Parallel()
	a, b := newDesk(t), newDesk(t)
	must[initReply](a, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--relay", startRelay(t))
	link := must[inviteReply](a, "invite", "--role", "colleague", "--department", "客服部", "--member", "陈静").Link
	if _, stderr, code := b.run("join", "--member", "李四", link); code != 0 || !strings.Contains(stderr, "陈静") {
		t.Errorf("joined under another name: exit %d, %q", code, stderr)
	}
}

// IN5: a role with administration is given by no invite, and who may not
// administer invites nobody. That is said before a department is made, without a
// word of the program's own.
func TestIN5_InviteThatIsRefused(t *testing.T) {
	t.Parallel()
	a, b := newDesk(t), newDesk(t)
	must[initReply](a, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--relay", startRelay(t))
	must[joinReply](b, "join", "--member", "陈静", must[inviteReply](a, "invite", "--role", "colleague", "--department", "客服部").Link)
	for _, c := range []struct {
		d        *desk
		role, is string
	}{{a, "founder", "创始人"}, {b, "colleague", "邀请的权限"}} {
		for _, department := range []string{"幽灵部", "客服部"} {
			before := departments(t, c.d)
			_, errs, code := c.d.run("invite", "--role", c.role, "--department", department)
			if code != 3 || !strings.Contains(errs, c.is) || regexp.MustCompile(`[A-Za-z]{2,}`).MatchString(strings.TrimPrefix(errs, "tongcectl: ")) {
				t.Errorf("%s into %s: exit %d, %s", c.role, department, code, errs)
			}
			if got := departments(t, c.d); got != before {
				t.Errorf("%s into %s: %d departments, want %d", c.role, department, got, before)
			}
		}
	}
}

func departments(t *testing.T, d *desk) (n int) {
	t.Helper()
	must[syncReply](d, "sync", "--once")
	w, err := workspace.Open(t.Context(), d.deps, workspace.OpenSpec{Dir: d.dir})
	if err != nil {
		t.Fatal(err)
	}
	n = len(w.Charter().Departments())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return n
}
