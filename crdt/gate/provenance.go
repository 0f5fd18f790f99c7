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
	r := canon.NewReader(b)
	p = readProvenance(&r)
	if !r.OK() {
		return Provenance{}, false
	}
	for _, f := range p.Fields {
		if !canon.ValidID(f.ID) || f.Flag != nil && !validFlag(*f.Flag) {
			return Provenance{}, false
		}
	}
	if !distinct(p.Fields) {
		return Provenance{}, false
	}
	return p, true
}

// distinct tells whether no field occurs twice.
func distinct(fields []ProvenanceField) bool {
	if len(fields) <= 64 { // all that there are; a map would take longer than the rest of the reading
		for i := range fields {
			for k := range i {
				if fields[i].ID == fields[k].ID {
					return false
				}
			}
		}
		return true
	}
	seen := make(map[string]struct{}, len(fields))
	for _, f := range fields {
		seen[f.ID] = struct{}{}
	}
	return len(seen) == len(fields)
}

// readProvenance takes exactly what canon.Marshal writes (TestPO6_ByteForms):
// every imported customer has one, read at each door and by the index.
func readProvenance(r *canon.Reader) Provenance {
	if r.Array() != 5 {
		r.Refuse()
	}
	p := Provenance{Batch: r.Text(), File: r.Text(), Sheet: r.Text(), Row: r.Uint()}
	n := r.Array()
	p.Fields = make([]ProvenanceField, n)
	for i := range p.Fields {
		if r.Array() != 2 {
			r.Refuse()
		}
		p.Fields[i].ID = r.Text()
		if !r.Null() {
			flag := r.Text()
			p.Fields[i].Flag = &flag
		}
	}
	return p
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
