package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
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
	MemberID   string       `json:"member_id"`
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
		entries, rows := []entryReply{}, [][]string{}
		add := func(act book.Act, f book.FieldChange) *entryReply {
			entries = append(entries, entryOf(act, f))
			rows = append(rows, p.pastRow(w, act, f))
			return &entries[len(entries)-1]
		}
		order := map[string]int{} // of the card
		for i, f := range w.Schema.Fields() {
			order[f.ID] = i
		}
		for _, act := range acts {
			slices.SortStableFunc(act.Fields, func(a, b book.FieldChange) int { return order[a.Field] - order[b.Field] })
			for _, f := range act.Fields {
				add(act, f)
			}
			if act.Binned || act.Unbinned {
				add(act, book.FieldChange{Field: fieldDeleted}).Value = strconv.FormatBool(act.Binned)
			}
		}
		return p.print(map[string]any{"entries": entries}, func() { p.table(rows) })
	})
}

// pastRow is an entry for people: of a field with several values all of them.
func (p *program) pastRow(w *workspace.Workspace, act book.Act, f book.FieldChange) []string {
	what := strings.TrimSpace(p.texts(w, f.Field, f.Before...)+" → ") + " " + p.texts(w, f.Field, append(f.Beside, f.After)...)
	switch {
	case f.Field != fieldDeleted:
	case act.Binned:
		what = p.say("移入回收站", "into the recycle bin")
	default:
		what = p.say("移出回收站", "out of the recycle bin")
	}
	name := p.fieldName(w.Schema, f.Field)
	if f.Field == fieldDeleted {
		name = ""
	}
	from := ""
	if s := f.Source; s != nil {
		from = fmt.Sprintf(p.say("%s 第 %d 行", "%s row %d"), strings.TrimSpace(s.File+" "+s.Sheet), s.Row)
	}
	return []string{when(act.Time), name, what, act.By.Name, act.By.DepartmentName, act.By.Device, p.cause(act), from}
}

func (p *program) texts(w *workspace.Workspace, field string, values ...book.Value) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = cmp.Or(w.Schema.Show(field, v.Text, p.lang), p.say("（空）", "(empty)"))
	}
	return strings.Join(out, " / ")
}

// cause is why something was written.
func (p *program) cause(act book.Act) string {
	switch act.Kind {
	case "create":
		return p.say("新建", "made")
	case "edit":
		return p.say("修改", "edited")
	case "resolve":
		return p.say("选定", "decided")
	case "import":
		return p.say("导入 ", "import ") + act.Cause
	case "undo":
		return p.say("撤销 ", "undo ") + act.Cause
	}
	return strings.TrimSuffix(act.Kind+":"+act.Cause, ":")
}

func entryOf(act book.Act, f book.FieldChange) entryReply {
	e := entryReply{
		Field: f.Field, Value: f.After.Text, Member: act.By.Plain, MemberID: act.By.ID.String(), Department: act.By.DepartmentName, Device: act.By.Device,
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

// fieldDeleted names in a history whether the customer is in the recycle bin.
const fieldDeleted = "deleted"

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
				value := w.Schema.Show(c.Field, v.Value, p.lang)
				rows = append(rows, []string{c.ID, p.fieldName(w.Schema, c.Field), value, v.shown, v.Department, v.when})
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
