#!/usr/bin/env bash
# Real browsers on the real programs, which have been built into $1.
set -euo pipefail
cd "$(dirname "$0")/../.."
TONGCE_BIN=$(cd "$1" && pwd)
export TONGCE_BIN
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The accuracy kit's messy sheets where the kit is at hand; the tests have small
# ones of their own.
kit=${TONGCE_ACCURACY:-$PWD/../shared/accuracy}
if [ -f "$kit/main.go" ]; then
  (cd "$kit" && go run . gen -seed 1 -n 300 -profile office -out "$work/kit") >/dev/null
  export TONGCE_KIT=$work/kit
fi
go build -o "$work/makesheet" ./app/e2e/makesheet
export TONGCE_MAKESHEET=$work/makesheet
cd frontend
npx playwright test "$@"
