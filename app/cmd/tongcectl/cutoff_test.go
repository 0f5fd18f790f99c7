package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"
)

// TestACutOffImportIsTakenUpByTheSameOnly: an import that was killed while it
// wrote goes on when it is asked for again, and not when other sheets of the file
// are asked for, or other columns.
func TestACutOffImportIsTakenUpByTheSameOnly(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.deps.KeyRing = nil
	dir := t.TempDir()
	pass := filepath.Join(dir, "pass")
	if err := os.WriteFile(pass, []byte("一二三四五六七八九十"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []string { return append(args, "--passphrase-file", pass) }
	must[initReply](d, run("init", "--name", "a", "--member", "b", "--department", "c")...)
	const many, few = 4000, 50
	file := filepath.Join(dir, "两表.xlsx")
	twoSheets(t, file, many, few)
	killWhileWriting(t, many, run("import", file, "--sheet", "甲表", "--dir", d.dir)...)
	if got := must[imported](d, run("import", file, "--sheet", "乙表")...); got.New != few {
		t.Errorf("the other sheet: got %+v, want %d new", got, few)
	}
	if l := must[listReply](d, run("list", "--where", "city=宁波市", "--limit", "0")...); l.Total != few {
		t.Errorf("customers of the other sheet: got %d, want %d", l.Total, few)
	}
	out, errs, code := d.run(run("import", file, "--sheet", "丙表", "--json")...)
	if code != 1 {
		t.Errorf("a sheet that is not there: exit %d\n%s%s", code, out, errs)
	}
	if got := must[imported](d, run("import", file, "--sheet", "甲表", "--map", "备注=address")...); got.Batch == "" || got.New >= many {
		t.Errorf("other columns: got %+v, want an import of its own, of which a part is in the book", got)
	}
	if l := must[listReply](d, run("list", "--limit", "0")...); l.Total != many+few {
		t.Errorf("customers: got %d, want %d", l.Total, many+few)
	}
}

func twoSheets(t *testing.T, path string, many, few int) {
	t.Helper()
	x := excelize.NewFile()
	for _, s := range []struct {
		name, city string
		rows       int
	}{{"甲表", "苏州市", many}, {"乙表", "宁波市", few}} {
		if _, err := x.NewSheet(s.name); err != nil {
			t.Fatal(err)
		}
		w, err := x.NewStreamWriter(s.name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.rows + 1 {
			row := []any{"客户名称", "手机", "市", "备注"}
			if i > 0 {
				row = []any{fmt.Sprintf("%s%05d机电有限公司", s.city, i), fmt.Sprintf("13%d%08d", s.rows%9, i), s.city, fmt.Sprintf("第 %d 行", i)}
			}
			if err := w.SetRow(fmt.Sprintf("A%d", i+1), row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}
