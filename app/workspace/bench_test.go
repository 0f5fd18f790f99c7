package workspace_test

import (
	"os"
	"path/filepath"
	"testing"

	"tongce/app/keychain/ringtest"
	"tongce/app/sheet"
)

// BenchmarkImport imports the CSV file that TONGCE_BENCH_CSV names.
func BenchmarkImport(b *testing.B) {
	path := os.Getenv("TONGCE_BENCH_CSV")
	if path == "" {
		b.Skip("TONGCE_BENCH_CSV names no file")
	}
	for b.Loop() {
		w := create(b, deps(&ringtest.Memory{}), spec(filepath.Join(b.TempDir(), "b")))
		j, err := w.Import.Open(b.Context(), false, sheet.Source{Name: "big.csv", Path: path})
		if err != nil {
			b.Fatal(err)
		}
		if err := j.Plan(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		b.Logf("planned after %v", b.Elapsed())
		c, err := j.Commit(b.Context(), nil)
		if err != nil {
			b.Fatal(err)
		}
		b.Logf("written after %v: %+v", b.Elapsed(), c)
	}
}

// BenchmarkUndo undoes an import of 5,000 customers.
func BenchmarkUndo(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := create(b, deps(&ringtest.Memory{}), spec(filepath.Join(b.TempDir(), "b")))
		j := begin(b, w, csv(5000))
		if err := j.Plan(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		if _, err := j.Commit(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		plan, err := w.Import.PlanUndo(b.Context(), j.Batch(), nil)
		if err != nil || plan.Removed != 5000 {
			b.Fatalf("got %d, %v", plan.Removed, err)
		}
		b.Logf("planned after %v", b.Elapsed())
		done, err := w.Import.Undo(b.Context(), j.Batch(), nil, nil)
		if err != nil || done.Removed != 5000 {
			b.Fatalf("got %d, %v", done.Removed, err)
		}
		b.Logf("undone after %v", b.Elapsed())
	}
}
