package workspace_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

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

// BenchmarkUndo undoes an import of 5,000 customers, or as many as
// TONGCE_BENCH_UNDO says.
func BenchmarkUndo(b *testing.B) {
	n, err := strconv.Atoi(cmp.Or(os.Getenv("TONGCE_BENCH_UNDO"), "5000"))
	if err != nil {
		b.Fatal(err)
	}
	var spent time.Duration
	for b.Loop() {
		b.StopTimer()
		w := create(b, deps(&ringtest.Memory{}), spec(filepath.Join(b.TempDir(), "b")))
		j := begin(b, w, csv(n))
		if err := j.Plan(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		if _, err := j.Commit(b.Context(), nil); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		before := processor(b)
		plan, err := w.Import.PlanUndo(b.Context(), j.Batch(), nil)
		if err != nil || plan.Removed != n {
			b.Fatalf("got %d, %v", plan.Removed, err)
		}
		b.Logf("planned after %v", processor(b)-before)
		done, err := w.Import.Undo(b.Context(), j.Batch(), nil, nil)
		if err != nil || done.Removed != n {
			b.Fatalf("got %d, %v", done.Removed, err)
		}
		spent += processor(b) - before
	}
	b.ReportMetric(float64(spent.Microseconds())/float64(n*b.N), "cpu-µs/customer")
}

// processor is the processor time that the process has used.
func processor(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
