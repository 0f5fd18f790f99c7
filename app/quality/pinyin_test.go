package quality

import (
	"testing"
	"time"
)

func TestPinyin(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][3]string{
		"张三": {"zhangsan", "zs", "zhang san"}, "单雄信": {"shanxiongxin", "sxx", "shan xiong xin"}, "曾国藩": {"zengguofan", "zgf", "zeng guo fan"},
		"解缙": {"xiejin", "xj", "xie jin"}, "区海明": {"ouhaiming", "ohm", "ou hai ming"}, "仇英": {"qiuying", "qy", "qiu ying"}, "查良镛": {"zhaliangyong", "zly", "zha liang yong"},
		"欧阳修": {"ouyangxiu", "oyx", "ou yang xiu"}, "尉迟恭": {"yuchigong", "ycg", "yu chi gong"}, "吕布": {"lvbu", "lb", "lv bu"}, "朴志勋": {"piaozhixun", "pzx", "piao zhi xun"},
		"重庆银行": {"chongqingyinhang", "cqyh", "chong qing yin hang"}, "厦门大厦": {"xiamendasha", "xmds", "xia men da sha"}, "长春市": {"changchunshi", "ccs", "chang chun shi"},
		"长沙恒远科技有限公司": {"changshahengyuankejiyouxiangongsi", "cshykjyxgs", "chang sha heng yuan ke ji you xian gong si"},
		"IBM中国（上海）":  {"ibmzhongguoshanghai", "izgsh", "ibm zhong guo shang hai"}, "３M公司": {"3mgongsi", "3gs", "3m gong si"},
		"Nordhaven Foods": {"nordhavenfoods", "nf", "nordhaven foods"}, "": {"", "", ""}, "（）": {"", "", ""},
	} {
		f, i, k := Pinyin(in)
		if got := [3]string{f, i, k}; got != want {
			t.Errorf("Pinyin(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"张三": "Z", "曾国藩": "Z", "Apple": "A", "３M": "#", "": "#", "重庆": "C"} {
		if got := Letter(in); got != want {
			t.Errorf("Letter(%q) = %s, want %s", in, got, want)
		}
	}
}

// TestPinyinBudget: 100,000 names in under a second, with room for the race
// detector and a busy machine.
func TestPinyinBudget(t *testing.T) {
	t.Parallel()
	names := []string{"杭州恒远科技有限公司", "曾伟", "上海铭腾林电子商务有限公司苏州分公司", "Nordhaven Foods Co., Ltd."}
	Pinyin(names[0])
	begin := time.Now()
	for i := range 100_000 {
		Pinyin(names[i%len(names)])
	}
	d := time.Since(begin)
	t.Logf("100,000 names in %v", d)
	if d > 5*time.Second {
		t.Errorf("100,000 names took %v", d)
	}
}
