package book

import (
	"slices"
	"strings"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
)

// The kinds of acts that name a batch.
const (
	kindImport = "import"
	kindUndo   = "undo"
)

// trail is how the values of a customer came about, by what each replaced. An
// undo that brought back what stood before its batch counts as that and not as
// something new, so neither does the batch (IU5). What persons wrote always
// counts, and so does an undo that was forced over it.
type trail struct {
	p    *page
	acts []act // the first one made the customer
	keys []track
	gone []string // batches that were undone elsewhere
}

// act is one change of the customer.
type act struct {
	change.Info
	kind, cause string
	values      int // of keys that it wrote; what else it did is letters of a shared text
	notes       int // values among them that only note rows of files
}

func (a *act) of(batch string) bool {
	return a.cause == batch && (a.kind == kindImport || a.kind == kindUndo)
}

// track is the past of one key.
type track struct {
	p       *page
	key     string
	writes  []write // each one behind those that it replaced
	nothing write   // stands before the first
}

// write is a value that a key has or had.
type write struct {
	change.Write
	act *act
	// is the write that this one brought back, and itself where it brought none.
	is *write
}

func (p *page) trail(gone ...string) *trail {
	infos, keys := p.v.Infos(), p.v.Keys()
	t := &trail{p: p, gone: gone, acts: make([]act, len(infos)), keys: make([]track, 0, len(keys))}
	for i, info := range infos {
		kind, cause, _ := strings.Cut(info.Message, ":")
		t.acts[i] = act{Info: info, kind: kind, cause: cause}
	}
	for _, k := range keys {
		past, note := p.v.Past(k), strings.HasPrefix(k, "p:")
		for i := range past {
			a := &t.acts[past[i].At]
			a.values++
			if note {
				a.notes++
			}
		}
		if !note {
			t.keys = append(t.keys, track{p: p, key: k})
			t.keys[len(t.keys)-1].fill(t.acts, past)
		}
	}
	return t
}

func (k *track) fill(acts []act, past []change.Write) {
	k.nothing.act, k.nothing.is = &act{}, &k.nothing
	k.writes = make([]write, len(past))
	for i := range past {
		k.writes[i] = write{Write: past[i], act: &acts[past[i].At]}
	}
	for i := range k.writes { // those that it replaced are known by then
		k.writes[i].is = k.broughtBack(&k.writes[i])
	}
}

// broughtBack looks for what an undo brought back, or bringing back an import
// did, or an import of which one row displaced a value and the next one not
// (IM14): the same value, under nothing but what its own batch wrote.
func (k *track) broughtBack(w *write) *write {
	y, ok := k.under(w)
	switch {
	case w.act.kind == kindUndo:
	case w.act.kind == kindImport && ok && y.act.of(w.act.cause): // else it differs from what it found
	default:
		return w
	}
	for ; ok; y, ok = k.under(y) {
		own := y.act.of(w.act.cause)
		if !own {
			y = y.is
			own = y.act.of(w.act.cause)
		}
		if k.same(y.Value, w.Value) {
			return y.is
		}
		if !own {
			break
		}
	}
	return w
}

// under is what a write replaced; ok is false where it replaced several values
// that are not one.
func (k *track) under(w *write) (under *write, ok bool) {
	if len(w.Old) == 1 {
		under = k.find(w.Old[0])
		return under, under != nil
	}
	for _, id := range w.Old {
		o := k.find(id)
		if o == nil || under != nil && under != o.is {
			return nil, false
		}
		under = o.is
	}
	if under == nil {
		return &k.nothing, w != &k.nothing
	}
	return under, true
}

func (k *track) find(id change.OpID) *write {
	i, found := slices.BinarySearchFunc(k.writes, id, func(w write, id change.OpID) int { return w.ID.Compare(id) })
	if !found {
		return nil
	}
	return &k.writes[i]
}

// heads are the writes that the live values are, each once.
func (k *track) heads() []*write {
	var out []*write
	for _, e := range k.p.v.All(k.key) {
		if w := k.find(e.ID); w != nil && !slices.Contains(out, w.is) {
			out = append(out, w.is)
		}
	}
	return out
}

// standing are the heads and all that lies under them, but for what was undone.
func (k *track) standing() []*write {
	out := k.heads()
	for i := 0; i < len(out); i++ {
		for _, id := range out[i].Old {
			if w := k.find(id); w != nil && !slices.Contains(out, w.is) {
				out = append(out, w.is)
			}
		}
	}
	return slices.DeleteFunc(out, func(w *write) bool { return w == &k.nothing })
}

// gives tells whether a write is of what a batch brought in: its import, or an
// undo of its undo.
func (k *track) gives(w *write, batch string) bool {
	if !w.act.of(batch) || w.act.kind == kindImport {
		return w.act.of(batch)
	}
	return slices.ContainsFunc(k.writes, func(o write) bool {
		return o.act.kind == kindImport && o.act.cause == batch && k.same(o.Value, w.Value)
	})
}

