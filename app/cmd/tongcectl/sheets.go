package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"tongce/app/book"
	"tongce/app/schema"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

type importReply struct {
	Batch   string `json:"batch"`
	New     int    `json:"new"`
	Updated int    `json:"updated"`
	Same    int    `json:"same"`
	Merged  int    `json:"merged"`
	Review  int    `json:"review"`
	Wrong   int    `json:"wrong"`
}

func (p *program) importFiles(ctx context.Context, a *arguments) error {
	if a.has("undo") {
		if len(a.rest) > 0 || a.has("plan") || a.has("sheet") || a.has("map") {
			return usageError("--undo BATCH")
		}
		return p.undo(ctx, a)
	}
	if len(a.rest) == 0 {
		return usageError("FILE")
	}
	sources := make([]sheet.Source, len(a.rest))
	for i, path := range a.rest {
		switch info, err := os.Stat(path); {
		case err != nil:
			return &fileError{file: filepath.Base(path), err: err}
		case !info.Mode().IsRegular(): // a folder; a pipe, which opening would wait for
			return &sheet.Error{Reason: sheet.ReasonNotTable, File: filepath.Base(path)}
		}
		sources[i] = sheet.Source{Name: filepath.Base(path), Path: path}
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		j, unread, err := openAll(ctx, w, sources)
		if err != nil {
			return err
		}
		left, err := p.choose(j, a)
		if unread = errors.Join(unread, left); err != nil {
			return err
		}
		if j, err = p.planned(ctx, w, j, a); err != nil {
			return err
		}
		if a.has("plan") {
			defer func() { _ = w.Import.Forget(context.WithoutCancel(ctx), j.Batch()) }()
			return errors.Join(p.printImport(j, j.Info().Counts, "计划，还没有写入", "plan, nothing was written"), unread)
		}
		counts, err := j.Commit(ctx, p.progress())
		if err != nil {
			return err
		}
		return errors.Join(p.printImport(j, counts, "已写入", "written"), unread)
	})
}

// fileError is a file that is not there or may not be looked at.
type fileError struct {
	file string
	err  error
}

func (e *fileError) Error() string { return fmt.Sprintf("import: %v", e.err) }

func (e *fileError) Unwrap() error { return e.err }

// openAll begins an import. A file that cannot be read does not keep the others
// out: unread tells of it when they are in.
func openAll(ctx context.Context, w *workspace.Workspace, sources []sheet.Source) (j *workspace.Job, unread, err error) {
	j, err = w.Import.Open(ctx, false, sources...)
	if bad := (*sheet.Error)(nil); len(sources) == 1 || !errors.As(err, &bad) {
		return j, nil, err
	}
	var good []sheet.Source
	for _, s := range sources {
		one, err := w.Import.Open(ctx, false, s)
		if err != nil {
			unread = errors.Join(unread, err)
			continue
		}
		good = append(good, s)
		if err := w.Import.Forget(ctx, one.Batch()); err != nil {
			return nil, nil, err
		}
	}
	if len(good) == 0 {
		return nil, nil, unread
	}
	j, err = w.Import.Open(ctx, false, good...)
	return j, unread, err
}

// planned makes the plan of an import; one of the same rows that was cut off in
// the middle of writing is taken up in its place.
func (p *program) planned(ctx context.Context, w *workspace.Workspace, j *workspace.Job, a *arguments) (*workspace.Job, error) {
	if !a.has("plan") {
		if old, err := w.Import.CutOff(ctx, j); err != nil || old != nil {
			return old, err
		}
	}
	return j, j.Plan(ctx, p.progress())
}

// choose takes sheets and columns as the arguments say. left tells of files that
// nothing is taken from while others are.
func (p *program) choose(j *workspace.Job, a *arguments) (left, err error) {
	if a.has("sheet") {
		if err := j.ChooseNamed(a.get("sheet")); err != nil {
			return nil, &sheetNameError{have: sheetNames(j), err: err}
		}
	} else if err := chooseUnsure(j); err != nil {
		return nil, err
	}
	for _, m := range a.flags["map"] {
		header, field, err := pair(m)
		if err != nil {
			return nil, err
		}
		n, err := j.SendHeader(header, field)
		if err != nil {
			return nil, &fieldError{field: field}
		}
		if n == 0 {
			return nil, &headerError{header: header}
		}
	}
	left, taken, err := leaveOut(j, !a.has("sheet"))
	switch {
	case err != nil:
		return nil, err
	case !taken:
		return nil, left
	}
	return left, nil
}

