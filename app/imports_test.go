package app_test

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app"
)

// sheetOf is a CSV file with one wrong phone number in ten.
func sheetOf(rows int) string {
	var b strings.Builder
	b.WriteString("客户名称,手机,城市,合同金额\n")
	for i := range rows {
		phone := fmt.Sprintf("138%08d", i)
		if i%10 == 3 {
			phone = "1.38E+10"
		}
		fmt.Fprintf(&b, "苏州第%d精密机械有限公司,%s,苏州市,%d\n", i, phone, 1000+i)
	}
	return b.String()
}

// importFile opens a file and plans it.
func importFile(t *testing.T, a *app.App, host *hall, name, content string) app.ImportView {
	t.Helper()
	imports := service[*app.Imports](t, a)
	host.put(name, []byte(content))
	v := must[app.ImportView](t)(imports.Open(name))
	if v.Phase != "sheets" || len(v.Sheets) != 1 || !v.Sheets[0].Chosen {
		t.Fatalf("opened: got %+v", v)
	}
	must[app.ImportView](t)(imports.Plan(v.Job))
	return settled(t, imports, v.Job)
}

// settled waits for the step that runs.
func settled(t *testing.T, imports *app.Imports, job string) (v app.ImportView) {
	t.Helper()
	eventually(t, "the end of the step", func() bool {
		v = must[app.ImportView](t)(imports.View(job))
		return v.Phase != "planning" && v.Phase != "writing"
	})
	return v
}

func TestImportFixWriteUndo(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	v := importFile(t, a, host, "客户.csv", sheetOf(100))
	if v.Phase != "check" || v.Counts.New != 90 || v.Counts.Wrong != 10 {
		t.Fatalf("planned: got %s %+v, want 90 new and 10 wrong", v.Phase, v.Counts)
	}
	cols := must[app.ColumnsReply](t)(imports.Columns(v.Job))
	if len(cols.Columns) != 4 || cols.Columns[0].Field != "name" || len(cols.Targets) == 0 {
		t.Errorf("columns: got %+v", cols.Columns)
	}
	raw := must[app.RawRowsReply](t)(imports.Sheet(app.SheetRequest{Job: v.Job, Limit: 3}))
	if len(raw.Rows) != 3 || raw.Rows[0].Kind != "header" || raw.Columns[0] != "A" {
		t.Errorf("raw rows: got %+v", raw)
	}
	page := must[app.PlanReply](t)(imports.Rows(app.PlanRequest{Job: v.Job, Kind: "problems", Limit: 50}))
	if page.Total != 10 || len(page.Causes) == 0 || page.Causes[0].Field != "mobile" {
		t.Fatalf("problems: got %d rows, causes %+v", page.Total, page.Causes)
	}
	fixed := must[app.PlanReply](t)(imports.Fix(app.FixRequest{Job: v.Job, Index: page.Rows[0].Index, Field: "mobile", Action: "empty", All: true}))
	if fixed.Counts.Wrong != 0 || fixed.Counts.New != 100 || !fixed.Undo {
		t.Fatalf("all fixed alike: got %+v", fixed.Counts)
	}
	must[app.PlanReply](t)(imports.UndoFix(v.Job))
	file := must[app.FileReply](t)(imports.Problems(v.Job))
	if file.Count != 10 || !bytes.HasPrefix(host.saved["没有写入的行.xlsx"], []byte("PK")) {
		t.Errorf("problems workbook: got %+v", file)
	}
	must[app.ImportView](t)(imports.Write(v.Job))
	v = settled(t, imports, v.Job)
	if v.Phase != "done" || v.Counts.New != 90 {
		t.Fatalf("written: got %s %+v %q", v.Phase, v.Counts, v.Error)
	}
	list := must[app.ListReply](t)(service[*app.Customers](t, a).List(app.ListRequest{Batch: v.Batch, Limit: 10, Fields: []string{"name"}}))
	if list.Total != 90 {
		t.Errorf("customers of the batch: got %d, want 90", list.Total)
	}
	card := must[app.CustomerView](t)(service[*app.Customers](t, a).Get(list.Rows[0].ID))
	if src := valueOf(card, "city").Source; src == nil || src.File != "客户.csv" || src.Row < 2 {
		t.Errorf("source of a value: got %+v", src)
	}
	undoBatch(t, a, v.Batch, list.Rows[0].ID)
}