// before is what stands under all that a batch gave, from a write of it down.
func (k *track) before(w *write, batch string) change.Value {
	for k.gives(w, batch) {
		under, ok := k.under(w)
		if !ok {
			return k.winner(w.Old)
		}
		w = under.is
	}
	return w.Value
}

// winner is the leading one of replaced values.
func (k *track) winner(ids []change.OpID) change.Value {
	var lead *write
	for _, id := range ids {
		if w := k.find(id); w != nil && (lead == nil || lead.ID.Less(w.ID)) {
			lead = w
		}
	}
	if lead == nil {
		return change.Null()
	}
	return lead.Value
}

// same tells whether two values of the key say the same, sealed ones by what
// they hold.
func (k *track) same(a, b change.Value) bool {
	if a == b {
		return true
	}
	id, ok := fieldID(k.key)
	if !ok {
		return false
	}
	f, _, err := k.p.field(id)
	return err == nil && k.p.says(f, a, b)
}

// given is what stands of a batch under a key: the newest of it where nothing
// else stands over or beside it, else the oldest, and what does. gave is nil
// where nothing is left of it, and where it was set back by force.
func (k *track) given(batch string) (gave, over *write) {
	heads := k.heads()
	if len(heads) == 1 && heads[0].act.of(batch) && !k.gives(heads[0], batch) {
		return nil, nil
	}
	for _, w := range heads {
		if !k.gives(w, batch) && (over == nil || over.At < w.At) {
			over = w
		}
	}
	for _, w := range k.standing() {
		if k.gives(w, batch) && (gave == nil || (w.At < gave.At) == (over != nil)) {
			gave = w
		}
	}
	return gave, over
}

// lastUndo is what the undo of a batch wrote last, while it can be taken back: it
// stands, or nothing does that came after the import. nil where it cannot, and
// where it was taken back already.
func (k *track) lastUndo(batch string) (last *write) {
	for i := range k.writes {
		w := &k.writes[i]
		if w.act.kind == kindUndo && w.act.cause == batch && (last == nil || last.At < w.At) {
			last = w
		}
	}
	heads := k.heads()
	if last == nil || len(heads) != 1 || k.gives(last.is, batch) {
		return nil
	}
	if heads[0] == last.is {
		return last
	}
	at := k.imported(batch)
	for _, w := range k.standing() {
		since := k.imported(w.act.cause)
		if since < 0 {
			since = w.At
		}
		if since >= at {
			return nil
		}
	}
	return last
}

// imported is the place of the last act that imported a value of a batch; -1
// where none did.
func (k *track) imported(batch string) int {
	at := -1
	for i := range k.writes {
		if a := k.writes[i].act; a.kind == kindImport && a.cause == batch {
			at = max(at, k.writes[i].At)
		}
	}
	return at
}

// undone tells whether a batch was undone and nothing that it gave stands.
func (t *trail) undone(batch string) bool {
	if !slices.ContainsFunc(t.acts, func(a act) bool { return a.kind == kindUndo && a.cause == batch }) {
		return false
	}
	for i := range t.keys {
		k := &t.keys[i]
		if slices.ContainsFunc(k.standing(), func(w *write) bool { return k.gives(w, batch) }) {
			return false
		}
	}
	return true
}

// lastBeside is the last act of anybody but one member; nil without any.
func (t *trail) lastBeside(m canon.MemberID) *act {
	for i := range slices.Backward(t.acts) {
		if t.member(&t.acts[i]) != m {
			return &t.acts[i]
		}
	}
	return nil
}

// member is who acted.
func (t *trail) member(a *act) canon.MemberID {
	m, _ := t.p.s.MemberOf(a.Actor.Device())
	return m.ID
}

// keeper is the last act beside a batch that something stands of, and the first
// field that it stands in; nil without any. Another member's note counts (IM13):
// the customer is in their file.
func (t *trail) keeper(batch string) (last *act, field string) {
	at, fields := 0, map[int]string{}
	for i := range t.acts {
		a := &t.acts[i]
		noted := a.notes > 0 && t.member(a) != t.member(&t.acts[0]) &&
			!slices.Contains(t.gone, a.cause) && !t.undone(a.cause)
		letters := a.NumOps > a.values
		if !a.of(batch) && (noted || letters) {
			at = i
		}
		if letters {
			fields[i] = t.shared()
		}
	}
	for i := range t.keys {
		k := &t.keys[i]
		id := fieldAt(k.key)
		for _, w := range k.standing() {
			if w.act.of(batch) {
				continue
			}
			if at = max(at, w.At); fields[w.At] == "" {
				fields[w.At] = id
			}
		}
	}
	if at == 0 {
		return nil, ""
	}
	return &t.acts[at], fields[at]
}

// shared is the field of the shared text, of which a customer has one.
func (t *trail) shared() string {
	for i := range t.keys {
		if k, err := charter.ParseKey(t.keys[i].key); err == nil && k.Form == charter.FormText {
			return k.Field
		}
	}
	return ""
}

// fieldAt is the field that a key is about, be it a value of it, a row, a text or
// a decision; empty where it is about none.
func fieldAt(key string) string {
	k, err := charter.ParseKey(key)
	if err != nil {
		return ""
	}
	return k.Field
}
