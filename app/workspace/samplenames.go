package workspace

import (
	"fmt"
	"math/rand/v2"
	"time"

	"tongce/app/book"
)

// place is where an invented customer sits.
type place struct {
	province, city, district, code, area string
	streets                              []string
}

func samplePlaces() []place {
	return []place{
		{"江苏省", "苏州市", "吴中区", "320506", "0512", []string{"东吴北路", "宝带东路", "越溪大道"}},
		{"浙江省", "杭州市", "西湖区", "330106", "0571", []string{"文三路", "古墩路", "天目山路"}},
		{"上海市", "上海市", "浦东新区", "310115", "021", []string{"张杨路", "金科路", "杨高南路"}},
		{"广东省", "深圳市", "南山区", "440305", "0755", []string{"科苑路", "南海大道", "桃园路"}},
		{"山东省", "青岛市", "崂山区", "370212", "0532", []string{"海尔路", "香港东路"}},
		{"四川省", "成都市", "武侯区", "510107", "028", []string{"天府大道", "人民南路四段"}},
		{"湖北省", "武汉市", "洪山区", "420111", "027", []string{"珞喻路", "雄楚大道"}},
		{"北京市", "北京市", "海淀区", "110108", "010", []string{"中关村大街", "学院路"}},
	}
}

const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// sampleUSCC is an invented credit code with a right check character.
func sampleUSCC(r *rand.Rand, division string) string {
	code := "91" + division
	for range 8 {
		code += string(usccAlphabet[r.IntN(10)])
	}
	code += string(usccAlphabet[r.IntN(len(usccAlphabet))])
	sum, weight := 0, 1
	for _, c := range []byte(code) {
		v := 0
		for usccAlphabet[v] != c {
			v++
		}
		sum += v * weight
		weight = weight * 3 % 31
	}
	return code + string(usccAlphabet[(31-sum%31)%31])
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// person is an invented name.
func (s *sampler) person() string {
	return pick(s.random, []string{"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "朱", "林", "何"}) +
		pick(s.random, []string{"伟", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "秀兰", "海燕", "志强", "晓东", "雪梅", "建国", "文博", "子涵"})
}

// company is an invented name; the number keeps them apart.
func (s *sampler) company(i int, at place) string {
	first := []string{"恒锐", "锦成", "云帆", "嘉木", "远川", "鼎泰", "安澜", "博雅", "春晖", "明德", "汇川", "凌峰", "瑞禾", "思源", "同舟", "维景", "新叶"}
	second := []string{"精密机械", "电子科技", "国际物流", "食品", "医疗器械", "建筑装饰", "教育咨询", "文化传媒", "纺织", "环保科技", "汽车配件"}
	city := at.city[:len(at.city)-len("市")]
	return city + first[i%len(first)] + second[i/len(first)%len(second)] + "有限公司"
}

// options are the values of a choice field.
func (s *sampler) options(field string) []string {
	f, _ := s.w.Schema.Field(field)
	var out []string
	for _, o := range f.Options {
		out = append(out, o.Value)
	}
	return out
}

// customer is the values of the invented customer i.
func (s *sampler) customer(i int) []book.Set {
	r := s.random
	at := samplePlaces()[i%len(samplePlaces())]
	mobile := fmt.Sprintf("199%08d", 10_000_000+i*7919%80_000_000)
	sets := []book.Set{
		{Field: "province", Text: at.province},
		{Field: "city", Text: at.city},
		{Field: "district", Text: at.district},
		{Field: "address", Text: fmt.Sprintf("%s%d号", pick(r, at.streets), 1+r.IntN(900))},
		{Field: "source", Text: pick(r, s.options("source"))},
		{Field: "level", Text: pick(r, s.options("level"))},
		{Field: "stage", Text: pick(r, append(s.options("stage"), ""))},
		{Field: "owner", Text: pick(r, []string{"李强", "周敏", "孙磊"})},
		{Field: "department", Text: pick(r, []string{"销售一部", "销售二部", "大客户部"})},
		{Field: "mobile", Text: mobile},
	}
	if i%4 > 0 { // from three days late to three weeks ahead
		sets = append(sets, book.Set{Field: "next_contact", Text: s.today.AddDate(0, 0, i*11%23-3).Format(time.DateOnly)})
	}
	if i%12 == 5 { // a person
		return append(sets,
			book.Set{Field: "name", Text: s.person()}, book.Set{Field: "birthday", Text: fmt.Sprintf("%d-%02d-%02d", 1965+r.IntN(35), 1+r.IntN(12), 1+r.IntN(28))})
	}
	uscc := sampleUSCC(r, at.code)
	if i%40 == 13 {
		uscc = uscc[:15] // as an office writes it down: to be looked at
	}
	sets = append(sets,
		book.Set{Field: "name", Text: s.company(i, at)},
		book.Set{Field: "uscc", Text: uscc},
		book.Set{Field: "industry", Text: pick(r, s.options("industry"))},
		book.Set{Field: "founded", Text: fmt.Sprintf("%d-%02d-%02d", 1998+r.IntN(25), 1+r.IntN(12), 1+r.IntN(28))},
		book.Set{Field: "contact", Text: s.person()},
		book.Set{Field: "phone", Text: fmt.Sprintf("%s-%08d", at.area, 60_000_000+r.IntN(9_000_000))},
		book.Set{Field: "email", Text: fmt.Sprintf("kh%03d@example.com", i+1)},
		book.Set{Field: "bank", Text: "中国工商银行" + at.city[:len(at.city)-len("市")] + "分行"},
		book.Set{Field: "bank_account", Text: fmt.Sprintf("11022%014d", r.IntN(1_000_000_000))},
	)
	if i%3 > 0 {
		sets = append(sets,
			book.Set{Field: "contract_no", Text: fmt.Sprintf("HT-2025-%05d", 1000+i)},
			book.Set{Field: "contract_end", Text: fmt.Sprintf("%d-%02d-%02d", 2026+r.IntN(3), 1+r.IntN(12), 1+r.IntN(28))},
			book.Set{Field: "contract_amount", Text: fmt.Sprintf("%d00.00", 50+r.IntN(9000))})
	}
	return sets
}
