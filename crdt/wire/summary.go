package wire

import (
	"bytes"
	"crypto/sha256"
	"slices"

	"tongce/crdt/canon"
)

// SummaryRanges is how many ranges documents are compared by: the first 12
// bits of their ids.
const SummaryRanges = 4096

// SummaryRange is the range that a document lies in.
func SummaryRange(d canon.DocID) uint16 { return uint16(d[0])<<4 | uint16(d[1])>>4 }

// SummarizeDoc is the hash of a document's change hashes, sorted.
func SummarizeDoc(changes []canon.Hash) canon.Hash {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b canon.Hash) int { return bytes.Compare(a[:], b[:]) })
	h := sha256.New()
	for _, c := range sorted {
		h.Write(c[:])
	}
	return canon.Hash(h.Sum(nil))
}

// SummarizeRanges is the hash of each range over its documents, which it sorts
// in place; a range without documents has the zero hash.
func SummarizeRanges(docs []DocSummary) []canon.Hash {
	slices.SortFunc(docs, func(a, b DocSummary) int { return compareDocs(a.Doc, b.Doc) })
	out := make([]canon.Hash, SummaryRanges)
	for len(docs) > 0 {
		at := SummaryRange(docs[0].Doc)
		h := sha256.New()
		n := 0
		for ; n < len(docs) && SummaryRange(docs[n].Doc) == at; n++ {
			h.Write(docs[n].Doc[:])
			h.Write(docs[n].Hash[:])
		}
		out[at] = canon.Hash(h.Sum(nil))
		docs = docs[n:]
	}
	return out
}

func compareDocs(a, b canon.DocID) int { return bytes.Compare(a[:], b[:]) }
