package bench

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"tongce/app/sheet"
	"tongce/app/workspace"
)

// childRow is what --only says to a child process.
const childRow = ":child"

// task is what a child process does. Ring opens the workspace in Dir.
type task struct {
	Customers int               `json:"customers"`
	What      string            `json:"what"`
	Dir       string            `json:"dir"`
	File      string            `json:"file"`
	Ring      map[string]string `json:"ring"`
	Profile   string            `json:"profile"`
}

// finding is what a child process tells, one line for each step.
type finding struct {
	Step  string            `json:"step"`
	Count int               `json:"count"`
	MS    []float64         `json:"ms"`
	Ring  map[string]string `json:"ring"`
}

// run starts this program again for a task, calls heard with each line of its
// answer, and gives the memory that it and its children took at most, 0 where
// that cannot be told.
func (s *suite) run(ctx context.Context, t task, heard func(pid int, f finding) error) (peak int64, err error) {
	exe, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("find own program: %w", err)
	}
	in, err := json.Marshal(t)
	if err != nil {
		return 0, fmt.Errorf("task: %w", err)
	}
	cmd := exec.CommandContext(ctx, exe, "bench", "--dir", s.dir, "--only", childRow) //nolint:gosec // this program
	cmd.Stderr = os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Kill() }
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return 0, fmt.Errorf("task: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return 0, fmt.Errorf("task: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("task %s: %w", t.What, err)
	}
	w := watchMemory(ctx, 200*time.Millisecond, func() (int64, bool) { return family(cmd.Process.Pid) })
	_, err = stdin.Write(in)
	err = errors.Join(err, stdin.Close())
	lines := bufio.NewScanner(stdout)
	lines.Buffer(nil, mega)
	for lines.Scan() {
		var f finding
		if json.Unmarshal(lines.Bytes(), &f) == nil && err == nil {
			err = heard(cmd.Process.Pid, f)
		}
	}
	err = errors.Join(err, cmd.Wait())
	for _, n := range w.end() {
		peak = max(peak, n)
	}
	if err != nil {
		err = fmt.Errorf("task %s: %w", t.What, err)
	}
	return peak, err
}

// child is the other end of run.
func (s *suite) child(ctx context.Context) error {
	var t task
	if err := json.NewDecoder(io.LimitReader(s.In, mega)).Decode(&t); err != nil {
		return fmt.Errorf("task: %w", err)
	}
	r := newRing()
	for k, v := range t.Ring {
		r.entries[k] = v
	}
	tell := func(f finding) error { return json.NewEncoder(s.out).Encode(f) }
	s.Profile, s.Customers = t.Profile, t.Customers
	return s.profiled("child-"+t.What, func() error {
		switch t.What {
		case "import":
			return s.childImport(ctx, t, r, tell)
		case "read":
			return s.childRead(ctx, t, r, tell)
		case "leave":
			return s.childLeave(ctx, t, r)
		}
		return fmt.Errorf("task %s: %w", t.What, ErrNoRow)
	})
}

func (s *suite) since(start time.Time) float64 { return ms(s.Now().Sub(start)) }

// childImport imports a file into a new workspace, as the window does.
func (s *suite) childImport(ctx context.Context, t task, r *ring, tell func(finding) error) (err error) {
	w, err := s.found(ctx, t.Dir, r)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	start := s.Now()
	j, err := w.Import.Open(ctx, false, sheet.Source{Name: filepath.Base(t.File), Path: t.File})
	if err != nil {
		return err
	}
	if err := tell(finding{Step: "looked", MS: []float64{s.since(start)}}); err != nil {
		return err
	}
	if err := j.Plan(ctx, nil); err != nil {
		return err
	}
	if err := tell(finding{Step: "planned", MS: []float64{s.since(start)}}); err != nil {
		return err
	}
	if err := s.memory("child-planned"); err != nil {
		return err
	}
	counts, err := j.Commit(ctx, nil)
	if err != nil {
		return err
	}
	took := s.since(start)
	if err := s.memory("child-imported"); err != nil {
		return err
	}
	return tell(finding{Step: "imported", Count: counts.New, MS: []float64{took}, Ring: r.entries})
}

// bigBook is an imported book, with the keyring that opens it.
type bigBook struct {
	dir  string
	ring map[string]string
}

// imported imports the big file, once.
func (s *suite) imported(ctx context.Context) (*bigBook, error) {
	if s.big != nil {
		return s.big, nil
	}
	file := s.path("客户.xlsx")
	if err := workbook(ctx, file, s.Customers); err != nil {
		return nil, err
	}
	b := &bigBook{dir: s.path("big")}
	t := task{What: "import", Customers: s.Customers, Dir: b.dir, File: file, Profile: s.Profile}
	var took float64
	peak, err := s.run(ctx, t, func(pid int, f finding) error {
		s.note("import: %s after %.1f s, %.1f s of processor", f.Step, f.MS[0]/1000, processor(pid))
		if f.Step == "imported" {
			b.ring, took = f.Ring, f.MS[0]
			if f.Count != s.Customers {
				return fmt.Errorf("%d of %d customers are new: %w", f.Count, s.Customers, errCount)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.big = b
	if err := s.report("import", took/1000, "s", 60, 1); err != nil {
		return nil, err
	}
	if peak > 0 {
		if err := s.report("import-memory", float64(peak)/mega, "MB", 700, 1); err != nil {
			return nil, err
		}
	}
	return b, s.leave(ctx, b)
}

// Passphrase opens the copy of the imported book: nobody's.
const Passphrase = "a book to measure 量一量" //nolint:gosec // of an invented book

// leave copies the imported book to where it was asked for. A child opens it to
// set the passphrase, so that nothing of it stays in the memory of this process.
func (s *suite) leave(ctx context.Context, b *bigBook) error {
	if s.Book == "" {
		return nil
	}
	if err := os.CopyFS(s.Book, os.DirFS(b.dir)); err != nil {
		return fmt.Errorf("copy the book: %w", err)
	}
	_, err := s.run(ctx, task{What: "leave", Dir: s.Book, Ring: b.ring}, func(int, finding) error { return nil })
	return err
}

func (s *suite) childLeave(ctx context.Context, t task, r *ring) (err error) {
	w, err := workspace.Open(ctx, s.deps(r), workspace.OpenSpec{Dir: t.Dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	return w.SetPassphrase(ctx, []byte(Passphrase))
}

var errCount = errors.New("wrong count")

func (s *suite) importing(ctx context.Context) error {
	_, err := s.imported(ctx)
	return err
}

func (s *suite) open(ctx context.Context, dir string, entries map[string]string) (*workspace.Workspace, error) {
	r := newRing()
	for k, v := range entries {
		r.entries[k] = v
	}
	return workspace.Open(ctx, s.deps(r), workspace.OpenSpec{Dir: dir})
}
