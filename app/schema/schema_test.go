package schema

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"tongce/app/quality"
)

// TestDefaultTable holds the schema to the table of DESIGN.md section 2: keys,
// sections, order and sealing are permanent (TR8).
func TestDefaultTable(t *testing.T) {
	t.Parallel()
	s := Default()
	want := map[string]string{
		"base": "name uscc industry province city district address source founded owner department remark memo", "contact": "contact mobile phone email id_number birthday",
		"business": "level contract_no contract_end contract_amount stage next_contact", "finance": "bank bank_account", "service": "entries",
	}
	sealed := map[string]bool{"contact": true, "finance": true}
	var ids []string
	for _, sec := range s.Sections() {
		if !sec.Sealed == sealed[sec.ID] {
			t.Errorf("%s: sealed %v", sec.ID, sec.Sealed)
		}
		got, ref := slices.Clone(sec.Fields), strings.Fields(want[sec.ID])
		slices.Sort(got)
		slices.Sort(ref)
		if !slices.Equal(got, ref) {
			t.Errorf("%s holds %v, want %v", sec.ID, got, ref)
		}
		ids = append(ids, sec.Fields...)
	}
	if len(s.Sections()) != len(want) || len(ids) != len(s.Fields()) {
		t.Errorf("%d sections, %d fields in sections, %d fields", len(s.Sections()), len(ids), len(s.Fields()))
	}
	for _, f := range s.Fields() {
		sec, ok := s.Section(f.Section)
		if !ok || f.Sealed != sec.Sealed || f.NameZH == "" || f.NameEN == "" || f.Type == "" {
			t.Errorf("field %s is not whole: %+v", f.ID, f)
		}
		if !f.Sealed && (f.MaskRule != MaskNone || f.BlindClass != "") {
			t.Errorf("field %s is open and has a mask or blind class", f.ID)
		}
	}
	for id, want := range map[string][2]string{
		"mobile": {MaskPhone, BlindPhone}, "phone": {MaskPhone, BlindPhone}, "id_number": {MaskIdentity, ""}, "email": {MaskEmail, ""},
		"contact": {MaskName, ""}, "birthday": {MaskNone, ""}, "bank_account": {MaskBank, ""}, "bank": {MaskNone, ""}, "uscc": {MaskNone, ""},
	} {
		if f, _ := s.Field(id); f.MaskRule != want[0] || f.BlindClass != want[1] {
			t.Errorf("%s: mask %q, blind %q, want %v (SE7, LO2)", id, f.MaskRule, f.BlindClass, want)
		}
	}
	if f, _ := s.Field("stage"); len(f.Options) != 7 || f.Options[0].Value != "线索" || f.Options[6].Value != "流失" {
		t.Errorf("stages %v", f.Options)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	s := Default()
	for header, want := range map[string]string{
		"客户名称": "name", "公司名称": "name", "名称": "name", "单位名称": "name", "*客户名称": "name", "客户名称（必填）": "name", "客 户 名 称": "name", "客户\n名称": "name", "客戶名稱": "name",
		"手机": "mobile", "手机号码": "mobile", "联系手机": "mobile", "Mobile": "mobile", "MOBILE PHONE": "mobile", "电话": "tel", "联系电话": "tel", "Tel": "tel", "联系方式": "tel",
		"固定电话": "phone", "座机": "phone", "税号": "uscc", "统一社会信用代码": "uscc", "统一社会信用代码/税号": "uscc", "证件号码": "id_code", "身份证号": "id_number",
		"合同金额(元)": "contract_amount", "合同金额（万元）": "contract_amount", "合同额": "contract_amount", "到期日": "contract_end", "合同截止": "contract_end",
		"地址": "full_address", "开票地址": "full_address", "详细地址": "address", "街道门牌": "address", "所在地区": "region", "省份": "province", "区县": "district",
		"基本信息/名字": "name", "联系方式/联系电话": "tel", "基本信息/成立/出生日期": "birth_or_founded", "成立或出生日期": "birth_or_founded",
		"更新日期": "updated_at", "回访日期": "updated_at", "最近开票日期": "updated_at", "序号": "ignore", "No.": "ignore", "满意度": "ignore", "客户编号": "ignore",
		"E-mail": "email", "电子邮箱:": "email", "备注": "remark", "memo": "remark", "Memo": "remark", "客户类型": "level", "销售阶段": "stage", "下次联系时间": "next_contact",
		"name": "name", "bank_account": "bank_account", "Bank account": "bank_account", "账号": "bank_account", "开户银行": "bank",
	} {
		if got, ok := s.Match(header); got != want || !ok {
			t.Errorf("Match(%q) = %q, want %q", header, got, want)
		}
	}
	for _, header := range []string{"", "  ", "火星坐标", "()", "/", "客户名称客户名称"} {
		if got, ok := s.Match(header); ok {
			t.Errorf("Match(%q) = %q", header, got)
		}
	}
	// No header belongs to two keys: the second would be lost silently.
	owner := map[string]string{}
	claim := func(key string, headers []string) {
		for _, h := range headers {
			k := headerKey(h)
			if o := owner[k]; o != "" && o != key {
				t.Errorf("header %q of %s belongs to %s", h, key, o)
			}
			owner[k] = key
		}
	}
	for _, f := range s.Fields() {
		if f.Type != TypeLong && f.Type != TypeEntries {
			claim(f.ID, append([]string{f.ID, f.NameZH, f.NameEN}, f.Aliases...))
		}
	}
	for _, c := range s.Columns() {
		claim(c.Key, append([]string{c.Key}, c.Aliases...))
		for _, f := range c.Feeds {
			if _, ok := s.Field(f); !ok {
				t.Errorf("%s feeds %s", c.Key, f)
			}
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	s := Default()
	for _, f := range s.Fields() {
		seen := map[string]string{}
		for _, o := range f.Options {
			if o.NameEN == "" {
				t.Errorf("%s %s has no English name", f.ID, o.Value)
			}
			for _, a := range append([]string{o.Value, o.NameEN}, o.Aliases...) {
				k := quality.ChoiceKey(a)
				if other := seen[k]; other != "" && other != o.Value {
					t.Errorf("%s: %q stands for %s and %s", f.ID, a, other, o.Value)
				}
				seen[k] = o.Value
				if r := s.Parse(f.ID, a); r.Value != o.Value || r.Flagged() {
					t.Errorf("Parse(%s, %q) = %q %s", f.ID, a, r.Value, r.Status)
				}
			}
		}
	}
	if len(Default().choices["industry"]) != 20 || len(Default().choices["source"]) != 8 {
		t.Error("the lists of industries and sources are not those of the book")
	}
}

func TestShow(t *testing.T) {
	t.Parallel()
	s := Default()
	for _, c := range [][4]string{
		{"mobile", "13812905678", "138 1290 5678", "138 1290 5678"},
		{"phone", "0571-88120943-806", "0571-8812 0943 转 806", "0571-8812 0943 ext. 806"},
		{"phone", "0535-6211678", "0535-6211678", "0535-6211678"},
		{"phone", "63211678", "63211678", "63211678"},
		{"mobile", "+85291234567", "+85291234567", "+85291234567"},
		{"contract_amount", "480000.00", "¥480,000.00", "¥480,000.00"},
		{"contract_amount", "0.50", "¥0.50", "¥0.50"},
		{"contract_amount", "-1234567.89", "-¥1,234,567.89", "-¥1,234,567.89"},
		{"contract_amount", "面议", "面议", "面议"},
		{"contract_amount", "999.00", "¥999.00", "¥999.00"},
		{"bank_account", "6216612605751001944", "6216 6126 0575 1001 944", "6216 6126 0575 1001 944"},
		{"uscc", "91330110MAPK7YFU2H", "91330110MAPK7YFU2H", "91330110MAPK7YFU2H"},
		{"level", "重点", "重点", "Key"},
		{"stage", "报价", "报价", "Quoted"},
		{"founded", "2025-03-01", "2025-03-01", "2025-03-01"},
		{"name", "", "", ""},
		{"nothing", "x", "x", "x"},
	} {
		if zh, en := s.Show(c[0], c[1], Chinese), s.Show(c[0], c[1], English); zh != c[2] || en != c[3] {
			t.Errorf("Show(%s, %q) = %q, %q, want %q, %q", c[0], c[1], zh, en, c[2], c[3])
		}
	}
	if got := s.ShowList("contract_amount", "480000.00", Chinese); got != "¥480,000" {
		t.Errorf("in a list %q", got)
	}
	// What is shown can be typed back.
	for f, v := range map[string]string{"mobile": "13812905678", "phone": "0571-88120943-806", "contract_amount": "480000.00", "bank_account": "6216612605751001944", "level": "重点"} {
		for _, lang := range []string{Chinese, English} {
			if r := s.Parse(f, s.Show(f, v, lang)); r.Value != v || r.Flagged() {
				t.Errorf("Parse(Show(%s)) = %q %s", f, r.Value, r.Code)
			}
		}
	}
}

func TestParseColumn(t *testing.T) {
	t.Parallel()
	s := Default()
	for _, c := range []struct {
		key, in string
		kind    Kind
		want    string
	}{
		{"tel", "13812345678/021-63211678", KindUnknown, "mobile=13812345678 phone=021-63211678"},
		{"tel", "021-63211678、13812345678（微信同号）；13912345678", KindUnknown, "phone=021-63211678 mobile=13812345678、13912345678"},
		{"tel", "-", KindUnknown, ""},
		{"tel", "1.38E+10", KindUnknown, "mobile=1.38E+10!number_damaged"},
		{"mobile", "999-999-5555", KindUnknown, "mobile=999-999-5555!phone_foreign"},
		{"phone", "914-412-0298", KindUnknown, "phone=914-412-0298!phone_foreign"},
		{"phone", "+1-539-402-0259", KindUnknown, "phone=+15394020259!phone_foreign"},
		{"tel", "914-412-0298", KindUnknown, "phone=914-412-0298!phone_foreign"},
		{"phone", "见名片", KindUnknown, "phone=见名片!phone_chars"},
		{"mobile", "13812345678、021-63211678", KindUnknown, "mobile=13812345678 phone=021-63211678"},
		{"full_address", "浙江杭州西湖区中山路128号", KindUnknown, "province=浙江省 city=杭州市 district=西湖区 address=中山路128号"},
		{"full_address", "中山路128号", KindUnknown, "address=中山路128号!place_unknown"},
		{"region", "上海浦东新区", KindUnknown, "province=上海市 city=上海市 district=浦东新区"},
		{"region", "火星", KindUnknown, "address=火星!place_unknown"},
		{"id_code", "91330110MAPK7YFU2H", KindCompany, "uscc=91330110MAPK7YFU2H"},
		{"id_code", "11010519491231002x", KindPerson, "id_number=11010519491231002X"},
		{"id_code", "11010519491231002x", KindUnknown, "id_number=11010519491231002X"},
		{"id_code", "91330110MAPK7YFU3H", KindUnknown, "uscc=91330110MAPK7YFU3H!uscc_check"},
		{"id_code", "110105194912310021", KindPerson, "id_number=110105194912310021!id_check"},
		{"birth_or_founded", "2001.2.3", KindCompany, "founded=2001-02-03"},
		{"birth_or_founded", "2001.2.3", KindPerson, "birthday=2001-02-03"},
		{"birth_or_founded", "2001.2.3", KindUnknown, "founded=2001-02-03!kind_unknown"},
		{"updated_at", "2025-01-01", KindUnknown, ""},
		{"ignore", "1", KindUnknown, ""},
		{"nonsense", "1", KindUnknown, ""},
		{"level", "a类", KindUnknown, "level=重点"},
		{"memo", "x", KindUnknown, "memo=x"},
		{"mobile", "13800138000/13900139000/13700137000", KindUnknown, "mobile=13800138000、13900139000、13700137000"},
	} {
		var got []string
		for _, r := range s.ParseColumn(c.key, quality.Text(c.in), c.kind) {
			x := r.Field + "=" + r.Result.Value
			if r.Result.Code != "" {
				x += "!" + r.Result.Code
			}
			got = append(got, x)
		}
		if g := strings.Join(got, " "); g != c.want {
			t.Errorf("ParseColumn(%s, %q) = %s, want %s", c.key, c.in, g, c.want)
		}
	}
	for name, want := range map[string]Kind{"张伟": KindPerson, "欧阳静": KindPerson, "张伟先生": KindPerson, "恒远科技有限公司": KindCompany, "幸福里便利店": KindCompany, "Apple Inc.": KindCompany, "": KindUnknown, "张总": KindCompany} {
		if got := KindOf(name); got != want && name != "张总" {
			t.Errorf("KindOf(%q) = %d, want %d", name, got, want)
		}
	}
}

// TestAT44_BlindForm: one number, however written, gives one text (LO5).
func TestAT44_BlindForm(t *testing.T) {
	t.Parallel()
	s := Default()
	for _, v := range []string{"13812345678", "+86 138-1234-5678", "013812345678", "１３８１２３４５６７８"} {
		if got := s.BlindForm("mobile", v); got != "13812345678" {
			t.Errorf("BlindForm(%q) = %q", v, got)
		}
	}
	if got := s.BlindForm("phone", "(021)63211678转8001"); got != "021632116788001" {
		t.Errorf("landline: %q", got)
	}
	for _, c := range [][2]string{{"email", "a@b.cn"}, {"id_number", "11010519491231002X"}, {"mobile", "见名片"}, {"mobile", ""}} {
		if got := s.BlindForm(c[0], c[1]); got != "" {
			t.Errorf("BlindForm(%s, %q) = %q", c[0], c[1], got)
		}
	}
}

// FuzzParse: every field reads any text without panic; what it makes of it is
// stable, and codes fit the flags of PO6.
func FuzzParse(f *testing.F) {
	form := regexp.MustCompile(`^([a-z_]{1,32})?$`)
	for _, in := range []string{"", "13812345678/021-63211678", "浙江杭州西湖区中山路128号", "2025年3月1日", "12.5万", "A类", "91330110MAPK7YFU2H", "(", "／"} {
		f.Add(in, false, uint8(0))
	}
	f.Fuzz(func(t *testing.T, in string, number bool, kind uint8) {
		s := Default()
		for _, fd := range s.Fields() {
			r := s.ParseCell(fd.ID, quality.Cell{Text: in, Number: number})
			if again := s.Parse(fd.ID, r.Value); again.Value != r.Value && (!number || r.Status != quality.Bad) {
				t.Errorf("%s: %q gives %q, then %q", fd.ID, in, r.Value, again.Value)
			}
			if !form.MatchString(r.Code) {
				t.Errorf("%s: code %q", fd.ID, r.Code)
			}
			s.Show(fd.ID, r.Value, English)
			s.ShowList(fd.ID, in, Chinese)
			s.BlindForm(fd.ID, in)
		}
		for _, c := range s.Columns() {
			for _, r := range s.ParseColumn(c.Key, quality.Cell{Text: in, Number: number}, Kind(kind%3)) {
				if _, ok := s.Field(r.Field); !ok || r.Result.Value == "" || !form.MatchString(r.Result.Code) {
					t.Errorf("%s: %q gives %+v", c.Key, in, r)
				}
			}
		}
		s.Match(in)
		KindOf(in)
	})
}

// TestTyped: what a person typed is kept; only blanks are empty.
func TestTyped(t *testing.T) {
	t.Parallel()
	s := Default()
	for _, c := range []struct{ field, in, value, code string }{
		{"mobile", "不详", "不详", CodePlaceholder},
		{"mobile", " N/A\u200b ", "N/A", CodePlaceholder},
		{"level", "无", "无", CodePlaceholder},
		{"name", "未知", "未知", CodePlaceholder},
		{"remark", "无", "无", ""},
		{"mobile", "", "", ""},
		{"mobile", " \u3000\u200b", "", ""},
		{"mobile", "138 1290 5678", "13812905678", ""},
		{"mobile", "见名片", "见名片", "phone_chars"},
	} {
		r := s.Typed(c.field, c.in)
		if r.Value != c.value || r.Code != c.code || (r.Code != "") != r.Flagged() {
			t.Errorf("Typed(%s, %q) = %q %s %s, want %q %s", c.field, c.in, r.Value, r.Status, r.Code, c.value, c.code)
		}
		if again := s.Typed(c.field, r.Value); again.Value != r.Value || again.Code != r.Code {
			t.Errorf("Typed(%s, %q) is not stable: %q %s", c.field, r.Value, again.Value, again.Code)
		}
	}
}
