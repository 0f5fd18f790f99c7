package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestIM14_WhatAnotherRowDisplacesStaysInTheHistory imports rows of one file
// that are one customer: every value is in the history, with its row, in a new
// customer and in one of the book; the file again writes nothing.
func TestIM14_WhatAnotherRowDisplacesStaysInTheHistory(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	const usccA, usccB = "91330110MAPK7YFU2H", "91440104MA0T3X7Y2R"
	must[cardReply](d, "new", "name=宁波丙丁有限公司", "uscc="+usccB, "contact=周海", "mobile=13600001111")
	file := filepath.Join(t.TempDir(), "rows.csv")
	text := strings.Join([]string{
		"客户名称,统一社会信用代码,联系人,手机,备注,更新日期",
		"杭州甲乙有限公司," + usccA + ",王刚,13812905678,旧,2024-03-01",
		"杭州甲乙有限公司," + usccA + ",李娜,13900001111,新,2024-05-01",
		"杭州甲乙有限公司," + usccA + ",孙莉,13812905678,中,2024-04-01",
		"宁波丙丁有限公司," + usccB + ",吴敏,13600001111,,",
		"宁波丙丁有限公司," + usccB + ",周海,13600001111,,",
		"无锡填充有限公司,,赵敏,,,",
	}, "\r\n") + "\r\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r := must[importReply](d, "import", file)
	if r.New != 2 || r.Merged != 3 || r.Same != 1 {
		t.Errorf("imported %+v", r)
	}
	past := func(name, field string) []string {
		t.Helper()
		l := must[listReply](d, "list", "--where", "name="+name)
		if l.Total != 1 {
			t.Fatalf("%s: %d customers", name, l.Total)
		}
		var out []string
		for _, e := range must[struct{ Entries []entryReply }](d, "history", l.Customers[0].ID, field).Entries {
			if e.Field != field {
				continue
			}
			row := "typed"
			if e.Source != nil {
				row = fmt.Sprint(e.Source.Row)
			}
			out = append(out, e.Value+" "+row)
		}
		return out
	}
	for _, c := range []struct {
		name, field string
		want        []string
	}{
		{"杭州甲乙有限公司", "remark", []string{"旧 2", "中 4", "新 3"}},
		{"杭州甲乙有限公司", "name", []string{"杭州甲乙有限公司 2"}},
		{"宁波丙丁有限公司", "name", []string{"宁波丙丁有限公司 typed"}},
	} {
		if diff := cmp.Diff(c.want, past(c.name, c.field)); diff != "" {
			t.Errorf("%s, %s: %s", c.name, c.field, diff)
		}
	}
	for field, want := range map[string]int{"contact": 3, "mobile": 2} {
		if got := past("杭州甲乙有限公司", field); len(got) != want {
			t.Errorf("%s: %q, want %d values", field, got, want)
		}
	}
	if got := past("宁波丙丁有限公司", "contact"); len(got) != 3 { // 周海, 吴敏 of row 5, 周海 of row 6
		t.Errorf("contact of the book: %q", got)
	}
	if p := must[importReply](d, "import", "--plan", file); p.New+p.Updated != 0 {
		t.Errorf("the file again: %+v", p)
	}
	must[importReply](d, "import", file)
	if got := past("宁波丙丁有限公司", "contact"); len(got) != 3 {
		t.Errorf("after the file again: %q", got)
	}
	u := must[undoReply](d, "import", "--undo", r.Batch)
	if u.Removed != 2 || u.Kept != 0 {
		t.Errorf("undone: %+v", u)
	}
}
