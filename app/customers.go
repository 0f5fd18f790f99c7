package app

// FieldView describes one field of the schema to the window.
type FieldView struct {
	ID        string   `json:"id"`
	Section   string   `json:"section"`
	NameZH    string   `json:"nameZh"`
	NameEN    string   `json:"nameEn"`
	Type      string   `json:"type"`
	Options   []string `json:"options"`
	OptionsEN []string `json:"optionsEn"`
	Sealed    bool     `json:"sealed"`
	// Writable is false where the member's role may only read.
	Writable bool `json:"writable"`
	Readable bool `json:"readable"`
}

// SectionView describes one section and what the member may do in it.
type SectionView struct {
	ID     string `json:"id"`
	NameZH string `json:"nameZh"`
	NameEN string `json:"nameEn"`
	Sealed bool   `json:"sealed"`
	// Keeper is the department that keeps the section; empty for none.
	Keeper string `json:"keeper"`
	// Level is none, masked, read, append or write.
	Level string `json:"level"`
}

// SchemaReply is the order in which cards, columns and forms show fields.
type SchemaReply struct {
	Sections []SectionView `json:"sections"`
	Fields   []FieldView   `json:"fields"`
}

// Filter is one condition; all of a request's must hold.
type Filter struct {
	Field string `json:"field"`
	// Op is is, not, contains, starts, empty, filled, before, after, min, max,
	// last4 (sealed phone) or conflict (field "*": any).
	Op     string   `json:"op"`
	Values []string `json:"values"`
}

// ListRequest asks for one page of the list.
type ListRequest struct {
	Text    string   `json:"text"`
	Filters []Filter `json:"filters"`
	// Sort is a field id, or "created" or "changed"; Desc turns it round.
	Sort string `json:"sort"`
	Desc bool   `json:"desc"`
	// Fields are the columns wanted.
	Fields []string `json:"fields"`
	Offset int      `json:"offset"`
	// Limit is at most 500.
	Limit int `json:"limit"`
	// Batch shows the customers of one import only; Deleted the recycle bin.
	Batch   string `json:"batch"`
	Deleted bool   `json:"deleted"`
}

// Cell is one value as the list shows it.
type Cell struct {
	// Text is the value as people read it; for a sealed one its masked form.
	Text   string `json:"text"`
	Sealed bool   `json:"sealed"`
	// Conflicts is how many other values stand beside this one.
	Conflicts int `json:"conflicts"`
	// Flag is a quality code to look at, or empty.
	Flag string `json:"flag"`
}

// Row is one customer in the list; Cells follow the request's Fields.
type Row struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Person    bool   `json:"person"`
	Conflicts int    `json:"conflicts"`
	Flags     int    `json:"flags"`
	Pending   bool   `json:"pending"`
	Cells     []Cell `json:"cells"`
}

// ListReply is one page and the exact count of the whole query.
type ListReply struct {
	Total int   `json:"total"`
	Rows  []Row `json:"rows"`
	// Millis is what the query took in Go.
	Millis float64 `json:"millis"`
	// Revision rises with every change of the book.
	Revision int64 `json:"revision"`
}

// Author is who wrote something, where and when.
type Author struct {
	MemberID   string `json:"memberId"`
	Member     string `json:"member"`
	Department string `json:"department"`
	Device     string `json:"device"`
	// At is the device's own time, Arrived the relay's; RFC 3339, empty if none.
	At      string `json:"at"`
	Arrived string `json:"arrived"`
	// Me is true for the member at this desk.
	Me bool `json:"me"`
}

// Source is the cell of a file that a value came from.
type Source struct {
	Batch string `json:"batch"`
	File  string `json:"file"`
	Sheet string `json:"sheet"`
	Row   int    `json:"row"`
}

// ValueView is one value of one field on the card.
type ValueView struct {
	Field string `json:"field"`
	// Text is for reading, Raw for editing; Raw is empty for a sealed value
	// until it was revealed.
	Text   string `json:"text"`
	Raw    string `json:"raw"`
	Sealed bool   `json:"sealed"`
	// State is ok, empty, masked, unreadable (sealed, no key) or waiting (its
	// salt has not arrived).
	State  string  `json:"state"`
	Flag   string  `json:"flag"`
	Others int     `json:"others"`
	Author *Author `json:"author"`
	Source *Source `json:"source"`
}

// CustomerView is one customer's card.
type CustomerView struct {
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Person     bool        `json:"person"`
	Owner      string      `json:"owner"`
	Department string      `json:"department"`
	Stage      string      `json:"stage"`
	Deleted    bool        `json:"deleted"`
	Pending    bool        `json:"pending"`
	Values     []ValueView `json:"values"`
	Conflicts  []string    `json:"conflicts"`
	Tags       []string    `json:"tags"`
	// Differs names the fields that are otherwise today, when it is the past
	// that is shown; sealed ones by what they hold, not by their masks.
	Differs  []string `json:"differs"`
	Revision int64    `json:"revision"`
}

// FieldValue is a field and the text a person typed for it.
type FieldValue struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// SetRequest writes values of one customer; an empty text clears.
type SetRequest struct {
	ID     string       `json:"id"`
	Values []FieldValue `json:"values"`
}

// SetReply is sent after the change is on disk.
type SetReply struct {
	ID string `json:"id"`
	// Change names the change, to undo only this one; empty if nothing differed.
	Change string      `json:"change"`
	Values []ValueView `json:"values"`
}

// NewRequest makes a customer.
type NewRequest struct {
	Values []FieldValue `json:"values"`
}

// CheckRequest normalises what is being typed, without writing.
type CheckRequest struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// CheckReply is how the text would be kept, and what to look at.
type CheckReply struct {
	Text   string   `json:"text"`
	Flag   string   `json:"flag"`
	Exists []string `json:"exists"`
}

// RevealRequest shows sealed values of one customer.
type RevealRequest struct {
	ID     string   `json:"id"`
	Fields []string `json:"fields"`
	// Change shows them as they stood right after a change; empty for today.
	Change string `json:"change"`
}

// RevealReply holds them until the window masks them again.
type RevealReply struct {
	Values []ValueView `json:"values"`
	// Seconds until the window must mask them.
	Seconds int `json:"seconds"`
}

// SearchHit is one line of the palette.
type SearchHit struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Detail  string `json:"detail"`
	Matched string `json:"matched"`
}

// SearchReply is what the palette shows, best first.
type SearchReply struct {
	Total int         `json:"total"`
	Hits  []SearchHit `json:"hits"`
}

// ExportRequest writes a file of the customers that a list shows.
type ExportRequest struct {
	// Format is xlsx, csv or json.
	Format string `json:"format"`
	// List picks customers and columns; its offset and limit do not count.
	List   ListRequest `json:"list"`
	Sealed bool        `json:"sealed"`
}

// FileReply names a file that was written; Count is customers or rows.
type FileReply struct {
	Path  string `json:"path"`
	Count int    `json:"count"`
}
