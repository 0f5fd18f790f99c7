package main

import (
	"context"
	"time"

	"tongce/app/index"
	"tongce/app/workspace"
)

type syncReply struct {
	Sent      int     `json:"sent"`
	Received  int     `json:"received"`
	Pending   int     `json:"pending"`
	Rejected  int     `json:"rejected"`
	Conflicts int     `json:"conflicts"`
	Seconds   float64 `json:"seconds"`
}

func (p *program) sync(ctx context.Context, a *arguments) error {
	if !a.has("once") {
		return usageError("--once")
	}
	timeout, err := a.duration("timeout", time.Minute)
	if err != nil {
		return err
	}
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		done, err := w.Sync(ctx, timeout)
		if err != nil {
			return err
		}
		r := syncReply{Sent: done.Sent, Received: done.Received, Seconds: done.Took.Seconds()}
		return p.printStatus(w, r, []string{p.say("已发送", "sent"), num(r.Sent)}, []string{p.say("已收到", "received"), num(r.Received)})
	})
}

func (p *program) status(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		return p.printStatus(w, syncReply{})
	})
}

// printStatus prints how the book stands, for people under what was done.
func (p *program) printStatus(w *workspace.Workspace, r syncReply, done ...[]string) error {
	var err error
	if r.Pending, err = w.Repo().OutboxLen(); err != nil {
		return err
	}
	rejected, err := w.Book.Rejected()
	if err != nil {
		return err
	}
	r.Rejected = len(rejected)
	if r.Conflicts, err = countConflicts(w); err != nil {
		return err
	}
	return p.print(r, func() {
		p.table(append(done, [][]string{
			{p.say("等待发送", "pending"), num(r.Pending)},
			{p.say("未被接受", "rejected"), num(r.Rejected)},
			{p.say("待定字段", "fields to decide"), num(r.Conflicts)},
		}...))
	})
}

// countConflicts counts the fields that conflicts lists.
func countConflicts(w *workspace.Workspace) (n int, err error) {
	ids, err := w.Index.IDs(index.Query{Filters: []index.Filter{{Field: index.AnyField, Op: index.OpConflict}}})
	if err != nil {
		return 0, err
	}
	for _, id := range ids {
		c, _ := w.Index.Customer(id)
		for _, v := range c.Values {
			if v.Others > 0 {
				n++
			}
		}
	}
	return n, nil
}

type problemReply struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	Code string `json:"code"`
	Rule string `json:"rule"`
}

func (p *program) verify(ctx context.Context, a *arguments) error {
	return p.with(ctx, a, func(w *workspace.Workspace) error {
		found, err := w.Verify(ctx, nil)
		if err != nil {
			return err
		}
		problems := []problemReply{}
		for _, x := range found {
			problems = append(problems, problemReply{ID: x.Doc.String(), Kind: x.Kind, Code: string(x.Code), Rule: x.Rule})
		}
		err = p.print(map[string]any{"problems": problems}, func() {
			if len(problems) == 0 {
				p.line("%s", p.say("全部正常", "all is well"))
			}
			for _, x := range problems {
				p.line("%s  %s  (%s %s %s)", x.ID, p.problem(x.Kind), x.Kind, x.Code, x.Rule)
			}
		})
		if err == nil && len(problems) > 0 {
			return errQuiet
		}
		return err
	})
}