// columnsError means that no column of a file's sheets goes anywhere, so that
// none of its rows could be written.
type columnsError struct {
	file string
	rows int
}

func (e *columnsError) Error() string {
	return fmt.Sprintf("no column of %d rows was recognised", e.rows)
}

// noSheetError means that no sheet of a file was taken for customers.
type noSheetError struct{ file string }

func (e *noSheetError) Error() string { return workspace.ErrNoSheet.Error() }

func (e *noSheetError) Unwrap() error { return workspace.ErrNoSheet }

// headerError is a --map of a column that no chosen sheet has.
type headerError struct{ header string }

func (e *headerError) Error() string { return "no such column" }

// sheetNameError is a --sheet that no file has, with those that there are.
type sheetNameError struct {
	have []string
	err  error
}

func (e *sheetNameError) Error() string { return e.err.Error() }

func (e *sheetNameError) Unwrap() error { return e.err }

func sheetNames(j *workspace.Job) (out []string) {
	for _, s := range j.Sheets() {
		if name := s.Mapping.Sheet.Name; name != "" && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// leaveOut takes sheets out that have no column that goes to a field, and tells
// of each file that nothing is left of; all says whether files without a chosen
// sheet are told of too.
func leaveOut(j *workspace.Job, all bool) (left error, taken bool, err error) {
	goes := func(c sheet.Column) bool {
		return c.Key != "" && c.Key != schema.ColumnIgnore && c.Key != schema.ColumnUpdatedAt
	}
	sheets := j.Sheets()
	for n, file := range j.Info().Files {
		rows, good := 0, false
		for i, s := range sheets {
			switch {
			case s.File != n || !s.Chosen:
			case slices.ContainsFunc(s.Mapping.Columns, goes):
				good = true
			default:
				rows += s.Mapping.Sheet.Rows
				if err := j.Choose(i, false); err != nil {
					return nil, false, err
				}
			}
		}
		switch {
		case good:
			taken = true
		case rows > 0:
			left = errors.Join(left, &columnsError{file: file.Name, rows: rows})
		case all:
			left = errors.Join(left, &noSheetError{file: file.Name})
		}
	}
	return left, taken, nil
}

// chooseUnsure takes the sheets that need a person's eye from files that no
// other sheet is taken from: who names a file on the command line means it.
func chooseUnsure(j *workspace.Job) error {
	all := j.Sheets()
	for n, s := range all {
		chosen := func(o workspace.SheetState) bool { return o.File == s.File && o.Chosen }
		if s.Mapping.Sheet.Guess != sheet.GuessUnsure || slices.ContainsFunc(all, chosen) {
			continue
		}
		if err := j.Choose(n, true); err != nil {
			return err
		}
	}
	return nil
}

// progress says twice a second how far it is, beside what is printed; nothing
// with --json.
func (p *program) progress() func(done, total int) {
	if p.json {
		return nil
	}
	last := time.Time{}
	return func(done, total int) {
		if now := p.deps.Now(); now.Sub(last) >= time.Second/2 {
			last = now
			fmt.Fprintf(p.err, "%d / %d\n", done, total)
		}
	}
}

func (p *program) printImport(j *workspace.Job, c sheet.Counts, chinese, english string) error {
	r := importReply{Batch: j.ID(), New: c.New, Updated: c.Updated, Same: c.Same, Merged: c.Merged, Review: c.Review, Wrong: c.Wrong}
	return p.print(r, func() {
		p.table([][]string{
			{p.say("批次", "batch"), r.Batch, p.say(chinese, english)},
			{p.say("新增", "new"), num(r.New)},
			{p.say("更新", "updated"), num(r.Updated)},
			{p.say("相同", "same"), num(r.Same)},
			{p.say("并入", "merged"), num(r.Merged)},
			{p.say("待核对", "to review"), num(r.Review)},
			{p.say("有问题", "wrong"), num(r.Wrong)},
		})
	})
}

// errUndoDenied: the batch made customers that the member may not delete.
var errUndoDenied = fmt.Errorf("undo import: %w", book.ErrDenied)

// undoReply has the counts of an undo, and names each customer that was kept.
// The counts of an import stand beside its own ones, as the grammar has them;
// they are 0, as an undo brings nothing in.
type undoReply struct {
	Batch    string      `json:"batch"`
	New      int         `json:"new"`
	Updated  int         `json:"updated"`
	Same     int         `json:"same"`
	Merged   int         `json:"merged"`
	Review   int         `json:"review"`
	Wrong    int         `json:"wrong"`
	Removed  int         `json:"removed"`
	Restored int         `json:"restored"`
	Kept     int         `json:"kept"`
	Rows     []keptReply `json:"rows"`
}

type keptReply struct {
	ID         string `json:"id"`
	Why        string `json:"why"`
	Field      string `json:"field"`
	Member     string `json:"member"`
	MemberID   string `json:"member_id"`
	Department string `json:"department"`
	shown      string // as in sideReply
}

func (p *program) undo(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		batch, err := canon.ParseText16(a.get("undo"))
		if err != nil {
			return workspace.ErrNoBatch
		}
		done, err := w.Import.Undo(ctx, batch, nil, p.progress())
		if done.Denied {
			return errUndoDenied
		}
		if err != nil {
			return err
		}
		r := undoReply{
			Batch:   a.get("undo"),
			Removed: done.Removed, Restored: done.Restored, Kept: done.Kept, Rows: []keptReply{},
		}
		for _, row := range done.Rows {
			if row.Kind == book.Kept {
				r.Rows = append(r.Rows, keptReply{
					ID: row.Doc.String(), Why: row.Why, Field: row.Field, Member: row.By.Plain, MemberID: row.By.ID.String(),
					Department: row.By.DepartmentName, shown: row.By.Name,
				})
			}
		}
		return p.print(r, func() {
			p.table([][]string{
				{p.say("已移除", "removed"), num(r.Removed)},
				{p.say("已还原", "restored"), num(r.Restored)},
				{p.say("保留", "kept"), num(r.Kept)},
			})
			var rows [][]string
			for _, k := range r.Rows { // who may not undo some of it undoes none: all were edited
				rows = append(rows, []string{k.ID, p.say("有人改过", "edited since"), p.fieldName(w.Schema, k.Field), k.shown + " " + k.Department})
			}
			p.table(rows)
		})
	})
}

