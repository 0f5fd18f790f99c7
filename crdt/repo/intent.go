package repo

import (
	"slices"
	"strings"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/gate"
	"tongce/crdt/seal"
	"tongce/crdt/wire"
)

// intent is what an own change meant, free of its place in the document (RB3).
type intent struct {
	hash    canon.Hash
	message string
	time    int64
	creates bool
	news    []string // keys of texts that the change makes
	sets    []intentSet
	texts   []intentSet // texts as the change left them
}

// intentSet is one value with what was there when it was written.
type intentSet struct {
	crdt.Set
	base change.Value
	deps []canon.Hash
}

func (in *intent) item(doc canon.DocID, s intentSet, code wire.Code, now int64) trayItem {
	return trayItem{
		Doc: doc, Key: s.Key, Value: storeValue(s.Value), Base: storeValue(s.base), Code: code,
		Time: in.time, Message: in.message, Change: in.hash, At: now,
	}
}

// edit is the intent as an edit of a document that exists or not.
func (in *intent) edit(exists bool) Edit {
	e := Edit{Message: in.message, Time: in.time}
	for _, s := range in.sets {
		e.Sets = append(e.Sets, s.Set)
	}
	if exists {
		return e
	}
	e.NewTexts = in.news
	for _, t := range in.texts {
		if t.Value.Str() != "" {
			e.Texts = append(e.Texts, crdt.Splice{Key: t.Key, Insert: t.Value.Str()})
		}
	}
	return e
}

// intent reads what a pending change meant. Text edits keep the whole text: it
// goes to the list, or into the document that it creates.
func (b *rebasing) intent(o *ownEdit, c *change.Change) (*intent, error) {
	in := &intent{hash: c.Hash, message: c.Message, time: c.Time, creates: o.e.Body.Kind == wire.KindCreate}
	state := b.old.work.State()
	texts := false
	for i := range c.Ops {
		op := &c.Ops[i]
		switch {
		case !op.Obj.IsZero():
			texts = true
		case op.Action == change.MakeText:
			in.news = append(in.news, op.Key)
		default:
			s := intentSet{Set: crdt.Set{Key: op.Key, Value: op.Value}, deps: c.Deps}
			if live, err := state.Live(op.Key, c.Deps); err == nil && len(c.Deps) > 0 && len(live) > 0 {
				s.base = live[len(live)-1].Value
			}
			in.sets = append(in.sets, s)
		}
	}
	if !texts {
		return in, nil
	}
	return in, b.readTexts(in, c)
}

// readTexts takes the texts of the document as they stood after the change.
func (b *rebasing) readTexts(in *intent, c *change.Change) error {
	if !b.old.work.State().Has(c.Hash) {
		b.keepLetters(in, c)
		return nil
	}
	core, err := b.r.coreOf(b.old, b.r.actor())
	if err != nil {
		return err
	}
	defer core.Close()
	for _, key := range b.old.work.State().Keys() {
		if !strings.HasPrefix(key, "n:") {
			continue
		}
		after, err := core.Text(key, c.Hash)
		if err != nil {
			continue // no text yet as seen from there
		}
		before := ""
		if len(c.Deps) > 0 {
			if before, err = core.Text(key, c.Deps...); err != nil {
				before = ""
			}
		}
		if before != after {
			in.texts = append(in.texts, intentSet{
				Set: crdt.Set{Key: key, Value: change.String(after)}, base: change.String(before), deps: c.Deps,
			})
		}
	}
	return nil
}

// keepLetters takes the letters of a change whose ground is another device's by
// now (EN5): they cannot be placed in the text, but the person gets them.
func (b *rebasing) keepLetters(in *intent, c *change.Change) {
	letters := map[change.OpID]string{}
	for i := range c.Ops {
		if op := &c.Ops[i]; !op.Obj.IsZero() && op.Insert {
			letters[op.Obj] += op.Value.Str()
		}
	}
	state := b.old.work.State()
	for _, key := range state.Keys() {
		if !strings.HasPrefix(key, "n:") {
			continue
		}
		live, err := state.Live(key, state.Heads())
		if err != nil {
			continue
		}
		for _, e := range live {
			if text := letters[e.ID]; text != "" {
				in.texts = append(in.texts, intentSet{Set: crdt.Set{Key: key, Value: change.String(text)}, deps: c.Deps})
			}
		}
	}
}

