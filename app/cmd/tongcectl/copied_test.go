package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// EN5: a folder that was copied, and whose original went on, is found by the
// next exchange of either; the person is told on standard error, once, whatever the output
// is for.
func TestEN5_ACopyIsTold(t *testing.T) {
	t.Parallel()
	a := newDesk(t)
	must[initReply](a, "init", "--name", "恒锐公司", "--member", "李强", "--department", "销售部", "--relay", startRelay(t))
	id := must[cardReply](a, "new", "name=苏州锦成机电有限公司").ID
	must[syncReply](a, "sync", "--once")
	for lang, c := range map[string]struct {
		want string
		args []string
	}{
		zh: {"拷贝", []string{"sync", "--once"}},
		en: {"Two installations", []string{"sync", "--once", "--json"}},
	} {
		b := *a
		b.dir, b.lang = filepath.Join(t.TempDir(), "book"), lang
		if err := os.CopyFS(b.dir, os.DirFS(a.dir)); err != nil {
			t.Fatal(err)
		}
		must[cardReply](a, "set", id, "remark="+lang)
		if _, errs, code := a.run("sync", "--once"); code != 0 || errs != "" {
			t.Errorf("the original: exit %d, %s", code, errs)
		}
		must[cardReply](&b, "set", id, "city=苏州市")
		if _, errs, code := b.run(c.args...); code != 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %q, want %q", lang, code, errs, c.want)
		}
		if _, errs, _ := b.run("sync", "--once"); errs != "" {
			t.Errorf("%s: told again: %s", lang, errs)
		}
		a.run("sync", "--once") // the original finds the other one too
	}
}
