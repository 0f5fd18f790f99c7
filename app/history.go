package app

// HistoryRequest asks for a customer's past, newest first.
type HistoryRequest struct {
	ID string `json:"id"`
	// Field narrows to one field; empty for all.
	Field  string `json:"field"`
	Offset int    `json:"offset"`
	Limit  int    `json:"limit"`
}

// HistoryValue is one field that an act changed. Sealed ones stay masked.
type HistoryValue struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
	Sealed bool   `json:"sealed"`
}

// HistoryEntry is one act: an edit, an import row, a decision, an undo.
type HistoryEntry struct {
	Change string `json:"change"`
	Author Author `json:"author"`
	// Cause is edit, create, import, resolve, undo, restore, delete...
	Cause   string         `json:"cause"`
	Source  *Source        `json:"source"`
	Values  []HistoryValue `json:"values"`
	Pending bool           `json:"pending"`
	// Concurrent is true when somebody else wrote one of these fields apart.
	Concurrent bool `json:"concurrent"`
	// Hidden counts values of sections that the member may not read.
	Hidden int `json:"hidden"`
}

// HistoryReply is one page of the past.
type HistoryReply struct {
	Total   int            `json:"total"`
	Entries []HistoryEntry `json:"entries"`
}

// AtRequest asks how a customer stood right after one change.
type AtRequest struct {
	ID     string `json:"id"`
	Change string `json:"change"`
}

// RestoreRequest writes old values again as a new change.
type RestoreRequest struct {
	ID     string   `json:"id"`
	Change string   `json:"change"`
	Fields []string `json:"fields"`
	// Undo restores what stood before the change, not what it wrote.
	Undo bool `json:"undo"`
}
