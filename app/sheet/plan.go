package sheet

import (
	"context"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"tongce/app/quality"
	"tongce/app/schema"
)

// Record is one entry of a PlanStore. A nil Value deletes.
type Record struct{ Key, Value []byte }

// PlanStore keeps the rows of one plan, encrypted, on disk. Keys are up to nine
// bytes long; Scan goes in their order. Values hold customer data.
type PlanStore interface {
	Put(ctx context.Context, records []Record) error
	// Get gives a value for each key, nil for one that is not there.
	Get(ctx context.Context, keys [][]byte) ([][]byte, error)
	// Scan hands over slices that are good until fn returns.
	Scan(ctx context.Context, prefix []byte, fn func(key, value []byte) error) error
}

// Kind says what writing a row would do.
type Kind uint8

// The kinds of rows of a plan.
const (
	KindNew Kind = iota
	KindUpdated
	KindSame
	KindMerged // the same customer as another row of the import
	KindWrong  // will not be written, or is the same customer as one that will not
)

// String gives the word of the window and of tongcectl.
func (k Kind) String() string {
	return [...]string{"new", "updated", "same", "merged", "wrong"}[min(k, KindWrong)]
}

// Status says what became of a cell.
type Status uint8

// The four statuses of a cell.
const (
	StatusOK     Status = iota
	StatusTidied        // brought to its canonical form
	StatusLook          // usable, a person should look
	StatusWrong         // not readable
)

// String gives the word of the window.
func (s Status) String() string {
	return [...]string{"ok", "tidied", "look", "wrong"}[min(s, StatusWrong)]
}

// PlanCell is one cell of a plan: one field of one row.
type PlanCell struct {
	Field string
	// Value is the canonical form, or the text as typed where there is none.
	Value string
	Raw   string
	// Old is what the customer has now; Changed says that writing would change it.
	Old     string
	Changed bool
	Status  Status
	Code    string
	Notes   []string
	// Suggest is a value that would be right, when there is one.
	Suggest string
	// More are what other rows of this customer have in the field: it is looked up by
	// them too, and they are not written.
	More []string
	// Row is the plan's index of the row that the value comes from, Col its column.
	Row, Col int
	// Kept and Fixed say that a person decided.
	Kept, Fixed bool
	// Alike is how many cells have this problem; filled by Page only.
	Alike int
}

// PlanRow is one row of a plan.
type PlanRow struct {
	Index  int
	Sheet  int
	Number int // of the row in its sheet
	Kind   Kind
	// Leader is the row that this one was merged into, or its own index.
	Leader int
	// Into is the customer that the row updates, with its name, and Why the key
	// that says so: uscc, id_number, name, name_phone, phone or equal.
	Into, IntoName, Why string
	// Review are customers of the book that it may be, or that share a number
	// under another name (IM4, IM7), Beside such rows of the plan.
	Review []string
	Beside []int
	// Known says that the row is known to stand in the customer that it goes into.
	Known bool
	Age   string
	// Cells are what the row says itself; All, where other rows were merged into
	// it, what they say together.
	Cells []PlanCell
	All   []PlanCell
}

// Effective gives the cells that would be written.
func (r *PlanRow) Effective() []PlanCell {
	if r.All != nil {
		return r.All
	}
	return r.Cells
}

// Cell gives the row's own cell of a field.
func (r *PlanRow) Cell(field string) *PlanCell { return cellIn(r.Cells, field) }

func cellIn(cells []PlanCell, field string) *PlanCell {
	for i := range cells {
		if cells[i].Field == field {
			return &cells[i]
		}
	}
	return nil
}

// Options of a plan.
type Options struct {
	// Strict keeps rows with a wrong cell out until it is fixed or kept.
	Strict bool
	// Batch is how many customers Lookup is asked for at a time; 500 when 0.
	Batch int
	// Place names file and sheet of a sheet of the plan; without it rows that
	// were imported before are known by their values alone (IM12).
	Place func(sheet int) Place
}

// Counts adds up a plan. NewReview are those of Review that are also of New.
// Filled and Changed are values of updated customers: those that were empty
// before, and those that were not.
type Counts struct{ New, Updated, Same, Merged, Review, NewReview, Wrong, Tidied, Filled, Changed int }

// Cause counts one kind of problem, or of repair: Count cells, and Rows that will
// not be written for one of them.
type Cause struct {
	Field, Code    string
	Count, Rows    int
	Wrong, Fixable bool
}

// Plan is what an import would do. It holds a few words per row in memory and
// the rows themselves in its store. It is not safe for use by many goroutines.
type Plan struct {
	store  PlanStore
	lookup Lookup
	schema *schema.Schema
	opt    Options

	rows    []rowMeta
	keys    []rowKeys
	index   map[uint64][]int32
	members map[int32][]int32
	into    map[string]int32
	causes  map[causeKey]*Cause
	tidied  map[causeKey]*Cause
	counts  Counts
	fields  map[string]bool
	undos   []uint32
	saved   map[int]bool // rows whose former state the running fix has kept
	fixing  bool
}

// NewPlan begins a plan in an empty store.
func NewPlan(store PlanStore, lookup Lookup, s *schema.Schema, opt Options) *Plan {
	if opt.Batch <= 0 {
		opt.Batch = 500
	}
	p := &Plan{store: store, lookup: lookup, schema: s, opt: opt}
	p.reset()
	return p
}

func (p *Plan) reset() {
	p.rows, p.keys = nil, nil
	p.index, p.members, p.into = map[uint64][]int32{}, map[int32][]int32{}, map[string]int32{}
	p.causes, p.tidied, p.fields = map[causeKey]*Cause{}, map[causeKey]*Cause{}, map[string]bool{}
	p.counts = Counts{}
}

