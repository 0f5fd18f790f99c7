package sheet

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFixIsOfTheCellThatIsShown: the first row of a customer shows what all of its
// rows say together, and what is done to a cell there is done to that cell,
// whichever row it stands in.
func TestFixIsOfTheCellThatIsShown(t *testing.T) {
	t.Parallel()
	same := "杭州甲乙有限公司," + usccA + ",,"
	for name, c := range map[string]struct {
		first, second string
		fix           Fix
		n             int
		want          string // as the first row shows it then
		wrong         int
	}{
		"kept":                {"", "1381290", Fix{Action: ActionKeep}, 1, "1381290 kept", 0},
		"suggested":           {"", "1505770647O", Fix{Action: ActionSuggest}, 1, "15057706470", 0},
		"suggested, all":      {"", "1505770647O", Fix{Action: ActionSuggest, All: true}, 1, "15057706470", 0},
		"left out":            {"", "1381290", Fix{Action: ActionEmpty}, 1, "", 0},
		"typed":               {"", "1381290", Fix{Action: ActionText, Text: "13812905678"}, 1, "13812905678", 0},
		"typed, all":          {"", "1381290", Fix{Action: ActionText, Text: "13812905678", All: true}, 1, "13812905678", 0},
		"its own comes first": {"1381290", "138123456789", Fix{Action: ActionKeep}, 1, "1381290 kept", 0},
		"of a cause, all":     {"1381290", "138123456789", Fix{Action: ActionKeep, All: true, Code: "phone_long"}, 1, "1381290 phone_short", 0},
		"of another, all":     {"1381290", "138123456789", Fix{Action: ActionEmpty, All: true, Code: "phone_short"}, 1, "138123456789 phone_long", 2},
		"gave way, all":       {"1381290", "13812905678", Fix{Action: ActionKeep, All: true, Code: "phone_short"}, 1, "13812905678", 0},
		"nothing there":       {"", "", Fix{Action: ActionEmpty}, 0, "", 0},
		"nothing there, kept": {"", "", Fix{Action: ActionKeep}, 0, "", 0},
		"a right one alone, though all were meant": {"", "13812905678", Fix{Action: ActionText, Text: "13900001111", All: true}, 1, "13900001111", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, _ := planLines(t, newMemBook(), Options{Strict: true}, same+c.first+",,", same+c.second+",,", "宁波丙丁有限公司,,,13852600930,,李娜")
			before := p.Counts()
			c.fix.Field = "mobile"
			n, err := p.Fix(t.Context(), c.fix)
			if err != nil || n != c.n || p.CanUndo() != (n > 0) {
				t.Errorf("%d cells, %v, to be taken back: %v; want %d", n, err, p.CanUndo(), c.n)
			}
			rows, _, err := p.Page(t.Context(), Query{})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if x := rows[0].Cell("mobile"); x != nil {
				if got = x.Value; x.Kept {
					got += " kept"
				} else if x.Code != "" {
					got += " " + x.Code
				}
			}
			if got != c.want || p.Counts().Wrong != c.wrong {
				t.Errorf("shows %q, %d wrong; want %q, %d", got, p.Counts().Wrong, c.want, c.wrong)
			}
			if n > 0 {
				if err := p.UndoFix(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if d := cmp.Diff(before, p.Counts()); d != "" {
				t.Errorf("taken back: %s", d)
			}
		})
	}
}

// TestFixOfARightValue: what is typed over a right value is the row's own, so that
// the row that gave it stays where it is; what is left out is what is shown.
func TestFixOfARightValue(t *testing.T) {
	t.Parallel()
	p, _ := planLines(t, newMemBook(), Options{Strict: true}, "Acme Trading Co. Ltd.,,,,,王刚", "ACME TRADING CO. LTD.,,,,,李明", "宁波丙丁有限公司,,,13852600930,,李娜")
	check := func(when, name, contact string) {
		t.Helper()
		rows, _, err := p.Page(t.Context(), Query{})
		if err != nil {
			t.Fatal(err)
		}
		got := [2]string{}
		for i, f := range []string{"name", "contact"} {
			if c := rows[0].Cell(f); c != nil {
				got[i] = fmt.Sprint(c.Value, " ", c.Row)
			}
		}
		if want := [2]string{name, contact}; got != want {
			t.Errorf("%s: shows %q, want %q", when, got, want)
		}
		if d := cmp.Diff(Counts{New: 2, Merged: 1}, countsOf(p)); d != "" {
			t.Errorf("%s: %s", when, d)
		}
	}
	fix := func(f Fix, want int) {
		t.Helper()
		if n, err := p.Fix(t.Context(), f); err != nil || n != want {
			t.Errorf("%d cells, %v, want %d", n, err, want)
		}
	}
	check("at first", "ACME Trading Co., Ltd. 1", "李明 1")
	fix(Fix{Field: "contact", Action: ActionEmpty}, 1)
	check("one left out", "ACME Trading Co., Ltd. 1", "王刚 0")
	fix(Fix{Field: "contact", Action: ActionEmpty}, 1)
	check("both left out", "ACME Trading Co., Ltd. 1", "")
	fix(Fix{Field: "contact", Action: ActionEmpty}, 0)
	fix(Fix{Field: "name", Action: ActionText, Text: "Acme Holding Co. Ltd."}, 1)
	check("named", "Acme Holding Co., Ltd. 0", "")
	if _, err := p.Fix(t.Context(), Fix{Field: "no such field", Action: ActionKeep}); !errors.Is(err, ErrNoRow) {
		t.Errorf("%v, want ErrNoRow", err)
	}
}

// TestFixRefusesTidying: a cell that was tidied is written as it was typed, still
// finds the customer of its number, and is taken back.
func TestFixRefusesTidying(t *testing.T) {
	t.Parallel()
	p, _ := planLines(t, newMemBook(), Options{Strict: true}, "杭州甲乙有限公司,,,138 1290 5678,,", "杭州甲乙有限公司,,,13812905678,,")
	state := func() string {
		rows, _, err := p.Page(t.Context(), Query{})
		if err != nil {
			t.Fatal(err)
		}
		c := rows[0].Cell("mobile")
		return fmt.Sprint(c.Value, " ", c.Kept, " ", p.Counts().Tidied, " ", p.Counts().Merged)
	}
	before := state()
	if want := "13812905678 false 1 1"; before != want {
		t.Fatalf("%q, want %q", before, want)
	}
	if n, err := p.Fix(t.Context(), Fix{Field: "mobile", Action: ActionKeep}); n != 1 || err != nil {
		t.Fatalf("%d cells, %v", n, err)
	}
	if got, want := state(), "138 1290 5678 true 0 1"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n, err := p.Fix(t.Context(), Fix{Field: "mobile", Action: ActionKeep}); n != 0 || err != nil {
		t.Errorf("again: %d cells, %v", n, err)
	}
	if err := p.UndoFix(t.Context()); err != nil || state() != before {
		t.Errorf("taken back: %q, %v", state(), err)
	}
}
