package change

// columnType is what the cells of a column are.
type columnType uint8

const (
	cellUint  columnType = iota // actors, counts, actions, counters of objects
	cellDelta                   // counters, each as the difference to the one before
	cellText
)

// cell is one value of a column.
type cell struct {
	null bool
	num  uint64 // uint, or the bits of a difference
	str  string
}

// column reads a run-length encoded column cell by cell. A column that is
// missing has only nulls.
type column struct {
	r    reader
	text string // the column again, to cut strings out of without copying
	typ  columnType
	left uint64 // cells left of the present run
	lit  bool   // the run is of different values
	cur  cell
	sum  uint64 // of the differences so far
	has  bool   // the column is there
}

func newColumn(data []byte, typ columnType) column {
	c := column{r: reader{b: data}, typ: typ, has: len(data) > 0}
	if typ == cellText {
		c.text = string(data)
	}
	return c
}

// next is the next cell. It fails at the end of a column that is there.
func (c *column) next() cell {
	if !c.has {
		return cell{null: true}
	}
	if c.left == 0 {
		c.run()
	}
	if c.r.bad {
		return cell{null: true}
	}
	c.left--
	if c.lit {
		c.cur = c.value()
	}
	if c.typ == cellDelta && !c.cur.null {
		c.sum += c.cur.num
		return cell{num: c.sum}
	}
	return c.cur
}

// count is how many cells are left, at most limit. It does not move c.
func (c *column) count(limit int) (n int) {
	for ahead := *c; n < limit && !ahead.done() && !ahead.r.bad; n++ {
		ahead.next()
	}
	return n
}

func (c *column) run() {
	n := c.r.int()
	switch {
	case n > 0:
		c.left, c.lit, c.cur = uint64(n), false, c.value()
	case n < 0:
		c.left, c.lit = uint64(-n), true
	default:
		c.left, c.lit, c.cur = c.r.uint(), false, cell{null: true}
		if c.left == 0 {
			c.r.fail()
		}
	}
}

func (c *column) value() cell {
	switch c.typ {
	case cellDelta:
		return cell{num: uint64(c.r.int())}
	case cellText:
		n := c.r.uint()
		from := len(c.text) - len(c.r.b)
		b := c.r.take(n)
		if c.r.bad {
			return cell{null: true}
		}
		return cell{str: c.text[from : from+len(b)]}
	default:
		return cell{num: c.r.uint()}
	}
}

// done tells whether the column was read to its end without a failure.
func (c *column) done() bool { return !c.r.bad && c.left == 0 && len(c.r.b) == 0 }

// bools reads a column of alternating runs, beginning with false.
type bools struct {
	r    reader
	left uint64
	cur  bool
	has  bool
}

func newBools(data []byte) bools {
	return bools{r: reader{b: data}, cur: true, has: len(data) > 0}
}

func (c *bools) next() bool {
	if !c.has {
		return false
	}
	for c.left == 0 {
		if len(c.r.b) == 0 {
			c.r.fail()
			return false
		}
		c.left, c.cur = c.r.uint(), !c.cur
	}
	c.left--
	return c.cur
}

func (c *bools) done() bool { return !c.r.bad && c.left == 0 && len(c.r.b) == 0 }

// appendColumn writes cells as the core does: runs of two or more equal ones,
// literal runs between them, runs of nulls; nothing when all are null.
func appendColumn(dst []byte, cells []cell, typ columnType) []byte {
	if allNull(cells) {
		return dst
	}
	if typ == cellDelta {
		toDifferences(cells)
	}
	for i := 0; i < len(cells); {
		j := i + 1
		for j < len(cells) && cells[j] == cells[i] {
			j++
		}
		switch {
		case cells[i].null:
			dst = append(dst, 0)
			dst = appendUint(dst, uint64(j-i))
		case j-i > 1:
			dst = appendInt(dst, int64(j-i))
			dst = appendCell(dst, cells[i], typ)
		default:
			for j = i + 1; j < len(cells) && !cells[j].null && (j+1 == len(cells) || cells[j+1] != cells[j]); {
				j++
			}
			dst = appendInt(dst, -int64(j-i))
			for _, c := range cells[i:j] {
				dst = appendCell(dst, c, typ)
			}
		}
		i = j
	}
	return dst
}

func allNull(cells []cell) bool {
	for _, c := range cells {
		if !c.null {
			return false
		}
	}
	return true
}

func toDifferences(cells []cell) {
	last := uint64(0)
	for i := range cells {
		if !cells[i].null {
			cells[i].num, last = cells[i].num-last, cells[i].num
		}
	}
}

func appendCell(dst []byte, c cell, typ columnType) []byte {
	switch typ {
	case cellDelta:
		return appendInt(dst, int64(c.num))
	case cellText:
		return appendLen(dst, c.str)
	default:
		return appendUint(dst, c.num)
	}
}

// appendBools writes alternating runs, beginning with false.
func appendBools(dst []byte, n int, at func(int) bool) []byte {
	cur, run := false, 0
	for i := range n {
		if at(i) != cur {
			dst = appendUint(dst, uint64(run))
			cur, run = !cur, 0
		}
		run++
	}
	if run > 0 {
		dst = appendUint(dst, uint64(run))
	}
	return dst
}
