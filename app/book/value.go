package book

import (
	"cmp"
	"errors"
	"slices"

	"tongce/app/schema"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
)

// State says what can be shown of a value.
type State string

// The states of a value.
const (
	Shown      State = "ok"
	Empty      State = "empty"
	Masked     State = "masked"     // sealed: Text is the mask
	Unreadable State = "unreadable" // sealed, and no key here; or it does not open (SE3)
	Waiting    State = "waiting"    // sealed, and the salt is not here yet (SE0)
)

// blankMask stands for a value whose mask shows nothing of it (ADR 0019), so
// that it does not look, sort out or filter like an empty one.
const blankMask = "****"

// Value is one value that stands in a field.
type Value struct {
	Op    change.OpID
	State State
	// Text is the canonical value; of a sealed one its mask.
	Text string
	// Flag is a quality code to look at, or empty.
	Flag string
	// Change is the change that wrote it.
	Change change.Info
}

// FieldValues are the values that stand in one field: the live ones and, where a
// decision was taken back, those that it had replaced (DO19); the leading one is
// the last. Of values that say the same only the one nearest to the lead is here
// (DO18).
type FieldValues struct {
	Field  string
	Sealed bool
	Values []Value
	// Settled is true while somebody's decision names every live value; the
	// field then counts as having one value (PO6).
	Settled bool
	// live are the operations of all live values where there are several, equal
	// ones too.
	live []change.OpID
}

// Lead is the value that lists show; without any an empty one.
func (f FieldValues) Lead() Value {
	if len(f.Values) == 0 {
		return Value{State: Empty}
	}
	return f.Values[len(f.Values)-1]
}

// Others is how many values stand undecided beside the leading one.
func (f FieldValues) Others() int {
	if f.Settled || len(f.Values) == 0 {
		return 0
	}
	return len(f.Values) - 1
}

// values reads a field; ok is false where the member may not know of it.
func (p *page) values(f schema.Field) (FieldValues, bool) {
	out := FieldValues{Field: f.ID, Sealed: f.Sealed}
	if p.s.Policy().Sees(p.m.ID, f.Section) == charter.LevelNone && !f.Sealed {
		return out, false
	}
	all, again := p.standing(f.ID)
	var said []string // what each of out.Values says
	for n, e := range all {
		v := Value{Op: e.ID, State: Shown}
		v.Change, _ = p.v.Writer(e.ID)
		plain := p.show(f, e.Value, &v)
		if plain != "" {
			v.Flag = p.b.flag(f.ID, plain)
			if p.exact != nil && f.Sealed {
				p.exact[f.ID] = append(p.exact[f.ID], plain)
			}
		}
		if len(all) > 1 {
			says := content(v, plain, e.Value)
			if i := slices.Index(said, says); i >= 0 {
				if again && n == len(all)-1 {
					v = out.Values[i] // who wrote it first, and not who took the decision back
				}
				said, out.Values = slices.Delete(said, i, i+1), slices.Delete(out.Values, i, i+1)
			}
			said = append(said, says)
			if !again || n == len(all)-1 {
				out.live = append(out.live, e.ID)
			}
		}
		out.Values = append(out.Values, v)
	}
	out.Settled = len(out.Values) > 1 && p.settled(f.ID, out.live)
	return out, true
}

// content is what a value says, to compare it with its neighbours (DO18): what
// it holds where that can be read here, else the stored bytes. The caller keeps
// it nowhere.
func content(v Value, plain string, stored change.Value) string {
	switch {
	case v.State == Empty:
		return ""
	case plain != "":
		return "text " + plain
	}
	return "sealed " + string(stored.Bytes())
}

// stored is the stored form of one of the values that stand in a field.
func (p *page) stored(f schema.Field, op change.OpID) change.Value {
	all, _ := p.standing(f.ID)
	for _, e := range all {
		if e.ID == op {
			return e.Value
		}
	}
	return change.Null()
}

