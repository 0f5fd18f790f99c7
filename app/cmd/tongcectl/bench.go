package main

import (
	"context"
	"os"

	"tongce/app/bench"
)

// bench measures the budgets in workspaces of its own under --dir.
func (p *program) bench(ctx context.Context, a *arguments) error {
	return bench.Run(ctx, p.out, a.get("only"), bench.Budgeted(a.dir, p.deps.Now, os.Getenv))
}
