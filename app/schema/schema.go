// Package schema holds the fields of a customer, their sections, options and
// the headers people give them, and binds each field to the normaliser and the
// show form of its type. It does no I/O and decides no right; the default
// schema is compiled in, and a Schema never changes after it was made.
package schema

import (
	"iter"
	"slices"
	"sync"

	"tongce/app/quality"
)

// Type says how a field's values are normalised and shown.
type Type string

// The types of fields; the words stand in the charter's field statements.
const (
	TypeName      Type = "name"     // company, or person as a customer
	TypePerson    Type = "person"   // a person's name
	TypeText      Type = "text"     // as written
	TypeLong      Type = "long"     // shared text, several people write at once (n: keys)
	TypeMobile    Type = "mobile"   // 11 digits
	TypePhone     Type = "phone"    // landline, 021-63211678-8001
	TypeEmail     Type = "email"    // half-width, lower case
	TypeUSCC      Type = "uscc"     // GB 32100
	TypeID        Type = "identity" // GB 11643
	TypeDate      Type = "date"     // 2006-01-02
	TypeAmount    Type = "amount"   // yuan, 125000.00
	TypeAccount   Type = "bank"     // digits
	TypeProvince  Type = "province"
	TypeCity      Type = "city"
	TypeDistrict  Type = "district"
	TypeStreet    Type = "street" // what follows the district
	TypeChoice    Type = "choice"
	TypeReference Type = "reference" // contract number
	TypeEntries   Type = "entries"   // append-only notes, e: keys; no single value
)

// The mask rules of SE7, by the words that stand in the charter. Fields of open
// sections have MaskNone.
const (
	MaskNone     = "none"
	MaskPhone    = "phone"    // 3+4
	MaskIdentity = "identity" // 4+4
	MaskBank     = "bank"     // 0+4
	MaskEmail    = "email"    // first character and domain
	MaskName     = "name"     // first character
)

const (
	// BlindPhone is the one blind class of the default schema (LO2).
	BlindPhone = "phone"
	// BlindNorm numbers the normalisation behind BlindForm (LO5); it rises
	// whenever the same number could come out differently.
	BlindNorm = 1
)

// Option is one value of a choice field.
type Option struct {
	Value, NameEN string
	Aliases       []string
}

// Field describes one field. MaskRule is MaskNone and BlindClass empty where
// there is none; Sealed repeats the section's. Aliases are headers under which
// the field is known, the Chinese name included.
type Field struct {
	ID, Section, NameZH, NameEN string
	Type                        Type
	Aliases                     []string
	Options                     []Option
	MaskRule, BlindClass        string
	Sealed                      bool
}

// Section is a named group of fields; Fields are in the order of the card.
type Section struct {
	ID, NameZH, NameEN string
	Sealed             bool
	Fields             []string
}

// Schema is an immutable set of sections and fields, safe for use by many
// goroutines.
type Schema struct {
	sections []Section
	fields   []Field
	byID     map[string]int
	choices  map[string][]quality.Option
	headers  map[string]string
}

var defaultSchema = sync.OnceValue(func() *Schema { return build(defaultSections(), defaultFields()) })

// Default gives the compiled-in schema.
func Default() *Schema { return defaultSchema() }

func build(sections []Section, fields []Field) *Schema {
	s := &Schema{sections: sections, fields: fields, byID: map[string]int{}, choices: map[string][]quality.Option{}, headers: map[string]string{}}
	at := map[string]int{}
	for i, sec := range sections {
		at[sec.ID] = i
	}
	for i := range s.fields {
		f := &s.fields[i]
		sec := &s.sections[at[f.Section]]
		f.Sealed = sec.Sealed
		if f.MaskRule == "" {
			f.MaskRule = MaskNone
		}
		sec.Fields = append(sec.Fields, f.ID)
		s.byID[f.ID] = i
		for _, o := range f.Options {
			aliases := make([]string, 0, len(o.Aliases)+1)
			for _, a := range append([]string{o.NameEN}, o.Aliases...) {
				aliases = append(aliases, quality.ChoiceKey(a))
			}
			s.choices[f.ID] = append(s.choices[f.ID], quality.Option{Value: o.Value, Aliases: aliases})
		}
		if f.Type == TypeLong || f.Type == TypeEntries {
			continue // no column of a sheet feeds these
		}
		s.alias(f.ID, append([]string{f.ID, f.NameZH, f.NameEN}, f.Aliases...))
	}
	for _, c := range columns() {
		s.alias(c.Key, append([]string{c.Key}, c.Aliases...))
	}
	return s
}

// alias enters headers; the first one to claim a header keeps it.
func (s *Schema) alias(key string, headers []string) {
	for _, h := range headers {
		if k := headerKey(h); s.headers[k] == "" {
			s.headers[k] = key
		}
	}
}

// Fields gives all fields in order; the caller may keep and change the slice.
func (s *Schema) Fields() []Field { return slices.Clone(s.fields) }

// All gives all fields in order.
func (s *Schema) All() iter.Seq[Field] {
	return func(yield func(Field) bool) {
		for i := range s.fields {
			if !yield(s.fields[i]) {
				return
			}
		}
	}
}

// Field gives a field by its id.
func (s *Schema) Field(id string) (Field, bool) {
	i, ok := s.byID[id]
	if !ok {
		return Field{}, false
	}
	return s.fields[i], true
}

// Sections gives the sections in order; the caller may keep the slice.
func (s *Schema) Sections() []Section { return slices.Clone(s.sections) }

// Section gives a section by its id.
func (s *Schema) Section(id string) (Section, bool) {
	for _, sec := range s.sections {
		if sec.ID == id {
			return sec, true
		}
	}
	return Section{}, false
}