// OpenPlan takes up a plan that was finished earlier.
func OpenPlan(ctx context.Context, store PlanStore, lookup Lookup, s *schema.Schema, opt Options) (*Plan, error) {
	p := NewPlan(store, lookup, s, opt)
	if err := p.load(ctx); err != nil {
		return nil, err
	}
	err := store.Scan(ctx, []byte{'u'}, func(key, _ []byte) error {
		if len(key) != 9 {
			return nil
		}
		seq := binary.BigEndian.Uint32(key[1:])
		if n := len(p.undos); n == 0 || p.undos[n-1] != seq {
			p.undos = append(p.undos, seq)
		}
		return nil
	})
	return p, err
}

// load builds what is in memory from the rows.
func (p *Plan) load(ctx context.Context) error {
	p.reset()
	err := p.store.Scan(ctx, []byte{'r'}, func(_, value []byte) error {
		r, err := decodePlanRow(value)
		if err != nil {
			return err
		}
		if r.Index != len(p.rows) {
			return fmt.Errorf("plan row %d: %w", r.Index, ErrNoRow)
		}
		p.enter(r)
		return nil
	})
	p.hold()
	return err
}

// AddRows reads data rows of a sheet into the plan. Rows that are no data
// (titles, totals, notes) are passed over; Finish has to follow.
func (p *Plan) AddRows(ctx context.Context, m *Mapping, rows []Row) error {
	var out []Record
	parsed, err := p.parseAll(m, rows)
	if err != nil {
		return err
	}
	for _, r := range parsed {
		if r == nil || len(r.Cells) == 0 {
			continue
		}
		r.Index = len(p.rows)
		r.Leader = r.Index
		k := p.keysOf(r.Cells)
		if l, why := p.sameInFile(k, -1); l >= 0 {
			r.Leader, r.Kind, r.Why = int(l), KindMerged, why
		}
		for i := range r.Cells { // as a new customer, which most turn out to be
			r.Cells[i].Row, r.Cells[i].Changed = r.Index, r.Leader == r.Index
		}
		p.enter(r)
		out = append(out, record(r))
	}
	return p.store.Put(ctx, out)
}

// parseAll reads rows on all processors; nil stands for what is no data.
func (p *Plan) parseAll(m *Mapping, rows []Row) ([]*PlanRow, error) {
	out := make([]*PlanRow, len(rows))
	var wg sync.WaitGroup
	var broken atomic.Int64
	size := max(50, len(rows)/runtime.GOMAXPROCS(0)+1)
	for from := 0; from < len(rows); from += size {
		wg.Go(func() {
			at := from
			defer func() {
				if recover() != nil { // text of strangers must not end the program
					broken.Store(int64(rows[at].Number))
				}
			}()
			for i := from; i < min(from+size, len(rows)); i++ {
				at = i
				if m.Sheet.Kind(rows[i]) == RowData {
					out[i] = p.parse(m, rows[i])
				}
			}
		})
	}
	wg.Wait()
	if n := broken.Load(); n > 0 {
		return nil, &Error{Reason: ReasonDamaged, Row: int(n)}
	}
	return out, nil
}

// parse reads the cells of a row by its mapping.
func (p *Plan) parse(m *Mapping, raw Row) *PlanRow {
	r := &PlanRow{Sheet: m.Sheet.Index, Number: raw.Number}
	cell := func(c Column) (Cell, bool) {
		if c.Col >= len(raw.Cells) || raw.Cells[c.Col].Kind == CellEmpty {
			return Cell{}, false
		}
		return raw.Cells[c.Col], true
	}
	kind := schema.KindUnknown
	for _, c := range m.Columns {
		if x, ok := cell(c); ok && c.Key == "name" {
			kind = schema.KindOf(x.Text)
		}
	}
	first, last, part := "", "", -1
	for i, c := range m.Columns {
		x, ok := cell(c)
		if !ok {
			continue
		}
		q := quality.Cell{Text: x.Text, Number: x.Kind == CellNumber}
		switch {
		case c.Part == "first":
			first, part = x.Text, i
			continue
		case c.Part == "last":
			last, part = x.Text, i
			continue
		case c.Key == schema.ColumnUpdatedAt:
			if d := quality.Date(q); d.Canonical() && d.Value > r.Age {
				r.Age = d.Value
			}
			continue
		}
		for _, f := range m.parse(c, q, kind) {
			p.putCell(r, f, x.Text, c.Col)
		}
	}
	if part >= 0 && !quality.Empty(first+last) {
		name := first + " " + last
		if first != "" && first[0] >= 0x80 { // 伟 张 is 张伟
			name = last + first
		}
		c := m.Columns[part]
		for _, f := range m.parse(c, quality.Text(name), kind) {
			p.putCell(r, f, name, c.Col)
		}
	}
	return r
}

// putCell enters one result; of several for one field the first that can be
// read stays. Numbers and addresses are one value together (IM9).
func (p *Plan) putCell(r *PlanRow, f schema.FieldResult, raw string, col int) {
	if f.Result.Value == "" {
		return
	}
	c := PlanCell{Field: f.Field, Value: f.Result.Value, Raw: raw, Status: Status(f.Result.Status), Code: f.Result.Code, Notes: f.Result.Notes, Col: col}
	if c.Status >= StatusLook {
		c.Suggest = suggest(p.schema, c)
	}
	old := cellIn(r.Cells, f.Field)
	switch {
	case old == nil:
		r.Cells = append(r.Cells, c)
	case old.Value == c.Value:
	case several(f.Field):
		beside(old, c)
	case old.Status == StatusWrong && c.Status != StatusWrong:
		c.More = append(old.More, old.Value)
		*old = c
	case !slices.Contains(old.More, c.Value) && len(old.More) < 20:
		old.More = append(old.More, c.Value)
	}
}
