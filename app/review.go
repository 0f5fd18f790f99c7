package app

// ConflictItem is one line of the queue of fields with two values.
type ConflictItem struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Field   string   `json:"field"`
	Authors []string `json:"authors"`
	At      string   `json:"at"`
}

// DecidedItem is a conflict somebody settled lately, here or elsewhere.
type DecidedItem struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Field  string `json:"field"`
	Change string `json:"change"`
	By     Author `json:"by"`
	// Used is whose value was taken; empty when another was written.
	Used string `json:"used"`
}

// ConflictsReply is the queue and what was decided lately.
type ConflictsReply struct {
	Total   int            `json:"total"`
	Items   []ConflictItem `json:"items"`
	Decided []DecidedItem  `json:"decided"`
}

// ConflictRequest names one field of one customer.
type ConflictRequest struct {
	ID    string `json:"id"`
	Field string `json:"field"`
}

// ConflictSide is one of the values that stand beside each other.
type ConflictSide struct {
	// Op names the value, for Resolve.
	Op string `json:"op"`
	// Text is masked for a sealed field until it is revealed.
	Text   string  `json:"text"`
	Author Author  `json:"author"`
	Source *Source `json:"source"`
	Flag   string  `json:"flag"`
	// Leads is true for the value that lists show.
	Leads bool `json:"leads"`
	// Along is what the same change wrote beside it.
	Along []HistoryValue `json:"along"`
}

// ConflictView is the card with all values and their authors.
type ConflictView struct {
	ID     string         `json:"id"`
	Name   string         `json:"name"`
	Field  string         `json:"field"`
	Sealed bool           `json:"sealed"`
	Before string         `json:"before"`
	Source *Source        `json:"source"`
	Sides  []ConflictSide `json:"sides"`
	// Why the leading value leads: program (no rule applies).
	Why  string         `json:"why"`
	Past []HistoryEntry `json:"past"`
	// Seconds until the window must mask sealed values again; 0 while masked.
	Seconds int `json:"seconds"`
}

// ResolveRequest settles a conflict: with the side Op, or, when Op is empty,
// with a new text.
type ResolveRequest struct {
	ID    string `json:"id"`
	Field string `json:"field"`
	Op    string `json:"op"`
	Text  string `json:"text"`
}

// RejectedItem is an edit that the book did not take.
type RejectedItem struct {
	ID   string `json:"id"`
	Item string `json:"item"`
	Name string `json:"name"`
	// Code is the word of the protocol for the refusal: field_denied, ...
	Code   string         `json:"code"`
	At     string         `json:"at"`
	Values []HistoryValue `json:"values"`
	// Kept are fields of the same edit that the book took.
	Kept []string `json:"kept"`
}

// RejectedReply is the tray.
type RejectedReply struct {
	Items []RejectedItem `json:"items"`
}
