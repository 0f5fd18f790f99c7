package quality

import "testing"

func TestCut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		is   func(Cell) bool
		head string
		tail string
	}{
		{"赵敏 13711112222", IsPhone, "赵敏", "13711112222"},
		{"赵敏（13711112222）", IsPhone, "赵敏", "13711112222"},
		{"赵敏，电话：0571-88120943 / 13711112222", IsPhone, "赵敏", "电话：0571-88120943 / 13711112222"}, // Phones knows the label
		{"浙江省杭州市西湖区文三路1号 0571-88120943", IsPhone, "浙江省杭州市西湖区文三路1号", "0571-88120943"},
		{"中山路128号 创业大厦 2001", IsPhone, "中山路128号 创业大厦 2001", ""},
		{"中山路128号 88120943", IsPhone, "中山路128号 88120943", ""},
		{"13711112222", IsPhone, "13711112222", ""},
		{"工商银行杭州支行 6222 0212 0412 3456 786", IsAccount, "工商银行杭州支行", "6222 0212 0412 3456 786"},
		{"工商银行杭州支行账号：6222021204123456786", IsAccount, "工商银行杭州支行", "6222021204123456786"},
		{"工商银行杭州支行", IsAccount, "工商银行杭州支行", ""},
		{"", IsPhone, "", ""},
	} {
		if head, tail := Cut(Text(c.in), c.is); head.Text != c.head || tail.Text != c.tail {
			t.Errorf("Cut(%q) = %q, %q, want %q, %q", c.in, head.Text, tail.Text, c.head, c.tail)
		}
	}
}
