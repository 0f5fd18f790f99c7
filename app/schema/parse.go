package schema

import (
	"slices"
	"strings"

	"tongce/app/quality"
)

// Parse brings typed text to the canonical form of a field. A field that the
// schema does not know is read as plain text.
func (s *Schema) Parse(field, text string) quality.Result {
	return s.ParseCell(field, quality.Text(text))
}

// CodePlaceholder marks a word that stands for nothing in a sheet and was typed
// by a person: 不详, N/A.
const CodePlaceholder = "placeholder"

// The codes of a cell that holds more than its field takes.
const (
	codeNumbers = "several_numbers"
	codeValues  = "several_values"
)

// whole keeps all that was typed where more stands in it than its field takes.
func whole(r quality.Result, text string) quality.Result {
	if r.Code == codeNumbers || r.Code == codeValues {
		r.Value = quality.Trim(text)
	}
	return r
}

// Typed is Parse for a value that a person typed on purpose, or that stands in
// the book: only blanks are empty. In a cell 不详 says that there is nothing;
// typed it is kept as it is, in free text as a value like any other.
func (s *Schema) Typed(field, text string) quality.Result {
	r := whole(s.Parse(field, text), text)
	if r.Value != "" {
		return r
	}
	r = quality.Result{Value: quality.Trim(text)}
	f, known := s.Field(field)
	switch free := f.Type == TypeText || f.Type == TypeLong || f.Type == TypeStreet; {
	case r.Value == "", free, !known:
	default:
		r.Status, r.Code = quality.Bad, CodePlaceholder
	}
	return r
}

// ParseCell is Parse for a cell that may be stored as a number.
func (s *Schema) ParseCell(field string, c quality.Cell) quality.Result {
	f, _ := s.Field(field)
	switch f.Type {
	case TypeName:
		return quality.Name(c)
	case TypePerson:
		return quality.Person(c)
	case TypeMobile:
		return quality.Mobile(c)
	case TypePhone:
		return quality.Phone(c)
	case TypeEmail:
		return quality.Email(c)
	case TypeUSCC:
		return quality.USCC(c)
	case TypeID:
		return quality.IDNumber(c)
	case TypeDate:
		return quality.Date(c)
	case TypeAmount:
		return quality.Amount(c)
	case TypeAccount:
		return quality.BankAccount(c)
	case TypeProvince:
		return quality.Province(c)
	case TypeCity:
		return quality.City(c)
	case TypeDistrict:
		return quality.District(c)
	case TypeStreet:
		return quality.Street(c)
	case TypeChoice:
		return quality.Choice(c, s.choices[field])
	case TypeReference:
		return quality.Reference(c)
	case TypeText, TypeLong, TypeEntries:
	}
	return quality.Plain(c)
}

// Kind says what a row is about, where a column depends on it.
type Kind uint8

// The kinds of customers.
const (
	KindUnknown Kind = iota
	KindCompany
	KindPerson
)

// KindOf guesses the kind of a customer from its name: a person where it reads
// like a Chinese person's name, a company where it ends like one.
func KindOf(name string) Kind {
	r := quality.Name(quality.Text(name))
	switch {
	case !r.Canonical():
		return KindUnknown
	case quality.PersonLike(r.Value):
		return KindPerson
	}
	return KindCompany
}

// ParseColumn reads a cell of a column mapped to key: a field, or a composite
// column. The results are in the order of the cell; a field may come more than
// once (two mobile numbers). An empty cell gives none: it never clears
// anything. updated_at, ignore and unknown keys give none.
func (s *Schema) ParseColumn(key string, c quality.Cell, kind Kind) []FieldResult {
	if quality.Empty(c.Text) {
		return nil
	}
	switch key {
	case ColumnTel, "mobile", "phone":
		return tel(key, c)
	case ColumnFull:
		where, number := quality.Cut(c, quality.IsPhone)
		return append(address(key, where), tel(ColumnTel, number)...)
	case ColumnRegion:
		return address(key, c)
	case "contact", "bank":
		return s.withNumber(key, c)
	case ColumnIDCode:
		return idCode(c, kind)
	case ColumnBirth:
		if kind == KindPerson {
			return []FieldResult{{"birthday", quality.Date(c)}}
		}
		r := quality.Date(c)
		if kind == KindUnknown && r.Status != quality.Bad {
			r.Status, r.Code = quality.Doubt, "kind_unknown"
		}
		return []FieldResult{{"founded", r}}
	}
	if _, ok := s.byID[key]; !ok {
		return nil
	}
	return []FieldResult{{key, whole(s.ParseCell(key, c), c.Text)}}
}

