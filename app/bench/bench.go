// Package bench measures the budgets of the book, in real workspaces, with a
// real relay process and files made up for it.
//
// Each row becomes one line of JSON. Rows of a customer book of full size are
// taken in child processes of their own, so that what one row leaves in memory
// does not count for the next. Two devices that exchange are two workspaces in
// one process; the relay is always another one.
package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// ErrNoRow means that no row has the name.
var ErrNoRow = errors.New("no such row")

// Options say what is measured, with what.
type Options struct {
	// Dir is where the workspaces are made and removed again.
	Dir string
	// Relay is the program tongce-relay; empty is the one beside this program.
	Relay string
	// Customers is the size of the big book, Transfer that of the small one.
	Customers, Transfer int
	// Devices are connected to the relay for Period, with Edits a second.
	Devices, Edits int
	Period         time.Duration
	// Runs is how often what is quick enough is measured; medians are printed.
	Runs int
	// Now is the clock.
	Now func() time.Time
	// In is what a child process reads its task from.
	In io.Reader
	// Notes takes what is said beside the rows: the processor time of each step,
	// which says more than its duration where others use the machine too.
	Notes io.Writer
	// Book, when set, is a new directory that gets a copy of the imported book,
	// which Passphrase opens: for what is measured in a browser.
	Book string
	// Profile, when set, is a directory that gets a CPU profile of each part, and
	// profiles of the memory after some.
	Profile string
}

// Budgeted are the options that the budgets are meant for. env is os.Getenv:
// BENCH_LONG runs the crowd for an hour; BENCH_CUSTOMERS, BENCH_TRANSFER,
// BENCH_DEVICES, BENCH_RUNS and BENCH_SECONDS make it smaller for a look,
// BENCH_BOOK names a directory for the imported book, and BENCH_PROFILE one for
// profiles.
func Budgeted(dir string, now func() time.Time, env func(string) string) Options {
	number := func(name string, otherwise int) int {
		if n, err := strconv.Atoi(env(name)); err == nil && n > 0 {
			return n
		}
		return otherwise
	}
	period := 300
	if env("BENCH_LONG") != "" {
		period = 3600
	}
	return Options{
		Dir: dir, Customers: number("BENCH_CUSTOMERS", 100_000), Transfer: number("BENCH_TRANSFER", 10_000),
		Devices: number("BENCH_DEVICES", 300), Edits: number("BENCH_EDITS", 1000),
		Period: time.Duration(number("BENCH_SECONDS", period)) * time.Second,
		Runs:   number("BENCH_RUNS", 3), Now: now, In: os.Stdin, Notes: os.Stderr, Profile: env("BENCH_PROFILE"), Book: env("BENCH_BOOK"),
	}
}

// Result is one measured row. Budget is nil where there is none, N is how many
// measurements the value is taken from.
type Result struct {
	Name   string   `json:"name"`
	Value  float64  `json:"value"`
	Unit   string   `json:"unit"`
	Budget *float64 `json:"budget"`
	N      int      `json:"n"`
}

// part measures some rows together, because they need the same preparation.
type part struct {
	rows []string
	run  func(*suite, context.Context) error
	own  bool // it takes its profiles itself
}

func parts() []part {
	return []part{
		{rows: []string{"import", "import-memory"}, run: (*suite).importing},
		{rows: []string{"list", "filter", "search", "open", "open-memory", "save"}, run: (*suite).reading},
		{rows: []string{"edit"}, run: (*suite).editing},
		{rows: []string{"push-10k", "pull-10k"}, run: (*suite).transfer, own: true},
		{rows: []string{"push-100k", "pull-100k", "reconnect", "reconnect-100"}, run: (*suite).bigTransfer, own: true},
		{rows: []string{"relay", "relay-memory", "relay-growth"}, run: (*suite).crowd},
	}
}

// Rows are the names of all rows, in the order in which they are measured.
func Rows() []string {
	var all []string
	for _, p := range parts() {
		all = append(all, p.rows...)
	}
	return all
}

// suite is one run.
type suite struct {
	Options
	out  io.Writer
	only string
	dir  string
	big  *bigBook // the imported book, once it is there
}

// Run measures the rows that only names, or all when it is empty, and writes a
// line of JSON for each to w. ErrNoRow: there is none of that name.
func Run(ctx context.Context, w io.Writer, only string, o Options) (err error) {
	s := &suite{Options: o, out: w, only: only}
	if only == childRow {
		return s.child(ctx)
	}
	var chosen []part
	for _, p := range parts() {
		for _, name := range p.rows {
			if s.wanted(name) {
				chosen = append(chosen, p)
				break
			}
		}
	}
	if len(chosen) == 0 {
		return fmt.Errorf("bench %s: %w", only, ErrNoRow)
	}
	if s.Relay == "" {
		exe, err := os.Executable()
		if err != nil {
			return fmt.Errorf("find own program: %w", err)
		}
		s.Relay = filepath.Join(filepath.Dir(exe), "tongce-relay")
		if runtime.GOOS == "windows" {
			s.Relay += ".exe"
		}
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if s.dir, err = os.MkdirTemp(o.Dir, "bench-"); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(s.dir)) }()
	for _, p := range chosen {
		run := func() error { return p.run(s, ctx) }
		if !p.own {
			run = func() error { return s.profiled(p.rows[0], func() error { return p.run(s, ctx) }) }
		}
		if err := run(); err != nil {
			return fmt.Errorf("bench %s: %w", p.rows[0], err)
		}
	}
	return nil
}

// wanted tells whether a row was asked for: by its name, or by that of a family,
// as relay is of relay-memory.
func (s *suite) wanted(name string) bool {
	return s.only == "" || s.only == name || strings.HasPrefix(name, s.only+"-")
}

// report prints a row, if it is one of those that were asked for.
func (s *suite) report(name string, value float64, unit string, budget float64, n int) error {
	if !s.wanted(name) {
		return nil
	}
	r := Result{Name: name, Value: round(value), Unit: unit, N: n}
	if budget > 0 {
		r.Budget = &budget
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	_, err = fmt.Fprintln(s.out, string(b))
	return err
}

// path is a new place for something.
func (s *suite) path(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}
