package index

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tongce/crdt/canon"
)

// ErrQuery means a field, operator or sort that the index does not know.
var ErrQuery = errors.New("unknown field or condition")

// The operators of a Filter.
const (
	OpIs       = "is"
	OpNot      = "not"
	OpContains = "contains"
	OpStarts   = "starts"
	OpEmpty    = "empty"
	OpFilled   = "filled"
	OpBefore   = "before" // date, exclusive
	OpAfter    = "after"  // date, exclusive
	OpMin      = "min"    // amount, inclusive
	OpMax      = "max"    // amount, inclusive
	OpLast4    = "last4"  // of any phone number
	OpConflict = "conflict"
	OpFlagged  = "flagged"
)

// AnyField stands for every field, with OpConflict and OpFlagged.
const AnyField = "*"

// Filter is one condition; several values of one filter are alternatives.
type Filter struct {
	Field  string
	Op     string
	Values []string
}

// Query asks for customers; all conditions must hold.
type Query struct {
	// Text is searched as in Search.
	Text    string
	Filters []Filter
	// Sort is a field's id, ByCreated, ByChanged, or empty for the name.
	Sort   string
	Desc   bool
	Offset int
	// Limit is at most MaxLimit; 0 counts only.
	Limit int
	// Batch keeps to one import's customers; Deleted to the recycle bin.
	Batch   string
	Deleted bool
}

// Page is one page of customers and how many there are in all.
type Page struct {
	Total     int
	Customers []Customer
}

// List gives one page. Rows whose sort value is empty come last in both
// directions.
func (x *Index) List(q Query) (Page, error) {
	matches, rows, err := x.match(q)
	if err != nil {
		return Page{}, err
	}
	defer x.mu.Unlock()
	if q.Desc {
		rows = x.table.turn(rows, q.Sort, x.fieldOf(q.Sort))
	}
	page := Page{Customers: []Customer{}}
	limit := min(q.Limit, MaxLimit)
	for _, row := range rows {
		if !matches(row) {
			continue
		}
		if page.Total >= q.Offset && len(page.Customers) < limit {
			page.Customers = append(page.Customers, x.table.customer(row))
		}
		page.Total++
	}
	return page, nil
}

// IDs gives the ids of all matches in order.
func (x *Index) IDs(q Query) ([]canon.DocID, error) {
	matches, rows, err := x.match(q)
	if err != nil {
		return nil, err
	}
	defer x.mu.Unlock()
	var ids []canon.DocID
	for _, row := range rows {
		if matches(row) {
			ids = append(ids, x.table.ids[row])
		}
	}
	return ids, nil
}

// match prepares a query and, when there is no error, leaves x.mu locked:
// sorting keeps its result in the table, so reading needs the full lock.
func (x *Index) match(q Query) (matches func(uint32) bool, rows []uint32, err error) {
	by := q.Sort
	if by == "" {
		by = "name"
	}
	field := x.fieldOf(by)
	if field < 0 && by != ByCreated && by != ByChanged {
		return nil, nil, fmt.Errorf("sort: %w", ErrQuery)
	}
	if field >= 0 && x.fields[field].Sealed {
		return nil, nil, fmt.Errorf("sort by a sealed field: %w", ErrQuery)
	}
	x.mu.Lock()
	defer func() {
		if err != nil {
			x.mu.Unlock()
		}
	}()
	if x.closed {
		return nil, nil, ErrClosed
	}
	tests := []func(uint32) bool{x.table.inBin(q.Deleted)}
	if q.Batch != "" {
		tests = append(tests, x.table.inBatch(q.Batch))
	}
	for _, f := range q.Filters {
		test, err := x.condition(f)
		if err != nil {
			return nil, nil, err
		}
		tests = append(tests, test)
	}
	if q.Text != "" {
		tests = append(tests, x.textTest(q.Text))
	}
	return x.table.all(tests), x.table.sorted(by, field), nil
}

// all asks every test of every row, in the order in which their texts lie in
// memory and not in that of the list: scattered reads cost several times more.
func (t *table) all(tests []func(uint32) bool) func(uint32) bool {
	hit := make([]bool, len(t.live))
	for row := range hit {
		hit[row] = t.live[row]
		for i := 0; hit[row] && i < len(tests); i++ {
			hit[row] = tests[i](uint32(row))
		}
	}
	return func(row uint32) bool { return hit[row] }
}

func (x *Index) fieldOf(id string) int {
	if i, ok := x.byID[id]; ok {
		return i
	}
	return -1
}

func (t *table) inBin(deleted bool) func(uint32) bool {
	return func(row uint32) bool { return (t.flags[row]&flagDeleted != 0) == deleted }
}

// turn reverses an order but leaves the rows without a value at the end.
func (t *table) turn(rows []uint32, by string, field int) []uint32 {
	full := len(rows)
	if field >= 0 && by != "" {
		for full > 0 && t.cells[field][rows[full-1]] == 0 {
			full--
		}
	}
	out := slices.Clone(rows)
	slices.Reverse(out[:full])
	return out
}

