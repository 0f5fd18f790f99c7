#!/usr/bin/env bash
# Writes frontend/wailsjs from the bound services, without the wails program.
# With --check nothing is changed: it fails when what is there differs, or when
# TypeScript finds a type in it that is not defined.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The generator writes into ./frontend/wailsjs of the folder it runs in.
go build -tags bindings -o "$work/generate" .
mkdir -p "$work/frontend"
cp wails.json "$work/"
(cd "$work" && DISPLAY=none tsoutputtype=interfaces ./generate >log 2>&1) || { cat "$work/log"; exit 1; }
find "$work/frontend/wailsjs" -type f -exec chmod 644 {} +

cat >"$work/frontend/tsconfig.json" <<JSON
{"compilerOptions": {"target": "ES2022", "lib": ["ES2023", "DOM"], "module": "ESNext", "moduleResolution": "bundler",
  "strict": true, "skipLibCheck": false, "noEmit": true, "types": []}, "include": ["wailsjs"]}
JSON
if [ -x frontend/node_modules/.bin/tsc ]; then
  frontend/node_modules/.bin/tsc -p "$work/frontend/tsconfig.json"
fi

if [ "${1:-}" = --check ]; then
  if ! diff -r frontend/wailsjs "$work/frontend/wailsjs"; then
    echo "frontend/wailsjs is not what the services give: run make bindings"
    exit 1
  fi
  exit 0
fi
rm -rf frontend/wailsjs
cp -r "$work/frontend/wailsjs" frontend/wailsjs
