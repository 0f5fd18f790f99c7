package crdt

// #include "core.h"
import "C"

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/change"
)

// Item is one live value of a key with the operation that set it.
type Item = change.Entry

// Snapshot is all that a document shows at present.
type Snapshot struct {
	// Values are the winners. A text is a value of change.KindText.
	Values map[string]change.Value
	// Conflicts has the keys with more than one live value, in the order of
	// change.OpID.Less: the winner is the last.
	Conflicts map[string][]Item
	// Texts has the content of the keys that hold a text.
	Texts map[string]string
	// Heads are sorted.
	Heads []canon.Hash
}

// Values are the winning values of all keys, now or as they were at the given
// heads. It returns ErrUnknownHeads for a head that is not in the document.
func (d *Doc) Values(at ...canon.Hash) (map[string]change.Value, error) {
	s, err := d.read(readWinners, at)
	if err != nil {
		return nil, fmt.Errorf("values: %w", err)
	}
	return s.Values, nil
}

// Conflicts are the live values of each key that has more than one, in the
// order of change.OpID.Less: the winner is the last.
func (d *Doc) Conflicts() (map[string][]Item, error) {
	s, err := d.read(readConflicts, nil)
	if err != nil {
		return nil, fmt.Errorf("conflicts: %w", err)
	}
	return s.Conflicts, nil
}

// Snapshot reads everything in one call.
func (d *Doc) Snapshot() (Snapshot, error) {
	s, err := d.read(readWinners|readConflicts|readTexts|readHeads, nil)
	if err != nil {
		return Snapshot{}, fmt.Errorf("snapshot: %w", err)
	}
	return s, nil
}

func (d *Doc) read(what int, at []canon.Hash) (Snapshot, error) {
	if err := d.ready(); err != nil {
		return Snapshot{}, err
	}
	heads := flatten(at)
	return snapshot(C.tc_read(d.doc, C.int(what), bytesIn(heads), C.size_t(len(heads))))
}

// All are the live values of a key, now or as they were at the given heads, in
// the order of change.OpID.Less: the winner is the last. A key that was never
// set has none.
func (d *Doc) All(key string, at ...canon.Hash) ([]Item, error) {
	all, err := d.all([]string{key}, at)
	if err != nil {
		return nil, fmt.Errorf("all values of a key: %w", err)
	}
	return all[key], nil
}

func (d *Doc) all(keys []string, at []canon.Hash) (map[string][]Item, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	var w writer
	for _, k := range keys {
		w.span(k)
	}
	heads := flatten(at)
	s, err := snapshot(C.tc_all(d.doc, bytesIn(w.b), C.size_t(len(w.b)), bytesIn(heads), C.size_t(len(heads))))
	return s.Conflicts, err
}

// Text is the content of the text at key, now or as it was at the given heads.
// It returns ErrUnsupported where there is no text.
func (d *Doc) Text(key string, at ...canon.Hash) (string, error) {
	if err := d.ready(); err != nil {
		return "", fmt.Errorf("text: %w", err)
	}
	heads, k := flatten(at), []byte(key)
	s, err := snapshot(C.tc_text(d.doc, bytesIn(k), C.size_t(len(k)), bytesIn(heads), C.size_t(len(heads))))
	if err != nil {
		return "", fmt.Errorf("text: %w", err)
	}
	return s.Texts[key], nil
}

// Dump loads what Save gave, reads everything and frees the document, in one
// call. It returns ErrCorrupt, ErrMissingDeps or ErrUnsupported.
func Dump(saved []byte) (Snapshot, error) {
	if len(saved) == 0 {
		return Snapshot{}, fmt.Errorf("dump document of no bytes: %w", ErrCorrupt)
	}
	s, err := snapshot(C.tc_dump(bytesIn(saved), C.size_t(len(saved))))
	if err != nil {
		return Snapshot{}, fmt.Errorf("dump document of %d bytes: %w", len(saved), err)
	}
	return s, nil
}

// Prove loads saved and compares it with what the document showed: call it
// before the chunks behind a new snapshot go. Any difference is ErrNotProven.
func Prove(saved []byte, want Snapshot) error {
	got, err := Dump(saved)
	if err != nil {
		return fmt.Errorf("prove snapshot: %w: %w", ErrNotProven, err)
	}
	if !slices.Equal(got.Heads, want.Heads) || !maps.Equal(got.Values, want.Values) ||
		!maps.Equal(got.Texts, want.Texts) || !maps.EqualFunc(got.Conflicts, want.Conflicts, slices.Equal) {
		return fmt.Errorf("prove snapshot of %d bytes: %w", len(saved), ErrNotProven)
	}
	return nil
}

// snapshot reads records; the items of a key follow each other.
func snapshot(o C.tc_out) (Snapshot, error) {
	s := Snapshot{Values: map[string]change.Value{}, Conflicts: map[string][]Item{}, Texts: map[string]string{}}
	err := take(o, func(r *reader) {
		for r.more() {
			switch r.byte() {
			case tagHead:
				s.Heads = append(s.Heads, r.hash())
			case tagWinner:
				key := string(r.span())
				s.Values[key] = r.value()
			case tagItem:
				key := string(r.span())
				s.Conflicts[key] = append(s.Conflicts[key], Item{ID: r.opID(), Value: r.value()})
			case tagText:
				key := string(r.span())
				s.Texts[key] = string(r.span())
			default:
				r.bad = true
			}
		}
	})
	if err != nil {
		return Snapshot{}, err
	}
	slices.SortFunc(s.Heads, func(a, b canon.Hash) int { return bytes.Compare(a[:], b[:]) })
	for _, items := range s.Conflicts {
		slices.SortFunc(items, func(a, b Item) int { return a.ID.Compare(b.ID) })
	}
	return s, nil
}
