package app

import (
	"context"
	"errors"
	"sync"
	"time"

	"tongce/app/sheet"
	"tongce/app/workspace"
)

// The phases that only a running step has; the others are the workspace's.
const (
	phasePlanning = "planning"
	phaseWriting  = "writing"
	phasePaused   = "paused"
)

// The phases of an undo.
const (
	phaseIdle    = "idle"
	phaseUndoing = "undoing"
	phaseRedoing = "redoing"
	phaseStopped = "stopped"
	phaseDone    = "done"
	phaseFailed  = "failed"
)

// stopTimeout is how long Cancel waits for a step to end.
const stopTimeout = time.Second

// imports is what of an open book's imports lives in memory only: steps that
// run, and how they ended.
type imports struct {
	mu      sync.Mutex
	closed  bool
	running map[string]*importRun
	failed  map[string]error
	undone  map[string]*undone
	steps   sync.WaitGroup
}

// importRun is one step in the background. It ends by itself or by cancel; the
// session waits for it before it closes the book.
type importRun struct {
	phase       string
	cancel      context.CancelFunc
	ended       chan struct{}
	done, total int
}

// begin starts a step of an import or of its undo, unless one runs already.
func (s *session) begin(id, phase string, total int, step func(context.Context, func(done, total int)) error) {
	ctx, cancel := context.WithCancel(s.app.ctx)
	run := &importRun{phase: phase, cancel: cancel, ended: make(chan struct{}), total: total}
	m := &s.imports
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed || m.running[id] != nil {
		cancel()
		return
	}
	m.running[id] = run
	delete(m.failed, id)
	m.steps.Go(func() {
		defer cancel()
		err := s.runStep(ctx, run, id, step)
		m.mu.Lock()
		delete(m.running, id)
		if err != nil && !errors.Is(err, context.Canceled) {
			m.failed[id] = s.app.code("import "+phase, err) //nolint:contextcheck // the log line belongs to the program
		}
		m.mu.Unlock()
		close(run.ended)
		s.app.events.Progress(id)
	})
}

// runStep recovers: a panic in a step ends the step and not the program.
func (s *session) runStep(ctx context.Context, run *importRun, id string, step func(context.Context, func(done, total int)) error) (err error) {
	defer guard(s.app, "import step", nil, &err)() //nolint:contextcheck // as in begin
	return step(ctx, func(done, total int) {
		s.imports.mu.Lock()
		run.done, run.total = done, total
		s.imports.mu.Unlock()
		s.app.events.Progress(id)
	})
}

// stop ends the running step of an import and waits for it a moment.
func (s *session) stop(id string) {
	s.imports.mu.Lock()
	run := s.imports.running[id]
	s.imports.mu.Unlock()
	if run == nil {
		return
	}
	run.cancel()
	timer := time.NewTimer(stopTimeout)
	defer timer.Stop()
	select {
	case <-run.ended:
	case <-timer.C:
	}
}

// stopAll ends every step and waits for all, before the book closes.
func (s *session) stopAll() {
	s.imports.mu.Lock()
	s.imports.closed = true
	for _, run := range s.imports.running {
		run.cancel()
	}
	s.imports.mu.Unlock()
	s.imports.steps.Wait()
}

// importView shows where an import stands.
func (s *session) importView(j *workspace.Job) (ImportView, error) {
	id := j.ID()
	// What runs is asked first: a step that ends meanwhile is then shown as
	// running once more, never as the phase before it.
	running, failed := s.step(id)
	info := j.Info()
	out := ImportView{
		Job: id, Batch: id, Phase: string(info.Phase), Counts: countsView(info.Counts),
		Millis: float64(info.Took) / float64(time.Millisecond), Total: info.Rows,
		Repairs: info.Repairs,
	}
	if info.Phase == workspace.PhaseWriting {
		out.Phase = phasePaused
		var err error
		if out.Done, err = j.Written(); err != nil {
			return out, err
		}
	}
	if info.Phase == workspace.PhaseDone || info.Phase == workspace.PhaseUndone {
		out.Done = info.Rows
	}
	for _, f := range info.Files {
		out.Files = append(out.Files, f.Name)
	}
	for n, state := range j.Sheets() {
		out.Sheets = append(out.Sheets, sheetView(n, state, info.Files))
	}
	if info.Phase == workspace.PhaseSheets || info.Phase == workspace.PhaseCheck {
		before, err := s.importedBefore(info.Files)
		if err != nil {
			return out, err
		}
		out.Before = before
	}
	if running.phase != "" {
		out.Phase, out.Done, out.Total = running.phase, running.done, running.total
	}
	if failed != nil {
		out.Error = string(codeOf(failed).Code)
	}
	return out, nil
}

// step is the running step of an import, if any, and why the last one failed.
func (s *session) step(id string) (importRun, error) {
	s.imports.mu.Lock()
	defer s.imports.mu.Unlock()
	if run := s.imports.running[id]; run != nil {
		return importRun{phase: run.phase, done: run.done, total: run.total}, s.imports.failed[id]
	}
	return importRun{}, s.imports.failed[id]
}

func countsView(c sheet.Counts) ImportCounts {
	return ImportCounts{
		New: c.New, Updated: c.Updated, Same: c.Same, Merged: c.Merged, Review: c.Review, NewReview: c.NewReview, Wrong: c.Wrong, Tidied: c.Tidied,
		Filled: c.Filled, Changed: c.Changed,
	}
}

func sheetView(n int, state workspace.SheetState, files []workspace.FileInfo) ImportSheet {
	info := state.Mapping.Sheet
	out := ImportSheet{
		Index: n, Name: info.Name, Rows: info.DataRows, Guess: string(info.Guess), Hidden: info.Hidden, Chosen: state.Chosen,
		HeaderFrom: info.Header.From, HeaderTo: info.Header.To, LastRow: info.LastRow,
	}
	if state.File < len(files) {
		out.File, out.Encoding = files[state.File].Name, files[state.File].Encoding
	}
	return out
}

// importedBefore is when one of the files was imported and not undone since.
func (s *session) importedBefore(files []workspace.FileInfo) (string, error) {
	for _, f := range files {
		past, found, err := s.Import.Before(f.Digest)
		if err != nil {
			return "", err
		}
		if found {
			return past.At.UTC().Format(time.RFC3339), nil
		}
	}
	return "", nil
}
