#!/usr/bin/env bash
# Installs the front end's packages when the lock file changed.
set -euo pipefail
cd "$(dirname "$0")/../../frontend"
stamp=node_modules/.lock-sum
sum=$(cat package-lock.json package.json | sha256sum | cut -d' ' -f1)
[ "$(cat $stamp 2>/dev/null || true)" = "$sum" ] && exit 0
npm ci --no-audit --no-fund --loglevel=error
echo "$sum" >$stamp
