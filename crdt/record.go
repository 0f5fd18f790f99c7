package crdt

import (
	"encoding/binary"
	"math"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// The kinds of a value and of an op, and the tags of records, between Go and
// core.c; the enums of core.h. Numbers are in the machine's byte order: the
// bytes never leave the process.
const (
	kindString byte = iota + 1
	kindBytes
	kindInt
	kindUint
	kindBool
	kindNull
	kindTimestamp
	kindText
	kindSplice

	tagHead   = 'h'
	tagWinner = 'v'
	tagItem   = 'i'
	tagText   = 't'

	readWinners   = 1
	readConflicts = 2
	readTexts     = 4
	readHeads     = 8
)

// reader reads what core.c wrote. What it gives points into C memory.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) more() bool { return len(r.b) > 0 && !r.bad }

func (r *reader) rest() []byte { return r.bytes(len(r.b)) }

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.bad, r.b = true, nil
		return make([]byte, min(n, 32))
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) byte() byte { return r.bytes(1)[0] }

func (r *reader) uint64() uint64 { return binary.NativeEndian.Uint64(r.bytes(8)) }

func (r *reader) span() []byte { return r.bytes(int(binary.NativeEndian.Uint32(r.bytes(4)))) }

func (r *reader) hash() canon.Hash { return canon.Hash(r.bytes(32)) }

func (r *reader) opID() change.OpID {
	id := change.OpID{Ctr: r.uint64()}
	actor := r.span()
	r.bad = r.bad || len(actor) != len(id.Actor) // ID5: no other length is ever accepted
	copy(id.Actor[:], actor)
	return id
}

func (r *reader) value() change.Value {
	kind, b := r.byte(), r.span()
	number := func() uint64 {
		if len(b) != 8 {
			r.bad = true
			return 0
		}
		return binary.NativeEndian.Uint64(b)
	}
	switch kind {
	case kindString:
		return change.String(string(b))
	case kindBytes:
		return change.Bytes(b)
	case kindInt:
		return change.Int(int64(number()))
	case kindUint:
		return change.Uint(number())
	case kindBool:
		return change.Bool(len(b) == 1 && b[0] == 1)
	case kindNull:
		return change.Null()
	case kindTimestamp:
		return change.Timestamp(int64(number()))
	case kindText:
		return change.Value{Kind: change.KindText}
	}
	r.bad = true
	return change.Value{}
}

// writer writes ops and keys for core.c.
type writer struct{ b []byte }

func (w *writer) span(s string) {
	w.b = binary.NativeEndian.AppendUint32(w.b, uint32(min(len(s), math.MaxUint32)))
	w.b = append(w.b, s...)
}

func (w *writer) op(kind byte, key, arg string) {
	w.b = append(w.b, kind)
	w.span(key)
	w.span(arg)
}

func (w *writer) set(key string, v change.Value) {
	switch v.Kind {
	case change.KindString:
		w.op(kindString, key, v.Str())
	case change.KindBytes:
		w.op(kindBytes, key, string(v.Bytes()))
	case change.KindInt:
		w.op(kindInt, key, number(uint64(v.Int())))
	case change.KindUint:
		w.op(kindUint, key, number(v.Uint()))
	case change.KindBool:
		b := "\x00"
		if v.Bool() {
			b = "\x01"
		}
		w.op(kindBool, key, b)
	case change.KindTimestamp:
		w.op(kindTimestamp, key, number(uint64(v.Int())))
	case change.KindNull, change.KindText, change.KindFloat, change.KindCounter, change.KindOther:
		w.op(kindNull, key, "") // check lets no other kind come this far
	}
}

func (w *writer) splice(s Splice) {
	arg := number(uint64(s.Pos)) + number(uint64(s.Delete))
	w.op(kindSplice, s.Key, arg+s.Insert)
}

func number(n uint64) string {
	return string(binary.NativeEndian.AppendUint64(nil, n))
}
