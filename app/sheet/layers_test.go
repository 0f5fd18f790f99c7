package sheet

import (
	"strings"
	"testing"
)

// TestIM14_DisplacedHaveRoom: values that are displaced are kept from the newest
// back, as far as one transaction has room for them.
func TestIM14_DisplacedHaveRoom(t *testing.T) {
	t.Parallel()
	row := func(n int, text string) *PlanRow {
		return &PlanRow{Index: n, Age: string(rune('a' + n)), Cells: []PlanCell{{Field: "remark", Value: text + string(rune('a'+n)), Changed: true, Row: n}}}
	}
	for name, c := range map[string]struct {
		text string
		want int // layers
	}{"short": {"", 20}, "long": {strings.Repeat("x", maxDisplaced/4), 4}} {
		var rows []*PlanRow
		for n := range 20 {
			rows = append(rows, row(n, c.text))
		}
		e := Entry{Cells: rows[19].Cells}
		got := e.layers(rows, false)
		if len(got) != c.want {
			t.Errorf("%s: %d layers, want %d", name, len(got), c.want)
			continue
		}
		if last := got[len(got)-1][0].Value; last != rows[19].Cells[0].Value {
			t.Errorf("%s: what stays is not the last layer", name)
		}
		if first := got[0][0].Value; first != rows[20-c.want].Cells[0].Value {
			t.Errorf("%s: the oldest kept is another one", name)
		}
	}
}
