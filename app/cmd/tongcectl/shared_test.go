package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// sharedFile is what importing a file of the shared folder into an empty book
// has to give: counts, or the error; and of some customers, found by name, what
// stands in them.
type sharedFile struct {
	name     string
	args     []string // beside the file
	code     string   // of the error
	counts   importReply
	has      map[string]map[string]string // name -> field -> value
	flagged  map[string]string            // name -> field that is to be looked at
	searched map[string]int               // text -> customers
}

func sharedFiles() []sharedFile {
	northwind := map[string]map[string]string{"Ana Trujillo Emparedados y helados": {"contact": "Ana Trujillo", "phone": "(5) 555-4729"}}
	template := map[string]map[string]string{"客户a": {"contact": "小梁", "mobile": "13000000000"}}
	return []sharedFile{
		{name: "jsherp-customer-template-gb18030.csv", counts: importReply{New: 2}, has: template, searched: map[string]int{"13000000000": 1}},
		{
			name: "apitable-excel-sample.xlsx", counts: importReply{New: 5, Review: 4},
			has: map[string]map[string]string{"张三": {"birthday": "1997-07-01", "id_number": "387462199707011234"}},
		},
		{
			name: "easypoi-msg-client.xlsx", counts: importReply{New: 100},
			has:     map[string]map[string]string{"小明0": {"birthday": "2016-01-22"}},
			flagged: map[string]string{"小明0": "mobile"},
		},
		{name: "magicodes-contracts-two-level.xlsx", counts: importReply{New: 2, Merged: 2}},
		{name: "myexcel-vertical-merges.xlsx", counts: importReply{New: 20}},
		{name: "myexcel-bom-quotes.csv", counts: importReply{New: 2, Merged: 998}, has: map[string]map[string]string{`张三"`: {}}},
		{name: "easyexcel-formula-column.xlsx", code: "not_found"},
		{name: "poi-contact.xlsx", counts: importReply{New: 1, Wrong: 1}, has: map[string]map[string]string{"Company Co.": {"contact": "Frank2 McKee", "email": "george@nope.com"}}},
		{name: "oro-contacts-duplicates.csv", counts: importReply{New: 1, Merged: 1}, has: map[string]map[string]string{"Jerry Coleman": {"birthday": "1973-03-07"}}},
		{name: "northwind-customers.csv", counts: importReply{New: 91}, has: northwind, searched: map[string]int{"trujillo": 1}},
		{name: "northwind-customers-utf16le.txt", counts: importReply{New: 91}, has: northwind},
		{
			name: "datablist-customers-100.csv", counts: importReply{New: 100, Review: 2},
			has:      map[string]map[string]string{"Rasmussen Group": {"contact": "Sheryl Baxter", "email": "zunigavanessa@smith.info"}},
			searched: map[string]int{"Simon LLC": 2, "joseph26@jacobson.com": 1, "leah85@sutton-terrell.com": 1},
		},
		{name: "adventureworks-resellers.csv", code: "not_found"},
		{
			name: "adventureworks-resellers.csv", args: []string{"--map", "F=name", "--map", "D=tel", "--map", "P=bank"}, counts: importReply{New: 701, Review: 2},
			has: map[string]map[string]string{"A Bike Store": {"bank": "International Bank", "phone": "245-555-0173"}},
		},
		{name: "poi-strict-ooxml.xlsx", code: "not_found"},
		{name: "readxl-no-styles-no-strings.xlsx", code: "not_found"},
		{name: "calamine-date-1904.xlsx", code: "not_found"},
		{name: "exceljs-libreoffice-hidden.xlsx", code: "not_found"},
		{name: "excelize-overflow-number.xlsx", code: "not_found"},
		{name: "excelize-encrypted.xlsx", code: "invalid"},
		{name: "excelize-bad-workbook.xlsx", code: "invalid"},
		{name: "crafted-zip-bomb-sheet.xlsx", code: "invalid"},
		{name: "jsherp-customer-template.xls", code: "invalid"},
		{name: "easypoi-company-logo.xls", code: "invalid"},
		{name: "npoi-employees.xls", code: "invalid"},
	}
}

