package index

import (
	"bytes"
	"cmp"
	"slices"

	"tongce/crdt/canon"
)

// Hit is one customer that a search found.
type Hit struct {
	ID   canon.DocID
	Name string
	// Where is name, start (of a part), text or number (an e-mail address too).
	Where string
}

// Search finds customers by a part of name, pinyin, initials, code, tag or
// note, by the last four or all digits of a phone, by a whole e-mail address; the
// best come first. total counts all.
func (x *Index) Search(text string, limit int) (hits []Hit, total int) {
	folded := []byte(fold(text))
	if len(folded) == 0 {
		return []Hit{}, 0
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.closed {
		return []Hit{}, 0
	}
	t := x.table
	type found struct {
		row  uint32
		rank int
	}
	var all []found
	atStart := append([]byte{'\n'}, folded...)
	numbers := map[uint32]bool{}
	if digits := digitsOf(text); len(digits) >= 4 {
		kind := ByPhone
		if len(digits) == 4 {
			kind = ByLast4
		}
		for _, row := range t.withKey(x.KeyOf(kind, digits)) {
			numbers[row] = true
		}
	}
	if bytes.ContainsRune(folded, '@') {
		for _, row := range t.withKey(x.KeyOf("email", string(folded))) {
			numbers[row] = true
		}
	}
	for row := range t.live {
		r := uint32(row)
		if !t.live[row] || t.flags[row]&flagDeleted != 0 {
			continue
		}
		if numbers[r] {
			all = append(all, found{r, rankNumber})
		} else if rank := rankOf(t.arena.get(t.search[row]), folded, atStart); rank < rankNone {
			all = append(all, found{r, rank})
		}
	}
	total = len(all)
	name := x.byID["name"]
	slices.SortFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank),
			bytes.Compare(t.arena.get(t.sortKey[a.row]), t.arena.get(t.sortKey[b.row])),
			bytes.Compare(t.ids[a.row][:], t.ids[b.row][:]))
	})
	hits = make([]Hit, 0, min(limit, len(all)))
	for _, f := range all[:min(max(limit, 0), len(all))] {
		hits = append(hits, Hit{ID: t.ids[f.row], Name: string(t.arena.get(t.cells[name][f.row])), Where: places[f.rank]})
	}
	return hits, total
}

const (
	rankNumber = iota
	rankName
	rankStart
	rankText
	rankNone
)

var places = [...]string{rankNumber: "number", rankName: "name", rankStart: "start", rankText: "text", rankNone: ""}

// rankOf tells how well a search text fits: at its very start (the name), at
// the start of a part (pinyin, initials, code), or somewhere. atStart is folded
// with the line break that parts begin with.
func rankOf(text, folded, atStart []byte) int {
	at := bytes.Index(text, folded)
	switch {
	case at < 0:
		return rankNone
	case at == 0:
		return rankName
	case bytes.Contains(text, atStart):
		return rankStart
	}
	return rankText
}
