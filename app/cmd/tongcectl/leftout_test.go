package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesLeftOutAreTold: of several files one that nothing can be taken from
// is named and the command fails, while the others are in the book; one whose
// table is only unsure is taken, as it is alone.
func TestFilesLeftOutAreTold(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	dir := t.TempDir()
	write := func(name string, lines ...string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\r\n")+"\r\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := csv(t, "good.csv", 3)
	unsure := write("unsure.csv", "单位,编码,数量,其他", "杭州甲乙有限公司,A1,3,x", "宁波丙丁有限公司,A2,4,y", "苏州戊己有限公司,A3,5,z")
	numbers := write("numbers.csv", "甲,乙,丙", "1,2,3", "4,5,6", "7,8,9", "10,11,12")
	for _, plan := range []bool{true, false} {
		args := []string{"import", good, numbers, "--json"}
		if plan {
			args = append(args, "--plan")
		}
		out, errs, code := d.run(args...)
		if code != 1 || !strings.Contains(out, `"new":3`) || !strings.Contains(errs, "numbers.csv: ") || strings.Contains(errs, "good.csv") {
			t.Errorf("plan %v: exit %d\n%s%s", plan, code, out, errs)
		}
	}
	if l := must[listReply](d, "list"); l.Total != 3 {
		t.Errorf("%d customers, want those of the file that could be read", l.Total)
	}
	alone, _, _ := d.run("import", unsure, "--plan", "--json")
	both, errs, _ := d.run("import", good, unsure, "--plan", "--json")
	if !strings.Contains(alone, `"new":3`) || !strings.Contains(both, `"new":3`) {
		t.Errorf("alone %s, beside another %s%s", alone, both, errs)
	}
}

// TestImportOfWhatIsNoFile: a folder, a pipe that nobody writes to and a file that
// is not there are refused at once and named.
func TestImportOfWhatIsNoFile(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe.csv")
	if out, err := exec.CommandContext(t.Context(), "mkfifo", pipe).CombinedOutput(); err != nil {
		t.Skipf("no pipes here: %v %s", err, out)
	}
	for _, path := range []string{dir, pipe, filepath.Join(dir, "gone.csv")} {
		d.fails(1, "import", path)
		if _, errs, _ := d.run("import", path, "--json"); !strings.Contains(errs, filepath.Base(path)) {
			t.Errorf("the message does not name %s: %s", filepath.Base(path), errs)
		}
	}
}

// TestSortBySealedSaysWhy: the message names the field and the way that works.
func TestSortBySealedSaysWhy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.init()
	for lang, want := range map[string]string{zh: "手机在本机也是加密存放的", en: "Mobile is kept sealed"} {
		d.lang = lang
		_, errs, code := d.run("list", "--sort", "-mobile")
		if code != 2 || !strings.Contains(errs, want) || !strings.Contains(errs, "--where mobile=") {
			t.Errorf("%s: exit %d: %s", lang, code, errs)
		}
	}
}
