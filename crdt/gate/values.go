package gate

import (
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
)

// checkForm is the part of GA12 on values: those that PO6 gives a form.
func (s *scan) checkForm(op *change.Op, k keyInfo) {
	switch k.Form {
	case charter.FormConfirmed:
		s.checkSettled(op, k)
	case charter.FormProvenance:
		s.checkProvenance(op)
	default:
	}
}

// checkSeal is GA14 for one value.
func (s *scan) checkSeal(op *change.Op, k keyInfo) {
	switch k.Form {
	case 0, charter.FormConfirmed, charter.FormProvenance:
		return // GA12 has them
	default:
	}
	if k.sealed {
		s.checkSealed(op, k)
		return
	}
	if op.Value.Kind != change.KindBytes {
		return
	}
	// Entries and tasks are CBOR; every other open value is no bytes at all.
	if k.Form != charter.FormEntry && k.Form != charter.FormTask {
		s.refuse(wire.CodeSealForbidden, "GA14", op.Key)
		return
	}
	if _, err := seal.ReadForm(op.Value.Bytes()); err == nil {
		s.refuse(wire.CodeSealForbidden, "GA14", op.Key)
		return
	}
	if op.Value.Len() > change.MaxValue {
		s.refuse(wire.CodeValueTooLarge, "GA14: plain value", op.Key)
	}
}

// checkSealed is GA14 for a value in a sealed section. A cleared value is sealed
// like any other, so that nobody sees which fields were cleared.
func (s *scan) checkSealed(op *change.Op, k keyInfo) {
	if op.Value.Kind != change.KindBytes {
		s.refuse(wire.CodeSealRequired, "GA14", op.Key)
		return
	}
	form, err := seal.ReadForm(op.Value.Bytes())
	if err != nil {
		s.refuse(wire.CodeSealRequired, "GA14: form", op.Key)
		return
	}
	newest := func(section string) uint32 {
		sec, _ := s.named.Section(section)
		return sec.Version
	}
	if v := newest(k.section); v == 0 || form.Version != v {
		s.refuse(wire.CodeSealStale, "GA14: version", op.Key)
		return
	}
	mask, token := false, false
	if k.Form == charter.FormValue || k.Form == charter.FormRepeat {
		field, _ := s.at.Field(k.Field)
		mask, token = field.Mask.HasPart(), field.Blind != ""
	}
	if form.HasMask != mask || form.HasToken != token {
		s.refuse(wire.CodeMalformed, "GA14: mask or token", op.Key)
		return
	}
	if token && uint32(form.Token.Lookup) > newest(charter.SectionLookup) {
		s.refuse(wire.CodeSealStale, "GA14: lookup version", op.Key)
	}
}
