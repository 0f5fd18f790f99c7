package main

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/schema"
	"tongce/app/workspace"
	"tongce/crdt/canon"
	"tongce/crdt/repo"
)

// rowReply is a customer in a list: sealed values are masked.
type rowReply struct {
	ID     string            `json:"id"`
	Fields map[string]string `json:"fields"`
}

type listReply struct {
	Total     int        `json:"total"`
	Customers []rowReply `json:"customers"`
}

// noLimit: a script that names none means all.
const noLimit = math.MaxInt

func (p *program) list(ctx context.Context, a *arguments) error {
	limit, err := a.number("limit", noLimit)
	if err != nil {
		return err
	}
	offset, err := a.number("offset", 0)
	if err != nil {
		return err
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		q := index.Query{Offset: offset}
		q.Sort, q.Desc = strings.CutPrefix(a.get("sort"), "-")
		if f, ok := w.Schema.Field(q.Sort); ok && f.Sealed {
			return &sealedError{field: f.ID, name: p.fieldName(w.Schema, f.ID)}
		} else if !ok && !slices.Contains([]string{"", index.ByCreated, index.ByChanged}, q.Sort) {
			return &queryError{field: q.Sort}
		}
		for _, cond := range a.flags["where"] {
			field, value, err := pair(cond)
			if err != nil {
				return err
			}
			if _, ok := w.Schema.Field(field); !ok {
				return &queryError{field: field}
			}
			f := index.Filter{Field: field, Op: index.OpIs, Values: []string{w.Schema.Typed(field, value).Value}}
			if value == "" {
				f = index.Filter{Field: field, Op: index.OpEmpty}
			}
			q.Filters = append(q.Filters, f)
		}
		reply := listReply{Customers: []rowReply{}}
		for {
			q.Limit = min(limit-len(reply.Customers), index.MaxLimit)
			page, err := w.Index.List(q)
			if err != nil {
				return err
			}
			reply.Total = page.Total
			for _, c := range page.Customers {
				reply.Customers = append(reply.Customers, rowOf(c))
			}
			q.Offset += len(page.Customers)
			if len(page.Customers) == 0 || len(reply.Customers) >= limit {
				break
			}
		}
		return p.print(reply, func() { p.rows(w.Schema, reply) })
	})
}

// queryError is an index.ErrQuery that names what was typed.
type queryError struct{ field string }

func (e *queryError) Error() string { return index.ErrQuery.Error() }

func (e *queryError) Unwrap() error { return index.ErrQuery }

// sealedError is an index.ErrQuery that says why: the index has no plain values
// of a sealed field to sort by.
type sealedError struct{ field, name string }

func (e *sealedError) Error() string { return index.ErrQuery.Error() }

func (e *sealedError) Unwrap() error { return index.ErrQuery }

func rowOf(c index.Customer) rowReply {
	r := rowReply{ID: c.ID.String(), Fields: map[string]string{}}
	for id, v := range c.Values {
		if v.Text != "" {
			r.Fields[id] = v.Text
		}
	}
	return r
}

func (p *program) rows(s *schema.Schema, reply listReply) {
	columns := []string{"name", "contact", "mobile", "level", "owner", "department"}
	head := []string{p.say("编号", "id")}
	for _, id := range columns {
		head = append(head, p.fieldName(s, id))
	}
	rows := [][]string{head}
	for _, c := range reply.Customers {
		row := []string{c.ID}
		for _, id := range columns {
			row = append(row, c.Fields[id])
		}
		rows = append(rows, row)
	}
	p.table(rows)
	p.line("%s %d", p.say("共", "total"), reply.Total)
}

func (p *program) fieldName(s *schema.Schema, id string) string {
	f, ok := s.Field(id)
	switch {
	case !ok:
		return id
	case p.lang == zh:
		return f.NameZH
	}
	return f.NameEN
}

func (p *program) search(ctx context.Context, a *arguments) error {
	limit, err := a.number("limit", noLimit)
	if err != nil {
		return err
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		hits, total := w.Index.Search(a.rest[0], limit)
		reply := listReply{Total: total, Customers: []rowReply{}}
		for _, h := range hits {
			if c, ok := w.Index.Customer(h.ID); ok {
				reply.Customers = append(reply.Customers, rowOf(c))
			}
		}
		return p.print(reply, func() { p.rows(w.Schema, reply) })
	})
}

// sideReply is one of several values of a field.
type sideReply struct {
	Value      string `json:"value"`
	Member     string `json:"member"`
	MemberID   string `json:"member_id"`
	Department string `json:"department"`
	Device     string `json:"device"`
	At         string `json:"at"`
	shown      string // the member as people are told apart (ID6)
	when       string // At for people
}

// cardReply is a customer whole: sealed values are revealed to who may read
// them.
type cardReply struct {
	ID        string                 `json:"id"`
	Fields    map[string]string      `json:"fields"`
	Conflicts map[string][]sideReply `json:"conflicts"`
	// Flags are the fields to look at, with a quality code each.
	Flags map[string]string `json:"flags,omitempty"`
	// Hash is the change that set and new made; empty when nothing changed.
	Hash *string `json:"hash,omitempty"`
}

func stamp(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return time.Unix(seconds, 0).UTC().Format(time.RFC3339)
}

// when is a time for people: where they are.
func when(seconds int64) string {
	if seconds == 0 {
		return ""
	}
	return time.Unix(seconds, 0).Local().Format(time.DateTime)
}

