#!/usr/bin/env bash
# Every Go test with the race detector, the simulation's 100 seeds without it (it
# makes a seed ten times as long), and no changed files afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
before=$(git status --porcelain 2>/dev/null || true)
go test -race -timeout 20m ./...
go test -timeout 20m -count=1 -run '^TestConvergence$' ./relay
after=$(git status --porcelain 2>/dev/null || true)
if [ "$before" != "$after" ]; then
  echo "tests left changed files:"
  diff <(echo "$before") <(echo "$after") || true
  exit 1
fi
