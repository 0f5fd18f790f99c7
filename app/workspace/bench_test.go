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
