//go:build cgo

package change_test

import (
	"errors"
	"testing"

	"github.com/automerge/automerge-go"

	"tongce/crdt/canon"
	"tongce/crdt/change"
	"tongce/crdt/change/changetest"
)

// base is a change of the core with the document it was written on.
type base struct {
	chunk  []byte
	before *change.State
	prefix []byte // the chunks before it
}

func mutantBases(tb testing.TB, seeds int) []base {
	tb.Helper()
	var bases []base
	for seed := range uint64(seeds) {
		h := newHistory(tb, seed+3_000_000, 3)
		h.run(14)
		s := change.NewState()
		var prefix []byte
		for i, c := range h.changes {
			bases = append(bases, base{chunk: h.chunks[i], before: s.Clone(), prefix: prefix})
			check(tb, s.Enter(c))
			prefix = append(prefix[:len(prefix):len(prefix)], h.chunks[i]...)
		}
	}
	return bases
}

// TestGA8_Mutants damages changes of the core and repairs their checksum. None
// may make the decoder panic; what the decoder passes is encoded to the same
// bytes; what State passes too is taken by the core under the same hash, with
// the same values, and the core can go on working with it. TONGCE_MUTANTS says
// how many.
func TestGA8_Mutants(t *testing.T) {
	t.Parallel()
	n := envCount("TONGCE_MUTANTS", 10_000)
	bases := mutantBases(t, 20)
	codes := map[change.Code]int{}
	decoded, entered, same := 0, 0, 0
	m := changetest.NewMutator(7)
	for i := range n {
		b := bases[i%len(bases)]
		mutant := m.Mutate(b.chunk)
		c, err := change.Decode(mutant)
		if err != nil {
			codes[violationCode(t, i, err)]++
			continue
		}
		decoded++
		again, err := c.Chunk()
		if err != nil || string(again) != string(mutant) {
			t.Fatalf("mutant %d passes and is encoded otherwise: %x", i, mutant)
		}
		if err := b.before.Check(c); err != nil {
			codes[violationCode(t, i, err)]++
			continue
		}
		if string(mutant) == string(b.chunk) {
			same++
			continue
		}
		entered++
		coreTakes(t, i, b, c, mutant)
	}
	t.Logf("mutants %d, decoded %d, let into the document %d (and %d unchanged), refused %v", n, decoded, entered, same, codes)
	if entered == 0 || len(codes) < 4 {
		t.Error("the mutants are too weak to show anything")
	}
}

func violationCode(t *testing.T, i int, err error) change.Code {
	t.Helper()
	var v *change.Violation
	if !errors.As(err, &v) || v.Code == "" || v.Rule == "" {
		t.Fatalf("mutant %d: error %v is no violation", i, err)
	}
	return v.Code
}

func coreTakes(t *testing.T, i int, b base, c *change.Change, mutant []byte) {
	t.Helper()
	s := b.before.Clone()
	s.Add(c)
	doc := automerge.New()
	check(t, doc.SetActorID("ffffffffffffffffffffffffffffffff"))
	if len(b.prefix) > 0 {
		check(t, doc.LoadIncremental(b.prefix))
	}
	if err := doc.LoadIncremental(mutant); err != nil {
		t.Fatalf("mutant %d: the core refuses: %v\n%x", i, err, mutant)
	}
	if _, err := doc.Change(automerge.ChangeHash(c.Hash)); err != nil {
		t.Fatalf("mutant %d: the core lacks it: %v\n%x", i, err, mutant)
	}
	for _, key := range s.Keys() {
		live, err := s.Live(key, nil)
		check(t, err)
		v, err := doc.RootMap().Get(key)
		check(t, err)
		if v.IsVoid() || live[len(live)-1].Value != coreValue(t, v) {
			t.Fatalf("mutant %d key %s: core has another value\n%x", i, key, mutant)
		}
		if v.Kind() == automerge.KindText {
			text, err := v.Text().Get()
			check(t, err)
			// Several live values of an element count, but one is shown.
			if len(text) > change.TextBytes(s, live[0].ID) {
				t.Fatalf("mutant %d: text of %d bytes\n%x", i, len(text), mutant)
			}
		}
	}
	check(t, doc.RootMap().Set("f:after", "the core goes on"))
	hash, err := doc.Commit("edit")
	check(t, err)
	reloaded, err := automerge.Load(doc.Save())
	if err != nil {
		t.Fatalf("mutant %d: the saved document does not load: %v\n%x", i, err, mutant)
	}
	if heads := reloaded.Heads(); len(heads) != len(doc.Heads()) || len(s.Heads()) == 0 {
		t.Fatalf("mutant %d: %d heads after loading", i, len(heads))
	}
	raw, err := reloaded.Change(hash)
	check(t, err)
	plain, err := change.Inflate(raw.Save())
	check(t, err)
	next, err := change.Read(plain)
	check(t, err)
	for j, d := range next.Deps {
		if d != s.Heads()[j] {
			t.Fatalf("mutant %d: the core builds on other heads", i)
		}
	}
	// The present moment in milliseconds is no allowed time; all else must fit.
	forged := changetest.Forge(t, next, func(c *change.Change) { c.Time = 0 })
	if err := s.Check(forged); err != nil {
		t.Fatalf("mutant %d: the core's next change: %v\n%x", i, err, mutant)
	}
}

// FuzzDecode: no input makes the package panic, and what passes is what Encode
// gives.
func FuzzDecode(f *testing.F) {
	for _, b := range mutantBases(f, 3) {
		f.Add(b.chunk)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzzOne(t, b)
		if len(b) > 9 {
			fuzzOne(t, changetest.Repair(b))
		}
		_, _ = change.UnmarshalState(b)
	})
}

func fuzzOne(t *testing.T, b []byte) {
	t.Helper()
	if plain, err := change.Inflate(b); err == nil {
		if _, err := change.Hash(plain); err != nil {
			t.Fatalf("inflated and not a chunk: %v", err)
		}
	}
	if parts, err := change.Split(b); err == nil && len(b) > 0 && len(parts) == 0 {
		t.Fatal("bytes split into nothing")
	}
	c, err := change.Decode(b)
	if err != nil {
		if change.CodeOf(err) == "" {
			t.Fatalf("error without a code: %v", err)
		}
		return
	}
	again, err := c.Chunk()
	if err != nil || string(again) != string(b) {
		t.Fatal("passes and is encoded otherwise")
	}
	read, err := change.Read(b)
	if err != nil || read.Hash != c.Hash || read.Hash == (canon.Hash{}) {
		t.Fatal("Decode passes and Read differs")
	}
}
