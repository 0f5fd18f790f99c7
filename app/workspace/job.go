package workspace

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"tongce/app/sheet"
	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// Job is one import from looking at the files to its result. Its steps run one
// at a time; a step that is asked for out of turn is ErrPhase. It can be used by
// several goroutines.
type Job struct {
	i     *Import
	w     *Workspace
	batch [16]byte

	mu   sync.Mutex // one step at a time
	plan *sheet.Plan

	state sync.Mutex // guards what follows, for readers beside a running step
	rec   record
	files []sheet.Source // as rec.Files; none, or empty ones of a draft, after a restart
}

// Batch is the import's id.
func (j *Job) Batch() [16]byte { return j.batch }

// ID is the batch in text, as provenance names it.
func (j *Job) ID() string { return canon.Text16(j.batch) }

// Phase is where the import stands.
func (j *Job) Phase() Phase {
	j.state.Lock()
	defer j.state.Unlock()
	return j.rec.Phase
}

// Info tells about the import as Past does.
func (j *Job) Info() Past {
	j.state.Lock()
	defer j.state.Unlock()
	return j.rec.past(j.batch)
}

// Sheets are the sheets of all files, as they are now. Do not change them; the
// methods below do.
func (j *Job) Sheets() []SheetState {
	j.state.Lock()
	defer j.state.Unlock()
	return slices.Clone(j.rec.Sheets)
}

func (j *Job) store() planStore { return planStore{st: j.w.store, batch: j.batch, part: partRows} }

func (j *Job) options() sheet.Options {
	return sheet.Options{Strict: j.rec.Strict, Place: j.place}
}

// place names a sheet of the plan as provenance does.
func (j *Job) place(n int) sheet.Place {
	s := j.rec.Sheets[n]
	return sheet.Place{File: j.rec.Files[s.File].Name, Sheet: s.Mapping.Sheet.Name}
}

func (j *Job) load() error {
	return j.w.store.View(func(tx store.Tx) error {
		b, err := store.GetOr(tx, store.ImportKey(j.batch, "job"))
		switch {
		case err != nil:
			return err
		case b == nil:
			return ErrNoBatch
		}
		return json.Unmarshal(b, &j.rec)
	})
}

// save puts the import's state on disk.
func (j *Job) save(change func(*record)) error {
	j.state.Lock()
	defer j.state.Unlock()
	change(&j.rec)
	b, err := json.Marshal(j.rec)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	err = j.w.store.Update(store.Synced, func(tx store.Tx) error { return tx.Put(store.ImportKey(j.batch, "job"), b) })
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	j.w.events.note(func(e *Event) { e.Import = true })
	return nil
}

// at begins a step of the given phases; the caller unlocks.
func (j *Job) at(phases ...Phase) error {
	j.mu.Lock()
	if !slices.Contains(phases, j.Phase()) {
		j.mu.Unlock()
		return ErrPhase
	}
	return nil
}

func (j *Job) sheet(n int) (*SheetState, error) {
	if n < 0 || n >= len(j.rec.Sheets) {
		return nil, ErrNoSheet
	}
	return &j.rec.Sheets[n], nil
}

// edit changes what is imported, in fn. Where rows would come out otherwise than
// in the plan that stands, that is gone then, with its repairs; a change that
// failed or changed nothing drops nothing.
func (j *Job) edit(fn func() error) error {
	phases := []Phase{PhaseSheets}
	if j.Info().Draft { // else the files may not be at hand
		phases = append(phases, PhaseCheck)
	}
	if err := j.at(phases...); err != nil {
		return err
	}
	defer j.mu.Unlock()
	before := j.Sheets()
	if err := fn(); err != nil {
		return err
	}
	if j.Phase() == PhaseCheck && !slices.EqualFunc(before, j.Sheets(), sameSheet) {
		j.plan = nil // its rows go when the next one is made
		j.state.Lock()
		j.rec.Phase, j.rec.Counts, j.rec.Rows, j.rec.Repairs = PhaseSheets, sheet.Counts{}, 0, 0
		j.state.Unlock()
	}
	if !j.Info().Draft {
		return nil
	}
	return j.save(func(*record) {})
}

// Choose takes a sheet in or leaves it out.
func (j *Job) Choose(n int, chosen bool) error {
	return j.edit(func() error {
		j.state.Lock()
		defer j.state.Unlock()
		s, err := j.sheet(n)
		if err == nil {
			s.Chosen = chosen
		}
		return err
	})
}

// ChooseNamed takes in exactly the sheets of the name; ErrNoSheet without any.
func (j *Job) ChooseNamed(name string) error {
	found := false
	for n, s := range j.Sheets() {
		is := s.Mapping.Sheet.Name == name
		found = found || is
		if err := j.Choose(n, is); err != nil {
			return err
		}
	}
	if !found {
		return &sheet.Error{Reason: sheet.ReasonNoSuchSheet}
	}
	return nil
}

