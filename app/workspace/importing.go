package workspace

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"tongce/app/book"
	"tongce/app/sheet"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
)

// The errors of imports beside those of sheet.
var (
	// ErrNoBatch means that there is no such import.
	ErrNoBatch = errors.New("no such import")
	// ErrPhase means a step that the import is not at.
	ErrPhase = errors.New("the import is at another step")
	// ErrNoSheet means that no sheet was chosen.
	ErrNoSheet = errors.New("no sheet chosen")
)

// Phase is where an import stands.
type Phase string

// The phases.
const (
	PhaseSheets  Phase = "sheets"
	PhaseCheck   Phase = "check"
	PhaseWriting Phase = "writing" // begun and not ended: it can go on
	PhaseDone    Phase = "done"
	PhaseUndone  Phase = "undone"
)

// Import brings sheets into the book, and tells about imports of the past.
type Import struct {
	w *Workspace

	mu     sync.Mutex
	reader *sheet.Reader
	open   map[[16]byte]*Job
	undo   undoPlan // the newest
}

func newImport(w *Workspace) *Import { return &Import{w: w, open: map[[16]byte]*Job{}} }

// record is what the store keeps of an import, under i/<batch>/job.
type record struct {
	Files  []FileInfo     `json:"files"`
	Phase  Phase          `json:"phase"`
	Strict bool           `json:"strict"`
	Counts sheet.Counts   `json:"counts"`
	Rows   int            `json:"rows"`
	At     time.Time      `json:"at"`
	Took   time.Duration  `json:"took"`
	By     canon.MemberID `json:"by"`
	Sheets []SheetState   `json:"sheets"`
	// Draft: the files are kept with it, and every change is saved.
	Draft bool `json:"draft,omitempty"`
	// Repairs is how many were made in the plan.
	Repairs int `json:"repairs,omitempty"`
}

func (r *record) past(batch [16]byte) Past {
	return Past{
		Batch: batch, Files: slices.Clone(r.Files), Phase: r.Phase, Counts: r.Counts, Rows: r.Rows, At: r.At, Took: r.Took, By: r.By,
		Draft: r.Draft, Repairs: r.Repairs,
	}
}

// FileInfo is a file of an import.
type FileInfo struct {
	Name, Digest, Format, Encoding, Separator string
	// Size is how many bytes of it a draft keeps.
	Size int64 `json:",omitempty"`
}

// SheetState is one sheet of an import. Its place in the list is its number in
// the plan.
type SheetState struct {
	File   int
	Chosen bool
	// Local is its number in the file; Mapping.Sheet.Index is that in the plan.
	Local   int
	Mapping *sheet.Mapping
}

func (i *Import) read() (*sheet.Reader, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.reader == nil {
		r, err := sheet.NewReader(sheet.DefaultLimits())
		if err != nil {
			return nil, err
		}
		i.reader = r
	}
	return i.reader, nil
}

// Open looks at files and begins an import; nothing is written to the book.
// strict keeps rows with a wrong cell out until a person decides; otherwise
// they go in as typed and marked. book.ErrDenied: the role may not import;
// *sheet.Error: the file cannot be read.
func (i *Import) Open(ctx context.Context, strict bool, files ...sheet.Source) (*Job, error) {
	if !i.w.Book.Can(charter.Import) {
		return nil, fmt.Errorf("import: %w", book.ErrDenied)
	}
	batch, err := canon.RandomID(i.w.deps.Rand)
	if err != nil {
		return nil, err
	}
	j := &Job{i: i, w: i.w, batch: batch}
	j.rec = record{Phase: PhaseSheets, Strict: strict, At: i.w.deps.Now().UTC(), By: i.w.Me().ID}
	for _, f := range files {
		if err := j.Add(ctx, f); err != nil {
			return nil, err
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.open[batch] = j
	return j, nil
}

func (i *Import) layout(fingerprint string) []byte {
	b, err := i.w.mark("layout/" + fingerprint)
	if err != nil {
		return nil
	}
	return b
}

// Job gives an import that is open, or takes one up that was interrupted.
func (i *Import) Job(ctx context.Context, batch [16]byte) (*Job, error) {
	i.mu.Lock()
	j := i.open[batch]
	i.mu.Unlock()
	if j != nil {
		return j, nil
	}
	j = &Job{i: i, w: i.w, batch: batch}
	if err := j.load(); err != nil {
		return nil, err
	}
	for n := range j.rec.Sheets {
		j.rec.Sheets[n].Mapping.Restore(i.w.Schema)
	}
	if j.rec.Phase == PhaseCheck || j.rec.Phase == PhaseWriting || j.rec.Phase == PhaseDone {
		var err error
		if j.plan, err = sheet.OpenPlan(ctx, j.store(), lookup{i.w}, i.w.Schema, j.options()); err != nil && j.rec.Phase != PhaseDone {
			return nil, err
		}
	}
	if j.rec.Draft {
		j.files = make([]sheet.Source, len(j.rec.Files))
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if other := i.open[batch]; other != nil { // taken up beside this call
		return other, nil
	}
	i.open[batch] = j
	return j, nil
}

// CutOff gives an import of the same files that was cut off in the middle of
// writing and takes the same in: the same sheets, whose columns and spellings go
// to the same fields. nil where there is none.
func (i *Import) CutOff(ctx context.Context, like *Job) (*Job, error) {
	all, err := i.own()
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if p.Phase != PhaseWriting || !slices.EqualFunc(p.Files, like.Info().Files, sameFile) {
			continue
		}
		j, err := i.Job(ctx, p.Batch)
		if err != nil {
			return nil, err
		}
		if slices.EqualFunc(j.Sheets(), like.Sheets(), sameSheet) {
			return j, nil
		}
	}
	return nil, nil //nolint:nilnil // most often there is none
}

func sameFile(a, b FileInfo) bool { return a.Digest == b.Digest }

func sameSheet(a, b SheetState) bool {
	return a.Chosen == b.Chosen && (!a.Chosen || a.Mapping.Same(b.Mapping))
}

// Forget removes an import that was not written yet, with its plan.
func (i *Import) Forget(ctx context.Context, batch [16]byte) error {
	j, err := i.Job(ctx, batch)
	if err != nil {
		return err
	}
	if p := j.Phase(); p != PhaseSheets && p != PhaseCheck {
		return ErrPhase
	}
	i.mu.Lock()
	delete(i.open, batch)
	i.mu.Unlock()
	return j.store().clear(ctx, "")
}
