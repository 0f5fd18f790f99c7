#!/usr/bin/env bash
# Measures every budget, one JSON line each on standard output: name, value,
# unit, budget, n. What is said about the run goes to standard error.
#
#   BENCH_ONLY=NAME   only this row
#   BENCH_LONG=1      the crowd at the relay stays an hour instead of five minutes
#   BENCH_WINDOW=0    without the window in a browser ($CHROMIUM, else
#                     /usr/bin/chromium; make tools gets one)
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

# The rows that tongcectl measures, and then the window with the book that it
# imported; for the window alone the import is only told beside it.
only=${BENCH_ONLY:-}
case $only in
'') window=${BENCH_WINDOW:-1} ;;
paint) window=1 ;;
*) window=0 ;;
esac
if [ "$window" != 0 ] && [ ! -x "${CHROMIUM:-/usr/bin/chromium}" ]; then
  echo "no chromium for the row paint: make tools gets one, BENCH_WINDOW=0 leaves it out" >&2
  exit 1
fi
[ "$window" = 0 ] || export BENCH_BOOK=$work/window
if [ "$only" = paint ]; then
  "$bin/tongcectl" bench --dir "$work/book" --only import >&2
else
  "$bin/tongcectl" bench --dir "$work/book" ${only:+--only "$only"}
fi
if [ "$window" != 0 ]; then
  node build/scripts/bench-window.mjs "$bin/tongce" "$BENCH_BOOK"
  rm -rf "$BENCH_BOOK"
fi

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