// card reads a customer with all that the member may read.
func card(w *workspace.Workspace, doc canon.DocID) (cardReply, error) {
	c, err := w.Book.Get(doc)
	if err != nil {
		return cardReply{}, err
	}
	r := cardReply{ID: doc.String(), Fields: map[string]string{}, Conflicts: map[string][]sideReply{}, Flags: map[string]string{}}
	for _, f := range c.Fields {
		texts := textsOf(w, doc, f)
		lead := f.Lead()
		if lead.State != book.Empty && len(texts) > 0 && texts[len(texts)-1] != "" {
			r.Fields[f.Field] = texts[len(texts)-1]
		}
		if lead.Flag != "" {
			r.Flags[f.Field] = lead.Flag
		}
		if f.Others() == 0 {
			continue
		}
		for i, v := range f.Values {
			by := w.Book.Person(v.Op.Actor.Device())
			r.Conflicts[f.Field] = append(r.Conflicts[f.Field], sideReply{
				Value: texts[i], Member: by.Plain, MemberID: by.ID.String(), Department: by.DepartmentName, Device: by.Device,
				At: stamp(v.Change.Time), shown: by.Name, when: when(v.Change.Time),
			})
		}
	}
	return r, nil
}

// textsOf are a field's live values as the person may read them: whole where
// the role reads the section, else masked.
func textsOf(w *workspace.Workspace, doc canon.DocID, f book.FieldValues) []string {
	if f.Sealed {
		if plain, err := w.Book.Reveal(doc, f.Field); err == nil && len(plain[f.Field]) == len(f.Values) {
			return plain[f.Field]
		}
	}
	texts := make([]string, len(f.Values))
	for i, v := range f.Values {
		texts[i] = v.Text
	}
	return texts
}

func (p *program) printCard(w *workspace.Workspace, c cardReply) error {
	return p.print(c, func() {
		rows := [][]string{{p.say("编号", "id"), c.ID}}
		for _, f := range w.Schema.Fields() {
			text, ok := c.Fields[f.ID]
			if !ok {
				continue
			}
			row := []string{p.fieldName(w.Schema, f.ID), w.Schema.Show(f.ID, text, p.lang)}
			if flag := c.Flags[f.ID]; flag != "" {
				row = append(row, "! "+p.flagText(flag))
			}
			rows = append(rows, row)
			for _, side := range c.Conflicts[f.ID] {
				rows = append(rows, []string{"", "≠ " + w.Schema.Show(f.ID, side.Value, p.lang), side.shown + " " + side.Department + " " + side.when})
			}
		}
		p.table(rows)
		switch {
		case c.Hash == nil:
		case *c.Hash == "":
			p.line("%s", p.say("没有变化，什么都没有写入", "Nothing changed, and nothing was written"))
		default:
			p.line("%s %s", p.say("修改", "change"), *c.Hash)
		}
	})
}

func docOf(s string) (canon.DocID, error) {
	id, err := canon.ParseDocID(s)
	if err != nil {
		return id, repo.ErrNoDocument
	}
	return id, nil
}

func (p *program) show(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		doc, err := docOf(a.rest[0])
		if err != nil {
			return err
		}
		c, err := card(w, doc)
		if err != nil {
			return err
		}
		return p.printCard(w, c)
	})
}

var (
	errText   = errors.New("not a text in UTF-8")
	errNoName = errors.New("a customer without a name")
)

// fieldError is a book.ErrField that names what was typed.
type fieldError struct{ field string }

func (e *fieldError) Error() string { return book.ErrField.Error() }

func (e *fieldError) Unwrap() error { return book.ErrField }

// known refuses fields that the schema does not have.
func known(w *workspace.Workspace, sets ...book.Set) error {
	for _, s := range sets {
		if _, ok := w.Schema.Field(s.Field); !ok {
			return &fieldError{field: s.Field}
		}
	}
	return nil
}

func setsOf(args []string) ([]book.Set, error) {
	var out []book.Set
	for _, s := range args {
		field, value, err := pair(s)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o book.Set) bool { return o.Field == field }) {
			return nil, usageError("%s=… %s=…", field, field)
		}
		if !utf8.ValidString(value) { // no document may hold it
			return nil, errText
		}
		out = append(out, book.Set{Field: field, Text: value})
	}
	return out, nil
}

func (p *program) set(ctx context.Context, a *arguments) error {
	sets, err := setsOf(a.rest[1:])
	if err != nil {
		return err
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		doc, err := docOf(a.rest[0])
		if err != nil {
			return err
		}
		if err := known(w, sets...); err != nil {
			return err
		}
		hash, err := w.Book.Set(ctx, doc, sets...)
		return p.changed(w, doc, hash, err)
	})
}

func (p *program) create(ctx context.Context, a *arguments) error {
	sets, err := setsOf(a.rest)
	if err != nil {
		return err
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		named := func(s book.Set) bool { return s.Field == "name" && w.Schema.Typed("name", s.Text).Value != "" }
		if err := known(w, sets...); err != nil {
			return err
		}
		if !slices.ContainsFunc(sets, named) {
			return errNoName
		}
		doc, hash, err := w.Book.Create(ctx, sets)
		return p.changed(w, doc, hash, err)
	})
}

func (p *program) changed(w *workspace.Workspace, doc canon.DocID, hash canon.Hash, err error) error {
	text := hash.String()
	switch {
	case errors.Is(err, repo.ErrNothing):
		text = ""
	case err != nil:
		return err
	}
	c, err := card(w, doc)
	if err != nil {
		return err
	}
	c.Hash = &text
	return p.printCard(w, c)
}
