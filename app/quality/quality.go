// Package quality brings values of Chinese customer data to their canonical
// form and says how sure it is. It is pure: no I/O, no clock, no state that a
// caller can see. It never invents a character that the cell does not prove,
// and it knows nothing about fields; app/schema binds its functions to them.
package quality

// Status says what became of a value.
type Status uint8

// The four outcomes of a normaliser.
const (
	// OK: the text was in canonical form already (or empty).
	OK Status = iota
	// Fixed: the text was brought to canonical form and nothing is doubtful.
	Fixed
	// Doubt: Value can be used, but a person should look at it; Code says why.
	Doubt
	// Bad: the text has no canonical form; Value is the text as typed, without
	// outer blanks and invisible characters, to be kept and marked.
	Bad
)

// String gives the word used in reports: ok, fixed, doubt, bad.
func (s Status) String() string {
	switch s {
	case OK:
		return "ok"
	case Fixed:
		return "fixed"
	case Doubt:
		return "doubt"
	case Bad:
		return "bad"
	}
	return "unknown"
}

// Result is what a normaliser makes of one value. Value is empty exactly when
// the cell says nothing. Code is empty or [a-z_]{1,32} (fit for the flag of a
// provenance record, PO6) and set for every Doubt and Bad. Notes are codes of
// repairs that were made, at most a few.
type Result struct {
	Value  string
	Status Status
	Code   string
	Notes  []string
}

// Canonical says whether Value is in canonical form and may be matched on:
// not empty, not Bad.
func (r Result) Canonical() bool { return r.Value != "" && r.Status != Bad }

// Flagged says whether a person should look at the value.
func (r Result) Flagged() bool { return r.Status == Doubt || r.Status == Bad }

// Cell is the content of a cell. Number marks a cell that the file stores as a
// number: Text is then its shortest decimal, dates are serials of the 1900
// system, and long digit strings have lost precision.
type Cell struct {
	Text   string
	Number bool
}

// Text makes a Cell of typed text.
func Text(s string) Cell { return Cell{Text: s} }

// finish chooses between OK and Fixed by comparing with what was typed.
func finish(raw, value string, notes []string) Result {
	if raw == value {
		return Result{Value: value}
	}
	if len(value) <= 24 && Empty(value) { // "--\n-" is no value either
		value = ""
	}
	return Result{Value: value, Status: Fixed, Notes: notes}
}

func doubt(value, code string, notes []string) Result {
	return Result{Value: value, Status: Doubt, Code: code, Notes: notes}
}

func bad(raw, code string) Result {
	return Result{Value: typed(raw), Status: Bad, Code: code}
}
