package main

import (
	"path/filepath"
	"testing"
	"time"

	"tongce/app/book"
	"tongce/app/workspace"
)

// TestConnectedDesks keeps two workspaces connected, as the window does:
// administration goes over the running link, and an edit shows on the other.
func TestConnectedDesks(t *testing.T) {
	t.Parallel()
	address := startRelay(t)
	d := newDesk(t).deps
	a, kit, err := workspace.Create(t.Context(), d, workspace.CreateSpec{
		Dir: filepath.Join(t.TempDir(), "a"), Company: "恒锐公司", Member: "李强", Department: "销售部", Device: "甲",
	})
	if err != nil {
		t.Fatal(err)
	}
	kit.Close()
	defer a.Close()
	a.Connect()
	if _, err := a.SetRelay(t.Context(), address); err != nil {
		t.Fatal(err)
	}
	link, _, err := a.Invite(t.Context(), workspace.InviteSpec{Role: "同事", Department: "客服部", Member: "陈静"})
	if err != nil {
		t.Fatal(err)
	}
	seen, err := workspace.Preview(t.Context(), d, link)
	if err != nil || seen.Company != "恒锐公司" || seen.Member != "陈静" || seen.Inviter != "李强" || seen.Department != "客服部" {
		t.Errorf("preview: got %+v, %v", seen, err)
	}
	b, err := workspace.Join(t.Context(), d, workspace.JoinSpec{Dir: filepath.Join(t.TempDir(), "b"), Link: link, Device: "乙"})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	b.Connect()
	doc, _, err := a.Book.Create(t.Context(), []book.Set{{Field: "name", Text: "苏州锦成机电有限公司"}, {Field: "mobile", Text: "13812905678"}})
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if c, ok := b.Index.Customer(doc); ok && c.Values["mobile"].Text == "138****5678" {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("the edit did not arrive: %+v", b.Link.Status())
		}
	}
}
