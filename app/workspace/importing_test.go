package workspace_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/keychain/ringtest"
	"tongce/app/sheet"
	"tongce/app/workspace"
)

func csv(n int) []byte {
	var b bytes.Buffer
	b.WriteString("客户名称,联系人,手机,邮箱,银行账号,备注\r\n")
	for i := range n {
		fmt.Fprintf(&b, "测试%06d机械有限公司,张伟%s,139%08d,a%06d@example.com,6222%015d,第%06d号备注\r\n", i, string(rune('一'+i)), i, i, i, i)
	}
	return b.Bytes()
}

func begin(tb testing.TB, w *workspace.Workspace, content []byte) *workspace.Job {
	tb.Helper()
	return beginNamed(tb, w, "客户.csv", content)
}

func beginNamed(tb testing.TB, w *workspace.Workspace, name string, content []byte) *workspace.Job {
	tb.Helper()
	j, err := w.Import.Open(tb.Context(), true, sheet.Source{Name: name, Bytes: content})
	if err != nil {
		tb.Fatal(err)
	}
	return j
}

func total(t *testing.T, w *workspace.Workspace) int {
	t.Helper()
	page, err := w.Index.List(index.Query{})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}

func TestCancelledImportGoesOnAfterReopening(t *testing.T) {
	t.Parallel()
	ring := &ringtest.Memory{}
	const rows = 900
	w := create(t, deps(ring), spec(filepath.Join(t.TempDir(), "b")))
	j := begin(t, w, csv(rows))
	if _, err := j.Commit(t.Context(), nil); !errors.Is(err, workspace.ErrPhase) {
		t.Errorf("commit without a plan: got %v, want ErrPhase", err)
	}
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if got := total(t, w); got != 0 {
		t.Fatalf("a plan wrote %d customers", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, err := j.Commit(ctx, func(done, _ int) {
		if done >= 250 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: got %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: w.Dir()})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.WaitIndexed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := total(t, again); got < 250 || got == rows {
		t.Fatalf("after cancelling: %d customers", got)
	}
	past, err := again.Import.Past()
	if err != nil || len(past) != 1 || past[0].Phase != workspace.PhaseWriting {
		t.Fatalf("past imports: got %+v, %v", past, err)
	}
	j, err = again.Import.Job(t.Context(), past[0].Batch)
	if err != nil {
		t.Fatal(err)
	}
	counts, err := j.Commit(t.Context(), nil)
	if err != nil || counts.New != rows || counts.Wrong != 0 {
		t.Errorf("resumed: got %+v, %v", counts, err)
	}
	if got := total(t, again); got != rows {
		t.Errorf("after resuming: got %d customers, want %d", got, rows)
	}
	page, err := again.Index.List(index.Query{Batch: j.ID()})
	if err != nil || page.Total != rows {
		t.Errorf("customers of the one batch: got %d, %v", page.Total, err)
	}
}

func TestUndoAndRedo(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	j := begin(t, w, csv(30))
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	plan, err := w.Import.PlanUndo(t.Context(), j.Batch(), nil)
	if err != nil || plan.Removed != 30 || plan.Kept != 0 || plan.Denied {
		t.Errorf("preview: got %+v, %v", plan, err)
	}
	if got := total(t, w); got != 30 {
		t.Fatalf("a preview removed %d", 30-got)
	}
	done, err := w.Import.Undo(t.Context(), j.Batch(), nil, nil)
	if err != nil || done.Removed != 30 || total(t, w) != 0 || j.Phase() != workspace.PhaseUndone {
		t.Errorf("undo: got %+v, %v, %d left, %s", done, err, total(t, w), j.Phase())
	}
	if n, err := w.Import.Redo(t.Context(), j.Batch(), nil); err != nil || n != 30 || total(t, w) != 30 || j.Phase() != workspace.PhaseDone {
		t.Errorf("redo: got %d, %v, %d there, %s", n, err, total(t, w), j.Phase())
	}
	if _, err := w.Import.PlanUndo(t.Context(), [16]byte{1}, nil); !errors.Is(err, workspace.ErrNoBatch) {
		t.Errorf("unknown batch: got %v", err)
	}
}

// A planning run that was killed leaves rows without a record of it; the next
// start removes them, and leaves a plan alone that a person may come back to.
func TestRowsOfAKilledPlanGo(t *testing.T) {
	t.Parallel()
	ring := &ringtest.Memory{}
	w := create(t, deps(ring), spec(filepath.Join(t.TempDir(), "b")))
	draft := begin(t, w, csv(20))
	if err := draft.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := begin(t, w, csv(3000)).Plan(ctx, func(done, _ int) {
		if done > 1200 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("cut off: got %v", err)
	}
	if n, err := workspace.Leftovers(w); err != nil || n != 1 {
		t.Fatalf("before: got %d imports with rows nobody needs, %v, want 1", n, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w, err = workspace.Open(t.Context(), deps(ring), workspace.OpenSpec{Dir: w.Dir()})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for n := -1; n != 0; time.Sleep(time.Millisecond) {
		if n, err = workspace.Leftovers(w); err != nil || t.Context().Err() != nil {
			t.Fatalf("after opening: %d, %v", n, err)
		}
	}
	again, err := w.Import.Job(t.Context(), draft.Batch())
	if err != nil || again.Phase() != workspace.PhaseCheck {
		t.Fatalf("the draft: %v", err)
	}
	if counts, err := again.Commit(t.Context(), nil); err != nil || counts.New != 20 {
		t.Errorf("the draft, written: got %+v, %v", counts, err)
	}
}

// TestNothingOfTheBookIsReadableOnDisk greps the data directory of a used
// workspace for imported values.
func TestNothingOfTheBookIsReadableOnDisk(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	j := begin(t, w, csv(200))
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	all := needles(t)
	if find([]byte("前面 139"+"00000007 后面"), all) == nil {
		t.Fatal("the search finds nothing")
	}
	// Looked at with the plan on disk too, before and after it is written.
	look := func(when string) {
		err := filepath.WalkDir(w.Dir(), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if found := find(content, all); found != nil {
				t.Errorf("%s: %s holds %q", when, filepath.Base(path), found)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	look("planned")
	if _, err := j.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	look("open")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	look("closed")
}

// find gives a needle that content holds. The data directory is large and the
// needles are many, so they are told apart by their first two bytes.
func find(content []byte, needles map[[2]byte][][]byte) []byte {
	var begins [1 << 16]bool
	for k := range needles {
		begins[int(k[0])<<8|int(k[1])] = true
	}
	for i := 0; i+1 < len(content); i++ {
		if !begins[int(content[i])<<8|int(content[i+1])] {
			continue
		}
		for _, n := range needles[[2]byte{content[i], content[i+1]}] {
			if bytes.HasPrefix(content[i:], n) {
				return n
			}
		}
	}
	return nil
}

func needles(t *testing.T) map[[2]byte][][]byte {
	t.Helper()
	out := map[[2]byte][][]byte{}
	add := func(b []byte) { out[[2]byte(b)] = append(out[[2]byte(b)], b) }
	for i := range 200 {
		for _, s := range []string{
			fmt.Sprintf("测试%06d机械", i), fmt.Sprintf("139%08d", i), fmt.Sprintf("a%06d@example.com", i),
			fmt.Sprintf("6222%015d", i), fmt.Sprintf("第%06d号备注", i),
		} {
			add([]byte(s))
			gb, err := simplifiedchinese.GB18030.NewEncoder().String(s)
			if err != nil {
				t.Fatal(err)
			}
			add([]byte(gb))
			var le, be []byte
			for _, u := range utf16.Encode([]rune(s)) {
				le, be = append(le, byte(u), byte(u>>8)), append(be, byte(u>>8), byte(u))
			}
			add(le)
			add(be)
		}
	}
	return out
}

func TestImportUpdatesByExactKeysAndNeverClears(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	c := customer(t, w, book.Set{Field: "name", Text: "测试000003机械有限公司"}, book.Set{Field: "mobile", Text: "13900000003"}, book.Set{Field: "industry", Text: "机械制造"}, book.Set{Field: "email", Text: "old@example.com"})
	j := begin(t, w, csv(5))
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	counts, err := j.Commit(t.Context(), nil)
	if err != nil || counts.New != 4 || counts.Updated != 1 {
		t.Fatalf("got %+v, %v, want 4 new and 1 updated", counts, err)
	}
	plain, ok, err := w.Book.Plain(c.ID)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	for field, want := range map[string]string{"email": "a000003@example.com", "industry": "机械制造", "mobile": "13900000003"} {
		if got := plain.Fields[field]; got != want {
			t.Errorf("%s: got %q, want %q", field, got, want)
		}
	}
	if len(plain.Sources) != 1 || plain.Sources[0].Row != 5 || plain.Sources[0].File != "客户.csv" {
		t.Errorf("source: got %+v", plain.Sources)
	}
}

func TestBadFilesLeaveTheBookAlone(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	for name, content := range map[string]string{"empty.csv": "", "zip.xlsx": "PK\x03\x04" + strings.Repeat("x", 100)} {
		var bad *sheet.Error
		if _, err := w.Import.Open(t.Context(), true, sheet.Source{Name: name, Bytes: []byte(content)}); !errors.As(err, &bad) {
			t.Errorf("%s: got %v, want a sheet.Error", name, err)
		}
	}
	if past, err := w.Import.Past(); err != nil || len(past) != 0 || total(t, w) != 0 {
		t.Errorf("left behind: %v, %v, %d customers", past, err, total(t, w))
	}
}

// changed is csv with another remark in every other row.
func changed(n int) []byte {
	lines := bytes.SplitAfter(csv(n), []byte("\r\n"))
	for i := 1; i <= n; i += 2 {
		lines[i] = bytes.Replace(lines[i], []byte("号备注"), []byte("号月结"), 1)
	}
	return bytes.Join(lines, nil)
}

func imported(t *testing.T, w *workspace.Workspace, name string, content []byte) *workspace.Job {
	t.Helper()
	j := beginNamed(t, w, name, content)
	if err := j.Plan(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Commit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	return j
}

// phaseOf is what the list of imports says of one.
func phaseOf(t *testing.T, w *workspace.Workspace, batch [16]byte) workspace.Phase {
	t.Helper()
	past, err := w.Import.Past()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range past {
		if p.Batch == batch {
			return p.Phase
		}
	}
	return ""
}

// TestIU5_AnImportOfAnotherThatWasUndone: a customer that stands unchanged in
// another member's file is kept for it, until that import is undone.
func TestIU5_AnImportOfAnotherThatWasUndone(t *testing.T) {
	t.Parallel()
	a, _ := company(t)
	b := joined(t, a, deps(&ringtest.Memory{}))
	const rows = 30
	first := imported(t, a, "销售部.csv", csv(rows))
	exchange(t, a, b)
	second := imported(t, b, "客服部.csv", changed(rows))
	exchange(t, b, a)
	removed := func(when string, want int) {
		t.Helper()
		plan, err := a.Import.PlanUndo(t.Context(), first.Batch(), nil)
		if err != nil || plan.Removed != want || plan.Kept != rows-want {
			t.Errorf("%s: %d removed, %d kept, %v; want %d removed", when, plan.Removed, plan.Kept, err, want)
		}
	}
	removed("both stand", 0)
	if _, err := b.Import.Undo(t.Context(), second.Batch(), nil, nil); err != nil {
		t.Fatal(err)
	}
	exchange(t, b, a)
	removed("the second was undone", rows)
	if got := phaseOf(t, a, second.Batch()); got != workspace.PhaseUndone {
		t.Errorf("on the other device it is %s", got)
	}
	page, err := b.Index.List(index.Query{Batch: second.ID(), Sort: "remark", Limit: 1})
	if err != nil || len(page.Customers) == 0 {
		t.Fatal(err)
	}
	one := page.Customers[0].ID
	for _, c := range page.Customers {
		one = c.ID
	}
	if _, err := b.Book.Set(t.Context(), one, book.Set{Field: "remark", Text: "本人改的"}); err != nil {
		t.Fatal(err)
	}
	if n, err := b.Import.Redo(t.Context(), second.Batch(), nil); err != nil || n < rows/2-1 {
		t.Fatalf("brought back in %d, %v", n, err)
	}
	exchange(t, b, a)
	removed("it was brought back", 0)
	if got := phaseOf(t, a, second.Batch()); got != workspace.PhaseDone {
		t.Errorf("brought back it is %s", got)
	}
}

// TestIU4_HalfUndone: an undo that was stopped has not undone the import.
func TestIU4_HalfUndone(t *testing.T) {
	t.Parallel()
	w := create(t, deps(&ringtest.Memory{}), spec(filepath.Join(t.TempDir(), "b")))
	const rows = 900
	j := imported(t, w, "客户.csv", csv(rows))
	ctx, cancel := context.WithCancel(t.Context())
	u, err := w.Import.Undo(ctx, j.Batch(), nil, func(done, _ int) {
		if done > 0 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || u.Removed == 0 || u.Removed == rows {
		t.Fatalf("stopped: %d removed, %v", u.Removed, err)
	}
	if err := w.WaitIndexed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := phaseOf(t, w, j.Batch()); got != workspace.PhaseDone {
		t.Errorf("stopped it is %s", got)
	}
	if _, err := w.Import.Undo(t.Context(), j.Batch(), nil, nil); err != nil {
		t.Fatal(err)
	}
	if got := phaseOf(t, w, j.Batch()); got != workspace.PhaseUndone {
		t.Errorf("undone it is %s", got)
	}
}
