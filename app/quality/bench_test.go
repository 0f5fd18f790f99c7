package quality

import "testing"

// BenchmarkNormalise gives the cost of each normaliser on an ordinary and on a
// messy value.
func BenchmarkNormalise(b *testing.B) {
	for _, x := range []struct {
		name string
		fn   func(Cell) Result
		in   []string
	}{
		{"name", Name, []string{"杭州恒远科技有限公司", " 恒遠 科技(上海)有限公司"}},
		{"person", Person, []string{"张伟", "张 伟（采购）"}},
		{"mobile", Mobile, []string{"13812345678", "+86 138-1234-5678（微信同号）"}},
		{"phone", Phone, []string{"021-63211678", "(0571)88120943转806"}},
		{"uscc", USCC, []string{"91330110MAPK7YFU2H", "税号：9133 0110 MAPK 7YFU2H"}},
		{"id", IDNumber, []string{"11010519491231002X", "110105 19491231 002x"}},
		{"email", Email, []string{"a.b@163.com", "mailto:A.B＠163.con"}},
		{"date", Date, []string{"2025-03-01", "2025年3月1日"}},
		{"amount", Amount, []string{"125000.00", "￥12.5万元"}},
		{"account", BankAccount, []string{"6222021234567890123", "6222 0212 3456 7890 123"}},
		{"address", func(c Cell) Result { _, r := Address(c); return r }, []string{"浙江省杭州市西湖区中山路128号", "浙江-杭州-西湖区-中山路128号"}},
		{"city", City, []string{"杭州市", "杭州"}},
		{"street", Street, []string{"中山路128号", "中山路１２８号 A座"}},
		{"reference", Reference, []string{"HT-2024-01234", "ht202401234"}},
		{"plain", Plain, []string{"月结30天", "　月结３０天\n"}},
		{"namekey", func(c Cell) Result { return Result{Value: NameKey(c.Text)} }, []string{"杭州恒远科技有限公司"}},
		{"pinyin", func(c Cell) Result { _, _, k := Pinyin(c.Text); return Result{Value: k} }, []string{"杭州恒远科技有限公司", "曾伟"}},
	} {
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			x.fn(Text(x.in[0])) // compile the tables
			i := 0
			for b.Loop() {
				x.fn(Text(x.in[i%len(x.in)]))
				i++
			}
		})
	}
}
