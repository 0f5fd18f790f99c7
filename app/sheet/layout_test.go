package sheet

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tongce/app/schema"
)

// infoOf inspects the one sheet of lines.
func infoOf(t *testing.T, lines ...string) Info {
	t.Helper()
	rep, err := testReader(t).Inspect(t.Context(), csvSource(lines...), nil)
	if err != nil {
		t.Fatal(err)
	}
	return rep.Sheets[0]
}

// mapped maps a sheet with what is known of its layout.
func mapped(info Info, known []byte) *Mapping {
	return Map(info, schema.Default(), func(string) []byte { return known })
}

// goes says where the columns go, ? where a person should look.
func goes(m *Mapping) (out []string) {
	for _, c := range m.Columns {
		look := ""
		if c.Look {
			look = "?"
		}
		out = append(out, fmt.Sprintf("%s→%s%s", c.Header, c.Key, look))
	}
	return out
}

// TestLayoutOfAHeaderThatComesTwice: each of them is remembered by itself, when an
// import was written and for the further sheets of one.
func TestLayoutOfAHeaderThatComesTwice(t *testing.T) {
	t.Parallel()
	for _, lines := range [][]string{
		{"客户名称,电话,电话,备注,备注", "杭州甲乙有限公司,13812905678,0571-88120943,a,b", "宁波丙丁有限公司,13900001111,,c,d"},
		{"客户名称,联系人,电话,联系人,电话,地址", "杭州甲乙有限公司,王刚,13812905678,李娜,0571-88120943,浙江省杭州市西湖区文三路1号", "宁波丙丁有限公司,赵敏,13900001111,周海,,浙江省宁波市鄞州区中山路1号"},
	} {
		info := infoOf(t, lines...)
		want := mapped(info, nil)
		for name, known := range map[string][]byte{"written": want.Layout(nil), "beside it": want.Said(nil)} {
			again := mapped(info, known)
			if d := cmp.Diff(want.Columns, again.Columns); d != "" {
				t.Errorf("%s, %s: %s", lines[0], name, d)
			}
		}
	}
	info := infoOf(t, "客户名称,备注,备 注*", "杭州甲乙有限公司,a,b", "宁波丙丁有限公司,c,d")
	m := mapped(info, nil)
	if err := m.Send(2, "contact"); err != nil {
		t.Fatal(err)
	}
	want := []string{"客户名称→name", "备注→remark", "备 注*→contact"}
	for name, known := range map[string][]byte{"written": m.Layout(nil), "beside it": m.Said(nil)} {
		if d := cmp.Diff(want, goes(mapped(info, known))); d != "" {
			t.Errorf("one of them chosen, %s: %s", name, d)
		}
	}
	// A layout of before has one entry for both, and nobody knows of which.
	old := []byte(`{"k":{"客户名称":"name","备注":"","备 注*":"contact"},"o":{}}`)
	if d := cmp.Diff(goes(mapped(info, nil)), goes(mapped(info, old))); d != "" {
		t.Errorf("by a layout of before: %s", d)
	}
}

// TestLayoutKnowsAHeaderHoweverItIsTyped: what was said of 等级 holds for 等级*, as
// both are one line in the window.
func TestLayoutKnowsAHeaderHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	one := mapped(infoOf(t, "客户名称,等级,暗号", "杭州甲乙有限公司,A,x", "宁波丙丁有限公司,钻石,y"), nil)
	if err := one.Equal(1, "钻石", "重点"); err != nil {
		t.Fatal(err)
	}
	if err := one.Send(2, "remark"); err != nil {
		t.Fatal(err)
	}
	info := infoOf(t, "*客户名称,等级*,暗 号", "苏州戊己有限公司,钻石,z", "无锡庚辛有限公司,A,z")
	old := []byte(`{"k":{"客户名称":"name","等级 ":"level","暗号":"remark"},"o":{"等级 ":{"钻石":"重点"}}}`)
	for name, known := range map[string][]byte{"written": one.Layout(nil), "beside it": one.Said(nil), "by a layout of before": old} {
		two := mapped(info, known)
		if d := cmp.Diff(one.Identities(), two.Identities()); d != "" {
			t.Errorf("%s: other columns: %s", name, d)
		}
		if d := cmp.Diff([]string{"*客户名称→name", "等级*→level", "暗 号→remark"}, goes(two)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		i := slices.IndexFunc(two.Columns[1].Options, func(o Option) bool { return o.Text == "钻石" })
		if i < 0 || two.Columns[1].Options[i].Value != "重点" {
			t.Errorf("%s: %+v", name, two.Columns[1].Options)
		}
	}
}

