package relay

import (
	"bytes"
	"fmt"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/gate"
	"tongce/crdt/wire"
)

// TestGA21_ForgottenDocuments: the cache holds what was used last, as much as it
// may, and forgets what is not as it was.
func TestGA21_ForgottenDocuments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	doc, err := w.room.document(t.Context(), s.Customer.ID())
	if err != nil {
		t.Fatal(err)
	}
	weight := doc.doc.Weight()
	c := newDocCache(3 * weight)
	put := func(n byte) { c.put(&cachedDoc{id: canon.DocID{n}, doc: doc.doc, seq: 7}) }
	held := func() (ids []byte) {
		for n := range byte(9) {
			if c.at[canon.DocID{n}] != nil {
				ids = append(ids, n)
			}
		}
		return ids
	}
	for n := range byte(4) {
		put(n)
	}
	if got := held(); !bytes.Equal(got, []byte{1, 2, 3}) || c.weight != 3*weight {
		t.Errorf("%v are held, %d bytes", got, c.weight)
	}
	c.get(canon.DocID{1})
	put(4)
	put(4)
	if got := held(); !bytes.Equal(got, []byte{1, 3, 4}) || c.weight != 3*weight {
		t.Errorf("after one was used %v are held, %d bytes", got, c.weight)
	}
	c.moved(canon.DocID{1}, 7, 8)
	c.moved(canon.DocID{3}, 6, 8)
	if got := c.get(canon.DocID{1}); got == nil || got.seq != 8 {
		t.Errorf("moved: %+v", got)
	}
	if got := held(); !bytes.Equal(got, []byte{1, 4}) {
		t.Errorf("after one was not what it was %v are held", got)
	}
	c.put(&cachedDoc{id: canon.DocID{8}, doc: gate.NewDoc(canon.DocID{8}), seq: 7})
	if got := held(); !bytes.Equal(got, []byte{1, 4}) {
		t.Errorf("with one that has less than two changes %v are held", got)
	}
	c.most = 1
	put(5)
	if got := held(); !bytes.Equal(got, []byte{5}) {
		t.Errorf("of those that are too large %v are held", got)
	}
	c.drop(canon.DocID{5})
	if c.weight != 0 || len(c.at) != 0 || c.order.Len() != 0 {
		t.Errorf("%d bytes are left", c.weight)
	}
}

// TestGA21_OldPast: an edit that follows what the cache has folded is judged by
// the whole document; one that follows nothing known is refused.
func TestGA21_OldPast(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	sales, founder := w.connect(s.Sales), w.connect(s.Founder)
	id := s.Customer.ID()
	var old []canon.Hash
	for i := range 40 {
		if i == 3 {
			old = s.Customer.State().Heads()
		}
		sales.mustPush(edit(s, fmt.Sprint(i)))
	}
	known := func() int {
		c, err := w.room.document(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return len(c.doc.State().Hashes())
	}
	if n := known(); n > 2*w.room.cfg.CacheChanges {
		t.Fatalf("of %d changes %d are held", s.Customer.State().Changes(), n)
	}
	at := func(heads ...canon.Hash) *change.Change {
		return changetest.EditAt(t, s.Customer.State(), heads, s.Actor(s.Founder), "edit", str("f:remark", "old"))
	}
	unknown := changetest.Forge(t, at(old...), func(c *change.Change) { c.Deps = []canon.Hash{{1}} })
	if got := founder.push(s.Envelope(s.Founder, id, unknown))[0].Code; got != wire.CodeMissingDeps {
		t.Errorf("after an unknown change: %s", got)
	}
	founder.mustPush(s.Accept(s.Founder, s.Customer, at(old...)))
	if n, all := known(), s.Customer.State().Changes(); n < all-4 {
		t.Errorf("with two ends, one of them old, %d of %d changes are held", n, all)
	}
	for i := range 2 * w.room.cfg.CacheChanges {
		sales.mustPush(edit(s, fmt.Sprint("both", i)))
	}
	if n := known(); n > 2*w.room.cfg.CacheChanges {
		t.Errorf("after both ends were joined %d changes are held", n)
	}
	w.restart()
	w.connect(s.Sales).mustPush(edit(s, "last"))
}
