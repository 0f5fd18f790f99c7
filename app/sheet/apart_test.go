package sheet

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestIM4_NamesakesOfOneFile: rows that share a full name and contradict each
// other in how the customer is known stay apart, and both are to be looked at;
// one way that agrees, or too little to compare, makes them one.
func TestIM4_NamesakesOfOneFile(t *testing.T) {
	t.Parallel()
	const name, head = "杭州甲乙有限公司", "客户名称,统一社会信用代码,手机,固定电话,联系人,邮箱,详细地址,备注"
	for title, c := range map[string]struct {
		lines []string
		want  Counts
	}{
		"other person, other number":            {[]string{",,13812905678,,王刚,,,", ",,13900001111,,李娜,,,"}, Counts{New: 2, Review: 2}},
		"other number, other address of mail":   {[]string{",,,0571-88120943,,a@b.cn,,", ",,,0571-66660000,,c@d.cn,,"}, Counts{New: 2, Review: 2}},
		"one number that agrees":                {[]string{",,13812905678,,王刚,,,", ",,138 1290 5678,,李娜,,,"}, Counts{New: 1, Merged: 1}},
		"the same place, all else other":        {[]string{",,13812905678,,王刚,a@b.cn,中山路12号,", ",,13900001111,,李娜,c@d.cn,中山路12号,"}, Counts{New: 1, Merged: 1}},
		"only the number differs":               {[]string{",,13812905678,,,,,", ",,13900001111,,,,,"}, Counts{New: 1, Merged: 1}},
		"a surname says nothing":                {[]string{",,13812905678,,王刚,,,", ",,13900001111,,李总,,,"}, Counts{New: 1, Merged: 1}},
		"a number that cannot be read, neither": {[]string{",,13812905678,,王刚,,,", ",,1390000,,李娜,,,"}, Counts{New: 1, Merged: 1}},
		"the same code":                         {[]string{"," + usccA + ",13812905678,,王刚,,,", "," + usccA + ",13900001111,,李娜,,,"}, Counts{New: 1, Merged: 1}},
		"a name alone joins no other against its rows": {
			[]string{",,13812905678,,王刚,,,", ",,,,,,,a", ",,13900001111,,李娜,,,"},
			Counts{New: 2, Merged: 1, Review: 2},
		},
		"a third row that links them": {
			[]string{",,13812905678,,王刚,,,", ",,13900001111,,李娜,,,", ",,13900001111,,王芳,,,"},
			Counts{New: 2, Merged: 1, Review: 2},
		},
	} {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			b := newMemBook()
			lines := []string{head, "南京填充有限公司,,,,,,,", "无锡填充有限公司,,,,,,,"}
			for _, l := range c.lines {
				lines = append(lines, name+l)
			}
			plan := func() *Plan {
				p := planFrom(b, "t.csv")
				feed(t, testReader(t), p, csvSource(lines...))
				return p
			}
			p := plan()
			want := c.want
			want.New += 2
			if d := cmp.Diff(want, countsOf(p)); d != "" {
				t.Errorf("in an empty book: %s", d)
			}
			if n := p.Counts().NewReview; n != want.Review {
				t.Errorf("in an empty book: %d new ones to review, want %d", n, want.Review)
			}
			b.write(t, p)
			again := plan().Counts()
			if again.New != 0 || again.Review != want.Review || again.NewReview != 0 {
				t.Errorf("again: %+v, want 0 new, %d to review", again, want.Review)
			}
			// One row more is new, and stands beside nobody.
			lines = append(lines, "宁波添加有限公司,,,,,,,")
			if again = plan().Counts(); again.New != 1 || again.Review != want.Review || again.NewReview != 0 {
				t.Errorf("with a row more: %+v, want 1 new that is not to be reviewed", again)
			}
		})
	}
}

// TestReviewIsTakenBack: a fix that makes two rows agree takes both of them out
// of the review, and one that takes it back puts both in again.
func TestReviewIsTakenBack(t *testing.T) {
	t.Parallel()
	p, _ := planLines(t, newMemBook(), Options{}, "杭州甲乙有限公司,,,13812905678,,王刚", "宁波丙丁有限公司,,,13812905678,,李娜", "无锡填充有限公司,,,,,钱敏")
	for i, want := range []int{2, 0, 2} {
		switch i {
		case 1:
			if _, err := p.Fix(t.Context(), Fix{Index: 1, Field: "mobile", Action: ActionText, Text: "13900001111"}); err != nil {
				t.Fatal(err)
			}
		case 2:
			if err := p.UndoFix(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		rows, total, err := p.Page(t.Context(), Query{Kind: "review"})
		if err != nil || total != want || p.Counts().Review != want {
			t.Errorf("step %d: %d rows, %d counted, %v, want %d", i, total, p.Counts().Review, err, want)
		}
		if want > 0 && len(rows) == 2 && fmt.Sprint(rows[0].Beside, rows[1].Beside) != "[1] [0]" {
			t.Errorf("step %d: beside %v and %v", i, rows[0].Beside, rows[1].Beside)
		}
	}
}

// TestWhatIsNotWrittenIsNotReviewed: a row that is left out counts among those to
// review when it has been repaired.
func TestWhatIsNotWrittenIsNotReviewed(t *testing.T) {
	t.Parallel()
	p, _ := planLines(t, newMemBook(), Options{Strict: true},
		"杭州甲乙有限公司,,,13812905678,0571-1,王刚", "宁波丙丁有限公司,,,13812905678,,李娜", "无锡填充有限公司,,,,,钱敏")
	if c := p.Counts(); c.Wrong != 1 || c.Review != 1 {
		t.Fatalf("%+v, want one row wrong and the other to review", c)
	}
	if _, err := p.Fix(t.Context(), Fix{Index: 0, Field: "phone", Action: ActionKeep}); err != nil {
		t.Fatal(err)
	}
	if c := p.Counts(); c.Wrong != 0 || c.Review != 2 {
		t.Errorf("%+v, want both to review", c)
	}
}

// TestOneOfSeveralNumbersOfTheBook: a customer of the book is known by each of
// its numbers (IM5).
func TestOneOfSeveralNumbersOfTheBook(t *testing.T) {
	t.Parallel()
	b := newMemBook()
	b.set("x", map[string]string{"name": "张伟", "mobile": "13812905678、13900001111"})
	p, _ := planLines(t, b, Options{}, "张伟,,,13900001111,,", "南京填充有限公司,,,,,赵敏", "无锡填充有限公司,,,,,钱敏")
	if d := cmp.Diff(Counts{New: 2, Same: 1}, countsOf(p)); d != "" {
		t.Error(d)
	}
}
