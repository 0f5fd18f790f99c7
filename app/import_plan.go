package app

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"tongce/app/sheet"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// planRows is the longest page of a plan.
const planRows = 500

// Rows gives one page of the plan with its counts and causes.
func (s *Imports) Rows(in PlanRequest) (out PlanReply, err error) {
	defer guard(s.app, "Imports.Rows", &out, &err)()
	b, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	return b.plan(j, in)
}

// plan reads a page. Cause is field:code, or tidied:field:code.
func (s *session) plan(j *workspace.Job, in PlanRequest) (out PlanReply, err error) {
	err = j.Planned(func(p *sheet.Plan) error {
		q := sheet.Query{Kind: in.Kind, Offset: max(in.Offset, 0), Limit: min(in.Limit, planRows)}
		cause, tidied := strings.CutPrefix(in.Cause, "tidied:")
		q.Field, q.Code, _ = strings.Cut(cause, ":")
		q.Tidied = tidied
		if in.Limit > 0 {
			rows, total, err := p.Page(s.app.ctx, q)
			if err != nil {
				return err
			}
			others, err := s.others(p, rows)
			if err != nil {
				return err
			}
			out.Total = total
			for _, r := range rows {
				out.Rows = append(out.Rows, s.planRow(r, others))
			}
		}
		out.Fields, out.Counts, out.Undo = p.Fields(), countsView(p.Counts()), p.CanUndo()
		out.Causes, out.Tidied = causeViews(p.Causes()), causeViews(p.Tidied())
		return nil
	})
	return out, err
}

func causeViews(all []sheet.Cause) []PlanCause {
	out := make([]PlanCause, len(all))
	for i, c := range all {
		out[i] = PlanCause{Field: c.Field, Code: c.Code, Count: c.Count, Rows: c.Rows, Wrong: c.Wrong, Fixable: c.Fixable}
	}
	return out
}

func (s *session) planRow(r *sheet.PlanRow, others map[int]PlanOther) PlanRow {
	out := PlanRow{
		Index: r.Index, Sheet: r.Sheet, Row: r.Number, Kind: r.Kind.String(), Into: r.Into, IntoName: r.IntoName, Why: r.Why,
	}
	lang := s.app.lang()
	masks := s.masksOf(r.Into)
	for _, c := range r.Cells {
		cell := PlanCell{
			Field: c.Field, Text: s.Schema.Show(c.Field, c.Value, lang), Raw: c.Raw, Status: c.Status.String(), Code: c.Code,
			Suggest: c.Suggest, Alike: c.Alike, Changed: c.Changed, Kept: c.Kept,
		}
		f, _ := s.Schema.Field(c.Field)
		cell.Sealed = f.Sealed
		if c.Old != "" {
			cell.Old = s.Schema.Show(c.Field, c.Old, lang)
			if f.Sealed { // what the book has of a sealed field is revealed on the card, nowhere else
				cell.Old = masks(c.Field)
			}
		}
		out.Cells = append(out.Cells, cell)
	}
	for _, id := range r.Review {
		out.Review = append(out.Review, PlanOther{ID: id, Name: s.customerName(id)})
	}
	for _, i := range r.Beside {
		out.Review = append(out.Review, others[i])
	}
	if r.Leader != r.Index {
		out.Joined = others[r.Leader]
	}
	return out
}

// others are the rows of the import that these are compared or one with, by
// index.
func (s *session) others(p *sheet.Plan, rows []*sheet.PlanRow) (map[int]PlanOther, error) {
	var index []int
	for _, r := range rows {
		index = append(index, r.Beside...)
		if r.Leader != r.Index {
			index = append(index, r.Leader)
		}
	}
	slices.Sort(index)
	read, err := p.AsRead(s.app.ctx, slices.Compact(index))
	if err != nil {
		return nil, err
	}
	out := make(map[int]PlanOther, len(read))
	for _, r := range read {
		o := PlanOther{Sheet: r.Sheet, Row: r.Number}
		if c := r.Cell("name"); c != nil {
			o.Name = c.Value
		}
		out[r.Index] = o
	}
	return out, nil
}

