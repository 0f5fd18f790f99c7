package repo

import (
	"fmt"

	"tongce/crdt"
	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/charter"
	"tongce/crdt/store"
)

// View is a document as it stood when it was read, or at earlier heads. It
// never changes, holds no memory of the C core, and is safe for many goroutines.
// Values of sealed sections are ciphertext.
type View struct {
	d  *document
	at []canon.Hash // nil: with everything
}

// Read gives a document with own pending edits. ErrNoDocument: there is none.
func (r *Repo) Read(doc canon.DocID) (*View, error) {
	return r.ReadAt(doc, nil)
}

// ReadAt gives a document as it stood at the given heads (nil: now); an unknown
// head is an error that change.CodeOf finds missing_deps in.
func (r *Repo) ReadAt(doc canon.DocID, at []canon.Hash) (*View, error) {
	d, err := r.doc(doc)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", doc, err)
	}
	if !d.exists() {
		return nil, fmt.Errorf("read %s: %w", doc, ErrNoDocument)
	}
	for _, h := range at {
		if !d.work.State().Has(h) {
			return nil, fmt.Errorf("read %s at %s: %w", doc, h, crdt.ErrUnknownHeads)
		}
	}
	return &View{d: d, at: at}, nil
}

// Doc is the document's id.
func (v *View) Doc() canon.DocID { return v.d.id }

// Heads are the changes that no other one follows.
func (v *View) Heads() []canon.Hash {
	if v.at != nil {
		return v.at
	}
	return v.d.work.State().Heads()
}

// Keys are all keys that were ever set in the document, sorted.
func (v *View) Keys() []string { return v.d.work.State().Keys() }

// All are the live values of a key in Automerge's order: the winner is the last
// one. A key that was not set has none.
func (v *View) All(key string) []change.Entry {
	entries, err := v.d.work.State().Live(key, v.at)
	if err != nil {
		return nil // ReadAt looked for the heads
	}
	return entries
}

// Get is the winning value of a key; ok is false where there is none.
func (v *View) Get(key string) (value change.Value, ok bool) {
	all := v.All(key)
	if len(all) == 0 {
		return change.Null(), false
	}
	return all[len(all)-1].Value, true
}

// Values are the winners of all keys.
func (v *View) Values() map[string]change.Value {
	out := make(map[string]change.Value)
	for _, k := range v.Keys() {
		if value, ok := v.Get(k); ok {
			out[k] = value
		}
	}
	return out
}

// Conflicts are the live values of each key that has more than one.
func (v *View) Conflicts() map[string][]change.Entry {
	out := map[string][]change.Entry{}
	for _, k := range v.Keys() {
		if all := v.All(k); len(all) > 1 {
			out[k] = all
		}
	}
	return out
}

// Writer tells which change set a value: its actor, time and message.
func (v *View) Writer(id change.OpID) (change.Info, bool) { return v.d.work.State().Writer(id) }

// Creator tells about the change that made the document.
func (v *View) Creator() (change.Info, bool) { return v.d.work.State().Creator() }

// Salt is the document's salt where the view brings it: always while the document
// is being made, when the store does not have it yet. Repo.Salt knows the others.
func (v *View) Salt() (salt [32]byte, ok bool) {
	if v.d.salt == nil {
		return salt, false
	}
	return *v.d.salt, true
}

// Row is what rights on the document depend on; of the present, whatever heads
// the view is at.
func (v *View) Row(s *charter.State) charter.Row { return v.d.work.Row(s) }

// Infos are all changes of the document as it is now, those that are accepted in
// the order of the log, then the pending ones.
func (v *View) Infos() []change.Info { return v.d.work.State().Infos() }

// Past are the values that a key has now or ever had; At is a place in Infos.
func (v *View) Past(key string) []change.Write { return v.d.work.State().Past(key) }

// Size is the bytes and the number of changes of the document, for the limits
// of wire.md section 1.
func (v *View) Size() (size, changes, keys int) {
	s := v.d.work.State()
	return s.Size(), s.Changes(), len(s.Keys())
}

// Pending is how many own envelopes of the document the log has not accepted.
func (v *View) Pending() int {
	n := 0
	for _, o := range v.d.pend {
		if o.p.State != placed {
			n++
		}
	}
	return n
}

// IsPending tells whether a change is in an own envelope that is not accepted.
func (v *View) IsPending(h canon.Hash) bool {
	return !v.d.acc.State().Has(h) && v.d.work.State().Has(h)
}

// Text is the content of a shared text (n:memo) at the view's heads. It is read
// by the C core.
func (r *Repo) Text(v *View, key string) (string, error) {
	var text string
	err := r.withCore(v.d, canon.ActorID{}, func(d *crdt.Doc) (err error) {
		text, err = d.Text(key, v.Heads()...)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read text of %s: %w", v.d.id, err)
	}
	return text, nil
}

// Documents calls fn with the id of every document here, in order, until fn
// returns an error.
func (r *Repo) Documents(fn func(canon.DocID) error) error {
	ids, err := r.documentIDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := fn(id); err != nil {
			return err
		}
	}
	return nil
}

// documentIDs are the ids of all documents, sorted.
func (r *Repo) documentIDs() ([]canon.DocID, error) {
	seen := map[canon.DocID]struct{}{}
	err := r.st.View(func(tx store.Tx) error { return addDocuments(tx, seen) })
	if err != nil {
		return nil, fmt.Errorf("list documents: %w", err)
	}
	return sortedIDs(seen), nil
}

// addDocuments adds the ids of all documents to a set.
func addDocuments(tx store.Tx, set map[canon.DocID]struct{}) error {
	for _, prefix := range store.DocumentFamilies() {
		err := tx.Keys(prefix, nil, func(k []byte) error {
			id, err := store.DocOf(k)
			set[id] = struct{}{}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