// TestSharedSheetsImported brings every file of the shared folder into a book of
// its own: what is there then is what their index says, the plan says what is
// written and, made again, the same to review; a refused file leaves the book as
// it was, and nothing leaves a temporary file.
func TestSharedSheetsImported(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "..", "shared", "sheets")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared sheets are not here")
	}
	fresh := newDesk(t)
	fresh.init()
	before := temps(t)
	t.Cleanup(func() { // after all of them
		if after := temps(t); !slices.Equal(before, after) {
			t.Errorf("temporary files: %v before, %v after", before, after)
		}
	})
	for i, want := range sharedFiles() {
		d := &desk{t: t, deps: fresh.deps, lang: zh, dir: filepath.Join(t.TempDir(), "book")}
		if err := os.CopyFS(d.dir, os.DirFS(fresh.dir)); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(i, " ", want.name), func(t *testing.T) {
			t.Parallel()
			d.t = t
			want.imported(t, d, append([]string{filepath.Join(dir, want.name)}, want.args...))
			if all, err := filepath.Glob(filepath.Join(filepath.Dir(d.dir), "*")); err != nil || len(all) != 1 {
				t.Errorf("beside the book: %v, %v", all, err)
			}
		})
	}
}

// temps are the program's files in the system's folder for temporary ones.
func temps(t *testing.T) (out []string) {
	t.Helper()
	for _, pattern := range []string{".tongce*", "xlsx*", "excelize*", "*.part"} {
		all, err := filepath.Glob(filepath.Join(os.TempDir(), pattern))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, all...)
	}
	return out
}

func (want sharedFile) imported(t *testing.T, d *desk, args []string) {
	t.Helper()
	if want.code != "" {
		if code := d.fails(1, append([]string{"import"}, args...)...); code != want.code {
			t.Errorf("code %q, want %q", code, want.code)
		}
		_, said, _ := d.run(append([]string{"import"}, args...)...)
		if !strings.Contains(said, want.name) {
			t.Errorf("the message does not name the file: %s", said)
		}
		if l := must[listReply](d, "list"); l.Total != 0 {
			t.Errorf("%d customers of a file that was refused", l.Total)
		}
		return
	}
	plan := must[importReply](d, append([]string{"import", "--plan"}, args...)...)
	if l := must[listReply](d, "list"); l.Total != 0 {
		t.Errorf("a plan wrote %d customers", l.Total)
	}
	got := must[importReply](d, append([]string{"import"}, args...)...)
	again := must[importReply](d, append([]string{"import", "--plan"}, args...)...)
	plan.Batch, got.Batch = "", ""
	for what, diff := range map[string]string{"plan": cmp.Diff(want.counts, plan), "import": cmp.Diff(want.counts, got)} {
		if diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
	if again.New+again.Updated != 0 || again.Review != got.Review {
		t.Errorf("planned again: %+v", again)
	}
	all := must[listReply](d, "list")
	if all.Total != got.New {
		t.Errorf("%d customers in the list, %d were new", all.Total, got.New)
	}
	for name, fields := range want.has {
		i := slices.IndexFunc(all.Customers, func(r rowReply) bool { return r.Fields["name"] == name })
		if i < 0 {
			t.Errorf("no customer %q", name)
			continue
		}
		card := must[cardReply](d, "show", all.Customers[i].ID)
		for field, value := range fields {
			if card.Fields[field] != value {
				t.Errorf("%s, %s: %q, want %q", name, field, card.Fields[field], value)
			}
		}
		if field := want.flagged[name]; field != "" && card.Flags[field] == "" {
			t.Errorf("%s: %s is not to be looked at: %v", name, field, card.Flags)
		}
	}
	for text, n := range want.searched {
		if l := must[listReply](d, "search", text); l.Total != n {
			t.Errorf("search %q: %d, want %d", text, l.Total, n)
		}
	}
}