// undoBatch undoes a batch of 90 after one customer was edited.
func undoBatch(t *testing.T, a *app.App, batch, edited string) {
	t.Helper()
	imports := service[*app.Imports](t, a)
	must[app.SetReply](t)(service[*app.Customers](t, a).Set(app.SetRequest{ID: edited, Values: []app.FieldValue{{Field: "city", Text: "无锡市"}}}))
	kept := must[app.UndoReply](t)(imports.UndoPreview(app.UndoRequest{Batch: batch, Kind: "kept", Limit: 10}))
	if kept.Removed != 89 || kept.Kept != 1 || kept.Total != 1 || kept.Rows[0].By == nil || kept.Rows[0].Now != "无锡市" || kept.Rows[0].Imported != "苏州市" {
		t.Fatalf("preview: got %+v", kept)
	}
	must[app.UndoState](t)(imports.Undo(app.UndoRequest{Batch: batch}))
	if done := undone(t, imports, batch); done.Phase != "done" || done.Removed != 89 || done.Kept != 1 {
		t.Fatalf("undone: got %+v", done)
	}
	if past := must[app.PastReply](t)(imports.Past()); len(past.Imports) != 1 || !past.Imports[0].Undone {
		t.Errorf("past: got %+v", past.Imports)
	}
	if r := must[app.FileReply](t)(imports.UndoReport(batch)); r.Count != 90 {
		t.Errorf("report: got %d rows, want 90", r.Count)
	}
	must[app.UndoState](t)(imports.Undo(app.UndoRequest{Batch: batch, Kind: "redo"}))
	if again := undone(t, imports, batch); again.Phase != "idle" {
		t.Errorf("the undo taken back: got %+v, want idle", again)
	}
	if n := list(t, a, batch); n != 90 {
		t.Errorf("brought back: got %d customers, want 90", n)
	}
}

// Who is named for a customer that an undo keeps, also where no field tells of it,
// and the history says who deleted it.
func TestKeptWithoutAField(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports, customers := service[*app.Imports](t, a), service[*app.Customers](t, a)
	v := importFile(t, a, host, "客户.csv", strings.ReplaceAll(sheetOf(3), "1.38E+10", ""))
	must[app.ImportView](t)(imports.Write(v.Job))
	settled(t, imports, v.Job)
	id := must[app.ListReply](t)(customers.List(app.ListRequest{Batch: v.Batch, Limit: 1})).Rows[0].ID
	must[app.SetReply](t)(customers.Delete(id))
	must[app.SetReply](t)(customers.Undelete(id))
	kept := must[app.UndoReply](t)(imports.UndoPreview(app.UndoRequest{Batch: v.Batch, Kind: "kept", Limit: 10}))
	if kept.Removed != 2 || kept.Total != 1 || kept.Rows[0].Field != "" || kept.Rows[0].By == nil || kept.Rows[0].By.Member == "" || kept.Rows[0].By.At == "" {
		t.Errorf("got %+v", kept)
	}
	past := must[app.HistoryReply](t)(service[*app.History](t, a).List(app.HistoryRequest{ID: id}))
	if past.Total != 3 || past.Entries[0].Cause != "undelete" || past.Entries[1].Cause != "delete" || past.Entries[2].Cause != "import" {
		t.Errorf("history: got %+v", past.Entries)
	}
}

// Of a field that two wrote apart, an undo shows the value that counts now, as the
// list does, whichever of them was the last to arrive.
func TestKeptShowsTheValueThatCounts(t *testing.T) {
	t.Parallel()
	const mine, theirs = "重点", "普通" // theirs is last in the history
	for range 20 {                  // whose counts is drawn with the devices
		a, _ := testApp(t, t.TempDir())
		must[app.StartState](t)(service[*app.Start](t, a).Sample())
		imports := service[*app.Imports](t, a)
		past := must[app.PastReply](t)(imports.Past())
		kept := must[app.UndoReply](t)(imports.UndoPreview(app.UndoRequest{Batch: past.Imports[0].Batch, Kind: "kept", Limit: 100}))
		list := must[app.ListReply](t)(service[*app.Customers](t, a).List(app.ListRequest{Limit: 500, Fields: []string{"level"}}))
		counts := ""
		for _, r := range kept.Rows {
			at := slices.IndexFunc(list.Rows, func(x app.Row) bool { return x.ID == r.ID })
			if r.Field != "level" || at < 0 || list.Rows[at].Cells[0].Conflicts == 0 {
				continue
			}
			if counts = list.Rows[at].Cells[0].Text; r.Now != counts {
				t.Errorf("now: got %q, want %q as in the list", r.Now, counts)
			}
		}
		must[app.StartState](t)(service[*app.Start](t, a).ClearSample())
		switch counts {
		case mine:
			return
		case theirs:
		default:
			t.Fatalf("no level with two values is kept: %q", counts)
		}
	}
	t.Fatal("the value of the last change always counts")
}

