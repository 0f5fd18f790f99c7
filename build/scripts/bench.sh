#!/usr/bin/env bash
# Measures every budget, one JSON line each on standard output: name, value,
# unit, budget, n. What is said about the run goes to standard error.
#
#   BENCH_ONLY=NAME   only this row
#   BENCH_LONG=1      the crowd at the relay stays an hour instead of five minutes
#   BENCH_PEERS=1     other products beside the rows of sync; 0 leaves them out.
#                     Unset: when ../shared/peers is there
#
# docs/benchmarks.md names what makes it smaller.
set -euo pipefail
bin=$(cd "$1" && pwd)
cd "$(dirname "$0")/../.."
peers=../shared/peers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

load() { cut -d' ' -f1-3 /proc/loadavg 2>/dev/null || echo unknown; }
echo "processors $(nproc 2>/dev/null || echo '?'), load before $(load)" >&2
"$bin/tongcectl" bench --dir "$work/book" ${BENCH_ONLY:+--only "$BENCH_ONLY"}

if [ -n "${BENCH_ONLY:-}" ] || [ "${BENCH_PEERS:-auto}" = 0 ]; then
  exit 0
fi
if [ ! -f "$peers/run.sh" ]; then
  if [ "${BENCH_PEERS:-auto}" = 1 ]; then
    echo "the peers are not there: $peers" >&2
    exit 1
  fi
  exit 0
fi
# In a copy, so that nothing is left beside the originals; what they keep for a
# look goes with it.
cp -R "$peers" "$work/peers"
mkdir "$work/tmp"
export TMPDIR="$work/tmp"
# Not `npm ci`: see npm.sh.
(cd "$work/peers" && npm install --no-save --no-audit --no-fund --loglevel=error >&2)
(cd "$work/peers" && ./run.sh quick) | node build/scripts/bench-peers.mjs
echo "load after $(load)" >&2
