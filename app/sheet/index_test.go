package sheet

import (
	"errors"
	"slices"
	"testing"

	"tongce/app/schema"
)

// sharedSheet is what INDEX.md says of one sheet of a file.
type sharedSheet struct {
	file    string
	sheet   int
	header  Header
	data    int // data rows
	guess   []Guess
	columns map[string]string // header -> field
	cells   map[string]string // A1 -> text
	fields  map[string]string // field=value of the row named by at
	look    []string          // those of its fields that a person has to look at, and that are not wrong
	at      int
}

var customersOnly = []Guess{GuessCustomers}

func sharedSheets() []sharedSheet {
	northwind := map[string]string{"B3": "Ana Trujillo Emparedados y helados", "C3": "Ana Trujillo", "F3": "México D.F.", "H3": "05021", "J3": "(5) 555-4729"}
	return []sharedSheet{
		{
			file: "jsherp-customer-template-gb18030.csv", header: Header{2, 2}, data: 2, guess: customersOnly,
			columns: map[string]string{"名称*": "name", "联系人": "contact", "手机号码": "mobile", "联系电话": "tel", "电子邮箱": "email", "纳税人识别号": "uscc", "开户行": "bank", "账号": "bank_account", "地址": "full_address", "备注": "remark", "传真": "", "期初应收": "", "状态*": ""},
			cells:   map[string]string{"A3": "客户a", "B3": "小梁", "C3": "13000000000", "I3": "7", "O3": "1"},
			at:      3, fields: map[string]string{"name": "客户a", "contact": "小梁", "mobile": "13000000000"},
		},
		{file: "apitable-excel-sample.xlsx", sheet: 0, guess: []Guess{GuessNone}, data: -1},
		{
			file: "apitable-excel-sample.xlsx", sheet: 1, header: Header{1, 1}, data: 5, guess: customersOnly,
			columns: map[string]string{"姓名": "name", "生日": "birthday", "身份证号码": "id_number"},
			cells:   map[string]string{"B2": "张三", "E2": "1997-07-01", "F2": "387462199707011234", "H2": "09:38:27"},
			at:      2, fields: map[string]string{"name": "张三", "birthday": "1997-07-01"},
		},
		{file: "apitable-excel-sample.xlsx", sheet: 2, guess: []Guess{GuessNone}, data: -1},
		{
			file: "easypoi-msg-client.xlsx", header: Header{2, 2}, data: 100, guess: customersOnly,
			columns: map[string]string{"电话号码": "tel", "姓名": "name", "备注": "remark", "出生日期": "birthday", "分组": ""},
			cells:   map[string]string{"A3": "187970", "B3": "小明0", "E3": "2016-01-22"},
			at:      3, fields: map[string]string{"name": "小明0", "birthday": "2016-01-22"},
		},
		{
			file: "magicodes-contracts-two-level.xlsx", header: Header{1, 2}, data: 4, guess: []Guess{GuessCustomers, GuessUnsure},
			columns: map[string]string{"项目信息/合同金额": "contract_amount", "项目信息/合同截止日期": "contract_end", "项目信息/供应商名称": "name", "项目信息/负责人": "owner", "项目信息/合同号": "contract_no"},
			at:      3, fields: map[string]string{"contract_amount": "136260.00", "contract_end": "2031-04-05"},
		},
		{
			file: "myexcel-vertical-merges.xlsx", header: Header{1, 1}, data: 20, guess: []Guess{GuessCustomers, GuessUnsure},
			cells: map[string]string{"A5": "大宇中学", "B5": "一年级", "C5": "博士", "D5": "4"},
		},
		{
			file: "myexcel-bom-quotes.csv", header: Header{1, 1}, data: 1000, guess: customersOnly,
			columns: map[string]string{"姓名": "name"}, cells: map[string]string{"A1": "姓名", "A2": `张三"`, "B2": "", "D2": "109898"},
		},
		{file: "easyexcel-formula-column.xlsx", sheet: 0, header: Header{1, 1}, data: 10, cells: map[string]string{"A2": "字符串0", "B2": "2020-01-01 01:01:01", "C2": "1", "D2": "字符串01"}},
		{file: "easyexcel-formula-column.xlsx", sheet: 1, header: Header{1, 1}, data: 10},
		{
			file: "poi-contact.xlsx", header: Header{1, 1}, data: -1, guess: customersOnly,
			columns: map[string]string{"Office": schema.ColumnTel, "Mobile": "mobile", "Home": "", "Fax": ""},
			at:      3, fields: map[string]string{"phone": "801-555-7712x4563、801-555-9999", "mobile": "999-999-5555"}, look: []string{"phone", "mobile"},
		},
		{
			file: "oro-contacts-duplicates.csv", header: Header{1, 1}, data: 2, guess: customersOnly, at: 2,
			fields: map[string]string{"name": "Jerry Coleman", "birthday": "1973-03-07", "phone": "585-255-1127、914-412-0298、310-430-7876"}, look: []string{"phone"},
		},
		{file: "northwind-customers.csv", header: Header{1, 1}, data: 91, guess: customersOnly, cells: northwind, columns: map[string]string{"companyName": "name", "contactName": "contact", "phone": "phone"}},
		{file: "northwind-customers-utf16le.txt", header: Header{1, 1}, data: 91, guess: customersOnly, cells: northwind},
		{
			file: "datablist-customers-100.csv", header: Header{1, 1}, data: 100, guess: customersOnly,
			columns: map[string]string{"Company": "name", "Email": "email", "Subscription Date": ""},
			cells:   map[string]string{"E2": "Rasmussen Group", "G2": "Chile", "H2": "229.077.5154", "K2": "2020-08-24"},
			at:      2, fields: map[string]string{"name": "Rasmussen Group", "contact": "Sheryl Baxter", "email": "zunigavanessa@smith.info", "phone": "229.077.5154、397.884.0519x718"}, look: []string{"phone"},
		},
		{
			file: "adventureworks-resellers.csv", header: Header{}, data: 701, guess: []Guess{GuessUnsure},
			cells: map[string]string{"D1": "245-555-0173", "E1": "Value Added Reseller", "F1": "A Bike Store", "M1": "2251 Elliot Avenue", "P1": "International Bank"},
		},
		{file: "poi-strict-ooxml.xlsx", data: -1, guess: []Guess{GuessNone, GuessUnsure}, cells: map[string]string{"A1": "Test spreadsheet"}, header: Header{-1, 0}},
		{file: "readxl-no-styles-no-strings.xlsx", header: Header{1, 1}, data: 11, cells: map[string]string{"A2": "german", "B2": "73", "C2": "0.143292665"}},
		{file: "calamine-date-1904.xlsx", data: -1, cells: map[string]string{"A1": "2021-01-01", "A2": "2021-01-02", "B1": "15", "B2": "16", "B3": "17"}},
		{file: "exceljs-libreoffice-hidden.xlsx", data: -1, cells: map[string]string{"A1": "BEGIN", "B1": "HIDDEN", "C1": "VISIBLE", "A2": "HIDDEN", "A3": "VISIBLE"}},
		{file: "excelize-overflow-number.xlsx", data: -1, cells: map[string]string{"A1": "8595602512225"}},
	}
}

