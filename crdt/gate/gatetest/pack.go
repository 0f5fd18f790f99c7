package gatetest

import (
	"tongce/crdt/canon"
	"tongce/crdt/wire"
)

// Pack writes one record as a pack (PK1) without asking whether wire would: what
// breaks GA5 comes in a pack too. Of what wire writes it has the same bytes.
func Pack(r wire.LogRecord) []byte {
	b := &r.Envelope.Body
	chunks := make([][]byte, len(b.Chunks))
	for i, c := range b.Chunks {
		chunks[i] = append([]byte{}, c...) // no null for one without bytes
	}
	row := []any{r.Seq, r.Time, r.C, 0, b.N, 0, b.Kind, len(chunks), r.Envelope.Signature, b.Commitment}
	return canon.MustMarshal(map[int]any{
		1: b.Doc, 2: []canon.DeviceID{b.Device}, 3: []any{[]any{b.CharterSeq, b.CharterHash}}, 4: chunks, 5: []any{row},
	})
}
