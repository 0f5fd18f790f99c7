package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSeveralNumbers: every number of a cell, of a second column and of what a
// person typed is in the book, is found, and goes out again; the same file then
// has nothing to write.
func TestSeveralNumbers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	file := filepath.Join(t.TempDir(), "numbers.csv")
	text := "客户名称,联系电话,手机,邮箱\r\n" +
		"多号一公司,13800138000/13900139000/13700137000,,A@B.com; c@d.com\r\n" +
		"多号二公司,021-63211678、021-63211679,,\r\n" +
		"多号三公司,13800138002,13900139002,e@f.com; x@y@\r\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	must[importReply](d, "import", file)
	for _, number := range []string{"13700137000", "13900139002", "9000", "a@b.com", "C@d.com", "c＠d.com"} {
		if l := must[listReply](d, "search", number); l.Total != 1 {
			t.Errorf("search %s: %d customers", number, l.Total)
		}
	}
	for _, where := range []string{"email=a@b.com", "email=C@d.com", "mobile=13700137000", "mobile=138 0013 8000"} {
		if l := must[listReply](d, "list", "--where", where); l.Total != 1 {
			t.Errorf("list --where %s: %d customers", where, l.Total)
		}
	}
	if p := must[importReply](d, "import", "--plan", file); p.New != 0 || p.Updated != 0 {
		t.Errorf("the file again: %+v", p)
	}
	out := filepath.Join(t.TempDir(), "book.json")
	must[map[string]int](d, "export", "--format", "json", "--out", out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var book struct {
		Customers []struct {
			Fields map[string]string   `json:"fields"`
			Also   map[string][]string `json:"also"`
		} `json:"customers"`
	}
	if err := json.Unmarshal(b, &book); err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, c := range book.Customers {
		for _, f := range []string{"mobile", "phone", "email"} {
			if c.Fields[f] != "" {
				got[c.Fields["name"]] = append(append(got[c.Fields["name"]], c.Fields[f]), c.Also[f]...)
			}
		}
	}
	want := map[string][]string{
		"多号一公司": {"13800138000", "13900139000", "13700137000", "a@b.com", "c@d.com"},
		"多号二公司": {"021-63211678", "021-63211679"},
		"多号三公司": {"13800138002", "13900139002", "e@f.com; x@y@"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}

	// Typed among numbers of another kind: kept as typed, and marked.
	c := must[cardReply](d, "new", "name=多号四公司", "phone=13800138003,0571-88886666", "mobile=13700137004,13600136004")
	if c.Fields["phone"] != "13800138003,0571-88886666" || c.Flags["phone"] != "several_numbers" || c.Fields["mobile"] != "13700137004、13600136004" {
		t.Errorf("typed: %v, marked %v", c.Fields, c.Flags)
	}
}
