package workspace

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/sheet"
	"tongce/crdt/canon"
	"tongce/crdt/store"
)

// Past is one import that this device or another one made.
type Past struct {
	Batch  [16]byte
	Files  []FileInfo
	Phase  Phase
	Counts sheet.Counts
	Rows   int
	At     time.Time
	Took   time.Duration
	By     canon.MemberID
	// Elsewhere is one of another device. What is known of it stands in the
	// customers that it touched: one file's name, and Rows counts customers.
	Elsewhere bool
	// Draft: it can be changed at every step until it is written (Keep).
	Draft bool
	// Repairs is how many were made in the plan.
	Repairs int
}

// own reads the records of this device's imports, newest first.
func (i *Import) own() ([]Past, error) {
	var out []Past
	err := i.eachBatch(func(tx store.Tx, batch [16]byte) error {
		b, err := i.job(tx, batch)
		if err != nil {
			return err
		}
		var r record
		if b != nil && json.Unmarshal(b, &r) == nil {
			out = append(out, r.past(batch))
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("past imports: %w", err)
	}
	newestFirst(out)
	return out, nil
}

func newestFirst(all []Past) {
	slices.SortFunc(all, func(a, b Past) int { return b.At.Compare(a.At) })
}

// job is the record of an import; nil where there is none. One that is damaged
// is left as it is and read as no record's bytes: the customers know of the
// import all the same.
func (i *Import) job(tx store.Tx, batch [16]byte) ([]byte, error) {
	b, err := store.GetOr(tx, store.ImportKey(batch, "job"))
	if errors.Is(err, store.ErrCorrupt) {
		i.w.deps.Log.Warn("the record of an import is damaged", "batch", canon.Text16(batch))
		return []byte{}, nil
	}
	return b, err
}

// eachBatch calls fn for every import that the store has something of.
func (i *Import) eachBatch(fn func(store.Tx, [16]byte) error) error {
	return i.w.store.View(func(tx store.Tx) error {
		var from []byte
		for {
			k, err := store.FirstKey(tx, store.Imports(), from)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			if err != nil {
				return err
			}
			rest := bytes.TrimPrefix(k, store.Imports())
			if len(rest) < 16 {
				return store.ErrCorrupt
			}
			batch := [16]byte(rest[:16])
			from = append(store.ImportOf(batch), 0xff)
			if err := fn(tx, batch); err != nil {
				return err
			}
		}
	})
}

// Past lists the imports of this device and those of others that the book has
// customers of, newest first. Drafts and those in PhaseCheck and PhaseWriting can
// be taken up with Job, all others undone.
func (i *Import) Past() ([]Past, error) {
	out, err := i.own()
	if err != nil {
		return nil, err
	}
	known := map[string]index.Batch{}
	for _, b := range i.w.Index.Batches() {
		known[b.ID] = b
	}
	for n := range out {
		p := &out[n]
		id := canon.Text16(p.Batch)
		if b, there := known[id]; there && p.Phase == PhaseDone {
			if seen, ok := i.elsewhere(b); ok { // another device may have undone it
				p.Phase = seen.Phase
			}
		}
		delete(known, id)
	}
	for _, b := range slices.Collect(maps.Values(known)) {
		if p, ok := i.elsewhere(b); ok {
			out = append(out, p)
		}
	}
	newestFirst(out)
	return out, nil
}

// elsewhere is an import by what its customers tell of it.
func (i *Import) elsewhere(b index.Batch) (Past, bool) {
	p := Past{Phase: PhaseDone, Rows: b.Rows, Elsewhere: true}
	var err error
	if p.Batch, err = canon.ParseText16(b.ID); err != nil {
		return p, false
	}
	acts, err := i.w.Book.History(b.One, "")
	if err != nil { // one that cannot be read has been set aside: others list it
		return p, false
	}
	at := slices.IndexFunc(acts, func(a book.Act) bool { return a.Kind == "import" && a.Cause == b.ID })
	if at < 0 {
		return p, false
	}
	act := acts[at]
	p.By, p.At = act.Member, time.Unix(act.Time, 0).UTC()
	if act.Source != nil {
		p.Files = []FileInfo{{Name: act.Source.File}}
	}
	if i.wasUndone(p.Batch) {
		p.Phase = PhaseUndone
	}
	return p, true
}

// Before is the newest import of this device that wrote a file with this digest
// and was not undone.
func (i *Import) Before(digest string) (Past, bool, error) {
	all, err := i.own()
	if err != nil {
		return Past{}, false, err
	}
	for _, p := range all {
		if p.Phase == PhaseDone && slices.ContainsFunc(p.Files, func(f FileInfo) bool { return f.Digest == digest }) {
			return p, true, nil
		}
	}
	return Past{}, false, nil
}

// leftovers are imports of which only rows or files are left: looking at files or
// planning that was killed, and plans that were written to the end.
func (i *Import) leftovers() ([][16]byte, error) {
	var out [][16]byte
	err := i.eachBatch(func(tx store.Tx, batch [16]byte) error {
		b, err := i.job(tx, batch)
		if err != nil {
			return err
		}
		var r record
		broken := b != nil && json.Unmarshal(b, &r) != nil
		if broken || b != nil && (r.Phase != PhaseDone || r.Counts.Wrong > 0) {
			return nil
		}
		for _, part := range []string{partRows, partFiles} {
			_, err := store.FirstKey(tx, store.ImportKey(batch, part), nil)
			if err == nil {
				out = append(out, batch)
				return nil
			}
			if !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("rows of imports: %w", err)
	}
	return out, nil
}

// sweep removes the rows and files of the given imports. An import that begins meanwhile
// has an id of its own.
func (i *Import) sweep(ctx context.Context, batches [][16]byte) {
	for _, batch := range batches {
		left := planStore{st: i.w.store, batch: batch}
		err := errors.Join(left.clear(ctx, partRows), left.clear(ctx, partFiles))
		if err != nil && ctx.Err() == nil {
			i.w.deps.Log.Warn("rows of an import are still there", "batch", canon.Text16(batch), "err", err)
		}
	}
}
