package app

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"tongce/app/book"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// undoRows is the longest page of an undo.
const undoRows = 500

// UndoPreview says what undoing an import would do. Nothing is written.
func (s *Imports) UndoPreview(in UndoRequest) (out UndoReply, err error) {
	defer guard(s.app, "Imports.UndoPreview", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	batch, err := batchID(in.Batch)
	if err != nil {
		return out, err
	}
	force, err := docSet(in.Force)
	if err != nil {
		return out, err
	}
	u, err := b.Import.PlanUndo(s.app.ctx, batch, force)
	if err != nil {
		return out, err
	}
	return b.undoReply(batch, u, in)
}

func docSet(ids []string) (map[canon.DocID]bool, error) {
	out := make(map[canon.DocID]bool, len(ids))
	for _, id := range ids {
		doc, err := docID(id)
		if err != nil {
			return nil, err
		}
		out[doc] = true
	}
	return out, nil
}

// undone is what the last undo of a batch did in this session; stopped tells
// that a person ended it before its end. Of bringing back only a stopped one is
// kept, with how many customers are back.
type undone struct {
	workspace.Undone
	stopped bool
	redo    bool
	back    int
}

// Undo takes an import back in the background, customer by customer; what
// somebody edited since stays unless Force names it. Events carry the progress.
// Who may not undo all of it is told so, and nothing is written. With kind redo
// it takes the undo back.
func (s *Imports) Undo(in UndoRequest) (out UndoState, err error) {
	defer guard(s.app, "Imports.Undo", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	batch, err := batchID(in.Batch)
	if err != nil {
		return out, err
	}
	if in.Kind == "redo" {
		b.begin(in.Batch, phaseRedoing, 0, func(ctx context.Context, progress func(done, total int)) error {
			n, err := b.Import.Redo(ctx, batch, progress)
			switch {
			case err == nil:
				b.keepUndone(in.Batch, nil)
			case errors.Is(err, context.Canceled):
				b.keepUndone(in.Batch, &undone{stopped: true, redo: true, back: n})
			}
			return err
		})
		return b.undoState(in.Batch), nil
	}
	force, err := docSet(in.Force)
	if err != nil {
		return out, err
	}
	plan, err := b.Import.PlanUndo(s.app.ctx, batch, force)
	switch {
	case err != nil:
		return out, err
	case plan.Denied:
		return out, book.ErrDenied
	}
	b.begin(in.Batch, phaseUndoing, len(plan.Rows), func(ctx context.Context, progress func(done, total int)) error {
		u, err := b.Import.Undo(ctx, batch, force, progress)
		if err == nil || errors.Is(err, context.Canceled) {
			b.keepUndone(in.Batch, &undone{Undone: u, stopped: err != nil})
		}
		return err
	})
	return b.undoState(in.Batch), nil
}

// UndoState tells how far the undo of an import is.
func (s *Imports) UndoState(batch string) (out UndoState, err error) {
	defer guard(s.app, "Imports.UndoState", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	return b.undoState(batch), nil
}

// StopUndo ends an undo, or bringing an import back, within a second. What is done
// by then stays so; it can go on, or be taken back.
func (s *Imports) StopUndo(batch string) (out UndoState, err error) {
	defer guard(s.app, "Imports.StopUndo", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	b.stop(batch)
	return b.undoState(batch), nil
}

func (s *session) keepUndone(id string, u *undone) {
	s.imports.mu.Lock()
	defer s.imports.mu.Unlock()
	clear(s.imports.undone) // the rows of one undo may be many: only the newest are kept
	if u != nil {
		s.imports.undone[id] = u
	}
}

func (s *session) undoneOf(id string) *undone {
	s.imports.mu.Lock()
	defer s.imports.mu.Unlock()
	return s.imports.undone[id]
}

func (s *session) undoState(id string) UndoState {
	out := UndoState{Batch: id, Phase: phaseIdle}
	run, failed := s.step(id)
	u := s.undoneOf(id)
	if u != nil {
		out.Removed, out.Restored, out.Kept, out.Back = u.Removed, u.Restored, u.Kept, u.back
	}
	switch {
	case run.phase == phaseUndoing || run.phase == phaseRedoing:
		out.Phase, out.Done, out.Total = run.phase, run.done, run.total
	case failed != nil:
		out.Phase, out.Error = phaseFailed, string(codeOf(failed).Code)
	case u != nil && u.stopped:
		out.Phase = phaseStopped
	case u != nil:
		out.Phase = phaseDone
	}
	return out
}

// sheetsOf names what was imported. Of an import of another computer it is not
// known: provenance names its files, row by row.
func (s *session) sheetsOf(batch [16]byte) (file string, sheets []UndoSheet) {
	j, err := s.Import.Job(s.app.ctx, batch)
	if err != nil {
		return "", nil
	}
	files := j.Info().Files
	for n, state := range j.Sheets() {
		if v := sheetView(n, state, files); v.Chosen {
			sheets = append(sheets, UndoSheet{Index: len(sheets), File: v.File, Name: v.Name})
		}
	}
	return fileNames(files), sheets
}

func (s *session) undoReply(batch [16]byte, u workspace.Undone, in UndoRequest) (UndoReply, error) {
	out := UndoReply{
		Batch: canon.Text16(batch), Removed: u.Removed, Restored: u.Restored, Kept: u.Kept, Denied: u.Denied,
	}
	out.File, out.Sheets = s.sheetsOf(batch)
	var rows []book.UndoRow
	for _, r := range u.Rows {
		out.sheetOf(r.Source)
		if in.Kind == "" || string(r.Kind) == in.Kind {
			rows = append(rows, r)
		}
	}
	out.Total = len(rows)
	from := min(max(in.Offset, 0), len(rows))
	for _, r := range rows[from:min(from+min(max(in.Limit, 0), undoRows), len(rows))] {
		view, err := s.undoRow(batch, r)
		if err != nil {
			return out, err
		}
		view.Sheet = out.sheetOf(r.Source)
		if out.File == "" && r.Source != nil {
			out.File = r.Source.File
		}
		out.Rows = append(out.Rows, view)
	}
	return out, nil
}

// sheetOf is the index of the sheet that a row came from, which is noted.
func (u *UndoReply) sheetOf(from *book.Source) int {
	if from == nil {
		return 0
	}
	at := slices.IndexFunc(u.Sheets, func(s UndoSheet) bool { return s.File == from.File && s.Name == from.Sheet })
	if at < 0 {
		at = len(u.Sheets)
		u.Sheets = append(u.Sheets, UndoSheet{Index: at, File: from.File, Name: from.Sheet})
	}
	return at
}

func (s *session) undoRow(batch [16]byte, r book.UndoRow) (UndoRow, error) {
	out := UndoRow{ID: r.Doc.String(), Kind: string(r.Kind), Why: r.Why, Field: r.Field, MayForce: r.MayForce}
	if r.Source != nil {
		out.Row = int(r.Source.Row)
	}
	if c, ok := s.Index.Customer(r.Doc); ok {
		out.Name = c.Values["name"].Text
	}
	if r.Kind != book.Kept || r.Why != book.KeptEdited {
		return out, nil
	}
	by := authorView(r.By, r.At, 0)
	out.By = &by
	if r.Field == "" {
		return out, nil
	}
	c, err := s.Book.Get(r.Doc)
	if err != nil {
		return out, err
	}
	out.Now = s.text(r.Field, c.Field(r.Field).Lead()) // of values written apart the last act's need not count
	acts, err := s.Book.History(r.Doc, r.Field)
	if err != nil {
		return out, err
	}
	for _, act := range acts {
		at := slices.IndexFunc(act.Fields, func(f book.FieldChange) bool { return f.Field == r.Field })
		if at >= 0 && act.Kind == "import" && act.Cause == canon.Text16(batch) {
			out.Imported = s.text(r.Field, act.Fields[at].After)
		}
	}
	return out, nil
}

// UndoReport writes what an undo did, or would do, row by row.
func (s *Imports) UndoReport(batch string) (out FileReply, err error) {
	defer guard(s.app, "Imports.UndoReport", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	id, err := batchID(batch)
	if err != nil {
		return out, err
	}
	var u workspace.Undone
	if done := b.undoneOf(batch); done != nil && !done.redo {
		u = done.Undone
	} else if u, err = b.Import.PlanUndo(s.app.ctx, id, nil); err != nil {
		return out, err
	}
	lang := s.app.lang()
	columns := []sheet.OutColumn{
		{Title: pick(lang, "文件", "File"), Kind: sheet.OutText},
		{Title: pick(lang, "工作表", "Sheet"), Kind: sheet.OutText},
		{Title: pick(lang, "行", "Row"), Kind: sheet.OutText},
		{Title: pick(lang, "客户", "Customer"), Kind: sheet.OutText, Width: 32},
		{Title: pick(lang, "结果", "Result"), Kind: sheet.OutText},
		{Title: pick(lang, "原因", "Why"), Kind: sheet.OutText},
		{Title: pick(lang, "字段", "Field"), Kind: sheet.OutText},
		{Title: pick(lang, "谁改的", "Edited by"), Kind: sheet.OutText},
	}
	name := pick(lang, "撤销报告.xlsx", "Undo report.xlsx")
	out.Count = len(u.Rows)
	out.Path, err = s.app.cfg.Host.Save(s.app.ctx, strings.TrimSuffix(name, ".xlsx"), name, func(w io.Writer) error {
		return sheet.WriteXLSX(s.app.ctx, w, strings.TrimSuffix(name, ".xlsx"), columns, b.reportLines(id, u, lang))
	})
	if out.Path == "" {
		out.Count = 0
	}
	return out, err
}

func (s *session) reportLines(batch [16]byte, u workspace.Undone, lang string) sheet.Lines {
	words := map[string]string{
		"removed": pick(lang, "移走", "removed"), "restored": pick(lang, "还原", "restored"), "kept": pick(lang, "留着", "kept"),
		book.KeptEdited: pick(lang, "之后有人改过", "edited since"), book.KeptDenied: pick(lang, "没有权限", "not allowed"),
	}
	return func(yield func([]string, error) bool) {
		for _, r := range u.Rows {
			v, err := s.undoRow(batch, r)
			if err != nil {
				yield(nil, err)
				return
			}
			line := []string{"", "", "", v.Name, words[v.Kind], words[v.Why], "", ""}
			if r.Source != nil {
				line[0], line[1] = r.Source.File, r.Source.Sheet
			}
			if v.Row > 0 {
				line[2] = strconv.Itoa(v.Row)
			}
			if v.Field != "" {
				line[6] = s.fieldName(v.Field, lang)
			}
			if v.By != nil {
				line[7] = v.By.Member
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}
