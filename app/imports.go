package app

// ImportSheet is one sheet of an opened file.
type ImportSheet struct {
	Index int    `json:"index"`
	File  string `json:"file"`
	Name  string `json:"name"`
	Rows  int    `json:"rows"`
	// Guess is customers, none, pivot, dictionary, empty or unsure.
	Guess    string `json:"guess"`
	Hidden   bool   `json:"hidden"`
	Chosen   bool   `json:"chosen"`
	Encoding string `json:"encoding"`
	// HeaderFrom and HeaderTo are rows counted from 1; 0 for no header.
	HeaderFrom int `json:"headerFrom"`
	HeaderTo   int `json:"headerTo"`
	LastRow    int `json:"lastRow"`
}

// ImportView is where an import stands. Nothing is written before writing.
type ImportView struct {
	Job string `json:"job"`
	// Phase is reading, sheets, columns, planning, check, matches, writing,
	// paused, done, undone or failed.
	Phase  string        `json:"phase"`
	Files  []string      `json:"files"`
	Sheets []ImportSheet `json:"sheets"`
	// Done of Total rows, while reading, planning and writing.
	Done   int          `json:"done"`
	Total  int          `json:"total"`
	Counts ImportCounts `json:"counts"`
	Batch  string       `json:"batch"`
	// Repairs is how many were made in the plan; a change of sheets or columns
	// drops them.
	Repairs int `json:"repairs"`
	// Before is when the same file was imported earlier; RFC 3339 or empty.
	Before string  `json:"before"`
	Millis float64 `json:"millis"`
	// Error is the wire code of what stopped it, or empty.
	Error string `json:"error"`
}

// ImportCounts adds up a plan or a result.
type ImportCounts struct {
	New     int `json:"new"`
	Updated int `json:"updated"`
	Same    int `json:"same"`
	Merged  int `json:"merged"`
	Review  int `json:"review"`
	// NewReview are those of Review that are new, and so written as such.
	NewReview int `json:"newReview"`
	Wrong     int `json:"wrong"`
	Tidied    int `json:"tidied"`
	// Filled and Changed are values of updated customers: those that were empty
	// before, and those that were not.
	Filled  int `json:"filled"`
	Changed int `json:"changed"`
}

// SheetRequest asks for raw rows of one sheet, or sets its header.
type SheetRequest struct {
	Job        string `json:"job"`
	Sheet      int    `json:"sheet"`
	Offset     int    `json:"offset"`
	Limit      int    `json:"limit"`
	Chosen     bool   `json:"chosen"`
	HeaderFrom int    `json:"headerFrom"`
	HeaderTo   int    `json:"headerTo"`
}

// RawRow is one row as the file has it.
type RawRow struct {
	Row int `json:"row"`
	// Kind is title, note, header, data, blank or total.
	Kind   string   `json:"kind"`
	Hidden bool     `json:"hidden"`
	Cells  []string `json:"cells"`
}

// RawRowsReply is one page of a sheet.
type RawRowsReply struct {
	Columns []string `json:"columns"`
	Rows    []RawRow `json:"rows"`
}

// ImportColumn is one column and where it goes.
type ImportColumn struct {
	Sheet int `json:"sheet"`
	// Sheets are all in which the same column goes to the same place; the first
	// is Sheet. What is said of it holds for all.
	Sheets  []int    `json:"sheets"`
	Column  string   `json:"column"`
	Header  string   `json:"header"`
	Samples []string `json:"samples"`
	// Field is a field id, a composite key such as tel, or empty to leave out.
	Field string `json:"field"`
	// Reason is name, alias, content, similar, remembered, chosen, rownumber or none.
	Reason string `json:"reason"`
	// Look is true when a person should look at it.
	Look    bool           `json:"look"`
	Written string         `json:"written"`
	Options []ImportOption `json:"options"`
}

// ImportOption is one spelling of a choice and what it equals.
type ImportOption struct {
	Text  string `json:"text"`
	Count int    `json:"count"`
	Value string `json:"value"`
}

// ColumnsReply is the mapping step.
type ColumnsReply struct {
	Columns []ImportColumn `json:"columns"`
	Targets []string       `json:"targets"`
}

// MapRequest sends a column elsewhere.
type MapRequest struct {
	Job    string `json:"job"`
	Sheet  int    `json:"sheet"`
	Column string `json:"column"`
	Field  string `json:"field"`
}

// OptionRequest says what a spelling equals.
type OptionRequest struct {
	Job    string `json:"job"`
	Sheet  int    `json:"sheet"`
	Column string `json:"column"`
	Text   string `json:"text"`
	Value  string `json:"value"`
}

// PlanRequest asks for rows of the plan: kind is all, problems, new, updated,
// same, merged; Cause narrows to one kind of problem.
type PlanRequest struct {
	Job    string `json:"job"`
	Kind   string `json:"kind"`
	Cause  string `json:"cause"`
	Offset int    `json:"offset"`
	Limit  int    `json:"limit"`
}

// PlanCell is one cell of the plan.
type PlanCell struct {
	Field string `json:"field"`
	Text  string `json:"text"`
	Raw   string `json:"raw"`
	// Old is what the customer has now; Changed says that writing would change it.
	Old     string `json:"old"`
	Changed bool   `json:"changed"`
	// Status is ok, tidied, look or wrong; Kept says that a person left it at that.
	Status  string `json:"status"`
	Code    string `json:"code"`
	Suggest string `json:"suggest"`
	// Alike is how many cells have the same problem and the same remedy.
	Alike  int  `json:"alike"`
	Kept   bool `json:"kept"`
	Sealed bool `json:"sealed"`
}

