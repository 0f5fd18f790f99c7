package app_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app"
	"tongce/app/keychain/ringtest"
)

const draftSheet = "客户名称,手机,备注\n苏州锦成机电有限公司,1381290,甲\n广州丙丁有限公司,13812905678,乙\n"

// keptOne opens a file and keeps the wrong number that keeps a row out.
func keptOne(t *testing.T, a *app.App, host *hall) app.ImportView {
	t.Helper()
	imports := service[*app.Imports](t, a)
	v := importFile(t, a, host, "客户.csv", draftSheet)
	if v.Phase != "check" || v.Counts.New != 1 || v.Counts.Wrong != 1 || v.Repairs != 0 {
		t.Fatalf("checked: got %+v", v)
	}
	must[app.PlanReply](t)(imports.Fix(app.FixRequest{Job: v.Job, Field: "mobile", Action: "keep"}))
	return must[app.ImportView](t)(imports.View(v.Job))
}

// TestRepairsOutliveTheWayBack: who goes back to the columns and changes nothing,
// or nothing that counts, comes to the plan as he left it; a change of what is
// imported makes a new one.
func TestRepairsOutliveTheWayBack(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	v := keptOne(t, a, host)
	if v.Phase != "check" || v.Counts.New != 2 || v.Counts.Wrong != 0 || v.Repairs != 1 {
		t.Fatalf("repaired: got %+v", v)
	}
	sheet := v.Sheets[0]
	same := app.SheetRequest{Job: v.Job, Chosen: true, HeaderFrom: sheet.HeaderFrom, HeaderTo: sheet.HeaderTo}
	for name, step := range map[string]func() error{
		"nothing":         func() error { return nil },
		"the same header": func() error { _, err := imports.ChooseSheet(same); return err },
		"the field it has": func() error {
			_, err := imports.Map(app.MapRequest{Job: v.Job, Column: "C", Field: "remark"})
			return err
		},
		"a column not there":  func() error { _, _ = imports.Map(app.MapRequest{Job: v.Job, Column: "Z", Field: "name"}); return nil },
		"a file not there":    func() error { _, _ = imports.AddFile(app.FileRequest{Job: v.Job, Path: "none.csv"}); return nil },
		"a file not readable": func() error { return unreadable(t, host, imports, v.Job) },
	} {
		if err := step(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		must[app.ImportView](t)(imports.Plan(v.Job))
		if got := settled(t, imports, v.Job); got.Phase != "check" || got.Counts != v.Counts || got.Repairs != 1 || len(got.Sheets) != 1 {
			t.Errorf("%s: got %s %+v and %d repairs, want the plan as it was", name, got.Phase, got.Counts, got.Repairs)
		}
	}
	must[app.ColumnsReply](t)(imports.Map(app.MapRequest{Job: v.Job, Column: "C", Field: ""}))
	if got := must[app.ImportView](t)(imports.View(v.Job)); got.Phase != "sheets" || got.Repairs != 0 {
		t.Errorf("a column left out: got %s and %d repairs, want no plan", got.Phase, got.Repairs)
	}
	must[app.ImportView](t)(imports.Plan(v.Job))
	if got := settled(t, imports, v.Job); got.Phase != "check" || got.Counts.Wrong != 1 {
		t.Errorf("planned anew: got %s %+v", got.Phase, got.Counts)
	}
}

func unreadable(t *testing.T, host *hall, imports *app.Imports, job string) error {
	t.Helper()
	host.put("坏.xlsx", []byte("PK\x03\x04 nothing more"))
	if _, err := imports.AddFile(app.FileRequest{Job: job, Path: "坏.xlsx"}); err == nil {
		t.Error("a broken workbook was taken in")
	}
	return nil
}

// TestDraftsWithTheirFiles: an import that is left at any step is among those that
// are not done, and goes on after the program has ended, though its files are gone:
// sheets are shown, columns sent elsewhere, the check made. Written or discarded,
// nothing of the file is kept.
func TestDraftsWithTheirFiles(t *testing.T) {
	t.Parallel()
	dir, ring := t.TempDir(), new(ringtest.Memory)
	a, host := startApp(t, dir, ring)
	must[app.StartState](t)(service[*app.Start](t, a).Create(company))
	imports := service[*app.Imports](t, a)
	host.put("大.csv", []byte(strings.ReplaceAll(sheetOf(2000), "1.38E+10", "")))
	host.put("二.csv", []byte("客户名称,市\n广州丙丁有限公司,广州市\n"))
	left := must[app.ImportView](t)(imports.Open("大.csv"))
	must[app.ImportView](t)(imports.AddFile(app.FileRequest{Job: left.Job, Path: "二.csv"}))
	must[app.ImportView](t)(imports.ChooseSheet(app.SheetRequest{
		Job: left.Job, Sheet: 1, Chosen: false, HeaderFrom: 1, HeaderTo: 1,
	}))
	raw := must[app.RawRowsReply](t)(imports.Sheet(app.SheetRequest{Job: left.Job, Offset: 1990, Limit: 3}))
	checked := keptOne(t, a, host)
	a.Shutdown()

	a, _ = startApp(t, dir, ring) // whose host knows no file
	imports = service[*app.Imports](t, a)
	past := must[app.PastReply](t)(imports.Past()).Imports
	if len(past) != 2 || !past[0].Open || !past[1].Open {
		t.Fatalf("not done: got %+v, want both", past)
	}
	v := must[app.ImportView](t)(imports.View(left.Job))
	if v.Phase != "sheets" || len(v.Sheets) != 2 || !v.Sheets[0].Chosen || v.Sheets[1].Chosen {
		t.Fatalf("left at the columns: got %+v", v)
	}
	again := must[app.RawRowsReply](t)(imports.Sheet(app.SheetRequest{Job: left.Job, Offset: 1990, Limit: 3}))
	if diff := cmp.Diff(raw, again); diff != "" {
		t.Errorf("rows of the file (-before +after):\n%s", diff)
	}
	must[app.ImportView](t)(imports.Plan(left.Job))
	if v = settled(t, imports, left.Job); v.Phase != "check" || v.Counts.New != 2000 {
		t.Errorf("planned: got %s %q %+v, want 2000 new", v.Phase, v.Error, v.Counts)
	}
	must[app.ImportView](t)(imports.Plan(checked.Job)) // back and on
	if v = must[app.ImportView](t)(imports.View(checked.Job)); v.Phase != "check" || v.Repairs != 1 || v.Counts != checked.Counts {
		t.Errorf("left at the check: got %+v", v)
	}
	must[app.ColumnsReply](t)(imports.Map(app.MapRequest{Job: checked.Job, Column: "C", Field: ""}))
	must[app.ImportView](t)(imports.Plan(checked.Job))
	if v = settled(t, imports, checked.Job); v.Phase != "check" || v.Counts.Wrong != 1 {
		t.Errorf("checked anew: got %s %q %+v", v.Phase, v.Error, v.Counts)
	}
}
