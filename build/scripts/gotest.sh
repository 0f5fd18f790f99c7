#!/usr/bin/env bash
# Every Go test with the race detector, and without it (it makes them ten times as
# long) the simulation's 100 seeds, the 10,000 mutants at each door and what hostile
# sheets take; and no changed files afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
before=$(git status --porcelain 2>/dev/null || true)
go test -race -timeout 20m ./...
go test -timeout 20m -count=1 -run '^TestConvergence|Mutants' ./relay ./crdt/repo
go test -timeout 20m -count=1 -run '^TestHostileFiles$|^TestCancelReading$' ./app/sheet
after=$(git status --porcelain 2>/dev/null || true)
if [ "$before" != "$after" ]; then
  echo "tests left changed files:"
  diff <(echo "$before") <(echo "$after") || true
  exit 1
fi
