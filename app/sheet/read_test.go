package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"tongce/app/schema"
)

// TestCells: what a person sees in a cell is what is read.
func TestCells(t *testing.T) {
	t.Parallel()
	src := workbookOf(t, func(f *excelize.File) {
		style := func(ref string, v any, id int, code string) {
			f.SetCellValue("Sheet1", ref, v)
			s := excelize.Style{NumFmt: id}
			if code != "" {
				s.CustomNumFmt = &code
			}
			n, err := f.NewStyle(&s)
			if err != nil {
				t.Fatal(err)
			}
			f.SetCellStyle("Sheet1", ref, ref, n)
		}
		f.SetCellValue("Sheet1", "A1", 13800138000)
		f.SetCellValue("Sheet1", "B1", 8595602512225)
		f.SetCellValue("Sheet1", "C1", 0.1+0.2)
		f.SetCellValue("Sheet1", "D1", true)
		f.SetCellValue("Sheet1", "E1", 4.4010619900101e17)
		style("A2", 45717, 14, "")
		style("B2", 45717, 31, "")
		style("C2", 45717, 0, `yyyy"年"m"月"d"日"`)
		style("D2", 45717.5, 22, "")
		style("E2", 0.25, 20, "")
		style("F2", 1.5, 46, "")
		style("G2", 59, 14, "")
		style("H2", 61, 14, "")
		style("I2", 45717, 0, `[$-804]aaaa;@`)
		style("A3", 0.125, 10, "")
		style("B3", 4001, 0, "000000")
		style("C3", 1234.5, 4, "")
		style("D3", 13800138000.0, 0, `"tel "0`)
		f.SetCellRichText("Sheet1", "A4", []excelize.RichTextRun{{Text: "杭州"}, {Text: "恒锐", Font: &excelize.Font{Bold: true}}})
		f.SetCellValue("Sheet1", "B4", "  两行\n文字 ")
		f.SetCellFormula("Sheet1", "C4", "1+1")
		f.SetCellValue("Sheet1", "A5", "合并")
		f.SetCellValue("Sheet1", "B5", "x")
		f.SetCellValue("Sheet1", "B6", "y")
		f.SetCellValue("Sheet1", "B7", "z")
		f.MergeCell("Sheet1", "A5", "A7")
		f.SetRowVisible("Sheet1", 6, false)
		f.SetColVisible("Sheet1", "C", false)
	})
	rows := allRows(t, src, 0)
	for ref, want := range map[string]string{
		"A1": "13800138000", "B1": "8595602512225", "C1": "0.3", "D1": "TRUE", "E1": "440106199001010000",
		"A2": "2025-03-01", "B2": "2025-03-01", "C2": "2025-03-01", "D2": "2025-03-01 12:00:00", "E2": "06:00:00", "F2": "36:00:00",
		"G2": "1900-02-28", "H2": "1900-03-01", "A3": "12.5%", "B3": "004001", "C3": "1234.5", "D3": "13800138000",
		"A4": "杭州恒锐", "B4": "  两行\n文字 ", "C4": "", "A5": "合并", "A6": "合并", "A7": "合并", "B7": "z",
	} {
		if got := cellAt(rows, ref); got != want {
			t.Errorf("%s is %q, want %q", ref, got, want)
		}
	}
	for _, r := range rows {
		if r.Hidden != (r.Number == 6) {
			t.Errorf("row %d hidden: %v", r.Number, r.Hidden)
		}
		if r.Number >= 6 && !r.Cells[0].Filled {
			t.Errorf("row %d: the merged value is not marked", r.Number)
		}
	}
	rep, err := testReader(t).Inspect(t.Context(), src, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := rep.Sheets[0].Columns; !c[2].Hidden || c[1].Hidden {
		t.Error("column C is hidden, and only it")
	}
}

// TestText reads one table in every encoding and with every separator.
func TestText(t *testing.T) {
	t.Parallel()
	table := [][]string{{"客户名称", "电话", "备注"}, {"杭州甲乙有限公司", "13812905678", "a,b;c|d\t\"e\"\n第二行"}, {"宁波丙丁有限公司", "0571-88120943", ""}, {"苏州戊己有限公司", "", "䶮㐂"}}
	for name, enc := range map[string]encoding.Encoding{
		"utf-8": encoding.Nop, "utf-8-bom": unicode.UTF8BOM, "utf-16le": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"utf-16be": unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "gb18030": simplifiedchinese.GB18030,
	} {
		for _, sep := range []string{",", ";", "\t", "|"} {
			for _, eol := range []string{"\n", "\r\n", "\r"} {
				var b strings.Builder
				for _, row := range table {
					for i, c := range row {
						if i > 0 {
							b.WriteString(sep)
						}
						b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
					}
					b.WriteString(eol)
				}
				data, err := enc.NewEncoder().Bytes([]byte(b.String()))
				if err != nil {
					t.Fatal(err)
				}
				tt, err := openText(data, func() {})
				if err != nil {
					t.Fatal(err)
				}
				if tt.encoding != name || string(tt.sep) != sep {
					t.Errorf("%s %q %q: read as %s %q", name, sep, eol, tt.encoding, tt.sep)
				}
				var got [][]string
				err = tt.readRows(func(r Row) error {
					line := make([]string, 3)
					for i, c := range r.Cells {
						line[i] = c.Text
					}
					if r.Number != len(got)+1 {
						t.Errorf("record %d, want %d", r.Number, len(got)+1)
					}
					got = append(got, line)
					return nil
				})
				if d := cmp.Diff(table, got); err != nil || d != "" {
					t.Errorf("%s %q %q: %v %s", name, sep, eol, err, d)
				}
			}
		}
	}
}

// TestStrayQuotes: a quote that means nothing is a character.
func TestStrayQuotes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"a\"b,c\n":           {`a"b`, "c"},
		"\"a\"b,c\n":         {"ab", "c"},
		"\"never closed,c\n": {`"never closed`, "c"},
		"a,b\"":              {"a", `b"`},
		"\"\",x\n":           {"", "x"},
		"\"张三\"\"\",x\n":     {`张三"`, "x"},
		"a,b\r\nc":           {"a", "b"},
	} {
		c := csvReader{src: strings.NewReader(text), sep: ',', beat: func() {}}
		got, err := c.next()
		if d := cmp.Diff(want, append([]string{}, got...)); err != nil || d != "" {
			t.Errorf("%q: %v %s", text, err, d)
		}
	}
}

