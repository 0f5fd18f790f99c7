package workspace

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"tongce/app/index"
	"tongce/app/sheet"
	"tongce/crdt/canon"
)

// lookup answers an import's questions about the book.
type lookup struct{ w *Workspace }

var _ sheet.Lookup = lookup{}

// Match implements sheet.Lookup by the keyed hashes of the index.
func (l lookup) Match(ctx context.Context, keys []sheet.Keys) ([][]string, error) {
	out := make([][]string, len(keys))
	for i, k := range keys {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		seen := map[canon.DocID]bool{}
		ask := func(kind index.KeyKind, normal string) {
			if normal == "" {
				return
			}
			for _, id := range l.w.Index.Lookup(l.w.Index.KeyOf(kind, normal)) {
				if !seen[id] {
					seen[id] = true
					out[i] = append(out[i], id.String())
				}
			}
		}
		ask(index.ByUSCC, k.USCC)
		ask(index.ByID, k.IDNumber)
		ask(index.ByName, k.Name)
		for _, list := range [][]string{k.Mobiles, k.Phones} {
			for _, n := range list {
				ask(index.ByPhone, digits(n))
			}
		}
		for _, e := range k.Emails {
			ask("email", e)
		}
	}
	return out, nil
}

// Values implements sheet.Lookup.
func (l lookup) Values(ctx context.Context, ids []string) ([]sheet.Existing, error) {
	found := make([]*sheet.Existing, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, text := range ids {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			id, err := canon.ParseDocID(text)
			if err != nil {
				return err
			}
			plain, ok, err := l.w.Book.Plain(id)
			if err == nil && ok && !plain.Deleted {
				found[i] = &sheet.Existing{ID: text, Name: plain.Fields["name"], Fields: plain.Fields, Hidden: plain.Hidden}
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	var out []sheet.Existing
	for _, e := range found {
		if e != nil {
			out = append(out, *e)
		}
	}
	return out, nil
}