// SetHeader says in which rows the header of a sheet stands; its columns are
// mapped anew.
func (j *Job) SetHeader(ctx context.Context, n int, h sheet.Header) error {
	return j.edit(func() error {
		all := j.Sheets()
		if n < 0 || n >= len(all) {
			return ErrNoSheet
		}
		r, src, err := j.source(ctx, all[n].File)
		if err != nil {
			return err
		}
		report, err := r.Inspect(ctx, src, map[int]sheet.Header{all[n].Local: h})
		if err != nil {
			return err
		}
		for _, info := range report.Sheets {
			if info.Index == all[n].Local {
				info.Index = n
				j.state.Lock()
				j.rec.Sheets[n].Mapping = sheet.Map(info, j.w.Schema, j.layout)
				j.state.Unlock()
			}
		}
		return nil
	})
}

// Raw reads rows of a sheet as the file has them, from a row number on.
func (j *Job) Raw(ctx context.Context, n, from, count int) ([]sheet.Row, error) {
	all := j.Sheets()
	if n < 0 || n >= len(all) {
		return nil, ErrNoSheet
	}
	r, src, err := j.source(ctx, all[n].File)
	if err != nil {
		return nil, err
	}
	var out []sheet.Row
	err = r.Rows(ctx, src, all[n].Local, from, count, func(rows []sheet.Row) error {
		for _, row := range rows {
			row.Cells = slices.Clone(row.Cells)
			out = append(out, row)
		}
		return nil
	})
	return out, err
}

// Plan reads the chosen sheets into the encrypted store and compares them with
// the book; nothing is written to it. progress hears rows done of all.
func (j *Job) Plan(ctx context.Context, progress func(done, total int)) error {
	if err := j.at(PhaseSheets); err != nil {
		return err
	}
	defer j.mu.Unlock()
	if err := j.w.follow.catchUp(ctx); err != nil { // what the book has is what the index knows
		return err
	}
	if err := j.store().clear(ctx, partRows); err != nil {
		return err
	}
	plan := sheet.NewPlan(j.store(), lookup{j.w}, j.w.Schema, j.options())
	total, done := 0, 0
	sheets := j.Sheets()
	for _, s := range sheets {
		if s.Chosen {
			total += s.Mapping.Sheet.Rows
		}
	}
	if total == 0 {
		return ErrNoSheet
	}
	for _, s := range sheets {
		if !s.Chosen {
			continue
		}
		r, src, err := j.source(ctx, s.File)
		if err != nil {
			return err
		}
		err = r.Rows(ctx, src, s.Local, 1, 0, func(rows []sheet.Row) error {
			done += len(rows)
			if progress != nil {
				progress(done/2, total)
			}
			return plan.AddRows(ctx, s.Mapping, rows)
		})
		if err != nil {
			return err
		}
	}
	half := total / 2
	err := plan.Finish(ctx, func(d, t int) {
		if progress != nil && t > 0 {
			progress(half+d*half/t, total)
		}
	})
	if err != nil {
		return err
	}
	j.plan = plan
	return j.save(func(r *record) { r.Phase, r.Counts, r.Rows, r.Repairs = PhaseCheck, plan.Counts(), plan.Rows(), 0 })
}

// Planned calls fn with the plan, which nobody else uses meanwhile: pages,
// causes, fields.
func (j *Job) Planned(fn func(*sheet.Plan) error) error {
	if err := j.at(PhaseCheck, PhaseWriting, PhaseDone); err != nil {
		return err
	}
	defer j.mu.Unlock()
	if j.plan == nil {
		return ErrPhase
	}
	return fn(j.plan)
}

// Fix repairs cells of the plan and tells how many.
func (j *Job) Fix(ctx context.Context, f sheet.Fix) (int, error) {
	return j.fix(func() (int, error) { return j.plan.Fix(ctx, f) })
}

// UndoFix takes the last fix back.
func (j *Job) UndoFix(ctx context.Context) error {
	_, err := j.fix(func() (int, error) { return 0, j.plan.UndoFix(ctx) })
	return err
}

func (j *Job) fix(fn func() (int, error)) (int, error) {
	if err := j.at(PhaseCheck); err != nil {
		return 0, err
	}
	defer j.mu.Unlock()
	n, err := fn()
	if err != nil {
		return n, err
	}
	return n, j.save(func(r *record) { r.Counts, r.Repairs = j.plan.Counts(), j.plan.Repairs() })
}

// WriteProblems writes a workbook of the rows that are not written.
func (j *Job) WriteProblems(ctx context.Context, w io.Writer, words sheet.Words) error {
	return j.Planned(func(p *sheet.Plan) error { return sheet.WriteProblems(ctx, w, p, words) })
}

// SheetName names a sheet of the plan for people: file and sheet.
func (j *Job) SheetName(n int) string {
	j.state.Lock()
	defer j.state.Unlock()
	s, err := j.sheet(n)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(j.rec.Files[s.File].Name+" / "+s.Mapping.Sheet.Name, " / ")
}
