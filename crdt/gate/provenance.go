package gate

import (
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/wire"
)

// Provenance is the value of p:<ulid>: where an import took values from (PO6).
type Provenance struct {
	_      struct{} `cbor:",toarray"`
	Batch  string   // the id in the change's message import:<batch>
	File   string
	Sheet  string
	Row    uint64
	Fields []ProvenanceField
}

// ProvenanceField is a field that the import set from the row, with a remark of
// the program or nil.
type ProvenanceField struct {
	_    struct{} `cbor:",toarray"`
	ID   string
	Flag *string // [a-z_]{1,32}
}

// EncodeProvenance is the value of p:<ulid>.
func EncodeProvenance(p Provenance) []byte {
	if p.Fields == nil {
		p.Fields = []ProvenanceField{}
	}
	return canon.MustMarshal(p)
}

// DecodeProvenance reads what EncodeProvenance wrote; ok is false for anything
// else, for a field twice, and for a flag of another form.
func DecodeProvenance(b []byte) (p Provenance, ok bool) {
	if canon.Unmarshal(b, &p) != nil || p.Fields == nil {
		return Provenance{}, false
	}
	seen := make(map[string]bool, len(p.Fields))
	for _, f := range p.Fields {
		if !canon.ValidID(f.ID) || seen[f.ID] || f.Flag != nil && !validFlag(*f.Flag) {
			return Provenance{}, false
		}
		seen[f.ID] = true
	}
	return p, true
}

func validFlag(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && c != '_' {
			return false
		}
	}
	return true
}

// checkProvenance is PO6 on p:<ulid>: set once, in the import that sets the
// fields it names.
func (s *scan) checkProvenance(op *change.Op) {
	p, ok := DecodeProvenance(op.Value.Bytes())
	switch {
	case !ok || op.Value.Len() > change.MaxValue:
		s.refuse(wire.CodeBadKey, "GA12: PO6 form of p:", op.Key)
	case s.kind != "import" || s.id == "" || p.Batch != s.id:
		s.refuse(wire.CodeBadKey, "GA12: PO6 p: outside its import", op.Key)
	case len(op.Pred) != 0 || len(s.doc.live(op.Key)) != 0:
		s.refuse(wire.CodeBadKey, "GA12: PO6 p: set twice", op.Key)
	default:
		if s.set == nil {
			s.set = s.fieldsSet()
		}
		for _, f := range p.Fields {
			if !s.set[f.ID] {
				s.refuse(wire.CodeBadKey, "GA12: PO6 p: names a field that the change does not set", op.Key)
				return
			}
		}
	}
}

// fieldsSet are the fields that the change sets. An entry counts as the field
// entries, and as every field of its section whose type that is.
func (s *scan) fieldsSet() map[string]bool {
	set, entries := map[string]bool{}, map[string]bool{}
	for _, k := range s.keys {
		switch k.Form {
		case charter.FormValue, charter.FormRepeat, charter.FormStage, charter.FormText, charter.FormSource:
			set[k.Field] = true
		case charter.FormOwner:
			set["owner"] = true
		case charter.FormDepartment:
			set["department"] = true
		case charter.FormEntry:
			entries[k.Section] = true
		default:
		}
	}
	if len(entries) == 0 {
		return set
	}
	set[typeEntries] = true
	for _, f := range s.at.Fields() {
		if entries[f.Section] && f.Type == typeEntries {
			set[f.ID] = true
		}
	}
	return set
}

// typeEntries is the type of a field whose values are the entries of its
// section, and the id of the one in a new workspace.
const typeEntries = "entries"
