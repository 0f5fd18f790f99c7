package change

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"

	"tongce/crdt/canon"
)

// Encode writes the type-1 chunk that the core would write for the change:
// other actors and dependencies sorted, columns in their shortest form. Hash
// is ignored. It writes what is not allowed too; only a value or reference
// that the format cannot express is an error.
func Encode(c Change) ([]byte, error) {
	body, err := encodeBody(&c)
	if err != nil {
		return nil, fmt.Errorf("encode change %d of %s: %w", c.Seq, c.Actor, err)
	}
	chunk, _ := wrap(body)
	return chunk, nil
}

// roomForHead is what stands before the columns of most changes.
const roomForHead = 256

func encodeBody(c *Change) ([]byte, error) {
	e := newEncoder(c)
	if err := e.columns(); err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(e.data)+roomForHead)
	deps := c.Deps
	if !slices.IsSortedFunc(deps, compareHash) {
		deps = slices.SortedFunc(slices.Values(deps), compareHash)
	}
	b = appendUint(b, uint64(len(deps)))
	for i := range deps {
		b = append(b, deps[i][:]...)
	}
	b = append(appendUint(b, uint64(len(c.Actor))), c.Actor[:]...)
	b = appendUint(appendUint(b, c.Seq), c.StartOp)
	b = appendLen(appendInt(b, c.Time), c.Message)
	b = appendUint(b, uint64(len(e.others)))
	for i := range e.others {
		b = append(appendUint(b, uint64(len(e.others[i]))), e.others[i][:]...)
	}
	n := 0
	for _, end := range e.lens {
		if end > 0 {
			n++
		}
	}
	b = appendUint(b, uint64(n))
	for i, l := range e.lens {
		if l > 0 {
			b = appendUint(appendUint(b, columnOrder[i]), uint64(l))
		}
	}
	return append(b, e.data...), nil
}

func compareHash(a, b canon.Hash) int { return bytes.Compare(a[:], b[:]) }

type encoder struct {
	c      *Change
	others []canon.ActorID
	cells  []cell
	data   []byte
	lens   [len(columnOrder)]int
	err    error
}

func newEncoder(c *Change) *encoder {
	e := &encoder{c: c, data: make([]byte, 0, max(512, c.size))}
	see := func(id OpID) {
		if id.IsZero() || id.Actor == c.Actor {
			return
		}
		i, found := slices.BinarySearchFunc(e.others, id.Actor, compareActor)
		if !found {
			e.others = slices.Insert(e.others, i, id.Actor)
		}
	}
	preds := 0
	for i := range c.Ops {
		op := &c.Ops[i]
		see(op.Obj)
		see(op.Elem)
		for _, p := range op.Pred {
			see(p)
		}
		preds += len(op.Pred)
	}
	e.cells = make([]cell, 0, max(len(c.Ops), preds))
	return e
}

func compareActor(a, b canon.ActorID) int { return bytes.Compare(a[:], b[:]) }

// actor is the number of the id's actor in this chunk.
func (e *encoder) actor(id OpID) cell {
	if id.Actor == e.c.Actor {
		return cell{}
	}
	i, _ := slices.BinarySearchFunc(e.others, id.Actor, compareActor)
	return cell{num: uint64(i) + 1}
}

// columns writes all columns one after the other and notes their lengths.
func (e *encoder) columns() error {
	for i, spec := range columnOrder {
		before := len(e.data)
		e.column(spec)
		e.lens[i] = len(e.data) - before
	}
	return e.err
}

func (e *encoder) column(spec uint64) {
	ops := e.c.Ops
	switch spec {
	case colInsert:
		e.data = appendBools(e.data, len(ops), func(i int) bool { return ops[i].Insert })
	case colExpand:
		if slices.ContainsFunc(ops, func(op Op) bool { return op.expand }) {
			e.data = appendBools(e.data, len(ops), func(i int) bool { return ops[i].expand })
		}
	case colValue:
		for i := range ops {
			e.data = appendValue(e.data, ops[i].Value)
		}
	case colPredActor, colPredCtr:
		e.predColumn(spec)
	default:
		e.cells = e.cells[:0]
		for i := range ops {
			e.cells = append(e.cells, e.cell(spec, &ops[i]))
		}
		e.data = appendColumn(e.data, e.cells, typeOf(spec))
	}
}

func typeOf(spec uint64) columnType {
	switch spec {
	case colKeyCtr, colPredCtr:
		return cellDelta
	case colKeyText, colMark:
		return cellText
	default:
		return cellUint
	}
}

func (e *encoder) predColumn(spec uint64) {
	e.cells = e.cells[:0]
	for i := range e.c.Ops {
		for _, p := range e.c.Ops[i].Pred {
			if spec == colPredActor {
				e.cells = append(e.cells, e.actor(p))
			} else {
				e.cells = append(e.cells, cell{num: p.Ctr})
			}
		}
	}
	e.data = appendColumn(e.data, e.cells, typeOf(spec))
}

func (e *encoder) cell(spec uint64, op *Op) cell {
	null := cell{null: true}
	switch spec {
	case colObjActor, colObjCtr:
		return e.idCell(op.Obj, spec == colObjActor)
	case colKeyActor, colKeyCtr:
		switch {
		case op.Key != "":
			return null
		case op.Elem.IsZero() && spec == colKeyCtr:
			return cell{}
		}
		return e.idCell(op.Elem, spec == colKeyActor)
	case colKeyText:
		return cell{null: op.Key == "", str: op.Key}
	case colAction:
		return cell{num: uint64(op.Action)}
	case colValueMeta:
		return e.metaCell(op.Value)
	case colPredNum:
		return cell{num: uint64(len(op.Pred))}
	default: // colMark
		return cell{null: !op.markName, str: op.mark}
	}
}

func (e *encoder) idCell(id OpID, actor bool) cell {
	switch {
	case id.IsZero():
		return cell{null: true}
	case actor:
		return e.actor(id)
	}
	return cell{num: id.Ctr}
}

func (e *encoder) metaCell(v Value) cell {
	tag := uint64(v.tag)
	switch v.Kind {
	case KindNull:
		tag = tagNull
	case KindBool:
		tag = tagFalse + v.num
	case KindInt:
		tag = tagInt
	case KindUint:
		tag = tagUint
	case KindString:
		tag = tagString
	case KindBytes:
		tag = tagBytes
	case KindTimestamp:
		tag = tagTimestamp
	case KindFloat:
		tag = tagFloat
	case KindCounter:
		tag = tagCounter
	case KindOther:
	default:
		e.err = corrupt("a " + v.Kind.String() + " is no value")
	}
	var buf [10]byte
	n := len(v.str)
	if n == 0 {
		n = len(appendValue(buf[:0], v))
	}
	return cell{num: uint64(n)<<4 | tag}
}

func appendValue(b []byte, v Value) []byte {
	switch v.Kind {
	case KindInt, KindTimestamp, KindCounter:
		return appendInt(b, int64(v.num))
	case KindUint:
		return appendUint(b, v.num)
	case KindFloat:
		return binary.LittleEndian.AppendUint64(b, v.num)
	default:
		return append(b, v.str...)
	}
}