// list counts the customers of a batch.
func list(t *testing.T, a *app.App, batch string) int {
	t.Helper()
	return must[app.ListReply](t)(service[*app.Customers](t, a).List(app.ListRequest{Batch: batch})).Total
}

// undone waits for the undo that runs.
func undone(t *testing.T, imports *app.Imports, batch string) (v app.UndoState) {
	t.Helper()
	eventually(t, "the end of the undo", func() bool {
		v = must[app.UndoState](t)(imports.UndoState(batch))
		return v.Phase != "undoing" && v.Phase != "redoing"
	})
	return v
}

// An undo that is stopped leaves whole customers, says how many, and goes on.
func TestUndoStopsAndGoesOn(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	v := importFile(t, a, host, "客户.csv", strings.ReplaceAll(sheetOf(2000), "1.38E+10", ""))
	must[app.ImportView](t)(imports.Write(v.Job))
	settled(t, imports, v.Job)
	must[app.UndoState](t)(imports.Undo(app.UndoRequest{Batch: v.Batch}))
	must[app.UndoState](t)(imports.StopUndo(v.Batch))
	stopped := undone(t, imports, v.Batch)
	if stopped.Phase != "stopped" && stopped.Phase != "done" {
		t.Fatalf("stopped: got %+v", stopped)
	}
	left := must[app.UndoReply](t)(imports.UndoPreview(app.UndoRequest{Batch: v.Batch, Kind: "removed"}))
	if left.Removed+stopped.Removed != 2000 {
		t.Errorf("got %d removed and %d to go, want 2000 together", stopped.Removed, left.Removed)
	}
	t.Logf("stopped after %d", stopped.Removed)
	must[app.UndoState](t)(imports.Undo(app.UndoRequest{Batch: v.Batch}))
	if end := undone(t, imports, v.Batch); end.Phase != "done" || end.Removed != left.Removed {
		t.Errorf("gone on: got %+v, want %d removed", end, left.Removed)
	}
	// Bringing it back stops and goes on in the same way.
	redo := app.UndoRequest{Batch: v.Batch, Kind: "redo"}
	must[app.UndoState](t)(imports.Undo(redo))
	eventually(t, "customers that are back", func() bool {
		s := must[app.UndoState](t)(imports.UndoState(v.Batch))
		return s.Done > 0 || s.Phase != "redoing"
	})
	must[app.UndoState](t)(imports.StopUndo(v.Batch))
	stopped = undone(t, imports, v.Batch)
	if n := list(t, a, v.Batch); stopped.Phase != "idle" && (stopped.Phase != "stopped" || stopped.Back != n || stopped.Removed != 0) {
		t.Errorf("stopped: got %+v, and %d customers are back", stopped, n)
	}
	t.Logf("stopped after %d came back", stopped.Back)
	must[app.UndoState](t)(imports.Undo(redo))
	if end := undone(t, imports, v.Batch); end.Phase != "idle" || list(t, a, v.Batch) != 2000 {
		t.Errorf("gone on: got %+v and %d customers", end, list(t, a, v.Batch))
	}
	if past := must[app.PastReply](t)(imports.Past()); past.Imports[0].Undone {
		t.Error("all is back, and it counts as undone")
	}
}

