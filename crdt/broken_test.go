package crdt_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"tongce/crdt"
	"tongce/crdt/change"
)

func TestLoadOfDamagedBytesIsAnError(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	first := commit(t, d, customer())
	second := put(t, d, "f:field_01", "甲")
	saved := save(t, d)
	for name, b := range map[string][]byte{"saved": saved, "chunk": first} {
		for n := range b {
			if got, err := crdt.Load(b[:n], actor(2)); err == nil {
				got.Close()
				t.Errorf("%s: the first %d of %d bytes were loaded", name, n, len(b))
			}
			if _, err := crdt.Dump(b[:n]); !errors.Is(err, crdt.ErrCorrupt) {
				t.Errorf("%s: dump of %d bytes: got %v", name, n, err)
			}
			flipped := bytes.Clone(b)
			flipped[n] ^= 0x10
			if got, err := crdt.Load(flipped, actor(2)); err == nil {
				got.Close()
				t.Errorf("%s: loaded with byte %d changed", name, n)
			}
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		b := make([]byte, random.IntN(300))
		for i := range b {
			b[i] = byte(random.Uint32())
		}
		if got, err := crdt.Load(b, actor(2)); err == nil {
			got.Close()
			t.Errorf("%d random bytes were loaded", len(b))
		}
	}
	if _, err := crdt.Load(second, actor(2)); !errors.Is(err, crdt.ErrMissingDeps) {
		t.Errorf("second change alone: got %v, want ErrMissingDeps", err)
	}
	both := load(t, append(bytes.Clone(first), second...), 2)
	if got, err := both.Values(); err != nil || got["f:field_01"].Str() != "甲" {
		t.Errorf("two chunks: got %v, %v", got["f:field_01"].Str(), err)
	}
}

func TestApplyFindsWhatTheCoreHides(t *testing.T) {
	t.Parallel()
	author := newDoc(t, 1)
	first := commit(t, author, customer())
	second := put(t, author, "f:field_01", "甲")
	third := put(t, author, "f:field_01", "乙")
	twin := load(t, append(bytes.Clone(first), second...), 1) // a copy of the device, under the same actor
	forked := put(t, twin, "f:field_02", "丙")
	bad := bytes.Clone(second)
	bad[len(bad)-1] ^= 1

	for _, tc := range []struct {
		name   string
		base   [][]byte
		chunks [][]byte
		want   error
	}{
		{"in order", nil, [][]byte{first, second, third}, nil},
		{"again", [][]byte{first, second}, [][]byte{second, first, third}, nil},
		{"nothing", [][]byte{first}, nil, nil},
		{"gap", [][]byte{first}, [][]byte{third}, crdt.ErrMissingDeps},
		{"gap into an empty document", nil, [][]byte{second}, crdt.ErrMissingDeps},
		{"bad checksum", [][]byte{first}, [][]byte{bad}, crdt.ErrCorrupt},
		{"good and bad", nil, [][]byte{first, bad}, crdt.ErrCorrupt},
		{"no chunk", [][]byte{first}, [][]byte{[]byte("not a chunk")}, crdt.ErrCorrupt},
		{"empty chunk", [][]byte{first}, [][]byte{{}}, crdt.ErrCorrupt},
		{"document chunk", [][]byte{first}, [][]byte{save(t, author)}, crdt.ErrCorrupt},
		{"sequence number used twice (ID5)", [][]byte{first, second, third}, [][]byte{forked}, crdt.ErrCorrupt},
	} {
		d := newDoc(t, 2)
		apply(t, d, tc.base...)
		err := d.Apply(tc.chunks...)
		if !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
		if _, again := d.Values(); (again == nil) != (tc.want == nil) {
			t.Errorf("%s: then got %v", tc.name, again)
		}
		d.Close()
	}
}

func TestImpossibleEditsChangeNothing(t *testing.T) {
	t.Parallel()
	d := newDoc(t, 1)
	commit(t, d, customer())
	before := save(t, d)
	v, other := change.String("值"), crdt.Set{Key: "f:other", Value: change.String("x")}
	splice := func(pos, del int, text string) crdt.Edit {
		return crdt.Edit{Sets: []crdt.Set{other}, Texts: []crdt.Splice{{Key: "n:memo", Pos: pos, Delete: del, Insert: text}}}
	}
	present := change.String("第0项 杭州云栖精密机械有限公司")
	for _, tc := range []struct {
		name string
		edit crdt.Edit
		want error
	}{
		{"empty", crdt.Edit{}, crdt.ErrNothing},
		{"present value", crdt.Edit{Sets: []crdt.Set{{Key: "f:field_00", Value: present}}}, crdt.ErrNothing},
		{"empty splice", crdt.Edit{Texts: []crdt.Splice{{Key: "n:memo"}}}, crdt.ErrNothing},
		{"empty key", crdt.Edit{Sets: []crdt.Set{other, {Key: "", Value: v}}}, crdt.ErrEdit},
		{"key twice", crdt.Edit{Sets: []crdt.Set{{Key: "f:a", Value: v}, {Key: "f:a", Value: v}}}, crdt.ErrEdit},
		{"key no text", crdt.Edit{Sets: []crdt.Set{other, {Key: "f:\xff", Value: v}}}, crdt.ErrEdit},
		{"value no text", crdt.Edit{Sets: []crdt.Set{other, {Key: "f:z", Value: change.String("\xff")}}}, crdt.ErrEdit},
		{"value a float", crdt.Edit{Sets: []crdt.Set{other, {Key: "f:z", Value: change.Value{Kind: change.KindFloat}}}}, crdt.ErrEdit},
		{"value a text", crdt.Edit{Sets: []crdt.Set{{Key: "n:z", Value: change.Value{Kind: change.KindText}}}}, crdt.ErrEdit},
		{"over a text", crdt.Edit{Sets: []crdt.Set{other, {Key: "n:memo", Value: v}}}, crdt.ErrEdit},
		{"late text (GA11)", crdt.Edit{NewTexts: []string{"n:late"}, Sets: []crdt.Set{other}}, crdt.ErrEdit},
		{"message no text", crdt.Edit{Message: "\xff", Sets: []crdt.Set{other}}, crdt.ErrEdit},
		{"negative time", crdt.Edit{Time: -1, Sets: []crdt.Set{other}}, crdt.ErrEdit},
		{"time in milliseconds", crdt.Edit{Time: change.MaxTime + 1, Sets: []crdt.Set{other}}, crdt.ErrEdit},
		{"splice behind the end", splice(1, 0, "x"), crdt.ErrEdit},
		{"splice before the start", splice(-1, 0, "x"), crdt.ErrEdit},
		{"splice deletes too much", splice(0, 1, ""), crdt.ErrEdit},
		{"splice deletes backwards", splice(0, -1, ""), crdt.ErrEdit},
		{"splice no text", splice(0, 0, "\xff"), crdt.ErrEdit},
		{"splice of a value", crdt.Edit{Texts: []crdt.Splice{{Key: "f:field_00", Insert: "x"}}}, crdt.ErrEdit},
		{"splice of nothing", crdt.Edit{Texts: []crdt.Splice{{Key: "n:none", Insert: "x"}}}, crdt.ErrEdit},
		{"splice of no key", crdt.Edit{Texts: []crdt.Splice{{Key: "", Insert: "x"}}}, crdt.ErrEdit},
	} {
		if _, err := d.Commit(tc.edit); !errors.Is(err, tc.want) {
			t.Errorf("%s: got %v, want %v", tc.name, err, tc.want)
		}
		if !bytes.Equal(save(t, d), before) {
			t.Fatalf("%s: the document changed", tc.name)
		}
	}
	commit(t, d, splice(0, 0, "好")) // still usable
}
