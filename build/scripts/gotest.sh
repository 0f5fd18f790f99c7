#!/usr/bin/env bash
# Every Go test with the race detector, and no changed files afterwards.
set -euo pipefail
cd "$(dirname "$0")/../.."
before=$(git status --porcelain 2>/dev/null || true)
go test -race -timeout 20m ./...
after=$(git status --porcelain 2>/dev/null || true)
if [ "$before" != "$after" ]; then
  echo "tests left changed files:"
  diff <(echo "$before") <(echo "$after") || true
  exit 1
fi
