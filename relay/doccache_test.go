package relay

import (
	"bytes"
	"fmt"
	"testing"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
	"tongce/crdt/wire"
)

// TestGA21_PackedDocuments: a document that was not used for a while is judged as
// before, out of the cache or, where there is no room, out of the log.
func TestGA21_PackedDocuments(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 7)
	s := w.scene
	w.connect(s.Founder).mustPush(s.History...)
	w.connect(s.Sales).mustPush(edit(s, "甲"))
	id := s.Customer.ID()
	c := newDocCache(1, 1<<20, 16)
	doc, err := w.room.document(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	want, err := doc.doc.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	others := func(from, to byte) {
		for i := from; i < to; i++ {
			c.put(&cachedDoc{id: canon.DocID{i}, doc: doc.doc, seq: 1})
		}
	}
	c.put(&cachedDoc{id: id, doc: doc.doc, seq: 7})
	others(1, 3)
	c.moved(id, 7, 8)
	got := c.get(id)
	if got == nil || got.seq != 8 || got.doc == doc.doc {
		t.Fatalf("out of the packed ones: %+v", got)
	}
	if b, err := got.doc.MarshalBinary(); err != nil || !bytes.Equal(b, want) {
		t.Errorf("it is another one, %v", err)
	}
	others(3, 5)
	c.moved(id, 7, 9)
	if c.get(id) != nil {
		t.Error("it is still there although it is not what it was")
	}
	c.put(got)
	c.most = 3 * len(want)
	others(5, 30)
	if c.get(id) != nil || c.bytes > c.most || c.packed.order.Len() != 3 || c.open.order.Len() != 1 {
		t.Errorf("%d bytes in %d documents", c.bytes, c.packed.order.Len())
	}
	for i := range byte(30) {
		c.drop(canon.DocID{i})
	}
	if c.bytes != 0 || len(c.open.at)+len(c.packed.at) != 0 {
		t.Errorf("%d bytes are left", c.bytes)
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