func (s *session) customerName(id string) string {
	doc, err := canon.ParseDocID(id)
	if err != nil {
		return ""
	}
	c, _ := s.Index.Customer(doc)
	return c.Values["name"].Text
}

// masksOf gives the masked forms of a customer's sealed values.
func (s *session) masksOf(id string) func(field string) string {
	doc, err := canon.ParseDocID(id)
	if err != nil {
		return func(string) string { return "" }
	}
	c, _ := s.Index.Customer(doc)
	return func(field string) string { return c.Values[field].Text }
}

// Fix repairs a cell, or all with the same problem.
func (s *Imports) Fix(in FixRequest) (out PlanReply, err error) {
	defer guard(s.app, "Imports.Fix", &out, &err)()
	b, j, err := s.job(in.Job)
	if err != nil {
		return out, err
	}
	_, err = j.Fix(s.app.ctx, sheet.Fix{
		Index: in.Index, Field: in.Field, Code: in.Code, Action: in.Action, Text: in.Text, All: in.All,
	})
	if err != nil {
		return out, err
	}
	return b.plan(j, PlanRequest{})
}

// UndoFix takes the last repair back.
func (s *Imports) UndoFix(job string) (out PlanReply, err error) {
	defer guard(s.app, "Imports.UndoFix", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	if err := j.UndoFix(s.app.ctx); err != nil {
		return out, err
	}
	return b.plan(j, PlanRequest{})
}

// Problems writes a workbook of the rows that are not written, with reasons.
func (s *Imports) Problems(job string) (out FileReply, err error) {
	defer guard(s.app, "Imports.Problems", &out, &err)()
	b, j, err := s.job(job)
	if err != nil {
		return out, err
	}
	lang := s.app.lang()
	words := sheet.Words{
		Sheet: pick(lang, "工作表", "Sheet"), Row: pick(lang, "行", "Row"), Reason: pick(lang, "没有写入的原因", "Why it was not written"),
		SheetName: j.SheetName, Field: func(id string) string { return b.fieldName(id, lang) },
	}
	words.With = func(n, row int) string {
		return fmt.Sprintf(pick(lang, "和「%s」第 %d 行是同一位客户，那一行要改", "The same customer as “%s”, row %d, which must change"), j.SheetName(n), row)
	}
	words.Nobody = pick(lang, "看不出是哪一位客户", "Nothing tells who the customer is")
	texts := s.app.causeTexts(lang)
	words.Problem = func(field, code string) string {
		text := texts[code]
		if text == "" {
			text = code
		}
		name := b.fieldName(field, lang)
		if strings.Contains(text, "{field}") {
			return strings.ReplaceAll(text, "{field}", name)
		}
		return name + pick(lang, "：", ": ") + text
	}
	out.Count = j.Info().Counts.Wrong
	name := pick(lang, "没有写入的行.xlsx", "Rows not written.xlsx")
	out.Path, err = s.app.cfg.Host.Save(s.app.ctx, pick(lang, "没有写入的行", "Rows not written"), name, func(w io.Writer) error {
		return j.WriteProblems(s.app.ctx, w, words)
	})
	if out.Path == "" {
		out.Count = 0
	}
	return out, err
}

func pick(lang, zh, en string) string {
	if lang == "en" {
		return en
	}
	return zh
}

func (s *session) fieldName(id, lang string) string {
	f, ok := s.Schema.Field(id)
	if !ok {
		return id
	}
	return pick(lang, f.NameZH, f.NameEN)
}

// causeTexts is what the window says of the causes for which a row is not
// written: of the check step, else of a card.
func (a *App) causeTexts(lang string) map[string]string {
	texts := map[string]string{}
	check := struct {
		Cause map[string]string `json:"cause"`
	}{texts}
	a.readTexts(lang+"/flags.json", &texts)
	a.readTexts(lang+"/import.json", &check)
	return texts
}

// readTexts adds texts of the window to what is there. Without them the program
// says its codes.
func (a *App) readTexts(name string, into any) {
	if a.cfg.Texts == nil {
		return
	}
	if b, err := fs.ReadFile(a.cfg.Texts, name); err == nil {
		_ = json.Unmarshal(b, into)
	}
}