func (p *program) export(ctx context.Context, a *arguments) error {
	spec := workspace.ExportSpec{Language: p.lang}
	format, err := a.need("format")
	if err != nil {
		return err
	}
	spec.Format = workspace.Format(format)
	formats := []workspace.Format{workspace.XLSX, workspace.CSV, workspace.JSON}
	if !slices.Contains(formats, spec.Format) {
		return usageError("--format xlsx|csv|json")
	}
	if spec.Path, err = a.need("out"); err != nil {
		return err
	}
	// A file that says that it is another one cannot be opened with a click.
	named := workspace.Format(strings.TrimPrefix(strings.ToLower(filepath.Ext(spec.Path)), "."))
	if named != spec.Format && slices.Contains(formats, named) {
		return usageError("--format %s --out *.%s", spec.Format, named)
	}
	if info, err := os.Stat(spec.Path); err == nil && info.IsDir() { //nolint:gosec // the person names the file
		return usageError("--out FILE")
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		n, err := w.Export(ctx, spec)
		if errors.Is(err, fs.ErrNotExist) {
			return &meaningError{"no_out", err}
		}
		if err != nil {
			return err
		}
		return p.print(map[string]int{"customers": n}, func() { p.line("%s %d", p.say("已导出", "exported"), n) })
	})
}
