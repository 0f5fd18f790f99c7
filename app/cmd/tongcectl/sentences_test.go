package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tongce/app/keychain/ringtest"
)

// What people read is in their language: no code and no word of the program's
// own stands in it. Ids, file names and units of the values are left out.
func TestChineseIsChinese(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	file := filepath.Join(t.TempDir(), "名单.csv")
	if err := os.WriteFile(file, []byte("客户名称,手机,客户等级\r\n甲公司,1381290,重点\r\n乙公司,13812905678,普通\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	batch := must[imported](d, "import", file).Batch
	id := must[listReply](d, "list", "--where", "name=甲公司").Customers[0].ID
	must[cardReply](d, "set", id, "level=普通", "city=火星")
	named := regexp.MustCompile(`[0-9a-f]{64}|[0-9a-z]{26}|\.csv|--[a-z-]+`)
	word := regexp.MustCompile(`[A-Za-z]{2,}`)
	for _, args := range [][]string{
		{"list"},
		{"show", id},
		{"history", id},
		{"set", id, "remark=一"},
		{"import", file, "--plan"},
		{"conflicts"},
		{"status"},
		{"verify"},
		{"import", "--undo", batch},
		{"history", id},
		{"export", "--format", "csv", "--out", filepath.Join(t.TempDir(), "x.csv")},
		{"export", "--format", "csv", "--out", filepath.Join(t.TempDir(), "none", "x.csv")},
		{"import", file, "--sheet", "没有"},
		{"show", "x"},
	} {
		out, errs, _ := d.run(args...)
		said := named.ReplaceAllString(strings.TrimPrefix(errs, "tongcectl: ")+out, "")
		if found := word.FindAllString(said, -1); len(found) > 0 || strings.TrimSpace(said) == "" {
			t.Errorf("%v: %v in\n%s", args[0], found, said)
		}
	}
}

// A name that is not there is said, and what there is instead.
func TestWhatIsThereInstead(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	file := csv(t, "客户.csv", 2)
	book := filepath.Join(t.TempDir(), "客户.xlsx")
	must[imported](d, "import", file)
	must[map[string]int](d, "export", "--format", "xlsx", "--out", book)
	for _, c := range []struct {
		want string
		args []string
	}{
		{"；有：恒锐公司", []string{"import", book, "--sheet", "没有"}},
		{`没有这一列: "没有"`, []string{"import", file, "--map", "没有=name"}},
		{"文件夹不存在", []string{"export", "--format", "csv", "--out", filepath.Join(t.TempDir(), "x", "y")}},
		{"tongcectl help", []string{"frobnicate"}},
		{`筛选或排序: "foo"`, []string{"list", "--where", "foo=1"}},
		{`筛选或排序: "foo"`, []string{"list", "--where", "foo="}},
		{`筛选或排序: "bar"`, []string{"list", "--sort", "-bar"}},
	} {
		if _, errs, code := d.run(c.args...); code == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%v: got %s, want %q", c.args, errs, c.want)
		}
	}
}

// A value that is there already is said to be; for programs the hash is empty.
func TestNothingChanged(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	id := must[cardReply](d, "new", "name=甲公司", "mobile=13812905678").ID
	for lang, want := range map[string]string{zh: "没有变化", en: "Nothing changed"} {
		d.lang = lang
		if out, errs, code := d.run("set", id, "mobile=13812905678"); code != 0 || !strings.Contains(out, want) || strings.Contains(out, "修改") || strings.Contains(out, "change ") {
			t.Errorf("exit %d: %s%s", code, out, errs)
		}
	}
	if got := must[cardReply](d, "set", id, "mobile=13812905678").Hash; got == nil || *got != "" {
		t.Errorf("got %v, want an empty hash", got)
	}
	d.lang = en // the languages come in any order
	if out, _, _ := d.run("set", id, "mobile=13812905679"); !strings.Contains(out, "change ") {
		t.Errorf("a new value: %s", out)
	}
}

// What only the window can do is said to be done there.
func TestKeyringWithoutTheKey(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	d.deps.KeyRing = &ringtest.Memory{}
	for lang, want := range map[string]string{zh: "在同册的窗口里用恢复套件", en: "in the window of Tongce"} {
		d.lang = lang
		if _, errs, code := d.run("list"); code == 0 || !strings.Contains(errs, want) {
			t.Errorf("exit %d: %s", code, errs)
		}
	}
}
