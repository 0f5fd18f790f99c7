package workspace_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app/index"
	"tongce/app/keychain/ringtest"
	"tongce/app/quality"
	"tongce/app/workspace"
)

func TestSample(t *testing.T) {
	t.Parallel()
	content := func(seed uint64) []map[string]index.Value {
		w, err := workspace.Sample(t.Context(), deps(&ringtest.Memory{}), workspace.SampleSpec{Dir: filepath.Join(t.TempDir(), "s"), Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := w.WaitIndexed(t.Context()); err != nil {
			t.Fatal(err)
		}
		page, err := w.Index.List(index.Query{Limit: 500})
		if err != nil {
			t.Fatal(err)
		}
		if page.Total != workspace.SampleCustomers || !w.IsSample() {
			t.Errorf("got %d customers, sample %v", page.Total, w.IsSample())
		}
		two, err := w.Index.List(index.Query{Filters: []index.Filter{{Field: index.AnyField, Op: index.OpConflict}}})
		if err != nil || two.Total != 3 {
			t.Errorf("customers with two values: got %d, %v, want 3", two.Total, err)
		}
		names := map[string]bool{}
		var out []map[string]index.Value
		codes := 0
		for _, c := range page.Customers {
			names[c.Values["name"].Text] = true
			if quality.ValidUSCC(c.Values["uscc"].Text) {
				codes++
			}
			out = append(out, c.Values)
		}
		if len(names) < 180 || codes < 150 {
			t.Errorf("got %d names and %d right credit codes", len(names), codes)
		}
		if n, err := w.Repo().OutboxLen(); err != nil || n != 0 {
			t.Errorf("outbox: got %d, %v", n, err)
		}
		if problems, err := w.Verify(t.Context(), nil); err != nil || len(problems) > 0 {
			t.Errorf("verify: %v, %v", problems, err)
		}
		return out
	}
	a := content(7)
	if os.Getenv("TONGCE_LONG") == "" {
		return
	}
	b := content(7)
	if got, want := names(a), names(b); !cmp.Equal(got, want) {
		t.Errorf("equal seeds gave other customers: %s", cmp.Diff(want, got))
	}
}

func names(all []map[string]index.Value) map[string]int {
	out := map[string]int{}
	for _, c := range all {
		out[c["name"].Text+c["uscc"].Text+c["email"].Text]++
	}
	return out
}
