package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tongce/app/schema"
)

const head = "客户名称,统一社会信用代码,身份证号,手机,固定电话,联系人"

func planLines(t *testing.T, b *memBook, opt Options, lines ...string) (*Plan, *memStore) {
	t.Helper()
	s := newMemStore()
	p := NewPlan(s, b, schema.Default(), opt)
	feed(t, testReader(t), p, csvSource(append([]string{head}, lines...)...))
	return p, s
}

func countsOf(p *Plan) Counts {
	c := p.Counts()
	c.NewReview, c.Tidied, c.Filled, c.Changed = 0, 0, 0, 0
	return c
}

// The codes pass their check characters.
const (
	usccA = "91330110MAPK7YFU2H"
	usccB = "91440104MA0T3X7Y2R"
	idA   = "11010519491231002X"
)

// TestMatchRules walks through IM1 to IM8 against the book.
func TestMatchRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		book map[string]string
		line string
		want Counts
		why  string
	}{
		"IM1 same code, other name":            {map[string]string{"name": "杭州旧名有限公司", "uscc": usccA}, "杭州新名有限公司," + usccA + ",,,,", Counts{Updated: 1}, "uscc"},
		"IM2 same name, other code":            {map[string]string{"name": "杭州甲乙有限公司", "uscc": usccA}, "杭州甲乙有限公司," + usccB + ",,,,", Counts{New: 1}, ""},
		"IM3 same identity number":             {map[string]string{"name": "张伟", "id_number": idA}, "张伟,," + idA + ",,,", Counts{Same: 1}, "id_number"},
		"IM3 same number, other person":        {map[string]string{"name": "张伟", "id_number": idA}, "李娜,," + idA + ",,,", Counts{New: 1, Review: 1}, ""},
		"IM4 same full name":                   {map[string]string{"name": "杭州甲乙有限公司"}, "杭州甲乙 有限公司,,,13812905678,,", Counts{Updated: 1}, "name"},
		"IM4 branch is another":                {map[string]string{"name": "杭州甲乙有限公司"}, "杭州甲乙有限公司上海分公司,,,,,", Counts{New: 1}, ""},
		"IM5 person with the same mobile":      {map[string]string{"name": "张伟", "mobile": "13812905678"}, "张伟,,,138 1290 5678,,", Counts{Same: 1}, "name_phone"},
		"IM5 namesake":                         {map[string]string{"name": "张伟", "mobile": "13812905678"}, "张伟,,,13900001111,,", Counts{New: 1}, ""},
		"IM5 short name alone is not enough":   {map[string]string{"name": "恒远科技", "mobile": "13812905678"}, "恒远科技,,,13900001111,,", Counts{New: 1}, ""},
		"IM6 nothing differs":                  {map[string]string{"name": "张伟", "contact": "张伟"}, "张伟,,,,,张伟", Counts{Same: 1}, "equal"},
		"IM7 shared mobile":                    {map[string]string{"name": "杭州甲乙有限公司", "mobile": "13812905678"}, "宁波丙丁有限公司,,,13812905678,,", Counts{New: 1, Review: 1}, ""},
		"IM7 shared switchboard":               {map[string]string{"name": "杭州甲乙有限公司", "phone": "0571-88120943"}, "宁波丙丁有限公司,,,,0571-88120943,", Counts{New: 1, Review: 1}, ""},
		"IM8 no name, one customer's mobile":   {map[string]string{"name": "杭州甲乙有限公司", "mobile": "13812905678"}, ",,,13812905678,,王刚", Counts{Updated: 1}, "phone"},
		"IM8 no name, nobody's mobile":         {map[string]string{"name": "杭州甲乙有限公司", "mobile": "13812905678"}, ",,,13900001111,,王刚", Counts{Wrong: 1}, ""},
		"IM9 an empty cell clears nothing":     {map[string]string{"name": "杭州甲乙有限公司", "mobile": "13812905678"}, "杭州甲乙有限公司,,,,,", Counts{Same: 1}, "name"},
		"IM9 a wrong value displaces nothing":  {map[string]string{"name": "杭州甲乙有限公司", "mobile": "13812905678"}, "杭州甲乙有限公司,,,1381290,,", Counts{Same: 1}, "name"},
		"IM9 a surname displaces no full name": {map[string]string{"name": "杭州甲乙有限公司", "contact": "王建平"}, "杭州甲乙有限公司,,,,,王总", Counts{Same: 1}, "name"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newMemBook()
			b.set("x", c.book)
			filler := []string{"南京填充有限公司,,,,,赵敏", "无锡填充有限公司,,,,,钱敏"} // a table needs rows
			b.set("f1", map[string]string{"name": "南京填充有限公司", "contact": "赵敏"})
			b.set("f2", map[string]string{"name": "无锡填充有限公司", "contact": "钱敏"})
			p, _ := planLines(t, b, Options{}, append(filler, c.line)...)
			c.want.Same += 2
			if d := cmp.Diff(c.want, countsOf(p)); d != "" {
				t.Error(d)
			}
			rows, _, err := p.Page(t.Context(), Query{})
			if err != nil {
				t.Fatal(err)
			}
			if r := rows[2]; r.Why != c.why {
				t.Errorf("why %q, want %q", r.Why, c.why)
			}
		})
	}
}

