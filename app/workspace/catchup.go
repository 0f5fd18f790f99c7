package workspace

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/quality"
	"tongce/crdt/canon"
	"tongce/crdt/repo"
)

// chunk is how many feed entries the index takes in one transaction. lag is how
// far a writer of many may be ahead of the index: what it wrote is then still in
// memory (repo keeps 2048 documents there) and need not be read and judged again.
const (
	chunk = 1000
	lag   = 1000
)

// follower keeps the index behind the store: the feed names what changed, the
// index keeps how far it came. Invariants:
//
//  1. The index's sequence only rises to what all entries below were applied
//     for, so that a kill repeats work and skips none.
//  2. Only one of catchUp and one runs at a time.
type follower struct {
	w    *Workspace
	wake chan struct{}
	stop context.CancelFunc
	done sync.WaitGroup

	running sync.Mutex

	// charter is set when statements arrived: rows or values may be seen
	// otherwise than before.
	charter atomic.Bool
	stood   standing
}

// newFollower begins to follow. left are imports whose rows nobody needs.
func newFollower(w *Workspace, left [][16]byte) *follower {
	ctx, stop := context.WithCancel(context.Background())
	f := &follower{w: w, wake: make(chan struct{}, 1), stop: stop, stood: w.standing()}
	f.wake <- struct{}{}
	f.done.Go(func() { f.run(ctx) })
	f.done.Go(func() { w.Import.sweep(ctx, left) })
	return f
}

func (f *follower) run(ctx context.Context) {
	f.w.keepEscrow(ctx)
	for first := true; ; {
		select {
		case <-ctx.Done():
			return
		case <-f.wake:
		}
		err := f.catchUp(ctx)
		if err != nil && ctx.Err() == nil {
			f.w.deps.Log.Error("index", "err", err)
		}
		if first {
			debug.FreeOSMemory() // a start reads all tables and the whole index, and rests then
			first = false
		}
	}
}

// nudge has the goroutine look at the feed.
func (f *follower) nudge() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *follower) close() {
	f.stop()
	f.done.Wait()
}

// keepUp waits, for a writer of many, until the index is not far behind. What
// keeps the index from following does not keep anybody from writing.
func (f *follower) keepUp(ctx context.Context) {
	if f.w.repo.FeedEnd() > f.w.Index.Applied()+lag && f.catchUp(ctx) == nil {
		return
	}
	f.nudge()
}

// WaitIndexed waits until the index has what the store had when it was called.
func (w *Workspace) WaitIndexed(ctx context.Context) error { return w.follow.catchUp(ctx) }

// one brings a single customer in at once. When little else is waiting, that
// is done along the way.
func (f *follower) one(ctx context.Context, doc canon.DocID) error {
	if f.w.repo.FeedEnd()-min(f.w.Index.Applied(), f.w.repo.FeedEnd()) <= chunk {
		return f.catchUp(ctx)
	}
	if err := f.apply(ctx, f.w.Index.Applied(), []canon.DocID{doc}); err != nil {
		return err
	}
	f.nudge()
	return nil
}

// catchUp applies the feed to its end.
func (f *follower) catchUp(ctx context.Context) error {
	f.running.Lock()
	defer f.running.Unlock()
	if f.charter.Swap(false) {
		if err := f.recheck(ctx); err != nil {
			return err
		}
	}
	start, end := f.w.Index.Applied(), f.w.repo.FeedEnd()
	if start > end || start == 0 && end > 0 {
		return f.rebuild(ctx)
	}
	for {
		after := f.w.Index.Applied()
		entries, err := f.w.repo.Feed(after, chunk)
		switch {
		case errors.Is(err, repo.ErrFeedTrimmed):
			return f.rebuild(ctx)
		case err != nil:
			return err
		case len(entries) == 0:
			return nil
		}
		docs, settled := touched(entries)
		last := entries[len(entries)-1].Seq
		if err := f.apply(ctx, last, docs, settled...); err != nil {
			return err
		}
		if err := f.trim(last); err != nil {
			return err
		}
	}
}

// touched are the documents of some entries: those to read again, and those that
// are only settled.
func touched(entries []repo.Touched) (docs, settled []canon.DocID) {
	only := make(map[canon.DocID]bool, len(entries))
	for _, e := range entries {
		was, seen := only[e.Doc]
		only[e.Doc] = e.Settled && (was || !seen)
	}
	for _, e := range entries {
		switch settles, first := only[e.Doc]; {
		case !first:
			continue
		case settles:
			settled = append(settled, e.Doc)
		default:
			docs = append(docs, e.Doc)
		}
		delete(only, e.Doc)
	}
	return docs, settled
}

// recheck takes in what statements changed of keys and rights.
func (f *follower) recheck(ctx context.Context) error {
	now, other, err := f.w.rekey(f.stood)
	if err != nil {
		f.w.deps.Log.Warn("section keys", "err", err)
	}
	f.stood = now
	f.w.keepEscrow(ctx)
	if !other {
		return nil
	}
	if err := f.rebuild(ctx); err != nil {
		f.charter.Store(true)
		return err
	}
	return nil
}

// keepFeed is how many feed entries stay behind the index, so that an index
// restored from a little earlier need not be made anew.
const keepFeed = 20_000

