package workspace_test

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app/keychain/ringtest"
	"tongce/app/sheet"
	"tongce/app/workspace"
)

func source(name, content string) sheet.Source {
	return sheet.Source{Name: name, Bytes: []byte(content)}
}

// targets are where the columns of a sheet go.
func targets(j *workspace.Job, n int) (out []string) {
	for _, c := range j.Sheets()[n].Mapping.Columns {
		out = append(out, c.Key)
	}
	return out
}

// TestAFurtherSheetIsMappedByWhatWasSaid: what is guessed of a sheet says nothing
// about another one with the same headers; what a person said does, of whichever
// sheet it was.
func TestAFurtherSheetIsMappedByWhatWasSaid(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	const head = "收货方,联系人,电话,等级\r\n"
	j := beginNamed(t, w, "模板.csv", []byte(head))
	add := func(name, content string) {
		t.Helper()
		if err := j.Add(t.Context(), source(name, head+content)); err != nil {
			t.Fatal(err)
		}
	}
	add("数据.csv", "杭州甲乙有限公司,王刚,13812905678,钻石\r\n宁波丙丁有限公司,李娜,0574-88120943,重点\r\n")
	want := []string{"name", "contact", "tel", "level"}
	if d := cmp.Diff(want, targets(j, 1)); d != "" {
		t.Errorf("beside an empty sheet: %s", d)
	}
	if err := j.Equal(1, 3, "钻石", "重点"); err != nil {
		t.Fatal(err)
	}
	if err := j.Send(1, 1, "remark"); err != nil {
		t.Fatal(err)
	}
	add("二月.csv", "苏州戊己有限公司,周海,13900001111,钻石\r\n无锡庚辛有限公司,郑宇,13700001111,重点\r\n")
	want[1] = "remark"
	for n := range 3 {
		got := targets(j, n)
		if n == 0 {
			got[0] = "name" // nothing in it tells
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("sheet %d: %s", n, d)
		}
	}
	options := j.Sheets()[2].Mapping.Columns[3].Options
	if !slices.Contains(options, sheet.Option{Text: "钻石", Count: 1, Value: "重点", Chosen: true}) {
		t.Errorf("spellings: got %+v", options)
	}
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if c := j.Info().Counts; c.New != 4 || c.Wrong != 0 {
		t.Errorf("planned: got %+v, want 4 new", c)
	}
}

// TestSheetsAreReadBesideAStep: a page of a sheet and its columns are read while a
// further file is taken in and a column is sent elsewhere (for the race detector).
func TestSheetsAreReadBesideAStep(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	const content = "客户名称,等级\r\n杭州甲乙有限公司,钻石\r\n宁波丙丁有限公司,重点\r\n"
	j := beginNamed(t, w, "一月.csv", []byte(content))
	var steps sync.WaitGroup
	added := make(chan error, 1)
	steps.Go(func() { added <- j.Add(t.Context(), source("二月.csv", content)) })
	nobody, cancel := context.WithCancel(t.Context())
	cancel()
	for len(added) == 0 { // nobody waits for these any more, so they come by the thousand
		if _, err := j.Raw(nobody, 0, 1, 10); err == nil {
			t.Error("a page that nobody waits for was read")
		}
	}
	steps.Wait()
	if err := <-added; err != nil {
		t.Fatal(err)
	}
	if rows, err := j.Raw(t.Context(), 1, 1, 10); err != nil || len(rows) != 3 {
		t.Errorf("raw: got %d rows, %v", len(rows), err)
	}
	before := j.Sheets()
	steps.Go(func() {
		if err := j.Equal(0, 1, "钻石", "重点"); err != nil {
			t.Error(err)
		}
		if err := j.Send(0, 1, "remark"); err != nil {
			t.Error(err)
		}
	})
	for _, s := range before {
		for _, c := range s.Mapping.Columns {
			for _, o := range c.Options {
				if c.Key != "level" || o.Chosen {
					t.Errorf("what was handed out has changed: %s %+v", c.Key, o)
				}
			}
		}
	}
	steps.Wait()
	for n := range before {
		if d := cmp.Diff([]string{"name", "remark"}, targets(j, n)); d != "" {
			t.Errorf("sheet %d: %s", n, d)
		}
		if before[n].Mapping.Columns[1].Key != "level" {
			t.Errorf("sheet %d: what was handed out has changed", n)
		}
	}
}
