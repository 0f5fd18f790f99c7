#!/usr/bin/env bash
# Builds the three programs. The relay must build without cgo.
set -euo pipefail
bin=$1 tags=$2
cd "$(dirname "$0")/../.."
mkdir -p "$bin"
go build -tags "desktop,production,$tags" -o "$bin/tongce" .
go build -o "$bin/tongcectl" ./app/cmd/tongcectl
CGO_ENABLED=0 go build -o "$bin/tongce-relay" ./relay/cmd/tongce-relay
