package schema

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"tongce/app/quality"
)

// kitDir finds the accuracy kit: $TONGCE_ACCURACY or beside the repository.
func kitDir(t *testing.T) string {
	t.Helper()
	dirs := []string{os.Getenv("TONGCE_ACCURACY"), "../../../shared/accuracy"}
	for _, d := range dirs {
		if d == "" {
			continue
		}
		if _, err := os.Stat(filepath.Join(d, "main.go")); err == nil {
			return d
		}
	}
	t.Skip("the accuracy kit is not here")
	return ""
}

type truthCell struct {
	Field, Type, Raw string
	Clean            map[string]string
	Noise            []string
	Lost             bool
}

type truth struct {
	Fields []string
	Rows   []struct{ Cells []truthCell }
	Sheets []struct {
		Sheet   string
		Columns map[string]struct {
			Header, Field string
			Accept        []string
		}
	}
}

func readTruth(t *testing.T, profile, n string) truth {
	t.Helper()
	kit, out := kitDir(t), t.TempDir()
	if given := os.Getenv("TONGCE_TRUTH"); given != "" {
		out = given
	} else {
		cmd := exec.CommandContext(t.Context(), "go", "run", ".", "gen", "-seed", "1", "-n", n, "-profile", profile, "-out", out)
		cmd.Dir = kit
		if b, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("the kit does not run: %v\n%s", err, b)
		}
	}
	b, err := os.ReadFile(filepath.Join(out, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tr truth
	if err := json.Unmarshal(b, &tr); err != nil {
		t.Fatal(err)
	}
	return tr
}

// same is the kit's rule for equal values.
func same(field, want, got string) bool {
	br := strings.NewReplacer("（", "(", "）", ")")
	switch field {
	case "contract_amount":
		a, e1 := strconv.ParseFloat(want, 64)
		b, e2 := strconv.ParseFloat(got, 64)
		return e1 == nil && e2 == nil && math.Abs(a-b) < 0.005
	case "phone":
		return strings.ReplaceAll(want, "-", "") == strings.ReplaceAll(got, "-", "")
	case "address", "remark":
		f := func(s string) string {
			return br.Replace(strings.Map(func(r rune) rune {
				if unicode.IsSpace(r) {
					return -1
				}
				return r
			}, s))
		}
		return f(want) == f(got)
	case "name", "bank":
		return br.Replace(want) == br.Replace(got)
	}
	return want == got
}

type tally struct{ cells, right, lost, lostFlagged, falseAlarm, silent int }

// TestAccuracyKit reads every cell of the kit's books with its column known and
// counts, per field, how many values come out as meant. Cells whose value does
// not follow from them (lost) are counted apart: those that can be seen to be
// damaged must be flagged.
func TestAccuracyKit(t *testing.T) {
	t.Parallel()
	n, profile := "300", "office"
	if os.Getenv("TONGCE_LONG") != "" {
		n, profile = "2000", "hard"
	}
	s, tr := Default(), readTruth(t, profile, n)
	per := map[string]*tally{}
	shown := map[string]int{}
	for _, row := range tr.Rows {
		kind := KindUnknown
		for _, c := range row.Cells {
			if c.Field == "name" {
				kind = KindOf(c.Raw)
			}
		}
		for _, c := range row.Cells {
			got := map[string]quality.Result{}
			if c.Type == "d" {
				c.Type = "s"
			}
			for _, r := range s.ParseColumn(c.Field, quality.Cell{Text: c.Raw, Number: c.Type == "n"}, kind) {
				// Of several numbers in a cell each counts as right.
				if old, there := got[r.Field]; !there || r.Result.Value == c.Clean[r.Field] && old.Status != quality.Bad {
					got[r.Field] = r.Result
				}
			}
			for f, want := range c.Clean {
				k := per[f]
				if k == nil {
					k = &tally{}
					per[f] = k
				}
				r := got[f]
				if c.Lost {
					k.lost++
					if anyFlag(got) {
						k.lostFlagged++
					}
					continue
				}
				k.cells++
				switch {
				case same(f, want, r.Value) && r.Status != quality.Bad:
					k.right++
					if r.Flagged() {
						k.falseAlarm++
					}
				default:
					if !anyFlag(got) {
						k.silent++
					}
					if shown[f]++; shown[f] <= 6 {
						t.Logf("%s/%s: %q %v -> %q %s %s, want %q", c.Field, f, c.Raw, c.Noise, r.Value, r.Status, r.Code, want)
					}
				}
			}
		}
	}
	all := tally{}
	for _, f := range tr.Fields {
		k := per[f]
		if k == nil {
			continue
		}
		t.Logf("%-16s %5d of %5d right (%6.2f %%), flagged though right %d, wrong unflagged %d; lost %d, of them flagged %d",
			f, k.right, k.cells, 100*float64(k.right)/float64(max(k.cells, 1)), k.falseAlarm, k.silent, k.lost, k.lostFlagged)
		all.cells += k.cells
		all.right += k.right
		if float64(k.right) < 0.985*float64(k.cells) {
			t.Errorf("%s: %d of %d cells right, want 98.5 %%", f, k.right, k.cells)
		}
	}
	t.Logf("all %d of %d (%.3f %%)", all.right, all.cells, 100*float64(all.right)/float64(all.cells))
	if float64(all.right) < 0.995*float64(all.cells) {
		t.Errorf("%d of %d cells right, want 99.5 %%", all.right, all.cells)
	}
}

func anyFlag(got map[string]quality.Result) bool {
	for _, r := range got {
		if r.Flagged() {
			return true
		}
	}
	return false
}

// TestAccuracyHeaders: every column of the kit's books is matched by its
// header alone.
func TestAccuracyHeaders(t *testing.T) {
	t.Parallel()
	s, tr := Default(), readTruth(t, "office", "20")
	n := 0
	for _, sh := range tr.Sheets {
		for _, c := range sh.Columns {
			got, _ := s.Match(c.Header)
			if n++; got != c.Field && !slices.Contains(c.Accept, got) {
				t.Errorf("%s: %q is %q, want %q", sh.Sheet, c.Header, got, c.Field)
			}
		}
	}
	t.Logf("%d headers", n)
}
