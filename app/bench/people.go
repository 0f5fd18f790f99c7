package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"tongce/app/book"
	"tongce/app/sheet"
)

// column is one column of the invented file.
type column struct {
	field, header string
	value         func(i int) string
}

// place is a province, a city and a district.
func place(i int) [3]string {
	all := [...][3]string{
		{"江苏省", "苏州市", "昆山市"},
		{"浙江省", "杭州市", "西湖区"},
		{"广东省", "深圳市", "南山区"},
		{"上海市", "上海市", "浦东新区"},
		{"湖北省", "武汉市", "洪山区"},
		{"四川省", "成都市", "武侯区"},
		{"山东省", "青岛市", "市南区"},
		{"安徽省", "合肥市", "蜀山区"},
	}
	return all[i%len(all)]
}

const (
	syllables = "恒锐海沃云栖锡山中岳嘉和江北皖能越光永丰南湖瓯越泰州彭城启东德清华精密泵业纺织阀门电气轴承模具力"
	surnames  = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗"
)

// columns are the 20 columns of the file. No two customers share a name or a
// number, so that each row is a customer.
func columns() []column {
	pick := func(all ...string) func(int) string { return func(i int) string { return all[i*7%len(all)] } }
	return []column{
		{"name", "客户名称", company},
		{"uscc", "统一社会信用代码", uscc},
		{"industry", "行业", pick("制造业", "批发零售", "信息技术", "建筑业")},
		{"province", "省", func(i int) string { return place(i)[0] }},
		{"city", "市", func(i int) string { return place(i)[1] }},
		{"district", "区", func(i int) string { return place(i)[2] }},
		{"address", "详细地址", func(i int) string { return fmt.Sprintf("人民路%d号%d室", i%997+1, i%31+101) }},
		{"source", "客户来源", pick("展会", "转介绍", "网站", "电话")},
		{"founded", "成立日期", func(i int) string { return fmt.Sprintf("%d-%02d-%02d", 1995+i%28, i%12+1, i%28+1) }},
		{"remark", "备注", func(i int) string { return fmt.Sprintf("要求含税，交期 %d 天，月结", 15+i%60) }},
		{"contact", "联系人", func(i int) string { return runeAt(surnames, i) + runeAt(syllables, i/7) + runeAt(syllables, i/3) }},
		{"mobile", "手机", func(i int) string { return fmt.Sprintf("13%09d", i*13+100_000_000) }},
		{"phone", "固定电话", func(i int) string { return fmt.Sprintf("0512-%08d", i+60_000_000) }},
		{"email", "邮箱", func(i int) string { return fmt.Sprintf("contact%d@example.com", i) }},
		{"level", "客户等级", pick("重点", "普通", "一般")},
		{"contract_no", "合同编号", func(i int) string { return fmt.Sprintf("HT-2024-%06d", i) }},
		{"contract_end", "合同到期日", func(i int) string { return fmt.Sprintf("2027-%02d-%02d", i%12+1, i%28+1) }},
		{"contract_amount", "合同金额", func(i int) string { return fmt.Sprintf("%d.00", 10_000+i%9973*100) }},
		{"bank", "开户行", pick("中国工商银行苏州分行", "中国银行杭州分行", "招商银行深圳分行")},
		{"bank_account", "银行账号", account},
	}
}

func runeAt(s string, i int) string {
	r := []rune(s)
	return string(r[i%len(r)])
}

// company is a name of its own for every number below 2,500,000.
func company(i int) string {
	n := (i*1_299_709 + 77_777) % 2_500_000 // coprime: a permutation
	r := []rune("恒锐海沃云栖锡山中岳嘉和江北皖能越光永丰南湖瓯泰州彭城启东德清华精密泵业纺织阀门电")
	var b strings.Builder
	b.WriteString(strings.TrimSuffix(place(i)[1], "市"))
	for range 4 {
		b.WriteRune(r[n%40])
		n /= 40
	}
	b.WriteString("科技有限公司")
	return b.String()
}

// uscc is a code with its check digit (GB 32100).
func uscc(i int) string {
	const digits = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	s := fmt.Sprintf("91320505MA%07d", i)
	sum, weight := 0, 1
	for _, c := range s {
		sum += strings.IndexRune(digits, c) * weight
		weight = weight * 3 % 31
	}
	return s + string(digits[(31-sum%31)%31])
}

// account is a bank account with its check digit (Luhn).
func account(i int) string {
	s := fmt.Sprintf("6222021102%08d", i)
	sum := 0
	for k := range len(s) {
		d := int(s[len(s)-1-k] - '0')
		if k%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return fmt.Sprintf("%s%d", s, (10-sum%10)%10)
}

// workbook writes n customers as a workbook.
func workbook(ctx context.Context, path string, n int) error {
	all := columns()
	out := make([]sheet.OutColumn, len(all))
	for i, c := range all {
		out[i] = sheet.OutColumn{Title: c.header}
	}
	lines := func(yield func([]string, error) bool) {
		cells := make([]string, len(all))
		for i := range n {
			for k, c := range all {
				cells[k] = c.value(i)
			}
			if !yield(cells, nil) {
				return
			}
		}
	}
	return sheet.WriteFile(path, func(w io.Writer) error { return sheet.WriteXLSX(ctx, w, "客户", out, lines) })
}

// rows gives n customers to book.Import, from a number on.
func rows(from, n int) func() (book.Row, int, bool) {
	all := columns()
	i := 0
	return func() (book.Row, int, bool) {
		if i == n {
			return book.Row{}, 0, false
		}
		r := book.Row{Sources: []book.RowSource{{File: "客户.xlsx", Sheet: "客户", Row: uint64(i + 2)}}}
		for _, c := range all {
			r.Sets = append(r.Sets, book.RowSet{Field: c.field, Text: c.value(from + i)})
		}
		i++
		return r, i - 1, true
	}
}

// searches are texts that somebody would type: parts of names, pinyin, initials,
// numbers.
func searches() []string {
	text := "恒锐 云栖 苏州 hengrui hr yunqi 5678 13100000000 泵业 zy jiahe 科技"
	var out []string
	for f := range bytes.FieldsSeq([]byte(text)) {
		out = append(out, string(f))
	}
	return out
}
