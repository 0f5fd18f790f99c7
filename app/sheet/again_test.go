package sheet

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestIM12_AFileAgain imports a file, has its customers edited, and imports a
// version of the file: what stood there before is found again, whatever became
// of it in the book; what did not is new.
func TestIM12_AFileAgain(t *testing.T) {
	t.Parallel()
	first := []string{
		"恒远科技,,,13812905678,,王刚",                // 2: a short name
		"张伟,,,,,",                               // 3: a name alone
		"杭州甲乙有限公司,,,,0571-88120943,李明",          // 4
		"宁波丙丁有限公司," + usccA + ",,13900001111,,", // 5
		"张伟,,,13700002222,,赵敏",                  // 6: a namesake
	}
	edits := map[string]map[string]string{
		"恒远科技":     {"name": "上海恒远科技有限公司", "mobile": "13600001111"},
		"杭州甲乙有限公司": {"name": "杭州甲乙集团有限公司", "phone": "0571-66660000", "contact": "钱七"},
		"宁波丙丁有限公司": {"uscc": usccB, "name": "宁波丙丁股份有限公司", "mobile": "13512345678"},
	}
	for name, c := range map[string]struct {
		file  string
		lines []string
		want  Counts
	}{
		"the same file": {"t.csv", first, Counts{Updated: 3, Same: 2}},
		"rows shifted by a new one": {
			"t.csv", append([]string{"苏州戊己有限公司,,,13311112222,,"}, first...),
			Counts{New: 1, Updated: 3, Same: 2},
		},
		"another file of the same names": {"u.csv", first[:1], Counts{New: 1}},
		"a row with another number": {
			"t.csv",
			[]string{"恒远科技,,,13812905678,,孙八", first[1], first[2], first[3], "张伟,,,13700003333,,赵敏"},
			Counts{Updated: 4, Same: 1},
		},
		"another namesake in the place of one": {
			"t.csv",
			[]string{first[0], first[1], first[2], first[3], "张伟,,,13400009999,,周九"},
			Counts{New: 1, Updated: 3, Same: 1},
		},
		"another company in the place of one": {
			"t.csv",
			[]string{"无锡庚辛科技,,,13812345678,,王刚", first[1], first[2], first[3], first[4]},
			Counts{New: 1, Updated: 2, Same: 2},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newMemBook()
			plan := func(file string, lines []string) *Plan {
				p := planFrom(b, file)
				feed(t, testReader(t), p, csvSource(append([]string{head}, lines...)...))
				return p
			}
			p := plan("t.csv", first)
			if d := cmp.Diff(Counts{New: 5}, countsOf(p)); d != "" {
				t.Fatal(d)
			}
			b.write(t, p)
			for id, f := range b.all {
				if e := edits[f["name"]]; e != nil {
					b.set(id, e)
				}
			}
			if d := cmp.Diff(c.want, countsOf(plan(c.file, c.lines))); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestAbbreviates: a shorter form of a name never displaces the longer one.
func TestAbbreviates(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		short, long string
		want        bool
	}{
		{"恒远科技", "上海恒远科技有限公司", true},
		{"西安元隆教育咨询公司", "西安元隆教育咨询有限公司", true},
		{"恒康雅精密机械（贵阳）", "恒康雅精密机械（贵阳）有限责任公司", true},
		{"上海恒远科技有限公司", "恒远科技", false},
		{"恒远科技", "恒远科技", false},
		{"远恒科技", "上海恒远科技有限公司", false},
		{"Acme", "Acme Tools Ltd.", false},
		{"张", "张伟", false},
		{"", "张伟", false},
	} {
		if got := abbreviates(c.short, c.long); got != c.want {
			t.Errorf("abbreviates(%q, %q) = %v, want %v", c.short, c.long, got, c.want)
		}
	}
}
