package change

import (
	"encoding/binary"
	"unicode/utf8"

	"tongce/crdt/canon"
)

// The columns of a change's operations, in their order in the chunk: id of the
// column, shifted by four, and its type.
const (
	colObjActor  = 1
	colObjCtr    = 2
	colKeyActor  = 17
	colKeyCtr    = 19
	colKeyText   = 21
	colInsert    = 52
	colAction    = 66
	colValueMeta = 86
	colValue     = 87
	colPredNum   = 112
	colPredActor = 113
	colPredCtr   = 115
	colExpand    = 148
	colMark      = 165
)

var columnOrder = [...]uint64{
	colObjActor, colObjCtr, colKeyActor, colKeyCtr, colKeyText, colInsert, colAction,
	colValueMeta, colValue, colPredNum, colPredActor, colPredCtr, colExpand, colMark,
}

// What Read takes at most, so that a few bytes of runs cannot claim gigabytes.
const (
	maxReadOps   = 100_000
	maxReadPreds = 200_000
	// roomForOps is for how many operations there is room at once, on the word of
	// a column that is not checked yet; a new customer has about 40.
	roomForOps = 256
)

// Read reads a change chunk of type 1 or 2 as any core may have written it:
// also with operations that are not allowed. It checks the checksum and that
// the bytes can be understood; the rules of documents are Decode's.
func Read(chunk []byte) (*Change, error) {
	plain, err := Inflate(chunk)
	if err != nil {
		return nil, err
	}
	return read(plain, maxReadOps, maxReadPreds)
}

func read(chunk []byte, maxOps, maxPreds int) (*Change, error) {
	body, hash, err := open(chunk)
	if err != nil {
		return nil, err
	}
	c := &Change{Hash: hash, size: len(chunk)}
	r := &reader{b: body}
	actors, err := c.readHead(r)
	if err != nil {
		return nil, err
	}
	data, err := readColumns(r)
	if err != nil {
		return nil, err
	}
	p := newOpReader(data, actors, maxPreds)
	if err := p.readAll(c, maxOps); err != nil {
		return nil, err
	}
	return c, nil
}

// readHead reads what stands before the columns and returns the actors that
// the columns number.
func (c *Change) readHead(r *reader) ([]canon.ActorID, error) {
	n := r.count(len(canon.Hash{}))
	c.Deps = make([]canon.Hash, n)
	for i := range c.Deps {
		c.Deps[i] = canon.Hash(r.take(uint64(len(canon.Hash{}))))
	}
	if !readActor(r, &c.Actor) {
		return nil, corrupt("actor")
	}
	c.Seq, c.StartOp, c.Time = r.uint(), r.uint(), r.int()
	c.Message = string(r.take(r.uint()))
	n = r.count(1 + len(canon.ActorID{}))
	actors := make([]canon.ActorID, n+1)
	actors[0] = c.Actor
	for i := range n {
		if !readActor(r, &actors[i+1]) {
			return nil, corrupt("other actors")
		}
	}
	if r.bad || !utf8.ValidString(c.Message) {
		return nil, corrupt("head")
	}
	if c.Seq == 0 || c.StartOp == 0 || c.StartOp >= 1<<62 {
		return nil, corrupt("seq or startOp out of range")
	}
	return actors, nil
}

func readActor(r *reader, a *canon.ActorID) bool {
	b := r.take(r.uint())
	if r.bad || len(b) != len(a) {
		return false
	}
	copy(a[:], b)
	return true
}

// columns has the bytes of each known column.
type columns [len(columnOrder)][]byte

func (c *columns) of(spec uint64) []byte {
	for i, s := range columnOrder {
		if s == spec {
			return c[i]
		}
	}
	return nil
}

func readColumns(r *reader) (columns, error) {
	var data columns
	var lens [len(columnOrder)]uint64
	n := r.count(2)
	at := 0
	for range n {
		spec := r.uint()
		for at < len(columnOrder) && columnOrder[at] < spec {
			at++
		}
		if r.bad || at == len(columnOrder) || columnOrder[at] != spec {
			return data, corrupt("column unknown or out of order")
		}
		lens[at] = r.uint()
		at++
	}
	for i, l := range lens {
		data[i] = r.take(l)
	}
	if r.bad || len(r.b) != 0 {
		return data, corrupt("columns and bytes differ")
	}
	return data, nil
}

// opReader reads the columns side by side.
type opReader struct {
	actors                      []canon.ActorID
	objActor, objCtr            column
	keyActor, keyCtr, keyText   column
	insert                      bools
	action, meta                column
	raw                         reader
	rawText                     string
	predNum, predActor, predCtr column
	expand                      bools
	mark                        column
	maxPreds                    int
	preds                       []OpID
	bad                         bool // an operation that has no meaning
}

func newOpReader(data columns, actors []canon.ActorID, maxPreds int) *opReader {
	return &opReader{
		actors:    actors,
		objActor:  newColumn(data.of(colObjActor), cellUint),
		objCtr:    newColumn(data.of(colObjCtr), cellUint),
		keyActor:  newColumn(data.of(colKeyActor), cellUint),
		keyCtr:    newColumn(data.of(colKeyCtr), cellDelta),
		keyText:   newColumn(data.of(colKeyText), cellText),
		insert:    newBools(data.of(colInsert)),
		action:    newColumn(data.of(colAction), cellUint),
		meta:      newColumn(data.of(colValueMeta), cellUint),
		raw:       reader{b: data.of(colValue)},
		rawText:   string(data.of(colValue)),
		predNum:   newColumn(data.of(colPredNum), cellUint),
		predActor: newColumn(data.of(colPredActor), cellUint),
		predCtr:   newColumn(data.of(colPredCtr), cellDelta),
		expand:    newBools(data.of(colExpand)),
		mark:      newColumn(data.of(colMark), cellText),
		maxPreds:  maxPreds,
	}
}

