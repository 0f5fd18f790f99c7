package repo

import (
	"cmp"
	"fmt"
	"slices"

	"tongce/crdt/canon"
	"tongce/crdt/store"
	"tongce/crdt/wire"
)

// giveBack judges anew what was set aside of the documents: the cursor has passed
// it, so the relay does not send it again. What passes is entered as if it came
// now, in the order of the log; what does not stays where it is. A record that a
// process died with (PK5) is noted before the core gets it, and goes aside again
// if it was the cause.
func (r *Repo) giveBack() error {
	found := map[canon.DocID][]setAside{}
	err := r.st.View(func(tx store.Tx) error {
		return tx.Scan(store.Quarantine(), nil, func(k, v []byte) error {
			var q aside
			if err := canon.Unmarshal(v, &q); err != nil || q.Kind != asideRecord && q.Kind != asidePack {
				return nil //nolint:nilerr // Quarantined names what does not read
			}
			recs, err := line{pack: q.Kind == asidePack, b: q.Bytes}.records()
			if err == nil && len(recs) > 0 && recs[0].Envelope.Body.Doc == q.Doc {
				found[q.Doc] = append(found[q.Doc], setAside{key: slices.Clone(k), recs: recs})
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("read quarantine: %w", err)
	}
	r.write.Lock()
	defer r.write.Unlock()
	for _, id := range sortedIDs(found) {
		if err := r.giveBackDoc(id, found[id]); err != nil {
			return fmt.Errorf("give back to %s: %w", id, err)
		}
	}
	return r.openForked()
}

// setAside is one entry of the quarantine with its records.
type setAside struct {
	key  []byte
	recs []wire.LogRecord
}

func (r *Repo) giveBackDoc(id canon.DocID, list []setAside) error {
	d, err := r.own(id)
	if err != nil {
		return err
	}
	t := &taken{before: d, after: d.fork()}
	var recs []wire.LogRecord
	for _, s := range list {
		recs = append(recs, s.recs...)
	}
	slices.SortStableFunc(recs, func(a, b wire.LogRecord) int { return cmp.Compare(a.Seq, b.Seq) })
	ch := r.Charter()
	for i := range recs {
		if recs[i].C < ch.Len() {
			t.enter(r, ch, &recs[i], "")
		}
	}
	t.bad = nil // it is there already
	var whole [][]byte
	for _, s := range list {
		if !slices.ContainsFunc(s.recs, func(rec wire.LogRecord) bool { return !t.after.acc.Has(&rec.Envelope) }) {
			whole = append(whole, s.key)
		}
	}
	if len(whole) == 0 && len(t.puts) == 0 {
		return nil
	}
	t.after.next = d.next + uint64(len(t.puts))
	t.after.rework(ch)
	t.touched = len(t.puts) > 0
	m, now := r.mark, r.cfg.Now().Unix()
	next, err := r.drawIncarnation()
	if err != nil {
		return err
	}
	err = r.update(WriteAside, store.Synced, func(tx store.Tx) error {
		m = r.mark
		for _, k := range whole {
			if err := tx.Delete(k); err != nil {
				return err
			}
		}
		if err := t.put(tx, &m, next, now); err != nil {
			return err
		}
		return m.put(tx)
	})
	if err != nil {
		return err
	}
	return r.took(m, []*taken{t})
}
