package crdt

// #include "core.h"
import "C"

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"tongce/crdt/change"
)

// Edit is what one change does.
type Edit struct {
	// Message is kept in the change (EN6).
	Message string
	// Time is the author's clock in seconds since 1970.
	Time int64
	// NewTexts are keys that get an empty text; only in a document's first
	// change (GA11).
	NewTexts []string
	// Sets are values to set, each key once, in any order.
	Sets []Set
	// Texts are edits of texts, each on what the ones before it left.
	Texts []Splice
}

// Set gives a key a value. Clearing sets null (PO7).
type Set struct {
	Key   string
	Value change.Value
}

// Splice deletes and inserts in the text at Key. Pos and Delete count code
// points.
type Splice struct {
	Key    string
	Pos    int
	Delete int
	Insert string
}

// Commit carries out an edit and returns it as one change chunk in the
// inflated form, to be signed (GA8). Sets that equal the single present value
// are left out; one that equals the winner of a conflict is written by this
// core and dropped by later ones, so build on neither. ErrNothing: nothing was left; ErrEdit: the edit is not
// possible; the document is as before. After any other error it is broken.
func (d *Doc) Commit(e Edit) ([]byte, error) {
	if err := d.ready(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	ops, count, err := d.plan(e)
	if err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	if count == 0 {
		return nil, fmt.Errorf("commit: %w", ErrNothing)
	}
	message := []byte(e.Message)
	var chunk []byte
	err = take(C.tc_commit(d.doc, bytesIn(ops), C.size_t(len(ops)), C.size_t(count),
		bytesIn(message), C.size_t(len(message)), C.int64_t(e.Time)),
		func(r *reader) { chunk = bytes.Clone(r.span()) })
	if err == nil {
		chunk, err = change.Inflate(chunk)
	}
	if err != nil {
		d.broken = true
		return nil, fmt.Errorf("commit %d operations: %w", count, err)
	}
	return chunk, nil
}

// plan checks the edit against the document and writes its ops for core.c.
// What it lets through cannot fail half way, as far as the core's rules are
// known. count is the number of operations that the change will have.
func (d *Doc) plan(e Edit) (ops []byte, count int, err error) {
	if !utf8.ValidString(e.Message) || e.Time < 0 || e.Time > change.MaxTime {
		return nil, 0, fmt.Errorf("message or time: %w", ErrEdit)
	}
	texts := slices.Sorted(slices.Values(e.NewTexts))
	sets := slices.SortedFunc(slices.Values(e.Sets), func(a, b Set) int { return strings.Compare(a.Key, b.Key) })
	if err := checkKeys(texts, sets); err != nil {
		return nil, 0, err
	}
	if len(texts) > 0 && len(d.Heads()) > 0 {
		return nil, 0, fmt.Errorf("text in a later change: %w", ErrEdit)
	}
	var w writer
	for _, key := range texts {
		w.op(kindText, key, "")
		count++
	}
	n, err := d.planSets(&w, sets)
	if err != nil {
		return nil, 0, err
	}
	m, err := d.planTexts(&w, texts, e.Texts)
	return w.b, count + n + m, err
}

func checkKeys(texts []string, sets []Set) error {
	seen := make(map[string]bool, len(texts)+len(sets))
	for i := range len(texts) + len(sets) {
		var key string
		var v change.Value
		if i < len(texts) {
			key = texts[i]
		} else {
			key, v = sets[i-len(texts)].Key, sets[i-len(texts)].Value
		}
		if key == "" || !utf8.ValidString(key) || seen[key] {
			return fmt.Errorf("key %d: empty, not text, or twice: %w", i, ErrEdit)
		}
		if v.Kind > change.KindTimestamp || !utf8.ValidString(v.Str()) {
			return fmt.Errorf("value %d of kind %s: %w", i, v.Kind, ErrEdit)
		}
		seen[key] = true
	}
	return nil
}

func (d *Doc) planSets(w *writer, sets []Set) (count int, err error) {
	keys := make([]string, len(sets))
	for i, s := range sets {
		keys[i] = s.Key
	}
	present, err := d.all(keys, nil)
	if err != nil {
		return 0, err
	}
	for i, s := range sets {
		items := present[s.Key]
		if slices.ContainsFunc(items, func(it Item) bool { return it.Value.Kind == change.KindText }) {
			return 0, fmt.Errorf("set %d over a text: %w", i, ErrEdit)
		}
		if len(items) == 1 && items[0].Value == s.Value {
			continue
		}
		w.set(s.Key, s.Value)
		count++
	}
	return count, nil
}

// planTexts knows the length of each text it meets, as the splices before left it.
func (d *Doc) planTexts(w *writer, fresh []string, splices []Splice) (count int, err error) {
	length := make(map[string]int, len(fresh))
	for _, key := range fresh {
		length[key] = 0
	}
	for i, s := range splices {
		n, ok := length[s.Key]
		if !ok {
			if n, err = d.textLength(s.Key); err != nil {
				return 0, fmt.Errorf("splice %d: %w: %w", i, ErrEdit, err)
			}
		}
		if s.Pos < 0 || s.Delete < 0 || s.Pos > n || s.Delete > n-s.Pos || !utf8.ValidString(s.Insert) {
			return 0, fmt.Errorf("splice %d: out of the text, or not text: %w", i, ErrEdit)
		}
		insert := utf8.RuneCountInString(s.Insert)
		length[s.Key] = n - s.Delete + insert
		if s.Delete+insert > 0 {
			w.splice(s)
			count += s.Delete + insert
		}
	}
	return count, nil
}

func (d *Doc) textLength(key string) (int, error) {
	if key == "" || !utf8.ValidString(key) {
		return 0, ErrUnsupported
	}
	t, err := d.Text(key)
	return utf8.RuneCountInString(t), err
}