// TestHeaders finds headers under titles and notes, over two rows, and none
// where there is none; totals and notes are no data.
func TestHeaders(t *testing.T) {
	t.Parallel()
	data := func(f *excelize.File, from, n int, cells ...any) {
		for i := range n {
			row := append([]any{i + 1, fmt.Sprintf("杭州第%d有限公司", i)}, cells...)
			f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", from+i), &row)
		}
	}
	for name, c := range map[string]struct {
		fill   func(f *excelize.File)
		header Header
		data   int
		guess  Guess
		keys   string
	}{
		"title, notes, total": {func(f *excelize.File) {
			f.SetCellValue("Sheet1", "A1", "2026 秋季工博会客户汇总表")
			f.MergeCell("Sheet1", "A1", "D1")
			f.SetSheetRow("Sheet1", "A2", &[]any{"填表人：王芳", nil, "日期：2026.9.30"})
			f.SetSheetRow("Sheet1", "A4", &[]any{"序号", "单位名称", "手机", "预计金额（万元）"})
			data(f, 5, 6, "13812905678", 48)
			f.SetSheetRow("Sheet1", "A12", &[]any{"合计", nil, nil, 288})
			f.SetCellValue("Sheet1", "A14", "备注：标黄的为重点")
		}, Header{4, 4}, 6, GuessCustomers, "ignore name mobile contract_amount"},
		"two levels": {func(f *excelize.File) {
			f.SetSheetRow("Sheet1", "A3", &[]any{"序号", "单位名称", "联系人", nil})
			f.SetSheetRow("Sheet1", "A4", &[]any{nil, nil, "姓名", "手机"})
			f.MergeCell("Sheet1", "A3", "A4")
			f.MergeCell("Sheet1", "B3", "B4")
			f.MergeCell("Sheet1", "C3", "D3")
			data(f, 5, 6, "王建平", "13812905678")
		}, Header{3, 4}, 6, GuessCustomers, "ignore name contact mobile"},
		"no header": {func(f *excelize.File) { data(f, 1, 25, "13812905678", "王刚") }, Header{}, 25, GuessUnsure, " name mobile "},
		"dictionary": {func(f *excelize.File) {
			f.SetSheetName("Sheet1", "数据字典")
			f.SetSheetRow("数据字典", "A1", &[]any{"代码", "含义"})
			f.SetSheetRow("数据字典", "A2", &[]any{"1", "重点"})
		}, Header{}, 2, GuessDictionary, " "},
		"empty": {func(*excelize.File) {}, Header{}, 0, GuessEmpty, ""},
		"header twice": {func(f *excelize.File) {
			h := &[]any{"序号", "单位名称", "手机", "联系人"}
			f.SetSheetRow("Sheet1", "A1", h)
			data(f, 2, 5, "13812905678", "王刚")
			f.SetSheetRow("Sheet1", "A7", h)
			data(f, 8, 5, "13812905678", "王刚")
		}, Header{1, 1}, 10, GuessCustomers, "ignore name mobile contact"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rep, err := testReader(t).Inspect(t.Context(), workbookOf(t, c.fill), nil)
			if err != nil {
				t.Fatal(err)
			}
			s := rep.Sheets[0]
			if s.Header != c.header || s.DataRows != c.data || s.Guess != c.guess {
				t.Errorf("%v %d %s, want %v %d %s", s.Header, s.DataRows, s.Guess, c.header, c.data, c.guess)
			}
			var keys []string
			for _, x := range Map(s, schema.Default(), nil).Columns {
				keys = append(keys, x.Key)
			}
			if got := strings.Join(keys, " "); got != c.keys {
				t.Errorf("columns %q, want %q", got, c.keys)
			}
		})
	}
}