// TestRowsOfOneFile: rows that are one customer join, near-twins do not.
func TestRowsOfOneFile(t *testing.T) {
	t.Parallel()
	b := newMemBook()
	p, _ := planLines(t, b, Options{},
		"杭州甲乙有限公司,"+usccA+",,13812905678,,王刚", // 0
		"杭州甲乙有限公司,,,,0571-88120943,",          // 1 -> 0 by name
		"杭州甲乙公司,"+usccA+",,,,李明",              // 2 -> 0 by code
		"宁波丙丁有限公司,,,13812905678,,王刚",          // 3 shares the contact
		"张伟,,,13900001111,,",                  // 4
		"张伟,,,13900002222,,",                  // 5 namesake
		"张伟,,,13900001111,,张伟",                // 6 -> 4
	)
	if d := cmp.Diff(Counts{New: 4, Merged: 3, Review: 2}, countsOf(p)); d != "" {
		t.Error(d)
	}
	var got []string
	err := p.Entries(t.Context(), 0, func(e Entry) error {
		s := fmt.Sprint(e.Index, len(e.Rows))
		for _, c := range e.Cells {
			s += " " + c.Field + "=" + c.Value
		}
		got = append(got, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"0 3 name=杭州甲乙有限公司 uscc=" + usccA + " mobile=13812905678 contact=李明 phone=0571-88120943",
		"3 1 name=宁波丙丁有限公司 mobile=13812905678 contact=王刚",
		"4 2 name=张伟 mobile=13900001111 contact=张伟",
		"5 1 name=张伟 mobile=13900002222",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	b.write(t, p)
	again, _ := planLines(t, b, Options{}, "杭州甲乙有限公司,"+usccA+",,13812905678,,王刚", "宁波丙丁有限公司,,,13812905678,,王刚", "张伟,,,13900002222,,", "张伟,,,13900001111,,张伟")
	if c := again.Counts(); c.New != 0 {
		t.Errorf("again: %+v, want nothing new", c)
	}
}

// TestOneCustomerTwice: two rows that only the book shows to be one join.
func TestOneCustomerTwice(t *testing.T) {
	t.Parallel()
	b := newMemBook()
	b.set("x", map[string]string{"name": "杭州甲乙有限公司", "uscc": usccA})
	p, _ := planLines(t, b, Options{}, "杭州甲乙有限公司,,,13812905678,,", "杭州新名有限公司,"+usccA+",,,0571-88120943,", "无锡填充有限公司,,,,,钱敏")
	if d := cmp.Diff(Counts{New: 1, Updated: 1, Merged: 1}, countsOf(p)); d != "" {
		t.Error(d)
	}
}

// TestFix repairs one cell, all alike, keeps, empties and takes back; the plan
// opened again says the same.
func TestFix(t *testing.T) {
	t.Parallel()
	lines := []string{
		"杭州甲乙有限公司,,,1505770647O,,王刚", "宁波丙丁有限公司,,,138I5260093,,李娜", "苏州戊己有限公司,,,1381290,,周海",
		",,,13900001111,,郑宇", "无锡庚辛有限公司,,,13700001111,,郑宇", "无锡庚辛有限公司,,,13700001111,,郑宇",
	}
	p, s := planLines(t, newMemBook(), Options{Strict: true}, lines...)
	check := func(when string, want Counts) {
		t.Helper()
		if d := cmp.Diff(want, countsOf(p)); d != "" {
			t.Errorf("%s: %s", when, d)
		}
		q, err := OpenPlan(t.Context(), s, newMemBook(), schema.Default(), Options{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(p.Counts(), q.Counts()); d != "" {
			t.Errorf("%s, opened again: %s", when, d)
		}
		if d := cmp.Diff(p.Causes(), q.Causes()); d != "" {
			t.Errorf("%s, causes opened again: %s", when, d)
		}
	}
	fix := func(f Fix) int {
		t.Helper()
		n, err := p.Fix(t.Context(), f)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	check("at first", Counts{New: 1, Merged: 1, Wrong: 4})
	rows, total, err := p.Page(t.Context(), Query{Kind: "problems"})
	if err != nil || total != 4 {
		t.Fatalf("%d problems, %v", total, err)
	}
	if c := rows[0].Cell("mobile"); c.Suggest != "15057706470" || c.Status != StatusWrong || c.Alike < 2 {
		t.Errorf("%+v", c)
	}
	if n := fix(Fix{Index: 0, Field: "mobile", Action: ActionSuggest, All: true}); n != 2 {
		t.Errorf("%d fixed alike, want 2", n)
	}
	check("suggested", Counts{New: 3, Merged: 1, Wrong: 2})
	fix(Fix{Index: 2, Field: "mobile", Action: ActionKeep})
	check("kept", Counts{New: 4, Merged: 1, Wrong: 1})
	p.Settled()
	fix(Fix{Index: 3, Field: "name", Action: ActionText, Text: "无锡庚辛有限公司"})
	check("named, and so one of those there", Counts{New: 4, Merged: 2})
	fix(Fix{Index: 4, Field: "contact", Action: ActionEmpty})
	for range 4 {
		if err := p.UndoFix(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	check("taken back", Counts{New: 1, Merged: 1, Wrong: 4})
	if err := p.UndoFix(t.Context()); !errors.Is(err, ErrNoUndo) {
		t.Errorf("%v, want ErrNoUndo", err)
	}
	if _, err := p.Fix(t.Context(), Fix{Index: 99, Field: "name", Action: ActionKeep}); !errors.Is(err, ErrNoRow) {
		t.Errorf("%v, want ErrNoRow", err)
	}
}

// TestCausesCountRows: a cause counts the rows that are not written for it, also
// where the cell is one of a row that is joined with them, and finds them.
func TestCausesCountRows(t *testing.T) {
	t.Parallel()
	p, s := planLines(t, newMemBook(), Options{Strict: true},
		"杭州甲乙有限公司,"+usccA+",,,,", "杭州甲乙有限公司,"+usccA+",,1381290,,", "苏州戊己有限公司,,,1381290,,周海", "宁波丙丁有限公司,,,13852600930,,李娜")
	check := func(when string, counts Counts, causes ...Cause) {
		t.Helper()
		if d := cmp.Diff(counts, countsOf(p)); d != "" {
			t.Errorf("%s: %s", when, d)
		}
		if d := cmp.Diff(causes, p.Causes()); d != "" {
			t.Errorf("%s: %s", when, d)
		}
		q, err := OpenPlan(t.Context(), s, newMemBook(), schema.Default(), Options{Strict: true})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(causes, q.Causes()); d != "" {
			t.Errorf("%s, opened again: %s", when, d)
		}
		held := 0
		for _, c := range causes {
			held += c.Rows
			if _, n, err := p.Page(t.Context(), Query{Kind: "wrong", Field: c.Field, Code: c.Code}); err != nil || n != c.Rows {
				t.Errorf("%s: the cause leads to %d rows, %v", when, n, err)
			}
		}
		if held != counts.Wrong {
			t.Errorf("%s: %d rows have a cause, %d are wrong", when, held, counts.Wrong)
		}
	}
	cause := func(count, rows int) Cause {
		return Cause{Field: "mobile", Code: "phone_short", Count: count, Rows: rows, Wrong: true}
	}
	check("at first", Counts{New: 1, Wrong: 3}, cause(2, 3))
	if _, err := p.Fix(t.Context(), Fix{Index: 1, Field: "mobile", Action: ActionKeep}); err != nil {
		t.Fatal(err)
	}
	check("one kept", Counts{New: 2, Merged: 1, Wrong: 1}, cause(1, 1))
	if err := p.UndoFix(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("taken back", Counts{New: 1, Wrong: 3}, cause(2, 3))
}

// TestSharedKeyIsNotQuadratic: one switchboard in every row.
func TestSharedKeyIsNotQuadratic(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 20_000 {
		lines = append(lines, fmt.Sprintf("杭州第%d号有限公司,,,13812905678,0571-88120943,", i))
	}
	p, _ := planLines(t, newMemBook(), Options{}, lines...)
	if c := p.Counts(); c.New != 20_000 {
		t.Errorf("%+v", c)
	}
}

// TestMappingRemembered: a choice made once holds for the same headers.
func TestMappingRemembered(t *testing.T) {
	t.Parallel()
	src := csvSource("单位名称,等级,暗号", "杭州甲乙有限公司,A,x", "宁波丙丁有限公司,钻石,y", "苏州戊己有限公司,A,z")
	rep, err := testReader(t).Inspect(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := schema.Default()
	m := Map(rep.Sheets[0], s, nil)
	if m.Columns[1].Key != "level" || !m.Columns[1].Look || len(m.Columns[1].Options) != 2 || m.Columns[1].Options[0].Value != "重点" {
		t.Errorf("%+v", m.Columns[1])
	}
	if err := m.Equal(1, "钻石", "重点"); err != nil {
		t.Fatal(err)
	}
	if err := m.Send(2, "remark"); err != nil {
		t.Fatal(err)
	}
	if err := m.Send(2, "nothing"); !errors.Is(err, ErrNoRow) {
		t.Errorf("%v, want ErrNoRow", err)
	}
	again := Map(rep.Sheets[0], s, func(f string) []byte {
		if f == m.Fingerprint() {
			return m.Layout(nil)
		}
		return nil
	})
	if c := again.Columns[2]; c.Key != "remark" || c.Reason != ReasonRemembered {
		t.Errorf("%+v", c)
	}
	x := again.parse(again.Columns[1], cellOf(Sample{Text: "钻石"}), schema.KindUnknown)
	if len(x) != 1 || x[0].Result.Value != "重点" {
		t.Errorf("%+v", x)
	}
	if strings.Contains(string(m.Layout(nil)), "杭州") {
		t.Error("a layout holds values of customers")
	}
}

// TestWriteAndReadBack: what is written comes back as it was, in all forms.
func TestWriteAndReadBack(t *testing.T) {
	t.Parallel()
	columns := []OutColumn{{Title: "客户名称"}, {Title: "手机"}, {Title: "成立日期", Kind: OutDate}, {Title: "合同金额", Kind: OutNumber}, {Title: "备注"}}
	want := [][]string{
		{"杭州甲乙有限公司", "13812905678", "2010-09-12", "125000", "两行\n备注 <b>&\"_x0041_"},
		{"=HYPERLINK(1)", "", "", "", " 前后 "},
		{"宁波丙丁有限公司", "00012", "2020-02-29", "0.5", "a,b"},
	}
	lines := func(yield func([]string, error) bool) {
		for _, l := range want {
			if !yield(l, nil) {
				return
			}
		}
	}
	var x, c bytes.Buffer
	if err := WriteXLSX(t.Context(), &x, "客户[1]", columns, lines); err != nil {
		t.Fatal(err)
	}
	if err := WriteCSV(t.Context(), &c, columns, lines); err != nil {
		t.Fatal(err)
	}
	read := func(src Source) [][]string {
		var out [][]string
		for _, r := range allRows(t, src, 0)[1:] {
			line := make([]string, len(columns))
			for i, c := range r.Cells {
				line[i] = c.Text
			}
			out = append(out, line)
		}
		return out
	}
	if d := cmp.Diff(want, read(Source{Name: "x", Bytes: x.Bytes()})); d != "" {
		t.Error("xlsx: " + d)
	}
	if !bytes.Contains(c.Bytes(), []byte("'=HYPERLINK(1)")) {
		t.Error("a formula went out as one")
	}
	got := read(Source{Name: "c", Bytes: c.Bytes()})
	if d := cmp.Diff(want, got); d != "" {
		t.Error("csv: " + d)
	}
	f, err := excelize.OpenReader(bytes.NewReader(x.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for ref, v := range map[string]string{"A2": want[0][0], "B4": "00012", "C2": "2010-09-12", "D2": "125,000.00", "A3": "=HYPERLINK(1)"} {
		if s, err := f.GetCellValue("客户_1_", ref); err != nil || s != v {
			t.Errorf("%s is %q (%v) for another reader, want %q", ref, s, err, v)
		}
	}
}

func problemWords() Words {
	s := schema.Default()
	return Words{
		Sheet: "工作表", Row: "行", Reason: "原因", SheetName: func(int) string { return "t" },
		Field:   func(id string) string { f, _ := s.Field(id); return f.NameZH },
		Problem: func(field, code string) string { return field + ":" + code },
		With:    func(_, row int) string { return fmt.Sprintf("with t %d", row) },
		Nobody:  "nobody",
	}
}

// TestProblemsFile names place and reason of what was not written, and comes
// back as a table.
func TestProblemsFile(t *testing.T) {
	t.Parallel()
	p, _ := planLines(t, newMemBook(), Options{Strict: true}, "杭州甲乙有限公司,,,1381290,,王刚", ",,,13900001111,,吴敏", "无锡庚辛有限公司,,,13700001111,,郑宇")
	var b bytes.Buffer
	if err := WriteProblems(t.Context(), &b, p, problemWords()); err != nil {
		t.Fatal(err)
	}
	rows := allRows(t, Source{Name: "p", Bytes: b.Bytes()}, 0)
	if len(rows) != 3 || cellAt(rows, "B2") != "2" || cellAt(rows, "C2") != "mobile:phone_short" || cellAt(rows, "B3") != "3" || cellAt(rows, "C3") != "name:name_missing" {
		t.Errorf("%+v", rows)
	}
}

// TestRowsOfOneCustomerAreWrittenTogetherOrNotAtAll: what a row says that was
// merged into one that is not written is not lost: it is counted, found and saved
// with that one, whichever of them has the wrong cell, and written once that is
// repaired.
func TestRowsOfOneCustomerAreWrittenTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	for name, lines := range map[string][]string{
		"the first is wrong": {"杭州甲乙有限公司," + usccA + ",,1381290,,", "杭州甲乙有限公司," + usccA + ",,,,王刚"},
		"a later one is":     {"杭州甲乙有限公司," + usccA + ",,,,王刚", "杭州甲乙有限公司," + usccA + ",,1381290,,"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, s := planLines(t, newMemBook(), Options{Strict: true}, append(lines, "宁波丙丁有限公司,,,13852600930,,李娜")...)
			if d := cmp.Diff(Counts{New: 1, Wrong: 2}, countsOf(p)); d != "" {
				t.Error(d)
			}
			var b bytes.Buffer
			if err := WriteProblems(t.Context(), &b, p, problemWords()); err != nil {
				t.Fatal(err)
			}
			saved := allRows(t, Source{Name: "p", Bytes: b.Bytes()}, 0)
			wrong, with := "2", "3"
			if lines[0] != "杭州甲乙有限公司,"+usccA+",,1381290,," {
				wrong, with = "3", "2"
			}
			reasons := map[string]string{}
			for r := 2; r <= len(saved); r++ {
				reasons[cellAt(saved, fmt.Sprintf("B%d", r))] = cellAt(saved, fmt.Sprintf("C%d", r))
			}
			if d := cmp.Diff(map[string]string{wrong: "mobile:phone_short", with: "with t " + wrong}, reasons); d != "" {
				t.Errorf("what was saved (-want +got):\n%s", d)
			}
			q, err := OpenPlan(t.Context(), s, newMemBook(), schema.Default(), Options{Strict: true})
			if err != nil {
				t.Fatal(err)
			}
			for _, plan := range []*Plan{p, q} {
				if rows, n, err := plan.Page(t.Context(), Query{Kind: "wrong", Field: "mobile", Code: "phone_short"}); err != nil || n != 2 || rows[1].Kind != KindWrong {
					t.Errorf("%d rows wait for the cause, %v", n, err)
				}
			}
			at := map[string]int{"2": 0, "3": 1}[wrong]
			if _, err := p.Fix(t.Context(), Fix{Index: at, Field: "mobile", Action: ActionKeep}); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(Counts{New: 2, Merged: 1}, countsOf(p)); d != "" {
				t.Errorf("repaired: %s", d)
			}
		})
	}
}

// TestWriteFileWholeOrNot: an error leaves the old file and nothing else.
func TestWriteFileWholeOrNot(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/a.csv"
	boom := errors.New("boom")
	if err := WriteFile(path, func(w io.Writer) error { _, err := io.WriteString(w, "old"); return err }); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, func(w io.Writer) error { _, _ = io.WriteString(w, "new"); return boom }); !errors.Is(err, boom) {
		t.Errorf("%v, want boom", err)
	}
	src := Source{Name: "a", Path: path}
	if rows := allRows(t, src, 0); rows[0].Cells[0].Text != "old" {
		t.Errorf("%+v", rows)
	}
}