// prepareKeys writes anew what depends on its place: c: and p: keys, and sealed
// values whose key version rose. Text edits of a document that exists go to the
// list as a whole.
func (b *rebasing) prepareKeys(in *intent) {
	if b.d.exists() && len(in.texts) > 0 {
		keys := make([]string, len(in.texts))
		for i, t := range in.texts {
			keys[i] = t.Key
		}
		b.refuse(in, wire.CodeBadChange, keys)
	}
	var stale []string
	in.sets = slices.DeleteFunc(in.sets, func(s intentSet) bool {
		return strings.HasPrefix(s.Key, "c:") && !s.Value.IsNull() && !b.settlesAnew(s)
	})
	for i := range in.sets {
		s := &in.sets[i]
		switch {
		case strings.HasPrefix(s.Key, "c:") && !s.Value.IsNull():
			s.Value = change.Bytes(b.settled(s.Key))
		case s.Value.Kind == change.KindBytes && !b.reseal(s):
			stale = append(stale, s.Key)
		}
	}
	if len(stale) > 0 {
		b.refuse(in, wire.CodeSealStale, stale)
	}
	in.keepProvenance()
}

// settledKeys are the keys that c:<field> is about.
func settledKeys(state *change.State, field string) []string {
	var out []string
	for _, k := range state.Keys() {
		if k == "f:"+field || strings.HasPrefix(k, "r:"+field+":") || field == charter.FieldStage && k == "s:stage" {
			out = append(out, k)
		}
	}
	return out
}

// settlesAnew tells whether the values that a c: key settled are those that are
// live now.
func (b *rebasing) settlesAnew(s intentSet) bool {
	ids, ok := gate.DecodeSettled(s.Value.Bytes())
	if !ok {
		return false
	}
	field := s.Key[len("c:"):]
	state, now := b.old.work.State(), b.d.work.State()
	var then, live []change.Value
	for _, k := range settledKeys(state, field) {
		entries, err := state.Live(k, s.deps)
		if err != nil {
			return false
		}
		for _, e := range entries {
			if slices.Contains(ids, e.ID) {
				then = append(then, e.Value)
			}
		}
	}
	for _, k := range settledKeys(now, field) {
		entries, err := now.Live(k, nil)
		if err != nil {
			return false
		}
		for _, e := range entries {
			live = append(live, e.Value)
		}
	}
	if len(then) != len(ids) || len(then) != len(live) {
		return false
	}
	for _, v := range then {
		i := slices.Index(live, v)
		if i < 0 {
			return false
		}
		live = slices.Delete(live, i, i+1)
	}
	return true
}

func (b *rebasing) settled(key string) []byte {
	now := b.d.work.State()
	var ids []change.OpID
	for _, k := range settledKeys(now, key[len("c:"):]) {
		entries, err := now.Live(k, nil)
		if err != nil {
			continue
		}
		for _, e := range entries {
			ids = append(ids, e.ID)
		}
	}
	return gate.EncodeSettled(ids)
}

// reseal seals a value anew whose section's key rose; false: it cannot.
func (b *rebasing) reseal(s *intentSet) bool {
	k, err := charter.ParseKey(s.Key)
	if err != nil {
		return true // the gate says what is wrong with it
	}
	state := b.r.Charter().State()
	section, sealed, ok := state.KeySection(k)
	if !ok || !sealed {
		return true
	}
	form, err := seal.ReadForm(s.Value.Bytes())
	if err != nil {
		return true
	}
	sec, _ := state.Section(section)
	if form.Version == sec.Version {
		return true
	}
	if b.r.cfg.Resealer == nil {
		return false
	}
	again, err := b.r.cfg.Resealer.Reseal(b.old.id, s.Key, s.Value.Bytes())
	if err != nil {
		return false
	}
	s.Value = change.Bytes(again)
	return true
}

// keepProvenance leaves in p: keys only the fields that the change still sets;
// one that is left without any goes.
func (in *intent) keepProvenance() {
	fields := map[string]bool{}
	entries := false
	for _, s := range in.sets {
		// What counts as setting a field is said in docs/adr/0029.
		part := strings.Split(s.Key, ":")
		if len(part) > 1 && strings.Contains("f o r n s", part[0]) {
			fields[part[1]] = true
		}
		entries = entries || part[0] == "e"
	}
	in.sets = slices.DeleteFunc(in.sets, func(s intentSet) bool {
		if !strings.HasPrefix(s.Key, "p:") {
			return false
		}
		p, ok := gate.DecodeProvenance(s.Value.Bytes())
		return ok && len(p.Fields) > 0 && !slices.ContainsFunc(p.Fields, func(f gate.ProvenanceField) bool { return entries || fields[f.ID] })
	})
	for i := range in.sets {
		s := &in.sets[i]
		if !strings.HasPrefix(s.Key, "p:") {
			continue
		}
		if p, ok := gate.DecodeProvenance(s.Value.Bytes()); ok {
			p.Fields = slices.DeleteFunc(p.Fields, func(f gate.ProvenanceField) bool { return !entries && !fields[f.ID] })
			s.Value = change.Bytes(gate.EncodeProvenance(p))
		}
	}
}
