package workspace

import (
	"context"
	"runtime"
	"strconv"

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
		for n, p := range k.Places {
			ask(index.ByRow, rowKey(p.File, p.Sheet, uint64(p.Row)))
			if n == 0 || p.File != k.Places[n-1].File || p.Sheet != k.Places[n-1].Sheet {
				ask(index.ByRow, nameKey(p.File, p.Sheet, k.Name))
			}
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
				e := &sheet.Existing{ID: text, Name: plain.Fields["name"], Fields: plain.Fields, Hidden: plain.Hidden}
				for _, s := range plain.Sources {
					e.Places = append(e.Places, sheet.Place{File: s.File, Sheet: s.Sheet, Row: int(s.Row)})
				}
				found[i] = e
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

// Past implements sheet.Lookup.
func (l lookup) Past(_ context.Context, id string, at sheet.Place) ([]sheet.Past, error) {
	doc, err := canon.ParseDocID(id)
	if err != nil {
		return nil, err
	}
	all, err := l.w.Book.Imported(doc, at.File, at.Sheet)
	if err != nil {
		return nil, err
	}
	var out []sheet.Past
	for _, a := range all {
		var rows []int
		for _, r := range a.Rows {
			rows = append(rows, int(r))
		}
		out = append(out, sheet.Past{Rows: rows, Fields: a.Before}, sheet.Past{Rows: rows, Fields: a.After})
	}
	return out, nil
}

// rowKey is a row of a file in the form in which customers are looked up by it,
// nameKey a name that stood in a sheet and does not in the customer any more.
func rowKey(file, name string, row uint64) string {
	return file + "\x00" + name + "\x00" + strconv.FormatUint(row, 10)
}

func nameKey(file, in, name string) string {
	if name == "" {
		return ""
	}
	return file + "\x00" + in + "\x00=" + name
}
