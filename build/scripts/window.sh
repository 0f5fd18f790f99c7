#!/usr/bin/env bash
# Builds the front end into frontend/dist when a source is newer than it.
set -euo pipefail
cd "$(dirname "$0")/../../frontend"
if [ -f dist/index.html ] && [ -z "$(find src wailsjs index.html vite.config.ts tsconfig.json package-lock.json -newer dist/index.html -print -quit)" ]; then
  exit 0
fi
npm run -s build
