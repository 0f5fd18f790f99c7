#!/usr/bin/env bash
# The licence of every Go module that is linked into the programs, and of every
# npm package in the window. Fails on one that has none.
set -euo pipefail
cd "$(dirname "$0")/../.."
go list -deps -f '{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}} {{.Dir}}{{end}}{{end}}' \
  -tags desktop,production,webkit2_41 . ./app/cmd/tongcectl ./relay/cmd/tongce-relay | sort -u |
  while read -r path version dir; do
    file=$(find "$dir" -maxdepth 1 -iname 'licen[cs]e*' -o -maxdepth 1 -iname 'copying*' -o -maxdepth 1 -iname 'unlicense*' | head -n1)
    if [ -z "$file" ]; then
      echo "$path $version: no licence file" >&2
      exit 1
    fi
    kind=$(grep -m1 -ohE 'Apache License|MIT License|The MIT License|Mozilla Public License|BSD [0-9]-Clause|ISC License|Redistribution and use|Permission is hereby granted|Permission to use, copy' "$file" || echo other)
    printf '%s\t%s\t%s\n' "$path" "$version" "$kind"
  done
(cd frontend && node -e '
  const lock = require("./package-lock.json").packages;
  for (const [path, p] of Object.entries(lock)) {
    if (!path || p.dev) continue;
    if (!p.license) { console.error(path + ": no licence"); process.exitCode = 1; }
    console.log([path.replace(/^.*node_modules\//, ""), p.version, p.license].join("\t"));
  }')

