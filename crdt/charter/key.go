package charter

import (
	"strings"

	"tongce/crdt/canon"
)

// MaxKey is the longest key of a document in bytes (wire.md limits).
const MaxKey = 128

// KeyForm is the form of a key in a document (PO6).
type KeyForm uint8

// The forms of PO6 and PO8.
const (
	FormValue      KeyForm = iota + 1 // f:<field>
	FormConfirmed                     // c:<field>
	FormSource                        // o:<field>
	FormRepeat                        // r:<field>:<ulid>
	FormText                          // n:<field>
	FormTag                           // t:<tag>
	FormEntry                         // e:<section>:<member>:<ulid>
	FormTask                          // k:<ulid>
	FormProvenance                    // p:<ulid>
	FormDistinct                      // d:<customer>
	FormConsent                       // s:consent.<field>
	FormStage                         // s:stage
	FormOwner                         // s:owner
	FormDepartment                    // s:department
	FormPool                          // s:pool
	FormTombstone                     // s:tombstone
	FormMerged                        // s:merged
	FormSetting                       // x:<area>:<id>:<attribute>, special documents only (PO8)
)

// Key is a document key, taken apart.
type Key struct {
	Form    KeyForm
	Field   string         // f c o r n, s:consent, s:stage ("stage")
	Section string         // e
	Member  canon.MemberID // e
	ID      [16]byte       // r e k p d
	Tag     string         // t
	Area    string         // x
	Item    string         // x: <id>
	Attr    string         // x: <attribute>
}

// ParseKey takes a key of PO6 or PO8 apart. It checks form only, whether field,
// section and member exist is for Policy.May. The error is an InvalidError with
// bad_key (GA12).
func ParseKey(key string) (Key, error) {
	if len(key) > MaxKey {
		return Key{}, badKey("key over the limit")
	}
	prefix, rest, ok := strings.Cut(key, ":")
	if !ok {
		return Key{}, badKey("key without kind")
	}
	switch prefix {
	case "f":
		return fieldKey(FormValue, rest)
	case "c":
		return fieldKey(FormConfirmed, rest)
	case "o":
		return fieldKey(FormSource, rest)
	case "n":
		return fieldKey(FormText, rest)
	case "r":
		field, id, _ := strings.Cut(rest, ":")
		k, err := fieldKey(FormRepeat, field)
		if err != nil {
			return Key{}, err
		}
		return withID(k, id)
	case "t":
		if !canon.ValidID(rest) {
			return Key{}, badKey("tag")
		}
		return Key{Form: FormTag, Tag: rest}, nil
	case "k":
		return withID(Key{Form: FormTask}, rest)
	case "p":
		return withID(Key{Form: FormProvenance}, rest)
	case "d":
		return withID(Key{Form: FormDistinct}, rest)
	case "e":
		return entryKey(rest)
	case "s":
		return stateKey(rest)
	case "x":
		return settingKey(rest)
	default:
		return Key{}, badKey("kind of key")
	}
}

func badKey(what string) error { return invalid(CodeBadKey, "PO6", what) }

func fieldKey(form KeyForm, field string) (Key, error) {
	if !canon.ValidID(field) {
		return Key{}, badKey("field")
	}
	return Key{Form: form, Field: field}, nil
}

func withID(k Key, id string) (Key, error) {
	b, err := canon.ParseText16(id)
	if err != nil {
		return Key{}, badKey("id")
	}
	k.ID = b
	return k, nil
}

func entryKey(rest string) (Key, error) {
	parts := strings.Split(rest, ":")
	if len(parts) != 3 || !canon.ValidID(parts[0]) {
		return Key{}, badKey("entry")
	}
	m, err := canon.ParseMemberID(parts[1])
	if err != nil {
		return Key{}, badKey("entry member")
	}
	return withID(Key{Form: FormEntry, Section: parts[0], Member: m}, parts[2])
}

func stateKey(rest string) (Key, error) {
	switch rest {
	case "owner":
		return Key{Form: FormOwner}, nil
	case "department":
		return Key{Form: FormDepartment}, nil
	case "pool":
		return Key{Form: FormPool}, nil
	case "stage":
		return Key{Form: FormStage, Field: FieldStage}, nil
	case "tombstone":
		return Key{Form: FormTombstone}, nil
	case "merged":
		return Key{Form: FormMerged}, nil
	}
	if field, ok := strings.CutPrefix(rest, "consent."); ok {
		return fieldKey(FormConsent, field)
	}
	return Key{}, badKey("state")
}

func settingKey(rest string) (Key, error) {
	parts := strings.Split(rest, ":")
	if len(parts) != 3 || !canon.ValidID(parts[0]) || !settingPart(parts[1]) || !settingPart(parts[2]) {
		return Key{}, badKey("setting")
	}
	return Key{Form: FormSetting, Area: parts[0], Item: parts[1], Attr: parts[2]}, nil
}

// settingPart: 1 to 64 of a-z, A-Z, 0-9, '_', '-' and '.'.
func settingPart(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for _, c := range []byte(s) {
		switch {
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '_', c == '-', c == '.':
		default:
			return false
		}
	}
	return true
}

// KeySection is the section that a key lies in by the charter, and whether its
// value must be sealed (PO6): c:, p:, d:, s:, k: and t: never are. ok is false
// where the key names a field or section that does not exist, or lies in no
// section (p, d, k, x and the s: keys that stand for no field).
func (s *State) KeySection(k Key) (section string, sealed, ok bool) {
	switch k.Form {
	case FormValue, FormSource, FormRepeat, FormText, FormConfirmed, FormConsent, FormStage:
		f, found := s.fields[k.Field]
		if !found {
			return "", false, false
		}
		carries := k.Form == FormValue || k.Form == FormSource || k.Form == FormRepeat || k.Form == FormText
		return f.Section, carries && s.sections[f.Section].Sealed, true
	case FormEntry:
		x, found := s.sections[k.Section]
		return k.Section, x.Sealed, found
	case FormTag:
		return SectionBase, false, true
	default:
		return "", false, false
	}
}