func (f *follower) trim(applied uint64) error {
	if applied < 2*keepFeed || applied%keepFeed > chunk {
		return nil
	}
	return f.w.repo.TrimFeed(applied - keepFeed)
}

// rebuild fills an empty index, or one that the feed does not reach, from the
// documents themselves. What changes meanwhile is in the feed after its end.
func (f *follower) rebuild(ctx context.Context) error {
	end := f.w.repo.FeedEnd()
	var all []canon.DocID
	if err := f.w.repo.Documents(func(d canon.DocID) error { all = append(all, d); return nil }); err != nil {
		return err
	}
	if f.w.Index.Applied() != 0 || f.w.Index.Len() > 0 {
		if err := f.w.Index.Clear(ctx); err != nil {
			return err
		}
	}
	note := func(done int) {
		f.w.events.note(func(e *Event) { e.Indexing, e.Done, e.Total = true, done, len(all) })
	}
	if len(all) == 0 {
		err := f.w.Index.Apply(ctx, end, nil, nil)
		note(0)
		return err
	}
	note(0)
	done := 0
	for part := range slices.Chunk(all, chunk) {
		done += len(part)
		applied := uint64(0)
		if done == len(all) {
			applied = end
		}
		if err := f.apply(ctx, applied, part); err != nil {
			return err
		}
		note(done)
	}
	return nil
}

// apply reads customers on all processors and puts them into the index; settled
// ones are not read.
func (f *follower) apply(ctx context.Context, applied uint64, docs []canon.DocID, settled ...canon.DocID) error {
	made := make([]*index.Customer, len(docs))
	g, gctx := errgroup.WithContext(ctx)
	workers := runtime.GOMAXPROCS(0)
	size := max((len(docs)+workers-1)/workers, 1)
	for from := 0; from < len(docs); from += size {
		g.Go(func() error {
			for i := from; i < min(from+size, len(docs)); i++ {
				if gctx.Err() != nil {
					return gctx.Err()
				}
				var err error
				if made[i], err = f.w.indexed(docs[i]); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return fmt.Errorf("index: %w", err)
	}
	puts, drops := make([]index.Customer, 0, len(docs)), []canon.DocID(nil)
	for i, c := range made {
		if c == nil {
			drops = append(drops, docs[i])
		} else {
			puts = append(puts, *c)
		}
	}
	if err := f.w.Index.Apply(ctx, applied, puts, drops, settled...); err != nil {
		return err
	}
	f.w.events.note(nil, append(docs, settled...)...)
	return nil
}

// indexed is a customer as the index has it; nil where it has none: no
// customer, a row that the member does not see, or one that cannot be read,
// which repo has set aside by then.
func (w *Workspace) indexed(doc canon.DocID) (*index.Customer, error) {
	facts, ok, err := w.Book.Facts(doc)
	switch {
	case errors.Is(err, repo.ErrNoDocument), errors.Is(err, book.ErrDenied), err == nil && !ok:
		return nil, nil //nolint:nilnil // nothing to show is no error
	case err != nil:
		return nil, fmt.Errorf("%s: %w", doc, err)
	}
	c := &index.Customer{
		ID: doc, Person: facts.Person, Deleted: facts.Deleted, Pending: facts.Pending > 0,
		Created: facts.Created * 1000, Changed: facts.Changed * 1000,
		Values: make(map[string]index.Value, len(facts.Fields)), Batches: facts.Batches,
	}
	for _, f := range facts.Fields {
		lead := f.Lead()
		if v := (index.Value{Text: lead.Text, Others: f.Others(), Flag: lead.Flag}); v != (index.Value{}) {
			c.Values[f.Field] = v
		}
	}
	search := append(slices.Clone(facts.Tags), facts.Field("remark").Lead().Text)
	c.Search = strings.Join(slices.DeleteFunc(search, func(s string) bool { return s == "" }), "\n")
	c.Keys = w.keysOf(facts)
	return c, nil
}

// keysOf are what a customer can be found by exactly, of every live value.
func (w *Workspace) keysOf(facts book.Facts) []index.Key {
	var keys []index.Key
	add := func(kind index.KeyKind, normal string) {
		if normal != "" {
			keys = append(keys, w.Index.KeyOf(kind, normal))
		}
	}
	for _, v := range facts.Field("name").Values {
		add(index.ByName, quality.NameKey(v.Text))
	}
	for _, v := range facts.Field("uscc").Values {
		add(index.ByUSCC, v.Text)
	}
	now := facts.Field("name").Lead().Text
	for _, r := range facts.Rows {
		add(index.ByRow, rowKey(r.File, r.Sheet, r.Row))
		if r.Name != now { // it is looked for under the name that its file has
			add(index.ByRow, nameKey(r.File, r.Sheet, quality.NameKey(r.Name)))
		}
	}
	for field, texts := range facts.Exact {
		for _, text := range texts {
			add(index.KeyKind(field), text)
			switch field {
			case "mobile", "phone":
				for _, one := range quality.Split(text) {
					if one != text {
						add(index.KeyKind(field), one)
					}
					d := digits(one)
					add(index.ByPhone, d)
					if len(d) >= 4 {
						add(index.ByLast4, d[len(d)-4:])
					}
				}
			case "email":
				for _, one := range quality.Split(text) {
					if one != text {
						add(index.KeyKind(field), one)
					}
				}
			case "id_number":
				add(index.ByID, text)
			}
		}
	}
	return keys
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
