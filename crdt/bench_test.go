package crdt_test

import (
	"strconv"
	"testing"

	"tongce/crdt"
	"tongce/crdt/change"
)

func BenchmarkCreate(b *testing.B) {
	e := customer()
	for b.Loop() {
		d, err := crdt.New(actor(1))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := d.Commit(e); err != nil {
			b.Fatal(err)
		}
		d.Close()
	}
}

func BenchmarkLoadValues(b *testing.B) {
	d := newDoc(b, 1)
	commit(b, d, customer())
	saved := save(b, d)
	for b.Loop() {
		x, err := crdt.Load(saved, actor(2))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := x.Values(); err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

func BenchmarkDump(b *testing.B) {
	d := newDoc(b, 1)
	commit(b, d, customer())
	saved := save(b, d)
	for b.Loop() {
		if _, err := crdt.Dump(saved); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSave(b *testing.B) {
	d := newDoc(b, 1)
	commit(b, d, customer())
	for b.Loop() {
		if _, err := d.Save(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkConflicts(b *testing.B) {
	d := newDoc(b, 1)
	commit(b, d, customer())
	for b.Loop() {
		if _, err := d.Conflicts(); err != nil {
			b.Fatal(err)
		}
	}
}

// An edit as the window makes it: the document is loaded from its snapshot,
// changed, and let go.
func BenchmarkLoadEdit(b *testing.B) {
	d := newDoc(b, 1)
	commit(b, d, customer())
	saved := save(b, d)
	e := crdt.Edit{Message: "edit", Time: someTime, Sets: []crdt.Set{{Key: "f:field_01", Value: change.String("甲")}}}
	for b.Loop() {
		x, err := crdt.Load(saved, actor(2))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := x.Commit(e); err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}

// An edit of a document that is held open; it is renewed every 100 edits.
func BenchmarkEdit(b *testing.B) {
	d := newDoc(b, 1)
	commit(b, d, customer())
	saved := save(b, d)
	for i := 0; b.Loop(); i++ {
		if i%100 == 99 {
			d.Close()
			d = load(b, saved, 1)
		}
		v := change.String(strconv.Itoa(i))
		if _, err := d.Commit(crdt.Edit{Message: "edit", Time: someTime, Sets: []crdt.Set{{Key: "f:field_01", Value: v}}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	d := newDoc(b, 1)
	created := commit(b, d, customer())
	edited := put(b, d, "f:field_01", "甲")
	for b.Loop() {
		x, err := crdt.New(actor(2))
		if err != nil {
			b.Fatal(err)
		}
		if err := x.Apply(created, edited); err != nil {
			b.Fatal(err)
		}
		x.Close()
	}
}
