package index

import "encoding/binary"

// arena keeps many short texts in few large blocks that hold no pointers, so
// that a hundred thousand customers cost the garbage collector nothing. A ref
// names a text; 0 is the empty one. Texts are never changed, only dropped all
// at once by copying the living ones into a new arena.
type arena struct {
	blocks [][]byte
	used   int // bytes handed out
}

type ref uint32

const (
	blockBits = 20
	blockSize = 1 << blockBits
)

// add keeps a copy of text and gives its ref. A text over a block's size is
// cut: values end at 16 KiB (wire.md limits), so only a fault could bring one.
func (a *arena) add(text []byte) ref {
	if len(text) == 0 {
		return 0
	}
	text = text[:min(len(text), blockSize/2)]
	need := len(text) + binary.MaxVarintLen32
	last := len(a.blocks) - 1
	if last < 0 || len(a.blocks[last])+need > blockSize {
		a.blocks = append(a.blocks, make([]byte, 0, blockSize))
		last++
		if last == 0 {
			a.blocks[0] = append(a.blocks[0], 0) // ref 0 is taken
		}
	}
	at := len(a.blocks[last])
	a.blocks[last] = binary.AppendUvarint(a.blocks[last], uint64(len(text)))
	a.blocks[last] = append(a.blocks[last], text...)
	a.used += len(a.blocks[last]) - at
	return ref(last<<blockBits | at)
}

// get gives the text; it must not be changed.
func (a *arena) get(r ref) []byte {
	if r == 0 {
		return nil
	}
	b := a.blocks[r>>blockBits][r&(blockSize-1):]
	n, size := binary.Uvarint(b)
	return b[size : size+int(n) : size+int(n)]
}