// condition gives the test of one filter. The lock is held.
func (x *Index) condition(f Filter) (func(uint32) bool, error) {
	if f.Field == AnyField || f.Op == OpLast4 {
		return x.rowCondition(f)
	}
	field := x.fieldOf(f.Field)
	if field < 0 {
		return nil, fmt.Errorf("filter: %w", ErrQuery)
	}
	t, column := x.table, x.table.cells[field]
	switch f.Op {
	case OpEmpty:
		return func(row uint32) bool { return column[row] == 0 }, nil
	case OpFilled:
		return func(row uint32) bool { return column[row] != 0 }, nil
	case OpConflict:
		return func(row uint32) bool { return t.marks[cell{row, uint16(field)}].others > 0 }, nil
	case OpFlagged:
		return func(row uint32) bool { return t.marks[cell{row, uint16(field)}].flag != "" }, nil
	}
	if x.fields[field].Sealed {
		if f.Op != OpIs {
			return nil, fmt.Errorf("filter on a sealed field: %w", ErrQuery)
		}
		return x.keyTest(KeyKind(f.Field), f.Values), nil
	}
	holds, err := comparison(f)
	if err != nil {
		return nil, err
	}
	empty := f.Op == OpNot // "not X" includes customers without a value
	if x.fields[field].Kind == Choice {
		return x.table.choiceTest(field, holds, empty), nil
	}
	return func(row uint32) bool {
		if column[row] == 0 {
			return empty
		}
		return holds(t.arena.get(column[row]))
	}, nil
}

// choiceTest decides each spelling once and then compares references only.
func (t *table) choiceTest(field int, holds func([]byte) bool, empty bool) func(uint32) bool {
	column, yes := t.cells[field], map[ref]bool{0: empty}
	for text, r := range t.choice[field] {
		if r != 0 {
			yes[r] = holds([]byte(text))
		}
	}
	return func(row uint32) bool { return yes[column[row]] }
}

func (x *Index) rowCondition(f Filter) (func(uint32) bool, error) {
	t := x.table
	switch f.Op {
	case OpConflict:
		return func(row uint32) bool { return t.marked[row].conflicts > 0 }, nil
	case OpFlagged:
		return func(row uint32) bool { return t.marked[row].flags > 0 }, nil
	case OpLast4:
		return x.keyTest(ByLast4, f.Values), nil
	}
	return nil, fmt.Errorf("filter: %w", ErrQuery)
}

func (x *Index) keyTest(kind KeyKind, values []string) func(uint32) bool {
	in := map[uint32]struct{}{}
	for _, v := range values {
		for _, row := range x.table.withKey(x.KeyOf(kind, v)) {
			in[row] = struct{}{}
		}
	}
	return func(row uint32) bool { _, ok := in[row]; return ok }
}

// comparison gives the test of a filter's values against one text.
func comparison(f Filter) (func([]byte) bool, error) {
	if len(f.Values) == 0 {
		return nil, fmt.Errorf("filter without a value: %w", ErrQuery)
	}
	first := f.Values[0]
	switch f.Op {
	case OpIs:
		return func(b []byte) bool { return slices.Contains(f.Values, string(b)) }, nil
	case OpNot:
		return func(b []byte) bool { return !slices.Contains(f.Values, string(b)) }, nil
	case OpContains:
		folded := []byte(fold(first))
		return func(b []byte) bool { return bytes.Contains(folds(b), folded) }, nil
	case OpStarts:
		folded := []byte(fold(first))
		return func(b []byte) bool { return bytes.HasPrefix(folds(b), folded) }, nil
	case OpBefore:
		return func(b []byte) bool { return string(b) < first }, nil
	case OpAfter:
		return func(b []byte) bool { return string(b) > first }, nil
	case OpMin:
		low := amount(first)
		return func(b []byte) bool { return amount(string(b)) >= low }, nil
	case OpMax:
		high := amount(first)
		return func(b []byte) bool { return amount(string(b)) <= high }, nil
	}
	return nil, fmt.Errorf("filter: %w", ErrQuery)
}

// textTest finds a text in the search text, or digits as a phone number: four
// as its end, more as the whole. The lock is held.
func (x *Index) textTest(text string) func(uint32) bool {
	t, folded := x.table, []byte(fold(text))
	inText := func(row uint32) bool { return bytes.Contains(t.arena.get(t.search[row]), folded) }
	digits := digitsOf(text)
	if len(digits) < 4 {
		return inText
	}
	kind := ByPhone
	if len(digits) == 4 {
		kind = ByLast4
	}
	byNumber := x.keyTest(kind, []string{digits})
	return func(row uint32) bool { return byNumber(row) || inText(row) }
}

// digitsOf gives the digits of a text that is a number as people write one, or
// nothing if it holds anything else.
func digitsOf(s string) string {
	var b strings.Builder
	for _, r := range fold(s) {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r != '-' && r != '(' && r != ')' && r != '+':
			return ""
		}
	}
	return b.String()
}
