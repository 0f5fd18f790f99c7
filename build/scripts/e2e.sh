#!/usr/bin/env bash
# Real browsers on the real programs, which have been built into $1.
set -euo pipefail
cd "$(dirname "$0")/../.."
TONGCE_BIN=$(cd "$1" && pwd)
export TONGCE_BIN
shift
cd frontend
npx playwright test "$@"
