package index

import (
	"slices"

	"tongce/crdt/canon"
)

// table is the customers in memory, column by column. Rows are numbered from
// 0; a dropped customer's number is used again. Not safe for concurrent use;
// Index guards it.
type table struct {
	fields []Field
	arena  arena

	rows    map[canon.DocID]uint32
	ids     []canon.DocID
	live    []bool
	flags   []byte
	created []int64
	changed []int64
	sortKey []ref
	search  []ref
	cells   [][]ref // by field
	marks   map[cell]mark
	marked  []markCount // by row
	batches map[string]map[uint32]struct{}
	keys    map[uint64][]uint32
	keyOf   [][]uint64
	inBatch [][]string

	free   []uint32
	choice []map[string]ref // interned texts of the choice fields
	orders map[string]*order
	waste  int // bytes of the arena that nothing names any more
}

type cell struct {
	row   uint32
	field uint16
}

type mark struct {
	others int
	flag   string
}

type markCount struct{ conflicts, flags uint16 }

func newTable(fields []Field) *table {
	t := &table{
		fields: fields, rows: map[canon.DocID]uint32{}, marks: map[cell]mark{},
		batches: map[string]map[uint32]struct{}{}, keys: map[uint64][]uint32{}, orders: map[string]*order{},
		cells: make([][]ref, len(fields)), choice: make([]map[string]ref, len(fields)),
	}
	for i, f := range fields {
		if f.Kind == Choice {
			t.choice[i] = map[string]ref{}
		}
	}
	return t
}

func (t *table) len() int { return len(t.rows) }

// put adds or replaces a customer.
func (t *table) put(rec record) error {
	parsed, err := parse(rec.data, len(t.fields))
	if err != nil {
		return err
	}
	row, known := t.rows[rec.id]
	if known {
		t.forget(row)
	} else {
		row = t.number()
		t.rows[rec.id], t.ids[row], t.live[row] = row, rec.id, true
	}
	t.flags[row], t.created[row], t.changed[row] = parsed.flags, parsed.created, parsed.changed
	t.sortKey[row], t.search[row] = t.arena.add(parsed.sortKey), t.arena.add(parsed.search)
	for i, v := range parsed.values {
		t.cells[i][row] = t.intern(i, v.text)
		if v.others > 0 || len(v.flag) > 0 {
			t.marks[cell{row, uint16(i)}] = mark{v.others, string(v.flag)}
			t.marked[row].conflicts += uint16(min(v.others, 1))
			t.marked[row].flags += uint16(min(len(v.flag), 1))
		}
	}
	for _, b := range parsed.batches {
		if t.batches[b] == nil {
			t.batches[b] = map[uint32]struct{}{}
		}
		t.batches[b][row] = struct{}{}
	}
	for _, k := range parsed.keys {
		t.keys[k] = append(t.keys[k], row)
	}
	t.inBatch[row], t.keyOf[row] = parsed.batches, parsed.keys
	for _, o := range t.orders {
		o.dirty(row)
	}
	return nil
}

// drop removes a customer, if it is there.
func (t *table) drop(id canon.DocID) {
	row, ok := t.rows[id]
	if !ok {
		return
	}
	t.forget(row)
	delete(t.rows, id)
	t.live[row] = false
	t.free = append(t.free, row)
	for _, o := range t.orders {
		o.dirty(row)
	}
}

// forget takes a row's values back before it is replaced or dropped.
func (t *table) forget(row uint32) {
	for i := range t.cells {
		if t.choice[i] == nil {
			t.waste += len(t.arena.get(t.cells[i][row]))
		}
		t.cells[i][row] = 0
	}
	t.waste += len(t.arena.get(t.sortKey[row])) + len(t.arena.get(t.search[row]))
	if t.marked[row] != (markCount{}) {
		for i := range t.fields {
			delete(t.marks, cell{row, uint16(i)})
		}
		t.marked[row] = markCount{}
	}
	for _, b := range t.inBatch[row] {
		delete(t.batches[b], row)
	}
	for _, k := range t.keyOf[row] {
		rest := slices.DeleteFunc(t.keys[k], func(r uint32) bool { return r == row })
		if len(rest) == 0 {
			delete(t.keys, k)
		} else {
			t.keys[k] = rest
		}
	}
	t.inBatch[row], t.keyOf[row] = nil, nil
}

