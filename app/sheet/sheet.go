// Package sheet takes spreadsheets into import plans and customers out into
// spreadsheets. Files of others are read in a limited child process, so that a
// hostile one can end only that; nothing of them reaches the disk in plain
// text. It knows no documents and no index: the caller answers Lookup, keeps
// the rows of a plan behind PlanStore and writes what Writes hands over.
//
// Which rows are the same customer is decided by rules IM1-IM9 of
// docs/spec/import.md; match.go carries them out.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// Reason says in one word why a file was refused or reading ended; the window
// and tongcectl have the sentences.
type Reason string

// The reasons.
const (
	ReasonXLS         Reason = "xls_save_as_xlsx"  // the binary format of before 2007
	ReasonXLSB        Reason = "xlsb_save_as_xlsx" // the binary format of after 2007
	ReasonODS         Reason = "ods_save_as_xlsx"
	ReasonPassword    Reason = "password"         // encrypted
	ReasonTooBig      Reason = "too_big"          // the file itself
	ReasonUnpacked    Reason = "too_big_unpacked" // what the file holds
	ReasonNoSheets    Reason = "no_sheets"
	ReasonDamaged     Reason = "damaged"
	ReasonEmpty       Reason = "empty"
	ReasonNotTable    Reason = "not_a_table"
	ReasonHTML        Reason = "html_table"   // a web page or old XML under the name of a workbook
	ReasonTooWide     Reason = "too_wide"     // more than MaxColumns columns
	ReasonLongRow     Reason = "row_too_long" // a record that does not end within maxRecord bytes
	ReasonMemory      Reason = "too_much_memory"
	ReasonTimeout     Reason = "no_progress"
	ReasonNoSuchSheet Reason = "no_such_sheet"
	ReasonUnreadable  Reason = "unreadable" // the operating system would not give the bytes
)

// Error is a refusal. It holds no content of the file.
type Error struct {
	Reason Reason
	File   string // name without folder
	Row    int    // where reading ended, 0 when that says nothing
}

func (e *Error) Error() string {
	if e.Row > 0 {
		return fmt.Sprintf("read sheet: %s at row %d", e.Reason, e.Row)
	}
	return "read sheet: " + string(e.Reason)
}

// Is lets errors.Is compare by reason alone.
func (e *Error) Is(target error) bool {
	var t *Error
	return errors.As(target, &t) && t.Reason == e.Reason
}

func refuse(r Reason) error { return &Error{Reason: r} }

// ErrNoRow is returned for a row index or a field that the plan does not have.
var ErrNoRow = errors.New("sheet: no such row in the plan")

// ErrNoUndo is returned by UndoFix when no fix is left to take back.
var ErrNoUndo = errors.New("sheet: nothing to take back")

// MaxColumns is how many columns of a sheet are read.
const MaxColumns = 1000

// Limits bound what one file may cost.
type Limits struct {
	File     int64 // bytes of the file
	Unpacked int64 // bytes of all parts of a workbook together
	Memory   int64 // resident bytes of the child
	Seconds  int   // without progress
}

// DefaultLimits are 200 MB, 300 MB unpacked, 900 MB resident and 8 seconds:
// below the 1 GB and 10 s that a hostile file may take at most.
func DefaultLimits() Limits {
	return Limits{File: 200 << 20, Unpacked: 300 << 20, Memory: 900 << 20, Seconds: 8}
}

// Source is a file to be read. Exactly one of Path and Bytes is used; Name is
// what a person calls it, without its folder.
type Source struct {
	Name  string
	Path  string
	Bytes []byte
}

func (s Source) open() (io.ReadCloser, error) {
	if s.Path == "" {
		return nil, nil //nolint:nilnil // bytes in memory travel by pipe
	}
	f, err := os.Open(s.Path)
	if err != nil {
		return nil, &Error{Reason: ReasonUnreadable, File: s.Name}
	}
	return f, nil
}

// CellKind says what a cell holds.
type CellKind uint8

// The kinds of cells. An error of a formula is an empty cell.
const (
	CellEmpty CellKind = iota
	CellText
	CellNumber // Text is the shortest decimal
	CellDate   // Text is 2006-01-02, 15:04:05 or both
	CellBool   // Text is TRUE or FALSE
)

// Cell is one cell as a person sees it.
type Cell struct {
	Text string
	Kind CellKind
	// Filled marks a value that comes from a merged cell above; Formula one
	// that was calculated.
	Filled, Formula bool
	// Span is how many columns a merged cell covers, 0 or 1 when one.
	Span int
}

// Row is one row that is not blank. Number counts from 1 as a spreadsheet
// shows it, for CSV it is the number of the record. Cells end with the last
// one that holds something.
type Row struct {
	Number int
	Hidden bool
	Cells  []Cell
}

// Header is where the header of a sheet stands, counted from 1; 0, 0 for none.
type Header struct {
	From int `json:"from"`
	To   int `json:"to"`
}

// Guess says what a sheet seems to hold.
type Guess string

// The guesses.
const (
	GuessCustomers  Guess = "customers"
	GuessNone       Guess = "none"
	GuessPivot      Guess = "pivot"
	GuessDictionary Guess = "dictionary"
	GuessEmpty      Guess = "empty"
	GuessUnsure     Guess = "unsure" // a table, but a person has to name its columns
)

// Report is what Inspect finds in a file.
type Report struct {
	File string `json:"file"`
	// Format is xlsx or csv.
	Format string `json:"format"`
	// Digest is the SHA-256 of the file in hex: the same file again.
	Digest string `json:"digest"`
	// Encoding and Separator are set for CSV: utf-8, utf-8-bom, utf-16le,
	// utf-16be, gb18030, big5; one of , ; | and tab.
	Encoding  string `json:"encoding"`
	Separator string `json:"separator"`
	Sheets    []Info `json:"sheets"`
}

// Info describes one sheet.
type Info struct {
	Index  int    `json:"index"`
	Name   string `json:"name"`
	Hidden bool   `json:"hidden"`
	Guess  Guess  `json:"guess"`
	Header Header `json:"header"`
	// DataRows are the rows that should become records, Rows those not blank.
	DataRows int `json:"dataRows"`
	Rows     int `json:"rows"`
	LastRow  int `json:"lastRow"`
	// Columns have their values from data rows.
	Columns []ColumnInfo `json:"columns"`
}

// ColumnInfo describes one column below its header.
type ColumnInfo struct {
	Col    int    `json:"col"` // from 0
	Header string `json:"header"`
	Hidden bool   `json:"hidden"`
	Filled int    `json:"filled"` // cells that are not empty
	// Samples are distinct values, the first ones and some from further down.
	Samples []Sample `json:"samples"`
	// Options are the distinct values with their counts, most frequent first;
	// nil when there are more than 100.
	Options []OptionCount `json:"options"`
}

// Letter gives the name of the column: A, B, AA.
func (c ColumnInfo) Letter() string { return columnName(c.Col) }

// Sample is a value of a column.
type Sample struct {
	Text   string `json:"text"`
	Number bool   `json:"number"`
}

// OptionCount is a spelling and how often it occurs.
type OptionCount struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
}

// RowKind says what a row of a sheet is.
type RowKind string

// The kinds of rows. Blank rows are never handed over.
const (
	RowTitle  RowKind = "title"
	RowNote   RowKind = "note"
	RowHeader RowKind = "header"
	RowData   RowKind = "data"
	RowTotal  RowKind = "total"
)

func columnName(i int) string {
	var b []byte
	for i++; i > 0; i = (i - 1) / 26 {
		b = append([]byte{byte('A' + (i-1)%26)}, b...)
	}
	return string(b)
}