// A write that is stopped in the middle goes on where it stood, and the same
// file again has nothing new.
func TestImportCancelResumeAgain(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	content := strings.ReplaceAll(sheetOf(3000), "1.38E+10", "")
	v := importFile(t, a, host, "客户.csv", content)
	must[app.ImportView](t)(imports.Write(v.Job))
	v = must[app.ImportView](t)(imports.Cancel(v.Job))
	if v.Phase != "paused" && v.Phase != "done" {
		t.Fatalf("stopped: got %s", v.Phase)
	}
	t.Logf("stopped at %d of %d in phase %s", v.Done, v.Total, v.Phase)
	if v.Phase == "paused" && (v.Done == 0) == (list(t, a, v.Batch) > 0) {
		t.Errorf("stopped: %d rows are said to be written, %d are", v.Done, list(t, a, v.Batch))
	}
	if v.Phase == "paused" {
		must[app.ImportView](t)(imports.Resume(v.Job))
		v = settled(t, imports, v.Job)
	}
	if v.Phase != "done" || v.Counts.New != 3000 {
		t.Fatalf("in the end: got %s %+v", v.Phase, v.Counts)
	}
	again := importFile(t, a, host, "客户.csv", content)
	if again.Counts.New != 0 || again.Counts.Same != 3000 || again.Before == "" {
		t.Errorf("the same file: got %s %q %+v before %q, want 3000 the same", again.Phase, again.Error, again.Counts, again.Before)
	}
	if past := must[app.PastReply](t)(imports.Discard(again.Job)); len(past.Imports) != 1 {
		t.Errorf("after discarding: got %d imports, want 1", len(past.Imports))
	}
	_, err := imports.View(again.Job)
	if code, _ := codeOf(t, err); code != "not_found" {
		t.Errorf("a discarded import: got %q, want not_found", code)
	}
}

func TestImportRefusals(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	host.put("x.xlsx", []byte("PK\x03\x04 and then nothing that a workbook has"))
	_, err := imports.Open("x.xlsx")
	if code, reason := codeOf(t, err); code != "invalid" || reason == "" {
		t.Errorf("no workbook: got %q %q", code, reason)
	}
	_, err = imports.Open("missing.xlsx")
	if code, _ := codeOf(t, err); code != "not_found" {
		t.Errorf("missing: got %q", code)
	}
	_, err = imports.Write("nonsense")
	if code, _ := codeOf(t, err); code != "not_found" {
		t.Errorf("a job that is none: got %q", code)
	}
}

func TestExport(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	addCustomer(t, a, "name", "苏州锦成机电有限公司", "mobile", "13812905678")
	customers := service[*app.Customers](t, a)
	file := must[app.FileReply](t)(customers.Export(app.ExportRequest{Format: "csv"}))
	open := string(host.saved["客户.csv"])
	if file.Count != 1 || !strings.Contains(open, "锦成") || strings.Contains(open, "13812905678") {
		t.Errorf("without sealed: got %d customers, %q", file.Count, open)
	}
	must[app.FileReply](t)(customers.Export(app.ExportRequest{Format: "csv", Sealed: true}))
	if !strings.Contains(string(host.saved["客户.csv"]), "13812905678") {
		t.Error("with sealed: the number is not there")
	}
	_, err := customers.Export(app.ExportRequest{Format: "exe"})
	if code, _ := codeOf(t, err); code != "invalid" {
		t.Errorf("unknown format: got %q", code)
	}
}

func TestSampleOpensAndClears(t *testing.T) {
	t.Parallel()
	a, _ := testApp(t, t.TempDir())
	start := service[*app.Start](t, a)
	_, err := start.ClearSample()
	if code, _ := codeOf(t, err); code != "denied" {
		t.Errorf("clearing what is no sample: got %q, want denied", code)
	}
	st := must[app.StartState](t)(start.Sample())
	if st.Kind != "open" || !st.Sample || st.KitPending {
		t.Fatalf("sample: got %+v", st)
	}
	if slices.Contains(st.Abilities, "invite") {
		t.Errorf("sample: invites are offered: %v", st.Abilities)
	}
	if sync := must[app.SyncStatus](t)(service[*app.Sync](t, a).Status()); sync.Relay+sync.RelayKey != "" || len(sync.Relays) > 0 {
		t.Errorf("sample: a relay is shown that is nowhere: %+v", sync)
	}
	list := must[app.ListReply](t)(service[*app.Customers](t, a).List(app.ListRequest{Limit: 500, Fields: []string{"name", "mobile"}}))
	if list.Total != 200 {
		t.Errorf("sample: got %d customers, want 200", list.Total)
	}
	flags := 0
	for _, r := range list.Rows {
		flags += r.Flags
	}
	t.Logf("%d flags", flags)
	if st := must[app.StartState](t)(start.Lock()); st.Kind != "locked" || st.Reason != "" {
		t.Errorf("locked: got %+v, want no question for a passphrase that nobody was given", st)
	}
	if st := must[app.StartState](t)(start.Unlock("")); st.Kind != "open" || !st.Sample {
		t.Errorf("opened again: got %+v", st)
	}
	if st := must[app.StartState](t)(start.ClearSample()); st.Kind != "none" || st.Sample {
		t.Errorf("cleared: got %+v", st)
	}
	if st := must[app.StartState](t)(start.Create(company)); st.Kind != "open" || st.Sample {
		t.Errorf("one's own after it: got %+v", st)
	}
}

