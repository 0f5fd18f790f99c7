package quality

import (
	_ "embed"
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed divisions.txt
var divisionText string

// cityRow is a city with its districts.
type cityRow struct {
	province, name, short string
	districts             []string
}

// table finds places by full and short names.
type table struct {
	provinces map[string]string     // full or short -> full
	cities    map[string][]*cityRow // full or short
	under     map[string][]*cityRow // by province
	districts map[string][]*cityRow // full name of a district -> its cities
	shortOf   map[string][]string   // short name of a district -> full names
	longest   int                   // of any key, in runes
}

// former are districts that were merged or renamed; addresses still use them.
var former = map[string]string{
	"北京市": "崇文区,宣武区", "上海市": "闸北区,卢湾区,南汇区,崇明县", "天津市": "塘沽区,汉沽区,大港区,蓟县,宁河县,静海县", "杭州市": "下城区,江干区,余杭市,萧山市,富阳市,临安市",
	"宁波市": "江东区,鄞县", "广州市": "东山区,芳村区,萝岗区,增城市,从化市", "苏州市": "沧浪区,平江区,金阊区,吴江市,吴县市", "南京市": "下关区,白下区,高淳县,溧水县", "无锡市": "崇安区,南长区,北塘区",
	"合肥市": "中市区,东市区", "南昌市": "湾里区,新建县", "长沙市": "望城县", "成都市": "温江县,双流县,郫县,金堂县", "青岛市": "四方区,胶南市,即墨市", "济南市": "历城县,章丘市", "重庆市": "双桥区,万盛区,长寿县,璧山县,铜梁县,大足县,荣昌县,开县,梁平县,武隆县",
	"大连市": "金州市,普兰店市", "沈阳市": "东陵区,于洪县", "西安市": "户县,长安县,高陵县,蓝田县", "常州市": "戚墅堰区,金坛市,武进市", "徐州市": "九里区,铜山县", "绍兴市": "绍兴县,上虞市", "温州市": "洞头县", "福州市": "长乐市", "石家庄市": "桥东区,藁城市,鹿泉市,栾城县",
}

// nations of autonomous areas, dropped with the ending to get the short name.
var nations = strings.Fields("维吾尔 壮族 回族 藏族 彝族 苗族 土家族 侗族 布依族 哈尼族 傣族 白族 景颇族 傈僳族 羌族 蒙古族 蒙古 朝鲜族 柯尔克孜 哈萨克 黎族 畲族 瑶族 满族 水族")

func shortName(s string) string {
	for _, e := range []string{"特别行政区", "自治区", "自治州", "自治县", "地区", "省", "市", "区", "县", "盟", "州"} {
		t, ok := strings.CutSuffix(s, e)
		if !ok {
			continue
		}
		if strings.HasPrefix(e, "自治") && t != "内蒙古" {
			for again := true; again; {
				again = false
				for _, n := range nations {
					if u, cut := strings.CutSuffix(t, n); cut && u != "" {
						t, again = u, true
						break
					}
				}
			}
		}
		if utf8.RuneCountInString(t) >= 2 {
			return t
		}
		return s
	}
	return s
}

var places = sync.OnceValue(func() *table {
	t := &table{
		provinces: map[string]string{}, cities: map[string][]*cityRow{}, under: map[string][]*cityRow{},
		districts: map[string][]*cityRow{}, shortOf: map[string][]string{},
	}
	for line := range strings.SplitSeq(strings.TrimRight(divisionText, "\n"), "\n") {
		p, rest, _ := strings.Cut(line, "\t")
		c, ds, _ := strings.Cut(rest, "\t")
		t.row(p, c, strings.Split(ds, ","), true)
		t.row(p, c, strings.Split(former[c], ","), false)
	}
	t.provinces["台湾省"], t.provinces["台湾"] = "台湾省", "台湾省"
	return t
})

// row enters one city; a municipality's counties stand in a second line.
// Former districts have no short names.
func (t *table) row(p, c string, ds []string, present bool) {
	t.provinces[p], t.provinces[shortName(p)] = p, p
	var row *cityRow
	for _, r := range t.under[p] {
		if r.name == c {
			row = r
		}
	}
	if row == nil {
		row = &cityRow{province: p, name: c, short: shortName(c)}
		t.under[p] = append(t.under[p], row)
		t.cities[c] = append(t.cities[c], row)
		if row.short != c {
			t.cities[row.short] = append(t.cities[row.short], row)
		}
	}
	for _, d := range ds {
		if d == "" || slices.Contains(row.districts, d) {
			continue
		}
		row.districts = append(row.districts, d)
		t.districts[d] = append(t.districts[d], row)
		if s := shortName(d); s != d && present {
			t.shortOf[s] = append(t.shortOf[s], d)
		}
		t.longest = max(t.longest, utf8.RuneCountInString(d))
	}
	// Longer names first, so that 浦东新区 is not cut short by another.
	sort.SliceStable(row.districts, func(i, j int) bool { return len(row.districts[i]) > len(row.districts[j]) })
	t.longest = max(t.longest, utf8.RuneCountInString(c), utf8.RuneCountInString(p))
}

// longestPrefix finds the longest prefix of s that ok accepts.
func (t *table) longestPrefix(s string, ok func(prefix, rest string) bool) string {
	ends := make([]int, 0, 16)
	for i := range s {
		if i > 0 {
			ends = append(ends, i)
		}
		if len(ends) > t.longest {
			break
		}
	}
	if len(ends) <= t.longest {
		ends = append(ends, len(s))
	}
	for i := len(ends) - 1; i >= 1; i-- {
		if p := s[:ends[i]]; ok(p, s[ends[i]:]) {
			return p
		}
	}
	return ""
}
