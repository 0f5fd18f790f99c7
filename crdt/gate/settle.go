package gate

import (
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// settledOp is an operation in a c: value.
type settledOp struct {
	_     struct{} `cbor:",toarray"`
	Ctr   uint64
	Actor canon.ActorID
}

// EncodeSettled is the value of c:<field> that settles these operations (PO6):
// a CBOR list of [counter, actor] in the order of change.OpID.Less.
func EncodeSettled(ids []change.OpID) []byte {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, change.OpID.Compare)
	list := make([]settledOp, len(sorted))
	for i, id := range sorted {
		list[i] = settledOp{Ctr: id.Ctr, Actor: id.Actor}
	}
	return canon.MustMarshal(list)
}

// DecodeSettled reads what EncodeSettled wrote of at least one operation; ok is
// false for anything else.
func DecodeSettled(b []byte) (ids []change.OpID, ok bool) {
	var list []settledOp
	if canon.Unmarshal(b, &list) != nil || len(list) == 0 {
		return nil, false
	}
	ids = make([]change.OpID, len(list))
	for i, op := range list {
		ids[i] = change.OpID{Ctr: op.Ctr, Actor: op.Actor}
		if i > 0 && !ids[i-1].Less(ids[i]) {
			return nil, false
		}
	}
	return ids, true
}

// checkSettled is PO6 on c:<field>: every settled operation is live for the
// field as seen from the change's dependencies. Null takes a settlement back
// (PO7).
func (s *scan) checkSettled(op *change.Op, k keyInfo) {
	if op.Value.IsNull() {
		return
	}
	ids, ok := DecodeSettled(op.Value.Bytes())
	if !ok || op.Value.Len() > change.MaxValue {
		s.refuse(wire.CodeBadKey, "GA12: PO6 form of c:", op.Key)
		return
	}
	live := s.liveOf(k.Field)
	for _, id := range ids {
		if !live[id] {
			s.refuse(wire.CodeBadKey, "GA12: PO6 c: names what is not live", op.Key)
			return
		}
	}
}

// liveOf are the operations that are live for the field as seen from the
// change's dependencies.
func (s *scan) liveOf(field string) map[change.OpID]bool {
	if live, ok := s.live[field]; ok {
		return live
	}
	live := map[change.OpID]bool{}
	for _, key := range s.fieldKeys(field) {
		entries, err := s.doc.state.Live(key, s.c.Deps)
		if err != nil || len(s.c.Deps) == 0 {
			continue // nothing is live before the first change
		}
		for _, e := range entries {
			live[e.ID] = true
		}
	}
	if s.live == nil {
		s.live = map[string]map[change.OpID]bool{}
	}
	s.live[field] = live
	return live
}

// fieldKeys are the keys that hold values of a field: its own, the rows of a
// repeating one, and s:stage for the field stage.
func (s *scan) fieldKeys(field string) []string {
	keys := []string{"f:" + field}
	if field == charter.FieldStage {
		keys = append(keys, "s:stage")
	}
	rows := "r:" + field + ":"
	for _, key := range s.doc.state.Keys() {
		if strings.HasPrefix(key, rows) {
			keys = append(keys, key)
		}
	}
	return keys
}