func (t *table) number() uint32 {
	if n := len(t.free); n > 0 {
		row := t.free[n-1]
		t.free = t.free[:n-1]
		return row
	}
	t.ids, t.live = append(t.ids, canon.DocID{}), append(t.live, false)
	t.flags, t.created, t.changed = append(t.flags, 0), append(t.created, 0), append(t.changed, 0)
	t.sortKey, t.search = append(t.sortKey, 0), append(t.search, 0)
	t.marked, t.keyOf, t.inBatch = append(t.marked, markCount{}), append(t.keyOf, nil), append(t.inBatch, nil)
	for i := range t.cells {
		t.cells[i] = append(t.cells[i], 0)
	}
	return uint32(len(t.ids) - 1)
}

func (t *table) intern(field int, text []byte) ref {
	known := t.choice[field]
	if known == nil {
		return t.arena.add(text)
	}
	if r, ok := known[string(text)]; ok {
		return r
	}
	r := t.arena.add(text)
	known[string(text)] = r
	return r
}

func (t *table) withKey(k Key) []uint32 { return t.keys[keyNumber(k)] }

// compact copies the living texts into a new arena once more than half of the
// old one, and at least 4 MiB, is waste.
func (t *table) compact() {
	if t.waste < 4<<20 || t.waste < t.arena.used/2 {
		return
	}
	old := t.arena
	t.arena, t.waste = arena{}, 0
	for i := range t.choice {
		if t.choice[i] != nil {
			t.choice[i] = map[string]ref{}
		}
	}
	for _, row := range t.rows {
		t.sortKey[row] = t.arena.add(old.get(t.sortKey[row]))
		t.search[row] = t.arena.add(old.get(t.search[row]))
		for i := range t.cells {
			t.cells[i][row] = t.intern(i, old.get(t.cells[i][row]))
		}
	}
	for _, row := range t.free {
		t.sortKey[row], t.search[row] = 0, 0
		for i := range t.cells {
			t.cells[i][row] = 0
		}
	}
}

// customer rebuilds what was put, but for what only the search text holds.
func (t *table) customer(row uint32) Customer {
	c := Customer{
		ID: t.ids[row], Person: t.flags[row]&flagPerson != 0, Deleted: t.flags[row]&flagDeleted != 0,
		Pending: t.flags[row]&flagPending != 0, Created: t.created[row], Changed: t.changed[row],
		Values: map[string]Value{}, Batches: slices.Clone(t.inBatch[row]),
	}
	for i, f := range t.fields {
		if v := t.value(row, i); v != (Value{}) {
			c.Values[f.ID] = v
		}
	}
	return c
}

func (t *table) value(row uint32, field int) Value {
	m := t.marks[cell{row, uint16(field)}]
	return Value{Text: string(t.arena.get(t.cells[field][row])), Others: m.others, Flag: m.flag}
}

// parsed is a record taken apart; its texts point into the record.
type parsed struct {
	flags            byte
	created, changed int64
	sortKey, search  []byte
	values           []parsedValue
	batches          []string
	keys             []uint64
}

type parsedValue struct {
	text, flag []byte
	others     int
}

func parse(data []byte, fields int) (parsed, error) {
	r := reader{b: data}
	var p parsed
	if head := r.bytes(1); len(head) == 1 {
		p.flags = head[0]
	}
	p.created, p.changed = int64(r.number()), int64(r.number())
	p.sortKey, p.search = r.text(), r.text()
	p.values = make([]parsedValue, fields)
	for i := range p.values {
		p.values[i] = parsedValue{text: r.text(), others: int(r.number()), flag: r.text()}
	}
	for range r.count(1) {
		p.batches = append(p.batches, string(r.text()))
	}
	n := r.count(len(Key{}))
	p.keys = make([]uint64, n)
	for i := range p.keys {
		if k := r.bytes(uint64(len(Key{}))); len(k) == len(Key{}) {
			p.keys[i] = keyNumber(Key(k))
		}
	}
	if r.bad || len(r.b) != 0 {
		return p, errRecord
	}
	return p, nil
}
