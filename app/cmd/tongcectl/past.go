package main

import (
	"context"
	"strings"
	"unicode/utf8"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/workspace"
)

type sourceReply struct {
	File  string `json:"file"`
	Sheet string `json:"sheet"`
	Row   uint64 `json:"row"`
}

// entryReply is one value that was written; sealed ones are masked.
type entryReply struct {
	Field      string       `json:"field"`
	Value      string       `json:"value"`
	Before     string       `json:"before"`
	Member     string       `json:"member"`
	Department string       `json:"department"`
	Device     string       `json:"device"`
	At         string       `json:"at"`
	Cause      string       `json:"cause"`
	Source     *sourceReply `json:"source"`
}

func (p *program) history(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		doc, err := docOf(a.rest[0])
		if err != nil {
			return err
		}
		field := ""
		if len(a.rest) == 2 {
			field = a.rest[1]
			if err := known(w, book.Set{Field: field}); err != nil {
				return err
			}
		}
		acts, err := w.Book.History(doc, field)
		if err != nil {
			return err
		}
		entries := []entryReply{}
		for _, act := range acts {
			for _, f := range act.Fields {
				entries = append(entries, entryOf(act, f))
			}
		}
		return p.print(map[string]any{"entries": entries}, func() {
			var rows [][]string
			for _, e := range entries {
				from := ""
				if e.Source != nil {
					from = e.Source.File
				}
				rows = append(rows, []string{
					e.At, p.fieldName(w.Schema, e.Field), e.Before + " → " + e.Value, e.Member, e.Department, e.Device, e.Cause, from,
				})
			}
			p.table(rows)
		})
	})
}

func entryOf(act book.Act, f book.FieldChange) entryReply {
	e := entryReply{
		Field: f.Field, Value: f.After.Text, Member: act.By.Name, Department: act.By.DepartmentName, Device: act.By.Device,
		At: stamp(act.Time), Cause: act.Kind,
	}
	if act.Cause != "" {
		e.Cause += ":" + act.Cause
	}
	if n := len(f.Before); n > 0 {
		e.Before = f.Before[n-1].Text
	}
	if f.Source != nil {
		e.Source = &sourceReply{File: f.Source.File, Sheet: f.Source.Sheet, Row: f.Source.Row}
	}
	return e
}

type conflictReply struct {
	ID     string      `json:"id"`
	Field  string      `json:"field"`
	Values []sideReply `json:"values"`
}

// allConflicts are all fields with several values in the book.
func allConflicts(w *workspace.Workspace) ([]conflictReply, error) {
	ids, err := w.Index.IDs(index.Query{Filters: []index.Filter{{Field: index.AnyField, Op: index.OpConflict}}})
	if err != nil {
		return nil, err
	}
	out := []conflictReply{}
	for _, doc := range ids {
		c, err := card(w, doc)
		if err != nil {
			return nil, err
		}
		for _, f := range w.Schema.Fields() {
			if sides := c.Conflicts[f.ID]; len(sides) > 0 {
				out = append(out, conflictReply{ID: c.ID, Field: f.ID, Values: sides})
			}
		}
	}
	return out, nil
}

func (p *program) printConflicts(w *workspace.Workspace) error {
	all, err := allConflicts(w)
	if err != nil {
		return err
	}
	return p.print(map[string]any{"conflicts": all}, func() {
		rows := [][]string{}
		for _, c := range all {
			for _, v := range c.Values {
				rows = append(rows, []string{c.ID, p.fieldName(w.Schema, c.Field), v.Value, v.Member, v.Department, v.At})
			}
		}
		p.table(rows)
		p.line("%s %d", p.say("待定字段", "fields to decide"), len(all))
	})
}

func (p *program) conflicts(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, p.printConflicts)
}

func (p *program) resolve(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		doc, err := docOf(a.rest[0])
		if err != nil {
			return err
		}
		field, text := a.rest[1], a.rest[2]
		if !utf8.ValidString(text) {
			return errText
		}
		if err := known(w, book.Set{Field: field}); err != nil {
			return err
		}
		c, err := w.Book.Get(doc)
		if err != nil {
			return err
		}
		f := c.Field(field)
		if f.Others() == 0 {
			return book.ErrNoValue
		}
		texts := textsOf(w, doc, f)
		canonical := w.Schema.Typed(field, text).Value
		chosen := -1
		for i, t := range texts {
			if t == canonical || t == strings.TrimSpace(text) {
				chosen = i // of equal ones the last: it leads
			}
		}
		if chosen >= 0 {
			_, err = w.Book.Resolve(ctx, doc, field, f.Values[chosen].Op)
		} else {
			_, err = w.Book.ResolveText(ctx, doc, field, text)
		}
		if err != nil {
			return err
		}
		return p.printConflicts(w)
	})
}
