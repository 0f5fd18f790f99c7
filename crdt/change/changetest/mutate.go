package changetest

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// head of a chunk: magic, checksum, type.
const headLen = 9

// Repair puts length and checksum of a type-1 chunk around body, so that the
// damage in it is not found by the checksum.
func Repair(body []byte) []byte {
	tail := append(binary.AppendUvarint([]byte{1}, uint64(len(body))), body...)
	sum := sha256.Sum256(tail)
	return append([]byte{0x85, 0x6f, 0x4a, 0x83, sum[0], sum[1], sum[2], sum[3]}, tail...)
}

// Body is what Repair was given. It panics on what is no chunk.
func Body(chunk []byte) []byte {
	_, n := binary.Uvarint(chunk[headLen:])
	return append([]byte(nil), chunk[headLen+n:]...)
}

// Mutator damages chunks, each time in another way; equal seeds do equal
// damage.
type Mutator struct {
	rng *rand.Rand
}

// NewMutator starts a series of mutants.
func NewMutator(seed uint64) *Mutator {
	return &Mutator{rng: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // damage repeats by its seed, nothing secret
}

// Mutate is a damaged copy of a type-1 chunk, with right length and checksum.
// Some damage is blind; some keeps columns or operations whole, so that it
// gets past the first checks. Now and then a mutant equals its original.
func (m *Mutator) Mutate(chunk []byte) []byte {
	body := Body(chunk)
	for range 1 + m.rng.IntN(2) {
		switch m.rng.IntN(4) {
		case 0:
			body = m.blind(body)
		case 1:
			body = m.column(body)
		default:
			body = m.operation(body)
		}
	}
	return Repair(body)
}

// blind changes bits, bytes or numbers anywhere.
func (m *Mutator) blind(b []byte) []byte {
	if len(b) == 0 {
		return b
	}
	i := m.rng.IntN(len(b))
	switch m.rng.IntN(6) {
	case 0:
		b[i] ^= 1 << m.rng.IntN(8)
	case 1:
		b[i] = byte(m.rng.Uint32())
	case 2:
		b = append(b[:i:i], b[i+1:]...)
	case 3:
		b = append(b[:i:i], append([]byte{byte(m.rng.Uint32())}, b[i:]...)...)
	case 4:
		b = b[:i]
	default:
		_, n := binary.Uvarint(b[i:])
		b = append(b[:i:i], append(m.number(), b[i+max(n, 1):]...)...)
	}
	return b
}

// number is a varint that is likely to hurt, sometimes longer than needed.
func (m *Mutator) number() []byte {
	edges := []uint64{0, 1, 2, 0x3f, 0x40, 0x7f, 0x80, 1999, 2001, 1 << 16, 1 << 31, 1<<32 - 2, 1 << 40, 1 << 62, 1 << 63, 1<<64 - 1}
	b := binary.AppendUvarint(nil, edges[m.rng.IntN(len(edges))])
	if m.rng.IntN(6) == 0 {
		b[len(b)-1] |= 0x80
		b = append(b, 0)
	}
	return b
}

type columnPart struct {
	spec uint64
	data []byte
}

// columns cuts a body into what stands before the columns and the columns;
// false when it does not have that form.
func columns(b []byte) (head []byte, cols []columnPart, ok bool) {
	at := 0
	num := func() uint64 {
		v, n := binary.Uvarint(b[min(at, len(b)):])
		if n <= 0 {
			at = len(b) + 1
			return 0
		}
		at += n
		return v
	}
	skip := func(n uint64) {
		if n > uint64(len(b)) {
			n = uint64(len(b)) + 1
		}
		at += int(n)
	}
	skip(min(num(), 1<<20) * 32)
	skip(num())
	num()
	num()
	num() // the time, as long as an unsigned number
	skip(num())
	for range min(num(), 100) {
		skip(num())
	}
	if at > len(b) {
		return nil, nil, false
	}
	head = b[:at:at]
	n := min(num(), 20)
	cols = make([]columnPart, n)
	lens := make([]uint64, n)
	for i := range cols {
		cols[i].spec, lens[i] = num(), num()
	}
	for i, l := range lens {
		if at > len(b) || l > uint64(len(b)-at) {
			return nil, nil, false
		}
		cols[i].data = append([]byte(nil), b[at:at+int(l)]...)
		at += int(l)
	}
	return head, cols, at == len(b)
}

// column damages one column and keeps the table of columns right.
func (m *Mutator) column(b []byte) []byte {
	head, cols, ok := columns(b)
	if !ok || len(cols) == 0 {
		return m.blind(b)
	}
	i, j := m.rng.IntN(len(cols)), m.rng.IntN(len(cols))
	switch m.rng.IntN(6) {
	case 0:
		cols[i], cols[j] = cols[j], cols[i]
	case 1:
		cols[i].data = cols[j].data
	case 2:
		cols = append(cols[:i:i], cols[i+1:]...)
	case 3:
		all := []uint64{1, 2, 17, 19, 21, 52, 66, 86, 87, 112, 113, 115, 148, 165, 33, 53, 74, 999}
		cols[i].spec = all[m.rng.IntN(len(all))]
	default:
		cols[i].data = m.blind(cols[i].data)
	}
	out := binary.AppendUvarint(append([]byte(nil), head...), uint64(len(cols)))
	for _, c := range cols {
		out = binary.AppendUvarint(binary.AppendUvarint(out, c.spec), uint64(len(c.data)))
	}
	for _, c := range cols {
		out = append(out, c.data...)
	}
	return out
}

// operation changes one thing of the change as it was meant and encodes it
// anew, so that only rules about content can find it.
func (m *Mutator) operation(b []byte) []byte {
	c, err := change.Read(Repair(b))
	if err != nil || len(c.Ops) == 0 {
		return m.blind(b)
	}
	i, j := m.rng.IntN(len(c.Ops)), m.rng.IntN(len(c.Ops))
	switch m.rng.IntN(3) {
	case 0:
		m.forgeHead(c)
	case 1:
		m.forgeOp(&c.Ops[i], c.Ops[j], c)
	default:
		m.forgePred(&c.Ops[i], c)
	}
	chunk, err := change.Encode(*c)
	if err != nil {
		return m.blind(b)
	}
	return Body(chunk)
}

func (m *Mutator) forgeHead(c *change.Change) {
	switch m.rng.IntN(8) {
	case 0:
		c.Seq += uint64(m.rng.IntN(5))
	case 1:
		c.StartOp, _ = binary.Uvarint(m.number())
	case 2:
		c.StartOp += uint64(m.rng.IntN(3))
	case 3:
		c.Actor[m.rng.IntN(len(c.Actor))]++
	case 4:
		c.Deps = append(c.Deps, canon.Hash{byte(m.rng.Uint32())})
	case 5:
		c.Deps = c.Deps[:len(c.Deps)/2]
	case 6:
		c.Time = m.rng.Int64() >> m.rng.IntN(63)
	default:
		c.Message += ":"
	}
}

func (m *Mutator) forgeOp(op *change.Op, other change.Op, c *change.Change) {
	switch m.rng.IntN(8) {
	case 0:
		op.Action = change.Action(m.rng.IntN(8))
	case 1:
		op.Insert = !op.Insert
	case 2:
		op.Obj = other.Obj
	case 3:
		op.Elem = other.Elem
	case 4:
		op.Key = other.Key
	case 5:
		values := []change.Value{
			change.Null(), change.Bool(true), change.Int(-1), change.Uint(1 << 63), change.Timestamp(-5),
			change.String("甲"), change.String("two"), change.Bytes([]byte{1}),
			{Kind: change.KindFloat},
			{Kind: change.KindCounter},
		}
		op.Value = values[m.rng.IntN(len(values))]
	case 6:
		op.Elem = c.ID(m.rng.IntN(len(c.Ops)))
	default:
		*op = other
	}
}

func (m *Mutator) forgePred(op *change.Op, c *change.Change) {
	switch m.rng.IntN(4) {
	case 0:
		op.Pred = nil
	case 1:
		op.Pred = append(op.Pred[:len(op.Pred):len(op.Pred)], c.ID(m.rng.IntN(len(c.Ops))))
	case 2:
		for i := range op.Pred {
			op.Pred[i].Ctr++
		}
	default:
		op.Pred = append([]change.OpID{{Ctr: 1, Actor: c.Actor}}, op.Pred...)
	}
}
