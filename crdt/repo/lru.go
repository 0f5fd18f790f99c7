package repo

import (
	"container/list"

	"tongce/crdt/canon"
)

// maxCached is how many documents stay in memory between calls: as many as the
// index reads at a time behind an import or a first pull.
const maxCached = 2048

// lru keeps the documents that were used last. Its owner guards it.
type lru struct {
	byID  map[canon.DocID]*list.Element
	order *list.List // front: used last
	epoch uint64     // rises with every write, so that a reader knows whether what it loaded is still true
}

func newLRU() lru { return lru{byID: map[canon.DocID]*list.Element{}, order: list.New()} }

func (l *lru) get(id canon.DocID) *document {
	e, ok := l.byID[id]
	if !ok {
		return nil
	}
	l.order.MoveToFront(e)
	return e.Value.(*document) //nolint:forcetypeassert // put adds nothing else
}

func (l *lru) put(d *document) {
	if e, ok := l.byID[d.id]; ok {
		e.Value = d
		l.order.MoveToFront(e)
		return
	}
	l.byID[d.id] = l.order.PushFront(d)
	for len(l.byID) > maxCached {
		l.drop(l.order.Back().Value.(*document).id) //nolint:forcetypeassert // as above
	}
}

func (l *lru) drop(id canon.DocID) {
	if e, ok := l.byID[id]; ok {
		l.order.Remove(e)
		delete(l.byID, id)
	}
}
