package bench_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"tongce/app/bench"
	"tongce/app/index"
	"tongce/app/sheet"
	"tongce/app/workspace"
)

// TestMain is the program that the benchmark starts again.
func TestMain(m *testing.M) {
	if sheet.RunChild(os.Args[1:], os.Stdin, os.Stdout) {
		return
	}
	if len(os.Args) == 6 && os.Args[1] == "bench" {
		if err := bench.Run(context.Background(), os.Stdout, os.Args[5], bench.Budgeted(os.Args[3], time.Now, os.Getenv)); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// small is everything in small.
func small(t *testing.T) bench.Options {
	t.Helper()
	dir := t.TempDir()
	relay := filepath.Join(dir, "tongce-relay")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", relay, "tongce/relay/cmd/tongce-relay")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build relay: %v\n%s", err, out)
	}
	o := bench.Budgeted(dir, time.Now, func(string) string { return "" })
	o.Relay, o.Customers, o.Transfer, o.Devices, o.Edits, o.Period, o.Runs = relay, 300, 200, 5, 50, time.Second, 1
	return o
}

func TestEveryRowIsMeasured(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("starts processes")
	}
	o := small(t)
	o.Book = filepath.Join(t.TempDir(), "left")
	var out bytes.Buffer
	if err := bench.Run(t.Context(), &out, "", o); err != nil {
		t.Fatal(err)
	}
	t.Log("\n" + out.String())
	seen := map[string]bool{}
	for line := range bytes.Lines(out.Bytes()) {
		var r bench.Result
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatalf("not a line of JSON: %s: %v", line, err)
		}
		if r.N < 1 || r.Unit == "" || r.Budget == nil || (r.Value <= 0 && r.Name != "relay-growth") {
			t.Errorf("row %s: got %s", r.Name, line)
		}
		seen[r.Name] = true
	}
	for _, name := range bench.Rows() {
		if !seen[name] {
			t.Errorf("row %s is missing", name)
		}
	}
	left, err := filepath.Glob(filepath.Join(o.Dir, "bench-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	opensWithPassphrase(t, o)
}

// opensWithPassphrase looks for all customers in the book that was left for a
// browser, without the keyring that it was made with.
func opensWithPassphrase(t *testing.T, o bench.Options) {
	t.Helper()
	w, err := workspace.Open(t.Context(), workspace.Deps{Now: time.Now, Rand: rand.Reader, Log: slog.New(slog.DiscardHandler)},
		workspace.OpenSpec{Dir: o.Book, Passphrase: []byte(bench.Passphrase)})
	if err != nil {
		t.Fatal(err)
	}
	page, err := w.Index.List(index.Query{})
	if err := errors.Join(err, w.Close()); err != nil || page.Total != o.Customers {
		t.Errorf("customers in the book that was left: got %d, %v, want %d", page.Total, err, o.Customers)
	}
}

func TestUnknownRow(t *testing.T) {
	t.Parallel()
	err := bench.Run(t.Context(), &bytes.Buffer{}, "no such row", bench.Budgeted(t.TempDir(), time.Now, os.Getenv))
	if !errors.Is(err, bench.ErrNoRow) {
		t.Errorf("got %v, want ErrNoRow", err)
	}
}