func (p *opReader) readAll(c *Change, maxOps int) error {
	c.Ops = make([]Op, 0, p.action.count(roomForOps))
	for !p.action.done() {
		if len(c.Ops) == maxOps {
			return violation(CodeTooLarge, "ops in a change")
		}
		op := p.read()
		if p.bad {
			return corrupt("operation")
		}
		c.Ops = append(c.Ops, op)
		if p.action.r.bad {
			break
		}
	}
	ok := !p.raw.bad && len(p.raw.b) == 0 && p.insert.done() && p.expand.done()
	for _, col := range []*column{
		&p.objActor, &p.objCtr, &p.keyActor, &p.keyCtr, &p.keyText, &p.action, &p.meta,
		&p.predNum, &p.predActor, &p.predCtr, &p.mark,
	} {
		ok = ok && col.done()
	}
	if !ok {
		return corrupt("columns of different length")
	}
	return nil
}

func (p *opReader) read() Op {
	act := p.action.next()
	if act.null || act.num > uint64(Mark) {
		p.bad = true
	}
	op := Op{Action: Action(act.num), Insert: p.insert.next(), expand: p.expand.next()}
	op.Obj = p.id(p.objActor.next(), p.objCtr.next(), false)
	key := p.keyText.next()
	actor, ctr := p.keyActor.next(), p.keyCtr.next()
	switch {
	case key.null:
		op.Elem = p.id(actor, ctr, true)
		p.bad = p.bad || ctr.null
	default:
		op.Key = key.str
		p.bad = p.bad || !actor.null || !ctr.null || key.str == "" || !utf8.ValidString(key.str)
	}
	op.Value = p.value(p.meta.next())
	op.Pred = p.pred(p.predNum.next())
	if m := p.mark.next(); !m.null {
		op.mark, op.markName = m.str, true
		p.bad = p.bad || !utf8.ValidString(m.str)
	}
	return op
}

// id is the operation that two cells name. Both null is the root; in keys, a
// null actor with counter 0 is the start of the text.
func (p *opReader) id(actor, ctr cell, key bool) OpID {
	switch {
	case actor.null && (ctr.null || key && ctr.num == 0):
		return OpID{}
	case actor.null || ctr.null || actor.num >= uint64(len(p.actors)) || ctr.num == 0 || ctr.num >= 1<<62:
		p.bad = true
		return OpID{}
	}
	return OpID{Ctr: ctr.num, Actor: p.actors[actor.num]}
}

func (p *opReader) pred(num cell) []OpID {
	if num.null {
		p.bad = true // the core writes 0
		return nil
	}
	if num.num == 0 || p.bad {
		return nil
	}
	if num.num > uint64(p.maxPreds-len(p.preds)) {
		p.bad = true
		return nil
	}
	from := len(p.preds)
	for range num.num {
		id := p.id(p.predActor.next(), p.predCtr.next(), false)
		if id.IsZero() || p.bad {
			p.bad = true
			return nil
		}
		p.preds = append(p.preds, id)
	}
	return p.preds[from:len(p.preds):len(p.preds)]
}

// The type numbers of values in the format.
const (
	tagNull, tagFalse, tagTrue, tagUint, tagInt             = 0, 1, 2, 3, 4
	tagFloat, tagString, tagBytes, tagCounter, tagTimestamp = 5, 6, 7, 8, 9
)

func (p *opReader) value(meta cell) Value {
	if meta.null {
		p.bad = true // the core writes 0
		return Value{}
	}
	from := len(p.rawText) - len(p.raw.b)
	b := p.raw.take(meta.num >> 4)
	if p.raw.bad {
		p.bad = true
		return Value{}
	}
	text := p.rawText[from : from+len(b)]
	v, ok := readValue(uint8(meta.num&15), b, text)
	p.bad = p.bad || !ok
	return v
}

func readValue(tag uint8, b []byte, text string) (v Value, ok bool) {
	r := reader{b: b}
	switch tag {
	case tagNull:
	case tagFalse, tagTrue:
		v = Bool(tag == tagTrue)
	case tagUint:
		v = Uint(r.uint())
	case tagInt:
		v = Int(r.int())
	case tagCounter:
		v = Value{Kind: KindCounter, num: uint64(r.int())}
	case tagTimestamp:
		v = Timestamp(r.int())
	case tagFloat:
		raw := r.take(8)
		if r.bad {
			return v, false
		}
		v = Value{Kind: KindFloat, num: binary.LittleEndian.Uint64(raw)}
	case tagString:
		r.b = nil
		if !utf8.ValidString(text) {
			return v, false
		}
		v = String(text)
	case tagBytes:
		r.b = nil
		v = Value{Kind: KindBytes, str: text}
	default:
		r.b = nil
		v = Value{Kind: KindOther, str: text, tag: tag}
	}
	return v, !r.bad && len(r.b) == 0
}
