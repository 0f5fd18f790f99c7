package app

import (
	"context"
	"errors"

	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// Imports is the import wizard, past imports and their undo.
type Imports struct{ app *App }

// job gives the open book and one of its imports.
func (s *Imports) job(id string) (*session, *workspace.Job, error) {
	b, err := s.app.open()
	if err != nil {
		return nil, nil, err
	}
	batch, err := batchID(id)
	if err != nil {
		return nil, nil, err
	}
	j, err := b.Import.Job(s.app.ctx, batch)
	return b, j, err
}

func batchID(id string) ([16]byte, error) {
	batch, err := canon.ParseText16(id)
	if err != nil {
		return batch, &fault{code: CodeNotFound, reason: "import"}
	}
	return batch, nil
}

// Pick opens the host's file dialog; no paths when it was closed. Each is opened
// by itself, as after a drop, so that one that cannot be keeps no other out.
func (s *Imports) Pick() (out PickReply, err error) {
	defer guard(s.app, "Imports.Pick", &out, &err)()
	if _, err := s.app.open(); err != nil {
		return out, err
	}
	out.Paths, err = s.app.cfg.Host.PickFiles(s.app.ctx, "导入 / Import")
	return out, err
}

// Open looks at a file, a path that a drop, a dialog or an upload named.
// Nothing is written.
func (s *Imports) Open(path string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Open", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	file, err := s.source(path)
	if err != nil {
		return out, err
	}
	// Rows with a cell that cannot be kept stay out until a person decides.
	j, err := b.Import.Open(s.app.ctx, true, file)
	if err != nil {
		return out, err
	}
	if err := j.Keep(s.app.ctx); err != nil {
		return out, errors.Join(err, b.Import.Forget(s.app.ctx, j.Batch()))
	}
	return b.importView(j)
}

// AddFile takes a further file into an import. As after every change of what is
// imported a plan that was made is gone; one that cannot be read changes nothing.
func (s *Imports) AddFile(in FileRequest) (out ImportView, err error) {
	defer guard(s.app, "Imports.AddFile", &out, &err)()
	b, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	file, err := s.source(in.Path)
	if err != nil {
		return out, err
	}
	if err := j.Add(s.app.ctx, file); err != nil {
		return out, err
	}
	return b.importView(j)
}

func (s *Imports) source(path string) (sheet.Source, error) {
	name, file, data, err := s.app.cfg.Host.Read(path)
	return sheet.Source{Name: name, Path: file, Bytes: data}, err
}

// View tells where an import stands.
func (s *Imports) View(job string) (out ImportView, err error) {
	defer guard(s.app, "Imports.View", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	return b.importView(j)
}

// Plan reads the chosen sheets and compares them with the book, in the
// background; events carry the progress. A plan that stands stays.
func (s *Imports) Plan(job string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Plan", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	if j.Phase() != workspace.PhaseCheck { // else the plan stands, with what was repaired in it
		b.begin(job, phasePlanning, j.Info().Rows, j.Plan)
	}
	return b.importView(j)
}

// Write writes the plan into the book, in the background.
func (s *Imports) Write(job string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Write", &out, &err)()
	return s.write(job)
}

// Resume goes on with a write that was stopped or killed.
func (s *Imports) Resume(job string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Resume", &out, &err)()
	return s.write(job)
}

func (s *Imports) write(job string) (ImportView, error) {
	b, j, err := s.job(job)
	if err != nil {
		return ImportView{}, err
	}
	if p := j.Phase(); p != workspace.PhaseCheck && p != workspace.PhaseWriting {
		return ImportView{}, workspace.ErrPhase
	}
	b.begin(job, phaseWriting, j.Info().Rows, func(ctx context.Context, progress func(done, total int)) error {
		_, err := j.Commit(ctx, progress)
		return err
	})
	return b.importView(j)
}

// Cancel stops planning or pauses writing within a second.
func (s *Imports) Cancel(job string) (out ImportView, err error) {
	defer guard(s.app, "Imports.Cancel", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	b.stop(job)
	return b.importView(j)
}

// Discard removes an import that was not written, with its plan.
func (s *Imports) Discard(job string) (out PastReply, err error) {
	defer guard(s.app, "Imports.Discard", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	b.stop(job)
	if err := b.Import.Forget(s.app.ctx, j.Batch()); err != nil {
		return out, err
	}
	return b.past()
}
