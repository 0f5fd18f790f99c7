#!/usr/bin/env bash
# Every budget of the design that can be measured here, one JSON line each.
set -euo pipefail
bin=$(cd "$1" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
shift
"$bin/tongcectl" bench --dir "$work/book" "$@"
