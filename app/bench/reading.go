package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"tongce/app/book"
	"tongce/app/index"
	"tongce/app/workspace"
	"tongce/crdt/canon"
)

// pageRows is how many rows the window asks for at a time.
const pageRows = 200

// reading opens the big book in a process of its own and asks it.
func (s *suite) reading(ctx context.Context) error {
	b, err := s.imported(ctx)
	if err != nil {
		return err
	}
	var opened, memory []time.Duration // memory is in bytes
	steps := map[string][]time.Duration{}
	for n := range s.Runs {
		t := task{What: "read", Customers: s.Customers, Dir: b.dir, Ring: b.ring, Profile: s.Profile}
		if n < s.Runs-1 {
			t.File = "open only"
		}
		start := s.Now()
		_, err := s.run(ctx, t, func(pid int, f finding) error {
			switch f.Step {
			case "listed":
				opened = append(opened, s.Now().Sub(start))
			case "idle":
				if r, ok := resident(pid); ok {
					memory = append(memory, time.Duration(r))
				}
			default:
				for _, v := range f.MS {
					steps[f.Step] = append(steps[f.Step], time.Duration(v*float64(time.Millisecond)))
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, name := range []string{"list", "filter", "search", "save"} {
		budget := 50.0
		if name == "save" {
			budget = 10
		}
		if err := s.report(name, ms(at(0.95, steps[name])), "ms p95", budget, len(steps[name])); err != nil {
			return err
		}
	}
	if err := s.report("open", median(opened).Seconds(), "s", 1.5, len(opened)); err != nil {
		return err
	}
	if len(memory) == 0 {
		return nil
	}
	return s.report("open-memory", float64(median(memory))/mega, "MB", 250, len(memory))
}

// childRead opens the book, lists, rests, and then measures questions and
// writes.
func (s *suite) childRead(ctx context.Context, t task, r *ring, tell func(finding) error) (err error) {
	w, err := workspace.Open(ctx, s.deps(r), workspace.OpenSpec{Dir: t.Dir})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	page, err := w.Index.List(index.Query{Limit: pageRows})
	if err != nil {
		return err
	}
	if err := tell(finding{Step: "listed", Count: page.Total}); err != nil {
		return err
	}
	if err := errors.Join(rest(ctx, s.idle()), s.memory("child-open")); err != nil {
		return err
	}
	if err := tell(finding{Step: "idle"}); err != nil || t.File != "" {
		return err
	}
	all, err := w.Index.IDs(index.Query{})
	if err != nil || len(all) == 0 {
		return errors.Join(err, errCount)
	}
	rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // places to look at, no secrets
	for _, step := range []struct {
		name string
		one  func() error
	}{
		{"list", func() error { return listOnce(w, rng, page.Total) }},
		{"filter", func() error { return filterOnce(w, rng) }},
		{"search", func() error { return searchOnce(w, rng) }},
		{"save", func() error { return saveOnce(ctx, w, rng, all) }},
	} {
		f := finding{Step: step.name}
		for range questions {
			start := s.Now()
			if err := step.one(); err != nil {
				return fmt.Errorf("%s: %w", step.name, err)
			}
			f.MS = append(f.MS, s.since(start))
		}
		if err := tell(f); err != nil {
			return err
		}
	}
	return nil
}

// idle is how long the program rests before its memory is taken; a small book
// is only a look.
func (s *suite) idle() time.Duration {
	if s.Customers < 10_000 {
		return 100 * time.Millisecond
	}
	return 5 * time.Second
}

// questions is how often each is asked.
const questions = 200

func listOnce(w *workspace.Workspace, rng *rand.Rand, total int) error {
	orders := []string{"", "city", "contract_amount", "contract_end", index.ByChanged, index.ByCreated}
	_, err := w.Index.List(index.Query{
		Sort: orders[rng.IntN(len(orders))], Desc: rng.IntN(2) == 0, Offset: rng.IntN(max(total-pageRows, 1)), Limit: pageRows,
	})
	return err
}

func filterOnce(w *workspace.Workspace, rng *rand.Rand) error {
	amount := fmt.Sprint(10_000 + rng.IntN(900_000))
	all := []index.Filter{
		{Field: "city", Op: index.OpIs, Values: []string{place(rng.IntN(8))[1]}},
		{Field: "contract_amount", Op: index.OpMin, Values: []string{amount}},
		{Field: "contract_end", Op: index.OpBefore, Values: []string{fmt.Sprintf("2027-%02d-15", rng.IntN(12)+1)}},
		{Field: "name", Op: index.OpContains, Values: []string{"恒"}},
		{Field: "remark", Op: index.OpFilled},
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	_, err := w.Index.List(index.Query{Filters: all[:2+rng.IntN(2)], Limit: pageRows})
	return err
}

func searchOnce(w *workspace.Workspace, rng *rand.Rand) error {
	texts := searches()
	_, err := w.Index.List(index.Query{Text: texts[rng.IntN(len(texts))], Limit: pageRows})
	return err
}

// saveOnce writes one field of one customer; it is on disk and in the index
// when it returns.
func saveOnce(ctx context.Context, w *workspace.Workspace, rng *rand.Rand, all []canon.DocID) error {
	_, err := w.Book.Set(ctx, all[rng.IntN(len(all))], book.Set{Field: "remark", Text: fmt.Sprintf("第 %d 次", rng.Uint32())})
	return err
}
