// Package schema holds the fields of a customer, their sections, options and
// the headers people give them, and binds each field to the normaliser and the
// show form of its type. It does no I/O and decides no right; the default
// schema is compiled in.
package schema

import "tongce/app/quality"

// Type says how a field's values are normalised and shown.
type Type string

// The types of fields; the words stand in the charter's field statements.
const (
	TypeName      Type = "name"     // company, or person as a customer
	TypePerson    Type = "person"   // a person's name
	TypeText      Type = "text"     // as written
	TypeLong      Type = "long"     // shared text, several people write at once
	TypeMobile    Type = "mobile"   // 11 digits
	TypePhone     Type = "phone"    // landline
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

// The mask rules of SE7.
const (
	MaskNone     = ""
	MaskPhone    = "phone"    // 3+4
	MaskIdentity = "identity" // 4+4
	MaskBank     = "bank"     // 0+4
	MaskEmail    = "email"    // first character and domain
	MaskName     = "name"     // first character
)

// BlindPhone is the one blind class of the default schema (LO2).
const BlindPhone = "phone"

// Option is one value of a choice field.
type Option struct {
	Value, NameEN string
	Aliases       []string
}

// Field describes one field. MaskRule and BlindClass are empty where there is
// none; Sealed repeats the section's.
type Field struct {
	ID, Section, NameZH, NameEN string
	Type                        Type
	Aliases                     []string
	Options                     []Option
	MaskRule, BlindClass        string
	Sealed                      bool
}

// Section is a named group of fields.
type Section struct {
	ID, NameZH, NameEN string
	Sealed             bool
	Fields             []string
}

// FieldResult is one value that a composite column holds.
type FieldResult struct {
	Field  string
	Result quality.Result
}