// show fills in state and text and gives the plaintext where it may be had, for
// the quality check; the caller does not keep it.
func (p *page) show(f schema.Field, stored change.Value, v *Value) (plain string) {
	if !f.Sealed {
		if stored.IsNull() || stored.Str() == "" {
			v.State = Empty
			return ""
		}
		v.Text = stored.Str()
		return v.Text
	}
	text, null, err := p.unseal(f, stored)
	switch {
	case errors.Is(err, ErrNotHere):
		v.State = Waiting
	case errors.Is(err, seal.ErrNoKey):
		v.State, v.Text = Unreadable, ""
		p.showMask(f, stored, v)
	case err != nil:
		v.State = Unreadable
	case null:
		v.State = Empty
	default:
		v.State, v.Text = Masked, cmp.Or(seal.MaskText(seal.MaskRule(f.MaskRule), text), blankMask)
		return text
	}
	return ""
}

// showMask is for a member who holds the mask key only (PO3).
func (p *page) showMask(f schema.Field, stored change.Value, v *Value) {
	salt, err := p.secret()
	if err != nil {
		return
	}
	mask, cleared, err := p.b.Ring.OpenMask(p.place(f), salt, stored.Bytes())
	switch {
	case err != nil:
	case cleared:
		v.State = Empty
	default:
		v.State, v.Text = Masked, cmp.Or(mask, blankMask)
	}
}

// unseal opens a sealed value; null tells a cleared one.
func (p *page) unseal(f schema.Field, stored change.Value) (text string, null bool, err error) {
	if stored.IsNull() {
		return "", true, nil
	}
	salt, err := p.secret()
	if err != nil {
		return "", false, err
	}
	full, err := p.b.Ring.Open(p.place(f), salt, stored.Bytes())
	if err != nil {
		return "", false, err
	}
	if seal.IsNull(full) {
		return "", true, nil
	}
	text, ok := seal.ReadText(full)
	if !ok {
		return "", false, seal.ErrForm
	}
	return text, text == "", nil
}

func (p *page) place(f schema.Field) seal.Place {
	return seal.Place{Doc: p.doc, Section: f.Section, Key: key(f.ID)}
}

// settled tells whether a single decision names all live values.
func (p *page) settled(field string, live []change.OpID) bool {
	decisions := p.v.All("c:" + field)
	if len(decisions) != 1 || decisions[0].Value.IsNull() {
		return false
	}
	named, ok := gate.DecodeSettled(decisions[0].Value.Bytes())
	if !ok {
		return false
	}
	for _, op := range live {
		if !slices.Contains(named, op) {
			return false
		}
	}
	return true
}

// flag is what a person should look at in a stored value.
func (b *Book) flag(field, text string) string {
	if r := b.Schema.Typed(field, text); r.Flagged() {
		return r.Code
	}
	return ""
}

// encode gives the stored form of a field's new value; an empty text clears.
// doc and salt are given apart, for customers that are being made.
func (b *Book) encode(s *charter.State, f schema.Field, cf charter.Field, doc canon.DocID, salt [32]byte, text string) (change.Value, error) {
	if len(text) > change.MaxValue || (f.Sealed && len(seal.Text(text)) > seal.MaxPlain) {
		return change.Null(), ErrTooLong
	}
	if !f.Sealed {
		if text == "" {
			return change.Null(), nil
		}
		return change.String(text), nil
	}
	section, _ := s.Section(f.Section)
	plain := seal.Plain{HasMask: cf.Mask.HasPart()}
	if text != "" {
		plain.Full = seal.Text(text)
		plain.Mask = seal.MaskText(cf.Mask, text)
	}
	if cf.Blind != "" {
		token, err := b.token(cf, f.ID, text)
		if err != nil {
			return change.Null(), err
		}
		plain.Token = &token
	}
	sealed, err := b.Ring.Seal(seal.Place{Doc: doc, Section: f.Section, Key: key(f.ID)}, section.Version, salt, plain)
	if err != nil {
		return change.Null(), err
	}
	return change.Bytes(sealed), nil
}

// token is the blind token of a value, or a random one where there is nothing
// to look up: its absence would tell (GA14).
func (b *Book) token(cf charter.Field, field, text string) (seal.Token, error) {
	normal := b.Schema.BlindForm(field, text)
	if normal == "" {
		version, _, ok := b.Ring.Newest(seal.SectionLookup)
		if !ok {
			return seal.Token{}, seal.ErrNoKey
		}
		return seal.RandomToken(b.Rand, schema.BlindNorm, uint8(version))
	}
	return b.Ring.Token(cf.Blind, schema.BlindNorm, normal)
}