// PlanRow is one row of the plan.
type PlanRow struct {
	Index int    `json:"index"`
	Sheet int    `json:"sheet"`
	Row   int    `json:"row"`
	Kind  string `json:"kind"`
	// Into is the customer that the row updates.
	Into     string     `json:"into"`
	IntoName string     `json:"intoName"`
	Why      string     `json:"why"`
	Cells    []PlanCell `json:"cells"`
	// Joined is the row that a merged one is written with.
	Joined PlanOther `json:"joined"`
	// Review are customers that a new one may be.
	Review []PlanOther `json:"review"`
}

// PlanOther is what a row is compared with: a customer of the book by its id, or
// a row of the same import by its place, which is 0 otherwise.
type PlanOther struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Sheet int    `json:"sheet"`
	Row   int    `json:"row"`
}

// PlanCause counts one kind of problem.
type PlanCause struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Count int    `json:"count"`
	// Rows is how many rows are not written for one of these cells, their own or
	// that of a row that is joined with them.
	Rows int `json:"rows"`
	// Wrong is false for cells that should only be looked at.
	Wrong bool `json:"wrong"`
	// Fixable is true when all can be repaired alike.
	Fixable bool `json:"fixable"`
}

// PlanReply is one page of the plan with its counts.
type PlanReply struct {
	Total  int          `json:"total"`
	Fields []string     `json:"fields"`
	Rows   []PlanRow    `json:"rows"`
	Counts ImportCounts `json:"counts"`
	Causes []PlanCause  `json:"causes"`
	Tidied []PlanCause  `json:"tidied"`
	Undo   bool         `json:"undo"`
}

// FixRequest repairs one cell, or all with the same problem: as the row of Index
// has it or, where Code is not empty, as a PlanCause names it.
type FixRequest struct {
	Job   string `json:"job"`
	Index int    `json:"index"`
	Field string `json:"field"`
	Code  string `json:"code"`
	// Action is text (use Text), suggest, keep (write as it is, marked) or empty.
	Action string `json:"action"`
	Text   string `json:"text"`
	All    bool   `json:"all"`
}

// PastImport is one line of the list of imports.
type PastImport struct {
	Batch  string       `json:"batch"`
	File   string       `json:"file"`
	By     Author       `json:"by"`
	Rows   int          `json:"rows"`
	Counts ImportCounts `json:"counts"`
	Undone bool         `json:"undone"`
	// Open is true for a draft or an interrupted import that can go on.
	Open bool   `json:"open"`
	Job  string `json:"job"`
	// Elsewhere is an import of another computer: its rows are customers, and its
	// counts are not known.
	Elsewhere bool `json:"elsewhere"`
}

// PastReply lists imports, newest first.
type PastReply struct {
	Imports []PastImport `json:"imports"`
}

// UndoRequest asks for the preview of an undo, or carries it out.
type UndoRequest struct {
	Batch string `json:"batch"`
	// Kind of rows wanted: kept, restored or removed. Undo takes redo, to bring
	// the import back.
	Kind   string `json:"kind"`
	Offset int    `json:"offset"`
	Limit  int    `json:"limit"`
	// Force lists customers that are set back although they were edited since.
	Force []string `json:"force"`
}

// UndoRow is what the undo does with one customer.
type UndoRow struct {
	ID string `json:"id"`
	// Sheet is one of the reply's, in which it stands in Row; 0 when not known.
	Sheet int    `json:"sheet"`
	Row   int    `json:"row"`
	Name  string `json:"name"`
	// Kind is removed, restored or kept; Why is edited, merged or denied.
	Kind     string  `json:"kind"`
	Why      string  `json:"why"`
	By       *Author `json:"by"`
	Field    string  `json:"field"`
	Imported string  `json:"imported"`
	Now      string  `json:"now"`
	// MayForce: it is kept, and the member may set it back all the same.
	MayForce bool `json:"mayForce"`
}

// UndoState is how far the undo of an import is.
type UndoState struct {
	Batch string `json:"batch"`
	// Phase is idle, undoing, redoing, stopped, done or failed.
	Phase string `json:"phase"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
	// What is undone, once it is stopped or done.
	Removed  int `json:"removed"`
	Restored int `json:"restored"`
	Kept     int `json:"kept"`
	// Back is how many customers a stopped redo has brought back.
	Back int `json:"back"`
	// Error is the wire code of what stopped it, or empty.
	Error string `json:"error"`
}

// UndoSheet is a sheet that rows of an import came from.
type UndoSheet struct {
	Index int    `json:"index"`
	File  string `json:"file"`
	Name  string `json:"name"`
}

// UndoReply is the preview of an undo.
type UndoReply struct {
	Batch    string `json:"batch"`
	File     string `json:"file"`
	Removed  int    `json:"removed"`
	Restored int    `json:"restored"`
	Kept     int    `json:"kept"`
	Total    int    `json:"total"`
	// Sheets are all that were imported, not only those of Rows.
	Sheets []UndoSheet `json:"sheets"`
	Rows   []UndoRow   `json:"rows"`
	// Denied is true when the member may not undo this batch.
	Denied bool `json:"denied"`
}

// PickReply is what was chosen in the host's file dialog.
type PickReply struct {
	Paths []string `json:"paths"`
}

// FileRequest adds a file to an import that has not been written yet.
type FileRequest struct {
	Job  string `json:"job"`
	Path string `json:"path"`
}
