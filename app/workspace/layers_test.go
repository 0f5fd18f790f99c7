package workspace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"tongce/app/index"
	"tongce/app/keychain/ringtest"
	"tongce/app/workspace"
)

// TestIM14_ALayerIsTakenUp stops an import in the middle of each pass over the
// customers that have an older value: it goes on with the rest, and every
// customer ends with the newer value and has the older one in its history.
func TestIM14_ALayerIsTakenUp(t *testing.T) {
	t.Parallel()
	const customers = 400
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
	for pass := range 2 {
		ctx, cancel := context.WithCancel(t.Context())
		_, err := j.Commit(ctx, func(done, all int) {
			if pass == 0 || done == all {
				cancel()
			}
		})
		cancel()
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("pass %d: cancelled: %v", pass, err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w, err = workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: w.Dir()}); err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if j, err = w.Import.Job(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := j.Commit(t.Context(), nil)
	if err != nil || counts.New != customers || counts.Merged != customers || counts.Wrong != 0 {
		t.Errorf("resumed: %+v, %v", counts, err)
	}
	for _, want := range []struct {
		remark string
		n      int
	}{{"新", customers}, {"旧", 0}} {
		page, err := w.Index.List(index.Query{Filters: []index.Filter{{Field: "remark", Op: index.OpIs, Values: []string{want.remark}}}})
		if err != nil || page.Total != want.n {
			t.Errorf("customers with %s: %d, %v, want %d", want.remark, page.Total, err, want.n)
		}
	}
	ids, err := w.Index.IDs(index.Query{})
	if err != nil || len(ids) != customers {
		t.Fatalf("%d customers, %v", len(ids), err)
	}
	for _, id := range ids[:20] {
		acts, err := w.Book.History(id, "remark")
		if err != nil || len(acts) != 2 || acts[0].Fields[0].After.Text != "旧" || acts[1].Fields[0].After.Text != "新" {
			t.Errorf("%s: history %+v, %v", id, acts, err)
		}
	}
}