// A row that updates a customer is shown beside what the book has: what it fills,
// what it replaces, and what stays; of a sealed field only the mask.
func TestPlanTellsWhatTheBookHas(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	addCustomer(t, a, "name", "苏州锦成机电有限公司", "mobile", "13812905678", "city", "苏州市")
	v := importFile(t, a, host, "客户.csv", "客户名称,手机,城市,合同金额\n苏州锦成机电有限公司,13812905678,无锡市,1000\n")
	rows := must[app.PlanReply](t)(service[*app.Imports](t, a).Rows(app.PlanRequest{Job: v.Job, Kind: "updated", Limit: 5})).Rows
	if len(rows) != 1 {
		t.Fatalf("updated: got %d rows, want 1", len(rows))
	}
	got := map[string]string{}
	for _, c := range rows[0].Cells {
		got[c.Field] = fmt.Sprintf("%s %v", c.Old, c.Changed)
	}
	want := map[string]string{
		"name": "苏州锦成机电有限公司 false", "mobile": "138****5678 false", "city": "苏州市 true", "contract_amount": " true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("what the book has and whether it changes (-want +got):\n%s", diff)
	}
}

// A row that is one customer with another of the file, or may be, says with which,
// on a page of many as on a page of one.
func TestPlanTellsWhichRowsAreOne(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	v := importFile(t, a, host, "客户.csv", `客户名称,联系人,手机,城市
苏州锦成机电有限公司,吴迪,13812905678,无锡市
杭州甲乙有限公司,王刚,13900001111,
苏州锦成机电有限公司,吴迪,13812905678,苏州市
宁波丙丁有限公司,李娜,13900001111,
苏州锦成机电有限公司,吴迪,13812905678,
无锡填充有限公司,钱敏,,
无锡填充有限公司,钱敏,,无锡市
`)
	page := func(offset, limit int) []app.PlanRow {
		return must[app.PlanReply](t)(service[*app.Imports](t, a).Rows(app.PlanRequest{Job: v.Job, Offset: offset, Limit: limit})).Rows
	}
	all := page(0, 10)
	got := map[int][]app.PlanOther{}
	for i, r := range all {
		got[r.Row] = append(r.Review, r.Joined)
		if diff := cmp.Diff(page(i, 1), all[i:i+1]); diff != "" {
			t.Errorf("row %d alone and among all (-alone +among):\n%s", r.Row, diff)
		}
	}
	leader := app.PlanOther{Name: "苏州锦成机电有限公司", Row: 2}
	want := map[int][]app.PlanOther{
		2: {{}}, 3: {{Name: "宁波丙丁有限公司", Row: 5}, {}}, 4: {leader}, 5: {{Name: "杭州甲乙有限公司", Row: 3}, {}}, 6: {leader},
		7: {{}}, 8: {{Name: "无锡填充有限公司", Row: 7}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("which rows are one (-want +got):\n%s", diff)
	}
}

// TestUndoPreviewNamesTheSheets: a row number alone says nothing where an import
// had several files.
func TestUndoPreviewNamesTheSheets(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	host.put("华东.csv", []byte("客户名称,市\n苏州锦成机电有限公司,苏州市\n"))
	host.put("华南.csv", []byte("客户名称,市\n广州丙丁有限公司,广州市\n"))
	host.put("重复.csv", []byte("客户名称,市\n广州丙丁有限公司,广州市\n"))
	job := must[app.ImportView](t)(imports.Open("华东.csv")).Job
	must[app.ImportView](t)(imports.AddFile(app.FileRequest{Job: job, Path: "重复.csv"}))
	must[app.ImportView](t)(imports.AddFile(app.FileRequest{Job: job, Path: "华南.csv"}))
	must[app.ImportView](t)(imports.Plan(job))
	settled(t, imports, job)
	must[app.ImportView](t)(imports.Write(job))
	v := settled(t, imports, job)
	preview := must[app.UndoReply](t)(imports.UndoPreview(app.UndoRequest{Batch: v.Batch, Kind: "removed", Limit: 10}))
	got := map[string]string{}
	for _, r := range preview.Rows {
		got[r.Name] = preview.Sheets[r.Sheet].File + " " + strconv.Itoa(r.Row)
	}
	want := map[string]string{"苏州锦成机电有限公司": "华东.csv 2", "广州丙丁有限公司": "华南.csv 2"}
	if diff := cmp.Diff(want, got); diff != "" || len(preview.Sheets) != 3 {
		t.Errorf("%d sheets, want all 3; rows (-want +got):\n%s", len(preview.Sheets), diff)
	}
}

// TestAddFileAfterTheCheck: who goes back to the sheets adds a file there, as
// before the check, and a plan is made of both.
func TestAddFileAfterTheCheck(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	v := importFile(t, a, host, "一月.csv", "客户名称,市\n苏州锦成机电有限公司,苏州市\n")
	host.put("二月.csv", []byte("客户名称,市\n广州丙丁有限公司,广州市\n"))
	added := must[app.ImportView](t)(imports.AddFile(app.FileRequest{Job: v.Job, Path: "二月.csv"}))
	if added.Phase != "sheets" || len(added.Sheets) != 2 {
		t.Fatalf("added: got %s and %d sheets, want sheets and 2", added.Phase, len(added.Sheets))
	}
	must[app.ImportView](t)(imports.Plan(v.Job))
	if v = settled(t, imports, v.Job); v.Phase != "check" || v.Counts.New != 2 {
		t.Errorf("planned: got %s %+v, want 2 new", v.Phase, v.Counts)
	}
}

// TestPlanTellsWhatWasKept: of a wrong cell that was kept the window is told.
func TestPlanTellsWhatWasKept(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	v := importFile(t, a, host, "客户.csv", "客户名称,手机\n苏州锦成机电有限公司,1381290\n")
	mobile := func() (c app.PlanCell) {
		row := must[app.PlanReply](t)(imports.Rows(app.PlanRequest{Job: v.Job, Limit: 1})).Rows[0]
		return row.Cells[slices.IndexFunc(row.Cells, func(c app.PlanCell) bool { return c.Field == "mobile" })]
	}
	if c := mobile(); c.Status != "wrong" || c.Kept {
		t.Fatalf("at first: got %+v", c)
	}
	must[app.PlanReply](t)(imports.Fix(app.FixRequest{Job: v.Job, Field: "mobile", Action: "keep"}))
	if c := mobile(); c.Status != "wrong" || !c.Kept {
		t.Errorf("kept: got %+v", c)
	}
}

// TestACauseIsRepairedByItsName: of two cells of one customer that are wrong each in
// its way, all of the second's kind are kept, and the first's is not.
func TestACauseIsRepairedByItsName(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	v := importFile(t, a, host, "客户.csv", "客户名称,手机\n苏州锦成机电有限公司,1381290\n苏州锦成机电有限公司,138123456789\n")
	in := app.FixRequest{Job: v.Job, Field: "mobile", Code: "phone_long", Action: "keep", All: true}
	left := must[app.PlanReply](t)(imports.Fix(in)).Causes
	if len(left) != 1 || left[0].Code != "phone_short" || left[0].Rows != 0 {
		t.Errorf("left: got %+v, want phone_short, for which nothing waits", left)
	}
}

// TestNewOnesToReview: a row that may be another customer counts as a new one to
// review while it is new, and not when the file comes again.
func TestNewOnesToReview(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	two := "客户名称,手机\n杭州甲乙有限公司,13812905678\n宁波丙丁有限公司,13812905678\n"
	v := importFile(t, a, host, "客户.csv", two)
	if c := v.Counts; c.New != 2 || c.Review != 2 || c.NewReview != 2 {
		t.Fatalf("planned: got %+v, want 2 new, both to review", c)
	}
	must[app.ImportView](t)(imports.Write(v.Job))
	settled(t, imports, v.Job)
	v = importFile(t, a, host, "客户.csv", two+"无锡填充有限公司,13900001111\n")
	if c := v.Counts; c.New != 1 || c.Same != 2 || c.Review != 2 || c.NewReview != 0 {
		t.Errorf("again: got %+v, want 1 new that is not to be reviewed", c)
	}
}