// TestChosenHeader: what a person says about the header holds.
func TestChosenHeader(t *testing.T) {
	t.Parallel()
	src := csvSource("客户名称,电话", "杭州甲乙有限公司,13812905678", "宁波丙丁有限公司,13812905679")
	for _, h := range []Header{{0, 0}, {1, 1}, {2, 2}} {
		rep, err := testReader(t).Inspect(t.Context(), src, map[int]Header{0: h})
		if err != nil {
			t.Fatal(err)
		}
		if s := rep.Sheets[0]; s.Header != h || s.DataRows != 3-h.To {
			t.Errorf("%v with %d rows, want %v with %d", s.Header, s.DataRows, h, 3-h.To)
		}
	}
}

// TestRowsFromTo gives a page of raw rows.
func TestRowsFromTo(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 5000 {
		lines = append(lines, fmt.Sprintf("%d,x", i+1))
	}
	var got []int
	err := testReader(t).Rows(t.Context(), csvSource(lines...), 0, 4000, 3, func(rows []Row) error {
		for _, r := range rows {
			got = append(got, r.Number)
		}
		return nil
	})
	if d := cmp.Diff([]int{4000, 4001, 4002}, got); err != nil || d != "" {
		t.Errorf("%v %s", err, d)
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("a,b\n\"c\"\"d\",e\r\n\"x"))
	f.Add([]byte("\xEF\xBB\xBF客户名称;电话\n"))
	f.Add([]byte("\xFF\xFEa\x00,\x00"))
	f.Add([]byte{0xC4, 0xE3, ',', 0x81, 0x30})
	f.Fuzz(func(_ *testing.T, b []byte) {
		if t, err := openText(b, func() {}); err == nil {
			_, _ = inspect(&table{format: "csv", text: t}, nil)
		}
	})
}

func FuzzSheetXML(f *testing.F) {
	f.Add(`<sheetData><row r="1" hidden="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>a&amp;b_x000D_</t></is></c></row></sheetData><mergeCells><mergeCell ref="A1:B3"/></mergeCells>`)
	f.Add(`<row><c><v><![CDATA[1]]></v><!-- x --></c><?p?></row>`)
	f.Add("<a b='>'/><row><c r=\"ZZ9\"/>")
	f.Fuzz(func(t *testing.T, s string) {
		src := crafted(t, sheetOf(say(s)))
		b, err := openWorkbook(bytes.NewReader(src.Bytes), int64(len(src.Bytes)), DefaultLimits(), func() {})
		if err == nil {
			_, _ = inspect(&table{format: "xlsx", book: b}, nil)
		}
	})
}

func FuzzFrame(f *testing.F) {
	f.Add(appendRow(nil, Row{Number: 3, Hidden: true, Cells: []Cell{{Text: "甲", Kind: CellText, Span: 4}, {}, {Text: "1", Kind: CellNumber, Filled: true}}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		rows, err := decodeRows(b)
		if err != nil {
			return
		}
		var again []byte
		for _, r := range rows {
			again = appendRow(again, r)
		}
		if back, err := decodeRows(again); err != nil || len(back) != len(rows) {
			t.Errorf("%v: %d rows of %d", err, len(back), len(rows))
		}
	})
}
