package app

import (
	"errors"
	"slices"
	"time"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/quality"
	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/charter"
	"tongce/crdt/repo"
)

// Customers reads, finds and changes customers.
type Customers struct{ app *App }

// revealSeconds is how long a revealed value may be seen (UX 5.6).
const revealSeconds = 30

// searchHits is how many lines the palette shows.
const searchHits = 12

// Schema tells sections and fields in the order of cards and forms.
func (s *Customers) Schema() (out SchemaReply, err error) {
	defer guard(s.app, "Customers.Schema", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	c := b.Charter()
	me := b.Me().ID
	for _, section := range b.Schema.Sections() {
		view := SectionView{
			ID: section.ID, NameZH: section.NameZH, NameEN: section.NameEN, Sealed: section.Sealed,
			Level: levelName(c.Policy().Sees(me, section.ID)),
		}
		if cs, ok := c.Section(section.ID); ok && cs.Department != "" {
			if d, ok := c.Department(cs.Department); ok {
				view.Keeper = d.Name
			}
		}
		out.Sections = append(out.Sections, view)
	}
	for _, f := range b.Schema.Fields() {
		if f.Type == schema.TypeLong || f.Type == schema.TypeEntries {
			continue
		}
		out.Fields = append(out.Fields, b.fieldView(f, c.Policy().Sees(me, f.Section)))
	}
	return out, nil
}

func (s *session) fieldView(f schema.Field, level charter.Level) FieldView {
	v := FieldView{
		ID: f.ID, Section: f.Section, NameZH: f.NameZH, NameEN: f.NameEN, Type: string(f.Type), Sealed: f.Sealed,
		Writable: s.Book.MayWrite(f.ID), Readable: level >= charter.LevelRead,
	}
	for _, o := range f.Options {
		v.Options = append(v.Options, o.Value)
		v.OptionsEN = append(v.OptionsEN, o.NameEN)
	}
	return v
}

// List gives one page of customers.
func (s *Customers) List(in ListRequest) (out ListReply, err error) {
	defer guard(s.app, "Customers.List", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	began := s.app.cfg.Now()
	out.Revision = s.app.events.Revision()
	page, err := b.Index.List(b.query(in))
	if err != nil {
		return out, err
	}
	out.Total = page.Total
	fields := b.columns(in.Fields)
	out.Rows = make([]Row, len(page.Customers))
	for i, c := range page.Customers {
		out.Rows[i] = b.row(c, fields)
	}
	out.Millis = float64(s.app.cfg.Now().Sub(began)) / float64(time.Millisecond)
	return out, nil
}

// Get gives one customer's card.
func (s *Customers) Get(id string) (out CustomerView, err error) {
	defer guard(s.app, "Customers.Get", &out, &err)()
	b, doc, err := s.named(id)
	if err != nil {
		return out, err
	}
	c, err := b.Book.Get(doc)
	if err != nil {
		return out, err
	}
	sources, err := b.Book.Sources(doc)
	if err != nil {
		return out, err
	}
	return b.customerView(c, sources), nil
}

// named gives the open book and a customer's id.
func (s *Customers) named(id string) (*session, canon.DocID, error) {
	b, err := s.app.open()
	if err != nil {
		return nil, canon.DocID{}, err
	}
	doc, err := docID(id)
	return b, doc, err
}

// Check says how what is being typed would be kept, what to look at, and which
// customers have the same.
func (s *Customers) Check(in CheckRequest) (out CheckReply, err error) {
	defer guard(s.app, "Customers.Check", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	r := b.Schema.Typed(in.Field, in.Text)
	out.Text, out.Flag = r.Value, r.Code
	if r.Value == "" || !r.Canonical() {
		return out, nil
	}
	for _, doc := range b.Index.Lookup(b.Index.KeyOf(matchKey(in.Field, r.Value))) {
		out.Exists = append(out.Exists, doc.String())
	}
	return out, nil
}

// matchKey is what a field's value is looked up by; other fields match nobody.
func matchKey(field, value string) (index.KeyKind, string) {
	switch field {
	case "name":
		return index.ByName, quality.NameKey(value)
	case "uscc":
		return index.ByUSCC, value
	case "mobile", "phone":
		return index.ByPhone, digitsOf(value)
	case "id_number":
		return index.ByID, value
	default:
		return "", ""
	}
}

func digitsOf(text string) string {
	var b []byte
	for _, c := range []byte(text) {
		if c >= '0' && c <= '9' {
			b = append(b, c)
		}
	}
	return string(b)
}

func sets(values []FieldValue) []book.Set {
	out := make([]book.Set, len(values))
	for i, v := range values {
		out[i] = book.Set{Field: v.Field, Text: v.Text}
	}
	return out
}

// Create makes a customer; it needs a name.
func (s *Customers) Create(in NewRequest) (out SetReply, err error) {
	defer guard(s.app, "Customers.Create", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	named := slices.ContainsFunc(in.Values, func(v FieldValue) bool {
		return v.Field == "name" && b.Schema.Parse("name", v.Text).Value != ""
	})
	if !named {
		return out, &fault{code: CodeInvalid, field: "name", reason: "empty"}
	}
	doc, h, err := b.Book.Create(s.app.ctx, sets(in.Values))
	if err != nil {
		return out, err
	}
	return b.setReply(doc, h, nil, fieldsOf(in.Values))
}

// Set writes values of one customer. It returns after they are on disk.
func (s *Customers) Set(in SetRequest) (out SetReply, err error) {
	defer guard(s.app, "Customers.Set", &out, &err)()
	b, doc, err := s.named(in.ID)
	if err != nil {
		return out, err
	}
	h, err := b.Book.Set(s.app.ctx, doc, sets(in.Values)...)
	return b.setReply(doc, h, err, fieldsOf(in.Values))
}

func fieldsOf(values []FieldValue) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.Field
	}
	return out
}

// setReply shows what stands after a write; a write that found everything
// there already has no change to name. No fields means all.
func (s *session) setReply(doc canon.DocID, h canon.Hash, err error, fields []string) (SetReply, error) {
	out := SetReply{ID: doc.String()}
	switch {
	case errors.Is(err, repo.ErrNothing):
	case err != nil:
		return out, err
	default:
		out.Change = h.String()
	}
	c, err := s.Book.Get(doc)
	if err != nil {
		return out, err
	}
	for _, f := range c.Fields {
		if len(fields) == 0 || slices.Contains(fields, f.Field) {
			out.Values = append(out.Values, s.valueView(f, nil))
		}
	}
	return out, nil
}

// Delete puts a customer into the recycle bin.
func (s *Customers) Delete(id string) (out SetReply, err error) {
	defer guard(s.app, "Customers.Delete", &out, &err)()
	b, doc, err := s.named(id)
	if err != nil {
		return out, err
	}
	h, err := b.Book.Delete(s.app.ctx, doc)
	return b.setReply(doc, h, err, nil)
}

// Undelete takes a customer out of the recycle bin.
func (s *Customers) Undelete(id string) (out SetReply, err error) {
	defer guard(s.app, "Customers.Undelete", &out, &err)()
	b, doc, err := s.named(id)
	if err != nil {
		return out, err
	}
	h, err := b.Book.Undelete(s.app.ctx, doc)
	return b.setReply(doc, h, err, nil)
}

// Reveal opens sealed values of one customer for half a minute, today's or
// those of the past.
func (s *Customers) Reveal(in RevealRequest) (out RevealReply, err error) {
	defer guard(s.app, "Customers.Reveal", &out, &err)()
	b, doc, err := s.named(in.ID)
	if err != nil {
		return out, err
	}
	c, opened, err := b.reveal(doc, in)
	if err != nil {
		return out, err
	}
	for _, f := range c.Fields {
		text, ok := opened[f.Field]
		if !ok {
			continue
		}
		v := b.valueView(f, nil)
		v.Raw, v.Text, v.State = text, b.Schema.Show(f.Field, text, s.app.lang()), string(book.Shown)
		out.Values = append(out.Values, v)
	}
	out.Seconds = revealSeconds
	return out, nil
}

// reveal gives the card and the leading plaintexts of the fields asked for.
func (s *session) reveal(doc canon.DocID, in RevealRequest) (*book.Customer, map[string]string, error) {
	if in.Change != "" {
		h, err := changeHash(in.Change)
		if err != nil {
			return nil, nil, err
		}
		opened, err := s.Book.RevealAt(doc, h, in.Fields...)
		if err != nil {
			return nil, nil, err
		}
		c, err := s.Book.At(doc, h)
		return c, opened, err
	}
	all, err := s.Book.Reveal(doc, in.Fields...)
	if err != nil {
		return nil, nil, err
	}
	opened := map[string]string{}
	for field, texts := range all {
		if n := len(texts); n > 0 {
			opened[field] = texts[n-1] // the leading value is the last
		}
	}
	c, err := s.Book.Get(doc)
	return c, opened, err
}

// Search is the palette's: names, pinyin, initials, numbers.
func (s *Customers) Search(text string) (out SearchReply, err error) {
	defer guard(s.app, "Customers.Search", &out, &err)()
	b, err := s.app.open()
	if err != nil {
		return out, err
	}
	hits, total := b.Index.Search(text, searchHits)
	out.Total = total
	for _, hit := range hits {
		out.Hits = append(out.Hits, b.hit(hit.ID, hit.Name, hit.Where))
	}
	return out, nil
}

// hit shows one customer in a line: stage, owner, city tell it from its like.
func (s *session) hit(id canon.DocID, name, where string) SearchHit {
	h := SearchHit{ID: id.String(), Name: name, Matched: where}
	c, ok := s.Index.Customer(id)
	if !ok {
		return h
	}
	if h.Name == "" {
		h.Name = c.Values["name"].Text
	}
	for _, field := range []string{"stage", "owner", "department", "city"} {
		if text := c.Values[field].Text; text != "" {
			if h.Detail != "" {
				h.Detail += " · "
			}
			h.Detail += text
		}
	}
	return h
}
