package index

import (
	"bytes"
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
	keyOf   []ref       // its keys, one behind the other
	batches []ref       // its imports as in the record, interned
	keys    keyIndex

	free   []uint32
	choice []map[string]ref // interned texts of the choice fields, then of batches
	orders map[string]*order
	waste  int // bytes of the arena that nothing names any more

	scratch parsed
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
		fields: fields, rows: map[canon.DocID]uint32{}, marks: map[cell]mark{}, orders: map[string]*order{},
		cells: make([][]ref, len(fields)), choice: make([]map[string]ref, len(fields)+1),
		scratch: parsed{values: make([]parsedValue, len(fields))},
	}
	for i, f := range fields {
		if f.Kind == Choice {
			t.choice[i] = map[string]ref{}
		}
	}
	t.choice[len(fields)] = map[string]ref{}
	return t
}

func (t *table) len() int { return len(t.rows) }

// places are the rows that put will give customers, in the order in which they
// are put.
func (t *table) places(puts []record) []uint32 {
	out, fresh := make([]uint32, len(puts)), map[canon.DocID]uint32{}
	for i, rec := range puts {
		row, known := t.rows[rec.id]
		if !known {
			row, known = fresh[rec.id]
		}
		if !known {
			n := len(fresh)
			if row = uint32(len(t.ids) + n - len(t.free)); n < len(t.free) {
				row = t.free[len(t.free)-1-n]
			}
			fresh[rec.id] = row
		}
		out[i] = row
	}
	return out
}

// load puts a customer into the row that the file has it in; rows come in
// ascending order. Those that are passed over are free.
func (t *table) load(row uint32, rec record) error {
	if _, twice := t.rows[rec.id]; twice || int(row) < len(t.ids) {
		return errRecord
	}
	for len(t.ids) < int(row) {
		t.free = append(t.free, t.grow())
	}
	t.rows[rec.id] = t.grow()
	t.ids[row], t.live[row] = rec.id, true
	return t.fill(row, rec)
}

// put adds or replaces a customer.
func (t *table) put(rec record) error {
	row, known := t.rows[rec.id]
	if known {
		t.forget(row)
	} else {
		row = t.number()
		t.rows[rec.id], t.ids[row], t.live[row] = row, rec.id, true
	}
	return t.fill(row, rec)
}

// fill sets the values of a row that has none, or only keys.
func (t *table) fill(row uint32, rec record) error {
	p := &t.scratch
	if err := p.read(rec.data); err != nil {
		return err
	}
	t.flags[row], t.created[row], t.changed[row] = p.flags, p.created, p.changed
	t.sortKey[row], t.search[row] = t.arena.add(p.sortKey), t.arena.add(p.search)
	for i, v := range p.values {
		t.cells[i][row] = t.intern(i, v.text)
		if v.others > 0 || len(v.flag) > 0 {
			t.marks[cell{row, uint16(i)}] = mark{v.others, string(v.flag)}
			t.marked[row].conflicts += uint16(min(v.others, 1))
			t.marked[row].flags += uint16(min(len(v.flag), 1))
		}
	}
	if len(p.batches) > 1 { // not none: a count of 0
		t.batches[row] = t.intern(len(t.fields), p.batches)
	}
	if !bytes.Equal(t.arena.get(t.keyOf[row]), p.keys) { // else they stay: some share theirs with half the book
		t.forgetKeys(row)
		t.keys.room(len(p.keys)/len(Key{}), t.enterKeys)
		t.keyOf[row] = t.arena.add(p.keys)
		t.keys.add(row, p.keys)
	}
	for _, o := range t.orders {
		o.dirty(row)
	}
	return nil
}

// enterKeys enters the keys of all rows into an empty index of keys.
func (t *table) enterKeys() {
	for row, r := range t.keyOf {
		t.keys.add(uint32(row), t.arena.get(r))
	}
}

// drop removes a customer, if it is there.
func (t *table) drop(id canon.DocID) {
	row, ok := t.rows[id]
	if !ok {
		return
	}
	t.forget(row)
	t.forgetKeys(row)
	delete(t.rows, id)
	t.live[row] = false
	t.free = append(t.free, row)
	for _, o := range t.orders {
		o.dirty(row)
	}
}