// withNumber reads 王刚 13812905678 and 工商银行杭州支行 6222021202041234567: a
// name and the number that belongs to it.
func (s *Schema) withNumber(key string, c quality.Cell) []FieldResult {
	whole := []FieldResult{{key, s.ParseCell(key, c)}}
	is := quality.IsPhone
	if key == "bank" {
		is = quality.IsAccount
	}
	name, number := quality.Cut(c, is)
	if number.Text == "" {
		return whole
	}
	first := s.ParseCell(key, name)
	switch {
	case !first.Canonical():
		return whole
	case key == "bank":
		return []FieldResult{{key, first}, {"bank_account", s.ParseCell("bank_account", number)}}
	}
	return append([]FieldResult{{key, first}}, tel(ColumnTel, number)...)
}

// FieldResult is one value that a cell holds.
type FieldResult struct {
	Field  string
	Result quality.Result
}

// tel sends each number to the field of its kind. A bad one, and one abroad that
// does not show its kind, goes where the column says.
func tel(key string, c quality.Cell) []FieldResult {
	var out []FieldResult
	for _, n := range quality.Phones(c) {
		field := "phone"
		if n.Mobile {
			field = "mobile"
		}
		if key != ColumnTel && (n.Result.Status == quality.Bad || n.Abroad) {
			field = key
		}
		i := slices.IndexFunc(out, func(r FieldResult) bool { return r.Field == field })
		if i < 0 || n.Result.Status > quality.Fixed || out[i].Result.Status > quality.Fixed {
			out = append(out, FieldResult{field, n.Result})
			continue
		}
		out[i].Result.Value += quality.Join + n.Result.Value // of one kind: one value
		out[i].Result.Status = quality.Fixed
	}
	return out
}

func address(key string, c quality.Cell) []FieldResult {
	p, r := quality.Address(c)
	var out []FieldResult
	for _, f := range []struct{ id, value string }{
		{"province", p.Province}, {"city", p.City}, {"district", p.District}, {"address", p.Detail},
	} {
		if f.value == "" {
			continue
		}
		x := r
		x.Value = f.value
		if f.id == "address" && (key == ColumnRegion || x.Code == "place_ambiguous") {
			if key == ColumnRegion { // no street in a region: what is left was not understood
				x.Status, x.Code = quality.Doubt, "place_unknown"
			} else {
				x.Status, x.Code = quality.Fixed, ""
			}
		}
		out = append(out, FieldResult{f.id, x})
	}
	return out
}

// idCode tells credit codes and identity numbers apart by their check
// characters, and what is neither by the kind of customer and by letters.
func idCode(c quality.Cell, kind Kind) []FieldResult {
	u, n := quality.USCC(c), quality.IDNumber(c)
	switch {
	case u.Status != quality.Bad && n.Status != quality.Bad && kind == KindPerson:
		return []FieldResult{{"id_number", n}}
	case u.Status != quality.Bad:
		return []FieldResult{{"uscc", u}}
	case n.Status != quality.Bad:
		return []FieldResult{{"id_number", n}}
	case kind == KindPerson, kind == KindUnknown && strings.Trim(n.Value, "0123456789Xx -") == "":
		return []FieldResult{{"id_number", n}}
	}
	return []FieldResult{{"uscc", u}}
}

// BlindForm gives the text of which a blind token is made (LO2, LO5): the
// digits of a number. It is empty for a field without a blind class and for a
// value that is not canonical.
func (s *Schema) BlindForm(field, canonical string) string {
	f, ok := s.Field(field)
	if !ok || f.BlindClass == "" {
		return ""
	}
	r := s.Parse(field, canonical)
	if !r.Canonical() {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if c < '0' || c > '9' {
			return -1
		}
		return c
	}, r.Value)
}
