package app_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tongce/app"
)

// TestSheetsWithTheSameHeadersAreMappedAsOne: what is said of a column holds for
// all sheets that have it, now and when such a file comes again.
func TestSheetsWithTheSameHeadersAreMappedAsOne(t *testing.T) {
	t.Parallel()
	a, host := openApp(t)
	imports := service[*app.Imports](t, a)
	open := func(files ...string) string {
		names := []string{"一月.csv", "二月.csv", "三月.csv", "别的.csv"}
		job := ""
		for i, content := range files {
			host.put(names[i], []byte(content))
			if job == "" {
				job = must[app.ImportView](t)(imports.Open(names[i])).Job
				continue
			}
			must[app.ImportView](t)(imports.AddFile(app.FileRequest{Job: job, Path: names[i]}))
		}
		return job
	}
	job := open(
		"客户名称,等级,绰号\n苏州锦成机电有限公司,钻石,阿成\n无锡填充有限公司,重点,阿充\n",
		"等级,客户名称,绰号\n白银,杭州甲乙有限公司,阿甲\n钻石,宁波丙丁有限公司,阿丁\n",
		"客户名称,等级,绰号\n镇江戊己有限公司,重点,阿戊\n",
		"客户名称,绰号\n南京庚辛有限公司,阿庚\n",
	)
	type line struct {
		Sheets  []int
		Header  string
		Field   string
		Options []app.ImportOption
	}
	lines := func(reply app.ColumnsReply) (out []line) {
		for _, c := range reply.Columns {
			out = append(out, line{Sheets: c.Sheets, Header: c.Header, Field: c.Field, Options: c.Options})
		}
		return out
	}
	three, last := []int{0, 1, 2}, []int{3}
	spellings := func(diamond, silver string) []app.ImportOption {
		return []app.ImportOption{{Text: "重点", Count: 2, Value: "重点"}, {Text: "钻石", Count: 2, Value: diamond}, {Text: "白银", Count: 1, Value: silver}}
	}
	check := func(reply app.ColumnsReply, err error, want ...line) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, lines(reply), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("columns (-want +got):\n%s", diff)
		}
	}
	reply, err := imports.Columns(job)
	check(reply, err,
		line{three, "客户名称", "name", nil}, line{three, "等级", "level", spellings("", "")}, line{three, "绰号", "", nil},
		line{last, "客户名称", "name", nil}, line{last, "绰号", "", nil})

	must[app.ColumnsReply](t)(imports.Map(app.MapRequest{Job: job, Sheet: 0, Column: "C", Field: "remark"}))
	must[app.ColumnsReply](t)(imports.Option(app.OptionRequest{Job: job, Sheet: 0, Column: "B", Text: "钻石", Value: "重点"}))
	// A spelling of the second sheet is named by the first: one line stands for all.
	reply, err = imports.Option(app.OptionRequest{Job: job, Sheet: 0, Column: "B", Text: "白银", Value: "普通"})
	check(reply, err,
		line{three, "客户名称", "name", nil}, line{three, "等级", "level", spellings("重点", "普通")}, line{three, "绰号", "remark", nil},
		line{last, "客户名称", "name", nil}, line{last, "绰号", "", nil})

	// What was chosen stays when a file is added, and holds for its sheets.
	must[app.ImportView](t)(imports.ChooseSheet(app.SheetRequest{Job: job, Sheet: 3, HeaderFrom: 1, HeaderTo: 1}))
	host.put("四月.csv", []byte("客户名称,等级,绰号\n南通子丑有限公司,钻石,阿子\n"))
	if _, err := imports.AddFile(app.FileRequest{Job: job, Path: "没有.csv"}); err == nil {
		t.Error("a file that is not there was taken in")
	}
	v := must[app.ImportView](t)(imports.AddFile(app.FileRequest{Job: job, Path: "四月.csv"}))
	if diff := cmp.Diff([]string{"一月.csv", "二月.csv", "三月.csv", "别的.csv", "四月.csv"}, v.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	four := []int{0, 1, 2, 4}
	reply, err = imports.Columns(job)
	check(reply, err,
		line{four, "客户名称", "name", nil}, line{four, "等级", "level", []app.ImportOption{
			{Text: "钻石", Count: 3, Value: "重点"}, {Text: "重点", Count: 2, Value: "重点"}, {Text: "白银", Count: 1, Value: "普通"},
		}}, line{four, "绰号", "remark", nil})

	must[app.ImportView](t)(imports.Plan(job))
	if v := settled(t, imports, job); v.Phase != "check" || v.Counts.New != 6 {
		t.Fatalf("planned: got %s %+v, want 6 new", v.Phase, v.Counts)
	}
	levels := map[string]int{}
	rows := must[app.PlanReply](t)(imports.Rows(app.PlanRequest{Job: job, Kind: "all", Limit: 10}))
	for _, r := range rows.Rows {
		for _, c := range r.Cells {
			if c.Field == "level" {
				levels[c.Text]++
			}
		}
	}
	if diff := cmp.Diff(map[string]int{"重点": 5, "普通": 1}, levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	must[app.ImportView](t)(imports.Write(job))
	settled(t, imports, job)

	reply, err = imports.Columns(open("客户名称,等级,绰号\n徐州壬癸有限公司,白银,阿壬\n"))
	check(reply, err, line{[]int{0}, "客户名称", "name", nil},
		line{[]int{0}, "等级", "level", []app.ImportOption{{Text: "白银", Count: 1, Value: "普通"}}}, line{[]int{0}, "绰号", "remark", nil})
}
