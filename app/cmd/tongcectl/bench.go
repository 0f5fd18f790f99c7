package main

import (
	"context"
	"errors"
	"os"

	"tongce/app/bench"
)

// bench measures the budgets in workspaces of its own under --dir.
func (p *program) bench(ctx context.Context, a *arguments) error {
	err := bench.Run(ctx, p.out, a.get("only"), bench.Budgeted(a.dir, p.deps.Now, os.Getenv))
	if errors.Is(err, bench.ErrNoRow) {
		return usageError("--only %q", a.get("only"))
	}
	return err
}
