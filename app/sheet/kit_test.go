package sheet

import (
	"cmp"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

type kitScore struct {
	Mapping struct {
		HeaderRowsRight int      `json:"header_rows_right"`
		Sheets          int      `json:"sheets"`
		ColumnsRight    int      `json:"columns_right"`
		Columns         int      `json:"columns"`
		Accuracy        float64  `json:"accuracy"`
		NonDataSheets   int      `json:"non_data_sheets_imported"`
		Errors          []string `json:"errors"`
	} `json:"mapping"`
	Entity map[string]json.RawMessage `json:"entity_resolution"`
	Fields struct {
		Auto       float64 `json:"accuracy_auto"`
		Reviewed   float64 `json:"accuracy_if_reviewed"`
		Unflagged  float64 `json:"accuracy_unflagged"`
		ReviewLoad float64 `json:"review_load"`
		Invented   int     `json:"invented_values"`
	} `json:"fields"`
	Baseline struct {
		Fields struct {
			Auto float64 `json:"accuracy_auto"`
		} `json:"fields"`
	} `json:"baseline"`
}

// TestKitImport imports the four books of the accuracy kit one after the other
// into one book, exports it and lets the kit score it; and imports each book
// again, which has to plan nothing new.
func TestKitImport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n, seed, profile := "300", cmp.Or(os.Getenv("TONGCE_SEED"), "1"), cmp.Or(os.Getenv("TONGCE_PROFILE"), "office")
	if os.Getenv("TONGCE_LONG") != "" {
		n = "2000"
	}
	kit(t, "gen", "-seed", seed, "-n", n, "-profile", profile, "-out", dir)
	r, b := testReader(t), newMemBook()
	var mappings []OutMapping
	customers := map[string]*OutCustomer{}
	files := []string{"销售部.xlsx", "市场部.xlsx", "客服部.xlsx", "财务部.csv"}
	for _, name := range files {
		start := time.Now()
		p := planFrom(b, name)
		ms := feed(t, r, p, fileSource(dir, name))
		t.Logf("%s: %d rows %+v in %v", name, p.Rows(), p.Counts(), time.Since(start).Round(time.Millisecond))
		for i, c := range p.Causes() {
			if i < 8 {
				t.Logf("    %s %s %d wrong=%v fixable=%v", c.Field, c.Code, c.Count, c.Wrong, c.Fixable)
			}
		}
		names := map[int]string{}
		for _, m := range ms {
			mappings = append(mappings, OutMappingOf(name, m))
			names[m.Sheet.Index] = m.Sheet.Name
		}
		err := p.Entries(t.Context(), 0, func(e Entry) error {
			id := b.enter(p, e)
			if e.Into == "" {
				customers[id] = &OutCustomer{ID: id}
			}
			c := customers[id]
			for _, x := range e.Cells {
				if x.Changed && x.Status >= StatusLook {
					c.Flags = append(c.Flags, OutFlag{x.Field, x.Code})
				}
			}
			for _, o := range e.Rows {
				c.Sources = append(c.Sources, OutSource{name, names[o.Sheet], o.Number})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	// Each book was written over by the later ones.
	for i, name := range files {
		again := planFrom(b, name)
		feed(t, r, again, fileSource(dir, name))
		c := again.Counts()
		t.Logf("%s again: %+v", name, c)
		if last := i == len(files)-1; c.New != 0 || last && c.Updated != 0 {
			t.Errorf("%s again: %d new, %d updated, want 0", name, c.New, c.Updated)
		}
	}
	got := filepath.Join(t.TempDir(), "got.json")
	err := WriteFile(got, func(w io.Writer) error {
		return WriteJSON(t.Context(), w, func(yield func(OutCustomer, error) bool) {
			for id, c := range customers {
				c.Fields = b.all[id]
				if !yield(*c, nil) {
					return
				}
			}
		}, mappings)
	})
	if err != nil {
		t.Fatal(err)
	}
	var s kitScore
	out := kit(t, "score", "-truth", filepath.Join(dir, "truth.json"), "-got", got)
	if err := json.Unmarshal(out, &s); err != nil {
		t.Fatal(err)
	}
	t.Logf("headers %d of %d, columns %d of %d, other sheets %d %v", s.Mapping.HeaderRowsRight, s.Mapping.Sheets, s.Mapping.ColumnsRight, s.Mapping.Columns, s.Mapping.NonDataSheets, s.Mapping.Errors)
	for _, k := range []string{"pairwise", "bcubed", "wrongly_merged_customers", "split_customers", "twin_pairs", "twin_pairs_merged", "rows_missing", "junk_rows_imported"} {
		t.Logf("%s: %s", k, s.Entity[k])
	}
	t.Logf("fields: auto %.4f reviewed %.4f unflagged %.4f load %.1f invented %d; baseline %.4f", s.Fields.Auto, s.Fields.Reviewed, s.Fields.Unflagged, s.Fields.ReviewLoad, s.Fields.Invented, s.Baseline.Fields.Auto)
	if s.Mapping.HeaderRowsRight != s.Mapping.Sheets || s.Mapping.NonDataSheets != 0 {
		t.Errorf("header rows right: %d of %d, other sheets imported: %d", s.Mapping.HeaderRowsRight, s.Mapping.Sheets, s.Mapping.NonDataSheets)
	}
	if s.Mapping.Accuracy < 0.95 {
		t.Errorf("columns right: %.3f, want 0.95", s.Mapping.Accuracy)
	}
}
