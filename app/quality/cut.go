package quality

import "strings"

// parting stands between a text and the number behind it in one cell.
const parting = " \t\r\n\u00a0\u3000,，;；、/:：(（"

// numberLabels are words for a number that follows.
var numberLabels = []string{"联系电话", "电话", "手机", "账号", "帐号", "Tel", "TEL", "tel"}

// Cut takes the number off the end of a cell: the longest tail behind a blank,
// a comma, a colon or the like that passes the test. Without one all of it is
// the head.
func Cut(c Cell, is func(Cell) bool) (head, number Cell) {
	head = c
	if c.Number || len(c.Text) > maxText {
		return head, number
	}
	s := typed(c.Text)
	for i := len(s); i > 0; {
		if i = strings.LastIndexAny(s[:i], parting); i <= 0 {
			break
		}
		tail := Text(strings.TrimRight(strings.TrimLeft(s[i:], parting), ")） "))
		front := strings.TrimRight(s[:i], parting)
		for _, label := range numberLabels {
			front = strings.TrimRight(strings.TrimSuffix(front, label), parting)
		}
		switch {
		case front != "" && is(tail):
			head, number = Text(front), tail
		case number.Text != "":
			return head, number
		}
	}
	return head, number
}

// IsPhone says that a cell is whole telephone numbers and nothing else.
func IsPhone(c Cell) bool {
	all := Phones(c)
	for _, n := range all {
		if n.Result.Flagged() || len(n.Result.Value) < 7 {
			return false
		}
	}
	return len(all) > 0
}

// IsAccount says that a cell is the number of a bank account.
func IsAccount(c Cell) bool {
	r := BankAccount(c)
	return len(r.Value) >= 9 && r.Status != Bad
}
