package app

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tongce/app/book"
	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// undoRows is the longest page of an undo.
const undoRows = 500

// undoPreview keeps the newest preview while the book stays as it is, since
// each page of it needs all of it.
type undoPreview struct {
	batch   string
	applied uint64
	undone  workspace.Undone
}

// Past lists the imports of this computer, newest first.
func (s *Imports) Past() (out PastReply, err error) {
	defer guard(s.app, "Imports.Past", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	return b.past()
}

func (s *session) past() (out PastReply, err error) {
	all, err := s.Import.Past()
	if err != nil {
		return out, err
	}
	me := s.Me()
	for _, p := range all {
		id := canon.Text16(p.Batch)
		by := Author{MemberID: p.By.String(), At: p.At.UTC().Format(time.RFC3339), Me: p.By == me.ID}
		if m, ok := s.Charter().Member(p.By); ok {
			by.Member, by.Department = m.Name, m.Department
			if d, ok := s.Charter().Department(m.Department); ok {
				by.Department = d.Name
			}
		}
		out.Imports = append(out.Imports, PastImport{
			Batch: id, Job: id, File: fileNames(p.Files), By: by, Rows: p.Rows, Counts: countsView(p.Counts),
			Undone: p.Phase == workspace.PhaseUndone,
			Open:   p.Phase == workspace.PhaseSheets || p.Phase == workspace.PhaseCheck || p.Phase == workspace.PhaseWriting,
		})
	}
	return out, nil
}

func fileNames(files []workspace.FileInfo) string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return strings.Join(names, " + ")
}

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
	u, err := b.planUndo(batch, force)
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

func (s *session) planUndo(batch [16]byte, force map[canon.DocID]bool) (workspace.Undone, error) {
	id, applied := canon.Text16(batch), s.Index.Applied()
	s.imports.mu.Lock()
	kept := s.imports.preview
	s.imports.mu.Unlock()
	if len(force) == 0 && kept.batch == id && kept.applied == applied {
		return kept.undone, nil
	}
	u, err := s.Import.PlanUndo(s.app.ctx, batch, force)
	if err == nil && len(force) == 0 {
		s.imports.mu.Lock()
		s.imports.preview = undoPreview{id, applied, u}
		s.imports.mu.Unlock()
	}
	return u, err
}

// Undo takes an import back, customer by customer; what somebody edited since
// stays unless Force names it. Of an import that was just undone it takes the
// undo back: kind is then redo, or empty.
func (s *Imports) Undo(in UndoRequest) (out UndoReply, err error) {
	defer guard(s.app, "Imports.Undo", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	batch, err := batchID(in.Batch)
	if err != nil {
		return out, err
	}
	b.imports.mu.Lock()
	_, undone := b.imports.undone[in.Batch]
	b.imports.mu.Unlock()
	if in.Kind == "redo" || (in.Kind == "" && undone) {
		n, err := b.Import.Redo(s.app.ctx, batch)
		if err != nil {
			return out, err
		}
		b.imports.mu.Lock()
		delete(b.imports.undone, in.Batch)
		b.imports.mu.Unlock()
		return UndoReply{Batch: in.Batch, File: b.fileOf(batch), Restored: n, Total: 0}, nil
	}
	force, err := docSet(in.Force)
	if err != nil {
		return out, err
	}
	u, err := b.Import.Undo(s.app.ctx, batch, force, func(int, int) { s.app.events.Progress(in.Batch) })
	if err != nil {
		return out, err
	}
	b.imports.mu.Lock()
	b.imports.undone[in.Batch] = u
	b.imports.mu.Unlock()
	return b.undoReply(batch, u, in)
}

func (s *session) fileOf(batch [16]byte) string {
	j, err := s.Import.Job(s.app.ctx, batch)
	if err != nil {
		return "" // an import of another computer: provenance names its files, row by row
	}
	return fileNames(j.Info().Files)
}

func (s *session) undoReply(batch [16]byte, u workspace.Undone, in UndoRequest) (UndoReply, error) {
	out := UndoReply{
		Batch: canon.Text16(batch), File: s.fileOf(batch), Removed: u.Removed, Restored: u.Restored, Kept: u.Kept, Denied: u.Denied,
	}
	var rows []book.UndoRow
	for _, r := range u.Rows {
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
		if out.File == "" && r.Source != nil {
			out.File = r.Source.File
		}
		out.Rows = append(out.Rows, view)
	}
	return out, nil
}

func (s *session) undoRow(batch [16]byte, r book.UndoRow) (UndoRow, error) {
	out := UndoRow{ID: r.Doc.String(), Kind: string(r.Kind), Why: r.Why, Field: r.Field}
	if r.Source != nil {
		out.Row = int(r.Source.Row)
	}
	if c, ok := s.Index.Customer(r.Doc); ok {
		out.Name = c.Values["name"].Text
	}
	if r.Kind != book.Kept || r.Field == "" {
		return out, nil
	}
	acts, err := s.Book.History(r.Doc, r.Field)
	if err != nil {
		return out, err
	}
	by := authorView(r.By, 0, 0)
	for _, act := range acts {
		at := slices.IndexFunc(act.Fields, func(f book.FieldChange) bool { return f.Field == r.Field })
		if at < 0 {
			continue
		}
		text := s.text(r.Field, act.Fields[at].After)
		if act.Kind == "import" && act.Cause == canon.Text16(batch) {
			out.Imported = text
		}
		out.Now = text
		by.At = stamp(act.Time)
	}
	out.By = &by
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
	b.imports.mu.Lock()
	u, undone := b.imports.undone[batch]
	b.imports.mu.Unlock()
	if !undone {
		if u, err = b.planUndo(id, nil); err != nil {
			return out, err
		}
	}
	lang := s.app.lang()
	columns := []sheet.OutColumn{
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
			line := []string{"", v.Name, words[v.Kind], words[v.Why], "", ""}
			if v.Row > 0 {
				line[0] = strconv.Itoa(v.Row)
			}
			if v.Field != "" {
				line[4] = s.fieldName(v.Field, lang)
			}
			if v.By != nil {
				line[5] = v.By.Member
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}
