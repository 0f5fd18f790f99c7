package sheet

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"tongce/app/schema"
)

// filledBook builds a workbook of rows; a nil leaves a cell out.
func filledBook(tb testing.TB, rows [][]any, merged ...string) Source {
	tb.Helper()
	return workbookOf(tb, func(f *excelize.File) {
		for i, r := range rows {
			for k, v := range r {
				if v == nil {
					continue
				}
				at, err := excelize.CoordinatesToCellName(k+1, i+1)
				if err == nil {
					err = f.SetCellValue("Sheet1", at, v)
				}
				if err != nil {
					tb.Fatal(err)
				}
			}
		}
		for _, m := range merged {
			from, to, _ := strings.Cut(m, ":")
			if err := f.MergeCell("Sheet1", from, to); err != nil {
				tb.Fatal(err)
			}
		}
	})
}

// TestOddOfficeSheets: sheets as offices keep them. Rows are what becomes of
// each, with ! before the code of what to look at.
func TestOddOfficeSheets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src  Source
		want []string
	}{
		"title, notes, blank rows, units, two numbers in a cell, signatures below": {
			filledBook(t, [][]any{
				{"苏州锦成机电有限公司客户登记表（2024年度）"},
				{"填表说明：带*为必填；电话请填手机", nil, nil, nil, nil, nil, nil, "填表日期：2024-12-31"},
				{},
				{"序号", "*企业名称", "联系人姓名", "联系人手机", "公司电话", "注册地址", "客户级别", "录入时间", "签约金额（万元）", "成立时间"},
				{1, "杭州甲乙科技有限公司", "王刚（采购）", "１３８１２９０５６７８", "0571-88120943转806", "浙江省杭州市西湖区文三路1号", "A", "2024年3月1日", 12.5, 37622},
				{2, " 宁波丙丁有限公司 ", "李总", 13900001111, "(0574) 8812 0943", "宁波市鄞州区", "重点客户", 45352, "8万", "2001.3.5"},
				{},
				{3, "上海戊己（集团）有限公司", "赵敏 13711112222", "+86 137-1111-2222 / 021-63211678", nil, "上海浦东", "B类", "24/3/1", nil, nil},
				{4, "张伟", nil, "1.38E+10", nil, nil, "普通", nil, nil, nil},
				{"合计：", nil, nil, nil, nil, nil, nil, nil, 20.5},
				{"制表人：张三", nil, nil, "审核：李四"},
				{"共4家"},
			}, "A1:J1", "A2:G2"),
			[]string{
				"5 new name=杭州甲乙科技有限公司 contact=王刚 mobile=13812905678 phone=0571-88120943-806 province=浙江省 city=杭州市 district=西湖区 address=文三路1号 level=重点 contract_amount=125000.00 founded=2003-01-01",
				"6 new name=宁波丙丁有限公司 contact=李总!surname_only mobile=13900001111 phone=0574-88120943 province=浙江省 city=宁波市 district=鄞州区 level=重点 contract_amount=80000.00 founded=2001-03-05",
				"8 new name=上海戊己（集团）有限公司 contact=赵敏 mobile=13711112222 phone=021-63211678 province=上海市 city=上海市 address=浦东 level=普通",
				"9 new name=张伟 mobile=1.38E+10!number_damaged level=普通",
			},
		},
		"header on every page, groups, counts": {
			filledBook(t, [][]any{
				{"客户", "手机号码", "备注", "负责人"},
				{"华东区"},
				{"杭州甲乙有限公司", "13812905678", "x", "李强"},
				{"宁波丙丁有限公司", "13900001111", "x", "李强"},
				{"小计：2"},
				{"客户", "手机号码", "备注", "负责人"},
				{"杭州市"},
				{"深圳戊己有限公司", "13700002222", "x", "王芳"},
				{"以下空白"},
			}),
			[]string{
				"3 new name=杭州甲乙有限公司 mobile=13812905678 remark=x owner=李强",
				"4 new name=宁波丙丁有限公司 mobile=13900001111 remark=x owner=李强",
				"8 new name=深圳戊己有限公司 mobile=13700002222 remark=x owner=王芳",
			},
		},
		"numbers as numbers, zeros in front, short numbers, merged groups": {
			filledBook(t, [][]any{
				{"客户名单"},
				{"大区", "单位名称", "联 系 人", "手  机", "座机", "备 注"},
				{"华东", "杭州甲乙有限公司", "王刚", 13812905678, "057188120943", "重要"},
				{nil, "宁波丙丁有限公司", "李娜", "139 0000 1111", 57488120943, nil},
				{"华南", "深圳戊己有限公司", "赵敏", "13700002222", "0755-8812094", nil},
				{nil, "广州庚辛有限公司", "周九", "013711112222", "8812 0943", "N/A"},
				{"平均", nil, nil, nil, nil, 3},
			}, "A1:F1", "A3:A4", "A5:A6"),
			[]string{
				"3 new department=华东 name=杭州甲乙有限公司 contact=王刚 mobile=13812905678 phone=0571-88120943 remark=重要",
				"4 new department=华东 name=宁波丙丁有限公司 contact=李娜 mobile=13900001111 phone=0574-88120943",
				"5 new department=华南 name=深圳戊己有限公司 contact=赵敏 mobile=13700002222 phone=0755-8812094!phone_length",
				"6 new department=华南 name=广州庚辛有限公司 contact=周九 mobile=13711112222 phone=88120943!phone_no_area",
			},
		},
		"invoice titles: address with number, bank with account": {
			csvSource("购买方名称,纳税人识别号,地址、电话,开户行及账号", "杭州甲乙有限公司,"+usccA+",浙江省杭州市西湖区文三路1号 0571-88120943,工商银行杭州支行 6222 0212 0412 3456 786"),
			[]string{"2 new name=杭州甲乙有限公司 uscc=" + usccA + " province=浙江省 city=杭州市 district=西湖区 address=文三路1号 phone=0571-88120943 bank=工商银行杭州支行 bank_account=6222021204123456786!account_check"},
		},
		"whose label it is, before it": {
			csvSource("供应商名称,供应商联系人,供应商电话,客户所属行业,客户分级（ABC）,详细地址", "杭州甲乙有限公司,王刚,13812905678,IT,A级,浙江省杭州市西湖区文三路1号", "宁波丙丁有限公司,李娜,13900001111,制造业,C,浙江省宁波市鄞州区中山路1号"),
			[]string{
				"2 new name=杭州甲乙有限公司 contact=王刚 mobile=13812905678 industry=信息技术 level=重点 province=浙江省 city=杭州市 district=西湖区 address=文三路1号",
				"3 new name=宁波丙丁有限公司 contact=李娜 mobile=13900001111 industry=制造业!choice_unknown level=一般 province=浙江省 city=宁波市 district=鄞州区 address=中山路1号",
			},
		},
		"the same label twice": {
			csvSource("客户名称,电话,电话,备注,备注", "杭州甲乙有限公司,13812905678,0571-88120943,a,b", "宁波丙丁有限公司,13900001111,,c,"),
			[]string{"2 new name=杭州甲乙有限公司 mobile=13812905678 phone=0571-88120943 remark=a", "3 new name=宁波丙丁有限公司 mobile=13900001111 remark=c"},
		},
		"title lines in a text, apostrophes, formulas for zeros": {
			Source{Name: "t.csv", Bytes: []byte("销售部客户清单,,,\r\n导出时间：2024-12-31 10:00,,,\r\n,,,\r\n公司,联系人,联系电话,E-MAIL\r\n杭州甲乙有限公司,王刚,'13812905678,A@B.CN\r\n宁波丙丁有限公司,李娜,\"=\"\"013900001111\"\"\",\r\n,,,\r\n总计：,2,,\r\n")},
			[]string{"5 new name=杭州甲乙有限公司 contact=王刚 mobile=13812905678 email=a@b.cn", "6 new name=宁波丙丁有限公司 contact=李娜 mobile=13900001111"},
		},
		"one customer, its labels one below the other": {csvSource("客户名称,杭州甲乙有限公司", "联系人,王刚", "手机,13812905678", "地址,浙江省杭州市西湖区文三路1号"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := planOf(newMemBook())
			feed(t, testReader(t), p, c.src)
			rows, _, err := p.Page(t.Context(), Query{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range rows {
				line := fmt.Sprint(r.Number, " ", r.Kind)
				for _, c := range r.Cells {
					if line += " " + c.Field + "=" + c.Value; c.Code != "" {
						line += "!" + c.Code
					}
				}
				got = append(got, line)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestQualified: what stands before a label and says only whose it is.
func TestQualified(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"客户所属行业": "industry", "供应商电话": schema.ColumnTel, "企业所属行业": "industry", "客户": "", "公司规模": "", "客户简称": "", "所属": "",
	} {
		if got := qualified(schema.Default(), header); got != want {
			t.Errorf("qualified(%q) = %q, want %q", header, got, want)
		}
	}
}
