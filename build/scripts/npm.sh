#!/usr/bin/env bash
# Installs the front end's packages when the lock file changed.
set -euo pipefail
cd "$(dirname "$0")/../../frontend"
stamp=node_modules/.lock-sum
sum=$(cat package-lock.json package.json | sha256sum | cut -d' ' -f1)
[ "$(cat $stamp 2>/dev/null || true)" = "$sum" ] && exit 0
# Not `npm ci`: it refuses a lock file that lacks packages for systems which a
# registry does not serve. --no-save leaves the lock file as it is.
npm install --no-save --no-audit --no-fund --loglevel=error
echo "$sum" >$stamp