// TestAGuessGivesNothingOn: what was guessed of a sheet with nothing in it says
// nothing about one that has values; what a person said does.
func TestAGuessGivesNothingOn(t *testing.T) {
	t.Parallel()
	const head = "收货方,联系人,电话,地址"
	empty := mapped(infoOf(t, head), nil)
	full := infoOf(t, head, "杭州甲乙有限公司,王刚,13812905678,浙江省杭州市西湖区文三路1号", "宁波丙丁有限公司,李娜,0574-88120943,浙江省宁波市鄞州区中山路1号")
	want := []string{"收货方→name", "联系人→contact", "电话→tel", "地址→full_address"}
	if d := cmp.Diff(want, goes(mapped(full, nil))); d != "" {
		t.Fatalf("alone: %s", d)
	}
	for name, known := range map[string][]byte{"written": empty.Layout(nil), "beside it": empty.Said(nil)} {
		if d := cmp.Diff(want, goes(mapped(full, known))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if err := empty.Send(3, "remark"); err != nil {
		t.Fatal(err)
	}
	want[3] = "地址→remark"
	before := mapped(full, nil).Layout(nil)
	for name, known := range map[string][]byte{"written": empty.Layout(before), "beside it": empty.Said(before)} {
		if d := cmp.Diff(want, goes(mapped(full, known))); d != "" {
			t.Errorf("chosen, %s: %s", name, d)
		}
	}
}

// TestWhatWasSaidTakesTheFieldFromAGuess: of two columns that cannot both feed a
// field the one that a person chose does, in further sheets too, and the other is
// to be looked at unless it had to give way before.
func TestWhatWasSaidTakesTheFieldFromAGuess(t *testing.T) {
	t.Parallel()
	const head = "托运方,收货方,联系人,电话"
	one := mapped(infoOf(t, head, ",暗号一,王刚,13812905678", ",暗号二,李娜,13900001111"), nil)
	if d := cmp.Diff([]string{"托运方→", "收货方→", "联系人→name", "电话→tel"}, goes(one)); d != "" {
		t.Fatalf("at first: %s", d)
	}
	if err := one.Send(1, "name"); err != nil {
		t.Fatal(err)
	}
	two := mapped(infoOf(t, head, "杭州甲乙有限公司,宁波丙丁有限公司,王刚,13812905678", "苏州戊己有限公司,无锡庚辛有限公司,李娜,13900001111"), one.Said(nil))
	if d := cmp.Diff([]string{"托运方→?", "收货方→name", "联系人→", "电话→tel"}, goes(two)); d != "" {
		t.Error(d)
	}
}

// TestWhatWasImportedIsRemembered: also where it was guessed, and what was said of
// a spelling while files come that do not have it.
func TestWhatWasImportedIsRemembered(t *testing.T) {
	t.Parallel()
	const head = "收货方,电话,等级"
	one := mapped(infoOf(t, head, "杭州甲乙有限公司,13812905678,钻石", "宁波丙丁有限公司,13900001111,A"), nil)
	if err := one.Equal(2, "钻石", "重点"); err != nil {
		t.Fatal(err)
	}
	two := mapped(infoOf(t, head, "甲乙,13812905678,A", "丙丁,13900001111,A"), one.Layout(nil))
	if d := cmp.Diff([]string{"收货方→name", "电话→tel", "等级→level"}, goes(two)); d != "" {
		t.Error(d)
	}
	three := infoOf(t, head, "戊己,13812905678,钻石", "庚辛,13900001111,钻石")
	for name, known := range map[string][]byte{"written": two.Layout(one.Layout(nil)), "beside it": two.Said(one.Layout(nil))} {
		m := mapped(three, known)
		if d := cmp.Diff([]Option{{Text: "钻石", Count: 2, Value: "重点", Chosen: true}}, m.Columns[2].Options); d != "" || m.Columns[0].Key != "name" {
			t.Errorf("%s: %s goes to %s, %s", name, m.Columns[0].Header, m.Columns[0].Key, d)
		}
	}
	// A sheet beside it guesses for itself.
	if got := goes(mapped(three, one.Said(nil))); got[0] != "收货方→" {
		t.Errorf("beside the first: %s", got)
	}
}