func cellAt(rows []Row, ref string) string {
	n, col, _ := cellRef([]byte(ref))
	for _, r := range rows {
		if r.Number == n && col < len(r.Cells) {
			return r.Cells[col].Text
		}
	}
	return ""
}

// TestSharedSheets reads every file of the shared folder as its INDEX.md says.
func TestSharedSheets(t *testing.T) {
	t.Parallel()
	dir := shared(t, "TONGCE_SHEETS", "sheets")
	for _, want := range sharedSheets() {
		t.Run(want.file, func(t *testing.T) {
			t.Parallel()
			src := fileSource(dir, want.file)
			rep, err := testReader(t).Inspect(t.Context(), src, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := rep.Sheets[want.sheet]
			if want.header.From >= 0 && s.Header != want.header {
				t.Errorf("header %v, want %v", s.Header, want.header)
			}
			if want.data >= 0 && s.DataRows != want.data {
				t.Errorf("%d data rows, want %d", s.DataRows, want.data)
			}
			if want.guess != nil && !slices.Contains(want.guess, s.Guess) {
				t.Errorf("guess %s, want %v", s.Guess, want.guess)
			}
			m := Map(s, schema.Default(), nil)
			for _, c := range m.Columns {
				if key, ok := want.columns[c.Header]; ok && c.Key != key {
					t.Errorf("column %q goes to %q (%s), want %q", c.Header, c.Key, c.Reason, key)
				}
			}
			rows := allRows(t, src, want.sheet)
			for ref, text := range want.cells {
				if got := cellAt(rows, ref); got != text {
					t.Errorf("%s is %q, want %q", ref, got, text)
				}
			}
			p, _ := planOf(newMemBook())
			for _, r := range rows {
				if r.Number != want.at {
					continue
				}
				x := p.parse(m, r)
				for f, v := range want.fields {
					if c := x.Cell(f); c == nil || c.Value != v {
						t.Errorf("row %d %s is %+v, want %q", want.at, f, c, v)
					}
				}
				for _, f := range want.look {
					if c := x.Cell(f); c == nil || c.Status != StatusLook || c.Code == "" {
						t.Errorf("row %d %s is %+v, want it to be looked at", want.at, f, c)
					}
				}
			}
		})
	}
}

// TestSharedDetails checks what a table cannot say.
func TestSharedDetails(t *testing.T) {
	t.Parallel()
	dir := shared(t, "TONGCE_SHEETS", "sheets")
	plan := func(name string, want Counts) []*PlanRow {
		t.Helper()
		p, _ := planOf(newMemBook())
		feed(t, testReader(t), p, fileSource(dir, name))
		got := p.Counts()
		got.Tidied, got.Review, got.NewReview = 0, 0, 0
		if got != want {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		rows, _, err := p.Page(t.Context(), Query{Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	plan("datablist-customers-100.csv", Counts{New: 100}) // 20 and 65 share the company's name only (IM4)
	plan("myexcel-bom-quotes.csv", Counts{New: 2, Merged: 998})
	oro := plan("oro-contacts-duplicates.csv", Counts{New: 1, Merged: 1})
	var phones []string
	for _, f := range []string{"phone", "mobile"} {
		if c := oro[0].Cell(f); c != nil {
			phones = append(phones, c.each()...)
		}
	}
	if len(phones) < 3 {
		t.Errorf("phones of Jerry Coleman: %q, want three", phones)
	}
	for _, r := range plan("easypoi-msg-client.xlsx", Counts{New: 100}) {
		flagged := slices.ContainsFunc(r.Cells, func(c PlanCell) bool { return c.Status == StatusWrong })
		if !flagged {
			t.Errorf("row %d has a made-up phone number and is not flagged", r.Number)
		}
	}
	contacts := plan("poi-contact.xlsx", Counts{New: 1, Wrong: 1})
	if len(contacts) == 2 && (contacts[0].Number != 3 || contacts[0].Kind != KindNew || contacts[1].Number != 5 || contacts[1].Kind != KindWrong) {
		t.Errorf("contacts: rows %d %s and %d %s", contacts[0].Number, contacts[0].Kind, contacts[1].Number, contacts[1].Kind)
	}
	rep, err := testReader(t).Inspect(t.Context(), fileSource(dir, "exceljs-libreoffice-hidden.xlsx"), nil)
	if err != nil {
		t.Fatal(err)
	}
	rows := allRows(t, fileSource(dir, "exceljs-libreoffice-hidden.xlsx"), 0)
	if !rep.Sheets[0].Columns[1].Hidden || rep.Sheets[0].Columns[0].Hidden || !rows[1].Hidden || rows[0].Hidden {
		t.Error("column B and row 2 are hidden, and only they")
	}
	strict, err := testReader(t).Inspect(t.Context(), fileSource(dir, "poi-strict-ooxml.xlsx"), nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range strict.Sheets {
		names = append(names, s.Name)
	}
	if !slices.Equal(names, []string{"First Sheet", "Sheet Number 2", "Sheet3"}) {
		t.Errorf("sheets %q", names)
	}
}

// TestSharedRefusals: each file that must be refused says why.
func TestSharedRefusals(t *testing.T) {
	t.Parallel()
	dir := shared(t, "TONGCE_SHEETS", "sheets")
	for name, want := range map[string]Reason{
		"excelize-encrypted.xlsx": ReasonPassword, "excelize-bad-workbook.xlsx": ReasonNoSheets,
		"crafted-zip-bomb-sheet.xlsx": ReasonUnpacked, "npoi-employees.xls": ReasonXLS,
		"jsherp-customer-template.xls": ReasonXLS, "easypoi-company-logo.xls": ReasonXLS,
	} {
		_, err := testReader(t).Inspect(t.Context(), fileSource(dir, name), nil)
		var e *Error
		if !errors.As(err, &e) || e.Reason != want || e.File != name {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}