// forget takes a row's values back, all but its keys, before it is replaced or
// dropped.
func (t *table) forget(row uint32) {
	for i := range t.cells {
		if t.choice[i] == nil {
			t.waste += len(t.arena.get(t.cells[i][row]))
		}
		t.cells[i][row] = 0
	}
	t.waste += len(t.arena.get(t.sortKey[row])) + len(t.arena.get(t.search[row]))
	t.sortKey[row], t.search[row] = 0, 0
	if t.marked[row] != (markCount{}) {
		for i := range t.fields {
			delete(t.marks, cell{row, uint16(i)})
		}
		t.marked[row] = markCount{}
	}
	t.batches[row] = 0
}

func (t *table) forgetKeys(row uint32) {
	keys := t.arena.get(t.keyOf[row])
	t.keys.remove(row, keys)
	t.waste += len(keys)
	t.keyOf[row] = 0
}

func (t *table) number() uint32 {
	if n := len(t.free); n > 0 {
		row := t.free[n-1]
		t.free = t.free[:n-1]
		return row
	}
	return t.grow()
}

// grow adds a row at the end.
func (t *table) grow() uint32 {
	t.ids, t.live = append(t.ids, canon.DocID{}), append(t.live, false)
	t.flags, t.created, t.changed = append(t.flags, 0), append(t.created, 0), append(t.changed, 0)
	t.sortKey, t.search = append(t.sortKey, 0), append(t.search, 0)
	t.marked, t.keyOf, t.batches = append(t.marked, markCount{}), append(t.keyOf, 0), append(t.batches, 0)
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

// withKey are the rows that have a key.
func (t *table) withKey(k Key) []uint32 {
	return slices.DeleteFunc(t.keys.rows(k), func(row uint32) bool { return !hasKey(t.arena.get(t.keyOf[row]), k) })
}

// batchesOf are the imports that a row's customer comes from.
func (t *table) batchesOf(row uint32) []string {
	if t.batches[row] == 0 {
		return nil
	}
	r := reader{b: t.arena.get(t.batches[row])}
	out := make([]string, r.count(1))
	for i := range out {
		out[i] = string(r.text())
	}
	return out
}

// inBatch tells of rows whether their customers come from an import. Rows share
// few lists of imports; each is looked at once.
func (t *table) inBatch(batch string) func(uint32) bool {
	known := map[ref]bool{0: false}
	return func(row uint32) bool {
		in, ok := known[t.batches[row]]
		if !ok {
			in = slices.Contains(t.batchesOf(row), batch)
			known[t.batches[row]] = in
		}
		return in
	}
}

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
	for row := range t.ids { // those that are not alive have nothing
		t.sortKey[row] = t.arena.add(old.get(t.sortKey[row]))
		t.search[row] = t.arena.add(old.get(t.search[row]))
		t.keyOf[row] = t.arena.add(old.get(t.keyOf[row]))
		t.batches[row] = t.intern(len(t.fields), old.get(t.batches[row]))
		for i := range t.cells {
			t.cells[i][row] = t.intern(i, old.get(t.cells[i][row]))
		}
	}
}

// customer rebuilds what was put, but for what only the search text holds.
func (t *table) customer(row uint32) Customer {
	c := Customer{
		ID: t.ids[row], Person: t.flags[row]&flagPerson != 0, Deleted: t.flags[row]&flagDeleted != 0,
		Pending: t.flags[row]&flagPending != 0, Created: t.created[row], Changed: t.changed[row],
		Values: map[string]Value{}, Batches: t.batchesOf(row),
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
	values           []parsedValue // one for each field
	batches          []byte        // with their count, as batchesOf reads them
	keys             []byte
}

type parsedValue struct {
	text, flag []byte
	others     int
}

func (p *parsed) read(data []byte) error {
	r := reader{b: data}
	p.flags = 0
	if head := r.bytes(1); len(head) == 1 {
		p.flags = head[0]
	}
	p.created, p.changed = int64(r.number()), int64(r.number())
	p.sortKey, p.search = r.text(), r.text()
	for i := range p.values {
		p.values[i] = parsedValue{text: r.text(), others: int(r.number()), flag: r.text()}
	}
	p.batches = r.b
	for range r.count(1) {
		r.text()
	}
	p.batches = p.batches[:len(p.batches)-len(r.b)]
	p.keys = r.bytes(uint64(r.count(len(Key{})) * len(Key{})))
	if r.bad || len(r.b) != 0 {
		return errRecord
	}
	return nil
}
