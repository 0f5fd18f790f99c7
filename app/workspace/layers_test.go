package workspace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
)

// TestIM14_StoppedBetweenLayers stops an import of customers that have an older
// value each: none stands with it, what a person types meanwhile stays when it
// goes on, and in the end every customer has the older value in its history.
func TestIM14_StoppedBetweenLayers(t *testing.T) {
	t.Parallel()
	const customers = 600
	var b bytes.Buffer
	b.WriteString("客户名称,手机,备注\r\n")
	for _, age := range []string{"旧", "新"} {
		for i := range customers {
			fmt.Fprintf(&b, "测试%06d机械有限公司,139%08d,%s\r\n", i, i, age)
		}
	}
	ring := &ringtest.Memory{}
	w := create(t, deps(ring), spec(filepath.Join(t.TempDir(), "b")))
	j := begin(t, w, b.Bytes())
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	batch := j.Batch()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if _, err := j.Commit(ctx, func(int, int) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w, err := workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: w.Dir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	remarks := func(want map[string]int) {
		t.Helper()
		if err := w.WaitIndexed(t.Context()); err != nil {
			t.Fatal(err)
		}
		for remark, n := range want {
			page, err := w.Index.List(index.Query{Filters: []index.Filter{{Field: "remark", Op: index.OpIs, Values: []string{remark}}}})
			if err != nil || page.Total != n {
				t.Errorf("customers with %s: %d, %v, want %d", remark, page.Total, err, n)
			}
		}
	}
	remarks(nil)
	ids, err := w.Index.IDs(index.Query{})
	if err != nil || len(ids) == 0 || len(ids) == customers {
		t.Fatalf("stopped with %d customers, %v", len(ids), err)
	}
	remarks(map[string]int{"旧": 0, "新": len(ids)})
	for _, id := range ids[:5] {
		if _, err := w.Book.Set(t.Context(), id, book.Set{Field: "remark", Text: "本人改的"}); err != nil {
			t.Fatal(err)
		}
	}
	if j, err = w.Import.Job(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	counts, err := j.Commit(t.Context(), nil)
	if err != nil || counts.New != customers || counts.Merged != customers || counts.Wrong != 0 {
		t.Errorf("resumed: %+v, %v", counts, err)
	}
	remarks(map[string]int{"旧": 0, "新": customers - 5, "本人改的": 5})
	if ids, err = w.Index.IDs(index.Query{}); err != nil || len(ids) != customers {
		t.Fatalf("%d customers, %v", len(ids), err)
	}
	for _, id := range ids[:20] {
		acts, err := w.Book.History(id, "remark")
		if err != nil || len(acts) < 2 || acts[0].Fields[0].After.Text != "旧" || acts[1].Fields[0].After.Text != "新" {
			t.Errorf("%s: history %+v, %v", id, acts, err)
		}
	}
}
